package nlp

import (
	"strings"
	"time"
	"unicode/utf8"
)

// chinese reads dates in words at i: 昨天, 上周五, 双十一, 十一月三号, 去年.
func (d dates) chinese(i int) (int, string) {
	s := d.s
	rest := s[i:]
	for _, w := range []struct {
		word string
		days int
	}{{"大前天", -3}, {"前天", -2}, {"昨天", -1}, {"昨日", -1}, {"昨晚", -1}, {"今天", 0}, {"今日", 0}, {"今晚", 0}, {"今早", 0}, {"明天", 1}, {"明日", 1},
		{"明早", 1}, {"明晚", 1}, {"大后天", 3}, {"后天", 2}} {
		if after, ok := strings.CutPrefix(rest, w.word); ok && suffixLen(after, "就", "已", "该") == 0 { // 光明早就…
			return i + len(w.word), d.day(w.days).Format(isoDay)
		}
	}
	if end, v := d.chineseWeek(i); end > 0 {
		return end, v
	}
	if end, v := d.chinesePeriod(i); end > 0 {
		return end, v
	}
	if end, v := d.festival(i); end > 0 {
		return end, v
	}
	if v, k := parseChinese(s, i); k > 0 && v == float64(int(v)) {
		switch n := int(v); {
		case strings.HasPrefix(s[k:], "年") && n >= 1990 && n < 2100:
			return d.chineseYear(k+len("年"), n)
		case strings.HasPrefix(s[k:], "月") && 1 <= n && n <= 12:
			return d.chineseMonth(k+len("月"), 0, n)
		case (strings.HasPrefix(s[k:], "号") || strings.HasPrefix(s[k:], "日")) && n > 0:
			if end, v := d.dayOfMonth(k-2, k, n); end > 0 {
				return end, v
			}
		}
	}
	return 0, ""
}

// chineseWeek reads 上周, 上周五, 下下星期一, 礼拜天, 周末.
func (d dates) chineseWeek(i int) (int, string) {
	s, j, weeks, bare := d.s, i, 0, true
	for _, p := range []struct {
		word  string
		weeks int
	}{{"上上个", -2}, {"上上", -2}, {"上个", -1}, {"上", -1}, {"下下个", 2}, {"下下", 2}, {"下个", 1}, {"下", 1}, {"本", 0}, {"这个", 0}, {"这", 0}} {
		if strings.HasPrefix(s[j:], p.word) {
			j, weeks, bare = j+len(p.word), p.weeks, false
			break
		}
	}
	n := suffixLen(s[j:], "周", "星期", "礼拜")
	if n == 0 {
		return 0, ""
	}
	isZhou := strings.HasPrefix(s[j:], "周")
	j += n
	r, size := utf8.DecodeRuneInString(s[j:])
	weekday := -1
	switch r {
	case '日', '天':
		weekday = 6
	case '末':
		weekday = 5
	default:
		if v := chineseDigit(r); 1 <= v && v <= 6 && r != '两' {
			weekday = v - 1
		} else if '1' <= r && r <= '6' && !alnumAt(s, j+1) {
			weekday = int(r - '1')
		}
	}
	switch {
	case weekday >= 0 && bare:
		if r == '天' && isZhou {
			return 0, ""
		}
		return j + size, d.weekday(weekday, i, j+size).Format(isoDay)
	case weekday >= 0:
		return j + size, d.monday(weeks).AddDate(0, 0, weekday).Format(isoDay)
	case !bare:
		return j, isoWeek(d.monday(weeks))
	}
	return 0, ""
}

// chinesePeriod reads 上个月, 去年, 年底 and the like.
func (d dates) chinesePeriod(i int) (int, string) {
	rest := d.s[i:]
	if end, value := d.bareMonth(i); end > 0 {
		return end, value
	}
	for _, w := range []struct {
		word   string
		months int
	}{{"上上个月", -2}, {"上个月", -1}, {"上月", -1}, {"这个月", 0}, {"本月", 0}, {"下个月", 1}, {"下月", 1}} {
		if strings.HasPrefix(rest, w.word) {
			j := i + len(w.word)
			if v, k := parseNumber(d.s, j); k > 0 && 1 <= v && v <= 31 && suffixLen(d.s[k:], "号", "日") > 0 {
				month, err := time.Parse("2006-01", d.month(w.months))
				if value := calendar(month.Year(), int(month.Month()), int(v)); err == nil && value != "" {
					return k + len("号"), value
				}
			}
			return j, d.month(w.months)
		}
	}
	for _, w := range []struct {
		word  string
		years int
	}{{"大前年", -3}, {"前年", -2}, {"去年", -1}, {"今年", 0}, {"明年", 1}, {"后年", 2}} {
		if strings.HasPrefix(rest, w.word) {
			j, year := i+len(w.word), d.now.Year()+w.years
			if end, f := festivalAt(d.s, skipSpace(d.s, j)); end > 0 { // 去年双十一
				return end, f.of(year)
			}
			return d.chineseYear(j, year)
		}
	}
	return 0, ""
}

// weekday is a bare weekday (0 = Monday) mentioned at s[i:j]: past or future as the words around it say, else the
// nearest.
func (d dates) weekday(day, i, j int) time.Time {
	ahead := (day - (int(d.now.Weekday())+6)%7 + 7) % 7
	switch d.tense(i, j) {
	case -1:
		if ahead > 0 {
			ahead -= 7
		}
	case 0:
		if ahead > 3 {
			ahead -= 7
		}
	}
	return d.day(ahead)
}

// tense is -1 where the words around s[i:j] speak of the past, 1 of the future, 0 where they do not say.
func (d dates) tense(i, j int) int {
	before := d.s[max(0, i-30):i]
	after := d.s[j:min(len(d.s), j+36)]
	for _, w := range []string{"下的", "下单", "买的", "买了", "收到", "到了", "说", "订的", "付的", "付了", "寄的", "发的", "退的", "申请的", "购买", "办好", "已经", "终于", "交了", "开始", "ordered", "arrived", "i paid", "i bought", "i got", "i received", "i sent"} {
		if strings.Contains(after, w) {
			return -1
		}
	}
	for _, w := range []string{"ordered", "bought", "placed", "arrived", "was", "received", "since", "came", "shipped", "sent", "paid", "returned", "called", "从"} {
		if strings.Contains(before, w) {
			return -1
		}
	}
	for _, w := range []string{"能", "会", "前", "之前", "可以", "要", "再", "发货吗", "到吗", "送", "截止", "以后", "都行", "行吗", "方便", "有空", "在家", "上门", "取件", "取货", "来收", "来取"} {
		if strings.Contains(after, w) {
			return 1
		}
	}
	for _, w := range []string{"by", "before", "until", "will", "can", "need", "going to", "arrive", "deliver"} {
		if strings.Contains(before, w) {
			return 1
		}
	}
	return 0
}

// counted reads a number of units before or after now: 3天前, 两周后, 半个月前, 3小时前, "3 days ago", "in 2 weeks".
func (d dates) counted(i int) (int, string) {
	s := d.s
	v, j := parseNumber(s, i)
	if j == 0 {
		if v, j = englishNumber(s, i); j == 0 {
			return 0, ""
		}
	}
	return d.ago(v, j)
}

// unit is a length of time.
type unit struct {
	word  string
	scale string // h, d, m, y
	size  float64
}

// ago reads the unit and direction after the number v that ends at j.
func (d dates) ago(v float64, j int) (int, string) {
	s := d.s
	if v > 5000 {
		return 0, ""
	}
	for _, about := range []string{"多", "来"} {
		j += suffixLen(s[j:], about)
	}
	half := suffixLen(s[j:], "个半", andAHalf)
	if half > 0 {
		v, j = v+0.5, j+half
	}
	j = skipSpace(s, j)
	if strings.HasPrefix(s[j:], "月") && half > 0 { // 一个半月; but 3月前 is before March
		return d.direction(v, j+len("月"), unit{scale: "m", size: 1})
	}
	for _, u := range []unit{{"个小时", "h", 1}, {"小时", "h", 1}, {"个钟头", "h", 1}, {"钟头", "h", 1}, {"分钟", "h", 1.0 / 60}, {"天", "d", 1}, {"日", "d", 1}, {"个工作日", "d", 1},
		{"个星期", "d", 7}, {"个礼拜", "d", 7}, {"星期", "d", 7}, {"礼拜", "d", 7}, {"周", "d", 7}, {"个多月", "m", 1}, {"个月", "m", 1}, {"年", "y", 1},
		{"minutes", "h", 1.0 / 60}, {"mins", "h", 1.0 / 60}, {"minute", "h", 1.0 / 60}, {"hours", "h", 1}, {"hour", "h", 1}, {"hrs", "h", 1},
		{"business days", "d", 1}, {"days", "d", 1}, {"day", "d", 1}, {"weeks", "d", 7}, {"week", "d", 7}, {"fortnights", "d", 14}, {"fortnight", "d", 14}, {"months", "m", 1}, {"month", "m", 1},
		{"years", "y", 1}, {"year", "y", 1}} {
		if !strings.HasPrefix(s[j:], u.word) {
			continue
		}
		j += len(u.word)
		if isLetter(u.word[0]) {
			if n := suffixLen(s[j:], andAHalf); n > 0 {
				v, j = v+0.5, j+n
			}
			k := skipSpace(s, j)
			if n := suffixLen(s[k:], "ago", "earlier", "back"); n > 0 && !alnumAt(s, k+n) {
				return k + n, d.moved(-v, u)
			}
			if n := suffixLen(s[k:], "from now", "from today", "later"); n > 0 {
				return k + n, d.moved(v, u)
			}
			return 0, ""
		}
		if n := suffixLen(s[j:], "半"); n > 0 { // 两天半前
			v, j = v+0.5, j+n
		}
		return d.direction(v, j, u)
	}
	return 0, ""
}

// direction reads the Chinese 前 or 后 after v units that end at j.
func (d dates) direction(v float64, j int, u unit) (int, string) {
	j += suffixLen(d.s[j:], "多")
	if n := suffixLen(d.s[j:], "以前", "之前", "前"); n > 0 {
		return j + n, d.moved(-v, u)
	}
	if n := suffixLen(d.s[j:], "以后", "之后", "后"); n > 0 {
		return j + n, d.moved(v, u)
	}
	return 0, ""
}

// moved is now moved by v units, at the unit's precision.
func (d dates) moved(v float64, u unit) string {
	switch u.scale {
	case "h":
		return d.now.Add(time.Duration(v * u.size * float64(time.Hour))).Format("2006-01-02T15:04")
	case "d":
		return d.day(int(v * u.size)).Format(isoDay)
	case "m":
		if v != float64(int(v)) { // half a month
			return d.day(int(v * 30)).Format(isoDay)
		}
		return d.addMonths(int(v)).Format(isoDay)
	}
	if v != float64(int(v)) {
		return d.addMonths(int(v * 12)).Format(isoDay)
	}
	return d.addMonths(12 * int(v)).Format(isoDay)
}

// addMonths moves by months and stays within the month that is meant: a month after January 31 is February 28.
func (d dates) addMonths(n int) time.Time {
	t := d.now.AddDate(0, n, 0)
	if t.Day() != d.now.Day() {
		t = t.AddDate(0, 0, -t.Day())
	}
	return t
}
