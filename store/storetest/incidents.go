package storetest

import (
	"errors"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
	"huiyin/store"
)

func testIncidents(t *tester) {
	log := bot.Event{At: start, Actor: "lea", Action: "incident.announce"}
	none, err := t.Incidents(t.ctx)
	t.ok(err)
	if len(none) != 0 {
		t.Fatalf("%+v", none)
	}
	old := bot.Incident{ID: "old", Topic: "delivery.late", Text: map[nlp.Lang]string{"zh": "仓库在搬家", "en": "The warehouse is moving"}, Since: start, By: "lea", Until: start.Add(time.Hour)}
	t.ok(t.SaveIncident(t.ctx, old, log))
	fresh := bot.Incident{ID: "new", Intent: "pay", Text: old.Text, Since: start.Add(time.Minute), By: "lea"}
	t.ok(t.SaveIncident(t.ctx, fresh, log))
	if err := t.SaveIncident(t.ctx, old, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("over what somebody else has saved: %v", err)
	}
	if err := t.SaveIncident(t.ctx, bot.Incident{ID: "third", Version: 2}, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("a later version of nothing: %v", err)
	}
	if err := t.SaveIncident(t.ctx, bot.Incident{}, log); !errors.Is(err, store.ErrInvalid) {
		t.Fatalf("without a name: %v", err)
	}
	old.Version, fresh.Version = 1, 1
	all, err := t.Incidents(t.ctx)
	t.ok(err)
	t.equal("incidents", all, []bot.Incident{fresh, old})
	old.Lifted, old.Solved = start.Add(2*time.Hour), map[nlp.Lang]string{"en": "It has moved."}
	t.ok(t.SaveIncident(t.ctx, old, log))
	old.Version = 2
	all, err = t.Incidents(t.ctx)
	t.ok(err)
	t.equal("lifted", all, []bot.Incident{fresh, old})
	audit, err := t.Audit(t.ctx, 0)
	t.ok(err)
	if len(audit) != 3 {
		t.Fatalf("%d entries in the log", len(audit))
	}
}

func testToldOf(t *tester) {
	for i, c := range []struct {
		conversation bot.ConversationID
		incident     string
		minute       int
	}{{"a", "one", 0}, {"b", "one", 5}, {"b", "two", 6}, {"c", "one", 7}, {"b", "one", 8}} {
		at := start.Add(time.Duration(c.minute) * time.Minute)
		fact := bot.Fact{Name: bot.FactIncident, Value: 1, Label: c.incident, Start: at, End: at, Conversation: c.conversation}
		if i == 3 {
			fact.Name = bot.FactAnswer // told of something else
		}
		t.ok(t.Save(t.ctx, bot.Change{Facts: []bot.Fact{fact}}))
	}
	for _, c := range []struct {
		incident string
		since    time.Duration
		want     []bot.ConversationID
	}{{"one", 0, []bot.ConversationID{"a", "b"}}, {"one", time.Minute, []bot.ConversationID{"b"}}, {"two", 0, []bot.ConversationID{"b"}}, {"three", 0, nil}} {
		got, err := t.ToldOf(t.ctx, c.incident, start.Add(c.since))
		t.ok(err)
		t.equal(c.incident, got, c.want)
	}
}
