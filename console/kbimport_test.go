package console_test

import (
	"archive/zip"
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"huiyin/kb"
	"huiyin/kb/importer"
)

// upload sends a file to the import page.
func (b *browser) upload(name string, raw []byte, pairs ...string) (int, string) {
	b.o.t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for i := 0; i < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			b.o.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		b.o.t.Fatal(err)
	}
	if _, err := part.Write(raw); err != nil {
		b.o.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.o.t.Fatal(err)
	}
	resp, err := b.Post(b.o.server.URL+"/console/kb/import", w.FormDataContentType(), &buf)
	if err != nil {
		b.o.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.o.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestImportInTheConsole(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	file := "id,title,body,status\nreturns.en,How do I return an item?,Within 15 days.,published\ngift.en,Do you wrap gifts?,Yes.,draft\n"
	_, body := b.upload("faq.csv", []byte(file))
	for _, want := range []string{"1 new, 1 changed, 0 as before", "<del>seven</del>", "<ins>15</ins>", "Do you wrap gifts?"} {
		if !strings.Contains(body, want) {
			t.Errorf("the preview has no %q: %s", want, body)
		}
	}
	if l.article("returns.en").Revision != 1 {
		t.Error("the preview has stored something")
	}
	if _, body := b.do("POST", "/console/kb/import/confirm", url.Values{}); !strings.Contains(body, "Imported.") || !strings.Contains(body, "Undo this import") {
		t.Fatalf("%s", body)
	}
	if got := l.article("returns.en"); got.Body != "Within 15 days." || got.Note != "faq.csv" {
		t.Errorf("%+v", got)
	}
	if status, body := b.do("POST", "/console/kb/import/confirm", url.Values{}); status != http.StatusConflict || !strings.Contains(body, "out of date") {
		t.Errorf("confirmed twice: %d %s", status, body)
	}
	batch := l.article("returns.en").Batch
	if _, body := b.do("POST", "/console/kb/import/undo", url.Values{"batch": {batch}}); !strings.Contains(body, "The import is undone") {
		t.Errorf("%s", body)
	}
	if l.article("returns.en").Body != "Within seven days." || l.article("gift.en").Status != kb.Archived {
		t.Error("not undone")
	}
	t.Run("errors by line", func(t *testing.T) {
		status, body := b.upload("bad.csv", []byte("id,title,status\na.en,A,live\nb.en,,draft\n"))
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, "bad.csv, line 2: status “live”") || !strings.Contains(body, "bad.csv, line 3: the cell under “title” is empty") {
			t.Errorf("%d %s", status, body)
		}
	})
	t.Run("too old", func(t *testing.T) {
		b.upload("faq.csv", []byte(file))
		l.now = l.now.Add(time.Hour)
		if status, _ := b.do("POST", "/console/kb/import/confirm", url.Values{}); status != http.StatusConflict {
			t.Errorf("%d", status)
		}
	})
	t.Run("nothing, and an address inside", func(t *testing.T) {
		if status, _ := b.do("POST", "/console/kb/import", url.Values{}); status != http.StatusUnprocessableEntity {
			t.Errorf("%d", status)
		}
		if status, body := b.upload("", nil, "address", "https://127.0.0.1:1/"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "private network") {
			t.Errorf("%d %s", status, body)
		}
	})
}

func TestExport(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	stored, err := l.store.Articles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"articles.csv", "articles.zip"} {
		status, body := b.do("GET", "/console/kb/export/"+name, nil)
		got, err := importer.Read(importer.File{Name: name, Data: []byte(body)}, importer.Options{})
		if status != 200 || err != nil || len(got) != len(stored) {
			t.Fatalf("%s: %d, %v, %d articles", name, status, err, len(got))
		}
		for _, a := range got {
			if want := l.article(a.ID); !kb.SameContent(a, want) {
				t.Errorf("%s gives %+v, want %+v", name, a, want)
			}
		}
	}
	if status, _ := b.do("GET", "/console/kb/export/passwd", nil); status != http.StatusNotFound {
		t.Errorf("%d", status)
	}
}

func TestZipIsReadable(t *testing.T) {
	l := openLibrary(t)
	_, body := l.as("editor").do("GET", "/console/kb/export/articles.zip", nil)
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, []string{"synonyms.yaml", "words.yaml", "en/delivery.md", "en/returns.md", "zh/returns.md"}) {
		t.Errorf("got %v", names)
	}
}

// TestBadUploads: whatever is wrong with an upload, the page says so, nothing of it waits to be confirmed, and nothing of it
// is stored.
func TestBadUploads(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	before, err := l.store.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	for range 70 {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte("问题;答案\n怎么退货;七天内\n\"多久到;三天\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, file string
		raw        []byte
		status     int
		want       string
	}{
		{"too large", "a.csv", make([]byte, 34<<20), http.StatusRequestEntityTooLarge, "larger than 32 MB"},
		{"a zip bomb", "a.docx", bomb.Bytes(), http.StatusUnprocessableEntity, "a.docx: unpacks to more than 64 MB"},
		{"broken front matter", "a.md", []byte("---\nid: a.en\ntitle: [x\n---\n"), http.StatusUnprocessableEntity, "a.md, line 3: the front matter"},
		{"two articles with one id", "a.csv", []byte("id,title\na.en,x\na.en,y\n"), http.StatusUnprocessableEntity, "a.csv, line 3: "},
		{"a quotation mark that does not end, in GBK with semicolons", "a.csv", gbk, http.StatusUnprocessableEntity, "a.csv, line 3: "},
		{"no encoding", "a.csv", []byte("title\n\x81\xfe\x90\x8d\n"), http.StatusUnprocessableEntity, "gbk"},
		{"a page of scripts", "a.html", []byte("<script>alert(1)</script>"), http.StatusUnprocessableEntity, "no text"},
		{"no format", "a.exe", []byte("MZ"), http.StatusUnprocessableEntity, "a.exe"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, body := b.upload(tc.file, tc.raw)
			if status != tc.status || !strings.Contains(body, tc.want) {
				t.Errorf("%d, no %q in %s", status, tc.want, body)
			}
			if status, _ := b.do("POST", "/console/kb/import/confirm", url.Values{}); status != http.StatusConflict {
				t.Errorf("it can be confirmed: %d", status)
			}
		})
	}
	if after, err := l.store.Version(t.Context()); err != nil || after != before {
		t.Errorf("something is stored: %v, version %d after %d", err, after, before)
	}
}
