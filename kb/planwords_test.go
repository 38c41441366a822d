package kb_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"huiyin/kb"
	"huiyin/store/mem"
)

// keeper keeps words in a store and counts how often they were applied. Saving fails while refuse is set; what is saved is
// stored and not applied while broken is set, as when articles cannot be analysed anew.
type keeper struct {
	kb.WordbookStore
	applied        int
	refuse, broken error
}

func (k *keeper) Save(ctx context.Context, b kb.Wordbook) error {
	if k.refuse != nil {
		return k.refuse
	}
	if err := k.SaveWordbook(ctx, b); err != nil {
		return err
	}
	if k.broken != nil {
		return k.broken
	}
	k.applied++
	return nil
}

// wordsroom is a newsroom whose imports may bring words.
func wordsroom(t *testing.T) (*newsroom, *keeper) {
	t.Helper()
	store := mem.New(mem.Options{})
	n := newNewsroomOver(t, store, shop()...)
	k := &keeper{WordbookStore: store}
	n.Publisher = kb.NewPublisher(kb.PublisherConfig{Store: store, Searcher: n.Searcher(), Words: k, Now: clockOf(n)})
	if err := k.Save(t.Context(), kb.Wordbook{Words: []string{"echo bud"}, Groups: [][]string{{"退货", "return"}}, UpdatedBy: "mei"}); err != nil {
		t.Fatal(err)
	}
	return n, k
}

// words are those in force.
func (k *keeper) words(t *testing.T) []string {
	t.Helper()
	return must(k.Wordbook(t.Context()))(t).Words
}

// importing stores articles with words over those in force, a minute later.
func importing(t *testing.T, n *newsroom, k *keeper, words []string, articles ...kb.Article) {
	t.Helper()
	n.now = n.now.Add(time.Minute)
	plan := must(n.Plan(t.Context(), articles))(t)
	plan.Words = &kb.Wordbook{Version: must(k.Wordbook(t.Context()))(t).Version, Words: words}
	if _, _, err := n.Import(t.Context(), plan, kb.Signed{By: "lin"}); err != nil {
		t.Fatal(err)
	}
}

// TestUndoTakesWordsBack: an undo brings back the words before an import, whatever happened around it, but not over words
// that somebody has saved since.
func TestUndoTakesWordsBack(t *testing.T) {
	gift := article("gift.en", "Do you wrap gifts?", "Yes.")
	for _, tc := range []struct {
		name     string
		articles []kb.Article
		since    func(t *testing.T, n *newsroom, k *keeper)
		words    bool // LastImport says so
		want     []string
	}{
		{"words and an article", []kb.Article{gift}, nil, true, []string{"echo bud"}},
		{"words alone", nil, nil, true, []string{"echo bud"}},
		{"an editor saved words since", []kb.Article{gift}, func(t *testing.T, _ *newsroom, k *keeper) {
			book := must(k.Wordbook(t.Context()))(t)
			if err := k.Save(t.Context(), kb.Wordbook{Version: book.Version, Words: []string{"hers"}}); err != nil {
				t.Fatal(err)
			}
		}, false, []string{"hers"}},
		{"an editor changed the article since", []kb.Article{gift}, func(t *testing.T, n *newsroom, _ *keeper) {
			a := n.article(t, "gift.en")
			a.Body = "No."
			must(first(n.Save(t.Context(), []kb.Article{a}, kb.Signed{By: "mei"})))(t)
		}, true, []string{"echo bud"}},
		{"the undo was cut off before the words", []kb.Article{gift}, func(t *testing.T, n *newsroom, k *keeper) {
			k.refuse = errors.New("the disk is full")
			last := must(n.LastImport(t.Context()))(t)
			if _, err := n.UndoImport(t.Context(), last.Batch, kb.Signed{}); !errors.Is(err, k.refuse) {
				t.Errorf("undone without the words: %v", err)
			}
			k.refuse = nil
		}, true, []string{"echo bud"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n, k := wordsroom(t)
			importing(t, n, k, []string{"new word"}, tc.articles...)
			if got := k.words(t); !slices.Equal(got, []string{"new word"}) {
				t.Fatalf("after the import: %v", got)
			}
			if tc.since != nil {
				tc.since(t, n, k)
			}
			last := must(n.LastImport(t.Context()))(t)
			if last.Words != tc.words || last.By != "lin" {
				t.Errorf("the last import: %+v", last)
			}
			if _, err := n.UndoImport(t.Context(), last.Batch, kb.Signed{By: "mei"}); err != nil {
				t.Fatal(err)
			}
			book := must(k.Wordbook(t.Context()))(t)
			if !slices.Equal(book.Words, tc.want) || book.Replaced != nil {
				t.Errorf("after the undo: %+v", book)
			}
			if last, err := n.LastImport(t.Context()); len(last.Articles) > 0 || last.Words || err != nil && !errors.Is(err, kb.ErrNoImport) {
				t.Errorf("there is more to undo: %+v, %v", last, err)
			}
		})
	}
}

// TestImportPutsWordsBack: articles that are refused leave the words as they were.
func TestImportPutsWordsBack(t *testing.T) {
	n, k := wordsroom(t)
	plan := must(n.Plan(t.Context(), []kb.Article{article("gift.en", "Do you wrap gifts?", "Yes.")}))(t)
	must(first(n.Save(t.Context(), []kb.Article{article("gift.en", "Gifts", "No.")}, kb.Signed{})))(t) // somebody was faster
	plan.Words = &kb.Wordbook{Version: 1, Words: []string{"new word"}}
	if _, _, err := n.Import(t.Context(), plan, kb.Signed{}); !errors.Is(err, kb.ErrConflict) {
		t.Fatalf("got %v", err)
	}
	book := must(k.Wordbook(t.Context()))(t)
	if !slices.Equal(book.Words, []string{"echo bud"}) || len(book.Groups) != 1 || k.applied != 3 {
		t.Errorf("%+v, applied %d times", book, k.applied)
	}
}

// TestUndoTakesWordsBackTwice: each undo brings back the words before its import, and says whose it was.
func TestUndoTakesWordsBackTwice(t *testing.T) {
	n, k := wordsroom(t)
	importing(t, n, k, []string{"first"})
	importing(t, n, k, []string{"second"}, article("gift.en", "Do you wrap gifts?", "Yes."))
	for _, want := range []string{"first", "echo bud"} {
		last := must(n.LastImport(t.Context()))(t)
		if !last.Words || last.By != "lin" || last.Batch != last.At.UTC().Format("20060102T150405.000000000Z") {
			t.Errorf("before %q: %+v", want, last)
		}
		if _, err := n.UndoImport(t.Context(), last.Batch, kb.Signed{By: "mei"}); err != nil {
			t.Fatal(err)
		}
		if got := k.words(t); !slices.Equal(got, []string{want}) {
			t.Errorf("got %v, want %s", got, want)
		}
	}
	if last, err := n.LastImport(t.Context()); !errors.Is(err, kb.ErrNoImport) {
		t.Errorf("there is more to undo: %+v, %v", last, err)
	}
}

// TestWordsOfManyImports: the words before the last ten imports are kept, not those of all; the eleventh undo says that they stay.
func TestWordsOfManyImports(t *testing.T) {
	n, k := wordsroom(t)
	for i := range 13 {
		importing(t, n, k, []string{fmt.Sprint("word ", i)}, article(fmt.Sprintf("gift%d.en", i), "Do you wrap gifts?", fmt.Sprint("Yes ", i)))
	}
	for i := 12; i >= 0; i-- {
		last := must(n.LastImport(t.Context()))(t)
		if kept := i > 2; last.Words != kept || len(last.Articles) != 1 {
			t.Errorf("import %d: %+v", i, last)
		}
		if _, err := n.UndoImport(t.Context(), last.Batch, kb.Signed{}); err != nil {
			t.Fatal(err)
		}
		if got, want := k.words(t), fmt.Sprint("word ", max(i-1, 2)); !slices.Equal(got, []string{want}) {
			t.Errorf("import %d undone: %v, want %s", i, got, want)
		}
	}
}

// TestImportWithWordsThatCannotBeApplied: words that are stored and cannot be applied are taken out of the store again, and no
// article is imported; what somebody else saved meanwhile is not touched.
func TestImportWithWordsThatCannotBeApplied(t *testing.T) {
	n, k := wordsroom(t)
	plan := must(n.Plan(t.Context(), []kb.Article{article("gift.en", "Do you wrap gifts?", "Yes.")}))(t)
	plan.Words = &kb.Wordbook{Version: 1, Words: []string{"new word"}}
	k.broken = errors.New("an article cannot be analysed")
	if _, _, err := n.Import(t.Context(), plan, kb.Signed{}); !errors.Is(err, k.broken) {
		t.Fatalf("got %v", err)
	}
	if got := k.words(t); !slices.Equal(got, []string{"echo bud"}) {
		t.Errorf("left in the store: %v", got)
	}
	if _, err := n.Store().Article(t.Context(), "gift.en"); !errors.Is(err, kb.ErrNotFound) {
		t.Errorf("the article: %v", err)
	}
	k.broken = nil
	if err := k.Save(t.Context(), kb.Wordbook{Version: must(k.Wordbook(t.Context()))(t).Version, Words: []string{"hers"}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := n.Import(t.Context(), plan, kb.Signed{}); !errors.Is(err, kb.ErrConflict) { // the plan is older
		t.Errorf("got %v", err)
	}
	if got := k.words(t); !slices.Equal(got, []string{"hers"}) {
		t.Errorf("another editor's words gave way to %v", got)
	}
}

// TestImportOfWordsThatNobodyKeeps: without a WordKeeper a plan with words is refused before anything is stored.
func TestImportOfWordsThatNobodyKeeps(t *testing.T) {
	n := newNewsroomOver(t, mem.New(mem.Options{}), shop()...)
	plan := must(n.Plan(t.Context(), []kb.Article{article("gift.en", "Do you wrap gifts?", "Yes.")}))(t)
	plan.Words = &kb.Wordbook{Words: []string{"new word"}}
	if _, _, err := n.Import(t.Context(), plan, kb.Signed{}); err == nil {
		t.Error("no error")
	}
	if _, err := n.Store().Article(t.Context(), "gift.en"); !errors.Is(err, kb.ErrNotFound) {
		t.Errorf("the article: %v", err)
	}
}
