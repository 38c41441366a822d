package nlp

import (
	"slices"
	"strings"
	"time"
)

// group is a run of digits; sep is the single separator character before it, 0 for the first.
type group struct {
	start, end int
	sep        byte
}

const (
	maxGroups = 11 // a phone number spelled digit by digit
	maxDigits = 24
)

// number is a sequence of digit groups that may be one number.
type number struct {
	s      string
	groups []group
	digits string
	plus   bool
	start  int // includes a plus sign or opening bracket
	end    int
	near   theme // what the words before (or else after) say
}

// numbers reads the digit groups that begin at i, finds what they may be, longest first, and returns where to go on;
// 0 if no digit begins here.
func (d *detector) numbers(i int) int {
	s := d.s
	groups, _ := digitGroups(s, i)
	if len(groups) == 0 {
		return 0
	}
	found := len(d.hits)
	for a := 0; a < len(groups); {
		taken := 0
		for b := min(len(groups), a+maxGroups); b > a && taken == 0; b-- {
			if !plausible(groups[a:b]) {
				continue
			}
			n, ok := newNumber(s, groups[a:b])
			if !ok {
				continue
			}
			if kind := n.classify(); kind != "" {
				if kind == PIIPhone {
					n.end = extensionEnd(s, n.end)
				}
				d.add(n.start, n.end, kind)
				taken = b - a
			}
		}
		a += max(taken, 1)
	}
	if !isDigit(s[i]) && len(d.hits) == found {
		return i + 1
	}
	return groups[len(groups)-1].end
}

// plausible reports whether groups may be one number at all: seven to 24 digits, at most one group of a single digit
// (unless the whole is spelled digit by digit).
func plausible(groups []group) bool {
	digits, singles := 0, 0
	for _, g := range groups {
		digits += g.end - g.start
		if g.end-g.start == 1 {
			singles++
		}
	}
	return 7 <= digits && digits <= maxDigits && (singles <= 1 || singles == len(groups) && digits == 11)
}

// digitGroups collects runs of digits from i on that are joined by at most two separator characters.
func digitGroups(s string, i int) (groups []group, end int) {
	j, sep := i, byte(0)
	for j < len(s) && (s[j] == '+' || s[j] == '(') {
		j++
	}
	for j < len(s) && isDigit(s[j]) {
		k := j
		for k < len(s) && isDigit(s[k]) {
			k++
		}
		if len(groups) > 0 && k < len(s) && (s[k] == '@' || s[k] == '_' || isLetter(s[k]) && s[k] != 'x') { // another word begins
			break
		}
		groups = append(groups, group{j, k, sep})
		if len(groups) > 64 { // a list of numbers: go on from here
			return groups, k
		}
		j, sep = k, 0
		for n := 0; n < 3 && j < len(s) && strings.IndexByte(" -.()/", s[j]) >= 0; n++ {
			if s[j] != ' ' || sep == 0 {
				sep = s[j]
			}
			j++
		}
	}
	if len(groups) > 0 {
		end = groups[len(groups)-1].end
	}
	return groups, end
}

// newNumber is the number that the groups form, if it stands by itself.
func newNumber(s string, groups []group) (number, bool) {
	first, last := groups[0], groups[len(groups)-1]
	n := number{s: s, groups: groups, start: first.start, end: last.end}
	var b [maxDigits + 1]byte
	k := 0
	for _, g := range groups {
		if k+g.end-g.start > maxDigits {
			return n, false
		}
		k += copy(b[k:], s[g.start:g.end])
	}
	n.digits = string(b[:k])
	if k == 17 && n.end < len(s) && s[n.end] == 'x' { // the check character of an ID card
		n.digits += "x"
		n.end++
	}
	for n.start > 0 && first.start-n.start < 2 && (s[n.start-1] == '(' || s[n.start-1] == '+') { // (0, +8, (+8, +(8
		n.start--
		n.plus = n.plus || s[n.start] == '+'
	}
	if s[n.start] == '(' && !strings.Contains(s[n.start:n.end], ")") { // a bracket around the number, not in it
		n.start++
	}
	if !n.plus && strings.HasPrefix(n.digits, "00") && len(n.digits) >= 12 && !strings.HasPrefix(n.digits, "000") {
		n.plus, n.digits = true, n.digits[2:]
	}
	if !n.stands() || len(groups) == maxGroups && !mobilePrefix(n.digits) {
		return n, false
	}
	n.near = nearTheme(s, n.start)
	if n.near == themeNone {
		n.near = afterTheme(s, n.end)
	}
	return n, true
}

// stands reports whether the number is cut off on both sides: no letter, digit, decimal point, currency or unit.
func (n number) stands() bool {
	s := n.s
	if n.start > 0 {
		p := s[n.start-1]
		if isAlnum(p) || strings.IndexByte("$%_@&", p) >= 0 || strings.HasSuffix(s[:n.start], "¥") ||
			strings.HasSuffix(s[:n.start], "€") || strings.HasSuffix(s[:n.start], "£") {
			return false
		}
		if (p == '-' || p == '.' || p == '/' && !n.listed()) && n.start > 1 && isAlnum(s[n.start-2]) {
			return false
		}
	}
	rest := s[n.end:]
	if rest == "" {
		return true
	}
	if isAlnum(rest[0]) || rest[0] == '%' || rest[0] == '_' || rest[0] == '@' {
		return false
	}
	if len(rest) > 1 && (rest[0] == '-' || rest[0] == '.' || rest[0] == '/' && !n.listed()) && isAlnum(rest[1]) {
		return false
	}
	for _, unit := range []string{"元", "块", "万", "个", "件", "次", "人", "斤", "克", "毫", "米", "分钟", "秒", "天", "条", "美元", "积分"} {
		if strings.HasPrefix(rest, unit) {
			return false
		}
	}
	return true
}

// listed reports whether n may be one of several that are written with slashes between them: 13812345678/13912345678.
func (n number) listed() bool { return n.whole() && len(n.digits) >= 11 }

// shape are the lengths of the groups.
func (n number) shape() []int {
	out := make([]int, len(n.groups))
	for i, g := range n.groups {
		out[i] = g.end - g.start
	}
	return out
}

// shaped reports whether the groups have the given lengths.
func (n number) shaped(lengths ...int) bool { return slices.Equal(n.shape(), lengths) }

// whole reports whether the number is written without separators.
func (n number) whole() bool { return len(n.groups) == 1 }

// separators reports whether every separator is one of set.
func (n number) separators(set string) bool {
	for _, g := range n.groups[1:] {
		if strings.IndexByte(set, g.sep) < 0 {
			return false
		}
	}
	return true
}

// classify is the kind of personal number that n is, or "".
func (n number) classify() string {
	switch {
	case n.near == themeMoney || n.near == themeVersion:
		return ""
	case n.isSSN():
		return PIISSN
	case n.isPhone():
		return PIIPhone
	case n.isIDCard():
		return PIIIDCard
	case n.isBankCard():
		return PIIBankCard
	case n.near == themePassport && n.whole() && (len(n.digits) == 9 || len(n.digits) == 8):
		return PIIPassport
	}
	return ""
}

func (n number) isSSN() bool {
	if len(n.digits) != 9 || n.plus || n.near.impersonal() {
		return false
	}
	written := n.shaped(3, 2, 4) && (n.separators("-") || n.separators(" ") && n.near == themeSSN)
	if !written && !(n.whole() && n.near == themeSSN) {
		return false
	}
	area, grp, serial := n.digits[:3], n.digits[3:5], n.digits[5:]
	if area[0] == '9' { // ITIN
		return grp >= "50"
	}
	return area != "000" && area != "666" && grp != "00" && serial != "0000"
}

// isIDCard: the Resident Identity Card of mainland China, GB 11643: region, birthday, sequence, check character. One
// that is announced as such counts even with a typing error in it.
func (n number) isIDCard() bool {
	if n.plus || n.near.impersonal() || !n.separators(" -") || n.shape()[0] < 2 {
		return false
	}
	d := n.digits
	switch len(d) {
	case 18:
		return validRegion(d[:2]) && validBirthday(d[6:14]) && (idChecksum(d) || n.near == themeID) || n.near == themeID && n.whole()
	case 15:
		return n.whole() && validRegion(d[:2]) && validBirthday("19"+d[6:12]) && (n.near == themeID || !luhn(d))
	}
	return false
}

// validRegion reports whether a GB/T 2260 code names a province-level division.
func validRegion(code string) bool {
	switch code {
	case "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43",
		"44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83":
		return true
	}
	return false
}

// validBirthday reports whether yyyymmdd is a day on which a living person may have been born.
func validBirthday(yyyymmdd string) bool {
	t, err := time.Parse("20060102", yyyymmdd)
	return err == nil && t.Year() >= 1900 && t.Year() < 2100
}

// idChecksum is ISO 7064 MOD 11-2 over the 18 characters.
func idChecksum(d string) bool {
	sum := 0
	for i := range 17 {
		if !isDigit(d[i]) {
			return false
		}
		sum = (sum + int(d[i]-'0')) * 2 % 11
	}
	return "10x98765432"[sum%11] == d[17]
}

// luhn is the check of ISO/IEC 7812-1.
func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		c := d[len(d)-1-i]
		if !isDigit(c) {
			return false
		}
		v := int(c - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// isBankCard: an issuer's prefix with its length, and the Luhn check. One that is announced as a card number counts
// without them.
func (n number) isBankCard() bool {
	if n.plus || n.near.impersonal() || !n.separators(" -") || len(n.digits) < 13 || len(n.digits) > 19 {
		return false
	}
	if shape := n.shape(); len(shape) > 1 && (shape[0] < 4 || slices.Max(shape) > 15) {
		return false
	}
	if n.near == themeBank && len(n.digits) >= 15 {
		return true
	}
	return luhn(n.digits) && cardPrefix(n.digits, n.near == themeBank)
}

// cardPrefix reports whether an issuer numbers cards so. Forms that are hardly in use any more, and that many order
// numbers share, need to be announced.
func cardPrefix(d string, announced bool) bool {
	size, two, three, four := len(d), d[:2], d[:3], d[:4]
	switch {
	case two == "62": // UnionPay
		return size >= 16
	case d[0] == '4': // Visa
		return size == 16 || announced && (size == 13 || size == 19)
	case "51" <= two && two <= "55", "2221" <= four && four <= "2720": // Mastercard
		return size == 16
	case two == "34", two == "37": // American Express
		return size == 15
	case "3528" <= four && four <= "3589": // JCB
		return size == 16
	case four == "6011", two == "65", "644" <= three && three <= "649": // Discover
		return size == 16
	case two == "36", two == "38", "300" <= three && three <= "305": // Diners Club
		return size == 14
	case four == "9558", four == "6013", four == "6222", four == "6858", four == "6228": // older Chinese debit cards
		return size == 16 || size == 19
	}
	return false
}
