package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/hooks"
	"huiyin/kb"
)

// Wanted are the kinds of events that some endpoint wants; nil: none is wanted, and nothing is to be done.
type Wanted map[hooks.Kind]bool

// WantedBy is what endpoints want together.
func WantedBy(endpoints []hooks.Endpoint) Wanted {
	var w Wanted
	for _, k := range hooks.Kinds() {
		if slices.ContainsFunc(endpoints, func(e hooks.Endpoint) bool { return e.Wants(k) }) {
			if w == nil {
				w = Wanted{}
			}
			w[k] = true
		}
	}
	return w
}

// only drops what nobody wants.
func (w Wanted) only(all []hooks.Event) []hooks.Event {
	return slices.DeleteFunc(all, func(e hooks.Event) bool { return !w[e.Kind] })
}

// Happened is what a change means for endpoints, in order; before is the conversation that is stored, zero when it is new.
func (w Wanted) Happened(before bot.Conversation, c bot.Change) []hooks.Event {
	after := c.Conversation
	if w == nil || after.ID == "" {
		return nil
	}
	at := after.UpdatedAt
	var all []hooks.Event
	add := func(k hooks.Kind, label string) {
		all = append(all, hooks.Event{Kind: k, At: at, Conversation: after.ID, Agent: after.Agent, Label: label})
	}
	switch {
	case before.ID == "":
		add(hooks.ConversationOpened, "")
	case before.Status == bot.StatusResolved && after.Status != bot.StatusResolved:
		add(hooks.ConversationReopened, "")
	}
	messages := slices.SortedFunc(slices.Values(c.Messages), func(a, b bot.Message) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, m := range messages {
		if m.Seq > before.LastSeq && !m.Private && (m.Direction == bot.Incoming || m.Direction == bot.Outgoing) {
			kind := hooks.MessageReceived
			if m.Direction == bot.Outgoing {
				kind = hooks.MessageSent
			}
			all = append(all, hooks.Event{Kind: kind, At: m.At, Conversation: after.ID, Message: m.ID, Agent: after.Agent})
		}
	}
	for _, f := range c.Facts {
		if e, ok := rated(f); ok {
			all = append(all, e)
		}
	}
	was := before.Status
	switch {
	case after.Status == bot.StatusWaiting && was != bot.StatusWaiting && was != bot.StatusAgent:
		reason := ""
		if after.Handoff != nil {
			reason = string(after.Handoff.Reason)
		}
		add(hooks.ConversationHandedOff, reason)
	case after.Status == bot.StatusAgent && (was != bot.StatusAgent || before.Agent != after.Agent):
		add(hooks.ConversationClaimed, "")
	case after.Status == bot.StatusBot && (was == bot.StatusAgent || was == bot.StatusWaiting):
		add(hooks.ConversationReturned, "")
	case after.Status == bot.StatusResolved && was != bot.StatusResolved:
		how := ""
		for _, f := range c.Facts {
			if f.Name == bot.FactResolved {
				how = f.Label
			}
		}
		add(hooks.ConversationResolved, how)
	}
	return w.only(all)
}

// rated is the event of a fact about a rating.
func rated(f bot.Fact) (hooks.Event, bool) {
	e := hooks.Event{Kind: hooks.RatingGiven, At: f.End, Conversation: f.Conversation, Agent: f.Agent, Value: f.Value}
	switch f.Name {
	case bot.FactCSAT, bot.FactNPS:
		e.Label = f.Name
	case bot.FactCSATComment:
		e.Kind, e.Label, e.Message = hooks.RatingCommented, bot.FactCSAT, bot.MessageID(f.Label)
	case bot.FactNPSComment:
		e.Kind, e.Label, e.Message = hooks.RatingCommented, bot.FactNPS, bot.MessageID(f.Label)
	default:
		return e, false
	}
	return e, true
}

// Published is what new revisions of articles mean for endpoints; before has the stored article of each, zero when there is
// none.
func (w Wanted) Published(before, after []kb.Article) []hooks.Event {
	var all []hooks.Event
	for i, a := range after {
		if a.Status != kb.Published {
			continue
		}
		if b := before[i]; b.Status != kb.Published || b.Title != a.Title || b.Summary != a.Summary || b.Body != a.Body {
			all = append(all, hooks.Event{Kind: hooks.ArticlePublished, At: a.UpdatedAt, Article: a.ID})
		}
	}
	return w.only(all)
}

// Incident is what a change of an incident means for endpoints; before is zero when it is new.
func (w Wanted) Incident(before, after bot.Incident) []hooks.Event {
	e := hooks.Event{Kind: hooks.IncidentRaised, At: after.Since, Incident: after.ID, Agent: after.By}
	switch {
	case before.ID != "" && !before.Lifted.IsZero():
		return nil
	case !after.Lifted.IsZero():
		e.Kind, e.At, e.Agent = hooks.IncidentLifted, after.Lifted, ""
	case before.ID != "":
		return nil
	}
	return w.only([]hooks.Event{e})
}

// Digest is what the end of a run means for endpoints: nothing, unless it is that of a weekly digest.
func (w Wanted) Digest(key string, at time.Time, digest []byte) []hooks.Event {
	week, weekly := strings.CutPrefix(key, feedback.WeeklyRun)
	if !weekly || digest == nil {
		return nil
	}
	return w.only([]hooks.Event{{Kind: hooks.DigestReady, At: at, Week: week}})
}

// CheckEndpoint makes sure that an endpoint can be stored.
func CheckEndpoint(e hooks.Endpoint) error {
	for _, k := range e.Kinds {
		if !slices.Contains(hooks.Kinds(), k) {
			return fmt.Errorf("%w: an endpoint wants %q", ErrInvalid, k)
		}
	}
	if err := CheckID("id of the endpoint", e.ID); err != nil {
		return err
	}
	return CheckID("secret of the endpoint", e.Secret)
}

// NextEndpoint is an endpoint as it is to be stored in place of another, zero when it is new, with its state; newest is the
// N of the newest event. bot.ErrConflict when somebody was faster.
func NextEndpoint(before, e hooks.Endpoint, state hooks.State, newest uint64) (hooks.Endpoint, hooks.State, error) {
	if before.Version != e.Version {
		return e, state, fmt.Errorf("endpoint %s: version %d was read, %d is stored: %w", e.ID, e.Version, before.Version, bot.ErrConflict)
	}
	if before.ID == "" || before.Off != hooks.OffNot && e.Off == hooks.OffNot {
		state.Endpoint, state.Done, state.Lost = e.ID, newest, 0
		state.Fresh()
	}
	if before.URL != e.URL || before.Secret != e.Secret { // what was wrong may be right now: try at once
		state.Fresh()
	}
	e.Version++
	return e, state, nil
}

// SortEndpoints orders endpoints, the oldest first.
func SortEndpoints(all []hooks.Endpoint) {
	slices.SortStableFunc(all, func(a, b hooks.Endpoint) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
}

// TakenByAll is the N up to which every endpoint that is on has taken the events; newest when none is on.
func TakenByAll(endpoints []hooks.Endpoint, done func(id string) uint64, newest uint64) uint64 {
	n := newest
	for _, e := range endpoints {
		if e.Off == hooks.OffNot {
			n = min(n, done(e.ID))
		}
	}
	return n
}
