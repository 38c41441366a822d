package intent

import (
	"context"
	"math"
)

// evidence is what the gate judges a text by; see gate.
type evidence struct {
	top    float64 // the best intent's margin
	gap    float64 // its distance from the runner-up
	prob   float64 // its share of the softmax
	known  float64 // share of the text's words and pairs that training has seen
	tokens float64 // logarithm of the number of tokens
}

// held is a text seen by a model that was not trained on it.
type held struct {
	class   int // the true intent; −1 when it is out of scope for the model that scored it
	best    int
	score   []float32
	known   float64
	tokens  int
	outside bool
}

func (h held) evidence(temper float64) evidence { return weigh(h.score, temper, h.known, h.tokens) }

// weigh reduces the margins of all intents to the evidence.
func weigh(score []float32, temper, known float64, tokens int) evidence {
	first, second := math.Inf(-1), math.Inf(-1)
	for _, s := range score {
		if f := float64(s); f > first {
			first, second = f, first
		} else if f > second {
			second = f
		}
	}
	sum := 0.0
	for _, s := range score {
		sum += math.Exp(temper * (float64(s) - first))
	}
	return evidence{
		top: first, gap: math.Min(first-second, 2), prob: 1 / sum,
		known: known, tokens: math.Log1p(float64(tokens)),
	}
}

// Folds of the cross-validation: more when data are few, because they are cheap then and each example counts.
func folds(n int) int {
	if n <= manyTexts {
		return 5
	}
	return 3
}

// plenty is how many texts make two of the three folds enough to calibrate by.
const plenty = 8000

// fewestToHide is how many intents there must be before one is hidden: with fewer, too few are left to tell apart.
const fewestToHide = 4

// crossValidate scores every text by a model that has not seen it. In each fold a share of the intents is left out
// altogether: their texts play the part of questions that nobody thought of (pseudo out of scope).
func crossValidate(ctx context.Context, s *set, opts Options) ([]held, error) {
	k := folds(len(s.texts))
	member := make([]int, len(s.texts)) // the fold in which a text is held out
	seen := make(map[int]int)
	for i, c := range s.class {
		member[i] = seen[c] % k
		seen[c]++
	}
	// Intents are dealt to the folds in a shuffled order, since neighbours in the alphabet are often neighbours in meaning.
	deal := make([]int32, len(s.labels))
	for i := range deal {
		deal[i] = int32(i)
	}
	(&rng{state: 7}).shuffle(deal)
	left := make([]int, len(s.labels))
	for rank, c := range deal {
		left[c] = rank % k
	}
	hideIntents := len(s.labels) >= fewestToHide
	var all []held
	scored := k
	if len(s.texts) > plenty {
		scored = k - 1
	}
	for fold := range scored {
		outside := func(c int) bool { return hideIntents && c >= 0 && left[c] == fold }
		l, err := fitLinear(ctx, s, func(i int) bool { return member[i] != fold && !outside(s.class[i]) }, opts)
		if err != nil {
			return nil, err
		}
		part := make([]held, len(s.texts))
		pool := newScratches(l)
		if err := parallel(ctx, opts.Workers, len(s.texts), func(_, i int) {
			c := s.class[i]
			if member[i] != fold && (!outside(c) || i%k != fold) {
				return
			}
			sc := pool.get()
			defer pool.put(sc)
			sc.enc.encode(s.texts[i], &sc.x)
			h := held{class: c, known: float64(sc.x.known), tokens: len(s.texts[i]), score: make([]float32, len(s.labels))}
			l.score(&sc.x, h.score)
			if c < 0 || outside(c) {
				h.class, h.outside = -1, true
			}
			part[i] = h
		}); err != nil {
			return nil, err
		}
		for _, h := range part {
			if h.score != nil {
				h.best = argmax(h.score)
				all = append(all, h)
			}
		}
	}
	return all, nil
}

func argmax(score []float32) int {
	best := 0
	for c, s := range score {
		if s > score[best] {
			best = c
		}
	}
	return best
}
