package intent

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"

	"huiyin/nlp"
	"huiyin/nlp/lang/en"
	"huiyin/nlp/vectors"
)

// speller reads words that training has never seen as those that it has: a slip of the finger (refudn), pinyin (tuikuan),
// characters that sound alike (腿款), an abbreviation (acct). It leaves alone what is a word of its own.
type speller struct {
	words   []spelling       // of the training texts, sorted by text
	at      map[string]int32 // text → its place in words
	near    map[uint64][]int32
	sound   map[string][]int32 // pinyin → words that sound so, the most frequent first
	longest int                // bytes of the longest pinyin
	latin   float64            // logarithm of the number of Latin words in the training texts
	han     float64            // the same for Chinese words
	pinyin  *nlp.Pinyin
	vectors *vectors.Vectors
}

// spelling is a word of the training texts.
type spelling struct {
	text, term string
	stop       bool
	count      int32
}

// fewestLetters is the length of the shortest word in which a slip is looked for: of shorter ones, too many are alike.
const fewestLetters = 4

// mostLetters is the length of the longest: what is longer is no word, and looking takes time that grows with its square.
const mostLetters = 40

// newSpeller learns the words of the texts.
func newSpeller(texts [][]nlp.Token, p *nlp.Pinyin, v *vectors.Vectors) *speller {
	s := &speller{}
	at := map[string]int{}
	for _, tokens := range texts {
		for _, t := range tokens {
			i, ok := at[t.Text]
			if !ok {
				i = len(s.words)
				at[t.Text] = i
				s.words = append(s.words, spelling{text: t.Text, term: t.Term, stop: t.Stop})
			}
			s.words[i].count++
		}
	}
	slices.SortFunc(s.words, func(a, b spelling) int { return cmp.Compare(a.text, b.text) })
	s.index(p, v)
	return s
}

// index builds what is not saved.
func (s *speller) index(p *nlp.Pinyin, v *vectors.Vectors) {
	s.pinyin, s.vectors = p, v
	s.at, s.near, s.sound = make(map[string]int32, len(s.words)), map[uint64][]int32{}, map[string][]int32{}
	var latin, han int32
	for i, w := range s.words {
		s.at[w.text] = int32(i)
		switch {
		case isLatin(w.text):
			latin += w.count
			if len(w.text) >= fewestLetters && len(w.text) <= mostLetters {
				withoutOne(w.text, func(h uint64) { s.near[h] = append(s.near[h], int32(i)) })
			}
		case isHan(w.text):
			han += w.count
			if p != nil {
				for _, sound := range []string{p.Spell(w.text), spoken(w.text)} {
					if sound != "" {
						s.sound[sound] = append(s.sound[sound], int32(i))
						s.longest = max(s.longest, len(sound))
					}
				}
			}
		}
	}
	for _, alike := range s.sound {
		slices.SortStableFunc(alike, func(a, b int32) int { return cmp.Compare(s.words[b].count, s.words[a].count) })
	}
	s.latin, s.han = math.Log(float64(max(1, latin))), math.Log(float64(max(1, han)))
}

// spoken is how a word is said that dictionaries read otherwise.
func spoken(word string) string {
	switch word {
	case "了":
		return "le"
	case "谁":
		return "shei"
	}
	return ""
}

// isLatin reports whether a folded word is made of the letters a to z alone.
func isLatin(word string) bool {
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return false
		}
	}
	return word != ""
}

// withoutOne calls f with a hash of the word, and of the word without each of its letters: two words that one letter tells apart
// (more, less, another, or two neighbours swapped) have one of them in common (Garbe's symmetric deletion).
func withoutOne(word string, f func(h uint64)) {
	f(hashString(fnvOffset, word))
	last := uint64(0)
	for i := range len(word) {
		if h := hashString(hashString(fnvOffset, word[:i]), word[i+1:]); h != last {
			f(h)
			last = h
		}
	}
}

// repair returns the tokens as training would have written them: the same slice where there is nothing to repair.
func (s *speller) repair(tokens []nlp.Token) []nlp.Token {
	tokens = tokens[:min(len(tokens), maxTokens)]
	if s == nil || !slices.ContainsFunc(tokens, func(t nlp.Token) bool { return !s.knows(t.Text) || s.bare(t.Text) }) {
		return tokens
	}
	out := make([]nlp.Token, 0, len(tokens)+4)
	for i := 0; i < len(tokens); {
		n, words := 1, []spelling(nil)
		switch {
		case isLatin(tokens[i].Text):
			n = max(1, s.pinyinRun(tokens[i:]))
			if words = s.readPinyin(tokens[i : i+n]); words == nil {
				for _, t := range tokens[i : i+n] {
					out = s.repairWord(out, t)
				}
				i += n
				continue
			}
		case isHan(tokens[i].Text):
			n, words = s.readSound(tokens[i:])
		}
		out = replace(out, tokens[i:i+n], words)
		i += n
	}
	return out
}

// repairWord appends a Latin word as it is best read by itself.
func (s *speller) repairWord(out []nlp.Token, t nlp.Token) []nlp.Token {
	if s.bare(t.Text) {
		t.Text = withApostrophe
	}
	if s.knows(t.Text) {
		return append(out, t)
	}
	one := []nlp.Token{t}
	if words := s.readPinyin(one); words != nil {
		return replace(out, one, words)
	}
	if w, ok := s.readShort(t.Text); ok {
		return replace(out, one, []spelling{w})
	}
	if w, ok := s.readSlip(t.Text); ok {
		return replace(out, one, []spelling{w})
	}
	return append(out, t)
}

// readShort is the word that an abbreviation of the trade stands for, as training or the vectors know it.
func (s *speller) readShort(word string) (spelling, bool) {
	full := en.Trade(word)
	if full == "" {
		return spelling{}, false
	}
	if i, ok := s.at[full]; ok {
		return s.words[i], true
	}
	return spelling{text: full, term: en.Stem(full), stop: en.Stop(full)}, s.vectors != nil && s.inVectors(full)
}

// replace appends words in the place of tokens; the tokens themselves where there are none.
func replace(out, tokens []nlp.Token, words []spelling) []nlp.Token {
	if words == nil {
		return append(out, tokens...)
	}
	span := nlp.Span{Start: tokens[0].Span.Start, End: tokens[len(tokens)-1].Span.End}
	for _, w := range words {
		out = append(out, nlp.Token{Span: span, Text: w.text, Term: w.term, Stop: w.stop})
	}
	return out
}

// The end of don't, and of dont.
const withApostrophe, without = "n't", "nt"

// bare reports whether a word is the end of a negation without its apostrophe, where the training texts mostly write it.
func (s *speller) bare(word string) bool {
	return word == without && s.countOf(withApostrophe) > s.countOf(without)
}

func (s *speller) countOf(word string) int32 {
	if i, ok := s.at[word]; ok {
		return s.words[i].count
	}
	return 0
}

func (s *speller) knows(word string) bool {
	_, ok := s.at[word]
	return ok
}

// readSlip is the word of the training texts that was likeliest meant by one that they do not have, and that one slip makes of it. A
// word that the vectors know may be meant itself: the rarer it is in English, the less likely (a noisy channel; Kernighan, Church and
// Gale 1990, with Zipf's law for how often English has a word).
func (s *speller) readSlip(word string) (spelling, bool) {
	if len(word) < fewestLetters || len(word) > mostLetters {
		return spelling{}, false
	}
	best, most := int32(-1), 0.0
	withoutOne(word, func(h uint64) {
		for _, i := range s.near[h] {
			w := s.words[i]
			if x := float64(w.count) * slipOf(word, w.text); x > most || x == most && x > 0 && i < best {
				best, most = i, x
			}
		}
	})
	if best < 0 || most/(math.Exp(s.latin)+fewWords) < s.itself(word) {
		return spelling{}, false
	}
	return s.words[best], true
}

// itself is how likely English has a word, by its rank; 0 where the vectors do not know it.
func (s *speller) itself(word string) float64 {
	if s.vectors == nil {
		return 0
	}
	at, ok := s.vectors.Lookup(word)
	if !ok {
		return 0
	}
	return 1 / (float64(s.vectors.Rank(at)+1) * zipfSum)
}

// fewWords keeps a handful of texts from being believed more than English: how often they have a word is counted as if they had so many more.
const fewWords = 5000

// zipfSum makes the shares of 50,000 words by Zipf's law, 1/rank each, one together.
const zipfSum = 11.4

// How likely a word of some six letters is typed with one given slip. A letter is left out, doubled or swapped with the next in as many
// ways as the word has letters; another one stands in its place, or too much, in some 25 times as many, and that is not more frequent
// on the whole (Damerau 1964; Kukich 1992, "Techniques for Automatically Correcting Words in Text").
const (
	likelySlip   = 0.002
	unlikelySlip = likelySlip / 25
)

// slipOf is how likely one slip makes typed of meant; 0: it takes more.
func slipOf(typed, meant string) float64 {
	switch {
	case !oneApart(typed, meant):
		return 0
	case len(typed) < len(meant), len(typed) == len(meant) && sameLetters(typed, meant), len(typed) > len(meant) && doubled(typed, meant):
		return likelySlip
	}
	return unlikelySlip
}

// sameLetters reports whether two words that one slip tells apart have the same letters: two of them are swapped.
func sameLetters(a, b string) bool {
	x := byte(0)
	for i := range len(a) {
		x ^= a[i] ^ b[i]
	}
	return x == 0
}

// doubled reports whether the letter that typed has more than meant stands beside the same one.
func doubled(typed, meant string) bool {
	i := 0
	for i < len(meant) && typed[i] == meant[i] {
		i++
	}
	return i > 0 && typed[i] == typed[i-1] || i+1 < len(typed) && typed[i] == typed[i+1]
}

func (s *speller) inVectors(word string) bool {
	_, ok := s.vectors.Lookup(word)
	return ok
}

// oneApart reports whether one letter more, less or changed, or two neighbours swapped, make a of b.
func oneApart(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	switch len(a) - len(b) {
	case 0:
		if i == len(a) {
			return true
		}
		return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i+1:] == b[i:]
	}
	return false
}

// longestSounding is the number of characters up to which words that sound alike are looked for.
const longestSounding = 4

// readSound reads characters that training does not know as a word that sounds like them: 腿款 as 退款. A word that is in
// the dictionary means what it says. It returns how many tokens it read, and nil where they stay as they are.
func (s *speller) readSound(tokens []nlp.Token) (int, []spelling) {
	if s.pinyin == nil {
		return 1, nil
	}
	text, unknown := "", false
	n, found := 0, int32(0)
	for i, t := range tokens {
		text += t.Text
		chars := utf8.RuneCountInString(text)
		if !isHan(t.Text) || chars > longestSounding {
			break
		}
		unknown = unknown || !s.knows(t.Text) && (s.vectors == nil || !s.inVectors(t.Text) || utf8.RuneCountInString(t.Text) == 1)
		if !unknown || chars < 2 {
			continue
		}
		for _, k := range s.sound[s.pinyin.Spell(text)] {
			if utf8.RuneCountInString(s.words[k].text) == chars {
				n, found = i+1, k
				break
			}
		}
	}
	if n == 0 {
		return 1, nil
	}
	return n, []spelling{s.words[found]}
}
