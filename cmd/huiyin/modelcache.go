package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"huiyin/nlp"
	"huiyin/nlp/chain"
	"huiyin/nlp/intent"
	"huiyin/store"
)

// train gives the intent matcher the examples of a dialogue. The same examples and the same program give the same model,
// so the one that is trained is kept in the data directory, and a later start only reads it.
func (a *App) train(ctx context.Context, examples []nlp.Example) error {
	if len(examples) == 0 {
		a.NLP.Intent.Use(nil)
		return nil
	}
	start := a.Now()
	name := filepath.Join(a.Data, "models", "intent-"+fingerprint(examples)+".bin")
	if m, err := loadModel(name, a.NLP); err == nil {
		a.NLP.Intent.Use(m)
		a.Log.Info("intents loaded", "examples", len(examples), "took", a.Now().Sub(start))
		return nil
	}
	m, err := intent.Train(ctx, a.NLP.Tokenizer, examples, a.NLP.IntentOptions())
	if err != nil {
		return err
	}
	a.NLP.Intent.Use(m)
	a.Log.Info("intents trained", "examples", len(examples), "took", a.Now().Sub(start))
	if err := keepModel(name, m); err != nil {
		a.Log.Warn("the trained intents could not be kept; the next start trains again", "error", err)
	}
	return nil
}

// fingerprint names a model by everything that it depends on: the examples, and the program that trains.
func fingerprint(examples []nlp.Example) string {
	h := sha256.New()
	for _, x := range examples {
		fmt.Fprintf(h, "%q %q %q\n", x.Text, x.Label, x.Lang)
	}
	if path, err := os.Executable(); err == nil {
		if info, err := os.Stat(path); err == nil {
			fmt.Fprintln(h, version, info.Size(), info.ModTime().UnixNano())
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
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
