package store

import (
	"huiyin/bot"
)

// Person is where a contact is known, to tell which stored events are hers when she is erased.
type Person struct {
	addresses, threads map[place]bool
}

type place struct {
	inbox bot.InboxID
	id    string
}

// NewPerson makes one who is known nowhere yet.
func NewPerson() *Person {
	return &Person{addresses: map[place]bool{}, threads: map[place]bool{}}
}

// AddAddress adds the platform's id of her in an inbox.
func (p *Person) AddAddress(inbox bot.InboxID, sourceID string) {
	p.addresses[place{inbox, sourceID}] = true
}

// AddThread adds the thread of a conversation of hers.
func (p *Person) AddThread(inbox bot.InboxID, thread string) { p.threads[place{inbox, thread}] = true }

// Sent reports whether an event is hers: sent by her, or, when it does not say by whom, in a thread of hers.
func (p *Person) Sent(e bot.Inbound) bool {
	if e.From.SourceID != "" {
		return p.addresses[place{e.Inbox, e.From.SourceID}]
	}
	return p.threads[place{e.Inbox, e.Thread}]
}

// CheckToken makes sure that a token can be stored.
func CheckToken(t bot.Token) error {
	for what, id := range map[string]string{"id of the token": t.ID, "hash of the token": t.Hash, "agent of the token": string(t.Agent)} {
		if err := CheckID(what, id); err != nil {
			return err
		}
	}
	return nil
}

// CheckAgent makes sure that an agent can be stored.
func CheckAgent(a bot.Agent) error {
	if err := CheckID("id of the agent", string(a.ID)); err != nil {
		return err
	}
	return CheckID("e-mail address of the agent", FoldEmail(a.Email))
}
