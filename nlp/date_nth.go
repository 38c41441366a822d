package nlp

import (
	"strings"
	"time"
)

// nearestDay is the day of that number in this month or one beside it that is nearest among those that the tense allows, or "".
func (d dates) nearestDay(day, tense int) string {
	best, least := "", 1000
	for m := -1; m <= 1; m++ {
		first := time.Date(d.now.Year(), d.now.Month()+time.Month(m), 1, 12, 0, 0, 0, d.now.Location())
		t := first.AddDate(0, 0, day-1)
		if t.Month() != first.Month() {
			continue
		}
		hours := int(t.Sub(d.now).Hours())
		if tense < 0 && hours > 24 || tense > 0 && hours < -24 {
			continue
		}
		if gap := abs(hours); gap < least {
			best, least = t.Format(isoDay), gap
		}
	}
	return best
}

// nth reads "the 14th" at i behind a word that dates have before them, where nothing follows that it could count.
func (d dates) nth(i int) (int, string) {
	s := d.s
	if !strings.HasPrefix(s[i:], "the ") || !announcesNth(s[:i]) {
		return 0, ""
	}
	j := i + len("the ")
	day, k := integer(s, j)
	n := suffixLen(s[k:], "st", "nd", "rd", "th")
	if k == 0 || k-j > 2 || n == 0 || day < 1 || day > 31 || alnumAt(s, k+n) {
		return 0, ""
	}
	end := k + n
	switch word, _ := latinWord(s, skipSpace(s, end)); word {
	case "", "at", "and", "but", "or", "please", "pls", "if", "so", "i", "it", "to", "because", "when", "then", "still", "is", "was":
	default:
		return 0, ""
	}
	if value := d.nearestDay(day, d.tense(i, end)); value != "" {
		return end, value
	}
	return 0, ""
}

// announcesNth reports whether a text ends with a word that stands before dates.
func announcesNth(s string) bool {
	s = strings.TrimRight(s, " ")
	word := s[strings.LastIndexByte(s, ' ')+1:]
	switch word {
	case "on", "by", "before", "after", "since", "until", "till", "from", "for":
		return true
	}
	return false
}

// weekdayDate reads the date that a weekday which ends at j is put before: Tues 1 December; Thursday, Dec 3rd.
func (d dates) weekdayDate(j int) (int, string) {
	s := d.s
	k := skipSpace(s, j)
	if n := suffixLen(s[k:], ","); n > 0 {
		k = skipSpace(s, k+n)
	}
	if k == j || k >= len(s) {
		return 0, ""
	}
	if n := suffixLen(s[k:], "the "); n > 0 {
		k += n
	}
	if k < len(s) && isDigit(s[k]) {
		return d.englishDay(k)
	}
	word, end := latinWord(s, k)
	m := englishMonth(word)
	if m == 0 {
		return 0, ""
	}
	if to, value := d.monthFirst(k, end, m); len(value) == len(isoDay) {
		return to, value
	}
	return 0, ""
}

// colonTime reports whether a time like 18:20 stands at i.
func colonTime(s string, i int) bool {
	_, k := integer(s, i)
	return k > 0 && k-i <= 2 && k+2 < len(s) && s[k] == ':' && isDigit(s[k+1]) && isDigit(s[k+2]) && !(k+3 < len(s) && isDigit(s[k+3]))
}

// bareMonth reads 月底 and 月初 of no month that is named: of this one, or of the next or the last one as the words around say.
func (d dates) bareMonth(i int) (int, string) {
	n := suffixLen(d.s[i:], "月底", "月初")
	if n == 0 || i > 0 && (isAlnum(d.s[i-1]) || isHanEnd(d.s[:i], "个上下本这当每几一二三四五六七八九十〇零年半岁满正腊")) {
		return 0, ""
	}
	if r := firstRune(d.s[i+n:]); '0' <= r && r <= '9' || chineseDigit(r) >= 0 { // 正月初八
		return 0, ""
	}
	early, step := strings.HasSuffix(d.s[i:i+n], "初"), 0
	switch tense := d.tense(i, i+n); {
	case early && tense > 0 && d.now.Day() > 10:
		step = 1
	case !early && tense < 0 && d.now.Day() < 20:
		step = -1
	}
	return i + n, d.month(step)
}

// isHanEnd reports whether s ends with one of the characters of set.
func isHanEnd(s, set string) bool {
	for _, r := range set {
		if strings.HasSuffix(s, string(r)) {
			return true
		}
	}
	return false
}
