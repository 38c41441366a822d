package mem

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// Save implements bot.ConversationStore.
func (s *Store) Save(ctx context.Context, c bot.Change) error {
	if err := store.CheckChange(&c); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		c, err := clone(c)
		if err != nil {
			return err
		}
		merged, err := s.check(c)
		if err != nil {
			return err
		}
		for _, id := range c.Done {
			delete(s.pending, id)
		}
		if c.Contact != nil {
			store.KeepScore(c.Contact, s.contacts[c.Contact.ID])
			store.KeepArms(c.Contact, s.contacts[c.Contact.ID])
			store.KeepFormer(c.Contact, s.contacts[c.Contact.ID])
			c.Contact.Noted = s.contacts[c.Contact.ID].Noted
			s.contacts[c.Contact.ID] = *c.Contact
		}
		if a := c.Address; a != nil {
			s.addresses[address{a.Inbox, a.SourceID}] = a.Contact
		}
		s.hooks.add(s.hooks.wanted.Happened(s.stored(c.Conversation.ID), c))
		s.saveConversation(c.Conversation, merged)
		s.facts = append(s.facts, c.Facts...)
		for _, g := range c.Gaps {
			s.gaps[g.ID] = g
		}
		s.audit = append(s.audit, c.Log...)
		return nil
	})
}

// stored is the conversation of an id as it stands; a zero one when there is none.
func (s *Store) stored(id bot.ConversationID) bot.Conversation {
	if c := s.conversations[id]; c != nil {
		return c.Conversation
	}
	return bot.Conversation{}
}

// check finds out whether a change may be written, and returns its messages as they are to be stored.
func (s *Store) check(c bot.Change) ([]bot.Message, error) {
	for _, id := range c.Done {
		if _, ok := s.pending[id]; !ok {
			return nil, fmt.Errorf("event %d is finished already: %w", id, bot.ErrConflict)
		}
	}
	if c.Conversation.ID == "" {
		return nil, nil
	}
	if err := s.checkContact(c); err != nil {
		return nil, err
	}
	stored := s.conversations[c.Conversation.ID]
	if stored == nil {
		stored = &conversation{}
	}
	if stored.Version != c.Conversation.Version {
		return nil, fmt.Errorf("conversation %s: version %d was read, %d is stored: %w",
			c.Conversation.ID, c.Conversation.Version, stored.Version, bot.ErrConflict)
	}
	if err := store.CheckSeqs(stored.LastSeq, c); err != nil {
		return nil, err
	}
	merged := slices.Clone(c.Messages)
	for i, m := range merged {
		var before bot.Message
		if m.Seq <= stored.LastSeq {
			var err error
			before = stored.messages[m.Seq-1]
			if merged[i], err = store.MergeMessage(before, m); err != nil {
				return nil, err
			}
		}
		if err := s.checkFiles(before, merged[i]); err != nil {
			return nil, err
		}
	}
	for _, g := range c.Gaps {
		if old, ok := s.gaps[g.ID]; ok && old.Conversation != g.Conversation {
			return nil, fmt.Errorf("%w: gap %s is of another conversation", store.ErrInvalid, g.ID)
		}
	}
	return merged, nil
}

func (s *Store) checkContact(c bot.Change) error {
	if s.erased[c.Conversation.Contact] || c.Contact != nil && s.erased[c.Contact.ID] {
		return fmt.Errorf("the contact of conversation %s was erased: %w", c.Conversation.ID, bot.ErrConflict)
	}
	if c.Address == nil {
		return nil
	}
	if owner, ok := s.addresses[address{c.Address.Inbox, c.Address.SourceID}]; ok && owner != c.Address.Contact {
		return fmt.Errorf("the address belongs to contact %s: %w", owner, bot.ErrConflict)
	}
	_, known := s.contacts[c.Address.Contact]
	if !known && (c.Contact == nil || c.Contact.ID != c.Address.Contact) {
		return fmt.Errorf("%w: the address is of contact %s, who does not exist", store.ErrInvalid, c.Address.Contact)
	}
	return nil
}

func (s *Store) saveConversation(next bot.Conversation, messages []bot.Message) {
	if next.ID == "" {
		return
	}
	conv := s.conversations[next.ID]
	if conv == nil {
		conv = &conversation{}
		s.conversations[next.ID] = conv
	}
	if lane := (address{next.Inbox, next.Thread}); !slices.Contains(s.lanes[lane], next.ID) {
		s.lanes[lane] = append(s.lanes[lane], next.ID)
	}
	next.Version++
	conv.Conversation = next
	for _, m := range messages {
		if int(m.Seq) > len(conv.messages) {
			s.refile(bot.Message{}, m)
			conv.messages = append(conv.messages, m)
		} else {
			s.refile(conv.messages[m.Seq-1], m)
			conv.messages[m.Seq-1] = m
		}
		s.index(m)
	}
}

// index makes a message findable by its SourceID.
func (s *Store) index(m bot.Message) {
	key, at := address{m.Inbox, m.SourceID}, ref{m.Conversation, m.Seq}
	if m.SourceID != "" && !slices.Contains(s.sources[key], at) {
		s.sources[key] = append(s.sources[key], at)
	}
}

// at returns the message at a place, or nil.
func (s *Store) at(r ref) *bot.Message {
	conv := s.conversations[r.conversation]
	if conv == nil || r.seq == 0 || r.seq > uint64(len(conv.messages)) {
		return nil
	}
	return &conv.messages[r.seq-1]
}

// Conversation implements bot.ConversationStore.
func (s *Store) Conversation(ctx context.Context, id bot.ConversationID) (bot.Conversation, error) {
	return get(ctx, s, func() (bot.Conversation, error) {
		conv := s.conversations[id]
		if conv == nil {
			return bot.Conversation{}, fmt.Errorf("conversation %s: %w", id, bot.ErrNotFound)
		}
		return conv.Conversation, nil
	})
}

// Current implements bot.ConversationStore: the newest is the one created last.
func (s *Store) Current(ctx context.Context, inbox bot.InboxID, thread string) (bot.Conversation, error) {
	return get(ctx, s, func() (bot.Conversation, error) {
		var newest *conversation
		for _, id := range s.lanes[address{inbox, thread}] {
			c := s.conversations[id]
			if c == nil || c.Inbox != inbox || c.Thread != thread {
				continue // erased, or moved
			}
			if newest == nil || cmp.Or(c.CreatedAt.Compare(newest.CreatedAt), cmp.Compare(c.ID, newest.ID)) > 0 {
				newest = c
			}
		}
		if newest == nil {
			return bot.Conversation{}, fmt.Errorf("conversation of a thread in %s: %w", inbox, bot.ErrNotFound)
		}
		return newest.Conversation, nil
	})
}

// Conversations implements bot.ConversationStore.
func (s *Store) Conversations(ctx context.Context, f bot.Filter) ([]bot.Conversation, error) {
	return get(ctx, s, func() ([]bot.Conversation, error) {
		found := s.list(func(c bot.Conversation) bool { return store.Matches(f, c) })
		slices.Reverse(found)
		return found[:min(len(found), store.Limit(f.Limit))], nil
	})
}

// list returns the conversations that match, in order of UpdatedAt and ID.
func (s *Store) list(match func(bot.Conversation) bool) []bot.Conversation {
	var found []bot.Conversation
	for _, c := range s.conversations {
		if match(c.Conversation) {
			found = append(found, c.Conversation)
		}
	}
	slices.SortFunc(found, func(a, b bot.Conversation) int {
		return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt), cmp.Compare(a.ID, b.ID))
	})
	return found
}

// Messages implements bot.ConversationStore.
func (s *Store) Messages(ctx context.Context, id bot.ConversationID, after uint64, limit int) ([]bot.Message, error) {
	return get(ctx, s, func() ([]bot.Message, error) {
		conv := s.conversations[id]
		if conv == nil || after >= uint64(len(conv.messages)) {
			return nil, nil
		}
		found := conv.messages[after:]
		if limit > 0 {
			found = found[:min(len(found), limit)]
		}
		return found, nil
	})
}

// MessageBySource implements bot.ConversationStore. Should several messages bear the id, it is the last in order of
// conversation and Seq.
func (s *Store) MessageBySource(ctx context.Context, inbox bot.InboxID, sourceID string) (bot.Message, error) {
	return get(ctx, s, func() (bot.Message, error) {
		m, err := s.bySource(inbox, sourceID)
		if err != nil {
			return bot.Message{}, err
		}
		return *m, nil
	})
}

func (s *Store) bySource(inbox bot.InboxID, sourceID string) (*bot.Message, error) {
	var found *bot.Message
	for _, r := range s.sources[address{inbox, sourceID}] {
		m := s.at(r)
		if m == nil || m.Inbox != inbox || m.SourceID != sourceID {
			continue // erased, or known by another id now
		}
		if found == nil || cmp.Or(cmp.Compare(m.Conversation, found.Conversation), cmp.Compare(m.Seq, found.Seq)) > 0 {
			found = m
		}
	}
	if found == nil {
		return nil, fmt.Errorf("message by its id in %s: %w", inbox, bot.ErrNotFound)
	}
	return found, nil
}

// ContactAt implements bot.ConversationStore.
func (s *Store) ContactAt(ctx context.Context, inbox bot.InboxID, sourceID string) (bot.Contact, error) {
	return get(ctx, s, func() (bot.Contact, error) {
		id, ok := s.addresses[address{inbox, sourceID}]
		if !ok {
			return bot.Contact{}, fmt.Errorf("contact at an address in %s: %w", inbox, bot.ErrNotFound)
		}
		return s.contacts[id], nil
	})
}

// Contact implements bot.ConversationStore.
func (s *Store) Contact(ctx context.Context, id bot.ContactID) (bot.Contact, error) {
	return get(ctx, s, func() (bot.Contact, error) {
		c, ok := s.contacts[id]
		if !ok {
			return bot.Contact{}, fmt.Errorf("contact %s: %w", id, bot.ErrNotFound)
		}
		return c, nil
	})
}

// Unsent implements bot.OutboxStore.
func (s *Store) Unsent(ctx context.Context) ([]bot.Message, error) {
	return get(ctx, s, func() ([]bot.Message, error) {
		var found []bot.Message
		for _, id := range slices.Sorted(maps.Keys(s.conversations)) {
			for _, m := range s.conversations[id].messages {
				if store.Unsent(m) {
					found = append(found, m)
				}
			}
		}
		return found, nil
	})
}

// message finds one that is or was to be sent.
func (s *Store) message(id bot.MessageID) (*conversation, *bot.Message, error) {
	conversation, seq, _ := store.SplitMessageID(id)
	if m := s.at(ref{conversation, seq}); m != nil && m.Delivery != "" {
		return s.conversations[conversation], m, nil
	}
	return nil, nil, fmt.Errorf("message %s: %w", id, bot.ErrNotFound)
}

// BeginSend implements bot.OutboxStore.
func (s *Store) BeginSend(ctx context.Context, id bot.MessageID) (bot.Message, error) {
	return get(ctx, s, func() (bot.Message, error) {
		conv, m, err := s.message(id)
		if err != nil {
			return bot.Message{}, err
		}
		*m, err = store.BeginSend(*m, conv.Epoch)
		return *m, err
	})
}

// EndSend implements bot.OutboxStore.
func (s *Store) EndSend(ctx context.Context, id bot.MessageID, r bot.SendResult) (bot.Message, error) {
	return get(ctx, s, func() (bot.Message, error) {
		conv, m, err := s.message(id)
		if err != nil {
			return bot.Message{}, err
		}
		after, err := store.EndSend(*m, r)
		if err != nil {
			return bot.Message{}, err
		}
		*m = after
		s.index(after)
		if store.Undelivered(after) {
			s.facts = append(s.facts, store.UndeliveredFact(after, conv.Conversation, r.At))
		}
		return after, nil
	})
}

// Receipt implements bot.OutboxStore.
func (s *Store) Receipt(ctx context.Context, inbox bot.InboxID, sourceID string, d bot.Delivery, at time.Time) error {
	return s.do(ctx, func() error {
		m, err := s.bySource(inbox, sourceID)
		if err != nil {
			return err
		}
		*m, _, err = store.Receipt(*m, d, at)
		return err
	})
}
