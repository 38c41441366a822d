package mem

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// Incidents implements bot.IncidentStore.
func (s *Store) Incidents(ctx context.Context) ([]bot.Incident, error) {
	return get(ctx, s, func() ([]bot.Incident, error) {
		all := slices.Collect(maps.Values(s.incidents))
		store.SortIncidents(all)
		return clone(all)
	})
}

// SaveIncident implements bot.IncidentStore.
func (s *Store) SaveIncident(ctx context.Context, i bot.Incident, log bot.Event) error {
	if err := store.CheckID("incident", i.ID); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		stored := s.incidents[i.ID]
		if stored.Version != i.Version {
			return fmt.Errorf("incident %s: version %d was read, %d is stored: %w", i.ID, i.Version, stored.Version, bot.ErrConflict)
		}
		kept, err := clone(i)
		if err != nil {
			return err
		}
		kept.Version++
		s.incidents[i.ID] = kept
		s.hooks.add(s.hooks.wanted.Incident(stored, kept))
		s.audit = append(s.audit, log)
		return nil
	})
}

// ToldOf implements bot.IncidentStore.
func (s *Store) ToldOf(ctx context.Context, incident string, since time.Time) ([]bot.ConversationID, error) {
	told := store.NewTold(incident)
	for f, err := range s.Facts(ctx, since, store.Forever()) {
		if err != nil {
			return nil, err
		}
		told.Add(f)
	}
	return told.Conversations, nil
}
