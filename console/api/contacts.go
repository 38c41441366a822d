package api

import (
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

func (a *API) contactRoutes() []route {
	return []route{
		{id: "findContacts", method: "GET", path: "/contacts", action: bot.ReadInbox, status: 200, answer: Contacts{}, serve: a.contacts,
			summary: "Contacts by e-mail, phone, name or the platform's id of the person, those seen last first.",
			query:   []param{{name: "query", kind: "text", required: true, doc: "What is known of her; letters' case does not matter."}, limitParam}},
		{id: "getContact", method: "GET", path: "/contacts/{id}", action: bot.ReadInbox, status: 200, answer: Contact{}, serve: a.contact,
			summary: "One contact, with where she is known. Her conversations: listConversations with her id."},
	}
}

// Contact is a person.
type Contact struct {
	ID        bot.ContactID     `json:"id"`
	Name      string            `json:"name,omitempty"`
	Lang      nlp.Lang          `json:"lang,omitempty"`
	Email     string            `json:"email,omitempty"`
	Phone     string            `json:"phone,omitempty"`
	Account   string            `json:"account,omitempty" doc:"Her id at the shop, whose server has vouched for her; missing: not known."`
	Attrs     map[string]string `json:"attrs,omitempty" doc:"What channels and forms have told about her, and what staff and programs have noted, which wins."`
	Tier      string            `json:"tier,omitempty" doc:"Key of the tier that she is in, by setTier or by one of her tags, whichever is the higher one; missing: none."`
	Tags      []string          `json:"tags,omitempty" doc:"That staff and programs have noted."`
	NPS       *Score            `json:"nps,omitempty" doc:"What she said last when she was asked whether she would recommend the shop."`
	Addresses []Address         `json:"addresses,omitempty" doc:"Where she is known; of one contact only."`
	CreatedAt time.Time         `json:"created_at"`
	SeenAt    time.Time         `json:"seen_at"`
}

// Score is an answer from 0 to 10.
type Score struct {
	Value int       `json:"value" doc:"0 to 10."`
	At    time.Time `json:"at"`
}

// Address is where a contact is known.
type Address struct {
	Inbox    bot.InboxID `json:"inbox"`
	SourceID string      `json:"source_id" doc:"The platform's id of the person."`
}

// Contacts are those that were found.
type Contacts struct {
	Contacts []Contact `json:"contacts"`
	More     bool      `json:"more,omitempty" doc:"There are more than the limit: ask more exactly."`
}

func (a *API) viewContact(c bot.Contact) Contact {
	rules, _ := a.Desk.Rules()
	v := Contact{ID: c.ID, Name: c.Name, Lang: c.Lang, Email: c.Email, Phone: c.Phone, Account: c.Account, Attrs: c.AllAttrs(), Tier: rules.TierOf(c.Noted), Tags: c.Noted.Tags, CreatedAt: c.CreatedAt, SeenAt: c.SeenAt}
	if c.NPS != nil {
		v.NPS = &Score{c.NPS.Value, c.NPS.At}
	}
	return v
}

func (a *API) contacts(c *call) (any, error) {
	found, err := a.Store.FindContact(c.r.Context(), c.text("query"))
	if err != nil {
		return nil, err
	}
	list := Contacts{Contacts: []Contact{}, More: len(found) > c.limit()}
	for _, one := range found[:min(len(found), c.limit())] {
		list.Contacts = append(list.Contacts, a.viewContact(one))
	}
	return list, nil
}

func (a *API) contact(c *call) (any, error) {
	id := bot.ContactID(c.r.PathValue("id"))
	found, err := a.Store.Contact(c.r.Context(), id)
	if err != nil {
		return nil, err
	}
	addresses, err := a.Store.Addresses(c.r.Context(), id)
	v := a.viewContact(found)
	for _, at := range addresses {
		v.Addresses = append(v.Addresses, Address{at.Inbox, at.SourceID})
	}
	return v, err
}
