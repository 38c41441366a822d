package channels_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"huiyin/channels"
)

func TestMarkdown(t *testing.T) {
	type span struct {
		style channels.Style
		text  string
		url   string
	}
	for _, tc := range []struct {
		name, in, text string
		spans          []span
	}{
		{"plain", "Two lines\nstay two lines", "Two lines\nstay two lines", nil},
		{"bold next to Chinese punctuation", "**注意：**请保留小票", "注意：请保留小票", []span{{channels.Bold, "注意：", ""}}},
		{"bold around Chinese quotes", "请点**“退款”**按钮", "请点“退款”按钮", []span{{channels.Bold, "“退款”", ""}}},
		{"italic", "a *b* _c_ d", "a b c d", []span{{channels.Italic, "b", ""}, {channels.Italic, "c", ""}}},
		{"both at once", "***x***", "x", []span{{channels.Bold, "x", ""}, {channels.Italic, "x", ""}}},
		{"nested", "**a *b* c**", "a b c", []span{{channels.Bold, "a b c", ""}, {channels.Italic, "b", ""}}},
		{"crossed styles stay text", "**a _b** c_", "a _b c_", []span{{channels.Bold, "a _b", ""}}},
		{"arithmetic", "2 * 3 * 4 = 24, 2*3*4", "2 * 3 * 4 = 24, 2*3*4", nil},
		{"snake case", "order_id_no", "order_id_no", nil},
		{"lone marks", "** * _ ~~ ` [", "** * _ ~~ ` [", nil},
		{"struck", "~~old~~ new", "old new", []span{{channels.Strike, "old", ""}}},
		{"code keeps its stars", "run `a **b** c`", "run a **b** c", []span{{channels.Code, "a **b** c", ""}}},
		{"fence", "Do:\n```sh\nls *\n\nrm x\n```\nDone", "Do:\nls *\n\nrm x\nDone", []span{{channels.Pre, "ls *\n\nrm x", ""}}},
		{"fence without end", "```\nx", "x", []span{{channels.Pre, "x", ""}}},
		{"link", "[Returns](https://shop.example/r?a=1)", "Returns", []span{{channels.Link, "Returns", "https://shop.example/r?a=1"}}},
		{"link with title and parentheses", `[a](https://x.example/b_(c) "t").`, "a.", []span{{channels.Link, "a", "https://x.example/b_(c)"}}},
		{"bold link", "[**a**](tel:+86400)", "a", []span{{channels.Link, "a", "tel:+86400"}, {channels.Bold, "a", ""}}},
		{"bare address", "<https://x.example/>", "https://x.example/", []span{{channels.Link, "https://x.example/", "https://x.example/"}}},
		{"image", "![map](https://x.example/m.png)", "map", []span{{channels.Link, "map", "https://x.example/m.png"}}},
		{"dangerous link stays text", "[a](javascript:alert(1))", "[a](javascript:alert(1))", nil},
		{"relative link stays text", "[a](/etc/passwd)", "[a](/etc/passwd)", nil},
		{"heading", "## Returns ##\nText", "Returns\nText", []span{{channels.Bold, "Returns", ""}}},
		{"not a heading", "#1 is best", "#1 is best", nil},
		{"list", "- a\n  - b\n1. c", "• a\n  • b\n1. c", nil},
		{"rule", "a\n\n---\n\nb", "a\n\n———\n\nb", nil},
		{"empty lines collapse", "\n\na\n\n\n\nb\n\n", "a\n\nb", nil},
		{"escapes", `\*a\* \[b\](c) \\ \n`, `*a* [b](c) \ \n`, nil},
		{"bold over a line break", "**a\nb**", "a\nb", []span{{channels.Bold, "a\nb", ""}}},
		{"tags are text", "<b>x</b> &amp; <!channel>", "<b>x</b> &amp; <!channel>", nil},
		{"control characters go", "a\x1b[31mb\x00\u0085c\r\nd\xff", "a[31mbc\nd\uFFFD", nil},
		{"empty emphasis", "**** a", "**** a", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := channels.Markdown(tc.in)
			if r.Text != tc.text {
				t.Errorf("text = %q, want %q", r.Text, tc.text)
			}
			var got []span
			for _, s := range r.Spans {
				got = append(got, span{s.Style, r.Text[s.Start:s.End], s.URL})
			}
			if !reflect.DeepEqual(got, tc.spans) {
				t.Errorf("spans = %v, want %v", got, tc.spans)
			}
		})
	}
}

func TestUnformatted(t *testing.T) {
	for in, want := range map[string]string{
		"See **[Returns](https://x.example/r)** now": "See Returns (https://x.example/r) now",
		"<https://x.example/r>":                      "https://x.example/r",
		"[x.example](https://x.example/)":            "x.example",
		"[a@x.example](mailto:a@x.example)":          "a@x.example",
	} {
		if got := channels.Markdown(in).Unformatted(); got != want {
			t.Errorf("Unformatted(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSafeURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://x.example/a|b>c":  "https://x.example/a%7Cb%3Ec",
		"HTTPS://X.example/":       "https://X.example/",
		"mailto:a@x.example":       "mailto:a@x.example",
		"tel:+861012345678":        "tel:+861012345678",
		"https://中文.example/退货":    "https://%E4%B8%AD%E6%96%87.example/%E9%80%80%E8%B4%A7",
		"javascript:alert(1)":      "",
		"data:text/html,x":         "",
		"//x.example/":             "",
		"https:///x":               "",
		"mailto:":                  "",
		"https://x.example/ a":     "",
		"https://x.example/\u0001": "",
	} {
		if got, ok := channels.SafeURL(in); got != want || ok != (want != "") {
			t.Errorf("SafeURL(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func TestSplitBorders(t *testing.T) {
	for _, tc := range []struct {
		name  string
		in    string
		limit int
		unit  channels.Unit
		want  []string
	}{
		{"fits", "short", 5, channels.Runes, []string{"short"}},
		{"paragraphs", "One line here.\n\nAnother one.", 20, channels.Runes, []string{"One line here.\n\n", "Another one."}},
		{"lines", "first line\nsecond line", 14, channels.Runes, []string{"first line\n", "second line"}},
		{"sentences", "退货要在七天内。请保留小票。运费由我们承担。", 15, channels.Runes, []string{"退货要在七天内。请保留小票。", "运费由我们承担。"}},
		{"words", "one two three four", 9, channels.Runes, []string{"one two ", "three ", "four"}},
		{"no comma at the start of a part", "一二三四，五六", 4, channels.Runes, []string{"一二三", "四，五六"}},
		{"a heading does not stand alone", "Hi\n\n" + strings.Repeat("word ", 5), 20, channels.Runes, []string{"Hi\n\nword word word ", "word word "}},
		{"family stays together", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 11, channels.UTF16, []string{"👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"}},
		{"grapheme over the limit", "👨‍👩‍👧", 3, channels.UTF16, []string{"👨‍", "👩‍", "👧"}},
		{"bytes", "退货", 4, channels.Bytes, []string{"退", "货"}},
		{"rune over the limit", "退货", 2, channels.Bytes, []string{"退", "货"}},
		{"no limit", strings.Repeat("x", 9999), 0, "", []string{strings.Repeat("x", 9999)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, p := range channels.Plain(tc.in).Split(tc.limit, tc.unit) {
				got = append(got, p.Text)
			}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestSplitKeepsSpans(t *testing.T) {
	parts := channels.Markdown("**one two** [three](https://x.example/)").Split(8, channels.Runes)
	want := []channels.Rich{
		{Text: "one two ", Spans: []channels.Span{{Start: 0, End: 7, Style: channels.Bold}}},
		{Text: "three", Spans: []channels.Span{{Start: 0, End: 5, Style: channels.Link, URL: "https://x.example/"}}},
	}
	if !reflect.DeepEqual(parts, want) {
		t.Errorf("got %+v", parts)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("退货要在七天内。\n\nKeep the receipt 👨‍👩‍👧‍👦.", uint8(7), uint8(1))
	f.Add("e\u0301\u0301\u0301\u0301 🇨🇳🇬🇧 \r\n x", uint8(2), uint8(0))
	f.Add("\xff\x00a", uint8(1), uint8(2))
	f.Fuzz(func(t *testing.T, text string, limit, unit uint8) {
		u := []channels.Unit{channels.Runes, channels.UTF16, channels.Bytes}[unit%3]
		n := int(limit)%64 + 1
		r := channels.Plain(text)
		joined := ""
		borders := map[int]bool{len(r.Text): true}
		for _, p := range r.Split(n, u) {
			if size := u.Len(p.Text); size > n && utf8.RuneCountInString(p.Text) > 1 {
				t.Fatalf("a part of %d %s, over %d: %q", size, u, n, p.Text)
			}
			if p.Text == "" && r.Text != "" {
				t.Fatal("an empty part")
			}
			if !utf8.ValidString(p.Text) {
				t.Fatalf("a part cut inside a rune: %q", p.Text)
			}
			joined += p.Text
			borders[len(joined)] = true
		}
		if joined != r.Text {
			t.Fatalf("joined %q, want %q", joined, r.Text)
		}
		at := 0
		for g := uniseg.NewGraphemes(r.Text); g.Next(); {
			for i := at + 1; i < at+len(g.Str()); i++ {
				if borders[i] && u.Len(g.Str()) <= n {
					t.Fatalf("cut inside the grapheme %q of %q", g.Str(), r.Text)
				}
			}
			at += len(g.Str())
		}
	})
}

// visible are the letters and digits of a text: Markdown may neither add nor lose nor reorder any of them, but for what
// it is allowed to hide: the address of a link and the language of a code block.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("*_~`#[]()<>!\\-+ \t\n•—", r) {
			return -1
		}
		return r
	}, s)
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{
		"**a *b* c** [x](https://e.example) `c` ~~d~~", "***a** b*", "*a **b* c**", "[[a](https://e.example)", "``` \n**", "# \n- - *a*",
		"**注意：**", "\\", "![![a](tel:1)](tel:2)", "_a_b_c_ __d__", "<https://a>b</a>", "****a****", "*(*a*)*",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		r := channels.Markdown(in)
		if !utf8.ValidString(r.Text) || r.Text != channels.Clean(r.Text) {
			t.Fatalf("text is not clean: %q", r.Text)
		}
		checkSpans(t, r)
		if !strings.Contains(in, "](") && !strings.Contains(in, "```") && !strings.Contains(in, "~~~") && visible(r.Text) != visible(channels.Clean(in)) {
			t.Fatalf("%q shows %q", in, r.Text)
		}
		again := channels.Plain(in)
		if again.Text != channels.Clean(in) || again.Spans != nil {
			t.Fatalf("plain text changed: %q", again.Text)
		}
		for _, p := range r.Split(9, channels.UTF16) {
			checkSpans(t, p)
		}
	})
}

func checkSpans(t *testing.T, r channels.Rich) {
	t.Helper()
	for i, s := range r.Spans {
		if s.Start < 0 || s.Start >= s.End || s.End > len(r.Text) || !utf8.ValidString(r.Text[s.Start:s.End]) {
			t.Fatalf("span %+v does not fit %q", s, r.Text)
		}
		if s.Style == channels.Link {
			if clean, ok := channels.SafeURL(s.URL); !ok || clean != s.URL {
				t.Fatalf("link to %q", s.URL)
			}
		}
		for _, o := range r.Spans[:i] {
			if o.Start > s.Start || o.Start == s.Start && o.End < s.End || o.End > s.Start && o.End < s.End {
				t.Fatalf("spans %+v and %+v are not in order or cross", o, s)
			}
		}
	}
}
