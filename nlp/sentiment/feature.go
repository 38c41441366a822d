package sentiment

// Features of one text, as the model sees them: hashes of n-grams, each in a group, and what the rules found.

// Groups of n-grams. Each group is normalised by itself, so that a long text weighs no more than a short one.
const (
	groupWord  = iota // Chinese words and pairs, English words up to triples, symbols
	groupChar         // Chinese characters up to four, English letters three to five
	groupClass        // pairs and triples in which lexicon entries stand as their class: "not GOOD", 不 GOOD
	groups
)

// Seeds keep equal sequences of different kinds apart.
const (
	seedHan    uint64 = 0x1f83d9abfb41bd6b
	seedToken  uint64 = 0x5be0cd19137e2179
	seedPair   uint64 = 0x428a2f98d728ae22
	seedWord   uint64 = 0x7137449123ef65cd
	seedLetter uint64 = 0xb5c0fbcfec4d3b2f
	seedClass  uint64 = 0xe9b5dba58189dbbc
	seedVector uint64 = 0x59f111f1b605d019
	seedOrder  uint64 = 0x3956c25b59f111f1
)

// A feature is one n-gram; which unit it begins and ends with is kept for the reasons.
type feature struct {
	hash     uint64
	from, to int32
}

// features is scratch space for extraction.
type features struct {
	group [groups + 1][]feature // the last is groupVector
	token []feature             // Chinese words as unit ranges
	steps []step

	clause []uint8 // of each unit
}

// A step is one position of the class-level view of a text: a lexicon entry or a plain word.
type step struct {
	hash     uint64
	from, to int32
	found    bool
	judges   bool // carries a valence
}

const (
	maxHanGram   = 4
	maxWordGram  = 3
	maxWordBytes = 128 // of a word whose letters count; a megabyte without a space would take hundreds of megabytes
)

// extract lists the n-grams of units. text is what they were scanned from.
func (f *features) extract(units []unit, found []found, text string) {
	for g := range f.group {
		f.group[g] = f.group[g][:0]
	}
	f.clauses(units)
	f.hanGrams(units)
	f.tokenGrams(units)
	f.wordGrams(units)
	f.letterGrams(units, text)
	f.classGrams(units, found)
	f.vectors(units)
}

// vectors lists the English words that may have a vector, under hashes of their own.
func (f *features) vectors(units []unit) {
	for i := range units {
		if units[i].kind == kindWord {
			f.add(groupVector, join(seedVector, units[i].hash), i, i+1)
		}
	}
}

// maxClauses bounds how many clauses are told apart; the last holds the rest.
const maxClauses = 48

// clauses numbers the clauses.
func (f *features) clauses(units []unit) {
	f.clause = f.clause[:0]
	c := uint8(0)
	for i := range units {
		f.clause = append(f.clause, c)
		if units[i].brk != breakNone && c < maxClauses-1 && (i+1 >= len(units) || units[i+1].kind != kindMark) {
			c++
		}
	}
}

func (f *features) add(group int, hash uint64, from, to int) {
	f.group[group] = append(f.group[group], feature{hash: mix(hash), from: int32(from), to: int32(to)})
}

// hanGrams are Chinese characters, one to four, within a clause; punctuation that is a unit takes part.
func (f *features) hanGrams(units []unit) {
	for i := range units {
		if units[i].kind != kindHan {
			continue
		}
		h := seedHan
		for j := i; j < len(units) && j-i < maxHanGram; j++ {
			if units[j].kind == kindURL || units[j].kind == kindHandle || units[j].kind == kindWord {
				break
			}
			h = join(h, units[j].hash)
			f.add(groupChar, h, i, j+1)
			if units[j].brk != breakNone && units[j].kind == kindHan {
				break
			}
		}
	}
}

// tokenGrams are Chinese words and pairs of neighbours.
func (f *features) tokenGrams(units []unit) {
	f.token = f.token[:0]
	for i := 0; i < len(units); {
		if units[i].kind == kindURL || units[i].kind == kindHandle {
			i++
			continue
		}
		h := join(seedToken, units[i].hash)
		j := i + 1
		for units[i].kind == kindHan && j < len(units) && units[j].kind == kindHan && !units[j].begins {
			h = join(h, units[j].hash)
			j++
		}
		f.token = append(f.token, feature{hash: h, from: int32(i), to: int32(j)})
		i = j
	}
	for k, t := range f.token {
		han := units[t.from].kind == kindHan
		if han {
			f.add(groupWord, t.hash, int(t.from), int(t.to))
		}
		if k+1 < len(f.token) {
			n := f.token[k+1]
			if han || units[n.from].kind == kindHan {
				f.add(groupWord, join(join(seedPair, t.hash), n.hash), int(t.from), int(n.to))
			}
		}
	}
}

// wordGrams are words, symbols and marks outside Chinese, one to three.
func (f *features) wordGrams(units []unit) {
	for i := range units {
		if units[i].kind == kindHan {
			continue
		}
		h := seedWord
		for j := i; j < len(units) && j-i < maxWordGram && units[j].kind != kindHan; j++ {
			h = join(h, units[j].hash)
			f.add(groupWord, h, i, j+1)
		}
	}
}

// letterGrams are three to five letters of a word with its borders.
func (f *features) letterGrams(units []unit, text string) {
	for i := range units {
		if units[i].kind != kindWord {
			continue
		}
		w := text[units[i].start:min(units[i].end, units[i].start+maxWordBytes)]
		n := len(w) + 2
		at := func(k int) uint64 {
			if k == 0 || k == n-1 {
				return 1
			}
			return uint64(w[k-1])
		}
		for k := 0; k < n-2; k++ {
			h := seedLetter
			for l := k; l < n && l-k < 5; l++ {
				h = (h ^ at(l)) * 1099511628211
				if l-k >= 2 {
					f.add(groupChar, h, i, i+1)
				}
			}
		}
	}
}

// noSymbol is what an entry may be besides, without being another symbol to the model.
const noSymbol = isPrefix | isCustom | isTurned | isEmotion | isWork | isNeutral | isRequest

// classOf is the symbol of a lexicon entry: its functions, and the sign and size of its valence.
func classOf(e entry) uint64 {
	c := uint64(e.class &^ noSymbol)
	if e.class&isValence != 0 {
		switch v := e.valence; {
		case v >= 2.2:
			c |= 1 << 40
		case v >= 1:
			c |= 2 << 40
		case v > 0:
			c |= 3 << 40
		case v <= -2.2:
			c |= 4 << 40
		case v <= -1.3:
			c |= 5 << 40
		default:
			c |= 6 << 40
		}
	}
	return mix(c + seedClass)
}

// classGrams look at a text as a sequence of lexicon classes and other words. They let the model learn what a
// construction does to any sentiment word, and so carry over to words and domains that it was not trained on.
func (f *features) classGrams(units []unit, found []found) {
	f.steps = f.steps[:0]
	k := 0
	for i := 0; i < len(units); {
		if k < len(found) && found[k].from == i {
			e := found[k]
			k++
			if c := e.class &^ noSymbol; c != 0 {
				f.steps = append(f.steps, step{hash: classOf(e.entry), from: int32(e.from), to: int32(e.to), found: true, judges: e.class&isValence != 0})
				i = e.to
				continue
			}
		}
		h := join(seedToken, units[i].hash)
		j := i + 1
		for units[i].kind == kindHan && j < len(units) && units[j].kind == kindHan && !units[j].begins && (k >= len(found) || found[k].from != j) {
			h = join(h, units[j].hash)
			j++
		}
		if units[i].kind != kindURL && units[i].kind != kindHandle {
			f.steps = append(f.steps, step{hash: h, from: int32(i), to: int32(j)})
		}
		i = j
	}
	prev, prev2 := -1, -1
	for a := range f.steps {
		s := f.steps[a]
		if a+1 < len(f.steps) {
			t := f.steps[a+1]
			if s.judges || t.judges {
				f.add(groupClass, join(join(seedClass, s.hash), t.hash), int(s.from), int(t.to))
			}
			if a+2 < len(f.steps) {
				u := f.steps[a+2]
				if s.judges || t.judges || u.judges {
					f.add(groupClass, join(join(join(seedClass, s.hash), t.hash), u.hash), int(s.from), int(u.to))
				}
			}
		}
		if !s.found {
			continue
		}
		f.add(groupClass, join(seedOrder, s.hash), int(s.from), int(s.to))
		if prev >= 0 {
			h := join(join(seedOrder, f.steps[prev].hash), s.hash)
			f.add(groupClass, h, int(f.steps[prev].from), int(s.to))
			if prev2 >= 0 {
				f.add(groupClass, join(join(join(seedOrder, f.steps[prev2].hash), f.steps[prev].hash), s.hash), int(f.steps[prev2].from), int(s.to))
			}
		}
		prev2, prev = prev, a
	}
}
