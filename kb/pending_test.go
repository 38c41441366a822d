package kb_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/nlp"
)

// propose puts another text beside an article.
func (n *newsroom) propose(t *testing.T, id kb.ArticleID, body string, status kb.Status) kb.Article {
	t.Helper()
	change := n.article(t, id).Working()
	change.Body, change.Status = body, status
	saved, _, err := n.Propose(t.Context(), change, kb.Signed{By: "mei", Note: "new rule"})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func (n *newsroom) says(t *testing.T, question string) kb.Hit {
	t.Helper()
	a := search(t, n.Searcher(), question, nlp.LangEnglish)
	if len(a.Hits) == 0 {
		t.Fatalf("%q finds nothing", question)
	}
	return a.Hits[0]
}

// TestDraftBesideALiveArticle: customers get what is published until the change is, and the citation of what they got says
// from which revision it was.
func TestDraftBesideALiveArticle(t *testing.T) {
	n := newNewsroom(t, shop()...)
	const id, question = "returns.en", "How do I return an item?"
	published := n.article(t, id)
	n.asked = []kb.Query{{Text: question, Lang: nlp.LangEnglish}}

	draft := n.propose(t, id, "Within 15 days.", kb.Draft)
	if draft.Status != kb.Published || draft.Body != published.Body || draft.Pending == nil || draft.Pending.Body != "Within 15 days." || draft.Revision != 2 || draft.UpdatedBy != "mei" {
		t.Fatalf("%+v", draft)
	}
	if got := n.says(t, question); got.Text != published.Body {
		t.Errorf("customers get the draft: %q", got.Text)
	}
	if work := n.article(t, id).Working(); work.Body != "Within 15 days." || work.Status != kb.Draft || work.Revision != 2 || work.Pending != nil {
		t.Errorf("editors work on %+v", work)
	}
	if !draft.TextAt.Equal(published.TextAt) {
		t.Error("the draft made the translation look late")
	}

	review := n.propose(t, id, "Within 30 days.", kb.Review)
	if review.Pending.Status != kb.Review || n.says(t, question).Text != published.Body {
		t.Errorf("%+v", review.Pending)
	}
	if diff := kb.Difference(n.article(t, id), n.article(t, id).Working()); !slices.ContainsFunc(diff, func(f kb.FieldChange) bool { return f.Field == "body" }) {
		t.Errorf("no difference to look at: %+v", diff)
	}
	work := n.article(t, id).Working()
	work.Status = kb.Published
	r, err := n.Rehearse(t.Context(), []kb.Article{work})
	if err != nil || len(r.Changed) != 1 || r.Changed[0].Kind != kb.ChangeText {
		t.Errorf("rehearsing the draft: %v, %+v", err, r)
	}
	saved, _, err := n.Save(t.Context(), []kb.Article{work}, kb.Signed{By: "lin"})
	if err != nil || saved[0].Pending != nil || saved[0].Revision != 4 {
		t.Fatalf("%v, %+v", err, saved)
	}
	if got := n.says(t, question); got.Text != "Within 30 days." || got.Revision != 4 {
		t.Errorf("customers get %+v", got)
	}
}

func TestDraftBesideIsGuarded(t *testing.T) {
	n := newNewsroom(t, shop()...)
	const id = "returns.en"
	old := n.article(t, id)
	n.propose(t, id, "Within 15 days.", kb.Draft)
	t.Run("two editors", func(t *testing.T) {
		old.Body, old.Status = "Within 3 days.", kb.Draft
		if _, _, err := n.Propose(t.Context(), old, kb.Signed{}); !errors.Is(err, kb.ErrConflict) {
			t.Errorf("a draft was overwritten: %v", err)
		}
		if _, err := n.Discard(t.Context(), id, old.Revision, kb.Signed{}); !errors.Is(err, kb.ErrConflict) {
			t.Errorf("an unread draft was dropped: %v", err)
		}
	})
	t.Run("nothing to put it beside", func(t *testing.T) {
		a := article("new.en", "Brand new", "x")
		a.Status = kb.Draft
		if _, _, err := n.Propose(t.Context(), a, kb.Signed{}); !errors.Is(err, kb.ErrNotFound) {
			t.Errorf("%v", err)
		}
		if _, _, err := n.Save(t.Context(), []kb.Article{a}, kb.Signed{}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := n.Propose(t.Context(), n.article(t, "new.en"), kb.Signed{}); !errors.Is(err, kb.ErrInvalid) {
			t.Errorf("%v", err)
		}
	})
	t.Run("incomplete, or to be shown at once", func(t *testing.T) {
		a := n.article(t, id).Working()
		a.Title = ""
		if _, _, err := n.Propose(t.Context(), a, kb.Signed{}); !errors.Is(err, kb.ErrInvalid) || !strings.Contains(err.Error(), "title") {
			t.Errorf("%v", err)
		}
		a = n.article(t, id).Working()
		a.Status = kb.Published
		if _, _, err := n.Propose(t.Context(), a, kb.Signed{}); !errors.Is(err, kb.ErrInvalid) {
			t.Errorf("%v", err)
		}
	})
	t.Run("an import or a restored revision of the article leaves the draft", func(t *testing.T) {
		file := n.article(t, "returns.en").Working()
		file.Body, file.Status, file.Revision = "Within 8 days.", kb.Published, 0
		plan, err := n.Plan(t.Context(), []kb.Article{file})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := n.Import(t.Context(), plan, kb.Signed{}); err != nil {
			t.Fatal(err)
		}
		if a := n.article(t, id); a.Body != "Within 8 days." || a.Pending == nil || a.Pending.Body != "Within 15 days." {
			t.Errorf("imported: %+v", a)
		}
		if a, _, err := n.Restore(t.Context(), id, 1, kb.Signed{}); err != nil || a.Pending == nil || a.Body != shop()[1].Body {
			t.Errorf("restored: %v %+v", err, a)
		}
	})
	t.Run("dropped", func(t *testing.T) {
		a := n.article(t, id)
		if a, err := n.Discard(t.Context(), id, a.Revision, kb.Signed{By: "mei"}); err != nil || a.Pending != nil || a.Body != shop()[1].Body {
			t.Errorf("%v %+v", err, a)
		}
	})
	t.Run("an article that is withdrawn is the draft itself", func(t *testing.T) {
		n.propose(t, id, "Within 15 days.", kb.Draft)
		a := n.article(t, id).Working()
		if saved, _, err := n.Save(t.Context(), []kb.Article{a}, kb.Signed{}); err != nil || saved[0].Status != kb.Draft || saved[0].Pending != nil || saved[0].Body != "Within 15 days." {
			t.Errorf("%v %+v", err, saved)
		}
	})
}

// TestScheduledChange: customers get the text that is published until the instant from which the change is to be shown.
func TestScheduledChange(t *testing.T) {
	n := newNewsroom(t, shop()...)
	s := assemble(n.store, index.New(index.Config{}), func() time.Time { return n.now })
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	n.Publisher = kb.NewPublisher(kb.PublisherConfig{Store: n.store, Searcher: s, Now: func() time.Time { return n.now },
		Asked: func(context.Context, time.Time) ([]kb.Query, error) { return n.asked, nil }})
	const id, question = "returns.en", "How do I return an item?"
	before := n.article(t, id)
	n.asked = []kb.Query{{Text: question, Lang: nlp.LangEnglish}}
	change := before
	change.Body, change.From = "Within 30 days.", noon.AddDate(0, 0, 3)
	saved, r, err := n.Propose(t.Context(), change, kb.Signed{By: "mei", Note: "from Thursday"})
	if err != nil || saved.Pending.Status != kb.Published || len(r.Changed) != 1 {
		t.Fatalf("%v, %+v, %+v", err, saved, r)
	}
	for _, tc := range []struct {
		after time.Duration
		want  string
		n     int
	}{{0, before.Body, 0}, {3*24*time.Hour - time.Second, before.Body, 0}, {3 * 24 * time.Hour, "Within 30 days.", 1}, {4 * 24 * time.Hour, "Within 30 days.", 0}} {
		n.now = noon.Add(tc.after)
		done, err := n.PublishDue(t.Context())
		if err != nil || len(done) != tc.n || n.says(t, question).Text != tc.want {
			t.Errorf("after %v: %v, %+v, customers get %q", tc.after, err, done, n.says(t, question).Text)
		}
	}
	if a := n.article(t, id); a.Pending != nil || a.UpdatedBy != "mei" || a.Note != "from Thursday" || !a.UpdatedAt.Equal(noon.Add(3*24*time.Hour)) {
		t.Errorf("%+v", a)
	}
	t.Run("that breaks golden questions", func(t *testing.T) {
		change := golden(n.article(t, "delivery.en"), "a question that nothing answers whatsoever")
		change.From = n.now.AddDate(0, 0, 1)
		if _, _, err := n.Propose(t.Context(), change, kb.Signed{}); !errors.Is(err, kb.ErrGolden) {
			t.Fatalf("%v", err)
		}
		saved, _, err := n.Propose(t.Context(), change, kb.Signed{Force: "the law"})
		if err != nil || !saved.Pending.Forced || saved.Pending.Note != "the law" {
			t.Errorf("%v %+v", err, saved.Pending)
		}
	})
	t.Run("after a start", func(t *testing.T) {
		later := n.now.AddDate(0, 0, 2)
		s := open(t, n.store, t.TempDir())
		p := kb.NewPublisher(kb.PublisherConfig{Store: n.store, Searcher: s, Now: func() time.Time { return later }})
		if done, err := p.PublishDue(t.Context()); err != nil || len(done) != 1 || done[0].ID != "delivery.en" || !done[0].Forced {
			t.Errorf("%v %+v", err, done)
		}
	})
}
