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

// fewestForeignWords is how many words of another language are enough to be sure of it.
const fewestForeignWords = 2

// isForeign reports whether a folded text is written in a language that the bot does not speak: mostly in letters of another
// script, or with more of the little words of another language than English has in it.
func isForeign(text string) bool {
	latin, han, other, kana := 0, 0, 0, 0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Latin, r):
			latin++
		case isHan(r):
			han++
		case unicode.IsLetter(r):
			other++
		}
	}
	if kana > 2 && 3*kana >= han || other > 3 && other > latin+han {
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
		dónde donde está esta mis pedido quiero quisiera cuándo cuando cómo como por qué favor gracias hola llegado el los las una para con devolver dinero
		paquete puedo tengo envío factura del
		onde meu minha meus quero cancelar pedido não nao obrigado obrigada você por favor as um uma do quando chegou encomenda entrega
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
