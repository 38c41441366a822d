package nlp_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"huiyin/data"
	"huiyin/nlp"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"Hello World", "hello world"},
		{"ＡＢＣ１２３，你好！", "abc123,你好!"},
		{"我的訂單還沒到", "我的订单还没到"},
		{"發票抬頭寫錯了，抬不起來", "发票抬头写错了,抬不起来"},
		{"軟體無法下載", "软件无法下载"},
		{"滑鼠和資料庫", "鼠标和数据库"},
		{"伺服器壞了", "服务器坏了"},
		{"著名的后台", "著名的后台"},
		{"程序文件里的绿色通道", "程序文件里的绿色通道"},
		{"序列号和面板", "序列号和面板"},
		{"程式登入不了", "程序登录不了"},
		{"這個面板壞了，請登出", "这个面板坏了,请登出"},
		{"什么时候能用伺服器", "什么时候能用服务器"},
		{"什么怎么这么么", "什么怎么这么么"},
		{"什麼怎麼", "什么怎么"},
		{"退\u200b款\u202e", "退款"},
		{"don’t “worry” — ok", `don't "worry" - ok`},
		{"❤️ 👨‍👩‍👧 1️⃣", "❤ 👨‍👩‍👧 1"},
		{"cafe\u0301 CAFÉ", "café café"},
		{"①㎡℃ﬁ", "1m2°cfi"},
		{"İstanbul", "istanbul"},
		{"　全角　", " 全角 "},
		{"請問7-11能取貨嗎？", "请问7-11能取货吗?"},
	} {
		if got := nlp.Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestFoldedSource(t *testing.T) {
	for _, c := range []struct{ in, find, want string }{
		{"HELLO 世界", "世界", "世界"},
		{"ＡＢＣ１２３，你好", "123", "１２３"},
		{"ＡＢＣ１２３，你好", "你好", "你好"},
		{"退\u200b款吧", "退款", "退\u200b款"},
		{"退\u200b款\u200b吧", "款", "款"},
		{"\u200b退款", "退", "退"},
		{"買了軟體，無法下載", "软件", "軟體"},
		{"ＯＫ 買了軟體\u200b，無法下載", "下载", "下載"},
		{"ＯＫ 買了軟\u200b體，無法下載", "无法", "無法"},
		{"5㎡的房間", "房间", "房間"},
		{"5㎡的房間", "m", "㎡"},
		{"1️⃣訂單", "1", "1"},
	} {
		f := nlp.FoldText(c.in)
		i := strings.Index(f.Text, c.find)
		if i < 0 {
			t.Errorf("%q folded to %q without %q", c.in, f.Text, c.find)
			continue
		}
		s := f.Source(i, i+len(c.find))
		if got := c.in[s.Start:s.End]; got != c.want {
			t.Errorf("%q in %q: source %q, want %q", c.find, c.in, got, c.want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"你好 ＡＢＣ\u200b": "你好 ＡＢＣ\u200b",
		"a\x00b":       "a\uFFFDb",
		"a\xff\xfeb":   "a\uFFFDb",
		"\xe4\xbd":     "\uFFFD",
	} {
		if got := nlp.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// A component that is asked alone finds what it finds in a pipeline, where the text is folded once for all; and a text that
// is exchanged between two components is folded anew.
func TestOneFoldForAll(t *testing.T) {
	tok, find := tokenizer(t), entities(t)
	flags, err := nlp.NewFlags(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	pipe := nlp.NewPipeline(nlp.Language{}, tok, nlp.PIIFinder{}, find, flags)
	for _, text := range []string{
		"", "退款", "我的訂單Ｅ－１０２４還沒到，打１３８１２３４５６７８，我要投訴！！", "Where is my order #AB12345? Mail me: Ann.Lee@example.com\x00", "軟體 有問題 ❤️ 請聯絡我 e\u0301t\u0301",
	} {
		a, err := pipe.Analyze(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		lang, mixed := nlp.DetectLang(text)
		if a.Lang != lang || a.Mixed != mixed || !slices.Equal(a.Tokens, tok.Tokenize(text)) || !slices.Equal(a.PII, nlp.FindPII(text)) ||
			!slices.Equal(a.Entities, find.Find(text)) || !slices.Equal(a.Flags, flags.Find(text)) {
			t.Errorf("%q: in a pipeline %+v", text, a)
		}
	}
	a := nlp.Analysis{Text: "ＡＢＣ"}
	if got := a.Folded(); got.Text != "abc" {
		t.Errorf("got %q", got.Text)
	}
	a.Text = "訂單"
	if got := a.Folded(); got.Text != "订单" || got.Original() != "訂單" {
		t.Errorf("of the text before: %q of %q", got.Text, got.Original())
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "Hello", "ＡＢＣ訂單\u200b軟體", "e\u0301\u0301", "❤️‍🔥", "İ\u0307", "\xff\x00", "ﷺ", "가각"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = nlp.Clean(s)
		folded := nlp.FoldText(s)
		if folded.Text != nlp.Fold(s) {
			t.Fatalf("two results for %q", s)
		}
		if !utf8.ValidString(folded.Text) {
			t.Fatalf("Fold(%q) is not UTF-8: %q", s, folded.Text)
		}
		last := 0
		trace, zigzag := folded.Tracer(), folded.Tracer()
		for i, r := range folded.Text {
			span := folded.Source(i, i+utf8.RuneLen(r))
			zigzag.Start((len(folded.Text) - i) * 7 % len(folded.Text))
			for _, got := range []nlp.Span{trace.Source(i, i+utf8.RuneLen(r)), zigzag.Source(i, i+utf8.RuneLen(r))} {
				if got != span {
					t.Fatalf("%q: a tracer says %v of rune %d of %q, Source %v", s, got, i, folded.Text, span)
				}
			}
			if span.Start < 0 || span.End > len(s) || span.Start >= span.End {
				t.Fatalf("%q: rune %q at %d of %q came from %v", s, r, i, folded.Text, span)
			}
			if !border(s, span.Start) || !border(s, span.End) {
				t.Fatalf("%q: span %v is not on rune borders", s, span)
			}
			if span.Start < last {
				t.Fatalf("%q: span %v goes back before %d", s, span, last)
			}
			last = span.Start
		}
	})
}

func border(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

func BenchmarkFold(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"ascii", "where is my order? it has been a week"},
		{"hans", "我的订单怎么还没发货，都一个星期了"},
		{"hant", "我的訂單怎麼還沒發貨，都一個星期了"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				nlp.Fold(c.text)
			}
		})
	}
}
