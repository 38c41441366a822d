package nlp_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/width"

	"huiyin/nlp"
)

// corpusTexts are the texts of testdata/pii.json and testdata/entities.json.
func corpusTexts(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, name := range []string{"testdata/pii.json", "testdata/pii_other.json", "testdata/entities.json"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var cases []struct {
			Text string `json:"text"`
		}
		if err := json.Unmarshal(raw, &cases); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			out = append(out, c.Text)
		}
	}
	return out
}

// foldedKinds lists what is found, with its text folded.
func foldedKinds(text string) []string {
	var out []string
	for _, p := range nlp.FindPII(text) {
		out = append(out, p.Kind+" "+nlp.Fold(text[p.Start:p.End]))
	}
	return out
}

// Personal data is found alike in half width and full width and between invisible characters, and no less of it in capitals:
// whoever hides a number from a filter so does not hide it from this one. In capitals, more may look like the name of a street.
func TestPIIHoweverItIsTyped(t *testing.T) {
	forms := map[string]func(string) string{
		"full width": width.Widen.String,
		"upper case": strings.ToUpper,
		"invisible characters": func(s string) string {
			var b strings.Builder
			for i, r := range s {
				if i > 0 && i%3 == 0 {
					b.WriteRune('\u200b')
				}
				b.WriteRune(r)
			}
			return b.String()
		},
	}
	texts := corpusTexts(t)
	for name, form := range forms {
		wrong := 0
		for _, text := range texts {
			want, got := foldedKinds(text), foldedKinds(form(text))
			if name == "upper case" {
				got = slices.DeleteFunc(got, func(find string) bool { return strings.HasPrefix(find, nlp.PIIAddress) && !slices.Contains(want, find) })
			}
			if !slices.Equal(got, want) {
				wrong++
				t.Logf("%s: %q: %q, as it was %q", name, text, got, want)
			}
		}
		if wrong > 0 {
			t.Errorf("%s: %d of %d texts differ", name, wrong, len(texts))
		}
	}
}

// What is found in a text is found in it after another sentence, and before one.
func TestNeighboursDoNotChangeWhatIsFound(t *testing.T) {
	texts := corpusTexts(t)
	for _, around := range [][2]string{{"你好。\n\n", ""}, {"Hello there!\n\n", ""}, {"", "\n\n谢谢。"}, {"", "\n\nThank you."}} {
		wrong := 0
		for _, text := range texts {
			want, got := foldedKinds(text), foldedKinds(around[0]+text+around[1])
			if !slices.Equal(got, want) {
				wrong++
				t.Logf("%q between %q: %q, alone %q", text, around, got, want)
			}
		}
		if wrong > 0 {
			t.Errorf("between %q: %d of %d texts differ", around, wrong, len(texts))
		}
	}
}

func TestEntitiesInFullWidth(t *testing.T) {
	e := entities(t)
	wrong := 0
	for _, text := range corpusTexts(t) {
		values := func(s string) []string {
			var out []string
			for _, x := range e.Find(s) {
				if x.Kind != nlp.EntityURL {
					out = append(out, x.Kind+"="+nlp.Fold(x.Value))
				}
			}
			return out
		}
		if want, got := values(text), values(width.Widen.String(text)); !slices.Equal(got, want) {
			wrong++
			t.Logf("%q: in full width %q, in half width %q", text, got, want)
		}
	}
	if wrong > 0 {
		t.Errorf("%d texts differ", wrong)
	}
}

// The same sentence in the three scripts of a bilingual shop gives the same words.
func TestScriptsGiveTheSameTerms(t *testing.T) {
	tok := tokenizer(t)
	for simplified, traditional := range map[string]string{
		"我要退货": "我要退貨", "发票抬头写错了": "發票抬頭寫錯了", "请问什么时候发货": "請問什麼時候發貨", "客服态度很差": "客服態度很差",
		"耳机没有声音": "耳機沒有聲音", "运费谁出": "運費誰出", "优惠券用不了": "優惠券用不了", "账号登录不了": "賬號登錄不了",
		"这个颜色还有吗": "這個顏色還有嗎", "换货要几天": "換貨要幾天", "订单显示已签收但是我没收到": "訂單顯示已簽收但是我沒收到",
	} {
		terms := func(s string) []string {
			var out []string
			for _, x := range tok.Tokenize(s) {
				out = append(out, x.Term)
			}
			return out
		}
		if want, got := terms(simplified), terms(traditional); !slices.Equal(got, want) {
			t.Errorf("%s: %q, %s: %q", traditional, got, simplified, want)
		}
		if want, got := terms("ok "+simplified), terms("ＯＫ　"+traditional); !slices.Equal(got, want) {
			t.Errorf("ＯＫ　%s: %q, want %q", traditional, got, want)
		}
	}
}

func TestAnalysisIsAsked(t *testing.T) {
	a := nlp.Analysis{
		Flags:    []nlp.Flag{"legal", "urgent"},
		Entities: []nlp.Entity{{Kind: nlp.EntityOrder, Value: "A1"}, {Kind: nlp.EntityDate, Value: "2026"}, {Kind: nlp.EntityOrder, Value: "B2"}},
	}
	if !a.Has("urgent") || a.Has("churn") || (nlp.Analysis{}).Has("urgent") {
		t.Error("flags")
	}
	if e, ok := a.First(nlp.EntityOrder); !ok || e.Value != "A1" {
		t.Errorf("got %+v, %v", e, ok)
	}
	if e, ok := a.First(nlp.EntityPhone); ok || e != (nlp.Entity{}) {
		t.Errorf("got %+v, %v", e, ok)
	}
}
