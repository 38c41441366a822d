package vectors_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"huiyin/nlp/vectors"
)

// with is the small folder with another file.
func with(t *testing.T, name string, raw []byte) fstest.MapFS {
	t.Helper()
	folder := small(t)
	folder[name] = &fstest.MapFile{Data: raw}
	return folder
}

// A file that is cut anywhere, or longer than it should be, is refused.
func TestCutFilesAreRefused(t *testing.T) {
	for _, name := range []string{vectors.EnglishFile, vectors.ChineseFile} {
		good := small(t)[name].Data
		for size := range good {
			if _, err := vectors.Load(with(t, name, good[:size])); !errors.Is(err, vectors.ErrFormat) {
				t.Errorf("%s cut to %d of %d bytes: %v", name, size, len(good), err)
			}
		}
		if _, err := vectors.Load(with(t, name, append(bytes.Clone(good), 0))); !errors.Is(err, vectors.ErrFormat) {
			t.Errorf("%s with a byte more: %v", name, err)
		}
		folder := small(t)
		delete(folder, name)
		if _, err := vectors.Load(folder); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestImpossibleFilesAreRefused(t *testing.T) {
	files := small(t)
	english, chinese := files[vectors.EnglishFile].Data, files[vectors.ChineseFile].Data
	head := bytes.IndexByte(english, '\n') + 1
	number := func(raw []byte, at int, n uint32) []byte {
		raw = bytes.Clone(raw)
		binary.LittleEndian.PutUint32(raw[at:], n)
		return raw
	}
	for name, c := range map[string]struct {
		file string
		raw  []byte
	}{
		"no dimension":            {vectors.EnglishFile, number(english, head, 0)},
		"a million dimensions":    {vectors.EnglishFile, number(english, head, 1e6)},
		"no word":                 {vectors.EnglishFile, number(english, head+4, 0)},
		"four billion words":      {vectors.EnglishFile, number(english, head+4, 1<<32-1)},
		"a word twice":            {vectors.EnglishFile, bytes.Replace(english, []byte("back\n"), []byte("money\n"), 1)},
		"another version":         {vectors.EnglishFile, bytes.Replace(english, []byte("-en-1"), []byte("-en-2"), 1)},
		"English for Chinese":     {vectors.ChineseFile, english},
		"four billion characters": {vectors.ChineseFile, number(chinese, bytes.IndexByte(chinese, '\n')+1, 1<<32-1)},
		"a word that explains nothing": {vectors.ChineseFile, func() []byte {
			at := bytes.Index(chinese, []byte("钱\n")) + len("钱\n")
			raw := bytes.Clone(chinese)
			raw[at] = 0
			return raw
		}()},
		"explained by a word that is not there": {vectors.ChineseFile, func() []byte {
			at := bytes.Index(chinese, []byte("钱\n")) + len("钱\n") + 1
			raw := bytes.Clone(chinese)
			binary.LittleEndian.PutUint16(raw[at:], 2)
			return raw
		}()},
	} {
		if _, err := vectors.Load(with(t, c.file, c.raw)); !errors.Is(err, vectors.ErrFormat) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Models name the vectors that they were trained with by their fingerprint: it changes with any byte of either file.
func TestFingerprintsTellFilesApart(t *testing.T) {
	load := func(folder fs.FS) *vectors.Vectors {
		t.Helper()
		v, err := vectors.Load(folder)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	want := load(small(t)).Fingerprint()
	if want == 0 || load(small(t)).Fingerprint() != want {
		t.Fatalf("the same files: %x and %x", want, load(small(t)).Fingerprint())
	}
	for _, name := range []string{vectors.EnglishFile, vectors.ChineseFile} {
		raw := bytes.Clone(small(t)[name].Data)
		raw[len(raw)-1] ^= 1 // a weight
		if got := load(with(t, name, raw)).Fingerprint(); got == want {
			t.Errorf("%s with another weight has the fingerprint of the first", name)
		}
	}
}

// Every word of what ships is found under its own name, and every row has the promised size.
func TestShippedWordsAreFoundByName(t *testing.T) {
	v := shipped(t)
	all := v.Words()
	if len(all) != v.Len() || v.English() >= v.Len() || v.English() < 40_000 || v.Dim() != 100 {
		t.Fatalf("%d words, %d of them English, of %d, in %d dimensions", len(all), v.English(), v.Len(), v.Dim())
	}
	row := make([]float32, v.Dim())
	for i := 0; i < len(all); i += 37 {
		at, ok := v.Lookup(all[i])
		if !ok || at != i {
			t.Fatalf("%s, word %d, is found at %d, %v", all[i], i, at, ok)
		}
		if parts := v.Parts(all[i], nil); !slices.Equal(parts, []int{i}) {
			t.Fatalf("%s: parts %v", all[i], parts)
		}
		v.Row(i, row)
		if slices.Max(row) == 0 && slices.Min(row) == 0 {
			t.Errorf("%s has no vector", all[i])
		}
		if rank := v.Rank(i); rank < 0 || i < v.English() && rank != i {
			t.Errorf("%s: rank %d", all[i], rank)
		}
	}
}
