package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
)

// history answers with the messages after each ?after=<conversation>:<seq>, oldest first; the last ones when there are many.
func (c *chat) history(w http.ResponseWriter, r *http.Request, v visit) {
	after := map[bot.ConversationID]uint64{}
	for _, mark := range r.URL.Query()["after"] {
		conv, digits, _ := strings.Cut(mark, ":")
		after[bot.ConversationID(conv)], _ = strconv.ParseUint(digits, 10, 64)
	}
	var lists [][]view
	status := bot.StatusBot
	for i, thread := range v.threads {
		views, s, err := c.since(r.Context(), thread, after)
		if err != nil {
			c.deps.Log.Error("webchat: reading history", "error", err)
			refuse(w, http.StatusServiceUnavailable, "busy", "The chat is busy.")
			return
		}
		if lists = append(lists, views); i == 0 {
			status = s
		}
	}
	answer(w, http.StatusOK, map[string]any{"messages": merged(lists), "status": status, "in": v.in(v.threads[0])})
}

// since reads what a thread's visitor may see of its newest conversation.
func (c *chat) since(ctx context.Context, thread string, marks map[bot.ConversationID]uint64) ([]view, bot.Status, error) {
	conv, err := c.deps.History.Current(ctx, c.deps.Inbox.ID, thread)
	if errors.Is(err, bot.ErrNotFound) {
		return nil, bot.StatusBot, nil
	}
	if err != nil {
		return nil, "", err
	}
	after := marks[conv.ID]
	if conv.LastSeq > historyPage && after < conv.LastSeq-historyPage {
		after = conv.LastSeq - historyPage
	}
	messages, err := c.deps.History.Messages(ctx, conv.ID, after, historyPage)
	if err != nil {
		return nil, "", err
	}
	var views []view
	for _, m := range slices.DeleteFunc(messages, func(m bot.Message) bool { return !visible(m) }) {
		views = append(views, c.view(m))
	}
	return views, conv.Status, nil
}

// merged puts conversations together by time; each keeps its own order.
func merged(lists [][]view) []view {
	all := []view{}
	for {
		next := -1
		for i, l := range lists {
			if len(l) > 0 && (next < 0 || l[0].At.Before(lists[next][0].At)) {
				next = i
			}
		}
		if next < 0 {
			return all
		}
		all = append(all, lists[next][0])
		lists[next] = lists[next][1:]
	}
}

// stream tells a page what happens, as server-sent events, until it goes away or a person's token expires.
func (c *chat) stream(w http.ResponseWriter, r *http.Request, v visit) {
	events, leave := c.hub.subscribe(v.threads...)
	defer leave()
	if c.hub.isClosed() {
		w.Header().Set("Retry-After", "2")
		refuse(w, http.StatusServiceUnavailable, "busy", "The chat starts again in a moment.")
		return
	}
	if events == nil {
		refuse(w, http.StatusTooManyRequests, "pages", "The chat is open in too many windows.")
		return
	}
	now, ok := c.who(w, r) // a thread that became somebody's before the hub knew of this page has not cut it
	if !ok {
		return
	}
	if !now.same(v) {
		busy(w)
		return
	}
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	line := ": open\n\n"
	for {
		_ = out.SetWriteDeadline(time.Now().Add(streamWrite))
		if _, err := fmt.Fprint(w, line); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			if v.known() && c.deps.Now().After(v.until) {
				return
			}
			line = ": still here\n\n"
		case e, open := <-events:
			if !open {
				return
			}
			data, err := json.Marshal(e.Message)
			if err != nil {
				return
			}
			line = "event: " + e.Kind + "\ndata: " + string(data) + "\n\n"
		}
	}
}
