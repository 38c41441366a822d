package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Accounts knows whose threads are whose where the shop itself vouches for its customers: see Person.Account.
type Accounts interface {
	// SignIn gives a person for whom the shop vouches the thread of the inbox that she began before she was known, with its
	// conversation and its contact, and reports whether it is hers now. It stays as it was when nothing was written there
	// within SignInWithin, when it is somebody else's, when staff have split its contact from somebody, or when they know more of
	// its contact than that she wrote there: another address, or an e-mail address or a number that the shop does not vouch for.
	// From then on nobody reads it without being her.
	SignIn(ctx context.Context, inbox InboxID, who Person, begun string) (hers bool, err error)
	// ThreadsOf returns the threads of an inbox in which she wrote or which SignIn gave her, at most MostThreads, the one that
	// was active last first; none is no error.
	ThreadsOf(ctx context.Context, inbox InboxID, account string) ([]string, error)
}

var _ Accounts = (*Bot)(nil)

// SignInWithin is how long after her last message a visitor who signs in takes the thread with her. On a computer that many
// use, what lies there longer may be somebody else's.
const SignInWithin = 24 * time.Hour

// MostThreads is how many threads a page of a person shows: she has one for all her devices, and one more for each browser
// in which she began before she signed in.
const MostThreads = 10

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
	// Of her contact, staff may have joined others: their threads are not hers to read.
	threads, err := b.cfg.Store.Threads(ctx, c.ID, inbox, account, MostThreads)
	if err != nil {
		return nil, fmt.Errorf("look for the threads of %s: %w", c.ID, err)
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
	case conv.Account != "" && conv.Account != who.Account:
		return false, nil
	case conv.Account != "": // hers already, unless staff have parted it from her since
		known, err := b.accountContact(ctx, inbox, who.Account)
		if err != nil || known.ID != conv.Contact {
			return false, err
		}
		b.join(ctx, known.ID, who.vouched()) // a try before this one may have broken off there
		return true, nil
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
	known, err := b.accountContact(ctx, inbox, who.Account)
	if err != nil {
		return false, err
	}
	if known.ID != anonymous.ID {
		if only, err := b.onlyBegun(ctx, anonymous, ContactInbox{Inbox: inbox, SourceID: begun}, who); !only {
			return false, err
		}
	}
	err = b.takeOver(ctx, conv.ID, who, known, anonymous)
	return err == nil, err
}

// takeOver makes a conversation of a visitor that of a person, and one contact of the visitor's and the one by which she is known.
func (b *Bot) takeOver(ctx context.Context, id ConversationID, who Person, known, anonymous Contact) error {
	log := Event{At: b.now(), Actor: "system", Action: "contact.sign_in", Object: string(anonymous.ID)}
	contact := anonymous
	if known.ID != "" && known.ID != anonymous.ID {
		log.Object, log.Detail = string(known.ID), string(anonymous.ID)
		if _, err := b.cfg.Store.MergeContacts(ctx, known.ID, anonymous.ID, log); err != nil {
			return fmt.Errorf("join who signs in with %s: %w", known.ID, err)
		}
		var err error
		if contact, err = b.cfg.Store.Contact(ctx, known.ID); err != nil {
			return fmt.Errorf("read the contact of an account: %w", err)
		}
	}
	conv, err := b.cfg.Store.Conversation(ctx, id)
	if err != nil {
		return fmt.Errorf("read the conversation of who signs in: %w", err)
	}
	contact.tells(who)
	conv.Account, conv.Name, conv.UpdatedAt = who.Account, cmp.Or(who.Name, conv.Name), b.now() // she goes on here
	change := Change{Conversation: conv, Contact: &contact, Log: []Event{log}}
	if known.ID == "" {
		change.Address = &ContactInbox{Inbox: conv.Inbox, SourceID: AccountSource(who.Account), Contact: contact.ID}
	}
	if _, err := b.commit(ctx, change); err != nil {
		return err
	}
	b.join(ctx, contact.ID, who.vouched())
	if err := b.Retier(ctx, contact.ID); err != nil {
		b.log.Error("bot: a conversation did not hear its tier", "contact", contact.ID, "err", err)
	}
	return nil
}

// accountContact is the contact of an account, without an ID when it has none yet.
func (b *Bot) accountContact(ctx context.Context, inbox InboxID, account string) (Contact, error) {
	c, err := b.cfg.Store.ContactAt(ctx, inbox, AccountSource(account))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Contact{}, fmt.Errorf("look for the contact of an account: %w", err)
	}
	return c, nil
}

// onlyBegun reports whether nothing is known for sure of a contact but that she wrote at an address, and what the shop vouches for.
// On a computer that many use, the one who wrote before may have told staff who she is: that, and her orders, are not for
// whoever signs in next.
func (b *Bot) onlyBegun(ctx context.Context, c Contact, begun ContactInbox, who Person) (bool, error) {
	vouched := who.vouched()
	if slices.ContainsFunc(c.Verified(), func(value string) bool { return !slices.Contains(vouched, value) }) {
		return false, nil
	}
	addresses, err := b.cfg.Store.Addresses(ctx, c.ID)
	if err != nil {
		return false, fmt.Errorf("read the addresses of %s: %w", c.ID, err)
	}
	return !slices.ContainsFunc(addresses, func(a ContactInbox) bool { return a.Inbox != begun.Inbox || a.SourceID != begun.SourceID }), nil
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

// vouched are the e-mail address and the phone number that a channel says are a person's, as BuyerEmail and BuyerPhone write them.
func (p Person) vouched() []string { return Contact{Email: p.Email, Phone: p.Phone}.Verified() }

// joinKnown joins a contact with whoever else has an e-mail address or a phone number that a channel has just vouched for.
func (b *Bot) joinKnown(ctx context.Context, before, after Contact) {
	known := before.Verified()
	b.join(ctx, after.ID, slices.DeleteFunc(after.Verified(), func(value string) bool { return slices.Contains(known, value) }))
}

// join joins a contact with whoever else has one of her addresses and numbers. That it fails is logged only: her page offers it.
func (b *Bot) join(ctx context.Context, id ContactID, values []string) {
	for _, value := range values {
		joined, err := JoinVerified(ctx, b.cfg.Store, id, value, Event{At: b.now(), Actor: "system"})
		if err == nil && joined {
			err = b.Retier(ctx, id)
		}
		if err != nil {
			b.log.Error("bot: one person in two channels could not be joined", "contact", id, "err", err)
		}
	}
}

// resumeJoins joins those whom a crash, or a store that could not write, has left apart: each join is a write of its own, after
// the one that made it known.
func (b *Bot) resumeJoins(ctx context.Context) {
	shared, err := b.cfg.Store.SharedReaches(ctx)
	for _, value := range shared {
		var same []Contact
		if same, err = b.cfg.Store.ContactsVerified(ctx, value); err != nil {
			break
		}
		if len(same) > 1 { // not joined meanwhile
			b.join(ctx, same[0].ID, []string{value})
		}
	}
	if err != nil && ctx.Err() == nil {
		b.log.Error("bot: people in two channels could not be looked for", "err", err)
	}
}

// Joiner finds and joins contacts. A Store is one.
type Joiner interface {
	Contact(ctx context.Context, id ContactID) (Contact, error)
	ContactsVerified(ctx context.Context, value string) ([]Contact, error)
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
	found, err := s.ContactsVerified(ctx, value)
	if err != nil {
		return false, err
	}
	found = slices.DeleteFunc(found, func(o Contact) bool { return o.ID == id })
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
