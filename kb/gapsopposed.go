package kb

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"huiyin/nlp"
)

// Opposites are words in both languages that turn a question into another one: who asks how to import does not ask how to
// export, however alike the rest is. A nil one has none.
type Opposites struct{ pairs [][2][]string }

// LoadOpposites reads opposites.txt of a folder.
func LoadOpposites(folder fs.FS) (*Opposites, error) {
	raw, err := fs.ReadFile(folder, opposites)
	if err != nil {
		return nil, err
	}
	o := &Opposites{}
	for i, line := range strings.Split(string(raw), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		left, right, _ := strings.Cut(line, "<>")
		pair := [2][]string{side(left), side(right)}
		if len(pair[0]) == 0 || len(pair[1]) == 0 {
			return nil, fmt.Errorf("%s:%d: %q: want words <> words, | between words of one side", opposites, i+1, line)
		}
		o.pairs = append(o.pairs, pair)
	}
	return o, nil
}

// opposites is the name of the file of Opposites in its folder.
const opposites = "opposites.txt"

// side are the words of one side; a word of Latin letters stands between blanks.
func side(list string) []string {
	var out []string
	for w := range strings.SplitSeq(list, "|") {
		if w = strings.TrimSpace(w); w == "" {
			continue
		}
		if !hasHan(w) {
			w = " " + w + " "
		}
		out = append(out, w)
	}
	return out
}

// spaced is a question in which words are found: folded, its letters and digits, a blank for everything else.
func spaced(question string) string {
	words := strings.FieldsFunc(nlp.Fold(nlp.Clean(question)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return " " + strings.Join(words, " ") + " "
}

// numbersOf are the numbers of a question.
func numbersOf(question string) []string {
	return strings.FieldsFunc(nlp.Fold(nlp.Clean(question)), func(r rune) bool { return !unicode.IsDigit(r) })
}

// otherwise reports whether two questions name different numbers or opposite things.
func otherwise(a, b *asking) bool {
	if len(a.digits) > 0 && len(b.digits) > 0 && !slices.ContainsFunc(a.digits, func(n string) bool { return slices.Contains(b.digits, n) }) {
		return true
	}
	return opposed(a.sides, b.sides)
}

// sides says of each pair of opposites which side a spaced question names: 1 or 2, 0 for neither or both.
func (o *Opposites) sides(text string) []byte {
	if o == nil {
		return nil
	}
	out := make([]byte, len(o.pairs))
	for i, p := range o.pairs {
		switch left, right := hasWord(text, p[0], p[1]), hasWord(text, p[1], p[0]); {
		case left && !right:
			out[i] = 1
		case right && !left:
			out[i] = 2
		}
	}
	return out
}

// opposed reports whether two questions name different sides of opposites.
func opposed(a, b []byte) bool {
	for i := range a {
		if a[i]+b[i] == 3 {
			return true
		}
	}
	return false
}

// hasWord reports whether a text has one of some words, which is not only part of one of others: 登录 in 退出登录.
func hasWord(text string, words, others []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		if !strings.Contains(text, w) {
			return false
		}
		rest := text
		for _, longer := range others {
			if strings.Contains(longer, w) {
				rest = strings.ReplaceAll(rest, longer, " ")
			}
		}
		return strings.Contains(rest, w)
	})
}
