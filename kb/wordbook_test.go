package kb_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/nlp"
)

func TestFormatWordbook(t *testing.T) {
	groups := [][]string{{"退货", "return", "send back"}, {`a "b"`, "yes", "- c: #d"}}
	got, err := kb.ReadSynonyms("s.yaml", kb.FormatSynonyms(groups))
	if err != nil || !reflect.DeepEqual(got, groups) {
		t.Errorf("%v, %q", err, got)
	}
	words := []string{"回声耳机", "iPhone 15 Pro", `no: "yes"`, "- x", "true", "12"}
	list, err := kb.ReadWords("w.yaml", kb.FormatWords(words))
	if err != nil || !reflect.DeepEqual(list, words) {
		t.Errorf("%v, %q", err, list)
	}
}

func TestReadWords(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"- 回声耳机\n- x\n", `w.yaml:2: “x”: a word has 2 to 40 characters`},
		{"- 回声耳机\n- Echo\n- ＥＣＨＯ\n", `w.yaml:3: “ＥＣＨＯ” stands already on line 2`},
		{"- [a, b]\n", "w.yaml:1: must be a word"},
		{"- " + strings.Repeat("长", 41) + "\n", "w.yaml:1: "},
		{"a: b\n", "w.yaml:"},
		{"- [\n", "w.yaml:"},
	} {
		if got, err := kb.ReadWords("w.yaml", []byte(tc.in)); got != nil || err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%q: %q, %v, want %s…", tc.in, got, err, tc.want)
		}
	}
}

// pairs cuts Han text into pairs, as a segmenter that does not know a word might, and the rest as letters does.
type pairs struct{}

func (pairs) Tokenize(text string) []nlp.Token {
	var out []nlp.Token
	for _, t := range (letters{}).Tokenize(text) {
		if n := len(out); n > 0 && len(t.Text) == 3 && len(out[n-1].Text) == 3 && out[n-1].End == t.Start {
			out[n-1].End, out[n-1].Text, out[n-1].Term = t.End, out[n-1].Text+t.Text, out[n-1].Text+t.Text
			continue
		}
		out = append(out, t)
	}
	return out
}

func cutBy(tok kb.Tokenizer, text string) string {
	var out []string
	for _, t := range tok.Tokenize(text) {
		out = append(out, t.Text)
	}
	return strings.Join(out, "|")
}

func TestUserDictionary(t *testing.T) {
	words := []string{"回声耳机", "回声", "iPhone 15 Pro", "T恤"}
	for _, tc := range []struct {
		tok        kb.Tokenizer
		text, want string
	}{
		{letters{}, "回声耳机坏了", "回声耳机|坏|了"},
		{letters{}, "回声坏了", "回声|坏|了"},
		{letters{}, "我的 iphone 15 pro 呢", "我|的|iphone15pro|呢"},
		{letters{}, "iPhone-15-Pro max", "iphone15pro|max"},
		{letters{}, "iphone 15 promo", "iphone|15|promo"},
		{letters{}, "iphone 15", "iphone|15"},
		{letters{}, "买T恤", "买|t恤"},
		{letters{}, "回。声耳机", "回|声|耳|机"},
		{letters{}, "", ""},
		{pairs{}, "回声耳机坏了", "回声耳机|坏了"},
		{pairs{}, "我回声耳机坏了", "我|回声耳机|坏|了"}, // 我回|声耳|机坏|了
		{pairs{}, "旧的回声耳机", "旧的|回声耳机"},
		{pairs{}, "的回声", "的|回声"},
	} {
		s := kb.NewTaught(tc.tok, kb.Wordbook{Words: words})
		if got := cutBy(s, tc.text); got != tc.want {
			t.Errorf("%T %q: %s, want %s", tc.tok, tc.text, got, tc.want)
		}
		for _, token := range s.Tokenize(tc.text) {
			if strings.ContainsAny(token.Term, " \t") || token.Start >= token.End || token.End > len(tc.text) {
				t.Errorf("%q: token %+v", tc.text, token)
			}
		}
		if again := s.Expand(s.Tokenize(tc.text)); len(again) != len(s.Tokenize(tc.text)) {
			t.Errorf("%q: joined twice: %+v", tc.text, again)
		}
	}
	s := kb.NewTaught(letters{}, kb.Wordbook{Words: words, Groups: [][]string{{"回声耳机", "echo buds"}}})
	if got := concepts(s.Tokenize("my echo buds")); got != "≈回声耳机" {
		t.Errorf("a word in a group: %q", got)
	}
	if got := concepts(s.Tokenize("回声耳机")); got != "≈回声耳机" {
		t.Errorf("a word in a group: %q", got)
	}
	before := s.Fingerprint()
	s.Teach(kb.Wordbook{Groups: [][]string{{"回声耳机", "echo buds"}}})
	if s.Fingerprint() == before || cutBy(s, "回声坏") != "回|声|坏" {
		t.Error("the old words are still there")
	}
}

// TestUserDictionaryKeepsText: whatever words are taught, the tokens say the same, in order and without overlap.
func TestUserDictionaryKeepsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[回声耳机坏 ab1。-]{0,24}`).Draw(t, "text")
		words := rapid.SliceOfN(rapid.StringMatching(`[回声耳机ab1 ]{2,6}`), 0, 5).Draw(t, "words")
		for _, tok := range []kb.Tokenizer{letters{}, pairs{}} {
			plain, end := "", 0
			for _, x := range tok.Tokenize(text) {
				plain += x.Text
			}
			got := ""
			for _, x := range kb.NewTaught(tok, kb.Wordbook{Words: words}).Tokenize(text) {
				got += x.Text
				if x.Start < end || x.End < x.Start || x.End > len(text) {
					t.Fatalf("%q with %q: %+v after %d", text, words, x, end)
				}
				end = x.End
			}
			if got != plain {
				t.Fatalf("%q with %q: %q, want %q", text, words, got, plain)
			}
		}
	})
}

// TestWordsAreHot: a word that is taught counts as one after Reload, and its effect can be looked at before.
func TestWordsAreHot(t *testing.T) {
	near := article("bud.en", "echo", "The echo of a wall.", "a bud of the echo plant")
	buds := golden(article("buds.en", "My Echo Bud does not charge", "Clean the case."), "echo bud")
	tok := kb.NewTaught(letters{}, kb.Wordbook{})
	s := kb.NewSearcher(kb.Config{Store: newStore(t, near, buds), Tokenizer: tok, Now: func() time.Time { return noon }, Index: index.New(index.Config{Dir: t.TempDir()})})
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-s.Ready()
	defer s.Close()
	terms := func() []string { return search(t, s, "my echo bud", nlp.LangEnglish).Trace.Terms }
	if got := terms(); slices.Contains(got, "echobud") {
		t.Errorf("before: %q", got)
	}
	next := kb.Wordbook{Words: []string{"Echo Bud"}}
	if r, err := s.RehearseWords(t.Context(), nil, kb.NewTaught(letters{}, next), nil); err != nil || r.Golden != 1 || !r.Safe() {
		t.Errorf("rehearsal: %v, %+v", err, r)
	}
	if got := terms(); slices.Contains(got, "echobud") {
		t.Errorf("rehearsing has taught it: %q", got)
	}
	tok.Teach(next)
	if err := s.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := search(t, s, "my echo bud", nlp.LangEnglish); top(got) != "buds.en" || !slices.Contains(got.Trace.Terms, "echobud") {
		t.Errorf("after: %+v %+v", got.Hits, got.Trace)
	}
}
