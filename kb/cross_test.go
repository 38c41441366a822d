package kb_test

import (
	"strings"
	"testing"
	"time"

	"huiyin/data"
	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/nlp"
	"huiyin/nlp/chain"
)

// bilingual opens searchers over articles with the shipped tokenizer, vectors and learned space.
func bilingual(t *testing.T) func(articles ...kb.Article) *kb.Searcher {
	t.Helper()
	ch, err := chain.New(chain.Options{Data: data.Files(), UnpackDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ch.Close(); err != nil {
			t.Error(err)
		}
	})
	models := must(kb.LoadModels(data.Files(), ch.Vectors))(t)
	return func(articles ...kb.Article) *kb.Searcher {
		dir := t.TempDir()
		var s *kb.Searcher
		for range 2 { // the second one reads the snapshot of the first
			if s != nil {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			s = kb.NewSearcher(kb.Config{Store: kb.Fixed(articles), Tokenizer: ch.Tokenizer, Models: models, Now: func() time.Time { return noon },
				Index: index.New(index.Config{Dir: dir, Fingerprint: "shipped"})})
			if err := s.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			<-s.Ready()
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
}

// TestAcrossTheLanguages: a question finds the article that exists only in the other language, and says so; where a
// translation can be shown, that one is found instead.
func TestAcrossTheLanguages(t *testing.T) {
	searcher := bilingual(t)
	only := func(lang string) (out []kb.Article) {
		for _, a := range shop() {
			if string(a.Lang.Base()) == lang {
				out = append(out, a)
			}
		}
		return out
	}
	later := shop()
	later[1].From = noon.Add(time.Hour) // returns.en is not shown yet
	over := shop()
	over[1].Until = noon
	for _, tc := range []struct {
		name     string
		articles []kb.Article
		text     string
		lang     nlp.Lang
		want     kb.ArticleID
	}{
		{"Chinese only", only("zh"), "How can I get an invoice?", nlp.LangEnglish, "invoice.zh"},
		{"English only", only("en"), "请问怎么开发票", nlp.LangChinese, "invoice.en"},
		{"English only, delivery", only("en"), "快递什么时候送到", nlp.LangChinese, "delivery.en"},
		{"one article without a translation", shop(), "进口关税要付吗", nlp.LangChinese, "customs.en"},
		{"both languages", shop(), "how do I return this item", nlp.LangEnglish, "returns.en"},
		{"the translation comes later", later, "how do I return goods?", nlp.LangEnglish, "returns.zh"},
		{"the translation is over", over, "how do I return goods?", nlp.LangEnglish, "returns.zh"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := searcher(tc.articles...)
			a, err := s.Search(t.Context(), kb.Query{Text: tc.text, Lang: tc.lang})
			if err != nil || len(a.Hits) == 0 {
				t.Fatalf("%v, %+v", err, a)
			}
			other := tc.want[len(tc.want)-2:] != kb.ArticleID(tc.lang.Base())
			if h := a.Hits[0]; h.Article != tc.want || h.OtherLang != other {
				t.Errorf("found %s, in another language: %v; want %s, %v", h.Article, h.OtherLang, tc.want, other)
			}
		})
	}
}

// TestGapsAreGrouped: one wish in several wordings is one cluster, and another wish is not in it, in either language.
func TestGapsAreGrouped(t *testing.T) {
	s := bilingual(t)(shop()...)
	gap := func(id, question, who string, annoyed float64) kb.Gap {
		lang := nlp.LangEnglish
		if question[0] >= 0x80 {
			lang = nlp.LangChinese
		}
		return kb.Gap{ID: id, Question: question, Lang: lang, Contact: who, Sentiment: -annoyed, At: noon}
	}
	got := must(s.ClusterGaps(t.Context(), []kb.Gap{
		gap("1", "Can I pay by credit card?", "ann", 0), gap("2", "Can I pay by credit card", "bo", 0.6), gap("3", "can i pay with a credit card", "ann", 0),
		gap("7", "柏林有店吗", "eva", 0), gap("4", "Do you have a shop in Berlin?", "cy", 0), {ID: "5", Question: "closed", ClosedBy: "customs.en"}, gap("6", "?!", "di", 0),
	}))(t)
	if len(got) < 2 || len(got[0].Gaps) != 3 || got[0].People != 2 || strings.Contains(got[1].Question, "card") {
		t.Fatalf("%+v", got)
	}
	if w := got[0].Weight; w <= 2 || w >= 2.5 {
		t.Errorf("weight %v of two people, one of them annoyed", w)
	}
	if got[0].Lang() != nlp.LangEnglish {
		t.Errorf("language %s", got[0].Lang())
	}
}
