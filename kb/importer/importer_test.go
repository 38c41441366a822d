package importer_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"huiyin/kb"
	"huiyin/kb/importer"
)

// archive makes a zip of names and contents.
func archive(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(pairs[i], "/") { // a folder has no content
			continue
		}
		if _, err := w.Write([]byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zeros is what seventy megabytes of zeros are packed into, made once.
var zeros = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		panic(err)
	}
	for range bombMB {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
})

const bombMB = 70

// bomb is an archive whose one file unpacks to seventy megabytes.
func bomb(t testing.TB, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: uint64(len(zeros())), UncompressedSize64: bombMB << 20})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(zeros()); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const stylesXML = `<w:styles xmlns:w="w"><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="a3"><w:name w:val="Title"/></w:style>` +
	`<w:style w:styleId="q"><w:name w:val="FAQ question"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style></w:styles>`

const relsXML = `<Relationships><Relationship Id="rId5" Target="https://shop.example/returns" TargetMode="External"/><Relationship Id="rId6" Target="javascript:alert(1)" TargetMode="External"/></Relationships>`

func paragraph(style, inner string) string {
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>` + inner + `</w:p>`
}

func run(text string) string { return `<w:r><w:t>` + text + `</w:t></w:r>` }

func docx(t testing.TB, body string) []byte {
	return archive(t, "[Content_Types].xml", "<Types/>", "word/document.xml", `<w:document xmlns:w="w" xmlns:r="r"><w:body>`+body+`</w:body></w:document>`,
		"word/styles.xml", stylesXML, "word/_rels/document.xml.rels", relsXML)
}

func TestReadDocument(t *testing.T) {
	body := paragraph("a3", run("售后手册")) + paragraph("q", run("怎么")+run("退货？")) +
		paragraph("", run("签收后 ")+`<w:r><w:rPr><w:b/></w:rPr><w:t>7 天</w:t></w:r>`+run(" 内，见")+`<w:hyperlink r:id="rId5">`+run("说明")+`</w:hyperlink>`+`<w:hyperlink r:id="rId6">`+run("坏")+`</w:hyperlink>`) +
		`<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr>` + run("保留包装") + `</w:p><w:p><w:pPr><w:numPr/></w:pPr>` + run("附上小票") + `</w:p>` +
		paragraph("q", run("运费谁付？")) + paragraph("", run("商家。")+`<w:del>`+run("买家。")+`</w:del>`) +
		`<w:tbl><w:tr><w:tc>` + paragraph("", run("地区")) + `</w:tc><w:tc>` + paragraph("", run("费用 a|b")) + `</w:tc></w:tr><w:tr><w:tc>` + paragraph("", run("上海")) + `</w:tc><w:tc>` + paragraph("", run("0")) + `</w:tc></w:tr></w:tbl>`
	f := importer.File{Name: "manual.docx", Data: docx(t, body)}
	got, err := importer.Read(f, importer.Options{Split: true, Category: "售后"})
	if err != nil || len(got) != 2 {
		t.Fatalf("%v, %+v", err, got)
	}
	if a := got[0]; a.ID != "怎么退货.zh" || a.Title != "怎么退货？" || a.Status != kb.Draft || a.Category != "售后" ||
		a.Body != "签收后 **7 天** 内，见[说明](https://shop.example/returns)坏\n\n- 保留包装\n- 附上小票" {
		t.Errorf("%+v", a)
	}
	if a := got[1]; a.Body != "商家。\n\n| 地区 | 费用 a\\|b |\n| --- | --- |\n| 上海 | 0 |" {
		t.Errorf("%q", a.Body)
	}
	whole, err := importer.Read(f, importer.Options{})
	if err != nil || len(whole) != 1 || whole[0].Title != "售后手册" || !strings.Contains(whole[0].Body, "## 怎么退货？") {
		t.Errorf("%v, %+v", err, whole)
	}
}

func TestReadPage(t *testing.T) {
	page := `<!doctype html><html><head><title>Shop – FAQ</title><script>track()</script><style>p{}</style></head><body>
<header><nav><a href="/">Home</a></nav></header>
<main><h1>Questions &amp; answers</h1>
<h2>How do I <em>return</em> an item?</h2><p>Within <b>7 days</b>.<br>See <a href="https://shop.example/r?a=1&b=2">our rules</a>, not <a href="javascript:alert(1)">this</a>.</p>
<ul><li>keep the box<ul><li>and the bill</li></ul></li><li>* no star</li></ul>
<script>alert(1)</script><iframe src="https://evil.example"></iframe><img src=x onerror=alert(2) alt="a picture">
<h2>Delivery</h2><div>Three days <span hidden>secret</span> as a rule.<table><tr><th>To</th><th>Days</th></tr><tr><td>CN</td><td>1</td></tr></table></div>
<form><input name=q>search</form></main><footer>© shop</footer></body></html>`
	got, err := importer.Read(importer.File{Name: "faq.html", Data: []byte(page)}, importer.Options{Split: true})
	if err != nil || len(got) != 2 {
		t.Fatalf("%v, %+v", err, got)
	}
	if a := got[0]; a.Title != "How do I return an item?" || a.ID != "how-do-i-return-an-item.en" ||
		a.Body != "Within **7 days**.\nSee [our rules](https://shop.example/r?a=1&b=2), not this.\n\n- keep the box\n   - and the bill\n- \\* no star\n\na picture" {
		t.Errorf("%q", a.Body)
	}
	if a := got[1]; a.Body != "Three days as a rule.\n\n| To | Days |\n| --- | --- |\n| CN | 1 |" {
		t.Errorf("%q", a.Body)
	}
	for _, bad := range []string{"alert", "track", "iframe", "secret", "Home", "search", "© shop"} {
		if all := fmt.Sprint(got); strings.Contains(all, bad) {
			t.Errorf("%q is in %s", bad, all)
		}
	}
	t.Run("GBK by its own word", func(t *testing.T) {
		raw, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(`<html><head><meta charset="gbk"><title>退货说明</title></head><body><p>七天内可以退货。</p></body></html>`))
		if err != nil {
			t.Fatal(err)
		}
		got, err := importer.Read(importer.File{Name: "x.htm", Data: raw}, importer.Options{})
		if err != nil || got[0].Title != "退货说明" || got[0].Body != "七天内可以退货。" || got[0].Lang != "zh" {
			t.Errorf("%v, %+v", err, got)
		}
	})
	t.Run("folded answers", func(t *testing.T) {
		got, err := importer.Read(importer.File{Name: "x.html", Data: []byte(`<details><summary>Q one</summary>A one.</details><details><summary>Q two</summary><p>A two.</p></details>`)}, importer.Options{Split: true})
		if err != nil || len(got) != 2 || got[1].Title != "Q two" || got[1].Body != "A two." {
			t.Errorf("%v, %+v", err, got)
		}
	})
}

func workbook(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadWorkbook(t *testing.T) {
	raw := workbook(t, []any{}, []any{"问题", "答案", "分类"}, []any{"怎么退货？", "7 天内。", "售后"}, []any{}, []any{"How long?", "3 days."})
	got, err := importer.Read(importer.File{Name: "faq.xlsx", Data: raw}, importer.Options{})
	if err != nil || len(got) != 2 || got[0].Title != "怎么退货？" || got[0].Category != "售后" || got[1].ID != "how-long.en" || got[1].Body != "3 days." {
		t.Errorf("%v, %+v", err, got)
	}
}

func TestReadLines(t *testing.T) {
	got, err := importer.Read(importer.File{Name: "a.jsonl", Data: []byte("{\"id\":\"a.en\",\"title\":\"A\",\"questions\":[\"x\"],\"from\":\"2026-11-01T00:00:00Z\"}\n\n{\"title\":\"怎么付款\",\"body\":\"刷卡\"}\n")}, importer.Options{})
	if err != nil || len(got) != 2 || got[0].ID != "a.en" || got[0].From.IsZero() || got[1].ID != "怎么付款.zh" {
		t.Errorf("%v, %+v", err, got)
	}
}

// TestReadAgain: a page or a line read again over a stored article changes what it says and keeps the rest.
func TestReadAgain(t *testing.T) {
	stored := kb.Normalize(kb.Article{ID: "returns.en", Title: "Returns", Body: "old", Status: kb.Published, Questions: []string{"send back"}, Category: "after", Summary: "short"})
	for name, text := range map[string]string{"a.html": "<h1>Returns</h1><p>new</p>", "a.jsonl": `{"id":"returns.en","title":"Returns","body":"new"}`} {
		got, err := importer.Read(importer.File{Name: name, Data: []byte(text)}, importer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := stored
		want.Body = "new"
		if row := kb.PlanOver([]kb.Article{stored}, got).Rows[0]; !kb.SameContent(row.Article, want) {
			t.Errorf("%s: %+v", name, row.Article)
		}
	}
}

// TestBadFiles: whatever is wrong with a file, nothing of it is read, and the message names the file and, where there is
// one, the line.
func TestBadFiles(t *testing.T) {
	md := func(id string) string { return "---\nid: " + id + "\ntitle: T\n---\nbody\n" }
	for _, tc := range []struct {
		name, file string
		data       []byte
		want       []string
	}{
		{"broken front matter", "a.md", []byte("---\nid: a.en\ntitle: [x\nstatus: draft\n---\n"), []string{"a.md:3: the front matter is not YAML"}},
		{"broken front matter further down", "a.md", []byte("---\nid: a.en\ntitle: x\nquestions:\n  - a\n - b\n---\n"), []string{"a.md:6: the front matter is not YAML"}},
		{"broken front matter in a folder", "a.zip", archive(t, "one.md", md("a.en"), "zh/two.md", "---\nid: b.en\nsummary: \"x\n---\n"), []string{"zh/two.md:1: the title is missing", "zh/two.md:3: a quotation mark is not closed"}},
		{"row without a question", "a.csv", []byte("问题,答案\n怎么退货？,七天内。\n,没有问题的答案。\n"), []string{`a.csv:3: the cell under “问题” is empty`}},
		{"row of a sheet without a question", "a.xlsx", workbook(t, []any{"Question", "Answer"}, []any{" ", "seven days"}), []string{`a.xlsx:2: the cell under “Question” is empty`}},
		{"line without a title", "a.jsonl", []byte("{\"body\":\"y\"}\n"), []string{"a.jsonl:1: the title is missing"}},
		{"two articles with one id in a table", "a.csv", []byte("id,title\na.en,x\nb.en,y\na.en,z\n"), []string{`a.csv:4: id “a.en” is already used by a.csv:2`}},
		{"two articles with one id in a folder", "a.zip", archive(t, "x/one.md", md("a.en"), "x/two.md", md("a.en")), []string{`x/two.md:2: id “a.en” is already used by x/one.md:2`}},
		{"two articles with one id in lines", "a.jsonl", []byte("{\"id\":\"a.en\",\"title\":\"x\"}\n{\"id\":\"a.en\",\"title\":\"y\"}\n"), []string{`a.jsonl:2: id “a.en” is already used by a.jsonl:1`}},
		{"large file", "a.csv", make([]byte, 33<<20), []string{"a.csv: 33 MB is too large; the limit is 32 MB: split the file"}},
		{"zip bomb as DOCX", "a.docx", bomb(t, "word/document.xml"), []string{"a.docx: unpacks to more than 64 MB"}},
		{"zip bomb as XLSX", "a.xlsx", bomb(t, "xl/worksheets/sheet1.xml"), []string{"a.xlsx: unpacks to more than 64 MB"}},
		{"zip bomb as folder", "a.zip", bomb(t, "a.md"), []string{"a.zip: unpacks to more than 64 MB"}},
		{"DOCX that is none", "a.docx", []byte("hello"), []string{"a.docx: is damaged"}},
		{"DOCX without text", "a.docx", archive(t, "x", "y"), []string{"a.docx: is no Word document"}},
		{"DOCX cut off", "a.docx", archive(t, "word/document.xml", "<w:document><w:body><w:p><w:r>"), []string{"a.docx: is damaged"}},
		{"XLSX that is none", "a.xlsx", archive(t, "x", "y"), []string{"a.xlsx: the workbook is damaged"}},
		{"empty XLSX", "a.xlsx", workbook(t), []string{"a.xlsx: the first sheet is empty"}},
		{"XLSX rows", "a.xlsx", workbook(t, []any{"title", "status"}, []any{"A", "draft"}, []any{"B", "live"}), []string{"a.xlsx:3: status"}},
		{"broken JSON", "a.jsonl", []byte("{\"title\":\"x\"}\n{\"title\n"), []string{"a.jsonl:2: the line is no complete JSON"}},
		{"unknown key in JSON", "a.jsonl", []byte("{\"titel\":\"x\"}\n"), []string{`a.jsonl:1: unknown key “titel”; known are id, root`}},
		{"two objects on a line", "a.jsonl", []byte("{\"id\":\"a.en\",\"title\":\"x\"} {}\n"), []string{"a.jsonl:1: more than one JSON object"}},
		{"unknown encoding", "a.csv", []byte("title\n\x81\xfe\x90\x8d\n"), []string{"a.csv: ", "gbk"}},
		{"page without text", "a.html", []byte("<script>alert(1)</script>"), []string{"a.html: ", "no text"}},
		{"empty file", "a.jsonl", nil, []string{"a.jsonl: holds no articles"}},
		{"unknown format", "a.pdf", []byte("%PDF"), []string{"a.pdf: is in a format that cannot be read; use one of .md .csv"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := importer.Read(importer.File{Name: tc.file, Data: tc.data}, importer.Options{})
			var input *kb.InputError
			if got != nil || !errors.As(err, &input) {
				t.Fatalf("%v, %+v", err, got)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in %v", want, err)
				}
			}
		})
	}
}

func TestReadPath(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("a.md", "---\nid: a.en\ntitle: T\n---\nbody\n")
	if got, err := importer.ReadPath(dir, importer.Options{}); err != nil || len(got) != 1 {
		t.Errorf("%v, %+v", err, got)
	}
	if got, err := importer.ReadPath(write("b.csv", "title\nHow?\n"), importer.Options{}); err != nil || got[0].ID != "how.en" {
		t.Errorf("%v, %+v", err, got)
	}
	if _, err := importer.ReadPath(filepath.Join(dir, "none"), importer.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	t.Run("200 MB", func(t *testing.T) {
		path := write("big.csv", "")
		if err := os.Truncate(path, 200<<20); err != nil {
			t.Fatal(err)
		}
		if _, err := importer.ReadPath(path, importer.Options{}); err == nil || !strings.Contains(err.Error(), "200 MB is too large; the limit is 32 MB") {
			t.Errorf("%v", err)
		}
	})
	if _, err := importer.ReadPath(t.TempDir(), importer.Options{}); err == nil || !strings.Contains(err.Error(), "holds no articles") {
		t.Errorf("%v", err)
	}
}
