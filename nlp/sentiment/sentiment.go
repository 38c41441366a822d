// Package sentiment says what a text feels like (negative, neutral or positive), how strongly, and why: which words
// and which rules made the verdict.
//
// A lexicon that people can edit and a set of rules (negation, degree, contrast, question, wish, sarcasm) read the
// text; a linear model over words, characters and what the rules found decides. docs/sentiment.md tells what each part
// is worth.
package sentiment

import (
	"cmp"
	"io/fs"
	"math"
	"slices"
	"sync"

	"huiyin/nlp"
)

// A Scorer reads texts. It is immutable and safe for concurrent use.
type Scorer struct {
	lex     *lexicon
	model   *model
	base    []LexiconFile
	scratch sync.Pool // of *scratch
}

// scratch is what one Score call needs; it is reused, since a short text takes less time than its allocations.
type scratch struct {
	folded   nlp.Folded
	scan     scanner
	reader   reader
	features features
	net      netScratch
}

// Load reads the lexicons (lexicon/sentiment-*.yaml) and the model (models/sentiment.bin) from fsys, which is rooted
// at the data folder.
func Load(fsys fs.FS) (*Scorer, error) {
	var m *model
	var modelErr error
	var load sync.WaitGroup
	load.Go(func() { m, modelErr = loadModel(fsys) })
	files, err := readLexicons(fsys)
	load.Wait()
	if err := cmp.Or(err, modelErr); err != nil {
		return nil, err
	}
	return newScorer(files, nil, m), nil
}

func newScorer(base, custom []LexiconFile, m *model) *Scorer {
	s := &Scorer{base: base, lex: compile(base, custom), model: m}
	s.scratch.New = func() any { return &scratch{scan: scanner{sym: &s.lex.sym}} }
	return s
}

// With is the scorer with an operator's own lexicon files, whose entries win over the shipped ones and over the model.
// s stays as it is.
func (s *Scorer) With(custom ...LexiconFile) *Scorer { return newScorer(s.base, custom, s.model) }

// Score reads one text. text must be valid UTF-8 (nlp.Clean); tokens are its tokens (nlp.Tokenizer), whose borders keep
// Chinese words apart; without them single characters are trusted more. The language is seen from the text, word by
// word; lang is not needed and is taken for the sake of a stable signature. All spans are of text.
func (s *Scorer) Score(text string, tokens []nlp.Token, lang nlp.Lang) nlp.Sentiment {
	return s.score(nlp.FoldText(text), tokens)
}

// score is Score for a text that is folded.
func (s *Scorer) score(text nlp.Folded, tokens []nlp.Token) nlp.Sentiment {
	sc := s.scratch.Get().(*scratch)
	defer s.scratch.Put(sc)
	v := s.judge(sc, text, tokens, true)
	r := &sc.reader.r
	return nlp.Sentiment{
		Polarity:  v.polarity(),
		Score:     round(v.pos - v.neg),
		Intensity: round(intensity(r)),
		Probs: map[nlp.Polarity]float64{
			nlp.Negative: round(v.neg), nlp.Neutral: round(v.neu), nlp.Positive: round(v.pos),
		},
		Reasons:  sc.reasons(v),
		Emotions: emotionsOf(r, v),
	}
}

// verdict is what model and rules say of one text.
type verdict struct {
	neg, neu, pos float64 // probabilities
	margins       margins
}

// polarity is the likeliest one; a tie goes to positive, then neutral.
func (v verdict) polarity() nlp.Polarity {
	switch {
	case v.pos >= v.neu && v.pos >= v.neg:
		return nlp.Positive
	case v.neu >= v.neg:
		return nlp.Neutral
	}
	return nlp.Negative
}

// judge decides; with neutral false the text must take a side.
func (s *Scorer) judge(sc *scratch, text nlp.Folded, tokens []nlp.Token, neutral bool) verdict {
	r := s.read(sc, text, tokens)
	if len(sc.reader.units) == 0 {
		if neutral {
			return verdict{neu: 1}
		}
		return verdict{neg: 0.5, pos: 0.5}
	}
	v := verdict{margins: s.model.margin(&sc.features, r, &sc.net)}
	v.neg, v.neu, v.pos = probabilities(s.model.logits(&v.margins, r, neutral), neutral)
	return v
}

// read cuts text into units, applies the rules and extracts the model's features.
func (s *Scorer) read(sc *scratch, text nlp.Folded, tokens []nlp.Token) *reading {
	sc.folded = text
	rd := &sc.reader
	rd.units = sc.scan.scan(sc.folded.Text)
	place(rd.units, &sc.folded, tokens)
	if sc.scan.refers {
		rd.units = s.lex.refs.drop(rd.units, sc.folded.Text)
	}
	rd.steps = 0
	rd.found = s.lex.find(rd.units, sc.folded.Text, rd.found[:0], &rd.steps)
	r := rd.read()
	r.post = r.post || hasTag(sc.folded.Text)
	sc.features.extract(rd.units, rd.found, sc.folded.Text)
	return r
}

// intensity is how loud a text is, whichever way it goes: 0 flat, 1 shouting.
func intensity(r *reading) float64 {
	loud := r.good + r.bad + 0.5*float64(min(r.exclaims, 4)) + 0.3*float64(min(r.caps, 5))
	return 1 - math.Exp(-loud/5)
}

// maxReasons bounds the reasons of one verdict.
const maxReasons = 12

// modelReason is the least share of the model's whole pull that makes an n-gram a reason.
const modelReason = 0.05

// reasons turns units into spans of the text, the strongest first: what the rules found, then the model's n-grams.
func (sc *scratch) reasons(v verdict) []nlp.Reason {
	r, units := &sc.reader.r, sc.reader.units
	for _, p := range v.margins.pulls {
		if math.Abs(p.weight) < modelReason || sc.covered(int(p.from), int(p.to)) {
			continue
		}
		r.reasons = append(r.reasons, reasonAt{from: int(p.from), to: int(p.to), rule: ruleModel, weight: p.weight})
	}
	if len(r.reasons) == 0 {
		return nil
	}
	slices.SortStableFunc(r.reasons, func(a, b reasonAt) int {
		return cmp.Or(cmp.Compare(math.Abs(b.weight), math.Abs(a.weight)), cmp.Compare(a.from, b.from))
	})
	out := make([]nlp.Reason, 0, min(len(r.reasons), maxReasons))
	for _, why := range r.reasons[:min(len(r.reasons), maxReasons)] {
		span := sc.folded.Source(int(units[why.from].start), int(units[why.to-1].end))
		out = append(out, nlp.Reason{
			Span: span, Text: sc.folded.Original()[span.Start:span.End], Rule: why.rule, Weight: round(why.weight),
		})
	}
	return out
}

// covered reports whether a reason already speaks of one of the units.
func (sc *scratch) covered(from, to int) bool {
	for _, why := range sc.reader.r.reasons {
		if from < why.to && why.from < to {
			return true
		}
	}
	return false
}

// round keeps four places, so that the same text prints the same on every machine.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }
