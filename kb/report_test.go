package kb_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"huiyin/data"
	"huiyin/internal/locale"
	"huiyin/kb"
	"huiyin/nlp"
)

// full is a writer that fails.
type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

// words are the program's sentences in a language.
func words(t *testing.T, lang string) kb.Words {
	t.Helper()
	c := must(locale.Load(data.Files(), "locale"))(t)
	return func(key string, pairs ...any) string { return c.Text(lang, key, pairs...) }
}

// TestReports: what the command line prints, whole, in both languages.
func TestReports(t *testing.T) {
	told := func(id kb.ArticleID) kb.Outcome {
		return kb.Outcome{Decision: kb.DecideAnswer, Shown: []kb.Citation{{Article: id}}}
	}
	asked := kb.Outcome{Decision: kb.DecideClarify, Choices: []kb.Choice{{Title: "C?", Root: "c"}, {Root: "d"}, {Intent: "e"}}}
	nothing := kb.Outcome{Decision: kb.DecideNothing}
	many := kb.GapCluster{Question: "q0", People: 2}
	for _, q := range []string{"q0", "q1", "q1", "q2", "q3", "q4", "q5", "q6"} {
		many.Gaps = append(many.Gaps, kb.Gap{ID: "g" + q, Question: q})
	}
	many.Near = []string{"gr", "gone"}
	rare := kb.GapCluster{Question: "r", People: 1, Gaps: []kb.Gap{{ID: "gr", Question: "r"}}, Near: []string{"gq0"}}
	changed := []kb.Changed{{Kind: kb.ChangeLost, Question: "退货", Before: told("a.zh"), After: nothing}}
	found := []kb.Finding{
		{Kind: kb.FindDuplicate, Articles: []kb.ArticleID{"a.en", "b.en"}, Detail: "How?"},
		{Kind: kb.FindWebLink, Articles: []kb.ArticleID{"a.en"}, Detail: "https://x.example/", Reason: "gone"},
		{Kind: kb.FindDuplicate, Articles: []kb.ArticleID{"c.en", "d.en"}, Detail: "Why?"},
	}
	edit := kb.Rehearsal{Golden: 9, Asked: 4, Changed: changed, Broken: []kb.GoldenChange{{Golden: kb.Golden{Question: "how?", Root: "a"}, Before: kb.ReachAnswered, Outcome: asked}}}
	for name, tc := range map[string]struct {
		write func(w *strings.Builder, words kb.Words) error
		want  map[string]string
	}{
		"no findings": {func(w *strings.Builder, words kb.Words) error { return kb.WriteFindings(w, words, nil) },
			map[string]string{"en": "Nothing to mend.\n", "zh": "一切正常。\n"}},
		"no findings, all of them": {func(w *strings.Builder, words kb.Words) error { return kb.WriteAllFindings(w, words, nil) },
			map[string]string{"en": "Nothing to mend.\n", "zh": "一切正常。\n"}},
		"what to do first": {func(w *strings.Builder, words kb.Words) error {
			return kb.WriteFindings(w, words, append([]kb.Finding{
				{Kind: kb.FindGolden, Articles: []kb.ArticleID{"g.en"}, Of: 9, Asked: []kb.Asked{{"one?", told("a.en")}, {"two?", nothing}, {"three?", asked}, {"four?", kb.Outcome{Human: true}}}},
				{Kind: kb.FindByIntent, Articles: []kb.ArticleID{"h.en"}, Of: 3, Asked: []kb.Asked{{"five?", kb.Outcome{Decision: kb.DecideAnswer, Intent: "pay"}}}},
			}, found...))
		}, map[string]string{
			"en": "Do these first\n 1. Golden questions that get a wrong answer or none: g.en, 4 of 9 questions\n      “one?”: a.en\n      “two?”: no answer\n      “three?”: asks back: C? · d · e\n      and 1 more\n" +
				" 2. Web addresses that don't answer: https://x.example/: the page is gone.  a.en\n" +
				" 3. Articles that ask nearly the same: a.en and b.en (“How?”) ask nearly the same.\n 4. Articles that ask nearly the same: c.en and d.en (“Why?”) ask nearly the same.\n\n" +
				"All that was found\n  Golden questions that get a wrong answer or none: 4, in one article\n  Golden questions that only an intent answers: 1, in one article\n" +
				"  Articles that ask nearly the same: 2\n  Web addresses that don't answer: 1\n",
		}},
		"for information": {func(w *strings.Builder, words kb.Words) error {
			return kb.WriteFindings(w, words, []kb.Finding{{Kind: kb.FindByIntent, Articles: []kb.ArticleID{"h.en"}, Of: 3, Asked: []kb.Asked{{"five?", kb.Outcome{Decision: kb.DecideAnswer, Intent: "pay"}}}}})
		}, map[string]string{
			"en": "Nothing to mend.\n\nAll that was found\n  Golden questions that only an intent answers: 1, in one article\n",
			"zh": "一切正常。\n\n全部结果\n  只靠意图答对的黄金问题：1 个，涉及 1 篇文章\n"}},
		"golden questions, all of them": {func(w *strings.Builder, words kb.Words) error {
			return kb.WriteAllFindings(w, words, []kb.Finding{{Kind: kb.FindGolden, Articles: []kb.ArticleID{"g.zh"}, Of: 9,
				Asked: []kb.Asked{{"一", told("a.zh")}, {"二", nothing}, {"三", kb.Outcome{Human: true}}, {"四", kb.Outcome{Decision: kb.DecideAnswer, Intent: "pay"}}}}})
		}, map[string]string{"zh": "没有答对的黄金问题\n" + words(t, "zh")("kb.find.golden.help") + "\n  g.zh，9 个问题中的 4 个\n      “一”：a.zh\n      “二”：没有答案\n      “三”：转给人工\n      “四”：意图 pay\n"}},
		"findings": {func(w *strings.Builder, words kb.Words) error { return kb.WriteAllFindings(w, words, found) }, map[string]string{
			"en": "Articles that ask nearly the same\nMerge them, or make clear how they differ.\n  a.en and b.en (“How?”) ask nearly the same.\n  c.en and d.en (“Why?”) ask nearly the same.\n\n" +
				"Web addresses that don't answer\nCustomers who follow these links get nowhere.\n  https://x.example/: the page is gone.  a.en\n",
			"zh": "内容近似的文章\n请合并，或写清两者的区别。\n  a.en 与 b.en（“How?”）问的几乎一样。\n  c.en 与 d.en（“Why?”）问的几乎一样。\n\n" +
				"打不开的网址\n客户点开这些链接会一无所获。\n  https://x.example/：网页已不存在。  a.en\n"}},
		"no gaps": {func(w *strings.Builder, words kb.Words) error { return kb.WriteGapClusters(w, words, nil) },
			map[string]string{"en": "No open gaps. Every question found an answer.\n", "zh": "没有缺口，每个问题都有答案。\n"}},
		"gaps": {func(w *strings.Builder, words kb.Words) error {
			return kb.WriteGapClusters(w, words, []kb.GapCluster{many, rare})
		}, map[string]string{
			"en": "1. q0  (2 people · asked 8 times)\n     q1\n     q2\n     q3\n     q4\n     q5\n     May be the same question: 2. r\n2. r  (1 person · asked once)\n",
			"zh": "1. q0  (2 人 · 问了 8 次)\n     q1\n     q2\n     q3\n     q4\n     q5\n     可能问的是同一件事：2. r\n2. r  (1 人 · 问了 1 次)\n"}},
		"nothing changes": {func(w *strings.Builder, words kb.Words) error {
			return kb.WriteRehearsal(w, words, kb.Rehearsal{Golden: 9, Asked: 4})
		}, map[string]string{
			"en": "Asked again: 9 golden questions. Customers' questions of the last week: 4.\nEvery one of them would be answered as before.\n",
			"zh": "已重新提问：黄金问题 9 个，客户上周的问题 4 个。\n全部问题的回答都和以前一样。\n"}},
		"rehearsal": {func(w *strings.Builder, words kb.Words) error { return kb.WriteRehearsal(w, words, edit) }, map[string]string{
			"en": "Asked again: 9 golden questions. Customers' questions of the last week: 4.\n1 golden question would break\n  how? (a)\n     answered → asks back: C? · d · e\n" +
				"1 of last week's questions would be answered differently\n  worse: 退货\n     a.zh → no answer\n",
			"zh": "已重新提问：黄金问题 9 个，客户上周的问题 4 个。\n1 个黄金问题将答不对\n  how? (a)\n     直接回答 → 请客户选择： C? · d · e\n" +
				"上周的问题中有 1 个回答会变化\n  变差: 退货\n     a.zh → 没有答案\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			for lang, want := range tc.want {
				var b strings.Builder
				if err := tc.write(&b, words(t, lang)); err != nil || b.String() != want {
					t.Errorf("%v:\n%q, want\n%q", err, b.String(), want)
				}
			}
		})
	}
	broken := errors.New("the pipe is closed")
	said := words(t, "en")
	for _, err := range []error{kb.WriteFindings(full{broken}, said, nil), kb.WriteGapClusters(full{broken}, said, nil), kb.WriteRehearsal(full{broken}, said, kb.Rehearsal{})} {
		if !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	}
}

// TestScheduleBorders: an article is shown from its first instant on, and not at its last; the searches follow the clock.
func TestScheduleBorders(t *testing.T) {
	a := article("sale.en", "Is there a summer sale?", "Yes, half price.")
	a.From, a.Until = noon, noon.Add(time.Hour)
	for _, tc := range []struct {
		name   string
		status kb.Status
		at     time.Time
		want   bool
	}{
		{"a nanosecond before", kb.Published, noon.Add(-1), false},
		{"the first instant", kb.Published, noon, true},
		{"the first instant, elsewhere", kb.Published, noon.In(time.FixedZone("", 8*3600)), true},
		{"the last nanosecond", kb.Published, noon.Add(time.Hour - 1), true},
		{"the end", kb.Published, noon.Add(time.Hour), false},
		{"a draft", kb.Draft, noon, false},
		{"in review", kb.Review, noon, false},
		{"archived", kb.Archived, noon, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := a
			b.Status = tc.status
			if b.Live(tc.at) != tc.want {
				t.Errorf("live: %v", !tc.want)
			}
			s := kb.NewSearcher(kb.Config{Store: kb.Fixed{b}, Tokenizer: letters{}, Index: newMemoryIndex(), Now: func() time.Time { return tc.at }})
			if err := s.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			<-s.Ready()
			defer s.Close()
			if found := search(t, s, "Is there a summer sale?", nlp.LangEnglish); (len(found.Hits) > 0) != tc.want {
				t.Errorf("found: %+v", found.Hits)
			}
		})
	}
}
