package nlp

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"huiyin/internal/yamlfile"
)

// FlagsFile is where Flags reads its lexicon, in the data folder.
const FlagsFile = "lexicon/flags.yaml"

// Flags is the component that marks messages which a person should see soon. It never changes.
type Flags struct {
	phrases  trie // folded phrase → index into flags
	negators trie
	order    []Flag
}

// flagLexicon is the form of FlagsFile: per flag the phrases that raise it, and the words that, right before a phrase,
// take it back.
type flagLexicon struct {
	Urgent   []string `yaml:"urgent"`
	Churn    []string `yaml:"churn"`
	Legal    []string `yaml:"legal"`
	Safety   []string `yaml:"safety"`
	Media    []string `yaml:"media"`
	Negators []string `yaml:"negators"`
}

// NewFlags reads the lexicon from data, which is rooted like the data folder.
func NewFlags(data fs.FS) (*Flags, error) {
	raw, err := fs.ReadFile(data, FlagsFile)
	if err != nil {
		return nil, fmt.Errorf("nlp: flags: %w", err)
	}
	var lex flagLexicon
	if err := yamlfile.Decode(FlagsFile, raw, &lex); err != nil {
		return nil, fmt.Errorf("nlp: flags: %w", err)
	}
	f := &Flags{order: []Flag{FlagUrgent, FlagChurn, FlagLegal, FlagSafety, FlagMedia}}
	for i, list := range [][]string{lex.Urgent, lex.Churn, lex.Legal, lex.Safety, lex.Media} {
		if len(list) == 0 {
			return nil, fmt.Errorf("nlp: flags: %s: no phrases for %q", FlagsFile, f.order[i])
		}
		for _, phrase := range list {
			f.phrases.add(Fold(phrase), i)
		}
	}
	for _, w := range lex.Negators {
		f.negators.add(Fold(w), 0)
	}
	return f, nil
}

// Name is "flags".
func (f *Flags) Name() string { return "flags" }

// Annotate fills in Flags.
func (f *Flags) Annotate(ctx context.Context, a *Analysis) error {
	a.Flags = f.find(a.Folded().Text)
	return ctx.Err()
}

// Find is the flags that a text raises, in the order of their constants; nil if none.
func (f *Flags) Find(text string) []Flag { return f.find(Fold(Clean(text))) }

// find is Find for a folded text.
func (f *Flags) find(s string) []Flag {
	var raised [8]bool
	negated := -1 // a negator ends here, and what follows it closely is taken back
	any := false
	for i := 0; i < len(s); {
		if !startsWord(s, i) || s[i] == ' ' {
			i++
			continue
		}
		end, which := f.phrases.find(s, i)
		if end > 0 && wordStart(s, i) {
			if negated < 0 || i > negated+negationReachBytes {
				raised[which], any = true, true
			}
			i = end
			continue
		}
		if to, _ := f.negators.find(s, i); to > 0 && wordStart(s, i) {
			negated = to
			i = to
			continue
		}
		if strings.IndexByte(",.;!?\n", s[i]) >= 0 || strings.HasPrefix(s[i:], "。") {
			negated = -1
		}
		i = afterPlace(s, i)
	}
	if !any {
		return nil
	}
	var out []Flag
	for i, flag := range f.order {
		if raised[i] {
			out = append(out, flag)
		}
	}
	return slices.Clip(out)
}

// negationReachBytes may lie between a negator and what it negates: three Chinese characters or a short word.
const negationReachBytes = 9

// wordStart reports whether no Latin word runs across byte i.
func wordStart(s string, i int) bool { return i == 0 || !isLetter(s[i]) || !isAlnum(s[i-1]) }
