package zh

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Manifest names the file that lists the unpacked dictionaries in the format of sha256sum: "<hex>  <name>" a line.
const Manifest = "SHA256SUMS"

// maxDictBytes bounds one unpacked dictionary.
const maxDictBytes = 64 << 20

// ErrDict is wrapped by every error about a missing or damaged dictionary.
var ErrDict = errors.New("zh: bad dictionary")

// fileNames are the dictionaries in the order in which gojieba wants them. The IDF table and jieba's stop words
// serve its keyword extraction, which we do not use: one line of each is enough and saves 28 MB (an empty one
// would make jieba abort).
func fileNames() []string {
	return []string{"jieba.dict.utf8", "hmm_model.utf8", "user.dict.utf8", "idf.utf8", "stop_words.utf8"}
}

// unpack makes the dictionaries readable under dir and returns their paths. jieba answers a damaged dictionary with
// an abort that nothing in Go can catch, so each file's hash is checked, whether just written or found.
func unpack(dicts fs.FS, dir string) ([]string, error) {
	sums, err := readManifest(dicts)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("zh: directory for dictionaries: %w", err)
	}
	var paths []string
	for _, name := range fileNames() {
		sum, ok := sums[name]
		if !ok {
			return nil, fmt.Errorf("%w: %s does not list %s", ErrDict, Manifest, name)
		}
		path := filepath.Join(dir, sum[:12]+"-"+name)
		if !intact(path, sum) {
			if err := unpackOne(dicts, name, sum, path); err != nil {
				return nil, err
			}
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func readManifest(dicts fs.FS) (map[string]string, error) {
	b, err := fs.ReadFile(dicts, Manifest)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDict, err)
	}
	sums := map[string]string{}
	for sc := bufio.NewScanner(bytes.NewReader(b)); sc.Scan(); {
		sum, name, ok := strings.Cut(sc.Text(), "  ")
		if raw, err := hex.DecodeString(sum); !ok || err != nil || len(raw) != sha256.Size {
			return nil, fmt.Errorf("%w: %s: cannot read line %q", ErrDict, Manifest, sc.Text())
		}
		sums[name] = sum
	}
	return sums, nil
}

// intact reports whether the file exists with that hash.
func intact(path, sum string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return err == nil && hex.EncodeToString(h.Sum(nil)) == sum
}

// unpackOne writes name.gz to path: complete, checked and on disk, or not at all.
func unpackOne(dicts fs.FS, name, sum, path string) (err error) {
	src, err := dicts.Open(name + ".gz")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDict, err)
	}
	defer src.Close()
	z, err := gzip.NewReader(src)
	if err != nil {
		return fmt.Errorf("%w: %s.gz: %w", ErrDict, name, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), name+".*.tmp")
	if err != nil {
		return fmt.Errorf("zh: unpack %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(tmp, h), io.LimitReader(z, maxDictBytes)); err != nil {
		return fmt.Errorf("%w: unpack %s: %w", ErrDict, name, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sum {
		return fmt.Errorf("%w: %s has SHA-256 %s, %s says %s", ErrDict, name, got, Manifest, sum)
	}
	if err := errors.Join(tmp.Sync(), tmp.Close()); err != nil {
		return fmt.Errorf("zh: unpack %s: %w", name, err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("zh: unpack %s: %w", name, err)
	}
	return nil
}
