package kb_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

func search(t *testing.T, s *kb.Searcher, text string, lang nlp.Lang) kb.Answer {
	t.Helper()
	a, err := s.Search(t.Context(), kb.Query{Text: text, Lang: lang, Explain: true})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func top(a kb.Answer) kb.ArticleID {
	if len(a.Hits) == 0 {
		return ""
	}
	return a.Hits[0].Article
}

func TestSearch(t *testing.T) {
	s := open(t, newStore(t, shop()...), t.TempDir())
	for _, tc := range []struct {
		text string
		lang nlp.Lang
		want kb.ArticleID
	}{
		{"怎么退货？", nlp.LangChinese, "returns.zh"},
		{"发票怎么开", nlp.LangHans, "invoice.zh"},
		{"how can I return my order", nlp.LangEnglish, "returns.en"},
		{"When does the parcel arrive?", nlp.LangEnglish, "delivery.en"},
		{"customs", nlp.LangEnglish, "customs.en"},
		{"customs duty", nlp.LangChinese, "customs.en"},
		{"zebra", nlp.LangEnglish, ""},
		{"", nlp.LangEnglish, ""},
		{"？！", nlp.LangChinese, ""},
	} {
		a := search(t, s, tc.text, tc.lang)
		if got := top(a); got != tc.want {
			t.Errorf("%q: got %q, want %q: %+v", tc.text, got, tc.want, a.Trace)
		}
		if tc.want == "" && a.Decision != kb.DecideNothing {
			t.Errorf("%q: decision %q", tc.text, a.Decision)
		}
	}
	a := search(t, s, "我想退货", nlp.LangChinese)
	if a.Decision != kb.DecideAnswer || a.Hits[0].Revision != 1 || a.Hits[0].Text != "签收后七天内可以退货。" || a.Hits[0].OtherLang {
		t.Errorf("a question of an article, word for word: %+v", a)
	}
	if a := search(t, s, "customs duty", nlp.LangChinese); !a.Hits[0].OtherLang {
		t.Error("an article that exists only in English is not marked for a Chinese customer")
	}
}

func TestSearchShowsOneTranslation(t *testing.T) {
	s := open(t, newStore(t, shop()...), t.TempDir())
	for _, lang := range []nlp.Lang{nlp.LangChinese, nlp.LangEnglish} {
		seen := map[kb.RootID]bool{}
		for _, h := range search(t, s, "return 退货 order 订单 invoice 发票", lang).Hits {
			if seen[h.Root] {
				t.Errorf("%s: %s stands twice", lang, h.Root)
			}
			seen[h.Root] = true
			if h.Root == "returns" && h.Lang != lang {
				t.Errorf("%s: returns in %s", lang, h.Lang)
			}
		}
	}
}

func TestRefreshIsLive(t *testing.T) {
	store := newStore(t, shop()...)
	s := open(t, store, t.TempDir())
	save := func(a kb.Article) {
		t.Helper()
		if _, err := store.SaveArticles(t.Context(), []kb.Article{a}); err != nil {
			t.Fatal(err)
		}
		if err := s.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	save(article("gift.en", "Can you wrap a gift?", "Yes, for free."))
	if got := top(search(t, s, "gift wrap", nlp.LangEnglish)); got != "gift.en" {
		t.Errorf("after adding: %q", got)
	}
	a, _ := store.Article(t.Context(), "gift.en")
	a.Title, a.Body = "Is there a paper box?", "Yes, a box."
	save(a)
	if old := search(t, s, "gift wrap", nlp.LangEnglish); old.Decision == kb.DecideAnswer {
		t.Errorf("old words still find it: %+v", old)
	}
	hits := search(t, s, "paper box", nlp.LangEnglish).Hits
	if len(hits) == 0 || hits[0].Article != "gift.en" || hits[0].Revision != 2 {
		t.Errorf("after editing: %+v", hits)
	}
	a, _ = store.Article(t.Context(), "gift.en")
	a.Status = kb.Archived
	save(a)
	after := search(t, s, "paper box", nlp.LangEnglish)
	if top(after) == "gift.en" || after.Decision == kb.DecideAnswer {
		t.Errorf("after archiving: %+v", after)
	}
}

func TestSearchKeepsInstants(t *testing.T) {
	early, late, now := article("early.en", "winter sale", "x"), article("late.en", "summer sale", "x"), article("now.en", "autumn sale", "x")
	early.Until, late.From = noon, noon.Add(time.Second)
	now.From, now.Until = noon, noon.Add(time.Second)
	s := open(t, newStore(t, early, late, now), t.TempDir())
	hits := search(t, s, "sale", nlp.LangEnglish).Hits
	if len(hits) != 1 || hits[0].Article != "now.en" {
		t.Errorf("got %+v, want now.en only", hits)
	}
}

// damage changes the files of an index in ways that a disk or a person might.
var damage = []struct {
	name, pattern string
	do            func(path string, raw []byte) error
}{
	{"segment flipped", "*/part-0/bleve/store/*.zap", func(p string, raw []byte) error { raw[len(raw)/2] ^= 0xff; return os.WriteFile(p, raw, 0o600) }},
	{"segment cut", "*/part-0/bleve/store/*.zap", func(p string, raw []byte) error { return os.WriteFile(p, raw[:len(raw)/2], 0o600) }},
	{"segment emptied", "*/part-0/bleve/store/*.zap", func(p string, _ []byte) error { return os.WriteFile(p, nil, 0o600) }},
	{"segment gone", "*/part-0/bleve/store/*.zap", func(p string, _ []byte) error { return os.Remove(p) }},
	{"root emptied", "*/part-0/bleve/store/root.bolt", func(p string, _ []byte) error { return os.WriteFile(p, nil, 0o600) }},
	{"root flipped", "*/part-0/bleve/store/root.bolt", func(p string, raw []byte) error { raw[len(raw)/3] ^= 1; return os.WriteFile(p, raw, 0o600) }},
	{"meta gone", "*/part-0/bleve/index_meta.json", func(p string, _ []byte) error { return os.Remove(p) }},
	{"manifest gone", "*/manifest.json", func(p string, _ []byte) error { return os.Remove(p) }},
	{"manifest cut", "*/manifest.json", func(p string, raw []byte) error { return os.WriteFile(p, raw[:len(raw)/2], 0o600) }},
	{"snapshot flipped", "*/snapshot", func(p string, raw []byte) error { raw[len(raw)/2] ^= 1; return os.WriteFile(p, raw, 0o600) }},
	{"snapshot gone", "*/snapshot", func(p string, _ []byte) error { return os.Remove(p) }},
	{"documents cut", "*/part-0/documents", func(p string, raw []byte) error { return os.WriteFile(p, raw[:len(raw)/2], 0o600) }},
	{"of another version", "*/manifest.json", func(p string, raw []byte) error {
		return os.WriteFile(p, bytes.Replace(raw, []byte("huiyin-index-"), []byte("huiyin-index-0"), 1), 0o600)
	}},
	{"everything gone", "*", func(p string, _ []byte) error { return os.RemoveAll(p) }},
}

func TestDamagedIndexIsRebuilt(t *testing.T) {
	for _, tc := range damage {
		t.Run(tc.name, func(t *testing.T) {
			store, dir := newStore(t, shop()...), t.TempDir()
			first := open(t, store, dir)
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			files, err := filepath.Glob(filepath.Join(dir, tc.pattern))
			if err != nil || len(files) == 0 {
				t.Fatalf("no file to damage: %v", err)
			}
			for _, f := range files {
				raw, _ := os.ReadFile(f)
				if err := tc.do(f, raw); err != nil {
					t.Fatal(err)
				}
			}
			s := open(t, store, dir)
			if got := top(search(t, s, "parcel arrive", nlp.LangEnglish)); got != "delivery.en" {
				t.Errorf("after rebuilding: %q", got)
			}
			left, _ := filepath.Glob(filepath.Join(dir, "*"))
			if len(left) != 1 {
				t.Errorf("files left behind: %v", left)
			}
		})
	}
}

func TestOpenAppliesWhatChangedMeanwhile(t *testing.T) {
	store, dir := newStore(t, shop()...), t.TempDir()
	if err := open(t, store, dir).Close(); err != nil {
		t.Fatal(err)
	}
	customs, _ := store.Article(t.Context(), "customs.en")
	customs.Title, customs.Questions = "Who pays duty at the border?", nil
	if _, err := store.SaveArticles(t.Context(), []kb.Article{customs, article("coupon.zh", "优惠券怎么用", "结账时输入。")}); err != nil {
		t.Fatal(err)
	}
	s := open(t, store, dir)
	if got := top(search(t, s, "优惠券", nlp.LangChinese)); got != "coupon.zh" {
		t.Errorf("a new article: %q", got)
	}
	if got := top(search(t, s, "border", nlp.LangEnglish)); got != "customs.en" {
		t.Errorf("an edited article: %q", got)
	}
}
