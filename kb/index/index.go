// Package index is the first stage of retrieval on Bleve. It is the only package that knows Bleve.
//
// The index on disk is never changed once it is built: a generation is written aside, hashed file by file into a
// manifest, and opened for reading only. What changes afterwards lives in a small index in memory over it, and is
// found again at the next start by comparing signatures. So a crash cannot damage the index, and any other damage is
// seen before Bleve opens the files (Bleve itself does not notice it: it panics, or finds less).
package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2"

	"huiyin/kb"
)

// The fields of a document.
const (
	fieldQuestion = "q" // title and questions
	fieldBody     = "b" // summary, body, category, tags
)

// Config says where the index is.
type Config struct {
	Dir string // a directory of its own, made when missing; empty: in memory
	// Fingerprint names the tokenizer's dictionaries and settings; the index is rebuilt when it changes.
	Fingerprint string
	// Words is the fingerprint of what editors teach the tokenizer while the program runs (see kb.Synonyms.Fingerprint); it
	// is asked at every Open and Replace. nil: nothing is taught.
	Words func() string
	Log   *slog.Logger // nil: nothing is logged
}

// Index implements kb.Index. It is safe for concurrent use.
type Index struct {
	dir         string
	fingerprint func() string
	log         *slog.Logger

	mu    sync.RWMutex // guards what follows; held for reading during a search
	base  *generation  // nil: nothing built yet
	delta *delta       // nil: nothing changed since base was built
	view  *view        // of both; nil: not open
}

var _ kb.Index = (*Index)(nil)

// New assembles an Index; Open or Replace makes it work.
func New(c Config) *Index {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	fixed := strings.Join([]string{"huiyin-index-4", kb.AnalysisVersion, c.Fingerprint}, "/")
	fingerprint := func() string { return fixed }
	if c.Words != nil {
		fingerprint = func() string { return fixed + "/" + c.Words() }
	}
	return &Index{dir: c.Dir, log: c.Log, fingerprint: fingerprint}
}

// Open implements kb.Index.
func (x *Index) Open(ctx context.Context) ([]byte, error) {
	if x.dir == "" {
		return nil, fmt.Errorf("%w: it is kept in memory", kb.ErrStale)
	}
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return nil, fmt.Errorf("kb index: %w", err)
	}
	g, err := openNewest(ctx, x.dir, x.fingerprint())
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("kb index: %w", ctx.Err())
		}
		return nil, fmt.Errorf("%w: %w", kb.ErrStale, err)
	}
	if err := x.swap(g); err != nil {
		return nil, err
	}
	snapshot := g.snapshot
	g.snapshot = nil // the caller's from now on
	return snapshot, nil
}

// Replace implements kb.Index.
func (x *Index) Replace(ctx context.Context, docs iter.Seq[kb.Doc], snapshot func(io.Writer) error) error {
	g, err := build(ctx, x.dir, x.fingerprint(), docs, snapshot)
	if err != nil {
		return fmt.Errorf("kb index: build: %w", err)
	}
	if err := x.swap(g); err != nil {
		return err
	}
	if x.dir != "" {
		if err := removeOthers(x.dir, g.path); err != nil {
			x.log.Warn("kb index: old files stay behind", "error", err)
		}
	}
	return nil
}

// swap puts a generation in the place of all that there is.
func (x *Index) swap(g *generation) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	err := x.closeAll()
	x.base, x.delta = g, nil
	x.look()
	return err
}

// look makes the view of what there is; the caller holds the lock.
func (x *Index) look() {
	readers, entries := slices.Clone(x.base.readers), slices.Clone(x.base.entries)
	if x.delta != nil {
		readers, entries = append(readers, x.delta.reader), append(entries, x.delta.entries)
	}
	x.view = newView(readers, entries, func(reader int, id kb.ArticleID) bool {
		return x.delta != nil && readers[reader] != x.delta.reader && x.delta.touched[id]
	})
}

// closeAll closes what is open; the caller holds the lock.
func (x *Index) closeAll() error {
	var errs []error
	if x.base != nil {
		errs = append(errs, x.base.close())
	}
	if x.delta != nil {
		errs = append(errs, x.delta.reader.Close())
	}
	x.base, x.delta, x.view = nil, nil, nil
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("kb index: close: %w", err)
	}
	return nil
}

// delta is a small index in memory of what changed since a generation was built. An Update makes the next one.
type delta struct {
	reader  *reader
	entries []entry
	touched map[kb.ArticleID]bool // articles that the generation does not show as they are
	lengths map[kb.ArticleID]entry
}

// Update implements kb.Index.
func (x *Index) Update(ctx context.Context, docs []kb.Doc, gone []kb.ArticleID) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("kb index: update: %w", err)
	}
	if len(docs)+len(gone) == 0 {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.base == nil {
		return fmt.Errorf("kb index: update: %w: it is not open", kb.ErrStale)
	}
	next, err := x.delta.with(docs, gone)
	if err != nil {
		return fmt.Errorf("kb index: update: %w", err)
	}
	x.delta = next
	x.look()
	return nil
}

// with is a delta with some more changes; the one it is made from, which may be nil, is used up.
func (d *delta) with(docs []kb.Doc, gone []kb.ArticleID) (*delta, error) {
	var x bleve.Index
	if d == nil {
		d = &delta{touched: map[kb.ArticleID]bool{}, lengths: map[kb.ArticleID]entry{}}
		var err error
		if x, err = inMemory(); err != nil {
			return nil, err
		}
	} else {
		x = d.reader.Index
	}
	batch := x.NewBatch()
	for _, id := range gone {
		d.touched[id] = true
		delete(d.lengths, id)
		batch.Delete(string(id))
	}
	for _, doc := range docs {
		d.touched[doc.ID], d.lengths[doc.ID] = true, newEntry(doc)
		if err := batch.Index(string(doc.ID), doc); err != nil {
			return nil, fmt.Errorf("%s: %w", doc.ID, err)
		}
	}
	if err := x.Batch(batch); err != nil {
		return nil, err
	}
	r, err := newReader(x)
	if err != nil {
		return nil, err
	}
	entries, err := r.entries(d.lengths)
	if err == nil && d.reader != nil {
		err = d.reader.snapshot.Close()
	}
	d.reader, d.entries = r, entries
	return d, err
}

// Candidates implements kb.Index.
func (x *Index) Candidates(ctx context.Context, terms []kb.Term, limit int) (found []kb.Scored, err error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.view == nil {
		return nil, fmt.Errorf("%w: it is not open", kb.ErrStale)
	}
	// Bleve panics on damage that came after the files were verified.
	defer func() {
		if p := recover(); p != nil {
			found, err = nil, fmt.Errorf("%w: search: %v", kb.ErrStale, p)
		}
	}()
	return x.view.search(ctx, terms, limit)
}

// Count implements kb.Index.
func (x *Index) Count() (uint64, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.view == nil {
		return 0, nil
	}
	return uint64(x.view.live), nil
}

// Close implements kb.Index.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.closeAll()
}
