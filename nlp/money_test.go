package nlp_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"huiyin/nlp"
)

func TestAmountsWithSmallChange(t *testing.T) {
	checkKind(t, entities(t), nlp.EntityAmount, []kindCase{
		{"I paid 45 dollars and 50 cents", "45 dollars and 50 cents=45.50 USD"},
		{"it cost $45 and 50 cents", "$45 and 50 cents=45.50 USD"},
		{"$5 & 5 cents", "$5 & 5 cents=5.05 USD"},
		{"forty-five dollars fifty cents", "forty-five dollars fifty cents=45.50 USD"},
		{"5 euros and 20 cents", "5 euros and 20 cents=5.20 EUR"},
		{"€5 and 20 cents", "€5 and 20 cents=5.20 EUR"},
		{"2 quid and 50 pence", "2 quid and 50 pence=2.50 GBP"},
		{"£2 and ten pence", "£2 and ten pence=2.10 GBP"},
		{"50 pence", "50 pence=0.50 GBP"},
		{"a hundred bucks and one cent", "a hundred bucks and one cent=100.01 USD"},
		// two amounts
		{"45.10 dollars and 50 cents", "45.10 dollars=45.10 USD; 50 cents=0.50 USD"},
		{"45 dollars and 150 cents", "45 dollars=45.00 USD; 150 cents=1.50 USD"},
		{"£2 and 50 cents", "£2=2.00 GBP; 50 cents=0.50 USD"},
		{"2 dollars and 50 pence", "2 dollars=2.00 USD; 50 pence=0.50 GBP"},
		{"45 dollars, or 50 cents more", "45 dollars=45.00 USD; 50 cents=0.50 USD"},
		{"45 dollars and 50 dollars", "45 dollars=45.00 USD; 50 dollars=50.00 USD"},
		{"45 dollars and 3 days", "45 dollars=45.00 USD"},
		{"45 dollars and a cent", "45 dollars=45.00 USD"},
	})
}

// A dollar that does not say whose is the shop's, wherever its sign or its name stands.
func TestBareDollarsAreTheShops(t *testing.T) {
	e, err := nlp.NewEntities(nlp.EntityOptions{Now: now, Zone: shanghai(), Dollar: "AUD"})
	if err != nil {
		t.Fatal(err)
	}
	checkKind(t, e, nlp.EntityAmount, []kindCase{
		{"$20", "$20=20.00 AUD"},
		{"20$", "20$=20.00 AUD"},
		{"20 dollars and 5 cents", "20 dollars and 5 cents=20.05 AUD"},
		{"twenty bucks", "twenty bucks=20.00 AUD"},
		{"50 cents", "50 cents=0.50 AUD"},
		{"US$20", "US$20=20.00 USD"},
		{"$20 USD", "$20 USD=20.00 USD"},
		{"20 usd", "20 usd=20.00 USD"},
		{"20美元", "20美元=20.00 USD"},
		{"HK$20", "HK$20=20.00 HKD"},
	})
}

func TestAmountsInFiguresAndUnits(t *testing.T) {
	checkKind(t, entities(t), nlp.EntityAmount, []kindCase{
		{"1万2元", "1万2元=12000.00 CNY"},
		{"3千5块", "3千5块=3500.00 CNY"},
		{"1百5块钱", "1百5块钱=150.00 CNY"},
		{"1万五块钱", "1万五块钱=15000.00 CNY"},
		{"1万2千元", "1万2千元=12000.00 CNY"},
		{"1万2千5百元", "1万2千5百元=12500.00 CNY"},
		{"1万2千5元", "1万2千5元=12500.00 CNY"},
		{"1万2500元", "1万2500元=12500.00 CNY"},
		{"1万0500元", "1万0500元=10500.00 CNY"},
		{"3千万元", "3千万元=30000000.00 CNY"},
		{"5百万元", "5百万元=5000000.00 CNY"},
		{"3千5百万元", "3千5百万元=35000000.00 CNY"},
		{"1亿2元", "1亿2元=120000000.00 CNY"},
		{"1亿2千万元", "1亿2千万元=120000000.00 CNY"},
		{"1.5万元", "1.5万元=15000.00 CNY"},
		{"¥1万2", "¥1万2=12000.00 CNY"},
		{"花了1万2", "1万2=12000.00 CNY"},
		{"我一共付了1万2千，还没到账", "1万2千=12000.00 CNY"},
		{"我付了三百二还没收到", "三百二=320.00 CNY"},
		{"多扣我50，退一下", "50=50.00 CNY"},
		{"退了我300多", "300=300.00 CNY"},
		{"充值100没到账吗", "100=100.00 CNY"},
		{"充值100还没到账", "100=100.00 CNY"},
		// what only looks like money
		{"满3千2件包邮", ""},
		{"3千2折", ""},
		{"1万2个赞", ""},
		{"花了3天", ""},
		{"花了300多个小时", ""},
		{"付了两次", ""},
		{"付了两", ""},
		{"花了12小时", ""},
		{"扣了20分", ""},
		{"退了2件", ""},
		{"退了20件", ""},
		{"1万2是多少", ""},
		{"阅读量1万2", ""},
	})
}

// A number written in figures with the units of Chinese is the number that it was made from: 3万4千5百 is 34,500.
func TestFiguresWithUnits(t *testing.T) {
	e := entities(t)
	r := rand.New(rand.NewPCG(21, 22))
	for range 500 {
		n, text := 0, ""
		for _, u := range []struct {
			name  string
			value int
		}{{"万", 1e4}, {"千", 1e3}, {"百", 1e2}} {
			if d := r.IntN(10); d > 0 {
				n += d * u.value
				text += fmt.Sprint(d) + u.name
			}
		}
		if n == 0 {
			continue
		}
		if got, want := amountIn(e, "付了"+text+"元"), fmt.Sprintf("%d.00 CNY", n); got != want {
			t.Errorf("%s元: got %s, want %s", text, got, want)
		}
	}
}

// Change is added to the cent, in figures and in words.
func TestChangeIsAddedToTheCent(t *testing.T) {
	e := entities(t)
	for cents := 1; cents <= 99; cents++ {
		want := fmt.Sprintf("7.%02d USD", cents)
		for _, text := range []string{fmt.Sprintf("7 dollars and %d cents", cents), fmt.Sprintf("$7 and %s cents", inEnglish(cents)), fmt.Sprintf("seven bucks %d cents", cents)} {
			if got := amountIn(e, text); got != want {
				t.Errorf("%s: got %s, want %s", text, got, want)
			}
		}
	}
}
