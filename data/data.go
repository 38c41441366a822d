// Package data holds what the program ships with: dictionaries, lexicons, trained models, the sample shop and
// the message catalogues. README.md in this folder names the source and licence of each.
package data

import (
	"embed"
	"io/fs"
	"path"
)

//go:embed README.md dict kb lexicon locale models vectors
//go:embed shop taxonomy
var files embed.FS

// Large tables that are read where they lie; the same bytes as in files, which the linker keeps once.
var (
	//go:embed vectors/en.bin
	english string
	//go:embed vectors/zh.bin
	chinese string
)

// Files is everything that is embedded, rooted at this folder. It and its sub-folders have a method
// ReadString(name string) (string, error), which copies nothing where a file is large and read at random.
func Files() fs.FS { return folder{FS: files} }

// folder is a folder of the embedded files.
type folder struct {
	fs.FS
	name string // from the root
}

// Sub implements fs.SubFS.
func (f folder) Sub(name string) (fs.FS, error) {
	sub, err := fs.Sub(f.FS, name)
	if err != nil {
		return nil, err
	}
	return folder{FS: sub, name: path.Join(f.name, name)}, nil
}

// ReadFile implements fs.ReadFileFS.
func (f folder) ReadFile(name string) ([]byte, error) { return fs.ReadFile(f.FS, name) }

// ReadDir implements fs.ReadDirFS.
func (f folder) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(f.FS, name) }

// ReadString is ReadFile without a copy for the large tables.
func (f folder) ReadString(name string) (string, error) {
	if fs.ValidPath(name) {
		switch path.Join(f.name, name) {
		case "vectors/en.bin":
			return english, nil
		case "vectors/zh.bin":
			return chinese, nil
		}
	}
	raw, err := f.ReadFile(name)
	return string(raw), err
}
