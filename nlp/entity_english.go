package nlp

import (
	"math"
	"strings"
)

// englishCurrency is the currency that rest begins with, its value in the main unit, and the length of the word.
func englishCurrency(rest string) (code string, per float64, n int) {
	w := rest
	for k := range len(rest) {
		if !isLetter(rest[k]) {
			w = rest[:k]
			break
		}
	}
	switch w {
	case "dollar", "dollars", "buck", "bucks":
		return bareDollar, 1, len(w)
	case "usd":
		return "USD", 1, len(w)
	case "cent", "cents":
		return bareDollar, 0.01, len(w)
	case "pence":
		return "GBP", 0.01, len(w)
	case "rmb", "cny", "yuan", "kuai":
		return "CNY", 1, len(w)
	case "eur", "euro", "euros":
		return "EUR", 1, len(w)
	case "gbp", "pounds", "quid":
		return "GBP", 1, len(w)
	case "hkd":
		return "HKD", 1, len(w)
	case "twd", "ntd":
		return "TWD", 1, len(w)
	case "jpy", "yen":
		return "JPY", 1, len(w)
	case "aud", "cad", "sgd":
		return strings.ToUpper(w), 1, len(w)
	}
	return "", 0, 0
}

// withChange reads the small change behind a whole amount: 45 dollars and 50 cents, €5 and 20 cents, two pounds 50 pence.
func withChange(s string, v float64, currency string, end int) (float64, int) {
	if v != math.Trunc(v) || currency == "CNY" {
		return v, end
	}
	i := skipSpace(s, end)
	i += suffixLen(s[i:], "and ", "& ")
	if i == end { // 20cents is no change of what stands before it
		return v, end
	}
	small, j := 0.0, 0
	if i < len(s) && isDigit(s[i]) {
		small, j = parseArabic(s, i)
	} else {
		small, j = englishNumber(s, i)
	}
	if j == 0 || small < 1 || small > 99 || small != math.Trunc(small) {
		return v, end
	}
	k := skipSpace(s, j)
	code, per, n := englishCurrency(s[k:])
	if per != 0.01 || (code == "GBP") != (currency == "GBP") {
		return v, end
	}
	return v + small*per, k + n
}

// englishAmount reads "twenty bucks", "a hundred dollars".
func (x *extraction) englishAmount(i int) (float64, string, int) {
	v, end := englishNumber(x.s, i)
	if end == 0 || end >= len(x.s) || x.s[end] != ' ' {
		return 0, "", 0
	}
	code, per, n := englishCurrency(x.s[end+1:])
	if n == 0 {
		return 0, "", 0
	}
	return v * per, code, end + 1 + n
}

// englishNumber reads number words at i, up to hundreds of thousands; their value and end, or 0.
func englishNumber(s string, i int) (float64, int) {
	total, end, at, article := 0.0, 0, i, false
	for words := 0; words < 5; words++ {
		j := at
		for j < len(s) && isLetter(s[j]) {
			j++
		}
		v, ok := englishDigit(s[at:j])
		switch w := s[at:j]; {
		case w == "hundred" && (total > 0 || words == 0 || article):
			total, end = max(total, 1)*100, j
		case w == "thousand" && (total > 0 || words == 0 || article):
			total, end = max(total, 1)*1000, j
		case w == "and" && total >= 100:
		case w == "a" && words == 0:
			article = true
		case ok && (words == 0 || total == 0 || total >= 20 && v < 10 || total >= 100):
			total, end = total+v, j
		default:
			return total, end
		}
		if j >= len(s) || s[j] != ' ' && s[j] != '-' {
			return total, end
		}
		at = j + 1
	}
	return total, end
}

// englishWords are the numerals of one word from one to nineteen, then the tens from twenty on.
const englishWords = " one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen" +
	" twenty thirty forty fifty sixty seventy eighty ninety "

// englishDigit is the value of a numeral of one word.
func englishDigit(w string) (float64, bool) {
	if w == "dozen" {
		return 12, true
	}
	if len(w) < 3 || len(w) > 9 || strings.IndexByte("otfsen", w[0]) < 0 { // most words, at once
		return 0, false
	}
	i := strings.Index(englishWords, " "+w+" ")
	if i < 0 {
		return 0, false
	}
	n := 1 + strings.Count(englishWords[:i], " ")
	if n >= 20 {
		n = 10 * (n - 18)
	}
	return float64(n), true
}
