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
