// Package yamlfile reads YAML strictly, with errors that name the file, the line and what is wrong.
package yamlfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// Node is a piece of YAML with its position, for types that implement UnmarshalYAML(*Node) error.
type Node = yaml.Node

// Error is a mistake at a place in a file.
type Error struct {
	File string
	Line int // from 1; 0: not known
	What string

	// Of a value of the wrong kind: what it is and should be (text, whole, number, boolean, list, keys, nothing, date, other), and how it
	// begins, if that was said. Empty: something else is wrong.
	Has, Want, Value string

	// Of what is often wrong: which of Flaws it is, and name, value, … for its sentence. Empty: something else is wrong.
	Flaw  string
	Pairs []any
}

// Error implements error: "intents.yaml:12: what is wrong".
func (e *Error) Error() string {
	switch {
	case e.File == "":
		return e.What
	case e.Line == 0:
		return fmt.Sprintf("%s: %s", e.File, e.What)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.What)
}

// At makes an Error at a node of a file.
func At(file string, n *Node, format string, args ...any) error {
	e := &Error{File: file, What: fmt.Sprintf(format, args...)}
	if n != nil {
		e.Line = n.Line
	}
	return e
}

// Find follows keys (string) and positions (int) into a document. It returns the last node that is there: where a key is
// missing, the node that should have it.
func Find(n *Node, path ...any) *Node {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		return Find(n.Content[0], path...)
	}
	if n.Kind == yaml.AliasNode {
		return Find(n.Alias, path...)
	}
	if len(path) == 0 {
		return n
	}
	switch step := path[0].(type) {
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return Find(n.Content[i+1], path[1:]...)
			}
		}
	case int:
		if n.Kind == yaml.SequenceNode && step >= 0 && step < len(n.Content) {
			return Find(n.Content[step], path[1:]...)
		}
	}
	return n
}

// Decode reads one YAML document into a value. Keys that the value has no field for, and a second document, are errors.
// An empty file leaves the value as it is. All errors are *Error; several mistakes are joined.
func Decode(file string, data []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	err := dec.Decode(into)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return explain(file, data, err, into)
	}
	if err := dec.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return &Error{File: file, What: "has more than one YAML document (a line that is just ---): keep one", Flaw: "documents"}
	}
	return nil
}

// parserErrors are the beginnings of what the library's parser says, as opposed to its scanner: it counts the lines of
// those from 0.
var parserErrors = [...]string{"did not find expected ',' or", "did not find expected '-' indicator", "did not find expected <", "did not find expected key",
	"did not find expected node content", "found duplicate %", "found incompatible YAML document", "found undefined tag handle"}

// anchorError is what the library says, without a line, of an alias that nothing is named by.
var anchorError = regexp.MustCompile(`^unknown anchor '(.+)' referenced$`)

// misfit is what the library says of a value that does not fit: the kind that it is, perhaps how it begins, and a Go type.
var misfit = regexp.MustCompile("^cannot unmarshal !!(\\w+)(?: `(?s:(.*))`)? into (.+)$")

// kinds are what values are, in words.
func kinds() map[string]string {
	return map[string]string{"text": "a text", "whole": "a whole number", "number": "a number", "boolean": "true or false", "list": "a list",
		"keys": "keys with values (key: value)", "nothing": "nothing", "date": "a date", "other": "something else"}
}

// plain says it in words that somebody reads who knows the file and no Go.
func (e *Error) plain(into any) {
	m := misfit.FindStringSubmatch(e.What)
	if m == nil {
		return
	}
	e.Has = cmp.Or(map[string]string{"str": "text", "int": "whole", "float": "number", "bool": "boolean", "null": "nothing", "seq": "list", "map": "keys", "timestamp": "date"}[m[1]], "other")
	e.Want, e.Value = wanted(m[3], into), m[2]
	has := kinds()[e.Has]
	if e.Value != "" {
		has += fmt.Sprintf(" (%q)", e.Value)
	}
	e.What = fmt.Sprintf("here is %s, and it should be %s", has, kinds()[e.Want])
}

// wanted is the kind of a Go type by its name: the value's own, or one of the language.
func wanted(name string, into any) string {
	if t := reflect.TypeOf(into); t.Kind() == reflect.Pointer && t.Elem().String() == name {
		switch t.Elem().Kind() {
		case reflect.Struct, reflect.Map:
			return "keys"
		case reflect.Slice:
			return "list"
		}
	}
	switch name = strings.TrimLeft(name, "*"); {
	case name == "string":
		return "text"
	case strings.HasPrefix(name, "int"), strings.HasPrefix(name, "uint"):
		return "whole"
	case strings.HasPrefix(name, "float"):
		return "number"
	case name == "bool":
		return "boolean"
	case strings.HasPrefix(name, "[]"):
		return "list"
	case strings.HasPrefix(name, "map["):
		return "keys"
	}
	return "other"
}

// lineIn takes the line apart from what the library says; 0: it says none.
func lineIn(said string) (line int, what string) {
	if _, err := fmt.Sscanf(said, "line %d:", &line); err != nil {
		return 0, said
	}
	_, what, _ = strings.Cut(said, ": ")
	return line, what
}

// position is the line of a syntax error of the library in the data that it read, from 1 (0: not known), and what is wrong
// there. The library says the line in its words only, one too low for errors of its parser and not at all for the first one.
func position(data []byte, err error) (line int, what string) {
	line, what = lineIn(strings.TrimPrefix(err.Error(), "yaml: "))
	if slices.ContainsFunc(parserErrors[:], func(begin string) bool { return strings.HasPrefix(what, begin) }) {
		return min(line+1, 1+bytes.Count(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))), what // it may stop behind the last line
	}
	if line > 0 {
		return line, what
	}
	at := 0 // what the scanner says no line of stands on the first one
	if m := anchorError.FindStringSubmatch(what); m != nil {
		at = bytes.Index(data, []byte("*"+m[1]))
	} else if what == "control characters are not allowed" {
		at = bytes.IndexFunc(data, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\n\r\u0085", r) })
	}
	if at < 0 {
		return 0, what
	}
	return 1 + bytes.Count(data[:at], []byte("\n")), what
}
