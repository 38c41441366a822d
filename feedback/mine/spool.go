package mine

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"huiyin/feedback"
	"huiyin/nlp"
)

// spool is a file of analysed rows in their order: begun, written once, then read once.
type spool struct {
	dir  string
	made []string // folders that begin has made, the innermost first
	file *os.File
	out  *bufio.Writer
	buf  []byte // reused
}

// spoolBuffer is how much is written and read at once, in bytes.
const spoolBuffer = 1 << 18

// begin makes the folder and the file; remove removes the file, and the folder when it is left empty.
func (s *spool) begin() error {
	for dir := filepath.Clean(s.dir); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		s.made = append(s.made, dir)
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return fmt.Errorf("mine: %w", err)
	}
	f, err := os.CreateTemp(s.dir, ".rows-")
	if err != nil {
		return fmt.Errorf("mine: %w", err)
	}
	s.file, s.out = f, bufio.NewWriterSize(f, spoolBuffer)
	return nil
}

func (s *spool) remove() {
	if s.file == nil {
		return
	}
	_ = s.file.Close() // nothing of it is needed any more
	_ = os.Remove(s.file.Name())
	for _, dir := range s.made {
		if os.Remove(dir) != nil { // it holds results
			return
		}
	}
}

// write appends a row: of its analysis, what quotes and counts need.
func (s *spool) write(it *feedback.Item) error {
	b := s.buf[:0]
	for _, text := range []string{it.ID, it.Contact, it.Channel, string(it.Lang), it.Text, string(it.Analysis.Sentiment.Polarity)} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	b = binary.AppendUvarint(b, math.Float64bits(it.Rating))
	b = binary.AppendUvarint(b, math.Float64bits(it.Analysis.Sentiment.Score))
	b = binary.AppendUvarint(binary.AppendVarint(b, it.At.Unix()), uint64(it.At.Nanosecond()))
	b = binary.AppendUvarint(b, uint64(len(it.Analysis.PII)))
	for _, p := range it.Analysis.PII {
		b = binary.AppendUvarint(b, uint64(p.Start))
		b = binary.AppendUvarint(b, uint64(p.End))
		b = binary.AppendUvarint(b, uint64(len(p.Kind)))
		b = append(b, p.Kind...)
	}
	s.buf = b
	var size [binary.MaxVarintLen64]byte
	if _, err := s.out.Write(size[:binary.PutUvarint(size[:], uint64(len(b)))]); err != nil {
		return fmt.Errorf("mine: %w", err)
	}
	if _, err := s.out.Write(b); err != nil {
		return fmt.Errorf("mine: %w", err)
	}
	return nil
}

// rewind ends the writing and begins to read.
func (s *spool) rewind() (*bufio.Reader, error) {
	if err := s.out.Flush(); err != nil {
		return nil, fmt.Errorf("mine: %w", err)
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("mine: %w", err)
	}
	return bufio.NewReaderSize(s.file, spoolBuffer), nil
}

// nextRow reads the bytes of a row; io.EOF at the end.
func nextRow(in *bufio.Reader) ([]byte, error) {
	n, err := binary.ReadUvarint(in)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, fmt.Errorf("mine: %w", err)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(in, b); err != nil {
		return nil, fmt.Errorf("mine: %w", err)
	}
	return b, nil
}

// rowOf reads a row from what write wrote.
func rowOf(b []byte, zone *time.Location) feedback.Item {
	number := func() uint64 {
		v, n := binary.Uvarint(b)
		b = b[n:]
		return v
	}
	all := string(b) // one copy for all texts of the row
	text := func() string {
		n := int(number())
		at := len(all) - len(b)
		b = b[n:]
		return all[at : at+n]
	}
	it := feedback.Item{ID: text(), Contact: text(), Channel: text(), Lang: nlp.Lang(text()), Text: text(), Analysis: &nlp.Analysis{}}
	it.Analysis.Text, it.Analysis.Lang = it.Text, it.Lang
	it.Analysis.Sentiment.Polarity = nlp.Polarity(text())
	it.Rating = math.Float64frombits(number())
	it.Analysis.Sentiment.Score = math.Float64frombits(number())
	seconds, n := binary.Varint(b)
	b = b[n:]
	if at := time.Unix(seconds, int64(number())); !at.IsZero() {
		it.At = at.In(zone)
	}
	for range number() {
		it.Analysis.PII = append(it.Analysis.PII, nlp.PII{Span: nlp.Span{Start: int(number()), End: int(number())}, Kind: text()})
	}
	return it
}
