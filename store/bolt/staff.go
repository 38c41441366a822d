package bolt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"huiyin/bot"
	"huiyin/store"
)

// SaveAgent implements bot.StaffStore.
func (s *Store) SaveAgent(ctx context.Context, a bot.Agent, log bot.Event) error {
	if err := store.CheckAgent(a); err != nil {
		return err
	}
	entry, err := encode(log)
	if err != nil {
		return err
	}
	email := store.FoldEmail(a.Email)
	return s.write(ctx, func(x *txn) error {
		if owner := x.get(tEmails, []byte(email)); owner != nil && string(owner) != string(a.ID) {
			return fmt.Errorf("agent %s has this e-mail address: %w", owner, bot.ErrConflict)
		}
		before, found, err := record[bot.Agent](x, tAgents, []byte(a.ID))
		if err != nil {
			return err
		}
		a := a // apply may run again
		if found {
			a.State, a.StateAt = before.State, before.StateAt
		}
		return errors.Join(x.reindex(agentIndex(before), agentIndex(a)), x.save(tAgents, []byte(a.ID), a), x.addLog(entry))
	})
}

// SetAgentState implements bot.StaffStore.
func (s *Store) SetAgentState(ctx context.Context, id bot.AgentID, state bot.Availability, log bot.Event) (bot.Agent, error) {
	entry, err := encode(log)
	if err != nil {
		return bot.Agent{}, err
	}
	var a bot.Agent
	err = s.write(ctx, func(x *txn) error {
		stored, found, err := record[bot.Agent](x, tAgents, []byte(id))
		if err == nil && !found {
			err = fmt.Errorf("agent %s: %w", id, bot.ErrNotFound)
		}
		if err != nil {
			return err
		}
		a = stored
		a.State, a.StateAt = state, log.At
		if state != stored.State {
			f := bot.PresenceFact(stored, state, log.At)
			value, err := encode(f)
			if err != nil {
				return err
			}
			if err := x.addFact("", f, value); err != nil {
				return err
			}
		}
		return errors.Join(x.save(tAgents, []byte(id), a), x.addLog(entry))
	})
	if err != nil {
		return bot.Agent{}, err
	}
	return a, nil
}

// agentIndex is every index entry of an agent.
func agentIndex(a bot.Agent) []entry {
	if a.ID == "" {
		return nil
	}
	return []entry{{tEmails, []byte(store.FoldEmail(a.Email)), []byte(a.ID)}}
}

// Agent implements bot.StaffStore.
func (s *Store) Agent(ctx context.Context, id bot.AgentID) (bot.Agent, error) {
	return one[bot.Agent](ctx, s, tAgents, []byte(id), "agent "+string(id), bot.ErrNotFound)
}

// AgentByEmail implements bot.StaffStore.
func (s *Store) AgentByEmail(ctx context.Context, email string) (bot.Agent, error) {
	var a bot.Agent
	err := s.view(ctx, func(x *txn) (err error) {
		id := x.get(tEmails, []byte(store.FoldEmail(email)))
		if id == nil {
			return fmt.Errorf("agent by e-mail: %w", bot.ErrNotFound)
		}
		a, _, err = record[bot.Agent](x, tAgents, id)
		return err
	})
	return a, err
}

// Agents implements bot.StaffStore.
func (s *Store) Agents(ctx context.Context) ([]bot.Agent, error) {
	all, err := list[bot.Agent](ctx, s, tAgents, nil)
	store.SortAgents(all)
	return all, err
}

// list reads all records of a table that begin with a prefix.
func list[T any](ctx context.Context, s *Store, t table, prefix []byte) ([]T, error) {
	var all []T
	err := s.view(ctx, func(x *txn) error {
		for _, v := range x.scan(t, prefix, nil) {
			var one T
			if err := decode(v, &one); err != nil {
				return fmt.Errorf("table %s: %w", specOf(t).name, err)
			}
			all = append(all, one)
		}
		return nil
	})
	return all, err
}

// SaveSession implements bot.StaffStore.
func (s *Store) SaveSession(ctx context.Context, session bot.Session) error {
	if err := store.CheckID("hash of the session", session.Hash); err != nil {
		return err
	}
	return s.write(ctx, func(x *txn) error {
		var ended [][]byte
		for k, v := range x.scan(tSessions, nil, nil) {
			var other bot.Session
			if err := decode(v, &other); err != nil {
				return fmt.Errorf("table %s: %w", specOf(tSessions).name, err)
			}
			if store.SessionEnded(other, session.CreatedAt) {
				ended = append(ended, bytes.Clone(k))
			}
		}
		for _, key := range ended {
			if err := x.delete(tSessions, key); err != nil {
				return err
			}
		}
		return x.save(tSessions, []byte(session.Hash), session)
	})
}

// EditSession implements bot.StaffStore.
func (s *Store) EditSession(ctx context.Context, hash string, edit func(*bot.Session)) (bot.Session, error) {
	var session bot.Session
	err := s.write(ctx, func(x *txn) (err error) {
		var known bool
		if session, known, err = record[bot.Session](x, tSessions, []byte(hash)); err != nil {
			return err
		}
		if !known {
			return fmt.Errorf("session: %w", bot.ErrNotFound)
		}
		edit(&session)
		return x.save(tSessions, []byte(hash), session)
	})
	if err != nil {
		return bot.Session{}, err
	}
	return session, nil
}

// Session implements bot.StaffStore.
func (s *Store) Session(ctx context.Context, hash string) (bot.Session, error) {
	return one[bot.Session](ctx, s, tSessions, []byte(hash), "session", bot.ErrNotFound)
}

// DeleteSessions implements bot.StaffStore. It looks at every session, of which there are few.
func (s *Store) DeleteSessions(ctx context.Context, agent bot.AgentID, hash string) error {
	return s.write(ctx, func(x *txn) error {
		if hash != "" {
			if x.get(tSessions, []byte(hash)) == nil {
				return fmt.Errorf("session: %w", bot.ErrNotFound)
			}
			return x.delete(tSessions, []byte(hash))
		}
		for _, key := range x.keys(tSessions, nil) {
			session, _, err := record[bot.Session](x, tSessions, key)
			if err == nil && session.Agent == agent {
				err = x.delete(tSessions, key)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Record implements bot.StaffStore.
func (s *Store) Record(ctx context.Context, e bot.Event) error {
	value, err := encode(e)
	if err != nil {
		return err
	}
	return s.write(ctx, func(x *txn) error { return x.addLog(value) })
}

// Audit implements bot.StaffStore.
func (s *Store) Audit(ctx context.Context, limit int) ([]bot.Event, error) {
	var all []bot.Event
	err := s.view(ctx, func(x *txn) error {
		for _, v := range x.backward(tAudit, nil) {
			if len(all) == store.Limit(limit) {
				break
			}
			if len(v) < sha256.Size {
				return fmt.Errorf("%w: the audit log", store.ErrCorrupt)
			}
			var e bot.Event
			if err := decode(v[sha256.Size:], &e); err != nil {
				return err
			}
			all = append(all, e)
		}
		return nil
	})
	return all, err
}
