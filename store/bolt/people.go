package bolt

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"huiyin/bot"
	"huiyin/store"
)

// Addresses implements bot.PeopleStore.
func (s *Store) Addresses(ctx context.Context, id bot.ContactID) ([]bot.ContactInbox, error) {
	var all []bot.ContactInbox
	err := s.view(ctx, func(x *txn) error {
		all = x.addressesOf(id)
		return nil
	})
	store.SortAddresses(all)
	return all, err
}

// ContactsVerified implements bot.PeopleStore.
func (s *Store) ContactsVerified(ctx context.Context, value string) ([]bot.Contact, error) {
	var found []bot.Contact
	prefix := name(nil, value)
	err := s.view(ctx, func(x *txn) error {
		found = nil
		for k := range x.scan(tByReach, prefix, nil) {
			c, known, err := record[bot.Contact](x, tContacts, k[len(prefix):])
			if err != nil || !known {
				return errors.Join(err, fmt.Errorf("%w: an address knows contact %s, but it is missing", store.ErrCorrupt, k[len(prefix):]))
			}
			found = append(found, c)
		}
		return nil
	})
	store.SortContacts(found)
	return found, err
}

// SharedReaches implements bot.PeopleStore.
func (s *Store) SharedReaches(ctx context.Context) ([]string, error) {
	var shared []string
	err := s.view(ctx, func(x *txn) error {
		shared = nil
		last, n := "", 0
		for k := range x.scan(tByReach, nil, nil) {
			value, _ := cut(k)
			if value != last {
				last, n = value, 0
			}
			if n++; n == 2 {
				shared = append(shared, value)
			}
		}
		return nil
	})
	return shared, err
}

// Threads implements bot.PeopleStore.
func (s *Store) Threads(ctx context.Context, id bot.ContactID, inbox bot.InboxID, account string, limit int) ([]string, error) {
	var threads []string
	err := s.view(ctx, func(x *txn) error {
		threads = nil
		for _, v := range x.backward(tThreadsOf, threadsPrefix(id, inbox, account)) {
			if len(threads) == limit {
				break
			}
			if thread := string(v); !slices.Contains(threads, thread) {
				threads = append(threads, thread)
			}
		}
		return nil
	})
	return threads, err
}

// FactsOf implements bot.PeopleStore.
func (s *Store) FactsOf(ctx context.Context, id bot.ConversationID) ([]bot.Fact, error) {
	var all []bot.Fact
	err := s.view(ctx, func(x *txn) error {
		all = nil
		prefix := factRef(id, nil)
		for _, key := range x.keys(tConversations, prefix) {
			f, found, err := record[bot.Fact](x, tFacts, key[len(prefix):])
			if err != nil || !found {
				return errors.Join(err, fmt.Errorf("%w: a fact of conversation %s is missing", store.ErrCorrupt, id))
			}
			all = append(all, f)
		}
		return nil
	})
	return all, err
}

// MergeContacts implements bot.PeopleStore.
func (s *Store) MergeContacts(ctx context.Context, into, from bot.ContactID, log bot.Event) (int, error) {
	entry, err := encode(log)
	if err != nil {
		return 0, err
	}
	moved := 0
	err = s.write(ctx, func(x *txn) error {
		kept, ok, errInto := record[bot.Contact](x, tContacts, []byte(into))
		gone, okFrom, errFrom := record[bot.Contact](x, tContacts, []byte(from))
		switch {
		case errInto != nil || errFrom != nil:
			return errors.Join(errInto, errFrom)
		case !ok || !okFrom:
			return fmt.Errorf("contact %s or %s: %w", into, from, bot.ErrNotFound)
		case into == from:
			return fmt.Errorf("contact %s is merged with herself: %w", into, bot.ErrConflict)
		}
		for _, a := range x.addressesOf(from) {
			if err := x.moveAddress(a, into); err != nil {
				return err
			}
		}
		list, err := x.conversationsOf(from)
		if err != nil {
			return err
		}
		for _, c := range list {
			if err := x.moveConversation(c, into); err != nil {
				return err
			}
		}
		moved = len(list)
		rules, _, err := record[bot.DeskRules](x, tMeta, []byte(rulesKey))
		if err != nil {
			return err
		}
		after := store.Inherit(kept, gone, rules)
		return errors.Join(x.reindex(append(contactIndex(kept), contactIndex(gone)...), contactIndex(after)),
			x.save(tContacts, []byte(into), after), x.delete(tContacts, []byte(from)), x.addLog(entry))
	})
	return moved, err
}

// NoteContact implements bot.PeopleStore.
func (s *Store) NoteContact(ctx context.Context, id bot.ContactID, e bot.NotedEdit, log bot.Event) (bot.Contact, error) {
	entry, err := encode(log)
	if err != nil {
		return bot.Contact{}, err
	}
	var after bot.Contact
	err = s.write(ctx, func(x *txn) error {
		c, ok, err := record[bot.Contact](x, tContacts, []byte(id))
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("contact %s: %w", id, bot.ErrNotFound)
		}
		after = c
		if after.Noted, err = e.Apply(c.Noted); err != nil {
			return err
		}
		return errors.Join(x.reindex(contactIndex(c), contactIndex(after)), x.save(tContacts, []byte(id), after), x.addLog(entry))
	})
	return after, err
}

// SplitContact implements bot.PeopleStore.
func (s *Store) SplitContact(ctx context.Context, a bot.ContactInbox, as bot.ContactID, log bot.Event) (int, error) {
	if err := store.CheckID("id of the contact", string(as)); err != nil {
		return 0, err
	}
	entry, err := encode(log)
	if err != nil {
		return 0, err
	}
	moved := 0
	err = s.write(ctx, func(x *txn) error {
		owner := x.get(tAddresses, addressKey(a.Inbox, a.SourceID))
		switch {
		case owner == nil || string(owner) != string(a.Contact):
			return fmt.Errorf("contact %s has no such address: %w", a.Contact, bot.ErrNotFound)
		case len(x.addressesOf(a.Contact)) < 2, x.get(tContacts, []byte(as)) != nil, x.has(tErased, contactHash(as)):
			return fmt.Errorf("contact %s cannot be split: %w", a.Contact, bot.ErrConflict)
		}
		before, _, err := record[bot.Contact](x, tContacts, []byte(a.Contact))
		if err != nil {
			return err
		}
		stays, alone := store.Part(before, a, as)
		list, err := x.conversationsOf(a.Contact)
		if err != nil {
			return err
		}
		moved = 0
		for _, c := range list {
			author, err := x.firstAuthor(c.ID)
			if err != nil {
				return err
			}
			if !store.GoesAlong(c, author, a) {
				continue
			}
			if err := x.moveConversation(c, as); err != nil {
				return err
			}
			alone.Name = cmp.Or(alone.Name, c.Name)
			moved++
		}
		return errors.Join(x.reindex(contactIndex(before), append(contactIndex(stays), contactIndex(alone)...)),
			x.moveAddress(a, as), x.save(tContacts, []byte(a.Contact), stays), x.save(tContacts, []byte(as), alone), x.addLog(entry))
	})
	return moved, err
}

func (x *txn) moveAddress(a bot.ContactInbox, to bot.ContactID) error {
	after := a
	after.Contact = to
	return errors.Join(x.delete(tAddressesOf, addressOfKey(a)), x.put(tAddressesOf, addressOfKey(after), nil),
		x.put(tAddresses, addressKey(a.Inbox, a.SourceID), []byte(to)))
}

func (x *txn) moveConversation(c bot.Conversation, to bot.ContactID) error {
	after := c
	after.Contact = to
	after.Version++
	return errors.Join(x.touchMessages(c.ID), x.reindex(conversationIndex(c), conversationIndex(after)), x.save(tConversations, conversationKey(c.ID), after))
}

// conversationsOf reads all conversations of a contact.
func (x *txn) conversationsOf(id bot.ContactID) ([]bot.Conversation, error) {
	var all []bot.Conversation
	prefix := name(nil, id)
	for _, key := range x.keys(tByContact, prefix) {
		c, err := x.conversation(string(bytes.TrimPrefix(key, prefix)))
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// firstAuthor is the source id of who began a conversation.
func (x *txn) firstAuthor(id bot.ConversationID) (string, error) {
	for _, v := range x.scan(tConversations, messagePrefix(id), nil) {
		var m bot.Message
		if err := decode(v, &m); err != nil {
			return "", err
		}
		if m.Direction == bot.Incoming {
			return m.AuthorID, nil
		}
	}
	return "", nil
}
