package kb

import (
	"unicode/utf8"

	"huiyin/kb/wording"
	"huiyin/nlp"
)

// lexicon numbers the features that texts have, and remembers every word that it has met: most of a text is words that stood
// in others, and what features a word has and where it lies is then found once. It is not safe for concurrent use.
type lexicon struct {
	*catalog
	names []string // features that were not asked for yet, in the order of their numbers; see fresh
	rows  []int32  // rows of the word vectors, likewise

	ids   map[string]uint32 // number of a feature
	of    []feature         // by that number
	words map[wordKey]*word
	chars map[rune]uint32
	pairs map[[2]rune]uint32
	units map[int32]int32 // number of a row of the word vectors

	terms   map[string]uint32 // number of a term of the first stage
	indexed []int             // by that number: the field in which it was met last
	field   int               // the one at hand

	text int      // the one at hand
	list []uint32 // its features, each once
	at   []int32  // their rows of the wording model
}

// wordKey tells words apart that are written alike and are not the same to the tokenizer.
type wordKey struct {
	text, term string
	stop       bool
}

// word is what a lexicon knows of a word.
type word struct {
	feature uint32
	pieces  []uint32
	cut     bool        // the pieces are known
	parts   []int32     // see meaning.parts
	rows    [][]float32 // of the parts, see meaning.row
	meant   []meant     // see meantBy; nil: not asked for yet
}

// feature is what a lexicon knows of a feature.
type feature struct {
	term  string // by which the first stage knows it
	id    uint32 // number of the term
	kind  uint8
	row   int32  // of the wording model; −1: it has none
	text  int    // in which it was met last
	count uint16 // how often that text has it
}

func (c *catalog) newLexicon() *lexicon {
	return &lexicon{catalog: c, ids: map[string]uint32{}, words: map[wordKey]*word{}, chars: map[rune]uint32{},
		pairs: map[[2]rune]uint32{}, units: map[int32]int32{}, terms: map[string]uint32{}}
}

// fresh are the features and the rows of word vectors that were numbered since the last call.
func (l *lexicon) fresh() (names []string, rows []int32) {
	names, rows = l.names, l.rows
	l.names, l.rows = nil, nil
	return names, rows
}

// id numbers a feature.
func (l *lexicon) id(name string) uint32 {
	id, ok := l.ids[name]
	if ok {
		return id
	}
	id = uint32(len(l.of))
	l.ids[name] = id
	l.names = append(l.names, name)
	f := feature{term: name[1:], kind: kindOf(name), row: -1, text: -1}
	if m := l.models.Wording; m != nil {
		f.row = m.Row(name)
	}
	if f.id, ok = l.terms[f.term]; !ok {
		f.id = uint32(len(l.indexed))
		l.terms[f.term] = f.id
		l.indexed = append(l.indexed, -1)
	}
	l.of = append(l.of, f)
	return id
}

// unit numbers a row of the word vectors.
func (l *lexicon) unit(row int32) int32 {
	i, ok := l.units[row]
	if !ok {
		i = int32(len(l.units))
		l.units[row] = i
		l.rows = append(l.rows, row)
	}
	return i
}

func (l *lexicon) word(t *nlp.Token) *word {
	key := wordKey{t.Text, t.Term, t.Stop}
	w := l.words[key]
	if w == nil {
		w = &word{feature: l.id(string(wording.Word) + t.Term)}
		if m := l.meaning; m != nil {
			w.parts = m.parts(t.Text)
			for _, i := range w.parts {
				w.rows = append(w.rows, m.row(i))
			}
		}
		l.words[key] = w
	}
	return w
}

func (l *lexicon) pair(a, b rune) uint32 {
	id, ok := l.pairs[[2]rune{a, b}]
	if !ok {
		id = l.id(string([]rune{wording.Pair, a, b}))
		l.pairs[[2]rune{a, b}] = id
	}
	return id
}

// begin begins a text.
func (l *lexicon) begin() {
	l.text++
	l.list = l.list[:0]
}

// read takes the features of a text.
func (l *lexicon) read(tokens []nlp.Token) {
	l.begin()
	wording.Walk(tokens, l)
}

func (l *lexicon) add(id uint32) {
	f := &l.of[id]
	if f.text != l.text {
		f.text, f.count = l.text, 0
		l.list = append(l.list, id)
	}
	if f.count < 1<<16-1 {
		f.count++
	}
}

// Word, Pieces, Char and Pair implement wording.Visitor.
func (l *lexicon) Word(t *nlp.Token) { l.add(l.word(t).feature) }

func (l *lexicon) Pieces(t *nlp.Token) {
	w := l.word(t)
	if !w.cut {
		for name := range wording.PiecesOf(t.Text) {
			w.pieces = append(w.pieces, l.id(name))
		}
		w.cut = true
	}
	for _, id := range w.pieces {
		l.add(id)
	}
}

func (l *lexicon) Char(r rune) {
	id, ok := l.chars[r]
	if !ok {
		id = l.id(string([]rune{wording.Char, r}))
		l.chars[r] = id
	}
	l.add(id)
}

func (l *lexicon) Pair(a, b rune) { l.add(l.pair(a, b)) }

// body appends the features by which a body is searched, as often as it has them: words that are not stop words, and Han
// pairs.
func (l *lexicon) body(to []uint32, tokens []nlp.Token) []uint32 {
	for i := range tokens {
		if t := &tokens[i]; t.Term != "" && !t.Stop {
			to = append(to, l.word(t).feature)
		}
	}
	for a, b := range wording.PairsOf(tokens) {
		to = append(to, l.pair(a, b))
	}
	return to
}

// tally counts equal features.
func (l *lexicon) tally(ids []uint32) []counted {
	l.begin()
	for _, id := range ids {
		l.add(id)
	}
	out := make([]counted, len(l.list))
	for i, id := range l.list {
		out[i] = counted{id, l.of[id].count}
	}
	return out
}

// beginField begins a field of the first stage.
func (l *lexicon) beginField() { l.field++ }

// index appends the term of a feature, unless the field has it already.
func (l *lexicon) index(to []string, id uint32) []string {
	f := &l.of[id]
	if l.indexed[f.id] == l.field {
		return to
	}
	l.indexed[f.id] = l.field
	return append(to, f.term)
}

// indexQuestion appends the terms of the text at hand, as analyzed.indexTerms does.
func (l *lexicon) indexQuestion(to []string, tokens []nlp.Token) []string {
	for i := range tokens {
		if t := &tokens[i]; t.Term != "" && (!t.Stop || utf8.RuneCountInString(t.Term) > 1) {
			to = l.index(to, l.word(t).feature)
		}
	}
	for _, id := range l.list {
		if wording.Kinds[l.of[id].kind] == wording.Pair {
			to = l.index(to, id)
		}
	}
	return to
}

// meant appends a word with the numbers of the rows that it is made of, for meantWords.
func (l *lexicon) meant(to []meant, t *nlp.Token) []meant {
	w := l.word(t)
	if w.meant == nil {
		w.meant = l.meaning.meantBy(nil, w.feature, w.parts, l.unit)
	}
	return append(to, w.meant...)
}

// place writes where the text at hand lies.
func (l *lexicon) place(tokens []nlp.Token, v *places) {
	if m := l.models.Wording; m != nil {
		l.at = l.at[:0]
		for _, id := range l.list {
			l.at = append(l.at, l.of[id].row)
		}
		sum := make([]float32, m.Dim())
		m.Place(sum, l.at)
		quantize(sum, v.learned)
	}
	if l.meaning != nil {
		sum := make([]float32, l.meaning.dim())
		for i := range tokens {
			rows := l.word(&tokens[i]).rows
			for _, row := range rows {
				addShare(sum, row, len(rows))
			}
		}
		quantize(normalize(sum), v.meaning)
		v.sign = signOf(v.meaning)
	}
}
