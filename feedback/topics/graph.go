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

// reduce joins groups until there are at most so many: always the two whose joining costs least, as communities counts. Groups of
// fewer than least messages belong to none (−1) and do not count.
func (g *graph) reduce(group []int, most, least int) []int {
	size := map[int]int{}
	for _, c := range group {
		size[c]++
	}
	_, n := renumber(slices.Clone(group))
	all := g.join(group, n)
	sums, total := all.sums()
	table := make([][]float64, n)
	var open []int
	for c := range table {
		table[c] = make([]float64, n)
		for _, e := range all.edges.of(c) {
			table[c][e.to] = float64(e.weight)
		}
		if size[c] >= least {
			open = append(open, c)
		}
	}
	into := make([]int, n)
	for c := range into {
		into[c] = -1
	}
	for _, c := range open {
		into[c] = c
	}
	for len(open) > most {
		a, b, best := 0, 1, -total
		for i := range open {
			for j := i + 1; j < len(open); j++ {
				x, y := open[i], open[j]
				if gain := (table[x][y] - sums[x]*sums[y]/total) / min(sums[x], sums[y]); gain > best {
					a, b, best = i, j, gain
				}
			}
		}
		x, y := open[a], open[b]
		for c := range table {
			table[x][c] += table[y][c]
			table[c][x] += table[c][y]
		}
		sums[x] += sums[y]
		for c := range into {
			if into[c] == y {
				into[c] = x
			}
		}
		open = slices.Delete(open, b, b+1)
	}
	out := make([]int, len(group))
	for i, c := range group {
		out[i] = into[c]
	}
	return out
}

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }
