package sentiment

// A found entry covers units [from, to).
type found struct {
	from, to int
	entry
}

// find lists the entries of the lexicon in units, the longest at each place, left to right, none overlapping. It counts
// how many units it looked at.
func (lx *lexicon) find(units []unit, text string, out []found, looked *int) []found {
	for i := 0; i < len(units); {
		modified := len(out) > 0 && out[len(out)-1].to == i && i-out[len(out)-1].from == 1 && out[len(out)-1].class&(isDegree|isNegator) != 0
		f, ok := lx.at(units, text, i, modified, looked)
		if !ok {
			i++
			continue
		}
		if n := asksWhether(units, f); n > 0 {
			f = found{from: f.from, to: f.to + n, entry: entry{class: isQuestion}}
		}
		out = append(out, f)
		i = f.to
	}
	return out
}

// asksWhether finds the Chinese question A不A after an entry and returns how many units it takes further: 好不好,
// 效果好不好, 好用不好用.
func asksWhether(units []unit, f found) int {
	if f.class&isValence == 0 || f.to >= len(units) || units[f.to].hash != hashNot {
		return 0
	}
	same := func(a, b, n int) bool {
		if b+n > len(units) {
			return false
		}
		for k := range n {
			if units[a+k].hash != units[b+k].hash {
				return false
			}
		}
		return true
	}
	if n := f.to - f.from; same(f.from, f.to+1, n) {
		return n + 1
	}
	if same(f.to-1, f.to+1, 1) {
		return 2
	}
	return 0
}

// at is the longest entry that begins at unit i. modified says that a single character right before it is an entry
// that strengthens or negates: the segmenter takes 很差 for one word.
func (lx *lexicon) at(units []unit, text string, i int, modified bool, looked *int) (found, bool) {
	best := found{}
	h := uint64(0)
	for j := i; j < len(units) && j-i < lx.longest; j++ {
		*looked++
		if j > i && units[j-1].brk == breakSentence && units[j-1].kind != kindMark {
			break
		}
		h = join(h, key(&units[j], text))
		e, ok := lx.index.find(h)
		if !ok {
			break
		}
		if e.class != isPrefix && bordersFit(units, i, j+1, e.class, modified) {
			best = found{from: i, to: j + 1, entry: e}
		}
		if e.class&isPrefix == 0 {
			break
		}
	}
	if best.to == 0 && units[i].drawn {
		return lx.squeezed(units, text, i)
	}
	return best, best.to > 0
}

// squeezed looks a drawn-out word up in its plain spellings: "sooooo" as "soo" and "so".
func (lx *lexicon) squeezed(units []unit, text string, i int) (found, bool) {
	w := text[units[i].start:units[i].end]
	for n := 2; n >= 1; n-- {
		if e, ok := lx.index.find(join(0, hashString(squeeze(w, n)))); ok && e.class != isPrefix {
			return found{from: i, to: i + 1, entry: e}, true
		}
	}
	return found{}, false
}

// bordersFit refuses a Chinese entry that the segmenter would cut out of the middle of a longer word. A single
// character must be a word by itself, unless it only modifies what follows.
func bordersFit(units []unit, from, to int, c class, modified bool) bool {
	if units[from].kind != kindHan {
		return true
	}
	endsWord := to >= len(units) || units[to].begins || units[to].kind != kindHan
	if to-from > 1 {
		return units[from].begins || endsWord
	}
	if c&(isNegator|isDegree|isContrast) != 0 && units[from].begins {
		return true
	}
	if to < len(units) && units[to].hash == hashDe {
		endsWord = true // 慢得要命
	}
	return (units[from].begins || modified) && endsWord
}
