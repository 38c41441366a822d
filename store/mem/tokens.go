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

// AddToken implements bot.TokenStore.
func (s *Store) AddToken(ctx context.Context, t bot.Token, log bot.Event) error {
	if err := store.CheckToken(t); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		if _, taken := s.tokens[t.ID]; taken {
			return fmt.Errorf("token %s: %w", t.ID, bot.ErrConflict)
		}
		s.tokens[t.ID] = t
		s.audit = append(s.audit, log)
		return nil
	})
}

// Token implements bot.TokenStore.
func (s *Store) Token(ctx context.Context, id string) (bot.Token, error) {
	return get(ctx, s, func() (bot.Token, error) { return s.token(id) })
}

func (s *Store) token(id string) (bot.Token, error) {
	t, ok := s.tokens[id]
	if !ok {
		return t, fmt.Errorf("token: %w", bot.ErrNotFound)
	}
	return t, nil
}

// Tokens implements bot.TokenStore.
func (s *Store) Tokens(ctx context.Context) ([]bot.Token, error) {
	return get(ctx, s, func() ([]bot.Token, error) {
		return slices.SortedFunc(maps.Values(s.tokens), func(a, b bot.Token) int { return cmp.Compare(a.ID, b.ID) }), nil
	})
}

// TouchToken implements bot.TokenStore.
func (s *Store) TouchToken(ctx context.Context, id string, at time.Time) error {
	return s.do(ctx, func() error {
		t, err := s.token(id)
		if err == nil && at.After(t.SeenAt) {
			t.SeenAt = at
			s.tokens[id] = t
		}
		return err
	})
}

// DeleteToken implements bot.TokenStore.
func (s *Store) DeleteToken(ctx context.Context, id string, log bot.Event) error {
	return s.do(ctx, func() error {
		if _, err := s.token(id); err != nil {
			return err
		}
		delete(s.tokens, id)
		s.audit = append(s.audit, log)
		return nil
	})
}
