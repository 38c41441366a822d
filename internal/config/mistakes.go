package config

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"
)

// UnknownError is an ErrInvalid: a key that nobody knows.
type UnknownError struct {
	At  string // file and line
	Key string
}

// Error says where the keys are listed.
func (e UnknownError) Error() string {
	return fmt.Sprintf("%v: %s: nothing is called %q: see `huiyin config print` for the keys there are", ErrInvalid, e.At, e.Key)
}

// Unwrap makes it an ErrInvalid.
func (UnknownError) Unwrap() error { return ErrInvalid }

// KindError is an ErrInvalid: a value of the wrong kind.
type KindError struct {
	At    string // file and line
	Key   string
	Value string // as Go quotes it, where the value itself says more than its kind
	Has   Kind
	Want  Kind
}

// Kind is what values are: text in quotes, a whole number, …
type Kind string

// Kinds of values.
const (
	Text    Kind = "text"
	Whole   Kind = "whole"
	Number  Kind = "number"
	Boolean Kind = "boolean"
	List    Kind = "list"
	Table   Kind = "table"
	Time    Kind = "time"
	// Duration is text such as 90s.
	Duration Kind = "duration"
)

// Example is a value of a kind, as it is written in a file.
func (k Kind) Example() string {
	switch k {
	case Text:
		return `"abc"`
	case Whole:
		return "10"
	case Number:
		return "0.5"
	case Boolean:
		return "true"
	case Duration:
		return `"90s"`
	case List:
		return `["abc", "def"]`
	}
	return ""
}

// Error shows how a value of the right kind looks.
func (e KindError) Error() string {
	return fmt.Sprintf("%v: %s: %s is %s, and should be a %s: for example %s", ErrInvalid, e.At, e.Key, cmp.Or(e.Value, "a "+string(e.Has)), e.Want, e.Want.Example())
}

// Unwrap makes it an ErrInvalid.
func (KindError) Unwrap() error { return ErrInvalid }

// mistyped is what the decoder says of a value of the wrong kind.
var mistyped = regexp.MustCompile(`^\(last key "([^"]+)"\): incompatible types: TOML value has type (\S+); destination has type (\S+)$`)

// kindOf is the kind behind a name that the decoder has for it.
func kindOf(name string) Kind {
	switch {
	case strings.HasPrefix(name, "int"):
		return Whole
	case strings.HasPrefix(name, "float"):
		return Number
	case strings.HasPrefix(name, "bool"):
		return Boolean
	case strings.HasPrefix(name, "string"), name == "primitive":
		return Text
	case strings.HasPrefix(name, "slice"), strings.HasPrefix(name, "[]"):
		return List
	case strings.Contains(name, "time"), strings.HasPrefix(name, "date"):
		return Time
	}
	return Table
}

// lineOf is the line of the first key of this path, or 0: keys by the heads of tables above them. Keys that are written in a
// table within one line are not found.
func lineOf(text, path string) int {
	table := ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			table, _, _ = strings.Cut(strings.TrimLeft(line, "[ "), "]")
			if table = strings.TrimSpace(table); table == path {
				return i + 1
			}
			continue
		}
		key, _, found := strings.Cut(line, "=")
		if key = strings.Trim(strings.TrimSpace(key), `"'`); table != "" {
			key = table + "." + key
		}
		if found && (key == path || strings.HasPrefix(path, key+".")) {
			return i + 1
		}
	}
	return 0
}

// explain names the place of a mistake.
func explain(name string, err error) error {
	var pe toml.ParseError
	if errors.As(err, &pe) {
		if strings.HasPrefix(pe.Message, "invalid duration") {
			return KindError{At: fmt.Sprintf("%s:%d", name, pe.Position.Line), Key: pe.LastKey, Value: strings.TrimPrefix(pe.Message, "invalid duration: "), Has: Text, Want: Duration}
		}
		return syntaxError(fmt.Sprintf("%s:%d", name, pe.Position.Line), pe.Message)
	}
	message := strings.TrimPrefix(err.Error(), "toml: ")
	var line int
	if _, scan := fmt.Sscanf(message, "line %d ", &line); scan == nil {
		name, message = fmt.Sprintf("%s:%d", name, line), strings.TrimPrefix(message, fmt.Sprintf("line %d ", line))
	}
	if m := mistyped.FindStringSubmatch(message); m != nil {
		return KindError{At: name, Key: m[1], Has: kindOf(m[2]), Want: kindOf(m[3])}
	}
	return fmt.Errorf("%w: %s: %s", ErrInvalid, name, message)
}
