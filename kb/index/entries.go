package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/blevesearch/bleve/v2"

	"huiyin/kb"
)

// entriesName is the file of a generation that lists its documents in the order of their numbers.
const entriesName = "documents"

// entry is what is known of a document by its number.
type entry struct {
	id     kb.ArticleID
	length [len(fields)]uint32 // terms in each field
}

func newEntry(d kb.Doc) entry {
	return entry{id: d.ID, length: [...]uint32{uint32(len(d.Question)), uint32(len(d.Body))}}
}

// writeEntries lists the documents of the index below a directory: their number (uint32), and for each its id, a zero
// byte and its lengths (uvarint).
func writeEntries(dir string, known map[kb.ArticleID]entry) (err error) {
	x, err := bleve.OpenUsing(filepath.Join(dir, storeName), map[string]any{"read_only": true, "bolt_timeout": lockTimeout})
	if err != nil {
		return err
	}
	r, err := newReader(x)
	if err != nil {
		return errors.Join(err, x.Close())
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	list, err := r.entries(known)
	if err != nil {
		return err
	}
	raw := binary.LittleEndian.AppendUint32(nil, uint32(len(list)))
	for _, e := range list {
		raw = append(append(raw, e.id...), 0)
		for _, n := range e.length {
			raw = binary.AppendUvarint(raw, uint64(n))
		}
	}
	return os.WriteFile(filepath.Join(dir, entriesName), raw, 0o600)
}

func readEntries(dir string) ([]entry, error) {
	raw, err := os.ReadFile(filepath.Join(dir, entriesName))
	if err != nil {
		return nil, err
	}
	bad := fmt.Errorf("file %s cannot be read", entriesName)
	if len(raw) < 4 || uint64(binary.LittleEndian.Uint32(raw)) > uint64(len(raw)) {
		return nil, bad
	}
	out := make([]entry, binary.LittleEndian.Uint32(raw))
	text := string(raw) // the ids are parts of it
	at := 4
	for i := range out {
		end := at
		for end < len(raw) && raw[end] != 0 {
			end++
		}
		out[i].id = kb.ArticleID(text[at:end])
		at = end + 1
		for f := range out[i].length {
			n, size := binary.Uvarint(raw[min(at, len(raw)):])
			if size <= 0 {
				return nil, bad
			}
			out[i].length[f] = uint32(n)
			at += size
		}
	}
	if at != len(raw) {
		return nil, bad
	}
	return out, nil
}
