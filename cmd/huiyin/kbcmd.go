package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"huiyin/internal/printable"
	"huiyin/kb"
	"huiyin/kb/importer"
	"huiyin/store/open"
)

// kbCmd looks after the knowledge base.
type kbCmd struct {
	Import  kbImport  `cmd:"" help:"Import articles from Markdown, CSV, Excel, JSON lines, HTML, Word or a web page; all of it or nothing."`
	Undo    kbUndo    `cmd:"" help:"Take the last import back: articles, synonyms and words."`
	Export  kbExport  `cmd:"" help:"Export all articles as Markdown files or one CSV file."`
	Check   kbCheck   `cmd:"" help:"Look for duplicates, missing translations and questions that find the wrong article."`
	Search  kbSearch  `cmd:"" help:"Ask a question and see what is found."`
	Explain kbExplain `cmd:"" help:"Ask a question and see why: terms, scores, the decision."`
	Gaps    kbGaps    `cmd:"" help:"List questions that had no answer."`
	Replay  kbReplay  `cmd:"" help:"Ask last week's questions again and list what is answered differently."`
}

// withKB opens the store and the knowledge base over it.
func (e *env) withKB(do func(ctx context.Context, s open.Store, k *kb.Searcher) error) error {
	return e.withArticles(func(ctx context.Context, app *App) error { return do(ctx, app.Store, app.KB) })
}

// withArticles is withEditor for commands that look at stored articles: when there are none yet, it says how they get there.
func (e *env) withArticles(do func(ctx context.Context, app *App) error) error {
	return e.withEditor(func(ctx context.Context, app *App) error {
		articles, err := app.Store.Articles(ctx)
		if err != nil {
			return err
		}
		if len(articles) == 0 {
			fmt.Fprintln(e.err, e.say("cli.kb.empty", "folder", app.Config.Bot.Knowledge))
		}
		if err := app.attune(ctx); err != nil { // as customers are answered
			return err
		}
		return do(ctx, app)
	})
}

// withEditor opens the store, the knowledge base and its words. A configured folder is left alone: what is stored counts.
func (e *env) withEditor(do func(ctx context.Context, app *App) error) error {
	cfg, file, err := e.config()
	if err != nil {
		return err
	}
	app := &App{appOptions: appOptions{Config: cfg, File: file, Data: e.flags.Data, Log: e.quiet(), Now: e.now, Stored: true}}
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
	if err := app.openWords(e.ctx); err != nil {
		return err
	}
	if err := app.openKB(e.ctx); err != nil {
		return err
	}
	select {
	case <-app.KB.Ready(): // a large base may be indexed first
	case <-e.ctx.Done():
		return e.ctx.Err()
	}
	return do(e.ctx, app)
}

type kbImport struct {
	From     string `arg:"" help:"Folder of Markdown files, or a .md, .csv, .tsv, .xlsx, .jsonl, .html, .docx or .zip file, or an https:// address."`
	DryRun   bool   `help:"Only say what would change, and which answers."`
	Encoding string `help:"Encoding of the text: utf-8, utf-16, gbk, big5 or windows-1252. Default: found out." placeholder:"E"`
	Split    bool   `help:"Pages and documents: one article for each heading."`
	Category string `help:"Category of articles from pages and documents." placeholder:"C"`
	Force    string `help:"Import although golden questions break, for this reason." placeholder:"REASON"`
}

// Run saves everything or nothing.
func (c *kbImport) Run(e *env) error {
	articles, err := c.read(e.ctx)
	if err != nil {
		return err
	}
	return e.withEditor(func(ctx context.Context, app *App) error {
		plan, err := app.publisher().Plan(ctx, articles)
		if err != nil {
			return err
		}
		book, err := c.planWords(ctx, app)
		if err != nil {
			return err
		}
		e.tell("kb.plan.counts", "new", plan.New, "changed", plan.Changed, "same", plan.Same)
		if book != nil {
			e.tell("cli.kb.words", "groups", len(book.Groups), "words", len(book.Words))
		}
		if c.DryRun {
			return c.show(e, plan)
		}
		plan.Words = book
		return c.store(ctx, e, app.publisher(), plan)
	})
}

// show writes what an import would change.
func (c *kbImport) show(e *env, plan kb.Plan) error {
	if err := e.writePlan(plan); err != nil || plan.New+plan.Changed == 0 {
		return err
	}
	return kb.WriteRehearsal(e.out, wordsOf(e.voice()), plan.Rehearsal)
}

// store imports what was planned.
func (c *kbImport) store(ctx context.Context, e *env, p *kb.Publisher, plan kb.Plan) error {
	saved, r, err := p.Import(ctx, plan, kb.Signed{By: kb.ByCommand, Note: c.From, Force: c.Force})
	if errors.Is(err, kb.ErrGolden) {
		return wrong(kb.ErrGolden, "cli.kb.golden", "n", len(r.Broken), "golden", r.Golden)
	}
	if err == nil && len(r.Changed) > 0 {
		e.tell("cli.kb.answers", "n", len(r.Changed), "asked", r.Asked)
	}
	if err == nil && (len(saved) > 0 || plan.Words != nil) {
		e.tell("cli.kb.undo")
	}
	return err
}

// planWords is the wordbook that a folder holds besides articles, if it differs from what is in force; nil: none does. What
// breaks golden questions needs --force, as with articles.
func (c *kbImport) planWords(ctx context.Context, app *App) (*kb.Wordbook, error) {
	if info, err := os.Stat(c.From); err != nil || !info.IsDir() {
		return nil, nil
	}
	book, err := wordbookIn(os.DirFS(c.From))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	now, err := app.words.Wordbook(ctx)
	if err != nil || book == nil || book.Same(now) {
		return nil, err
	}
	r, err := app.publisher().RehearseWords(ctx, app.words.With(*book))
	if err != nil {
		return nil, err
	}
	if !r.Safe() && c.Force == "" {
		return nil, wrong(kb.ErrGolden, "cli.kb.golden.words", "n", len(r.Broken), "golden", r.Golden)
	}
	book.Version = now.Version
	if !sameFolder(c.From, app.Config.Bot.Knowledge) { // of which the next start would take the files over otherwise
		book.Files = now.Files
	}
	return book, nil
}

// sameFolder reports whether two names are of one folder.
func sameFolder(a, b string) bool {
	one, errOne := os.Stat(a)
	other, errOther := os.Stat(b)
	return errors.Join(errOne, errOther) == nil && os.SameFile(one, other)
}

// read reads the articles; every mistake is named with its file and line.
func (c *kbImport) read(ctx context.Context) ([]kb.Article, error) {
	o := importer.Options{Encoding: c.Encoding, Split: c.Split, Category: c.Category}
	var articles []kb.Article
	var err error
	if strings.Contains(c.From, "://") {
		var file importer.File
		if file, err = importer.NewFetcher(importer.FetcherOptions{}).Fetch(ctx, c.From); err == nil {
			articles, err = importer.Read(file, o)
		}
	} else {
		articles, err = importer.ReadPath(c.From, o)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return articles, nil
}

// readArticles reads a folder or a file of edited articles.
func readArticles(ctx context.Context, from string) ([]kb.Article, error) {
	return (&kbImport{From: from}).read(ctx)
}

// writePlan lists what an import would change, field by field.
func (e *env) writePlan(plan kb.Plan) error {
	var b strings.Builder
	for _, row := range plan.Rows {
		switch {
		case row.Same:
		case row.Stored == nil:
			fmt.Fprintf(&b, "  %s  %s  %s\n", e.say("kb.plan.new"), row.Article.ID, printable.Line(row.Article.Title))
		default:
			var fields []string
			for _, f := range kb.Difference(*row.Stored, row.Article) {
				fields = append(fields, f.Field)
			}
			fmt.Fprintf(&b, "  %s  %s  %s (%s)\n", e.say("kb.plan.changed"), row.Article.ID, printable.Line(row.Article.Title), strings.Join(fields, ", "))
		}
	}
	_, err := io.WriteString(e.out, printable.Text(b.String()))
	return err
}

type kbUndo struct{}

// Run takes the last import back.
func (*kbUndo) Run(e *env) error {
	return e.withEditor(func(ctx context.Context, app *App) error {
		p := app.publisher()
		last, err := p.LastImport(ctx)
		if errors.Is(err, kb.ErrNoImport) {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		if err != nil {
			return err
		}
		if _, err := p.UndoImport(ctx, last.Batch, kb.Signed{By: kb.ByCommand}); err != nil {
			return err
		}
		e.undone(last, app.Config.location())
		return nil
	})
}

// undone tells what an undo did, in the shop's time.
func (e *env) undone(last kb.LastImport, zone *time.Location) {
	by := last.By
	if by == kb.ByCommand {
		by = e.say("cli.kb.here")
	}
	e.tell("cli.kb.undone", "at", last.At.In(zone).Format("2006-01-02 15:04"), "by", by)
	count := func(n int, key string) {
		if n > 0 {
			e.tell(key, "n", n)
		}
	}
	count(len(last.Articles)-last.New, "cli.kb.undone.changed")
	count(last.New, "cli.kb.undone.new")
	count(len(last.Edited), "cli.kb.undone.edited")
	if last.Words {
		e.tell("cli.kb.undone.words")
	}
}

type kbExport struct {
	To string `arg:"" help:"Folder for Markdown files, or a file ending in .csv."`
}

// Run writes what a later import reads back exactly.
func (c *kbExport) Run(e *env) error {
	write := c.folder
	if ext := strings.ToLower(filepath.Ext(c.To)); ext == ".csv" {
		write = c.table
	} else if info, err := os.Stat(c.To); err == nil && !info.IsDir() || err != nil && slices.Contains(noFolders(), ext) {
		return wrong(errUsage, "cli.kb.export", "to", c.To)
	}
	return e.withData(func(_ Config, s open.Store) error {
		articles, err := s.Articles(e.ctx)
		if err != nil {
			return err
		}
		if err := write(e.ctx, s, articles); err != nil {
			return err
		}
		e.tell("cli.kb.exported", "n", len(articles), "to", c.To)
		return nil
	})
}

// noFolders are endings of names that nobody gives to a new folder.
func noFolders() []string {
	return append(importer.Formats(), ".txt", ".json", ".xls", ".doc", ".pdf", ".yaml", ".yml", ".tar", ".gz", ".markdown")
}

func (c *kbExport) table(_ context.Context, _ open.Store, articles []kb.Article) error {
	f, err := os.Create(c.To)
	if err != nil {
		return err
	}
	return errors.Join(kb.WriteCSV(f, articles), f.Close())
}

func (c *kbExport) folder(ctx context.Context, s open.Store, articles []kb.Article) error {
	if err := c.words(ctx, s); err != nil {
		return err
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
	return nil
}

// words writes synonyms and user dictionary beside the articles.
func (c *kbExport) words(ctx context.Context, s kb.WordbookStore) error {
	book, err := s.Wordbook(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.To, 0o755); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(filepath.Join(c.To, kb.SynonymsFile), kb.FormatSynonyms(book.Groups), 0o644),
		os.WriteFile(filepath.Join(c.To, kb.WordsFile), kb.FormatWords(book.Words), 0o644))
}

// sentence joins the words of a question, which a shell takes apart when they are not quoted.
func sentence(words []string) (string, error) {
	text := strings.TrimSpace(strings.Join(words, " "))
	if text == "" {
		return "", wrong(errUsage, "cli.kb.question")
	}
	return text, nil
}
