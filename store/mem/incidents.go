package mem

import (
	"context"
	"fmt"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// Incidents implements bot.IncidentStore.
func (s *Store) Incidents(ctx context.Context) ([]bot.Incident, error) {
	return listed(ctx, s, s.incidents, store.SortIncidents)
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
		i.Version++
		if err := keep(s, s.incidents, i.ID, i, log); err != nil {
			return err
		}
		s.hooks.add(s.hooks.wanted.Incident(stored, i))
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
