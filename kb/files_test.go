package kb_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

const returnsZH = `---
id: returns-window.zh
root: returns-window
lang: zh
title: 退货期限：几天内可以退
category: returns
status: published
questions:
  - 多久之内可以退货
  - '七天无理由: 怎么算'
tags:
  - 退货
from: "2026-11-01T01:00:00Z"
summary: 签收后 7 天内可以退。
---

## 期限

签收后 **7 天**内可以退货。
`

func TestParseArticle(t *testing.T) {
	a, err := kb.ParseArticle("a.md", []byte(returnsZH))
	if err != nil {
		t.Fatal(err)
	}
	if a.ID != "returns-window.zh" || a.Root != "returns-window" || a.Lang != nlp.LangChinese || a.Status != kb.Published ||
		len(a.Questions) != 2 || a.Questions[1] != "七天无理由: 怎么算" || !a.From.Equal(time.Date(2026, 11, 1, 1, 0, 0, 0, time.UTC)) ||
		a.Body != "## 期限\n\n签收后 **7 天**内可以退货。" {
		t.Errorf("read %+v", a)
	}
	if got := string(kb.FormatArticle(a)); got != returnsZH {
		t.Errorf("written differently:\n%s", got)
	}
}

func TestParseArticleErrors(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"no front matter", "# Hello\n", "a.md:1: has no front matter"},
		{"not closed", "---\nid: a\n", "a.md:1: the front matter is not closed"},
		{"unknown key", "---\nid: a.en\ntitle: A\ncatgory: x\n---\n", `a.md:4: unknown key “catgory”`},
		{"key twice", "---\nid: a.en\nid: b.en\ntitle: x\n---\n", `a.md:3:`},
		{"broken YAML", "---\nid: a.en\ntitle: [x\n---\n", "a.md:3: the front matter is not YAML (did not find expected"},
		{"item to the left of its list", "---\nid: a.en\ntitle: x\nquestions:\n  - a\n - b\n---\n", "a.md:6: the front matter is not YAML (did not find expected key"},
		{"star", "---\nid: a.en\ntitle: *best\n---\n", "a.md:3: a value that begins with “*” must stand in quotes: “title: \"*best\"”"},
		{"neither id nor title", "---\nlang: en\n---\nx\n", "a.md:1: the title is missing"},
		{"colon in title", "---\nid: a.en\ntitle: Returns: when\n---\n", "a.md:3: title has a colon in its value: put it in quotes, “title: \"Returns: when\"”"},
		{"list for title", "---\nid: a.en\ntitle: [x]\n---\n", "a.md:3: title must be a single value"},
		{"text for questions", "---\nid: a.en\ntitle: x\nquestions: how\n---\n", "a.md:4: questions must be a list"},
		{"bad date", "---\nid: a.en\ntitle: x\nfrom: tomorrow\n---\n", "a.md:4: from: “tomorrow” is neither"},
		{"until before from", "---\nid: a.en\ntitle: x\nfrom: 2026-01-02\nuntil: 2026-01-01\n---\n", "a.md:5: until"},
		{"no title", "---\nid: a.en\n---\n", "a.md:1: the title is missing"},
		{"bad status", "---\nid: a.en\ntitle: x\nstatus: live\n---\n", "a.md:4: status"},
		{"bad id", "---\nid: ../etc/passwd\nlang: en\ntitle: x\n---\n", "a.md:2: id"},
		{"no language", "---\nid: a\ntitle: x\n---\n", "a.md:1: lang"},
		{"a language that is none", "---\nid: a\ntitle: x\nlang: fr\n---\n", "a.md:4: lang"},
		{"an empty title", "---\nid: a.en\ntitle:\nstatus: draft\n---\n", "a.md:3: the title is missing"},
		{"an item that is no text", "---\nid: a.en\ntitle: x\ntags:\n  - a\n  - b: c\n---\n", "a.md:6: tags has something here that is no text"},
		{"full-width colon", "---\nid： a.zh\ntitle: x\n---\n", "a.md:2: “id：” has a full-width colon: write “id: a.zh”"},
		{"full-width colons everywhere", "---\nid：a.zh\ntitle：x\n---\n", "a.md:2: “id：” has a full-width colon: write “id: a.zh”"},
		{"no blank behind the colon", "---\nid: a.zh\ntitle:退货\n---\n", "a.md:3: “title:” needs a blank behind the colon: write “title: 退货”"},
		{"a tab", "---\nid: a.en\ntitle: x\nquestions:\n\t- a\n---\n", "a.md:5: the line begins with a tab: use blanks"},
		{"a quotation mark that stays open", "---\nid: a.en\ntitle: x\nquestions:\n- \"abc\n- def\nstatus: draft\n---\n", "a.md:5: a quotation mark is not closed"},
		{"GBK", "---\nid: a.zh\ntitle: \xcd\xcb\xbb\xf5\n---\n", "a.md:3: is not UTF-8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := kb.ParseArticle("a.md", []byte(tc.in))
			if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
				t.Errorf("got %v, want %s…", err, tc.want)
			}
		})
	}
}

// TestParseArticleSaysAllMistakes: an editor mends a file once, not once for each mistake in it.
func TestParseArticleSaysAllMistakes(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     []string
	}{
		{"of values", "---\nid: d d.zh\nlang: fr\ntitle:\nstatus: wrong\nquestions: one\ntags:\n  - a\n  - b: c\nuntil: 2020-01-01\nfrom: 2026-01-01\nfoo: 1\nlang: zh\n---\n", []string{
			"a.md:2: id “d d.zh”", "a.md:3: lang “fr”", "a.md:4: the title is missing", "a.md:5: status “wrong”", "a.md:6: questions must be a list", "a.md:9: tags has",
			"a.md:10: until", "a.md:12: unknown key “foo”", "a.md:13: key “lang” is given twice"}},
		{"of writing, and of values behind them", "---\nid: b.zh\ntitle：退货: 怎么办\nlang:zh\nstatus: publish\nsummary: a: b\nuntil: 2026-13-01\n---\n", []string{
			"a.md:3: “title：” has a full-width colon", "a.md:4: “lang:” needs a blank", "a.md:5: status “publish”", "a.md:6: summary has a colon", "a.md:7: until: “2026-13-01”"}},
		{"of several questions", "---\nid: b.zh\ntitle: x\nquestions:\n  - " + strings.Repeat("长", 501) + "\n  - b\ngolden:\n  - " + strings.Repeat("长", 502) + "\n---\n", []string{
			"a.md:5: the question", "a.md:8: the question"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := kb.ParseArticle("a.md", []byte(tc.in))
			if err == nil {
				t.Fatal("no mistake was found")
			}
			got := strings.Split(err.Error(), "\n")
			if len(got) != len(tc.want) {
				t.Fatalf("%d mistakes, want %d:\n%v", len(got), len(tc.want), err)
			}
			for i, want := range tc.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("got %s, want %s…", got[i], want)
				}
			}
		})
	}
}

func TestReadFolder(t *testing.T) {
	file := func(id string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("---\nid: " + id + "\ntitle: T\n---\nbody\n")}
	}
	articles, err := kb.ReadFolder(fstest.MapFS{"zh/b.md": file("b.zh"), "en/a.md": file("a.en"), "README.md": {Data: []byte("x")}, "x.txt": {}})
	if err != nil || len(articles) != 2 || articles[0].ID != "a.en" {
		t.Errorf("got %v, %v", articles, err)
	}
	articles, err = kb.ReadFolder(fstest.MapFS{"zh/b.md": file("b.zh"), "zh/c.md": file("b.zh"), "zh/d.md": {Data: []byte("x")}})
	if err == nil || articles != nil || !strings.Contains(err.Error(), `zh/c.md:2: id “b.zh” is already used by zh/b.md:2`) ||
		!strings.Contains(err.Error(), "zh/d.md:1: has no front matter") {
		t.Errorf("got %v, %v", articles, err)
	}
	if _, err := kb.ReadFolder(fstest.MapFS{"big.md": {Data: make([]byte, 3<<20)}}); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("a large file: %v", err)
	}
}

func TestCSV(t *testing.T) {
	in := append(shop(), kb.Normalize(kb.Article{ID: "odd.zh", Title: `“a, b”`, Questions: []string{"-x", "=1+1", "a: b"},
		Tags: []string{"x y"}, Body: "line\n\n---\n# h\n\ttab", Summary: "two\nlines", Status: kb.Review, From: noon}))
	var b bytes.Buffer
	if err := kb.WriteCSV(&b, in); err != nil {
		t.Fatal(err)
	}
	out, err := kb.ReadCSV("a.csv", bytes.NewReader(append([]byte("\uFEFF"), b.Bytes()...)))
	if err != nil || len(out) != len(in) {
		t.Fatalf("%d articles, %v", len(out), err)
	}
	for i := range in {
		if !kb.SameContent(in[i], out[i]) {
			t.Errorf("wrote %+v, read %+v", in[i], out[i])
		}
	}
	for _, tc := range []struct{ in, want string }{
		{"", "a.csv: is empty"},
		{"id\nx\n", `a.csv:1: column “title” is missing`},
		{"title,标题\nx,y\n", `a.csv:1: “title” and “标题” are both for title`},
		{"标题,问题,相似问\nx,y,z\n", `a.csv:1: “问题” and “相似问” are both for questions`},
		{"id,title,colour\na.en,x,y\n", `a.csv:1: unknown column “colour”`},
		{"id,title\na.en,x,y\n", "a.csv:2: the row has 3 cells, the header 2"},
		{"id,title\na.en,\"x\n", "a.csv:"},
		{"id,title\na.en,x\nb.en,\n", `a.csv:3: the cell under “title” is empty`},
		{"id,title\na.en,x\na.en,y\n", `a.csv:3: id “a.en” is already used by a.csv:2`},
	} {
		if _, err := kb.ReadCSV("a.csv", strings.NewReader(tc.in)); err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%q: got %v, want %s…", tc.in, err, tc.want)
		}
	}
}

// TestForeignCSV: files as other programs and people write them.
func TestForeignCSV(t *testing.T) {
	want := kb.Normalize(kb.Article{ID: "怎么退货.zh", Lang: "zh", Title: "怎么退货？", Body: "7 天内，可以退货。", Questions: []string{"能退吗", "想退"}})
	for name, in := range map[string]string{
		"Chinese header": "问题,答案,相似问\n怎么退货？,7 天内，可以退货。,\"能退吗\n想退\"\n",
		"semicolons":     "question;answer;questions\r\n怎么退货？;7 天内，可以退货。;\"能退吗\n想退\"\r\n\r\n",
		"tabs":           "title\tbody\tquestions\n怎么退货？\t7 天内，可以退货。\t\"能退吗\n想退\"\n",
		"empty rows":     "title,body,questions\n,,\n怎么退货？,7 天内，可以退货。,\"能退吗\n想退\"\n,,\n",
	} {
		got, err := kb.ReadCSV("a.csv", strings.NewReader(in))
		if err != nil || len(got) != 1 || !kb.SameContent(got[0], want) {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
	for _, in := range []string{"标题,正文,问题\n怎么退货？,7 天内，可以退货。,\"能退吗\n想退\"\n", "Question,Title,Answer\n\"能退吗\n想退\",怎么退货？,7 天内，可以退货。\n"} {
		got, err := kb.ReadCSV("a.csv", strings.NewReader(in))
		if err != nil || len(got) != 1 || !kb.SameContent(got[0], want) {
			t.Errorf("questions beside a title: %v, %+v", err, got)
		}
	}
	got, err := kb.ReadCSV("a.csv", strings.NewReader("question,answer\nHow?,a\nhow,b\n!,c\n"))
	if err != nil || len(got) != 3 || got[0].ID != "how.en" || got[1].ID != "how-2.en" || got[2].ID != "article.en" {
		t.Errorf("ids: %v %+v", err, got)
	}
}

// TestCSVHasNoFormulas: what customers wrote is text in a spreadsheet, and is read back as it was.
func TestCSVHasNoFormulas(t *testing.T) {
	in := kb.Normalize(kb.Article{ID: "gap.en", Lang: "en", Title: `=HYPERLINK("https://evil.example","refund")`, Status: kb.Draft, Body: "- one\n- two\n\n+ three\n'=4",
		Summary: "＝cmd", Category: "@sum", Questions: []string{"+1 is my size", "'=2", "'tis late"}, Tags: []string{"-x"}})
	var b bytes.Buffer
	if err := kb.WriteCSV(&b, []kb.Article{in}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, cell := range rows[1] {
		for line := range strings.SplitSeq(cell, "\n") {
			if strings.IndexAny(line, "=+-@") == 0 || strings.HasPrefix(line, "＝") {
				t.Errorf("%s: %q", rows[0][i], line)
			}
		}
	}
	list, err := kb.ReadCSV("a.csv", &b)
	if err != nil || len(list) != 1 || !kb.SameContent(in, list[0]) {
		t.Errorf("%v\n%+v\n%+v", err, in, list)
	}
	if list, err = kb.ArticlesFromRows("a.xlsx", rows[0], []kb.Row{{Line: 2, Cells: rows[1]}}); err != nil || len(list) != 1 || !kb.SameContent(in, list[0]) {
		t.Errorf("saved as a workbook: %v\n%+v", err, list)
	}
}

// FuzzArticle: whatever can be read is written so that it is read back the same.
func FuzzArticle(f *testing.F) {
	f.Add([]byte(returnsZH))
	f.Add([]byte("---\nid: a.en\ntitle: \"\\u2028 x\"\nquestions: [\"a\\tb\", '- c']\n---\n\n---\nbody"))
	f.Add([]byte("---\nid: a.en\ntitle: |\n  x\nsummary: >-\n  folded\n  text\n---\n  body"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := kb.ParseArticle("a.md", raw)
		if err != nil {
			return
		}
		b, err := kb.ParseArticle("a.md", kb.FormatArticle(a))
		if err != nil || !kb.SameContent(a, b) {
			t.Fatalf("%v\n%+v\n%+v\n%s", err, a, b, kb.FormatArticle(a))
		}
		var buf bytes.Buffer
		if err := kb.WriteCSV(&buf, []kb.Article{a}); err != nil {
			t.Fatal(err)
		}
		list, err := kb.ReadCSV("a.csv", &buf)
		if err != nil || len(list) != 1 || !kb.SameContent(a, list[0]) {
			t.Fatalf("csv: %v\n%+v\n%+v", err, a, list)
		}
	})
}
