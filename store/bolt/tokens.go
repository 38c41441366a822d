package bolt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// AddToken implements bot.TokenStore.
func (s *Store) AddToken(ctx context.Context, t bot.Token, log bot.Event) error {
	if err := store.CheckToken(t); err != nil {
		return err
	}
	entry, err := encode(log)
	if err != nil {
		return err
	}
	return s.write(ctx, func(x *txn) error {
		if x.get(tTokens, []byte(t.ID)) != nil {
			return fmt.Errorf("token %s: %w", t.ID, bot.ErrConflict)
		}
		return errors.Join(x.save(tTokens, []byte(t.ID), t), x.addLog(entry))
	})
}

// Token implements bot.TokenStore.
func (s *Store) Token(ctx context.Context, id string) (bot.Token, error) {
	return one[bot.Token](ctx, s, tTokens, []byte(id), "token", bot.ErrNotFound)
}

// Tokens implements bot.TokenStore.
func (s *Store) Tokens(ctx context.Context) ([]bot.Token, error) {
	return list[bot.Token](ctx, s, tTokens, nil)
}

// TouchToken implements bot.TokenStore.
func (s *Store) TouchToken(ctx context.Context, id string, at time.Time) error {
	return s.write(ctx, func(x *txn) error {
		t, known, err := record[bot.Token](x, tTokens, []byte(id))
		switch {
		case err != nil:
			return err
		case !known:
			return fmt.Errorf("token: %w", bot.ErrNotFound)
		case !at.After(t.SeenAt):
			return nil
		}
		t.SeenAt = at
		return x.save(tTokens, []byte(id), t)
	})
}

// DeleteToken implements bot.TokenStore.
func (s *Store) DeleteToken(ctx context.Context, id string, log bot.Event) error {
	entry, err := encode(log)
	if err != nil {
		return err
	}
	return s.write(ctx, func(x *txn) error {
		if x.get(tTokens, []byte(id)) == nil {
			return fmt.Errorf("token: %w", bot.ErrNotFound)
		}
		return errors.Join(x.delete(tTokens, []byte(id)), x.addLog(entry))
	})
}
