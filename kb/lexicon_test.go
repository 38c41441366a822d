package kb

import (
	"slices"
	"testing"

	"huiyin/data"
	"huiyin/kb/wording"
	"huiyin/nlp"
)

// realCatalog is an empty one with the dictionaries and models that ship.
func realCatalog(t testing.TB) *catalog {
	t.Helper()
	tok, err := nlp.NewTokenizer(data.Files(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tok.Close(); err != nil {
			t.Error(err)
		}
	})
	models, err := LoadModels(data.Files(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return newCatalog(NewTaught(tok, Wordbook{Groups: [][]string{{"退货", "return"}}}), models)
}

// TestLexicon: what an analyst makes of a text with the words that it remembers is what a question gets, which is analysed
// by itself.
func TestLexicon(t *testing.T) {
	c := realCatalog(t)
	texts := []string{
		"花呗还不了款，怎么办？", "借呗怎么查账单", "How do I return a phone?", "don't e-mail me, I'd e-mail you", "退货退货退货", "的",
		"iPhone 15 Pro 退款 refund 12.50 元", "我的T恤大了，想换小一号的 T-shirt", "", "？？", "繁體字的退貨規則", "a b c 的 了", "不了不了",
	}
	l := c.newLexicon()
	var all []string // by number
	for range 2 {    // the second time from memory
		for _, text := range texts {
			x := analyze(c.tok, text, nil)
			l.read(x.tokens)
			l.beginField()
			terms := l.indexQuestion(nil, x.tokens)
			got := places{learned: make([]int8, c.models.dim()), meaning: make([]int8, c.meaning.dim())}
			l.place(x.tokens, &got)
			meant := meantWords(x.tokens, l.meant)
			names, _ := l.fresh()
			all = append(all, names...)
			var features []string
			for _, id := range l.list {
				features = append(features, all[id])
			}
			if !slices.Equal(features, x.features) {
				t.Errorf("%q: features %q, want %q", text, features, x.features)
			}
			if want := x.indexTerms(nil, map[string]bool{}); !slices.Equal(terms, want) {
				t.Errorf("%q: terms %q, want %q", text, terms, want)
			}
			if want := c.places(x); !slices.Equal(got.learned, want.learned) || !slices.Equal(got.meaning, want.meaning) {
				t.Errorf("%q: lies at %v, want %v", text, got, want)
			}
			ask := c.asked(&question{analyzed: x}, c.softRarity)
			if len(meant) != len(ask.words) {
				t.Errorf("%q: %d words with a meaning, want %d", text, len(meant), len(ask.words))
			}
		}
	}
}

// TestLexiconBody: a body has its words and Han pairs as often as it says them; a field has each term once, though a word
// and a pair are written alike.
func TestLexiconBody(t *testing.T) {
	c := realCatalog(t)
	l := c.newLexicon()
	ids := l.body(nil, c.tok.Tokenize("退货的退货 return returned"))
	list := l.tally(ids)
	names, _ := l.fresh()
	got := map[string]uint16{}
	for _, x := range list {
		got[names[x.id]] = x.n
	}
	for name, n := range map[string]uint16{
		string(wording.Word) + "退货": 2, string([]rune{wording.Pair, '退', '货'}): 2, string([]rune{wording.Pair, '货', '的'}): 1,
		string(wording.Word) + "return": 2, string(wording.Word) + "的": 0,
	} {
		if got[name] != n {
			t.Errorf("%s stands %d times, want %d", name, got[name], n)
		}
	}
	for range 2 { // each field begins anew
		l.beginField()
		var terms []string
		for _, x := range list {
			terms = l.index(terms, x.id)
		}
		slices.Sort(terms)
		if want := []string{"return", "≈退货", "的退", "货的", "退货"}; !slices.Equal(terms, want) {
			t.Errorf("terms %q, want %q", terms, want)
		}
	}
}

// TestAnalyzeAll: articles come in their order whatever analyst took them, and the numbers of their features are those of
// one catalog.
func TestAnalyzeAll(t *testing.T) {
	c := realCatalog(t)
	var articles []*Article
	for i := range 5 * chunkArticles / 2 {
		a := Article{ID: ArticleID(rune('一' + i)), Root: RootID(rune('一' + i)), Lang: nlp.LangChinese, Status: Published,
			Title: "退货" + string(rune('一'+i)), Body: "# 一\n\n多久到账" + string(rune('一'+i)) + "\n\n# 二\n\nrefund"}
		articles = append(articles, &a)
	}
	next := c.sibling()
	at := 0
	for part := range next.analyzeAll(articles) {
		next.merge(part)
		for i, e := range part.entries {
			if e.article != articles[at] || part.docs[i].ID != e.article.ID {
				t.Fatalf("%s came at %d", e.article.ID, at)
			}
			at++
		}
	}
	if at != len(articles) {
		t.Fatalf("%d of %d articles", at, len(articles))
	}
	for id, e := range next.entries {
		want := analyze(c.tok, e.article.Title, nil).features
		for k, f := range e.phrases[0].features {
			if next.words.names[f] != want[k] {
				t.Fatalf("%s: feature %d is %s, want %s", id, k, next.words.names[f], want[k])
			}
		}
		if len(e.sets) != 2 {
			t.Fatalf("%s has %d passages", id, len(e.sets))
		}
	}
	for range next.analyzeAll(articles) {
		break // analysts that nobody waits for any more end
	}
}
