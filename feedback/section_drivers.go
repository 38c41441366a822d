package feedback

import (
	"cmp"
	"context"
	"math"
	"slices"

	"huiyin/bot"
)

// driversSection says which topics go along with low ratings and with coming back. It never says that they cause them.
type driversSection struct{ *mined }

// Name implements Section.
func (driversSection) Name() string { return "drivers" }

const (
	// groupLeast is the least number of conversations, or of people, that is broken down (k): fewer would show individuals.
	groupLeast = 5
	// lowRating is the highest CSAT that counts as unhappy.
	lowRating = 2
	// driversShown bounds the table.
	driversShown = 10
)

// driver is a topic against an outcome.
type driver struct {
	name        Text
	outcome     string
	x, n        int // conversations with the topic: with the outcome, all that were measured
	x0, n0      int // the same without the topic
	diff        float64
	low, high   float64
	change      *Change
	topicForTie string
}

// Build implements Section.
func (s driversSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	o := x.outcomes(p)
	table := Table{Title: Say("digest.drivers.table"), Empty: Say("digest.drivers.none"), Columns: []Phrase{Say("digest.col.topic"), Say("digest.col.outcome"),
		Say("digest.col.with"), Say("digest.col.without"), Say("digest.col.difference")}}
	for _, d := range drivers(o.about, o.names, o.measured, o.unhappy) {
		table.Rows = append(table.Rows, []Cell{{Name: &d.name}, phrase("digest.outcome." + d.outcome), partOf(d.x, d.n).behind(behindWith + d.outcome + "/" + d.topicForTie),
			partOf(d.x0, d.n0).behind(behindWithout + d.outcome + "/" + d.topicForTie),
			phrase("digest.drivers.interval", "diff", points(d.diff), "low", points(d.low), "high", points(d.high))})
	}
	note := Say("digest.drivers.note")
	return Block{Section: "drivers", Elements: []Element{{Sentence: &note}, {Table: &table}}}, nil
}

// ended is how the conversations of a period ended, and what they were about.
type ended struct {
	measured, unhappy map[string]map[bot.ConversationID]bool // by outcome
	about             map[string]map[bot.ConversationID]bool // by topic
	names             map[string]Text                        // of the topics
}

// outcomes finds how the conversations of a period ended.
func (x *corpus) outcomes(p Period) ended {
	o := ended{outcomes(), outcomes(), map[string]map[bot.ConversationID]bool{}, map[string]Text{}}
	for f := range x.happened(p) {
		switch f.name {
		case bot.FactCSAT:
			o.measured["rated"][f.conversation] = true
			if f.value <= lowRating {
				o.unhappy["rated"][f.conversation] = true
			}
		case bot.FactReopened:
			o.unhappy["returned"][f.conversation] = true
		}
	}
	for i, r := range x.said(p) {
		id, a := bot.ConversationID(r.conversation), x.about(i)
		o.measured["returned"][id] = true
		if a.Topic != "" {
			if o.about[a.Topic] == nil {
				o.about[a.Topic] = map[bot.ConversationID]bool{}
			}
			o.about[a.Topic][id] = true
			o.names[a.Topic] = a.Name
		}
	}
	return o
}

// partOf is x of n, with the share.
func partOf(x, n int) Cell {
	if x == 0 {
		return phrase("digest.drivers.none_of", "n", n)
	}
	return phrase("digest.drivers.share", "x", x, "share", number(float64(x)/float64(n), Share), "n", n)
}

// points is a difference of shares in percentage points, with its sign.
func points(x float64) Cell { return phrase("digest.points", "n", math.Round(1000*x)/10) }

func outcomes() map[string]map[bot.ConversationID]bool {
	return map[string]map[bot.ConversationID]bool{"rated": {}, "returned": {}}
}

// drivers are the topics whose conversations really differ from the others, the most different first.
func drivers(about map[string]map[bot.ConversationID]bool, names map[string]Text, measured, unhappy map[string]map[bot.ConversationID]bool) []driver {
	var all []driver
	var changes []*Change
	total := map[string]int{} // measured conversations with the outcome
	for outcome, list := range measured {
		for c := range list {
			if unhappy[outcome][c] {
				total[outcome]++
			}
		}
	}
	for id, with := range about {
		for _, outcome := range []string{"rated", "returned"} {
			d := driver{name: names[id], outcome: outcome, topicForTie: id}
			for c := range with {
				if measured[outcome][c] {
					d.n++
					if unhappy[outcome][c] {
						d.x++
					}
				}
			}
			d.x0, d.n0 = total[outcome]-d.x, len(measured[outcome])-d.n
			if d.n < groupLeast || d.n0 < groupLeast {
				continue
			}
			d.diff, d.low, d.high = newcombe(d.x, d.n, d.x0, d.n0)
			d.change = &Change{P: fisher(d.x, d.n, d.x0, d.n0)}
			changes = append(changes, d.change)
			all = append(all, d)
		}
	}
	discover(changes)
	all = slices.DeleteFunc(all, func(d driver) bool { return !d.change.Real })
	slices.SortFunc(all, func(a, b driver) int {
		return cmp.Or(cmp.Compare(math.Abs(b.diff), math.Abs(a.diff)), cmp.Compare(a.topicForTie, b.topicForTie), cmp.Compare(a.outcome, b.outcome))
	})
	return all[:min(driversShown, len(all))]
}
