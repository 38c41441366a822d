package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/kb/importer"
	"huiyin/nlp"
)

// TestNoGaps: that every question found an answer is said where there were questions, and not where nobody asked any.
func TestNoGaps(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	if _, body := b.do("GET", "/console/kb/gaps", nil); !strings.Contains(body, "Nobody asked the bot anything during the last 28 days") {
		t.Errorf("nobody asked: %s", body)
	}
	l.talk("c1", "Ada", bot.StatusBot, "how do I return this", "so")
	l.change("c1", func(c *bot.Change) {
		c.Facts = []bot.Fact{{Name: bot.FactTurn, Label: "article", Conversation: "c1", Start: l.now.Add(-time.Hour), End: l.now.Add(-time.Hour)}}
	})
	if _, body := b.do("GET", "/console/kb/gaps", nil); !strings.Contains(body, "Every question found an answer") {
		t.Errorf("somebody asked: %s", body)
	}
}

func TestGapBecomesArticle(t *testing.T) {
	l := openLibrary(t)
	l.talk("c1", "Ada", bot.StatusAgent, "can you engrave a pen", "sorry")
	agent := func(seq uint64, text string, private bool) bot.Message {
		return bot.Message{ID: bot.MessageID(fmt.Sprint("c1-", seq)), Conversation: "c1", Seq: seq, Inbox: "web", Thread: "t-c1", Direction: bot.Outgoing, Author: bot.ByAgent, Private: private, Text: text, At: l.now}
	}
	gaps := []kb.Gap{{ID: "g1", Question: "can you engrave a pen", Lang: "en", Conversation: "c1", Message: "c1-1", At: l.now.Add(-time.Hour)},
		{ID: "g2", Question: "can you engrave my pen", Lang: "en", Conversation: "c1", Message: "c1-1", At: l.now.Add(-time.Minute)}}
	l.change("c1", func(c *bot.Change) {
		c.Conversation.LastSeq, c.Gaps = 4, gaps
		c.Messages = []bot.Message{agent(3, "Yes, ¥20 a pen. Write to ada@example.com.", false), agent(4, strings.Repeat("private ", 20), true)}
	})
	b := l.as("editor")
	if _, body := b.do("GET", "/console/kb/gaps", nil); !strings.Contains(body, "can you engrave") || !strings.Contains(body, "asked 2 times") {
		t.Fatalf("%s", body)
	}
	_, body := b.do("POST", "/console/kb/gaps", url.Values{"gap": {"g2"}})
	if !strings.Contains(body, "¥20 a pen") || strings.Contains(body, "ada@example.com") || strings.Contains(body, "private private") {
		t.Errorf("the agent's answer: %s", body)
	}
	if _, body := b.do("GET", "/console/kb/gaps", nil); !strings.Contains(body, "Being written") {
		t.Errorf("not marked: %s", body)
	}
	draft := l.article(kb.ArticleID(regexp.MustCompile(`/console/kb/a/(can-you-[a-z-]+\.en)`).FindStringSubmatch(body)[1]))
	f := form(draft, "published", "confirm", "1")
	f["gap"] = draft.Gaps
	if _, body := b.do("POST", "/console/kb/a/"+string(draft.ID), f); !strings.Contains(body, "Customers get this") {
		t.Fatalf("%s", body)
	}
	if _, body := b.do("GET", "/console/kb/gaps", nil); !strings.Contains(body, "No open gaps") {
		t.Errorf("still open: %s", body)
	}
	if got := l.article(draft.ID); len(got.Golden) != 2 {
		t.Errorf("golden questions %q", got.Golden)
	}
	if status, _ := b.do("POST", "/console/kb/gaps", url.Values{"gap": {"none"}}); status != http.StatusNotFound {
		t.Errorf("an unknown gap: %d", status)
	}
}

func TestTestBench(t *testing.T) {
	l := openLibrary(t)
	b := l.as("agent")
	for q, want := range map[string][]string{
		"怎么退货":               {"The bot answers", "returns.zh", "How sure"},
		"zebra crossing":     {"doesn&#39;t know"},
		"":                   {"Ask as a customer would"},
		"how do I return it": {"is before", "First stage", "same words"},
	} {
		status, body := b.do("GET", "/console/kb/test?q="+url.QueryEscape(q), nil)
		for _, w := range want {
			if status != 200 || !strings.Contains(body, w) {
				t.Errorf("%q: %d, no %q in %s", q, status, w, body)
			}
		}
	}
}

func TestSynonymsPage(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	a := l.article("returns.en")
	a.Golden = []string{"refundify", "refundify it", "I refundify an item", "how refundify", "can I refundify the item", "refundify item"}
	if _, _, err := l.kb.Save(t.Context(), []kb.Article{a}, kb.Signed{Force: "not yet found"}); err != nil {
		t.Fatal(err)
	}
	text := "refundify， return、send it back\n\n退货, 退回\n"
	_, body := b.do("POST", "/console/kb/words", url.Values{"text": {text}})
	if !strings.Contains(body, "1 golden question would be answered better") || !strings.Contains(body, "refundify") {
		t.Errorf("%s", body)
	}
	if answer, err := l.kb.Searcher().Search(t.Context(), kb.Query{Text: "refundify", Lang: "en"}); err != nil || answer.Decision != kb.DecideNothing {
		t.Errorf("trying has saved: %v %+v", err, answer)
	}
	if _, body := b.do("POST", "/console/kb/words", url.Values{"text": {text}, "confirm": {"1"}, "version": {"0"}}); !strings.Contains(body, "Searches use these words now") || !strings.Contains(body, "refundify, return, send it back") {
		t.Errorf("%s", body)
	}
	if answer, err := l.kb.Searcher().Search(t.Context(), kb.Query{Text: "refundify", Lang: "en"}); err != nil || len(answer.Hits) == 0 || answer.Hits[0].Root != "returns" {
		t.Errorf("not applied: %v %+v", err, answer)
	}
	if status, body := b.do("POST", "/console/kb/words", url.Values{"text": {"a, b\nalone\nb, c"}, "words": {"Echo Bud\n\nx"}, "version": {"1"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Synonyms · line 2: a group needs") ||
		!strings.Contains(body, "alone") || !strings.Contains(body, "Words to keep whole · line 3: ") || !strings.Contains(body, "Echo Bud") {
		t.Errorf("%d %s", status, body)
	}
	t.Run("words that are kept whole", func(t *testing.T) {
		terms := func() []string {
			answer, err := l.kb.Searcher().Search(t.Context(), kb.Query{Text: "my echo bud", Lang: "en", Explain: true})
			if err != nil {
				t.Fatal(err)
			}
			return answer.Trace.Terms
		}
		f := url.Values{"text": {text}, "words": {"Echo Bud\r\n回声耳机"}, "version": {"1"}}
		if _, body := b.do("POST", "/console/kb/words", f); !strings.Contains(body, "golden questions") || slices.Contains(terms(), "echobud") {
			t.Errorf("trying: %s", body)
		}
		f.Set("confirm", "1")
		if _, body := b.do("POST", "/console/kb/words", f); !strings.Contains(body, "Searches use these words now") || !strings.Contains(body, "回声耳机</textarea>") {
			t.Errorf("%s", body)
		}
		if got := terms(); !slices.Contains(got, "echobud") {
			t.Errorf("searched for %q", got)
		}
		status, body := b.do("POST", "/console/kb/words", f) // with the version read before
		if status != http.StatusConflict || !strings.Contains(body, "editor saved other words") || !strings.Contains(body, "Echo Bud") {
			t.Errorf("over a colleague's words: %d %s", status, body)
		}
	})
}

func TestUseOfAnArticle(t *testing.T) {
	l := openLibrary(t)
	l.talk("c1", "Ada", bot.StatusBot, "hi")
	n := 0
	fact := func(name, label string, value float64, lang nlp.Lang, daysAgo int) bot.Fact {
		n++
		at := l.now.AddDate(0, 0, -daysAgo).Add(time.Duration(n) * time.Second).Add(-time.Hour)
		return bot.Fact{Name: name, Label: label, Value: value, Lang: lang, Start: at, End: at, Conversation: "c1"}
	}
	const id = "article:returns.en"
	facts := []bot.Fact{
		fact(bot.FactAnswer, id, 1, "en", 7), fact(bot.FactHelped, id, 1, "en", 7), fact(bot.FactHandoff, "asked", 1, "en", 7), // it helped: not its handoff
		fact(bot.FactAnswer, id, 1, "en", 0), fact(bot.FactHelped, id, 0, "en", 0), fact(bot.FactHandoff, "asked", 1, "en", 0), fact(bot.FactHandoff, "asked", 1, "en", 0),
		fact(bot.FactAnswer, id, 1, "zh", 0), fact(bot.FactAnswer, "intent:order_status", 1, "zh", 0), fact(bot.FactHandoff, "asked", 1, "zh", 0), // the intent's
		fact(bot.FactAnswer, "article:delivery.en", 1, "en", 0), fact(bot.FactAnswer, id, 1, "en", 90),
	}
	l.change("c1", func(c *bot.Change) { c.Facts = facts })
	_, body := l.as("agent").do("GET", "/console/kb/a/returns.en", nil)
	table := regexp.MustCompile(`(?s)<tbody>.*?</tbody>`).FindString(body)
	got := strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(table, " ")), " ")
	if want := "2026-11-16 Chinese 1 0 0 0 English 1 0 1 1 2026-11-09 English 1 1 0 0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCheckPage(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	a := l.article("delivery.en")
	a.Body = "See [the map](https://shop.example/map?a=1&b=<2>)."
	if _, _, err := l.kb.Save(t.Context(), []kb.Article{a}, kb.Signed{}); err != nil {
		t.Fatal(err)
	}
	l.now = l.now.AddDate(0, 3, 0)
	b = l.as("editor")
	_, body := b.do("GET", "/console/kb/check", nil)
	if strings.Contains(body, "shop.example/map") || !strings.Contains(body, "Also ask web addresses") {
		t.Errorf("a web address was asked, or cannot be: %s", body)
	}
	if _, body := b.do("GET", "/console/kb/check?links=1", nil); !strings.Contains(body, "https://shop.example/map?a=1&amp;b=&lt;2&gt;: the page is gone.") || !strings.Contains(body, "answer") {
		t.Errorf("%s", body)
	}
	for _, want := range []string{"Missing translations", "delivery.en", "Articles that nobody got"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
}

// missingPage is what a probe says of a page that is not there.
type missingPage struct{}

func (missingPage) Error() string  { return "the page is gone (404)" }
func (missingPage) Reason() string { return "gone" }

// TestReasonsHaveWords: why a web address does not answer is said in both languages.
func TestReasonsHaveWords(t *testing.T) {
	words := catalog(t)
	for _, reason := range importer.Reasons() {
		if !words.Has("kb.web." + reason) {
			t.Errorf("no words for %q", reason)
		}
	}
}
