package kb

import (
	"cmp"
	"context"
	"fmt"
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
// gradient descent. docs/kb.md says what it brought on questions that were kept out.
const (
	apartFrom   = 20   // articles of a question
	apartTexts  = 20   // questions and titles that a word must stand in
	apartEpochs = 8    // passes
	apartHeat   = 15.0 // what a score is multiplied by, at the start
	apartRate   = 0.05 // step, at the start
	apartSlower = 0.85 // what it is multiplied by after each pass
	apartDecay  = 1e-3 // share of a weight that a question takes away, by the step
)

// choice is an article that was found for a question.
type choice struct {
	score float64
	only  []int // numbers of the words that one of both has
	right bool
}

// LearnApart learns what a word that only the question or only an article's title has says about whether both mean the
// same, over what the score says already.
func LearnApart(ctx context.Context, tok Tokenizer, sets []Unseen) (*wording.Apart, error) {
	numbers := map[string]int{}
	for i, word := range frequent(tok, sets) {
		numbers[word] = i
	}
	var all [][]choice
	for _, set := range sets {
		list, err := choices(ctx, tok, set, numbers)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	weight, heat := make([]float64, len(numbers)), apartHeat
	rnd := rand.New(rand.NewPCG(4, 4))
	rate := apartRate
	for range apartEpochs {
		for _, i := range rnd.Perm(len(all)) {
			heat = learnChoice(all[i], weight, heat, rate)
		}
		for k := range weight {
			weight[k] *= 1 - min(0.9, apartDecay*rate*float64(len(all)))
		}
		rate *= apartSlower
	}
	out := make(map[string]float64, len(weight))
	for word, i := range numbers {
		out[word] = weight[i] / heat
	}
	return wording.NewApart(out), nil
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
func choices(ctx context.Context, tok Tokenizer, set Unseen, numbers map[string]int) ([][]choice, error) {
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
			x.only = append(oneSided(asked, title, numbers), oneSided(title, asked, numbers)...)
			slices.Sort(x.only) // sums do not depend on the order of maps
			found = found || x.right
			list = append(list, x)
		}
		if found {
			out = append(out, list)
		}
	}
	return out, nil
}

func oneSided(a, b map[string]bool, numbers map[string]int) []int {
	var out []int
	for word := range a {
		if i, known := numbers[word]; known && !b[word] {
			out = append(out, i)
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
