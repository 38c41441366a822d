package nlp

import (
	"context"
	"strings"
	"unicode/utf8"

	"huiyin/nlp/lang/en"
)

// Language is the component that fills in Lang and Mixed.
type Language struct{}

// Name is "language".
func (Language) Name() string { return "language" }

// Annotate fills in Lang and Mixed.
func (Language) Annotate(ctx context.Context, a *Analysis) error {
	a.Lang, a.Mixed = detect(a.Folded().wide)
	return ctx.Err()
}

// evidence is what a text shows of each language, in units of about one Chinese character.
type evidence struct {
	han, hans, hant int // Chinese characters; those that only one script has
	zhForm          int // characters that Chinese grammar is made of
	en, enForm      int // English words, twice; function words among them
	borrowed        int // words that Chinese speakers use as they are (app, VIP), greetings
	foreign, kana   int // signs of other languages in Latin letters; kana and Hangul
	other           int // letters of other scripts
}

// DetectLang tells Chinese (and its script), English and anything else apart, from two characters on. Numbers,
// addresses, codes and emoji say nothing about the language; a text without letters is LangUnknown. mixed: both
// languages carry meaning, and Lang is the one whose grammar holds the text together.
func DetectLang(text string) (lang Lang, mixed bool) {
	folded, _ := foldWidth(Clean(text))
	return detect(folded)
}

// detect is DetectLang for a text that went through foldWidth.
func detect(folded string) (lang Lang, mixed bool) {
	e := gather(folded)
	zh, english := e.han+e.zhForm, e.en+e.enForm
	if e.han == 0 {
		english += e.borrowed
	}
	switch {
	case e.kana > 1 && 4*e.kana >= e.han, zh+english == 0, e.other > zh+english:
		return LangUnknown, false
	case e.han == 0 && 2*e.foreign > e.en/2+e.enForm:
		return LangUnknown, false
	case zh >= english, e.han > 2 && e.zhForm > 0 && e.enForm == 0: // names of things are no grammar: echo studio支持ldac吗
		return e.script(), 5*e.en >= e.en+zh
	}
	return LangEnglish, 10*e.han >= e.han+english
}

// script is the kind of Chinese that the characters show.
func (e evidence) script() Lang {
	switch {
	case e.hant > e.hans:
		return LangHant
	case e.hans > 0:
		return LangHans
	}
	return LangChinese
}

// langSampleBytes bounds how much of a long text is looked at: a language shows within a few sentences.
const langSampleBytes = 4 << 10

// gather collects the evidence of a text that went through foldWidth.
func gather(s string) evidence {
	if len(s) > langSampleBytes {
		s = strings.ToValidUTF8(s[:langSampleBytes], "")
	}
	var e evidence
	table := scripts()
	for i, x := 0, newScanner(s); ; {
		c, ok := x.next(i)
		if !ok {
			return e
		}
		i = c.end
		part := s[c.start:c.end]
		switch c.kind {
		case kindHan:
			for _, r := range part {
				e.addHan(r, table)
			}
		case kindWord:
			if marked := c.start > 0 && (s[c.start-1] == '@' || s[c.start-1] == '['); !marked { // handles, [doge]
				e.addWord(part)
			}
		case kindOther:
			e.addOther(part)
		}
	}
}

func (e *evidence) addHan(r rune, table *scriptTable) {
	e.han++
	switch c := table.class(r); {
	case c&onlyHans != 0:
		e.hans++
	case c&onlyHant != 0:
		e.hant++
	}
	if strings.ContainsRune("的了吗嗎吧呢我你您是不没沒还還什怎么麼在要有这這那就都也和给給被把", r) {
		e.zhForm++
	}
}

func (e *evidence) addOther(w string) {
	for _, r := range w {
		if 0x3041 <= r && r < 0x30FB || 0xAC00 <= r && r <= 0xD7A3 {
			e.kana++
		} else {
			e.other++
		}
	}
}

func (e *evidence) addWord(w string) {
	if strings.IndexFunc(w, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		e.foreign++
	}
	switch {
	case borrowed(w):
		e.borrowed += 2
	case len(w) == 1 && w != "i" && w != "a" && w != "u":
		e.borrowed++
	default:
		e.en += 2
		if en.Stop(w) || strings.IndexByte(w, '\'') > 0 || englishForm(w) {
			e.enForm++
		}
		if foreignForm(w) {
			e.foreign++
		}
	}
}

// englishForm reports words of English grammar that are no stop words: questions and negations.
func englishForm(w string) bool {
	switch w {
	case "what", "when", "where", "why", "how", "which", "who", "not", "no", "never", "still", "yet", "need", "want":
		return true
	}
	return false
}

// borrowed reports words that appear in Chinese sentences without making them English, and greetings.
func borrowed(w string) bool {
	switch w {
	case "app", "ok", "okay", "vip", "svip", "wifi", "iphone", "ipad", "mac", "macbook", "airpods", "ios", "android",
		"pdf", "qq", "sim", "id", "logo", "usb", "pro", "max", "plus", "mini", "ui", "ai", "pos", "atm", "hi", "hello",
		"hey", "bye", "emo", "kpi", "ktv", "led", "cpu", "gpu", "ssd", "hdmi", "excel", "word", "ppt", "email", "e-mail",
		"gps", "nfc", "bug", "diy", "low", "high", "out", "ps", "xl", "xxl", "xs", "pos机", "sku", "ems", "dhl", "ups",
		"fedex", "apple", "huawei", "vivo", "oppo", "nike", "adidas", "lol", "hhh", "hhhh", "yyds", "xswl", "nb", "gg":
		return true
	}
	return false
}

// foreignForm reports function words of Spanish, French, German, Portuguese, Italian, Dutch and Indonesian that
// English does not have.
func foreignForm(w string) bool {
	switch w {
	case "el", "los", "las", "que", "una", "por", "para", "con", "mi", "su", "es", "como", "donde", "cuando", "hola",
		"gracias", "quiero", "le", "les", "des", "est", "et", "je", "vous", "pas", "pour", "dans", "une", "mon", "ma",
		"ne", "bonjour", "merci", "où", "der", "das", "und", "ist", "ich", "nicht", "mit", "ein", "eine", "zu", "wo",
		"mein", "meine", "wie", "danke", "hallo", "não", "meu", "minha", "obrigado", "il", "mio", "mia", "non", "che",
		"di", "dove", "ciao", "grazie", "het", "een", "ik", "niet", "mijn", "van", "waar", "wanneer", "bestelling", "saya", "tidak", "yang", "dan", "de",
		"la", "en", "del", "pedido", "commande", "bestellung":
		return true
	}
	return false
}
