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

// scale applies the multiplier that follows a number: 3千, 1.5万, 20k, 2m.
func scale(s string, v float64, end int) (float64, int) {
	if end == 0 || end >= len(s) {
		return v, end
	}
	r, n := utf8.DecodeRuneInString(s[end:])
	switch r {
	case '百':
		return v * 100, end + n
	case '千':
		return v * 1000, end + n
	case '万':
		return v * 1e4, end + n
	case '亿':
		return v * 1e8, end + n
	case 'k', 'w', 'm':
		if end+1 == len(s) || !isAlnum(s[end+1]) {
			return v * map[rune]float64{'k': 1e3, 'w': 1e4, 'm': 1e6}[r], end + 1
		}
	}
	return v, end
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
	total, section, digit := 0.0, 0.0, -1
	lastUnit, row, zero := 0.0, 0, false
	j := i
	for j < len(s) && j-i < 45 {
		r, n := utf8.DecodeRuneInString(s[j:])
		if v := chineseDigit(r); v >= 0 {
			if digit >= 0 && !zero {
				if section > 0 || total > 0 { // 三百二三: stop
					break
				}
				digit = digit*10 + v
				row++
			} else {
				zero = v == 0
				digit = v
				if zero && section == 0 && total == 0 { // 零五
					zero = false
				}
			}
			j += n
			continue
		}
		u := chineseUnit(r)
		if u == 0 || row > 0 {
			break
		}
		zero = false
		switch {
		case u >= 1e4:
			section += float64(max(digit, 0))
			if section == 0 {
				return 0, 0
			}
			total = (total + section) * u
			section = 0
		default:
			if digit < 0 && (u != 10 || section > 0) && j == i {
				if u != 10 {
					return 0, 0
				}
			}
			d := float64(digit)
			if digit < 0 {
				d = 1
			}
			section += d * u
		}
		lastUnit, digit = u, -1
		j += n
	}
	if j == i {
		return 0, 0
	}
	if digit > 0 {
		prev, _ := utf8.DecodeLastRuneInString(s[i : j-3])
		if lastUnit >= 100 && row == 0 && chineseUnit(prev) > 0 {
			section += float64(digit) * lastUnit / 10
		} else {
			section += float64(digit)
		}
	}
	return total + section, j
}
