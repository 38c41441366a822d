package nlp

import (
	"math"
	"strings"
	"unicode/utf8"
)

// parseNumber reads the number at byte i of folded text: Arabic (1,299.50, 1.5万, 20k) or Chinese (三百二, 一千零五, 两万五, 半,
// 二零二四). It returns its value and end; end is 0 when there is none.
func parseNumber(s string, i int) (value float64, end int) {
	if i < len(s) && isDigit(s[i]) {
		value, end = parseArabic(s, i)
		return scale(s, value, end)
	}
	return parseChinese(s, i)
}

// parseArabic reads digits with thousands separators and a decimal part. Numbers beyond fifteen digits are none.
func parseArabic(s string, i int) (float64, int) {
	v, j := 0.0, i
	for j < len(s) && isDigit(s[j]) {
		v = v*10 + float64(s[j]-'0')
		j++
	}
	if j-i <= 3 {
		for j+3 < len(s) && s[j] == ',' && isDigit(s[j+1]) && isDigit(s[j+2]) && isDigit(s[j+3]) && (j+4 == len(s) || !isDigit(s[j+4])) {
			v = v*1000 + float64(s[j+1]-'0')*100 + float64(s[j+2]-'0')*10 + float64(s[j+3]-'0')
			j += 4
		}
	}
	if j+1 < len(s) && s[j] == '.' && isDigit(s[j+1]) {
		unit := 0.1
		for j++; j < len(s) && isDigit(s[j]); j++ {
			v += float64(s[j]-'0') * unit
			unit /= 10
		}
	}
	if j-i > 15 {
		return 0, 0
	}
	return math.Round(v*1e6) / 1e6, j
}

// parseEuropean reads a number with a decimal comma of two places, as prices are written in most of Europe: 1.299,00. end is 0
// for any other.
func parseEuropean(s string, i int) (value float64, end int) {
	j, group := i, 0 // group: digits since the last point
	for ; j < len(s) && (isDigit(s[j]) || s[j] == '.' && group > 0); j++ {
		if s[j] == '.' {
			if j-i > 3 && group != 3 {
				return 0, 0
			}
			group = 0
			continue
		}
		value = value*10 + float64(s[j]-'0')
		group++
	}
	if group == 0 || j-i > 15 || group != 3 && strings.IndexByte(s[i:j], '.') >= 0 {
		return 0, 0
	}
	if j+2 >= len(s) || s[j] != ',' || !isDigit(s[j+1]) || !isDigit(s[j+2]) || j+3 < len(s) && isDigit(s[j+3]) {
		return 0, 0
	}
	return value + float64(s[j+1]-'0')/10 + float64(s[j+2]-'0')/100, j + 3
}

// scale applies the multiplier that follows a number in figures: 3千, 1.5万, 3千万, 20k, 2m; 1万2 and 1万2千 as well.
func scale(s string, v float64, end int) (float64, int) {
	if end == 0 || end >= len(s) {
		return v, end
	}
	if unit, group, to := unitAt(s, end); to > 0 {
		return lesserUnits(s, v*unit*group, unit*group, to)
	}
	if end+1 == len(s) || !isAlnum(s[end+1]) {
		switch s[end] {
		case 'k':
			return v * 1e3, end + 1
		case 'w': // 万, in pinyin
			return v * 1e4, end + 1
		case 'm':
			return v * 1e6, end + 1
		}
	}
	return v, end
}

// unitAt is the unit from 百 on that stands at byte i, and its end, which is 0 where there is none. Of 千万 and 万亿 the group is the
// second part.
func unitAt(s string, i int) (unit, group float64, end int) {
	r, n := utf8.DecodeRuneInString(s[i:])
	unit, group = chineseUnit(r), 1
	if unit < 100 {
		return 0, 0, 0
	}
	end = i + n
	if r, n = utf8.DecodeRuneInString(s[end:]); chineseUnit(r) >= 1e4 && chineseUnit(r) > unit {
		return unit, chineseUnit(r), end + n
	}
	return unit, 1, end
}

// lesserUnits reads on after v, whose last unit ended at byte i: 1万2千 is 12,000, 3千5百万 is 35,000,000, 1万2500 is 12,500, and a
// last digit counts in the next smaller unit, 1万2 is 12,000. A digit that counts something of its own (3千2件) is no part of it.
func lesserUnits(s string, v, unit float64, i int) (float64, int) {
	for {
		w, digits, j := figures(s, i)
		if j == 0 {
			return v, i
		}
		if u, group, to := unitAt(s, j); to > 0 {
			switch {
			case w*u*group < unit:
				v, unit = v+w*u*group, u*group
			case w*u < unit && group > 1:
				v, unit = (v+w*u)*group, u*group
			default:
				return v, i
			}
			i = to
			continue
		}
		switch simple := unit <= 1e4 || unit == 1e8; {
		case goesOn(s, j):
		case digits > 1 && math.Pow10(digits) == unit:
			return v + w, j
		case digits == 1 && w > 0 && simple:
			return v + w*unit/10, j
		}
		return v, i
	}
}

// figures reads up to four digits, or a single Chinese one, at byte i; end is 0 where there is none.
func figures(s string, i int) (value float64, digits, end int) {
	if n, end := integer(s, i); end > 0 {
		return float64(n), end - i, end
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if v := chineseDigit(r); v > 0 {
		return float64(v), 1, i + n
	}
	return 0, 0, 0
}

// goesOn reports whether a number that ends at byte j is part of something longer, or counts something that is no money.
func goesOn(s string, j int) bool {
	r, n := utf8.DecodeRuneInString(s[j:])
	switch {
	case n == 0 || r == '元' || r == '块':
		return false
	case isDigit(s[j]) || isLetter(s[j]) || chineseDigit(r) >= 0 || chineseUnit(r) > 0:
		return true
	case r == '.' || r == ':' || r == ',':
		return j+1 < len(s) && isDigit(s[j+1])
	}
	return measureFollows(s[j:]) || strings.ContainsRune("折成位名人岁米公厘分秒小周星倍期层楼级字颗双把", r)
}

// chineseDigit is the value of a digit character, or -1.
func chineseDigit(r rune) int {
	switch r {
	case '零', '〇':
		return 0
	case '两':
		return 2
	case '俩':
		return 2
	case '仨':
		return 3
	}
	if k := strings.IndexRune("一二三四五六七八九", r); k >= 0 {
		return k/3 + 1
	}
	if k := strings.IndexRune("壹贰叁肆伍陆柒捌玖", r); k >= 0 {
		return k/3 + 1
	}
	return -1
}

// chineseUnit is the value of a unit character, or 0.
func chineseUnit(r rune) float64 {
	switch r {
	case '十', '拾':
		return 10
	case '百', '佰':
		return 100
	case '千', '仟':
		return 1000
	case '万':
		return 1e4
	case '亿':
		return 1e8
	}
	return 0
}

// parseChinese reads Chinese numerals. A last digit without a unit after a large one counts in the next smaller unit:
// 三百二 is 320, 两万五 is 25,000; a row of digits is read as such: 二零二四.
func parseChinese(s string, i int) (float64, int) {
	if strings.HasPrefix(s[i:], "半") {
		return 0.5, i + len("半")
	}
	n := chineseNumber{digit: -1}
	j := i
	for j < len(s) && j-i < maxNumeralBytes {
		r, size := utf8.DecodeRuneInString(s[j:])
		if !n.read(r) {
			break
		}
		j += size
	}
	if j == i {
		return 0, 0
	}
	return n.value(), j
}

const maxNumeralBytes = 45

// chineseNumber is a numeral that is being read.
type chineseNumber struct {
	total, section float64 // complete groups of 万 and 亿; the group that is being read
	digit          int     // the last digit, which waits for its unit; -1: none
	row            int     // how many digits followed another digit
	lastUnit       float64
	zero           bool // the digit is a 零 that another digit may follow
	afterZero      bool // the digit followed a 零
}

// read takes one more character, or reports that it does not belong to the numeral.
func (n *chineseNumber) read(r rune) bool {
	if v := chineseDigit(r); v >= 0 {
		return n.readDigit(v)
	}
	u := chineseUnit(r)
	begun := n.digit >= 0 || n.section > 0 || n.total > 0
	switch {
	case u == 0, n.row > 0, !begun && u != 10:
		return false
	case u >= 1e4:
		n.section += float64(max(n.digit, 0))
		if n.section == 0 && n.total == 0 {
			return false
		}
		if n.total >= u && n.section > 0 { // 一亿两千万
			n.total += n.section * u
		} else {
			n.total = (n.total + n.section) * u
		}
		n.section = 0
	case n.digit < 0:
		n.section += u
	default:
		n.section += float64(n.digit) * u
	}
	n.lastUnit, n.digit, n.zero, n.afterZero = u, -1, false, false
	return true
}

func (n *chineseNumber) readDigit(v int) bool {
	inUnits := n.section > 0 || n.total > 0
	switch {
	case n.digit < 0, n.zero && inUnits:
		n.digit, n.zero, n.afterZero = v, v == 0, n.zero
	case inUnits: // 三百二三: stop
		return false
	default:
		n.digit = n.digit*10 + v
		n.row++
	}
	return true
}

// value is the number: 三百二 is 320, 三百零二 is 302.
func (n *chineseNumber) value() float64 {
	last := float64(max(n.digit, 0))
	if n.lastUnit >= 100 && n.row == 0 && !n.afterZero {
		last *= n.lastUnit / 10
	}
	return n.total + n.section + last
}
