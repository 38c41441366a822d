package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

func (s *Console) conversation(w http.ResponseWriter, r *http.Request, v visit) error {
	c, err := s.Store.Conversation(r.Context(), bot.ConversationID(r.PathValue("id")))
	if err != nil {
		return err
	}
	data, err := s.listData(r, v, c.ID)
	if err != nil {
		return err
	}
	messages, err := s.Store.Messages(r.Context(), c.ID, 0, 0)
	if err != nil {
		return err
	}
	if err := s.stateData(r.Context(), c, data); err != nil {
		return err
	}
	if data["Canned"], err = s.cannedFor(r.Context(), c, v.agent); err != nil {
		return err
	}
	data["Messages"], data["Moods"] = messages, moodsOf(messages)
	if data["Names"], err = s.hub.names(r.Context()); err != nil {
		return err
	}
	data["Snoozes"], data["Files"] = s.snoozes(), s.composerFiles(c, v.lang)
	if err := s.Store.MarkSeen(r.Context(), v.agent.ID, c.ID, c.LastSeq); err != nil {
		return err
	}
	if data["Quiet"], err = s.quietly(r.Context(), v, c); err != nil {
		return err
	}
	return s.show(w, v, http.StatusOK, "conversation", data)
}

// stateData adds who owns a conversation, and what is known of the customer.
func (s *Console) stateData(ctx context.Context, c bot.Conversation, data map[string]any) error {
	contact, err := s.Store.Contact(ctx, c.Contact)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	agents, err := s.Store.Agents(ctx)
	if err != nil {
		return err
	}
	colleagues := slices.DeleteFunc(slices.Clone(agents), func(a bot.Agent) bool { return a.Gone() || a.ID == c.Agent })
	for _, a := range agents {
		if a.ID == c.Agent {
			data["Owner"] = a.Name
		}
	}
	past, err := s.Store.Conversations(ctx, bot.Filter{Contact: c.Contact, Limit: 10})
	if err != nil {
		return err
	}
	if data["Reach"], err = s.reachOf(ctx, c, past); err != nil {
		return err
	}
	rules, hours := s.Desk.Rules()
	data["Staff"] = slices.DeleteFunc(agents, func(a bot.Agent) bool { return a.Disabled })
	data["C"], data["Contact"], data["Colleagues"], data["Teams"] = c, contact, colleagues, teamsOf(agents)
	data["Clocks"] = rules.Clocks(c, hours, s.Now())
	data["Level"] = levelOf(rules, c.Tier)
	data["Past"] = slices.DeleteFunc(past, func(p bot.Conversation) bool { return p.ID == c.ID })
	return nil
}

// messages are those after ?after=, for the page that is open; the agent has seen them then.
func (s *Console) messages(w http.ResponseWriter, r *http.Request, v visit) error {
	after, _ := strconv.ParseUint(r.URL.Query().Get("after"), 10, 64)
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	id := bot.ConversationID(r.PathValue("id"))
	c, err := s.Store.Conversation(r.Context(), id)
	if err != nil {
		return err
	}
	messages, err := s.Store.Messages(r.Context(), id, after, max(0, limit))
	if err != nil {
		return err
	}
	if r.URL.Query().Get("seen") == "1" {
		if err := s.Store.MarkSeen(r.Context(), v.agent.ID, id, c.LastSeq); err != nil {
			return err
		}
	}
	names, err := s.hub.names(r.Context())
	if err != nil {
		return err
	}
	data := map[string]any{"Messages": messages, "Names": names}
	if after > 0 {
		before, err := s.Store.Messages(r.Context(), id, after-1, 1)
		if err != nil {
			return err
		}
		data["Before"] = before
	}
	return s.renderPage(w, v, http.StatusOK, "conversation", "messages", data)
}

// days are the days on which messages begin, by the first message of each; before holds the one in front of them, if any.
func (s *Console) days(messages []bot.Message, before any) map[uint64]string {
	firsts := map[uint64]string{}
	var day string
	if last, _ := before.([]bot.Message); len(last) > 0 {
		day = last[0].At.In(s.Zone).Format(time.DateOnly)
	}
	for _, m := range messages {
		if d := m.At.In(s.Zone).Format(time.DateOnly); d != day {
			firsts[m.Seq], day = d, d
		}
	}
	return firsts
}

// state is the head of a conversation, for the page that is open.
func (s *Console) state(w http.ResponseWriter, r *http.Request, v visit) error {
	c, err := s.Store.Conversation(r.Context(), bot.ConversationID(r.PathValue("id")))
	if err != nil {
		return err
	}
	data := map[string]any{"Snoozes": s.snoozes()}
	if err := s.stateData(r.Context(), c, data); err != nil {
		return err
	}
	return s.renderPage(w, v, http.StatusOK, "conversation", "state", data)
}

// ready is a canned answer with its variables filled in.
type ready struct {
	Key, Title, Text string
	Lang             nlp.Lang
}

// cannedFor are the answers for a conversation: in the customer's language, or in the other one where there is none.
func (s *Console) cannedFor(ctx context.Context, c bot.Conversation, me bot.Agent) ([]ready, error) {
	all, err := s.Store.Canned(ctx)
	if err != nil {
		return nil, err
	}
	var list []ready
	for _, answer := range all {
		if text, lang := inLang(answer.Text, c.Lang.Base()); text != "" {
			list = append(list, ready{Key: answer.Key, Title: answer.Title, Lang: lang, Text: fill(text, c, me)})
		}
	}
	return list, nil
}

// fill puts what is known into a text that agents have ready. What is not known is left out where a name is meant, and left
// to be written where something is missing.
func fill(text string, c bot.Conversation, me bot.Agent) string {
	if c.Name == "" {
		text = strings.ReplaceAll(text, " {name}", "")
	}
	return strings.NewReplacer("{name}", c.Name, "{agent}", me.Name, "{order}", cmp.Or(orderOf(c), "…")).Replace(text)
}

// orderless reports whether a text needs the number of an order that is not known of a conversation.
func orderless(text string, c bot.Conversation) bool {
	return orderOf(c) == "" && strings.Contains(text, "{order}")
}

// orderOf is the number of the order that a conversation is about; empty when it is not known.
func orderOf(c bot.Conversation) (order string) {
	for _, slot := range []string{"order", "order_id", "order_number"} {
		order = cmp.Or(c.Slots[slot].Value, order)
	}
	return order
}

// nap is a choice of how long to set a conversation aside.
type nap struct {
	Key   bot.Aside // work.snooze.<Key>
	Until time.Time
}

// snoozes are the choices: an hour, this evening's end, tomorrow morning, next Monday morning.
func (s *Console) snoozes() []nap {
	var all []nap
	for _, a := range bot.Asides() {
		until := a.Until(s.Now(), s.Zone)
		if !slices.ContainsFunc(all, func(n nap) bool { return n.Until.Equal(until) }) { // on a Sunday, tomorrow is Monday
			all = append(all, nap{a, until})
		}
	}
	return all
}

// moodPoint is where a message stands in the curve of the mood: X from 0 to 100, Y from 0 (happy) to 24.
type moodPoint struct {
	X, Y  float64
	Score float64
	At    time.Time
}

// moodMost is how many points the curve has.
const moodMost = 40

// moodsOf is the mood over the customer's messages.
func moodsOf(messages []bot.Message) []moodPoint {
	var points []moodPoint
	for _, m := range messages {
		if m.Direction == bot.Incoming && m.Analysis != nil {
			points = append(points, moodPoint{Score: m.Analysis.Sentiment.Score, At: m.At})
		}
	}
	points = points[max(0, len(points)-moodMost):]
	for i := range points {
		points[i].X = 50
		if len(points) > 1 {
			points[i].X = 2 + 96*float64(i)/float64(len(points)-1)
		}
		points[i].Y = 12 - 10*points[i].Score
	}
	return points
}

// polyline is the curve as SVG wants it.
func polyline(points []moodPoint) string {
	var b strings.Builder
	for _, p := range points {
		fmt.Fprintf(&b, "%.1f,%.1f ", p.X, p.Y)
	}
	return strings.TrimSpace(b.String())
}
