package kb

import (
	"context"

	"huiyin/nlp"
)

// crowd is how much nearer than others an article lies to other articles in its language, in the learned space and in that of word
// vectors: what is near to many articles is near to many questions that are not its own, too (hubs: Radovanović, Nanopoulos and
// Ivanović, JMLR 2010), so that this much of its nearness says nothing. Correcting a nearness by the mean of the nearest ones is from
// Conneau and others, "Word Translation Without Parallel Data" (ICLR 2018); here it is done for articles alone, since who asks is the
// same for all of them. It is kept for bases of up to smallBase articles.
type crowd struct{ learned, meaning float64 }

// Constants of crowds, chosen on three draws of near-duplicates, measured on two others: docs/measured/kb.md.
const (
	crowdWeight  = 1.3
	crowdNearest = 10 // articles
	// crowdSure is how many articles it takes for a crowd to be believed by half: ten of a few dozen are no neighbourhood.
	crowdSure = 300
)

// crowdAgain finds the crowds of all articles anew. The caller holds the lock.
func (c *catalog) crowdAgain() {
	byLang := map[nlp.Lang][]*entry{}
	for _, e := range c.sorted() {
		lang := e.article.Lang.Base()
		byLang[lang] = append(byLang[lang], e)
	}
	for _, list := range byLang {
		crowded(list)
	}
}

// crowded finds the crowds of articles in one language.
func crowded(list []*entry) {
	centers, found := make([]places, len(list)), make([]crowd, len(list))
	for i, e := range list {
		centers[i] = e.center()
	}
	_ = inParts(context.Background(), len(list), func(i int) { found[i] = crowdOf(i, list, centers) }) // never cancelled
	var mean crowd
	for _, x := range found {
		mean.learned, mean.meaning = mean.learned+x.learned/float64(len(list)), mean.meaning+x.meaning/float64(len(list))
	}
	sure := crowdWeight * float64(len(list)) / float64(len(list)+crowdSure)
	for i, e := range list {
		e.stand(crowd{sure * (found[i].learned - mean.learned), sure * (found[i].meaning - mean.meaning)})
	}
}

// stand gives all wordings of an article their crowd.
func (e *entry) stand(in crowd) {
	for k := range e.phrases {
		e.phrases[k].crowd = in
	}
}

// center is where an article's wordings lie together.
func (e *entry) center() places {
	if len(e.phrases) == 1 {
		return e.phrases[0].places
	}
	of := func(space func(*phrase) []int8) []int8 {
		sum := make([]float32, len(space(&e.phrases[0])))
		for k := range e.phrases {
			for d, x := range space(&e.phrases[k]) {
				sum[d] += float32(x)
			}
		}
		return quantize(normalize(sum), make([]int8, len(sum)))
	}
	return places{learned: of(func(ph *phrase) []int8 { return ph.learned }), meaning: of(func(ph *phrase) []int8 { return ph.meaning })}
}

// crowdOf is how near the nearest other articles are to one, in the mean.
func crowdOf(i int, list []*entry, centers []places) crowd {
	var learned, meaning largest
	for k, other := range centers {
		if list[k].article.Root != list[i].article.Root {
			learned.add(cosine(centers[i].learned, other.learned))
			meaning.add(cosine(centers[i].meaning, other.meaning))
		}
	}
	return crowd{learned.mean(), meaning.mean()}
}

// largest are the crowdNearest largest of some numbers, in ascending order.
type largest struct {
	list [crowdNearest]float64
	n    int
}

func (s *largest) add(x float64) {
	if s.n < len(s.list) {
		s.n++
	} else if x <= s.list[0] {
		return
	}
	at := len(s.list) - s.n
	for at+1 < len(s.list) && s.list[at+1] < x {
		s.list[at] = s.list[at+1]
		at++
	}
	s.list[at] = x
}

// mean is 0 where there are none.
func (s *largest) mean() float64 {
	sum := 0.0
	for _, x := range s.list[len(s.list)-s.n:] {
		sum += x
	}
	return sum / float64(max(1, s.n))
}
