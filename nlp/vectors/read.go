package vectors

import (
	"errors"
	"fmt"
	"hash/crc64"
	"io/fs"
	"math/bits"
	"strings"
	"sync/atomic"
)

// ErrFormat means that a file is not one that Write made, or is damaged.
var ErrFormat = errors.New("vectors: not a file of word vectors, or damaged")

// Names of the files in the folder.
const (
	EnglishFile = "en.bin" // the English words, most frequent first, with their quantised vectors
	ChineseFile = "zh.bin" // the Chinese words with the English words that explain them
)

const (
	magicEnglish = "huiyin-vectors-en-1\n"
	magicChinese = "huiyin-vectors-zh-1\n"
	maxDim       = 1024
)

// A stringFS has files as strings, because they lie in memory anyway.
type stringFS interface {
	ReadString(name string) (string, error)
}

// readString reads a file, without a copy where that can be.
func readString(folder fs.FS, name string) (string, error) {
	if s, ok := folder.(stringFS); ok {
		return s.ReadString(name)
	}
	raw, err := fs.ReadFile(folder, name)
	return string(raw), err
}

// checksum is crc64.Update for a string.
func checksum(sum uint64, table *crc64.Table, s string) uint64 {
	var buf [4 << 10]byte
	for len(s) > 0 {
		n := copy(buf[:], s)
		sum, s = crc64.Update(sum, table, buf[:n]), s[n:]
	}
	return sum
}

// Load reads the two files from the folder. A missing or damaged file is an error.
func Load(folder fs.FS) (*Vectors, error) {
	table := crc64.MakeTable(crc64.ECMA)
	v := &Vectors{}
	raw, err := readString(folder, EnglishFile)
	if err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	v.sum = checksum(0, table, raw)
	if err := v.readEnglish(raw); err != nil {
		return nil, fmt.Errorf("%s: %w", EnglishFile, err)
	}
	if raw, err = readString(folder, ChineseFile); err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	v.sum = checksum(v.sum, table, raw)
	if err := v.readChinese(raw); err != nil {
		return nil, fmt.Errorf("%s: %w", ChineseFile, err)
	}
	return v, nil
}

// readEnglish: magic, dim and count (uint32), the words each ended by a newline, units (float32), rows (int8).
func (v *Vectors) readEnglish(raw string) error {
	body, ok := strings.CutPrefix(raw, magicEnglish)
	if !ok || len(body) < 8 {
		return ErrFormat
	}
	v.dim = int(u32(body))
	v.en = int(u32(body[4:]))
	body = body[8:]
	if v.dim < 1 || v.dim > maxDim || v.en < 1 || v.en > MaxEnglish || v.en > len(body) {
		return ErrFormat
	}
	v.files[0] = file{raw: raw, at: make([]uint32, 0, v.en)}
	v.hash = make([]int32, 1<<bits.Len(uint(4*v.en)))
	for range v.en {
		var err error
		if body, err = v.addWord(0, body); err != nil {
			return err
		}
	}
	if len(body) != v.en*(4+v.dim) {
		return ErrFormat
	}
	v.units, v.rows = body[:4*v.en], body[4*v.en:]
	return nil
}

// addWord takes the word at the beginning of body, which is the end of the file's bytes, and returns what follows.
func (v *Vectors) addWord(of int, body string) (rest string, err error) {
	word, rest, ok := strings.Cut(body, "\n")
	if !ok {
		return "", ErrFormat
	}
	at, twice := v.slot(word)
	if twice || 2*v.Len() > len(v.hash) {
		return "", ErrFormat
	}
	f := &v.files[of]
	f.at = append(f.at, uint32(len(f.raw)-len(body)))
	v.hash[at] = int32(v.Len())
	return rest, nil
}

// readChinese: magic, count (uint32), then for each word its bytes ended by a newline, the number of explaining words
// (uint8), and for each its index (uint16) and weight (uint8).
func (v *Vectors) readChinese(raw string) error {
	body, ok := strings.CutPrefix(raw, magicChinese)
	if !ok || len(body) < 4 {
		return ErrFormat
	}
	n := int(u32(body))
	body = body[4:]
	if n > len(body) {
		return ErrFormat
	}
	if want := 1 << bits.Len(uint(2*(v.en+n))); want > len(v.hash) {
		v.grow(want)
	}
	v.files[1] = file{raw: raw, at: make([]uint32, 0, n)}
	v.means = make([]atomic.Pointer[mean], n)
	for range n {
		rest, err := v.addWord(1, body)
		if err != nil || len(rest) < 1 || len(rest) < 1+3*int(rest[0]) || rest[0] == 0 {
			return ErrFormat
		}
		glosses := rest[1 : 1+3*int(rest[0])]
		body = rest[1+len(glosses):]
		for ; len(glosses) > 0; glosses = glosses[3:] {
			if u16(glosses) >= v.en {
				return ErrFormat
			}
		}
	}
	if len(body) != 0 {
		return ErrFormat
	}
	return nil
}
