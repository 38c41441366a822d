package kb

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// A snapshot is a catalog on disk, so that opening a large knowledge base analyses nothing. It is derived data: its
// integrity is the Index's affair, and a snapshot of other models or of another form is not read.

const snapshotMagic = "huiyin-catalog-2\n"

// blockEntries is how many entries are written together, and read by one processor.
const blockEntries = 2048

// errSnapshot means that a snapshot cannot be used.
var errSnapshot = errors.New("kb: the snapshot does not fit")

// writeSnapshot writes everything but the articles themselves. Nothing may change the catalog meanwhile.
func (c *catalog) writeSnapshot(w io.Writer) error {
	e := encoder{w: w}
	e.raw([]byte(snapshotMagic))
	e.fixed(c.models.fingerprint())
	e.vocabulary(c.words)
	e.units(&c.units)
	entries := c.sorted()
	for _, n := range []int{len(entries), c.models.dim(), c.meaning.dim()} {
		e.number(n)
	}
	part := encoder{}
	for some := range slices.Chunk(entries, blockEntries) {
		part.block(some)
		e.number(len(part.buf))
		e.raw(part.buf)
		part.buf = part.buf[:0]
		if err := e.flush(1 << 20); err != nil {
			return err
		}
	}
	return e.flush(0)
}

// readSnapshot fills an empty catalog with those articles that are as they were when the snapshot was written. It
// returns the others, and the ids of the snapshot that are not among the articles. The articles are kept, not copied.
func (c *catalog) readSnapshot(raw []byte, articles []Article) (changed []Article, gone []ArticleID, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() {
		if err != nil {
			c.clear()
		}
	}()
	d := &decoder{raw: raw}
	if string(d.bytes(len(snapshotMagic))) != snapshotMagic || d.fixed() != c.models.fingerprint() {
		return nil, nil, fmt.Errorf("%w: it was made by another version of the program or with other models", errSnapshot)
	}
	d.vocabulary(c.words)
	d.units(c)
	byID := make(map[ArticleID]*Article, len(articles))
	for i := range articles {
		byID[articles[i].ID] = &articles[i]
	}
	entries := d.entries(c, byID)
	if d.bad || len(d.raw) > 0 {
		return nil, nil, fmt.Errorf("%w: it is damaged", errSnapshot)
	}
	same := make([]*entry, 0, len(entries))
	for i := range entries {
		switch e := &entries[i]; {
		case e.same:
			same = append(same, &e.entry)
		case e.known && e.article.Status == Published:
			c.count(&e.entry, -1) // put adds what it is now
		default:
			c.count(&e.entry, -1)
			gone = append(gone, e.article.ID)
		}
	}
	c.enterAll(same)
	if len(same) < len(articles) {
		for i := range articles {
			if a := &articles[i]; a.Status == Published && c.entries[a.ID] == nil {
				changed = append(changed, *a)
			}
		}
	}
	c.finish()
	c.nearAgain()
	return changed, gone, nil
}

// entries reads all blocks, each by one processor, and finds the article of every entry.
func (d *decoder) entries(c *catalog, byID map[ArticleID]*Article) []readEntry {
	n := d.count()
	if d.number() != c.models.dim() || d.number() != c.meaning.dim() || d.bad {
		d.fail()
		return nil
	}
	out := make([]readEntry, n)
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for some := range slices.Chunk(out, blockEntries) {
		part := decoder{raw: d.bytes(d.number())}
		work.Go(func() error {
			part.block(c, some)
			if part.bad || len(part.raw) > 0 {
				return errSnapshot
			}
			for i := range some {
				some[i].find(byID)
			}
			return nil
		})
	}
	if work.Wait() != nil {
		d.fail()
	}
	return out
}

// readEntry is an entry of a snapshot.
type readEntry struct {
	entry
	known bool // an article of this id is there still
	same  bool // and is found by what it was found by
}

// find puts the article in the place of the one that holds nothing but its id.
func (e *readEntry) find(byID map[ArticleID]*Article) {
	a := byID[e.article.ID]
	if e.known = a != nil; !e.known {
		return
	}
	e.article = a
	e.same = a.Status == Published && Signature(*a) == e.signature
}

// enterAll puts entries into an empty catalog, the maps side by side.
func (c *catalog) enterAll(list []*entry) {
	ids := make([]ArticleID, len(list)) // most roots and wordings have one article: their lists are cut off this one
	for i, e := range list {
		ids[i] = e.article.ID
	}
	var work sync.WaitGroup
	work.Go(func() {
		c.entries = make(map[ArticleID]*entry, len(list))
		for i, e := range list {
			c.entries[ids[i]] = e
		}
	})
	work.Go(func() {
		c.roots = make(map[RootID][]ArticleID, len(list))
		for i, e := range list {
			addID(c.roots, e.article.Root, ids[i:i+1:i+1])
		}
	})
	c.keys = make(map[string][]ArticleID, len(list))
	for i, e := range list {
		for k := range e.phrases {
			addID(c.keys, e.phrases[k].key, ids[i:i+1:i+1])
		}
	}
	work.Wait()
}

// addID adds the one id of a list to those of a key, once.
func addID[K comparable](to map[K][]ArticleID, key K, one []ArticleID) {
	if list := to[key]; list == nil {
		to[key] = one
	} else if !slices.Contains(list, one[0]) {
		to[key] = append(list, one[0])
	}
}

// dim is the number of dimensions of the learned space; 0 without one.
func (m Models) dim() int {
	if m.Wording == nil {
		return 0
	}
	return m.Wording.Dim()
}

func (m *meaning) dim() int {
	if m == nil {
		return 0
	}
	return m.words.Dim()
}

// fingerprint changes with the models.
func (m Models) fingerprint() uint64 {
	sum := fnvBasis // a word at a time
	add := func(x uint64) { sum = (sum ^ x) * fnvPrime }
	if m.Wording != nil {
		add(m.Wording.Fingerprint())
	}
	if m.Vectors != nil {
		add(m.Vectors.Fingerprint() + 1)
	}
	return sum
}
