package mine

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
)

// counting counts what is read through it.
type counting struct {
	io.Reader
	bytes int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.bytes += n
	return n, err
}

// A quotation mark that is never closed takes no more into memory than a line may have, and costs its own line only.
func TestOpenQuoteOfLongLines(t *testing.T) {
	const lines, size = 40, 1 << 20
	long := strings.Repeat("x", size) + "\n"
	var parts []io.Reader
	parts = append(parts, strings.NewReader("text\n\"never closed\n"))
	for range lines {
		parts = append(parts, strings.NewReader(long))
	}
	parts = append(parts, strings.NewReader("the last one\n"))
	in := &counting{Reader: io.MultiReader(parts...)}
	r, err := openCSV(bufio.NewReaderSize(in, 64<<10))
	if err != nil {
		t.Fatal(err)
	}
	if head, err := r.next(); err != nil || len(head) != 1 {
		t.Fatalf("the first line is %q, %v", head, err)
	}
	if _, err := r.next(); !errors.Is(err, errBadRow) {
		t.Fatalf("the row that is never closed: %v", err)
	}
	if in.bytes > lineMost+3*size {
		t.Errorf("%d MB were read for a quotation mark, a line has at most %d", in.bytes>>20, lineMost>>20)
	}
	for i := range lines {
		if row, err := r.next(); err != nil || len(row) != 1 || len(row[0]) != size {
			t.Fatalf("line %d behind it: %d fields, %v", i, len(row), err)
		}
	}
	if row, err := r.next(); err != nil || row[0] != "the last one" {
		t.Errorf("the last line is %q, %v", row, err)
	}
	if _, err := r.next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last line: %v", err)
	}
}

// A cell may go over many lines and hold the separator and quotation marks; it is one cell.
func TestQuotedCells(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"over lines", "a\n\"one\ntwo, three\n\"\"four\"\"\"\n", []string{"one\ntwo, three\n\"four\""}},
		{"ends of Windows", "a,b\r\n\"one\r\ntwo\",2\r\n", []string{"one\ntwo", "2"}},
		{"an inch", "a,b\n5\" screen,2\n", []string{"5\" screen", "2"}},
		{"a quoted word first", "a,b\n\"good\" they said,2\n", []string{"good\" they said,2\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := openCSV(bufio.NewReaderSize(strings.NewReader(c.text), 64<<10))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.next(); err != nil {
				t.Fatal(err)
			}
			row, err := r.next()
			if c.name == "a quoted word first" { // it is never closed: one bad row, said so
				if !errors.Is(err, errBadRow) {
					t.Errorf("%q, %v", row, err)
				}
				return
			}
			if err != nil || strings.Join(row, "|") != strings.Join(c.want, "|") {
				t.Errorf("%q, %v; want %q", row, err, c.want)
			}
		})
	}
}
