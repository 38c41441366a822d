package kb

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"huiyin/kb/wording"
)

// Unseen is a collection of questions with their articles, and models that have not learned from them.
type Unseen struct {
	Models    Models
	Corpus    []Article
	Questions []Labelled
}

// Learning of words that stand on one side only: a logistic choice among the best articles of each question, by stochastic
// gradient descent. docs/measured/kb.md says what it brought on questions that were kept out.
const (
	apartFrom   = 20   // articles of a question
	apartTexts  = 20   // questions and titles that a word must stand in
	apartEpochs = 8    // passes
	apartHeat   = 15.0 // what a score is multiplied by, at the start
	apartRate   = 0.05 // step, at the start
	apartSlower = 0.85 // what it is multiplied by after each pass
	apartDecay  = 1e-3 // share of a weight that a question takes away, by the step
	swapTexts   = 60   // articles of questions that a pair of words must stand in, one on either side
	swapDecay   = 4e-3 // of the weight of a pair: there are many of them
)

// choice is an article that was found for a question.
type choice struct {
	score         float64
	asked, titled []int32 // numbers of words, as all sets have them, that the question or the title alone has
	only          []int   // numbers of weights
	right         bool
}

// words numbers words as they are met.
type words struct {
	ids   map[string]int32
	names []string
}

func (w *words) id(word string) int32 {
	n, ok := w.ids[word]
	if !ok {
		n = int32(len(w.names))
		w.ids[word] = n
		w.names = append(w.names, word)
	}
	return n
}

// LearnApart learns what a word that only the question or only an article's title has says about whether both mean the
// same, over what the score says already.
func LearnApart(ctx context.Context, tok Tokenizer, sets []Unseen) (*wording.Apart, error) {
	w := &words{ids: map[string]int32{}}
	names := frequent(tok, sets)
	for _, word := range names {
		w.id(word)
	}
	all, err := allChoices(ctx, tok, sets, w)
	if err != nil {
		return nil, err
	}
	number(all, len(names))
	return wording.NewApart(learn(all, names, apartDecay)), nil
}

// LearnSwaps adds to the weights of words, which the models of the sets have, what two words say of which the question has one and
// an article's title the other.
func LearnSwaps(ctx context.Context, tok Tokenizer, sets []Unseen, single *wording.Apart) (*wording.Apart, error) {
	w := &words{ids: map[string]int32{}}
	all, err := allChoices(ctx, tok, sets, w)
	if err != nil {
		return nil, err
	}
	return single.With(learn(all, numberSwaps(all, w), swapDecay)), nil
}

func allChoices(ctx context.Context, tok Tokenizer, sets []Unseen, w *words) ([][]choice, error) {
	var all [][]choice
	for _, set := range sets {
		list, err := choices(ctx, tok, set, w)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// learn learns the weights of names from choices, in units of the score.
func learn(all [][]choice, names []string, decay float64) map[string]float64 {
	weight, heat := make([]float64, len(names)), apartHeat
	rnd := rand.New(rand.NewPCG(4, 4))
	rate := apartRate
	for range apartEpochs {
		for _, i := range rnd.Perm(len(all)) {
			heat = learnChoice(all[i], weight, heat, rate)
		}
		for k := range weight {
			weight[k] *= 1 - min(0.9, decay*rate*float64(len(all)))
		}
		rate *= apartSlower
	}
	out := make(map[string]float64, len(weight))
	for i, name := range names {
		out[name] = weight[i] / heat
	}
	return out
}

// number says by which of the first words each choice is judged.
func number(all [][]choice, first int) {
	for _, list := range all {
		for i := range list {
			x := &list[i]
			for _, id := range append(slices.Clone(x.asked), x.titled...) {
				if int(id) < first {
					x.only = append(x.only, int(id))
				}
			}
			slices.Sort(x.only) // sums do not depend on the order of maps
		}
	}
}

// numberSwaps does so for the pairs of words that stand in enough choices, and returns their names.
func numberSwaps(all [][]choice, w *words) (names []string) {
	count := map[[2]int32]int{}
	for _, list := range all {
		for i := range list {
			for pair := range list[i].pairs() {
				count[pair]++
			}
		}
	}
	maps.DeleteFunc(count, func(_ [2]int32, n int) bool { return n < swapTexts })
	ids := map[[2]int32]int{}
	for _, pair := range slices.SortedFunc(maps.Keys(count), func(a, b [2]int32) int { return slices.Compare(a[:], b[:]) }) {
		ids[pair] = len(names)
		names = append(names, wording.SwapKey(w.names[pair[0]], w.names[pair[1]]))
	}
	for _, list := range all {
		for i := range list {
			x := &list[i]
			for pair := range x.pairs() {
				if id, ok := ids[pair]; ok {
					x.only = append(x.only, id)
				}
			}
			slices.Sort(x.only)
		}
	}
	return names
}

// pairs are a word of the question and one of the title, the lower number first.
func (c *choice) pairs() iter.Seq[[2]int32] {
	return func(yield func([2]int32) bool) {
		if len(c.asked)*len(c.titled) > mostSwaps {
			return
		}
		for _, a := range c.asked {
			for _, b := range c.titled {
				if !yield([2]int32{min(a, b), max(a, b)}) {
					return
				}
			}
		}
	}
}

// frequent are the words that stand in enough of the questions and titles, sorted.
func frequent(tok Tokenizer, sets []Unseen) []string {
	count := map[string]int{}
	for _, set := range sets {
		for _, q := range set.Questions {
			for word := range termsOf(tok, q.Text) {
				count[word]++
			}
		}
		for _, a := range set.Corpus {
			for word := range termsOf(tok, a.Title) {
				count[word]++
			}
		}
	}
	maps.DeleteFunc(count, func(_ string, n int) bool { return n < apartTexts })
	return slices.Sorted(maps.Keys(count))
}

func termsOf(tok Tokenizer, text string) map[string]bool {
	out := map[string]bool{}
	for _, t := range tok.Tokenize(text) {
		if t.Term != "" {
			out[t.Term] = true
		}
	}
	return out
}

// choices are the best articles of each question. Questions whose article is not among them teach nothing.
func choices(ctx context.Context, tok Tokenizer, set Unseen, numbers *words) ([][]choice, error) {
	c := newCatalog(tok, set.Models)
	c.put(set.Corpus)
	titles := map[ArticleID]map[string]bool{}
	for _, a := range set.Corpus {
		titles[a.ID] = termsOf(tok, a.Title)
	}
	w := defaultWeights()
	var out [][]choice
	for _, q := range set.Questions {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("kb: learn words apart: %w", err)
		}
		asked := termsOf(tok, q.Text)
		var list []choice
		found := false
		ranking := c.rankAll(analyze(tok, q.Text, nil), guessLang(q.Text), "", nil, false, time.Time{}, &w)
		for _, r := range ranking[:min(apartFrom, len(ranking))] {
			x := choice{score: r.score, right: slices.Contains(q.Relevant, r.entry.article.ID)}
			title := titles[r.entry.article.ID]
			x.asked, x.titled = oneSided(asked, title, numbers), oneSided(title, asked, numbers)
			found = found || x.right
			list = append(list, x)
		}
		if found {
			out = append(out, list)
		}
	}
	return out, nil
}

// oneSided are the words that a has and b has not.
func oneSided(a, b map[string]bool, numbers *words) []int32 {
	var out []int32
	for _, word := range slices.Sorted(maps.Keys(a)) {
		if !b[word] {
			out = append(out, numbers.id(word))
		}
	}
	return out
}

// learnChoice takes one step towards the right articles of a question, and returns the new heat.
func learnChoice(list []choice, weight []float64, heat, rate float64) float64 {
	p := make([]float64, len(list))
	for k, c := range list {
		p[k] = heat * c.score
		for _, i := range c.only {
			p[k] -= weight[i]
		}
	}
	top := slices.MaxFunc(p, cmp.Compare[float64])
	sum, right := 0.0, 0.0
	for k, c := range list {
		p[k] = math.Exp(p[k] - top)
		sum += p[k]
		if c.right {
			right += p[k]
		}
	}
	for k, c := range list {
		g := p[k] / sum // of the loss by the score
		if c.right {
			g -= p[k] / right
		}
		heat -= rate * g * c.score
		for _, i := range c.only {
			weight[i] += rate * g
		}
	}
	return heat
}

// Collect makes an Unseen of pairs of questions that mean the same: each second one is an article that the first one asks for.
func Collect(models Models, pairs [][2]string) Unseen {
	u := Unseen{Models: models}
	ids := map[string]ArticleID{}
	for _, pair := range pairs {
		id, ok := ids[pair[1]]
		if !ok {
			id = ArticleID(fmt.Sprintf("%d", len(ids)))
			ids[pair[1]] = id
			u.Corpus = append(u.Corpus, Article{ID: id, Root: RootID(id), Title: pair[1], Lang: guessLang(pair[1]), Status: Published})
		}
		u.Questions = append(u.Questions, Labelled{Text: pair[0], Relevant: []ArticleID{id}})
	}
	return u
}
