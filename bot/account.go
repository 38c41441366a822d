package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Accounts knows whose threads are whose where the shop itself vouches for its customers: see Person.Account.
type Accounts interface {
	// SignIn gives a person for whom the shop vouches the thread of the inbox that she began before she was known, with its
	// conversation and its contact, and reports whether it is hers now. It stays as it was when nothing was written there
	// within SignInWithin, when it is somebody else's, or when staff have split its contact from somebody. From then on
	// nobody reads it without being her.
	SignIn(ctx context.Context, inbox InboxID, who Person, begun string) (hers bool, err error)
	// ThreadsOf returns the threads of an inbox in which she wrote or which SignIn gave her, the one that was active last
	// first; none is no error.
	ThreadsOf(ctx context.Context, inbox InboxID, account string) ([]string, error)
}

var _ Accounts = (*Bot)(nil)

// SignInWithin is how long after her last message a visitor who signs in takes the thread with her. On a computer that many
// use, what lies there longer may be somebody else's.
const SignInWithin = 24 * time.Hour

// accountThreads is how many conversations of a person ThreadsOf looks at.
const accountThreads = 100

// AccountSource is the address, within an inbox, of whoever has an account at the shop.
func AccountSource(account string) string { return "user:" + account }

// ThreadsOf implements Accounts.
func (b *Bot) ThreadsOf(ctx context.Context, inbox InboxID, account string) ([]string, error) {
	c, err := b.cfg.Store.ContactAt(ctx, inbox, AccountSource(account))
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for the contact of an account: %w", err)
	}
	list, err := b.cfg.Store.Conversations(ctx, Filter{Contact: c.ID, Inbox: inbox, Limit: accountThreads})
	if err != nil {
		return nil, fmt.Errorf("look for the threads of %s: %w", c.ID, err)
	}
	var threads []string
	for _, conv := range list { // of her contact, staff may have joined others: they are not hers to read
		if conv.Account == account && !slices.Contains(threads, conv.Thread) {
			threads = append(threads, conv.Thread)
		}
	}
	return threads, nil
}

// SignIn implements Accounts.
func (b *Bot) SignIn(ctx context.Context, inbox InboxID, who Person, begun string) (bool, error) {
	for try := 1; ; try++ {
		hers, err := b.signIn(ctx, inbox, who, begun)
		if !errors.Is(err, ErrConflict) || try == deskTries {
			return hers, err
		}
	}
}

func (b *Bot) signIn(ctx context.Context, inbox InboxID, who Person, begun string) (bool, error) {
	conv, err := b.cfg.Store.Current(ctx, inbox, begun)
	switch {
	case errors.Is(err, ErrNotFound):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read the thread of who signs in: %w", err)
	case conv.Account != "":
		return conv.Account == who.Account, nil
	case b.now().Sub(conv.CustomerAt) > SignInWithin:
		return false, nil
	}
	anonymous, err := b.cfg.Store.Contact(ctx, conv.Contact)
	if err != nil {
		return false, fmt.Errorf("read the contact of who signs in: %w", err)
	}
	if anonymous.Noted.Apart || anonymous.Account != "" && anonymous.Account != who.Account {
		return false, nil
	}
	log := Event{At: b.now(), Actor: "system", Action: "contact.sign_in", Object: string(anonymous.ID)}
	contact, address := anonymous, &ContactInbox{Inbox: inbox, SourceID: AccountSource(who.Account), Contact: anonymous.ID}
	switch known, err := b.cfg.Store.ContactAt(ctx, inbox, AccountSource(who.Account)); {
	case err == nil && known.ID != anonymous.ID:
		log.Object, log.Detail = string(known.ID), string(anonymous.ID)
		if _, err := b.cfg.Store.MergeContacts(ctx, known.ID, anonymous.ID, log); err != nil {
			return false, fmt.Errorf("join who signs in with %s: %w", known.ID, err)
		}
		if contact, err = b.cfg.Store.Contact(ctx, known.ID); err != nil {
			return false, fmt.Errorf("read the contact of an account: %w", err)
		}
		address = nil
	case err == nil:
		address = nil
	case !errors.Is(err, ErrNotFound):
		return false, fmt.Errorf("look for the contact of an account: %w", err)
	}
	if conv, err = b.cfg.Store.Conversation(ctx, conv.ID); err != nil {
		return false, fmt.Errorf("read the conversation of who signs in: %w", err)
	}
	before := contact
	contact.tells(who)
	conv.Account, conv.Name, conv.UpdatedAt = who.Account, cmp.Or(who.Name, conv.Name), b.now() // she goes on here
	if _, err := b.commit(ctx, Change{Conversation: conv, Contact: &contact, Address: address, Log: []Event{log}}); err != nil {
		return false, err
	}
	b.joinKnown(ctx, before, contact)
	if err := b.Retier(ctx, contact.ID); err != nil {
		b.log.Error("bot: a conversation did not hear its tier", "contact", contact.ID, "err", err)
	}
	return true, nil
}

// tells takes over what a channel says of a person.
func (c *Contact) tells(p Person) {
	keep(&c.Name, p.Name)
	keep(&c.Lang, p.Lang)
	keep(&c.Email, p.Email)
	keep(&c.Phone, p.Phone)
	keep(&c.Account, p.Account)
	if len(p.Attrs) > 0 {
		c.Attrs = maps.Clone(c.Attrs)
		if c.Attrs == nil {
			c.Attrs = map[string]string{}
		}
		maps.Copy(c.Attrs, p.Attrs)
	}
}

// joinKnown joins a contact with whoever else has an e-mail address or a phone number that a channel has just vouched for. That
// it fails is logged only: her page offers it.
func (b *Bot) joinKnown(ctx context.Context, before, after Contact) {
	known := before.Verified()
	for _, value := range after.Verified() {
		if slices.Contains(known, value) {
			continue
		}
		log := Event{At: b.now(), Actor: "system"}
		joined, err := JoinVerified(ctx, b.cfg.Store, after.ID, value, log)
		if err == nil && joined {
			err = b.Retier(ctx, after.ID)
		}
		if err != nil {
			b.log.Error("bot: one person in two channels could not be joined", "contact", after.ID, "err", err)
		}
	}
}

// Joiner finds and joins contacts. A Store is one.
type Joiner interface {
	Contact(ctx context.Context, id ContactID) (Contact, error)
	FindContact(ctx context.Context, query string) ([]Contact, error)
	MergeContacts(ctx context.Context, into, from ContactID, log Event) (int, error)
}

// JoinVerified joins a contact with the one other contact for whom an address or number, as BuyerEmail and BuyerPhone write it,
// is verified too, and reports whether it did. It leaves both as they are when there are several others, when staff have split
// either from somebody, or when they are two accounts of the shop: then only staff can know. The log's At and Actor are given.
func JoinVerified(ctx context.Context, s Joiner, id ContactID, value string, log Event) (bool, error) {
	me, err := s.Contact(ctx, id)
	if err != nil || me.Noted.Apart || !slices.Contains(me.Verified(), value) {
		return false, err
	}
	_, text, _ := strings.Cut(value, ":")
	found, err := s.FindContact(ctx, text)
	if err != nil {
		return false, err
	}
	found = slices.DeleteFunc(found, func(o Contact) bool { return o.ID == id || !slices.Contains(o.Verified(), value) })
	if len(found) != 1 || found[0].Noted.Apart || me.Account != "" && found[0].Account != "" && me.Account != found[0].Account {
		return false, nil
	}
	log.Action, log.Object, log.Detail = "contact.merge", string(id), string(found[0].ID)+" (verified)"
	switch _, err = s.MergeContacts(ctx, id, found[0].ID, log); {
	case errors.Is(err, ErrNotFound): // joined or erased a moment ago
		return false, nil
	case err != nil:
		return false, err
	}
	return true, nil
}
