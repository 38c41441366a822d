package kb

import (
	"huiyin/kb/wording"
	"huiyin/nlp"
)

// Strange are the words of a question that no published article has, neither in its wordings nor in its text, although they are
// words: the word vectors know them. A typing error is none, nor is a synonym of a word that an article has. Without word
// vectors there are none.
func (s *Searcher) Strange(text string, tokens []nlp.Token) []nlp.Token {
	a := analyze(s.tok, text, tokens)
	c := s.catalog
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.meaning == nil {
		return nil
	}
	known := map[nlp.Span]bool{} // by a synonym
	for _, t := range a.tokens {
		if t.Term != "" && c.inUse(string(wording.Word)+t.Term) {
			known[t.Span] = true
		}
	}
	var out []nlp.Token
	for _, t := range contentWords(a.tokens) {
		if t.Start < t.End && !known[t.Span] && !c.inPairs(t.Text) && c.isWord(nlp.Fold(t.Text)) {
			out = append(out, t)
		}
	}
	return out
}

// inUse reports whether a live article has a feature.
func (c *catalog) inUse(feature string) bool {
	id, ok := c.words.ids[feature]
	return ok && c.words.df[id]+c.words.bodyDF[id] > 0
}

// inPairs reports whether articles have every pair of neighbouring characters of a Chinese word: 耳机盒 of 耳机 and 机盒.
func (c *catalog) inPairs(word string) bool {
	runes := []rune(nlp.Fold(word))
	if len(runes) < 2 || !hasHan(word) {
		return false
	}
	for i := range runes[1:] {
		if !c.inUse(string([]rune{wording.Pair, runes[i], runes[i+1]})) {
			return false
		}
	}
	return true
}
