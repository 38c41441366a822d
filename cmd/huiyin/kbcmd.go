package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"huiyin/data"
	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/nlp"
	"huiyin/store/open"
)

// kbCmd looks after the knowledge base.
type kbCmd struct {
	Import  kbImport  `cmd:"" help:"Import articles from a folder of Markdown files or a CSV file."`
	Export  kbExport  `cmd:"" help:"Export all articles as Markdown files or one CSV file."`
	Check   kbCheck   `cmd:"" help:"Look for duplicates, missing translations and questions that find the wrong article."`
	Search  kbSearch  `cmd:"" help:"Ask a question and see what is found."`
	Explain kbExplain `cmd:"" help:"Ask a question and see why: terms, scores, the decision."`
	Gaps    kbGaps    `cmd:"" help:"List questions that had no answer."`
	Replay  kbReplay  `cmd:"" help:"Ask last week's questions again and list what is answered differently."`
}

// withKB opens the store and the knowledge base over it.
func (e *env) withKB(do func(ctx context.Context, s open.Store, k *kb.Searcher) error) error {
	cfg, file, err := e.config()
	if err != nil {
		return err
	}
	app := &App{appOptions: appOptions{Config: cfg, File: file, Data: e.flags.Data, Log: e.quiet(), Now: time.Now}}
	defer app.Close()
	if err := os.MkdirAll(e.flags.Data, 0o700); err != nil {
		return err
	}
	if err := app.openStore(); err != nil {
		return err
	}
	if err := app.openNLP(); err != nil {
		return err
	}
	if err := app.seedKB(e.ctx); err != nil {
		return err
	}
	if err := app.openKB(e.ctx); err != nil {
		return err
	}
	return do(e.ctx, app.Store, app.KB)
}

type kbImport struct {
	From   string `arg:"" help:"Folder of Markdown files with front matter, or a CSV file."`
	DryRun bool   `help:"Only say what would change."`
}

// Run saves everything or nothing.
func (c *kbImport) Run(e *env) error {
	articles, err := readArticles(c.From)
	if err != nil {
		return err
	}
	return e.withKB(func(ctx context.Context, s open.Store, k *kb.Searcher) error {
		added, changed, same, err := compare(ctx, s, articles)
		if err != nil {
			return err
		}
		if !c.DryRun {
			if err := importArticles(ctx, s, articles, time.Now(), "import"); err != nil {
				return err
			}
			if err := k.Refresh(ctx); err != nil {
				return err
			}
		}
		fmt.Fprintf(e.out, "%d new, %d changed, %d as before\n", added, changed, same)
		return nil
	})
}

// readArticles reads a folder or a CSV file; every mistake is named with its file and line.
func readArticles(from string) ([]kb.Article, error) {
	info, err := os.Stat(from)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	var articles []kb.Article
	if info.IsDir() {
		articles, err = kb.ReadFolder(os.DirFS(from))
	} else {
		var f *os.File
		if f, err = os.Open(from); err == nil {
			defer f.Close()
			articles, err = kb.ReadCSV(from, f)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	if len(articles) == 0 {
		return nil, fmt.Errorf("%w: %s holds no articles: use a folder of .md files or a CSV file", errUsage, from)
	}
	return articles, nil
}

func compare(ctx context.Context, s kb.Store, articles []kb.Article) (added, changed, same int, err error) {
	for _, a := range articles {
		old, err := s.Article(ctx, a.ID)
		switch {
		case errors.Is(err, kb.ErrNotFound):
			added++
		case err != nil:
			return 0, 0, 0, err
		case kb.SameContent(old, a):
			same++
		default:
			changed++
		}
	}
	return added, changed, same, nil
}

type kbExport struct {
	To string `arg:"" help:"Folder for Markdown files, or a file ending in .csv."`
}

// Run writes what a later import reads back exactly.
func (c *kbExport) Run(e *env) error {
	return e.withStore(func(_ Config, s open.Store) error {
		articles, err := s.Articles(e.ctx)
		if err != nil {
			return err
		}
		if strings.HasSuffix(c.To, ".csv") {
			f, err := os.Create(c.To)
			if err != nil {
				return err
			}
			if err := kb.WriteCSV(f, articles); err != nil {
				return errors.Join(err, f.Close())
			}
			return f.Close()
		}
		for _, a := range articles {
			name := filepath.Join(c.To, filepath.FromSlash(kb.FileName(a)))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(name, kb.FormatArticle(a), 0o644); err != nil {
				return err
			}
		}
		fmt.Fprintf(e.out, "%d articles in %s\n", len(articles), c.To)
		return nil
	})
}

type kbSearch struct {
	Question string `arg:"" help:"The question, in Chinese or English."`
	JSON     bool   `help:"Print one JSON object."`
}

// Run prints the decision and the hits.
func (c *kbSearch) Run(e *env) error {
	return e.withKB(func(ctx context.Context, _ open.Store, k *kb.Searcher) error {
		lang, _ := nlp.DetectLang(c.Question)
		answer, err := k.Search(ctx, kb.Query{Text: c.Question, Lang: lang})
		if err != nil {
			return err
		}
		if c.JSON {
			return e.print(true, answer)
		}
		fmt.Fprintf(e.out, "%s\n", answer.Decision)
		for _, h := range answer.Hits {
			fmt.Fprintf(e.out, "%3.0f%%  %-34s %s\n", 100*float64(h.Confidence), h.Article, h.Title)
		}
		return nil
	})
}

type kbExplain struct {
	Question string `arg:"" help:"The question, in Chinese or English."`
}

// Run prints every stage of the search for an editor.
func (c *kbExplain) Run(e *env) error {
	return e.withKB(func(ctx context.Context, _ open.Store, k *kb.Searcher) error {
		lang, _ := nlp.DetectLang(c.Question)
		answer, err := k.Search(ctx, kb.Query{Text: c.Question, Lang: lang, Limit: 10, Explain: true})
		if err != nil {
			return err
		}
		return kb.WriteExplanation(e.out, c.Question, answer)
	})
}

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
	s := kb.NewSearcher(kb.Config{Store: kb.Fixed(corpus), Index: x, Tokenizer: ch.Tokenizer, Models: models, Now: time.Now})
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
