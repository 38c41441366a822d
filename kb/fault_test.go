package kb_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"huiyin/data"
	"huiyin/internal/locale"
	"huiyin/internal/yamlfile"
	"huiyin/kb"
	"huiyin/kb/importer"
)

// TestFaultsAreTranslated: each sentence about what is wrong stands in the catalogue as it stands in the code, so that what an
// editor reads in Chinese is what the log has in English; and the catalogue has no other ones.
func TestFaultsAreTranslated(t *testing.T) {
	c := must(locale.Load(data.Files(), "locale"))(t)
	used := map[string]bool{"kb.fault.at": true, "kb.fault.in": true, "kb.fault.line": true} // see Say
	for _, folder := range []string{".", "importer", "../console"} {
		for _, name := range must(filepath.Glob(folder + "/*.go"))(t) {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file := must(parser.ParseFile(token.NewFileSet(), name, must(os.ReadFile(name))(t), 0))(t)
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || !strings.HasSuffix(nameOf(call.Fun), "NewFault") {
					return true
				}
				key, sentence := "kb.fault."+literal(t, call.Args[0]), literal(t, call.Args[1])
				used[key] = true
				if got := c.Text("en", key); got != sentence {
					t.Errorf("%s: %s is %q in the code and %q in the catalogue", name, key, sentence, got)
				}
				return true
			})
		}
	}
	for _, key := range c.Keys("kb.fault.") {
		if !used[key] {
			t.Errorf("%s is said nowhere", key)
		}
	}
	if len(used) < 60 {
		t.Errorf("only %d sentences were found", len(used))
	}
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func literal(t *testing.T, e ast.Expr) string {
	t.Helper()
	l, ok := e.(*ast.BasicLit)
	if !ok {
		t.Fatalf("%T is no literal", e)
	}
	return must(strconv.Unquote(l.Value))(t)
}

// TestFaultsAreSaid: what is wrong is told in the editor's language with the place, line by line; what comes from the file can
// neither break the sentence nor command the terminal; the program finds its errors in it all the same.
func TestFaultsAreSaid(t *testing.T) {
	read := func(name, text string) error {
		t.Helper()
		_, err := importer.Read(importer.File{Name: name, Data: []byte(text)}, importer.Options{})
		if err == nil {
			t.Fatalf("%s: nothing is wrong", name)
		}
		return err
	}
	_, noEncoding := kb.DecodeText([]byte("x"), "klingon")
	for name, tc := range map[string]struct {
		err    error
		zh, en string
	}{
		"rows": {read("a.csv", "id,标题,状态\na.zh,甲,draft\na.zh,乙,draft\nc.zh,丙,live\nd.zh,丁,draft,多\n"),
			"a.csv 第 5 行：这一行有 4 格，表头有 3 格：格子里含有“,”时，请给整格加上双引号",
			"a.csv, line 5: the row has 4 cells, the header 3: put quotes around cells with “,”"},
		"several": {read("a.csv", "id,标题,状态\na.zh,甲,draft\nc.zh,丙,live\na.zh,乙,draft\n"),
			"a.csv 第 3 行：状态（status）“live”不对：请写 draft（草稿）、review（待审核）、published（已发布）或 archived（已归档）\na.csv 第 4 行：标识（id）“a.zh”已被 a.csv:2 使用，请换一个",
			"a.csv, line 3: status “live”: must be draft, review, published or archived\na.csv, line 4: id “a.zh” is already used by a.csv:2"},
		"escapes": {read("a.csv", "title,status\nx,\"\x1b[31mred\nnext\"\n"),
			"a.csv 第 2 行：状态（status）“\uFFFD[31mred next”不对：请写 draft（草稿）、review（待审核）、published（已发布）或 archived（已归档）",
			"a.csv, line 2: status “\uFFFD[31mred next”: must be draft, review, published or archived"},
		"long": {read("a.jsonl", `{"title":"`+strings.Repeat("长", 400)+`","lang":"`+strings.Repeat("x", 400)+`"}`),
			"a.jsonl 第 1 行：语言（lang）“" + strings.Repeat("x", 80) + "…”不对：请写 zh 或 en（也可以写 zh-Hans、zh-Hant）\na.jsonl 第 1 行：标题超过 300 个字",
			"a.jsonl, line 1: lang “" + strings.Repeat("x", 80) + "…”: must be zh or en (or zh-Hans, zh-Hant)\na.jsonl, line 1: the title is longer than 300 characters"},
		"whole file": {read("a.docx", "hello"), "a.docx：文件损坏，或者不是扩展名所说的格式：请用原来的程序打开，重新保存",
			"a.docx: is damaged, or not what its name says: open it in the program that made it and save it again"},
		"wrapped":       {fmt.Errorf("import: %w", noEncoding), "import: 没有“klingon”这种编码，可以用的有 utf-8, utf-16, gbk, big5, windows-1252", "import: there is no encoding “klingon” here: use one of utf-8, utf-16, gbk, big5, windows-1252"},
		"another error": {errors.New("disk full"), "disk full", "disk full"},
	} {
		t.Run(name, func(t *testing.T) {
			for lang, want := range map[string]string{"zh": tc.zh, "en": tc.en} {
				if got := kb.Say(tc.err, words(t, lang)); got != want {
					t.Errorf("%q, want\n%q", got, want)
				}
			}
		})
	}
	if !errors.Is(noEncoding, kb.ErrEncoding) {
		t.Errorf("%v is not ErrEncoding", noEncoding)
	}
	_, err := importer.NewFetcher(importer.FetcherOptions{}).Fetch(t.Context(), "https://127.0.0.1:1/")
	if got := kb.Say(err, words(t, "zh")); !errors.Is(err, importer.ErrInside) || got != "无法读取 https://127.0.0.1:1/：指向内部网络" {
		t.Errorf("%v: %s", err, got)
	}
}

// TestYAMLFlawsAreSaid: what is often wrong with a YAML file is said in the reader's language, at its place.
func TestYAMLFlawsAreSaid(t *testing.T) {
	for lang, want := range map[string][]string{
		"zh": {"words.yaml:2：括号没有成对", "words.yaml：文件里有不止一个", "words.yaml:1：这里是一段文字（“a”），应该是列表", "words.yaml:7: odd", "第 3 行：开头的文章信息不合 YAML 格式（括号没有成对"},
		"en": {"words.yaml:2: a bracket is not closed", "words.yaml: has more than one", "words.yaml:1: here is a text (“a”), and it should be a list", "words.yaml:7: odd", "line 3: the front matter is not YAML (a bracket is not closed"},
	} {
		for i, err := range []error{errOf(kb.ReadWords("words.yaml", []byte("- a\n- [b\n"))), errOf(kb.ReadWords("words.yaml", []byte("- a\n---\n- b\n"))),
			errOf(kb.ReadWords("words.yaml", []byte("a\n"))), &yamlfile.Error{File: "words.yaml", Line: 7, What: "odd"}, errOf(kb.ParseArticle("", []byte("---\nid: a.en\ntitle: [x\n---\n")))} {
			if got := kb.Say(err, words(t, lang)); !strings.HasPrefix(got, want[i]) {
				t.Errorf("%s: %s\nwant %s…", lang, got, want[i])
			}
		}
		for _, flaw := range yamlfile.Flaws() {
			if got := kb.Say(&yamlfile.Error{Flaw: flaw, Pairs: []any{"key", "k", "known", "a, b", "first", "3"}}, words(t, lang)); strings.Contains(got, "kb.yaml") || strings.Contains(got, "{") {
				t.Errorf("%s has no sentence in %s: %s", flaw, lang, got)
			}
		}
	}
}

func errOf[T any](_ T, err error) error { return err }
