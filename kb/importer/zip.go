package importer

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"

	"huiyin/kb"
)

// Bounds of an archive: what all of its files may unpack to in bytes, and how many there may be.
const (
	unpackedMost = 64 << 20
	entriesMost  = 5000
)

// openZip opens an archive after unpacking all of it to nowhere: what the archive says of its own sizes is not believed.
func openZip(f File) (*zip.Reader, error) {
	z, err := zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data)))
	if err != nil {
		return nil, &kb.InputError{File: f.Name, Err: damaged(err)}
	}
	if len(z.File) > entriesMost {
		return nil, &kb.InputError{File: f.Name, Err: kb.NewFault("files", "has {n} files inside; the limit is {most}", "n", len(z.File), "most", entriesMost)}
	}
	left := int64(unpackedMost)
	for _, entry := range z.File {
		if entry.FileInfo().IsDir() {
			continue
		}
		n, err := measure(entry, left)
		if err != nil {
			return nil, &kb.InputError{File: f.Name, Err: kb.NewFault("inside", "{name} inside it is damaged: save or zip it anew", "name", entry.Name).Marked(err)}
		}
		if left -= n; left < 0 {
			return nil, &kb.InputError{File: f.Name, Err: kb.NewFault("unpacks", "unpacks to more than {most} MB: this is no ordinary document", "most", unpackedMost>>20)}
		}
	}
	return z, nil
}

// measure counts the bytes that an entry unpacks to, stopping just beyond most.
func measure(entry *zip.File, most int64) (int64, error) {
	r, err := entry.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	n, err := io.Copy(io.Discard, io.LimitReader(r, most+1))
	if n > most {
		err = nil
	}
	return n, err
}

// part reads one file of an archive; nil when it has none of this name.
func part(z *zip.Reader, name string) ([]byte, error) {
	for _, entry := range z.File {
		if entry.Name != name {
			continue
		}
		r, err := entry.Open()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		raw, err := io.ReadAll(io.LimitReader(r, unpackedMost))
		if err := errors.Join(err, r.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return raw, nil
	}
	return nil, nil
}
