package sentiment

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"huiyin/internal/yamlfile"
	"huiyin/nlp"
)

// LexiconFile is a lexicon as people edit it. Every list holds words or phrases, in any script or case; valences go
// from -4 (worst) to 4 (best), degrees are factors. docs/sentiment.md explains each key with examples.
type LexiconFile struct {
	Words         map[float64][]string     `yaml:"words"`          // evaluations: 难用 is bad about whatever it is said of
	Moods         map[float64][]string     `yaml:"moods"`          // feelings, which a song or a film may merely be about
	Works         []string                 `yaml:"works"`          // what a mood may be said of
	Neutral       []string                 `yaml:"neutral"`        // contains a sentiment word, is none
	Negators      []string                 `yaml:"negators"`       // turn what follows around
	NegatorsAfter []string                 `yaml:"negators_after"` // turn what stands before around
	Degrees       map[float64][]string     `yaml:"degrees"`        // strengthen or weaken
	Contrast      []string                 `yaml:"contrast"`       // what follows counts more
	Concessions   []string                 `yaml:"concessions"`    // what follows counts less
	Wishes        []string                 `yaml:"wishes"`         // what is wished for is missing
	WishEnds      []string                 `yaml:"wish_ends"`      // the same, at the end
	Hopes         []string                 `yaml:"hopes"`          // the good word in it is no praise
	Questions     []string                 `yaml:"questions"`      // asks, does not judge
	Rhetorical    []string                 `yaml:"rhetorical"`     // looks like a question, is a reproach
	Sarcasm       []string                 `yaml:"sarcasm"`        // the good word beside it is meant otherwise
	Requests      []string                 `yaml:"requests"`       // asks for something: the thanks beside it are a courtesy
	References    []string                 `yaml:"references"`     // says what the number is that follows: 订单号
	Emotions      map[nlp.Emotion][]string `yaml:"emotions"`       // anger, disappointment, worry, gratitude
}

// class says what an entry may do; an entry can do several things.
type class uint32

const (
	isValence class = 1 << iota
	isMood
	isWork
	isNeutral
	isNegator
	isNegatorAfter
	isDegree
	isContrast
	isConcession
	isWish
	isWishEnd
	isHope
	isQuestion
	isRhetorical
	isSarcasm
	isAnger
	isDisappointment
	isWorry
	isGratitude
	isTurned // a phrase with a negator inside: 不后悔, "never disappoints"
	isCustom // from an operator's own file
	isPrefix // a longer entry begins like this
	isRequest
)

const isEmotion = isAnger | isDisappointment | isWorry | isGratitude

// entry is what the lexicon knows about one word or phrase.
type entry struct {
	class   class
	valence float32
	degree  float32
}

// lexicon is compiled: sequences of units, hashed, to entries.
type lexicon struct {
	sym     symbols
	entries map[uint64]entry // while it is compiled
	index   *lexIndex        // of entries, when it is
	longest int
	refs    references
}

// maxLexiconValence bounds a score in a lexicon file.
const maxLexiconValence = 4

var emotionClass = map[nlp.Emotion]class{
	nlp.Anger: isAnger, nlp.Disappointment: isDisappointment, nlp.Worry: isWorry, nlp.Gratitude: isGratitude,
}

// lexiconFiles are read in this order; a later file's entry wins.
var lexiconFiles = []string{"lexicon/sentiment-vader.yaml", "lexicon/sentiment-en.yaml", "lexicon/sentiment-zh.yaml", "lexicon/sentiment-emoji.yaml"}

// readLexicons reads the shipped lexicon files.
func readLexicons(fsys fs.FS) ([]LexiconFile, error) {
	out := make([]LexiconFile, 0, len(lexiconFiles)+1)
	for _, name := range lexiconFiles {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("sentiment: lexicon: %w", err)
		}
		f, err := ParseLexicon(name, raw)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// ParseLexicon reads one lexicon file; name is for messages. Unknown keys and scores out of range are errors that
// name the file, the line or the word, and what is allowed.
func ParseLexicon(name string, raw []byte) (LexiconFile, error) {
	var f LexiconFile
	if err := yamlfile.Decode(name, raw, &f); err != nil {
		return f, fmt.Errorf("sentiment: %w", err)
	}
	for _, group := range []map[float64][]string{f.Words, f.Moods} {
		for v, words := range group {
			if !(v >= -maxLexiconValence && v <= maxLexiconValence) {
				return f, fmt.Errorf("sentiment: %s: valence %v of %q: must be between -4 and 4", name, v, first(words))
			}
		}
	}
	for v, words := range f.Degrees {
		if !(v > 0 && v <= 3) {
			return f, fmt.Errorf("sentiment: %s: degree %v of %q: must be above 0 and at most 3", name, v, first(words))
		}
	}
	for e := range f.Emotions {
		if emotionClass[e] == 0 {
			return f, fmt.Errorf("sentiment: %s: emotion %q: must be anger, disappointment, worry or gratitude", name, e)
		}
	}
	return f, nil
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// compile merges files into one lexicon; what a later file says of a word's valence replaces what an earlier said.
// The words of custom files are marked: the verdict follows them.
func compile(base, custom []LexiconFile) *lexicon {
	lx := &lexicon{entries: make(map[uint64]entry, 16384)}
	sc := scanner{sym: &lx.sym}
	var words []lexiconWord
	for i, f := range append(slices.Clip(base), custom...) {
		mark := class(0)
		if i >= len(base) {
			mark = isCustom
		}
		words = f.appendWords(words, mark)
	}
	for _, w := range words { // first: how a word is cut into units depends on them
		lx.learnSymbol(w.text)
	}
	for _, f := range append(slices.Clip(base), custom...) {
		for _, w := range f.References {
			lx.refs.add(&sc, nlp.Fold(w))
		}
	}
	for _, w := range words {
		lx.put(&sc, w)
	}
	for _, w := range words {
		lx.inherit(&sc, w.text)
	}
	lx.index, lx.entries = newLexIndex(lx.entries), nil
	return lx
}

// inherit gives a phrase the emotions of the entries inside it, which it hides when a text is read: "thanks so much"
// is gratitude because "thanks" is. A phrase of which only the emotion was given inherits the valence, too. A phrase
// with a negator inside inherits nothing.
func (lx *lexicon) inherit(sc *scanner, phrase string) {
	units := sc.scan(phrase)
	if len(units) < 2 {
		return
	}
	whole := uint64(0)
	for i := range units {
		whole = join(whole, key(&units[i], phrase))
	}
	var inside, mark class
	strongest := float32(0)
	for i := range units {
		h := uint64(0)
		for j := i; j < len(units); j++ {
			h = join(h, key(&units[j], phrase))
			part := lx.entries[h]
			inside |= part.class
			if j-i+1 < len(units) && part.class&isValence != 0 && part.valence*part.valence > strongest*strongest {
				strongest, mark = part.valence, part.class&isCustom
			}
		}
	}
	e := lx.entries[whole]
	if e.class&isNeutral != 0 && e.class&isValence == 0 { // 投诉电话, "sorry to disappoint": what is inside is not felt
		return
	}
	if inside&isNegator != 0 {
		if e.class&isValence != 0 {
			e.class |= isTurned
			lx.entries[whole] = e
		}
		return
	}
	e.class |= inside & isEmotion
	if e.class&isHope != 0 {
		e.class &^= isGratitude // "would appreciate" thanks nobody yet
	}
	if e.class&^(isEmotion|isPrefix|isCustom) == 0 && strongest != 0 {
		e.class |= isValence | mark
		e.valence = strongest
	}
	lx.entries[whole] = e
}

// A lexiconWord is one entry of a file, folded.
type lexiconWord struct {
	text  string
	class class
	value float64 // valence or degree
}

// appendWords lists the entries of a file with their classes and mark, in an order that does not depend on map iteration.
func (f LexiconFile) appendWords(to []lexiconWord, mark class) []lexiconWord {
	add := func(words []string, c class, value float64) {
		for _, w := range words {
			to = append(to, lexiconWord{text: nlp.Fold(w), class: c | mark, value: value})
		}
	}
	for _, graded := range []struct {
		words map[float64][]string
		c     class
	}{{f.Words, isValence}, {f.Moods, isValence | isMood}, {f.Degrees, isDegree}} {
		for _, v := range slices.Sorted(maps.Keys(graded.words)) {
			add(graded.words[v], graded.c, v)
		}
	}
	for _, l := range []struct {
		words []string
		c     class
	}{
		{f.Works, isWork}, {f.Neutral, isNeutral}, {f.Negators, isNegator}, {f.NegatorsAfter, isNegatorAfter},
		{f.Contrast, isContrast}, {f.Concessions, isConcession}, {f.Wishes, isWish}, {f.WishEnds, isWishEnd},
		{f.Hopes, isHope}, {f.Questions, isQuestion}, {f.Rhetorical, isRhetorical}, {f.Sarcasm, isSarcasm}, {f.Requests, isRequest},
	} {
		add(l.words, l.c, 0)
	}
	for _, e := range slices.Sorted(maps.Keys(f.Emotions)) {
		add(f.Emotions[e], emotionClass[e], 0)
	}
	return to
}

// learnSymbol remembers an entry that letters alone cannot spell.
func (lx *lexicon) learnSymbol(word string) {
	for _, r := range word {
		switch {
		case r == ' ' || r == '\'' || r == '-' || r == '*' || r == ',' || r == '/' || r == '#':
		case isHan(r), r < 0x80 && isAlnum(byte(r)), r >= 0xC0 && r < 0x250:
		default:
			lx.sym.add(word)
			return
		}
	}
	if !hasLetter(word) && word != "" {
		lx.sym.add(word)
	}
}

func hasLetter(s string) bool {
	for _, r := range s {
		if isHan(r) || r < 0x80 && isAlnum(byte(r)) || r >= 0xC0 && r < 0x250 {
			return true
		}
	}
	return false
}

// put adds one entry and marks its beginnings as prefixes.
func (lx *lexicon) put(sc *scanner, w lexiconWord) {
	word, c := w.text, w.class
	units := sc.scan(word)
	if len(units) == 0 {
		return
	}
	lx.longest = max(lx.longest, len(units))
	h := uint64(0)
	for i := range units {
		h = join(h, key(&units[i], word))
		e := lx.entries[h]
		if i < len(units)-1 {
			e.class |= isPrefix
			lx.entries[h] = e
			continue
		}
		switch {
		case c&isValence != 0:
			e.valence = float32(w.value)
			e.class &^= isNeutral | isMood
		case c&isDegree != 0:
			e.degree = float32(w.value)
		case c&isNeutral != 0:
			e.class &^= isValence | isMood
			e.valence = 0
		}
		e.class |= c
		lx.entries[h] = e
	}
}

// key is what the lexicon knows a unit by. To everything else all numbers are the same; here "5 stars" is not "1 star".
func key(u *unit, text string) uint64 {
	if u.kind == kindNumber && u.hash == hashNumber {
		if digits := text[u.start:min(u.end, u.start+maxWordBytes)]; !isSlang(digits) { // 666号 is not 666
			return hashString(digits)
		}
	}
	return u.hash
}
