package kb

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrGolden means that an edit was not saved, because golden questions would break and no reason was given to save it
// all the same.
var ErrGolden = errors.New("kb: golden questions would break")

// ErrUnconfirmed means that an edit was not saved, because Signed.Confirm refused what it would change.
var ErrUnconfirmed = errors.New("kb: the change of answers is not confirmed")

// ErrInvalid means that an article cannot be saved as it is; the message says why.
var ErrInvalid = errors.New("kb: the article is not complete")

// PublisherConfig is what a Publisher is made of; all but Words, Judge, Asked and Now is required.
type PublisherConfig struct {
	Store    Store
	Searcher *Searcher
	Words    WordKeeper // synonyms and user dictionary, which an import may bring; nil: none does
	Judge    Judge      // what customers get; nil: Alone
	// Asked returns the questions that customers asked since an instant, each once. nil: none are rehearsed.
	Asked func(ctx context.Context, since time.Time) ([]Query, error)
	Now   func() time.Time // nil: time.Now
}

// Publisher is what editors do with articles: save and publish, import and undo, draft from gaps. What it saves is in
// answers when it returns. It is safe for concurrent use.
type Publisher struct{ cfg PublisherConfig }

// NewPublisher makes a Publisher.
func NewPublisher(c PublisherConfig) *Publisher {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Publisher{c}
}

// Store is where the articles are.
func (p *Publisher) Store() Store { return p.cfg.Store }

// Searcher is what answers customers.
func (p *Publisher) Searcher() *Searcher { return p.cfg.Searcher }

// Check looks through the published articles, as Searcher.Check does.
func (p *Publisher) Check(ctx context.Context) ([]Finding, error) {
	return p.cfg.Searcher.Check(ctx, p.cfg.Judge)
}

// Who signs what no editor saved herself.
const (
	ByFolder  = "import"       // from the configured folder
	ByCommand = "command line" // huiyin kb
)

// Ask tells what a customer gets who asks a question now.
func (p *Publisher) Ask(ctx context.Context, q Query) (Outcome, error) {
	return p.cfg.Judge.orAlone()(ctx, p.cfg.Searcher, q)
}

// Which real questions are rehearsed.
const (
	rehearsedDays = 7
	rehearsedMost = 2000
)

// asked are the questions of the last week, the newest of them when there are very many.
func (p *Publisher) asked(ctx context.Context) ([]Query, error) {
	if p.cfg.Asked == nil {
		return nil, nil
	}
	list, err := p.cfg.Asked(ctx, p.cfg.Now().AddDate(0, 0, -rehearsedDays))
	if err != nil {
		return nil, fmt.Errorf("kb: last week's questions: %w", err)
	}
	return list[max(0, len(list)-rehearsedMost):], nil
}

// Rehearse asks golden questions and last week's real ones before and after an edit.
func (p *Publisher) Rehearse(ctx context.Context, edited []Article) (Rehearsal, error) {
	asked, err := p.asked(ctx)
	if err != nil {
		return Rehearsal{}, err
	}
	return p.cfg.Searcher.Rehearse(ctx, p.cfg.Judge, edited, asked)
}

// RehearseWords does the same for other synonyms or words.
func (p *Publisher) RehearseWords(ctx context.Context, tok Tokenizer) (Rehearsal, error) {
	asked, err := p.asked(ctx)
	if err != nil {
		return Rehearsal{}, err
	}
	return p.cfg.Searcher.RehearseWords(ctx, p.cfg.Judge, tok, asked)
}

// Signed says who saves, and why.
type Signed struct {
	By    string // an agent's name
	Note  string // why, for the history; may be empty
	Force string // a reason to save although golden questions break; empty: do not
	Batch string // the import that it belongs to
	// Confirm is asked before an edit is saved that can change customers' answers. nil: it is saved.
	Confirm func(Rehearsal) bool
}

// Save stores articles in one write, each over the revision that it carries, and shows them in answers. When customers'
// answers could change it rehearses first; the Rehearsal is returned, with ErrGolden when golden questions break and no
// reason was given, and with ErrUnconfirmed when Confirm refuses. ErrInvalid: an article cannot be saved. ErrConflict: somebody else was faster. Gaps that the
// published ones answer are closed.
func (p *Publisher) Save(ctx context.Context, edited []Article, s Signed) ([]Article, Rehearsal, error) {
	edited, live, err := p.prepare(ctx, edited, s)
	if err != nil {
		return nil, Rehearsal{}, err
	}
	var r Rehearsal
	if live {
		if r, err = p.clear(ctx, edited, s); err != nil {
			return nil, r, err
		}
	}
	saved, err := p.store(ctx, edited)
	return saved, r, err
}

// prepare brings articles into the form in which they are stored; live: customers' answers can change.
func (p *Publisher) prepare(ctx context.Context, articles []Article, s Signed) (edited []Article, live bool, err error) {
	for _, a := range articles {
		a = Normalize(a)
		if err := Validate(a); err != nil {
			return nil, false, fmt.Errorf("%w: %s: %w", ErrInvalid, a.ID, err)
		}
		before, err := p.cfg.Store.Article(ctx, a.ID)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, false, err
		}
		live = live || (a.Status == Published || before.Status == Published) && !SameContent(before, a)
		if a.Status != Published {
			a.Pending = nil // the article itself is the draft now
		}
		if !SameText(before, a) && (before.Status == "" || before.Status == Draft || before.Status == Review) {
			a.AgreedAt = p.cfg.Now().UTC() // a text that is being written follows its translation, not the reverse
		}
		edited = append(edited, a)
	}
	p.sign(edited, s)
	return edited, live, nil
}

// sign notes who saves, when and why.
func (p *Publisher) sign(edited []Article, s Signed) {
	now := p.cfg.Now().UTC() // one for all: neither of two translations that are saved together is behind
	for i := range edited {
		a := &edited[i]
		a.UpdatedAt, a.UpdatedBy, a.Note, a.Batch, a.Forced = now, s.By, s.Note, s.Batch, false
	}
}

// clear rehearses an edit and decides whether it may be saved; one that is forced is marked so.
func (p *Publisher) clear(ctx context.Context, edited []Article, s Signed) (Rehearsal, error) {
	r, err := p.Rehearse(ctx, edited)
	switch {
	case err != nil:
		return r, err
	case !r.Safe() && s.Force == "":
		return r, fmt.Errorf("%w: %d of %d", ErrGolden, len(r.Broken), r.Golden)
	case !r.Safe():
		for i := range edited {
			edited[i].Forced, edited[i].Note = true, s.Force
		}
	case s.Confirm != nil && !s.Confirm(r):
		return r, ErrUnconfirmed
	}
	return r, nil
}

// store writes, shows in answers and closes gaps.
func (p *Publisher) store(ctx context.Context, edited []Article) ([]Article, error) {
	saved, err := p.cfg.Store.SaveArticles(ctx, edited)
	if err != nil {
		return nil, err
	}
	if err := p.cfg.Searcher.Refresh(ctx); err != nil {
		return saved, err
	}
	for _, a := range saved {
		if a.Status == Published && len(a.Gaps) > 0 {
			if err := p.cfg.Store.CloseGaps(ctx, a.Gaps, a.ID); err != nil {
				return saved, err
			}
		}
	}
	return saved, nil
}

// Restore saves an earlier revision of an article as its newest, with the status that it has now.
func (p *Publisher) Restore(ctx context.Context, id ArticleID, revision int, s Signed) (Article, Rehearsal, error) {
	all, err := p.cfg.Store.Revisions(ctx, id)
	if err != nil {
		return Article{}, Rehearsal{}, err
	}
	for _, old := range all {
		if old.Revision != revision {
			continue
		}
		next := carry(all[0], old)
		next.Status, next.AgreedAt = all[0].Status, time.Time{}
		saved, r, err := p.Save(ctx, []Article{next}, s)
		if err != nil {
			return next, r, err
		}
		return saved[0], r, nil
	}
	return Article{}, Rehearsal{}, fmt.Errorf("article %s, revision %d: %w", id, revision, ErrNotFound)
}

// carry is an article with what belongs to the history taken from the stored one that it replaces.
func carry(stored, next Article) Article {
	next.Revision, next.AgreedAt, next.Gaps, next.Pending = stored.Revision, stored.AgreedAt, stored.Gaps, stored.Pending
	return next
}
