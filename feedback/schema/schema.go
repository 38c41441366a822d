// Package schema publishes the form of a digest in JSON: a JSON Schema (https://json-schema.org/draft/2020-12) that is made of the
// Go types, so that it cannot be behind them, with a description of every field for those who read digests with programs.
package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"huiyin/feedback"
)

// ID names the form of a digest, its version behind the last colon. The version grows when a field goes, or means something else; a
// field that is added leaves it, so whoever reads digests passes over what it does not know.
const ID = "urn:huiyin:digest:1"

const dialect = "https://json-schema.org/draft/2020-12/schema"

// Document is a digest as it is written in JSON.
type Document struct {
	Schema string `json:"schema"` // ID
	feedback.Digest
}

// errField means that a type has something that the schema cannot say.
var errField = errors.New("schema: cannot be described")

// Digest is the JSON Schema of a Document, indented.
func Digest() ([]byte, error) {
	m := maker{texts: texts(), defs: map[string]*node{}}
	root, err := m.object(reflect.TypeFor[Document]())
	if err != nil {
		return nil, err
	}
	root.Schema, root.ID, root.Title = dialect, ID, "Digest of customers' feedback"
	for _, name := range m.order {
		root.Defs = append(root.Defs, property{name, m.defs[name]})
	}
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return append(out, '\n'), nil
}

// node is a schema, in the order in which its keywords are written.
type node struct {
	Schema        string     `json:"$schema,omitempty"`
	ID            string     `json:"$id,omitempty"`
	Title         string     `json:"title,omitempty"`
	Description   string     `json:"description,omitempty"`
	Ref           string     `json:"$ref,omitempty"`
	Type          any        `json:"type,omitempty"` // a name, or a list of names
	Const         string     `json:"const,omitempty"`
	Enum          []string   `json:"enum,omitempty"`
	Format        string     `json:"format,omitempty"`
	Minimum       *float64   `json:"minimum,omitempty"`
	AnyOf         []*node    `json:"anyOf,omitempty"`
	Items         *node      `json:"items,omitempty"`
	MinItems      int        `json:"minItems,omitempty"`
	MaxItems      int        `json:"maxItems,omitempty"`
	Properties    properties `json:"properties,omitempty"`
	Required      []string   `json:"required,omitempty"`
	MinProperties int        `json:"minProperties,omitempty"`
	MaxProperties int        `json:"maxProperties,omitempty"`
	Values        *node      `json:"additionalProperties,omitempty"` // of an object whose keys are data
	Defs          properties `json:"$defs,omitempty"`
}

// property is a schema under a name.
type property struct {
	name string
	node *node
}

// properties are an object whose keys have an order.
type properties []property

// MarshalJSON implements json.Marshaler.
func (p properties) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, one := range p {
		if i > 0 {
			b = append(b, ',')
		}
		key, err := json.Marshal(one.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(one.node)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, key...), ':'), value...)
	}
	return append(b, '}'), nil
}

// maker makes schemas of types.
type maker struct {
	texts map[string]string // descriptions, by type and by type and field
	defs  map[string]*node  // of structs, by the names of their types
	order []string          // of defs
}

// object is the schema of a struct.
func (m *maker) object(t reflect.Type) (*node, error) {
	n := &node{Type: "object", Description: m.texts[t.Name()]}
	if n.Description == "" {
		return nil, fmt.Errorf("%w: %s has no description", errField, t)
	}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			return nil, fmt.Errorf("%w: %s.%s has no name in JSON", errField, t, f.Name)
		}
		text := m.texts[owner(t, f).Name()+"."+name]
		if text == "" {
			return nil, fmt.Errorf("%w: %s.%s has no description", errField, t, name)
		}
		one, err := m.of(f.Type, !strings.Contains(options, "omit"))
		if err != nil {
			return nil, err
		}
		one.Description = text
		n.Properties = append(n.Properties, property{name, one})
		if !strings.Contains(options, "omit") {
			n.Required = append(n.Required, name)
		}
	}
	m.adjust(t, n)
	return n, nil
}

// owner is the struct that declares a field of another one, which embeds it or is it.
func owner(t reflect.Type, f reflect.StructField) reflect.Type {
	for _, i := range f.Index[:len(f.Index)-1] {
		t = t.Field(i).Type
	}
	return t
}

// adjust says of a struct what its fields do not.
func (m *maker) adjust(t reflect.Type, n *node) {
	switch t {
	case reflect.TypeFor[Document]():
		n.property("schema").Const = ID
	case reflect.TypeFor[feedback.Element]():
		n.MinProperties, n.MaxProperties = 1, 1
	case reflect.TypeFor[feedback.Metric](): // see its MarshalJSON
		n.property("value").Type = []string{"number", "null"}
	case reflect.TypeFor[feedback.Change]():
		n.Required = []string{"before", "before_n"}
	}
}

func (n *node) property(name string) *node {
	for _, p := range n.Properties {
		if p.name == name {
			return p.node
		}
	}
	return &node{}
}

// of is the schema of a value. kept says that an empty list is written, too: as null when there is none.
func (m *maker) of(t reflect.Type, kept bool) (*node, error) {
	if enum, ok := m.words(t); ok {
		return enum, nil
	}
	switch t.Kind() {
	case reflect.String:
		return &node{Type: "string"}, nil
	case reflect.Bool:
		return &node{Type: "boolean"}, nil
	case reflect.Float64:
		return &node{Type: "number"}, nil
	case reflect.Int:
		return &node{Type: "integer"}, nil
	case reflect.Interface:
		return m.value()
	case reflect.Pointer:
		return m.of(t.Elem(), kept)
	case reflect.Map:
		values, err := m.of(t.Elem(), false)
		return &node{Type: "object", Values: values}, err
	case reflect.Slice:
		items, err := m.of(t.Elem(), true)
		n := &node{Type: "array", Items: items}
		if kept {
			n.Type = []string{"array", "null"}
		}
		return n, err
	case reflect.Array:
		items, err := m.of(t.Elem(), true)
		if t.Elem().Kind() == reflect.Pointer {
			items = &node{AnyOf: []*node{items, {Type: "null"}}}
		}
		return &node{Type: "array", Items: items, MinItems: t.Len(), MaxItems: t.Len()}, err
	case reflect.Struct:
		return m.reference(t)
	}
	return nil, fmt.Errorf("%w: %s", errField, t)
}

// reference is a schema that leads to the one of a struct.
func (m *maker) reference(t reflect.Type) (*node, error) {
	if t == reflect.TypeFor[time.Time]() {
		return &node{Type: "string", Format: "date-time"}, nil
	}
	if _, known := m.defs[t.Name()]; !known {
		m.defs[t.Name()] = nil // it may lead to itself
		m.order = append(m.order, t.Name())
		def, err := m.object(t)
		if err != nil {
			return nil, err
		}
		m.defs[t.Name()] = def
	}
	return &node{Ref: "#/$defs/" + t.Name()}, nil
}

// words is the schema of a type that has only certain words.
func (m *maker) words(t reflect.Type) (*node, bool) {
	switch t {
	case reflect.TypeFor[feedback.Unit]():
		return &node{Type: "string", Enum: []string{string(feedback.Count), string(feedback.Share), string(feedback.Seconds), string(feedback.Score), string(feedback.Amount), string(feedback.Net)}}, true
	case reflect.TypeFor[feedback.FindingKind]():
		return &node{Type: "string", Enum: []string{string(feedback.Worse), string(feedback.Better), string(feedback.ToDo), string(feedback.Probable)}}, true
	}
	return nil, false
}

// value is the schema of what is put into a phrase.
func (m *maker) value() (*node, error) {
	n := &node{AnyOf: []*node{{Type: "string"}, {Type: "number"}, {Type: "boolean"}}}
	for _, t := range []reflect.Type{reflect.TypeFor[feedback.Text](), reflect.TypeFor[feedback.Cell](), reflect.TypeFor[feedback.Phrase]()} {
		one, err := m.reference(t)
		if err != nil {
			return nil, err
		}
		n.AnyOf = append(n.AnyOf, one)
	}
	return n, nil
}
