package kb_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"huiyin/kb"
	"huiyin/nlp"
	"huiyin/store/mem"
)

// newsroom is a publisher over a real store, with the shop published.
type newsroom struct {
	*kb.Publisher
	store kb.Store
	now   time.Time
	asked []kb.Query
}

func newNewsroom(t *testing.T, articles ...kb.Article) *newsroom {
	t.Helper()
	return newNewsroomOver(t, mem.New(mem.Options{}), articles...)
}

func newNewsroomOver(t *testing.T, store kb.Store, articles ...kb.Article) *newsroom {
	t.Helper()
	n := &newsroom{now: noon, store: store}
	for i := range articles {
		articles[i].UpdatedAt = noon.AddDate(0, -1, 0)
	}
	if _, err := n.store.SaveArticles(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
	n.Publisher = kb.NewPublisher(kb.PublisherConfig{Store: n.store, Searcher: open(t, n.store, t.TempDir()), Now: func() time.Time { return n.now },
		Asked: func(_ context.Context, since time.Time) ([]kb.Query, error) {
			if want := noon.AddDate(0, 0, -7); since.Before(want) {
				t.Errorf("questions since %v, want %v", since, want)
			}
			return n.asked, nil
		}})
	return n
}

func (n *newsroom) article(t *testing.T, id kb.ArticleID) kb.Article {
	t.Helper()
	a, err := n.store.Article(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func golden(a kb.Article, questions ...string) kb.Article {
	a.Golden = questions
	return a
}

func TestSaveShowsAtOnce(t *testing.T) {
	n := newNewsroom(t, shop()...)
	a := n.article(t, "returns.zh")
	a.Body = "签收后十五天内可以退货。"
	n.asked = []kb.Query{{Text: "我想退货", Lang: nlp.LangChinese}, {Text: "发票在哪里"}}
	saved, r, err := n.Save(t.Context(), []kb.Article{a}, kb.Signed{By: "mei", Note: "新规"})
	if err != nil {
		t.Fatal(err)
	}
	if got := saved[0]; got.Revision != 2 || got.UpdatedBy != "mei" || got.Note != "新规" || !got.UpdatedAt.Equal(noon) || !got.TextAt.Equal(noon) {
		t.Errorf("saved %+v", got)
	}
	if r.Asked != 2 || len(r.Changed) != 1 || r.Changed[0].Kind != kb.ChangeText {
		t.Errorf("rehearsal %+v", r)
	}
	hit := search(t, n.Searcher(), "我想退货", nlp.LangChinese).Hits[0]
	if hit.Revision != 2 || !strings.Contains(hit.Text, "十五天") {
		t.Errorf("customers get %+v", hit)
	}
	if _, _, err := n.Save(t.Context(), []kb.Article{a}, kb.Signed{}); !errors.Is(err, kb.ErrConflict) {
		t.Errorf("saved over a newer revision: %v", err)
	}
	a.Title = ""
	if _, _, err := n.Save(t.Context(), []kb.Article{a}, kb.Signed{}); !errors.Is(err, kb.ErrInvalid) || !strings.Contains(err.Error(), "title is missing") {
		t.Errorf("saved without a title: %v", err)
	}
}

func TestGoldenQuestionsBlock(t *testing.T) {
	articles := shop()
	articles[2] = golden(articles[2], "发票在哪里")
	n := newNewsroom(t, articles...)
	thief := article("thief.zh", "发票在哪里", "不在这里。")
	a := n.article(t, "invoice.zh")
	a.Questions, a.Title, a.Body = nil, "礼品卡", "不能兑换现金。"
	edit := []kb.Article{thief, a}
	_, r, err := n.Save(t.Context(), edit, kb.Signed{By: "mei"})
	if !errors.Is(err, kb.ErrGolden) || len(r.Broken) != 1 || r.Broken[0].Question != "发票在哪里" || r.Broken[0].Before != kb.ReachAnswered {
		t.Fatalf("%v, %+v", err, r)
	}
	if got := n.article(t, "invoice.zh"); got.Revision != 1 {
		t.Errorf("saved all the same: %+v", got)
	}
	if _, err := n.store.Article(t.Context(), "thief.zh"); !errors.Is(err, kb.ErrNotFound) {
		t.Errorf("half of it was saved: %v", err)
	}
	saved, _, err := n.Save(t.Context(), edit, kb.Signed{By: "mei", Force: "搬到新文章"})
	if err != nil || !saved[1].Forced || saved[1].Note != "搬到新文章" {
		t.Errorf("forced: %v, %+v", err, saved)
	}
	t.Run("a new golden question that finds nothing", func(t *testing.T) {
		a := golden(n.article(t, "delivery.zh"), "可以用花呗吗")
		if _, r, err := n.Save(t.Context(), []kb.Article{a}, kb.Signed{}); !errors.Is(err, kb.ErrGolden) || r.Broken[0].Before != kb.ReachNew {
			t.Errorf("%v, %+v", err, r)
		}
	})
	t.Run("a draft is not rehearsed", func(t *testing.T) {
		d := golden(article("card.zh", "礼品卡怎么用", "结算时输入卡号。"), "完全不同的问题")
		d.Status = kb.Draft
		if _, r, err := n.Save(t.Context(), []kb.Article{d}, kb.Signed{}); err != nil || r.Golden != 0 {
			t.Errorf("%v, %+v", err, r)
		}
	})
}

// TestRehearseScheduled: an article that is shown from next week on is rehearsed as if it were next week.
func TestRehearseScheduled(t *testing.T) {
	n := newNewsroom(t, shop()...)
	a := article("wrap.en", "Do you wrap gifts?", "Yes.")
	a.From = noon.AddDate(0, 0, 7)
	n.asked = []kb.Query{{Text: "do you wrap gifts", Lang: nlp.LangEnglish}}
	r, err := n.Rehearse(t.Context(), []kb.Article{a})
	if err != nil || len(r.Changed) != 1 || r.Changed[0].Kind != kb.ChangeGained {
		t.Errorf("%v, %+v", err, r)
	}
}

func TestRehearseWords(t *testing.T) {
	articles := shop()
	articles[1] = golden(articles[1], "refundify the order")
	n := newNewsroom(t, articles...)
	r, err := n.RehearseWords(t.Context(), kb.NewTaught(letters{}, kb.Wordbook{Groups: [][]string{{"refundify", "return", "send it back"}}}))
	if err != nil || len(r.Better) != 1 || !r.Safe() {
		t.Errorf("%v, %+v", err, r)
	}
}

// TestRehearseLarge: in a large base the rehearsal looks at the articles near the questions only, and finds the same.
func TestRehearseLarge(t *testing.T) {
	articles := shop()
	articles[0] = golden(articles[0], "商品不喜欢可以退吗")
	for i := range 1100 {
		name := strings.Repeat("x", 1+i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26)
		articles = append(articles, article("p"+name+".en", "Manual of the "+name, "Press "+name+"."))
	}
	n := newNewsroom(t, articles...)
	a := n.article(t, "returns.zh")
	a.Status = kb.Archived
	b := n.article(t, "delivery.zh")
	b.Body = "两天。"
	n.asked = []kb.Query{{Text: "快递什么时候到", Lang: nlp.LangChinese}, {Text: "我想退货", Lang: nlp.LangChinese}}
	r, err := n.Rehearse(t.Context(), []kb.Article{a, b})
	if err != nil || len(r.Changed) == 0 || !r.Safe() {
		t.Errorf("%v, %+v", err, r)
	}
}

func TestRestore(t *testing.T) {
	n := newNewsroom(t, shop()...)
	a := n.article(t, "invoice.en")
	a.Body, a.AgreedAt = "Ask us.", noon
	if _, _, err := n.Save(t.Context(), []kb.Article{a}, kb.Signed{By: "mei"}); err != nil {
		t.Fatal(err)
	}
	n.now = noon.Add(time.Hour)
	back, _, err := n.Restore(t.Context(), "invoice.en", 1, kb.Signed{By: "lin", Note: "back"})
	if err != nil || back.Revision != 3 || back.Body != shop()[3].Body || back.Status != kb.Published || back.UpdatedBy != "lin" || !back.AgreedAt.IsZero() {
		t.Errorf("%v, %+v", err, back)
	}
	if _, _, err := n.Restore(t.Context(), "invoice.en", 9, kb.Signed{}); !errors.Is(err, kb.ErrNotFound) {
		t.Errorf("an unknown revision: %v", err)
	}
}

func TestGapsCloseOnPublishing(t *testing.T) {
	gaps := []kb.Gap{
		{ID: "g1", Question: "Can you engrave a pen?", Lang: nlp.LangEnglish, Conversation: "c", At: noon},
		{ID: "g2", Question: "笔上可以刻字吗", Lang: nlp.LangChinese, Conversation: "c", At: noon},
	}
	store := newStore(t)
	store.gaps = slices.Clone(gaps)
	n := newNewsroomOver(t, store, shop()...)
	draft := kb.GapCluster{Question: gaps[0].Question, Gaps: gaps}.Draft("engraving.en", "Yes, for 20 yuan. 笔上刻字 20 元。", noon)
	draft.Lang = nlp.LangEnglish
	if !slices.Equal(draft.Golden, []string{gaps[0].Question, gaps[1].Question}) || !slices.Equal(draft.Gaps, []string{"g1", "g2"}) {
		t.Fatalf("draft %+v", draft)
	}
	saved, _, err := n.Save(t.Context(), []kb.Article{draft}, kb.Signed{})
	if err != nil {
		t.Fatal(err)
	}
	open, err := n.store.Gaps(t.Context(), noon, noon.Add(1))
	if err != nil || open[0].ClosedBy != "" {
		t.Fatalf("a draft closed its gap: %v %+v", err, open)
	}
	saved[0].Status = kb.Published
	if _, r, err := n.Save(t.Context(), saved, kb.Signed{Force: "the Chinese question finds it across languages only with word vectors"}); err != nil || r.Golden != 2 {
		t.Fatalf("%v, %+v", err, r)
	}
	for _, g := range must(n.store.Gaps(t.Context(), noon, noon.Add(1)))(t) {
		if g.ClosedBy != "engraving.en" {
			t.Errorf("still open: %+v", g)
		}
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestImportAndUndo(t *testing.T) {
	n := newNewsroom(t, shop()...)
	file := []kb.Article{n.article(t, "invoice.en"), n.article(t, "delivery.en"), n.article(t, "returns.en"), article("gift.en", "Do you wrap gifts?", "Yes.")}
	file[0].Body, file[1].Body = "Press “Invoice” twice.", "Four days."
	plan, err := n.Plan(t.Context(), file)
	if err != nil || plan.New != 1 || plan.Changed != 2 || plan.Same != 1 {
		t.Fatalf("%v, %+v", err, plan)
	}
	if _, err := n.LastImport(t.Context()); !errors.Is(err, kb.ErrNoImport) {
		t.Fatalf("planning imported: %v", err)
	}
	saved, _, err := n.Import(t.Context(), plan, kb.Signed{By: "mei"})
	if err != nil || len(saved) != 3 {
		t.Fatalf("%v, %+v", err, saved)
	}
	if _, _, err := n.Import(t.Context(), plan, kb.Signed{}); !errors.Is(err, kb.ErrConflict) {
		t.Errorf("the same plan twice: %v", err)
	}
	n.now = noon.Add(time.Hour)
	a := n.article(t, "delivery.en")
	a.Body = "Five days."
	if _, _, err := n.Save(t.Context(), []kb.Article{a}, kb.Signed{By: "lin"}); err != nil {
		t.Fatal(err)
	}
	last, err := n.LastImport(t.Context())
	if err != nil || !slices.Equal(last.Articles, []kb.ArticleID{"gift.en", "invoice.en"}) || !slices.Equal(last.Edited, []kb.ArticleID{"delivery.en"}) {
		t.Fatalf("%v, %+v", err, last)
	}
	if _, err := n.UndoImport(t.Context(), "another", kb.Signed{}); !errors.Is(err, kb.ErrNoImport) {
		t.Errorf("undid another import: %v", err)
	}
	if _, err := n.UndoImport(t.Context(), last.Batch, kb.Signed{By: "mei", Note: "wrong file"}); err != nil {
		t.Fatal(err)
	}
	if got := n.article(t, "invoice.en"); got.Body != shop()[3].Body || got.Revision != 3 {
		t.Errorf("not as before: %+v", got)
	}
	if got := n.article(t, "gift.en"); got.Status != kb.Archived {
		t.Errorf("still there: %+v", got)
	}
	if got := n.article(t, "delivery.en"); got.Body != "Five days." {
		t.Errorf("an editor's work is gone: %+v", got)
	}
	if a := search(t, n.Searcher(), "Do you wrap gifts?", nlp.LangEnglish); a.Decision == kb.DecideAnswer {
		t.Errorf("customers still get %+v", a.Hits[0])
	}
	if last, err := n.LastImport(t.Context()); !errors.Is(err, kb.ErrNoImport) {
		t.Errorf("undone, and still to undo: %v, %+v", err, last)
	}
}

// TestImportKeepsWhatAFileDoesNotSay: a table without a column leaves that field as it is; an empty cell empties it.
// TestSavedTogether: of two translations that are imported, or saved, together none is behind, however the time goes on meanwhile.
func TestSavedTogether(t *testing.T) {
	n := newNewsroom(t)
	p := kb.NewPublisher(kb.PublisherConfig{Store: n.store, Searcher: n.Searcher(), Now: func() time.Time {
		n.now = n.now.Add(time.Microsecond)
		return n.now
	}})
	for _, body := range []string{"Yes.", "Yes, of course."} {
		pair := []kb.Article{article("gift.en", "Do you wrap gifts?", body), article("gift.zh", "能包装成礼物吗", body)}
		plan, err := p.Plan(t.Context(), pair)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := p.Import(t.Context(), plan, kb.Signed{By: "mei", Force: "new"}); err != nil {
			t.Fatal(err)
		}
		if en, zh := n.article(t, "gift.en"), n.article(t, "gift.zh"); kb.Behind(en, zh) || kb.Behind(zh, en) {
			t.Errorf("%q: one is behind: %v, %v", body, en.TextAt, zh.TextAt)
		}
	}
}

func TestImportKeepsWhatAFileDoesNotSay(t *testing.T) {
	n := newNewsroom(t, shop()...)
	before := n.article(t, "returns.en")
	for in, want := range map[string]func(*kb.Article){
		"id,title,body\nreturns.en,How do I return an item?,Within 15 days.\n":          func(a *kb.Article) { a.Body = "Within 15 days." },
		"id,title,questions\nreturns.en,How do I return an item?,\n":                    func(a *kb.Article) { a.Questions = nil },
		"id,title,status,tags\nreturns.en,How do I return an item?,archived,\"a\nb\"\n": func(a *kb.Article) { a.Status, a.Tags = kb.Archived, []string{"a", "b"} },
	} {
		file, err := kb.ReadCSV("a.csv", strings.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		after := before
		want(&after)
		plan, err := n.Plan(t.Context(), file)
		if err != nil || !kb.SameContent(plan.Rows[0].Article, after) {
			t.Errorf("%q: %v, %+v", in, err, plan.Rows)
		}
	}
}

func TestBehind(t *testing.T) {
	at := func(text, agreed int) kb.Article {
		a := kb.Article{TextAt: noon.Add(time.Duration(text) * time.Hour)}
		if agreed >= 0 {
			a.AgreedAt = noon.Add(time.Duration(agreed) * time.Hour)
		}
		return a
	}
	for _, tc := range []struct {
		name           string
		a, translation kb.Article
		want           bool
	}{
		{"imported together", at(0, -1), at(0, -1), false},
		{"the original has changed", at(0, -1), at(2, -1), true},
		{"this one has changed", at(2, -1), at(0, -1), false},
		{"found to agree since", at(0, 3), at(2, -1), false},
		{"agreed before the change", at(0, 1), at(2, -1), true},
		{"the other's editor found it", at(0, -1), at(2, 2), false},
	} {
		if got := kb.Behind(tc.a, tc.translation); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}

func TestDiffText(t *testing.T) {
	for _, tc := range []struct{ before, after, want string }{
		{"七天内可以退货。", "十五天内可以退货。", "-七+十五=天内可以退货。"},
		{"within seven days", "within 15 working days", "=within -seven+15 working= days"},
		{"", "new", "+new"},
		{"gone", "", "-gone"},
		{"same", "same", "=same"},
		{"one\ntwo\nthree\n", "one\nthree\n", "=one\n-two\n=three\n"},
	} {
		got := ""
		for _, p := range kb.DiffText(tc.before, tc.after) {
			got += map[kb.DiffOp]string{kb.Kept: "=", kb.Removed: "-", kb.Added: "+"}[p.Op] + p.Text
		}
		if got != tc.want {
			t.Errorf("%q → %q: %q, want %q", tc.before, tc.after, got, tc.want)
		}
	}
	large := strings.Repeat("word 字\n", 60_000)
	if pieces := kb.DiffText(large, "x\n"+large); len(pieces) != 2 || pieces[0].Text != "x\n" {
		t.Errorf("%d pieces for one line more", len(pieces))
	}
}

// TestDifferenceOfInstants: a date that changes is shown whole, however much of it stays.
func TestDifferenceOfInstants(t *testing.T) {
	a := article("sale.en", "Is there a sale?", "Yes.")
	b := a
	a.From, b.From, b.Until = noon, noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 9)
	got := fmt.Sprint(kb.Difference(a, b))
	if want := "[{from [{removed 2026-11-16T12:00:00Z} {added 2026-11-17T12:00:00Z}]} {until [{added 2026-11-25T12:00:00Z}]}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestDiffTextGivesBoth: what is kept and removed is the old text, what is kept and added the new one.
func TestDiffTextGivesBoth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ab 退货\n。]{0,40}`)
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		var x, y string
		for _, p := range kb.DiffText(before, after) {
			if p.Op != kb.Added {
				x += p.Text
			}
			if p.Op != kb.Removed {
				y += p.Text
			}
		}
		if x != before || y != after {
			t.Fatalf("%q → %q gives %q → %q", before, after, x, y)
		}
	})
}

func TestAddGolden(t *testing.T) {
	articles := shop()
	err := kb.AddGolden(articles, "g.csv", []byte("query,lang,root\n能退吗,zh,returns\n能退吗,zh,returns\nwhat,en,\nduty?,en,customs\n"))
	if err != nil || !slices.Equal(articles[0].Golden, []string{"能退吗"}) || !slices.Equal(articles[6].Golden, []string{"duty?"}) || articles[1].Golden != nil {
		t.Errorf("%v, %+v", err, articles)
	}
	if err := kb.AddGolden(articles, "g.csv", []byte("query\nx\n")); err == nil || !strings.HasPrefix(err.Error(), "g.csv:1") {
		t.Errorf("%v", err)
	}
}
