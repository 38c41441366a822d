package yamlfile

import (
	"bytes"
	"errors"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Flaws are the names of what is often wrong with a file; every language has a sentence for each, "kb.yaml." and the name.
func Flaws() []string {
	list := []string{"wide", "tab", "documents", "field"}
	for _, f := range flaws {
		list = append(list, f.name)
	}
	return list
}

// flaws is what the library says about them.
var flaws = [...]struct {
	name string
	said *regexp.Regexp
	in   []string // names of what its groups hold
}{
	{name: "colon", said: regexp.MustCompile(`^mapping values are not allowed`)},
	{name: "start", said: regexp.MustCompile(`^found character that cannot start any token`)},
	{name: "nocolon", said: regexp.MustCompile(`^could not find expected ':'`)},
	{name: "indent", said: regexp.MustCompile(`^did not find expected key|^did not find expected <`)},
	{name: "item", said: regexp.MustCompile(`^did not find expected '-' indicator`)},
	{name: "dash", said: regexp.MustCompile(`^block sequence entries are not allowed`)},
	{name: "bracket", said: regexp.MustCompile(`^did not find expected ',' or '[\]}]'`)},
	{name: "quote", said: regexp.MustCompile(`^found unexpected end of stream`)},
	{name: "escape", said: regexp.MustCompile(`^found unknown escape character`)},
	{name: "star", said: regexp.MustCompile(`^unknown anchor|^did not find expected alphabetic or numeric character`)},
	{name: "control", said: regexp.MustCompile(`^control characters are not allowed`)},
	{name: "encoding", said: regexp.MustCompile(`UTF-(8|16)`)},
	{name: "twice", said: regexp.MustCompile(`^mapping key ("(?s:.*)") already defined at line (\d+)$`), in: []string{"key", "first"}},
}

var (
	// unknownField is what the library says of a key that a Go type has no field for.
	unknownField = regexp.MustCompile(`^field (?s:(.+)) not found in type (\S+)$`)
	// wideColon is a key with a full-width colon, which is none to YAML.
	wideColon = regexp.MustCompile(`^\s*(?:- +)?[\pL\pN_-]+：`)
)

// Syntax is what is wrong with data that the library could not read as YAML. It has no file.
func Syntax(data []byte, err error) *Error {
	line, what := position(data, err)
	if begins := beginsAt(data, what); begins > 0 {
		line = begins
	}
	e := &Error{Line: line, What: what}
	e.name(data, nil)
	return e
}

// beginsAt is the line from which on the library says so of the data that ends there; 0: it does not. What it says of the whole often
// has the line on which a list or a group of keys begins that has the mistake.
func beginsAt(data []byte, what string) int {
	var ends []int // of lines
	for at := range data {
		if data[at] == '\n' || at == len(data)-1 {
			ends = append(ends, at+1)
		}
	}
	says := func(n int) bool {
		err := yaml.NewDecoder(bytes.NewReader(data[:ends[n]])).Decode(&yaml.Node{})
		if err == nil {
			return false
		}
		_, said := lineIn(strings.TrimPrefix(err.Error(), "yaml: "))
		return said == what
	}
	n := sort.Search(len(ends), says)
	if n == len(ends) || !says(n) {
		return 0
	}
	return n + 1
}

// name finds out which flaw it is, if it is a common one.
func (e *Error) name(data []byte, into any) {
	for _, f := range flaws {
		m := f.said.FindStringSubmatch(e.What)
		if m == nil {
			continue
		}
		e.Flaw = f.name
		for i, name := range f.in {
			value := m[1+i]
			if text, err := strconv.Unquote(value); err == nil {
				value = text
			}
			e.Pairs = append(e.Pairs, name, value)
		}
		break
	}
	lines := bytes.Split(data, []byte("\n"))
	row := func(i int) string {
		if i < 1 || i > len(lines) {
			return ""
		}
		return string(lines[i-1])
	}
	switch {
	case strings.HasPrefix(e.What, "found a tab character"), e.Flaw == "start" && tabbed(row(e.Line)):
		e.Flaw = "tab"
	case e.Flaw == "colon", e.Flaw == "nocolon":
		for _, at := range []int{e.Line, e.Line - 1} {
			if wideColon.MatchString(row(at)) {
				e.Flaw, e.Line = "wide", at
				break
			}
		}
	}
	if m := unknownField.FindStringSubmatch(e.What); m != nil && into != nil {
		if known := fieldsOf(reflect.TypeOf(into), m[2], map[reflect.Type]bool{}); len(known) > 0 {
			e.Flaw, e.Pairs = "field", []any{"key", m[1], "known", strings.Join(known, ", ")}
		}
	}
}

// tabbed reports whether a tab is among the blanks that a line begins with.
func tabbed(line string) bool {
	return strings.Contains(line[:len(line)-len(strings.TrimLeft(line, " \t"))], "\t")
}

// fieldsOf are the keys that a type by its name has fields for, somewhere in another one.
func fieldsOf(t reflect.Type, name string, seen map[reflect.Type]bool) []string {
	if seen[t] {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return fieldsOf(t.Elem(), name, seen)
	case reflect.Struct:
	default:
		return nil
	}
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if t.String() != name {
			if found := fieldsOf(f.Type, name, seen); len(found) > 0 {
				return found
			}
		} else if key != "" && key != "-" && f.IsExported() {
			keys = append(keys, key)
		}
	}
	return keys
}

// explain turns the library's errors into ours, one for each mistake.
func explain(file string, data []byte, err error, into any) error {
	var te *yaml.TypeError
	if !errors.As(err, &te) {
		e := Syntax(data, err)
		e.File = file
		return e
	}
	var all []error
	for _, m := range te.Errors {
		e := &Error{File: file, What: m}
		e.Line, e.What = lineIn(m)
		e.plain(into)
		e.name(data, into)
		all = append(all, e)
	}
	return errors.Join(all...)
}
