package kb

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"huiyin/kb/wording"
	"huiyin/nlp"
)

// Finding an article across the languages: neither script nor stem is shared, so words are compared by their vectors.
// First the vectors of the whole texts, for every article that exists only in the other language; then, for the best of
// them, each word of one text with its nearest word of the other.

const (
	// alignLimit is how many articles of the other language are compared word by word.
	alignLimit = 300
	// nearWord is the cosine from which words of two languages count as related when the rarity of a word's translations
	// is estimated.
	nearWord = 0.6
	// nearWordApart is in how many signs of a hundred the vectors of such words differ at most: 30 are to be expected,
	// with a deviation of 5.
	nearWordApart = 45
	// Shares of the score: how well the question's words are found in the wording, how well the wording's words are found
	// in the question, and the cosine of both texts.
	shareAsked, shareSaid, shareWhole = 1.0, 0.25, 0.25
)

// meant is one word of a text in the space of word vectors.
type meant struct {
	feature uint32 // of the word; equal features are the same word whatever their vectors
	unit    int32  // index into catalog.units; −1: the word has no vector
	weight  float32
}

// units are the vectors of words that occur in articles, centred, of length 1, in steps of 1/127.
type units struct {
	rows  [][]int8
	signs []sign
	df    []uint32        // wordings that have the word
	from  []int32         // rows of the word vectors
	at    map[int32]int32 // and back
}

// unit numbers a row of the word vectors.
func (c *catalog) unit(row int32) int32 {
	i, ok := c.units.at[row]
	if !ok {
		i = int32(len(c.units.rows))
		c.addUnit(row, c.meaning.unit(int(row)))
	}
	return i
}

func (c *catalog) addUnit(row int32, v []int8) {
	u := &c.units
	u.at[row] = int32(len(u.rows))
	u.rows, u.signs, u.df, u.from = append(u.rows, v), append(u.signs, signOf(v)), append(u.df, 0), append(u.from, row)
}

// meantWords are the words of a text that carry meaning, or all of them where none does, as add appends one.
func meantWords(tokens []nlp.Token, add func(to []meant, t *nlp.Token) []meant) []meant {
	var out []meant
	for _, withStops := range []bool{false, true} {
		for i := range tokens {
			if t := &tokens[i]; t.Term != "" && (!t.Stop || withStops) {
				out = add(out, t)
			}
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

// meantBy appends a word with the rows of the word vectors that it is made of; unit numbers them.
func (m *meaning) meantBy(to []meant, feature uint32, rows []int32, unit func(row int32) int32) []meant {
	if len(rows) == 0 {
		return append(to, meant{feature: feature, unit: -1, weight: 1})
	}
	for _, row := range rows {
		to = append(to, meant{feature: feature, unit: unit(row), weight: float32(m.weight(int(row)) / float64(len(rows)))})
	}
	return to
}

// lone is a wording of an article without a translation.
type lone struct {
	entry  *entry
	phrase int32
	only   bool // the article has no translation
	sign   sign
}

// settle finds, for each language, the articles that have no translation in it which is shown at all times. The caller
// holds the lock.
func (c *catalog) settle() {
	c.alone = map[nlp.Lang][]lone{}
	if c.meaning == nil {
		return
	}
	var work sync.WaitGroup
	var alone [2][]lone
	bothLangs := [...]nlp.Lang{nlp.LangChinese, nlp.LangEnglish}
	for i, lang := range bothLangs {
		work.Go(func() { alone[i] = c.aloneFor(lang) })
	}
	work.Wait()
	for i, lang := range bothLangs {
		c.alone[lang] = alone[i]
	}
}

// aloneFor are the wordings of articles without a translation into a language.
func (c *catalog) aloneFor(lang nlp.Lang) []lone {
	always := func(a *Article) bool { return a.From.IsZero() && a.Until.IsZero() }
	list := make([]lone, 0, len(c.entries))
	for _, e := range c.entries {
		if e.article.Lang.Base() == lang {
			continue
		}
		ids := c.roots[e.article.Root]
		if len(ids) > 1 && c.translated(ids, lang, always) {
			continue
		}
		for i := range e.phrases {
			list = append(list, lone{e, int32(i), len(ids) == 1, e.phrases[i].sign})
		}
	}
	return list
}

// translated reports whether one of some translations is in a language and of a kind.
func (c *catalog) translated(ids []ArticleID, lang nlp.Lang, kind func(*Article) bool) bool {
	return slices.ContainsFunc(ids, func(id ArticleID) bool {
		other := c.entries[id].article
		return other.Lang.Base() == lang && kind(other)
	})
}

// near is an article of the other language, the wording of it that is nearest to the question, and how near.
type near struct {
	entry  *entry
	phrase int
	cosine float64
}

// foreign are the articles that a customer can be shown in the other language only, the nearest to her question first,
// ties by id; of many, the nearest alignLimit.
func (c *catalog) foreign(q *question, now time.Time) []near {
	lang := q.lang.Base()
	var list []near
	for _, l := range nearest(c.alone[lang], q.sign) {
		x := cosine(q.meaning, l.entry.phrases[l.phrase].meaning)
		if n := len(list); n > 0 && list[n-1].entry == l.entry {
			if x > list[n-1].cosine {
				list[n-1].phrase, list[n-1].cosine = int(l.phrase), x
			}
			continue
		}
		if a := l.entry.article; a.Live(now) && (l.only || !c.translated(c.roots[a.Root], lang, func(a *Article) bool { return a.Live(now) })) {
			list = append(list, near{l.entry, int(l.phrase), x})
		}
	}
	if floor := nearFloor(len(list), func(i int) float64 { return list[i].cosine }); floor > -1 {
		list = slices.DeleteFunc(list, func(n near) bool { return n.cosine < floor })
	}
	slices.SortFunc(list, func(a, b near) int {
		return cmp.Or(cmp.Compare(b.cosine, a.cosine), cmp.Compare(a.entry.article.ID, b.entry.article.ID))
	})
	return list[:min(alignLimit, len(list))]
}

// nearFloor is a cosine that at least alignLimit of n articles reach, so that only they need be sorted: the lower edge
// of the bar of a histogram.
func nearFloor(n int, cosine func(i int) float64) float64 {
	const bars = 200
	if n <= 2*alignLimit {
		return -1
	}
	var count [bars + 1]int
	for i := range n {
		count[max(0, min(bars, int((cosine(i)+1)/2*bars)))]++
	}
	for bar, sum := bars, 0; bar >= 0; bar-- {
		if sum += count[bar]; sum >= alignLimit {
			return float64(bar)/bars*2 - 1
		}
	}
	return -1
}

// asked is a question in the space of word vectors.
type asked struct {
	words []meant
	rows  [][]int8
	sum   float64
}

// across ranks the articles that exist only in the other language.
func (c *catalog) across(q *question, now time.Time) []ranked {
	if c.meaning == nil || len(c.alone[q.lang.Base()]) == 0 {
		return nil
	}
	list := c.foreign(q, now)
	ask := c.asked(q, c.softRarity)
	if len(list) == 0 || len(ask.words) == 0 {
		return nil
	}
	var out []ranked
	for _, n := range list {
		r := ranked{entry: n.entry, phrase: n.phrase, foreign: true}
		for i := range n.entry.phrases {
			ph := &n.entry.phrases[i]
			if score := c.align(&ask, ph, cosine(q.meaning, ph.meaning)); score > r.score {
				r.score, r.phrase = score, i
			}
		}
		if r.score > 0 {
			r.parts.meaning, r.parts.points[partAcross] = r.score, r.score
			out = append(out, r)
		}
	}
	return out
}

// asked places the words of a question. A word weighs by its rarity in English at large and by how rare its
// translations are among the articles, which soft says: softRarity, or what remembers it.
func (c *catalog) asked(q *question, soft func(row []int8) float64) asked {
	var a asked
	unit := func(row int32) int32 {
		a.rows = append(a.rows, c.meaning.unit(int(row)))
		return int32(len(a.rows) - 1)
	}
	a.words = meantWords(q.tokens, func(to []meant, t *nlp.Token) []meant {
		feature, ok := c.words.ids[string(wording.Word)+t.Term]
		if !ok {
			feature = math.MaxUint32
		}
		return c.meaning.meantBy(to, feature, c.meaning.parts(t.Text), unit)
	})
	for i := range a.words {
		w := &a.words[i]
		if w.unit >= 0 {
			w.weight *= float32((1 + soft(a.rows[w.unit])) / 2)
		}
		a.sum += float64(w.weight)
	}
	return a
}

// softRarity is the rarity of the words near a vector, by the rarity of a word in no article: 0..1.
func (c *catalog) softRarity(row []int8) float64 {
	n := 0.0
	of := signOf(row)
	for i, other := range c.units.signs {
		if of.apart(other) > nearWordApart {
			continue
		}
		if x := cosine(row, c.units.rows[i]); x > nearWord {
			n += x * x * float64(c.units.df[i])
		}
	}
	return rarity(c.words.docs, uint32(min(n, float64(c.words.docs)))) / rarity(c.words.docs, 0)
}

// align compares a question with a wording, word by word.
func (c *catalog) align(a *asked, ph *phrase, whole float64) float64 {
	said := make([]float64, len(ph.words))
	found := 0.0
	for _, w := range a.words {
		best := 0.0
		for j, other := range ph.words {
			x := 0.0
			switch {
			case w.feature == other.feature:
				x = 1
			case w.unit >= 0 && other.unit >= 0:
				x = cosine(a.rows[w.unit], c.units.rows[other.unit])
			}
			best, said[j] = max(best, x), max(said[j], x)
		}
		found += float64(w.weight) * best * best
	}
	back, sum := 0.0, 0.0
	for j, x := range said {
		back += float64(ph.words[j].weight) * x * x
		sum += float64(ph.words[j].weight)
	}
	score := shareAsked * found / max(a.sum, 1e-9)
	score += shareSaid * back / max(sum, 1e-9)
	score += shareWhole * max(whole, 0)
	return score / (shareAsked + shareSaid + shareWhole)
}
