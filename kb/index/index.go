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
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"

	"huiyin/kb"
)

// The fields of a document.
const (
	fieldQuestion = "q" // title and questions
	fieldBody     = "b" // summary, body, category, tags
)

// deltaShare is the part of the candidates that may come from articles changed since the last rebuild.
const deltaShare = 0.3

// Config says where the index is and how text is cut.
type Config struct {
	Dir       string       // a directory of its own, made when missing; empty: in memory
	Tokenizer kb.Tokenizer // required
	// Fingerprint names the tokenizer's dictionaries and settings; the index is rebuilt when it changes.
	Fingerprint string
	Log         *slog.Logger // nil: nothing is logged
}

// Index implements kb.Index. It is safe for concurrent use.
type Index struct {
	dir         string
	tok         kb.Tokenizer
	fingerprint string
	log         *slog.Logger

	mu    sync.RWMutex // guards what follows; held for reading during a search
	base  *generation  // nil: nothing built yet
	delta bleve.Index  // articles changed since base was built; nil: none
	dead  map[string]bool
	fresh map[string]bool // ids in delta
}

var _ kb.Index = (*Index)(nil)

// New assembles an Index; Open or Replace makes it work.
func New(c Config) *Index {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Index{dir: c.Dir, tok: c.Tokenizer, log: c.Log,
		fingerprint: strings.Join([]string{"huiyin-index-1", kb.AnalysisVersion, c.Fingerprint}, "/")}
}

// Open implements kb.Index.
func (x *Index) Open(ctx context.Context) (map[kb.ArticleID]uint64, error) {
	if x.dir == "" {
		return nil, fmt.Errorf("%w: it is kept in memory", kb.ErrStale)
	}
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return nil, fmt.Errorf("kb index: %w", err)
	}
	g, err := openNewest(ctx, x.dir, x.fingerprint)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("kb index: %w", ctx.Err())
		}
		return nil, fmt.Errorf("%w: %w", kb.ErrStale, err)
	}
	if err := x.swap(g); err != nil {
		return nil, err
	}
	return g.manifest.Articles, nil
}

// Replace implements kb.Index.
func (x *Index) Replace(ctx context.Context, articles []kb.Article) error {
	g, err := build(ctx, x.dir, x.fingerprint, x.tok, articles)
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
	x.base, x.delta, x.dead, x.fresh = g, nil, map[string]bool{}, map[string]bool{}
	return err
}

// closeAll closes what is open; the caller holds the lock.
func (x *Index) closeAll() error {
	var errs []error
	if x.base != nil && x.base.index != nil {
		errs = append(errs, x.base.index.Close())
	}
	if x.delta != nil {
		errs = append(errs, x.delta.Close())
	}
	x.base, x.delta = nil, nil
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("kb index: close: %w", err)
	}
	return nil
}

// Update implements kb.Index.
func (x *Index) Update(ctx context.Context, articles []kb.Article) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("kb index: update: %w", err)
	}
	docs := make([]document, len(articles))
	for i, a := range articles {
		if a.Status == kb.Published {
			docs[i] = newDocument(x.tok, a)
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.delta == nil {
		var err error
		if x.delta, err = inMemory(); err != nil {
			return fmt.Errorf("kb index: update: %w", err)
		}
	}
	batch := x.delta.NewBatch()
	for i, a := range articles {
		id := string(a.ID)
		x.dead[id] = true
		if a.Status != kb.Published {
			batch.Delete(id)
			delete(x.fresh, id)
			continue
		}
		x.fresh[id] = true
		if err := batch.Index(id, docs[i]); err != nil {
			return fmt.Errorf("kb index: update %s: %w", id, err)
		}
	}
	if err := x.delta.Batch(batch); err != nil {
		return fmt.Errorf("kb index: update: %w", err)
	}
	return nil
}

// Candidates implements kb.Index.
func (x *Index) Candidates(ctx context.Context, terms []kb.Term, limit int) (found []kb.Scored, err error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.base == nil && x.delta == nil {
		return nil, fmt.Errorf("%w: it is not open", kb.ErrStale)
	}
	// Bleve panics on damage that came after the files were verified.
	defer func() {
		if p := recover(); p != nil {
			found, err = nil, fmt.Errorf("%w: search: %v", kb.ErrStale, p)
		}
	}()
	req := request(terms, limit)
	if x.delta != nil && len(x.fresh) > 0 {
		req.Size = max(1, int(float64(limit)*deltaShare))
		if found, err = run(ctx, x.delta, req, nil); err != nil {
			return nil, err
		}
	}
	if x.base == nil || x.base.index == nil {
		return found, nil
	}
	req.Size = limit - len(found) + min(len(x.dead), limit)
	old, err := run(ctx, x.base.index, req, x.dead)
	if err != nil {
		return nil, err
	}
	return append(found, old[:min(len(old), limit-len(found))]...), nil
}

// run searches one Bleve index and leaves out the dead.
func run(ctx context.Context, idx bleve.Index, req *bleve.SearchRequest, dead map[string]bool) ([]kb.Scored, error) {
	res, err := idx.SearchInContext(ctx, req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("kb index: search: %w", ctx.Err())
		}
		return nil, fmt.Errorf("%w: search: %w", kb.ErrStale, err)
	}
	out := make([]kb.Scored, 0, len(res.Hits))
	for _, h := range res.Hits {
		if !dead[h.ID] {
			out = append(out, kb.Scored{ID: kb.ArticleID(h.ID), Score: h.Score})
		}
	}
	return out, nil
}

func request(terms []kb.Term, limit int) *bleve.SearchRequest {
	var any []query.Query
	for _, t := range terms {
		any = appendTerm(any, t.Text, fieldQuestion, t.Question)
		any = appendTerm(any, t.Text, fieldBody, t.Body)
	}
	req := bleve.NewSearchRequestOptions(query.NewDisjunctionQuery(any), limit, 0, false)
	req.Score = ""
	req.Sort = search.SortOrder{&search.SortScore{Desc: true}, &search.SortDocID{}}
	return req
}

func appendTerm(any []query.Query, text, field string, weight float64) []query.Query {
	if weight <= 0 {
		return any
	}
	q := query.NewTermQuery(text)
	q.SetField(field)
	q.SetBoost(weight)
	return append(any, q)
}

// Count implements kb.Index.
func (x *Index) Count() (uint64, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	n := uint64(len(x.fresh))
	if x.base != nil {
		n += uint64(len(x.base.manifest.Articles))
		for id := range x.dead {
			if _, ok := x.base.manifest.Articles[kb.ArticleID(id)]; ok {
				n--
			}
		}
	}
	return n, nil
}

// Close implements kb.Index.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.closeAll()
}

// document is what Bleve is given: terms that are cut already, white space between them.
type document struct {
	Question string `json:"q"`
	Body     string `json:"b"`
}

func newDocument(tok kb.Tokenizer, a kb.Article) document {
	q, b := kb.IndexTerms(tok, a)
	return document{Question: strings.Join(q, " "), Body: strings.Join(b, " ")}
}

func inMemory() (bleve.Index, error) {
	m, err := newMapping()
	if err != nil {
		return nil, err
	}
	return bleve.NewUsing("", m, scorch.Name, scorch.Name, nil)
}

// newMapping is lean: nothing but postings and lengths, for the database holds the text.
func newMapping() (*mapping.IndexMappingImpl, error) {
	m := bleve.NewIndexMapping()
	if err := m.AddCustomAnalyzer("terms", map[string]any{"type": custom.Name, "tokenizer": whitespace.Name}); err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	m.ScoringModel = "bm25"
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	doc := bleve.NewDocumentStaticMapping()
	for _, name := range []string{fieldQuestion, fieldBody} {
		f := bleve.NewTextFieldMapping()
		f.Analyzer = "terms"
		f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = false, false, false, false
		doc.AddFieldMappingsAt(name, f)
	}
	m.DefaultMapping = doc
	return m, nil
}

// published are the articles that an index holds, by ID.
func published(articles []kb.Article) []kb.Article {
	out := slices.DeleteFunc(slices.Clone(articles), func(a kb.Article) bool { return a.Status != kb.Published })
	slices.SortFunc(out, func(a, b kb.Article) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out
}
