package kb

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"sync/atomic"

	"huiyin/internal/yamlfile"
	"huiyin/nlp"
)

// conceptMark begins the term that stands for a group of synonyms. No word of a text begins with it.
const conceptMark = "≈"

// Limits of a synonym file.
const (
	maxGroups  = 20_000
	maxMembers = 100
)

// Synonyms is a Tokenizer that adds, after the words of a text, one term for each group of synonyms that the text has a
// member of. Two texts that say the same thing by different words, in one language or in both, so share a term. The words
// of a user dictionary it keeps whole. Both can be changed at any time; what was analysed before keeps its terms until
// Searcher.Reload.
type Synonyms struct {
	tok    Tokenizer
	groups atomic.Pointer[synonymTable]
}

// synonymTable finds members. It is immutable.
type synonymTable struct {
	words dictionary
	latin map[string][]member // by the first term
	han   map[rune][]member   // by the first character
	sum   uint64
}

type member struct {
	terms   []string // of Latin words, in order
	text    string   // of Han characters
	concept string
}

// NewTaught wraps a tokenizer, which knows a Wordbook from then on.
func NewTaught(tok Tokenizer, l Wordbook) *Synonyms {
	s := &Synonyms{tok: tok}
	s.Teach(l)
	return s
}

// ReadSynonyms reads a YAML list of lists of words. Errors name the file and the line.
func ReadSynonyms(name string, raw []byte) ([][]string, error) {
	var nodes []yamlfile.Node
	if err := yamlfile.Decode(name, raw, &nodes); err != nil {
		return nil, err
	}
	if len(nodes) > maxGroups {
		return nil, &InputError{File: name, Err: NewFault("groups.many", "has more than {most} groups", "most", maxGroups)}
	}
	var groups [][]string
	var errs []error
	owner := map[string]int{}
	for i := range nodes {
		var words []string
		if err := nodes[i].Decode(&words); err != nil {
			errs = append(errs, &InputError{File: name, Line: nodes[i].Line, Err: NewFault("group", "a group must be a list of words: [退货, return]")})
			continue
		}
		if len(words) < 2 || len(words) > maxMembers {
			errs = append(errs, &InputError{File: name, Line: nodes[i].Line, Err: NewFault("group.size", "a group needs 2 to {most} words", "most", maxMembers)})
		}
		for _, w := range words {
			key := nlp.Fold(strings.TrimSpace(w))
			line, dup := owner[key]
			switch {
			case key == "":
				errs = append(errs, &InputError{File: name, Line: nodes[i].Line, Err: NewFault("word.empty", "a word is empty")})
			case dup:
				errs = append(errs, &InputError{File: name, Line: nodes[i].Line, Err: NewFault("word.owned", "“{word}” stands already on line {line}: keep it in one group", "word", w, "line", line)})
			}
			owner[key] = nodes[i].Line
		}
		groups = append(groups, words)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return groups, nil
}

// Teach replaces groups and words.
func (s *Synonyms) Teach(l Wordbook) {
	t := &synonymTable{words: newDictionary(s.tok, l.Words), latin: map[string][]member{}, han: map[rune][]member{}}
	h := fnv.New64a()
	for _, w := range l.Words {
		_, _ = h.Write([]byte(w + "\x02")) // a hash does not fail
	}
	for _, g := range l.Groups {
		if len(g) == 0 {
			continue
		}
		concept := conceptMark + nlp.Fold(g[0])
		for _, word := range g {
			_, _ = h.Write([]byte(word + "\x00")) // a hash does not fail
			m := member{concept: concept}
			for _, token := range t.words.join(s.tok.Tokenize(word)) {
				m.terms = append(m.terms, token.Term)
				m.text += token.Text
			}
			switch {
			case len(m.terms) == 0:
			case hasHan(m.text):
				first := []rune(m.text)[0]
				t.han[first] = append(t.han[first], m)
			default:
				t.latin[m.terms[0]] = append(t.latin[m.terms[0]], m)
			}
		}
		_, _ = h.Write([]byte{1})
	}
	t.sum = h.Sum64()
	s.groups.Store(t)
}

// Fingerprint changes with groups and words; it belongs into that of an index.
func (s *Synonyms) Fingerprint() string { return fmt.Sprintf("synonyms-%x", s.groups.Load().sum) }

// Tokenize implements Tokenizer.
func (s *Synonyms) Tokenize(text string) []nlp.Token { return s.Expand(s.tok.Tokenize(text)) }

// Expand joins the words of the dictionary in the tokens of a text, and adds the terms of synonym groups. The slice may be
// changed when there are such groups.
func (s *Synonyms) Expand(tokens []nlp.Token) []nlp.Token {
	t := s.groups.Load()
	tokens = t.words.join(tokens)
	var key strings.Builder
	var found []string
	for i, token := range tokens {
		key.WriteString(token.Text)
		for _, m := range t.latin[token.Term] {
			if startsWith(tokens[i:], m.terms) {
				found = append(found, m.concept)
			}
		}
	}
	text := key.String()
	for i, r := range text {
		for _, m := range t.han[r] {
			if strings.HasPrefix(text[i:], m.text) {
				found = append(found, m.concept)
			}
		}
	}
	seen := map[string]bool{}
	for _, concept := range found {
		if !seen[concept] {
			seen[concept] = true
			tokens = append(tokens, nlp.Token{Term: concept})
		}
	}
	return tokens
}

func startsWith(tokens []nlp.Token, terms []string) bool {
	if len(tokens) < len(terms) {
		return false
	}
	for i, term := range terms {
		if tokens[i].Term != term {
			return false
		}
	}
	return true
}
