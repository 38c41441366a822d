package topics

import (
	"unicode"
	"unicode/utf8"
)

// signs are the Chinese characters that words are made of: where words are cut otherwise, or are too rare to be learned, these still
// tell (校 of 学校, 高校, 校长).
type signs struct {
	*corpus       // of the learned messages, each as its characters
	all     []int // these messages
	in      parts
}

// newSigns takes the characters of some messages.
func newSigns(pile *corpus, sample []int) *signs {
	s := &signs{corpus: newCorpus(), in: make(parts, len(pile.words))}
	for w, word := range pile.words {
		for i, r := range word {
			if !unicode.Is(unicode.Han, r) {
				continue
			}
			text := word[i : i+utf8.RuneLen(r)]
			id, ok := s.index[text]
			if !ok {
				id = uint32(len(s.words))
				s.index[text], s.words = id, append(s.words, text)
			}
			s.in[w] = append(s.in[w], id)
		}
	}
	var r room
	for i, d := range sample {
		s.docs.add(s.of(pile.docs.of(d), &r))
		s.all = append(s.all, i)
	}
	return s
}

// of are the characters of a message, each once, in a room of the caller's. There are none where none are looked at.
func (s *signs) of(doc []uint32, r *room) []uint32 {
	if s == nil {
		return nil
	}
	return s.in.of(doc, r)
}
