package mine

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf8"
)

// drain reads a source to its end; every row is read or is a bad row, and it does end.
func drain(t *testing.T, s rows, most int) (all [][]string) {
	t.Helper()
	for range most + 2 {
		row, err := s.next()
		switch {
		case err == nil:
			all = append(all, row)
		case errors.Is(err, io.EOF), errors.Is(err, ErrInput):
			return all
		case !errors.Is(err, errBadRow):
			t.Fatalf("an error of no kind: %v", err)
		}
	}
	t.Fatal("reading does not end")
	return nil
}

// Whatever the bytes, the reader ends; what encoding/csv wrote, it reads as it was.
func FuzzCSV(f *testing.F) {
	f.Add([]byte("id,text\n1,\"a\nb\"\n2,\"open\n3,x\n"))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x00"))
	f.Add([]byte("text;id\r\n\"a\"\"b\";2\r\n\"\"x;\"y\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := openCSV(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			if !errors.Is(err, ErrInput) {
				t.Fatalf("got %v", err)
			}
			return
		}
		got := drain(t, r, len(raw))
		if !utf8.Valid(raw) || bytes.ContainsAny(raw, "\r\x00") || bytes.HasPrefix(raw, []byte("\uFEFF")) {
			return
		}
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		for _, row := range got {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		again := &table{in: bufio.NewReader(&out), comma: ','}
		var want [][]string
		for _, row := range got {
			if len(row) != 1 || row[0] != "" { // an empty line is no row
				want = append(want, row)
			}
		}
		back := drain(t, again, out.Len()+len(got))
		if !slices.EqualFunc(back, want, slices.Equal[[]string]) && !tooLong(want) {
			t.Fatalf("wrote %q, read %q", want, back)
		}
	})
}

func tooLong(all [][]string) bool {
	for _, row := range all {
		for _, cell := range row {
			if bytes.Count([]byte(cell), []byte("\n")) >= cellLines || len(row) == 1 && len(bytes.TrimSpace([]byte(cell))) == 0 {
				return true
			}
		}
	}
	return false
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("{\"text\":\"a\"}\n{\"text\":1,\"id\":null}\n{\n"))
	f.Add([]byte("[]\n\n{}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := openLines(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			return
		}
		all := drain(t, r, len(raw)+1)
		for _, row := range all {
			if len(row) != len(all[0]) {
				t.Fatalf("a row of %d cells under a header of %d", len(row), len(all[0]))
			}
		}
	})
}

func FuzzWorkbook(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		name := filepath.Join(t.TempDir(), "f.xlsx")
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := open(name)
		if err != nil {
			if !errors.Is(err, ErrInput) {
				t.Fatalf("got %v", err)
			}
			return
		}
		defer s.close.Close()
		drain(t, s, 1<<20)
	})
}
