package yamlfile_test

import (
	"errors"
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
		{"wrong type", "name: x\nsize: big\n", []string{"shop.yaml:2:", "int"}},
		{"two mistakes", "size: big\nnmae: y\n", []string{"shop.yaml:1:", "shop.yaml:2:"}},
		{"broken syntax", "name: [x\nhours: y\n", []string{"shop.yaml:"}},
		{"tab", "name: x\nhours:\n\t- a\n", []string{"shop.yaml:3:"}},
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

func FuzzDecode(f *testing.F) {
	f.Add([]byte("name: x\nhours: [a]\n"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s shop
		if err := yamlfile.Decode("f.yaml", data, &s); err != nil && !strings.Contains(err.Error(), "f.yaml") {
			t.Errorf("error without the file: %v", err)
		}
	})
}
