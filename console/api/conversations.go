package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"huiyin/bot"
)

func (a *API) health(*call) (any, error) {
	if err := a.Health(); err != nil {
		return nil, &Problem{http.StatusServiceUnavailable, "busy", "The store cannot write.", "", "The program's log says why; try again later."}
	}
	return Health{Status: "ok"}, nil
}

func (a *API) whoami(c *call) (any, error) {
	return Who{Token: c.token.ID, Name: c.token.Name, Scope: c.token.Scope, Agent: string(c.agent.ID), Role: c.agent.Role, ExpiresAt: c.token.ExpiresAt}, nil
}

func (a *API) conversations(c *call) (any, error) {
	f := bot.Filter{Agent: bot.AgentID(c.text("agent")), Contact: bot.ContactID(c.text("contact")), Inbox: bot.InboxID(c.text("inbox"))}
	for _, s := range c.texts("status") {
		f.Statuses = append(f.Statuses, bot.Status(s))
	}
	from, _ := c.query["cursor"].(cursor)
	limit := c.limit()
	found, err := a.after(c.r.Context(), f, from, limit+1)
	if err != nil {
		return nil, err
	}
	page := Conversations{Conversations: []Conversation{}}
	for i, one := range found {
		if i == limit {
			last := found[limit-1]
			page.Next = cursor{last.UpdatedAt, string(last.ID)}.String()
			break
		}
		page.Conversations = append(page.Conversations, viewConversation(one, c.lang()))
	}
	return page, nil
}

// after lists what follows a cursor, up to a number. Of several that changed at the same instant none is left out: the
// listing begins with that instant again, and what the page before had of it is skipped.
func (a *API) after(ctx context.Context, f bot.Filter, from cursor, most int) ([]bot.Conversation, error) {
	if from.id != "" {
		f.Before = from.at.Add(1)
	}
	for f.Limit = most; ; f.Limit *= 2 {
		found, err := a.Store.Conversations(ctx, f)
		if err != nil {
			return nil, err
		}
		skip := 0
		for from.id != "" && skip < len(found) && found[skip].UpdatedAt.Equal(from.at) && string(found[skip].ID) >= from.id {
			skip++
		}
		if len(found) < f.Limit || len(found)-skip >= most {
			return found[skip:min(len(found), skip+most)], nil
		}
	}
}

func (c *call) conversation() bot.ConversationID { return bot.ConversationID(c.r.PathValue("id")) }

func (a *API) conversation(c *call) (any, error) {
	conv, err := a.Store.Conversation(c.r.Context(), c.conversation())
	return viewConversation(conv, c.lang()), err
}

func (a *API) messages(c *call) (any, error) {
	if _, err := a.Store.Conversation(c.r.Context(), c.conversation()); err != nil {
		return nil, err
	}
	limit := c.limit()
	found, err := a.Store.Messages(c.r.Context(), c.conversation(), c.number("after"), limit+1)
	if err != nil {
		return nil, err
	}
	page := Messages{Messages: []Message{}}
	for i, m := range found {
		if i == limit {
			page.Next = found[limit-1].Seq
			break
		}
		page.Messages = append(page.Messages, viewMessage(m, c.lang()))
	}
	return page, nil
}

// once is the context of an act that is named by the caller's key: of this token only.
func (c *call) once() context.Context {
	key := c.r.Header.Get(bot.HeaderKey)
	if key == "" {
		return c.r.Context()
	}
	sum := sha256.Sum256([]byte(c.token.ID + " " + key))
	return bot.Once(c.r.Context(), hex.EncodeToString(sum[:]))
}

// did notes which token an agent's act came from; the Desk has noted the act itself.
func (a *API) did(c *call) error {
	return a.Store.Record(c.r.Context(), bot.Event{At: a.Now(), Actor: string(c.agent.ID), Action: "api." + c.route.id, Object: c.r.PathValue("id"), Detail: "token " + c.token.ID})
}

func (a *API) reply(c *call) (any, error) {
	m, err := a.Desk.Reply(c.once(), c.conversation(), c.agent, c.body.(*Text).Text, c.body.(*Text).attached()...)
	if err != nil {
		return nil, err
	}
	return viewMessage(m, c.lang()), a.did(c)
}

func (a *API) note(c *call) (any, error) {
	m, err := a.Desk.Note(c.once(), c.conversation(), c.agent, c.body.(*Text).Text, c.body.(*Text).attached()...)
	if err != nil {
		return nil, err
	}
	return viewMessage(m, c.lang()), a.did(c)
}

// moved answers with a conversation that has changed.
func (a *API) moved(c *call, conv bot.Conversation, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return viewConversation(conv, c.lang()), a.did(c)
}

// move is an act that needs to know no more than which conversation.
func (a *API) move(act func(context.Context, bot.ConversationID, bot.Agent) (bot.Conversation, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		conv, err := act(c.r.Context(), c.conversation(), c.agent)
		return a.moved(c, conv, err)
	}
}

func (a *API) transfer(c *call) (any, error) {
	to := c.body.(*To)
	if to.Agent != "" && to.Team != "" {
		return nil, &Problem{422, "both", "There are an agent and a team.", "body.team", "Send one of them, or neither for everybody."}
	}
	conv, err := a.Desk.Transfer(c.r.Context(), c.conversation(), c.agent, bot.To{Agent: to.Agent, Team: to.Team})
	return a.moved(c, conv, err)
}

func (a *API) tag(c *call) (any, error) {
	conv, err := a.Desk.Tag(c.r.Context(), c.conversation(), c.agent, c.body.(*Tags).Tags)
	return a.moved(c, conv, err)
}
