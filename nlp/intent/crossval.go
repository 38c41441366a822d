package intent

import (
	"context"
	"math"
	"slices"
)

// evidence is what the gate judges a text by; see gate.
type evidence struct {
	top    float64 // the best intent's margin
	gap    float64 // its distance from the runner-up
	prob   float64 // its share of the softmax
	known  float64 // share of the text's words and pairs that training has seen
	tokens float64 // logarithm of the number of tokens
	inside float64 // how far it is from the examples of what is out of scope; 0 where they are too few to tell
}

// trials are the held-out texts as two models saw them: full knows all intents, as the model that is trained at last does;
// blind does not know some, and saw their texts too. There is no blind one where intents are too few.
type trials struct{ full, blind []held }

// held is a text seen by a model that was not trained on it.
type held struct {
	class   int // the true intent; −1 when it is out of scope for the model that scored it
	best    int
	score   []float32
	known   float64
	tokens  int
	inside  float64
	outside bool
	example bool // one of what is out of scope
	blind   bool
}

func (h held) evidence(temper float64) evidence {
	e := weigh(h.score, temper, h.known, h.tokens)
	e.inside = h.inside
	return e
}

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

// folds of the cross-validation. Each goes on from the model of all texts, so that it is cheap.
const folds = 3

// Passes over the data with which a fold forgets the texts that it does without, before and after it looks at what it
// then misjudges.
const foldEpochs, widerEpochs = 2, 2

// fewestToHide is how many intents there must be before one is hidden: with fewer, too few are left to tell apart.
const fewestToHide = 4

// manyHeld is how many texts make all but one of the folds enough to calibrate by.
const manyHeld = 8000

// plenty is how many texts of hidden intents are enough for a fold.
const plenty = 1500

// crossValidate scores texts by models that have not seen them. In each fold a share of the texts is held out; they are what
// the confidence is calibrated on, and the model knows all intents, as the final one does. Then a share of the intents is taken
// away altogether: their texts play the part of questions that nobody thought of (pseudo out of scope).
func (t *trainer) crossValidate(ctx context.Context) (trials, error) {
	f := &fold{trainer: t, model: newLinear(t.linear.labels, t.columns()-len(t.linear.labels), t.linear.vocab, t.linear.meaning), pool: newScratches(t.linear), member: make([]int, len(t.texts))}
	seen := make(map[int]int)
	for i, c := range t.class[:t.names] {
		f.member[i] = seen[c] % folds
		seen[c]++
	}
	for i := t.names; i < len(t.texts); i++ {
		f.member[i] = -1
	}
	// Intents are dealt to the folds in a shuffled order, since neighbours in the alphabet are often neighbours in meaning.
	deal := make([]int32, len(t.labels))
	for i := range deal {
		deal[i] = int32(i)
	}
	(&rng{state: 7}).shuffle(deal)
	f.hidden = make([]int, len(t.labels))
	for rank, c := range deal {
		f.hidden[c] = rank % folds
	}
	scored := folds
	if t.names > manyHeld {
		scored--
	}
	for f.number = range scored {
		if err := f.run(ctx); err != nil {
			return trials{}, err
		}
	}
	return f.trials, nil
}

// fold is one fold of the cross-validation.
type fold struct {
	*trainer
	trials
	model  *linear
	pool   *scratches
	member []int // by text: the fold that holds it out; −1 for labels
	hidden []int // by intent: the fold that hides it
	number int
}

// refit goes on with the classifiers on the texts that are not out, taking in what they now misjudge.
func (f *fold) refit(ctx context.Context, duals []dual, out func(i int) bool, stage int) ([]dual, error) {
	left := make([]dual, len(duals))
	for c, d := range duals {
		left[c] = d.without(func(i int32) bool { return out(int(i)) })
	}
	if err := f.fit(ctx, f.model, left, foldEpochs, stage); err != nil {
		return nil, err
	}
	left, err := f.widen(ctx, f.model, left, out)
	if err != nil {
		return nil, err
	}
	return left, f.fit(ctx, f.model, left, widerEpochs, stage+1)
}

// run scores the fold's held-out texts, then those and the ones of hidden intents.
func (f *fold) run(ctx context.Context) error {
	held := func(i int) bool { return f.member[i] == f.number }
	left := f.census.clone()
	test := f.takeAway(left, held)
	duals, err := f.refit(ctx, f.duals, held, 16+2*f.number)
	if err != nil {
		return err
	}
	part, err := f.scoreHeld(ctx, test, left, func(c int) bool { return c < 0 })
	f.full = append(f.full, part...)
	if err != nil || len(f.labels) < fewestToHide {
		return err
	}
	hide := func(c int) bool { return c >= 0 && f.hidden[c] == f.number }
	if _, err = f.refit(ctx, duals, func(i int) bool { return held(i) || hide(f.class[i]) }, 32+2*f.number); err != nil {
		return err
	}
	hidden := f.takeAway(left, func(i int) bool { return hide(f.class[i]) && !held(i) })
	test = append(test, thin(slices.DeleteFunc(hidden, func(i int) bool { return i >= f.names }), plenty)...)
	part, err = f.scoreHeld(ctx, test, left, func(c int) bool { return c < 0 || hide(c) })
	f.blind = append(f.blind, part...)
	return err
}

// takeAway takes texts out of the census, and lists them.
func (f *fold) takeAway(left *census, out func(i int) bool) []int {
	var list []int
	for i := range f.texts {
		if out(i) {
			left.count(f.cells[i], f.class[i], -1)
			list = append(list, i)
		}
	}
	return list
}

// thin is an even sample of about n.
func thin[T any](list []T, n int) []T {
	every := max(1, (len(list)+n-1)/n)
	kept := list[:0]
	for i := 0; i < len(list); i += every {
		kept = append(kept, list[i])
	}
	return kept
}

// scoreHeld scores texts by the fold's model.
func (f *fold) scoreHeld(ctx context.Context, test []int, left *census, outside func(class int) bool) ([]held, error) {
	out := make([]held, len(test))
	err := parallel(ctx, f.workers, len(test), func(_, j int) {
		i := test[j]
		sc := f.pool.get()
		defer f.pool.put(sc)
		f.encode(i, left, &sc.x)
		h := held{class: f.class[i], known: float64(sc.x.known), tokens: len(f.texts[i]), score: make([]float32, f.columns())}
		f.model.score(&sc.x, h.score)
		h.score, h.inside = f.model.split(h.score)
		h.example = h.class < 0
		if outside(h.class) {
			h.class, h.outside = -1, true
		}
		h.best = argmax(h.score)
		out[j] = h
	})
	return out, err
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
