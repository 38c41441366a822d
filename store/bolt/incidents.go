package bolt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// Incidents implements bot.IncidentStore.
func (s *Store) Incidents(ctx context.Context) ([]bot.Incident, error) {
	all, err := list[bot.Incident](ctx, s, tIncidents, nil)
	store.SortIncidents(all)
	return all, err
}

// SaveIncident implements bot.IncidentStore.
func (s *Store) SaveIncident(ctx context.Context, i bot.Incident, log bot.Event) error {
	if err := store.CheckID("incident", i.ID); err != nil {
		return err
	}
	entry, err := encode(log)
	if err != nil {
		return err
	}
	key := []byte(i.ID)
	news := false
	err = s.write(ctx, func(x *txn) error {
		stored, _, err := record[bot.Incident](x, tIncidents, key)
		if err != nil {
			return err
		}
		if stored.Version != i.Version {
			return fmt.Errorf("incident %s: version %d was read, %d is stored: %w", i.ID, i.Version, stored.Version, bot.ErrConflict)
		}
		next := i
		next.Version++
		events := s.hooks.kinds().Incident(stored, next)
		news = len(events) > 0
		return errors.Join(x.save(tIncidents, key, next), x.addLog(entry), x.addEvents(events))
	})
	s.hooks.tell(err == nil && news)
	return err
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
