package kb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/nlp"
)

// watched is a real index whose building can be held up, whose searches can fail, and whose builds are counted.
type watched struct {
	*index.Index
	gate   chan struct{} // nil: open
	taken  func()        // called when a build has taken all articles; nil: nothing
	builds atomic.Int32
	broken atomic.Bool
}

func (w *watched) Replace(ctx context.Context, docs iter.Seq[kb.Doc], snapshot func(io.Writer) error) error {
	w.builds.Add(1)
	if w.gate != nil {
		select {
		case <-w.gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return w.Index.Replace(ctx, func(yield func(kb.Doc) bool) {
		docs(yield)
		if w.taken != nil {
			w.taken()
		}
	}, snapshot)
}

func (w *watched) Candidates(ctx context.Context, terms []kb.Term, limit int) ([]kb.Scored, error) {
	if w.broken.CompareAndSwap(true, false) {
		return nil, fmt.Errorf("%w: a page cannot be read", kb.ErrStale)
	}
	return w.Index.Candidates(ctx, terms, limit)
}

// many articles: more than are looked through without an index.
func many(n int) []kb.Article {
	var out []kb.Article
	for i := range n {
		out = append(out, article(fmt.Sprintf("a%d.en", i), fmt.Sprintf("how do I use gadget%d at home", i), "Press it.", fmt.Sprintf("gadget%d manual", i)))
	}
	return out
}

func assemble(store kb.Store, x kb.Index, now func() time.Time) *kb.Searcher {
	return kb.NewSearcher(kb.Config{Store: store, Tokenizer: letters{}, Now: now, Index: x})
}

func fixed() time.Time { return noon }

// TestWhileTheIndexIsBuilt: until the index of a large base is there, a question that stands in an article is answered,
// also one that was added meanwhile; then every question is.
func TestWhileTheIndexIsBuilt(t *testing.T) {
	store := newStore(t, many(1100)...)
	x := &watched{Index: index.New(index.Config{Dir: t.TempDir()}), gate: make(chan struct{})}
	s := assemble(store, x, fixed)
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, text := range []string{"How do I use gadget77 at home?", "Gadget77 manual!"} {
		if a := search(t, s, text, nlp.LangEnglish); a.Decision != kb.DecideAnswer || top(a) != "a77.en" {
			t.Errorf("%q: %s %s", text, a.Decision, top(a))
		}
	}
	if a := search(t, s, "gadget77 use", nlp.LangEnglish); a.Decision != kb.DecideNothing {
		t.Errorf("another wording, without an index: %s", a.Decision)
	}
	if _, err := store.SaveArticles(t.Context(), []kb.Article{article("new.en", "where are the spare lamps", "Here.")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := top(search(t, s, "where are the spare lamps", nlp.LangEnglish)); got != "new.en" {
		t.Errorf("added while the index is built: %q", got)
	}
	close(x.gate)
	<-s.Ready()
	for text, want := range map[string]kb.ArticleID{"gadget77 use": "a77.en", "spare lamps": "new.en"} {
		if got := top(search(t, s, text, nlp.LangEnglish)); got != want {
			t.Errorf("%q with the index: %q, want %q", text, got, want)
		}
	}
}

// TestIndexThatBreaksIsRebuilt: a search that finds the index broken is answered from the articles, and the index is
// built anew while searches go on.
func TestIndexThatBreaksIsRebuilt(t *testing.T) {
	x := &watched{Index: index.New(index.Config{Dir: t.TempDir()})}
	s := assemble(newStore(t, shop()...), x, fixed)
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-s.Ready()
	x.broken.Store(true)
	if got := top(search(t, s, "send it back please", nlp.LangEnglish)); got != "returns.en" {
		t.Errorf("by the broken index: %q", got)
	}
	if err := s.Close(); err != nil { // waits for what runs in the background
		t.Fatal(err)
	}
	if n := x.builds.Load(); n != 2 {
		t.Errorf("built %d times, want 2", n)
	}
}

// TestChangesShowAtOnce: what Refresh has seen, the next search shows, without anything being built anew; what is scheduled
// shows when its time comes, without even that.
func TestChangesShowAtOnce(t *testing.T) {
	store := newStore(t, many(1500)...)
	x := &watched{Index: index.New(index.Config{Dir: t.TempDir()})}
	now := noon
	s := assemble(store, x, func() time.Time { return now })
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	<-s.Ready()
	save := func(a kb.Article) kb.Article {
		t.Helper()
		saved, err := store.SaveArticles(t.Context(), []kb.Article{a})
		if err == nil {
			err = s.Refresh(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		return saved[0]
	}
	expect := func(step, text string, want kb.ArticleID) {
		t.Helper()
		a := search(t, s, text, nlp.LangEnglish)
		if got := top(a); a.Decision == kb.DecideAnswer && got != want || want != "" && got != want {
			t.Errorf("%s: %q is %s by %q, want %q", step, text, a.Decision, got, want)
		}
	}
	lamp := save(article("lamp.en", "Which bulbs fit the reading lantern?", "E14."))
	expect("added", "bulbs for the lantern", "lamp.en")
	lamp.Title = "Which candles fit the chandelier?"
	lamp = save(lamp)
	expect("edited", "candles for the chandelier", "lamp.en")
	expect("edited", "bulbs reading lantern", "")
	lamp.From = noon.Add(time.Hour)
	lamp = save(lamp)
	expect("scheduled", "candles for the chandelier", "")
	now = noon.Add(time.Hour)
	expect("its time has come", "candles for the chandelier", "lamp.en")
	lamp.Status = kb.Archived
	save(lamp)
	expect("archived", "candles for the chandelier", "")
	if n := x.builds.Load(); n != 1 {
		t.Errorf("built %d times, want once", n)
	}
}

// TestManyChangesAreBuiltIn: when more has changed than a delta is meant for, the next start builds anew.
func TestManyChangesAreBuiltIn(t *testing.T) {
	store, dir := newStore(t, many(1200)...), t.TempDir()
	if err := open(t, store, dir).Close(); err != nil {
		t.Fatal(err)
	}
	all, _ := store.Articles(t.Context())
	for i := range all[:600] {
		all[i].Body = "Turn it."
	}
	if _, err := store.SaveArticles(t.Context(), all[:600]); err != nil {
		t.Fatal(err)
	}
	x := &watched{Index: index.New(index.Config{Dir: dir, Fingerprint: "letters"})}
	s := assemble(store, x, fixed)
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-s.Ready()
	if got := search(t, s, "gadget5 manual", nlp.LangEnglish); len(got.Hits) == 0 || got.Hits[0].Revision == 0 || x.builds.Load() != 1 {
		t.Errorf("built %d times, %+v", x.builds.Load(), got.Hits)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

// TestWordsTaughtWhileTheIndexIsBuilt: words that change during a rebuild count in all articles when it is over, whenever
// they came.
func TestWordsTaughtWhileTheIndexIsBuilt(t *testing.T) {
	buds := article("buds.en", "My Echo Bud does not charge", "Clean the case.")
	near := article("bud.en", "echo", "The echo of a wall.", "a bud of the echo plant")
	tok := kb.NewTaught(letters{}, kb.Wordbook{})
	x := &watched{Index: index.New(index.Config{Dir: t.TempDir(), Words: tok.Fingerprint})}
	taken, taught := make(chan struct{}), make(chan struct{})
	x.taken = func() {
		if x.builds.Load() == 1 {
			taken <- struct{}{}
			<-taught
		}
	}
	s := kb.NewSearcher(kb.Config{Store: newStore(t, near, buds), Tokenizer: tok, Now: fixed, Index: x})
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	<-taken // every article has been analysed with the words of before
	tok.Teach(kb.Wordbook{Words: []string{"Echo Bud"}})
	err := s.Reload(t.Context())
	close(taught)
	if err != nil {
		t.Fatal(err)
	}
	<-s.Ready()
	if a := search(t, s, "my echo bud", nlp.LangEnglish); x.builds.Load() != 2 || top(a) != "buds.en" || !slices.Contains(a.Trace.Terms, "echobud") {
		t.Errorf("built %d times, want 2: %+v", x.builds.Load(), a.Hits)
	}
}

// TestReloadedIndexIsOpenedAgain: after words have changed while the program ran, the next start opens what is on disk.
func TestReloadedIndexIsOpenedAgain(t *testing.T) {
	dir, store := t.TempDir(), newStore(t, shop()...)
	start := func(book kb.Wordbook) (*kb.Searcher, *kb.Synonyms, *watched) {
		tok := kb.NewTaught(letters{}, book)
		x := &watched{Index: index.New(index.Config{Dir: dir, Words: tok.Fingerprint})}
		s := kb.NewSearcher(kb.Config{Store: store, Tokenizer: tok, Now: fixed, Index: x})
		if err := s.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-s.Ready()
		return s, tok, x
	}
	s, tok, _ := start(kb.Wordbook{})
	book := kb.Wordbook{Words: []string{"customs duty"}}
	tok.Teach(book)
	if err := errors.Join(s.Reload(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		book  kb.Wordbook
		built int32
	}{{book, 0}, {kb.Wordbook{}, 1}} {
		s, _, x := start(c.book)
		if n := x.builds.Load(); n != c.built {
			t.Errorf("words %q: built %d times, want %d", c.book.Words, n, c.built)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
