package feedback

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
)

// Load is what came to a desk in each hour of a week, and who was there.
type Load struct {
	Title Phrase           `json:"title"`
	Hours [7][24]*LoadHour `json:"hours"` // Hours[0] is Monday; nil: nothing came, and nobody was there
	// Rate is how many conversations an agent takes in an hour while customers wait; 0: not known.
	Rate   float64 `json:"rate,omitempty"`
	Behind string  `json:"behind,omitempty"` // as in Heat, of Handed
}

// LoadHour is one hour of a Load.
type LoadHour struct {
	Handed  int     `json:"handed"`            // conversations that came to the queue
	Taken   int     `json:"taken"`             // that agents took out of it
	Waiting int     `json:"waiting,omitempty"` // that were still in it at the end
	Agents  float64 `json:"agents"`            // hours of all agents together
	Over    bool    `json:"over,omitempty"`    // more came than those who were there can take, and customers were left waiting
}

const (
	// rateLeast is how many hours with customers left waiting show what an agent can take.
	rateLeast = 5
	// rateAgents is how many agents' hours an hour must have to show it.
	rateAgents = 0.5
	// overShown is how many stretches of overload are listed.
	overShown = 5
)

// deskHour is one hour by the clock.
type deskHour struct {
	LoadHour
	at     time.Time
	online map[bot.AgentID]bool // who is known to have been online in some of it
	acted  map[bot.AgentID]bool // of all others: who took, answered or resolved something
}

// staffing is the hours of a period and of the one before it.
type staffing struct {
	period Period
	hours  []deskHour
	rate   float64
	busy   int     // hours that the rate was measured in
	agents float64 // hours of all agents together
}

// staffingOf puts load and agents side by side, up to the end of the period or, while it lasts, to now. An agent is there while she
// is online; in other hours, because she works in Slack for example, in those in which she does something.
func staffingOf(ctx context.Context, x *pool, p Period, now time.Time) (*staffing, error) {
	s := &staffing{period: p}
	for at := p.Before().Start; at.Before(p.End); at = at.Add(time.Hour) {
		s.hours = append(s.hours, deskHour{at: at, online: map[bot.AgentID]bool{}, acted: map[bot.AgentID]bool{}})
	}
	upTo := p.End
	if now.Before(upTo) {
		upTo = now
	}
	gone, err := x.gone(ctx)
	if err != nil {
		return nil, err
	}
	s.queue(x.facts(), upTo, gone)
	s.presence(x.facts(), upTo)
	s.acts(x.facts())
	var rates []float64
	for i := range s.hours {
		h := &s.hours[i]
		h.Agents += float64(len(h.acted))
		s.agents += h.Agents
		if h.Agents >= rateAgents && h.Waiting > 0 {
			rates = append(rates, float64(h.Taken)/h.Agents)
		}
	}
	if s.busy = len(rates); s.busy >= rateLeast {
		s.rate = quantile(rates, 0.9) // what they have shown that they can do: hours with little to take show less
	}
	for i := range s.hours {
		h := &s.hours[i]
		h.Over = s.agents > 0 && h.Handed > 0 && h.Waiting > 0 && (h.Agents == 0 || s.rate > 0 && float64(h.Handed) > s.rate*h.Agents)
	}
	return s, nil
}

// waits notes who waits after a fact, and since which.
func waits(waiting map[bot.ConversationID]*event, f *event) {
	switch f.name {
	case bot.FactHandoff, bot.FactRequeued:
		waiting[f.conversation] = f
	case bot.FactTransferred:
		if f.label == "team" {
			waiting[f.conversation] = f
		}
	case bot.FactClaimed, bot.FactResolved, bot.FactReturned, bot.FactWithdrawn:
		delete(waiting, f.conversation)
	}
}

// queued reports whether a fact says that a conversation came into the queue, or that an agent took it, given whether it waited.
func queued(f *event, waited bool) (came, taken bool) {
	return f.name == bot.FactHandoff || f.name == bot.FactRequeued, f.name == bot.FactClaimed && (waited || f.value > 0)
}

// gone are the conversations that would wait forever because they were erased: their facts stay. When that was, nobody can say, so
// they count as handed over but never as waiting. A source that finds no conversations has none.
func (p *pool) gone(ctx context.Context) (map[bot.ConversationID]bool, error) {
	f, ok := p.src.(finder)
	if !ok {
		return nil, nil
	}
	left, gone := map[bot.ConversationID]*event{}, map[bot.ConversationID]bool{}
	for f := range p.facts() {
		waits(left, f)
	}
	for id := range left {
		switch _, err := f.Conversation(ctx, id); {
		case errors.Is(err, bot.ErrNotFound):
			gone[id] = true
		case err != nil:
			return nil, fmt.Errorf("feedback: reading who waits: %w", err)
		}
	}
	return gone, nil
}

// hour is where an instant stands; nil: in neither period.
func (s *staffing) hour(t time.Time) *deskHour {
	if len(s.hours) == 0 || t.Before(s.hours[0].at) {
		return nil
	}
	i := int(t.Sub(s.hours[0].at) / time.Hour)
	if i >= len(s.hours) {
		return nil
	}
	return &s.hours[i]
}

// queue follows who waits.
func (s *staffing) queue(facts iter.Seq[*event], upTo time.Time, gone map[bot.ConversationID]bool) {
	waiting := map[bot.ConversationID]*event{}
	next := 0
	pass := func(t time.Time) { // what waits at the end of every hour before
		for ; next < len(s.hours) && !s.hours[next].at.Add(time.Hour).After(t); next++ {
			s.hours[next].Waiting = len(waiting)
		}
	}
	for f := range facts {
		pass(f.end)
		h := s.hour(f.end)
		if h == nil {
			h = &deskHour{} // before: only who waits matters
		}
		switch came, taken := queued(f, waiting[f.conversation] != nil); {
		case came:
			h.Handed++
		case taken:
			h.Taken++
		}
		if !gone[f.conversation] {
			waits(waiting, f)
		}
	}
	pass(upTo)
}

// presence adds up who was online.
func (s *staffing) presence(facts iter.Seq[*event], upTo time.Time) {
	type state struct {
		name  string
		since time.Time
	}
	last := map[bot.AgentID]state{}
	for f := range facts {
		if f.name != bot.FactPresence {
			continue
		}
		before, now, _ := strings.Cut(f.label, ":")
		began := f.end.Add(-time.Duration(f.value * float64(time.Second)))
		if known, ok := last[f.agent]; ok && before != string(bot.Unseen) {
			before, began = known.name, known.since
		}
		if before == string(bot.Online) {
			s.there(f.agent, began, f.end)
		}
		last[f.agent] = state{now, f.end}
	}
	for id, l := range last {
		if l.name == string(bot.Online) {
			s.there(id, l.since, upTo)
		}
	}
}

// acts notes who did something in hours in which she was never online: whoever is offline at the console may work elsewhere.
func (s *staffing) acts(facts iter.Seq[*event]) {
	for f := range facts {
		switch f.name {
		case bot.FactClaimed, bot.FactFirstResponse, bot.FactResolved:
			if h := s.hour(f.end); h != nil && f.agent != "" && !h.online[f.agent] {
				h.acted[f.agent] = true
			}
		}
	}
}

// there adds the time in which an agent was online.
func (s *staffing) there(id bot.AgentID, from, to time.Time) {
	if len(s.hours) > 0 && from.Before(s.hours[0].at) {
		from = s.hours[0].at
	}
	for from.Before(to) {
		h := s.hour(from)
		if h == nil {
			return
		}
		end := h.at.Add(time.Hour)
		if to.Before(end) {
			end = to
		}
		h.Agents += end.Sub(from).Hours()
		h.online[id] = true
		from = end
	}
}

// cover counts the handoffs of a period, those that came while somebody was there, the hours with any, and those of them in which
// more came than could be taken.
func (s *staffing) cover(p Period) (handed, met, hours, over int) {
	for i := range s.hours {
		h := &s.hours[i]
		if h.Handed == 0 || !p.Contains(h.at) {
			continue
		}
		hours++
		handed += h.Handed
		if h.Agents > 0 {
			met += h.Handed
		}
		if h.Over {
			over++
		}
	}
	return handed, met, hours, over
}

// elements are what the desk's section says of load and staffing.
func (s *staffing) elements() []Element {
	load := Load{Title: Say("digest.desk.load"), Rate: s.rate, Behind: behindQueue + queueHanded}
	for i := range s.hours {
		h := &s.hours[i]
		if !s.period.Contains(h.at) || h.Handed == 0 && h.Taken == 0 && h.Agents == 0 && h.Waiting == 0 {
			continue
		}
		local := h.at.In(s.period.Zone)
		cell := &load.Hours[(int(local.Weekday())+6)%7][local.Hour()]
		if *cell == nil {
			*cell = &LoadHour{}
		}
		c := *cell // an hour that the clocks repeat counts twice
		c.Handed, c.Taken, c.Waiting, c.Agents, c.Over = c.Handed+h.Handed, c.Taken+h.Taken, h.Waiting, c.Agents+h.Agents, c.Over || h.Over
	}
	if s.agents == 0 {
		note := Say("digest.desk.nobody_known")
		return []Element{{Load: &load}, {Sentence: &note}}
	}
	handed, met, hours, over := s.cover(s.period)
	handed0, met0, hours0, over0 := s.cover(s.period.Before())
	note := Say("digest.desk.no_rate", "least", rateLeast)
	if s.rate > 0 {
		note = Say("digest.desk.rate", "rate", fmt.Sprintf("%.1f", s.rate), "n", s.busy)
	}
	out := []Element{
		shareMetric("digest.desk.met", OfQueued, 1, met, handed, met0, handed0),
		shareMetric("digest.desk.over", OfHours, -1, over, hours, over0, hours0),
		{Load: &load}, {Sentence: &note}, {Table: s.overload()},
	}
	look(out, "digest.desk.met", behindQueue+queueMet)
	return out
}

// stretch is hours on end in which more came than could be taken.
type stretch struct {
	from, to      time.Time
	handed, taken int
	waiting       int
	agents        float64
}

// overload names the hours in which more came than those who were there could take, the worst first.
func (s *staffing) overload() *Table {
	var all []stretch
	for i := range s.hours {
		h := &s.hours[i]
		if !h.Over || !s.period.Contains(h.at) {
			continue
		}
		if n := len(all); n == 0 || !all[n-1].to.Equal(h.at) || h.at.In(s.period.Zone).Hour() == 0 {
			all = append(all, stretch{from: h.at})
		}
		l := &all[len(all)-1]
		l.to, l.waiting = h.at.Add(time.Hour), h.Waiting
		l.handed, l.taken, l.agents = l.handed+h.Handed, l.taken+h.Taken, l.agents+h.Agents
	}
	excess := func(l stretch) float64 { return float64(l.handed) - s.rate*l.agents }
	slices.SortStableFunc(all, func(a, b stretch) int { return cmp.Compare(excess(b), excess(a)) })
	table := &Table{Title: Say("digest.desk.overload"), Empty: Say("digest.desk.no_overload"), Columns: []Phrase{Say("digest.col.when"), Say("digest.desk.handed"),
		Say("digest.col.agents_there"), Say("digest.col.could_take"), Say("digest.desk.taken"), Say("digest.col.waiting_at_end")}}
	if len(all) > overShown {
		table.Title = Say("digest.desk.overload_worst", "n", overShown, "all", len(all))
	}
	for _, l := range all[:min(overShown, len(all))] {
		from, to := l.from.In(s.period.Zone), l.to.In(s.period.Zone)
		until := to.Format("15:04")
		if until == "00:00" {
			until = "24:00"
		}
		could := Cell{Text: "–"}
		if s.rate > 0 {
			could = number(s.rate*l.agents, Amount)
		} else if l.agents == 0 {
			could = number(0, Amount)
		}
		table.Rows = append(table.Rows, []Cell{phrase("digest.desk.when", "day", Say(fmt.Sprintf("digest.day.%d", (int(from.Weekday())+6)%7+1)), "from", from.Format("15:04"), "to", until),
			number(float64(l.handed), Count).behind(stretchName(queueHanded, l.from, l.to)), number(l.agents/l.to.Sub(l.from).Hours(), Amount), could, number(float64(l.taken), Count).behind(stretchName(queueTaken, l.from, l.to)),
			number(float64(l.waiting), Count).behind(stretchName(queueLeft, l.from, l.to))})
	}
	return table
}
