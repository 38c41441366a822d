package feedback

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// Scale is what the ratings of rows are of.
type Scale int

// The scales.
const (
	Stars  Scale = iota // 1 to 5
	Points              // 0 to 10, kept as 1 (0 to 6), 3 (7 and 8) and 5 (9 and 10)
)

// ratings are counts of ratings by their value.
type ratings map[float64]int

func (r ratings) add(rating float64) {
	if rating > 0 {
		r[rating]++
	}
}

// n is how many there are.
func (r ratings) n() (n int) {
	for _, k := range r {
		n += k
	}
	return n
}

// low is how many are unhappy.
func (r ratings) low() (n int) {
	for v, k := range r {
		if v <= lowRating {
			n += k
		}
	}
	return n
}

// mean is their mean with its variance; of none both are 0.
func (r ratings) mean() (mean, variance float64) {
	n, sum, squares := 0.0, 0.0, 0.0
	for _, v := range slices.Sorted(maps.Keys(r)) {
		k := float64(r[v])
		n, sum = n+k, sum+k*v
	}
	if n == 0 {
		return 0, 0
	}
	mean = sum / n
	for _, v := range slices.Sorted(maps.Keys(r)) {
		squares += float64(r[v]) * (v - mean) * (v - mean)
	}
	return mean, squares / max(1, n-1)
}

// without are those that are not of a part.
func (r ratings) without(part ratings) ratings {
	rest := maps.Clone(r)
	for v, k := range part {
		rest[v] -= k
	}
	return rest
}

// rankTestOf is rankTest of counted values.
func rankTestOf(a, b ratings) float64 {
	n, m := float64(a.n()), float64(b.n())
	if n < groupLeast || m < groupLeast {
		return 1
	}
	values := maps.Clone(a)
	for v, k := range b {
		values[v] += k
	}
	rank, ties, below := 0.0, 0.0, 0.0
	for _, v := range slices.Sorted(maps.Keys(values)) {
		same := float64(values[v])
		ties += same*same*same - same
		rank += float64(a[v]) * (below + (same+1)/2)
		below += same
	}
	total := n + m
	spread := math.Sqrt(n * m / 12 * (total + 1 - ties/(total*(total-1))))
	if spread == 0 {
		return 1
	}
	return math.Erfc(math.Abs(rank-n*(total+1)/2) / spread / math.Sqrt2)
}

// welch is the difference of two means with its 95 % interval, the variances not taken for the same (Welch 1947).
func welch(a, b ratings) (diff, low, high float64) {
	m, v := a.mean()
	m0, v0 := b.mean()
	n, n0 := float64(a.n()), float64(b.n())
	diff = m - m0
	part, part0 := v/n, v0/n0
	if part+part0 == 0 {
		return diff, diff, diff
	}
	freedom := (part + part0) * (part + part0) / (part*part/(n-1) + part0*part0/(n0-1))
	reach := student(freedom) * math.Sqrt(part+part0)
	return diff, diff - reach, diff + reach
}

// student is the 97.5 % point of Student's distribution, by the expansion of Cornish and Fisher: from four degrees on less than 1 % off.
func student(freedom float64) float64 {
	const z = 1.959964
	z3 := z * z * z
	z5 := z3 * z * z
	z7 := z5 * z * z
	return z + (z3+z)/(4*freedom) + (5*z5+16*z3+3*z)/(96*freedom*freedom) + (3*z7+19*z5+17*z3-15*z)/(384*freedom*freedom*freedom)
}

// rowRatings are the ratings of rows, of a period and of the one before.
type rowRatings struct {
	scale       Scale
	all, before ratings
	about       map[string]ratings
	names       map[string]Text
}

func newRowRatings(s Scale) *rowRatings {
	return &rowRatings{s, ratings{}, ratings{}, map[string]ratings{}, map[string]Text{}}
}

func (r *rowRatings) add(it Item, a Assignment) {
	r.all.add(it.Rating)
	if a.Topic == "" || it.Rating <= 0 {
		return
	}
	if r.about[a.Topic] == nil {
		r.about[a.Topic], r.names[a.Topic] = ratings{}, a.Name
	}
	r.about[a.Topic].add(it.Rating)
}

// block says how rows are rated, and which topics are rated otherwise; it has no elements where nothing was rated.
func (r *rowRatings) block() Block {
	block := Block{Section: "drivers"}
	if len(r.all) == 0 {
		return block
	}
	note := Say("digest.ratings.note")
	n, n0, low, low0 := r.all.n(), r.before.n(), r.all.low(), r.before.low()
	block.Elements = []Element{{Metric: r.center()}, shareMetric(r.lowName(), OfRatings, -1, low, n, low0, n0), {Sentence: &note}, {Table: r.table()}}
	return block
}

// lowName names the share that is unhappy.
func (r *rowRatings) lowName() string {
	if r.scale == Points {
		return "digest.ratings.detractors"
	}
	return "digest.ratings.unhappy"
}

// center is the mean of stars; of points, which were kept by group only, the net promoter score.
func (r *rowRatings) center() *Metric {
	value := func(x ratings) float64 { mean, _ := x.mean(); return mean }
	m := &Metric{Name: Say("digest.ratings.mean"), Unit: Score, N: r.all.n(), Good: 1}
	if r.scale == Points {
		m.Name, m.Unit = Say("digest.ratings.nps"), Net
		value = func(x ratings) float64 {
			n := float64(max(1, x.n()))
			return 100 * (float64(x[bestRating]) - float64(x[1])) / n
		}
	}
	m.Value = value(r.all)
	if n0 := r.before.n(); n0 > 0 {
		p := rankTestOf(r.all, r.before)
		m.Change = &Change{Before: value(r.before), BeforeN: n0, P: p, Real: p <= noise}
	}
	return m
}

// ratedTopic is a topic's ratings against all others.
type ratedTopic struct {
	id              string
	with, rest      ratings
	diff, low, high float64
	change          *Change
}

// table lists the topics that are really rated otherwise than all others, the most different first.
func (r *rowRatings) table() *Table {
	table := &Table{Title: Say("digest.ratings.table"), Empty: Say("digest.ratings.none"), Columns: []Phrase{Say("digest.col.topic"), Say("digest.col.outcome"),
		Say("digest.col.with"), Say("digest.col.without"), Say("digest.col.difference")}}
	var all []ratedTopic
	var changes []*Change
	for id, with := range r.about {
		t := ratedTopic{id: id, with: with, rest: r.all.without(with)}
		n, n0 := t.with.n(), t.rest.n()
		if n < groupLeast || n0 < groupLeast {
			continue
		}
		if r.scale == Points {
			t.diff, t.low, t.high = newcombe(t.with.low(), n, t.rest.low(), n0)
			t.change = &Change{P: fisher(t.with.low(), n, t.rest.low(), n0)}
		} else {
			t.diff, t.low, t.high = welch(t.with, t.rest)
			t.change = &Change{P: rankTestOf(t.with, t.rest)}
		}
		changes = append(changes, t.change)
		all = append(all, t)
	}
	discover(changes)
	all = slices.DeleteFunc(all, func(t ratedTopic) bool { return !t.change.Real })
	slices.SortFunc(all, func(a, b ratedTopic) int {
		return cmp.Or(cmp.Compare(math.Abs(b.diff), math.Abs(a.diff)), cmp.Compare(a.id, b.id))
	})
	for _, t := range all[:min(driversShown, len(all))] {
		table.Rows = append(table.Rows, r.row(t))
	}
	return table
}

func (r *rowRatings) row(t ratedTopic) []Cell {
	name := r.names[t.id]
	if r.scale == Points {
		of := func(x ratings) Cell {
			return phrase("digest.drivers.share", "share", number(float64(x.low())/float64(x.n()), Share), "n", number(float64(x.n()), Count))
		}
		return []Cell{{Name: &name}, phrase("digest.outcome.detractors"), of(t.with), of(t.rest),
			phrase("digest.drivers.interval", "diff", points(t.diff), "low", points(t.low), "high", points(t.high))}
	}
	of := func(x ratings) Cell {
		mean, _ := x.mean()
		return phrase("digest.ratings.score", "mean", number(mean, Score), "n", number(float64(x.n()), Count))
	}
	stars := func(x float64) string { return signed(math.Round(100*x) / 100) }
	return []Cell{{Name: &name}, phrase("digest.outcome.mean"), of(t.with), of(t.rest),
		phrase("digest.ratings.interval", "diff", stars(t.diff), "low", stars(t.low), "high", stars(t.high))}
}
