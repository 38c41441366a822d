// Package config reads one TOML file into a struct whose fields carry their own documentation, lets the environment
// override every key, and writes the reference of all keys.
//
// Fields have a toml tag with the key and a help tag with a sentence. Nested structs are tables. Supported leaves are
// string, bool, int, float64, []string, secret.Secret and time.Duration ("90s").
package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"huiyin/internal/secret"
)

// ErrInvalid marks everything that the operator has to mend in the configuration.
var ErrInvalid = errors.New("configuration")

// File is a decoded configuration file.
type File struct {
	name string
	text string
	meta toml.MetaData
}

// Load reads a TOML file into a struct that holds the defaults. A key that nobody knows is an error with its line. An
// empty name reads nothing.
func Load(name string, into any) (*File, error) {
	f := &File{name: name}
	if name == "" {
		return f, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	f.text = string(data)
	if f.meta, err = toml.Decode(f.text, into); err != nil {
		return nil, explain(name, err)
	}
	return f, nil
}

// Unknown reports keys of the file that no struct has taken. Call it when all tables are decoded.
func (f *File) Unknown() error {
	var all []error
	for _, e := range f.UnknownKeys() {
		all = append(all, e)
	}
	return errors.Join(all...)
}

// UnknownKeys are the keys of the file that no struct has taken so far, in the order of the file; of a table that nobody knows its
// keys, or the table itself where it has none. Those of a table that was put aside (Primitive) are among them until it is decoded.
func (f *File) UnknownKeys() []UnknownError {
	var all []UnknownError
	for _, key := range f.meta.Undecoded() {
		e := UnknownError{At: f.name, Key: key.String()}
		if line := lineOf(f.text, e.Key); line > 0 {
			e.At = fmt.Sprintf("%s:%d", f.name, line)
		}
		all = append(all, e)
	}
	return slices.DeleteFunc(slices.Clone(all), func(table UnknownError) bool {
		return slices.ContainsFunc(all, func(in UnknownError) bool { return strings.HasPrefix(in.Key, table.Key+".") })
	})
}

// Defined reports whether the file has this key of its top table.
func (f *File) Defined(key string) bool { return f.meta.IsDefined(key) }

// Primitive is a table that is put aside and decoded later, with Decode, by whoever knows its shape.
type Primitive = toml.Primitive

// Decode writes a table, put aside as a Primitive, into a struct.
func (f *File) Decode(p Primitive, into any) error {
	if reflect.ValueOf(p).IsZero() {
		return nil
	}
	if err := f.meta.PrimitiveDecode(p, into); err != nil {
		return explain(f.name, err)
	}
	return nil
}

// Override sets every leaf for which the environment has a variable: prefix and the keys on the way to it, in upper case,
// joined by underscores (HUIYIN_HTTP_LISTEN). lookup is os.LookupEnv.
func Override(into any, prefix string, lookup func(string) (string, bool)) error {
	var all []error
	Walk(into, func(l Leaf) {
		name := prefix + "_" + EnvName(l.Path)
		if text, ok := lookup(name); ok {
			if err := l.set(text); err != nil {
				all = append(all, fmt.Errorf("%w: environment variable %s: %w", ErrInvalid, name, err))
			}
		}
	})
	return errors.Join(all...)
}

// EnvName turns the path of a key into the part of an environment variable's name: "http.public_url" → HTTP_PUBLIC_URL.
func EnvName(path string) string {
	return strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(path))
}

// Leaf is one setting.
type Leaf struct {
	Path  string // "http.listen"
	Help  string
	value reflect.Value
}

// Walk visits every leaf of a pointer to a struct in order; fields without a help tag are not settings of ours.
func Walk(into any, visit func(Leaf)) { walk(reflect.ValueOf(into).Elem(), "", visit) }

func walk(v reflect.Value, path string, visit func(Leaf)) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		key, _, _ := strings.Cut(field.Tag.Get("toml"), ",")
		help, documented := field.Tag.Lookup("help")
		if key == "" || !documented {
			continue
		}
		if path != "" {
			key = path + "." + key
		}
		if field.Type.Kind() == reflect.Struct {
			walk(v.Field(i), key, visit)
			continue
		}
		visit(Leaf{Path: key, Help: help, value: v.Field(i)})
	}
}

// set parses text into the leaf.
func (l Leaf) set(text string) error {
	switch p := l.value.Addr().Interface().(type) {
	case *secret.Secret:
		*p = secret.Secret(text)
	case *time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%q is no duration such as 90s or 5m", text)
		}
		*p = d
	case *string:
		*p = text
	case *bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		*p = b
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is no whole number", text)
		}
		*p = n
	case *float64:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%q is no number", text)
		}
		*p = x
	case *[]string:
		*p = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	default:
		return fmt.Errorf("a %s cannot be set from the environment", l.value.Type())
	}
	return nil
}

// TOML is the value as it is written in a file; a secret shows as ***.
func (l Leaf) TOML() string {
	switch v := l.value.Interface().(type) {
	case secret.Secret:
		return strconv.Quote(v.String())
	case time.Duration:
		return strconv.Quote(short(v))
	case string:
		return strconv.Quote(v)
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = strconv.Quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	default:
		return fmt.Sprint(v)
	}
}

// short writes 1h0m0s as 1h.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// OverrideTable is Override for a struct of somebody else's, whose fields have toml tags but no help: every exported leaf.
func OverrideTable(into any, prefix string, lookup func(string) (string, bool)) error {
	v := reflect.ValueOf(into).Elem()
	var all []error
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("toml"), ",")
		if key == "" || key == "-" || !v.Field(i).CanSet() {
			continue
		}
		name := prefix + "_" + EnvName(key)
		if text, ok := lookup(name); ok {
			if err := (Leaf{Path: key, value: v.Field(i)}).set(text); err != nil {
				all = append(all, fmt.Errorf("%w: environment variable %s: %w", ErrInvalid, name, err))
			}
		}
	}
	return errors.Join(all...)
}
