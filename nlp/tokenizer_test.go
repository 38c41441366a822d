package nlp_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"huiyin/data"
	"huiyin/nlp"
)

func TestTokenize(t *testing.T) {
	tok := tokenizer(t)
	for _, c := range []struct{ in, want string }{ // want: the terms
		{"", ""},
		{"，。！? ", ""},
		{"我要退款", "我要|退款"},
		{"Where are my orders?", "where|are|my|order"},
		{"I don’t want it, can't log in", "i|do|not|want|it|can|not|log|in"},
		{"didnt arrive", "did|not|arriv"},
		{"it's John's", "it|is|john|'s"},
		{"我的order还没ship", "我|的|order|还|没|ship"},
		{"訂單E-1024還沒到", "订单|e-1024|还|没到"},
		{"看https://a.example.com/x?y=1。谢谢", "看|https://a.example.com/x?y=1|谢谢"},
		{"发到zhang.san+1@mail.example.cn吧", "发到|zhang.san+1@mail.example.cn|吧"},
		{"see example.com/help, thanks.please", "see|example.com/help|thank|pleas"},
		{"¥1,299.00 on 2024-11-11 at 12:30", "1,299.00|on|2024-11-11|at|12:30"},
		{"iPhone15 256GB 5G 3days", "iphon|15|256|gb|5g|3|day"},
		{"好的👌🏽👨‍👩‍👧❤️", "好|的|👌🏽|👨‍👩‍👧|❤"},
		{"买T恤和U盘", "买|t恤|和|u盘"},
		{"e-mail me a T-shirt", "email|me|a|tshirt"},
		{"花呗和拼多多都能用微信吗", "花呗|和|拼多多|都|能|用|微信|吗"},
		{"привет мир", "привет|мир"},
		{"SF1234567890123 到哪了", "sf1234567890123|到|哪|了"},
	} {
		var terms []string
		for _, tk := range tok.Tokenize(c.in) {
			terms = append(terms, tk.Term)
		}
		if got := strings.Join(terms, "|"); got != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

// TestTokenCases reads testdata/tokens.json: texts with the terms of their tokens.
func TestTokenCases(t *testing.T) {
	raw, err := os.ReadFile("testdata/tokens.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Text  string   `json:"text"`
		Terms []string `json:"terms"`
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	tok := tokenizer(t)
	for _, c := range cases {
		got := []string{}
		for _, tk := range tok.Tokenize(c.Text) {
			got = append(got, tk.Term)
		}
		if !slices.Equal(got, c.Terms) {
			t.Errorf("%q:\n got %q\nwant %q", c.Text, got, c.Terms)
		}
	}
}

func TestTokenSpans(t *testing.T) {
	in := "ＡＢＣ買了軟體\u200b，I don't like 它"
	want := map[string]string{"abc": "ＡＢＣ", "软件": "軟體", "do": "do", "n't": "n't", "它": "它"}
	for _, tk := range tokenizer(t).Tokenize(in) {
		if w, ok := want[tk.Text]; ok {
			if got := in[tk.Start:tk.End]; got != w {
				t.Errorf("%q spans %q, want %q", tk.Text, got, w)
			}
			delete(want, tk.Text)
		}
	}
	if len(want) > 0 {
		t.Errorf("no tokens for %v", want)
	}
}

func TestAddWord(t *testing.T) {
	tok := tokenizer(t)
	for _, w := range []string{"彩虹波波壶", "Moka Pot  Pro2"} {
		if err := tok.AddWord(w); err != nil {
			t.Fatal(err)
		}
	}
	got := tok.Tokenize("我的彩虹波波壶和MOKA pot pro2")
	if len(got) != 5 || got[2].Text != "彩虹波波壶" || got[4].Text != "moka pot pro2" {
		t.Errorf("got %v", got)
	}
	if tok.AddWord(" \u200b") == nil {
		t.Error("an invisible word was added")
	}
}

// TestAccentsBeforeDigits: letters beyond ASCII at the beginning of a mixture of letters and digits once gave an empty chunk,
// at which reading stopped for ever.
func TestAccentsBeforeDigits(t *testing.T) {
	for in, want := range map[string]string{"a Übung1": "a|übung|1", "x ÒÒÒUU1": "x|òòòuu|1", "café12": "café|12", " école1 12kg": "école|1|12|kg"} {
		var got []string
		for _, tk := range tokenizer(t).Tokenize(in) {
			got = append(got, tk.Text)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q is cut into %q, want %q", in, got, want)
		}
		nlp.DetectLang(in)
	}
}

func FuzzTokenize(f *testing.F) {
	for _, s := range []string{"我的order还没ship", "a.b.c@d.e", "https://x.cn)。", "don't", "T恤", "👨‍👩‍👧", "1-2-3/4", "\x00", "軟體ﷺ", "a Übung1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tok := tokenizer(t)
		s = nlp.Clean(s)
		got, again := tok.Tokenize(s), tok.Tokenize(s)
		if len(got) != len(again) {
			t.Fatalf("%q: %d tokens, then %d", s, len(got), len(again))
		}
		last := 0
		for i, tk := range got {
			if tk != again[i] {
				t.Fatalf("%q: %v, then %v", s, tk, again[i])
			}
			if tk.Start < 0 || tk.End > len(s) || tk.Start >= tk.End || !border(s, tk.Start) || !border(s, tk.End) {
				t.Fatalf("%q: bad span of %+v", s, tk)
			}
			if tk.Start < last || tk.Text == "" || tk.Term == "" || !utf8.ValidString(tk.Text) {
				t.Fatalf("%q: bad token %+v", s, tk)
			}
			last = tk.Start
		}
	})
}

// TestLinear feeds 128 kB of what a hostile customer may send to everything here. It counts processor time, not time on the
// wall, and leaves room for the race detector: what is quadratic takes longer by far.
func TestLinear(t *testing.T) {
	tok, e := tokenizer(t), entities(t)
	flags, err := nlp.NewFlags(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	for name, unit := range map[string]string{
		"han": "我的订单还没有到", "hant": "軟體資料庫", "ascii": "hello world ", "dots": "a.", "at": "a@", "digits": "1",
		"hyphen": "a-1", "marks": "e\u0301\u0301", "zwj": "👩\u200d", "url": "http://a(", "wide": "Ａ", "quote": "n'", "zero": "\u200b",
		"digit groups": "1 ", "phones": "13812345678 ", "street": "12 oak ", "road": "1号路", "card": "4111-", "hex": "a:1.", "colons": "::",
		"numerals": "一百", "dates": "昨天", "ago": "3 days ", "money": "12块5", "hash": "#1", "flags": "不投诉", "commas": "1,111,",
	} {
		s := strings.Repeat(unit, 128<<10/len(unit))
		for part, run := range map[string]func(){
			"tokens": func() { tok.Tokenize(s) }, "pii": func() { nlp.FindPII(s) }, "entities": func() { e.Find(s) },
			"flags": func() { flags.Find(s) }, "lang": func() { nlp.DetectLang(s) },
		} {
			start := processorTime(t)
			run()
			if d := processorTime(t) - start; d > 3*time.Second {
				t.Errorf("%s of %q: took %v", part, name, d)
			} else if d > 100*time.Millisecond {
				t.Logf("%s of %q: %v", part, name, d)
			}
		}
	}
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkTokenize(b *testing.B) {
	tok := tokenizer(b)
	for _, c := range []struct{ name, text string }{
		{"en", "where is my order? it has been a week"},
		{"zh", "我的订单怎么还没发货，都一个星期了"},
		{"hant", "我的訂單怎麼還沒發貨，都一個星期了"},
		{"mixed", "我的order SF1234567890还没ship"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tok.Tokenize(c.text)
			}
		})
	}
}
