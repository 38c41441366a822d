package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"golang.org/x/sync/errgroup"

	"huiyin/kb"
)

const (
	generationPrefix = "generation-"
	buildPrefix      = "building-"
	manifestName     = "manifest.json"
	storeName        = "bleve"
	// lockTimeout bounds the wait for another process that has the index open.
	lockTimeout = "1s"
	canaries    = 16
	// chunkDocs is how many articles are analysed at once and handed to Bleve as one batch.
	chunkDocs = 1000
)

// generation is one index as it was built, unchangeable.
type generation struct {
	path     string
	manifest manifest
	index    bleve.Index // nil when it holds no article
}

// manifest stands beside the files of a generation and says what they must be.
type manifest struct {
	Fingerprint string                  `json:"fingerprint"`
	Files       map[string]string       `json:"files"` // SHA-256 by path inside the generation
	Articles    map[kb.ArticleID]uint64 `json:"articles"`
	Canaries    []canary                `json:"canaries"`
}

// canary is a search whose outcome is known.
type canary struct {
	Terms   []string     `json:"terms"`
	Article kb.ArticleID `json:"article"`
}

// build makes a generation of the published articles. An empty dir builds in memory.
func build(ctx context.Context, dir, fingerprint string, tok kb.Tokenizer, articles []kb.Article) (*generation, error) {
	articles = published(articles)
	g := &generation{manifest: manifest{Fingerprint: fingerprint, Files: map[string]string{}, Articles: map[kb.ArticleID]uint64{}}}
	for _, a := range articles {
		g.manifest.Articles[a.ID] = kb.Signature(a)
	}
	if dir == "" {
		idx, err := inMemory()
		if err != nil {
			return nil, err
		}
		g.index = idx
		return g, feed(ctx, tok, articles, g, batchWriter{idx})
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp(dir, buildPrefix)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp) // gone already when all went well
	if len(articles) > 0 {
		if err := writeFiles(ctx, tmp, tok, articles, g); err != nil {
			return nil, err
		}
	}
	g.path = filepath.Join(dir, generationPrefix+strings.TrimPrefix(filepath.Base(tmp), buildPrefix))
	if err := g.seal(tmp); err != nil {
		return nil, err
	}
	if err := os.Rename(tmp, g.path); err != nil {
		return nil, err
	}
	return g, g.open(ctx)
}

// writer takes documents in batches; Bleve's builder and an index in memory are the two.
type writer interface {
	write(ids []string, docs []document) error
}

type builderWriter struct{ bleve.Builder }

func (w builderWriter) write(ids []string, docs []document) error {
	for i, id := range ids {
		if err := w.Index(id, docs[i]); err != nil {
			return err
		}
	}
	return nil
}

type batchWriter struct{ bleve.Index }

func (w batchWriter) write(ids []string, docs []document) error {
	b := w.NewBatch()
	for i, id := range ids {
		if err := b.Index(id, docs[i]); err != nil {
			return err
		}
	}
	return w.Batch(b)
}

func writeFiles(ctx context.Context, tmp string, tok kb.Tokenizer, articles []kb.Article, g *generation) error {
	m, err := newMapping()
	if err != nil {
		return err
	}
	b, err := bleve.NewBuilder(filepath.Join(tmp, storeName), m, map[string]any{
		"buildPathPrefix": tmp, "batchSize": chunkDocs, "mergeMax": 20,
	})
	if err != nil {
		return err
	}
	err = feed(ctx, tok, articles, g, builderWriter{b})
	return errors.Join(err, b.Close())
}

// feed analyses articles on all processors and writes them in order.
func feed(ctx context.Context, tok kb.Tokenizer, articles []kb.Article, g *generation, w writer) error {
	type part struct {
		ids  []string
		docs []document
	}
	work, ctx := errgroup.WithContext(ctx)
	parts := make(chan chan part, runtime.GOMAXPROCS(0))
	work.Go(func() error {
		defer close(parts)
		for chunk := range slices.Chunk(articles, chunkDocs) {
			done := make(chan part, 1)
			select {
			case parts <- done:
			case <-ctx.Done():
				return ctx.Err()
			}
			work.Go(func() error {
				p := part{ids: make([]string, len(chunk)), docs: make([]document, len(chunk))}
				for i, a := range chunk {
					p.ids[i], p.docs[i] = string(a.ID), newDocument(tok, a)
				}
				done <- p
				return nil
			})
		}
		return nil
	})
	work.Go(func() error {
		step := max(1, len(articles)/canaries)
		n := 0
		for next := range parts {
			if err := ctx.Err(); err != nil {
				return err
			}
			p := <-next
			if err := w.write(p.ids, p.docs); err != nil {
				return err
			}
			for i := range p.ids {
				if n++; n%step == 0 {
					g.addCanary(p.ids[i], p.docs[i])
				}
			}
		}
		return nil
	})
	return work.Wait()
}

// addCanary notes that an article must be found by the terms of its own questions.
func (g *generation) addCanary(id string, d document) {
	terms := strings.Fields(d.Question)
	if len(terms) == 0 {
		return
	}
	g.manifest.Canaries = append(g.manifest.Canaries, canary{Terms: terms[:min(len(terms), 30)], Article: kb.ArticleID(id)})
}

// seal writes the manifest of the files below a directory.
func (g *generation) seal(path string) error {
	files, err := hashFiles(path)
	if err != nil {
		return err
	}
	g.manifest.Files = files
	raw, err := json.Marshal(g.manifest)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(path, manifestName), raw, 0o600)
}

// openNewest opens the generation that verifies; the error says why none does.
func openNewest(ctx context.Context, dir, fingerprint string) (*generation, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	why := errors.New("there is none yet")
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if strings.HasPrefix(e.Name(), buildPrefix) {
			if err := os.RemoveAll(path); err != nil { // left by a build that was cut off
				return nil, err
			}
			continue
		}
		if !strings.HasPrefix(e.Name(), generationPrefix) {
			continue
		}
		g, err := verify(ctx, path, fingerprint)
		if err == nil {
			return g, removeOthers(dir, path)
		}
		why = err
	}
	return nil, why
}

// verify opens a generation only when every file is the one that was written.
func verify(ctx context.Context, path, fingerprint string) (*generation, error) {
	raw, err := os.ReadFile(filepath.Join(path, manifestName))
	if err != nil {
		return nil, err
	}
	g := &generation{path: path}
	if err := json.Unmarshal(raw, &g.manifest); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	if g.manifest.Fingerprint != fingerprint {
		return nil, errors.New("it was made by another version of the program, of its dictionary or of its settings")
	}
	files, err := hashFiles(path)
	if err != nil {
		return nil, err
	}
	for name, sum := range g.manifest.Files {
		if files[name] != sum {
			return nil, fmt.Errorf("file %s is damaged or missing", name)
		}
	}
	return g, g.open(ctx)
}

// open opens the files for reading and asks the canaries.
func (g *generation) open(ctx context.Context) (err error) {
	if len(g.manifest.Articles) == 0 {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("open: %v", p)
		}
	}()
	g.index, err = bleve.OpenUsing(filepath.Join(g.path, storeName), map[string]any{"read_only": true, "bolt_timeout": lockTimeout})
	if err != nil {
		return err
	}
	if err := g.check(ctx); err != nil {
		return errors.Join(err, g.index.Close())
	}
	return nil
}

func (g *generation) check(ctx context.Context) error {
	n, err := g.index.DocCount()
	if err != nil {
		return err
	}
	if int(n) != len(g.manifest.Articles) {
		return fmt.Errorf("it holds %d articles instead of %d", n, len(g.manifest.Articles))
	}
	for _, c := range g.manifest.Canaries {
		var terms []kb.Term
		for _, t := range c.Terms {
			terms = append(terms, kb.Term{Text: t, Question: 1})
		}
		found, err := run(ctx, g.index, request(terms, 50), nil)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(found, func(s kb.Scored) bool { return s.ID == c.Article }) && len(found) < 50 {
			return fmt.Errorf("article %s is not found by its own words", c.Article)
		}
	}
	return nil
}

// removeOthers deletes all generations but one.
func removeOthers(dir, keep string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("kb index: %w", err)
	}
	var errs []error
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if strings.HasPrefix(e.Name(), generationPrefix) && path != keep {
			errs = append(errs, os.RemoveAll(path))
		}
	}
	return errors.Join(errs...)
}

func hashFiles(root string) (map[string]string, error) {
	sums := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == manifestName {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		h := sha256.New()
		if _, err := io.Copy(h, f); err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		sums[name] = hex.EncodeToString(h.Sum(nil))
		return err
	})
	return sums, err
}
