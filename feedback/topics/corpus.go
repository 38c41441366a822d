package topics

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/feedback"
	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// corpus is a pile of messages as numbers: words are interned, and known by how often they occur and where they lie in
// the space of meaning that both languages share.
type corpus struct {
	words []string
	index map[string]uint32
	stop  []bool
	light []bool // tells how people talk, not what about
	docs  runs[uint32]
	place [][]float32 // of a word, weighed down when it is frequent; nil: not known
	mean  [2][]float32
	forms formOf
	room  room

	lightly map[string]bool
}

// script says which of the two languages a word is of: 0 Chinese, 1 any other.
func script(word string) int {
	if r, _ := utf8.DecodeRuneInString(word); unicode.Is(unicode.Han, r) {
		return 0
	}
	return 1
}

// meaningless are terms that carry no theme: numbers, addresses, single letters.
func meaningless(term string) bool {
	return script(term) == 1 && len(term) < 2 || strings.ContainsAny(term, "@/0123456789") || !strings.ContainsFunc(term, unicode.IsLetter)
}

func newCorpus() *corpus {
	return &corpus{index: map[string]uint32{}, forms: formOf{}, lightly: lightWords()}
}

// add takes the next message, given its telling tokens; a word counts once a message.
func (c *corpus) add(tokens []nlp.Token) {
	c.room.empty()
	for _, t := range tokens {
		id, ok := c.index[t.Term]
		if !ok {
			id = uint32(len(c.words))
			word := strings.Clone(t.Term)
			c.index[word] = id
			c.words, c.stop = append(c.words, word), append(c.stop, t.Stop)
			c.place = append(c.place, nil)
			c.light = append(c.light, c.lightly[t.Text])
			c.forms.note(t)
		}
		if !c.stop[id] {
			c.room.put(id)
		}
	}
	c.docs.add(c.room.list)
}

// frequent is the share of messages at which a word's weight in the meaning of a message is halved (smooth inverse
// frequency, Arora, Liang and Ma 2017; their share is of words).
const frequent = 0.01

// locate finds the places of the words, and the middle of each language, which is taken from its messages' places: what
// all messages of a language have in common says nothing about any of them.
//
// How often a word occurs is taken from the learned messages alone, so that later ones move nothing.
func (c *corpus) locate(v *vectors.Vectors, learned []int) {
	if v == nil {
		return
	}
	seen := make([]int32, len(c.words))
	for _, d := range learned {
		for _, w := range c.docs.of(d) {
			seen[w]++
		}
	}
	n := float64(max(1, len(learned)))
	row, parts := make([]float32, v.Dim()), []int(nil)
	var count [2]float64
	for s := range c.mean {
		c.mean[s] = make([]float32, v.Dim())
	}
	for id, word := range c.words {
		if c.stop[id] {
			continue
		}
		c.place[id] = nil
		parts = v.Parts(c.forms.of(word), parts[:0])
		if len(parts) == 0 {
			continue
		}
		sum := make([]float32, v.Dim())
		for _, p := range parts {
			v.Row(p, row)
			addTo(sum, row, 1)
		}
		normalize(sum)
		share := float64(seen[id]) / n
		scale(sum, float32(frequent/(frequent+share)))
		c.place[id] = sum
		s := script(word)
		weight := float64(seen[id])
		addTo(c.mean[s], sum, float32(weight))
		count[s] += weight * frequent / (frequent + share)
	}
	for s := range c.mean {
		if count[s] > 0 {
			scale(c.mean[s], float32(1/count[s]))
		}
	}
	for id, p := range c.place {
		if p != nil {
			share := float64(seen[id]) / n
			addTo(p, c.mean[script(c.words[id])], float32(-frequent/(frequent+share)))
		}
	}
}

// where writes the place of a message to dst: the direction of the mean of its words. All zero: not known.
func (c *corpus) where(doc []uint32, dst []float32) {
	clear(dst)
	for _, w := range doc {
		if p := c.place[w]; p != nil {
			addTo(dst, p, 1)
		}
	}
	normalize(dst)
}

func (c *corpus) dim() int { return len(c.mean[0]) }

func addTo(dst, x []float32, by float32) {
	for i, f := range x {
		dst[i] += f * by
	}
}

func scale(x []float32, by float32) {
	for i := range x {
		x[i] *= by
	}
}

// dot adds up four sums, which a processor can work on at the same time.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	for len(a) >= 4 && len(b) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i, f := range a {
		s0 += f * b[i]
	}
	return s0 + s1 + s2 + s3
}

func normalize(x []float32) {
	if sum := dot(x, x); sum > 0 {
		scale(x, float32(1/math.Sqrt(float64(sum))))
	}
}

// formOf remembers for each stem the first word that it was cut from: the space of meaning knows words, not stems.
type formOf map[string]string

func (f formOf) note(t nlp.Token) {
	if t.Term != t.Text {
		f[strings.Clone(t.Term)] = strings.Clone(t.Text)
	}
}

func (f formOf) of(stem string) string {
	if w, ok := f[stem]; ok {
		return w
	}
	return stem
}

// foreign is the share of the best score of all below which the words of a language are left out: a Chinese theme in
// which somebody wrote "wifi" has no English name.
const foreign = 0.15

// ranked are the words with the highest scores in each language, as people write them.
func (c *corpus) ranked(score map[uint32]float64) feedback.Words {
	ids := slices.SortedFunc(maps.Keys(score), func(a, b uint32) int {
		return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(c.words[a], c.words[b]))
	})
	var out feedback.Words
	for _, id := range ids {
		text := c.forms.of(c.words[id]) // people read words, not stems
		switch {
		case score[id] <= foreign*score[ids[0]]:
		case script(text) == 0 && len(out.ZH) < wordsShown:
			out.ZH = append(out.ZH, text)
		case script(text) == 1 && len(out.EN) < wordsShown:
			out.EN = append(out.EN, text)
		}
	}
	return out
}
