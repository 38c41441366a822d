package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/store"
)

// EraseContact implements bot.PrivacyStore. The bytes stay in free pages of the file until these are used again, or until
// the next start, which rids the file of them; a backup has none of them.
func (s *Store) EraseContact(ctx context.Context, id bot.ContactID, log bot.Event) (int, error) {
	entry, err := encode(log)
	if err != nil {
		return 0, err
	}
	gaps, err := s.gapsOf(ctx, id)
	if err != nil {
		return 0, err
	}
	erased := 0
	err = s.write(ctx, func(x *txn) (err error) {
		if x.get(tContacts, []byte(id)) == nil {
			return fmt.Errorf("contact %s: %w", id, bot.ErrNotFound)
		}
		erased, err = x.eraseContact(ctx, id, gaps)
		return errors.Join(err, x.addLog(entry))
	})
	return erased, err
}

// gapsOf finds the keys of gaps that name a contact, whatever conversation they are of.
func (s *Store) gapsOf(ctx context.Context, id bot.ContactID) ([][]byte, error) {
	var keys [][]byte
	err := s.view(ctx, func(x *txn) error {
		for k, v := range x.scan(tGaps, nil, nil) {
			var g kb.Gap
			if err := decode(v, &g); err != nil {
				return err
			}
			if g.Contact == string(id) {
				keys = append(keys, bytes.Clone(k))
			}
		}
		return nil
	})
	return keys, err
}

func (x *txn) eraseContact(ctx context.Context, id bot.ContactID, gaps [][]byte) (erased int, err error) {
	x.known.forget() // nothing of her stays in memory either
	contact, _, err := record[bot.Contact](x, tContacts, []byte(id))
	if err != nil {
		return 0, err
	}
	person, known := store.NewPerson(), []bot.ContactInbox(nil)
	prefix := name(nil, id)
	for _, key := range x.keys(tAddressesOf, prefix) {
		inbox, source := cut(key[len(prefix):])
		person.AddAddress(bot.InboxID(inbox), string(source))
		known = append(known, bot.ContactInbox{Inbox: bot.InboxID(inbox), SourceID: string(source), Contact: id})
		if err := errors.Join(x.delete(tAddressesOf, key), x.delete(tAddresses, key[len(prefix):])); err != nil {
			return 0, err
		}
	}
	for _, key := range x.keys(tByContact, prefix) {
		conv, err := x.conversation(string(key[len(prefix):]))
		if err != nil {
			return 0, err
		}
		person.AddThread(conv.Inbox, conv.Thread)
		n, err := x.eraseConversation(conv)
		if err != nil {
			return 0, err
		}
		erased += n
	}
	for _, key := range gaps {
		if err := x.eraseGap(key); err != nil {
			return 0, err
		}
	}
	if err := errors.Join(x.eraseEvents(person), x.eraseOrders(ctx, bot.Buyers(contact, known))); err != nil {
		return 0, err
	}
	return erased, errors.Join(x.reindex(contactIndex(contact), nil), x.delete(tContacts, []byte(id)), x.put(tErased, contactHash(id), nil), x.put(tMeta, []byte(scrubKey), []byte{1}))
}

// eraseConversation removes a conversation with all that belongs to it, files too; facts stay, without their labels.
func (x *txn) eraseConversation(conv bot.Conversation) (messages int, err error) {
	prefix := conversationPrefix(conv.ID)
	for _, key := range x.keys(tConversations, prefix) {
		switch rest := key[len(prefix):]; rest[0] {
		case partMessage:
			m, _, err := record[bot.Message](x, tConversations, key)
			if err := errors.Join(err, x.touch(m.At), x.reindex(messageIndex(m), nil), x.refile(m, bot.Message{})); err != nil {
				return 0, err
			}
			messages++
		case partFact:
			f, found, err := record[bot.Fact](x, tFacts, rest[1:])
			if err != nil || !found {
				return 0, errors.Join(err, fmt.Errorf("%w: a fact of conversation %s is missing", store.ErrCorrupt, conv.ID))
			}
			f.Label = ""
			if err := x.touch(f.End); err != nil {
				return 0, err
			}
			if err := x.save(tFacts, rest[1:], f); err != nil {
				return 0, err
			}
		case partGap:
			if err := x.eraseGap(rest[1:]); err != nil {
				return 0, err
			}
			continue // its reference is gone with it
		}
		if err := x.delete(tConversations, key); err != nil {
			return 0, err
		}
	}
	return messages, errors.Join(x.reindex(conversationIndex(conv), nil), x.eraseReviews(conv.ID), x.eraseUnnamed(conv))
}

// eraseGap removes a gap; one that is gone already is no error.
func (x *txn) eraseGap(key []byte) error {
	g, found, err := record[kb.Gap](x, tGaps, key)
	if err != nil || !found {
		return err
	}
	return errors.Join(x.reindex(gapIndex(g), nil), x.delete(tGaps, key))
}

// eraseEvents removes the events of a person that wait or could not be processed; the hashes by which repeats are known stay.
func (x *txn) eraseEvents(person *store.Person) error {
	for _, t := range []table{tPending, tQuarantined} {
		for _, key := range x.keys(t, nil) {
			a, _, err := record[bot.Accepted](x, t, key)
			if err == nil && person.Sent(a.Inbound) {
				err = errors.Join(x.delete(t, key), x.delete(tAttempts, key))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// FindContact implements bot.PrivacyStore. It looks at every contact.
func (s *Store) FindContact(ctx context.Context, query string) ([]bot.Contact, error) {
	var found []bot.Contact
	if strings.TrimSpace(query) == "" {
		return nil, ctx.Err()
	}
	err := s.view(ctx, func(x *txn) error {
		for _, v := range x.scan(tContacts, nil, nil) {
			var c bot.Contact
			if err := errorOr(decode(v, &c), ctx); err != nil {
				return err
			}
			if store.MatchesContact(query, c, x.addressesOf(c.ID)) {
				found = append(found, c)
			}
		}
		return nil
	})
	store.SortContacts(found)
	return found, err
}

func (x *txn) addressesOf(id bot.ContactID) []bot.ContactInbox {
	var all []bot.ContactInbox
	prefix := name(nil, id)
	for k := range x.scan(tAddressesOf, prefix, nil) {
		inbox, source := cut(k[len(prefix):])
		all = append(all, bot.ContactInbox{Inbox: bot.InboxID(inbox), SourceID: string(source), Contact: id})
	}
	return all
}
