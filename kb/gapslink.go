package kb

import (
	"cmp"
	"context"
	"slices"
)

// Borders of how likely two questions, or two groups of them, ask for the same: from sameGap they are one group, from maybeGap an
// editor is asked. Both were chosen with the set called chosen of testdata/gap_groups.csv, see docs/measured/kb.md.
const (
	sameGap  = 1.0
	maybeGap = -1.5
	// unsure is the most that two questions reach that are not joined whatever else says that they ask for the same.
	unsure = 0.0
	// farApart is for questions that were not compared, or that name opposite things; wordForWord for those alike by wording.
	farApart    = -8.0
	wordForWord = 4.0
)

// maxNear is how many groups an editor is asked about.
const maxNear = 3

// gapGroup is gaps that ask the same, oldest first, and which other groups may, the likeliest first.
type gapGroup struct {
	gaps []Gap
	near []int
}

// group puts gaps that ask the same together, in either language. Every wish is gaps with the same words.
func (c *catalog) group(ctx context.Context, wishes [][]Gap, w *weights) ([]gapGroup, error) {
	asks, err := c.askings(ctx, wishes)
	if err != nil {
		return nil, err
	}
	like := newLikeness(len(asks))
	if err := c.likeWithin(ctx, asks, w, like); err != nil {
		return nil, err
	}
	if err := c.likeAcross(ctx, asks, like); err != nil {
		return nil, err
	}
	leader, err := like.link(ctx, sameGap)
	if err != nil {
		return nil, err
	}
	var out []gapGroup
	at := map[int]int{}
	for i, of := range leader {
		k, known := at[of]
		if !known {
			k = len(out)
			at[of], out = k, append(out, gapGroup{})
		}
		out[k].gaps = append(out[k].gaps, asks[i].gaps...)
	}
	for of, k := range at {
		slices.SortStableFunc(out[k].gaps, earlier)
		for _, other := range like.nearest(of, leader, maybeGap, maxNear) {
			out[k].near = append(out[k].near, at[other])
		}
	}
	return out, nil
}

// likeness is how likely each two of some questions ask for the same, as a logit.
type likeness struct {
	n    int
	rows []float32
	size []int // how many questions a row stands for; 0: none, it was joined with another one
}

func newLikeness(n int) *likeness {
	l := &likeness{n: n, rows: make([]float32, n*n), size: make([]int, n)}
	for i := range l.rows {
		l.rows[i] = farApart
	}
	for i := range l.size {
		l.size[i] = 1
	}
	return l
}

func (l *likeness) at(i, j int) float64 { return float64(l.rows[i*l.n+j]) }

func (l *likeness) set(i, j int, x float64) {
	l.rows[i*l.n+j], l.rows[j*l.n+i] = float32(x), float32(x)
}

// link joins, as long as there are any, the two groups that are likeliest the same by the mean of their questions, from a border on.
// Of each question it says which one leads its group: the first of them. What is left are the means between leaders.
func (l *likeness) link(ctx context.Context, border float64) ([]int, error) {
	leader, best := make([]int, l.n), make([]int, l.n)
	for i := range leader {
		leader[i], best[i] = i, l.best(i)
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		first := -1
		for i, j := range best {
			if j >= 0 && l.at(i, j) >= border && (first < 0 || l.at(i, j) > l.at(first, best[first])) {
				first = i
			}
		}
		if first < 0 {
			return leader, nil
		}
		to, from := min(first, best[first]), max(first, best[first])
		l.join(to, from)
		for i := range leader {
			if leader[i] == from {
				leader[i] = to
			}
			if l.size[i] == 0 {
				best[i] = -1
			} else if i == to || best[i] == to || best[i] == from || best[i] >= 0 && l.at(i, to) > l.at(i, best[i]) {
				best[i] = l.best(i)
			}
		}
	}
}

// best is the likeliest row for a row, of equal ones the first; −1: there is none.
func (l *likeness) best(i int) int {
	best := -1
	for j := range l.n {
		if j != i && l.size[j] > 0 && (best < 0 || l.at(i, j) > l.at(i, best)) {
			best = j
		}
	}
	return best
}

func (l *likeness) join(to, from int) {
	a, b := float64(l.size[to]), float64(l.size[from])
	for k := range l.n {
		if k != to && k != from {
			l.set(to, k, (a*l.at(to, k)+b*l.at(from, k))/(a+b))
		}
	}
	l.size[to] += l.size[from]
	l.size[from] = 0
}

// nearest are up to n other leaders for one, from a border on, the likeliest first.
func (l *likeness) nearest(of int, leader []int, border float64, n int) []int {
	var list []int
	for j := range l.n {
		if j != of && leader[j] == j && l.at(of, j) >= border {
			list = append(list, j)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(l.at(of, b), l.at(of, a)) })
	return list[:min(n, len(list))]
}
