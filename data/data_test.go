package data_test

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"huiyin/data"
)

type stringFS interface {
	ReadString(name string) (string, error)
}

func TestFiles(t *testing.T) {
	root := data.Files()
	if err := fstest.TestFS(root, "README.md", "vectors/en.bin", "shop/kb"); err != nil {
		t.Error(err)
	}
	vectors, err := fs.Sub(root, "vectors")
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(vectors, "en.bin", "zh.bin"); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		in   fs.FS
		name string
	}{{root, "README.md"}, {root, "vectors/en.bin"}, {root, "vectors/zh.bin"}, {vectors, "en.bin"}, {vectors, "zh.bin"}} {
		want, err := fs.ReadFile(c.in, c.name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.in.(stringFS).ReadString(c.name); err != nil || got != string(want) {
			t.Errorf("%s: %d bytes as a string, %d as bytes: %v", c.name, len(got), len(want), err)
		}
	}
	for _, name := range []string{"en.bin", "vectors/../vectors/en.bin", "/vectors/en.bin", "vectors/fr.bin"} {
		if _, err := root.(stringFS).ReadString(name); err == nil || name == "en.bin" && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := fs.Sub(root, "../vectors"); err == nil {
		t.Error("a folder outside was opened")
	}
}
