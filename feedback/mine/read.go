// Package mine turns any pile of feedback (a CSV, JSONL or XLSX file) into a digest and the assignments behind it.
package mine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
		"id":      {"id", "message_id", "msg_id", "ticket", "ticket_id", "case_id", "编号", "序号", "工单号"},
		"time":    {"time", "date", "datetime", "created_at", "timestamp", "created", "时间", "日期", "留言时间", "创建时间"},
		"channel": {"channel", "source", "platform", "via", "渠道", "来源", "平台"},
		"contact": {"contact", "user", "customer", "author", "username", "user_id", "用户", "客户", "留言用户", "作者"},
		"text":    {"text", "message", "content", "comment", "review", "feedback", "body", "内容", "评论", "留言", "反馈", "正文", "留言详情"},
		"lang":    {"lang", "language", "语言"},
		"rating":  {"rating", "score", "stars", "star", "csat", "nps", "评分", "星级", "分数"},
	}
}

// guess finds the columns by their names. A name that only ends like a known one (提交时间) counts when the values agree, a time
// is also found by its values alone, and the text, when no name says it, is the column with the longest values.
func guess(header []string, sample [][]string) (Columns, error) {
	bare := make([]string, len(header))
	for i, h := range header {
		bare[i] = bareName(h)
	}
	var taken []int
	find := func(what string, fits func(string) bool) int {
		at := named(bare, names()[what])
		if at < 0 {
			at = endsLike(bare, names()[what], func(i int) bool { return !slices.Contains(taken, i) && mostly(sample, i, fits) })
		}
		if at >= 0 {
			taken = append(taken, at)
		}
		return at
	}
	anything := func(string) bool { return true }
	c := Columns{ID: named(bare, names()["id"]), Channel: named(bare, names()["channel"]), Lang: named(bare, names()["lang"])}
	taken = append(taken, c.ID, c.Channel, c.Lang)
	c.Time, c.Rating = find("time", isTime), find("rating", isNumber)
	c.Text = find("text", anything)
	c.Contact = named(bare, names()["contact"])
	taken = append(taken, c.Contact)
	for i := 0; c.Time < 0 && i < len(header); i++ {
		if !slices.Contains(taken, i) && mostly(sample, i, isTime) {
			c.Time = i
			taken = append(taken, i)
		}
	}
	if c.Text < 0 {
		c.Text = longest(len(header), sample, taken...)
	}
	if c.Text < 0 {
		return c, fmt.Errorf("%w: no column looks like text: name one of them \"text\" in the first row", ErrInput)
	}
	return c, nil
}

// bareName is a column's name without what stands in brackets, numbers and marks: "Created At (UTC)" is created_at, "Score 1-10"
// is score.
func bareName(h string) string {
	h, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(h)), "(")
	h, _, _ = strings.Cut(h, "（")
	words := strings.FieldsFunc(h, func(r rune) bool { return !unicode.IsLetter(r) })
	return strings.Join(words, "_")
}

// named is the first column, by the surest name, that is called so; −1: none.
func named(bare, names []string) int {
	for _, name := range names {
		if i := slices.Index(bare, name); i >= 0 {
			return i
		}
	}
	return -1
}

// endsLike is the first column whose Chinese name ends with one of the names, and that fits.
func endsLike(bare, names []string, fits func(i int) bool) int {
	for _, name := range names {
		for i, b := range bare {
			if name[0] >= utf8.RuneSelf && strings.HasSuffix(b, name) && fits(i) {
				return i
			}
		}
	}
	return -1
}

// mostly reports whether four in five of the values of a column, and one at least, fit.
func mostly(sample [][]string, column int, fits func(string) bool) bool {
	n, good := 0, 0
	for _, row := range sample {
		if column >= len(row) || strings.TrimSpace(row[column]) == "" {
			continue
		}
		n++
		if fits(strings.TrimSpace(row[column])) {
			good++
		}
	}
	return n > 0 && good*5 >= n*4
}

// isTime reports whether a value can only be a time: a bare number may be anything.
func isTime(value string) bool {
	_, ok := when(value, time.UTC)
	return ok && !isNumber(value)
}

func isNumber(value string) bool {
	n, err := strconv.ParseFloat(value, 64)
	return err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// longest is the column, of those that are not something else, whose values are the longest on average, if that is a
// sentence's length.
func longest(columns int, sample [][]string, taken ...int) int {
	best, most := -1, 6.0
	for i := range columns {
		if slices.Contains(taken, i) {
			continue
		}
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

// source is a file that was opened.
type source struct {
	rows
	first int       // the number, in the file, of the first row under the header
	close io.Closer // frees what reading holds
}

// open finds out what a file is by its first bytes and its name.
func open(name string) (source, error) {
	f, err := os.Open(name)
	if err != nil {
		return source{}, fmt.Errorf("%w: %w", ErrInput, err)
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

func sourceOf(f *os.File, ext string) (source, error) {
	in := bufio.NewReaderSize(f, 1<<16)
	head, _ := in.Peek(4) // a read error shows again below
	if ext == ".xlsx" || bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return source{}, fmt.Errorf("%w: %w", ErrInput, err)
		}
		book, err := openSheet(f)
		return source{book, 2, book}, err
	}
	if ext == ".jsonl" || ext == ".ndjson" || ext == ".json" {
		r, err := openLines(in)
		return source{rows: r, first: 1}, err
	}
	r, err := openCSV(in)
	return source{rows: r, first: 2}, err
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
		if err != nil || math.IsNaN(rating) || math.IsInf(rating, 0) {
			return it, fmt.Errorf("%q is no rating: write a number", text)
		}
		it.Rating = rating
	}
	return it, nil
}

// when reads the ways in which files write times; without a zone of their own they are in the given one.
func when(text string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04",
		"2006-01-02", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006/1/2", "2006年1月2日 15:04:05", "2006年1月2日 15:04", "2006年1月2日15:04", "2006年1月2日", "01/02/2006 15:04", "01/02/2006", "02.01.2006", "Jan 2, 2006"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	if days, err := strconv.ParseFloat(text, 64); err == nil && days > 20_000 && days < 80_000 { // as workbooks count: 1954 to 2119
		return fromWorkbook(days, zone), true
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 1e8 {
		if n > 1e12 {
			return time.UnixMilli(n).In(zone), true
		}
		return time.Unix(n, 0).In(zone), true
	}
	return time.Time{}, false
}
