// Package sentiment says what a text feels like (negative, neutral or positive), how strongly, and why: which words
// and which rules made the verdict.
//
// A lexicon that people can edit and a set of rules (negation, degree, contrast, question, wish, sarcasm) read the
// text; a linear model over words, characters and what the rules found decides. docs/sentiment.md tells what each part
// is worth.
package sentiment

import (
	"cmp"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"sync"

	"huiyin/nlp"
)

// A Scorer reads texts. It is immutable and safe for concurrent use.
type Scorer struct {
	lex     *lexicon
	base    []LexiconFile
	scratch sync.Pool // of *scratch
}

// scratch is what one Score call needs; it is reused, since a short text takes less time than its allocations.
type scratch struct {
	scan   scanner
	reader reader
}

// Load reads the lexicons (lexicon/sentiment-*.yaml) from fsys, which is rooted at the data folder.
func Load(fsys fs.FS) (*Scorer, error) {
	files, err := readLexicons(fsys)
	if err != nil {
		return nil, err
	}
	return newScorer(files, files), nil
}

func newScorer(base, files []LexiconFile) *Scorer {
	s := &Scorer{base: base, lex: compile(files)}
	s.scratch.New = func() any { return &scratch{scan: scanner{sym: &s.lex.sym}} }
	return s
}

// With is the scorer with further lexicon files, whose entries win over the shipped ones. s stays as it is.
func (s *Scorer) With(overrides ...LexiconFile) *Scorer {
	return newScorer(s.base, append(slices.Clip(s.base), overrides...))
}

// Score reads one text. text must be valid UTF-8 (nlp.Clean); tokens are its tokens (nlp.Tokenizer), whose borders keep
// Chinese words apart; without them single characters are trusted more. All spans are of text.
func (s *Scorer) Score(text string, tokens []nlp.Token, lang nlp.Lang) nlp.Sentiment {
	return s.score(text, tokens, lang, true)
}

// score is Score; with neutral false it must choose a side.
func (s *Scorer) score(text string, tokens []nlp.Token, _ nlp.Lang, neutral bool) nlp.Sentiment {
	sc := s.scratch.Get().(*scratch)
	defer s.scratch.Put(sc)
	folded := nlp.FoldText(text)
	r := s.read(sc, folded, tokens)
	probs := ruleProbs(r, neutral)
	return nlp.Sentiment{
		Polarity:  verdict(probs),
		Score:     round(squash(r.sum)),
		Intensity: round(intensity(r)),
		Probs:     probs,
		Reasons:   reasons(r, folded, sc.reader.units),
		Emotions:  emotionsOf(r.emotions),
	}
}

func (s *Scorer) read(sc *scratch, folded nlp.Folded, tokens []nlp.Token) *reading {
	rd := &sc.reader
	rd.units = sc.scan.scan(folded.Text)
	place(rd.units, folded, tokens)
	rd.found = s.lex.find(rd.units, folded.Text, rd.found[:0])
	return rd.read()
}

func ruleProbs(r *reading, neutral bool) map[nlp.Polarity]float64 {
	pos := 1 / (1 + math.Exp(-1.5*r.sum))
	neu := 0.0
	if neutral {
		neu = math.Exp(-math.Abs(r.sum)) * 0.8
	}
	return map[nlp.Polarity]float64{nlp.Negative: round((1 - neu) * (1 - pos)), nlp.Neutral: round(neu), nlp.Positive: round((1 - neu) * pos)}
}

// verdict is the likeliest polarity; ties go to positive, then neutral, as in the data sets at large.
func verdict(p map[nlp.Polarity]float64) nlp.Polarity {
	best := nlp.Positive
	for _, c := range []nlp.Polarity{nlp.Neutral, nlp.Negative} {
		if p[c] > p[best] {
			best = c
		}
	}
	return best
}

// intensity is how loud a text is, whichever way it goes: 0 flat, 1 shouting.
func intensity(r *reading) float64 {
	loud := r.good + r.bad + 0.5*float64(min(r.exclaims, 4)) + 0.3*float64(min(r.caps, 5))
	return 1 - math.Exp(-loud/5)
}

// maxReasons bounds the reasons of one verdict.
const maxReasons = 12

// reasons turns units into spans of the original text, the strongest first.
func reasons(r *reading, folded nlp.Folded, units []unit) []nlp.Reason {
	if len(r.reasons) == 0 {
		return nil
	}
	slices.SortStableFunc(r.reasons, func(a, b reasonAt) int {
		return cmp.Or(cmp.Compare(math.Abs(b.weight), math.Abs(a.weight)), cmp.Compare(a.from, b.from))
	})
	out := make([]nlp.Reason, 0, min(len(r.reasons), maxReasons))
	for _, why := range r.reasons[:min(len(r.reasons), maxReasons)] {
		span := folded.Source(int(units[why.from].start), int(units[why.to-1].end))
		out = append(out, nlp.Reason{
			Span: span, Text: folded.Original()[span.Start:span.End], Rule: why.rule, Weight: round(why.weight),
		})
	}
	return out
}

// round keeps four places, so that the same text prints the same on every machine.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// String names a scorer in logs.
func (s *Scorer) String() string {
	return fmt.Sprintf("sentiment: %d lexicon entries", len(s.lex.entries))
}
