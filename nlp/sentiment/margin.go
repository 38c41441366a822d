package sentiment

import "math"

// pull is an n-gram that moved the verdict, for the reasons.
type pull struct {
	from, to int32
	weight   float64
}

// maxPulls is how many n-grams become reasons.
const maxPulls = 3

// margins are the values of both heads and of the network for a text, and the n-grams that pulled hardest between the
// poles.
type margins struct {
	of      [heads]float64
	net     float64
	clauses clauseSums // of the polar head
	pulls   [maxPulls]pull
}

// clauseSums are the parts of a margin that each clause gives, and how many n-grams it has.
type clauseSums struct {
	sum [maxClauses]float32
	n   [maxClauses]int16
}

// add gives a clause an n-gram that weighs v.
func (c *clauseSums) add(clause uint8, v float64) {
	c.sum[clause] += float32(v)
	c.count(clause)
}

// count is add for an n-gram that weighs nothing.
func (c *clauseSums) count(clause uint8) {
	if c.n[clause] < math.MaxInt16 {
		c.n[clause]++
	}
}

// opinion is what the clauses say one by one: the mean of their votes, the best, the worst, the first and the last.
// A sum hides "all was fine, but it broke"; these do not.
func (c *clauseSums) opinion() (votes, best, worst, first, last float64) {
	weight, total, seen := 0.0, 0.0, false
	for _, n := range c.n {
		total += float64(n)
	}
	for i, n := range c.n {
		if n == 0 {
			continue
		}
		// As if the clause were the whole text: norms grow with the root of the length.
		v := math.Tanh(float64(c.sum[i]) * math.Sqrt(total/(float64(n)+8)))
		w := math.Sqrt(float64(n))
		votes += v * w
		weight += w
		if !seen {
			first, best, worst, seen = v, v, v, true
		}
		best, worst, last = math.Max(best, v), math.Min(worst, v), v
	}
	if weight > 0 {
		votes /= weight
	}
	return votes, best, worst, first, last
}

// margin computes what the two heads and the network say.
func (m *model) margin(f *features, r *reading, net *netScratch) margins {
	var out margins
	net.reset()
	for g := range groups + 1 {
		if len(f.group[g]) > 0 {
			m.addGroup(&out, g, f, net)
		}
	}
	l := language(r)
	out.net = m.Net.opinion(net, l)
	var dense [denseCount]float64
	denseFeatures(r, &dense)
	for h := range heads {
		out.of[h] += m.Bias[h][l]
		for i, d := range dense {
			out.of[h] += d * m.Dense[h][l][i]
		}
	}
	return out
}

// addGroup adds what the n-grams of one group weigh.
func (m *model) addGroup(out *margins, g int, f *features, net *netScratch) {
	list := f.group[g]
	norm := groupNorm(g, len(list))
	unit := m.Scale[headPolar][g] / 127 * norm
	var polar, neutral int64
	net.slots = m.table.firsts(list, net.slots[:0])
	net.queue = net.queue[:0]
	for i, s := range net.slots {
		e := &list[i]
		clause := f.clause[e.from]
		w := m.table.resolve(e.hash, s)
		if w.row != 0 {
			net.queue = append(net.queue, queuedRow{row: w.row, clause: clause})
		}
		neutral += int64(w.neutral)
		p := w.polar
		if p == 0 {
			out.clauses.count(clause)
			continue
		}
		polar += int64(p)
		out.clauses.add(clause, float64(p)*unit)
		if g != groupVector && (p > 24 || p < -24) {
			out.offer(pull{from: e.from, to: e.to, weight: float64(p) * unit})
		}
	}
	for _, q := range net.queue {
		net.add(int(q.clause), &m.Net.rows[q.row])
	}
	out.of[headPolar] += float64(polar) * m.Scale[headPolar][g] / 127 * norm
	out.of[headNeutral] += float64(neutral) * m.Scale[headNeutral][g] / 127 * norm
}

// offer keeps the strongest pulls, the strongest first.
func (m *margins) offer(p pull) {
	for i := range m.pulls {
		if math.Abs(p.weight) > math.Abs(m.pulls[i].weight) {
			p, m.pulls[i] = m.pulls[i], p
		}
	}
}

// groupNorm makes texts of every length comparable. All n-grams count, known or not, so that a text of which the
// model knows little gets a small margin and the rules decide.
func groupNorm(group, n int) float64 {
	if group == groupVector {
		return 1 / math.Sqrt(float64(n)+2)
	}
	return 1 / math.Sqrt(float64(max(n, 1)))
}

// language says which weights a text gets: those of Chinese as soon as a tenth of its units are Chinese.
func language(r *reading) int {
	if r.han*10 > r.han+r.word || r.han > 0 && r.word == 0 {
		return langZh
	}
	return langEn
}

// logits are the log odds of both heads: of positive against negative, of neutral against the two.
func (m *model) logits(mg *margins, r *reading, neutral bool) [heads]float64 {
	l := language(r)
	var in [heads][secondCount]float64
	secondFeatures(mg, r, &in)
	var logit [heads]float64
	for h := range heads {
		for i, v := range in[h] {
			logit[h] += v * m.Second[h][l][i]
		}
		if neutral {
			logit[h] += m.Shift[h][l]
		}
	}
	plainSpeech(r, &logit)
	logit[headPolar] += customPull * r.custom
	logit[headNeutral] -= customPull * math.Abs(r.custom)
	return logit
}

// probabilities turns log odds into those of negative, neutral and positive. Without neutral a text must take a side.
func probabilities(logit [heads]float64, neutral bool) (neg, neu, pos float64) {
	if neutral {
		neu = logistic(logit[headNeutral])
	}
	pos = logistic(logit[headPolar])
	return (1 - neu) * (1 - pos), neu, (1 - neu) * pos
}

// customPull is what a valence of 1 in an operator's own lexicon adds to the log odds: such a word decides.
const customPull = 2.0

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
