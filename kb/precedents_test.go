package kb_test

import (
	"fmt"
	"strings"
	"testing"

	"huiyin/data"
	"huiyin/kb"
	"huiyin/nlp"
)

func precedents(t testing.TB, most int) *kb.Precedents {
	t.Helper()
	tok, err := nlp.NewTokenizer(data.Files(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tok.Close() })
	models, err := kb.LoadModels(data.Files(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return kb.NewSearcher(kb.Config{Store: kb.Fixed(nil), Tokenizer: tok, Models: models, Index: newMemoryIndex()}).Precedents(most)
}

// TestPrecedents: what asks the same in other words is found, the most alike first; what names another thing, is in the other
// language, was replaced, taken away or had to leave is not.
func TestPrecedents(t *testing.T) {
	p := precedents(t, 6)
	p.Put(kb.Precedent{ID: "old", Question: "is the kettle safe for milk?", Lang: "en"}, kb.Precedent{ID: "a", Question: "耳机可以连接两台手机吗", Lang: "zh-Hans"},
		kb.Precedent{ID: "b", Question: "my watch strap is too short, do you have a longer one?", Lang: "en"}, kb.Precedent{ID: "c", Question: "我想退货", Lang: "zh"})
	p.Put(kb.Precedent{ID: "d", Question: "耳机能同时连接两台手机吗？", Lang: "zh"}, kb.Precedent{ID: "c", Question: "水壶漏水怎么办", Lang: "zh"},
		kb.Precedent{ID: "e", Question: "can I pay by bank transfer?", Lang: "en"}, kb.Precedent{ID: "f", Question: "", Lang: "en"})
	find := func(text string, lang nlp.Lang) string {
		var ids []string
		for _, f := range p.Find(t.Context(), text, lang, 2) {
			ids = append(ids, f.ID)
		}
		return strings.Join(ids, " ")
	}
	ask := func(text string, lang nlp.Lang, want string) {
		t.Helper()
		if got := find(text, lang); got != want {
			t.Errorf("%s: found %q, want %q", text, got, want)
		}
	}
	ask("请问耳机能不能同时连接两台手机", "zh", "d a")
	ask("請問耳機能不能同時連接兩台手機", "zh-Hant", "d a")
	ask("do you have a longer strap for my watch?", "en", "b")
	ask("can I pay by bank transfer?", "zh", "")
	ask("我想退货", "zh", "")
	ask("水壶漏水了，怎么办呀", "zh", "c")
	ask("is the kettle safe for milk?", "en", "old")
	ask("!!!", "en", "")
	p.Put(kb.Precedent{ID: "g", Question: "do you ship to Norway?", Lang: "en"}, kb.Precedent{ID: "h", Question: "do you ship to Iceland?", Lang: "en"})
	ask("is the kettle safe for milk?", "en", "")
	ask("do you ship to Norway?", "en", "g")
	p.Put(kb.Precedent{ID: "g"})
	ask("do you ship to Norway?", "en", "")
}

func BenchmarkPrecedents(b *testing.B) {
	p := precedents(b, 2000)
	things := strings.Fields("kettle lamp watch strap backpack zipper charger cable mug bottle pen notebook speaker keyboard mouse blanket pillow umbrella scarf headphones")
	var list []kb.Precedent
	for i := range 2000 {
		list = append(list, kb.Precedent{ID: fmt.Sprint(i), Question: fmt.Sprintf("how do I clean the %s number %d of my %s?", things[i%20], i, things[i/20%20]), Lang: "en"})
	}
	p.Put(list...)
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			p.Find(b.Context(), "what is the best way to clean my lamp?", "en", 2)
		}
	})
	b.Run("put", func(b *testing.B) {
		for b.Loop() {
			p.Put(list[0])
		}
	})
}
