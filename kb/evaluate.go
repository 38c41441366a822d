package kb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/nlp"
)

// Source is where a Searcher reads articles. Every Store is one.
type Source interface {
	Articles(ctx context.Context) ([]Article, error)
	Version(ctx context.Context) (uint64, error)
}

// Fixed is a Source of articles that do not change.
type Fixed []Article

// Articles implements Source.
func (f Fixed) Articles(context.Context) ([]Article, error) { return slices.Clone(f), nil }

// Version implements Source.
func (f Fixed) Version(context.Context) (uint64, error) { return 1, nil }

// Labelled is a question with the articles that answer it.
type Labelled struct {
	Text     string
	Relevant []ArticleID
}

// Evaluation is the outcome of Evaluate, the JSON of `huiyin eval retrieval`.
type Evaluation struct {
	Queries      int     `json:"queries"`
	RecallAt1    float64 `json:"recall_at_1"`   // share of queries with a relevant article first
	RecallAt5    float64 `json:"recall_at_5"`   // … among the first five
	MRRAt10      float64 `json:"mrr_at_10"`     // mean of 1/rank of the first relevant one, 0 after the tenth
	Answered     int     `json:"answered"`      // queries that were answered at once, by the shipped borders
	AnswerRight  int     `json:"answer_right"`  // … with a relevant article
	Offered      int     `json:"offered"`       // queries that were asked back
	OfferedRight int     `json:"offered_right"` // … with a relevant article among the three
	P50Ms        float64 `json:"p50_ms"`        // time of one search
	P99Ms        float64 `json:"p99_ms"`
	IndexSeconds float64 `json:"index_seconds"`
	IndexBytes   int64   `json:"index_bytes"`
	PeakRSSMB    float64 `json:"peak_rss_mb"`
}

// ReadCorpus reads a CSV file `id,question,answer[,lang]` as published articles: the question is the title, the answer
// the body. Where lang is missing or empty, an article with Han characters is Chinese. Errors are *InputErrors, joined.
func ReadCorpus(name string, r io.Reader) ([]Article, error) {
	t, err := readTable(name, r)
	if err != nil {
		return nil, err
	}
	if err := t.need("id", "question", "answer"); err != nil {
		return nil, err
	}
	var out []Article
	var lineOf []int
	var errs []error
	for _, row := range t.rows {
		id, question := strings.TrimSpace(t.cell(row, "id")), oneLine(t.cell(row, "question"))
		lang := nlp.Lang(strings.TrimSpace(t.cell(row, "lang")))
		switch {
		case id == "":
			errs = append(errs, &InputError{File: name, Line: row.line, Err: errors.New("id is empty")})
			continue
		case question == "":
			errs = append(errs, &InputError{File: name, Line: row.line, Err: errors.New("question is empty")})
			continue
		case lang == "":
			lang = guessLang(question)
		case lang.Base() == nlp.LangUnknown:
			errs = append(errs, &InputError{File: name, Line: row.line, Err: fmt.Errorf("lang %q: must be zh or en", lang)})
			continue
		}
		out = append(out, Article{ID: ArticleID(id), Root: RootID(id), Lang: lang, Title: question,
			Body: trimText(t.cell(row, "answer")), Status: Published, Revision: 1})
		lineOf = append(lineOf, row.line)
	}
	errs = append(errs, checkUnique(out, func(i int) *InputError { return &InputError{File: name, Line: lineOf[i]} })...)
	if len(out) == 0 && len(errs) == 0 {
		errs = append(errs, &InputError{File: name, Err: errors.New("has no rows")})
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return out, nil
}

// ReadQueries reads a CSV file `query,relevant_ids` with ids separated by semicolons. Every id must be in the corpus.
func ReadQueries(name string, r io.Reader, corpus []Article) ([]Labelled, error) {
	t, err := readTable(name, r)
	if err != nil {
		return nil, err
	}
	if err := t.need("query", "relevant_ids"); err != nil {
		return nil, err
	}
	known := make(map[ArticleID]bool, len(corpus))
	for _, a := range corpus {
		known[a.ID] = true
	}
	var out []Labelled
	var errs []error
	for _, row := range t.rows {
		q := Labelled{Text: t.cell(row, "query")}
		for id := range strings.SplitSeq(t.cell(row, "relevant_ids"), ";") {
			if id = strings.TrimSpace(id); id == "" {
				continue
			}
			if !known[ArticleID(id)] {
				errs = append(errs, &InputError{File: name, Line: row.line, Err: fmt.Errorf("relevant id %q is not in the corpus", id)})
			}
			q.Relevant = append(q.Relevant, ArticleID(id))
		}
		switch {
		case strings.TrimSpace(q.Text) == "":
			errs = append(errs, &InputError{File: name, Line: row.line, Err: errors.New("query is empty")})
		case len(q.Relevant) == 0:
			errs = append(errs, &InputError{File: name, Line: row.line, Err: errors.New("relevant_ids is empty")})
		}
		out = append(out, q)
	}
	if len(out) == 0 && len(errs) == 0 {
		errs = append(errs, &InputError{File: name, Err: errors.New("has no rows")})
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return out, nil
}

// Evaluate opens a searcher that was made over a corpus and measures it with questions. The searcher is left open.
func Evaluate(ctx context.Context, s *Searcher, questions []Labelled) (Evaluation, error) {
	e := Evaluation{Queries: len(questions)}
	start := time.Now()
	if err := s.Open(ctx); err != nil {
		return e, err
	}
	select {
	case <-s.Ready():
	case <-ctx.Done():
		return e, fmt.Errorf("kb: evaluate: %w", ctx.Err())
	}
	if !s.indexReady.Load() {
		return e, errors.New("kb: evaluate: the index could not be built; the log says why")
	}
	e.IndexSeconds = time.Since(start).Seconds()
	times := make([]time.Duration, 0, len(questions))
	for _, q := range questions {
		begin := time.Now()
		a, err := s.Search(ctx, Query{Text: q.Text, Lang: guessLang(q.Text), Limit: 10})
		if err != nil {
			return e, err
		}
		times = append(times, time.Since(begin))
		e.decided(a, q.Relevant)
		e.count(a.Hits, q.Relevant)
	}
	if n := float64(len(questions)); n > 0 {
		e.RecallAt1, e.RecallAt5, e.MRRAt10 = e.RecallAt1/n, e.RecallAt5/n, e.MRRAt10/n
	}
	slices.Sort(times)
	e.P50Ms, e.P99Ms = quantileMs(times, 0.50), quantileMs(times, 0.99)
	e.PeakRSSMB = peakRSSMB()
	return e, nil
}

// decided counts what was decided, and whether it was right.
func (e *Evaluation) decided(a Answer, relevant []ArticleID) {
	among := func(n int) int {
		if slices.ContainsFunc(a.Hits[:min(n, len(a.Hits))], func(h Hit) bool { return slices.Contains(relevant, h.Article) }) {
			return 1
		}
		return 0
	}
	switch a.Decision {
	case DecideAnswer:
		e.Answered++
		e.AnswerRight += among(1)
	case DecideClarify:
		e.Offered++
		e.OfferedRight += among(offered)
	}
}

// count adds one outcome to the sums.
func (e *Evaluation) count(hits []Hit, relevant []ArticleID) {
	for i, h := range hits {
		if !slices.Contains(relevant, h.Article) {
			continue
		}
		if i == 0 {
			e.RecallAt1++
		}
		if i < 5 {
			e.RecallAt5++
		}
		e.MRRAt10 += 1 / float64(i+1)
		return
	}
}

// guessLang tells the two languages apart by script: enough where a caller gives no language.
func guessLang(text string) nlp.Lang {
	if hasHan(text) {
		return nlp.LangChinese
	}
	return nlp.LangEnglish
}

// quantileMs is a quantile of sorted times in milliseconds (nearest rank).
func quantileMs(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := min(len(sorted)-1, int(q*float64(len(sorted))))
	return float64(sorted[i].Microseconds()) / 1000
}

// peakRSSMB is the most memory that this process has had resident, in MB; 0 where the system does not tell.
func peakRSSMB() float64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kB, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 64)
			return kB / 1024
		}
	}
	return 0
}
