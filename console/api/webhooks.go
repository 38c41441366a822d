package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"huiyin/bot"
	"huiyin/hooks"
	"huiyin/kb"
	"huiyin/nlp"
)

// Call is the body of a webhook.
type Call struct {
	ID           string        `json:"id" doc:"The same for every attempt: by it, what comes twice is known."`
	Event        hooks.Kind    `json:"event"`
	At           time.Time     `json:"at" doc:"When it happened."`
	Conversation *Conversation `json:"conversation,omitempty" doc:"As it is when the call is made."`
	Message      *Message      `json:"message,omitempty" doc:"Of message.received, message.sent and rating.commented; as it is when the call is made."`
	Reason       string        `json:"reason,omitempty" doc:"Of conversation.handed_off: why. Of conversation.resolved: agent, bot:confirmed (the customer said that it helped) or bot:assumed (she went silent)."`
	Agent        bot.AgentID   `json:"agent,omitempty" doc:"Whose conversation it was when it happened."`
	Rating       *Rating       `json:"rating,omitempty"`
	Article      *Article      `json:"article,omitempty" doc:"Without its body: read it at /articles/{id}."`
	Incident     *Incident     `json:"incident,omitempty"`
	Digest       *Digest       `json:"digest,omitempty"`
}

// Rating is what a customer gave.
type Rating struct {
	Kind  string  `json:"kind" enum:"csat,nps" doc:"csat: 1 to 5, about this conversation; nps: 0 to 10, about the shop."`
	Score float64 `json:"score"`
}

// Incident is a known problem.
type Incident struct {
	ID     string              `json:"id"`
	Topic  string              `json:"topic,omitempty" doc:"Messages about this topic are meant, …"`
	Intent string              `json:"intent,omitempty" doc:"… or with this intent."`
	Text   map[nlp.Lang]string `json:"text" doc:"What customers are told, by language: zh and en."`
	Solved map[nlp.Lang]string `json:"solved,omitempty" doc:"What they are told when it is over."`
	Since  time.Time           `json:"since"`
	Until  time.Time           `json:"until,omitzero" doc:"When it ends by itself."`
	Lifted time.Time           `json:"lifted,omitzero"`
}

// Digest is a weekly report.
type Digest struct {
	Week string `json:"week" doc:"Such as 2026-W46 (ISO 8601). The report is at /console/digest/{week}."`
}

// WebhookBody makes the body of a call; names: with customers' names and words as they are, else without the names and
// with the words masked. hooks.ErrGone when what the event is about is not there any more.
func (a *API) WebhookBody(ctx context.Context, e hooks.Event, delivery string, names bool) ([]byte, error) {
	c := Call{ID: delivery, Event: e.Kind, At: e.At, Agent: e.Agent}
	err := a.fill(ctx, &c, e)
	if errors.Is(err, bot.ErrNotFound) || errors.Is(err, kb.ErrNotFound) {
		return nil, fmt.Errorf("%s: %w", e.Kind, hooks.ErrGone)
	}
	if err != nil {
		return nil, err
	}
	if !names {
		a.hide(&c)
	}
	return json.Marshal(c)
}

// fill reads what an event is about.
func (a *API) fill(ctx context.Context, c *Call, e hooks.Event) error {
	if e.Conversation != "" {
		conv, err := a.Store.Conversation(ctx, e.Conversation)
		if err != nil {
			return err
		}
		v := viewConversation(conv, ours)
		c.Conversation = &v
	}
	if e.Message != "" {
		conv, seq, ok := e.Message.Parts()
		list, err := a.Store.Messages(ctx, conv, max(seq, 1)-1, 1)
		if err != nil {
			return err
		}
		if !ok || len(list) == 0 || list[0].ID != e.Message {
			return bot.ErrNotFound
		}
		v := viewMessage(list[0], ours)
		c.Message = &v
	}
	switch e.Kind {
	case hooks.RatingGiven, hooks.RatingCommented:
		c.Rating = &Rating{e.Label, e.Value}
	case hooks.DigestReady:
		c.Digest = &Digest{e.Week}
	case hooks.ArticlePublished:
		k, err := a.Store.Article(ctx, e.Article)
		k.Body = ""
		v := a.viewArticle(k)
		c.Article = &v
		return err
	case hooks.IncidentRaised, hooks.IncidentLifted:
		return a.incident(ctx, c, e.Incident)
	default:
		c.Reason = e.Label
	}
	return nil
}

func (a *API) incident(ctx context.Context, c *Call, id string) error {
	all, err := a.Store.Incidents(ctx)
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.ID == id {
			c.Incident = &Incident{i.ID, i.Topic, i.Intent, i.Text, i.Solved, i.Since, i.Until, i.Lifted}
			return nil
		}
	}
	return bot.ErrNotFound
}

// hide takes names of customers out, and masks what was said.
func (a *API) hide(c *Call) {
	var forms [][]rune
	mask := func(text string) string { return hideForms(a.Mask(text), forms) } // in this order: an address may hold a name
	if v := c.Conversation; v != nil {
		forms, v.Name = nameForms(v.Name), ""
		v.Preview = mask(v.Preview)
		if v.Handoff != nil {
			v.Handoff.Summary = mask(v.Handoff.Summary)
		}
	}
	m := c.Message
	if m == nil {
		return
	}
	m.Text = mask(m.Text)
	for i := range m.Buttons {
		m.Buttons[i] = mask(m.Buttons[i])
	}
	for i := range m.Files {
		m.Files[i].Name = mask(m.Files[i].Name)
	}
	if m.Author == bot.ByContact {
		m.AuthorName, m.AuthorID = "", ""
	}
}

// webhookDocs say when each kind of call is made.
func webhookDocs() map[hooks.Kind]string {
	return map[hooks.Kind]string{
		hooks.ConversationOpened: "A customer has begun a conversation.", hooks.ConversationHandedOff: "The bot has passed a conversation to people.",
		hooks.ConversationClaimed: "An agent has become the owner of a conversation.", hooks.ConversationReturned: "A conversation was given back to the bot.",
		hooks.ConversationResolved: "A conversation was closed.", hooks.ConversationReopened: "A closed conversation goes on.",
		hooks.MessageReceived: "A customer has written.", hooks.MessageSent: "Something was written to a customer; its delivery says how far it has got.",
		hooks.RatingGiven: "A customer has given a rating.", hooks.RatingCommented: "She has said why.",
		hooks.ArticlePublished: "An article answers customers now, or says something else than before.",
		hooks.IncidentRaised:   "A known problem is announced.", hooks.IncidentLifted: "It is over.", hooks.DigestReady: "The digest of a week is made.",
		hooks.Ping: "Sent by hand from the console, to try the address.",
	}
}

// describeWebhooks makes the webhooks of the OpenAPI document.
func describeWebhooks(schemas obj) (obj, error) {
	all := obj{}
	headers := []struct{ name, doc string }{
		{hooks.HeaderEvent, "The event."}, {hooks.HeaderDelivery, "\"id\" of the body."}, {hooks.HeaderAttempt, "From 1."},
		{hooks.HeaderTimestamp, "Unix seconds of this attempt."}, {hooks.HeaderSignature, "\"v1=\" and the HMAC-SHA256 in hexadecimal digits, under the endpoint's secret, of the timestamp, a full stop, and the body as it came."},
	}
	var params []obj
	for _, h := range headers {
		params = append(params, obj{"name": h.name, "in": "header", "required": true, "description": h.doc, "schema": obj{"type": "string"}})
	}
	schema := schemaOf(reflect.TypeFor[Call](), schemas)
	docs := webhookDocs()
	for _, kind := range append(hooks.Kinds(), hooks.Ping) {
		raw, err := examples.ReadFile("examples/webhooks/" + string(kind) + ".json")
		if err != nil {
			return nil, fmt.Errorf("api: example of the webhook %s: %w", kind, err)
		}
		all[string(kind)] = obj{"post": obj{
			"operationId": "webhook." + string(kind), "summary": docs[kind], "parameters": params, "security": []obj{},
			"requestBody": obj{"required": true, "content": obj{"application/json": obj{"schema": schema, "example": json.RawMessage(raw)}}},
			"responses": obj{"2XX": obj{"description": "Taken. Anything else, and no answer within ten seconds, is a failure: the call is made again."},
				"410": obj{"description": "No more calls, please: the endpoint is switched off."}},
		}}
	}
	return all, nil
}
