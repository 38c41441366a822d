package main

import (
	"context"
	"fmt"
	"iter"
	"time"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/kb"
	"huiyin/kb/importer"
	"huiyin/nlp"
)

// knowledge is what the editors' pages work with.
func (a *App) knowledge() *console.Knowledge {
	fetcher := importer.NewFetcher(importer.FetcherOptions{})
	return &console.Knowledge{
		Publisher: a.publisher(),
		Words:     a.words,
		Facts: func(ctx context.Context, from, to time.Time) iter.Seq2[bot.Fact, error] {
			return a.Store.Facts(ctx, from, to)
		},
		Follow: a.Bot,
		Fetch:  fetcher.Fetch,
		Probe:  fetcher.Probe,
		Mask:   nlp.Redact,
	}
}

func (a *App) publisher() *kb.Publisher {
	return kb.NewPublisher(kb.PublisherConfig{Store: a.Store, Searcher: a.KB, Words: a.words, Judge: a.judge(), Now: a.Now,
		Asked: func(ctx context.Context, since time.Time) ([]kb.Query, error) {
			return asked(ctx, a.Store, since, a.Now(), byAnything)
		}})
}

// dueArticles publishes changes of articles whose instant has come.
func (a *App) dueArticles(ctx context.Context) error {
	done, err := a.publisher().PublishDue(ctx)
	for _, article := range done {
		a.Log.Info("a scheduled change of an article is published", "article", article.ID, "revision", article.Revision)
	}
	return err
}

// attuneEvery is how often the border of answers is set by what customers asked, and attuneDays of how many days these are;
// attuneMost are the newest of them.
const (
	attuneEvery = time.Hour
	attuneDays  = 7
	attuneMost  = 2000
)

// attune sets the border of answers by what customers asked of late.
func (a *App) attune(ctx context.Context) error {
	now := a.Now()
	list, err := asked(ctx, a.Store, now.AddDate(0, 0, -attuneDays), now, byArticles)
	if err != nil {
		return err
	}
	to, err := a.KB.Attune(ctx, list[max(0, len(list)-attuneMost):])
	if err == nil && to.Share > 0 {
		a.Log.Info("kb: attuned", "asked", to.Asked, "share", to.Share, "answer_at", to.AnswerAt)
	}
	return err
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
	return importArticles(ctx, store, fresh, now, kb.ByFolder)
}

// imported reports whether the newest revision that came from the folder is what the file says, or an import since then was:
// such an import may be edited or undone, and stays so until the file changes.
func imported(history []kb.Article, file kb.Article) bool {
	for _, r := range history {
		if r.Batch == "" && r.UpdatedBy != kb.ByFolder {
			continue
		}
		if same := kb.SameContent(r, file); same || r.Batch == "" {
			return same
		}
	}
	return false
}

// faulty tells that stored articles stand in for a folder with mistakes.
func (e *env) faulty(err error) {
	text := e.say("cli.kb.faulty", "cause", explain(e.voice(), err))
	if e.flags.Log == "json" {
		e.log().Error(text)
		return
	}
	fmt.Fprintln(e.err, "huiyin:", text)
}
