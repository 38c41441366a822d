package nlp_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"huiyin/nlp"
)

// amountIn is the one amount of a text.
func amountIn(e *nlp.Entities, text string) string {
	if found := only(nlp.EntityAmount, e.Find(text)); strings.Count(found, "=") == 1 {
		return found[strings.LastIndexByte(found, '=')+1:]
	}
	return "not one amount: " + listed(e.Find(text))
}

// inChinese writes a number below a hundred million as people do: 一万零五十, 三千二百零四.
func inChinese(n int) string {
	if n >= 10000 {
		rest := n % 10000
		s := inChinese(n/10000) + "万"
		switch {
		case rest == 0:
			return s
		case rest < 1000:
			return s + "零" + inChinese(rest)
		}
		return s + inChinese(rest)
	}
	digits, units := []rune("零一二三四五六七八九"), []string{"", "十", "百", "千"}
	var b strings.Builder
	zero := false
	for place := 3; place >= 0; place-- {
		d := n
		for range place {
			d /= 10
		}
		d %= 10
		switch {
		case d == 0:
			zero = b.Len() > 0
			continue
		case zero:
			b.WriteRune('零')
			zero = false
		}
		b.WriteRune(digits[d])
		b.WriteString(units[place])
	}
	return b.String()
}

// Every numeral is read as the number that it was written from, whichever way it is written.
func TestChineseNumerals(t *testing.T) {
	e := entities(t)
	r := rand.New(rand.NewPCG(7, 8))
	numbers := []int{10, 11, 15, 20, 21, 99, 100, 101, 110, 111, 200, 210, 999, 1000, 1001, 1010, 1100, 2022, 9999, 10000, 10001, 10010, 10100, 11000,
		100000, 101010, 200005, 1000000, 1000001, 10203040, 99999999}
	for range 300 {
		numbers = append(numbers, 10+r.IntN(1e6))
	}
	capitals := strings.NewReplacer("一", "壹", "二", "贰", "三", "叁", "四", "肆", "五", "伍", "六", "陆", "七", "柒", "八", "捌", "九", "玖",
		"十", "拾", "百", "佰", "千", "仟")
	for _, n := range numbers {
		want := fmt.Sprintf("%d.00 CNY", n)
		numeral := inChinese(n)
		forms := []string{numeral, capitals.Replace(numeral), strings.ReplaceAll(numeral, "二千", "两千"), fmt.Sprint(n)}
		if rest, ten := strings.CutPrefix(numeral, "一十"); ten {
			forms = append(forms, "十"+rest)
		}
		for _, form := range forms {
			for _, text := range []string{form + "元", "付了" + form + "块钱"} {
				if got := amountIn(e, text); got != want {
					t.Errorf("%s: got %s, want %s", text, got, want)
				}
			}
		}
	}
}

// inEnglish writes a number below a thousand in words.
func inEnglish(n int) string {
	small := strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tens := strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
	switch {
	case n < 20:
		return small[n]
	case n < 100 && n%10 == 0:
		return tens[n/10]
	case n < 100:
		return tens[n/10] + "-" + small[n%10]
	case n%100 == 0:
		return small[n/100] + " hundred"
	}
	return small[n/100] + " hundred and " + inEnglish(n%100)
}

func TestEnglishNumerals(t *testing.T) {
	e := entities(t)
	for n := 1; n < 1000; n++ {
		want := fmt.Sprintf("%d.00 USD", n)
		words := inEnglish(n)
		for _, form := range []string{words, strings.ReplaceAll(words, "-", " "), strings.ReplaceAll(words, " and ", " "), strings.ToUpper(words)} {
			if got := amountIn(e, "I paid "+form+" dollars for it"); got != want {
				t.Errorf("%s: got %s, want %s", form, got, want)
			}
		}
	}
}

func TestNumeralsInFullAndInShort(t *testing.T) {
	e := entities(t)
	for text, want := range map[string]string{
		"三百二块钱":           "320.00 CNY",
		"三千五块钱":           "3500.00 CNY",
		"两万五元":            "25000.00 CNY",
		"一千零五元":           "1005.00 CNY",
		"一万零五十元":          "10050.00 CNY",
		"一亿两千万元":          "120000000.00 CNY",
		"一亿元":             "100000000.00 CNY",
		"3千块":             "3000.00 CNY",
		"1.5万元":           "15000.00 CNY",
		"2亿元":             "200000000.00 CNY",
		"1,299元":          "1299.00 CNY",
		"1,234,567.89元":   "1234567.89 CNY",
		"¥0.5":            "0.50 CNY",
		"3w块钱":            "30000.00 CNY",
		"$2m":             "2000000.00 USD",
		"$1,500.75":       "1500.75 USD",
		"a hundred bucks": "100.00 USD",
		"一万亿元":            "1000000000000.00 CNY",
	} {
		if got := amountIn(e, text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
