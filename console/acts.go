package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"huiyin/bot"
)

var (
	errEmpty  = errors.New("console: the message is empty")
	errFilled = errors.New("console: something is missing or wrong in the form")
)

// maxReply bounds what an agent sends at once, in bytes.
const maxReply = 32 << 10

// form reads a form of at most maxReply bytes.
func form(w http.ResponseWriter, r *http.Request) error { return formOf(w, r, maxReply) }

// formOf reads a form of bounded size, in bytes.
func formOf(w http.ResponseWriter, r *http.Request, most int64) error {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	return r.ParseForm()
}

func text(w http.ResponseWriter, r *http.Request) (string, error) {
	if err := form(w, r); err != nil {
		return "", err
	}
	t := strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n"))
	if t == "" && len(r.PostForm["file"]) == 0 {
		return "", errEmpty
	}
	return t, nil
}

func conversationOf(r *http.Request) bot.ConversationID { return bot.ConversationID(r.PathValue("id")) }

// done answers a script with nothing, and a form without script with the conversation's page.
func done(w http.ResponseWriter, r *http.Request, err error) error {
	return doneAt(w, r, "/console/c/"+r.PathValue("id"), err)
}

// doneAt is done with another page to go to.
func doneAt(w http.ResponseWriter, r *http.Request, to string, err error) error {
	if err != nil {
		return err
	}
	if r.Header.Get("X-Fragment") != "" {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// maxOnce bounds the name that a page gives to what it sends, in bytes.
const maxOnce = 64

// once names what an agent sends as her page does, the same whenever it sends it again: when the answer to it was lost, it is
// there once all the same.
func once(r *http.Request, v visit) context.Context {
	name := r.PostFormValue("once")
	if name == "" || len(name) > maxOnce {
		return r.Context()
	}
	return bot.Once(r.Context(), "page "+string(v.agent.ID)+" "+name)
}

func (s *Console) reply(w http.ResponseWriter, r *http.Request, v visit) error {
	t, err := text(w, r)
	if err != nil {
		return err
	}
	_, err = s.Desk.Reply(once(r, v), conversationOf(r), v.agent, t, attached(r)...)
	return done(w, r, err)
}

func (s *Console) note(w http.ResponseWriter, r *http.Request, v visit) error {
	t, err := text(w, r)
	if err != nil {
		return err
	}
	_, err = s.Desk.Note(once(r, v), conversationOf(r), v.agent, t, attached(r)...)
	return done(w, r, err)
}

func (s *Console) claim(w http.ResponseWriter, r *http.Request, v visit) error {
	_, err := s.Desk.Claim(r.Context(), conversationOf(r), v.agent)
	return done(w, r, err)
}

func (s *Console) resolve(w http.ResponseWriter, r *http.Request, v visit) error {
	_, err := s.Desk.Resolve(r.Context(), conversationOf(r), v.agent)
	return done(w, r, err)
}

func (s *Console) giveBack(w http.ResponseWriter, r *http.Request, v visit) error {
	_, err := s.Desk.Return(r.Context(), conversationOf(r), v.agent)
	return done(w, r, err)
}

func (s *Console) resend(w http.ResponseWriter, r *http.Request, v visit) error {
	_, err := s.Desk.Resend(r.Context(), bot.MessageID(r.PathValue("message")), v.agent)
	return done(w, r, err)
}

// snooze sets a conversation aside until an instant; without one it wakes.
func (s *Console) snooze(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	var until time.Time
	if text := r.PostFormValue("until"); text != "" {
		var err error
		if until, err = time.Parse(time.RFC3339, text); err != nil {
			if until, err = time.ParseInLocation("2006-01-02T15:04", text, s.Zone); err != nil { // a datetime-local field
				return errFilled
			}
		}
		if !until.After(s.Now()) {
			return errFilled
		}
	}
	_, err := s.Desk.Snooze(r.Context(), conversationOf(r), v.agent, until)
	return done(w, r, err)
}

// transfer passes a conversation on: "agent:<id>", "team:<name>" or "team:" for everybody.
func (s *Console) transfer(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	to, err := whereTo(r.PostFormValue("to"))
	if err != nil {
		return err
	}
	_, err = s.Desk.Transfer(r.Context(), conversationOf(r), v.agent, to)
	return done(w, r, err)
}

// whereTo reads "agent:<id>", "team:<name>", or "team:" for everybody.
func whereTo(text string) (bot.To, error) {
	switch kind, name, ok := strings.Cut(text, ":"); {
	case ok && kind == "agent" && name != "":
		return bot.To{Agent: bot.AgentID(name)}, nil
	case ok && kind == "team":
		return bot.To{Team: bot.TeamID(name)}, nil
	}
	return bot.To{}, errFilled
}

// tag replaces the tags: words between commas.
func (s *Console) tag(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	_, err := s.Desk.Tag(r.Context(), conversationOf(r), v.agent, splitTags(r.PostFormValue("tags")))
	return done(w, r, err)
}

// splitTags reads words between commas.
func splitTags(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(",，、;；\n", c) })
}

// setState says whether the agent herself is there.
func (s *Console) setState(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	state := bot.Availability(r.PostFormValue("state"))
	if state != bot.Online && state != bot.Away {
		return errFilled
	}
	_, err := s.Desk.SetState(r.Context(), v.agent.ID, state)
	return doneAt(w, r, "/console/", err)
}
