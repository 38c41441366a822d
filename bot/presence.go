package bot

import (
	"strings"
	"sync"
	"unicode"

	"huiyin/nlp"
)

// asksWhetherThere reports whether a folded text asks nothing but whether somebody reads it: "is anybody there?", 有人在吗.
func asksWhetherThere(text string) bool {
	return zhThere.MatchString(bare(text)) || enThere.MatchString(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }), " "))
}

var (
	zhThere = lazy(`^(?:你好|您好|喂|请问|哈喽|嗨)*(?:有没有|有|还有)人(?:在|在线|在不在|能看到|看到)?(?:吗|么|嘛|没有|没)*$`)
	enThere = lazy(`^(?:(?:hello|hi|hey|um|so|excuse me) )*(?:(?:is|s) (?:there )?)?(?:any|some)(?:body|one)(?: (?:out|in|still|even))?(?: (?:there|here|around|home|online|listening|reading this|reading|awake))(?: (?:please|pls|today|right now|now|at all))*$`)
)

// asksToListen reports whether a folded text only says that a question follows: 我想问一下, "I have a question".
func asksToListen(text string) bool {
	return zhListen.MatchString(bare(text)) || zhOpening.MatchString(bare(text)) && strings.Contains(text, "就是") || enListen.MatchString(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }), " "))
}

var (
	zhOpening = lazy(`^` + oneOf(`就是 那个 那什么 就是说 怎么说呢 怎么说 额 呃 嗯`) + `{2,}$`)
	zhListen  = lazy(`^` + oneOf(`你好 您好 亲 那个 那 我 想 请 麻烦 有 在吗 就是 嗯 跟您 跟你 向您`) + `*(?:` + oneOf(`问一下 问下 问问 问个问题 问个事 问一个问题 咨询一下 咨询下 咨询个问题 请教一下 请教个问题 打听一下 有个问题 有问题 有事 有点事 请问一下`) + `|想咨询|想问|想请教)` + oneOf(`啊 哈 呢 吧 哦 你们 您 你 可以吗 行吗 问你 想问 要问`) + `*$`)
	enListen  = lazy(`^(?:(?:hi|hello|hey|so|um|ok|well|please|pls|there|sorry|excuse me|just|yeah) )*(?:i (?:just )?(?:have|got|ve got) (?:a|another|one|some|a few|a quick) (?:more )?(?:questions?|problem|issue|query)|(?:a )?quick question|i need (?:some |your )?help|need help|help(?: me)?|can (?:you|i get|u) (?:please )?help(?: me)?|can i ask (?:you )?(?:something|a question)|could you help(?: me)?|i have to ask you something)(?: (?:please|pls|with something|here|out|for you|thanks|with my order|about my order))*$`)
)

// wantsItDone reports whether the customer tells the bot to do what it has only explained: "ok do it", 那你帮我弄吧.
func (t *turn) wantsItDone() bool {
	words := strings.Join(strings.FieldsFunc(t.text, func(r rune) bool { return !unicode.IsLetter(r) }), " ")
	return strings.HasPrefix(t.conv.Said, "article:") && (zhDoIt.MatchString(bare(t.text)) || enDoIt.MatchString(words))
}

var (
	zhDoIt = lazy(`^` + oneOf(`那 好 好的 行 可以 嗯 就 请 麻烦 你 您 你们 直接 现在 快`) + `*` + oneOf(`帮我弄 帮我办 帮我操作 帮我处理 帮我搞 帮我搞定 帮我改 帮我取消 帮我申请 帮我开 给我弄 给我办 替我弄 替我办 弄吧 办吧`) + oneOf(`一下 吧 啊 呗 好吗 可以吗 行吗 下 了`) + `*$`)
	enDoIt = lazy(`^(?:(?:ok|okay|yes|yeah|so|then|well|please|pls|just|fine|great|sure|alright|can you|could you|you) )*(?:do it|do that|do so|go ahead|do it for me|do that for me|cancel it|change it|arrange it|arrange that|sort it out)(?: (?:then|please|pls|now|for me|yourself|thanks))*$`)
)

// asksLanguages reports whether a folded text asks nothing but which languages are understood: "do you speak French?", 会说英语吗.
func asksLanguages(text string) bool {
	return zhLanguages.MatchString(bare(text)) || enLanguages.MatchString(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }), " "))
}

var (
	zhTongue    = oneOf(`中文 英文 英语 汉语 国语 普通话 粤语 广东话 法语 法文 德语 德文 日语 日文 韩语 韩文 俄语 俄文 西班牙语 西班牙文 葡萄牙语 意大利语 外语 english chinese`)
	zhLanguages = lazy(`^` + oneOf(`请问 你好 您好 你 您 你们 您们 这里 我 那 那么`) + `*(?:` +
		oneOf(`会 会不会 能 能不能 可以 可不可以 懂 懂不懂 支持 听得懂 看得懂 能用 可以用 有 有没有`) + oneOf(`说 讲 用 听 看 写 回 问 聊`) + `?|` + oneOf(`说 讲 用`) + `)` + zhTongue +
		oneOf(`说 讲 聊 问 沟通 交流 回复 服务 客服 可以 行`) + `*` + oneOf(`吗 么 嘛 没有 可以吗 行吗 好吗 不`) + `*$`)
	enTongue    = oneOf(`english chinese mandarin cantonese french german spanish japanese korean russian portuguese italian arabic dutch thai vietnamese`)
	enLanguages = lazy(`^(?:(?:hello|hi|hey|so|sorry|excuse me|and|ok) )*(?:(?:do|can|could) (?:you|u|i|we|anyone|anybody|someone) (?:also |even |please )?(?:speak|understand|talk|write|chat|read|reply|ask|type|know)(?: to you| you)?(?: in)?|what languages? (?:do|can) you|which languages? (?:do|can) you|is (?:it|this) (?:ok|okay|possible|available) in)(?: some| any)?` +
		`(?: ` + enTongue + `| speak| understand)+(?: (?:too|also|please|here|as well|or|instead|` + enTongue + `))*$`)
)

// fewestForeignWords is how many words of another language are enough to be sure of it.
const fewestForeignWords = 2

// isForeign reports whether a folded text is written in a language that the bot does not speak: mostly in letters of another
// script, or with more of the little words of another language than English has in it.
func isForeign(text string) bool {
	latin, han, other, kana, hiragana := 0, 0, 0, 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Hiragana, r):
			kana, hiragana = kana+1, hiragana+1
		case unicode.Is(unicode.Katakana, r):
			kana++
		case unicode.Is(unicode.Latin, r):
			latin++
		case isHan(r):
			han++
		case unicode.IsLetter(r):
			other++
		}
	}
	borrowed := hiragana == 0 && strings.ContainsAny(text, "吗嗎呢了的有没沒") // a name in katakana within Chinese
	if kana > 2 && 3*kana >= han && !borrowed || other > 3 && other > latin+han {
		return true
	}
	if han > 0 {
		return false
	}
	little, others := littleEnglish(), foreignWords()
	seen := map[string]bool{}
	foreign, english := 0, 0
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if !seen[w] && others[w] {
			foreign++
		} else if little[w] {
			english++
		}
		seen[w] = true
	}
	return foreign >= fewestForeignWords && foreign > 2*english
}

// foreignWords are little words of German, French, Spanish, Portuguese, Italian and Dutch, and what customers speak of, where they are not
// English words, too.
var foreignWords = sync.OnceValue(func() map[string]bool {
	return wordSet(`ich ist sind mein meine meinen meiner mir mich nicht das der den dem ein eine einen wann wie warum und oder bitte danke habe haben kann
		können möchte bestellung paket lieferung geld zurück rechnung für mit auf noch kein keine sie wir guten tag gibt es wird
		où est mon mes je suis voudrais veux quand comment pourquoi et pas les une que qui avez vous votre bonjour merci commande colis
		livraison remboursement pour avec sur dans puis peux retourner
		dónde donde está esta mis pedido quiero quisiera cuándo cuando cómo como por qué favor gracias hola llegado el una para con devolver dinero
		paquete puedo tengo envío factura del
		onde meu minha meus quero cancelar pedido não nao obrigado obrigada você por favor um uma quando chegou encomenda entrega
		dov è dove il mio mia miei ordine vorrei quando perché perche grazie ciao gli non ho pacco spedizione rimborso
		waar mijn ik wil een niet wanneer bestelling pakket dank kan graag terug`)
})

// littleEnglish are words that show that a text is English after all.
var littleEnglish = sync.OnceValue(func() map[string]bool {
	return wordSet(`the is are was my your you i it this that to of for and or not do does did can could will would how what when where why which with from have has
		had me we they please order return refund on in at be been there an`)
})

// unknownNumber is the question of a form for an order number, when the message is nothing but digits that are none: the customer
// hears what one looks like. Numbers that people chat with (666, 23333, 5201314) are left alone. Nil: something else was written.
func (t *turn) unknownNumber() *SlotSpec {
	digits := bare(t.text)
	if !chatNumber.MatchString(digits) || strings.HasPrefix(digits, "520") || len(t.a.Entities) > 0 {
		return nil
	}
	seen := map[rune]bool{}
	for _, r := range digits {
		seen[r] = true
	}
	if len(seen) < 3 {
		return nil
	}
	for i := range t.d.Forms {
		for j := range t.d.Forms[i].Slots {
			if s := &t.d.Forms[i].Slots[j]; s.Entity == nlp.EntityOrder && s.Invalid[t.lang] != "" {
				return s
			}
		}
	}
	return nil
}

var chatNumber = lazy(`^[0-9]{5,20}$`)
