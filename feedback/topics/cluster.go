package topics

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

const (
	clusterRounds = 16
	// clusterStarts is from how many different beginnings points are grouped; the groupings are then joined.
	clusterStarts = 12
)

// cluster groups points of length one around k directions: k-means by cosine (Dhillon and Modha 2001) with the beginnings
// of Arthur and Vassilvitskii (2007). It returns the group of each point and how close points lie to their directions.
func cluster(points [][]float32, k int, seed uint64) ([]int, float64) {
	random := rand.New(rand.NewPCG(seed, 7))
	centres := beginnings(points, k, random)
	group, fit := make([]int, len(points)), 0.0
	for range clusterRounds {
		sums := make([][]float32, len(centres))
		for t := range sums {
			sums[t] = make([]float32, len(points[0]))
		}
		moved := false
		fit = 0
		for i, p := range points {
			best, most := nearest(p, centres)
			moved = moved || best != group[i]
			group[i] = best
			fit += float64(most)
			addTo(sums[best], p, 1)
		}
		for t := range sums {
			normalize(sums[t])
		}
		centres = sums
		if !moved {
			break
		}
	}
	return group, fit / float64(len(points))
}

// beginnings picks k points, each the likelier the farther it lies from those picked before.
func beginnings(points [][]float32, k int, random *rand.Rand) [][]float32 {
	far := make([]float64, len(points))
	for i := range far {
		far[i] = 1
	}
	var centres [][]float32
	for range k {
		total := 0.0
		for _, f := range far {
			total += f
		}
		at, pick := random.Float64()*total, len(points)-1
		for i, f := range far {
			if at -= f; at <= 0 {
				pick = i
				break
			}
		}
		centres = append(centres, slices.Clone(points[pick]))
		for i, p := range points {
			far[i] = math.Min(far[i], math.Max(0, 1-float64(dot(p, points[pick]))))
		}
	}
	return centres
}

func nearest(p []float32, centres [][]float32) (best int, most float32) {
	most = -2
	for t, c := range centres {
		if d := dot(p, c); d > most {
			best, most = t, d
		}
	}
	return best, most
}

// agree groups points by what many groupings of them have in common (cluster ensembles, Strehl and Ghosh 2002): points
// that most groupings put together stay together, whatever the chance of one beginning.
func agree(points [][]float32, k, wide int) []int {
	votes := make([][]float32, len(points))
	for i := range votes {
		votes[i] = make([]float32, clusterStarts*wide)
	}
	var tasks errgroup.Group
	tasks.SetLimit(runtime.GOMAXPROCS(0))
	for s := range clusterStarts {
		tasks.Go(func() error {
			group, _ := cluster(points, wide, uint64(s))
			for i, g := range group {
				votes[i][s*wide+g] = 1
			}
			return nil
		})
	}
	_ = tasks.Wait() // none of them fails
	for i := range votes {
		normalize(votes[i])
	}
	var best []int
	most := -1.0
	for s := range uint64(4) {
		if group, fit := cluster(votes, k, 100+s); fit > most {
			best, most = group, fit
		}
	}
	return best
}
