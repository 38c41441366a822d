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
	partPrefix       = "part-" // a folder with an index of Bleve and the list of its documents
	storeName        = "bleve"
	snapshotName     = "snapshot"
	// lockTimeout bounds the wait for another process that has the index open.
	lockTimeout = "1s"
	// batchDocs is how many articles Bleve makes one segment of, and mergeMax how many segments it then joins at once.
	batchDocs, mergeMax = 2000, 200
	// parts is how many indexes of Bleve a generation is made of at most: they are written side by side, since joining the
	// segments of one takes a single processor, and every further one costs each search a little.
	parts = 2
	// A canary is the first article and then every so many, up to a number, each asked by so many of its words.
	canaryEvery, canaries, canaryTerms = 500, 16, 30
)

// generation is one index as it was built, unchangeable.
type generation struct {
	path     string
	manifest manifest
	readers  []*reader // none when it holds no article
	entries  [][]entry // of each reader, by document number
	snapshot []byte    // as it was read when the files were verified
}

// manifest stands beside the files of a generation and says what they must be.
type manifest struct {
	Fingerprint string            `json:"fingerprint"`
	Files       map[string]string `json:"files"` // SHA-256 by path inside the generation
	Articles    int               `json:"articles"`
	Parts       int               `json:"parts"`
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
	r, err := newReader(x)
	if err != nil {
		return errors.Join(err, x.Close())
	}
	list, err := r.entries(lengths)
	g.readers, g.entries = []*reader{r}, [][]entry{list}
	return err
}

// writeFiles deals the documents out to the parts, batch by batch, and writes the snapshot while their segments are joined.
func (g *generation) writeFiles(ctx context.Context, tmp string, docs iter.Seq[kb.Doc], snapshot func(io.Writer) error) error {
	work, ctx := errgroup.WithContext(ctx)
	var to [parts]chan []kb.Doc
	deal := func(batch []kb.Doc) {
		i := g.manifest.Articles / batchDocs % parts
		if to[i] == nil {
			from := make(chan []kb.Doc)
			to[i] = from
			path := filepath.Join(tmp, fmt.Sprint(partPrefix, g.manifest.Parts))
			g.manifest.Parts++
			work.Go(func() error { return writePart(ctx, path, from) })
		}
		select {
		case to[i] <- batch:
		case <-ctx.Done():
		}
		g.manifest.Articles += len(batch)
	}
	n := 0
	var batch []kb.Doc
	for d := range docs {
		if ctx.Err() != nil {
			break
		}
		if batch = append(batch, d); len(batch) == batchDocs {
			deal(batch)
			batch = make([]kb.Doc, 0, batchDocs)
		}
		if n++; n == 1 || n%canaryEvery == 0 && len(g.manifest.Canaries) < canaries {
			g.addCanary(d)
		}
	}
	if len(batch) > 0 {
		deal(batch)
	}
	for _, c := range to {
		if c != nil {
			close(c)
		}
	}
	work.Go(func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return g.writeSnapshot(tmp, snapshot)
	})
	return work.Wait()
}

// writePart writes an index of Bleve and the list of its documents, which are at least one.
func writePart(ctx context.Context, path string, from <-chan []kb.Doc) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	b, err := bleve.NewBuilder(filepath.Join(path, storeName), newMapping(), map[string]any{
		"buildPathPrefix": path, "batchSize": batchDocs, "mergeMax": mergeMax,
	})
	if err != nil {
		return err
	}
	lengths := map[kb.ArticleID]entry{}
	for batch := range from {
		for _, d := range batch {
			if err := errors.Join(ctx.Err(), b.Index(string(d.ID), d)); err != nil {
				return err
			}
			lengths[d.ID] = newEntry(d)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := b.Close(); err != nil { // joins the segments
		return err
	}
	return writeEntries(path, lengths)
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
	files, _, err := hashFiles(path, "")
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
	files, snapshot, err := hashFiles(path, snapshotName)
	if err != nil {
		return nil, err
	}
	g.snapshot = snapshot
	for name, sum := range g.manifest.Files {
		if files[name] != sum {
			return nil, fmt.Errorf("file %s is damaged or missing", name)
		}
	}
	return g, g.open(ctx)
}

// open opens the files for reading and asks the canaries.
func (g *generation) open(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("open: %v", p)
		}
		if err != nil {
			err = errors.Join(err, g.close())
		}
	}()
	for i := range g.manifest.Parts {
		path := filepath.Join(g.path, fmt.Sprint(partPrefix, i))
		x, err := bleve.OpenUsing(filepath.Join(path, storeName), map[string]any{"read_only": true, "bolt_timeout": lockTimeout})
		if err != nil {
			return err
		}
		r, err := newReader(x)
		if err != nil {
			return errors.Join(err, x.Close())
		}
		g.readers = append(g.readers, r)
		list, err := readEntries(path)
		if err != nil {
			return err
		}
		g.entries = append(g.entries, list)
	}
	return g.check(ctx)
}

// close closes the readers.
func (g *generation) close() error {
	var errs []error
	for _, r := range g.readers {
		errs = append(errs, r.Close())
	}
	g.readers, g.entries = nil, nil
	return errors.Join(errs...)
}

func (g *generation) check(ctx context.Context) error {
	all := 0
	for i, r := range g.readers {
		n, err := r.DocCount()
		if err != nil {
			return err
		}
		if int(n) != len(g.entries[i]) {
			return fmt.Errorf("part %d holds %d articles instead of %d", i, n, len(g.entries[i]))
		}
		all += int(n)
	}
	if all != g.manifest.Articles {
		return fmt.Errorf("it holds %d articles instead of %d", all, g.manifest.Articles)
	}
	v := newView(g.readers, g.entries, func(int, kb.ArticleID) bool { return false })
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

// hashFiles are the SHA-256 of all files below a directory but the manifest, by path inside it, and what stands in the file
// keep, which is read once for both.
func hashFiles(root, keep string) (sums map[string]string, kept []byte, err error) {
	var mu sync.Mutex
	sums = map[string]string{}
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == manifestName {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		work.Go(func() error {
			var sum string
			var err error
			if name == keep {
				if kept, err = os.ReadFile(path); err == nil {
					all := sha256.Sum256(kept)
					sum = hex.EncodeToString(all[:])
				}
			} else {
				sum, err = hashFile(path)
			}
			mu.Lock()
			defer mu.Unlock()
			sums[name] = sum
			return err
		})
		return nil
	})
	return sums, kept, errors.Join(err, work.Wait())
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
