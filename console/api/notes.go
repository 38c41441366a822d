package api

import (
	"cmp"
	"errors"

	"huiyin/bot"
)

func (a *API) notedRoutes() []route {
	act := bot.Converse
	return []route{
		{id: "setAttribute", method: "PUT", path: "/contacts/{id}/attributes/{name}", action: act, body: Value{}, status: 200, answer: Contact{}, serve: a.setAttribute,
			summary: "Notes an attribute of a contact: a name of at most 64 characters, a value of at most 1,000. It wins over what her channels tell under the same name. At most 50."},
		{id: "removeAttribute", method: "DELETE", path: "/contacts/{id}/attributes/{name}", action: act, status: 200, answer: Contact{}, serve: a.removeAttribute,
			summary: "Takes a noted attribute away; one that is not noted is no error. What her channels tell under the name shows again."},
		{id: "setContactTags", method: "PUT", path: "/contacts/{id}/tags", action: act, body: Tags{}, status: 200, answer: Contact{}, serve: a.setContactTags,
			summary: "Replaces the tags of a contact: lower case, at most 30 of at most 32 characters. An empty list takes all away. Tags that the desk's rules give to a tier lead to it at once."},
		{id: "setTier", method: "PUT", path: "/contacts/{id}/tier", action: act, body: TierOf{}, status: 200, answer: Contact{}, serve: a.setTier,
			summary: "Puts a contact into a tier of the desk's rules, or with an empty key into none; she stays in a higher one that her tags lead to. Her place in the queue and what she is promised follow at once."},
	}
}

// Value is the value of an attribute.
type Value struct {
	Value string `json:"value"`
}

// TierOf is the tier of a contact.
type TierOf struct {
	Tier string `json:"tier" doc:"Its key, as in the desk rules of the console; empty: none."`
}

// setTier puts a contact into a tier. The audit log has its key, which is no personal data.
func (a *API) setTier(c *call) (any, error) {
	id, tier := c.r.PathValue("id"), bot.CleanTier(c.body.(*TierOf).Tier)
	log := bot.Event{At: a.Now(), Actor: string(c.agent.ID), Action: "api." + c.route.id, Object: id, Detail: cmp.Or(tier, "none") + " token " + c.token.ID}
	after, err := a.Desk.SetTier(c.r.Context(), bot.ContactID(id), tier, log)
	if errors.Is(err, bot.ErrNoted) {
		return nil, &Problem{Status: 422, Code: "tier", Title: "There is no such tier.", Where: "body.tier", Advice: "Use a key of the tiers in the desk rules of the console, or an empty one for none."}
	}
	return a.viewContact(after), err
}

// edit notes something about a contact. The audit log has the name of what was noted, and not its value.
func (a *API) edit(c *call, e bot.NotedEdit, what string) (any, error) {
	e, err := e.Check()
	if err != nil {
		return nil, err
	}
	log := bot.Event{At: a.Now(), Actor: string(c.agent.ID), Action: "api." + c.route.id, Object: c.r.PathValue("id"), Detail: what + " token " + c.token.ID}
	after, err := a.Store.NoteContact(c.r.Context(), bot.ContactID(c.r.PathValue("id")), e, log)
	if err == nil && e.Tags != nil { // some may lead to a tier
		err = a.Desk.Retier(c.r.Context(), after.ID)
	}
	return a.viewContact(after), err
}

func (a *API) setAttribute(c *call) (any, error) {
	name := c.r.PathValue("name")
	return a.edit(c, bot.NotedEdit{Set: map[string]string{name: c.body.(*Value).Value}}, name)
}

func (a *API) removeAttribute(c *call) (any, error) {
	name := c.r.PathValue("name")
	return a.edit(c, bot.NotedEdit{Remove: []string{name}}, name)
}

func (a *API) setContactTags(c *call) (any, error) {
	return a.edit(c, bot.NotedEdit{Tags: append([]string{}, c.body.(*Tags).Tags...)}, "tags")
}
