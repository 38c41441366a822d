package importer

import (
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// markdownTable writes rows as a table; the first is its head.
func markdownTable(rows [][]string) string {
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	if width == 0 {
		return ""
	}
	var b strings.Builder
	for i, row := range rows {
		for c := range width {
			cell := ""
			if c < len(row) {
				cell = strings.ReplaceAll(row[c], "|", "\\|")
			}
			b.WriteString("| " + cell + " ")
		}
		b.WriteString("|\n")
		if i == 0 {
			b.WriteString(strings.Repeat("| --- ", width) + "|\n")
		}
	}
	return b.String()
}
