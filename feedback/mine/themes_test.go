package mine_test

import (
	"context"
	"maps"
	"math"
	"slices"
	"testing"

	"huiyin/feedback/mine"
	"huiyin/feedback/topics"
)

// TestThemes measures themes found without a taxonomy on the piles of TestThreeSeeds, when HUIYIN_DATASETS names their folder: normalised mutual information with the
// topics that are labelled, given both entropies' mean. What was reached on three of them stays reached.
func TestThemes(t *testing.T) {
	folder, nlp := labelledPiles(t)
	for _, p := range piles(t) {
		t.Run(p.name, func(t *testing.T) {
			texts, gold := p.rows(t, folder)
			o := options(t, file(t, "pile.csv", csvOf(t, texts)))
			o.Topics = topics.NewFinder(nlp.Tokenizer, nlp.Vectors)
			if _, err := mine.Run(context.Background(), o); err != nil {
				t.Fatal(err)
			}
			got := column(t, o, "topic_id")
			if len(got) != len(gold) {
				t.Fatalf("%d of %d messages have a row", len(got), len(gold))
			}
			themes := map[string]bool{}
			for _, theme := range got {
				themes[theme] = true
			}
			delete(themes, "")
			told := mutual(gold, got)
			t.Logf("%d messages, %d themes: NMI %.4f", len(texts), len(themes), told)
			if least := map[string]float64{"airline": 0.24, "hotline": 0.40, "shopping": 0.45}[p.name]; told < least {
				t.Errorf("NMI %.4f, below %.2f", told, least)
			}
		})
	}
}

// mutual is what two ways to group the same things tell of each other, of the mean of what either tells.
func mutual(a, b []string) float64 {
	both := make([]string, len(a))
	for i := range a {
		both[i] = a[i] + "\x00" + b[i]
	}
	x, y := entropy(a), entropy(b)
	return 2 * (x + y - entropy(both)) / (x + y)
}

func entropy(of []string) float64 {
	n := map[string]int{}
	for _, x := range of {
		n[x]++
	}
	sum := 0.0
	for _, k := range slices.Sorted(maps.Keys(n)) {
		share := float64(n[k]) / float64(len(of))
		sum -= share * math.Log(share)
	}
	return sum
}

// Groups that are the same under other names tell all of each other, and those that have nothing to do with each other nothing.
func TestMutual(t *testing.T) {
	a := []string{"x", "x", "y", "y"}
	if got := mutual(a, []string{"2", "2", "1", "1"}); math.Abs(got-1) > 1e-12 {
		t.Errorf("the same: %f", got)
	}
	if got := mutual(a, []string{"1", "2", "1", "2"}); math.Abs(got) > 1e-12 {
		t.Errorf("nothing in common: %f", got)
	}
}
