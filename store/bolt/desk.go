package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// Canned implements bot.DeskStore.
func (s *Store) Canned(ctx context.Context) ([]bot.Canned, error) {
	all, err := list[bot.Canned](ctx, s, tCanned, nil)
	store.SortCanned(all)
	return all, err
}

// SaveCanned implements bot.DeskStore. It looks at every answer, of which there are few.
func (s *Store) SaveCanned(ctx context.Context, c bot.Canned, log bot.Event) error {
	if err := store.CheckCanned(c); err != nil {
		return err
	}
	entry, err := encode(log)
	if err != nil {
		return err
	}
	key := []byte(c.ID)
	return s.write(ctx, func(x *txn) error {
		if store.NoText(c) {
			if x.get(tCanned, key) == nil {
				return fmt.Errorf("canned answer %s: %w", c.ID, bot.ErrNotFound)
			}
			return errors.Join(x.delete(tCanned, key), x.addLog(entry))
		}
		for _, v := range x.scan(tCanned, nil, nil) {
			var other bot.Canned
			if err := decode(v, &other); err != nil {
				return err
			}
			if other.ID != c.ID && other.Key == c.Key {
				return fmt.Errorf("another canned answer is called %q: %w", c.Key, bot.ErrConflict)
			}
		}
		return errors.Join(x.save(tCanned, key, c), x.addLog(entry))
	})
}

// viewsKey is in tMeta: the views of an agent.
func viewsKey(a bot.AgentID) []byte { return append([]byte("views "), a...) }

// Views implements bot.DeskStore.
func (s *Store) Views(ctx context.Context, a bot.AgentID) ([]bot.View, error) {
	var all []bot.View
	err := s.view(ctx, func(x *txn) (err error) {
		all, _, err = record[[]bot.View](x, tMeta, viewsKey(a))
		return err
	})
	return all, err
}

// SaveView implements bot.DeskStore.
func (s *Store) SaveView(ctx context.Context, a bot.AgentID, v bot.View) error {
	if err := store.CheckID("agent", string(a)); err != nil {
		return err
	}
	return s.write(ctx, func(x *txn) error {
		all, _, err := record[[]bot.View](x, tMeta, viewsKey(a))
		if err != nil {
			return err
		}
		if all, err = store.WithView(all, v); err != nil {
			return err
		}
		return x.save(tMeta, viewsKey(a), all)
	})
}

// rulesKey is in tMeta: the rules of the desk.
const rulesKey = "desk"

// DeskRules implements bot.DeskStore.
func (s *Store) DeskRules(ctx context.Context) (bot.DeskRules, error) {
	var r bot.DeskRules
	err := s.view(ctx, func(x *txn) (err error) {
		r, _, err = record[bot.DeskRules](x, tMeta, []byte(rulesKey))
		return err
	})
	return r, err
}

// SaveDeskRules implements bot.DeskStore.
func (s *Store) SaveDeskRules(ctx context.Context, r bot.DeskRules, log bot.Event) error {
	entry, err := encode(log)
	if err != nil {
		return err
	}
	return s.write(ctx, func(x *txn) error {
		stored, _, err := record[bot.DeskRules](x, tMeta, []byte(rulesKey))
		if err != nil {
			return err
		}
		if stored.Version != r.Version {
			return fmt.Errorf("rules of the desk: version %d was read, %d is stored: %w", r.Version, stored.Version, bot.ErrConflict)
		}
		next := r
		next.Version++
		return errors.Join(x.save(tMeta, []byte(rulesKey), next), x.addLog(entry))
	})
}

func seenKey(id bot.ConversationID, a bot.AgentID) []byte {
	return append(append(conversationPrefix(id), partSeen), a...)
}

// MarkSeen implements bot.DeskStore.
func (s *Store) MarkSeen(ctx context.Context, a bot.AgentID, id bot.ConversationID, seq uint64) error {
	if err := store.CheckID("agent", string(a)); err != nil {
		return err
	}
	key := seenKey(id, a)
	return s.write(ctx, func(x *txn) error {
		if x.get(tConversations, conversationKey(id)) == nil {
			return fmt.Errorf("conversation %s: %w", id, bot.ErrNotFound)
		}
		if before := x.get(tConversations, key); len(before) == 8 && binary.BigEndian.Uint64(before) >= seq {
			return nil
		}
		return x.put(tConversations, key, number(nil, seq))
	})
}

// Seen implements bot.DeskStore.
func (s *Store) Seen(ctx context.Context, a bot.AgentID, ids []bot.ConversationID) (map[bot.ConversationID]uint64, error) {
	seen := map[bot.ConversationID]uint64{}
	err := s.view(ctx, func(x *txn) error {
		for _, id := range ids {
			if v := x.get(tConversations, seenKey(id, a)); len(v) == 8 && binary.BigEndian.Uint64(v) > 0 {
				seen[id] = binary.BigEndian.Uint64(v)
			}
		}
		return nil
	})
	return seen, err
}

// lean is what a search looks at of a message.
type lean struct {
	Direction bot.Direction `json:"direction"`
	Text      string        `json:"text"`
	At        time.Time     `json:"at"`
	DeletedAt time.Time     `json:"deleted_at"`
}

// SearchMessages implements bot.DeskStore. It reads the messages one after the other, the newest first: no index has to
// be kept, everything that was ever written is found, and what was erased is gone. BenchmarkSearchMessages measures it.
func (s *Store) SearchMessages(ctx context.Context, q bot.TextQuery) (bot.Found, error) {
	search := store.NewSearch(q)
	if search.Empty() {
		return search.Found(), ctx.Err()
	}
	err := s.view(ctx, func(x *txn) error {
		var end []byte
		if !q.Before.IsZero() {
			end = instant(nil, q.Before)
		}
		c := x.bucket(tByTime).Cursor()
		for k, _ := seekBelow(c, end); k != nil; k, _ = c.Prev() {
			if err := ctx.Err(); err != nil {
				return err
			}
			value := x.get(tConversations, messageAt(k[8:]))
			var m lean
			if err := decode(value, &m); err != nil {
				return fmt.Errorf("message %x: %w", k, err)
			}
			if search.Full(m.At) {
				return nil
			}
			if !search.Look(bot.Message{Direction: m.Direction, Text: m.Text, At: m.At, DeletedAt: m.DeletedAt}) {
				continue
			}
			found, err := x.message(k[8:])
			if err != nil {
				return err
			}
			search.Add(found)
		}
		return nil
	})
	return search.Found(), err
}
