package importer_test

import (
	"errors"
	"strings"
	"testing"

	"huiyin/kb"
	"huiyin/kb/importer"
)

// readsOrSays reads a hostile file. What is read can be stored, says the same after an export and an import, and no two of
// it have one id; what is not read gives no article, and an error for people that names the file.
func readsOrSays(t *testing.T, f importer.File, o importer.Options) {
	t.Helper()
	if len(f.Data) > 1<<20 {
		return // time, not errors
	}
	articles, err := importer.Read(f, o)
	if err != nil {
		var input *kb.InputError
		if articles != nil || !errors.As(err, &input) || !strings.Contains(err.Error(), input.File) || input.File == "" {
			t.Fatalf("%v, %+v", err, articles)
		}
		return
	}
	seen := map[kb.ArticleID]bool{}
	for _, a := range articles {
		if err := kb.Validate(a); err != nil || seen[a.ID] {
			t.Fatalf("%+v: %v, its id came before: %v", a, err, seen[a.ID])
		}
		seen[a.ID] = true
		if again, err := kb.ParseArticle("a.md", kb.FormatArticle(a)); err != nil || !kb.SameContent(a, again) {
			t.Fatalf("%v: %+v, %+v", err, a, again)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add([]byte("---\nid: a.en\ntitle: T\n---\nbody"))
	f.Add([]byte("---\nid: a.en\ntitle: [x\n---\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		readsOrSays(t, importer.File{Name: "a.md", Data: raw}, importer.Options{})
	})
}

func FuzzTable(f *testing.F) {
	f.Add([]byte("title;body\nx;y\n"), "")
	f.Add([]byte("\xff\xfet\x00i\x00t\x00l\x00e\x00\n\x00x\x00"), "")
	f.Add([]byte("\xce\xca\xcc\xe2\t\xb4\xf0\xb0\xb8\nx\ty\n"), "gbk")
	f.Add([]byte("title,body\n,y\n\"x\ny\",z\n"), "utf-8")
	f.Fuzz(func(t *testing.T, raw []byte, encoding string) {
		readsOrSays(t, importer.File{Name: "a.csv", Data: raw}, importer.Options{Encoding: encoding})
	})
}

func FuzzLines(f *testing.F) {
	f.Add([]byte(`{"title":"x","body":"y"}`))
	f.Add([]byte("{\"id\":\"a.en\",\"title\":\"x\",\"from\":\"2026-01-01T00:00:00Z\"}\n{\"title\":\"x\"}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		readsOrSays(t, importer.File{Name: "a.jsonl", Data: raw}, importer.Options{})
	})
}

func FuzzPage(f *testing.F) {
	f.Add([]byte("<h1>T</h1><p>a<b>c</b><ul><li>x"), false)
	f.Add([]byte("<table><tr><td>|</td></tr></table><pre>```</pre><dl><dt>q<dd>a"), true)
	f.Add([]byte("<h2>a</h2><script>x</script>b<h2>a</h2><svg onload=x><a href=\"java\nscript:x\">c"), true)
	f.Fuzz(func(t *testing.T, raw []byte, split bool) {
		readsOrSays(t, importer.File{Name: "a.html", Data: raw}, importer.Options{Split: split})
	})
}

// FuzzDocument fuzzes what stands in a Word document's parts: an archive that is fuzzed as a whole hardly ever unpacks.
func FuzzDocument(f *testing.F) {
	f.Add(paragraph("1", run("T"))+paragraph("", run("text")), stylesXML, relsXML)
	f.Add(`<w:tbl><w:tr><w:tc>`+paragraph("q", run("|"))+`</w:tc></w:tr></w:tbl>`, "<w:styles/>", "")
	f.Fuzz(func(t *testing.T, body, styles, rels string) {
		raw := archive(t, "word/document.xml", `<w:document xmlns:w="w" xmlns:r="r"><w:body>`+body+`</w:body></w:document>`, "word/styles.xml", styles, "word/_rels/document.xml.rels", rels)
		readsOrSays(t, importer.File{Name: "a.docx", Data: raw}, importer.Options{Split: len(body)%2 == 0})
	})
}

// FuzzWorkbook fuzzes a workbook's sheet and shared texts.
func FuzzWorkbook(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c></row><row r="2"><c r="A2" t="s"><v>0</v></c></row>`, `<si><t>How?</t></si>`)
	f.Add(`<row r="1048576"><c r="XFD1" t="s"><v>-1</v></c></row>`, ``)
	f.Fuzz(func(t *testing.T, rows, texts string) {
		raw := archive(t,
			"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
			"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
			"xl/worksheets/sheet1.xml", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`+rows+`</sheetData></worksheet>`,
			"xl/sharedStrings.xml", `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+texts+`</sst>`)
		readsOrSays(t, importer.File{Name: "a.xlsx", Data: raw}, importer.Options{})
	})
}

func FuzzArchive(f *testing.F) {
	f.Add("a.md", "---\nid: a.en\ntitle: T\n---\nbody", "b.md", "x")
	f.Add("../a.md", "---\nid: a.en\ntitle: T\n---\n", "a.md", "---\nid: a.en\ntitle: T\n---\n")
	f.Fuzz(func(t *testing.T, name1, text1, name2, text2 string) {
		readsOrSays(t, importer.File{Name: "a.zip", Data: archive(t, name1, text1, name2, text2)}, importer.Options{})
	})
}
