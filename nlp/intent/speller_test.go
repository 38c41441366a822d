package intent

import (
	"context"
	"slices"
	"strings"
	"testing"

	"huiyin/data"
	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// spellerOf learns from texts whose words are set apart by spaces.
func spellerOf(t testing.TB, v *vectors.Vectors, texts ...string) *speller {
	t.Helper()
	p, err := nlp.NewPinyin(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	var tokens [][]nlp.Token
	for _, text := range texts {
		tokens = append(tokens, fields{}.Tokenize(text))
	}
	return newSpeller(tokens, p, v)
}

func repaired(s *speller, text string) string {
	var words []string
	for _, t := range s.repair(longhand((fields{}).Tokenize(text))) {
		words = append(words, t.Text)
	}
	return strings.Join(words, " ")
}

func TestSpellerReadsWhatWasMeant(t *testing.T) {
	folder, err := vectors.Load(subFS(t, "vectors"))
	if err != nil {
		t.Fatal(err)
	}
	s := spellerOf(t, folder,
		"我 要 退货", "我 要 退款", "怎么 申请 退款", "我 的 快递 到 哪 了", "什么 时候 发货", "银行卡 付款 失败", "转 人工", "取消 订单", "你们 的 客服 电话",
		"how do i get a refund for my order", "where is my package", "can you cancel the delivery please", "i forgot my account password",
		"how long will it take", "change my shipping address", "thanks for the message")
	for text, want := range map[string]string{
		// slips of the finger
		"refudn my order":     "refund my order",
		"where is my pakcage": "where is my package",
		"cancle the delivery": "cancel the delivery",
		"i forgot my passwrd": "i forgot my password",
		"chnage my addresss":  "change my address",
		"delivrey":            "delivery",
		"shiping":             "shipping",
		"whhere":              "where",
		// abbreviations
		"pls cancel my order": "please cancel my order",
		"acct pwd":            "account password",
		"where is my pkg":     "where is my package",
		"thx":                 "thanks",
		"can u do it 4 me":    "can you do it for me",
		"whats ur fone nr":    "what is your phone number",
		"i need 2 cancel":     "i need to cancel",
		"wheres my pkg":       "where is my package",
		"b4 my delivery":      "before my delivery",
		"can u send 2 items":  "can you send 2 items",
		"order qty":           "order quantity",
		"4 me":                "4 me",
		"wait 4 days":         "wait 4 days",
		// pinyin
		"tuikuan":                "退款",
		"wo yao tuihuo":          "我 要 退货",
		"woyaotuihuo":            "我 要 退货",
		"wo yao tui kuan":        "我 要 退款",
		"zenme shenqing tuikuan": "怎么 申请 退款",
		"kuaidi dao na le":       "快递 到 哪 了",
		"zhuan rengong":          "转 人工",
		"zhuanrengong":           "转 人工",
		"shenme shihou fahuo":    "什么 时候 发货",
		"我 要 tuikuan":            "我 要 退款",
		"yinhangka fukuan":       "银行卡 付款",
		"i want tuikuan please":  "i want 退款 please",
		// characters that sound alike
		"我 要 腿款":   "我 要 退款",
		"快弟 到 哪 了": "快递 到 哪 了",
		"我 要 推 货":  "我 要 退货",
		"取 消 定 单":  "取消 订单",
		// words of their own
		"can you send me a pen":   "can you send me a pen",
		"i have a long pin":       "i have a long pin",
		"he can hang on":          "he can hang on",
		"banana china":            "banana china",
		"orders refunds":          "orders refunds",
		"parcel":                  "parcel",
		"权利":                      "权利",
		"iphone15 hy20261104 😀 !": "iphone15 hy20261104 😀 !",
		"":                        "",
	} {
		if got := repaired(s, text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestSpellerLeavesWhatItKnows(t *testing.T) {
	s := spellerOf(t, nil, "my order", "我 要 退款")
	tokens := (fields{}).Tokenize("my order 我 要 退款")
	if got := s.repair(tokens); &got[0] != &tokens[0] || len(got) != len(tokens) {
		t.Errorf("got %v", got)
	}
}

func TestSpellerDoesWithoutPinyinAndVectors(t *testing.T) {
	s := newSpeller([][]nlp.Token{fields{}.Tokenize("refund 退款 我")}, nil, nil)
	for text, want := range map[string]string{"refudn": "refund", "tuikuan": "tuikuan", "腿款": "腿款"} {
		if got := repaired(s, text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestRepairedWordsLieWhereTheTyposLay: whoever marks the words of a message must find them.
func TestRepairedWordsLieWhereTheTyposLay(t *testing.T) {
	s := spellerOf(t, nil, "我 要 退货", "please")
	tokens := []nlp.Token{
		{Span: nlp.Span{Start: 0, End: 5}, Text: "plaese"}, {Span: nlp.Span{Start: 7, End: 12}, Text: "woyao"}, {Span: nlp.Span{Start: 13, End: 19}, Text: "tuihuo"},
	}
	got := s.repair(tokens)
	if len(got) != 4 || got[0].Span != tokens[0].Span || got[3].Span != (nlp.Span{Start: 7, End: 19}) {
		t.Errorf("got %+v", got)
	}
}

// TestSpellerReadsAMegabyte: what takes time that grows with the square of a word's length would not end here.
func TestSpellerReadsAMegabyte(t *testing.T) {
	s := spellerOf(t, nil, "我 要 退货", "please cancel my order", strings.Repeat("y", 1000))
	for name, text := range map[string]string{
		"one word": strings.Repeat("a", 1<<20), "one word of pinyin": strings.Repeat("xian", 1<<18), "words of pinyin": strings.Repeat("wo yao ", 1<<17),
		"slips": strings.Repeat("plaese ", 1<<17), "characters": strings.Repeat("腿款 ", 1<<17), "one run": strings.Repeat("腿", 1<<18),
	} {
		if got := s.repair((fields{}).Tokenize(text)); len(got) == 0 || len(got) > 2*maxTokens {
			t.Errorf("%s: %d tokens", name, len(got))
		}
	}
}

func TestOneApart(t *testing.T) {
	words := []string{"", "a", "ab", "ba", "abc", "acb", "abcd", "abdc", "xbcd", "abxcd", "abcdx", "bacd", "axyd", "refund", "refudn", "erfund", "refnud", "refundd"}
	for _, a := range words {
		for _, b := range words {
			if got, want := oneApart(a, b), restrictedDistance(a, b) <= 1; got != want {
				t.Errorf("oneApart(%q, %q) = %v, want %v", a, b, got, want)
			}
		}
	}
}

// restrictedDistance is the optimal string alignment distance, by its definition.
func restrictedDistance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range b {
		d[0][j+1] = j + 1
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestModelReadsPinyinAfterLoading(t *testing.T) {
	p, err := nlp.NewPinyin(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	var examples []nlp.Example
	for label, texts := range map[string][]string{
		"refund": {"我 要 退款", "怎么 申请 退款", "refund please"}, "return": {"我 要 退货", "怎么 退货", "return my order"},
		"delivery": {"快递 到 哪 了", "什么 时候 发货", "where is my parcel"},
	} {
		for _, text := range texts {
			examples = append(examples, nlp.Example{Text: text, Label: label})
		}
	}
	m, err := Train(context.Background(), fields{}, examples, Options{Pinyin: p})
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	back, err := Load(strings.NewReader(file.String()), nil, p)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"wo yao tuikuan": "refund", "zenme tuihuo": "return", "kuaidi dao na le": "delivery", "were is my parcle": "delivery"} {
		for _, m := range []*Model{m, back} {
			if got := m.Rank((fields{}).Tokenize(text)); got.Intent.Name != want {
				t.Errorf("%q: got %+v, want %s", text, got, want)
			}
		}
	}
	var c Component
	c.Use(m)
	for text, want := range map[string]nlp.Lang{"wo yao tuikuan": nlp.LangChinese, "were is my parcle": nlp.LangEnglish, "refund please": nlp.LangEnglish} {
		a := nlp.Analysis{Text: text, Lang: nlp.LangEnglish, Tokens: (fields{}).Tokenize(text)}
		if err := c.Annotate(t.Context(), &a); err != nil || a.Lang != want {
			t.Errorf("%q: taken for %s (%v), want %s", text, a.Lang, err, want)
		}
	}
}

func FuzzRepair(f *testing.F) {
	s := spellerOf(f, nil, "我 要 退货", "怎么 申请 退款", "please cancel my order", "where is my package")
	for _, text := range []string{"wo yao tuihuo", "plaese 我 要 腿款", strings.Repeat("xian", 300), strings.Repeat("a ", 2000), "\xff we'd"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tokens := (fields{}).Tokenize(text)
		end := 0
		for i := range tokens {
			tokens[i].Span = nlp.Span{Start: end, End: end + len(tokens[i].Text)}
			end += len(tokens[i].Text) + 1
		}
		a, b := s.repair(tokens), s.repair(tokens)
		if !slices.Equal(a, b) {
			t.Fatalf("%q: %v, then %v", text, a, b)
		}
		last := 0
		for _, x := range a {
			if x.Span.Start < last || x.Span.End <= x.Span.Start || x.Span.End > end {
				t.Fatalf("%q: %v", text, a)
			}
			last = x.Span.Start
		}
	})
}

func BenchmarkRepair(b *testing.B) {
	s := spellerOf(b, nil, "我 要 退货", "怎么 申请 退款", "please cancel my order", "where is my package")
	for name, text := range map[string]string{"known": "please cancel my order", "slip": "plaese cancle my order", "pinyin": "wo yao shenqing tuihuo"} {
		tokens := (fields{}).Tokenize(text)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.repair(tokens)
			}
		})
	}
}

// TestLikeliestSlip: of the words that one slip tells from what was typed the likeliest is read, by the slip as well as by how often the
// texts have it; a word of English is itself where that is likelier; a negation without its apostrophe is one with it.
func TestLikeliestSlip(t *testing.T) {
	folder, err := vectors.Load(subFS(t, "vectors"))
	if err != nil {
		t.Fatal(err)
	}
	s := spellerOf(t, folder, "what do you want", "what is it", "what now", "when and where is my order", "when", "when", "the does does is n't here", "my colour", strings.Repeat("order ", 20))
	for text, want := range map[string]string{
		"i wnat it":     "i want it", // not what, which is more frequent
		"wher is it":    "where is it",
		"where is oder": "where is order", // a river, but hardly here
		"a dose":        "a dose",         // a word of its own
		"color":         "color",
		"is nt here":    "is n't here",
	} {
		if got := repaired(s, text); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
	if got := repaired(spellerOf(t, folder, "it does nt work", "where is it"), "is nt"); got != "is nt" {
		t.Errorf("texts that write nt: %q", got)
	}
}
