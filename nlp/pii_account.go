package nlp

import (
	"regexp"
	"strings"
)

// bankAccount announces the number of an account; without a sort code or a routing number beside it, it may be one at the shop.
const bankAccount = `\b(?:my )?(?:account|acct?|a/c)(?: (?:number|no|is))*[.:# ]*`

// accountForms find names in messengers by the word that announces them, and accounts at a British or an American bank by
// their sort code or routing number; the first group is the name. A WeChat ID is six to twenty characters, a QQ number five
// to eleven digits.
var accountForms = []*regexp.Regexp{
	regexp.MustCompile(`(?:微信号?|wechat(?: id| account)?|weixin|\bvx|\bwx)(?: ?(?:号?是|为|is|:))? ?([a-z][a-z0-9_-]{5,19})`),
	regexp.MustCompile(`\bqq号?码?(?: ?(?:是|为|is|:))? ?([1-9][0-9]{4,10})`),
	regexp.MustCompile(`\bsort code[ :#is]*[0-9]{2}[- ]?[0-9]{2}[- ]?[0-9]{2}\b[ ,;and]*` + bankAccount + `([0-9]{7,8})`),
	regexp.MustCompile(bankAccount + `([0-9]{7,8})[ ,;and]*\bsort code`),
	regexp.MustCompile(`\brouting (?:number|no|#)[.:# is]*[0-9]{9}\b[ ,;and]*` + bankAccount + `([0-9]{6,17})`),
	regexp.MustCompile(`\b(?:telegram|tg|instagram|line id)(?: ?(?:is|是|:))? ?(@[a-z0-9_]{3,32})`),
	regexp.MustCompile(`\bline ?id(?: ?(?:is|是|:))? ?([a-z0-9][a-z0-9._-]{2,18}[a-z0-9])`),
}

// accounts adds names in messengers.
func (d *detector) accounts() {
	if !hasAny(d.s, "微信", "sort code", "routing ", "wechat", "weixin", "vx", "wx", "qq", "telegram", "tg", "instagram", "line id", "lineid") {
		return
	}
	for _, form := range accountForms {
		for _, at := range form.FindAllStringSubmatchIndex(d.s, -1) {
			start, end := at[2], at[3]
			name := d.s[start:end]
			if isLetter(name[0]) && !strings.ContainsAny(name, "0123456789_") { // a word: 微信 payment
				continue
			}
			if alnumAt(d.s, end) || end < len(d.s) && (d.s[end] == '@' || d.s[end] == '-') {
				continue
			}
			d.add(start, end, PIIAccount)
		}
	}
}

func hasAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
