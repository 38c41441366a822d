package store

import (
	"maps"
	"slices"
	"strings"

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

// Part divides a contact into who stays and who is behind one of its addresses, named as given. Neither is joined by itself again.
// What the shop says of an account goes with the account's address; what staff have noted stays.
func Part(c bot.Contact, a bot.ContactInbox, as bot.ContactID) (stays, alone bot.Contact) {
	alone = bot.Contact{ID: as, CreatedAt: c.CreatedAt, SeenAt: c.SeenAt, Arms: maps.Clone(c.Arms), Noted: bot.Noted{Apart: true}}
	if account := accountAt(a); account != "" && account == c.Account {
		alone.Account, alone.Email, alone.Phone = c.Account, c.Email, c.Phone
		c.Account, c.Email, c.Phone = "", "", ""
	}
	c.Noted.Apart = true
	return c, alone
}

// GoesAlong reports whether a conversation of a contact, begun by author, goes with the address that is parted from it: it began
// there, or it belongs to the account of that address.
func GoesAlong(c bot.Conversation, author string, a bot.ContactInbox) bool {
	account := accountAt(a)
	return c.Inbox == a.Inbox && (author == a.SourceID || account != "" && c.Account == account)
}

// accountAt is the account whose address it is; empty: it is another kind of address.
func accountAt(a bot.ContactInbox) string {
	account, ok := strings.CutPrefix(a.SourceID, bot.AccountSource(""))
	if !ok {
		return ""
	}
	return account
}

// Reaches are the addresses and numbers by which a contact is found as verified: those that can be part of a key.
func Reaches(c bot.Contact) []string {
	return slices.DeleteFunc(c.Verified(), func(value string) bool { return CheckID("verified address", value) != nil })
}

// HasAccount reports whether the thread of a conversation is found by its contact and account.
func HasAccount(c bot.Conversation) bool {
	return c.Contact != "" && CheckID("account", c.Account) == nil
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
