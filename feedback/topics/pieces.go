package topics

import (
	"slices"
	"unicode/utf8"
)

// pieces are what words are made of: Chinese ones of characters and pairs of them, others of runs of four and five letters. Words that
// are spelled otherwise, or joined with others, have pieces in common.
type pieces struct {
	*corpus
	in [][]uint32 // word → its pieces
}

const (
	pieceLeast, pieceMost = 4, 5
	signLeast, signMost   = 1, 2
	// pieceEach is how many pieces of a message stand for a word of it.
	pieceEach = 4
)

// newPieces cuts the words of a pile.
func newPieces(c *corpus) *pieces {
	p := &pieces{corpus: newCorpus(), in: make([][]uint32, len(c.words))}
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

// of are the pieces of a message, each once, in a buffer of the caller's.
func (p *pieces) of(doc []uint32, buffer []uint32) []uint32 {
	buffer = buffer[:0]
	for _, w := range doc {
		for _, id := range p.in[w] {
			if !slices.Contains(buffer, id) {
				buffer = append(buffer, id)
			}
		}
	}
	return buffer
}

// take adds messages, and gives their numbers.
func (p *pieces) take(c *corpus, docs []int) []int {
	var buffer []uint32
	out := make([]int, len(docs))
	for i, d := range docs {
		out[i] = p.docs.len()
		buffer = p.of(c.docs.of(d), buffer)
		p.docs.add(buffer)
	}
	return out
}
