package main

import (
	"fmt"
	"os"
	"path/filepath"

	"huiyin/data"
	"huiyin/kb"
	"huiyin/kb/index"
)

type evalRetrieval struct {
	Corpus  string `required:"" help:"CSV id,question,answer[,lang]."`
	Queries string `required:"" help:"CSV query,relevant_ids (several ids with ;)."`
	JSON    bool   `help:"Print one JSON object."`
}

// Run indexes the corpus in a directory of its own and asks every query.
func (c *evalRetrieval) Run(e *env) error {
	corpusFile, err := os.Open(c.Corpus)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	defer corpusFile.Close()
	corpus, err := kb.ReadCorpus(c.Corpus, corpusFile)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	queriesFile, err := os.Open(c.Queries)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	defer queriesFile.Close()
	questions, err := kb.ReadQueries(c.Queries, queriesFile, corpus)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	ch, err := e.chain()
	if err != nil {
		return err
	}
	defer ch.Close()
	dir, err := os.MkdirTemp("", "huiyin-eval-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	x := index.New(index.Config{Dir: dir, Fingerprint: "eval"})
	models, err := kb.LoadModels(data.Files(), ch.Vectors)
	if err != nil {
		return err
	}
	s := kb.NewSearcher(kb.Config{Store: kb.Fixed(corpus), Index: x, Tokenizer: ch.Tokenizer, Models: models, Now: e.now})
	defer s.Close()
	result, err := kb.Evaluate(e.ctx, s, questions)
	if err != nil {
		return err
	}
	if result.IndexBytes == 0 {
		result.IndexBytes = dirSize(dir)
	}
	return e.print(c.JSON, result)
}

// dirSize is the size of all files below a directory, in bytes.
func dirSize(dir string) int64 {
	var total int64
	_ = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}
