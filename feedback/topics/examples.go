package topics

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"sync"

	"huiyin/internal/yamlfile"
	"huiyin/nlp"
	"huiyin/nlp/intent"
	"huiyin/nlp/vectors"
)

// Model is the file of the trained examples of the shipped taxonomy, in the folder that the taxonomy is loaded from. The key
// of what it was trained from stands in the comment of its gzip header; a taxonomy with other examples is trained at first use.
const Model = "models/topics.bin.gz"

// errOther means that a file was trained from other examples or word vectors.
var errOther = errors.New("topics: the trained file is of other examples")

// What a file of examples may hold: five times what ships, which trains in seconds.
const (
	examplesMost  = 20_000
	examplesBytes = 8 << 20
)

// readExamples reads the file that the taxonomy names, and adds the sentences that stand in the taxonomy itself.
func (t *Taxonomy) readExamples(fsys fs.FS, name string) error {
	for _, topic := range t.Topics {
		for _, lang := range []nlp.Lang{nlp.LangChinese, nlp.LangEnglish} {
			for _, text := range topic.Examples[string(lang)] {
				t.examples = append(t.examples, nlp.Example{Text: text, Label: topic.ID, Lang: lang})
			}
		}
	}
	if t.ExamplesFile == "" {
		return nil
	}
	file := path.Join(path.Dir(name), t.ExamplesFile)
	f, err := fsys.Open(file)
	if err != nil {
		return &yamlfile.Error{File: name, What: fmt.Sprintf("examples: %q cannot be read: %v", t.ExamplesFile, err)}
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, examplesBytes+1))
	if err != nil {
		return fmt.Errorf("topics: %s: %w", file, err)
	}
	if len(raw) > examplesBytes {
		return &yamlfile.Error{File: file, What: fmt.Sprintf("larger than %d MiB; take rows out that say the same", examplesBytes>>20)}
	}
	list, err := intent.ReadCSV(bytes.NewReader(raw), file)
	if err != nil {
		return fmt.Errorf("topics: %w", err)
	}
	if len(list) > examplesMost {
		return &yamlfile.Error{File: file, What: fmt.Sprintf("more than %d examples; take rows out that say the same", examplesMost)}
	}
	known := map[string]bool{nlp.IntentNone: true}
	for _, topic := range t.Topics {
		known[topic.ID] = true
	}
	for i, x := range list {
		if !known[x.Label] { // a row is a record, and the header the first
			return &yamlfile.Error{File: file, What: fmt.Sprintf("row %d: the example %.40q has the label %q, which is no topic of %s; write %s for what is about none", i+2, x.Text, x.Label, name, nlp.IntentNone)}
		}
	}
	t.examples = append(t.examples, list...)
	return nil
}

// learned is what a taxonomy's examples teach, at first use: read from the file that ships, or trained.
type learned struct {
	once  sync.Once
	model *intent.Model  // nil: there are no examples
	topic map[string]int // by ID; nothing is nobody
}

// model is what the examples teach; nil: the taxonomy has none.
func (c *Classifier) model() *intent.Model {
	c.learned.once.Do(func() {
		if len(c.taxonomy.examples) == 0 {
			return
		}
		m, err := c.shipped()
		if err != nil {
			m, err = c.train(context.Background())
		}
		if err == nil { // else no example has a word in it: seeds alone
			c.learned.model = m
		}
	})
	return c.learned.model
}

// nothing is the label that examples of what is about no topic are trained with: a class of their own, because small talk is
// alike in itself and not only unlike all topics.
const nothing = "-"

func (c *Classifier) train(ctx context.Context) (*intent.Model, error) {
	list := slices.Clone(c.taxonomy.examples)
	for i := range list {
		if list[i].Label == nlp.IntentNone {
			list[i].Label = nothing
		}
	}
	return intent.Train(ctx, c.tok, list, intent.Options{Vectors: c.space})
}

// shipped reads the model that ships with the taxonomy, when it was trained from just its examples.
func (c *Classifier) shipped() (*intent.Model, error) {
	if c.taxonomy.folder == nil {
		return nil, errOther
	}
	f, err := c.taxonomy.folder.Open(Model)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	if z.Comment != c.taxonomy.key() {
		return nil, errOther
	}
	return intent.Load(z, c.space, nil)
}

// key names what a model is trained from.
func (t *Taxonomy) key() string {
	h := sha256.New()
	for _, x := range t.examples {
		fmt.Fprintf(h, "%q %q\n", x.Text, x.Label)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Train writes the Model of a taxonomy's examples: with it, a program that starts need not train. The same examples and word
// vectors give the same bytes.
func Train(ctx context.Context, t *Taxonomy, tok Tokenizer, space *vectors.Vectors, w io.Writer) error {
	m, err := New(t, tok, space).train(ctx)
	if err != nil {
		return fmt.Errorf("topics: %w", err)
	}
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	z.Comment = t.key()
	return cmp.Or(m.Save(z), z.Close())
}
