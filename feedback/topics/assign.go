package topics

import (
	"context"
	"math"
	"slices"

	"huiyin/feedback"
	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// Classifier assigns topics of a taxonomy. It implements feedback.Topics and is safe for concurrent use.
type Classifier struct {
	taxonomy *Taxonomy
	tok      Tokenizer
	space    *vectors.Vectors
	seeds    *seedTable
	aspects  *aspects
	manner   *feedback.Manner
	touch    map[string]feedback.Touchpoint // by group
	parent   []int                          // each topic's group, by their places; −1: none
	strict   float64                        // how much better than widenLeast a message without seeds has to fit
	doubt    float64                        // how little the examples are trusted beside seeds: 1, not; 0, as much as where there are enough
	learned  learned
	version  string
}

// New makes a Classifier. space may be nil: messages without a seed are then known by their words only.
func New(t *Taxonomy, tok Tokenizer, space *vectors.Vectors) *Classifier {
	c := &Classifier{taxonomy: t, tok: tok, space: space, seeds: newSeedTable(t, tok), aspects: newAspects(t, tok), manner: feedback.NewManner(), touch: map[string]feedback.Touchpoint{}}
	for _, g := range t.Groups {
		c.touch[g.ID] = g.Touchpoint
	}
	c.learned.topic = map[string]int{nothing: nobody}
	for i, topic := range t.Topics {
		c.learned.topic[topic.ID] = i
		c.parent = append(c.parent, slices.IndexFunc(t.Groups, func(g Group) bool { return g.ID == topic.Parent }))
	}
	c.version = versionOf(t, "")
	c.doubt = max(0, 1-float64(len(t.examples))/float64(examplesEnough*max(1, len(t.Topics))))
	c.strict = 1 + richer*math.Log(max(1, t.seedsEach()/fewSeeds))
	return c
}

// thin reports whether a taxonomy has so few seeds that nearly all is left to widening. The characters of words and what tells topics apart
// by places, and the words of its topics' names, are looked at only then: where seeds and examples say more, they guess more and know no better.
func (c *Classifier) thin() bool { return c.taxonomy.thin() }

// rank is how many directions of company are looked at.
func (c *Classifier) rank() int {
	if c.thin() {
		return apartRank
	}
	return latentRank
}

const (
	// learnMost bounds the messages that are learned from; it is learned anew whenever they have doubled.
	learnMost = 20_000
	// widenRounds is how often what was learned is used to learn again.
	widenRounds = 4
	// seedWeight is what a seed of weight one adds, in log odds.
	seedWeight = 2
	// widenLeast is how well a message without any seed has to fit a topic, in units of the log odds of chance: the more
	// topics there are, the likelier it is that one fits by accident. widenMargin is by how many log odds it has to fit
	// better than the next.
	widenLeast, widenMargin = 0.9, 0.3
	// fewSeeds is how many seeds a topic has in a taxonomy that leaves nearly all to widening. One with more of them names most
	// of what it is about by itself: what has no seed there is the less likely about any of its topics, and has to fit better by
	// richer for every e-fold more seeds.
	fewSeeds, richer = 6, 0.25
	// happyLeast is the score from which on a message about a problem counts as praise all the same.
	happyLeast = 0.5
	// widenFrom is how many messages with its seeds a topic needs to be given messages without.
	widenFrom = 5
)

// widening are a Classifier's weights: chosen on requests to assistants in Chinese and English, three seeds a topic (docs/measured/feedback.md).
func widening() knobs {
	return knobs{words: 1, signs: 1, missing: 0.2, long: 6, meaning: 3, prior: 1.25, smooth: 20, rare: 2, lean: 6}
}

// Pile implements feedback.Topics. Seeds decide where there are any; a message without is compared with those that have
// some, by its words and by what they mean, and belongs to the topic that it clearly fits. What is learned is learned from
// the weeks up to a message's own, so that a later week changes nothing about those before it.
func (c *Classifier) Pile() feedback.Pile {
	return &classified{c: c, kept: newKept()}
}

// classified is the pile of a Classifier.
type classified struct {
	kept
	c       *Classifier
	hits    runs[hit]
	aspects runs[judged]
	named   []int16               // what seeds and examples call each message by itself; nobody: neither; settled: about none
	best    []int32               // the topic of each message; nobody or settled: none
	topics  []feedback.Assignment // what messages about a topic have in common

	recalled reading // reused by Recall
}

// Read implements feedback.Pile.
func (p *classified) Read(items []feedback.Item) func() {
	readings := make([]reading, len(items))
	for i := range items {
		p.c.read(&readings[i], items[i])
	}
	return func() {
		for i := range readings {
			p.keep(&readings[i])
		}
	}
}

func (c *Classifier) read(r *reading, it feedback.Item) {
	folded := nlp.Fold(it.Text)
	all, open := tokensOf(c.tok, it)
	r.week, r.trait = weekOf(it), traitOf(c.manner, it, folded)
	r.hits = c.seeds.score(folded, open, nil)
	r.named = int16(c.named(nlp.Clean(it.Text), open, r.hits, namedLeast))
	r.aspects = c.aspects.of(it, folded, all)
	r.tokens = telling(open)
}

// Assign implements feedback.Pile.
func (p *classified) Assign(ctx context.Context) error {
	var seen []int
	var l *lesson
	var err error
	learned := 0
	p.best = make([]int32, len(p.traits))
	for _, week := range weeksOf(p.weeks, 1) {
		seen = append(seen, week...)
		if l == nil || learned < learnMost && len(seen) >= 2*learned {
			if l, err = p.learn(ctx, seen); err != nil {
				return err
			}
			learned = len(seen)
		}
		spread(len(week), func(from, to int) {
			s := l.scorer()
			for _, d := range week[from:to] {
				if p.best[d] = int32(p.named[d]); p.best[d] == nobody || l.foreign.bars(p, d, int(p.best[d])) {
					p.best[d] = int32(s.topic(d, p.corpus.docs.of(d)))
				}
			}
		})
	}
	p.topics = make([]feedback.Assignment, len(p.c.taxonomy.Topics))
	words := p.telling(l)
	for t, topic := range p.c.taxonomy.Topics {
		p.topics[t] = feedback.Assignment{Topic: topic.ID, Name: topic.text(), Words: words[t], Group: topic.Parent, GroupName: p.c.taxonomy.group(topic.Parent), Touch: p.c.touch[topic.Parent]}
	}
	return ctx.Err()
}

// About implements feedback.Pile.
func (p *classified) About(i int) feedback.Assignment {
	var a feedback.Assignment
	list, is := p.aspects.of(i), p.traits[i]
	a.Complaint = is&traitComplains != 0
	if t := p.best[i]; t >= 0 {
		a = p.topics[t]
		a.Complaint = is&traitComplains != 0 || p.c.taxonomy.Topics[t].Problem && is&(traitHappy|traitInquires) == 0
	}
	if a.Group == "" && len(list) > 0 { // where in the journey: by its topic, or else by what it judges first
		a.Touch = p.c.touch[p.c.aspects.groups[list[0].group].ID]
	}
	a.Kind, a.Aspects = is.kind(a.Complaint), p.c.aspects.names(list)
	return a
}

// telling are the telling words of each topic.
func (p *classified) telling(l *lesson) []feedback.Words {
	words := make([]feedback.Words, len(p.c.taxonomy.Topics))
	if l == nil {
		return words
	}
	counts := make([]map[uint32]int, len(words))
	for t := range counts {
		counts[t] = map[uint32]int{}
	}
	for d, t := range p.best {
		if t < 0 {
			continue
		}
		for _, w := range p.corpus.docs.of(d) {
			if odds := l.m.oddsOf(w); odds != nil && odds[t] > 0 {
				counts[t][w]++
			}
		}
	}
	for t := range words {
		words[t] = l.m.telling(counts[t], t)
	}
	return words
}

// lesson is what was learned from some messages.
type lesson struct {
	c      *Classifier
	m      *mixture
	pile   *corpus
	places placing
	closed []bool
	votes  *votes        // nil: not asked
	apart  *discriminant // nil: too few messages to learn it from

	foreign barred
	rare    rarity
	of      *classified
}

// learn fits the mixture to messages, beginning with those that have seeds.
func (p *classified) learn(ctx context.Context, docs []int) (*lesson, error) {
	c, pile := p.c, p.corpus
	k := len(c.taxonomy.Topics)
	pile.locate(c.space, docs)
	rare := p.rarity(docs)
	l := &lesson{c: c, m: newMixture(pile, k), pile: pile, places: newPlacing(pile, docs, c.rank()), closed: p.closed(docs), votes: p.newVotes(docs, rare), foreign: p.foreign(docs), rare: rare, of: p}
	row := make([]float32, k)
	base, o := c.directions(pile), widening()
	sample := evenly(docs, learnMost)
	places := l.places.of(sample)
	near := make([][]float32, len(places))
	for i, p := range places {
		near[i] = l.places.cosine(p)
	}
	resp := make([]float32, len(sample)*k)
	if c.thin() {
		l.m.signs = newSigns(pile, sample)
	}
	var gathered room
	for round := range widenRounds {
		for i, d := range sample {
			r := resp[i*k : (i+1)*k]
			clear(r)
			if round == 0 {
				if t := p.shown(d, rare); t >= 0 && !l.foreign.bars(p, d, t) {
					r[t] = 1
				}
				continue
			}
			if t := p.named[d]; t != nobody && !l.foreign.bars(p, d, int(t)) {
				if t >= 0 {
					r[t] = 1
				}
				continue
			}
			l.m.score(pile.docs.of(d), l.m.signs.of(pile.docs.of(d), &gathered), near[i], o, row)
			if t := decide(row, rare.add(l.foreign.without(p, d, row)), l.closed, c.strict); t >= 0 {
				copy(r, row)
				soften(r)
			}
		}
		l.m.fit(sample, near, resp, base, o)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	if c.thin() {
		l.separate(sample, places)
	}
	return l, ctx.Err()
}

// scorer is what one goroutine needs to tell the topics of messages.
type scorer struct {
	*lesson
	row, place []float32
	room       room
}

func (l *lesson) scorer() *scorer {
	return &scorer{lesson: l, row: make([]float32, l.m.k), place: make([]float32, l.places.dim())}
}

// topic is what a message is about; −1: nothing that is known.
func (s *scorer) topic(d int, doc []uint32) int {
	s.places.where(doc, s.place)
	s.m.score(doc, s.m.signs.of(doc, &s.room), s.places.cosine(s.place), widening(), s.row)
	if s.votes != nil && len(doc) >= voteWords {
		s.votes.score(s.pile, d, doc, s.row)
	}
	t := decide(s.row, s.rare.add(s.foreign.without(s.of, d, s.row)), s.closed, s.c.strict)
	if s.apart != nil {
		s.apart.add(s.places.apart(s.place), s.row)
		t = fits(s.row, t >= 0, s.c.strict)
	}
	return t
}

// Seeded is the topic that a message's seeds and the taxonomy's examples name, by itself and at once; empty: it has none.
func (c *Classifier) Seeded(text string) string {
	text = nlp.Clean(text)
	tokens := c.tok.Tokenize(text)
	hits := c.seeds.score(nlp.Fold(text), tokens, nil)
	t := c.named(text, tokens, hits, liveLeast)
	if t == nobody {
		t = top(hits)
	}
	if t < 0 {
		return ""
	}
	return c.taxonomy.Topics[t].ID
}

// shown is what a message is taken for before anything is learned from the pile; nobody or settled: nothing.
func (p *classified) shown(d int, rare rarity) int {
	if t := p.named[d]; t != nobody {
		return int(t)
	}
	return top(rare.add(p.hits.of(d)))
}

// Taxonomy is the list of topics. It must not be changed.
func (c *Classifier) Taxonomy() *Taxonomy { return c.taxonomy }

// Name is a topic's name.
func (c *Classifier) Name(topic string) feedback.Text {
	for _, t := range c.taxonomy.Topics {
		if t.ID == topic {
			return t.text()
		}
	}
	return feedback.Text{}
}

// closed are the topics that too few messages have seeds of: what nobody here names, nobody here means.
func (p *classified) closed(docs []int) []bool {
	n := make([]int, len(p.c.taxonomy.Topics))
	for _, d := range docs {
		if t := p.shown(d, nil); t >= 0 {
			n[t]++
		}
	}
	out := make([]bool, len(n))
	for t := range n {
		out[t] = n[t] < widenFrom
	}
	return out
}

// decide adds the seeds to the scores and picks a topic; −1: none fits.
func decide(row []float32, hits []hit, closed []bool, strict float64) int {
	for t, is := range closed {
		if is && !slices.ContainsFunc(hits, func(h hit) bool { return h.topic == t }) {
			row[t] = -100
		}
	}
	for _, h := range hits {
		row[h.topic] += float32(seedWeight * h.weight)
	}
	return fits(row, len(hits) > 0, strict)
}

// fits picks the topic with the highest score; −1: it is not sure enough, where it has to be.
func fits(row []float32, sure bool, strict float64) int {
	best, second := -1, -1
	for t := range row {
		switch {
		case best < 0 || row[t] > row[best]:
			best, second = t, best
		case second < 0 || row[t] > row[second]:
			second = t
		}
	}
	if sure {
		return best
	}
	if float64(row[best]) < strict*widenLeast*math.Log(float64(len(row))) || second >= 0 && row[best]-row[second] < widenMargin {
		return -1
	}
	return best
}

// Complaint reports whether a message complains: it is unhappy, or its rating is in the lower part of the scale.
func Complaint(it feedback.Item) bool {
	if it.Rating > 0 && it.Rating <= 2 {
		return true
	}
	return it.Analysis != nil && it.Analysis.Sentiment.Polarity == nlp.Negative
}

// happy reports whether a message praises, by its rating or else by its words.
func happy(it feedback.Item) bool {
	if it.Rating > 0 {
		return it.Rating >= 4
	}
	return it.Analysis != nil && it.Analysis.Sentiment.Polarity == nlp.Positive && it.Analysis.Sentiment.Score >= happyLeast
}
