package intent

import "math"

// svm trains one binary L2-regularised, L2-loss linear SVM by dual coordinate descent (Hsieh et al., ICML 2008,
// algorithm 1), with the random order fixed by the seed.
type svm struct {
	cost     float64 // C
	epochs   int     // passes over the data at most
	tolerant float64 // stop when the largest projected gradient falls below this
}

// fit finds the weights that tell x[i] with positive[i] from the others. The bias is one more feature, constant 1.
func (s svm) fit(x []vector, norms []float64, positive func(i int) bool, size int, rng *rng) (w []float32, bias float32) {
	w = make([]float32, size)
	alpha := make([]float64, len(x))
	order := make([]int32, len(x))
	for i := range order {
		order[i] = int32(i)
	}
	var b float64
	diag := 0.5 / s.cost
	active := len(order)
	for epoch := 0; epoch < s.epochs; epoch++ {
		rng.shuffle(order[:active])
		worst := 0.0
		for k := 0; k < active; k++ {
			i := order[k]
			y := -1.0
			if positive(int(i)) {
				y = 1
			}
			g := y*(dot(w, &x[i])+b) - 1 + diag*alpha[i]
			if alpha[i] == 0 && g >= 0 {
				if g > 0.05 && epoch > 0 { // far on the right side: set aside
					active--
					order[k], order[active] = order[active], order[k]
					k--
				}
				continue
			}
			worst = math.Max(worst, math.Abs(g))
			old := alpha[i]
			alpha[i] = math.Max(old-g/(norms[i]+1+diag), 0)
			if d := (alpha[i] - old) * y; d != 0 {
				b += d
				axpy(float32(d), &x[i], w)
			}
		}
		if worst < s.tolerant {
			if active == len(order) {
				break
			}
			active = len(order) // look at everything once more before stopping
		}
	}
	return w, float32(b)
}

func dot(w []float32, x *vector) float64 {
	var sum float32
	val := x.val[:len(x.at)]
	for i, k := range x.at {
		sum += float32(w[k] * val[i]) // the conversion forbids fused multiply-add, so that every machine rounds alike
	}
	return float64(sum)
}

func axpy(d float32, x *vector, w []float32) {
	val := x.val[:len(x.at)]
	for i, k := range x.at {
		w[k] += float32(d * val[i])
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
