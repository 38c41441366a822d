// Package locale holds the program's own words in every language that it speaks.
package locale

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"huiyin/internal/yamlfile"
)

// languages are those that a catalogue must be complete in; the first is the fallback.
var languages = [...]string{"en", "zh"}

// Catalog maps keys to sentences in each language. It is immutable.
type Catalog struct {
	words map[string]map[string]string // language → key → sentence
}

// Load reads all files <area>.<lang>.yaml of a folder: flat maps of keys ("bot.hello") to sentences, where {name} is a
// placeholder. A key must start with its area, stand in every language, and use the same placeholders in each (but for the
// singulars, keys ending in .one, which not every language has); everything that is wrong is reported at once.
func Load(fsys fs.FS, dir string) (*Catalog, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("locale: no catalogue in %q: %w", dir, errors.Join(err, fs.ErrNotExist))
	}
	c := &Catalog{words: map[string]map[string]string{}}
	for _, l := range languages {
		c.words[l] = map[string]string{}
	}
	var wrong []error
	for _, name := range names {
		wrong = append(wrong, c.read(fsys, name))
	}
	wrong = append(wrong, c.check()...)
	if err := errors.Join(wrong...); err != nil {
		return nil, fmt.Errorf("locale: %w", err)
	}
	return c, nil
}

func (c *Catalog) read(fsys fs.FS, name string) error {
	area, lang, ok := strings.Cut(strings.TrimSuffix(path.Base(name), ".yaml"), ".")
	words := c.words[lang]
	if !ok || words == nil {
		return fmt.Errorf("%s: name it <area>.<language>.yaml, with one of %v", name, languages)
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	var in map[string]string
	if err := yamlfile.Decode(name, data, &in); err != nil {
		return err
	}
	var wrong []error
	for key, sentence := range in {
		if !strings.HasPrefix(key, area+".") {
			wrong = append(wrong, fmt.Errorf("%s: key %q must start with %q", name, key, area+"."))
		}
		words[key] = sentence
	}
	return errors.Join(wrong...)
}

// check compares each language with the others.
func (c *Catalog) check() []error {
	var wrong []error
	for _, a := range languages {
		for _, b := range languages {
			for key, sentence := range c.words[a] {
				other, ok := c.words[b][key]
				switch {
				case strings.HasSuffix(key, ".one"): // only languages with a singular have it
				case !ok:
					wrong = append(wrong, fmt.Errorf("key %q stands in %s but not in %s", key, a, b))
				case a < b && placeholders(sentence) != placeholders(other):
					wrong = append(wrong, fmt.Errorf("key %q has placeholders %s in %s but %s in %s",
						key, placeholders(sentence), a, placeholders(other), b))
				}
			}
		}
	}
	sort.Slice(wrong, func(i, j int) bool { return wrong[i].Error() < wrong[j].Error() })
	return wrong
}

// placeholders is the sorted set of {names} in a sentence, as text.
func placeholders(sentence string) string {
	set := map[string]bool{}
	for {
		_, rest, ok := strings.Cut(sentence, "{")
		name, after, end := strings.Cut(rest, "}")
		if !ok || !end {
			break
		}
		set[name], sentence = true, after
	}
	all := make([]string, 0, len(set))
	for name := range set {
		all = append(all, name)
	}
	sort.Strings(all)
	return fmt.Sprint(all)
}

// Text is the sentence of a key in a language ("zh-Hans" counts as "zh"; others get the fallback), with placeholders filled
// from pairs of name and value. When a pair named "n" is 1 and key+".one" exists, that sentence is taken. A key that no
// catalogue has comes back as it is, so that a mistake shows.
func (c *Catalog) Text(lang, key string, pairs ...any) string {
	base, _, _ := strings.Cut(lang, "-")
	words := c.words[base]
	if words == nil {
		words = c.words[languages[0]]
	}
	sentence, ok := words[key]
	if one, has := words[key+".one"]; has && isOne(pairs) {
		sentence, ok = one, true
	}
	if !ok {
		return key
	}
	return Fill(sentence, pairs...)
}

// Has reports whether a key exists.
func (c *Catalog) Has(key string) bool { _, ok := c.words[languages[0]][key]; return ok }

// Keys lists all keys that start with a prefix, sorted.
func (c *Catalog) Keys(prefix string) []string {
	var keys []string
	for key := range c.words[languages[0]] {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	return keys
}

// Fill puts values in the places of {name}, from pairs of name and value; values are not searched for placeholders again.
func Fill(sentence string, pairs ...any) string {
	if len(pairs) < 2 {
		return sentence
	}
	old := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		old = append(old, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return strings.NewReplacer(old...).Replace(sentence)
}

func isOne(pairs []any) bool {
	for i := 0; i+1 < len(pairs); i += 2 {
		if fmt.Sprint(pairs[i]) == "n" && fmt.Sprint(pairs[i+1]) == "1" {
			return true
		}
	}
	return false
}
