// Package cell writes text into the cells of tables that people open in a spreadsheet.
package cell

import "strings"

// blanks are what a spreadsheet may skip before the sign that starts a formula.
const blanks = " \t\r\u00a0\u3000\u200b\ufeff"

// quote is what keeps a spreadsheet from taking a cell for a formula.
const quote = "'"

// Safe keeps a spreadsheet from taking text for a formula: a quote goes before whatever starts one, also at the start of
// later lines, after blanks, and for full-width signs, which some programs fold (OWASP: CSV injection). Where such a text
// has quotes before it already it gets one more, so that Text gives back what was written.
func Safe(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if formula(line) {
			lines[i] = quote + line
		}
	}
	return strings.Join(lines, "\n")
}

// Text is what Safe was given.
func Text(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if formula(line) {
			lines[i] = strings.TrimPrefix(line, quote)
		}
	}
	return strings.Join(lines, "\n")
}

// formula reports whether a line would start a formula if no quotes stood before it.
func formula(line string) bool {
	line = strings.TrimLeft(line, quote)
	start := strings.TrimLeft(line, blanks)
	return start != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(start)[0]) || strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "\r")
}
