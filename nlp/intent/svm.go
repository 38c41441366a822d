package intent

import "math"

// plane is the hyperplane of one binary classifier, with the examples that hold it up.
type plane struct {
	sparse []float32
	dense  []float32
	bias   float64
	rows   []int32   // the examples that it looks at
	alpha  []float64 // their dual variables
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

// fit moves the plane until it tells the examples that are positive from the others among p.rows. norms are the squared
// lengths of all vectors. The bias is one more feature, constant 1.
func (s svm) fit(p *plane, x []vector, norms []float64, positive func(i int32) bool, rng *rng) {
	order := make([]int32, len(p.rows))
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
			row := p.rows[i]
			y := -1.0
			if positive(row) {
				y = 1
			}
			g := float64(y*(p.dot(&x[row])+p.bias)) - 1 + float64(diag*p.alpha[i])
			if p.alpha[i] == 0 && g >= 0 {
				if g > aside {
					active--
					order[k], order[active] = order[active], order[k]
					k--
				}
				continue
			}
			worst = math.Max(worst, math.Abs(g))
			old := p.alpha[i]
			p.alpha[i] = math.Max(old-g/(norms[row]+1+diag), 0)
			if d := (p.alpha[i] - old) * y; d != 0 {
				p.bias += d
				p.add(float32(d), &x[row])
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

// The conversions to float32 below forbid fused multiply-add, so that every machine rounds alike.

func (p *plane) dot(x *vector) float64 {
	var a, b, c, d float32
	at, val := x.at, x.val[:len(x.at)]
	for ; len(at) >= 2 && len(val) >= 2; at, val = at[2:], val[2:] {
		a += float32(p.sparse[at[0]] * val[0])
		b += float32(p.sparse[at[1]] * val[1])
	}
	if len(at) > 0 {
		a += float32(p.sparse[at[0]] * val[0])
	}
	v, w := x.dense, p.dense[:len(x.dense)]
	for ; len(v) >= 4 && len(w) >= 4; v, w = v[4:], w[4:] {
		a += float32(v[0] * w[0])
		b += float32(v[1] * w[1])
		c += float32(v[2] * w[2])
		d += float32(v[3] * w[3])
	}
	for i, f := range v {
		a += float32(f * w[i])
	}
	return float64(a + b + (c + d))
}

func (p *plane) add(d float32, x *vector) {
	val := x.val[:len(x.at)]
	for i, k := range x.at {
		p.sparse[k] += float32(d * val[i])
	}
	w := p.dense[:len(x.dense)]
	for i, f := range x.dense {
		w[i] += float32(d * f)
	}
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
