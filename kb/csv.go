package kb

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"huiyin/internal/cell"
)

// csvColumns are the columns of an export; an import needs only id (or root and lang) and title.
var csvColumns = []string{"id", "root", "lang", "title", "category", "status", "questions", "golden", "tags", "from", "until", "summary", "body"}

// MaxImportBytes bounds a file that articles are imported from.
const MaxImportBytes = 32 << 20

// ReadCSV reads articles from rows with a header (see csvColumns and columnName; only a title is required, an id is made
// from it). Several questions or tags stand in one cell, one a line. The encoding, and a comma, semicolon or tab between
// cells, are found out. name is used in errors only. When a row is wrong no article is returned, and all the errors, each
// an *InputError with its line, are joined.
func ReadCSV(name string, r io.Reader) ([]Article, error) {
	t, err := readTable(name, r)
	if err != nil {
		return nil, err
	}
	return articlesFromTable(t)
}

// Row is a row of a table, for ArticlesFromRows.
type Row struct {
	Line  int // in the file, from 1
	Cells []string
}

// ArticlesFromRows reads articles from a table that is no CSV file, as ReadCSV does. Cells missing at the end of a row
// are empty; those behind the header must be.
func ArticlesFromRows(name string, header []string, rows []Row) ([]Article, error) {
	t := table{name: name, headerLine: 1, header: slices.Clone(header)}
	var errs []error
	for _, row := range rows {
		for len(row.Cells) < len(header) {
			row.Cells = append(row.Cells, "")
		}
		if strings.TrimSpace(strings.Join(row.Cells[len(header):], "")) != "" {
			errs = append(errs, &InputError{File: name, Line: row.Line, Err: NewFault("cells.more", "the row has {n} cells, the header {header}: give each column a heading, or empty what has none", "n", len(row.Cells), "header", len(header))})
		}
		t.rows = append(t.rows, tableRow{row.Line, row.Cells[:len(header)]})
	}
	articles, err := articlesFromTable(t)
	if len(errs) > 0 {
		return nil, errors.Join(append(errs, err)...)
	}
	return articles, err
}

// table is a CSV file, or a sheet, read as text.
type table struct {
	name       string
	header     []string
	headerLine int
	rows       []tableRow
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
			return &InputError{File: t.name, Line: t.headerLine, Err: NewFault("column", "column “{column}” is missing; the header has: {header}", "column", c, "header", named(t.header))}
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

// readTable reads a CSV file with a header row, in any encoding that DecodeText finds.
func readTable(name string, r io.Reader) (table, error) {
	t := table{name: name}
	raw, err := io.ReadAll(r)
	if err != nil {
		return t, &InputError{File: name, Err: err}
	}
	text, err := DecodeText(raw, "")
	if err != nil {
		return t, &InputError{File: name, Err: err}
	}
	cr := csv.NewReader(strings.NewReader(text))
	cr.FieldsPerRecord = -1
	cr.Comma = delimiter(text)
	var errs []error
	for {
		record, err := cr.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil { // what comes after it cannot be told apart
			return t, errors.Join(append(errs, csvError(name, err))...)
		}
		line, _ := cr.FieldPos(0)
		if t.header == nil {
			t.headerLine = line
			for _, h := range record {
				t.header = append(t.header, strings.ToLower(strings.TrimSpace(h)))
			}
			continue
		}
		if len(record) != len(t.header) {
			errs = append(errs, &InputError{File: name, Line: line, Err: NewFault("cells", "the row has {n} cells, the header {header}: put quotes around cells with “{comma}”", "n", len(record), "header", len(t.header), "comma", delimiterName(cr.Comma))})
			continue
		}
		t.rows = append(t.rows, tableRow{line, record})
	}
	if t.header == nil {
		return t, &InputError{File: name, Err: NewFault("empty", "is empty: a header row is needed")}
	}
	return t, errors.Join(errs...)
}

// delimiter is what stands between the cells of the first line: a comma, unless there is none and another one is.
func delimiter(text string) rune {
	first, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	best, most := ',', strings.Count(first, ",")
	for _, d := range []rune{';', '\t'} {
		if n := strings.Count(first, string(d)); n > most {
			best, most = d, n
		}
	}
	return best
}

// delimiterName is a delimiter as a sentence names it.
func delimiterName(comma rune) Verbatim {
	if comma == '\t' {
		return "Tab"
	}
	return Verbatim(comma)
}

// csvFault is a syntax error of the reader in words for an editor.
func csvFault(err error) error {
	switch {
	case errors.Is(err, csv.ErrQuote):
		return NewFault("csv.quote", "a quotation mark that is not closed, or with something behind it: write a quotation mark within a cell twice (\"\")")
	case errors.Is(err, csv.ErrBareQuote):
		return NewFault("csv.bare", "a quotation mark within a cell: put the whole cell in quotation marks, and write those within it twice (\"\")")
	}
	return err
}

func csvError(name string, err error) error {
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return &InputError{File: name, Line: pe.Line, Err: csvFault(pe.Err)}
	}
	return &InputError{File: name, Err: err}
}

// columnName is the key of a column: its own, or the one that people mean by another name.
func columnName(header string) string {
	h := strings.ToLower(strings.TrimSpace(header))
	switch h {
	case "question", "faq", "问题", "标题", "问", "标准问题", "标准问":
		return "title"
	case "answer", "content", "text", "答案", "回答", "答", "正文", "内容":
		return "body"
	case "similar", "alternatives", "相似问", "相似问法", "相似问题", "扩展问", "其他问法":
		return "questions"
	case "language", "语言":
		return "lang"
	case "分类", "类别", "目录":
		return "category"
	case "标签", "关键词":
		return "tags"
	case "编号":
		return "id"
	case "状态":
		return "status"
	case "摘要", "简答":
		return "summary"
	}
	return h
}

// isTitle reports whether a column says that it is the title, and not the question that an article answers.
func isTitle(header string) bool {
	h := strings.ToLower(strings.TrimSpace(header))
	return h == "title" || h == "标题"
}

func articlesFromTable(t table) ([]Article, error) {
	names := slices.Clone(t.header) // as the editor wrote them
	titled := slices.ContainsFunc(names, isTitle)
	for i, h := range t.header {
		if t.header[i] = columnName(h); titled && t.header[i] == "title" && !isTitle(h) {
			t.header[i] = "questions" // beside a title of its own, a question is another way to ask
		}
	}
	if err := t.need("title"); err != nil {
		return nil, err
	}
	for i, h := range t.header {
		var problem *Fault
		switch {
		case !slices.Contains(csvColumns, h):
			problem = NewFault("column.unknown", "unknown column “{column}”: rename it, or take it out. Known are {known}", "column", strings.TrimSpace(names[i]), "known", named(csvColumns))
		case slices.Index(t.header, h) != i:
			problem = NewFault("column.twice", "“{first}” and “{second}” are both for {column}: keep one of the two columns", "first", strings.TrimSpace(names[slices.Index(t.header, h)]), "second", strings.TrimSpace(names[i]), "column", h)
		}
		if problem != nil {
			return nil, &InputError{File: t.name, Line: t.headerLine, Err: problem}
		}
	}
	var articles []Article
	var lineOf []int
	var errs []error
	taken := map[ArticleID]bool{}
	for _, row := range t.rows {
		taken[ArticleID(strings.TrimSpace(cell.Text(t.cell(row, "id"))))] = true
	}
	for _, row := range t.rows {
		if strings.TrimSpace(strings.Join(row.cells, "")) == "" {
			continue
		}
		if i := slices.Index(t.header, "title"); strings.TrimSpace(cell.Text(row.cells[i])) == "" {
			errs = append(errs, &InputError{File: t.name, Line: row.line, Err: NewFault("cell", "the cell under “{column}” is empty: every article needs one", "column", strings.TrimSpace(names[i]))})
			continue
		}
		a, wrong := articleFromRow(t, row, taken)
		for _, err := range wrong {
			errs = append(errs, &InputError{File: t.name, Line: row.line, Err: err})
		}
		if len(wrong) > 0 {
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

// articleFromRow reads one row, and says all that is wrong with it; an article without an id gets one that is not taken.
func articleFromRow(t table, row tableRow, taken map[ArticleID]bool) (Article, []error) {
	var a Article
	var wrong []error
	for i, key := range t.header {
		text := cell.Text(row.cells[i])
		if list := listOf(&a, key); list != nil {
			*list = strings.Split(text, "\n")
		} else if err := setField(&a, key, text); err != nil {
			wrong = append(wrong, err)
		}
	}
	if strings.TrimSpace(string(a.ID)) == "" && strings.TrimSpace(a.Title) != "" {
		if a.Lang == "" {
			a.Lang = guessLang(a.Title + a.Body)
		}
		a.ID = NewID(a.Title, a.Lang, func(id ArticleID) bool { return taken[id] })
	}
	taken[a.ID] = true
	a = Normalize(a)
	return a.Lacking(missing(t.header)...), append(wrong, Flaws(a)...)
}

// missing are the fields that a header has no column for.
func missing(header []string) []string {
	return slices.DeleteFunc(Fields(), func(f string) bool { return slices.Contains(header, f) })
}

// WriteCSV writes articles so that ReadCSV gives back the same ones. What a spreadsheet would take for a formula gets a quote
// before it (see cell.Safe): titles may be customers' words.
func WriteCSV(w io.Writer, articles []Article) error {
	cw := csv.NewWriter(w)
	if err := cw.Write(csvColumns); err != nil {
		return fmt.Errorf("kb: write csv: %w", err)
	}
	for _, a := range articles {
		a = Normalize(a)
		record := make([]string, 0, len(csvColumns))
		for _, key := range csvColumns {
			record = append(record, cell.Safe(cellText(a, key)))
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
	if list := listOf(&a, key); list != nil {
		return strings.Join(*list, "\n")
	}
	return field(a, key)
}
