package mine

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// lines is a JSONL file: an object a line. The header is made of the keys of its first objects.
type lines struct {
	in       *bufio.Reader
	encoding string // for people; empty: UTF-8
	header   []string
	held     []line
	begun    bool
}

// line is a row, or why it is none.
type line struct {
	object map[string]any
	err    error
}

func openLines(in *bufio.Reader) (*lines, error) {
	decoded, encoding, err := decode(in)
	return &lines{in: decoded, encoding: encoding}, err
}

// next returns the header first; then a row a line, io.EOF at the end.
func (l *lines) next() ([]string, error) {
	if !l.begun {
		return l.begin()
	}
	var v line
	if len(l.held) > 0 {
		v, l.held = l.held[0], l.held[1:]
	} else {
		v = l.read()
	}
	if v.err != nil {
		return nil, v.err
	}
	return l.row(v.object), nil
}

// begin collects the keys of the first objects, so that one with a key missing hides nothing.
func (l *lines) begin() ([]string, error) {
	keys := map[string]bool{}
	for len(l.held) < sampled {
		v := l.read()
		if v.err != nil && !errors.Is(v.err, errBadRow) {
			if !errors.Is(v.err, io.EOF) {
				return nil, v.err
			}
			break
		}
		l.held = append(l.held, v)
		for key := range v.object {
			keys[key] = true
		}
	}
	if len(keys) == 0 {
		return nil, &FileError{Why: FileNoObjects}
	}
	l.begun, l.header = true, slices.Sorted(maps.Keys(keys))
	return l.header, nil
}

func (l *lines) read() line {
	raw, err := readLine(l.in)
	if err != nil {
		return line{err: err}
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return line{err: &rowError{why: RowBlank, what: "the line is empty"}}
	}
	object, err := objectOf(raw)
	if err != nil || object == nil {
		return line{err: &rowError{why: RowObject, what: "the line is no JSON object"}}
	}
	return line{object: object}
}

// objectOf reads a line that is one object. Its numbers stay as they are written: an id of many digits is no float64.
func objectOf(raw []byte) (object map[string]any, err error) {
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	if err := in.Decode(&object); err != nil {
		return nil, err
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errBadRow
	}
	return object, nil
}

func (l *lines) row(object map[string]any) []string {
	row := make([]string, len(l.header))
	for i, key := range l.header {
		switch v := object[key].(type) {
		case nil:
		case string:
			row[i] = v
		case map[string]any, []any: // a text of many parts stays as it is written
			var b strings.Builder
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			if enc.Encode(v) == nil { // it came from JSON: it always is
				row[i] = strings.TrimSuffix(b.String(), "\n")
			}
		default:
			row[i] = fmt.Sprint(v)
		}
	}
	return row
}
