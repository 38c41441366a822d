package topics

import (
	"slices"
	"unicode/utf8"
)

// pieces are what words are made of: Chinese ones of characters and pairs of them, others of runs of four and five letters. Words that
// are spelled otherwise, or joined with others, have pieces in common.
type pieces struct {
	*corpus
	in parts
}

// parts are what each word is made of.
type parts [][]uint32

const (
	pieceLeast, pieceMost = 4, 5
	signLeast, signMost   = 1, 2
	// pieceWord is how much of a word is cut: a longer one is none.
	pieceWord = 64
	// pieceEach is how many pieces of a message stand for a word of it.
	pieceEach = 4
)

// newPieces cuts the words of a pile.
func newPieces(c *corpus) *pieces {
	p := &pieces{corpus: newCorpus(), in: make(parts, len(c.words))}
	for w, word := range c.words {
		if c.stop[w] {
			continue
		}
		least, most := signLeast, signMost
		if script(word) == 1 {
			word, least, most = " "+c.forms.of(word)+" ", pieceLeast, pieceMost
		}
		for n := least; n <= most; n++ {
			p.cut(uint32(w), word, n)
		}
	}
	p.light = make([]bool, len(p.words))
	return p
}

// cut adds the pieces of so many characters to a word's.
func (p *pieces) cut(w uint32, word string, n int) {
	for i := range word {
		if i >= pieceWord {
			word = word[:i]
			break
		}
	}
	end, long := 0, 0
	for from := range word {
		for long < n && end < len(word) {
			_, size := utf8.DecodeRuneInString(word[end:])
			end, long = end+size, long+1
		}
		if long < n {
			return
		}
		piece := word[from:end]
		long--
		id, ok := p.index[piece]
		if !ok {
			id = uint32(len(p.words))
			p.index[piece], p.words = id, append(p.words, piece)
		}
		if !slices.Contains(p.in[w], id) {
			p.in[w] = append(p.in[w], id)
		}
	}
}

// of are the parts of a message's words, each once, in a room of the caller's.
func (p parts) of(doc []uint32, r *room) []uint32 {
	r.empty()
	for _, w := range doc {
		for _, id := range p[w] {
			r.put(id)
		}
	}
	return r.list
}

// room is where one goroutine gathers numbers, each once, in the order in which they come.
type room struct {
	list []uint32
	in   []uint32 // number → the last time that it was put
	time uint32
}

// empty makes room for others.
func (r *room) empty() {
	r.list = r.list[:0]
	if r.time++; r.time == 0 { // after four thousand million times
		clear(r.in)
		r.time = 1
	}
}

// put adds a number unless it is there.
func (r *room) put(id uint32) {
	if int(id) >= len(r.in) {
		r.in = append(r.in, make([]uint32, int(id)+1-len(r.in))...)
	}
	if r.in[id] != r.time {
		r.in[id] = r.time
		r.list = append(r.list, id)
	}
}

// take adds messages, and gives their numbers.
func (p *pieces) take(c *corpus, docs []int) []int {
	var r room
	out := make([]int, len(docs))
	for i, d := range docs {
		out[i] = p.docs.len()
		p.docs.add(p.in.of(c.docs.of(d), &r))
	}
	return out
}
