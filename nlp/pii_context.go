package nlp

import (
	"strings"
	"sync"
)

// theme is what the words next to a number say about it.
type theme uint8

const (
	themeNone theme = iota
	themePhone
	themeOrder // orders, parcels, tickets, invoices
	themeOther // whatever else is numbered and not personal: models, flights, rooms, codes
	themeID
	themeBank
	themePassport
	themeSSN
	themePlate
	themeMoney
	themeVersion
)

// cueTable knows the words that announce a kind of number, and the fillers that may stand between such a word and its
// number. Both are folded.
type cueTable struct {
	themes  map[string]theme
	fillers map[string]bool
	words   map[theme][]string
	longest int // bytes
}

var cues = sync.OnceValue(func() *cueTable {
	t := &cueTable{themes: map[string]theme{}, fillers: map[string]bool{}, words: map[theme][]string{}}
	for _, c := range cueWords() {
		t.words[c.theme] = strings.Split(c.words, "|")
		for _, w := range t.words[c.theme] {
			t.themes[w] = c.theme
			t.longest = max(t.longest, len(w))
		}
	}
	for _, w := range strings.Split(cueFillers, "|") {
		t.fillers[w] = true
	}
	return t
})

const cueFillers = "号码|号|码|是|为|的|叫|填|写|如下|number|no.|no|num|nr|is|was|id|at|on|(|[|:|：|#|=| |\"|'|,|，|-|/|了|改成|应该|我|都|这个|to|ending|尾号|my|the|'s|address|地址|new|新|换成|变成|。|=>|_|numbers|?|me|back|当前|*"

// impersonal reports whether numbers of this theme belong to things.
func (t theme) impersonal() bool { return t == themeOrder || t == themeOther }

// themeWords are the cues of one theme, apart by "|".
type themeWords struct {
	theme theme
	words string
}

// cueWords lists the cues of each theme.
func cueWords() []themeWords {
	return []themeWords{
		{themePhone, "电话|手机|手机号|联系方式|联系|致电|拨打|座机|打给我|打我|打畀我|打俾我|快递员|骑手|师傅|" +
			"收件人|机主|固话|传真|微信同号|本人|tel|phone|call|call me at|mobile|cell|whatsapp|" +
			"contact|text me|sms|fax|reach me|reach me at|reach me on|call me on|ring me on|dial|landline|text|" +
			"call me back at|reached at|handy"},
		{themeOrder, "订单|单号|运单|快递|物流|包裹|流水|交易|编号|工单|发票|合同|流水号|支付单|账单|提单|申诉|退款单|售后单|退货单|业务|单子|凭证|回执|order|" +
			"orders|tracking|track|parcel|package|shipment|invoice|ref|reference|ticket|case|po|" +
			"confirmation|booking|transaction|txn|receipt|awb|rma|tracking id|claim"},
		{themeOther, "货号|型号|条码|条形码|序列|串码|批次|批号|券码|兑换码|验证码|卡密|款号|工号|会员|会员卡|积分|时间戳|商品|商品码|取件码|房间|群号|群|qq|产品|" +
			"航班|车次|邀请码|许可|期号|serial|model|part|isbn|upc|ean|barcode|batch|sku|coupon|promo|" +
			"voucher|code|timestamp|imei|sn|s/n|item|asin|lot|uid|user id|product id|gift card|" +
			"member|flight|pnr|article|quote|trace|trace id|request id|session"},
		{themeVersion, "build|驱动|内核|更新至|updated to|upgraded to|windows|macos|linux|chrome|版本|固件|version|firmware|ver|ios|android|系统|release|driver|软件|app|v|补丁|升级到|" +
			"更新到|update|章节|第|section"},
		{themeID, "身份证|证件|id card|identity card|hkid|national id|身份证字号|身分证|id no"},
		{themeBank, "银行卡|卡号|信用卡|储蓄卡|借记卡|card|credit card|debit card|visa|mastercard|银联|账号|" +
			"账户|amex"},
		{themePassport, "护照|passport|通行证|回乡证|台胞证|travel document|travel permit"},
		{themeSSN, "ssn|social security|social|社会安全|itin"},
		{themePlate, "车牌|plate|license plate|licence plate|number plate|registration|kennzeichen|reg|车号"},
		{themeMoney, "¥|$|€|£|rmb|金额|共计|合计"},
	}
}

const windowBytes = 36 // twelve Chinese characters

// nearTheme is the theme of the cue right before byte i, with nothing but fillers between; else themeNone.
func nearTheme(s string, i int) theme {
	w, fallback := s[max(0, i-windowBytes):i], themeNone
	for {
		if strings.HasSuffix(w, "号码") { // of what? 发票号码, 手机号码
			fallback = themePhone
		} else if t := suffixTheme(w); t != themeNone {
			return t
		}
		cut := longestSuffix(w)
		if cut == 0 {
			return fallback
		}
		w = w[:len(w)-cut]
	}
}

// suffixTheme is the theme of the longest cue that w ends with.
func suffixTheme(w string) theme {
	t := cues()
	for n := min(t.longest, len(w)); n > 0; n-- {
		if th, ok := t.themes[w[len(w)-n:]]; ok && cueStands(w, len(w)-n) {
			return th
		}
	}
	return themeNone
}

// cueStands reports whether a cue at byte i of w is a word of its own and no part of a longer Latin word.
func cueStands(w string, i int) bool {
	return i == 0 || !isLetter(w[i]) || !isAlnum(w[i-1])
}

// longestSuffix is the length of the longest filler that w ends with.
func longestSuffix(w string) int {
	t := cues()
	for n := min(t.longest, len(w)); n > 0; n-- {
		if t.fillers[w[len(w)-n:]] && cueStands(w, len(w)-n) {
			return n
		}
	}
	return 0
}

// afterTheme is the theme of a cue that follows byte i ("…是我的订单号"), or themeNone. What follows a comma without a verb, and
// a cue that has a number of its own behind it ("13812345678 订单 88"), say nothing of what stands before.
func afterTheme(s string, i int) theme {
	w := s[i:min(len(s), i+windowBytes)]
	trimmed := strings.TrimLeft(w, " ,，)(]:'\"")
	comma := strings.ContainsAny(w[:len(w)-len(trimmed)], ",，")
	w = trimmed
	ok := false
	for _, p := range []string{"是我的", "这是", "是", "is my", "is the", "is a", "is an", "这个"} {
		if rest, cut := strings.CutPrefix(w, p); cut {
			w, ok = strings.TrimLeft(rest, " "), true
			break
		}
	}
	t := cues()
	for n := min(t.longest, len(w)); n > 0; n-- {
		if th, found := t.themes[w[:n]]; found && (ok || th.impersonal() && !comma) {
			if own := strings.TrimLeft(w[n:], " 号:：#是"); !ok && own != "" && isDigit(own[0]) {
				return themeNone
			}
			return th
		}
	}
	return themeNone
}

// themeIn reports whether a cue of theme t stands anywhere in the window before byte i or right after byte j.
func themeIn(s string, i, j int, t theme) bool {
	before := s[max(0, i-windowBytes-24):i]
	for _, w := range cues().words[t] {
		if k := strings.LastIndex(before, w); k >= 0 && cueStands(before, k) {
			return true
		}
	}
	return afterTheme(s, j) == t
}

// versionContext reports whether what stands before byte i announces a version number.
func versionContext(s string, i int) bool {
	t := nearTheme(s, i)
	return t == themeVersion || t.impersonal()
}
