package importer

import (
	"bytes"
	"strings"

	"github.com/xuri/excelize/v2"

	"huiyin/kb"
)

// readWorkbook reads the first sheet of an Excel workbook as ReadCSV reads a table. The line of an error is the row.
func readWorkbook(f File) (articles []kb.Article, err error) {
	if _, err := openZip(f); err != nil {
		return nil, err
	}
	defer func() { // a hostile workbook can make the library panic
		if p := recover(); p != nil {
			articles, err = nil, &kb.InputError{File: f.Name, Err: kb.NewFault("workbook", "the workbook is damaged: open it in Excel and save it again as .xlsx")}
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(f.Data), excelize.Options{UnzipSizeLimit: unpackedMost, UnzipXMLSizeLimit: unpackedMost})
	if err != nil {
		return nil, &kb.InputError{File: f.Name, Err: kb.NewFault("workbook", "the workbook is damaged: open it in Excel and save it again as .xlsx").Marked(err)}
	}
	defer book.Close()
	cells, err := book.GetRows(book.GetSheetName(0))
	if err != nil {
		return nil, &kb.InputError{File: f.Name, Err: kb.NewFault("workbook", "the workbook is damaged: open it in Excel and save it again as .xlsx").Marked(err)}
	}
	var header []string
	var rows []kb.Row
	for i, row := range cells {
		switch {
		case strings.TrimSpace(strings.Join(row, "")) == "":
		case header == nil:
			for len(row) > 0 && strings.TrimSpace(row[len(row)-1]) == "" {
				row = row[:len(row)-1]
			}
			header = row
		default:
			rows = append(rows, kb.Row{Line: i + 1, Cells: row})
		}
	}
	if header == nil {
		return nil, &kb.InputError{File: f.Name, Err: kb.NewFault("sheet.empty", "the first sheet is empty: a header row is needed")}
	}
	return kb.ArticlesFromRows(f.Name, header, rows)
}
