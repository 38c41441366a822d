package nlp

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

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
	if strings.HasPrefix(rest, "l") && !alnumAt(rest, 1) { // 1.5L; "2 L" may be a size
		return x.addQuantity(i, end+1, v, "l")
	}
	rest = strings.TrimPrefix(rest, " ")
	if strings.HasPrefix(rest, "dozen") && !alnumAt(rest, len("dozen")) {
		return x.addQuantity(i, len(s)-len(rest)+len("dozen"), 12*v, "piece")
	}
	if announcesQuantity(s[:i]) && !alnumAt(s, end) && v > 0 {
		return x.addQuantity(i, end, v, "piece")
	}
	if unit, n := englishMeasure(rest); n > 0 && (unit != "g" || v >= 10 && !storage(rest[n:])) {
		return x.addQuantity(i, len(s)-len(rest)+n, v, unit)
	}
	return x.pairOf(i)
}

// announcesQuantity reports whether what stands before a bare number says that it counts goods.
func announcesQuantity(before string) bool {
	before = strings.TrimRight(before, " :：=")
	return hasAnySuffix(before, "qty", "quantity", "数量", "件数")
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
