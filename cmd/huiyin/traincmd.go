package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"huiyin/bot"
	"huiyin/data"
	"huiyin/feedback/topics"
	"huiyin/nlp/intent"
	"huiyin/nlp/sentiment"
	"huiyin/store"
)

// trainCmd remakes the models that ship. The same data give the same bytes.
type trainCmd struct {
	Datasets string `help:"Folder of labelled data: sentiment/*.csv and intent/*.csv. Without it, only the sample shop's intents and the shipped topics are trained." placeholder:"DIR"`
	Out      string `help:"Folder of the models." default:"data/models"`
}

// Run trains, and replaces a file only when training succeeded.
func (c *trainCmd) Run(e *env) error {
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	if c.Datasets != "" {
		if info, err := os.Stat(c.Datasets); err != nil || !info.IsDir() {
			return fmt.Errorf("%w: --datasets %q is not a folder: name the one that holds sentiment/ and intent/", errUsage, c.Datasets)
		}
		// First, because it needs no model: one of other features than this program's could not be remade otherwise.
		if err := c.write(e, "sentiment.bin", c.trainSentiment); err != nil {
			return err
		}
	}
	return errors.Join(c.write(e, filepath.Base(shippedIntents), trainShop), c.write(e, filepath.Base(topics.Model), trainTopics))
}

// write trains a model into a file, which keeps its old content until the new one is whole. A model is no secret: all may read it.
func (c *trainCmd) write(e *env, name string, train func(*env, io.Writer) error) error {
	name = filepath.Join(c.Out, name)
	bytes, err := store.WriteFile(name, func(w io.Writer) error { return train(e, w) })
	if err == nil {
		err = os.Chmod(name, 0o644)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s: %d bytes\n", name, bytes)
	return nil
}

func (c *trainCmd) trainSentiment(e *env, w io.Writer) error {
	tok, err := e.tokenizer()
	if err != nil {
		return err
	}
	defer tok.Close()
	return sentiment.Train(e.ctx, sentiment.TrainOptions{
		Data: data.Files(), Shared: os.DirFS(c.Datasets), Tokenizer: tok, Log: e.log(),
	}, w)
}

// trainTopics trains the examples of the shipped taxonomy.
func trainTopics(e *env, w io.Writer) error {
	app := &App{appOptions: appOptions{Config: defaultConfig(), Data: e.flags.Data, Log: e.quiet(), Now: e.now}}
	defer app.Close()
	if err := app.openNLP(); err != nil {
		return err
	}
	list, err := topics.Load(data.Files(), shippedTaxonomy)
	if err != nil {
		return err
	}
	return topics.Train(e.ctx, list, app.NLP.Tokenizer, app.NLP.Vectors, w)
}

// trainShop trains the intents of the sample shop as its first start would, and writes them compressed with their key.
func trainShop(e *env, w io.Writer) error {
	cfg := defaultConfig()
	cfg.Store.DSN = "mem:"
	app := &App{appOptions: appOptions{Config: cfg, Data: e.flags.Data, Log: e.quiet(), Now: e.now}}
	defer app.Close()
	if err := app.openStore(); err != nil {
		return err
	}
	if err := app.openNLP(); err != nil {
		return err
	}
	if err := app.seedKB(e.ctx); err != nil {
		return err
	}
	folder, err := fs.Sub(data.Files(), "shop/dialogue")
	if err != nil {
		return err
	}
	d, err := bot.LoadDialogue(folder, ".")
	if err != nil {
		return err
	}
	return app.writeIntents(e.ctx, d, w)
}

// writeIntents trains a dialogue's intents with what the stored articles teach.
func (a *App) writeIntents(ctx context.Context, d *bot.Dialogue, w io.Writer) error {
	articles, err := a.Store.Articles(ctx)
	if err != nil {
		return err
	}
	examples := d.ExamplesWith(articles, a.Now())
	m, err := intent.Train(ctx, a.NLP.Tokenizer, examples, a.NLP.IntentOptions())
	if err != nil {
		return err
	}
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	z.Comment = a.intentsKey(examples, nil)
	if err := m.Save(z); err != nil {
		return err
	}
	return z.Close()
}
