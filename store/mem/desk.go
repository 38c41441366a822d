package mem

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"huiyin/bot"
	"huiyin/store"
)

// Canned implements bot.DeskStore.
func (s *Store) Canned(ctx context.Context) ([]bot.Canned, error) {
	return listed(ctx, s, s.canned, store.SortCanned)
}

// SaveCanned implements bot.DeskStore.
func (s *Store) SaveCanned(ctx context.Context, c bot.Canned, log bot.Event) error {
	if err := store.CheckCanned(c); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		if _, ok := s.canned[c.ID]; store.NoText(c) {
			if !ok {
				return fmt.Errorf("canned answer %s: %w", c.ID, bot.ErrNotFound)
			}
			delete(s.canned, c.ID)
			s.audit = append(s.audit, log)
			return nil
		}
		for _, other := range s.canned {
			if other.ID != c.ID && other.Key == c.Key {
				return fmt.Errorf("another canned answer is called %q: %w", c.Key, bot.ErrConflict)
			}
		}
		return keep(s, s.canned, c.ID, c, log)
	})
}

// Views implements bot.DeskStore.
func (s *Store) Views(ctx context.Context, a bot.AgentID) ([]bot.View, error) {
	return get(ctx, s, func() ([]bot.View, error) { return slices.Clone(s.views[a]), nil })
}

// SaveView implements bot.DeskStore.
func (s *Store) SaveView(ctx context.Context, a bot.AgentID, v bot.View) error {
	if err := store.CheckID("agent", string(a)); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		all, err := store.WithView(s.views[a], v)
		if err != nil {
			return err
		}
		s.views[a] = all
		return nil
	})
}

// DeskRules implements bot.DeskStore.
func (s *Store) DeskRules(ctx context.Context) (bot.DeskRules, error) {
	return get(ctx, s, func() (bot.DeskRules, error) { return s.rules, nil })
}

// SaveDeskRules implements bot.DeskStore.
func (s *Store) SaveDeskRules(ctx context.Context, r bot.DeskRules, log bot.Event) error {
	return s.do(ctx, func() error {
		if r.Version != s.rules.Version {
			return fmt.Errorf("rules of the desk: version %d was read, %d is stored: %w", r.Version, s.rules.Version, bot.ErrConflict)
		}
		kept, err := clone(r)
		if err != nil {
			return err
		}
		kept.Version++
		s.rules = kept
		s.audit = append(s.audit, log)
		return nil
	})
}

// MarkSeen implements bot.DeskStore.
func (s *Store) MarkSeen(ctx context.Context, a bot.AgentID, id bot.ConversationID, seq uint64) error {
	if err := store.CheckID("agent", string(a)); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		conv := s.conversations[id]
		if conv == nil {
			return fmt.Errorf("conversation %s: %w", id, bot.ErrNotFound)
		}
		if conv.seen == nil {
			conv.seen = map[bot.AgentID]uint64{}
		}
		conv.seen[a] = max(conv.seen[a], seq)
		return nil
	})
}

// Seen implements bot.DeskStore.
func (s *Store) Seen(ctx context.Context, a bot.AgentID, ids []bot.ConversationID) (map[bot.ConversationID]uint64, error) {
	return get(ctx, s, func() (map[bot.ConversationID]uint64, error) {
		seen := map[bot.ConversationID]uint64{}
		for _, id := range ids {
			if conv := s.conversations[id]; conv != nil && conv.seen[a] > 0 {
				seen[id] = conv.seen[a]
			}
		}
		return seen, nil
	})
}

// SearchMessages implements bot.DeskStore.
func (s *Store) SearchMessages(ctx context.Context, q bot.TextQuery) (bot.Found, error) {
	return get(ctx, s, func() (bot.Found, error) {
		search := store.NewSearch(q)
		if search.Empty() {
			return search.Found(), nil
		}
		var all []bot.Message
		for _, conv := range s.conversations {
			for _, m := range conv.messages {
				if q.Before.IsZero() || m.At.Before(q.Before) {
					all = append(all, m)
				}
			}
		}
		slices.SortFunc(all, func(a, b bot.Message) int {
			return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Conversation, a.Conversation), cmp.Compare(b.Seq, a.Seq))
		})
		for _, m := range all {
			if search.Full(m.At) {
				break
			}
			if search.Look(m) {
				search.Add(m)
			}
		}
		return search.Found(), nil
	})
}

// Addresses implements bot.PeopleStore.
func (s *Store) Addresses(ctx context.Context, id bot.ContactID) ([]bot.ContactInbox, error) {
	return get(ctx, s, func() ([]bot.ContactInbox, error) { return s.addressesOf(id), nil })
}

// FactsOf implements bot.PeopleStore.
func (s *Store) FactsOf(ctx context.Context, id bot.ConversationID) ([]bot.Fact, error) {
	return get(ctx, s, func() ([]bot.Fact, error) {
		if _, known := s.conversations[id]; !known {
			return nil, nil
		}
		var all []bot.Fact
		for _, f := range s.facts {
			if f.Conversation == id {
				all = append(all, f)
			}
		}
		slices.SortStableFunc(all, func(a, b bot.Fact) int { return a.End.Compare(b.End) })
		return all, nil
	})
}

func (s *Store) addressesOf(id bot.ContactID) []bot.ContactInbox {
	var all []bot.ContactInbox
	for a, owner := range s.addresses {
		if owner == id {
			all = append(all, bot.ContactInbox{Inbox: a.inbox, SourceID: a.id, Contact: id})
		}
	}
	store.SortAddresses(all)
	return all
}

// MergeContacts implements bot.PeopleStore.
func (s *Store) MergeContacts(ctx context.Context, into, from bot.ContactID, log bot.Event) (int, error) {
	moved := 0
	err := s.do(ctx, func() error {
		kept, ok := s.contacts[into]
		gone, okFrom := s.contacts[from]
		switch {
		case !ok || !okFrom:
			return fmt.Errorf("contact %s or %s: %w", into, from, bot.ErrNotFound)
		case into == from:
			return fmt.Errorf("contact %s is merged with herself: %w", into, bot.ErrConflict)
		}
		s.contacts[into] = store.Inherit(kept, gone, s.rules)
		delete(s.contacts, from)
		for _, a := range s.addressesOf(from) {
			s.addresses[address{a.Inbox, a.SourceID}] = into
		}
		for _, conv := range s.conversations {
			if conv.Contact == from {
				conv.Contact = into
				conv.Version++
				moved++
			}
		}
		s.audit = append(s.audit, log)
		return nil
	})
	return moved, err
}

// NoteContact implements bot.PeopleStore.
func (s *Store) NoteContact(ctx context.Context, id bot.ContactID, e bot.NotedEdit, log bot.Event) (after bot.Contact, err error) {
	err = s.do(ctx, func() error {
		c, ok := s.contacts[id]
		if !ok {
			return fmt.Errorf("contact %s: %w", id, bot.ErrNotFound)
		}
		if c.Noted, err = e.Apply(c.Noted); err != nil {
			return err
		}
		if c, err = clone(c); err != nil {
			return err
		}
		s.contacts[id] = c
		s.audit = append(s.audit, log)
		after, err = clone(c)
		return err
	})
	return after, err
}

// SplitContact implements bot.PeopleStore.
func (s *Store) SplitContact(ctx context.Context, a bot.ContactInbox, as bot.ContactID, log bot.Event) (int, error) {
	if err := store.CheckID("id of the contact", string(as)); err != nil {
		return 0, err
	}
	moved := 0
	err := s.do(ctx, func() error {
		owner, ok := s.addresses[address{a.Inbox, a.SourceID}]
		_, taken := s.contacts[as]
		switch {
		case !ok || owner != a.Contact:
			return fmt.Errorf("contact %s has no such address: %w", a.Contact, bot.ErrNotFound)
		case len(s.addressesOf(a.Contact)) < 2, taken, s.erased[as]:
			return fmt.Errorf("contact %s cannot be split: %w", a.Contact, bot.ErrConflict)
		}
		stays, alone := store.Part(s.contacts[owner], a, as)
		s.contacts[owner] = stays
		s.addresses[address{a.Inbox, a.SourceID}] = as
		for _, id := range slices.Sorted(maps.Keys(s.conversations)) {
			conv := s.conversations[id]
			if conv.Contact != owner || !store.GoesAlong(conv.Conversation, firstAuthor(conv.messages), a) {
				continue
			}
			conv.Contact = as
			conv.Version++
			alone.Name = cmp.Or(alone.Name, conv.Name)
			moved++
		}
		s.contacts[as] = alone
		s.audit = append(s.audit, log)
		return nil
	})
	return moved, err
}

// firstAuthor is the source id of who began a conversation.
func firstAuthor(messages []bot.Message) string {
	for _, m := range messages {
		if m.Direction == bot.Incoming {
			return m.AuthorID
		}
	}
	return ""
}
