package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/data"
	"huiyin/internal/config"
	"huiyin/kb"
	"huiyin/kb/importer"
	"huiyin/nlp"
)

// knowledge is what the editors' pages work with.
func (a *App) knowledge() *console.Knowledge {
	return &console.Knowledge{
		Publisher: a.publisher(),
		Synonyms:  a.words,
		Facts: func(ctx context.Context, from, to time.Time) iter.Seq2[bot.Fact, error] {
			return a.Store.Facts(ctx, from, to)
		},
		Follow: a.Bot,
		Fetch:  importer.NewFetcher(importer.FetcherOptions{}).Fetch,
		Mask: func(text string) string {
			return nlp.Mask(text, nlp.FindPII(text))
		},
	}
}

func (a *App) publisher() *kb.Publisher {
	return kb.NewPublisher(kb.PublisherConfig{Store: a.Store, Searcher: a.KB, Now: a.Now,
		Asked: func(ctx context.Context, since time.Time) ([]kb.Query, error) { return asked(ctx, a.Store, since) }})
}

// dueArticles publishes changes of articles whose instant has come.
func (a *App) dueArticles(ctx context.Context) error {
	done, err := a.publisher().PublishDue(ctx)
	for _, article := range done {
		a.Log.Info("a scheduled change of an article is published", "article", article.ID, "revision", article.Revision)
	}
	return err
}

// words are the synonyms of the knowledge base, with the file that editors' changes go to.
type words struct {
	*kb.Synonyms
	tok  kb.Tokenizer // without synonyms
	file string       // empty: nothing is kept
	kb   func() *kb.Searcher

	mu     sync.Mutex
	groups [][]string
}

// synonymsFile is where the console keeps synonyms, below the data directory. While it is there, the configured folder's
// file, or the sample shop's, is not read.
const synonymsFile = "synonyms.yaml"

// openWords reads the synonyms: those that an editor saved, else those of the configured folder's synonyms.yaml, else the
// sample shop's.
func (a *App) openWords() (*words, error) {
	w := &words{tok: a.NLP.Tokenizer, kb: func() *kb.Searcher { return a.KB }}
	if a.Config.Store.DSN != "mem:" {
		w.file = filepath.Join(a.Data, synonymsFile)
	}
	name, raw, err := a.readSynonyms(w.file)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(raw)) > 0 {
		if w.groups, err = kb.ReadSynonyms(name, raw); err != nil {
			return nil, fmt.Errorf("%w: %w", config.ErrInvalid, err)
		}
	}
	w.Synonyms = kb.NewSynonyms(w.tok, w.groups)
	return w, nil
}

func (a *App) readSynonyms(own string) (name string, raw []byte, err error) {
	if own != "" {
		if raw, err = os.ReadFile(own); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return own, raw, err
		}
	}
	if folder := a.Config.Bot.Knowledge; folder != "" {
		name = filepath.Join(folder, "synonyms.yaml")
		raw, err = os.ReadFile(name)
	} else {
		name = "shop/synonyms.yaml"
		raw, err = fs.ReadFile(data.Files(), name)
	}
	if errors.Is(err, fs.ErrNotExist) { // a folder of articles need not have any
		err = nil
	}
	return name, raw, err
}

// Groups implements console.Synonyms.
func (w *words) Groups() [][]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.groups
}

// With implements console.Synonyms.
func (w *words) With(groups [][]string) kb.Tokenizer { return kb.NewSynonyms(w.tok, groups) }

// Save implements console.Synonyms: first on the disk, then in searches.
func (w *words) Save(ctx context.Context, groups [][]string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file != "" {
		if err := replaceFile(w.file, kb.FormatSynonyms(groups)); err != nil {
			return fmt.Errorf("save synonyms: %w", err)
		}
	}
	w.groups = groups
	w.Set(groups)
	return w.kb().Reload(ctx)
}

// replaceFile writes a file beside another and puts it into its place.
func replaceFile(name string, raw []byte) error {
	next := name + ".new"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(next, name)
}

// importFolder brings the configured folder's articles into the store at the start. An article that an editor has changed
// in the console stays as it is until its file changes, too.
func importFolder(ctx context.Context, store kb.Store, articles []kb.Article, now time.Time) error {
	stored, err := store.Articles(ctx)
	if err != nil {
		return err
	}
	var fresh []kb.Article
	for _, row := range kb.PlanOver(stored, articles).Rows {
		if row.Same {
			continue
		}
		if row.Stored != nil {
			history, err := store.Revisions(ctx, row.Article.ID)
			if err != nil {
				return err
			}
			if imported(history, row.Article) {
				continue
			}
		}
		fresh = append(fresh, row.Article)
	}
	return importArticles(ctx, store, fresh, now, folderEditor)
}

// folderEditor signs what came from the configured folder.
const folderEditor = "import"

// imported reports whether the newest revision that came from the folder is what the file says.
func imported(history []kb.Article, file kb.Article) bool {
	for _, r := range history {
		if r.UpdatedBy == folderEditor && r.Batch == "" {
			return kb.SameContent(r, file)
		}
	}
	return false
}
