package nlp

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// isPhone reports whether n is somebody's telephone number: of mainland China, Hong Kong, Macau, Taiwan, North America
// or Europe in a form in which people write it; any international form (+…); or, right after a word such as "电话"
// or "call me at", any number of a fitting length. Hotlines are nobody's.
func (n number) isPhone() bool {
	d := n.digits
	size := len(d)
	if n.extended() {
		return !n.near.impersonal()
	}
	if size < 7 || size > 15 || n.near.impersonal() || n.near == themeID || n.near == themeBank && !n.plus ||
		!n.phoneSeparators() || d[size-1] == 'x' {
		return false
	}
	switch {
	case n.plus:
		return size >= 8 && d[0] != '0' && (d[:2] != "86" || n.mainland(d[2:]))
	case n.hotline():
		return false
	case n.mainlandMobile(d), n.mainlandLandline(), n.taiwan(), n.northAmerican(), n.trunk():
		return true
	case size == 13 && d[:2] == "86" && mobilePrefix(d[2:]):
		return n.whole() || n.shape()[0] == 2
	}
	return n.near == themePhone && size <= 12 && n.announced()
}

// extended: a landline of mainland China with the extension as a third group: 0755-26712345-603.
func (n number) extended() bool {
	shape := n.shape()
	return len(shape) == 3 && n.digits[0] == '0' && n.digits[1] != '0' && n.separators("-") &&
		(shape[0] == 3 || shape[0] == 4) && (shape[1] == 7 || shape[1] == 8) && 2 <= shape[2] && shape[2] <= 5
}

// extension is what may follow a phone number within a company.
var extension = regexp.MustCompile(`^ ?,? ?(?:转接?|分机号?|ext\.?|extension|x|#) ?\d{1,6}\b`)

// extensionEnd is the end of a phone number that ends at byte i with its extension.
func extensionEnd(s string, i int) int {
	return i + len(extension.FindString(s[i:min(len(s), i+24)]))
}

// phoneSeparators: a dot only between three groups and more (1.7037 is a decimal), an opening bracket in the middle only
// after a country code.
func (n number) phoneSeparators() bool {
	if !n.separators(" -.()/") {
		return false
	}
	for _, g := range n.groups[1:] {
		if g.sep == '.' && len(n.groups) < 3 || g.sep == '(' && !n.plus && n.digits[0] != '1' {
			return false
		}
	}
	return true
}

// hotline reports numbers that companies publish: 400/800 in China, toll-free numbers in North America.
func (n number) hotline() bool {
	d := n.digits
	if len(d) == 11 && n.shape()[0] == 1 {
		d = d[1:]
	}
	if len(d) != 10 {
		return false
	}
	switch d[:3] {
	case "400", "800", "888", "877", "866", "855", "844", "833", "822":
		return true
	}
	return false
}

// mobilePrefix: 11 digits that begin like a mobile number of mainland China (13x … 19x; 154 and 10x–12x are not given
// out).
func mobilePrefix(d string) bool {
	return len(d) == 11 && d[0] == '1' && '3' <= d[1] && d[1] <= '9' && d[:3] != "154"
}

func (n number) mainlandMobile(d string) bool {
	if !mobilePrefix(d) {
		return false
	}
	shape := n.shape()
	for _, ok := range [][]int{{11}, {3, 4, 4}, {3, 8}, {7, 4}, {4, 4, 3}, {3, 3, 5}, {4, 3, 4}, {3, 2, 2, 2, 2}, {3, 5, 3}} {
		if slices.Equal(shape, ok) {
			return true
		}
	}
	return len(shape) == 11 || n.near == themePhone
}

// mainland is a number of mainland China after its country code.
func (n number) mainland(d string) bool {
	return mobilePrefix(d) || len(d) >= 9 && len(d) <= 12 && d[0] != '1' || len(d) == 10 && d[:2] == "10" ||
		len(d) == 11 && d[:2] == "10"
}

// mainlandLandline: area code (010, 02x, 03xx … 09xx) and seven or eight digits, apart.
func (n number) mainlandLandline() bool {
	d := n.digits
	if d[0] != '0' || d[1] == '0' || len(d) < 10 || len(d) > 12 {
		return false
	}
	shape := n.shape()
	area := 4
	if d[1] == '1' || d[1] == '2' {
		area = 3
	}
	if shape[0] != area || len(shape) == 1 {
		return n.whole() && n.near == themePhone
	}
	return len(shape) <= 3
}

// taiwan: mobiles 09xx-xxx-xxx; landlines 0x-xxxx-xxxx.
func (n number) taiwan() bool {
	d := n.digits
	if d[0] != '0' {
		return false
	}
	if d[1] == '9' {
		return len(d) == 10 && (n.whole() || n.shaped(4, 3, 3) || n.shaped(4, 6) || n.shaped(2, 8))
	}
	return '2' <= d[1] && d[1] <= '8' && (n.shaped(2, 4, 4) || n.shaped(2, 3, 4) || n.shaped(2, 8) || n.shaped(2, 7))
}

// northAmerican: area code and exchange begin with 2 … 9; written apart, or announced.
func (n number) northAmerican() bool {
	d := n.digits
	if len(d) == 11 && d[0] == '1' && (n.shaped(1, 3, 3, 4) || n.shaped(1, 10)) {
		d = d[1:]
	} else if len(d) != 10 || !n.shaped(3, 3, 4) && !n.shaped(3, 7) && !(n.whole() && n.near == themePhone) {
		return false
	}
	return d[0] >= '2' && d[3] >= '2'
}

// trunk: a European or other number written with its trunk prefix 0 and in groups: 06 12 34 56 78, 07700 900123,
// 0151 2345678, 020 7946 0958.
func (n number) trunk() bool {
	d, shape := n.digits, n.shape()
	if d[0] != '0' || d[1] == '0' || len(d) < 9 || len(d) > 12 || len(shape) < 2 || len(shape) > 5 {
		return false
	}
	if shape[0] < 2 || shape[0] > 5 || slices.Min(shape) < 2 || !n.separators(" -()/") && !n.shaped(2, 2, 2, 2, 2) {
		return false
	}
	if shape[0] == 2 && !n.shaped(2, 2, 2, 2, 2) { // 03 1234 5678; but no date, and no piece of a longer number
		return n.shaped(2, 4, 4) && strings.IndexByte("2378", d[1]) >= 0
	}
	return true
}

// announced: groups that look like one number and not like a list or a date.
func (n number) announced() bool {
	shape := n.shape()
	if len(shape) > 5 || slices.Max(shape) < 3 || !n.separators(" -.()") {
		return false
	}
	return !n.shaped(4, 2, 2) && !(n.whole() && len(n.digits) == 8 && validBirthday(n.digits) && n.digits[0] != '9')
}

// spoken is a digit as people say or write it.
type spoken struct {
	start, end int
	digit      byte // '0' … '9'
}

// chinese reports whether it is no figure.
func (p spoken) chinese() bool { return p.end-p.start > 1 }

// spelled finds mobile numbers of mainland China in Chinese digits, with or without figures between, in one piece or in groups:
// 一三八零零一三八零零零, 一三八 零零一三 八零零零. People write them so to get past filters.
func (d *detector) spelled() {
	const (
		leastChinese = 4 // digits; fewer are a number that words stand beside
		mobile       = 11
		mostBeside   = 2 // digits of another number beside it, as in 要 2 件; more are one long number in groups
	)
	var run []spoken
	for i := 0; i < len(d.s); {
		if d.s[i] < 0xE3 && !isDigit(d.s[i]) {
			i++
			continue
		}
		run, i = spokenRun(run[:0], d.s, i)
		for at := range min(mostBeside+1, len(run)) {
			to := at + mobile
			if to > len(run) || len(run)-to > mostBeside || at > 0 && run[at-1].end == run[at].start || to < len(run) && run[to-1].end == run[to].start {
				continue
			}
			var digits [mobile]byte
			chinese := 0
			for k, p := range run[at:to] {
				digits[k] = p.digit
				if p.chinese() {
					chinese++
				}
			}
			if chinese >= leastChinese && mobilePrefix(string(digits[:])) {
				d.add(run[at].start, run[to-1].end, PIIPhone)
				break
			}
		}
	}
}

// spokenRun appends the digits from byte i on, between which at most a single blank, dash, dot or comma stands; after is where to go on.
func spokenRun(run []spoken, s string, i int) (all []spoken, after int) {
	for {
		r, size := utf8.DecodeRuneInString(s[i:])
		v := spokenDigit(r)
		if v < 0 && len(run) == 0 {
			return run, i + size
		}
		if v < 0 {
			return run, run[len(run)-1].end
		}
		run = append(run, spoken{i, i + size, '0' + byte(v)})
		i += size
		if i+1 < len(s) && (s[i] == ' ' || s[i] == '-' || s[i] == '.' || s[i] == ',') {
			i++
		}
		if i >= len(s) {
			return run, i
		}
	}
}

// spokenDigit is the value of a figure or a digit character, 幺 included, or -1.
func spokenDigit(r rune) int {
	switch {
	case '0' <= r && r <= '9':
		return int(r - '0')
	case r == '幺':
		return 1
	case r == '两' || r == '俩' || r == '仨':
		return -1
	}
	return chineseDigit(r)
}
