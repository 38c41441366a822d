package kb

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/internal/yamlfile"
	"huiyin/nlp"
)

// Wordbook is what editors teach the searches about words. It is part of a backup.
type Wordbook struct {
	Version   uint64     `json:"version"`          // grows with every save; set by the store
	Groups    [][]string `json:"groups,omitempty"` // synonyms: words that customers take for one another
	Words     []string   `json:"words,omitempty"`  // the user dictionary: words that are never cut in two, such as names of products
	Files     string     `json:"files,omitempty"`  // a hash of the files that it was taken over from last
	UpdatedAt time.Time  `json:"updated_at,omitzero"`
	UpdatedBy string     `json:"updated_by,omitempty"` // an agent's name; empty: it is as the files say
	// Replaced is what stood here before an import put this in its place; nil once anybody has saved since.
	Replaced *Replaced `json:"replaced,omitempty"`
}

// Replaced is a Wordbook that an import has replaced, for its undo.
type Replaced struct {
	Batch  string     `json:"batch"`        // of the import, see Article.Batch
	By     string     `json:"by,omitempty"` // who imported
	Groups [][]string `json:"groups,omitempty"`
	Words  []string   `json:"words,omitempty"`
	// Earlier is what stood before the import whose words these are; nil: an import did not bring them, or maxReplaced have since.
	Earlier *Replaced `json:"earlier,omitempty"`
}

// maxReplaced is how many imports of words can be undone one after the other.
const maxReplaced = 10

// newest are the newest n of those that were replaced.
func (r *Replaced) newest(n int) *Replaced {
	if r == nil || n == 0 {
		return nil
	}
	out := *r
	out.Earlier = r.Earlier.newest(n - 1)
	return &out
}

// WordKeeper keeps the Wordbook and applies it: what Save was given is in answers when it returns.
type WordKeeper interface {
	// Wordbook returns what is in force.
	Wordbook(ctx context.Context) (Wordbook, error)
	// Save replaces it; ErrConflict when somebody has saved since b.Version was read.
	Save(ctx context.Context, b Wordbook) error
}

// WordbookStore keeps the Wordbook.
type WordbookStore interface {
	// Wordbook returns it; the zero one when none was saved.
	Wordbook(ctx context.Context) (Wordbook, error)
	// SaveWordbook replaces it; its Version must be the stored one, else ErrConflict. The stored Version is one more.
	SaveWordbook(ctx context.Context, l Wordbook) error
}

// Names of the files of a Wordbook, in a folder of articles and in an export.
const (
	SynonymsFile = "synonyms.yaml"
	WordsFile    = "words.yaml"
)

// Limits of a file of words.
const (
	maxWords     = 20_000
	minWordRunes = 2
	maxWordRunes = 40
)

// ReadWords reads a YAML list of words that are never cut in two. Errors name the file and the line.
func ReadWords(name string, raw []byte) ([]string, error) {
	var nodes []yamlfile.Node
	if err := yamlfile.Decode(name, raw, &nodes); err != nil {
		return nil, err
	}
	if len(nodes) > maxWords {
		return nil, &InputError{File: name, Err: NewFault("words.many", "has more than {most} words", "most", maxWords)}
	}
	var words []string
	var errs []error
	seen := map[string]int{}
	for i := range nodes {
		wrong := func(f *Fault) { errs = append(errs, &InputError{File: name, Line: nodes[i].Line, Err: f}) }
		var word string
		if err := nodes[i].Decode(&word); err != nil {
			wrong(NewFault("word", "must be a word: - 回声耳机"))
			continue
		}
		word = oneLine(word)
		key := nlp.Fold(word)
		first, dup := seen[key]
		switch n := utf8.RuneCountInString(word); {
		case n < minWordRunes || n > maxWordRunes:
			wrong(NewFault("word.size", "“{word}”: a word has {least} to {most} characters", "word", word, "least", minWordRunes, "most", maxWordRunes))
		case dup:
			wrong(NewFault("word.twice", "“{word}” stands already on line {line}", "word", word, "line", first))
		}
		seen[key] = nodes[i].Line
		words = append(words, word)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return words, nil
}

// FormatWords writes words so that ReadWords gives back the same ones.
func FormatWords(words []string) []byte {
	var b strings.Builder
	for _, w := range words {
		line, err := json.Marshal(w) // a string in JSON is one in YAML
		if err != nil {
			continue // strings can be marshalled
		}
		b.WriteString("- " + string(line) + "\n")
	}
	return []byte(b.String())
}

// FormatSynonyms writes groups so that ReadSynonyms gives back the same ones: a group a line.
func FormatSynonyms(groups [][]string) []byte {
	var b strings.Builder
	for _, g := range groups {
		line, err := json.Marshal(g) // a list in JSON is one in YAML
		if err != nil {
			continue // strings can be marshalled
		}
		b.WriteString("- " + string(line) + "\n")
	}
	return []byte(b.String())
}

// Same reports whether two wordbooks teach the same.
func (b Wordbook) Same(other Wordbook) bool {
	return slices.Equal(b.Words, other.Words) && slices.EqualFunc(b.Groups, other.Groups, slices.Equal[[]string])
}
