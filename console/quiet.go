package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"huiyin/bot"
)

// A lead may read along without her name showing up in conversations, in all pages of one login. She is seen as soon as she
// writes to a customer or has the conversation herself: whoever answers is never to be surprised by a second answer. Every
// conversation that is opened in this way, or stays open, stands in the audit log.

// setQuiet begins reading quietly (on=1), or ends it; at names the conversation to go back to.
func (s *Console) setQuiet(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	session, err := s.Store.EditSession(r.Context(), v.session.Hash, func(session *bot.Session) { session.Quiet = r.PostFormValue("on") == "1" })
	if errors.Is(err, bot.ErrNotFound) { // the login has ended since
		s.toLogin(w, r)
		return nil
	}
	if err != nil {
		return err
	}
	for _, id := range s.hub.setQuiet(session) {
		c, err := s.Store.Conversation(r.Context(), id)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if _, err := s.quietly(r.Context(), visit{agent: v.agent, session: session}, c); err != nil {
			return err
		}
	}
	to := "/console/board"
	if at := r.PostFormValue("at"); at != "" {
		to = "/console/c/" + url.PathEscape(at)
	}
	return doneAt(w, r, to, nil)
}

// quietly reports whether a conversation is opened without showing who does, and keeps for the audit log that it was.
func (s *Console) quietly(ctx context.Context, v visit, c bot.Conversation) (bool, error) {
	if !v.session.Quiet || !bot.Can(v.agent, bot.ReadQuietly, c.Object()) {
		return false, nil
	}
	return true, s.Store.Record(ctx, bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "conversation.read_quietly", Object: string(c.ID)})
}

// setQuiet changes the open pages of a login, and returns the conversations that these show.
func (h *hub) setQuiet(session bot.Session) []bot.ConversationID {
	h.mu.Lock()
	defer h.mu.Unlock()
	var shown []bot.ConversationID
	for p := range h.pages {
		if p.session != session.Hash || p.quiet == session.Quiet {
			continue
		}
		p.quiet = session.Quiet
		h.presence(p.at)
		if p.at != "" && !slices.Contains(shown, p.at) {
			shown = append(shown, p.at)
		}
	}
	return shown
}

// hidden reports whether nobody is to see that a page is open; the caller has the lock.
func (h *hub) hidden(p *page, now time.Time) bool {
	return p.quiet && !now.Before(p.typing) && bot.Can(p.agent, bot.ReadQuietly, h.object(p.at))
}

// object is an open conversation as rules see it; the caller has the lock.
func (h *hub) object(id bot.ConversationID) bot.Object {
	if c := h.open[id]; c != nil {
		return c.Object()
	}
	return bot.Object{}
}
