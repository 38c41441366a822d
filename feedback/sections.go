package feedback

import (
	"context"
	"fmt"
	"iter"
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
		botSection{},
		gapsSection{m},
		deskSection{},
		riskSection{m},
		loopSection{m, tasks},
		moodSection{},
		volumeSection{},
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
}

// Build makes the digest of a period: it reads the source once, for the period and the two before.
func (b Builder) Build(ctx context.Context, src Source, p Period) (Digest, error) {
	now := b.Now()
	d := Digest{Name: p.Name(), Start: p.Start, End: p.End, Zone: p.Zone.String(), Made: now, Partial: now.Before(p.End)}
	once, err := record(ctx, src, p.Before().Before().Start, p.End)
	if err != nil {
		return Digest{}, err
	}
	var findings []Finding
	for _, s := range b.Sections {
		block, err := s.Build(ctx, once, p)
		if err != nil {
			return Digest{}, fmt.Errorf("feedback: section %s: %w", s.Name(), err)
		}
		d.Blocks = append(d.Blocks, block)
		findings = append(findings, block.Findings...)
	}
	d.Blocks = append([]Block{headline(findings)}, d.Blocks...)
	return d, nil
}

// headline says what got worse, what got better and what to do first, from what the sections found; never anything else.
func headline(findings []Finding) Block {
	block := Block{Section: "headline"}
	for _, kind := range []FindingKind{Worse, Better, ToDo} {
		say := Say("digest.headline.no_" + string(kind))
		heaviest := 0.0
		for _, f := range findings {
			if f.Kind == kind && f.Weight > heaviest {
				say, heaviest = f.Say, f.Weight
			}
		}
		block.Elements = append(block.Elements, Element{Sentence: &say})
	}
	return block
}

// recorded is a source in memory, so that every section can read it as often as it likes.
type recorded struct {
	messages      []bot.Message
	facts         []bot.Fact
	conversations []bot.Conversation
}

func record(ctx context.Context, src Source, from, to time.Time) (*recorded, error) {
	var r recorded
	var err error
	if r.messages, err = collect(src.MessagesBetween(ctx, from, to)); err != nil {
		return nil, fmt.Errorf("feedback: reading messages: %w", err)
	}
	if r.facts, err = collect(src.Facts(ctx, from, to)); err != nil {
		return nil, fmt.Errorf("feedback: reading facts: %w", err)
	}
	if r.conversations, err = collect(src.ConversationsBetween(ctx, from, to)); err != nil {
		return nil, fmt.Errorf("feedback: reading conversations: %w", err)
	}
	return &r, nil
}

func collect[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// between yields the values whose time lies in [from, to).
func between[T any](all []T, from, to time.Time, at func(T) time.Time) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range all {
			if t := at(v); !t.Before(from) && t.Before(to) && !yield(v, nil) {
				return
			}
		}
	}
}

// MessagesBetween implements Source.
func (r *recorded) MessagesBetween(_ context.Context, from, to time.Time) iter.Seq2[bot.Message, error] {
	return between(r.messages, from, to, func(m bot.Message) time.Time { return m.At })
}

// Facts implements Source.
func (r *recorded) Facts(_ context.Context, from, to time.Time) iter.Seq2[bot.Fact, error] {
	return between(r.facts, from, to, func(f bot.Fact) time.Time { return f.End })
}

// ConversationsBetween implements Source.
func (r *recorded) ConversationsBetween(_ context.Context, from, to time.Time) iter.Seq2[bot.Conversation, error] {
	return func(yield func(bot.Conversation, error) bool) {
		in := func(t time.Time) bool { return !t.Before(from) && t.Before(to) }
		for _, c := range r.conversations {
			if (in(c.CreatedAt) || in(c.UpdatedAt)) && !yield(c, nil) {
				return
			}
		}
	}
}

// both reads the facts of a period and of the one before.
func both(ctx context.Context, src Source, p Period) (now, before tally, err error) {
	if now, err = tallyOf(ctx, src, p); err != nil {
		return
	}
	before, err = tallyOf(ctx, src, p.Before())
	return
}

// tally counts facts by name and label.
type tally struct {
	count         map[string]int
	labels        map[string]map[string]int
	values        map[string][]float64
	conversations map[string]map[bot.ConversationID]bool
}

func tallyOf(ctx context.Context, src Source, p Period) (tally, error) {
	t := tally{map[string]int{}, map[string]map[string]int{}, map[string][]float64{}, map[string]map[bot.ConversationID]bool{}}
	for f, err := range src.Facts(ctx, p.Start, p.End) {
		if err != nil {
			return t, err
		}
		t.count[f.Name]++
		t.values[f.Name] = append(t.values[f.Name], f.Value)
		if t.labels[f.Name] == nil {
			t.labels[f.Name], t.conversations[f.Name] = map[string]int{}, map[bot.ConversationID]bool{}
		}
		t.labels[f.Name][f.Label]++
		if f.Name != bot.FactHelped || f.Value > 0 { // a conversation that "did not help" is not one that was helped
			t.conversations[f.Name][f.Conversation] = true
		}
	}
	return t, nil
}

// inAny is the number of conversations that have at least one of the facts.
func (t tally) inAny(names ...string) int {
	seen := map[bot.ConversationID]bool{}
	for _, name := range names {
		for id := range t.conversations[name] {
			seen[id] = true
		}
	}
	return len(seen)
}

// shareMetric is x of n, compared with x0 of n0.
func shareMetric(key string, good, x, n, x0, n0 int) Element {
	m := Metric{Name: Say(key), Unit: Share, N: n, Good: good, Change: share(x, n, x0, n0)}
	if n > 0 {
		m.Value = float64(x) / float64(n)
	}
	return Element{Metric: &m}
}

// countMetric is a plain count, compared with the period before.
func countMetric(key string, good, x, x0 int) Element {
	return Element{Metric: &Metric{Name: Say(key), Value: float64(x), Unit: Count, N: x, Good: good, Change: &Change{
		Before: float64(x0), BeforeN: x0, P: rateTest(x, 1, x0, 1), Real: rateTest(x, 1, x0, 1) <= noise,
	}}}
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

func phrase(key string, pairs ...any) Cell {
	p := Say(key, pairs...)
	return Cell{Phrase: &p}
}
