package bolt

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"huiyin/bot"
	"huiyin/store"
)

// one reads one record, or returns notFound with what names it.
func one[T any](ctx context.Context, s *Store, t table, key []byte, what string, notFound error) (T, error) {
	var v T
	err := s.view(ctx, func(x *txn) error {
		var found bool
		var err error
		v, found, err = record[T](x, t, key)
		if err == nil && !found {
			err = fmt.Errorf("%s: %w", what, notFound)
		}
		return err
	})
	return v, err
}

// Conversation implements bot.ConversationStore.
func (s *Store) Conversation(ctx context.Context, id bot.ConversationID) (bot.Conversation, error) {
	var c bot.Conversation
	err := s.view(ctx, func(x *txn) error {
		var found bool
		var err error
		c, found, err = x.readConversation(id)
		if err == nil && !found {
			err = fmt.Errorf("conversation %s: %w", id, bot.ErrNotFound)
		}
		return err
	})
	return c, err
}

// conversation reads one that an index knows.
func (x *txn) conversation(id string) (bot.Conversation, error) {
	c, found, err := x.readConversation(bot.ConversationID(id))
	if err == nil && !found {
		err = fmt.Errorf("%w: an index knows conversation %s, but it is missing", store.ErrCorrupt, id)
	}
	return c, err
}

// Current implements bot.ConversationStore: the newest is the one created last.
func (s *Store) Current(ctx context.Context, inbox bot.InboxID, thread string) (bot.Conversation, error) {
	var c bot.Conversation
	err := s.view(ctx, func(x *txn) (err error) {
		prefix := name(name(nil, inbox), thread)
		for k := range x.backward(tLanes, prefix) {
			c, err = x.conversation(string(k[len(prefix)+8:]))
			return err
		}
		return fmt.Errorf("conversation of a thread in %s: %w", inbox, bot.ErrNotFound)
	})
	return c, err
}

// Conversations implements bot.ConversationStore. It walks the one index that fits the filter best.
func (s *Store) Conversations(ctx context.Context, f bot.Filter) ([]bot.Conversation, error) {
	var found []bot.Conversation
	limit := store.Limit(f.Limit)
	err := s.view(ctx, func(x *txn) error {
		if f.Contact != "" {
			return x.ofContact(ctx, f, &found)
		}
		t, prefixes := rangesOf(f)
		return x.newest(t, prefixes, f, func(id string) (bool, error) {
			c, err := x.conversation(id)
			if err == nil && store.Matches(f, c) {
				found = append(found, c)
			}
			return len(found) < limit, errorOr(err, ctx)
		})
	})
	return found[:min(len(found), limit)], err
}

// rangesOf says which parts of which index hold what a filter selects, each in order of UpdatedAt.
func rangesOf(f bot.Filter) (t table, prefixes [][]byte) {
	t = tByStatus
	var prefix []byte
	if f.Agent != "" {
		t, prefix = tByAgent, name(nil, f.Agent)
	}
	statuses := f.Statuses
	if len(statuses) == 0 {
		statuses = store.Statuses()
	}
	seen := map[int]bool{}
	for _, status := range statuses {
		if rank := store.StatusRank(status); rank >= 0 && !seen[rank] {
			seen[rank] = true
			prefixes = append(prefixes, append(bytes.Clone(prefix), byte(rank)))
		}
	}
	return t, prefixes
}

// ofContact finds the conversations of a contact, of whom there are few, the newest first.
func (x *txn) ofContact(ctx context.Context, f bot.Filter, found *[]bot.Conversation) error {
	prefix := name(nil, f.Contact)
	for k := range x.scan(tByContact, prefix, nil) {
		c, err := x.conversation(string(k[len(prefix):]))
		if err := errorOr(err, ctx); err != nil {
			return err
		}
		if store.Matches(f, c) {
			*found = append(*found, c)
		}
	}
	slices.SortFunc(*found, func(a, b bot.Conversation) int {
		return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(b.ID, a.ID))
	})
	return nil
}

func errorOr(err error, ctx context.Context) error {
	if err != nil {
		return err
	}
	return ctx.Err()
}

// newest merges ranges of an index whose keys are prefix, UpdatedAt, id: the newest first, until more returns false.
func (x *txn) newest(t table, prefixes [][]byte, f bot.Filter, more func(id string) (bool, error)) error {
	type head struct {
		rest []byte // UpdatedAt and id of the next entry
		next func() ([]byte, bool)
	}
	var heads []head
	for _, prefix := range prefixes {
		c := x.bucket(t).Cursor()
		end := behind(prefix)
		if !f.Before.IsZero() { // that very instant too, which stands for several outside of what a key can tell apart
			end = number(bytes.Clone(prefix), nanos(f.Before)+1)
		}
		k, _ := seekBelow(c, end)
		next := func() ([]byte, bool) {
			if !bytes.HasPrefix(k, prefix) {
				return nil, false
			}
			rest := k[len(prefix):]
			k, _ = c.Prev()
			return rest, true
		}
		if rest, ok := next(); ok {
			heads = append(heads, head{rest, next})
		}
	}
	for len(heads) > 0 {
		newest := 0
		for i := range heads {
			if bytes.Compare(heads[i].rest, heads[newest].rest) > 0 {
				newest = i
			}
		}
		h := &heads[newest]
		if more, err := more(string(h.rest[8:])); err != nil || !more {
			return err
		}
		rest, ok := h.next()
		if h.rest = rest; !ok {
			heads = slices.Delete(heads, newest, newest+1)
		}
	}
	return nil
}

// Messages implements bot.ConversationStore.
func (s *Store) Messages(ctx context.Context, id bot.ConversationID, after uint64, limit int) ([]bot.Message, error) {
	var found []bot.Message
	if after == ^uint64(0) {
		return nil, ctx.Err()
	}
	err := s.view(ctx, func(x *txn) error {
		for k, v := range x.scan(tConversations, messagePrefix(id), messageKey(id, after+1)) {
			m, err := x.readMessage(k, v)
			if err != nil {
				return fmt.Errorf("conversation %s: %w", id, err)
			}
			if found = append(found, m); len(found) == limit {
				break
			}
		}
		return nil
	})
	return found, err
}

// message reads the message that a reference of an index names.
func (x *txn) message(ref []byte) (bot.Message, error) {
	m, found, err := record[bot.Message](x, tConversations, messageAt(ref))
	if err == nil && !found {
		err = fmt.Errorf("%w: an index knows message %q, but it is missing", store.ErrCorrupt, ref)
	}
	return m, err
}

// MessageBySource implements bot.ConversationStore. Should several messages bear the id, it is the last in order of
// conversation and Seq.
func (s *Store) MessageBySource(ctx context.Context, inbox bot.InboxID, sourceID string) (bot.Message, error) {
	var m bot.Message
	err := s.view(ctx, func(x *txn) (err error) {
		m, err = x.bySource(inbox, sourceID)
		return err
	})
	return m, err
}

func (x *txn) bySource(inbox bot.InboxID, sourceID string) (bot.Message, error) {
	prefix := name(name(nil, inbox), sourceID)
	for k := range x.backward(tBySource, prefix) {
		return x.message(k[len(prefix):])
	}
	return bot.Message{}, fmt.Errorf("message by its id in %s: %w", inbox, bot.ErrNotFound)
}

// ContactAt implements bot.ConversationStore.
func (s *Store) ContactAt(ctx context.Context, inbox bot.InboxID, sourceID string) (bot.Contact, error) {
	var c bot.Contact
	err := s.view(ctx, func(x *txn) error {
		id := x.get(tAddresses, addressKey(inbox, sourceID))
		if id == nil {
			return fmt.Errorf("contact at an address in %s: %w", inbox, bot.ErrNotFound)
		}
		var found bool
		var err error
		c, found, err = record[bot.Contact](x, tContacts, id)
		if err == nil && !found {
			err = fmt.Errorf("%w: an address knows contact %s, but it is missing", store.ErrCorrupt, id)
		}
		return err
	})
	return c, err
}

// Contact implements bot.ConversationStore.
func (s *Store) Contact(ctx context.Context, id bot.ContactID) (bot.Contact, error) {
	return one[bot.Contact](ctx, s, tContacts, []byte(id), "contact "+string(id), bot.ErrNotFound)
}
