package sentiment

// asking reports whether the sentence of units [from, to) and found [lo, hi) is a question, and whether it does nothing but ask, for an
// answer or for something to be done, and asks calmly: without an exclamation mark or "??", with a word that asks at its border.
func (rd *reader) asking(from, to, lo, hi int, seen class) (asks, calm bool) {
	question, exclaim, marks := hashString("?"), false, 0
	for i := to - 1; i >= from && rd.units[i].kind == kindMark; i-- {
		if rd.units[i].hash == question {
			asks = true
			marks++
		} else {
			exclaim = true
		}
	}
	if exclaim {
		return asks, false
	}
	clause := seen&isQuestion != 0 && rd.clauseAsks(lo, hi)
	if seen&isQuestion != 0 {
		asks = asks || clause || rd.questionOpens(lo, hi, from, to)
	}
	asks = asks || rd.endsInNot(from, to-marks)
	calm = marks < 2 && (clause || rd.askedAt(from, to-marks, lo, hi, asks, marks > 0))
	return asks, calm
}

// askedAt reports whether a word of request begins the sentence [from, to), or a word that asks begins or ends the question; with a mark
// it may stand anywhere.
func (rd *reader) askedAt(from, to, lo, hi int, asks, mark bool) bool {
	rd.steps += hi - lo
	for k := lo; k < hi; k++ {
		f := rd.found[k]
		if f.class&isRequest != 0 && f.from == from || asks && f.class&isQuestion != 0 && (mark || f.from == from || f.to == to) {
			return true
		}
	}
	return asks && rd.endsInNot(from, to)
}

// clauseAsks reports whether a clause of found [lo, hi) ends with 吗 and no word outside it judges: 可以先不发吗，我下周才在家.
func (rd *reader) clauseAsks(lo, hi int) bool {
	rd.steps += 2 * (hi - lo)
	first, asked := lo, false // first: of the clause
	for k := lo; k < hi; k++ {
		f := rd.found[k]
		if k > lo && rd.broken(rd.found[k-1].to-1, f.from) {
			first = k
		}
		if f.class&isQuestion == 0 || f.to-f.from > 1 || rd.units[f.from].brk == breakNone || asked {
			continue
		}
		switch rd.units[f.from].hash {
		case hashMa, hashMe:
			asked = true
			for other := lo; other < hi; other++ {
				if (other < first || other > k) && rd.weights[other] != 0 {
					return false
				}
			}
		}
	}
	return asked
}

// endsInNot reports whether the sentence [from, to) is a Chinese question by its last character: 能开专票不. Not so 为什么不
// and 要不.
func (rd *reader) endsInNot(from, to int) bool {
	if to-from < 4 || rd.units[to-1].hash != hashNot {
		return false
	}
	switch rd.units[to-2].hash {
	case hashMe, hashJiu, hashYao, hashYe:
		return false
	}
	return rd.units[to-2].kind == kindHan
}

// questionOpens reports whether a sentence without a question mark asks all the same: a question word begins it or,
// in Chinese, stands anywhere in its last clause.
func (rd *reader) questionOpens(lo, hi, from, to int) bool {
	last := to - 1 // begins the last clause
	for last > from && rd.units[last-1].brk == breakNone {
		rd.steps++
		last--
	}
	for k := lo; k < hi; k++ {
		rd.steps++
		f := rd.found[k]
		if f.class&isQuestion == 0 {
			continue
		}
		if rd.units[f.from].kind != kindHan {
			if f.from == from {
				return true
			}
			continue
		}
		if f.to > last {
			return true
		}
	}
	return false
}
