package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"huiyin/bot"
)

// queue is a list of conversations that agents work from.
type queue struct {
	Name  string
	Count int
	Most  bool // there are more than were counted
}

// listed is how many conversations a list shows.
const listed = 100

// filterOf is what a queue holds.
func filterOf(name string, me bot.AgentID) (bot.Filter, bool) {
	switch name {
	case "waiting":
		return bot.Filter{Statuses: []bot.Status{bot.StatusWaiting}, Limit: listed}, true
	case "mine":
		return bot.Filter{Statuses: []bot.Status{bot.StatusAgent}, Agent: me, Limit: listed}, true
	case "open":
		return bot.Filter{Statuses: []bot.Status{bot.StatusWaiting, bot.StatusAgent, bot.StatusBot}, Limit: listed}, true
	case "resolved":
		return bot.Filter{Statuses: []bot.Status{bot.StatusResolved}, Limit: listed}, true
	}
	return bot.Filter{}, false
}

// queues lists them in the order of the tabs; the waiting ones come first and oldest first, since they wait for us.
func (s *Console) queues(ctx context.Context, chosen string, me bot.AgentID) ([]queue, []bot.Conversation, error) {
	var tabs []queue
	var shown []bot.Conversation
	for _, name := range []string{"waiting", "mine", "open", "resolved"} {
		f, _ := filterOf(name, me)
		if name == "resolved" && chosen != name {
			tabs = append(tabs, queue{Name: name})
			continue
		}
		found, err := s.Store.Conversations(ctx, f)
		if err != nil {
			return nil, nil, err
		}
		tabs = append(tabs, queue{Name: name, Count: len(found), Most: len(found) == listed})
		if name == chosen {
			shown = found
		}
	}
	if chosen == "waiting" {
		slices.SortStableFunc(shown, func(a, b bot.Conversation) int { return a.WaitingSince.Compare(b.WaitingSince) })
	}
	return tabs, shown, nil
}

// listData is what the list of conversations is rendered from.
func (s *Console) listData(r *http.Request, v visit, current bot.ConversationID) (map[string]any, error) {
	chosen := r.URL.Query().Get("queue")
	if _, ok := filterOf(chosen, v.agent.ID); !ok {
		chosen = "waiting"
	}
	tabs, shown, err := s.queues(r.Context(), chosen, v.agent.ID)
	if err != nil {
		return nil, err
	}
	if r.URL.Query().Get("queue") == "" && len(shown) == 0 { // nobody waits: show what goes on
		chosen = "open"
		if tabs, shown, err = s.queues(r.Context(), chosen, v.agent.ID); err != nil {
			return nil, err
		}
	}
	return map[string]any{"Queues": tabs, "Queue": chosen, "List": shown, "Current": current}, nil
}

func (s *Console) inbox(w http.ResponseWriter, r *http.Request, v visit) error {
	data, err := s.listData(r, v, "")
	if err != nil {
		return err
	}
	return s.show(w, v, http.StatusOK, "inbox", data)
}

// list is the list alone, for the page that is open.
func (s *Console) list(w http.ResponseWriter, r *http.Request, v visit) error {
	data, err := s.listData(r, v, bot.ConversationID(r.URL.Query().Get("current")))
	if err != nil {
		return err
	}
	return s.renderPage(w, v, http.StatusOK, "inbox", "list", data)
}

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
	data["Messages"] = messages
	return s.show(w, v, http.StatusOK, "conversation", data)
}

// stateData adds who owns a conversation, and what is known of the customer.
func (s *Console) stateData(ctx context.Context, c bot.Conversation, data map[string]any) error {
	contact, err := s.Store.Contact(ctx, c.Contact)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	owner, err := s.Store.Agent(ctx, c.Agent)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	past, err := s.Store.Conversations(ctx, bot.Filter{Contact: c.Contact, Limit: 10})
	if err != nil {
		return err
	}
	data["C"], data["Contact"], data["Owner"] = c, contact, owner.Name
	data["Past"] = slices.DeleteFunc(past, func(p bot.Conversation) bool { return p.ID == c.ID })
	return nil
}

// messages are those after ?after=, for the page that is open. One that only changed is asked for by its number.
func (s *Console) messages(w http.ResponseWriter, r *http.Request, v visit) error {
	after, _ := strconv.ParseUint(r.URL.Query().Get("after"), 10, 64)
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	id := bot.ConversationID(r.PathValue("id"))
	if _, err := s.Store.Conversation(r.Context(), id); err != nil {
		return err
	}
	messages, err := s.Store.Messages(r.Context(), id, after, max(0, limit))
	if err != nil {
		return err
	}
	return s.renderPage(w, v, http.StatusOK, "conversation", "messages", map[string]any{"Messages": messages})
}

// state is the head and the side of a conversation, for the page that is open.
func (s *Console) state(w http.ResponseWriter, r *http.Request, v visit) error {
	c, err := s.Store.Conversation(r.Context(), bot.ConversationID(r.PathValue("id")))
	if err != nil {
		return err
	}
	data := map[string]any{}
	if err := s.stateData(r.Context(), c, data); err != nil {
		return err
	}
	return s.renderPage(w, v, http.StatusOK, "conversation", "state", data)
}

var errEmpty = errors.New("console: the message is empty")

// maxReply bounds what an agent sends at once, in bytes.
const maxReply = 32 << 10

func text(w http.ResponseWriter, r *http.Request) (string, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxReply)
	if err := r.ParseForm(); err != nil {
		return "", err
	}
	t := strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n"))
	if t == "" {
		return "", errEmpty
	}
	return t, nil
}

// done answers a script with nothing, and a form without script with the conversation's page.
func done(w http.ResponseWriter, r *http.Request, err error) error {
	if err != nil {
		return err
	}
	if r.Header.Get("X-Fragment") != "" {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r, "/console/c/"+r.PathValue("id"), http.StatusSeeOther)
	return nil
}

func (s *Console) reply(w http.ResponseWriter, r *http.Request, v visit) error {
	t, err := text(w, r)
	if err != nil {
		return err
	}
	_, err = s.Desk.Reply(r.Context(), bot.ConversationID(r.PathValue("id")), v.agent, t)
	return done(w, r, err)
}

func (s *Console) note(w http.ResponseWriter, r *http.Request, v visit) error {
	t, err := text(w, r)
	if err != nil {
		return err
	}
	_, err = s.Desk.Note(r.Context(), bot.ConversationID(r.PathValue("id")), v.agent, t)
	return done(w, r, err)
}

func (s *Console) claim(w http.ResponseWriter, r *http.Request, v visit) error {
	_, err := s.Desk.Claim(r.Context(), bot.ConversationID(r.PathValue("id")), v.agent)
	return done(w, r, err)
}

func (s *Console) resolve(w http.ResponseWriter, r *http.Request, v visit) error {
	_, err := s.Desk.Resolve(r.Context(), bot.ConversationID(r.PathValue("id")), v.agent)
	return done(w, r, err)
}

func (s *Console) giveBack(w http.ResponseWriter, r *http.Request, v visit) error {
	_, err := s.Desk.Return(r.Context(), bot.ConversationID(r.PathValue("id")), v.agent)
	return done(w, r, err)
}

func (s *Console) resend(w http.ResponseWriter, r *http.Request, v visit) error {
	_, err := s.Desk.Resend(r.Context(), bot.MessageID(r.PathValue("message")), v.agent)
	return done(w, r, err)
}
