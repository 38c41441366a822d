// Package mine turns any pile of feedback (a CSV, JSONL or XLSX file) into a digest and the assignments behind it.
package mine

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"huiyin/feedback"
	"huiyin/nlp"
)

// ErrInput means that a file cannot be read as feedback at all.
var ErrInput = errors.New("mine: input")

// Columns says which column of a file holds what; −1: none does.
type Columns struct {
	ID, Time, Channel, Contact, Text, Lang, Rating int
}

// names are what columns are called, the surest name first.
func names() map[string][]string {
	return map[string][]string{
		"id":      {"id", "message_id", "msg_id", "编号", "序号", "工单号"},
		"time":    {"time", "date", "datetime", "created_at", "timestamp", "created", "时间", "日期", "留言时间", "创建时间"},
		"channel": {"channel", "source", "platform", "渠道", "来源", "平台"},
		"contact": {"contact", "user", "customer", "author", "username", "user_id", "用户", "客户", "留言用户", "作者"},
		"text":    {"text", "message", "content", "comment", "review", "feedback", "body", "内容", "评论", "留言", "反馈", "正文", "留言详情"},
		"lang":    {"lang", "language", "语言"},
		"rating":  {"rating", "score", "stars", "star", "csat", "nps", "评分", "星级", "分数"},
	}
}

// guess finds the columns by their names, and the text, when no name says it, as the column with the longest values.
func guess(header []string, sample [][]string) (Columns, error) {
	find := func(what string) int {
		for _, name := range names()[what] {
			for i, h := range header {
				if strings.EqualFold(strings.TrimSpace(h), name) {
					return i
				}
			}
		}
		return -1
	}
	c := Columns{find("id"), find("time"), find("channel"), find("contact"), find("text"), find("lang"), find("rating")}
	if c.Text < 0 {
		c.Text = longest(len(header), sample)
	}
	if c.Text < 0 {
		return c, fmt.Errorf("%w: no column looks like text: name one of them \"text\" in the first row", ErrInput)
	}
	return c, nil
}

// longest is the column whose values are the longest on average, if that is a sentence's length.
func longest(columns int, sample [][]string) int {
	best, most := -1, 6.0
	for i := range columns {
		total, n := 0, 0
		for _, row := range sample {
			if i < len(row) {
				total += utf8.RuneCountInString(row[i])
				n++
			}
		}
		if n > 0 && float64(total)/float64(n) > most {
			best, most = i, float64(total)/float64(n)
		}
	}
	return best
}

// Says lists what was taken for what, for the person who started it.
func (c Columns) Says(header []string) string {
	var parts []string
	for _, p := range []struct {
		what string
		at   int
	}{{"id", c.ID}, {"time", c.Time}, {"channel", c.Channel}, {"contact", c.Contact}, {"text", c.Text}, {"lang", c.Lang}, {"rating", c.Rating}} {
		if p.at >= 0 {
			parts = append(parts, fmt.Sprintf("%s = %q", p.what, header[p.at]))
		}
	}
	return strings.Join(parts, ", ")
}

// BadRow is a row that was left out.
type BadRow struct {
	Row  int // as the file counts them, from 1 with the header
	What string
}

// rows reads a file row by row. next returns io.EOF at the end, and a *BadRow's reason for a row that is left out.
type rows interface {
	next() ([]string, error)
}

// errBadRow marks one unreadable row; reading goes on.
var errBadRow = errors.New("bad row")

// open finds out what a file is by its name and its first bytes.
func open(name string) (rows, io.Closer, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".xlsx":
		r, err := openSheet(f)
		return r, f, err
	case ".jsonl", ".ndjson", ".json":
		return &lines{in: bufio.NewReaderSize(f, 1<<16)}, f, nil
	}
	r, err := openCSV(bufio.NewReaderSize(f, 1<<16))
	return r, f, err
}

// table is a CSV file.
type table struct{ *csv.Reader }

func openCSV(in *bufio.Reader) (rows, error) {
	decoded, err := decode(in)
	if err != nil {
		return nil, err
	}
	head, err := decoded.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	r := csv.NewReader(decoded)
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = delimiter(head), -1, true, false
	return table{r}, nil
}

// delimiter is the sign that the first line has most of.
func delimiter(head []byte) rune {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t', '|'} {
		if n := strings.Count(string(line), string(d)); n > most {
			best, most = d, n
		}
	}
	return best
}

func (t table) next() ([]string, error) {
	row, err := t.Read()
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return nil, fmt.Errorf("%w: %w", errBadRow, pe.Err)
	}
	return row, err
}

// lines is a JSONL file: an object a line. The first object's keys are the header.
type lines struct {
	in     *bufio.Reader
	header []string
	held   []string
}

func (l *lines) next() ([]string, error) {
	if l.held != nil {
		row := l.held
		l.held = nil
		return row, nil
	}
	line, err := l.in.ReadBytes('\n')
	if len(bytes.TrimSpace(line)) == 0 {
		if err != nil {
			return nil, io.EOF
		}
		return nil, fmt.Errorf("%w: the line is empty", errBadRow)
	}
	var object map[string]any
	if err := json.Unmarshal(bytes.TrimPrefix(line, []byte("\uFEFF")), &object); err != nil {
		return nil, fmt.Errorf("%w: no JSON object: %w", errBadRow, err)
	}
	if l.header == nil {
		for key := range object {
			l.header = append(l.header, key)
		}
		slices.Sort(l.header)
		l.held = l.row(object)
		return l.header, nil
	}
	return l.row(object), nil
}

func (l *lines) row(object map[string]any) []string {
	row := make([]string, len(l.header))
	for i, key := range l.header {
		switch v := object[key].(type) {
		case nil:
		case string:
			row[i] = v
		case float64:
			row[i] = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			row[i] = fmt.Sprint(v)
		}
	}
	return row
}

// sheet is the first sheet of a workbook, streamed.
type sheet struct{ *excelize.Rows }

// unzipMost bounds what a workbook may unpack to, in bytes: a bomb is refused before it fills the memory.
const unzipMost = 512 << 20

func openSheet(f *os.File) (r rows, err error) {
	defer func() { // a hostile archive can make the library panic
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: the workbook is damaged", ErrInput)
		}
	}()
	book, err := excelize.OpenReader(f, excelize.Options{UnzipSizeLimit: unzipMost, UnzipXMLSizeLimit: 64 << 20})
	if err != nil {
		return nil, fmt.Errorf("%w: the workbook cannot be read: %w", ErrInput, err)
	}
	list, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return nil, fmt.Errorf("%w: the workbook's first sheet cannot be read: %w", ErrInput, err)
	}
	return sheet{list}, nil
}

func (s sheet) next() ([]string, error) {
	if !s.Next() {
		if err := s.Error(); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrInput, err)
		}
		return nil, io.EOF
	}
	row, err := s.Rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBadRow, err)
	}
	return row, nil
}

// item makes an Item of a row; an error says why the row is left out.
func (c Columns) item(row []string, number int, zone *time.Location) (feedback.Item, error) {
	cell := func(at int) string {
		if at < 0 || at >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[at])
	}
	it := feedback.Item{ID: cell(c.ID), Channel: cell(c.Channel), Contact: cell(c.Contact), Text: nlp.Clean(cell(c.Text)), Lang: nlp.Lang(cell(c.Lang))}
	if it.Text == "" {
		return it, errors.New("the text is empty")
	}
	if it.ID == "" {
		it.ID = strconv.Itoa(number)
	}
	if text := cell(c.Time); text != "" {
		at, ok := when(text, zone)
		if !ok {
			return it, fmt.Errorf("%q is no time: write it like 2026-11-09 08:30", text)
		}
		it.At = at
	}
	if text := cell(c.Rating); text != "" {
		rating, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return it, fmt.Errorf("%q is no rating", text)
		}
		it.Rating = rating
	}
	return it, nil
}

// when reads the ways in which files write times; without a zone of their own they are in the given one.
func when(text string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04",
		"2006-01-02", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006/1/2", "2006年1月2日", "01/02/2006 15:04", "01/02/2006", "02.01.2006", "Jan 2, 2006"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 1e8 {
		if n > 1e12 {
			return time.UnixMilli(n).In(zone), true
		}
		return time.Unix(n, 0).In(zone), true
	}
	return time.Time{}, false
}
