package kb

import (
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode"

	"huiyin/kb/wording"
	"huiyin/nlp"
)

// A word that no article has may be one that was typed wrongly. Then the question is asked once more with the word that
// the articles do have, and the better outcome counts. So a typo costs at most a second search, and a correction that
// was wrong costs nothing.

const (
	// spellGain is by how much the best score must grow for a correction to count.
	spellGain = 0.03
	// Letters of a Latin word from which one letter may be wrong, and two.
	oneWrongFrom, twoWrongFrom = 4, 8
	longestWord                = 24
)

// Correction is a word that was taken for another.
type Correction struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// speller knows the Latin words of articles as they are written. It grows with the vocabulary.
type speller struct {
	mu       sync.Mutex
	upTo     int                          // features of the vocabulary that it knows
	byLength [longestWord + 1][]latinWord // by number of bytes
}

type latinWord struct {
	text    string
	letters uint32 // a bit for each letter that it has
	feature uint32
}

// latin reports whether a word has only the letters a to z.
func latin(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
}

func lettersOf(word string) uint32 {
	set := uint32(0)
	for i := range len(word) {
		set |= 1 << (word[i] - 'a')
	}
	return set
}

func (s *speller) add(text string, feature uint32) {
	if n := len(text); n >= oneWrongFrom && n <= longestWord && latin(text) {
		s.byLength[n] = append(s.byLength[n], latinWord{text, lettersOf(text), feature})
	}
}

// grow learns the words that the vocabulary has got since the last time: as the list of English words writes them, or
// else by their stems. The caller holds the catalog's lock for reading.
func (c *catalog) grow() {
	s := c.spell
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.upTo == len(c.words.names) {
		return
	}
	written := map[uint32]bool{}
	for _, word := range c.english() {
		if id, ok := c.words.ids[string(wording.Word)+word.Term]; ok && int(id) >= s.upTo {
			written[id] = true
			if !word.Stop { // nobody is helped by one of those
				s.add(word.Text, id)
			}
		}
	}
	for id, name := range c.words.names[s.upTo:] {
		if name[0] == wording.Word && !written[uint32(s.upTo+id)] {
			s.add(name[1:], uint32(s.upTo+id))
		}
	}
	s.upTo = len(c.words.names)
}

// english are the English words that there are vectors of, with their stems. They are cut once.
func (c *catalog) english() []nlp.Token {
	m := c.meaning
	if m == nil {
		return nil
	}
	m.cut.Do(func() { m.english = c.tok.Tokenize(strings.Join(m.words.Words()[:m.words.English()], "\n")) })
	return m.english
}

// nearestWord finds the word of an article that a word was meant to be. The nearest counts, then one with the same first
// letter, then one that has all the letters, then the one that most articles have.
func (c *catalog) nearestWord(word string) (string, bool) {
	c.grow()
	allowed := 1
	if len(word) >= twoWrongFrom {
		allowed = 2
	}
	letters := lettersOf(word)
	best, bestApart, bestRank := "", allowed+1, 0
	for n := max(oneWrongFrom, len(word)-allowed); n <= min(longestWord, len(word)+allowed); n++ {
		for _, w := range c.spell.byLength[n] {
			if bits.OnesCount32(letters^w.letters) > 2*allowed {
				continue
			}
			used := int(c.words.df[w.feature])*4 + int(c.words.bodyDF[w.feature])
			if used == 0 {
				continue
			}
			apart := editDistance(word, w.text, min(allowed, bestApart))
			if w.text[0] == word[0] {
				used += 1 << 30
			}
			if letters&^w.letters == 0 { // more letters are left out or swapped than are put in the place of others
				used += 1 << 29
			}
			if apart < bestApart || apart == bestApart && apart <= allowed && used > bestRank {
				best, bestApart, bestRank = w.text, apart, used
			}
		}
	}
	return best, bestApart <= allowed
}

// editDistance is how many letters must be put in, left out, changed or swapped with their neighbour to make a of b
// (optimal string alignment), or limit+1 when there are more. Words are at most longestWord letters long.
func editDistance(a, b string, limit int) int {
	var rows [3][longestWord + 2]int
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, above, twoAbove := &rows[i%3], &rows[(i-1)%3], &rows[(i+1)%3]
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			d := min(above[j]+1, row[j-1]+1, above[j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, twoAbove[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
	}
	return min(rows[len(a)%3][len(b)], limit+1)
}

// has reports whether an article has a feature.
func (c *catalog) has(feature string) bool {
	id, ok := c.words.ids[feature]
	return ok && c.words.df[id]+c.words.bodyDF[id] > 0
}

// correct puts words that articles have in the place of words that they do not have; no corrections: there is nothing to
// correct.
func (c *catalog) correct(text string, tokens []nlp.Token) (string, []Correction) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if len(c.entries) == 0 || c.spell == nil {
		return text, nil
	}
	var out strings.Builder
	var list []Correction
	text, at := nlp.Clean(text), 0
	for _, t := range tokens {
		if t.Start < at || t.End > len(text) || t.Start >= t.End {
			continue // not of the text: the name of a group of synonyms
		}
		word := t.Text
		if len(word) < oneWrongFrom || len(word) > longestWord || !latin(word) || c.has(string(wording.Word)+t.Term) || c.isWord(word) {
			continue
		}
		if to, ok := c.nearestWord(word); ok {
			out.WriteString(text[at:t.Start])
			out.WriteString(to)
			at = t.End
			list = append(list, Correction{word, to})
		}
	}
	out.WriteString(text[at:])
	fixed, han := c.correctHan(out.String())
	return fixed, append(list, han...)
}

// isWord reports whether a word is English, though no article has it.
func (c *catalog) isWord(word string) bool {
	if c.meaning == nil {
		return false
	}
	_, known := c.meaning.words.Lookup(word)
	return known
}

// correctHan mends characters that were taken for others of the same sound, as happens with an input method: where a
// character does not make a pair that articles have with each of its neighbours, and one of the same sound does.
func (c *catalog) correctHan(text string) (string, []Correction) {
	if c.models.Pinyin == nil || !hasHan(text) {
		return text, nil
	}
	runes := []rune(text)
	folded := []rune(nlp.Fold(text))
	if len(folded) != len(runes) {
		return text, nil
	}
	known := func(a, b rune) bool { return c.has(string([]rune{wording.Pair, a, b})) }
	var list []Correction
	for i, r := range folded {
		if !unicode.Is(unicode.Han, r) {
			continue
		}
		before, after := neighbour(folded, i-1), neighbour(folded, i+1)
		if (before == 0 || known(before, r)) && (after == 0 || known(r, after)) {
			continue
		}
		best, most := rune(0), uint32(0)
		for _, h := range c.models.Pinyin.Homophones(r) {
			if h == r || before != 0 && !known(before, h) || after != 0 && !known(h, after) {
				continue
			}
			if n := c.used(before, h) + c.used(h, after); n > most {
				best, most = h, n
			}
		}
		if best == 0 {
			continue
		}
		folded[i], runes[i] = best, best
		from, to := max(0, i-1), min(len(runes), i+2)
		was := slices.Clone(folded[from:to])
		was[i-from] = r
		list = append(list, Correction{string(was), string(folded[from:to])})
	}
	return string(runes), list
}

// neighbour is the Han character at a place, or 0.
func neighbour(text []rune, i int) rune {
	if i < 0 || i >= len(text) || !unicode.Is(unicode.Han, text[i]) {
		return 0
	}
	return text[i]
}

// used is how many articles have a pair.
func (c *catalog) used(a, b rune) uint32 {
	if a == 0 || b == 0 {
		return 0
	}
	id, ok := c.words.ids[string([]rune{wording.Pair, a, b})]
	if !ok {
		return 0
	}
	return 4*c.words.df[id] + c.words.bodyDF[id]
}

// better reports whether a corrected question found clearly more than the one that was typed.
func better(fixed, typed []ranked) bool {
	score := func(list []ranked) float64 {
		if len(list) == 0 {
			return 0
		}
		return list[0].score
	}
	return score(fixed) > score(typed)+spellGain
}
