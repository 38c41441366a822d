package mine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// lineMost bounds a line, in bytes: a longer one is no feedback, and must not fill the memory.
	lineMost = 4 << 20
	// cellLines bounds how many lines a quoted cell may go over, and lineMost how many bytes. Beyond that its quote was never meant
	// to open one.
	cellLines = 500
)

// table is a CSV file. Unlike encoding/csv it loses one line, not the rest of the file, to a quote that is not closed:
// reading goes on with the line after it.
type table struct {
	in       *bufio.Reader
	encoding string // for people; empty: UTF-8
	comma    byte
	ahead    []string // lines that were read already
}

func openCSV(in *bufio.Reader) (*table, error) {
	decoded, encoding, err := decode(in)
	if err != nil {
		return nil, err
	}
	head, err := decoded.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	return &table{in: decoded, encoding: encoding, comma: delimiter(head)}, nil
}

// delimiter is the sign that the first line has most of. Where it has none, the file is a list of texts, in which commas are commas:
// the sign is then a zero, which no text has.
func delimiter(head []byte) byte {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best, most := byte(0), 0
	for _, d := range []byte{',', ';', '\t', '|'} {
		if n := bytes.Count(line, []byte{d}); n > most {
			best, most = d, n
		}
	}
	return best
}

func (t *table) next() ([]string, error) {
	for {
		line, err := t.line()
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(line) != "" {
			return t.record(line)
		}
	}
}

// record reads one row that begins with a line.
func (t *table) record(first string) ([]string, error) {
	r := record{comma: t.comma}
	state := r.feed(first, true)
	var more []string
	for bytes := len(first); state == recordOpen && len(more) < cellLines && bytes < lineMost; {
		line, err := t.line()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, errBadRow) {
			return nil, err
		}
		more, bytes = append(more, line), bytes+len(line)
		state = r.feed(line, false)
	}
	if state == recordDone {
		return r.fields, nil
	}
	t.ahead = append(more, t.ahead...)
	return nil, &rowError{why: RowQuote, what: "a quotation mark opens a cell that is not closed"}
}

// line is the next line with its end; io.EOF at the end of the file.
func (t *table) line() (string, error) {
	if len(t.ahead) > 0 {
		line := t.ahead[0]
		t.ahead = t.ahead[1:]
		return line, nil
	}
	line, err := readLine(t.in)
	return string(line), err
}

// readLine reads a line of at most lineMost bytes. A longer one is a bad row, and is skipped to its end.
func readLine(in *bufio.Reader) ([]byte, error) {
	var whole []byte
	for long := false; ; {
		part, err := in.ReadSlice('\n')
		if long = long || len(whole)+len(part) > lineMost; !long {
			whole = append(whole, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, fmt.Errorf("%w: %w", ErrInput, err)
		case long:
			return nil, &rowError{why: RowLong, what: fmt.Sprintf("it is longer than %d MB", lineMost>>20)}
		case len(whole) == 0 && err != nil:
			return nil, io.EOF
		}
		return whole, nil
	}
}

// recordState says how far a record is.
type recordState int

const (
	recordDone   recordState = iota
	recordOpen               // a quoted cell goes on in the next line
	recordBroken             // a quoted cell that began lines above ends in the middle of something
)

// record is a row while it is put together from lines.
type record struct {
	comma  byte
	fields []string
	cell   strings.Builder
	quoted bool // inside a quoted cell
}

// feed takes the next line. A stray quotation mark in the record's first line stands for itself.
func (r *record) feed(line string, first bool) recordState {
	end := strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	for at := 0; ; {
		if !r.quoted {
			if at < len(end) && end[at] == '"' {
				r.quoted = true
				at++
				continue
			}
			cell, rest, more := strings.Cut(end[at:], string(r.comma))
			r.fields = append(r.fields, cell)
			if !more {
				return recordDone
			}
			at = len(end) - len(rest)
			continue
		}
		mark := strings.IndexByte(end[at:], '"')
		if mark < 0 {
			r.cell.WriteString(end[at:])
			r.cell.WriteByte('\n')
			return recordOpen
		}
		r.cell.WriteString(end[at : at+mark])
		at += mark + 1
		switch {
		case at < len(end) && end[at] == '"':
			r.cell.WriteByte('"')
			at++
		case at == len(end) || end[at] == r.comma:
			r.fields = append(r.fields, r.cell.String())
			r.cell.Reset()
			r.quoted = false
			if at == len(end) {
				return recordDone
			}
			at++
		case !first:
			return recordBroken
		default:
			r.cell.WriteByte('"')
		}
	}
}
