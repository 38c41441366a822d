package kb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrNoImport means that there is no import to undo.
var ErrNoImport = errors.New("kb: there is no import to undo")

// Planned is what an import would do with one article.
type Planned struct {
	Article Article  // as it would be
	Stored  *Article // as it is; nil: it is new
	Same    bool     // nothing would change
}

// Plan is what an import would do.
type Plan struct {
	Rows      []Planned
	New       int
	Changed   int
	Same      int
	Rehearsal Rehearsal // of the answers that would change
	// Words are synonyms and words to put in the place of those in force, with the version that they replace. nil: those stay.
	Words *Wordbook
}

// Plan compares articles with the stored ones, and rehearses the change. Nothing is stored.
func (p *Publisher) Plan(ctx context.Context, articles []Article) (Plan, error) {
	stored, err := p.cfg.Store.Articles(ctx)
	if err != nil {
		return Plan{}, fmt.Errorf("kb: plan an import: %w", err)
	}
	plan := PlanOver(stored, articles)
	if edited := plan.edited(); len(edited) > 0 {
		plan.Rehearsal, err = p.Rehearse(ctx, edited)
	}
	return plan, err
}

// PlanOver is the part of Plan that asks no questions.
func PlanOver(stored, articles []Article) Plan {
	known := make(map[ArticleID]*Article, len(stored))
	for i := range stored {
		known[stored[i].ID] = &stored[i]
	}
	var plan Plan
	for _, a := range articles {
		row := Planned{Article: Normalize(a), Stored: known[a.ID]}
		row.Article.lacks = nil
		if row.Stored != nil {
			row.Article = fill(row.Article, *row.Stored, a.lacks)
		}
		switch {
		case row.Stored == nil:
			plan.New++
		case SameContent(*row.Stored, row.Article):
			row.Same = true
			plan.Same++
		default:
			plan.Changed++
		}
		if row.Stored != nil {
			row.Article = carry(*row.Stored, row.Article)
		}
		plan.Rows = append(plan.Rows, row)
	}
	return plan
}

// Lacking is an article from a file that says nothing about some fields, named as in the front matter: an import keeps
// what is stored of them.
func (a Article) Lacking(fields ...string) Article {
	a.lacks = fields
	return a
}

// fill takes fields from the stored article.
func fill(a, stored Article, fields []string) Article {
	for _, key := range fields {
		if list := listOf(&a, key); list != nil {
			*list = *listOf(&stored, key)
			continue
		}
		_ = setField(&a, key, field(stored, key)) // what field writes, setField reads
	}
	return a
}

// Fields are the keys of an article in a file.
func Fields() []string { return slices.Clone(csvColumns) }

// edited are the articles that would change.
func (p Plan) edited() []Article {
	var out []Article
	for _, row := range p.Rows {
		if !row.Same {
			out = append(out, row.Article)
		}
	}
	return out
}

// batchLayout names an import by its instant; names sort in time.
const batchLayout = "20060102T150405.000000000Z"

// undoMark begins the Batch of revisions that an undo has made.
const undoMark = "undo "

// Import stores what was planned: all of it or nothing. Errors are those of Save; ErrConflict means that somebody changed
// one of the articles, or the words, since the plan was made.
func (p *Publisher) Import(ctx context.Context, plan Plan, s Signed) ([]Article, Rehearsal, error) {
	edited := plan.edited()
	if len(edited) == 0 && plan.Words == nil {
		return nil, plan.Rehearsal, nil
	}
	s.Batch = p.cfg.Now().UTC().Format(batchLayout)
	back, err := p.importWords(ctx, plan.Words, s)
	if err != nil || len(edited) == 0 {
		return nil, plan.Rehearsal, err
	}
	saved, r, err := p.Save(ctx, edited, s)
	if err != nil {
		err = errors.Join(err, back())
	}
	return saved, r, err
}

// errNoWords means that a plan brings words to a Publisher that has nobody to keep them.
var errNoWords = errors.New("kb: synonyms and words cannot be imported here; leave their files out")

// importWords puts words in force, or returns an error and leaves those that were; back takes them out again.
func (p *Publisher) importWords(ctx context.Context, words *Wordbook, s Signed) (back func() error, err error) {
	if words == nil {
		return func() error { return nil }, nil
	}
	if p.cfg.Words == nil {
		return nil, errNoWords
	}
	before, err := p.cfg.Words.Wordbook(ctx)
	if err != nil {
		return nil, fmt.Errorf("kb: import words: %w", err)
	}
	next := *words
	next.UpdatedAt, next.UpdatedBy = p.cfg.Now().UTC(), s.By
	next.Replaced = &Replaced{Batch: s.Batch, By: s.By, Groups: before.Groups, Words: before.Words, Earlier: before.Replaced.newest(maxReplaced - 1)}
	back = func() error { return p.putBack(context.WithoutCancel(ctx), before, s.Batch) }
	if err := p.cfg.Words.Save(ctx, next); err != nil { // stored it may be, and not applied
		return nil, fmt.Errorf("kb: import words: %w", errors.Join(err, back()))
	}
	return back, nil
}

// putBack takes the words of an import out again. What somebody else saved meanwhile stays.
func (p *Publisher) putBack(ctx context.Context, before Wordbook, batch string) error {
	now, err := p.cfg.Words.Wordbook(ctx)
	if err != nil || now.Replaced == nil || now.Replaced.Batch != batch {
		return err
	}
	before.Version = now.Version
	return p.cfg.Words.Save(ctx, before)
}

// LastImport is an import that can be undone.
type LastImport struct {
	Batch    string
	At       time.Time
	By       string
	Articles []ArticleID // in their newest revision: an undo would change them
	New      int         // how many of Articles did not exist before: an undo archives them
	Edited   []ArticleID // changed since by an editor: an undo would leave them alone
	// Words: it brought synonyms and words that nobody has changed since, which an undo would take back. Otherwise words stay.
	Words bool
}

// LastImport finds the newest import that was not undone, or ErrNoImport.
func (p *Publisher) LastImport(ctx context.Context) (LastImport, error) {
	stored, err := p.cfg.Store.Articles(ctx)
	if err != nil {
		return LastImport{}, fmt.Errorf("kb: last import: %w", err)
	}
	found, undone := map[string]*LastImport{}, map[string]bool{}
	for _, a := range stored {
		history := []Article{a}
		if a.Revision > 1 {
			if history, err = p.cfg.Store.Revisions(ctx, a.ID); err != nil {
				return LastImport{}, fmt.Errorf("kb: last import: %w", err)
			}
		}
		for i, r := range history {
			if batch, ok := strings.CutPrefix(r.Batch, undoMark); ok {
				undone[batch] = true
				continue
			}
			if r.Batch == "" {
				continue
			}
			l := found[r.Batch]
			if l == nil {
				l = &LastImport{Batch: r.Batch, At: r.UpdatedAt, By: r.UpdatedBy}
				found[r.Batch] = l
			}
			if i == 0 {
				l.Articles = append(l.Articles, r.ID)
				if len(history) == 1 {
					l.New++
				}
			} else {
				l.Edited = append(l.Edited, r.ID)
			}
		}
	}
	book, err := p.wordbook(ctx)
	if err != nil {
		return LastImport{}, fmt.Errorf("kb: last import: %w", err)
	}
	if r := book.Replaced; r != nil {
		if found[r.Batch] == nil {
			found[r.Batch] = &LastImport{Batch: r.Batch, At: batchTime(r.Batch, book.UpdatedAt), By: cmp.Or(r.By, book.UpdatedBy)}
		}
		found[r.Batch].Words = true
	}
	var last LastImport
	for batch, l := range found {
		if undone[batch] {
			l.Articles, l.Edited, l.New = nil, nil, 0
		}
		if (l.Words || !undone[batch]) && batch > last.Batch {
			last = *l
		}
	}
	if last.Batch == "" {
		return last, ErrNoImport
	}
	return last, nil
}

// batchTime is the instant of an import; otherwise: its name tells none.
func batchTime(batch string, otherwise time.Time) time.Time {
	at, err := time.Parse(batchLayout, batch)
	if err != nil {
		return otherwise
	}
	return at
}

// wordbook is what is in force; the zero one without a WordKeeper.
func (p *Publisher) wordbook(ctx context.Context) (Wordbook, error) {
	if p.cfg.Words == nil {
		return Wordbook{}, nil
	}
	return p.cfg.Words.Wordbook(ctx)
}

// UndoImport brings the articles of an import back to what they were before it, in one write: changed ones to their
// earlier revision, new ones into the archive (an answer that a customer got keeps the revision it came from). Synonyms and
// words that came with it give way to those before, unless somebody has saved others, or it was so many imports of words ago
// (maxReplaced) that those before are not kept any more: LastImport.Words says which. What an editor has changed since
// stays. ErrNoImport when the batch is not the last one. Golden questions are not asked.
func (p *Publisher) UndoImport(ctx context.Context, batch string, s Signed) (LastImport, error) {
	last, err := p.LastImport(ctx)
	if err != nil {
		return last, err
	}
	if last.Batch != batch {
		return last, fmt.Errorf("%w: %s is not the last one", ErrNoImport, batch)
	}
	edited, err := p.asBefore(ctx, last, s)
	if err != nil {
		return last, fmt.Errorf("kb: undo an import: %w", err)
	}
	if len(edited) > 0 {
		if _, err := p.store(ctx, edited); err != nil {
			return last, err
		}
	}
	if !last.Words {
		return last, nil
	}
	book, err := p.wordbook(ctx) // after the articles: whoever is cut off here finds the words still to be undone
	if err == nil && book.Replaced != nil && book.Replaced.Batch == batch {
		err = p.cfg.Words.Save(ctx, Wordbook{Version: book.Version, Files: book.Files, Groups: book.Replaced.Groups, Words: book.Replaced.Words,
			Replaced: book.Replaced.Earlier, UpdatedAt: p.cfg.Now().UTC(), UpdatedBy: s.By})
	}
	if err != nil {
		return last, fmt.Errorf("kb: undo an import: synonyms and words: %w", err)
	}
	return last, nil
}

// asBefore are the articles of an import as they were.
func (p *Publisher) asBefore(ctx context.Context, last LastImport, s Signed) ([]Article, error) {
	var edited []Article
	for _, id := range last.Articles {
		history, err := p.cfg.Store.Revisions(ctx, id)
		if err != nil {
			return nil, err
		}
		next := history[0]
		if len(history) > 1 {
			next = carry(history[0], history[1])
		} else {
			next.Status = Archived
		}
		next.UpdatedAt, next.UpdatedBy, next.Note, next.Batch, next.Forced = p.cfg.Now().UTC(), s.By, s.Note, undoMark+last.Batch, false
		edited = append(edited, next)
	}
	slices.SortFunc(edited, func(a, b Article) int { return cmp.Compare(a.ID, b.ID) })
	return edited, nil
}
