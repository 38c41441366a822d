package topics

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// graph joins each of some messages with those most like it.
type graph struct {
	edges runs[edge] // of each message, by message
}

// edge leads to a message.
type edge struct {
	to     int32
	weight float32
}

const (
	// graphNear is with how many others a message is joined, graphLeast the same in a small pile: one of graphShare of it.
	graphNear, graphLeast, graphShare = 20, 5, 20
)

// neighbours is with how many others each of n messages is joined.
func neighbours(n int) int { return min(graphNear, max(graphLeast, n/graphShare)) }

// newGraph joins points of length one with their nearest, by squared cosines; what either counts among its nearest, both do.
// Every edge is divided by the root of the sums at both its ends, so that what is like everything joins nothing.
func newGraph(points [][]float32) *graph {
	k := neighbours(len(points))
	near := make([][]edge, len(points))
	spread(len(points), func(from, to int) {
		for i := from; i < to; i++ {
			near[i] = nearOf(points, points[i], i, k)
		}
	})
	both := make([][]edge, len(points))
	for i, list := range near {
		for _, e := range list {
			both[i] = append(both[i], e)
			if !slices.ContainsFunc(near[e.to], func(back edge) bool { return int(back.to) == i }) {
				both[e.to] = append(both[e.to], edge{int32(i), e.weight})
			}
		}
	}
	sums := make([]float32, len(points))
	for i, list := range both {
		for _, e := range list {
			sums[i] += e.weight
		}
	}
	g := &graph{}
	for i, list := range both {
		slices.SortFunc(list, func(a, b edge) int { return cmp.Compare(a.to, b.to) })
		for at := range list {
			list[at].weight /= sqrt(sums[i]) * sqrt(sums[list[at].to])
		}
		g.edges.add(list)
	}
	return g
}

// together joins what any of some graphs of the same messages joins, by the sum of its weights.
func together(graphs []*graph) *graph {
	out := &graph{}
	for i := range graphs[0].edges.len() {
		var list []edge
		for _, g := range graphs {
			list = append(list, g.edges.of(i)...)
		}
		slices.SortStableFunc(list, func(a, b edge) int { return cmp.Compare(a.to, b.to) })
		n := 0
		for _, e := range list {
			if n > 0 && list[n-1].to == e.to {
				list[n-1].weight += e.weight
				continue
			}
			list[n] = e
			n++
		}
		out.edges.add(list[:n])
	}
	return out
}

// nearOf are the k points nearest to one, which may be among them itself; those at a right angle or farther are left out.
func nearOf(points [][]float32, of []float32, self, k int) []edge {
	list := make([]edge, 0, k+1)
	for j, p := range points {
		if j == self {
			continue
		}
		d := dot(of, p)
		if d <= 0 || len(list) == k && d <= list[k-1].weight {
			continue
		}
		at, _ := slices.BinarySearchFunc(list, d, func(e edge, d float32) int {
			if e.weight >= d { // of equals the first stays first
				return -1
			}
			return 1
		})
		list = slices.Insert(list, at, edge{int32(j), d})
		list = list[:min(k, len(list))]
	}
	for at := range list {
		list[at].weight *= list[at].weight
	}
	return list
}

// communities groups the messages so that those of a group are joined with each other more than chance would have it: the method
// of Blondel and others (2008), which settles by itself how many groups there are. The order in which messages are looked at is
// mixed, always in the same way.
func (g *graph) communities() []int {
	group := make([]int, g.edges.len())
	for i := range group {
		group[i] = i
	}
	random := rand.New(rand.NewPCG(1, 3))
	for level := g; ; {
		of, n := level.move(random)
		for i := range group {
			group[i] = of[group[i]]
		}
		if n == level.edges.len() {
			return group
		}
		level = level.join(of, n)
	}
}

// moveRounds bounds how often all messages are looked at on one level.
const moveRounds = 20

// move puts each message into the group of its neighbours that it gains most from, until none moves; the groups are numbered
// from 0 by their first message.
func (g *graph) move(random *rand.Rand) (group []int, n int) {
	sums, all := g.sums()
	group = make([]int, len(sums))
	for i := range group {
		group[i] = i
	}
	total := slices.Clone(sums)
	order, to := random.Perm(len(sums)), make([]float64, len(sums))
	var near []int
	for range moveRounds {
		moved := false
		for _, i := range order {
			near = append(near[:0], group[i])
			for _, e := range g.edges.of(i) {
				if int(e.to) == i {
					continue
				}
				c := group[e.to]
				if to[c] == 0 && c != group[i] {
					near = append(near, c)
				}
				to[c] += float64(e.weight)
			}
			total[group[i]] -= sums[i]
			best, most := group[i], to[group[i]]-total[group[i]]*sums[i]/all
			for _, c := range near[1:] {
				if gain := to[c] - total[c]*sums[i]/all; gain > most+1e-12 {
					best, most = c, gain
				}
			}
			for _, c := range near {
				to[c] = 0
			}
			total[best] += sums[i]
			moved = moved || best != group[i]
			group[i] = best
		}
		if !moved {
			break
		}
	}
	return renumber(group)
}

// sums are the weights at each message, and of all.
func (g *graph) sums() (each []float64, all float64) {
	each = make([]float64, g.edges.len())
	for i := range each {
		for _, e := range g.edges.of(i) {
			each[i] += float64(e.weight)
		}
		all += each[i]
	}
	return each, all
}

// join is the graph of n groups; what is joined within a group is an edge from it to itself.
func (g *graph) join(group []int, n int) *graph {
	members := make([][]int, n)
	for i, c := range group {
		members[c] = append(members[c], i)
	}
	weight := make([]float64, n)
	out := &graph{}
	for _, list := range members {
		var near []int
		for _, i := range list {
			for _, e := range g.edges.of(i) {
				c := group[e.to]
				if weight[c] == 0 {
					near = append(near, c)
				}
				weight[c] += float64(e.weight)
			}
		}
		slices.Sort(near)
		edges := make([]edge, len(near))
		for at, c := range near {
			edges[at] = edge{int32(c), float32(weight[c])}
			weight[c] = 0
		}
		out.edges.add(edges)
	}
	return out
}

// renumber numbers groups from 0 by their first member.
func renumber(group []int) ([]int, int) {
	number := map[int]int{}
	for i, c := range group {
		if _, ok := number[c]; !ok {
			number[c] = len(number)
		}
		group[i] = number[c]
	}
	return group, len(number)
}

// reduce joins groups until there are at most so many: always the two that hold together best, against chance and for the smaller
// one's size. Groups of fewer than least messages belong to none (−1).
func (g *graph) reduce(group []int, most, least int) []int {
	size := map[int]int{}
	for _, c := range group {
		size[c]++
	}
	large := map[int]int{} // to its place among those that are large enough
	out := make([]int, len(group))
	for i, c := range group {
		if out[i] = -1; size[c] >= least {
			if _, ok := large[c]; !ok {
				large[c] = len(large)
			}
			out[i] = large[c]
		}
	}
	between, sums, total := g.between(out, len(large))
	open := make([]int, len(large))
	for c := range open {
		open[c] = c
	}
	for len(open) > max(1, most) {
		a, b := closest(open, between, sums, total)
		x, y := open[a], open[b]
		for c := range between {
			between[x][c] += between[y][c]
			between[c][x] += between[c][y]
		}
		sums[x] += sums[y]
		for i, c := range out {
			if c == y {
				out[i] = x
			}
		}
		open = slices.Delete(open, b, b+1)
	}
	return out
}

// between are the weights from each of n groups to each, at each, and at all messages; what is in no group counts for the last alone.
func (g *graph) between(group []int, n int) (weight [][]float64, sums []float64, total float64) {
	weight, sums = make([][]float64, n), make([]float64, n)
	for c := range weight {
		weight[c] = make([]float64, n)
	}
	each, total := g.sums()
	for i, c := range group {
		if c < 0 {
			continue
		}
		sums[c] += each[i]
		for _, e := range g.edges.of(i) {
			if to := group[e.to]; to >= 0 {
				weight[c][to] += float64(e.weight)
			}
		}
	}
	return weight, sums, total
}

// closest are the places of the two groups that hold together best.
func closest(open []int, between [][]float64, sums []float64, total float64) (a, b int) {
	best := math.Inf(-1)
	for i, x := range open {
		for j := i + 1; j < len(open); j++ {
			y := open[j]
			if gain := (between[x][y] - sums[x]*sums[y]/total) / min(sums[x], sums[y]); gain > best {
				a, b, best = i, j, gain
			}
		}
	}
	return a, max(b, a+1)
}

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }
