package config

import (
	"fmt"
	"regexp"
)

// SyntaxError is an ErrInvalid: the file could not be read as TOML.
type SyntaxError struct {
	At   string // file and line
	What string // as the library says it
	Flaw string // which of Flaws it is; empty: another one
	Key  string // of what is given twice
}

// Error is what the library says.
func (e SyntaxError) Error() string { return fmt.Sprintf("%v: %s: %s", ErrInvalid, e.At, e.What) }

// Unwrap makes it an ErrInvalid.
func (SyntaxError) Unwrap() error { return ErrInvalid }

// flaws is what the library says of what is often wrong.
var flaws = [...]struct {
	name string
	said *regexp.Regexp // its group is a key
}{
	{"table", regexp.MustCompile(`to end table name|end of table array name|table names cannot be empty`)},
	{"equals", regexp.MustCompile(`^expected '\.' or '='|expected key separator '='`)},
	{"value", regexp.MustCompile(`expected value`)},
	{"quote", regexp.MustCompile(`^strings cannot contain newlines|^unexpected EOF; expected ['"]["']`)},
	{"rest", regexp.MustCompile(`^expected a top-level item to end`)},
	{"bracket", regexp.MustCompile(`^expected a comma`)},
	{"escape", regexp.MustCompile(`^invalid escape`)},
	{"digits", regexp.MustCompile(`^Invalid (?:float|integer)|^invalid float|^expected a digit`)},
	{"encoding", regexp.MustCompile(`^invalid UTF-8`)},
	{"twice", regexp.MustCompile(`^Key '(.*)' (?:has already been defined|was already created)`)},
}

// Flaws are the names of what is often wrong with a file of TOML; every language has a sentence for each, "cli.toml." and the name.
func Flaws() []string {
	list := make([]string, len(flaws))
	for i, f := range flaws {
		list[i] = f.name
	}
	return list
}

func syntaxError(at, what string) SyntaxError {
	e := SyntaxError{At: at, What: what}
	for _, f := range flaws {
		if m := f.said.FindStringSubmatch(what); m != nil {
			if e.Flaw = f.name; len(m) > 1 {
				e.Key = m[1]
			}
			break
		}
	}
	return e
}
