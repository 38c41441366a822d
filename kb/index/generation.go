package index

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"golang.org/x/sync/errgroup"

	"huiyin/kb"
)

const (
	generationPrefix = "generation-"
	buildPrefix      = "building-"
	manifestName     = "manifest.json"
	storeName        = "bleve"
	snapshotName     = "snapshot"
	// lockTimeout bounds the wait for another process that has the index open.
	lockTimeout = "1s"
	// batchDocs is how many articles Bleve makes one segment of, and mergeMax how many segments it then joins at once.
	batchDocs, mergeMax = 2000, 200
	// A canary is the first article and then every so many, up to a number, each asked by so many of its words.
	canaryEvery, canaries, canaryTerms = 500, 16, 30
)

// generation is one index as it was built, unchangeable.
type generation struct {
	path     string
	manifest manifest
	reader   *reader // nil when it holds no article
	entries  []entry // by document number
}

// manifest stands beside the files of a generation and says what they must be.
type manifest struct {
	Fingerprint string            `json:"fingerprint"`
	Files       map[string]string `json:"files"` // SHA-256 by path inside the generation
	Articles    int               `json:"articles"`
	Canaries    []canary          `json:"canaries"`
}

// canary is a search whose outcome is known.
type canary struct {
	Terms   []string     `json:"terms"`
	Article kb.ArticleID `json:"article"`
}

// build makes a generation of documents, and of what snapshot writes when they have all been taken. An empty dir builds
// in memory and takes no snapshot.
func build(ctx context.Context, dir, fingerprint string, docs iter.Seq[kb.Doc], snapshot func(io.Writer) error) (*generation, error) {
	g := &generation{manifest: manifest{Fingerprint: fingerprint, Files: map[string]string{}}}
	if dir == "" {
		return g, g.buildInMemory(ctx, docs)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp(dir, buildPrefix)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp) // gone already when all went well
	if err := g.writeFiles(ctx, tmp, docs, snapshot); err != nil {
		return nil, err
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

func (g *generation) buildInMemory(ctx context.Context, docs iter.Seq[kb.Doc]) error {
	x, err := inMemory()
	if err != nil {
		return err
	}
	lengths := map[kb.ArticleID]entry{}
	batch := x.NewBatch()
	for d := range docs {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, x.Close())
		}
		lengths[d.ID] = newEntry(d)
		if err := batch.Index(string(d.ID), d); err != nil {
			return errors.Join(err, x.Close())
		}
		if batch.Size() < batchDocs {
			continue
		}
		if err := x.Batch(batch); err != nil {
			return errors.Join(err, x.Close())
		}
		batch.Reset()
	}
	if err := errors.Join(ctx.Err(), x.Batch(batch)); err != nil {
		return errors.Join(err, x.Close())
	}
	g.manifest.Articles = len(lengths)
	if g.reader, err = newReader(x); err != nil {
		return errors.Join(err, x.Close())
	}
	g.entries, err = g.reader.entries(lengths)
	return err
}

// writeFiles writes the index of Bleve, the snapshot, and the list of documents by number.
func (g *generation) writeFiles(ctx context.Context, tmp string, docs iter.Seq[kb.Doc], snapshot func(io.Writer) error) error {
	b, err := bleve.NewBuilder(filepath.Join(tmp, storeName), newMapping(), map[string]any{
		"buildPathPrefix": tmp, "batchSize": batchDocs, "mergeMax": mergeMax,
	})
	if err != nil {
		return err
	}
	lengths, n := map[kb.ArticleID]entry{}, 0
	for d := range docs {
		if err = ctx.Err(); err != nil {
			break
		}
		if err = b.Index(string(d.ID), d); err != nil {
			break
		}
		lengths[d.ID] = newEntry(d)
		if n++; n == 1 || n%canaryEvery == 0 && len(g.manifest.Canaries) < canaries {
			g.addCanary(d)
		}
	}
	g.manifest.Articles = len(lengths)
	if err != nil || n == 0 { // a builder that was given nothing has nothing to close
		return errors.Join(err, os.RemoveAll(filepath.Join(tmp, storeName)), g.writeSnapshot(tmp, snapshot))
	}
	var work errgroup.Group
	work.Go(func() error { return g.writeSnapshot(tmp, snapshot) })
	work.Go(func() error {
		if err := b.Close(); err != nil { // joins the segments
			return err
		}
		return writeEntries(tmp, lengths)
	})
	return work.Wait()
}

func (g *generation) writeSnapshot(tmp string, snapshot func(io.Writer) error) error {
	if snapshot == nil {
		return nil
	}
	f, err := os.Create(filepath.Join(tmp, snapshotName))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = errors.Join(snapshot(w), w.Flush())
	return errors.Join(err, f.Close())
}

// addCanary notes that an article must be found by the terms of its own questions.
func (g *generation) addCanary(d kb.Doc) {
	if len(d.Question) == 0 {
		return
	}
	g.manifest.Canaries = append(g.manifest.Canaries, canary{Terms: d.Question[:min(len(d.Question), canaryTerms)], Article: d.ID})
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

// snapshot reads what was written beside the index.
func (g *generation) snapshot() ([]byte, error) {
	return os.ReadFile(filepath.Join(g.path, snapshotName))
}

// open opens the files for reading and asks the canaries.
func (g *generation) open(ctx context.Context) (err error) {
	if g.manifest.Articles == 0 {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("open: %v", p)
		}
	}()
	x, err := bleve.OpenUsing(filepath.Join(g.path, storeName), map[string]any{"read_only": true, "bolt_timeout": lockTimeout})
	if err != nil {
		return err
	}
	if g.reader, err = newReader(x); err != nil {
		return errors.Join(err, x.Close())
	}
	if g.entries, err = readEntries(g.path); err == nil {
		err = g.check(ctx)
	}
	if err != nil {
		return errors.Join(err, g.reader.Close())
	}
	return nil
}

func (g *generation) check(ctx context.Context) error {
	n, err := g.reader.DocCount()
	if err != nil {
		return err
	}
	if int(n) != g.manifest.Articles || len(g.entries) != g.manifest.Articles {
		return fmt.Errorf("it holds %d articles instead of %d", n, g.manifest.Articles)
	}
	v := newView([]*reader{g.reader}, [][]entry{g.entries}, func(int, kb.ArticleID) bool { return false })
	const wide = 50
	for _, c := range g.manifest.Canaries {
		var terms []kb.Term
		for _, t := range c.Terms {
			terms = append(terms, kb.Term{Text: t, Question: 1})
		}
		found, err := v.search(ctx, terms, wide)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(found, func(s kb.Scored) bool { return s.ID == c.Article }) && len(found) < wide {
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

// hashFiles are the SHA-256 of all files below a directory but the manifest, by path inside it.
func hashFiles(root string) (map[string]string, error) {
	var mu sync.Mutex
	sums := map[string]string{}
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == manifestName {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		work.Go(func() error {
			sum, err := hashFile(path)
			mu.Lock()
			defer mu.Unlock()
			sums[name] = sum
			return err
		})
		return nil
	})
	return sums, errors.Join(err, work.Wait())
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, make([]byte, 1<<18)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
