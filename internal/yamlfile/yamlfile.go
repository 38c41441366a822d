// Package yamlfile reads YAML strictly, with errors that name the file, the line and what is wrong.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Node is a piece of YAML with its position, for types that implement UnmarshalYAML(*Node) error.
type Node = yaml.Node

// Error is a mistake at a place in a file.
type Error struct {
	File string
	Line int // from 1; 0: not known
	What string
}

// Error implements error: "intents.yaml:12: what is wrong".
func (e *Error) Error() string {
	if e.Line == 0 {
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
		return explain(file, err)
	}
	if err := dec.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return &Error{File: file, What: "has more than one YAML document (a line that is just ---): keep one"}
	}
	return nil
}

// explain turns the library's errors into ours, one for each mistake.
func explain(file string, err error) error {
	var te *yaml.TypeError
	if !errors.As(err, &te) {
		return single(file, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	var all []error
	for _, m := range te.Errors {
		all = append(all, single(file, m))
	}
	return errors.Join(all...)
}

// single reads "line 12: what" into an Error.
func single(file, message string) error {
	e := &Error{File: file, What: message}
	if _, scan := fmt.Sscanf(message, "line %d:", &e.Line); scan == nil {
		_, e.What, _ = strings.Cut(message, ": ")
	}
	return e
}
