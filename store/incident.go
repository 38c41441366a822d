package store

import (
	"cmp"
	"slices"
	"time"

	"huiyin/bot"
)

// SortIncidents orders incidents, the newest first.
func SortIncidents(all []bot.Incident) {
	slices.SortFunc(all, func(a, b bot.Incident) int { return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(a.ID, b.ID)) })
}

// Forever is an instant after all that is stored.
func Forever() time.Time { return time.Date(2261, 1, 1, 0, 0, 0, 0, time.UTC) }

// Told gathers the conversations in which an incident was told of, fed with facts in order of time.
type Told struct {
	Conversations []bot.ConversationID // each once

	incident string
	seen     map[bot.ConversationID]bool
}

// NewTold begins to gather.
func NewTold(incident string) *Told {
	return &Told{incident: incident, seen: map[bot.ConversationID]bool{}}
}

// Add takes the next fact.
func (t *Told) Add(f bot.Fact) {
	if f.Name == bot.FactIncident && f.Label == t.incident && !t.seen[f.Conversation] {
		t.seen[f.Conversation] = true
		t.Conversations = append(t.Conversations, f.Conversation)
	}
}
