package intent

import "math"

// plane is the hyperplane of one binary classifier.
type plane struct {
	sparse []float32
	dense  []float32
	bias   float64
}

// dual is the same hyperplane as the examples that hold it up.
type dual struct {
	rows  []int32   // the examples that it looks at, in order
	alpha []float64 // their multipliers
}

// without is the dual of a classifier that does not look at some of the examples.
func (d dual) without(out func(i int32) bool) dual {
	left := dual{rows: make([]int32, 0, len(d.rows)), alpha: make([]float64, 0, len(d.rows))}
	for j, i := range d.rows {
		if !out(i) {
			left.rows, left.alpha = append(left.rows, i), append(left.alpha, d.alpha[j])
		}
	}
	return left
}

// build makes the plane that the examples of d hold up.
func (p *plane) build(d *dual, x []vector, positive func(i int32) bool) {
	clear(p.sparse)
	clear(p.dense)
	p.bias = 0
	for j, i := range d.rows {
		a := d.alpha[j]
		if a == 0 {
			continue
		}
		if !positive(i) {
			a = -a
		}
		p.bias += a
		p.add(float32(a), &x[i])
	}
}

// svm trains binary L2-regularised, L2-loss linear SVMs by dual coordinate descent (Hsieh et al., ICML 2008,
// algorithm 1; examples far on the right side are set aside for a while), in a random order that the seed fixes.
type svm struct {
	cost     float64 // C
	epochs   int     // passes over the data at most
	tolerant float64 // stop when the largest projected gradient falls below this
}

// aside: an example with a multiplier of zero and a gradient above this is set aside.
const aside = 0.05

// fit moves the plane, which d holds up, until it tells the examples of d that are positive from the others. norms are the
// squared lengths of all vectors. The bias is one more feature, constant 1.
func (s svm) fit(p *plane, d *dual, x []vector, norms []float64, positive func(i int32) bool, rng *rng) {
	order := make([]int32, len(d.rows))
	for i := range order {
		order[i] = int32(i)
	}
	diag := 0.5 / s.cost
	active := len(order)
	for epoch := 0; epoch < s.epochs; epoch++ {
		rng.shuffle(order[:active])
		worst := 0.0
		for k := 0; k < active; k++ {
			i := order[k]
			row := d.rows[i]
			y := -1.0
			if positive(row) {
				y = 1
			}
			g := float64(y*(p.dot(&x[row])+p.bias)) - 1 + float64(diag*d.alpha[i])
			if d.alpha[i] == 0 && g >= 0 {
				if g > aside {
					active--
					order[k], order[active] = order[active], order[k]
					k--
				}
				continue
			}
			worst = math.Max(worst, math.Abs(g))
			old := d.alpha[i]
			d.alpha[i] = math.Max(old-g/(norms[row]+1+diag), 0)
			if step := (d.alpha[i] - old) * y; step != 0 {
				p.bias += step
				p.add(float32(step), &x[row])
			}
		}
		if worst < s.tolerant || epoch%6 == 5 {
			if worst < s.tolerant && active == len(order) {
				break
			}
			active = len(order) // look at everything once more
		}
	}
}

func (p *plane) dot(x *vector) float64 {
	var a, b float32
	at, val := x.at, x.val[:len(x.at)]
	for ; len(at) >= 2 && len(val) >= 2; at, val = at[2:], val[2:] {
		a += float32(p.sparse[at[0]] * val[0])
		b += float32(p.sparse[at[1]] * val[1])
	}
	if len(at) > 0 {
		a += float32(p.sparse[at[0]] * val[0])
	}
	return float64(a + b + dot(x.dense, p.dense))
}

func (p *plane) add(d float32, x *vector) {
	val := x.val[:len(x.at)]
	for i, k := range x.at {
		p.sparse[k] += float32(d * val[i])
	}
	add1(p.dense, x.dense, d)
}

// rng is SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): small, fast, and the same for ever on every machine.
type rng struct{ state uint64 }

func (r *rng) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is a number in [0, n).
func (r *rng) below(n int) int { return int((r.next() >> 32) * uint64(n) >> 32) }

func (r *rng) shuffle(a []int32) {
	for i := len(a) - 1; i > 0; i-- {
		j := r.below(i + 1)
		a[i], a[j] = a[j], a[i]
	}
}
