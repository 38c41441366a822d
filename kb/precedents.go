package kb

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"huiyin/nlp"
)

// Precedent is a question that a person answered.
type Precedent struct {
	ID       string // of where the answer stands
	Question string
	Lang     nlp.Lang // as written; its base counts
}

// precedentAt is the score of wordings from which an agent is shown an earlier question. Of testdata/gap_alike.csv 36 of 40 that
// differ in small words are found, 5 of 80 in other words, and 10 of 104 that look alike and ask for something else; at 0.5
// these are 35, 2 and 7. Without the names of things it would be 34 of 80 and 88 of 104.
const precedentAt = 0.40

// Precedents finds questions that were asked before and ask the same as a new one, in its language. What counts as the same is
// nearly what does among gaps: the wordings are alike, and neither names something that the other does not. It is in memory, and safe
// for concurrent use.
type Precedents struct {
	catalog *catalog
	weights *weights
	most    int

	mu    sync.Mutex
	order []ArticleID // the oldest first
	left  int         // how many have left the catalog, in which their words are still
}

// Precedents is an empty collection for at most this many questions, of which the oldest leave first.
func (s *Searcher) Precedents(most int) *Precedents {
	p := &Precedents{catalog: s.catalog.sibling(), weights: &s.weights, most: most}
	p.catalog.large = true // wordings are compared, and nothing else
	return p
}

// Put adds questions, or replaces those with the same ID; an empty Question removes one. Many at once cost little more than one.
func (p *Precedents) Put(list ...Precedent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var changed []Article
	for _, one := range list {
		id := ArticleID(one.ID)
		if at := slices.Index(p.order, id); at >= 0 {
			p.order = slices.Delete(p.order, at, at+1)
			p.left++
		} else if one.Question == "" {
			continue
		}
		a := Article{ID: id, Root: RootID(id), Title: one.Question, Lang: one.Lang.Base(), Status: Archived}
		if one.Question != "" {
			a.Status = Published
			p.order = append(p.order, id)
		}
		changed = append(changed, a)
	}
	for len(p.order) > p.most {
		changed = append(changed, Article{ID: p.order[0], Root: RootID(p.order[0]), Status: Archived})
		p.order = p.order[1:]
		p.left++
	}
	if len(changed) == 0 {
		return
	}
	last := map[ArticleID]int{} // of two that are the same, the later one counts
	for i, a := range changed {
		last[a.ID] = i
	}
	once := changed[:0:0]
	for i, a := range changed {
		if last[a.ID] == i {
			once = append(once, a)
		}
	}
	p.catalog.put(once)
	if p.left > p.most {
		p.renew()
	}
}

// renew drops the words of what has left. The caller holds mu.
func (p *Precedents) renew() {
	all := make([]Article, len(p.order))
	for i, id := range p.order {
		all[i] = *p.catalog.entries[id].article // nobody else changes it
	}
	fresh := p.catalog.sibling()
	fresh.large = p.catalog.large
	fresh.put(all)
	p.catalog.adopt(fresh)
	p.left = 0
}

// Find is up to n questions that ask the same, the one most alike first. Its cost grows with how many there are: 1 ms for a thousand.
func (p *Precedents) Find(ctx context.Context, text string, lang nlp.Lang, n int) []Precedent {
	c := p.catalog
	c.mu.RLock()
	defer c.mu.RUnlock()
	asked := analyze(c.tok, text, nil)
	if len(asked.features) == 0 {
		return nil
	}
	q := c.question(asked, lang.Base(), "")
	named := c.named(q.tokens)
	type found struct {
		Precedent
		score float64
	}
	var alike []found
	for _, e := range c.entries {
		if ctx.Err() != nil {
			return nil
		}
		if e.article.Lang != lang.Base() || len(e.phrases[0].features) == 0 {
			continue
		}
		score, _ := c.wording(&q, &e.phrases[0], p.weights)
		if score < precedentAt || otherThing(named, c.named(analyze(c.tok, e.article.Title, nil).tokens)) {
			continue
		}
		alike = append(alike, found{Precedent{string(e.article.ID), e.article.Title, e.article.Lang}, score})
	}
	slices.SortFunc(alike, func(a, b found) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.ID, b.ID)) })
	var out []Precedent
	for _, f := range alike[:min(n, len(alike))] {
		out = append(out, f.Precedent)
	}
	return out
}
