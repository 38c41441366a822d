package topics

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// signs are the Chinese characters that words are made of: where words are cut otherwise, or are too rare to be learned, these still
// tell (校 of 学校, 高校, 校长).
type signs struct {
	*corpus          // of the learned messages, each as its characters
	all     []int    // these messages
	in      [][]sign // word → its characters
}

type sign = uint32

// newSigns takes the characters of some messages.
func newSigns(pile *corpus, sample []int) *signs {
	s := &signs{corpus: newCorpus(), in: make([][]sign, len(pile.words))}
	for w, word := range pile.words {
		for i, r := range word {
			if !unicode.Is(unicode.Han, r) {
				continue
			}
			text := word[i : i+utf8.RuneLen(r)]
			id, ok := s.index[text]
			if !ok {
				id = sign(len(s.words))
				s.index[text], s.words = id, append(s.words, text)
			}
			s.in[w] = append(s.in[w], id)
		}
	}
	var room []sign
	for i, d := range sample {
		room = s.of(pile.docs.of(d), room)
		s.docs.add(room)
		s.all = append(s.all, i)
	}
	return s
}

// of are the characters of a message, each once, in a buffer of the caller's. There are none where none are looked at.
func (s *signs) of(doc []uint32, buffer []sign) []sign {
	buffer = buffer[:0]
	if s == nil {
		return buffer
	}
	for _, w := range doc {
		for _, id := range s.in[w] {
			if !slices.Contains(buffer, id) {
				buffer = append(buffer, id)
			}
		}
	}
	return buffer
}
