package kb

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// BenchConfig says what `huiyin bench kb` measures.
type BenchConfig struct {
	Articles []Article // real ones; more are made from their words
	Count    int       // articles to index; 0 means 100,000
	Queries  int       // searches to time; 0 means 2,000
	Seed     uint64
	// Open assembles a searcher over a source, always over the same directory, so that the second one opens what the
	// first one built.
	Open func(source Source) *Searcher
}

// BenchResult is the JSON of `huiyin bench kb`.
type BenchResult struct {
	Articles         int     `json:"articles"`
	IndexSeconds     float64 `json:"index_seconds"` // analysing, indexing and opening all articles
	OpenSeconds      float64 `json:"open_seconds"`  // opening again what is on disk
	Queries          int     `json:"queries"`
	QueriesPerSecond float64 `json:"queries_per_second"` // one after the other
	P50Ms            float64 `json:"p50_ms"`
	P99Ms            float64 `json:"p99_ms"`
	FoundFirst       float64 `json:"found_first"`    // share of questions whose own article came first
	UpdateSeconds    float64 `json:"update_seconds"` // from a saved edit until a search shows it
	PeakRSSMB        float64 `json:"peak_rss_mb"`
}

// growing is a Source whose articles can be changed.
type growing struct {
	articles []Article
	version  uint64
}

func (g *growing) Articles(context.Context) ([]Article, error) { return slices.Clone(g.articles), nil }
func (g *growing) Version(context.Context) (uint64, error)     { return g.version, nil }

// Bench measures a knowledge base of a size.
func Bench(ctx context.Context, c BenchConfig) (BenchResult, error) {
	if c.Count == 0 {
		c.Count = 100_000
	}
	if c.Queries == 0 {
		c.Queries = 2_000
	}
	if len(c.Articles) == 0 {
		return BenchResult{}, errors.New("kb: bench: there are no articles to make more from")
	}
	rnd := rand.New(rand.NewPCG(c.Seed, 1))
	source := &growing{articles: multiply(rnd, c.Articles, c.Count), version: 1}
	r := BenchResult{Articles: len(source.articles), Queries: c.Queries}
	var err error
	if r.IndexSeconds, err = timeOpen(ctx, c.Open(source), func(s *Searcher) error { return s.Close() }); err != nil {
		return r, err
	}
	r.OpenSeconds, err = timeOpen(ctx, c.Open(source), func(s *Searcher) error {
		if err := r.ask(ctx, s, rnd, source.articles); err != nil {
			return errors.Join(err, s.Close())
		}
		return errors.Join(r.edit(ctx, s, source), s.Close())
	})
	r.PeakRSSMB = peakRSSMB()
	return r, err
}

// timeOpen opens a searcher, says how long that took, and goes on with it.
func timeOpen(ctx context.Context, s *Searcher, then func(*Searcher) error) (float64, error) {
	start := time.Now()
	if err := s.Open(ctx); err != nil {
		return 0, err
	}
	select {
	case <-s.Ready():
	case <-ctx.Done():
		return 0, errors.Join(fmt.Errorf("kb: bench: %w", ctx.Err()), s.Close())
	}
	seconds := time.Since(start).Seconds()
	if !s.indexReady.Load() {
		return 0, errors.Join(errors.New("kb: bench: the index could not be built"), s.Close())
	}
	return seconds, then(s)
}

// ask searches for questions of the articles with a word left out.
func (r *BenchResult) ask(ctx context.Context, s *Searcher, rnd *rand.Rand, articles []Article) error {
	times := make([]time.Duration, 0, r.Queries)
	first := 0
	for range r.Queries {
		a := articles[rnd.IntN(len(articles))]
		text := []rune(a.Title)
		cut := rnd.IntN(max(1, len(text)-2))
		text = slices.Delete(text, cut, min(len(text), cut+2))
		start := time.Now()
		answer, err := s.Search(ctx, Query{Text: string(text), Lang: a.Lang})
		if err != nil {
			return err
		}
		times = append(times, time.Since(start))
		if len(answer.Hits) > 0 && answer.Hits[0].Article == a.ID {
			first++
		}
	}
	total := time.Duration(0)
	for _, t := range times {
		total += t
	}
	r.QueriesPerSecond = float64(r.Queries) / total.Seconds()
	r.FoundFirst = float64(first) / float64(r.Queries)
	slices.Sort(times)
	r.P50Ms, r.P99Ms = quantileMs(times, 0.50), quantileMs(times, 0.99)
	return nil
}

// edit changes one article and waits until a search shows the change.
func (r *BenchResult) edit(ctx context.Context, s *Searcher, source *growing) error {
	start := time.Now()
	a := &source.articles[len(source.articles)/2]
	a.Title, a.Revision = "zebra crossing "+a.Title, a.Revision+1
	source.version++
	if err := s.Refresh(ctx); err != nil {
		return err
	}
	answer, err := s.Search(ctx, Query{Text: a.Title, Lang: a.Lang})
	if err != nil {
		return err
	}
	if len(answer.Hits) == 0 || answer.Hits[0].Article != a.ID {
		return errors.New("kb: bench: an edited article is not found")
	}
	r.UpdateSeconds = time.Since(start).Seconds()
	return nil
}

// multiply makes n articles: each takes the title of one real article, words from the titles of two others of its
// language and a number, and the beginning of the body of one.
func multiply(rnd *rand.Rand, real []Article, n int) []Article {
	byLang := map[string][]Article{}
	for _, a := range real {
		byLang[string(a.Lang.Base())] = append(byLang[string(a.Lang.Base())], a)
	}
	out := make([]Article, 0, n)
	for i := range n {
		a := real[rnd.IntN(len(real))]
		same := byLang[string(a.Lang.Base())]
		x, y := same[rnd.IntN(len(same))], same[rnd.IntN(len(same))]
		title := fmt.Sprintf("%s %s %s %d", pick(rnd, a), half(rnd, pick(rnd, x)), half(rnd, pick(rnd, y)), rnd.IntN(n))
		out = append(out, Article{ID: ArticleID(fmt.Sprintf("bench-%06d.%s", i, a.Lang.Base())), Root: RootID(fmt.Sprintf("bench-%06d", i)),
			Lang: a.Lang, Title: title, Body: opening(y), Status: Published, Revision: 1})
	}
	return out
}

// opening is the first passage of an article, as long as the answers of a large collection of questions are.
func opening(a Article) string {
	const maxRunes = 200
	for _, p := range Passages(a.Body) {
		r := []rune(p.Plain)
		return string(r[:min(len(r), maxRunes)])
	}
	return ""
}

// pick is the title or a question of an article.
func pick(rnd *rand.Rand, a Article) string {
	if i := rnd.IntN(len(a.Questions) + 1); i > 0 {
		return a.Questions[i-1]
	}
	return a.Title
}

// half is the first or second half of a text.
func half(rnd *rand.Rand, s string) string {
	r := []rune(s)
	if rnd.IntN(2) == 0 {
		return string(r[:len(r)/2])
	}
	return string(r[len(r)/2:])
}
