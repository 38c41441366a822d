// Package printable makes text from outside safe to print: a terminal obeys control characters and escape sequences (ECMA-48), and
// marks of direction (Unicode TR 9) turn what stands behind them around.
package printable

import (
	"strings"
	"unicode"
)

// Text is s with U+FFFD in the place of everything that does not print, but for tabs and line ends; the CR of a line end is dropped.
// The joiner within an emoji stays.
func Text(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\u200D', unicode.IsPrint(r), unicode.Is(unicode.Zs, r):
			return r
		case r == '\r':
			return -1
		}
		return '\uFFFD'
	}, s)
}

// Line is Text on one line: blanks in the place of tabs and line ends.
func Line(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, Text(s))
}
