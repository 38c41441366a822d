package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/store"
)

// pageRecords is how many records an iterator reads in one transaction. It holds none while its consumer works, so
// that a slow report neither makes the file grow nor stands in the way of a writer.
const pageRecords = 256

// between yields the records of a table whose keys begin with a time in [from, to), in order.
func between[T any](ctx context.Context, s *Store, t table, from, to time.Time,
	read func(x *txn, k, v []byte) (T, error), at func(T) time.Time) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		next := instant(nil, from)
		for next != nil {
			var page []T
			err := s.view(ctx, func(x *txn) (err error) {
				page, next, err = onePage(x, t, next, nanos(to), read)
				return err
			})
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, v := range page {
				// Keys cannot tell apart times before 1970, or after 2262.
				if when := at(v); !when.Before(from) && when.Before(to) && !yield(v, nil) {
					return
				}
			}
		}
	}
}

// onePage reads from a key on, and says where to go on; nil at the end.
func onePage[T any](x *txn, t table, from []byte, to uint64, read func(x *txn, k, v []byte) (T, error)) (page []T, next []byte, err error) {
	end := number(nil, to)
	for k, v := range x.scan(t, nil, from) {
		if len(k) < 8 || bytes.Compare(k[:8], end) > 0 {
			return page, nil, nil
		}
		if len(page) == pageRecords {
			return page, bytes.Clone(k), nil
		}
		one, err := read(x, k, v)
		if err != nil {
			return page, nil, fmt.Errorf("table %s: %w", specOf(t).name, err)
		}
		page = append(page, one)
	}
	return page, nil, nil
}

// MessagesBetween implements feedback.Source. It sees what is written meanwhile, or not.
func (s *Store) MessagesBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Message, error] {
	read := func(x *txn, k, _ []byte) (bot.Message, error) { return x.message(k[8:]) }
	return between(ctx, s, tByTime, from, to, read, func(m bot.Message) time.Time { return m.At })
}

// Facts implements feedback.Source. It sees what is written meanwhile, or not.
func (s *Store) Facts(ctx context.Context, from, to time.Time) iter.Seq2[bot.Fact, error] {
	read := func(_ *txn, _, v []byte) (f bot.Fact, err error) {
		err = decode(v, &f)
		return f, err
	}
	return between(ctx, s, tFacts, from, to, read, func(f bot.Fact) time.Time { return f.End })
}

// ConversationsBetween implements feedback.Source. Which conversations and in what order is settled at the start; each
// is yielded as it is when its turn comes.
func (s *Store) ConversationsBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Conversation, error] {
	return func(yield func(bot.Conversation, error) bool) {
		ids, err := s.conversationsBetween(ctx, from, to)
		if err != nil {
			yield(bot.Conversation{}, err)
			return
		}
		for page := range slices.Chunk(ids, pageRecords) {
			var found []bot.Conversation
			err := s.view(ctx, func(x *txn) error {
				for _, id := range page {
					c, there, err := record[bot.Conversation](x, tConversations, conversationKey(bot.ConversationID(id)))
					if err != nil {
						return err
					}
					if there { // else it was erased meanwhile
						found = append(found, c)
					}
				}
				return nil
			})
			if err != nil {
				yield(bot.Conversation{}, err)
				return
			}
			for _, c := range found {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

// conversationsBetween finds the conversations with CreatedAt or UpdatedAt in [from, to), in order of UpdatedAt and id.
func (s *Store) conversationsBetween(ctx context.Context, from, to time.Time) ([]string, error) {
	in := func(t time.Time) bool { return !t.Before(from) && t.Before(to) }
	order := map[string][]byte{} // by id: UpdatedAt and id
	err := s.view(ctx, func(x *txn) error {
		add := func(id string) error {
			c, err := x.conversation(id)
			if err == nil && (in(c.CreatedAt) || in(c.UpdatedAt)) {
				order[id] = append(instant(nil, c.UpdatedAt), id...)
			}
			return errorOr(err, ctx)
		}
		for rank := range store.Statuses() {
			if err := x.ids(tByStatus, []byte{byte(rank)}, from, to, add); err != nil {
				return err
			}
		}
		return x.ids(tByCreated, nil, from, to, func(id string) error {
			if order[id] != nil {
				return nil
			}
			return add(id)
		})
	})
	sorted := make([][]byte, 0, len(order))
	for _, key := range order {
		sorted = append(sorted, key)
	}
	slices.SortFunc(sorted, bytes.Compare)
	ids := make([]string, len(sorted))
	for i, key := range sorted {
		ids[i] = string(key[8:])
	}
	return ids, err
}

// ids calls f with the ids of an index whose keys are prefix, time, id, for times from … to, both included.
func (x *txn) ids(t table, prefix []byte, from, to time.Time, f func(id string) error) error {
	at := len(prefix)
	end := instant(nil, to)
	for k := range x.scan(t, prefix, instant(bytes.Clone(prefix), from)) {
		if len(k) < at+8 || bytes.Compare(k[at:at+8], end) > 0 {
			return nil
		}
		if err := f(string(k[at+8:])); err != nil {
			return err
		}
	}
	return nil
}

// ClaimRun implements feedback.Archive.
func (s *Store) ClaimRun(ctx context.Context, key string, now time.Time, stale time.Duration) error {
	if err := store.CheckID("key of a run", key); err != nil {
		return err
	}
	return s.write(ctx, func(x *txn) error {
		old, found, err := record[feedback.Run](x, tRuns, []byte(key))
		if err != nil {
			return err
		}
		if found && !store.Claimable(old, now, stale) {
			return fmt.Errorf("run %s: %w", key, feedback.ErrClaimed)
		}
		return x.save(tRuns, []byte(key), feedback.Run{Key: key, Claimed: now})
	})
}

// FinishRun implements feedback.Archive; bot.ErrNotFound when the run was never claimed.
func (s *Store) FinishRun(ctx context.Context, key string, now time.Time, digest []byte) error {
	news := false
	err := s.write(ctx, func(x *txn) error {
		run, found, err := record[feedback.Run](x, tRuns, []byte(key))
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("run %s: %w", key, bot.ErrNotFound)
		}
		run.Done, run.Digest = now, digest
		events := s.hooks.kinds().Digest(key, now, digest)
		news = len(events) > 0
		return errors.Join(x.save(tRuns, []byte(key), run), x.addEvents(events))
	})
	s.hooks.tell(err == nil && news)
	return err
}

// Runs implements feedback.Archive.
func (s *Store) Runs(ctx context.Context) ([]feedback.Run, error) {
	all, err := list[feedback.Run](ctx, s, tRuns, nil)
	for i := range all {
		all[i].Digest = nil
	}
	slices.Reverse(all)
	return all, err
}

// Run implements feedback.Archive.
func (s *Store) Run(ctx context.Context, key string) (feedback.Run, error) {
	return one[feedback.Run](ctx, s, tRuns, []byte(key), "run "+key, bot.ErrNotFound)
}
