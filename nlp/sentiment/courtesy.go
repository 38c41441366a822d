package sentiment

// thankedWords is how many units may stand beside the thanks in a clause of thanks: "thank you very much", 谢谢你们.
const thankedWords = 3

// courtesies takes the praise and the gratitude out of thanks that only close or open a request: 把发票发我邮箱，谢谢. Thanks for
// something ("thanks for the quick reply", 帮我取消了，谢谢), beside other praise or by themselves stay.
func (rd *reader) courtesies() {
	requests := rd.r.asks || rd.r.hope
	praised := false
	rd.steps += len(rd.found)
	for k, f := range rd.found {
		requests = requests || f.class&isRequest != 0
		praised = praised || rd.weights[k] > 0 && !rd.courtesy(k)
	}
	if !requests || praised {
		return
	}
	for k := range rd.found {
		if rd.weights[k] > 0 && rd.courtesy(k) {
			rd.weights[k], rd.r.polite = 0, true
			rd.found[k].class &^= isGratitude
		}
	}
}

// courtesy reports whether the entry k is thanks that fill a clause, or end a text, by themselves.
func (rd *reader) courtesy(k int) bool {
	f := rd.found[k]
	if f.class&isGratitude == 0 || rd.units[f.from].kind == kindSymbol {
		return false
	}
	end := f.to - 1
	for end-f.to < thankedWords && end < len(rd.units)-1 && rd.units[end].brk == breakNone {
		rd.steps++
		end++
	}
	ends := end == len(rd.units)-1
	if !ends && rd.units[end].brk == breakNone {
		return false
	}
	if f.from > 0 && rd.units[f.from-1].hash == hashLe { // it is done
		return false
	}
	return ends || f.from == 0 || rd.units[f.from-1].brk != breakNone
}
