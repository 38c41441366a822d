package intent

import (
	"math"

	"huiyin/nlp"
)

// What a reading costs, in natural logarithms of probability.
const (
	strangeWord     = -14.0 // a Latin word that neither training nor the vectors know
	strangeLetter   = -2.5  // each of its letters, where that is more: a sentence without spaces is no single word
	strangeSyllable = -12.0 // a syllable that no word of the training texts explains
	doubt           = 2.0   // by how much the Chinese reading has to be likelier
)

// longestPinyin bounds the letters of a run that is read as pinyin.
const longestPinyin = 200

// pinyinRun is how many of the first tokens are made of syllables.
func (s *speller) pinyinRun(tokens []nlp.Token) int {
	if s.pinyin == nil || len(s.sound) == 0 {
		return 0
	}
	letters := 0
	for n, t := range tokens {
		letters += len(t.Text)
		if !isLatin(t.Text) || letters > longestPinyin || s.pinyin.Syllables(t.Text) == nil {
			return n
		}
	}
	return len(tokens)
}

// readPinyin reads Latin words as the Chinese words of the training texts that they spell, where that is likelier than that they
// are what they seem: "can you" may be pinyin as well, but "wo yao tuihuo" is hardly anything else. Nil: they are not.
func (s *speller) readPinyin(tokens []nlp.Token) []spelling {
	if s.pinyinRun(tokens) < len(tokens) {
		return nil
	}
	asLatin := 0.0
	for _, t := range tokens {
		asLatin += s.latinProb(t.Text)
	}
	r, known, syllables := s.asChinese(tokens)
	if syllables < 2 || r.prob < asLatin+doubt || 2*known < syllables {
		return nil
	}
	return r.words
}

// spelledOut reports whether a text is all pinyin, though training has the very words ("tuikuan" as an example of its own): none of
// them is English, and the Chinese words of training explain most of it.
func (s *speller) spelledOut(tokens []nlp.Token) bool {
	if s == nil || s.pinyin == nil || s.vectors == nil || len(tokens) == 0 {
		return false
	}
	for _, t := range tokens {
		if !isLatin(t.Text) || s.inVectors(t.Text) {
			return false
		}
	}
	if s.pinyinRun(tokens) < len(tokens) {
		return false
	}
	_, known, syllables := s.asChinese(tokens)
	return syllables >= 2 && 2*known >= syllables
}

// asChinese is the likeliest reading of tokens that are made of syllables, and how many of those it explains.
func (s *speller) asChinese(tokens []nlp.Token) (r chineseReading, known, syllables int) {
	var letters []byte
	border := []bool{true} // by byte: the writer left a space before it
	for _, t := range tokens {
		border = append(border, make([]bool, len(t.Text))...)
		letters = append(letters, t.Text...)
		border[len(letters)] = true
		syllables += len(s.pinyin.Syllables(t.Text))
	}
	if syllables >= 2 {
		r.words, known, r.prob = s.segment(string(letters), border)
	}
	return r, known, syllables
}

// chineseReading is words that Latin letters spell, and the logarithm of its probability.
type chineseReading struct {
	words []spelling
	prob  float64
}

// latinProb is the logarithm of the probability of a Latin word, by Zipf's law where training does not have it.
func (s *speller) latinProb(word string) float64 {
	if i, ok := s.at[word]; ok {
		return math.Log(float64(s.words[i].count)) - s.latin
	}
	if s.vectors != nil {
		if i, ok := s.vectors.Lookup(word); ok {
			return -math.Log(zipfBase * float64(s.vectors.Rank(i)+zipfHead))
		}
	}
	return math.Min(strangeWord, strangeLetter*float64(len(word)))
}

// segment finds the likeliest words that letters spell. Borders are the places where the writer left a space, which no syllable spans.
// known counts the syllables that words explain; those that none does are left out.
func (s *speller) segment(letters string, border []bool) (words []spelling, known int, prob float64) {
	type way struct {
		prob     float64
		from     int
		word     int32 // −1: a syllable that no word explains
		reached  bool
		explains int
	}
	best := make([]way, len(letters)+1)
	best[0].reached = true
	try := func(from, to int, word int32, prob float64, explains int) {
		p := best[from].prob + prob
		if b := &best[to]; !b.reached || p > b.prob {
			*b = way{prob: p, from: from, word: word, reached: true, explains: best[from].explains + explains}
		}
	}
	for from := range len(letters) {
		if !best[from].reached {
			continue
		}
		for to := from + 1; to <= min(len(letters), from+s.longest); to++ {
			if alike := s.sound[letters[from:to]]; len(alike) > 0 && s.spellable(letters[from:to], border[from:to+1]) {
				w := s.words[alike[0]]
				try(from, to, alike[0], math.Log(float64(w.count))-s.han, len([]rune(w.text)))
			}
		}
		for to := from + 1; to <= min(len(letters), from+longestSyllable); to++ {
			if s.spellable(letters[from:to], border[from:to+1]) && len(s.pinyin.Syllables(letters[from:to])) == 1 {
				try(from, to, -1, strangeSyllable, 0)
			}
		}
	}
	end := best[len(letters)]
	if !end.reached {
		return nil, 0, math.Inf(-1)
	}
	for at := len(letters); at > 0; at = best[at].from {
		if w := best[at].word; w >= 0 {
			words = append([]spelling{s.words[w]}, words...)
		}
	}
	return words, end.explains, end.prob
}

// longestSyllable is the length of "zhuang".
const longestSyllable = 6

// spellable reports whether the pieces between the writer's spaces are whole syllables.
func (s *speller) spellable(letters string, border []bool) bool {
	from := 0
	for i := 1; i <= len(letters); i++ {
		if border[i] || i == len(letters) {
			if s.pinyin.Syllables(letters[from:i]) == nil {
				return false
			}
			from = i
		}
	}
	return true
}
