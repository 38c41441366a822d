package bot

import (
	"testing"

	"huiyin/nlp"
)

func TestOtherLanguages(t *testing.T) {
	for text, want := range map[string]bool{
		"Wo ist meine Bestellung?": true, "Ich möchte mein Geld zurück": true, "où est ma commande ?": true, "je voudrais un remboursement": true,
		"dónde está mi pedido": true, "mi pedido no ha llegado": true, "quero cancelar o meu pedido": true, "dov'è il mio ordine": true,
		"waar is mijn pakket": true, "注文した商品はどこですか": true, "いつ届きますか": true, "배송이 언제 와요?": true, "Где мой заказ": true, "متى يصل طلبي": true,
		"สินค้าถึงเมื่อไหร่": true,
		"where is my order": false, "I bought it in Los Angeles, is the la mer cream in stock": false, "der": false, "das keyboard": false, "我的订单到哪了": false,
		"の": false, "タブレット有货吗": false, "キャンセル": true, "los angeles las vegas": false, "かわいい": true, "这款のの包包": false, "asdf qwer": false, "un deux": false, "Hola, where is my order?": false, "12345": false, "AB123456": false,
		"la vie en rose perfume": false, "can I pay for the El Camino mug": false, "para que sirve esto": true, "shi zheng pin ma wo yao mai yi ge": false, "iphone 15 pro max": false, "tuikuan": false,
		"me no like it": false, "no no no": false, "do a refund": false, "wo yao tuikuan": false, "wo de kuaidi dao le ma": false, "ok da": false, "por favor": true,
		"ni hao, wo ma shang yao": false, "das ist ja toll": true, "das auto": false, "une": false, "et tu": false, "come on, mine is die hard": false,
	} {
		if got := isForeign(nlp.Fold(text)); got != want {
			t.Errorf("isForeign(%q) = %v", text, got)
		}
	}
}

func TestAsksWhetherThere(t *testing.T) {
	for text, want := range map[string]bool{
		"is anybody there?": true, "anybody there": true, "Hello?? Is anyone there": true, "is there anyone here right now": true, "anyone reading this?": true,
		"anybody home?": true, "有人吗": true, "有人在吗？": true, "请问有没有人在": true, "喂，有人吗": true, "還有人在嗎": true, "is someone there": true,
		"is anyone selling this there": false, "there": false, "is it there": false, "有人买过吗": false, "家里有人吗": false, "有人签收了吗": false,
		"is anybody there at the shop on Sunday": false, "anyone": false, "有": false, "没有": false, "有没有": false,
	} {
		if got := asksWhetherThere(nlp.Fold(text)); got != want {
			t.Errorf("asksWhetherThere(%q) = %v", text, got)
		}
	}
}

func TestAsksLanguages(t *testing.T) {
	for text, want := range map[string]bool{
		"do you speak French?": true, "Can I write in English?": true, "do you understand Chinese or English": true, "what languages do you speak": true,
		"which language can you understand?": true, "can you reply in German please": true, "你会说英语吗": true, "能用英文吗？": true, "可以讲粤语吗": true,
		"你們會說中文嗎": true, "有英文客服吗": true, "支持日语吗": true, "懂中文不": true,
		"is the manual in French?": false, "can I get the invoice in English": false, "有英文说明书吗": false, "能开英文发票吗": false, "do you ship to French Guiana": false,
		"说明书是英文的": false, "how about the French press": false, "what about french": false, "英语": false, "speak": false, "中文": false, "do you speak": false,
	} {
		if got := asksLanguages(nlp.Fold(text)); got != want {
			t.Errorf("asksLanguages(%q) = %v", text, got)
		}
	}
}
