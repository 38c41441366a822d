package nlp_test

import (
	"fmt"
	"testing"
	"time"

	"huiyin/nlp"
)

// The same day said in both languages is the same day, whatever today is.
func TestDaysInBothLanguages(t *testing.T) {
	pairs := map[string]string{
		"昨天": "yesterday", "今天": "today", "明天": "tomorrow", "前天": "the day before yesterday", "后天": "the day after tomorrow",
		"3天前": "3 days ago", "两周前": "two weeks ago", "一个月前": "a month ago", "两年前": "two years ago", "5天后": "in 5 days", "三周后": "in three weeks",
		"两个月后": "in two months", "上个月": "last month", "下个月": "next month", "去年": "last year", "明年": "next year", "下周三": "next wednesday",
		"圣诞节": "christmas", "11月3日": "nov 3", "2026年11月3日": "november 3, 2026", "2小时前": "2 hours ago", "半小时后": "in half an hour",
		"30分钟后": "in 30 minutes", "昨天下午3点半": "yesterday at 3:30 pm", "明天上午9点": "tomorrow at 9 am", "黑五": "black friday",
	}
	for _, now := range clocks() {
		for zh, en := range pairs {
			a, b := datesAt(t, now, zh), datesAt(t, now, en)
			if a == "" || a != b {
				t.Errorf("%s: %s is %q, %s %q", now.Format(time.RFC1123), zh, a, en, b)
			}
		}
	}
}

// An amount is the same however it is written, in either language and in figures.
func TestAmountsInBothLanguages(t *testing.T) {
	e := entities(t)
	for _, forms := range [][]string{
		{"$20", "20 dollars", "twenty dollars", "US$20", "20 usd", "20美元", "二十美元", "20美金", "20 bucks", "20刀"},
		{"¥12.5", "12.5元", "12块5", "12块5毛", "十二块五", "RMB 12.5", "12.5 yuan", "１２．５元", "￥12.50"},
		{"¥1200", "1,200元", "1200块钱", "一千二百元", "一千二块钱", "1千2百元", "1.2千元", "RMB 1,200", "12百元"},
		{"€9.99", "9.99欧元", "9.99 euros", "9,99 €", "EUR 9.99", "9 euros and 99 cents"},
		{"£5", "5英镑", "5 pounds", "five quid", "GBP 5", "500 pence"},
		{"HK$88", "88港币", "88 hkd", "HKD 88", "八十八港元"},
	} {
		want := amountIn(e, forms[0])
		for _, f := range forms[1:] {
			if got := amountIn(e, f); got != want {
				t.Errorf("%s is %s, %s %s", forms[0], want, f, got)
			}
		}
	}
}

// What is found does not depend on what else is said in other sentences.
func TestEntitiesAmongOthers(t *testing.T) {
	e := entities(t)
	parts := []struct{ text, want string }{
		{"昨天下的单", "date 昨天=2026-11-20"}, {"订单号E-1024", "order E-1024=E-1024"}, {"花了300块", "amount 300块=300.00 CNY"}, {"买了两件", "quantity 两件=2 件"},
		{"打我13812345678", "phone 13812345678=13812345678"}, {"I paid 45 dollars and 50 cents", "amount 45 dollars and 50 cents=45.50 USD"},
		{"my moka pot leaks", "product moka pot=Moka Pot Pro"}, {"mail ann@example.com", "email ann@example.com=ann@example.com"},
	}
	for i, a := range parts {
		for j, b := range parts {
			if i == j {
				continue
			}
			for _, between := range []string{"。", "\n", "! ", "；", " 😀 "} {
				text := a.text + between + b.text
				if got, want := listed(e.Find(text)), fmt.Sprintf("%s; %s", a.want, b.want); got != want {
					t.Errorf("%q\n got %s\nwant %s", text, got, want)
				}
			}
		}
	}
}

// Products may be exchanged while texts are read: each text sees the old list or the new one.
func TestProductsAreExchangedBetweenTexts(t *testing.T) {
	e := entities(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 200 {
			name := []string{"彩虹杯", "Moka Pot"}[i%2]
			e.SetProducts([]nlp.Product{{Name: name}})
		}
	}()
	for range 200 {
		switch got := only(nlp.EntityProduct, e.Find("彩虹杯 moka pot")); got {
		case "彩虹杯=彩虹杯", "moka pot=Moka Pot", "彩虹杯=彩虹杯; moka pot=Moka Pot Pro":
		default:
			t.Errorf("got %s", got)
		}
	}
	<-done
}
