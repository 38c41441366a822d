// Package mine turns any pile of feedback (a CSV, JSONL or XLSX file) into a digest and the assignments behind it.
package mine

import (
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/feedback"
	"huiyin/nlp"
)

// ErrInput means that a file cannot be read as feedback at all.
var ErrInput = errors.New("mine: input")

// ErrOutput means that the results cannot be written where they should.
var ErrOutput = errors.New("mine: results")

// BadRow is a row that was left out.
type BadRow struct {
	Row   int // as the file counts them, from 1 with the header
	What  string
	Why   RowTrouble
	Value string // what stands there; empty for RowEmpty and the troubles of a whole row
}

// RowTrouble is why a row was left out, for programs.
type RowTrouble string

// The reasons.
const (
	RowEmpty  RowTrouble = "empty"  // there is no text
	RowTime   RowTrouble = "time"   // Value is no time
	RowOrder  RowTrouble = "order"  // Value is none in the order of day and month of the file
	RowQuote  RowTrouble = "quote"  // a quotation mark is never closed
	RowLong   RowTrouble = "long"   // a line of more than lineMost bytes
	RowBlank  RowTrouble = "blank"  // a line of a JSONL file without anything
	RowObject RowTrouble = "object" // a line of a JSONL file that is no object
	RowCells  RowTrouble = "cells"  // a row of a workbook that cannot be read
	RowWide   RowTrouble = "wide"   // it has more cells than there are titles; Value is the first too many
)

// rowError is a row that is left out.
type rowError struct {
	why   RowTrouble
	value string
	what  string // in English
}

// Error implements error.
func (e *rowError) Error() string { return e.what }

// Unwrap says that reading goes on.
func (e *rowError) Unwrap() error { return errBadRow }

// rows reads a file row by row. next returns io.EOF at the end, and a *BadRow's reason for a row that is left out.
type rows interface {
	next() ([]string, error)
}

// errBadRow marks one unreadable row; reading goes on.
var errBadRow = errors.New("bad row")

// source is a file that was opened.
type source struct {
	rows
	first    int       // the number, in the file, of the first row under the header
	keyed    bool      // each row names its cells: there is always a header
	encoding string    // for people; empty: UTF-8
	close    io.Closer // frees what reading holds
}

// firstRow is the first row of a file with a name: its titles, if it has any.
func firstRow(in rows, name string) ([]string, error) {
	first, err := in.next()
	switch row := (*rowError)(nil); {
	case errors.Is(err, io.EOF):
		err = &FileError{Why: FileEmpty}
	case errors.As(err, &row):
		err = &FileError{Why: FileFirstRow, Row: row.why, Cause: row}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return slices.Clone(first), nil
}

// tooWide says that a row has more cells than there are columns, empty ones aside: what stands in which column is not known then.
func tooWide(row []string, columns int) error {
	for _, cell := range row[min(len(row), columns):] {
		if cell = strings.TrimSpace(cell); cell != "" {
			return &rowError{RowWide, clip(cell), fmt.Sprintf("%d cells under %d titles: a text with a comma must stand in quotation marks", len(row), columns)}
		}
	}
	return nil
}

// item makes an Item of a row; an error says why the row is left out. A rating that cannot be read is none, and given back as unrated.
func (c Columns) item(row []string, number int, zone *time.Location) (it feedback.Item, unrated string, err error) {
	cell := func(at int) string {
		if at < 0 || at >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[at])
	}
	it = feedback.Item{ID: cell(c.ID), Channel: cell(c.Channel), Contact: cell(c.Contact), Text: textOf(cell(c.Text)), Lang: nlp.Lang(cell(c.Lang))}
	if it.Text == "" {
		return it, "", &rowError{why: RowEmpty, what: "the text is empty"}
	}
	if it.ID == "" {
		it.ID = strconv.Itoa(number)
	}
	if text := cell(c.Time); text != "" {
		at, ok := whenIn(text, zone, c.days)
		if !ok {
			if _, other := whenIn(text, zone, !c.days); other {
				return it, "", &rowError{RowOrder, text, fmt.Sprintf("%q is no time with the %s first", text, c.days)}
			}
			return it, "", &rowError{RowTime, text, fmt.Sprintf("%q is no time: write it like 2026-11-09 08:30", text)}
		}
		it.At = at
	}
	if text := cell(c.Rating); text != "" {
		r, ok := readRating(text)
		if ok {
			it.Rating, ok = r.of5(c.ten)
		}
		if !ok {
			it.Rating, unrated = 0, text
		}
	}
	return it, unrated, nil
}

// textOf is a message as it was written: texts that were taken from web pages stand in files with their characters escaped, and
// line ends of a workbook's cells as _x000D_. Only references that are closed are read: "?a=1&region=cn" is part of an address.
func textOf(cell string) string {
	return nlp.Clean(reference.ReplaceAllStringFunc(strings.ReplaceAll(cell, "_x000D_", "\n"), unescape))
}

// reference is a character reference of HTML, closed by its semicolon.
var reference = regexp.MustCompile(`&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);`)

// unescape is the character of a reference; one of an unknown name stays as it is, though it may begin with a known one (&copyright;).
func unescape(ref string) string {
	if c := html.UnescapeString(ref); c == ";" || !strings.HasSuffix(c, ";") {
		return c
	}
	return ref
}
