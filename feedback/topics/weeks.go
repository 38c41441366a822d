package topics

import (
	"cmp"
	"slices"
	"time"

	"huiyin/feedback"
)

const week = 7 * 24 * time.Hour

// monday is the start of a week, from which others are counted.
var monday = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

// weekOf is the number of a message's week; 0: it has no time.
func weekOf(it feedback.Item) int32 {
	if it.At.IsZero() {
		return 0
	}
	return max(1, int32(it.At.Sub(monday)/week))
}

// weeksOf sorts messages into weeks by the numbers of these, oldest first; the first has at least so many, or all. Those
// without a time belong to the first. What is learned from weeks before another one is the same whether that other one is
// there or not.
func weeksOf(number []int32, least int) [][]int {
	order := make([]int, len(number))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(number[a], number[b]) })
	var weeks [][]int
	for at := 0; at < len(order); {
		end := at + 1
		for end < len(order) && number[order[end]] == number[order[at]] {
			end++
		}
		if n := len(weeks); n == 1 && len(weeks[0]) < least {
			weeks[0] = append(weeks[0], order[at:end]...)
		} else {
			weeks = append(weeks, slices.Clone(order[at:end]))
		}
		at = end
	}
	for _, w := range weeks {
		slices.Sort(w)
	}
	return weeks
}

// evenly picks at most n of some messages, evenly over the pile, whatever its order.
func evenly(docs []int, n int) []int {
	n = min(n, len(docs))
	out := make([]int, n)
	for i := range out {
		out[i] = docs[i*len(docs)/n]
	}
	return out
}
