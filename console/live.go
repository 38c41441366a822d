package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"huiyin/bot"
)

// change is what an open page is told: which conversation changed, and which of its messages. The page then asks for what
// it shows; so it never gets more than it may see, and a busy inbox costs a page one small line a change.
type change struct {
	ID     bot.ConversationID `json:"id"`
	Status bot.Status         `json:"status"`
	Last   uint64             `json:"last"`
	Seqs   []uint64           `json:"seqs"`
}

const (
	liveHeartbeat = 20 * time.Second
	liveWrite     = 10 * time.Second
)

// live is the stream of changes, as server-sent events. It ends when the page falls behind, and when the login ends: the
// page then comes back, and reads again what it shows.
func (s *Console) live(w http.ResponseWriter, r *http.Request, _ visit) error {
	notices := s.Feed.Subscribe(r.Context())
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	tick := time.NewTicker(liveHeartbeat)
	defer tick.Stop()
	line := ": open\n\n"
	for {
		_ = out.SetWriteDeadline(time.Now().Add(liveWrite))
		if _, err := fmt.Fprint(w, line); err != nil || out.Flush() != nil {
			return nil
		}
		select {
		case <-tick.C:
			if _, _, ok := s.whoIs(r); !ok {
				return nil
			}
			line = ": still here\n\n"
		case n, open := <-notices:
			if !open {
				return nil
			}
			data, err := json.Marshal(changeOf(n))
			if err != nil {
				return nil
			}
			line = "event: change\ndata: " + string(data) + "\n\n"
		}
	}
}

func changeOf(n bot.Notice) change {
	c := change{ID: n.Conversation.ID, Status: n.Conversation.Status, Last: n.Conversation.LastSeq, Seqs: []uint64{}}
	for _, m := range n.Messages {
		c.Seqs = append(c.Seqs, m.Seq)
	}
	return c
}
