package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/data"
	"huiyin/kb"
	"huiyin/kb/importer"
	"huiyin/kb/index"
	"huiyin/nlp"
	"huiyin/store/open"
)

type kbCheck struct {
	All   bool `help:"List everything that was found, not only what to do first."`
	Links bool `help:"Also ask every web address that articles link to; needs the network."`
}

// unusedDays is how long an article must have stood, shown to nobody, to be reported.
const unusedDays = 56

// Run lists what an editor should look at.
func (c *kbCheck) Run(e *env) error {
	return e.withArticles(func(ctx context.Context, app *App) error {
		findings, err := app.publisher().Check(ctx)
		if err != nil {
			return err
		}
		now := e.now()
		unused, err := unusedArticles(ctx, app.Store, now.AddDate(0, 0, -unusedDays), now)
		if err != nil {
			return err
		}
		findings = append(findings, unused...)
		if c.Links {
			dead, err := deadLinks(ctx, e, app.Store)
			if err != nil {
				return err
			}
			findings = append(findings, dead...)
		}
		if c.All {
			return kb.WriteAllFindings(e.out, wordsOf(e.voice()), findings)
		}
		if err := kb.WriteFindings(e.out, wordsOf(e.voice()), findings); err != nil || len(findings) == 0 {
			return err
		}
		e.tell("cli.kb.check.all")
		return nil
	})
}

// deadLinks asks the web addresses in all articles.
func deadLinks(ctx context.Context, e *env, s open.Store) ([]kb.Finding, error) {
	articles, err := s.Articles(ctx)
	if err != nil {
		return nil, err
	}
	return kb.CheckWeb(ctx, articles, importer.NewFetcher(importer.FetcherOptions{}).Probe, e.progress())
}

// unusedArticles are those that no customer got from an instant until now.
func unusedArticles(ctx context.Context, s open.Store, since, now time.Time) ([]kb.Finding, error) {
	shown := map[kb.ArticleID]int{}
	for f, err := range s.Facts(ctx, since, now) {
		if err != nil {
			return nil, err
		}
		if id, ok := strings.CutPrefix(f.Label, "article:"); ok && f.Name == bot.FactAnswer {
			shown[kb.ArticleID(id)]++
		}
	}
	articles, err := s.Articles(ctx)
	if err != nil {
		return nil, err
	}
	return kb.Unused(articles, shown, since), nil
}

type kbGaps struct {
	Days int `help:"How many days back." default:"7"`
}

// Run groups the questions that had no answer, the most pressing first.
func (c *kbGaps) Run(e *env) error {
	if err := e.hasData(); err != nil {
		return err
	}
	return e.withKB(func(ctx context.Context, s open.Store, k *kb.Searcher) error {
		now := e.now()
		from := now.AddDate(0, 0, -c.Days)
		gaps, err := kb.GapsToDo(ctx, s, from, now)
		if err != nil {
			return err
		}
		clusters, err := k.ClusterGaps(ctx, gaps)
		if err != nil {
			return err
		}
		clusters = slices.DeleteFunc(clusters, func(c kb.GapCluster) bool { return c.Aside })
		if len(clusters) == 0 {
			wrote, err := anybodyWrote(ctx, s, from, now)
			if err != nil {
				return err
			}
			if !wrote {
				e.tell("cli.kb.gaps.silence", "n", c.Days)
				return nil
			}
			e.tell("cli.kb.gaps.none", "n", c.Days)
			return nil
		}
		return kb.WriteGapClusters(e.out, wordsOf(e.voice()), clusters)
	})
}

// anybodyWrote reports whether a customer's message came from an instant until now.
func anybodyWrote(ctx context.Context, s open.Store, from, now time.Time) (bool, error) {
	for m, err := range s.MessagesBetween(ctx, from, now) {
		if err != nil {
			return false, err
		}
		if m.Direction == bot.Incoming {
			return true, nil
		}
	}
	return false, nil
}

type kbReplay struct {
	From string `arg:"" help:"Edited articles: a folder of Markdown files, or a CSV file."`
	Days int    `help:"How many days of customers' questions to ask again." default:"7"`
}

// Run answers real questions from the stored articles and from the edited ones, and lists where they differ.
func (c *kbReplay) Run(e *env) error {
	edited, err := readArticles(e.ctx, c.From)
	if err != nil {
		return err
	}
	return e.withArticles(func(ctx context.Context, app *App) error {
		now := e.now()
		questions, err := asked(ctx, app.Store, now.AddDate(0, 0, -c.Days), now, byAnything)
		if err != nil {
			return err
		}
		r, err := app.KB.Rehearse(ctx, app.judge(), edited, questions)
		if err != nil {
			return err
		}
		return kb.WriteRehearsal(e.out, wordsOf(e.voice()), r)
	})
}

// Who was to answer a question: articles alone, or intents, too.
var (
	byArticles = []bot.Action{bot.ActArticle, bot.ActClarify, bot.ActFallback}
	byAnything = append([]bot.Action{bot.ActIntent}, byArticles...)
)

// asked are the questions that customers asked from an instant until now and that were to be answered by some, each once. What names a person is
// nlp.Redact, since they are shown to editors.
func asked(ctx context.Context, s open.Store, since, now time.Time, by []bot.Action) ([]kb.Query, error) {
	var out []kb.Query
	seen := map[string]bool{}
	for m, err := range s.MessagesBetween(ctx, since, now) {
		if err != nil {
			return nil, err
		}
		if m.Direction != bot.Incoming || m.Decision == nil || seen[nlp.Fold(m.Text)] {
			continue
		}
		if slices.Contains(by, m.Decision.Action) {
			seen[nlp.Fold(m.Text)] = true
			out = append(out, kb.Query{Text: nlp.MaskIn(m.Text, m.Analysis), Lang: m.Lang.Base()})
		}
	}
	return out, nil
}

// benchKB measures retrieval on a hundred thousand articles made from the sample's words.
type benchKB struct {
	Articles int    `help:"Articles to index." default:"100000"`
	Queries  int    `help:"Searches to time." default:"2000"`
	Seed     uint64 `help:"Of the articles that are made." default:"1"`
	JSON     bool   `help:"Print one JSON object."`
}

// Run works in a temporary directory.
func (c *benchKB) Run(e *env) error {
	folder, err := fs.Sub(data.Files(), "shop/kb")
	if err != nil {
		return err
	}
	articles, err := kb.ReadFolder(folder)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "huiyin-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ch, err := e.chain()
	if err != nil {
		return err
	}
	defer ch.Close()
	models, err := kb.LoadModels(data.Files(), ch.Vectors)
	if err != nil {
		return err
	}
	result, err := kb.Bench(e.ctx, kb.BenchConfig{Articles: articles, Count: c.Articles, Queries: c.Queries, Seed: c.Seed, Open: func(source kb.Source) *kb.Searcher {
		x := index.New(index.Config{Dir: filepath.Join(dir, "index"), Fingerprint: version})
		return kb.NewSearcher(kb.Config{Store: source, Index: x, Tokenizer: ch.Tokenizer, Models: models, Now: e.now})
	}})
	if err != nil {
		return err
	}
	return e.print(c.JSON, result)
}
