package sentiment_test

import (
	"encoding/json"
	"os"
	"testing"

	"huiyin/nlp"
)

// readJSON reads a file of testdata.
func readJSON[T any](t *testing.T, name string) T {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var out T
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

// An order number, a telephone number, a link, an address, a time or an amount beside what is said changes nothing of the verdict,
// wherever it stands.
func TestReferencesSayNothing(t *testing.T) {
	refs := readJSON[map[string][]string](t, "references.json")
	wrong, n := 0, 0
	for i, s := range sentences(t) {
		list := refs["en"]
		comma := ", "
		if s.lang == "zh" {
			list, comma = refs["zh"], "，"
		}
		want := score(s.text)
		for k := range list {
			// Each sentence meets each reference; the place goes round.
			ref := list[k]
			text := [...]string{s.text + comma + ref, s.text + "\n" + ref, ref + "\n" + s.text, s.text + " (" + ref + ")"}[(i+k)%4]
			n++
			if got := score(text); got.Polarity != want.Polarity {
				wrong++
				if wrong <= 20 {
					t.Errorf("%q is %s, %q %s %v", s.text, want.Polarity, text, got.Polarity, got.Probs)
				}
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d verdicts turned", wrong, n)
	}
}

// By itself a reference is no opinion.
func TestReferencesAloneAreNeutral(t *testing.T) {
	for _, list := range readJSON[map[string][]string](t, "references.json") {
		for _, ref := range list {
			if got := score(ref); got.Polarity != nlp.Neutral || len(got.Reasons) > 0 {
				t.Errorf("%q is %s, because of %v", ref, got.Polarity, got.Reasons)
			}
		}
	}
}

// Numbers that do say something stay: praise in digits, ratings, what was counted; and no number is taken for another.
func TestNumbersThatSpeak(t *testing.T) {
	for _, c := range readJSON[[]struct {
		Text string
		Want nlp.Polarity
	}](t, "numbers.json") {
		if got := score(c.Text); got.Polarity != c.Want {
			t.Errorf("%q is %s, want %s: %v %v", c.Text, got.Polarity, c.Want, got.Probs, got.Reasons)
		}
	}
}
