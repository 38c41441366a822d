package kb

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// csvColumns are the columns of an export; an import needs only id (or root and lang) and title.
var csvColumns = []string{"id", "root", "lang", "title", "category", "status", "questions", "golden", "tags", "from", "until", "summary", "body"}

// ReadCSV reads articles from rows with a header (see csvColumns; only "id" and "title" are required). Several
// questions or tags stand in one cell, one a line. name is used in errors only. When a row is wrong no article is
// returned, and all the errors, each an *InputError with its line, are joined.
func ReadCSV(name string, r io.Reader) ([]Article, error) {
	table, err := readTable(name, r)
	if err != nil {
		return nil, err
	}
	return articlesFromTable(table, csvColumns, "id", "title")
}

// table is a CSV file, or a sheet, read as text.
type table struct {
	name   string
	header []string
	rows   []tableRow
}

type tableRow struct {
	line  int
	cells []string
}

func (t table) column(name string) int { return slices.Index(t.header, name) }

// need reports the first of the required columns that is missing.
func (t table) need(columns ...string) error {
	for _, c := range columns {
		if t.column(c) < 0 {
			return &InputError{File: t.name, Line: 1, Msg: fmt.Sprintf("column %q is missing; the header has: %s", c, strings.Join(t.header, ", "))}
		}
	}
	return nil
}

func (t table) cell(r tableRow, column string) string {
	if i := t.column(column); i >= 0 && i < len(r.cells) {
		return r.cells[i]
	}
	return ""
}

// readTable reads a CSV file with a header row: UTF-8, a byte order mark tolerated.
func readTable(name string, r io.Reader) (table, error) {
	t := table{name: name}
	raw, err := io.ReadAll(r)
	if err != nil {
		return t, &InputError{File: name, Msg: err.Error()}
	}
	raw = bytes.TrimPrefix(raw, []byte("\uFEFF"))
	cr := csv.NewReader(bytes.NewReader(raw))
	cr.FieldsPerRecord = -1
	for {
		record, err := cr.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return t, csvError(name, err)
		}
		line, _ := cr.FieldPos(0)
		if t.header == nil {
			for _, h := range record {
				t.header = append(t.header, strings.ToLower(strings.TrimSpace(h)))
			}
			continue
		}
		if len(record) != len(t.header) {
			return t, &InputError{File: name, Line: line, Msg: fmt.Sprintf("the row has %d cells, the header %d: put quotes around cells with commas", len(record), len(t.header))}
		}
		t.rows = append(t.rows, tableRow{line, record})
	}
	if t.header == nil {
		return t, &InputError{File: name, Msg: "is empty: a header row is needed"}
	}
	return t, nil
}

func csvError(name string, err error) error {
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return &InputError{File: name, Line: pe.Line, Msg: "CSV: " + pe.Err.Error()}
	}
	return &InputError{File: name, Msg: err.Error()}
}

func articlesFromTable(t table, known []string, required ...string) ([]Article, error) {
	if err := t.need(required...); err != nil {
		return nil, err
	}
	for _, h := range t.header {
		if !slices.Contains(known, h) {
			return nil, &InputError{File: t.name, Line: 1, Msg: fmt.Sprintf("unknown column %q; known are %s", h, strings.Join(known, ", "))}
		}
	}
	var articles []Article
	var lineOf []int
	var errs []error
	for _, row := range t.rows {
		a, err := articleFromRow(t, row)
		if err != nil {
			errs = append(errs, &InputError{File: t.name, Line: row.line, Msg: err.Error()})
			continue
		}
		articles, lineOf = append(articles, a), append(lineOf, row.line)
	}
	errs = append(errs, checkUnique(articles, func(i int) *InputError { return &InputError{File: t.name, Line: lineOf[i]} })...)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return articles, nil
}

func articleFromRow(t table, row tableRow) (Article, error) {
	var a Article
	for i, key := range t.header {
		text := row.cells[i]
		switch key {
		case "questions":
			a.Questions = strings.Split(text, "\n")
		case "golden":
			a.Golden = strings.Split(text, "\n")
		case "tags":
			a.Tags = strings.Split(text, "\n")
		default:
			if err := setField(&a, key, text); err != nil {
				return a, err
			}
		}
	}
	a = Normalize(a)
	return a, Validate(a)
}

// WriteCSV writes articles so that ReadCSV gives back the same ones.
func WriteCSV(w io.Writer, articles []Article) error {
	cw := csv.NewWriter(w)
	if err := cw.Write(csvColumns); err != nil {
		return fmt.Errorf("kb: write csv: %w", err)
	}
	for _, a := range articles {
		a = Normalize(a)
		record := make([]string, 0, len(csvColumns))
		for _, key := range csvColumns {
			record = append(record, cellText(a, key))
		}
		if err := cw.Write(record); err != nil {
			return fmt.Errorf("kb: write csv: %w", err)
		}
	}
	cw.Flush()
	if err := cw.Error(); err != nil {
		return fmt.Errorf("kb: write csv: %w", err)
	}
	return nil
}

// cellText is one field of an article as one text: lists have one item a line.
func cellText(a Article, key string) string {
	switch key {
	case "questions":
		return strings.Join(a.Questions, "\n")
	case "golden":
		return strings.Join(a.Golden, "\n")
	case "tags":
		return strings.Join(a.Tags, "\n")
	}
	return field(a, key)
}
