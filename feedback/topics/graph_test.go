package topics

import (
	"math"
	"slices"
	"testing"
)

// Groups that lie apart are found without saying how many there are, the same on every run and whatever their order.
func TestCommunitiesThatLieApart(t *testing.T) {
	for _, groups := range []int{4, 5, 9} {
		points, want := blobs(groups, 30, 12)
		got := newGraph(points).communities()
		if !same(got, want) {
			t.Errorf("%d groups: got %v", groups, got)
		}
		if again := newGraph(points).communities(); !slices.Equal(got, again) {
			t.Error("two runs differ")
		}
		slices.Reverse(points)
		slices.Reverse(want)
		if back := newGraph(points).communities(); !same(back, want) {
			t.Errorf("%d groups, the other way round: got %v", groups, back)
		}
	}
}

// A graph joins both ways, no point with itself, and what is at a right angle to everything with nothing.
func TestGraphJoinsBothWays(t *testing.T) {
	points, _ := blobs(3, 20, 8)
	for i := range points {
		points[i] = append(points[i], 0)
	}
	alone := make([]float32, 9)
	alone[8] = 1
	g := newGraph(append(points, alone))
	for i := range g.edges.len() {
		for _, e := range g.edges.of(i) {
			back := slices.IndexFunc(g.edges.of(int(e.to)), func(b edge) bool { return int(b.to) == i })
			if int(e.to) == i || e.weight <= 0 || back < 0 || g.edges.of(int(e.to))[back].weight != e.weight {
				t.Fatalf("%d → %d weighs %f", i, e.to, e.weight)
			}
		}
	}
	if n := len(g.edges.of(60)); n != 0 {
		t.Errorf("the one that is like none has %d edges", n)
	}
	for _, points := range [][][]float32{nil, {{1}}, {{0, 0}, {0, 0}}, {{1, 0}, {1, 0}, {1, 0}}} {
		if got := newGraph(points).communities(); len(got) != len(points) {
			t.Errorf("%v: got %v", points, got)
		}
	}
}

// What several graphs join weighs what it weighs in each of them; what one of them joins stays.
func TestGraphsTogether(t *testing.T) {
	graphOf := func(rows ...[]edge) *graph {
		g := &graph{}
		for _, row := range rows {
			g.edges.add(row)
		}
		return g
	}
	a := graphOf([]edge{{1, 0.5}, {2, 0.25}}, []edge{{0, 0.5}}, []edge{{0, 0.25}}, nil)
	b := graphOf([]edge{{2, 0.5}}, []edge{{2, 1}}, []edge{{0, 0.5}, {1, 1}}, nil)
	got := together([]*graph{a, b})
	for i, want := range [][]edge{{{1, 0.5}, {2, 0.75}}, {{0, 0.5}, {2, 1}}, {{0, 0.75}, {1, 1}}, {}} {
		if row := got.edges.of(i); !slices.Equal(row, want) {
			t.Errorf("%d: got %v, want %v", i, row, want)
		}
	}
	if len(a.edges.of(2)) != 1 || len(b.edges.of(0)) != 1 {
		t.Error("the graphs themselves have changed")
	}
}

// Too many groups are joined, the nearest first; what is too small belongs to none.
func TestGroupsAreReduced(t *testing.T) {
	points, groups := blobs(4, 30, 12)
	for i, c := range groups { // two pairs lean towards each other
		points[i][10+c/2] += 0.8
		normalize(points[i])
	}
	g := newGraph(points)
	got := g.reduce(slices.Clone(groups), 2, 2)
	for i, c := range groups {
		groups[i] = c / 2
	}
	if !same(got, groups) {
		t.Errorf("got %v", got)
	}
	few, _ := blobs(1, 10, 12)
	g = newGraph(append(few, points[0]))
	if got := g.reduce([]int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 5, 2); got[10] != -1 || got[0] != 0 {
		t.Errorf("got %v", got)
	}
}

// A centre moves to where the points are that are nearest to it; one that has none stays.
func TestMiddles(t *testing.T) {
	points := [][]float32{{1, 0}, {0.6, 0.8}, {-1, 0}}
	got := middles(points, [][]float32{{0.8, 0.6}, {-0.8, -0.6}, {0, -1}})
	for i, want := range [][]float64{{0.894, 0.447}, {-1, 0}, {0, -1}} {
		for j := range want {
			if math.Abs(float64(got[i][j])-want[j]) > 0.001 {
				t.Errorf("centre %d: got %v, want %v", i, got[i], want)
			}
		}
	}
	if best, most := nearest([]float32{0, 1}, got); best != 0 || math.Abs(float64(most)-0.447) > 0.001 {
		t.Errorf("nearest: %d, %f", best, most)
	}
}
