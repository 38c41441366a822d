package nlp

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"huiyin/internal/yamlfile"
)

// FlagsFile is where Flags reads its lexicon, in the data folder.
const FlagsFile = "lexicon/flags.yaml"

// Flags is the component that marks messages which a person should see soon. It never changes.
type Flags struct {
	phrases  trie // folded phrase → index into order, or harmless
	negators trie
	links    trie
	order    []Flag

	gapHeads trie // folded head of a phrase with a gap → index into heads and gaps
	heads    []string
	gaps     [][]gapPhrase
}

// flagLexicon is the form of FlagsFile: per flag the phrases that raise it, and the words that, right before a phrase,
// take it back, where nothing but links stands between. Harmless phrases hold one of the others and raise nothing;
// so does each of Nouns with one of Things behind it: 法院对面, "newspaper rack".
type flagLexicon struct {
	Urgent   []string `yaml:"urgent"`
	Churn    []string `yaml:"churn"`
	Legal    []string `yaml:"legal"`
	Safety   []string `yaml:"safety"`
	Media    []string `yaml:"media"`
	Harmless []string `yaml:"harmless"`
	Negators []string `yaml:"negators"`
	Links    []string `yaml:"links"`
	Nouns    []string `yaml:"nouns"`
	Things   []string `yaml:"things"`
}

// harmless is what a phrase means that raises no flag.
const harmless = -1

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
			f.addPhrase(phrase, i)
		}
	}
	for list, to := range map[*[]string]*trie{&lex.Negators: &f.negators, &lex.Links: &f.links} {
		for _, w := range *list {
			to.add(Fold(w), 0)
		}
	}
	for _, phrase := range lex.Harmless {
		f.phrases.add(Fold(phrase), harmless)
	}
	for _, noun := range lex.Nouns {
		for _, thing := range lex.Things {
			f.phrases.add(Fold(noun+thing), harmless)
			f.phrases.add(Fold(noun+" "+thing), harmless)
		}
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
	negated := false // a negator stands before, and nothing but links since
	any := false
	for i := 0; i < len(s); {
		if s[i] == ' ' || !startsWord(s, i) {
			i++
			continue
		}
		end, which := f.at(&f.phrases, s, i)
		if end > 0 {
			if which != harmless && !negated {
				raised[which], any = true, true
			}
			negated = false
			i = end
			continue
		}
		if end, which := f.gapAt(s, i); end > 0 {
			if !negated {
				raised[which], any = true, true
			}
			negated = false
			i = end
			continue
		}
		no, _ := f.at(&f.negators, s, i)
		link, _ := f.at(&f.links, s, i)
		if to := max(no, link); to > 0 {
			negated = negated || no > link // 别人 is no 别
			i = to
			continue
		}
		negated = false
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

// at is find of t where a word begins.
func (f *Flags) at(t *trie, s string, i int) (end, value int) {
	if !wordStart(s, i) {
		return 0, 0
	}
	return t.find(s, i)
}

// wordStart reports whether no Latin word runs across byte i.
func wordStart(s string, i int) bool { return i == 0 || !isLetter(s[i]) || !isAlnum(s[i-1]) }
