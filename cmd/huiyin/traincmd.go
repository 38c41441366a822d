package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"huiyin/data"
	"huiyin/nlp/sentiment"
)

// trainCmd remakes the model that ships. The same data sets give the same bytes.
type trainCmd struct {
	Datasets string `required:"" help:"Folder of labelled data: sentiment/*.csv and intent/*.csv." placeholder:"DIR"`
	Out      string `help:"File to write the sentiment model to." default:"data/models/sentiment.bin"`
}

// Run trains, and replaces the file only when training succeeded.
func (c *trainCmd) Run(e *env) error {
	if info, err := os.Stat(c.Datasets); err != nil || !info.IsDir() {
		return fmt.Errorf("%w: --datasets %q is not a folder: name the one that holds sentiment/ and intent/", errUsage, c.Datasets)
	}
	tok, err := e.tokenizer()
	if err != nil {
		return err
	}
	defer tok.Close()
	var model bytes.Buffer
	err = sentiment.Train(e.ctx, sentiment.TrainOptions{
		Data: data.Files(), Shared: os.DirFS(c.Datasets), Tokenizer: tok, Log: e.log(),
	}, &model)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(c.Out), 0o755); err != nil {
		return err
	}
	part := c.Out + ".part"
	if err := os.WriteFile(part, model.Bytes(), 0o644); err != nil {
		return err
	}
	if err := os.Rename(part, c.Out); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s: %d bytes\n", c.Out, model.Len())
	return nil
}
