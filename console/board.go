package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"huiyin/bot"
)

// board is what a lead sees at a glance.
type board struct {
	Waiting    int
	Longest    time.Time // since when the one who waits longest has waited; zero: nobody waits
	WithAgents int
	WithBot    int
	Snoozed    int
	Near       int
	Missed     int
	Online     int
	Open       bool // within business hours
	Staff      []attending
	Late       []row // promises that are near or missed, the one due first at the front
}

// attending is an agent with what she has.
type attending struct {
	bot.Agent
	Load, Capacity int
	Owed           int       // customers who wait for her answer
	Longest        time.Time // since when the one who waits longest has waited
	Snoozed        int
}

// boardPage shows the board.
func (s *Console) boardPage(w http.ResponseWriter, r *http.Request, v visit) error {
	b, err := s.board(r.Context(), v)
	if err != nil {
		return err
	}
	return s.show(w, v, http.StatusOK, "board", map[string]any{"B": b, "Quiet": v.session.Quiet})
}

// boardLive is the board alone, for the page that is open.
func (s *Console) boardLive(w http.ResponseWriter, r *http.Request, v visit) error {
	b, err := s.board(r.Context(), v)
	if err != nil {
		return err
	}
	return s.renderPage(w, v, http.StatusOK, "board", "board", map[string]any{"B": b})
}

func (s *Console) board(ctx context.Context, v visit) (board, error) {
	open, err := s.hub.conversations(ctx)
	if err != nil {
		return board{}, err
	}
	rules, hours := s.Desk.Rules()
	now := s.Now()
	b := board{Open: hours == nil || hours.Open(now)}
	staff, err := s.staff(ctx, rules)
	if err != nil {
		return board{}, err
	}
	var late []*bot.Conversation
	for _, c := range open {
		b.count(*c, staff)
		clocks := rules.Clocks(*c, hours, now)
		if len(clocks) == 0 || clocks[0].State == bot.InTime {
			continue
		}
		if late = append(late, c); clocks[0].State == bot.Missed {
			b.Missed++
		} else {
			b.Near++
		}
	}
	for _, a := range staff {
		if a.State == bot.Online {
			b.Online++
		}
		b.Staff = append(b.Staff, *a)
	}
	slices.SortStableFunc(b.Staff, func(x, y attending) int { return rank(x.State) - rank(y.State) })
	if b.Late, err = s.rows(ctx, v.agent.ID, late); err != nil {
		return b, err
	}
	slices.SortFunc(b.Late, func(x, y row) int { return x.Clock.Due.Compare(y.Clock.Due) })
	b.Late = b.Late[:min(len(b.Late), listed)]
	return b, nil
}

// rank puts those who are there first.
func rank(s bot.Availability) int {
	return slices.Index([]bot.Availability{bot.Online, bot.Away, bot.Unseen, bot.Offline}, s)
}

// staff are the agents who may work, by name.
func (s *Console) staff(ctx context.Context, rules bot.DeskRules) ([]*attending, error) {
	agents, err := s.Store.Agents(ctx)
	if err != nil {
		return nil, err
	}
	var staff []*attending
	for _, a := range agents {
		if a.Disabled {
			continue
		}
		staff = append(staff, &attending{Agent: a, Capacity: rules.CapacityOf(a)})
	}
	return staff, nil
}

// count adds a conversation to the numbers of the board and of its owner.
func (b *board) count(c bot.Conversation, staff []*attending) {
	earlier := func(t *time.Time, at time.Time) {
		if !at.IsZero() && (t.IsZero() || at.Before(*t)) {
			*t = at
		}
	}
	switch c.Status {
	case bot.StatusBot:
		b.WithBot++
		return
	case bot.StatusWaiting:
		b.Waiting++
		earlier(&b.Longest, c.WaitingSince)
		return
	}
	b.WithAgents++
	if !c.SnoozedUntil.IsZero() {
		b.Snoozed++
	}
	for _, a := range staff {
		if a.ID != c.Agent {
			continue
		}
		if !c.SnoozedUntil.IsZero() {
			a.Snoozed++
			continue
		}
		a.Load++
		if !c.OwedSince.IsZero() {
			a.Owed++
			earlier(&a.Longest, c.OwedSince)
		}
	}
}

// boardState lets a lead say whether an agent is there, for one who has gone without saying so.
func (s *Console) boardState(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	state := bot.Availability(r.PostFormValue("state"))
	if rank(state) < 0 || state == bot.Unseen {
		return errFilled
	}
	id := bot.AgentID(r.PathValue("id"))
	if _, err := s.Desk.SetState(r.Context(), id, state); err != nil {
		return err
	}
	log := bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "agent.state.by_lead", Object: string(id), Detail: string(state)}
	return doneAt(w, r, "/console/board", s.Store.Record(r.Context(), log))
}
