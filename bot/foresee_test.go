package bot_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// TestForesee: what is foreseen of a first message is what the bot then does, and foreseeing it leaves nothing behind.
func TestForesee(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.signsIn("lin")
		w.start()
		texts := []string{"退货规则是什么", "return policy?", "customs", "怎么办", "what now", "人工", "I want to speak to a person", "zebra crossings", "👍", "", "退",
			"return or invoice", "I will call my lawyer", "多久？还有关税怎么算？", "do you sell bicycles? what are the customs duties on bicycles?"}
		for text := range w.read.intents {
			texts = append(texts, text, "[0.70] "+text, "[0.40] "+text)
		}
		slices.Sort(texts)
		said := func(text string) nlp.Lang {
			if language(text) == nlp.LangHans {
				return nlp.LangChinese
			}
			return nlp.LangEnglish
		}
		seen := map[string]string{}
		for _, text := range texts {
			messages, err := bot.Foresee(context.Background(), bot.Config{Store: w.store, Understander: w.read, Retriever: shelf{}, Library: shelf{},
				Dialogue: func() *bot.Dialogue { return w.d }, Words: w.words, Now: w.clock.now}, text, said(text))
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			seen[text] = gist(messages)
		}
		if list, err := w.store.Conversations(context.Background(), bot.Filter{}); err != nil || len(list) > 0 || len(w.facts(bot.FactTurn)) > 0 || w.mail.typing > 0 {
			t.Fatalf("foreseeing left something behind: %v, %+v", err, list)
		}
		for i, text := range texts {
			thread := fmt.Sprint("customer", i)
			w.deliver(bot.Inbound{Kind: bot.KindMessage, SourceID: thread, Thread: thread, Text: text, From: bot.Person{SourceID: thread, Lang: said(text)}})
			if done := gist(w.messages(thread)); seen[text] != done {
				t.Errorf("%q\n  foreseen %s\n  done     %s", text, seen[text], done)
			}
		}
	})
}

// TestForeseeFails: what breaks in a turn is an error, not a handoff.
func TestForeseeFails(t *testing.T) {
	w := newWorld(t)
	for _, text := range []string{"[broken]", "[noindex] return policy"} {
		if messages, err := bot.Foresee(context.Background(), bot.Config{Store: w.store, Understander: w.read, Retriever: shelf{}, Library: shelf{},
			Dialogue: func() *bot.Dialogue { return w.d }, Words: w.words}, text, ""); err == nil {
			t.Errorf("%q: %s", text, gist(messages))
		}
	}
}

// gist is what a turn decided and what it showed and offered, without the words, of which there may be several.
func gist(messages []bot.Message) string {
	text := ""
	for _, m := range messages {
		if d := m.Decision; d != nil {
			text += fmt.Sprintf("%s %s %s;", d.Action, d.Reason, d.Detail)
		}
		if m.Direction != bot.Outgoing {
			continue
		}
		text += " says"
		for _, c := range m.Citations {
			text += " " + string(c.Article)
		}
		for _, b := range m.Buttons {
			text += " [" + b.Title + "]"
		}
	}
	return text
}

// withdrawn is a shelf without one article.
type withdrawn struct {
	shelf
	root kb.RootID
}

func (s withdrawn) Read(ctx context.Context, root kb.RootID, lang nlp.Lang) (kb.Hit, error) {
	if root == s.root {
		return kb.Hit{}, kb.ErrNotFound
	}
	return s.shelf.Read(ctx, root, lang)
}

// TestForeseeWhatIsGone: an intent whose article was withdrawn is not what answers: the search that follows decides.
func TestForeseeWhatIsGone(t *testing.T) {
	w := newWorld(t)
	asked := 0
	for text, name := range w.read.intents {
		if name != "invoice" {
			continue
		}
		asked++
		messages, err := bot.Foresee(context.Background(), bot.Config{Store: w.store, Understander: w.read, Retriever: shelf{}, Library: withdrawn{root: "invoice"},
			Dialogue: func() *bot.Dialogue { return w.d }, Words: w.words, Now: w.clock.now}, text, nlp.LangEnglish)
		if err != nil {
			t.Fatal(err)
		}
		if decided := messages[0].Decision; decided == nil || decided.Action == bot.ActIntent {
			t.Errorf("%q: %s", text, gist(messages))
		}
	}
	if asked == 0 {
		t.Error("nothing was asked")
	}
}
