package intent

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"huiyin/data"
	"huiyin/nlp"
)

type fields struct{}

func (fields) Tokenize(text string) []nlp.Token {
	var out []nlp.Token
	for _, w := range strings.Fields(text) {
		out = append(out, nlp.Token{Text: w, Term: w})
	}
	return out
}

func TestOnlyKeepsIntentsThatHaveExamples(t *testing.T) {
	for _, labels := range [][3]string{{"card_lost", "fee", "pin"}, {"#1", "#2", "#3"}, {"!", "?", "."}} {
		var examples []nlp.Example
		for _, l := range labels {
			for _, text := range []string{"a", "b", "c"} {
				examples = append(examples, nlp.Example{Text: text + " of " + l, Label: l})
			}
		}
		s, err := newSet(context.Background(), fields{}, append(examples, nlp.Example{Text: "joke", Label: nlp.IntentNone}), Options{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		first := s.class[0]
		part := s.only(func(i int) bool { return s.class[i] != first })
		if part.names != 7 || len(part.labels) != 2 || slices.Contains(part.labels, s.labels[first]) {
			t.Errorf("%v: %d examples of %v", labels, part.names, part.labels)
		}
		for i, c := range part.class {
			if c < 0 {
				continue
			}
			if words := part.texts[i]; i < part.names && words[len(words)-1].Text != part.labels[c] {
				t.Errorf("%v became %s", words, part.labels[c])
			}
		}
	}
}

func TestLabelsAreSpeltAsWords(t *testing.T) {
	for label, want := range map[string]string{
		"card_arrival": "card arrival", "cardArrival": "card arrival", "QA.open-2": "qa open 2", "退款": "退款", "ATM": "atm",
	} {
		if got := strings.Join(strings.Fields(spell(label)), " "); got != want {
			t.Errorf("%s: got %q, want %q", label, got, want)
		}
	}
}

// subFS is a folder of the data that ships.
func subFS(t testing.TB, folder string) fs.FS {
	t.Helper()
	sub, err := fs.Sub(data.Files(), folder)
	if err != nil {
		t.Fatal(err)
	}
	return sub
}
