package sentiment

import "math"

// sparse is one text as a sparse vector.
type sparse struct {
	id  []int32
	val []float32
}

// A problem is a two-class problem: y is -1 or 1, cost how much an error at the text weighs.
type problem struct {
	x    []sparse
	y    []int8
	cost []float64
	dim  int
}

// solveSVM fits a linear support vector machine with squared hinge loss by dual coordinate descent (Hsieh et al. 2008,
// the method of LIBLINEAR). It is deterministic: the order of visits comes from seed.
func solveSVM(p problem, rounds int, seed uint64) []float32 {
	w := make([]float32, p.dim)
	alpha := make([]float64, len(p.x))
	diag := make([]float64, len(p.x)) // Q_ii + 1/(2C)
	for i, x := range p.x {
		q := 0.0
		for _, v := range x.val {
			q += float64(v) * float64(v)
		}
		diag[i] = q + 0.5/p.cost[i]
	}
	active := make([]int32, 0, len(p.x))
	for i := range p.x {
		if p.cost[i] > 0 {
			active = append(active, int32(i))
		}
	}
	rng := seed
	for range rounds {
		biggest := 0.0
		for k := len(active) - 1; k > 0; k-- {
			rng = mix(rng + 0x9e3779b97f4a7c15)
			j := int(rng % uint64(k+1))
			active[k], active[j] = active[j], active[k]
		}
		for _, i := range active {
			x, y := p.x[i], float64(p.y[i])
			g := y*float64(dot(w, x)) - 1 + alpha[i]*0.5/p.cost[i]
			if alpha[i] == 0 && g >= 0 {
				continue
			}
			biggest = math.Max(biggest, math.Abs(g))
			a := math.Max(alpha[i]-g/diag[i], 0)
			d := float32((a - alpha[i]) * y)
			alpha[i] = a
			for k, id := range x.id {
				w[id] += d * x.val[k]
			}
		}
		if biggest < 0.01 {
			break
		}
	}
	return w
}

func dot(w []float32, x sparse) float32 {
	s := float32(0)
	for k, id := range x.id {
		s += w[id] * x.val[k]
	}
	return s
}

const (
	logisticRounds = 30
	logisticRidge  = 1.0
)

// fitLogistic fits a logistic regression with a ridge penalty by Newton's method. The last column must be 1.
func fitLogistic(rows [][secondCount]float64, y, cost []float64) []float64 {
	w := make([]float64, secondCount)
	for range logisticRounds {
		grad := make([]float64, secondCount)
		hess := make([][]float64, secondCount)
		for a := range hess {
			hess[a] = make([]float64, secondCount)
			hess[a][a] = logisticRidge
			grad[a] = -logisticRidge * w[a]
		}
		for i, x := range rows {
			z := 0.0
			for k, v := range x {
				z += v * w[k]
			}
			p := logistic(z)
			for a, v := range x {
				grad[a] += cost[i] * (y[i] - p) * v
				for b := 0; b <= a; b++ {
					hess[a][b] += cost[i] * p * (1 - p) * v * x[b]
				}
			}
		}
		for a := range hess {
			for b := 0; b < a; b++ {
				hess[b][a] = hess[a][b]
			}
		}
		moved := 0.0
		for k, d := range solveLinear(hess, grad) {
			w[k] += d
			moved = math.Max(moved, math.Abs(d))
		}
		if moved < 1e-6 {
			break
		}
	}
	return w
}
