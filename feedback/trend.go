package feedback

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Trends are the complaints of some weeks by topic, from the digests that were made of them.
type Trends struct {
	Weeks []string // the oldest first
	Rows  []Trend  // the most frequent of all weeks first
}

// Trend is how often a topic was complained about, week by week.
type Trend struct {
	Topic   string
	Name    Text
	Tallies []Tally // by Trends.Weeks
}

// Behind names the number of a week for Builder.Behind.
func (t Trend) Behind() string { return behindTopic + t.Topic }

// TrendsOf reads the newest weeks of runs, in whatever order these are; a run that is not finished, or whose digest cannot be read, is
// left out.
func TrendsOf(runs []Run, weeks, rows int) Trends {
	made := map[string][]TopicCount{}
	for _, r := range runs {
		week, weekly := strings.CutPrefix(r.Key, WeeklyRun)
		var d Digest
		if !weekly || r.Done.IsZero() || json.Unmarshal(r.Digest, &d) != nil {
			continue
		}
		for _, b := range d.Blocks {
			if b.Counts != nil {
				made[week] = b.Counts
			}
		}
	}
	out := Trends{Weeks: slices.Sorted(maps.Keys(made))}
	out.Weeks = out.Weeks[max(0, len(out.Weeks)-weeks):]
	byTopic, sum := map[string]*Trend{}, map[string]int{}
	for i, week := range out.Weeks {
		for _, c := range made[week] {
			t := byTopic[c.Topic]
			if t == nil {
				t = &Trend{Topic: c.Topic, Tallies: make([]Tally, len(out.Weeks))}
				byTopic[c.Topic] = t
			}
			t.Name, t.Tallies[i] = c.Name, Tally{week, c.Count, c.Of}
			sum[c.Topic] += c.Count
		}
	}
	for _, t := range byTopic {
		if sum[t.Topic] == 0 {
			continue
		}
		for i, week := range out.Weeks { // a week in which nobody complained about it
			if t.Tallies[i].Week == "" {
				t.Tallies[i] = Tally{Week: week, Of: ofAll(made[week])}
			}
		}
		out.Rows = append(out.Rows, *t)
	}
	slices.SortFunc(out.Rows, func(a, b Trend) int {
		return cmp.Or(sum[b.Topic]-sum[a.Topic], strings.Compare(a.Topic, b.Topic))
	})
	out.Rows = out.Rows[:min(rows, len(out.Rows))]
	return out
}

// ofAll is how many messages a week had, as its topics say.
func ofAll(counts []TopicCount) int {
	if len(counts) == 0 {
		return 0
	}
	return counts[0].Of
}
