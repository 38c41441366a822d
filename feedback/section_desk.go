package feedback

import (
	"context"
	"strings"

	"huiyin/bot"
)

// deskSection says how long people waited, and how it ended.
type deskSection struct{ *mined }

// Name implements Section.
func (deskSection) Name() string { return "desk" }

// Build implements Section.
func (s deskSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	now, before := x.now, x.before
	after := x.afterPeople()
	ends, ends0 := x.endings(p, after), x.endings(p.Before(), after)
	rating := Metric{Name: Say("digest.desk.csat"), Value: average(now.values[bot.FactCSAT]), Unit: Score, N: now.count[bot.FactCSAT], Good: 1}
	if n := before.count[bot.FactCSAT]; n > 0 {
		test := rankTest(now.values[bot.FactCSAT], before.values[bot.FactCSAT])
		rating.Change = &Change{Before: average(before.values[bot.FactCSAT]), BeforeN: n, P: test, Real: test <= noise}
	}
	block := Block{Section: "desk", Elements: []Element{
		secondsMetric("digest.desk.first_response", now.values[bot.FactFirstResponse], before.values[bot.FactFirstResponse]),
		ninetyMetric("digest.desk.first_response_90", now.values[bot.FactFirstResponse], before.values[bot.FactFirstResponse]),
		secondsMetric("digest.desk.waited", now.values[bot.FactClaimed], before.values[bot.FactClaimed]),
		ninetyMetric("digest.desk.waited_90", now.values[bot.FactClaimed], before.values[bot.FactClaimed]),
		secondsMetric("digest.desk.resolution", ends.resolved, ends0.resolved),
		ninetyMetric("digest.desk.resolution_90", ends.resolved, ends0.resolved),
		shareMetric("digest.desk.reopened", OfResolved, -1, ends.reopened, len(ends.resolved), ends0.reopened, len(ends0.resolved)),
		{Metric: &rating},
	}}
	if n := now.count[bot.FactNPS]; n > 0 { // a shop that does not ask has none
		block.Elements = append(block.Elements, npsMetric(now, before))
	}
	if n := now.count[bot.FactSLA]; n > 0 { // a desk that promises nothing keeps nothing
		block.Elements = append(block.Elements, shareMetric("digest.desk.sla", OfPromises, 1, kept(now), n, kept(before), before.count[bot.FactSLA]))
	}
	for which := range deskNumbers() {
		look(block.Elements, "digest.desk."+which, behindDesk+which)
		look(block.Elements, "digest.desk."+which+"_90", behindDesk+which)
	}
	if note := x.deskNote(p, len(ends.resolved)); note != nil {
		block.Elements = append(block.Elements, Element{Sentence: note})
	}
	upTo := p.End
	if o, ok := src.(*once); ok {
		upTo = o.now
	}
	staff, err := staffingOf(ctx, x.pool, p, upTo)
	if err != nil {
		return Block{}, err
	}
	block.Elements = append(block.Elements, staff.elements()...)
	return block, nil
}

// endings is what people resolved in a period, and what was opened again after that.
type endings struct {
	resolved []float64 // seconds
	reopened int
}

// byPeople reports whether a conversation was resolved by an agent, and not by the bot because the customer was content or silent.
func byPeople(f *event) bool {
	return f.name == bot.FactResolved && !strings.HasPrefix(f.label, "bot:")
}

// afterPeople are the facts that say that a conversation was opened again which nobody is known to have resolved but people.
func (x *pool) afterPeople() map[*event]bool {
	after, bots := map[*event]bool{}, map[bot.ConversationID]bool{}
	for f := range x.facts() {
		switch f.name {
		case bot.FactResolved:
			bots[f.conversation] = !byPeople(f)
		case bot.FactReopened:
			if !bots[f.conversation] {
				after[f] = true
			}
		}
	}
	return after
}

func (x *pool) endings(p Period, after map[*event]bool) (e endings) {
	for f := range x.happened(p) {
		if byPeople(f) {
			e.resolved = append(e.resolved, f.value)
		} else if after[f] {
			e.reopened++
		}
	}
	return e
}

// deskNote says how the numbers of the desk hang together; nil: nothing came to it.
func (x *corpus) deskNote(p Period, resolved int) *Phrase {
	handed, back := x.now.count[bot.FactHandoff], x.now.count[bot.FactRequeued]
	if handed+back == 0 {
		return nil
	}
	say := Say("digest.desk.basis", "queued", handed+back, "handed", handed, "back", back, "claimed", x.now.count[bot.FactClaimed],
		"replied", x.now.count[bot.FactFirstResponse], "resolved", resolved)
	return &say
}

// npsMetric is the net promoter score, from -100 to 100. The test is that of the scores.
func npsMetric(now, before tally) Element {
	m := Metric{Name: Say("digest.desk.nps"), Value: bot.NPS(now.values[bot.FactNPS]), Unit: Net, N: now.count[bot.FactNPS], Good: 1}
	if n := before.count[bot.FactNPS]; n > 0 {
		test := rankTest(now.values[bot.FactNPS], before.values[bot.FactNPS])
		m.Change = &Change{Before: bot.NPS(before.values[bot.FactNPS]), BeforeN: n, P: test, Real: test <= noise}
	}
	return Element{Metric: &m}
}

// kept is the number of promises that were kept.
func kept(t tally) int {
	n := 0
	for _, v := range t.values[bot.FactSLA] {
		if v > 0 {
			n++
		}
	}
	return n
}

// ninetyMetric is the time within which nine of ten ended. The test is that of the whole distribution.
func ninetyMetric(key string, values, before []float64) Element {
	e := secondsMetric(key, values, before)
	e.Metric.Value = quantile(values, 0.9)
	if e.Metric.Change != nil {
		e.Metric.Change.Before = quantile(before, 0.9)
	}
	return e
}

func average(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
