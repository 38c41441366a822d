package main

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"huiyin/data"
	"huiyin/kb"
	"huiyin/nlp"
	"huiyin/nlp/chain"
	"huiyin/nlp/intent"
	"huiyin/store"
)

// shippedIntents is the model of the sample shop, so that the very first start need not train it; its key stands in the
// comment of the gzip header.
const shippedIntents = "models/intent-shop.bin.gz"

// train gives the intent matcher the examples of a dialogue, and the words that editors have taught. The same examples and
// the same program give the same model, so the one that is trained is kept in the data directory, and a later start only
// reads it.
func (a *App) train(ctx context.Context, examples []nlp.Example) error {
	if len(examples) == 0 {
		a.NLP.Intent.Use(nil)
		return nil
	}
	book, err := a.Store.Wordbook(ctx)
	if err != nil {
		return err
	}
	var tok intent.Tokenizer = a.NLP.Tokenizer
	use := a.NLP.Intent.Use
	if len(book.Words) > 0 {
		taught := kb.NewTaught(a.NLP.Tokenizer, kb.Wordbook{Words: book.Words}) // no synonyms
		tok, use = taught, func(m *intent.Model) { a.NLP.Intent.UseJoined(m, taught.Expand) }
	}
	start := a.Now()
	key := a.intentsKey(examples, book.Words)
	name := filepath.Join(a.Data, "models", "intent-"+fingerprint(key)+".bin")
	m, err := loadModel(name, a.NLP)
	if err != nil {
		m, err = loadShipped(key, a.NLP)
	}
	if err == nil {
		use(m)
		a.Log.Info("intents loaded", "examples", len(examples), "took", a.Now().Sub(start))
		return nil
	}
	if m, err = intent.Train(ctx, tok, examples, a.NLP.IntentOptions()); err != nil {
		return err
	}
	use(m)
	a.Log.Info("intents trained", "examples", len(examples), "took", a.Now().Sub(start))
	if err := keepModel(name, m); err != nil {
		a.Log.Warn("the trained intents could not be kept; the next start trains again", "error", err)
	}
	return nil
}

// intentsKey names what a model is trained from: the examples, and the words that the configuration and the editors add to
// the dictionary.
func (a *App) intentsKey(examples []nlp.Example, taught []string) string {
	h := sha256.New()
	for _, x := range examples {
		fmt.Fprintf(h, "%q %q %q\n", x.Text, x.Label, x.Lang)
	}
	fmt.Fprintf(h, "%q\n", a.Config.NLP.Words)
	if len(taught) > 0 {
		fmt.Fprintf(h, "%q\n", taught)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// fingerprint adds to a key the program that trains.
func fingerprint(key string) string {
	h := sha256.New()
	fmt.Fprintln(h, key)
	fmt.Fprintln(h, codeName())
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// errOther means that the shipped model was trained from something else.
var errOther = errors.New("the shipped intents are of other examples")

// loadShipped reads the model that ships, when it was trained from just this.
func loadShipped(key string, c *chain.Chain) (*intent.Model, error) {
	f, err := data.Files().Open(shippedIntents)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	if z.Comment != key {
		return nil, errOther
	}
	return intent.Load(z, c.Vectors, c.Pinyin)
}

func loadModel(name string, c *chain.Chain) (*intent.Model, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return intent.Load(f, c.Vectors, c.Pinyin)
}

// keepModel writes a model in the place of the ones before it.
func keepModel(name string, m *intent.Model) error {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "intent-*.bin"))
	if err != nil {
		return err
	}
	if _, err := store.WriteFile(name, func(w io.Writer) error { return m.Save(w) }); err != nil {
		return err
	}
	var all []error
	for _, o := range old {
		all = append(all, os.Remove(o))
	}
	return errors.Join(all...)
}
