package mem

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/store"
)

// SaveAgent implements bot.StaffStore.
func (s *Store) SaveAgent(ctx context.Context, a bot.Agent, log bot.Event) error {
	if err := store.CheckAgent(a); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		for _, other := range s.agents {
			if other.ID != a.ID && store.FoldEmail(other.Email) == store.FoldEmail(a.Email) {
				return fmt.Errorf("agent %s has this e-mail address: %w", other.ID, bot.ErrConflict)
			}
		}
		if before, known := s.agents[a.ID]; known {
			a.State, a.StateAt = before.State, before.StateAt
		}
		s.agents[a.ID] = a
		s.audit = append(s.audit, log)
		return nil
	})
}

// SetAgentState implements bot.StaffStore.
func (s *Store) SetAgentState(ctx context.Context, id bot.AgentID, state bot.Availability, log bot.Event) (bot.Agent, error) {
	var a bot.Agent
	err := s.do(ctx, func() error {
		stored, known := s.agents[id]
		if !known {
			return fmt.Errorf("agent %s: %w", id, bot.ErrNotFound)
		}
		a = stored
		if a.State != state {
			s.facts = append(s.facts, bot.PresenceFact(stored, state, log.At))
		}
		a.State, a.StateAt = state, log.At
		s.agents[id] = a
		s.audit = append(s.audit, log)
		return nil
	})
	return a, err
}

// Agent implements bot.StaffStore.
func (s *Store) Agent(ctx context.Context, id bot.AgentID) (bot.Agent, error) {
	return s.agent(ctx, func(a bot.Agent) bool { return a.ID == id })
}

// AgentByEmail implements bot.StaffStore.
func (s *Store) AgentByEmail(ctx context.Context, email string) (bot.Agent, error) {
	return s.agent(ctx, func(a bot.Agent) bool { return store.FoldEmail(a.Email) == store.FoldEmail(email) })
}

func (s *Store) agent(ctx context.Context, match func(bot.Agent) bool) (bot.Agent, error) {
	return get(ctx, s, func() (bot.Agent, error) {
		for _, a := range s.agents {
			if match(a) {
				return a, nil
			}
		}
		return bot.Agent{}, fmt.Errorf("agent: %w", bot.ErrNotFound)
	})
}

// Agents implements bot.StaffStore.
func (s *Store) Agents(ctx context.Context) ([]bot.Agent, error) {
	return listed(ctx, s, s.agents, store.SortAgents)
}

// SaveSession implements bot.StaffStore.
func (s *Store) SaveSession(ctx context.Context, session bot.Session) error {
	if err := store.CheckID("hash of the session", session.Hash); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		maps.DeleteFunc(s.sessions, func(_ string, other bot.Session) bool { return store.SessionEnded(other, session.CreatedAt) })
		s.sessions[session.Hash] = session
		return nil
	})
}

// EditSession implements bot.StaffStore.
func (s *Store) EditSession(ctx context.Context, hash string, edit func(*bot.Session)) (bot.Session, error) {
	var session bot.Session
	err := s.do(ctx, func() error {
		var known bool
		if session, known = s.sessions[hash]; !known {
			return fmt.Errorf("session: %w", bot.ErrNotFound)
		}
		edit(&session)
		s.sessions[hash] = session
		return nil
	})
	if err != nil {
		return bot.Session{}, err
	}
	return session, nil
}

// Session implements bot.StaffStore.
func (s *Store) Session(ctx context.Context, hash string) (bot.Session, error) {
	return get(ctx, s, func() (bot.Session, error) {
		session, ok := s.sessions[hash]
		if !ok {
			return bot.Session{}, fmt.Errorf("session: %w", bot.ErrNotFound)
		}
		return session, nil
	})
}

// DeleteSessions implements bot.StaffStore.
func (s *Store) DeleteSessions(ctx context.Context, agent bot.AgentID, hash string) error {
	return s.do(ctx, func() error {
		if hash != "" {
			if _, ok := s.sessions[hash]; !ok {
				return fmt.Errorf("session: %w", bot.ErrNotFound)
			}
			delete(s.sessions, hash)
			return nil
		}
		maps.DeleteFunc(s.sessions, func(_ string, other bot.Session) bool { return other.Agent == agent })
		return nil
	})
}

// Record implements bot.StaffStore.
func (s *Store) Record(ctx context.Context, e bot.Event) error {
	return s.do(ctx, func() error {
		s.audit = append(s.audit, e)
		return nil
	})
}

// Audit implements bot.StaffStore.
func (s *Store) Audit(ctx context.Context, limit int) ([]bot.Event, error) {
	return get(ctx, s, func() ([]bot.Event, error) {
		newest := slices.Clone(s.audit[max(0, len(s.audit)-store.Limit(limit)):])
		slices.Reverse(newest)
		return newest, nil
	})
}

// EraseContact implements bot.PrivacyStore.
func (s *Store) EraseContact(ctx context.Context, id bot.ContactID, log bot.Event) (int, error) {
	erased := 0
	err := s.do(ctx, func() error {
		if _, ok := s.contacts[id]; !ok {
			return fmt.Errorf("contact %s: %w", id, bot.ErrNotFound)
		}
		person, known := store.NewPerson(), []bot.ContactInbox(nil)
		for a, owner := range s.addresses {
			if owner == id {
				person.AddAddress(a.inbox, a.id)
				known = append(known, bot.ContactInbox{Inbox: a.inbox, SourceID: a.id, Contact: id})
				delete(s.addresses, a)
			}
		}
		gone := map[bot.ConversationID]bool{}
		for convID, conv := range s.conversations {
			if conv.Contact != id {
				continue
			}
			gone[convID] = true
			person.AddThread(conv.Inbox, conv.Thread)
			erased += len(conv.messages)
			s.eraseFiles(conv)
			delete(s.conversations, convID)
			maps.DeleteFunc(s.reviews, func(id reviewID, _ bot.Review) bool { return id.conversation == convID })
		}
		for i := range s.facts {
			if gone[s.facts[i].Conversation] {
				s.facts[i].Label = ""
			}
		}
		maps.DeleteFunc(s.gaps, func(_ string, g kb.Gap) bool {
			return gone[bot.ConversationID(g.Conversation)] || g.Contact == string(id)
		})
		for _, events := range []map[uint64]bot.Accepted{s.pending, s.quarantined} {
			maps.DeleteFunc(events, func(_ uint64, a bot.Accepted) bool { return person.Sent(a.Inbound) })
		}
		s.eraseOrders(bot.Buyers(s.contacts[id], known))
		delete(s.contacts, id)
		s.erased[id] = true
		s.audit = append(s.audit, log)
		return nil
	})
	return erased, err
}

// ContactsVerified implements bot.PeopleStore.
func (s *Store) ContactsVerified(ctx context.Context, value string) ([]bot.Contact, error) {
	return get(ctx, s, func() ([]bot.Contact, error) {
		var found []bot.Contact
		for _, c := range s.contacts {
			if slices.Contains(store.Reaches(c), value) {
				found = append(found, c)
			}
		}
		store.SortContacts(found)
		return found, nil
	})
}

// SharedReaches implements bot.PeopleStore.
func (s *Store) SharedReaches(ctx context.Context) ([]string, error) {
	return get(ctx, s, func() ([]string, error) {
		count := map[string]int{}
		for _, c := range s.contacts {
			for _, value := range store.Reaches(c) {
				count[value]++
			}
		}
		maps.DeleteFunc(count, func(_ string, n int) bool { return n < 2 })
		return slices.Sorted(maps.Keys(count)), nil
	})
}

// Threads implements bot.PeopleStore.
func (s *Store) Threads(ctx context.Context, id bot.ContactID, inbox bot.InboxID, account string, limit int) ([]string, error) {
	return get(ctx, s, func() ([]string, error) {
		var threads []string
		list := s.list(func(c bot.Conversation) bool {
			return store.HasAccount(c) && c.Contact == id && c.Inbox == inbox && c.Account == account
		})
		for _, c := range slices.Backward(list) {
			if len(threads) < limit && !slices.Contains(threads, c.Thread) {
				threads = append(threads, c.Thread)
			}
		}
		return threads, nil
	})
}

// FindContact implements bot.PrivacyStore.
func (s *Store) FindContact(ctx context.Context, query string) ([]bot.Contact, error) {
	return get(ctx, s, func() ([]bot.Contact, error) {
		of := map[bot.ContactID][]bot.ContactInbox{}
		for a, id := range s.addresses {
			of[id] = append(of[id], bot.ContactInbox{Inbox: a.inbox, SourceID: a.id, Contact: id})
		}
		var found []bot.Contact
		for id, c := range s.contacts {
			if store.MatchesContact(query, c, of[id]) {
				found = append(found, c)
			}
		}
		store.SortContacts(found)
		return found, nil
	})
}
