package api

import (
	"huiyin/bot"
	"huiyin/console"
)

func (a *API) notedRoutes() []route {
	act := console.Converse
	return []route{
		{id: "setAttribute", method: "PUT", path: "/contacts/{id}/attributes/{name}", action: act, body: Value{}, status: 200, answer: Contact{}, serve: a.setAttribute,
			summary: "Notes an attribute of a contact: a name of at most 64 characters, a value of at most 1,000. It wins over what her channels tell under the same name. At most 50."},
		{id: "removeAttribute", method: "DELETE", path: "/contacts/{id}/attributes/{name}", action: act, status: 200, answer: Contact{}, serve: a.removeAttribute,
			summary: "Takes a noted attribute away; one that is not noted is no error. What her channels tell under the name shows again."},
		{id: "setContactTags", method: "PUT", path: "/contacts/{id}/tags", action: act, body: Tags{}, status: 200, answer: Contact{}, serve: a.setContactTags,
			summary: "Replaces the tags of a contact: lower case, at most 30 of at most 32 characters. An empty list takes all away."},
	}
}

// Value is the value of an attribute.
type Value struct {
	Value string `json:"value"`
}

// edit notes something about a contact. The audit log has the name of what was noted, and not its value.
func (a *API) edit(c *call, e bot.NotedEdit, what string) (any, error) {
	e, err := e.Check()
	if err != nil {
		return nil, err
	}
	log := bot.Event{At: a.Now(), Actor: string(c.agent.ID), Action: "api." + c.route.id, Object: c.r.PathValue("id"), Detail: what + " token " + c.token.ID}
	after, err := a.Store.NoteContact(c.r.Context(), bot.ContactID(c.r.PathValue("id")), e, log)
	return viewContact(after), err
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
