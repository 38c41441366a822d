package nlp

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"unicode/utf8"

	"huiyin/nlp/lang/en"
	"huiyin/nlp/lang/zh"
)

// Tokenizer cuts mixed Chinese and English text into Tokens. It is safe for concurrent use.
type Tokenizer struct {
	zh *zh.Segmenter

	work sync.Pool // of *pieces

	mu    sync.RWMutex
	names *trie // words that are not all Chinese: T恤, iphone 15 pro
}

// NewTokenizer loads the Chinese dictionaries. data is rooted like the data folder (dict/…); unpackDir is where they
// may be unpacked (created if missing; see zh.Open).
func NewTokenizer(data fs.FS, unpackDir string) (*Tokenizer, error) {
	dict, err := fs.Sub(data, "dict")
	if err != nil {
		return nil, fmt.Errorf("nlp: dictionaries: %w", err)
	}
	seg, err := zh.Open(dict, unpackDir)
	if err != nil {
		return nil, fmt.Errorf("nlp: dictionaries: %w", err)
	}
	t := &Tokenizer{zh: seg, names: &trie{}, work: sync.Pool{New: func() any { return new(pieces) }}}
	for _, w := range []string{"t恤", "u盘", "k歌", "q币", "b站", "a股", "x光", "sim卡", "e宝", "ktv", "d盘", "c盘"} {
		t.names.add(w, 0)
	}
	return t, nil
}

// AddWord makes word one token from now on. It may hold Chinese, English, digits and single spaces.
func (t *Tokenizer) AddWord(word string) error {
	word = strings.Join(strings.Fields(Fold(Clean(word))), " ")
	if word == "" {
		return fmt.Errorf("nlp: an empty word cannot be added")
	}
	if run(word, 0, isHan) == len(word) {
		return t.zh.AddWord(word)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.names.add(word, 0)
	return nil
}

// Close frees the dictionaries. A closed Tokenizer takes each run of Chinese as one token.
func (t *Tokenizer) Close() error { return t.zh.Close() }

// Name is "tokens".
func (t *Tokenizer) Name() string { return "tokens" }

// Annotate fills in Tokens.
func (t *Tokenizer) Annotate(ctx context.Context, a *Analysis) error {
	a.Tokens = t.tokenize(a.Folded())
	return ctx.Err()
}

// Tokenize cuts text into tokens, in order and without overlap. Addresses, numbers and codes are kept whole, an
// emoji is one token, punctuation is none. A contraction is two: don't becomes do and n't, whose Term is not.
// Spans refer to Clean(text).
func (t *Tokenizer) Tokenize(text string) []Token {
	return t.tokenize(FoldText(Clean(text)))
}

func (t *Tokenizer) tokenize(f Folded) []Token {
	e := emitter{f: &f, from: f.Tracer(), tokens: make([]Token, 0, len(f.Text)/4+2)}
	p := t.work.Get().(*pieces)
	defer t.work.Put(p)
	t.collect(p, f.Text)
	p.words = t.zh.CutRuns(p.words[:0], f.Text, p.han)
	words := p.words
	for _, c := range p.chunks {
		part := f.Text[c.start:c.end]
		switch c.kind {
		case kindHan:
			for len(words) > 0 && words[0].Start < c.end {
				w := words[0]
				words = words[1:]
				word := f.Text[w.Start:w.End]
				e.emit(w.Start, w.End, word, zh.Stop(word))
			}
		case kindWord:
			e.word(c.start, part)
		default:
			e.emit(c.start, c.end, part, false)
		}
	}
	return e.tokens
}

// pieces is what cutting one text needs; it is reused.
type pieces struct {
	chunks []chunk
	han    []zh.Word // the runs of Chinese among them
	words  []zh.Word
}

// collect cuts folded text into chunks. A known name is one of kindOther.
func (t *Tokenizer) collect(p *pieces, text string) {
	p.chunks, p.han = p.chunks[:0], p.han[:0]
	t.mu.RLock()
	defer t.mu.RUnlock()
	for i, x := 0, newScanner(text); ; {
		c, ok := x.next(i)
		if !ok {
			return
		}
		if end := t.names.longest(text, c.start); end > 0 {
			c.kind, c.end = kindOther, end
		}
		i = c.end
		if c.kind == kindHan {
			p.han = append(p.han, zh.Word{Start: c.start, End: c.end})
		}
		p.chunks = append(p.chunks, c)
	}
}

// emitter collects tokens of a folded text.
type emitter struct {
	f      *Folded
	from   Tracer
	tokens []Token
}

func (e *emitter) emit(start, end int, term string, stop bool) {
	e.tokens = append(e.tokens, Token{Span: e.from.Source(start, end), Text: e.f.Text[start:end], Term: term, Stop: stop})
}

// word emits a Latin word, or the parts of a contraction.
func (e *emitter) word(start int, word string) {
	if len(word) > 2 {
		for i, p := range en.Split(word) {
			e.emit(start+p.Start, start+p.End, en.Stem(p.Word), en.Stop(p.Word))
			if i > 0 {
				return
			}
		}
		if word[1] == '-' { // e-mail, t-shirt
			e.emit(start, start+len(word), en.Stem(word[:1]+word[2:]), false)
			return
		}
	}
	e.emit(start, start+len(word), en.Stem(word), en.Stop(word))
}

// trie finds the longest known word at a position. Nodes are numbered; 0 is the root.
type trie struct {
	next  map[trieEdge]int32
	ends  map[int32]int // node → value of the word that ends there
	count int32
}

type trieEdge struct {
	node int32
	b    byte
}

// add makes word known, with a value of the caller's.
func (t *trie) add(word string, value int) {
	if t.next == nil {
		t.next, t.ends = map[trieEdge]int32{}, map[int32]int{}
	}
	node := int32(0)
	for i := range len(word) {
		e := trieEdge{node, word[i]}
		to, ok := t.next[e]
		if !ok {
			t.count++
			to = t.count
			t.next[e] = to
		}
		node = to
	}
	t.ends[node] = value
}

// longest is the end of the longest word that begins at byte i of s and ends where a word may end, or 0.
func (t *trie) longest(s string, i int) int {
	end, _ := t.find(s, i)
	return end
}

// find is longest with the word's value. A space of the word is any run of blanks in s.
func (t *trie) find(s string, i int) (end, value int) {
	node := int32(0)
	for j := i; j < len(s); j++ {
		c := s[j]
		if blank(c) {
			c = ' '
		}
		to, ok := t.next[trieEdge{node, c}]
		if !ok {
			break
		}
		for c == ' ' && j+1 < len(s) && blank(s[j+1]) {
			j++
		}
		node = to
		if v, ok := t.ends[node]; ok && wordBorder(s, j+1) {
			end, value = j+1, v
		}
	}
	return end, value
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// wordBorder reports whether a word may end at byte j: not inside a run of Latin letters or of digits.
func wordBorder(s string, j int) bool {
	if j >= len(s) {
		return true
	}
	a, b := s[j-1], s[j]
	if a < utf8.RuneSelf && isLetter(a) {
		return !isLetter(b)
	}
	return !isDigit(a) || !isDigit(b)
}
