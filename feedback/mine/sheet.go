package mine

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/xuri/excelize/v2"
)

// sheet is the first sheet of a workbook, streamed.
type sheet struct {
	*excelize.Rows
	book *excelize.File
	file *os.File
}

const (
	// unzipMost bounds what a workbook may unpack to, in bytes: a bomb is refused before it fills the memory.
	unzipMost = 512 << 20
	// unzipMemory is how much of one part is kept in memory; the rest goes to a temporary file.
	unzipMemory = 64 << 20
)

func openSheet(f *os.File) (s sheet, err error) {
	defer func() { // a hostile archive can make the library panic
		if p := recover(); p != nil {
			err = &FileError{Why: FileNoWorkbook}
		}
	}()
	// Raw values: a date as shown, such as 11-09-26, can be read in three ways; its number in one.
	book, err := excelize.OpenReader(f, excelize.Options{UnzipSizeLimit: unzipMost, UnzipXMLSizeLimit: unzipMemory, RawCellValue: true})
	if err != nil {
		return sheet{}, &FileError{Why: FileNoWorkbook, Cause: err}
	}
	list, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return sheet{}, errors.Join(&FileError{Why: FileNoWorkbook, Cause: err}, book.Close())
	}
	return sheet{list, book, f}, nil
}

// next returns io.EOF after the last row.
func (s sheet) next() (row []string, err error) {
	defer func() {
		if p := recover(); p != nil {
			row, err = nil, &FileError{Why: FileNoWorkbook}
		}
	}()
	if !s.Rows.Next() {
		if err := s.Rows.Error(); err != nil {
			return nil, &FileError{Why: FileNoWorkbook, Cause: err}
		}
		return nil, io.EOF
	}
	row, err = s.Rows.Columns()
	if err != nil {
		return nil, &rowError{why: RowCells, what: err.Error()}
	}
	return row, nil
}

// Close removes the library's temporary files and closes the workbook.
func (s sheet) Close() error {
	return errors.Join(s.Rows.Close(), s.book.Close(), s.file.Close())
}

// fromWorkbook reads a date as workbooks store it: days since the end of 1899, without a zone.
func fromWorkbook(days float64, zone *time.Location) time.Time {
	t, err := excelize.ExcelDateToTime(days, false)
	if err != nil {
		return time.Time{}
	}
	t = t.Round(time.Second)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
}
