package index

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"huiyin/kb"
)

// TestBest: the best documents are those at the front of all in order, whatever their scores and how many are wanted.
func TestBest(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, size := range []int{0, 1, 7, 400} {
		v := &view{dead: make([]bool, size)}
		hits := &tally{score: make([]float32, size)}
		var all []kb.Scored
		for n := range size {
			v.entries = append(v.entries, entry{id: kb.ArticleID(fmt.Sprintf("a%03d", rnd.IntN(1000)*1000+n))})
			hits.score[n] = float32(rnd.IntN(1 + size/8)) // many are equal
			v.dead[n] = rnd.IntN(10) == 0
			hits.touched = append(hits.touched, uint32(n))
			if !v.dead[n] {
				all = append(all, kb.Scored{ID: v.entries[n].id, Score: float64(hits.score[n])})
			}
		}
		rnd.Shuffle(size, func(i, j int) { hits.touched[i], hits.touched[j] = hits.touched[j], hits.touched[i] })
		slices.SortFunc(all, func(a, b kb.Scored) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID)) })
		for _, limit := range []int{0, 1, 2, 5, 50, 1000} {
			if got, want := v.best(hits, limit), all[:min(limit, len(all))]; !slices.Equal(got, want) {
				t.Errorf("the best %d of %d: %v, want %v", limit, size, got, want)
			}
		}
	}
}
