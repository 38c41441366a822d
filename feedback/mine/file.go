package mine

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FileTrouble is why a file is no feedback, for programs.
type FileTrouble string

// The reasons.
const (
	FileEmpty      FileTrouble = "empty"       // there is nothing in it
	FileHeaderOnly FileTrouble = "header_only" // one row, which is its header
	FileNoRows     FileTrouble = "no_rows"     // rows, but none that can be used
	FileBinary     FileTrouble = "binary"      // no text, and nothing else that is known
	FilePDF        FileTrouble = "pdf"
	FileOldExcel   FileTrouble = "xls"         // Excel 97 to 2003
	FilePacked     FileTrouble = "packed"      // gzip, 7z, rar, xz, bzip2
	FileNoWorkbook FileTrouble = "no_workbook" // a ZIP file that is no workbook, or a damaged one
	FilePage       FileTrouble = "page"        // HTML
	FileArray      FileTrouble = "array"       // one JSON array over all lines
	FileNoObjects  FileTrouble = "no_objects"  // called JSONL, and no line is an object
	FileEncoding   FileTrouble = "encoding"    // text in an encoding that is not read
	FileDirectory  FileTrouble = "directory"   // a folder; Inside is the one file in it that may be meant
	FileFirstRow   FileTrouble = "first_row"   // its first row cannot be read; Row says why
)

// sentence says it in English, with what to do.
func (w FileTrouble) sentence() string {
	return map[FileTrouble]string{
		FileEmpty:      "the file is empty",
		FileHeaderOnly: "there is a header and nothing under it",
		FileNoRows:     "there is no row that could be used",
		FileBinary:     "this is no text file: give a CSV, JSONL or XLSX file",
		FilePDF:        "this is a PDF: give a CSV, JSONL or XLSX file",
		FileOldExcel:   "this is an old Excel workbook: save it as XLSX or CSV",
		FilePacked:     "this is a packed file: unpack it first",
		FileNoWorkbook: "the workbook cannot be read",
		FilePage:       "this is a web page: give a CSV, JSONL or XLSX file",
		FileArray:      "this is one JSON array: write one object a line (JSONL)",
		FileNoObjects:  "no line holds a JSON object",
		FileEncoding:   "its text is in none of UTF-8, UTF-16, GB 18030 (GBK), Big5 and Windows-1252: save it as UTF-8",
		FileDirectory:  "this is a directory: give a file",
		FileFirstRow:   "its first row cannot be read",
	}[w]
}

// FileError means that a file is no feedback as a whole.
type FileError struct {
	Why    FileTrouble
	Cause  error // may be nil
	Row    RowTrouble
	Inside string // of a directory: the path of the only file in it that can be read; empty when there is none or more than one
}

// Error implements error.
func (e *FileError) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %s: %s", ErrInput, e.Why.sentence(), e.Cause)
	}
	return fmt.Sprintf("%s: %s", ErrInput, e.Why.sentence())
}

// Unwrap says that it is the input's fault.
func (e *FileError) Unwrap() []error {
	if e.Cause != nil {
		return []error{ErrInput, e.Cause}
	}
	return []error{ErrInput}
}

// open finds out what a file is by its first bytes and its name.
func open(name string) (source, error) {
	f, err := os.Open(name)
	if err != nil {
		return source{}, fmt.Errorf("%w: %w", ErrInput, err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close() // nothing was read of it
		return source{}, &FileError{Why: FileDirectory, Inside: onlyFile(name)}
	}
	s, err := sourceOf(f, strings.ToLower(filepath.Ext(name)))
	if err != nil {
		return source{}, errors.Join(err, f.Close())
	}
	if s.close == nil {
		s.close = f
	}
	return s, nil
}

// onlyFile is the path of the one file of a folder that is called like what can be read; empty when there is none or more than one.
func onlyFile(dir string) string {
	list, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	found := ""
	for _, f := range list {
		if f.IsDir() || !slices.Contains([]string{".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".xlsx"}, strings.ToLower(filepath.Ext(f.Name()))) {
			continue
		}
		if found != "" {
			return ""
		}
		found = filepath.Join(dir, f.Name())
	}
	return found
}

func sourceOf(f *os.File, ext string) (source, error) {
	in := bufio.NewReaderSize(f, 1<<16)
	head, _ := in.Peek(1 << 10) // a read error shows again below
	if len(head) == 0 {
		return source{}, &FileError{Why: FileEmpty}
	}
	if why := foreign(head); why != "" {
		return source{}, &FileError{Why: why}
	}
	if ext == ".xlsx" || bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return source{}, fmt.Errorf("%w: %w", ErrInput, err)
		}
		book, err := openSheet(f)
		return source{rows: book, first: 2, close: book}, err
	}
	if slices.Contains([]string{".jsonl", ".ndjson", ".json"}, ext) || startsWithObject(head) {
		if bytes.HasPrefix(startOf(head), []byte("[")) {
			return source{}, &FileError{Why: FileArray}
		}
		r, err := openLines(in)
		if err != nil {
			return source{}, err
		}
		return source{rows: r, first: 1, keyed: true, encoding: r.encoding}, nil
	}
	r, err := openCSV(in)
	if err != nil {
		return source{}, err
	}
	return source{rows: r, first: 2, encoding: r.encoding}, nil
}

// foreign knows files of other kinds by how they begin.
func foreign(head []byte) FileTrouble {
	for _, k := range []struct {
		magic string
		why   FileTrouble
	}{
		{"%PDF-", FilePDF}, {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", FileOldExcel},
		{"\x1F\x8B", FilePacked}, {"7z\xBC\xAF\x27\x1C", FilePacked}, {"Rar!\x1A\x07", FilePacked}, {"\xFD7zXZ\x00", FilePacked}, {"BZh9", FilePacked},
	} {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return k.why
		}
	}
	low := bytes.ToLower(startOf(head))
	if bytes.HasPrefix(low, []byte("<!doctype html")) || bytes.HasPrefix(low, []byte("<html")) {
		return FilePage
	}
	return ""
}

// startOf is what stands behind a byte order mark and blanks.
func startOf(head []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
}

// startsWithObject reports whether the first line is a JSON object, whatever the file is called. Of a line that is longer than
// the head, its beginning counts.
func startsWithObject(head []byte) bool {
	start := startOf(head)
	if !bytes.HasPrefix(start, []byte("{")) {
		return false
	}
	line, _, whole := bytes.Cut(start, []byte("\n"))
	if whole || len(head) < 1<<10 {
		return json.Valid(bytes.TrimSpace(line))
	}
	return bytes.HasPrefix(bytes.TrimLeft(start[1:], " \t"), []byte(`"`))
}
