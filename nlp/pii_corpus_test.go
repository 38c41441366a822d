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
	Text string    `json:"text"`
	PII  []piiSpan `json:"pii"`
}

type piiSpan struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// piiScore counts finds. A find is right when its kind is right and its text the same; an address may lack or have a
// word more at its end.
type piiScore struct{ right, wrong, missed, lookalikes int }

func (s piiScore) recall() float64    { return float64(s.right) / float64(s.right+s.missed) }
func (s piiScore) precision() float64 { return float64(s.right) / float64(s.right+s.wrong) }

// scorePII runs FindPII over the cases of a file and logs what is not as it should be.
func scorePII(t *testing.T, file string) (score piiScore) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []piiCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		want := slices.Clone(c.PII)
		var spurious []nlp.PII
		for _, p := range nlp.FindPII(c.Text) {
			k := slices.IndexFunc(want, func(w piiSpan) bool { return w.Kind == p.Kind && sameFind(p.Kind, c.Text[p.Start:p.End], w.Text) })
			if k < 0 {
				spurious = append(spurious, p)
				continue
			}
			want = slices.Delete(want, k, k+1)
			score.right++
		}
		score.wrong += len(spurious)
		score.missed += len(want)
		if len(c.PII) == 0 {
			score.lookalikes++
		}
		if len(want) > 0 || len(spurious) > 0 {
			t.Logf("%s\n\tmissed %v, wrong %s", c.Text, want, show(c.Text, spurious))
		}
	}
	t.Logf("%s: %d spans, %d look-alikes: recall %.4f, precision %.4f", file, score.right+score.missed, score.lookalikes, score.recall(), score.precision())
	return score
}

// TestPIICorpus holds recall and precision on at least 500 spans and 500 texts that only look like personal data, and on
// other formats from more countries.
func TestPIICorpus(t *testing.T) {
	for _, c := range []struct {
		file             string
		spans, lookalike int
	}{{"testdata/pii.json", 500, 500}, {"testdata/pii_other.json", 90, 90}} {
		s := scorePII(t, c.file)
		if s.right+s.missed < c.spans || s.lookalikes < c.lookalike {
			t.Errorf("%s is too small", c.file)
		}
		if s.recall() < 0.98 || s.precision() < 0.95 {
			t.Errorf("%s: recall %.4f (floor .98), precision %.4f (floor .95)", c.file, s.recall(), s.precision())
		}
	}
}

func sameFind(kind, got, want string) bool {
	if kind != nlp.PIIAddress {
		return got == want
	}
	const word = 12
	return strings.HasPrefix(got, want) && len(got)-len(want) <= word || strings.HasPrefix(want, got) && len(want)-len(got) <= word
}
