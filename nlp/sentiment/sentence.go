package sentiment

// sentence applies the rules that need the whole sentence: units [from, to), found [lo, hi).
func (rd *reader) sentence(from, to, lo, hi int) {
	var seen class
	rd.steps += 3 * (hi - lo) // here, in mockPraise and for the sum
	for k := lo; k < hi; k++ {
		seen |= rd.found[k].class
	}
	asks, calm := rd.asking(from, to, lo, hi, seen)
	rd.contrasts(lo, hi)
	rd.r.sentences++
	switch {
	case seen&isSarcasm != 0 || rd.mockPraise(lo, hi, seen):
		rd.r.sarcasm = true
		rd.turn(lo, hi, isSarcasm, sarcasmGood, emptySarcasm, ruleSarcasm)
	case seen&isRhetorical != 0:
		rd.turn(lo, hi, isRhetorical, questionGood, emptyReproach, ruleQuestion)
	case asks:
		rd.r.asks = true
		rd.scale(lo, hi, questionGood, questionBad, ruleQuestion)
		fallthrough
	default:
		if calm {
			rd.r.asked++
		}
	}
	rd.wishes(lo, hi, seen)
	sum := 0.0
	any := false
	for k := lo; k < hi; k++ {
		if rd.weights[k] != 0 {
			sum += rd.weights[k]
			any = true
		}
	}
	if any {
		rd.r.last = sum
	}
}

// turn scales the good words of [lo, hi). Where no word judges, the entry of class c that made the turn does.
func (rd *reader) turn(lo, hi int, c class, good, empty float64, rule string) {
	said := false
	rd.steps += 2 * (hi - lo)
	for k := lo; k < hi; k++ {
		said = said || rd.weights[k] != 0
	}
	rd.scale(lo, hi, good, 1, rule)
	for k := lo; k < hi && !said; k++ {
		if rd.found[k].class&c != 0 {
			rd.weights[k], rd.rules[k] = empty, rule
			return
		}
	}
}

// mockPraise reports whether a sentence opens with a word of praise by itself and then complains: "great, another
// delay".
func (rd *reader) mockPraise(lo, hi int, seen class) bool {
	if seen&(isContrast|isConcession) != 0 || lo >= hi || rd.weights[lo] <= 0 {
		return false
	}
	f := rd.found[lo]
	opens := f.from == 0 || rd.units[f.from-1].brk != breakNone || f.from == 1 && isInterjection(rd.units[0].hash)
	if rd.units[f.from].kind != kindWord || !opens {
		return false
	}
	if rd.units[f.to-1].brk != breakClause && f.to-f.from < 2 { // "nice job losing my bag" needs no comma
		return false
	}
	bad := false
	for k := lo + 1; k < hi; k++ {
		if rd.weights[k] > 0 {
			return false
		}
		bad = bad || rd.weights[k] < 0
	}
	return bad
}

// contrasts weakens what stands before "but" and what is conceded, and strengthens what follows.
func (rd *reader) contrasts(lo, hi int) {
	rd.steps += 2 * (hi - lo)
	at, end, factor := -1, -1, 1.0 // end: of the clause with a concession; factor: of what has been conceded in it
	for k := lo; k < hi; k++ {
		f := rd.found[k]
		if f.from > end {
			factor = 1
		}
		if factor != 1 {
			rd.apply(k, factor, ruleContrast)
		}
		if f.class&isValence != 0 {
			continue
		}
		if f.class&isContrast != 0 {
			at = k
		}
		if f.class&isConcession != 0 {
			if f.to-1 > end {
				end = rd.clauseEnd(f.to - 1)
			}
			factor *= beforeContrast
		}
	}
	if at < 0 {
		return
	}
	rd.r.contrast = true
	for k := lo; k < hi; k++ {
		if k < at {
			rd.apply(k, beforeContrast, ruleContrast)
		} else if k > at {
			rd.apply(k, afterContrast, ruleContrast)
		}
	}
}

func (rd *reader) clauseEnd(i int) int {
	for i < len(rd.units)-1 && rd.units[i].brk == breakNone {
		rd.steps++
		i++
	}
	return i
}

// wishes turns the good words of an unmet wish around and weakens those of a hope.
func (rd *reader) wishes(lo, hi int, seen class) {
	switch {
	case seen&(isWish|isWishEnd) != 0:
		rd.r.wish = true
		rd.turn(lo, hi, isWish|isWishEnd, wishGood, emptyWish, ruleWish)
	case seen&isHope != 0:
		rd.r.hope = true
		rd.steps += hi - lo
		for k := lo; k < hi; k++ {
			if rd.found[k].class&isHope != 0 {
				rd.scale(k+1, hi, hopeGood, 1, ruleWish)
				return
			}
		}
	}
}

// scale multiplies the good and the bad weights of [lo, hi).
func (rd *reader) scale(lo, hi int, good, bad float64, rule string) {
	rd.steps += hi - lo
	for k := lo; k < hi; k++ {
		if rd.units[rd.found[k].from].kind == kindSymbol {
			continue
		}
		if rd.weights[k] > 0 {
			rd.apply(k, good, rule)
		} else if bad != 1 {
			rd.apply(k, bad, rule)
		}
	}
}

func (rd *reader) apply(k int, factor float64, rule string) {
	if rd.weights[k] != 0 {
		rd.weights[k] *= factor
		rd.rules[k] = rule
	}
}

// isInterjection reports whether a unit is a cry that may come before mock praise: "oh wonderful, another delay".
func isInterjection(hash uint64) bool {
	switch hash {
	case hashOh, hashWow, hashWell, hashAh:
		return true
	}
	return false
}
