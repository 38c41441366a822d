package mine_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiyin/feedback/mine"
)

func TestFilesThatAreNoFeedback(t *testing.T) {
	garbage := make([]byte, 9000)
	for i := range garbage {
		garbage[i] = byte(i*i*31 + i>>3)
	}
	for _, c := range []struct {
		name    string
		content []byte
		says    string
	}{
		{"empty.csv", nil, "the file is empty"},
		{"empty.jsonl", nil, "the file is empty"},
		{"header.csv", []byte("id,text\n"), "nothing under it"},
		{"blank.csv", []byte("id,text\n1,\n2,\n"), "no row that could be used"},
		{"numbers.csv", []byte("a,b\n1,2\n3,4\n"), "no column looks like text"},
		{"garbage.csv", garbage, "no text file"},
		{"garbage.jsonl", garbage, "no text file"},
		{"garbage.xlsx", garbage, "workbook cannot be read"},
		{"words.jsonl", []byte("hello\nworld\n"), "no line holds a JSON object"},
		{"empty.xlsx", nil, "the file is empty"},
		{"report.csv", []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"), "this is a PDF"},
		{"old.xls", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00\x00"), "old Excel workbook"},
		{"old.xlsx", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00\x00"), "old Excel workbook"},
		{"packed.csv", []byte("\x1f\x8b\x08\x00\x00"), "packed file"},
		{"page.csv", []byte("<!DOCTYPE html>\n<html><body>text</body></html>"), "web page"},
		{"array.json", []byte("[{\"text\":\"发货太慢了\"}]"), "one JSON array"},
		{"controls.csv", []byte("text\n\x01\x02\x03\x04\x05\x06\x07\x0e\x0f"), "no text file"},
		{"sheet.jsonl", []byte("id,text\n1,发货太慢了\n"), "no line holds a JSON object"},
		{"open.csv", []byte("\"text\n1,2"), "its first row cannot be read: a quotation mark"},
		{"bomb.xlsx", bomb(t), "workbook cannot be read"},
		{"truncated.xlsx", workbook(t, [][]any{{"text"}, {"good"}})[:900], "workbook cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options(t, file(t, c.name, c.content))
			_, err := mine.Run(context.Background(), o)
			if !errors.Is(err, mine.ErrInput) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.name) {
				t.Errorf("got %v", err)
			}
			if _, err := os.Stat(o.Out); !errors.Is(err, fs.ErrNotExist) {
				t.Error("a digest was written")
			}
		})
	}
	if _, err := mine.Run(context.Background(), options(t, filepath.Join(t.TempDir(), "none.csv"))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

// A directory is told from an empty file, and the one file in it that can be meant is named.
func TestDirectoryInPlaceOfAFile(t *testing.T) {
	dir := t.TempDir()
	for i, want := range []string{"", filepath.Join(dir, "a.CSV"), filepath.Join(dir, "a.CSV"), ""} {
		_, err := mine.Run(context.Background(), options(t, dir))
		var trouble *mine.FileError
		if !errors.As(err, &trouble) || trouble.Why != mine.FileDirectory || trouble.Inside != want {
			t.Errorf("with %d files: %v, %+v", i, err, trouble)
		}
		if err := os.WriteFile(filepath.Join(dir, []string{"a.CSV", "b.png", "c.jsonl", "d"}[i]), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Where the results cannot be written, nothing is read: nobody waits, or is asked, in vain.
func TestResultsThatCannotBeWritten(t *testing.T) {
	for name, out := range map[string]string{"a file": file(t, "out", nil), "below a file": filepath.Join(file(t, "out", nil), "x")} {
		o := options(t, file(t, "f.csv", []byte("03/04/2026,发货太慢了\n04/04/2026,退款退款\n")))
		o.Out = out
		o.Ask = func(d mine.Doubt) (int, error) { t.Errorf("%s: asked %+v", name, d); return 0, nil }
		var path *fs.PathError
		if r, err := mine.Run(context.Background(), o); !errors.Is(err, mine.ErrOutput) || !errors.As(err, &path) || r.Rows > 0 {
			t.Errorf("%s: %d rows, %v", name, r.Rows, err)
		}
	}
}

// bomb is a workbook of a few hundred KB whose sheet unpacks to 600 MB.
func bomb(t testing.TB) []byte {
	t.Helper()
	book, err := zip.NewReader(bytes.NewReader(workbook(t, [][]any{{"text"}, {"boom"}})), int64(len(workbook(t, [][]any{{"text"}, {"boom"}}))))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range book.File {
		if part.Name != "xl/worksheets/sheet1.xml" {
			if err := w.Copy(part); err != nil {
				t.Fatal(err)
			}
			continue
		}
		content, head := blanks(t, 600)
		head.Name = part.Name
		f, err := w.CreateRaw(&head)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// blanks is so many megabytes of them, deflated; a piece is deflated once and repeated, since packing all takes minutes
// under the race detector.
func blanks(t testing.TB, megabytes int) ([]byte, zip.FileHeader) {
	t.Helper()
	one := bytes.Repeat([]byte(" "), 1<<20)
	var piece, end bytes.Buffer
	w, err := flate.NewWriter(&piece, flate.BestCompression)
	if err == nil {
		_, err = w.Write(one)
	}
	if err = errors.Join(err, w.Flush()); err != nil { // a flush ends the piece at a byte, so that another may follow
		t.Fatal(err)
	}
	w.Reset(&end)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	content, sum := []byte(nil), crc32.NewIEEE()
	for range megabytes {
		content = append(content, piece.Bytes()...)
		sum.Write(one)
	}
	content = append(content, end.Bytes()...)
	return content, zip.FileHeader{Method: zip.Deflate, CRC32: sum.Sum32(), CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(megabytes) << 20}
}

func TestALineOfManyMegabytesIsOneBadRow(t *testing.T) {
	o := options(t, file(t, "f.csv", []byte("id,text\n1,good\n2,"+strings.Repeat("很", 2<<20)+"\n3,fine\n")))
	result, err := mine.Run(context.Background(), o)
	if err != nil || result.Used != 2 || len(result.Bad) != 1 || plain(result.Bad)[0] != (badRow{3, "it is longer than 4 MB"}) {
		t.Errorf("%v: used %d, bad %v", err, result.Used, result.Bad)
	}
}
