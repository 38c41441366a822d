package console

import (
	"context"
	"net/http"
	"time"

	"huiyin/bot"
)

// change is what an open page is told: which conversation changed, and which of its messages. The page then asks for what
// it shows; so it never gets more than it may see, and a busy inbox costs a page one small line a change.
type change struct {
	ID     bot.ConversationID               `json:"id"`
	Status bot.Status                       `json:"status"`
	Agent  bot.AgentID                      `json:"agent,omitempty"`
	Last   uint64                           `json:"last"`
	Seqs   []uint64                         `json:"seqs"`
	Alarms map[bot.ClockKind]bot.ClockState `json:"alarms,omitempty"`

	Mentions []bot.AgentID `json:"mentions,omitempty"` // agents whom a new note names
	By       string        `json:"by,omitempty"`       // who wrote it
}

const (
	liveHeartbeat = 20 * time.Second
	liveWrite     = 10 * time.Second
)

// live is the stream of changes, as server-sent events. A page that falls behind is told to read anew; the stream ends when
// nothing gets through to the page any more, and when the login ends: the page then comes back, and reads anew what it shows.
// ?at= names the conversation that the page shows.
func (s *Console) live(w http.ResponseWriter, r *http.Request, v visit) error {
	p := s.hub.enter(v, bot.ConversationID(r.URL.Query().Get("at")))
	defer s.hub.leave(p)
	if v.agent.State == bot.Offline || v.agent.State == bot.Unseen {
		if _, err := s.Desk.SetState(r.Context(), v.agent.ID, bot.Online); err != nil {
			return err
		}
	}
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	tick := time.NewTicker(liveHeartbeat)
	defer tick.Stop()
	line := []byte(": open\n\n")
	for {
		_ = out.SetWriteDeadline(time.Now().Add(liveWrite))
		if _, err := w.Write(line); err != nil || out.Flush() != nil {
			return nil
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-tick.C:
			if _, _, ok := s.whoIs(r); !ok {
				return nil
			}
			line = []byte(": still here\n\n")
		case event := <-p.events:
			line = s.hub.rest(p, event)
		}
	}
}

// Readers implements bot.Attendance.
func (s *Console) Readers(id bot.ConversationID) []bot.Reader {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return s.hub.readers(id)
}

// Attended implements bot.Attendance.
func (s *Console) Attended(ctx context.Context) <-chan bot.ConversationID { return s.hub.attended(ctx) }

var _ bot.Attendance = (*Console)(nil)

func changeOf(n bot.Notice) change {
	c := change{ID: n.Conversation.ID, Status: n.Conversation.Status, Agent: n.Conversation.Agent, Last: n.Conversation.LastSeq,
		Seqs: []uint64{}, Alarms: n.Conversation.Alarms}
	for _, m := range n.Messages {
		c.Seqs = append(c.Seqs, m.Seq)
		if len(m.Mentions) > 0 {
			c.Mentions, c.By = m.Mentions, m.AuthorName
		}
	}
	return c
}

// typing hears that an agent writes a reply (?on=1), or has stopped.
func (s *Console) typing(w http.ResponseWriter, r *http.Request, v visit) error {
	s.hub.typing(v.agent.ID, bot.ConversationID(r.PathValue("id")), r.URL.Query().Get("on") == "1")
	w.WriteHeader(http.StatusNoContent)
	return nil
}
