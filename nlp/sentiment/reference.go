package sentiment

import (
	"strings"
	"unicode/utf8"
)

// What only refers to something has no opinion: an order number, a telephone number, an address, a time, an amount by itself. People
// add them to whatever they write, and who names one mostly complains, so that a model takes the number for a complaint. They are
// taken out before anything is looked at.

const (
	manyDigits   = 6 // from which a number is an identifier, not a quantity
	codeDigits   = 5 // the same for letters and digits in one word: sf12345
	namedDigits  = 3 // the same where a word says that it is one: "order #123"
	laughDigits  = 8 // up to which digits of at most two kinds are a laugh, not an identifier: 2333333
	mostRefUnits = 8 // of one identifier; telephone numbers are written in groups
	mostMarks    = 1 // of a clause that only refers; 199元？？？ says more
)

// references is what the lexicon knows of words that name what a number is.
type references struct {
	labels  map[uint64]bool // 订单号, "order number"
	longest int             // of them, in units
}

func (rf *references) add(sc *scanner, label string) {
	units := sc.scan(label)
	if len(units) == 0 {
		return
	}
	if rf.labels == nil {
		rf.labels = make(map[uint64]bool)
	}
	h := uint64(0)
	for _, u := range units {
		h = join(h, u.hash)
	}
	rf.labels[h] = true
	rf.longest = max(rf.longest, len(units))
}

// drop takes references out of units, in place: identifiers, links, e-mail addresses and times wherever they stand, and whole clauses
// that say no more than what something's number, time or amount is. The borders that they had go to the unit before.
func (rf *references) drop(units []unit, text string) []unit {
	out := units[:0]
	for i := 0; i < len(units); {
		to := i + 1
		for to < len(units) && !borders(units, to, text) {
			to++
		}
		if rf.onlyRefers(units[i:to], text) {
			out = rf.dropLabel(out, text)
			raise(out, units[to-1].brk)
			i = to
			continue
		}
		for i < to {
			if n := referenceAt(units[i:to], text); n > 0 {
				raise(out, units[i+n-1].brk)
				i += n
				continue
			}
			out = append(out, units[i])
			i++
		}
	}
	return out
}

// raise gives the last unit the border of what was taken out after it.
func raise(units []unit, brk breakKind) {
	if n := len(units); n > 0 {
		units[n-1].brk = max(units[n-1].brk, brk)
	}
}

// borders reports whether a clause begins at unit i. A space beside a Chinese character is as good as a comma.
func borders(units []unit, i int, text string) bool {
	last, next := &units[i-1], &units[i]
	if last.brk != breakNone {
		return next.kind != kindMark && !(last.brk == breakClause && glued(last, next, text)) // (415) 555-0123
	}
	return (last.kind == kindHan || next.kind == kindHan) && strings.IndexByte(text[last.end:next.start], ' ') >= 0
}

// dropLabel takes a last clause away that only announces what follows: 订单号：
func (rf *references) dropLabel(units []unit, text string) []unit {
	from := len(units)
	for from > 0 && len(units)-from < 2*mostRefUnits && (from == len(units) || !borders(units, from, text)) {
		from--
	}
	named := false
	for i := from; i < len(units); {
		n := rf.label(units[i:])
		named = named || n > 0
		if n == 0 && !fillers[units[i].hash] {
			return units
		}
		i += max(n, 1)
	}
	if !named {
		return units
	}
	return units[:from]
}

// label is how many units at the beginning name what a number is.
func (rf *references) label(units []unit) int {
	n, h := 0, uint64(0)
	for i := range min(rf.longest, len(units)) {
		h = join(h, units[i].hash)
		if rf.labels[h] {
			n = i + 1
		}
	}
	return n
}

// onlyRefers reports whether a clause says no more than what something's number, time or amount is.
func (rf *references) onlyRefers(clause []unit, text string) bool {
	named, firm, marks := false, false, 0
	for i := 0; i < len(clause); {
		u := &clause[i]
		if n := rf.label(clause[i:]); n > 0 {
			named = true
			i += n
			continue
		}
		if n := referenceAt(clause[i:], text); n > 0 {
			firm = true
			i += n
			continue
		}
		switch {
		case u.kind == kindMark:
			marks++
		case u.kind == kindNumber && u.hash == hashNumber:
			firm = firm || isAmount(clause[i:], text) || isDate(clause[i:]) || named && digits(text[u.start:u.end]) >= namedDigits
		case currencies[u.hash], dateWords[u.hash], fillers[u.hash]:
		default:
			return false
		}
		i++
	}
	return firm && marks <= mostMarks
}

// referenceAt is how many units at the beginning are one identifier, link, address or time.
func referenceAt(units []unit, text string) int {
	u := &units[0]
	switch u.kind {
	case kindReference:
		return 1
	case kindNumber:
		if isClock(text[u.start:u.end]) {
			if len(units) > 1 && halfDays[units[1].hash] {
				return 2
			}
			return 1
		}
	case kindWord:
	default:
		return 0
	}
	return identifierAt(units, text)
}

// identifierAt is how many units at the beginning are one identifier: hy-20261103-0001, 138 0013 8000.
func identifierAt(units []unit, text string) int {
	n, found, code := 1, 0, false
	for i := range min(mostRefUnits, len(units)) {
		u := &units[i]
		if i > 0 && !glued(&units[i-1], u, text) {
			break
		}
		word := text[u.start:min(u.end, u.start+maxWordBytes)]
		d := digits(word)
		found += d
		if d > 0 {
			n = i + 1
			code = code || d >= codeDigits && d < len(word) && strings.ContainsFunc(word, func(r rune) bool { return 'a' <= r && r <= 'z' })
		}
	}
	switch {
	case code:
		return n
	case found < manyDigits, n == 1 && isQuantity(units, text):
		return 0
	}
	return n
}

// glued reports whether two units are parts of one identifier.
func glued(a, b *unit, text string) bool {
	gap := text[a.end:b.start]
	if len(gap) > 2 || b.kind != kindNumber && b.kind != kindWord {
		return false
	}
	if a.kind == kindNumber && b.kind == kindNumber {
		return strings.Trim(gap, " -()./+_") == ""
	}
	return gap == "-" || gap == "_" || gap == "/"
}

// isQuantity reports whether a single number counts or measures something, or is a laugh.
func isQuantity(units []unit, text string) bool {
	number := text[units[0].start:units[0].end]
	if units[0].hash != hashNumber || strings.IndexByte(number, ',') >= 0 || isAmount(units, text) {
		return true
	}
	if len(units) > 1 && units[1].kind == kindHan && units[1].start == units[0].end && counters[units[1].hash] {
		return true
	}
	return len(number) <= laughDigits && strings.Trim(number, number[:1]+number[len(number)-1:]) == ""
}

// isAmount reports whether a number has a currency before or after it.
func isAmount(units []unit, text string) bool {
	if len(units) > 1 && currencies[units[1].hash] {
		return true
	}
	before := strings.TrimRight(text[:units[0].start], " ")
	for _, sign := range [...]string{"$", "¥", "€", "£"} {
		if strings.HasSuffix(before, sign) {
			return true
		}
	}
	return false
}

// isDate reports whether a number is the year or the month of a Chinese date.
func isDate(units []unit) bool {
	if len(units) < 2 {
		return false
	}
	n := units[0].end - units[0].start
	return n == 4 && units[1].hash == hashYear || n <= 2 && units[1].hash == hashMonth
}

// isClock reports whether a number is a time of day: 14:30, 8:05:59, 2:30pm.
func isClock(s string) bool {
	s = strings.TrimSuffix(strings.TrimSuffix(s, "am"), "pm")
	hour, rest, ok := strings.Cut(s, ":")
	if !ok || len(hour) == 0 || len(hour) > 2 || digits(hour) < len(hour) {
		return false
	}
	minute, second, _ := strings.Cut(rest, ":")
	return len(minute) == 2 && digits(minute) == 2 && (second == "" || len(second) == 2 && digits(second) == 2)
}

func digits(s string) int {
	n := 0
	for i := range len(s) {
		if '0' <= s[i] && s[i] <= '9' {
			n++
		}
	}
	return n
}

// mailEnd is the end of an e-mail address at text[i:], or 0.
func mailEnd(text string, i int) int {
	const longestName = 64 // RFC 5321 allows no longer one before the @
	at := i
	for at < len(text) && at-i <= longestName && (isAlnum(text[at]) || strings.IndexByte("._%+-", text[at]) >= 0) {
		at++
	}
	if at == i || at >= len(text) || text[at] != '@' {
		return 0
	}
	end, dots := at+1, 0
	for end < len(text) && (isAlnum(text[end]) || (text[end] == '.' || text[end] == '-') && end+1 < len(text) && isAlnum(text[end+1])) {
		if text[end] == '.' {
			dots++
		}
		end++
	}
	if dots == 0 {
		return 0
	}
	return end
}

// isShortLink reports whether a link is one that Twitter or Weibo put into a post.
func isShortLink(link string) bool {
	_, rest, ok := strings.Cut(link, "://")
	host, _, _ := strings.Cut(rest, "/")
	return ok && (host == "t.cn" || host == "t.co" || len(host) < len("t.co")) // a post may end in the middle of one
}

// hasTag reports whether a folded text has a #tag. The # of a number is none, that of #2014春晚 is.
func hasTag(text string) bool {
	for {
		_, after, ok := strings.Cut(text, "#")
		if !ok {
			return false
		}
		n := 0
		for n < len(after) && '0' <= after[n] && after[n] <= '9' {
			n++
		}
		if n < codeDigits && n < len(after) && (after[n] >= utf8.RuneSelf || isLetter(after[n])) {
			return true
		}
		text = after[n:]
	}
}

// Words beside numbers.
var (
	currencies = hashes("元", "块", "圆", "rmb", "cny", "yuan", "usd", "dollar", "dollars", "eur", "euro", "euros", "gbp", "pound", "pounds", "hkd")
	counters   = hashes("万", "亿", "个", "人", "次", "天", "件", "台", "张", "多", "年", "字")
	dateWords  = hashes("年", "月", "日", "号", "点", "时")
	halfDays   = hashes("am", "pm")
	fillers    = hashes("是", "为", "的", "我", "您", "你", "is", "my", "the", "your", "was", "at", "on", "no", "am", "pm")
)

func hashes(words ...string) map[uint64]bool {
	out := make(map[uint64]bool, len(words))
	for _, w := range words {
		out[hashString(w)] = true
	}
	return out
}
