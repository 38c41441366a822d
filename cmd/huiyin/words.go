package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"huiyin/data"
	"huiyin/internal/config"
	"huiyin/kb"
)

// words are synonyms and user dictionary: the store keeps them, editors change them in the console, and files of the
// configured folder are taken over at the start and whenever they change.
type words struct {
	*kb.Synonyms
	tok    kb.Tokenizer // knows none
	store  kb.WordbookStore
	folder fs.FS // of synonyms.yaml and words.yaml
	sample bool  // the folder is the sample shop's: what an editor has changed is hers
	kb     func() *kb.Searcher
	taught chan struct{} // holds something when the intents have not learned the words yet

	mu     sync.Mutex
	failed string // hash of files with mistakes, told once
}

// openWords reads what the store keeps, or what the files say when they have changed since they were taken over.
func (a *App) openWords(ctx context.Context) error {
	w := &words{tok: a.NLP.Tokenizer, store: a.Store, kb: func() *kb.Searcher { return a.KB }, taught: make(chan struct{}, 1)}
	folder, err := fs.Sub(data.Files(), "shop")
	if err != nil {
		return err
	}
	w.folder, w.sample = folder, true
	if dir := a.Config.Bot.Knowledge; dir != "" {
		w.folder, w.sample = os.DirFS(dir), false
	}
	book, err := a.Store.Wordbook(ctx)
	if err == nil && book.Version == 0 {
		book, err = w.first(ctx, a)
	}
	if err == nil && (w.sample || !a.Stored) {
		book, _, err = w.takeOver(ctx, book)
	}
	if err != nil {
		return err
	}
	w.Synonyms = kb.NewTaught(w.tok, book)
	a.words = w
	return nil
}

// oldSynonyms is where an earlier version of the program kept what editors changed, below the data directory.
const oldSynonyms = "synonyms.yaml"

// first is the wordbook of a store that has none: what an earlier version kept in a file, if anything.
func (w *words) first(ctx context.Context, a *App) (kb.Wordbook, error) {
	var book kb.Wordbook
	name := filepath.Join(a.Data, oldSynonyms)
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return book, nil
	}
	if err != nil {
		return book, err
	}
	if book.Groups, err = kb.ReadSynonyms(name, raw); err != nil {
		return book, fmt.Errorf("%w: %w", config.ErrInvalid, err)
	}
	if _, book.Files, err = readWordbook(w.folder); err != nil {
		return book, fmt.Errorf("%w: %w", config.ErrInvalid, err)
	}
	book.UpdatedAt, book.UpdatedBy = a.Now().UTC(), kb.ByFolder
	if err := w.store.SaveWordbook(ctx, book); err != nil {
		return book, err
	}
	return w.store.Wordbook(ctx)
}

// readWordbook reads the files of a folder, either of which may be missing, and says which they were.
func readWordbook(folder fs.FS) (book kb.Wordbook, hash string, err error) {
	sum := sha256.New()
	read := func(name string, parse func(string, []byte) error) error {
		raw, err := fs.ReadFile(folder, name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d ", name, len(raw))
		_, _ = sum.Write(raw) // a hash does not fail
		return parse(name, raw)
	}
	err = errors.Join(
		read(kb.SynonymsFile, func(name string, raw []byte) (err error) {
			book.Groups, err = kb.ReadSynonyms(name, raw)
			return err
		}),
		read(kb.WordsFile, func(name string, raw []byte) (err error) {
			book.Words, err = kb.ReadWords(name, raw)
			return err
		}))
	return book, hex.EncodeToString(sum.Sum(nil)[:8]), err
}

// wordbookIn reads the files of a folder; nil when it has neither.
func wordbookIn(folder fs.FS) (*kb.Wordbook, error) {
	found := false
	for _, name := range []string{kb.SynonymsFile, kb.WordsFile} {
		if _, err := fs.Stat(folder, name); err == nil {
			found = true
		}
	}
	if !found {
		return nil, nil
	}
	book, hash, err := readWordbook(folder)
	book.Files = hash
	return &book, err
}

// takeOver stores what the files say when they have changed since the last time, and returns what is in force.
func (w *words) takeOver(ctx context.Context, book kb.Wordbook) (now kb.Wordbook, changed bool, err error) {
	next, hash, err := readWordbook(w.folder)
	if err != nil {
		return book, false, fmt.Errorf("%w: %w", config.ErrInvalid, err)
	}
	if hash == book.Files || w.sample && book.UpdatedBy != "" {
		return book, false, nil
	}
	next.Version, next.Files = book.Version, hash
	if err := w.store.SaveWordbook(ctx, next); err != nil {
		return book, false, err
	}
	next.Version++
	return next, true, nil
}

// Refresh takes over files that have changed. Mistakes in them are returned once; what was in force stays.
func (w *words) Refresh(ctx context.Context) (changed bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, hash, err := readWordbook(w.folder)
	if err != nil && hash == w.failed {
		return false, nil
	}
	w.failed = ""
	if err != nil {
		w.failed = hash
		return false, err
	}
	book, err := w.store.Wordbook(ctx)
	if err != nil {
		return false, err
	}
	if book, changed, err = w.takeOver(ctx, book); err != nil || !changed {
		return false, err
	}
	return true, w.apply(ctx, book)
}

// Wordbook implements console.Words.
func (w *words) Wordbook(ctx context.Context) (kb.Wordbook, error) { return w.store.Wordbook(ctx) }

// With implements console.Words.
func (w *words) With(b kb.Wordbook) kb.Tokenizer { return kb.NewTaught(w.tok, b) }

// Save implements console.Words: first in the store, then in searches.
func (w *words) Save(ctx context.Context, b kb.Wordbook) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.store.SaveWordbook(ctx, b); err != nil {
		return err
	}
	return w.apply(ctx, b)
}

// apply puts a wordbook in force: at once in searches, and in the background in intents, which must be trained.
func (w *words) apply(ctx context.Context, b kb.Wordbook) error {
	w.Teach(b)
	select {
	case w.taught <- struct{}{}:
	default: // they will learn these, too
	}
	return w.kb().Reload(ctx)
}

// learnWords trains the intents anew whenever words were taught that they do not know, until ctx ends; it returns nil then.
func (a *App) learnWords(ctx context.Context) error {
	for {
		select {
		case <-a.words.taught:
		case <-ctx.Done():
			return nil
		}
		if err := a.dialogue.Reload(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("the intents could not learn the words of the dictionary; they read texts as before", "error", err)
		}
	}
}

// dueWords takes over changed files while the program runs.
func (a *App) dueWords(ctx context.Context) error {
	if a.Stored {
		return nil
	}
	changed, err := a.words.Refresh(ctx)
	if changed {
		a.Log.Info("changed synonyms or words are in force")
	}
	return err
}
