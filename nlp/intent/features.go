package intent

import (
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"huiyin/nlp"
)

// A block is a family of features. Each block of a text's vector is scaled to length one before its weight is
// applied, so that a long text and a short one, or many character n-grams and few words, weigh the same.
type block uint8

const (
	blockWord block = iota // words and pairs of neighbouring words
	blockChar              // character n-grams inside a word, or inside a run of Han characters
	numBlocks
)

// Lengths of the character n-grams. Latin words are padded by a border mark on both sides.
const (
	minLatinGram, maxLatinGram = 2, 5
	minHanGram, maxHanGram     = 1, 3
)

// maxTokens bounds the work for one text; a customer's question is never so long, and a pasted log is not a question.
const maxTokens = 512

// FNV-1a, 64 bit: http://www.isthe.com/chongo/tech/comp/fnv/
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func hashByte(h uint64, b byte) uint64 { return (h ^ uint64(b)) * fnvPrime }

func hashString(h uint64, s string) uint64 {
	for i := 0; i < len(s); i++ {
		h = hashByte(h, s[i])
	}
	return h
}

// The first byte of every hash says what kind of feature it is, so that the word "to" and the characters "to" differ.
const (
	kindWord byte = iota + 1
	kindPair
	kindChar
	kindEdge // stands for the sentence's ends in pairs
)

func seed(kind byte) uint64 { return hashByte(fnvOffset, kind) }

// grams calls emit with the hash of every feature of the tokens, in an order that depends on the tokens alone.
func grams(tokens []nlp.Token, buf *[]rune, emit func(b block, h uint64)) {
	if len(tokens) > maxTokens {
		tokens = tokens[:maxTokens]
	}
	edge := seed(kindEdge)
	prev := edge
	for _, t := range tokens {
		word := hashString(seed(kindWord), t.Term)
		emit(blockWord, word)
		emit(blockWord, pair(prev, word))
		prev = word
	}
	if len(tokens) > 0 {
		emit(blockWord, pair(prev, edge))
	}
	for i := 0; i < len(tokens); {
		if !isHan(tokens[i].Text) {
			latinGrams(tokens[i].Text, buf, emit)
			i++
			continue
		}
		run := (*buf)[:0]
		for ; i < len(tokens) && isHan(tokens[i].Text); i++ {
			for _, r := range tokens[i].Text {
				run = append(run, r)
			}
		}
		*buf = run
		runGrams(run, minHanGram, maxHanGram, emit)
	}
}

func pair(a, b uint64) uint64 {
	h := seed(kindPair)
	for shift := 0; shift < 64; shift += 8 {
		h = hashByte(h, byte(a>>shift))
	}
	for shift := 0; shift < 64; shift += 8 {
		h = hashByte(h, byte(b>>shift))
	}
	return h
}

func latinGrams(word string, buf *[]rune, emit func(b block, h uint64)) {
	run := append((*buf)[:0], ' ')
	for _, r := range word {
		run = append(run, r)
	}
	run = append(run, ' ')
	*buf = run
	runGrams(run, minLatinGram, maxLatinGram, emit)
}

func runGrams(run []rune, shortest, longest int, emit func(b block, h uint64)) {
	for i := range run {
		h := seed(kindChar)
		for n := 1; n <= longest && i+n <= len(run); n++ {
			h = hashRune(h, run[i+n-1])
			if n >= shortest {
				emit(blockChar, h)
			}
		}
	}
}

func hashRune(h uint64, r rune) uint64 {
	return hashByte(hashByte(hashByte(h, byte(r)), byte(r>>8)), byte(r>>16))
}

func isHan(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.Is(unicode.Han, r)
}

// vocabulary knows the features that were seen in training: their place in the weight table and how rare they are.
type vocabulary struct {
	place map[uint64]uint32 // feature hash → index into idf and block
	idf   []float32
	block []block
	hash  []uint64
}

func (v *vocabulary) size() int { return len(v.idf) }

// newVocabulary counts the features of all texts. A feature of one text only says nothing about the next one when it
// is a character n-gram; a rare word does, so words are kept. Order: by first appearance, hence deterministic.
func newVocabulary(texts [][]nlp.Token) *vocabulary {
	type entry struct {
		b        block
		df, last int32
	}
	var (
		buf    []rune
		at     = make(map[uint64]int, 1<<14)
		order  []uint64
		counts []entry
	)
	for i, tokens := range texts {
		grams(tokens, &buf, func(b block, h uint64) {
			k, ok := at[h]
			if !ok {
				k = len(order)
				at[h] = k
				order = append(order, h)
				counts = append(counts, entry{b: b, last: -1})
			}
			if e := &counts[k]; e.last != int32(i) {
				e.last = int32(i)
				e.df++
			}
		})
	}
	v := &vocabulary{place: make(map[uint64]uint32, len(order))}
	for k, h := range order {
		if counts[k].b == blockChar && counts[k].df < 2 && len(texts) > 200 {
			continue
		}
		v.add(h, counts[k].b, float32(1+math.Log((1+float64(len(texts)))/(1+float64(counts[k].df)))))
	}
	return v
}

func (v *vocabulary) add(h uint64, b block, idf float32) {
	v.place[h] = uint32(len(v.idf))
	v.idf = append(v.idf, idf)
	v.block = append(v.block, b)
	v.hash = append(v.hash, h)
}

// vector is a sparse text: feature places in the order of first appearance, with their values.
type vector struct {
	at  []uint32
	val []float32
}

// encoder turns tokens into vectors. It is not safe for concurrent use; make one for each goroutine.
type encoder struct {
	v     *vocabulary
	count []float32
	buf   []rune
	seen  []uint32
	known float32 // share of the last text's word features that training has seen
}

func newEncoder(v *vocabulary) *encoder {
	return &encoder{v: v, count: make([]float32, v.size())}
}

// encode fills out, reusing its memory.
func (e *encoder) encode(tokens []nlp.Token, out *vector) {
	e.seen = e.seen[:0]
	words, known := 0, 0
	grams(tokens, &e.buf, func(b block, h uint64) {
		k, ok := e.v.place[h]
		if b == blockWord {
			words++
			if ok {
				known++
			}
		}
		if !ok {
			return
		}
		if e.count[k] == 0 {
			e.seen = append(e.seen, k)
		}
		e.count[k]++
	})
	e.known = 0
	if words > 0 {
		e.known = float32(known) / float32(words)
	}
	var norm [numBlocks]float64
	out.at = append(out.at[:0], e.seen...)
	out.val = slices.Grow(out.val[:0], len(e.seen))[:len(e.seen)]
	for i, k := range e.seen {
		x := float32(1+math.Log(float64(e.count[k]))) * e.v.idf[k]
		e.count[k] = 0
		out.val[i] = x
		norm[e.v.block[k]] += float64(x) * float64(x)
	}
	for i, k := range e.seen {
		out.val[i] *= blockWeight[e.v.block[k]] / float32(math.Sqrt(norm[e.v.block[k]]))
	}
}

// blockWeight is how much each block counts; chosen by cross-validation, see docs/nlp.md.
var blockWeight = [numBlocks]float32{blockWord: 1, blockChar: 1}
