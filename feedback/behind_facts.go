package feedback

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
)

// measured are the facts behind a number of the desk, and how each is read.
type measured struct {
	fact  string
	unit  Unit // of its value; empty: the value says nothing to people
	least bool // the lowest values come first, else the highest
	only  func(*event) bool
}

// deskNumbers are the numbers of the desk that facts stand behind, by the last word of their keys in the catalogue.
func deskNumbers() map[string]measured {
	return map[string]measured{
		"first_response": {fact: bot.FactFirstResponse, unit: Seconds},
		"waited":         {fact: bot.FactClaimed, unit: Seconds},
		"resolution":     {fact: bot.FactResolved, unit: Seconds, only: byPeople},
		"reopened":       {fact: bot.FactReopened, unit: Seconds, least: true},
		"csat":           {fact: bot.FactCSAT, unit: Count, least: true},
		"nps":            {fact: bot.FactNPS, unit: Count, least: true},
		"sla":            {fact: bot.FactSLA, only: func(f *event) bool { return f.value > 0 }},
	}
}

// behindDeskNumber finds what a number of the desk was measured on, each with what the customer had written last: the longest waits and the
// lowest ratings first.
func (x *corpus) behindDeskNumber(p Period, which string) (page, error) {
	m, known := deskNumbers()[which]
	if !known {
		return page{}, noNumber(behindDesk + which)
	}
	out := page{what: Say("digest.desk." + which), say: "digest.behind.times"}
	if m.unit != "" {
		out.say = "digest.behind.longest"
		if m.least {
			out.say = "digest.behind.least"
		}
	}
	last, only := x.lastWords(), m.only
	if which == "reopened" {
		after := x.afterPeople()
		only = func(f *event) bool { return after[f] }
	}
	for f := range x.happened(p) {
		if f.name != m.fact || only != nil && !only(f) {
			continue
		}
		quote := last.before(f)
		if m.unit != "" {
			value := number(f.value, m.unit)
			quote.Measured = &value
		}
		out.quotes = append(out.quotes, quote)
	}
	if m.unit != "" {
		out.ordered = true
		slices.SortStableFunc(out.quotes, func(a, b Quote) int {
			if n := cmp.Compare(*b.Measured.Number, *a.Measured.Number); n != 0 && m.least {
				return -n
			} else if n != 0 {
				return n
			}
			return b.At.Compare(a.At)
		})
	}
	return out, nil
}

// lastWords are the messages of each conversation, in order of time.
type lastWords map[bot.ConversationID][]*row

func (x *pool) lastWords() lastWords {
	out := lastWords{}
	for _, part := range x.parts {
		for i := range part.rows {
			id := bot.ConversationID(part.rows[i].conversation)
			out[id] = append(out[id], &part.rows[i])
		}
	}
	return out
}

// before is what the customer had written last when something happened; where that is not known, when it happened.
func (l lastWords) before(f *event) Quote {
	quote := Quote{Conversation: f.conversation, ID: string(f.conversation), At: f.end}
	for _, r := range l[f.conversation] {
		if r.at.After(f.end) {
			break
		}
		if r.spoken || quote.Text == "" {
			quote = quoteOf(r.item())
		}
	}
	return quote
}

// behindFacts finds what happened, each with what the customer had written last.
func (x *corpus) behindFacts(p Period, kind, which string, named func(label string) (Cell, error)) (page, error) {
	out := page{say: "digest.behind.times"}
	is := func(f *event) bool {
		return f.name == bot.FactHelped && f.label == which && (f.value > 0) == (kind == behindHelped)
	}
	switch kind {
	case behindReason:
		out.what = Say("digest.reason." + which)
		is = func(f *event) bool { return f.name == bot.FactHandoff && f.label == which }
	case behindTurns:
		if which != "fallback" {
			return page{}, noNumber(kind + which)
		}
		out.what = Say("digest.bot.fallback")
		is = func(f *event) bool { return f.name == bot.FactFallback }
	default:
		name, err := named(which)
		if err != nil {
			return page{}, err
		}
		key := "digest.behind.helped"
		if kind == behindNotHelped {
			key = "digest.behind.not_helped"
		}
		out.what = Say(key, "answer", name)
	}
	last := x.lastWords()
	for f := range x.happened(p) {
		if is(f) {
			out.quotes = append(out.quotes, last.before(f))
		}
	}
	return out, nil
}

// The parts of the queue that one can look at.
const (
	queueHanded = "handed"
	queueTaken  = "taken"
	queueLeft   = "left"
	queueMet    = "met"
)

// stretchName names hours on end of the queue: what of it, the first hour and the end.
func stretchName(what string, from, to time.Time) string {
	return behindQueue + what + "/" + from.UTC().Format(time.RFC3339) + "/" + to.UTC().Format(time.RFC3339)
}

// behindQueued finds what came into the queue, what was taken out of it and what was left in it: what names which of these, and then the
// hour of the week ("1-14": Monday, two o'clock) or the times between which it was.
func (x *corpus) behindQueued(ctx context.Context, p Period, which string) (page, error) {
	what, when, _ := strings.Cut(which, "/")
	out := page{what: Say("digest.behind.queue_" + what), say: "digest.behind.times"}
	in, end, err := queueHours(p, what, when)
	if err != nil {
		return page{}, err
	}
	gone, err := x.gone(ctx)
	if err != nil {
		return page{}, err
	}
	s, err := staffingOf(ctx, x.pool, p, end)
	if err != nil {
		return page{}, err
	}
	last, waiting := x.lastWords(), map[bot.ConversationID]*event{}
	for f := range x.facts() {
		if what == queueLeft && !f.end.Before(end) {
			break
		}
		came, taken := queued(f, waiting[f.conversation] != nil)
		switch {
		case what == queueHanded && came && in(f.end), what == queueTaken && taken && in(f.end), what == queueMet && came && in(f.end) && s.hour(f.end).Agents > 0:
			out.quotes = append(out.quotes, last.before(f))
		}
		if !gone[f.conversation] {
			waits(waiting, f)
		}
	}
	if what == queueLeft {
		for _, f := range waiting {
			out.quotes = append(out.quotes, last.before(f))
		}
		slices.SortFunc(out.quotes, func(a, b Quote) int { return strings.Compare(a.ID, b.ID) })
	}
	return out, nil
}

// queueHours reads which hours of the queue are meant, and when the last of them ends.
func queueHours(p Period, what, when string) (in func(time.Time) bool, end time.Time, err error) {
	if !slices.Contains([]string{queueHanded, queueTaken, queueLeft, queueMet}, what) || (what == queueMet) != (when == "") {
		return nil, end, noNumber(behindQueue + what + "/" + when)
	}
	if what == queueMet {
		return p.Contains, p.End, nil
	}
	if from, to, span := strings.Cut(when, "/"); span {
		first, err1 := time.Parse(time.RFC3339, from)
		end, err2 := time.Parse(time.RFC3339, to)
		if err1 != nil || err2 != nil || !p.Contains(first) || end.After(p.End) {
			return nil, end, noNumber(behindQueue + what + "/" + when)
		}
		return Period{Start: first, End: end}.Contains, end, nil
	}
	in, err = p.hourOfWeek(when)
	if what == queueLeft {
		return nil, end, noNumber(behindQueue + what + "/" + when)
	}
	return in, p.End, err
}
