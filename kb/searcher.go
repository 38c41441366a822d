package kb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"huiyin/nlp"
)

// maxDelta is how many changed articles an index carries beside what was built, before it is built anew; of a large
// base a tenth.
const maxDelta = 500

// candidateLimit is how many articles the second stage looks at.
const candidateLimit = 150

// smallBase is the number of articles up to which the second stage looks at all of them, so that an article is found
// that shares no word with the question.
const smallBase = 1000

// scannedBase is the number of articles up to which all of them are looked at while there is no index; in a larger base a
// question is then matched word for word.
const scannedBase = 4000

// sure is the likeness of a wording in the customer's language from which the other language is not searched.
const sure = 0.8

// passagesFor is for how many of the best articles the best passage is looked for.
const passagesFor = 20

// Config is what a Searcher is made of. Store, Index and Tokenizer are required.
type Config struct {
	Store     Source
	Index     Index
	Tokenizer Tokenizer
	Models    Models
	// Calibrate sets the borders of decisions by the store's golden questions: in the background, after opening and after
	// each change. Without it, Searcher.Calibrate does so when it is called.
	Calibrate bool
	Log       *slog.Logger     // nil: nothing is logged
	Now       func() time.Time // nil: time.Now
}

// Searcher answers questions from the articles of a Store. It is safe for concurrent use.
type Searcher struct {
	store Source
	index Index
	tok   Tokenizer
	log   *slog.Logger
	now   func() time.Time

	catalog    *catalog
	weights    weights
	own        atomic.Pointer[decider]    // nil: the shipped one
	attuned    atomic.Pointer[Attunement] // nil: the shipped border; see Attune
	indexReady atomic.Bool

	calibrates   bool
	calibrating  sync.Mutex  // one calibration at a time
	uncalibrated atomic.Bool // something changed since the last one began

	refresh    sync.Mutex        // one refresh or rebuild at a time
	known      map[ArticleID]int // revisions that the catalog has, under refresh
	version    uint64            // of the store that the catalog shows, under refresh
	delta      int               // articles changed since the index was built, under refresh
	rebuilding bool              // under refresh
	reload     bool              // words changed while a rebuild ran, under refresh

	work       sync.WaitGroup
	background context.Context // of rebuilding; ends at Close
	stop       context.CancelFunc
	ready      chan struct{}
}

// NewSearcher assembles a Searcher; Open makes it work.
func NewSearcher(c Config) *Searcher {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Searcher{store: c.Store, index: c.Index, tok: c.Tokenizer, log: c.Log, now: c.Now, calibrates: c.Calibrate,
		catalog: newCatalog(c.Tokenizer, c.Models), weights: defaultWeights(), known: map[ArticleID]int{}, ready: make(chan struct{})}
}

// Search finds the articles that answer a question. It fails only when the context ends or the index is broken.
func (s *Searcher) Search(ctx context.Context, q Query) (Answer, error) {
	a := analyze(s.tok, q.Text, q.Tokens)
	list, err := s.find(ctx, a, q.Lang, "")
	if err != nil {
		return Answer{}, err
	}
	if len(list) == 0 || list[0].likeness < sure {
		if text, fixes := s.catalog.correct(q.Text, a.tokens); len(fixes) > 0 {
			fixed := analyze(s.tok, text, nil)
			again, err := s.find(ctx, fixed, q.Lang, "")
			if err != nil {
				return Answer{}, err
			}
			if better(again, list) {
				a, list = fixed, again
				a.fixes = fixes
			}
		}
	}
	return s.answer(q, a, list), nil
}

// find runs both stages; exclude is the key of a wording to leave out.
func (s *Searcher) find(ctx context.Context, a analyzed, lang nlp.Lang, exclude string) ([]ranked, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("kb: search: %w", err)
	}
	if len(a.tokens) == 0 {
		return nil, nil
	}
	var found []Scored
	if s.indexReady.Load() {
		var err error
		found, err = s.index.Candidates(ctx, s.catalog.terms(a), candidateLimit)
		switch {
		case errors.Is(err, ErrStale):
			s.damaged(err)
		case err != nil:
			return nil, fmt.Errorf("kb: search: %w", err)
		}
	}
	return s.catalog.rankAll(a, lang, exclude, found, s.indexReady.Load(), s.now(), &s.weights), nil
}

// rankAll ranks the candidates, and those that have the question word for word. In a small base all articles are
// candidates.
func (c *catalog) rankAll(a analyzed, lang nlp.Lang, exclude string, found []Scored, indexed bool, now time.Time, w *weights) []ranked {
	c.mu.RLock()
	defer c.mu.RUnlock()
	a.key = c.asAsked(a.key)
	q := c.question(a, lang, exclude)
	clauses := c.clauses(a, lang, exclude)
	list := make([]ranked, 0, len(found))
	seen := make(map[ArticleID]bool, len(found))
	consider := func(id ArticleID, first float64) {
		if e, ok := c.entries[id]; ok && !seen[id] && e.article.Live(now) {
			seen[id] = true
			if r := c.byClauses(c.rank(&q, e, first, w), clauses, w); r.score > 0 {
				list = append(list, r)
			}
		}
	}
	for _, f := range found {
		consider(f.ID, f.Score)
	}
	if a.key != "" {
		for _, id := range c.keys[a.key] {
			consider(id, 0)
		}
	}
	if len(c.entries) <= smallBase || !indexed && len(c.entries) <= scannedBase {
		for id := range c.entries {
			consider(id, 0)
		}
	}
	if !slices.ContainsFunc(list, func(r ranked) bool { return r.likeness >= sure && r.entry.article.Lang.Base() == lang.Base() }) {
		list = append(list, c.across(&q, now)...)
	}
	sortRanked(list)
	list = c.oneLanguage(list, lang)
	for i := range list[:min(passagesFor, len(list))] {
		list[i].passage = c.passage(&q, list[i].entry)
	}
	return list
}

// oneLanguage keeps one translation of each article: the one in the customer's language where there is one, at the
// place of the better of both.
func (c *catalog) oneLanguage(list []ranked, lang nlp.Lang) []ranked {
	at := map[RootID]int{}
	out := list[:0]
	for _, r := range list {
		root := r.entry.article.Root
		i, dup := at[root]
		if !dup {
			at[root] = len(out)
			out = append(out, r)
			continue
		}
		if out[i].entry.article.Lang.Base() != lang.Base() && r.entry.article.Lang.Base() == lang.Base() {
			r.score = out[i].score
			out[i] = r
		}
	}
	return out
}
