package intent

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"huiyin/nlp"
)

// set is a tokenised training set. Class −1 is out of scope.
type set struct {
	labels []string // sorted
	texts  [][]nlp.Token
	class  []int
	// The texts from here on are the words of the labels: one more example each, and a good one where examples are few.
	names int
}

// outsiders is the number of examples that are out of scope.
func (s *set) outsiders() int {
	n := 0
	for _, c := range s.class {
		if c < 0 {
			n++
		}
	}
	return n
}

// only is the set without the examples that keep does not want, and without the intents that this leaves without any.
func (s *set) only(keep func(i int) bool) *set {
	out, left := &set{}, make([]int, len(s.labels))
	for i, c := range s.class[:s.names] {
		if c >= 0 && keep(i) {
			left[c]++
		}
	}
	place := make([]int, len(s.labels))
	for c, n := range left {
		if n > 0 {
			place[c] = len(out.labels)
			out.labels = append(out.labels, s.labels[c])
		}
	}
	for i, c := range s.class {
		switch {
		case i < s.names && !keep(i), c >= 0 && left[c] == 0:
			continue
		case c >= 0:
			c = place[c]
		}
		out.texts, out.class = append(out.texts, s.texts[i]), append(out.class, c)
		if i < s.names {
			out.names++
		}
	}
	return out
}

func newSet(ctx context.Context, tok Tokenizer, examples []nlp.Example, opts Options) (*set, error) {
	s := &set{}
	examples = slices.Clone(examples)
	// An order that is theirs alone, so that the one they came in does not matter; by hash, so that sentences that begin
	// alike are not dealt evenly to the folds.
	slices.SortStableFunc(examples, func(a, b nlp.Example) int {
		return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(hashString(fnvOffset, a.Text), hashString(fnvOffset, b.Text)),
			cmp.Compare(a.Text, b.Text))
	})
	for _, e := range examples {
		if e.Label != nlp.IntentNone {
			s.labels = append(s.labels, e.Label)
		}
	}
	slices.Sort(s.labels)
	s.labels = slices.Compact(s.labels)
	texts := make([][]nlp.Token, len(examples))
	if err := parallel(ctx, opts.Workers, len(examples), func(_, i int) {
		texts[i] = longhand(tok.Tokenize(examples[i].Text))
	}); err != nil {
		return nil, err
	}
	for i, e := range examples {
		if strings.TrimSpace(e.Label) == "" {
			return nil, fmt.Errorf("intent: the example %.40q has no label", e.Text)
		}
		if len(texts[i]) == 0 {
			continue
		}
		class := -1
		if e.Label != nlp.IntentNone {
			class, _ = slices.BinarySearch(s.labels, e.Label)
		}
		s.texts = append(s.texts, texts[i])
		s.class = append(s.class, class)
	}
	if !slices.ContainsFunc(s.class, func(c int) bool { return c >= 0 }) {
		return nil, ErrExamples
	}
	s.names = len(s.texts)
	for c, l := range s.labels {
		if words := tok.Tokenize(spell(l)); len(words) > 0 && slices.Contains(s.class, c) {
			s.texts, s.class = append(s.texts, words), append(s.class, c)
		}
	}
	return s, nil
}

// spell turns a label into words: card_arrival and cardArrival both become "card arrival".
func spell(label string) string {
	var b strings.Builder
	lower := false
	for _, r := range label {
		if unicode.IsUpper(r) && lower {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}
