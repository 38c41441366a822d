package kb_test

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"huiyin/kb"
)

// TestGroupsHoldEveryGapOnce: whatever was asked, each open gap that has a word stands in one group, gaps with the same words
// in the same, people and annoyance are those of the group, the heaviest group comes first, and the order in which the
// store gives the gaps does not matter.
func TestGroupsHoldEveryGapOnce(t *testing.T) {
	s := open(t, newStore(t, shop()...), t.TempDir())
	questions := []string{"can you engrave a pen", "can you engrave my pen", "有没有实体店", "你们有实体店吗", "实体店在哪里", "do you have a store", "……", "👍", "", "refund to my card", "refund  to my card",
		"can you engrave a pen?", "退款退到哪里", "zebra"}
	rapid.Check(t, func(rt *rapid.T) {
		var gaps []kb.Gap
		for i := range rapid.IntRange(0, 25).Draw(rt, "gaps") {
			g := kb.Gap{ID: fmt.Sprint("g", i), Contact: rapid.SampledFrom([]string{"", "ann", "bo", "cy"}).Draw(rt, "contact"), Question: rapid.SampledFrom(questions).Draw(rt, "question"),
				Sentiment: rapid.Float64Range(-1, 1).Draw(rt, "sentiment"), At: noon.Add(time.Duration(rapid.IntRange(0, 9).Draw(rt, "at")) * time.Minute)}
			if rapid.IntRange(0, 4).Draw(rt, "closed") == 0 {
				g.ClosedBy = "returns.en"
			}
			gaps = append(gaps, g)
		}
		groups := must(s.ClusterGaps(t.Context(), gaps))(t)
		at := map[string]int{}
		byWords := map[string]int{}
		for i, group := range groups {
			people, annoyed := map[string]bool{}, 0.0
			for k, g := range group.Gaps {
				if before, twice := at[g.ID]; twice {
					rt.Fatalf("%s stands in the groups %d and %d", g.ID, before, i)
				}
				at[g.ID] = i
				words := strings.Join(strings.Fields(g.Question), " ")
				if j, ok := byWords[words]; ok && j != i {
					rt.Fatalf("%q stands in the groups %d and %d", words, j, i)
				}
				byWords[words] = i
				people[cmp.Or(g.Contact, g.ID)] = true
				annoyed += max(0, -g.Sentiment) / float64(len(group.Gaps))
				if k > 0 && g.At.Before(group.Gaps[k-1].At) {
					rt.Fatalf("group %d is not in the order of time", i)
				}
			}
			if group.People != len(people) || math.Abs(group.Annoyed-annoyed) > 1e-9 || i > 0 && group.Weight > groups[i-1].Weight+1e-9 {
				rt.Fatalf("group %d: %+v; %d people, annoyed %.2f", i, group, len(people), annoyed)
			}
		}
		for _, g := range gaps {
			_, in := at[g.ID]
			if want := g.ClosedBy == "" && strings.ContainsFunc(g.Question, unicode.IsLetter); in != want {
				rt.Fatalf("%q in a group: %v, want %v", g.Question, in, want)
			}
		}
		shuffled := rapid.Permutation(gaps).Draw(rt, "shuffled")
		if again := must(s.ClusterGaps(t.Context(), shuffled))(t); !reflect.DeepEqual(groups, again) {
			rt.Fatalf("another order of the store, other groups:\n%+v\n%+v", groups, again)
		}
	})
}
