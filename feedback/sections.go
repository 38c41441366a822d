package feedback

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"huiyin/bot"
)

// Sections lists the parts of a digest in the order in which a lead reads them. A new one is its own file and a line here.
// tasks may be nil: nothing is then said of what was done.
func Sections(t Topics, tasks TaskStore) []Section {
	m := &mined{topics: t}
	return []Section{
		changesSection{m},
		topicsSection{m},
		driversSection{m},
		botSection{m},
		gapsSection{m},
		deskSection{m},
		riskSection{m},
		loopSection{m, tasks},
		moodSection{m},
		volumeSection{m},
	}
}

// Assignment is what one item is about.
type Assignment struct {
	Topic     string // an ID; empty: nothing that is known
	Name      Text
	Group     string // what the topic is a part of; empty: nothing
	GroupName Text
	Found     bool // the topic was found in the data, not in the taxonomy
	Complaint bool
	Words     Words // telling words of the topic
	Kind      Kind
	Touch     Touchpoint
	Aspects   []Aspect // what it judges; only with a taxonomy
}

// Builder makes digests.
type Builder struct {
	Sections []Section
	Now      func() time.Time
	Log      *slog.Logger // nil: nothing is logged
	// Titled is what people call an intent or a form by its label (see bot.FactAnswer); nil, or no text: the name in the label.
	Titled func(label string) Text
}

// Build makes the digest of a period: it reads the source once, for the period and the two before.
func (b Builder) Build(ctx context.Context, src Source, p Period) (Digest, error) {
	shared, release := b.once(src)
	defer release()
	d := Digest{Name: p.Name(), Start: p.Start, End: p.End, Zone: p.Zone.String(), Made: shared.now, Partial: shared.now.Before(p.End)}
	var findings []Finding
	for _, s := range b.Sections {
		block, err := s.Build(ctx, shared, p)
		if err != nil {
			return Digest{}, fmt.Errorf("feedback: section %s: %w", s.Name(), err)
		}
		d.Blocks = append(d.Blocks, block)
		findings = append(findings, block.Findings...)
	}
	first := headline(findings)
	for _, x := range shared.holds {
		x.counted.introduce(first)
	}
	if d.Quiet = shared.quiet(p); d.Quiet {
		first = quietHeadline(d.Partial)
	}
	d.Blocks = append([]Block{first}, d.Blocks...)
	return d, nil
}

// once is a source that is read once until release.
func (b Builder) once(src Source) (shared *once, release func()) {
	shared = &once{Source: src, now: b.Now(), log: b.Log, titled: b.Titled, holds: map[*mined]corpus{}}
	if shared.log == nil {
		shared.log = slog.New(slog.DiscardHandler)
	}
	return shared, func() {
		for _, release := range shared.release {
			release()
		}
	}
}

// mined is what the sections read together; nil: they read nothing.
func (b Builder) mined() *mined {
	for _, s := range b.Sections {
		if reads, ok := s.(interface{ itself() *mined }); ok {
			return reads.itself()
		}
	}
	return nil
}

// quietHeadline says that nobody wrote, in place of what got better or worse.
func quietHeadline(partial bool) Block {
	say := Say("digest.headline.quiet")
	if partial {
		say = Say("digest.headline.quiet_so_far")
	}
	return Block{Section: "headline", Elements: []Element{{Sentence: &say}}}
}

// noFinding is the key of what is said where no section found anything of a kind.
func noFinding(kind FindingKind) string { return "digest.headline.no_" + string(kind) }

// headline says what got worse, what got better and what to do first, from what the sections found; never anything else.
func headline(findings []Finding) Block {
	block := Block{Section: "headline"}
	for _, kind := range []FindingKind{Worse, Better, ToDo} {
		say, found := heaviest(findings, kind)
		if kind == Worse && !found {
			say, found = heaviest(findings, Probable)
		}
		if !found {
			say = Say(noFinding(kind))
		}
		block.Elements = append(block.Elements, Element{Sentence: &say})
	}
	return block
}

// heaviest is what the heaviest finding of a kind says; false: there is none.
func heaviest(findings []Finding, kind FindingKind) (say Phrase, found bool) {
	weight := 0.0
	for _, f := range findings {
		if f.Kind == kind && f.Weight > weight {
			say, weight, found = f.Say, f.Weight, true
		}
	}
	return say, found
}

// tally is the facts of a period, counted.
type tally struct {
	count   map[string]int       // by name
	values  map[string][]float64 // by name, in order of time
	reasons map[string]int       // of handoffs
	traces  map[bot.ConversationID]trace
}

// trace is what happened in a conversation.
type trace uint8

// The traces.
const (
	traceTurn     trace = 1 << iota
	traceAnswered       // it was given an answer
	traceHelped         // the customer said that one helped
	traceHanded         // it went to people
	traceReopened
)

func traceOf(f *event) trace {
	switch f.name {
	case bot.FactTurn:
		return traceTurn
	case bot.FactAnswer:
		return traceAnswered
	case bot.FactHelped:
		if f.value > 0 { // a conversation that "did not help" is not one that was helped
			return traceHelped
		}
	case bot.FactHandoff:
		return traceHanded
	case bot.FactReopened:
		return traceReopened
	}
	return 0
}

func tallyOf(x *pool, p Period) tally {
	t := tally{map[string]int{}, map[string][]float64{}, map[string]int{}, map[bot.ConversationID]trace{}}
	values := map[string]*[]float64{}
	for f := range x.happened(p) {
		v := values[f.name]
		if v == nil {
			v = new([]float64)
			values[f.name] = v
		}
		*v = append(*v, f.value)
		left := traceOf(f)
		if left != 0 {
			t.traces[f.conversation] |= left
		}
		if left == traceHanded {
			t.reasons[f.label]++
		}
	}
	for name, v := range values {
		t.count[name], t.values[name] = len(*v), *v
	}
	return t
}

// shareMetric is x of n, compared with x0 of n0.
func shareMetric(key string, of Counted, good, x, n, x0, n0 int) Element {
	m := Metric{Name: Say(key), Unit: Share, N: n, Of: of, Good: good, Change: share(x, n, x0, n0)}
	if n > 0 {
		m.Value = float64(x) / float64(n)
	}
	return Element{Metric: &m}
}

// countMetric is a plain count, compared with the period before; with one that counted nothing there is nothing to compare.
func countMetric(key string, good, x, x0 int) Element {
	m := Metric{Name: Say(key), Value: float64(x), Unit: Count, N: x, Good: good}
	if x0 > 0 {
		p := rateTest(x, 1, x0, 1)
		m.Change = &Change{Before: float64(x0), BeforeN: x0, P: p, Real: p <= noise}
	}
	return Element{Metric: &m}
}

// secondsMetric is the median of durations.
func secondsMetric(key string, values, before []float64) Element {
	m := Metric{Name: Say(key), Value: quantile(values, 0.5), Unit: Seconds, N: len(values), Good: -1}
	if len(before) > 0 {
		m.Change = &Change{Before: quantile(before, 0.5), BeforeN: len(before), P: rankTest(values, before)}
		m.Change.Real = m.Change.P <= noise
	}
	return Element{Metric: &m}
}

// dayLabels are the dates of a period.
func dayLabels(p Period) []string {
	var labels []string
	for _, d := range p.Days() {
		labels = append(labels, d.Start.In(p.Zone).Format("2006-01-02"))
	}
	return labels
}

// dayIndex finds the day of a period that an instant lies in; −1: none.
func dayIndex(days []Period, t time.Time) int {
	return slices.IndexFunc(days, func(d Period) bool { return d.Contains(t) })
}

func number(v float64, u Unit) Cell { return Cell{Number: &v, Unit: u} }

// ratio is a share of n in a table; a dash where there is nothing that it could be a share of.
func ratio(x, n int) Cell {
	if n == 0 {
		return Cell{Text: "–"}
	}
	c := number(float64(x)/float64(n), Share)
	c.N = n
	return c
}

func phrase(key string, pairs ...any) Cell {
	p := Say(key, pairs...)
	return Cell{Phrase: &p}
}
