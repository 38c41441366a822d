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
	curve      curve
	indexReady atomic.Bool

	refresh    sync.Mutex        // one refresh or rebuild at a time
	known      map[ArticleID]int // revisions that the catalog has, under refresh
	version    uint64            // of the store that the catalog shows, under refresh
	delta      int               // articles changed since the index was built, under refresh
	rebuilding bool              // under refresh

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
	return &Searcher{store: c.Store, index: c.Index, tok: c.Tokenizer, log: c.Log, now: c.Now,
		catalog: newCatalog(c.Tokenizer, c.Models), weights: defaultWeights(), curve: defaultCurve(), known: map[ArticleID]int{}, ready: make(chan struct{})}
}

// Open reads the articles and verifies the index. When the index cannot be used it is rebuilt in the background, and
// questions are meanwhile matched against the articles' titles and questions alone; Ready tells when that is over.
func (s *Searcher) Open(ctx context.Context) error {
	s.refresh.Lock()
	defer s.refresh.Unlock()
	version, err := s.store.Version(ctx)
	if err != nil {
		return fmt.Errorf("kb: open: %w", err)
	}
	articles, err := s.store.Articles(ctx)
	if err != nil {
		return fmt.Errorf("kb: open: %w", err)
	}
	s.remember(articles, version)
	held, err := s.index.Open(ctx)
	if err != nil && !errors.Is(err, ErrStale) {
		return fmt.Errorf("kb: open: %w", err)
	}
	s.background, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err == nil {
		changed := differing(articles, held)
		if len(changed) <= max(maxDelta, len(held)/10) {
			if err := s.index.Update(ctx, changed); err != nil {
				return fmt.Errorf("kb: open: %w", err)
			}
			s.delta = len(changed)
			s.indexReady.Store(true)
			close(s.ready)
			return nil
		}
		err = fmt.Errorf("%w: %d articles changed", ErrStale, len(changed))
	}
	s.startRebuild(s.background, err, s.ready)
	return nil
}

// differing are the articles that an index with these signatures does not show as they are: changed ones, new ones
// that are published, and, as drafts, those that are gone.
func differing(articles []Article, held map[ArticleID]uint64) []Article {
	var out []Article
	seen := make(map[ArticleID]bool, len(articles))
	for _, a := range articles {
		seen[a.ID] = true
		sum, in := held[a.ID]
		if in != (a.Status == Published) || in && sum != Signature(a) {
			out = append(out, a)
		}
	}
	for id := range held {
		if !seen[id] {
			out = append(out, Article{ID: id, Status: Draft})
		}
	}
	return out
}

// startRebuild fills the index in the background and then closes done, which may be nil. While one rebuild runs no
// second is started. The caller holds s.refresh.
func (s *Searcher) startRebuild(ctx context.Context, reason error, done chan struct{}) {
	if s.rebuilding {
		return
	}
	s.rebuilding = true
	s.log.Info("kb: rebuilding the index", "reason", reason)
	s.work.Go(func() {
		if done != nil {
			defer close(done)
		}
		if err := s.rebuild(ctx); err != nil && ctx.Err() == nil { // the next start goes on where this one ends
			s.log.Error("kb: the index could not be rebuilt; only titles and questions are matched", "error", err)
		}
	})
}

// rebuild fills the index from the store. Changes that are saved while it runs are added at its end.
func (s *Searcher) rebuild(ctx context.Context) error {
	articles, err := s.store.Articles(ctx)
	if err == nil {
		err = s.index.Replace(ctx, articles)
	}
	s.refresh.Lock()
	defer s.refresh.Unlock()
	s.rebuilding, s.delta = false, 0
	if err != nil {
		return err
	}
	built := make(map[ArticleID]uint64, len(articles))
	for _, a := range articles {
		if a.Status == Published {
			built[a.ID] = Signature(a)
		}
	}
	now, err := s.store.Articles(ctx)
	if err != nil {
		return err
	}
	if err := s.index.Update(ctx, differing(now, built)); err != nil {
		return err
	}
	s.indexReady.Store(true)
	return nil
}

// Ready is closed when the index has been opened or rebuilt, or when rebuilding failed.
func (s *Searcher) Ready() <-chan struct{} { return s.ready }

// remember puts articles into the catalog and notes their revisions.
func (s *Searcher) remember(articles []Article, version uint64) {
	s.catalog.put(articles)
	for _, a := range articles {
		s.known[a.ID] = a.Revision
	}
	s.version = version
}

// Refresh makes changes of the store visible to searches. Call it after SaveArticles.
func (s *Searcher) Refresh(ctx context.Context) error {
	s.refresh.Lock()
	defer s.refresh.Unlock()
	version, err := s.store.Version(ctx)
	if err != nil {
		return fmt.Errorf("kb: refresh: %w", err)
	}
	if version == s.version {
		return nil
	}
	articles, err := s.store.Articles(ctx)
	if err != nil {
		return fmt.Errorf("kb: refresh: %w", err)
	}
	changed := slices.DeleteFunc(slices.Clone(articles), func(a Article) bool {
		revision, ok := s.known[a.ID]
		return ok && revision == a.Revision
	})
	s.remember(changed, version)
	if !s.indexReady.Load() {
		return nil // the rebuild adds what changed when it ends
	}
	if err := s.index.Update(ctx, changed); err != nil {
		return fmt.Errorf("kb: refresh: %w", err)
	}
	if s.delta += len(changed); s.delta > max(maxDelta, len(s.known)/10) {
		s.startRebuild(s.background, errors.New("many articles changed"), nil)
	}
	return nil
}

// Reload analyses all articles anew, after synonyms or words of the tokenizer have changed. Searches go on meanwhile with
// what there was.
func (s *Searcher) Reload(ctx context.Context) error {
	s.refresh.Lock()
	defer s.refresh.Unlock()
	version, err := s.store.Version(ctx)
	if err != nil {
		return fmt.Errorf("kb: reload: %w", err)
	}
	articles, err := s.store.Articles(ctx)
	if err != nil {
		return fmt.Errorf("kb: reload: %w", err)
	}
	s.remember(articles, version)
	if s.rebuilding {
		return nil
	}
	if err := s.index.Replace(ctx, articles); err != nil {
		return fmt.Errorf("kb: reload: %w", err)
	}
	s.delta = 0
	s.indexReady.Store(true)
	return nil
}

// Close ends background work and closes the index.
func (s *Searcher) Close() error {
	if s.stop != nil {
		s.stop()
	}
	s.work.Wait()
	if err := s.index.Close(); err != nil {
		return fmt.Errorf("kb: close: %w", err)
	}
	return nil
}

// Search finds the articles that answer a question. It fails only when the context ends or the index is broken.
func (s *Searcher) Search(ctx context.Context, q Query) (Answer, error) {
	a := analyze(s.tok, q.Text, q.Tokens)
	list, err := s.find(ctx, a, q.Lang, "")
	if err != nil {
		return Answer{}, err
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

// damaged puts an index that failed out of use and has it rebuilt.
func (s *Searcher) damaged(reason error) {
	s.indexReady.Store(false)
	s.refresh.Lock()
	defer s.refresh.Unlock()
	s.startRebuild(s.background, reason, nil)
}

// rankAll ranks the candidates, and those that have the question word for word. Without an index, and in a small base, all
// articles are candidates.
func (c *catalog) rankAll(a analyzed, lang nlp.Lang, exclude string, found []Scored, indexed bool, now time.Time, w *weights) []ranked {
	c.mu.RLock()
	defer c.mu.RUnlock()
	q := c.question(a, lang, exclude)
	list := make([]ranked, 0, len(found))
	seen := make(map[ArticleID]bool, len(found))
	consider := func(id ArticleID, first float64) {
		if e, ok := c.entries[id]; ok && !seen[id] && e.article.Live(now) {
			seen[id] = true
			if r := c.rank(&q, e, first, w); r.score > 0 {
				list = append(list, r)
			}
		}
	}
	for _, f := range found {
		consider(f.ID, f.Score)
	}
	for _, id := range c.keys[a.key] {
		consider(id, 0)
	}
	if !indexed || len(c.entries) <= smallBase {
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
