package nlp

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// mostMoney: a larger number is no price.
const mostMoney = 1e12

// bareDollar stands for the currency of a "$" or a "dollar" that does not say whose; EntityOptions.Dollar does.
const bareDollar = "$"

// amount finds money at i, and adds it as "12.50 CNY".
func (x *extraction) amount(i int) int {
	v, currency, end := x.prefixed(i)
	if end == 0 {
		v, currency, end = x.suffixed(i)
	}
	if end == 0 || v > mostMoney {
		return 0
	}
	v, end = withChange(x.s, v, currency, end)
	if currency == bareDollar {
		currency = x.e.dollar
	}
	x.add(i, end, rankAmount, EntityAmount, fmt.Sprintf("%.2f %s", v, currency))
	return end
}

// currencySigns stand before a number; longer ones first.
func currencySigns() []struct{ sign, code string } {
	return []struct{ sign, code string }{
		{"hk$", "HKD"}, {"us$", "USD"}, {"nt$", "TWD"}, {"a$", "AUD"}, {"c$", "CAD"}, {"s$", "SGD"}, {"$", bareDollar},
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
		v, end := 0.0, 0
		if m.code == "EUR" {
			v, end = parseEuropean(s, j)
		}
		if end == 0 {
			v, end = parseNumber(s, j)
		}
		if end == 0 || alnumAt(s, end) {
			return 0, "", 0
		}
		switch m.code {
		case "CNY": // ¥12元
			end += suffixLen(s[end:], "元", "块钱", "块")
		case bareDollar:
			if n := suffixLen(s[end:], "usd", " usd"); n > 0 {
				return v, "USD", end + n
			}
		}
		return v, m.code, end
	}
	return 0, "", 0
}

// suffixed reads "12块5", "三百元", "20 bucks", "20usd", "50 cents".
func (x *extraction) suffixed(i int) (float64, string, int) {
	s := x.s
	if isLetter(s[i]) {
		return x.englishAmount(i)
	}
	if v, end := parseEuropean(s, i); end > 0 {
		j := skipSpace(s, end)
		if code, _, n := englishCurrency(s[j:]); code == "EUR" && n > 0 {
			return v, code, j + n
		}
		if n := suffixLen(s[j:], "€", "欧元"); n > 0 {
			return v, "EUR", j + n
		}
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
		{"澳币", "AUD"}, {"加元", "CAD"}, {"加币", "CAD"}, {"新币", "SGD"}, {"¥", "CNY"}, {"€", "EUR"}, {"£", "GBP"}, {"$", bareDollar},
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
	if v >= leastBare && spent(s[:i]) && bareEnds(s[end:]) {
		return v, "CNY", end
	}
	return 0, "", 0
}

// leastBare: a smaller number without a unit hardly ever is a price: 花了两….
const leastBare = 10

// spent reports whether the text before a number ends in what is done with money, so that the number needs no unit: 花了300.
func spent(before string) bool {
	return hasAnySuffix(strings.TrimRight(before, " "), "花了", "付了", "扣了", "扣了我", "扣我", "多收了", "收了我", "多收我", "收我", "转了", "充了", "充值",
		"赔了", "赔我", "退了", "退了我", "退我", "退款")
}

// bareEnds reports whether the text goes on after a number as it does after a price, and not with what the number counts.
func bareEnds(rest string) bool {
	rest = strings.TrimPrefix(rest, "多")
	r, n := utf8.DecodeRuneInString(rest)
	if n == 0 || strings.ContainsRune(",。.!?;~、)", r) && (len(rest) == n || !isDigit(rest[n])) {
		return true
	}
	return suffixLen(rest, "左右", "才买", "买", "还", "就", "却", "但", "结果", "不", "没", "吧", "吗", "呢", "啊", "了") > 0
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
	if strings.HasPrefix(s, "包邮") { // 9块9包邮
		return false
	}
	return r != utf8.RuneError && strings.ContainsRune("个件只双条盒包瓶箱套台部张本支把袋斤天次元块份月号点年%", r)
}
