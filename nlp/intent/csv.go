package intent

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"huiyin/nlp"
)

// ErrCSV marks a file of examples that cannot be used; the message names the file, the row and the remedy.
var ErrCSV = errors.New("intent: examples")

// ReadCSV reads examples: a header row, then text,label and, where they are there, split and lang. Other columns are
// left alone. name is the file's name in errors.
func ReadCSV(r io.Reader, name string) ([]nlp.Example, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: %s: the file is empty; it needs a header row with the columns text,label", ErrCSV, name)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: row 1: %w", ErrCSV, name, err)
	}
	column := map[string]int{}
	for i, h := range header {
		column[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))] = i
	}
	for _, need := range []string{"text", "label"} {
		if _, ok := column[need]; !ok {
			return nil, fmt.Errorf("%w: %s: row 1: no column %q in the header %q; the first row must name the columns text,label",
				ErrCSV, name, need, strings.Join(header, ","))
		}
	}
	var out []nlp.Example
	for row := 2; ; row++ {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %s: row %d: %w", ErrCSV, name, row, err)
		}
		field := func(key string) string {
			if i, ok := column[key]; ok && i < len(record) {
				return record[i]
			}
			return ""
		}
		e := nlp.Example{Text: field("text"), Label: strings.TrimSpace(field("label")), Lang: nlp.Lang(field("lang"))}
		if strings.TrimSpace(e.Text) == "" {
			return nil, fmt.Errorf("%w: %s: row %d: the text is empty; delete the row or fill it in", ErrCSV, name, row)
		}
		if e.Label == "" {
			return nil, fmt.Errorf("%w: %s: row %d: the label is empty; name the intent, or %s for out of scope", ErrCSV, name, row, nlp.IntentNone)
		}
		out = append(out, e)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: %s: no row after the header", ErrCSV, name)
	}
	return out, nil
}
