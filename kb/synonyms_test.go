package kb_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/nlp"
)

func concepts(tokens []nlp.Token) string {
	var out []string
	for _, t := range tokens {
		if strings.HasPrefix(t.Term, "≈") {
			out = append(out, t.Term)
		}
	}
	return strings.Join(out, " ")
}

func TestSynonymsTokenize(t *testing.T) {
	s := kb.NewTaught(letters{}, kb.Wordbook{Groups: [][]string{{"快递", "parcel", "tracking number"}, {"退货", "return"}, {}}})
	for text, want := range map[string]string{
		"我的快递呢":                "≈快递",
		"Where are my PARCELS": "≈快递",
		"tracking my number":   "",
		"the tracking number":  "≈快递",
		"return 快递, parcel":    "≈退货 ≈快递",
		"快 递":                  "≈快递",
		"":                     "",
	} {
		if got := concepts(s.Tokenize(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	before := s.Fingerprint()
	s.Teach(kb.Wordbook{Groups: [][]string{{"快递", "parcel"}}})
	if s.Fingerprint() == before || concepts(s.Tokenize("return")) != "" {
		t.Error("the old groups are still there")
	}
}

func TestReadSynonyms(t *testing.T) {
	groups, err := kb.ReadSynonyms("s.yaml", []byte("# words\n- [快递, parcel]\n- [退货, return]\n"))
	if err != nil || len(groups) != 2 || !slices.Equal(groups[1], []string{"退货", "return"}) {
		t.Errorf("got %v, %v", groups, err)
	}
	for _, tc := range []struct{ in, want string }{
		{"- [a, b]\n- [c]\n", "s.yaml:2: a group needs 2"},
		{"- [a, b]\n- [c, A]\n", `s.yaml:2: “A” stands already on line 1`},
		{"- [a, ' ']\n", "s.yaml:1: a word is empty"},
		{"- a\n", "s.yaml:1: a group must be a list"},
		{"- [a\n", "s.yaml:"},
		{"a: b\n", "s.yaml:"},
	} {
		if _, err := kb.ReadSynonyms("s.yaml", []byte(tc.in)); err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%q: %v, want %s…", tc.in, err, tc.want)
		}
	}
}

// TestSynonymsAreHot: a group that is added finds an article by a word that it does not have, after Reload.
func TestSynonymsAreHot(t *testing.T) {
	tok := kb.NewTaught(letters{}, kb.Wordbook{})
	s := kb.NewSearcher(kb.Config{Store: newStore(t, shop()...), Tokenizer: tok, Now: func() time.Time { return noon },
		Index: index.New(index.Config{Dir: t.TempDir()})})
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-s.Ready()
	defer s.Close()
	if got := search(t, s, "tariff", nlp.LangEnglish); got.Decision != kb.DecideNothing {
		t.Errorf("before: %+v", got)
	}
	tok.Teach(kb.Wordbook{Groups: [][]string{{"customs", "tariff"}}})
	if err := s.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := search(t, s, "tariff", nlp.LangEnglish)
	if top(got) != "customs.en" || !slices.Contains(got.Trace.Expanded, "customs") {
		t.Errorf("after: %+v", got)
	}
}
