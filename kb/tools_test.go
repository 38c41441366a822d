package kb_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/nlp"
)

func TestWriteExplanation(t *testing.T) {
	s := open(t, newStore(t, shop()...), t.TempDir())
	for text, want := range map[string][]string{
		"怎么退货":                  {"问题：怎么退货\n", "检索词：", "结论：直接回答。第一篇有", "returns.zh", "第一：《怎么退货》（returns.zh）", "第二：", "输在：与文章里的问法一字不差"},
		"怎么退货呢，我买大了":            {"文章里没有：呢、我、买、大、了"},
		"how do I get invoices": {"Question: how do I", "Searched for:", "“How do I get an invoice?” is first (invoice.en).", "words in title or that wording: ", "is second, ", "it lost by: "},
		"where is my invocie":   {"Taken for typing errors: invocie → invoice"},
		"zebra crossing":        {"it is noted as a gap", "To have it answered: add the question"},
	} {
		a := search(t, s, text, nlp.LangUnknown)
		var b bytes.Buffer
		if err := kb.WriteExplanation(&b, kb.ExplanationLang(text), text, a); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%q: no %q in\n%s", text, w, b.String())
			}
		}
	}
	var b bytes.Buffer
	if err := kb.WriteExplanation(&b, nlp.LangChinese, "where is my invoice", search(t, s, "where is my invoice", nlp.LangUnknown)); err != nil || !strings.Contains(b.String(), "问题：where is my invoice\n") {
		t.Errorf("%v, not in the language asked for:\n%s", err, &b)
	}
	if err := kb.WriteExplanation(&bytes.Buffer{}, nlp.LangEnglish, "x", kb.Answer{}); err == nil {
		t.Error("an answer without a trace is explained")
	}
}

func TestCheck(t *testing.T) {
	articles := append(shop(),
		article("copy.en", "How do I return an item", "x"),
		article("linked.en", "Warranty of a lamp", "See [returns](returns.en.md), [gone](../en/gone.md), [web](https://example.com) and [top](#x)."),
		golden(article("gift.en", "Do you wrap gifts?", "Yes."), "do you wrap gifts", "was für ein Unsinn"),
		article("days.zh", "保修多久", "保修 24 个月，7 天内包换。"), article("days.en", "How long is the warranty?", "12 months; exchange within seven days."),
	)
	for i := range articles {
		articles[i].UpdatedAt, articles[i].TextAt = noon, noon
		if articles[i].ID == "invoice.en" {
			articles[i].TextAt = noon.AddDate(0, 0, -60)
		}
	}
	s := open(t, newStore(t, articles...), t.TempDir())
	findings, err := s.Check(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range findings {
		got = append(got, fmt.Sprint(f.Kind, f.Articles))
	}
	for _, want := range []string{"two_owners[copy.en returns.en]", "numbers[days.en days.zh]", "link[linked.en]", "translation[customs.en]", "behind[invoice.en invoice.zh]", "golden[gift.en]"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in %v", want, got)
		}
	}
	for _, f := range findings {
		if f.Kind == kb.FindLink && f.Detail != "../en/gone.md" || f.Kind == kb.FindNumbers && f.Detail != "12 | 24" {
			t.Errorf("wrong finding %+v", f)
		}
	}
	unused := kb.Unused(articles, map[kb.ArticleID]int{"returns.zh": 3}, noon.Add(1))
	for _, f := range unused {
		if strings.HasPrefix(string(f.Articles[0]), "returns") {
			t.Errorf("a used article, or its translation: %+v", f)
		}
	}
	if len(unused) != len(articles)-2 || len(kb.Unused(articles, nil, noon)) != 0 {
		t.Errorf("unused: %+v", unused)
	}
	if findings[0].Kind != kb.FindTwoOwners {
		t.Errorf("the gravest is not first: %v", got)
	}
}

func TestClusterGaps(t *testing.T) {
	s := open(t, newStore(t, shop()...), t.TempDir())
	gap := func(id, contact, question string, sentiment float64) kb.Gap {
		return kb.Gap{ID: id, Contact: contact, Question: question, Sentiment: sentiment, At: noon.Add(time.Duration(len(id)) * time.Minute)}
	}
	closed := gap("closed", "z", "can you engrave a pen", -1)
	closed.ClosedBy = "returns.en"
	clusters := must(s.ClusterGaps(t.Context(), []kb.Gap{
		gap("a", "1", "can you engrave a pen", 0), gap("b", "2", "can you engrave my pen", -0.5), gap("c", "2", "can you engrave a pen?", 0),
		gap("d", "3", "有没有实体店", -1), gap("e", "", "……", 0), closed,
	}))(t)
	if len(clusters) != 2 || len(clusters[0].Gaps) != 3 || clusters[0].People != 2 || clusters[1].Question != "有没有实体店" || clusters[1].Annoyed != 1 {
		t.Fatalf("got %+v", clusters)
	}
	draft := clusters[0].Draft("engraving.en", "Yes, for 20 yuan.", noon)
	if draft.Status != kb.Draft || draft.Lang != nlp.LangEnglish || draft.Title == "" || len(draft.Questions) == 0 || kb.Validate(draft) != nil {
		t.Errorf("draft %+v", draft)
	}
}

func TestReplay(t *testing.T) {
	before := open(t, newStore(t, shop()...), t.TempDir())
	edited := shop()
	edited[0].Body = "签收后十五天内可以退货。"
	edited[2].Status = kb.Draft
	edited = append(edited, article("gift.en", "Do you wrap gifts?", "Yes."))
	after := open(t, newStore(t, edited...), t.TempDir())
	changes, err := kb.Replay(t.Context(), nil, before, after, []kb.Query{{Text: "我想退货"}, {Text: "发票在哪里"}, {Text: "Do you wrap gifts?"}, {Text: "send it back"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []kb.ChangeKind{kb.ChangeText, kb.ChangeLost, kb.ChangeGained}
	var got []kb.ChangeKind
	for _, c := range changes {
		got = append(got, c.Kind)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v: %+v", got, want, changes)
	}
}

func TestBench(t *testing.T) {
	dir := t.TempDir()
	r, err := kb.Bench(t.Context(), kb.BenchConfig{Articles: shop(), Count: 1500, Queries: 50, Open: func(source kb.Source) *kb.Searcher {
		return kb.NewSearcher(kb.Config{Store: source, Tokenizer: letters{}, Index: index.New(index.Config{Dir: dir})})
	}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Articles != 1500 || r.IndexSeconds <= 0 || r.OpenSeconds <= 0 || r.FoundFirst < 0.5 || r.QueriesPerSecond <= 0 || r.UpdateSeconds <= 0 {
		t.Errorf("got %+v", r)
	}
}

func TestEvaluate(t *testing.T) {
	corpus, err := kb.ReadCorpus("c.csv", strings.NewReader("id,question,answer,lang\na,怎么退货,七天,\nb,How do I pay?,By card.,en\nc,When does it arrive?,Soon.,\n"))
	if err != nil {
		t.Fatal(err)
	}
	questions, err := kb.ReadQueries("q.csv", strings.NewReader("query,relevant_ids\n想退货,a\nhow to pay,b;c\nhow do I pay,c\n"), corpus)
	if err != nil {
		t.Fatal(err)
	}
	s := kb.NewSearcher(kb.Config{Store: kb.Fixed(corpus), Tokenizer: letters{}, Index: index.New(index.Config{})})
	defer s.Close()
	e, err := kb.Evaluate(t.Context(), s, questions)
	if err != nil {
		t.Fatal(err)
	}
	if e.Queries != 3 || e.RecallAt1 != 2.0/3 || e.RecallAt5 < e.RecallAt1 || e.MRRAt10 < e.RecallAt1 {
		t.Errorf("got %+v", e)
	}
	var want kb.Evaluation
	for _, q := range questions { // what was counted is what a search decides
		lang := nlp.LangEnglish
		if q.Text == "想退货" {
			lang = nlp.LangChinese
		}
		a := search(t, s, q.Text, lang)
		right := func(n int) bool {
			return slices.ContainsFunc(a.Hits[:min(n, len(a.Hits))], func(h kb.Hit) bool { return slices.Contains(q.Relevant, h.Article) })
		}
		switch {
		case a.Decision == kb.DecideAnswer && right(1):
			want.AnswerRight++
			fallthrough
		case a.Decision == kb.DecideAnswer:
			want.Answered++
		case a.Decision == kb.DecideClarify && right(3):
			want.OfferedRight++
			fallthrough
		case a.Decision == kb.DecideClarify:
			want.Offered++
		}
	}
	if want.Answered+want.Offered == 0 || e.Answered != want.Answered || e.AnswerRight != want.AnswerRight || e.Offered != want.Offered || e.OfferedRight != want.OfferedRight {
		t.Errorf("decided %+v, want %+v", e, want)
	}
	for _, tc := range []struct{ in, want string }{
		{"id,question\n", `c.csv:1: column “answer” is missing`},
		{"id,question,answer\n,x,y\n", "c.csv:2: id is empty"},
		{"id,question,answer\na,,y\n", "c.csv:2: question is empty"},
		{"id,question,answer,lang\na,x,y,fr\n", `c.csv:2: lang "fr"`},
		{"id,question,answer\n", "c.csv: has no rows"},
		{"id,question,answer\na,x,y\nb,x,y\na,x,y\n", `c.csv:4: id “a” is already used by c.csv:2`},
	} {
		if _, err := kb.ReadCorpus("c.csv", strings.NewReader(tc.in)); err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%q: %v", tc.in, err)
		}
	}
	for _, tc := range []struct{ in, want string }{
		{"query,relevant_ids\nx,zz\n", `q.csv:2: relevant id "zz" is not in the corpus`},
		{"query,relevant_ids\nx,\n", "q.csv:2: relevant_ids is empty"},
		{"query,relevant_ids\n,a\n", "q.csv:2: query is empty"},
		{"query\nx\n", `q.csv:1: column “relevant_ids” is missing`},
	} {
		if _, err := kb.ReadQueries("q.csv", strings.NewReader(tc.in), corpus); err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%q: %v", tc.in, err)
		}
	}
}
