package nlp

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// amount finds money at i, and adds it as "12.50 CNY".
func (x *extraction) amount(i int) int {
	v, currency, end := x.prefixed(i)
	if end == 0 {
		v, currency, end = x.suffixed(i)
	}
	if end == 0 || v > 1e12 {
		return 0
	}
	x.add(i, end, rankAmount, EntityAmount, fmt.Sprintf("%.2f %s", v, currency))
	return end
}

// currencySigns stand before a number; longer ones first.
func currencySigns() []struct{ sign, code string } {
	return []struct{ sign, code string }{
		{"hk$", "HKD"}, {"us$", "USD"}, {"nt$", "TWD"}, {"a$", "AUD"}, {"c$", "CAD"}, {"s$", "SGD"}, {"$", ""},
		{"¥", "CNY"}, {"€", "EUR"}, {"£", "GBP"}, {"₩", "KRW"}, {"₹", "INR"}, {"฿", "THB"},
		{"人民币", "CNY"}, {"港币", "HKD"}, {"美金", "USD"}, {"美元", "USD"}, {"台币", "TWD"}, {"rmb", "CNY"}, {"cny", "CNY"}, {"usd", "USD"},
		{"hkd", "HKD"}, {"twd", "TWD"}, {"eur", "EUR"}, {"gbp", "GBP"}, {"jpy", "JPY"}, {"aud", "AUD"}, {"cad", "CAD"}, {"sgd", "SGD"},
	}
}

// currencyWord reports whether at most three letters and a dollar sign or a number stand at i: US$, RMB 20.
func currencyWord(s string, i int) bool {
	j := i
	for j < len(s) && j-i < 4 && isLetter(s[j]) {
		j++
	}
	return j-i < 4 && j < len(s) && (s[j] == '$' || isDigit(s[j]) || s[j] == ' ' && j+1 < len(s) && isDigit(s[j+1]))
}

// prefixed reads "¥12.5", "US$ 20", "RMB 300".
func (x *extraction) prefixed(i int) (float64, string, int) {
	s := x.s
	if c := s[i]; isDigit(c) || isLetter(c) && !currencyWord(s, i) {
		return 0, "", 0
	}
	for _, m := range currencySigns() {
		rest, ok := strings.CutPrefix(s[i:], m.sign)
		if !ok {
			continue
		}
		j := len(s) - len(strings.TrimLeft(rest, " "))
		if j >= len(s) || !isDigit(s[j]) {
			return 0, "", 0
		}
		v, end := parseArabic(s, j)
		if end > 0 {
			v, end = scale(s, v, end)
		}
		if end == 0 || alnumAt(s, end) {
			return 0, "", 0
		}
		code := m.code
		if code == "" {
			code = x.e.dollar
		}
		if m.code == "CNY" || m.code == "" { // ¥12元
			for _, tail := range []string{"元", "块钱", "块", "usd", " usd"} {
				if strings.HasPrefix(s[end:], tail) {
					end += len(tail)
					break
				}
			}
		}
		return v, code, end
	}
	return 0, "", 0
}

// suffixed reads "12块5", "三百元", "20 bucks", "20usd", "50 cents".
func (x *extraction) suffixed(i int) (float64, string, int) {
	s := x.s
	if isLetter(s[i]) {
		return x.englishAmount(i)
	}
	v, end := parseNumber(s, i)
	if end == 0 {
		return 0, "", 0
	}
	j := end
	for _, about := range []string{"多", "来", "几"} {
		if strings.HasPrefix(s[j:], about) {
			j += len(about)
			break
		}
	}
	if r, n := utf8.DecodeRuneInString(s[j:]); j > end && chineseUnit(r) >= 1e4 { // 三十多万
		v, j = v*chineseUnit(r), j+n
	}
	for j < len(s) && s[j] == ' ' && j-end < 2 {
		j++
	}
	rest := s[j:]
	for _, u := range []struct{ word, code string }{
		{"元人民币", "CNY"}, {"人民币", "CNY"}, {"美元", "USD"}, {"美金", "USD"}, {"美刀", "USD"}, {"刀乐", "USD"}, {"港币", "HKD"}, {"港元", "HKD"},
		{"新台币", "TWD"}, {"台币", "TWD"}, {"欧元", "EUR"}, {"英镑", "GBP"}, {"日元", "JPY"}, {"日圆", "JPY"}, {"韩元", "KRW"}, {"澳元", "AUD"},
		{"澳币", "AUD"}, {"加元", "CAD"}, {"加币", "CAD"}, {"新币", "SGD"}, {"¥", "CNY"}, {"€", "EUR"}, {"£", "GBP"}, {"$", "USD"},
	} {
		if strings.HasPrefix(rest, u.word) {
			return v, u.code, j + len(u.word)
		}
	}
	if strings.HasPrefix(rest, "刀") && !strings.HasPrefix(rest, "刀具") {
		return v, "USD", j + len("刀")
	}
	if end, total := yuan(s, i, j, v); end > 0 {
		return total, "CNY", end
	}
	if code, per, n := englishCurrency(rest); n > 0 {
		return v * per, code, j + n
	}
	return 0, "", 0
}

// yuan reads what follows the number v, which began at i, in everyday Chinese: 元, 块(钱) with 角/毛 and 分 behind; 毛
// alone. A small number in characters before 块 may count pieces (一块毛巾), and 三毛 is a writer.
func yuan(s string, i, j int, v float64) (end int, total float64) {
	rest, figures := s[j:], isDigit(s[i])
	switch {
	case strings.HasPrefix(rest, "毛钱"), figures && strings.HasPrefix(rest, "毛") && !strings.HasPrefix(rest, "毛巾") && !strings.HasPrefix(rest, "毛衣"):
		end = j + len("毛")
		if strings.HasPrefix(s[end:], "钱") {
			end += len("钱")
		}
		return end, v / 10
	case strings.HasPrefix(rest, "分钱"):
		return j + len("分钱"), v / 100
	case strings.HasPrefix(rest, "元") && !strings.HasPrefix(rest, "元旦"), strings.HasPrefix(rest, "圆"):
		end = j + len("元")
	case strings.HasPrefix(rest, "块"):
		end = j + len("块")
		if strings.HasPrefix(s[end:], "钱") {
			return end + len("钱"), v
		}
		if countedPiece(s[end:]) || !figures && v < 10 && !moneyGoesOn(s[end:]) {
			return 0, 0
		}
	default:
		return 0, 0
	}
	total = v
	if cents, to := parseNumber(s, end); to > 0 && to-end <= 6 && cents < 100 {
		after := s[to:]
		switch {
		case strings.HasPrefix(after, "角"), strings.HasPrefix(after, "毛"):
			total, end = v+cents/10, to+len("角")
			if fen, to := parseNumber(s, end); to > 0 && fen < 10 {
				total, end = total+fen/100, to
				end += len(s[to:]) - len(strings.TrimPrefix(s[to:], "分"))
			}
		case strings.HasPrefix(rest, "块") && cents < 10 && cents == math.Trunc(cents) && !measureFollows(after): // 12块5
			total, end = v+cents/10, to
		case strings.HasPrefix(rest, "块") && cents >= 10 && !measureFollows(after):
			total, end = v+cents/100, to
		}
	}
	return end, total
}

// countedPiece reports whether 块 counts things and not money: 两块电池.
func countedPiece(after string) bool {
	for _, w := range []string{"电池", "表", "手表", "布", "蛋糕", "屏", "硬盘", "香皂", "肥皂", "巧克力", "面膜", "板", "石", "玻璃", "砖", "地", "毛巾",
		"内存", "充电宝", "饼", "肉", "豆腐", "牌", "垫"} {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	return false
}

// moneyGoesOn reports whether the text after 块 goes on as it does after a price.
func moneyGoesOn(after string) bool {
	r, _ := utf8.DecodeRuneInString(after)
	return !isHan(r) || chineseDigit(r) >= 0 || strings.ContainsRune("的左以多就每到啊吧呢吗都起不", r)
}

// measureFollows reports whether the text goes on with a measure word, so that the number before it counts something.
func measureFollows(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r != utf8.RuneError && strings.ContainsRune("个件只双条盒包瓶箱套台部张本支把袋斤天次元块份月号点年%", r)
}

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
	case "dollar", "dollars", "buck", "bucks", "usd":
		return "USD", 1, len(w)
	case "cent", "cents":
		return "USD", 0.01, len(w)
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

// englishNumber reads a number word at i: one … twelve, tens, hundred; its value and end, or 0.
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

func englishDigit(w string) (float64, bool) {
	switch w {
	case "one":
		return 1, true
	case "two":
		return 2, true
	case "three":
		return 3, true
	case "four":
		return 4, true
	case "five":
		return 5, true
	case "six":
		return 6, true
	case "seven":
		return 7, true
	case "eight":
		return 8, true
	case "nine":
		return 9, true
	case "ten":
		return 10, true
	case "eleven":
		return 11, true
	case "twelve", "dozen":
		return 12, true
	case "fifteen":
		return 15, true
	case "twenty":
		return 20, true
	case "thirty":
		return 30, true
	case "forty":
		return 40, true
	case "fifty":
		return 50, true
	case "sixty":
		return 60, true
	case "seventy":
		return 70, true
	case "eighty":
		return 80, true
	case "ninety":
		return 90, true
	}
	return 0, false
}

// quantity finds a number with what it counts at i: 两件, 3 pairs, x2. The value is "2 件", "3 pair".
func (x *extraction) quantity(i int) int {
	s := x.s
	if s[i] == 'x' && i+1 < len(s) && isDigit(s[i+1]) && (i == 0 || s[i-1] == ' ' || s[i-1] >= 0x80) { // x2
		if v, end := parseArabic(s, i+1); end > 0 && end-i <= 4 && !alnumAt(s, end) && (end == len(s) || s[end] != '-') {
			return x.addQuantity(i, end, v, "piece")
		}
		return 0
	}
	v, end := 0.0, 0
	if isLetter(s[i]) {
		if v, end = englishNumber(s, i); end == 0 {
			return x.pairOf(i)
		}
	} else if v, end = parseNumber(s, i); end == 0 {
		return 0
	}
	rest := s[end:]
	if r, _ := utf8.DecodeRuneInString(rest); isHan(r) {
		if unit := chineseMeasure(rest, v); unit != "" && counts(s, i, v) {
			return x.addQuantity(i, end+len(unit), v, unit)
		}
		return 0
	}
	if strings.HasPrefix(rest, "x ") && end-i <= 3 { // 2x cups
		return x.addQuantity(i, end+1, v, "piece")
	}
	rest = strings.TrimPrefix(rest, " ")
	if unit, n := englishMeasure(rest); n > 0 && (unit != "g" || v >= 10 && !storage(rest[n:])) {
		return x.addQuantity(i, len(s)-len(rest)+n, v, unit)
	}
	return x.pairOf(i)
}

// counts reports whether the Chinese number v at i counts goods: no ordinal (第二本), nothing, and 一 only after a verb of
// trade (买了一个), since 一个 mostly just means "a".
func counts(s string, i int, v float64) bool {
	before := s[:i]
	switch {
	case v == 0 || strings.HasSuffix(before, "第") || strings.HasSuffix(before, "其中"):
		return false
	case v != 1 || isDigit(s[i]):
		return true
	}
	before = strings.TrimSuffix(strings.TrimSuffix(before, "了"), "到")
	r, _ := utf8.DecodeLastRuneInString(before)
	return r != utf8.RuneError && strings.ContainsRune("买订拿换退送收发少缺漏坏购丢", r)
}

// storage reports whether what follows "16g" makes it gigabytes.
func storage(after string) bool {
	return suffixLen(strings.TrimLeft(after, " "), "内存", "运行", "版", "流量", "网", "卡", "手机", "/", "+", "ram", "rom", "ssd", "硬盘", "空间", "显存") > 0
}

func (x *extraction) addQuantity(start, end int, v float64, unit string) int {
	x.add(start, end, rankQuantity, EntityQuantity, strconv.FormatFloat(v, 'f', -1, 64)+" "+unit)
	return end
}

// pairOf reads "a pair of", "a dozen".
func (x *extraction) pairOf(i int) int {
	if c := x.s[i]; c != 'a' && c != 'h' {
		return 0
	}
	for _, p := range []struct {
		words string
		n     float64
		unit  string
	}{{"a pair of", 1, "pair"}, {"a couple of", 2, "piece"}, {"half a dozen", 6, "piece"}, {"a dozen", 12, "piece"}} {
		if strings.HasPrefix(x.s[i:], p.words) && !alnumAt(x.s, i+len(p.words)) && !timeFollows(x.s[i+len(p.words):]) {
			return x.addQuantity(i, i+len(p.words), p.n, p.unit)
		}
	}
	return 0
}

func timeFollows(s string) bool {
	w := strings.TrimLeft(s, " ")
	return strings.HasPrefix(w, "day") || strings.HasPrefix(w, "week") || strings.HasPrefix(w, "month") || strings.HasPrefix(w, "hour") ||
		strings.HasPrefix(w, "year") || strings.HasPrefix(w, "minute") || strings.HasPrefix(w, "time")
}

// chineseMeasure is the measure word that rest begins with when it counts goods: not time (个月), places or events.
func chineseMeasure(rest string, v float64) string {
	for _, w := range []string{"公斤", "千克", "毫升", "平方米", "平米", "厘米"} {
		if strings.HasPrefix(rest, w) {
			return w
		}
	}
	r, n := utf8.DecodeRuneInString(rest)
	if !strings.ContainsRune("件个只双条盒包瓶箱套台部张本支枝把袋斤克份副对罐桶枚片粒卷块顶辆颗杯壶捆打串米升", r) {
		return ""
	}
	unit, after := rest[:n], rest[n:]
	for _, w := range []string{"月", "小时", "钟", "星期", "礼拜", "工作日", "人", "问题", "多月", "半月", "字", "事", "地方", "电话", "客服", "朋友", "意思",
		"多小时", "下", "回事", "多星期", "自然日", "分", "楼", "差评", "好评", "说法", "解释", "理由", "年", "疑问", "建议"} {
		if strings.HasPrefix(after, w) {
			return ""
		}
	}
	switch {
	case r == '打' && (v > 20 || strings.HasPrefix(after, "电") || strings.HasPrefix(after, "折") || strings.HasPrefix(after, "开")):
		return ""
	case r == '份' && strings.HasPrefix(after, "的"), r == '部' && (strings.HasPrefix(after, "分") || strings.HasPrefix(after, "门")),
		r == '条' && strings.HasPrefix(after, "评"), r == '把' && v > 50, r == '片' && strings.HasPrefix(after, "区"), r == '颗' && strings.HasPrefix(after, "星"):
		return ""
	}
	return unit
}

// englishMeasure is the unit, in the singular, that rest begins with, and the length of the word.
func englishMeasure(rest string) (string, int) {
	n := 0
	for n < len(rest) && isLetter(rest[n]) {
		n++
	}
	w := rest[:n]
	switch w {
	case "pairs", "pieces", "boxes", "items", "bottles", "units", "packs", "sets", "bags", "packages", "parcels", "copies", "cases",
		"pounds", "shirts", "shoes", "cups", "tickets", "products", "cans", "rolls", "bars", "jars", "tubes", "kilos", "cartons", "sheets", "pcs",
		"kits", "mugs", "books", "phones", "chairs", "dresses", "socks", "cards", "tablets", "lamps", "batteries", "cables":
		return singular(w), n
	case "pair", "piece", "pc", "box", "item", "bottle", "unit", "pack", "set", "bag", "package", "parcel", "kg", "g", "ml", "lbs", "lb", "oz", "case", "copy":
		return singular(w), n
	}
	return "", 0
}

func singular(w string) string {
	switch w {
	case "pcs", "pc", "pieces":
		return "piece"
	case "boxes":
		return "box"
	case "copies":
		return "copy"
	case "batteries":
		return "battery"
	case "dresses":
		return "dress"
	case "lbs", "lb", "pounds":
		return "lb"
	case "kilos":
		return "kg"
	}
	return strings.TrimSuffix(w, "s")
}
