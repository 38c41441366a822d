package nlp_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"huiyin/nlp"
)

// piiCase is a text of testdata/pii.json with the personal data in it, in order; none for a look-alike.
type piiCase struct {
	Text string `json:"text"`
	PII  []struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
	} `json:"pii"`
}

// TestPIICorpus holds recall and precision on at least 500 spans and 500 texts that only look like personal data. A find
// counts when its kind is right and its text the same; an address may lack or have a word more at its end.
func TestPIICorpus(t *testing.T) {
	raw, err := os.ReadFile("testdata/pii.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []piiCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	var right, wrong, missed, lookalikes int
	for _, c := range cases {
		found := nlp.FindPII(c.Text)
		var spurious []nlp.PII
		want := slices.Clone(c.PII)
		for _, p := range found {
			k := slices.IndexFunc(want, func(w struct {
				Kind string `json:"kind"`
				Text string `json:"text"`
			}) bool {
				return w.Kind == p.Kind && sameFind(p.Kind, c.Text[p.Start:p.End], w.Text)
			})
			if k < 0 {
				spurious = append(spurious, p)
				continue
			}
			want = slices.Delete(want, k, k+1)
			right++
		}
		wrong += len(spurious)
		missed += len(want)
		if len(c.PII) == 0 {
			lookalikes++
		}
		if len(want) > 0 || len(spurious) > 0 {
			t.Logf("%s\n\tmissed %v, wrong %s", c.Text, want, show(c.Text, spurious))
		}
	}
	recall, precision := float64(right)/float64(right+missed), float64(right)/float64(right+wrong)
	t.Logf("%d spans, %d look-alikes: recall %.4f, precision %.4f", right+missed, lookalikes, recall, precision)
	if right+missed < 500 || lookalikes < 500 {
		t.Errorf("the corpus is too small")
	}
	if recall < 0.98 || precision < 0.95 {
		t.Errorf("recall %.4f (floor .98), precision %.4f (floor .95)", recall, precision)
	}
}

func sameFind(kind, got, want string) bool {
	if kind != nlp.PIIAddress {
		return got == want
	}
	const word = 12
	return strings.HasPrefix(got, want) && len(got)-len(want) <= word || strings.HasPrefix(want, got) && len(want)-len(got) <= word
}
