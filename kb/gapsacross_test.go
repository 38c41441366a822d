package kb_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"huiyin/data"
	"huiyin/kb"
	"huiyin/nlp"
)

// TestGapsAcross: of a hundred questions in both languages, four to a topic, those that fall together across the languages
// ask the same, and enough of them do, also when half of them have no partner.
func TestGapsAcross(t *testing.T) {
	tok := must(nlp.NewTokenizer(data.Files(), t.TempDir()))(t)
	defer tok.Close()
	models := must(kb.LoadModels(data.Files(), nil))(t)
	f := must(os.Open("testdata/gap_pairs.csv"))(t)
	defer f.Close()
	rows := must(csv.NewReader(f).ReadAll())(t)[1:]
	s := kb.NewSearcher(kb.Config{Store: kb.Fixed(nil), Tokenizer: tok, Models: models, Index: newMemoryIndex()})
	for _, tc := range []struct {
		name  string
		asked func(i int, lang nlp.Lang) bool
		least float64 // share of the pairs that are found
	}{
		{"each in both languages", func(int, nlp.Lang) bool { return true }, 0.30},
		{"half in one language only", func(i int, lang nlp.Lang) bool { return i%4 < 2 || (i%4 == 2) == (lang == "zh") }, 0.35},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var gaps []kb.Gap
			pairs := 0
			for i, r := range rows {
				for k, lang := range []nlp.Lang{"zh", "en"} {
					if tc.asked(i, lang) {
						gaps = append(gaps, kb.Gap{ID: fmt.Sprintf("%d.%s", i, lang), Question: r[1+k], Lang: lang, At: noon.Add(time.Duration(i) * time.Minute)})
					}
				}
				if tc.asked(i, "zh") && tc.asked(i, "en") {
					pairs++
				}
			}
			right, wrong, seen := 0, 0, 0
			for _, c := range must(s.ClusterGaps(t.Context(), gaps))(t) {
				seen += len(c.Gaps)
				asked := map[string]map[string]bool{"zh": {}, "en": {}}
				for _, g := range c.Gaps {
					number, lang, _ := strings.Cut(g.ID, ".")
					asked[lang][number] = true
				}
				if len(asked["zh"]) == 0 || len(asked["en"]) == 0 {
					continue
				}
				before := right
				for number := range asked["zh"] {
					if asked["en"][number] {
						right++
					}
				}
				if right == before {
					wrong++
					t.Logf("together: %v", c.Gaps)
				}
			}
			t.Logf("%d of %d pairs, %d wrong", right, pairs, wrong)
			if seen != len(gaps) || float64(right) < tc.least*float64(pairs) || float64(right) < 0.95*float64(right+wrong) {
				t.Errorf("%d of %d pairs are found, %d are wrong, %d of %d gaps are there", right, pairs, wrong, seen, len(gaps))
			}
		})
	}
}
