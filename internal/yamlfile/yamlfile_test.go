package yamlfile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"huiyin/internal/yamlfile"
)

type shop struct {
	Name  string   `yaml:"name"`
	Hours []string `yaml:"hours"`
	Size  int      `yaml:"size"`
}

func TestDecode(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     []string // parts of the error; empty: no error
	}{
		{"good", "name: 回音\nhours: [a, b]\n", nil},
		{"empty", "", nil},
		{"only a comment", "# nothing\n", nil},
		{"unknown key", "name: x\nnmae: y\n", []string{"shop.yaml:2:", "nmae"}},
		{"wrong type", "name: x\nsize: big\n", []string{"shop.yaml:2:", "a whole number"}},
		{"two mistakes", "size: big\nnmae: y\n", []string{"shop.yaml:1:", "shop.yaml:2:"}},
		{"broken syntax", "name: [x\nhours: y\n", []string{"shop.yaml:"}},
		{"tab", "name: x\nhours:\n\t- a\n", []string{"shop.yaml:3:"}},
		{"no keys", "just words\n", []string{"shop.yaml:1: here is a text (\"just words\"), and it should be keys with values"}},
		{"two documents", "name: x\n---\nname: y\n", []string{"shop.yaml: has more than one"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var s shop
			err := yamlfile.Decode("shop.yaml", []byte(tc.in), &s)
			if (err != nil) != (len(tc.want) > 0) {
				t.Fatalf("error %v, want one: %v", err, len(tc.want) > 0)
			}
			for _, part := range tc.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
			var e *yamlfile.Error
			if err != nil && !errors.As(err, &e) {
				t.Errorf("error is %T", err)
			}
		})
	}
}

func TestFind(t *testing.T) {
	var n yamlfile.Node
	if err := yamlfile.Decode("f.yaml", []byte("a:\n  - b: 1\n  - b: 2\n    c: &x\n      d: 3\ne: *x\n"), &n); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		path []any
		line int
	}{
		{nil, 1},
		{[]any{"a", 1, "b"}, 3},
		{[]any{"a", 1, "c", "d"}, 5},
		{[]any{"e", "d"}, 5},
		{[]any{"a", 0, "missing", "deeper"}, 2},
		{[]any{"a", 7}, 2},
		{[]any{"nothing"}, 1},
	} {
		if got := yamlfile.Find(&n, tc.path...); got == nil || got.Line != tc.line {
			t.Errorf("Find(%v) = %+v, want line %d", tc.path, got, tc.line)
		}
	}
	if yamlfile.Find(nil, "a") != nil {
		t.Error("something was found in nothing")
	}
}

// TestPosition: a mistake is named with the line that it stands on, whichever part of the library finds it.
func TestPosition(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		line     int
		what     string
	}{
		{"list not closed", "name: a\nhours: [x\nsize: 1\n", 2, "',' or ']'"},
		{"list not closed on the first line", "hours: [x\n", 1, "',' or ']'"},
		{"map not closed", "name: a\nhours: {x: y\n", 2, "',' or '}'"},
		{"item to the left of its list", "name: a\nhours:\n  - a\n - b\n", 4, "expected key"},
		{"colon in a text", "name: a: b\nsize: 1\n", 1, "mapping values"},
		{"colon in a text further down", "size: 1\nname: a: b\n", 2, "mapping values"},
		{"quote not closed", "size: 1\nname: \"a\nhours: []\n", 2, "end of stream"},
		{"tab", "name: a\nhours:\n\t- a\n", 3, "cannot start"},
		{"no colon", "name: a\nsize\nhours: []\n", 2, "':'"},
		{"reserved character", "size: 1\nname: @a\n", 2, "cannot start"},
		{"reserved character at the start", "@a\n", 1, "cannot start"},
		{"star", "size: 1\nname: *best\n", 2, "'best'"},
		{"control character", "size: 1\n\nname: a\x01\n", 3, "control characters"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var s shop
			err := yamlfile.Decode("shop.yaml", []byte(tc.in), &s)
			var at *yamlfile.Error
			if !errors.As(err, &at) || at.Line != tc.line || !strings.Contains(at.What, tc.what) {
				t.Errorf("%v, want line %d and %q", err, tc.line, tc.what)
			}
		})
	}
}

// TestFlaws: what is often wrong has a name, which readers are told of in their language, and stands on its line.
func TestFlaws(t *testing.T) {
	type part struct {
		Name string   `yaml:"name"`
		Says []string `yaml:"says"`
	}
	type file struct {
		Parts map[string][]*part `yaml:"parts"`
		Note  string             `yaml:"note"`
	}
	seen := map[string]bool{}
	for _, tc := range []struct {
		in    string
		flaw  string
		line  int
		pairs string
	}{
		{"note: a: b\n", "colon", 1, "[]"},
		{"note：a\nparts: {}\n", "wide", 1, "[]"},
		{"parts:\n  a:\n    - name：b\n      says: [c]\n", "wide", 3, "[]"},
		{"parts:\n\ta: []\n", "tab", 2, "[]"},
		{"parts:\n  a:\n    - name: x\n\t    says: [y]\n", "tab", 4, "[]"},
		{"note: |\n a\n\tb\n c\n", "tab", 3, "[]"},
		{"note: @a\n", "start", 1, "[]"},
		{"parts: {}\nnote\n", "nocolon", 2, "[]"},
		{"parts:\n  a:\n    - name: x\n    - name: \"y\" z\n      says: [y]\n", "indent", 4, "[]"},
		{"parts:\n  a:\n    - name: x\n   b: []\n", "indent", 4, "[]"},
		{"parts:\n  a:\n    - name: x\n     says: [y]\n", "item", 4, "[]"},
		{"note: - a\n", "dash", 1, "[]"},
		{"parts: {}\nnote: [a\nmore: b\n", "bracket", 2, "[]"},
		{"note: {a: b\n", "bracket", 1, "[]"},
		{"note: \"a\nparts: {}\n", "quote", 1, "[]"},
		{"note: \"a\\qb\"\n", "escape", 1, "[]"},
		{"note: *best\n", "star", 1, "[]"},
		{"note: &\n", "star", 1, "[]"},
		{"parts: {}\nnote: \x01\n", "control", 2, "[]"},
		{"note: \xd5\xd2\n", "encoding", 1, "[]"},
		{"note: a\nnote: b\n", "twice", 2, "[key note first 1]"},
		{"note: a\nnotes: b\n", "field", 2, "[key notes known parts, note]"},
		{"parts:\n  a:\n    - names: x\n", "field", 3, "[key names known name, says]"},
		{"note: a\n---\nnote: b\n", "documents", 0, "[]"},
	} {
		var at *yamlfile.Error
		if err := yamlfile.Decode("f.yaml", []byte(tc.in), new(file)); !errors.As(err, &at) {
			t.Errorf("%q: %v", tc.in, err)
			continue
		}
		if at.Flaw != tc.flaw || at.Line != tc.line || fmt.Sprint(at.Pairs) != tc.pairs {
			t.Errorf("%q: %s on line %d, %v (%s); want %s on %d, %s", tc.in, at.Flaw, at.Line, at.Pairs, at.What, tc.flaw, tc.line, tc.pairs)
		}
		seen[at.Flaw] = true
	}
	for _, flaw := range yamlfile.Flaws() {
		if !seen[flaw] {
			t.Errorf("nothing is wrong in the way of %q", flaw)
		}
	}
}

// FuzzDecode: whatever is wrong with a file, the error is ours and its line is one that the file has.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"name: a\n", "hours: [x\n", "name: *b\n", "- a\n - b\n", "name: \"\n\n", "%YAML 1.1\n%YAML 1.1\n---\n", "a: !x!y z\n", "name: a\r\nsize: {\r\n"} {
		f.Add([]byte(seed))
	}
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var s shop
		err := yamlfile.Decode("shop.yaml", raw, &s)
		if err == nil {
			return
		}
		var at *yamlfile.Error
		if !errors.As(err, &at) || at.File != "shop.yaml" {
			t.Fatalf("%v is none of ours", err)
		}
		// The library takes more for an end of a line than \n.
		lines := 1 + strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(string(raw)), "\n")
		if at.Line < 0 || at.Line > lines+1 {
			t.Fatalf("line %d of %d: %v", at.Line, lines, err)
		}
	})
}
