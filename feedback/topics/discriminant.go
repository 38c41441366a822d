package topics

import "math"

// discriminant tells topics apart by where messages lie, in every direction as much as messages of one topic are alike in it (linear
// discriminant analysis, Fisher 1936; fitted with the shares of the topics as one mixture of normal distributions of one shape). The
// directions in which all messages differ, whatever they are about, tell nothing; a cosine cannot know them.
type discriminant struct {
	weights [][]float32 // topic × dimension
	bias    []float32
}

const (
	// discriminantRounds is how often what was told is used to tell again.
	discriminantRounds = 3
	// discriminantRidge is what every direction varies by at least, of what it varies by on average.
	discriminantRidge = 1
	// discriminantSmooth is how many messages are added to the topics before their shares are taken.
	discriminantSmooth = 20
)

// separate fits a discriminant to what the mixture, seeds and neighbours say, and again to what it says together with these.
func (l *lesson) separate(sample []int, places [][]float32) {
	k := l.m.k
	scores, known := make([]float32, len(sample)*k), make([]bool, len(sample))
	spread(len(sample), func(from, to int) {
		s := l.scorer()
		for i := from; i < to; i++ {
			d := sample[i]
			row := scores[i*k : (i+1)*k]
			if t := l.of.named[d]; t != nobody && !l.foreign.bars(l.of, d, int(t)) {
				if t >= 0 {
					for other := range row {
						row[other] = -100
					}
					row[t], known[i] = 0, true
				}
				continue
			}
			known[i] = s.topic(d, l.pile.docs.of(d)) >= 0
			copy(row, s.row)
		}
	})
	var at []int
	var where [][]float32
	for i, is := range known {
		if is {
			at, where = append(at, i), append(where, l.places.apart(places[i]))
		}
	}
	if len(at) < k*widenFrom {
		return
	}
	middle, table := spreadOf(where)
	resp := make([]float32, len(at)*k)
	for range discriminantRounds {
		for n, i := range at {
			r := resp[n*k : (n+1)*k]
			copy(r, scores[i*k:(i+1)*k])
			if l.apart != nil {
				l.apart.add(where[n], r)
			}
			soften(r)
		}
		l.apart = newDiscriminant(where, resp, k, middle, table)
	}
}

// spreadOf is how messages vary together around their middle: the middle, and the upper half of the table of dimensions.
func spreadOf(places [][]float32) (middle []float32, table [][]float64) {
	dim := len(places[0])
	middle, table = make([]float32, dim), make([][]float64, dim)
	for _, p := range places {
		addTo(middle, p, 1/float32(len(places)))
	}
	for i := range table {
		table[i] = make([]float64, dim)
	}
	spread(dim*512, func(from, to int) { // a row is work for as many messages
		from, to = from/512, to/512
		off, sums := make([]float32, dim), make([][]float32, to-from)
		for i := range sums {
			sums[i] = make([]float32, dim)
		}
		for _, p := range places {
			copy(off, p)
			addTo(off, middle, -1)
			for i := from; i < to; i++ {
				if off[i] != 0 {
					addTo(sums[i-from][i:], off[i:], off[i])
				}
			}
		}
		for i := from; i < to; i++ {
			for j := i; j < dim; j++ {
				table[i][j] = float64(sums[i-from][j]) / float64(len(places))
			}
		}
	})
	return middle, table
}

// newDiscriminant fits topics' middles, given the shares of the messages (row-major), and a table of how all messages vary.
func newDiscriminant(places [][]float32, resp []float32, k int, middle []float32, table [][]float64) *discriminant {
	dim := len(middle)
	mass, off, all := make([]float32, k), make([][]float32, k), float32(0)
	for t := range off {
		off[t] = make([]float32, dim)
	}
	for i, p := range places {
		for t, x := range resp[i*k : (i+1)*k] {
			if x > 0 {
				mass[t] += x
				all += x
				addTo(off[t], p, x)
			}
		}
	}
	within := make([][]float64, dim)
	for i := range within {
		within[i] = append([]float64(nil), table[i]...)
	}
	for t, m := range mass {
		if m == 0 {
			continue
		}
		scale(off[t], 1/m)
		addTo(off[t], middle, -1)
		for i, x := range off[t] {
			for j := i; j < dim; j++ {
				within[i][j] -= float64(m/all) * float64(x) * float64(off[t][j])
			}
		}
	}
	trace := 0.0
	for i := range within {
		trace += within[i][i]
	}
	for i := range within {
		within[i][i] += discriminantRidge*trace/float64(dim) + 1e-6
	}
	half := cholesky(within)
	d := &discriminant{weights: make([][]float32, k), bias: make([]float32, k)}
	for t := range off {
		d.weights[t] = solve(half, off[t])
		share := (float64(mass[t]) + discriminantSmooth) * float64(k) / (float64(all) + discriminantSmooth*float64(k))
		d.bias[t] = float32(math.Log(share)) - dot(d.weights[t], middle) - dot(d.weights[t], off[t])/2
	}
	return d
}

// add adds to the scores of the topics, in log odds.
func (d *discriminant) add(place, row []float32) {
	for t, w := range d.weights {
		row[t] += dot(w, place) + d.bias[t]
	}
}

// cholesky is the lower half of a table, given its upper half, such that the half times itself turned is the table.
func cholesky(a [][]float64) [][]float64 {
	l := make([][]float64, len(a))
	for i := range l {
		l[i] = make([]float64, i+1)
		for j := range i + 1 {
			sum := a[j][i]
			for k := range j {
				sum -= l[i][k] * l[j][k]
			}
			if i == j {
				l[i][i] = math.Sqrt(max(sum, 1e-12))
			} else {
				l[i][j] = sum / l[j][j]
			}
		}
	}
	return l
}

// solve is the x for which the table of which half is the lower half, times x, is b.
func solve(half [][]float64, b []float32) []float32 {
	x := make([]float64, len(b))
	for i, row := range half {
		sum := float64(b[i])
		for j := range i {
			sum -= row[j] * x[j]
		}
		x[i] = sum / row[i]
	}
	for i := len(x) - 1; i >= 0; i-- {
		x[i] /= half[i][i]
		for j := range i {
			x[j] -= half[i][j] * x[i]
		}
	}
	out := make([]float32, len(b))
	for i := range x {
		out[i] = float32(x[i])
	}
	return out
}
