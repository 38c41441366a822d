package nlp

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// dates reads dates in one folded text against a clock. A day without a year is the nearest such day; weeks begin on
// Monday; "next Friday" and 下周五 are the Friday of next week, a bare Friday is the coming or the last one as the words
// around it suggest. Values are ISO 8601 at the precision that was given: 2026-11-20T15:00, 2026-11-20, 2026-W47, 2026-11, 2026.
type dates struct {
	s   string
	now time.Time
}

// at is the end of the date that begins at byte i, and its value; 0 when there is none. A day that no calendar has (2月30号) has
// an end and no value.
func (d dates) at(i int) (end int, value string) {
	c := d.s[i]
	switch {
	case isDigit(c):
		if end, value = d.numeric(i); end == 0 {
			if end, value = d.counted(i); end == 0 {
				end, value = d.englishDay(i)
			}
		}
	case isLetter(c):
		end, value = d.english(i)
	case c >= 0xE3:
		if end, value = d.chinese(i); end == 0 {
			end, value = d.counted(i)
		}
	}
	if end > 0 && len(value) == len("2006-01-02") {
		end, value = d.clock(end, value)
	}
	return end, value
}

const isoDay = "2006-01-02"

func (d dates) day(offset int) time.Time { return d.now.AddDate(0, 0, offset) }

// monday is the first day of the current week, moved by weeks.
func (d dates) monday(weeks int) time.Time {
	return d.day(-(int(d.now.Weekday())+6)%7 + 7*weeks)
}

func (d dates) month(offset int) string {
	first := time.Date(d.now.Year(), d.now.Month(), 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, offset, 0).Format("2006-01")
}

func isoWeek(t time.Time) string {
	y, w := t.ISOWeek()
	return fmt.Sprintf("%04d-W%02d", y, w)
}

// nearest is the day month/day closest to now, or "" if there is no such day.
func (d dates) nearest(month, day int) string {
	best := ""
	least := time.Duration(1<<63 - 1)
	for y := d.now.Year() - 1; y <= d.now.Year()+1; y++ {
		t := time.Date(y, time.Month(month), day, 12, 0, 0, 0, d.now.Location())
		if t.Day() != day || int(t.Month()) != month {
			continue
		}
		if gap := t.Sub(d.now).Abs(); gap < least {
			best, least = t.Format(isoDay), gap
		}
	}
	return best
}

// inTense is the day month/day that is nearest among those that the words around s[i:j] allow.
func (d dates) inTense(month, day, i, j int) string {
	value := d.nearest(month, day)
	if value == "" {
		return ""
	}
	t, err := time.Parse(isoDay, value)
	today := d.now.Format(isoDay)
	switch tense := d.tense(i, j); {
	case err != nil:
	case tense < 0 && value > today:
		return calendar(t.Year()-1, month, day)
	case tense > 0 && value < today:
		return calendar(t.Year()+1, month, day)
	}
	return value
}

// calendar is the day y-m-d in ISO form, or "" if there is none.
func calendar(y, m, day int) string {
	t := time.Date(y, time.Month(m), day, 0, 0, 0, 0, time.UTC)
	if y < 1900 || y > 2199 || t.Day() != day || int(t.Month()) != m {
		return ""
	}
	return t.Format(isoDay)
}

// integer reads up to four digits at i.
func integer(s string, i int) (value, end int) {
	for end = i; end < len(s) && isDigit(s[end]); end++ {
		if end-i == 4 {
			return 0, 0
		}
		value = value*10 + int(s[end]-'0')
	}
	if end == i {
		return 0, 0
	}
	return value, end
}

// numeric reads dates in figures: 2026-11-03, 2026/11/3, 11/03/2026, 2026年11月3日, 11月3号, 3号, 20261103.
func (d dates) numeric(i int) (int, string) {
	s := d.s
	if i > 0 && (isAlnum(s[i-1]) || s[i-1] == '-' || s[i-1] == '/' || s[i-1] == '.' || s[i-1] == '#') {
		return 0, ""
	}
	a, j := integer(s, i)
	if j == 0 || j >= len(s) {
		return d.compact(i)
	}
	rest, spaced := s[j:], skipSpace(s, j)
	switch {
	case strings.HasPrefix(s[spaced:], "年") && a >= 1990 && a < 2100:
		return d.chineseYear(spaced+len("年"), a)
	case strings.HasPrefix(s[spaced:], "年") && j-i == 2 && d.shortYear(a):
		if end, value := d.chineseYear(spaced+len("年"), 2000+a); len(value) == len(isoDay) { // 26年11月3日; 26年 may be how long
			return end, value
		}
		return 0, ""
	case strings.HasPrefix(s[spaced:], "月"):
		end, value := d.chineseMonth(spaced+len("月"), 0, a)
		if value != "" && (a < 1 || a > 12) { // 13月
			return 0, ""
		}
		return end, value
	case strings.HasPrefix(rest, "号"), strings.HasPrefix(rest, "日"):
		return d.dayOfMonth(i, j, a)
	case rest[0] == '-' || rest[0] == '/' || rest[0] == '.':
		return d.separated(i, j, a)
	}
	return 0, ""
}

// shortYear reports whether the two digits of a year are those of one not far from now.
func (d dates) shortYear(a int) bool {
	return 2000+a >= d.now.Year()-12 && 2000+a <= d.now.Year()+2
}

// compact reads 20261103 when it is a plausible date of this century.
func (d dates) compact(i int) (int, string) {
	j := i
	for j < len(d.s) && isDigit(d.s[j]) {
		j++
	}
	if j-i != 8 || d.s[i:i+2] != "20" || alnumAt(d.s, j) || nearTheme(d.s, i).impersonal() {
		return 0, ""
	}
	t, err := time.Parse("20060102", d.s[i:j])
	if err != nil || t.Year() < d.now.Year()-10 || t.Year() > d.now.Year()+5 {
		return 0, ""
	}
	return j, t.Format(isoDay)
}

// separated reads the rest of a-b-c or a/b after its first number.
func (d dates) separated(i, j, a int) (int, string) {
	s := d.s
	sep := s[j]
	b, k := integer(s, j+1)
	if k == 0 {
		return 0, ""
	}
	if k < len(s) && s[k] == sep {
		if c, end := integer(s, k+1); end > 0 && !alnumAt(s, end) && !(end+1 < len(s) && s[end] == sep && isDigit(s[end+1])) {
			value := ""
			switch {
			case a >= 1990:
				value = calendar(a, b, c)
			case c >= 1990 && a <= 12 && sep == '/': // month first, as in the United States
				if value = calendar(c, a, b); value == "" {
					value = calendar(c, b, a)
				}
			case c >= 1990:
				value = calendar(c, b, a)
			}
			if value != "" {
				return end, value
			}
		}
		return 0, ""
	}
	if sep == '/' && a <= 12 && b <= 31 && b > 0 && a > 0 && !alnumAt(s, k) && j-i <= 2 && k-j <= 3 {
		if d.dateAnnounced(i) {
			return k, d.inTense(a, b, i, k)
		}
		if dateFollowed(s[skipSpace(s, k):]) {
			return k, d.inTense(a, b, i, k)
		}
	}
	return 0, ""
}

// dateAnnounced reports whether the word before i makes "11/3" a date and not a fraction.
func (d dates) dateAnnounced(i int) bool {
	w := strings.TrimRight(d.s[:i], " ")
	return hasAnySuffix(w, "on", "by", "since", "before", "after", "until", "date", "ordered", "placed", "在", "于", "到", "从", "日期", "是")
}

// dateFollowed reports whether what is written after "11/3" makes it a date in Chinese: 11/3下单, 11/3之前.
func dateFollowed(rest string) bool {
	return suffixLen(rest, "下单", "下的", "买的", "买了", "购买", "订的", "订购", "付款", "付的", "付了", "收到", "收的", "到货", "寄", "发货", "发的", "出货", "送到", "送来", "申请", "签收",
		"之前", "以前", "前", "之后", "以后", "那天", "当天", "早上", "上午", "中午", "下午", "晚上", "凌晨", "截止", "为止", "开始", "的订单", "的单") > 0
}

// chineseYear reads what follows 2026年.
func (d dates) chineseYear(j, year int) (int, string) {
	j = skipSpace(d.s, j)
	if m, k := parseNumber(d.s, j); k > 0 && 1 <= m && m <= 12 && strings.HasPrefix(d.s[skipSpace(d.s, k):], "月") {
		k = skipSpace(d.s, k)
		return d.chineseMonth(k+len("月"), year, int(m))
	}
	return len(strings.TrimRight(d.s[:j], " ")), fmt.Sprintf("%04d", year)
}

// chineseMonth reads what follows 11月; year 0: not given.
func (d dates) chineseMonth(j, year, month int) (int, string) {
	s := d.s
	at := j
	if strings.HasPrefix(s[j:], "份") {
		at = j + len("份")
	}
	k := skipSpace(s, j)
	if v, end := parseNumber(s, k); end > 0 && 1 <= v && v <= 31 {
		n := suffixLen(s[skipSpace(s, end):], "号", "日")
		if n > 0 {
			end = skipSpace(s, end) + n
		}
		value := d.inTense(month, int(v), j, end)
		if year > 0 {
			value = calendar(year, month, int(v))
		}
		if value != "" && !alnumAt(s, end) {
			return end, value
		}
		if value == "" && n > 0 { // 2月30号: no such day, and not the 30th of another month
			return end, ""
		}
	}
	at += suffixLen(s[at:], "初", "底", "中旬", "上旬", "下旬")
	if year == 0 {
		if value := d.nearest(month, 15); value != "" {
			return at, value[:7]
		}
	}
	return at, fmt.Sprintf("%04d-%02d", year, month)
}

// dayOfMonth reads 3号 and 15日: the nearest such day. 3号线, 3号楼 and the like are none.
func (d dates) dayOfMonth(i, j, day int) (int, string) {
	end := j + len("号")
	r, _ := utf8.DecodeRuneInString(d.s[end:])
	before, _ := utf8.DecodeLastRuneInString(d.s[:i])
	if day < 1 || day > 31 || j-i > 2 || strings.ContainsRune("线店楼码床院桌机位门房仓柜员角元电", r) && r != utf8.RuneError ||
		before != utf8.RuneError && strings.ContainsRune("路街道弄巷第院栋", before) {
		return 0, ""
	}
	if value := d.nearestDay(day, d.tense(i, end)); value != "" {
		return end, value
	}
	return 0, ""
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

func skipSpace(s string, i int) int {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	return i
}

// suffixLen is the length of the first of words that s begins with, or 0.
func suffixLen(s string, words ...string) int {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return len(w)
		}
	}
	return 0
}

// clock reads a time of day behind a date that ends at end, in either language: 下午3点半, at 3:30 pm. The date itself may
// hold the part of the day: 昨晚8点.
func (d dates) clock(end int, value string) (int, string) {
	s := d.s
	j := skipSpace(s, end)
	if n := suffixLen(s[j:], ", ", ","); n > 0 && colonTime(s, j+n) { // 21 Nov 2026, 18:20
		j += n
	}
	j += suffixLen(s[j:], "的")
	part := ""
	if before := s[:end]; strings.HasSuffix(before, "晚") || strings.HasSuffix(before, "tonight") || strings.HasSuffix(before, "last night") {
		part = "晚"
	}
	if n := suffixLen(s[j:], "凌晨", "早上", "上午", "中午", "下午", "傍晚", "晚上", "夜里", "早", "晚"); n > 0 {
		part = s[j : j+n]
		j = skipSpace(s, j+n)
	}
	if strings.HasPrefix(s[j:], "at ") {
		j += len("at ")
	}
	if n := suffixLen(s[j:], "noon", "midday"); n > 0 && !alnumAt(s, j+n) {
		return j + n, value + "T12:00"
	}
	hour, minute, k := hourMinute(s, j)
	if k == 0 {
		return end, value
	}
	e := skipSpace(s, k)
	if n := suffixLen(s[e:], "p.m.", "pm", "a.m.", "am"); n > 0 && !alnumAt(s, e+n) {
		part = map[byte]string{'p': "下午", 'a': "凌晨"}[s[e]]
		k = e + n
	}
	switch part {
	case "下午", "傍晚", "晚上", "晚", "夜里":
		if hour < 12 {
			hour += 12
		}
	case "中午":
		if hour < 3 {
			hour += 12
		}
	case "凌晨":
		hour %= 12
	}
	if hour > 23 || minute > 59 {
		return end, value
	}
	return k, fmt.Sprintf("%sT%02d:%02d", value, hour, minute)
}

// hourMinute reads 3点半, 15点20分, 3:30, or a bare hour before am and pm; end is 0 where there is none.
func hourMinute(s string, i int) (hour, minute, end int) {
	h, k := parseNumber(s, i)
	if k == 0 || h != float64(int(h)) || h > 24 {
		return 0, 0, 0
	}
	hour = int(h)
	switch {
	case strings.HasPrefix(s[k:], "点"), strings.HasPrefix(s[k:], "时"):
		k += len("点")
		if n := suffixLen(s[k:], "半"); n > 0 {
			return hour, 30, k + n
		}
		if m, e := parseNumber(s, k); e > 0 && m < 60 && strings.HasPrefix(s[e:], "分") {
			return hour, int(m), e + len("分")
		}
		return hour, 0, k + suffixLen(s[k:], "多", "钟", "左右")
	case k+2 < len(s) && s[k] == ':' && isDigit(s[k+1]) && isDigit(s[k+2]):
		return hour, int(s[k+1]-'0')*10 + int(s[k+2]-'0'), k + 3
	case suffixLen(s[skipSpace(s, k):], "am", "pm", "a.m.", "p.m.") > 0:
		return hour, 0, k
	}
	return 0, 0, 0
}
