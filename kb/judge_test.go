package kb_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

// listener is a judge with intents: a question that contains one's words is answered by it, whatever the articles say. An
// intent that is named after an article shows it, as long as customers can get it.
type listener map[string]string

func (l listener) judge(ctx context.Context, s *kb.Searcher, q kb.Query) (kb.Outcome, error) {
	for words, intent := range l {
		if !strings.Contains(q.Text, words) {
			continue
		}
		out := kb.Outcome{Decision: kb.DecideAnswer, Intent: intent, Text: intent}
		hit, err := s.Read(ctx, kb.RootID(intent), q.Lang)
		switch {
		case err == nil:
			out.Shown, out.Text = []kb.Citation{hit.Citation}, hit.Text
		case !errors.Is(err, kb.ErrNotFound):
			return out, err
		}
		return out, nil
	}
	return kb.Alone(ctx, s, q)
}

func TestReadGolden(t *testing.T) {
	for line, want := range map[string][2]string{
		"where is my parcel":                     {"where is my parcel", ""},
		"where is my parcel => order_status":     {"where is my parcel", "order_status"},
		"包裹到哪了→order_status":                     {"包裹到哪了", "order_status"},
		"is 3 => 2?":                             {"is 3 => 2?", ""},
		"what does a => b mean => explain_b":     {"what does a => b mean", "explain_b"},
		"=> order_status":                        {"=> order_status", ""},
		"why does it say “=> Order Status” here": {"why does it say “=> Order Status” here", ""},
	} {
		if question, intent := kb.ReadGolden(line); question != want[0] || intent != want[1] {
			t.Errorf("%q: %q, %q", line, question, intent)
		}
	}
}

// TestCheckAsAJudge: golden questions are judged by what customers get, and what only an intent answers is told apart.
func TestCheckAsAJudge(t *testing.T) {
	articles := append(shop(), golden(article("gift.en", "Do you wrap gifts?", "Yes."), "do you wrap gifts", "a bow on top, please", "something quite different => wrapping", "engraving"))
	articles[3] = golden(articles[3], "paper for my accountant")
	s := open(t, newStore(t, articles...), t.TempDir())
	check := func(judge kb.Judge) map[kb.FindingKind][]string {
		out := map[kb.FindingKind][]string{}
		for _, f := range must(s.Check(t.Context(), judge))(t) {
			for _, a := range f.Asked {
				out[f.Kind] = append(out[f.Kind], string(f.Articles[0])+": "+a.Question)
			}
		}
		return out
	}
	alone := check(nil)
	if want := []string{"gift.en: a bow on top, please", "gift.en: something quite different", "gift.en: engraving", "invoice.en: paper for my accountant"}; !slices.Equal(alone[kb.FindGolden], want) {
		t.Errorf("by the articles alone %q, want %q", alone[kb.FindGolden], want)
	}
	if got := alone[kb.FindByIntent]; got != nil {
		t.Errorf("no intent was asked: %q", got)
	}
	judged := check(listener{"bow": "gift", "quite different": "wrapping", "engraving": "wrapping", "wrap gifts": "gift"}.judge)
	if want := []string{"gift.en: engraving", "invoice.en: paper for my accountant"}; !slices.Equal(judged[kb.FindGolden], want) {
		t.Errorf("nobody answers rightly %q, want %q: an intent counts where it shows the article or is named", judged[kb.FindGolden], want)
	}
	if want := []string{"gift.en: a bow on top, please", "gift.en: something quite different"}; !slices.Equal(judged[kb.FindByIntent], want) {
		t.Errorf("by an intent alone %q, want %q: the articles would answer the others, too", judged[kb.FindByIntent], want)
	}
	broken := errors.New("the model is closed")
	if _, err := s.Check(t.Context(), func(context.Context, *kb.Searcher, kb.Query) (kb.Outcome, error) { return kb.Outcome{}, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// TestPublishAsAJudge: what an intent answers does not stop a publication, and an edit that takes away what an intent shows
// does.
func TestPublishAsAJudge(t *testing.T) {
	articles := shop()
	articles[6] = golden(articles[6], "do I pay customs duty", "what will the border cost me")
	n := newNewsroom(t, articles...)
	n.asked = []kb.Query{{Text: "the border again", Lang: nlp.LangEnglish}}
	judge := listener{"border": "customs"}.judge
	p := kb.NewPublisher(kb.PublisherConfig{Store: n.store, Searcher: n.Searcher(), Judge: judge, Now: clockOf(n),
		Asked: func(context.Context, time.Time) ([]kb.Query, error) { return n.asked, nil }})
	a := n.article(t, "customs.en")
	a.Golden = append(a.Golden, "border fees for a parcel")
	saved, r, err := p.Save(t.Context(), []kb.Article{a}, kb.Signed{By: "mei"})
	if err != nil || len(r.Broken) != 0 || len(r.Changed) != 0 {
		t.Fatalf("a new golden question that an intent answers: %v, %+v", err, r)
	}
	a = saved[0]
	a.Body = "You pay them yourself."
	if saved, r, err = p.Save(t.Context(), []kb.Article{a}, kb.Signed{By: "mei"}); err != nil || len(r.Changed) != 1 || r.Changed[0].Kind != kb.ChangeText || r.Changed[0].After.Intent != "customs" {
		t.Fatalf("another text, shown by an intent: %v, %+v", err, r)
	}
	a = saved[0]
	a.Status = kb.Archived
	if _, r, err = p.Save(t.Context(), []kb.Article{a}, kb.Signed{By: "mei"}); err != nil || len(r.Changed) != 1 || r.Changed[0].Kind != kb.ChangeArticle {
		t.Errorf("the article of an intent goes: %v, %+v", err, r)
	}
	out, err := p.Ask(t.Context(), kb.Query{Text: "do I pay customs duty", Lang: nlp.LangEnglish})
	if err != nil || out.Decision == kb.DecideAnswer && len(out.Shown) > 0 && out.Shown[0].Root == "customs" {
		t.Errorf("%v, %+v", err, out)
	}
}

// TestReplayTellsLanguages: an answer that is no longer in the customer's language is a loss, one that is at last is a gain, and
// the words of a translation are not another text of the article.
func TestReplayTellsLanguages(t *testing.T) {
	both := open(t, newStore(t, shop()...), t.TempDir())
	chinese := shop()
	chinese[1].Status = kb.Archived
	one := open(t, newStore(t, chinese...), t.TempDir())
	judge := listener{"return": "returns", "退": "returns"}.judge
	for lang, text := range map[nlp.Lang]string{nlp.LangEnglish: "may I return it", nlp.LangChinese: "可以退吗"} {
		asked := []kb.Query{{Text: text, Lang: lang}}
		for want, change := range map[kb.ChangeKind][2]*kb.Searcher{kb.ChangeLost: {both, one}, kb.ChangeGained: {one, both}} {
			got := must(kb.Replay(t.Context(), judge, change[0], change[1], asked))(t)
			if lang == nlp.LangChinese && len(got) != 0 {
				t.Errorf("%s is answered as before: %+v", text, got)
			}
			if lang == nlp.LangEnglish && (len(got) != 1 || got[0].Kind != want) {
				t.Errorf("%s: %+v, want one that is %s", text, got, want)
			}
		}
	}
}

// TestUrgent: ten things to do at most, what harms customers most first, and nothing that needs no mending.
func TestUrgent(t *testing.T) {
	wrong, nothing := kb.Outcome{Decision: kb.DecideAnswer}, kb.Outcome{Decision: kb.DecideNothing}
	asked := func(id kb.ArticleID, of ...kb.Outcome) kb.Finding {
		f := kb.Finding{Kind: kb.FindGolden, Articles: []kb.ArticleID{id}}
		for _, o := range of {
			f.Asked = append(f.Asked, kb.Asked{Question: "?", Outcome: o})
		}
		return f
	}
	findings := []kb.Finding{
		{Kind: kb.FindByIntent, Articles: []kb.ArticleID{"info"}}, {Kind: kb.FindUnused, Articles: []kb.ArticleID{"unused"}},
		asked("one", nothing), asked("wrong", wrong), asked("many", nothing, nothing, nothing, nothing), {Kind: kb.FindNumbers, Articles: []kb.ArticleID{"numbers"}},
	}
	for range 12 {
		findings = append(findings, kb.Finding{Kind: kb.FindTranslation, Articles: []kb.ArticleID{"translation"}})
	}
	var got []kb.ArticleID
	for _, f := range kb.Urgent(findings, kb.MostUrgent) {
		got = append(got, f.Articles[0])
	}
	want := []kb.ArticleID{"many", "numbers", "wrong", "one", "unused", "translation", "translation", "translation", "translation", "translation"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
