package intent

import (
	"unicode"
	"unicode/utf8"

	"huiyin/nlp"
)

// A block is a family of features. Each block of a text's vector is scaled to length one before its weight is
// applied, so that a long text and a short one, or many character n-grams and few words, weigh the same.
type block uint8

const (
	blockWord  block = iota // words and pairs of neighbouring words
	blockChar               // character n-grams inside a word, or inside a run of Han characters
	blockSkip               // two words near each other, in either order
	blockOther              // as blockWord, but seen only in examples of out of scope: not a word that the model knows
	numBlocks
)

// family is the block whose length a feature counts towards.
func (b block) family() block {
	if b == blockOther {
		return blockWord
	}
	return b
}

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
	kindSkip
	kindEdge // stands for the sentence's ends in pairs
)

func seed(kind byte) uint64 { return hashByte(fnvOffset, kind) }

// skipReach is how many words further the second word of a skip pair may be; neighbours are pairs already.
const skipReach = 5

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
	for i := range tokens {
		a := hashString(seed(kindSkip), tokens[i].Term)
		for j := i + 2; j <= i+skipReach && j < len(tokens); j++ {
			b := hashString(seed(kindSkip), tokens[j].Term)
			emit(blockSkip, pair(min(a, b), max(a, b)))
		}
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
