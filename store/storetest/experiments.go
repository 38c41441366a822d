package storetest

import (
	"encoding/json"
	"errors"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
	"huiyin/store"
)

func testExperiments(t *tester) {
	log := bot.Event{At: start, Actor: "ed", Action: "experiment.draft"}
	none, err := t.Experiments(t.ctx)
	t.ok(err)
	if len(none) != 0 {
		t.Fatalf("%+v", none)
	}
	arms := []bot.Arm{{ID: "A", Text: map[nlp.Lang]string{"zh": "七天内可以退货"}}, {ID: "B", Text: map[nlp.Lang]string{"zh": "收到货七天内都能退"}}}
	old := bot.Experiment{ID: "old", Name: "Shorter", Subject: bot.Subject{Article: "returns.zh", Root: "returns", Lang: "zh"}, Arms: arms,
		Goal: bot.GoalHelped, Share: 0.5, By: "ed", Created: start}
	fresh := bot.Experiment{ID: "new", Name: "Sorry", Subject: bot.Subject{Wording: "fallback"}, Goal: bot.GoalHanded, Share: 1, Created: start.Add(time.Minute)}
	t.ok(t.SaveExperiment(t.ctx, old, log))
	t.ok(t.SaveExperiment(t.ctx, fresh, log))
	if err := t.SaveExperiment(t.ctx, old, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("over what somebody else has saved: %v", err)
	}
	if err := t.SaveExperiment(t.ctx, bot.Experiment{ID: "third", Version: 2}, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("a later version of nothing: %v", err)
	}
	if err := t.SaveExperiment(t.ctx, bot.Experiment{}, log); !errors.Is(err, store.ErrInvalid) {
		t.Fatalf("without a name: %v", err)
	}
	old.Version, fresh.Version = 1, 1
	old.Started, old.Ended, old.Winner = start.Add(time.Hour), start.Add(2*time.Hour), "B"
	old.Result = json.RawMessage(`{"people":[7,9]}`)
	t.ok(t.SaveExperiment(t.ctx, old, log))
	old.Version = 2
	all, err := t.Experiments(t.ctx)
	t.ok(err)
	t.equal("experiments", all, []bot.Experiment{fresh, old})
	audit, err := t.Audit(t.ctx, 0)
	t.ok(err)
	if len(audit) != 3 {
		t.Fatalf("%d entries in the log", len(audit))
	}
}

// testArms: which arm a person has seen stays with her when she is written anew by somebody who did not know of it, when she
// becomes one with another contact, and when they are parted again; it goes when she is erased.
func testArms(t *tester) {
	of := func(name string, arms map[string]string) bot.Change {
		conv := conversation(bot.ConversationID(name))
		conv.LastSeq = 1
		contact := bot.Contact{ID: conv.Contact, Name: name, CreatedAt: start, Arms: arms}
		m := incoming(conv.ID, 1, "hi")
		m.AuthorID = name
		return bot.Change{Conversation: conv, Contact: &contact, Address: &bot.ContactInbox{Inbox: conv.Inbox, SourceID: name, Contact: conv.Contact}, Messages: []bot.Message{m}}
	}
	ada, other := of("c", map[string]string{"x": "B"}), of("d", map[string]string{"x": "A", "y": "A"})
	t.ok(t.Save(t.ctx, ada))
	t.ok(t.Save(t.ctx, other))
	stale := bot.Contact{ID: ada.Contact.ID, Name: "Ada", CreatedAt: start, Arms: map[string]string{"z": "C"}}
	conv, err := t.Conversation(t.ctx, "c")
	t.ok(err)
	t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Contact: &stale}))
	is := func(id bot.ContactID, want map[string]string) {
		t.Helper()
		c, err := t.Contact(t.ctx, id)
		t.ok(err)
		t.equal("arms of "+string(id), c.Arms, want)
	}
	is(ada.Contact.ID, map[string]string{"x": "B", "z": "C"})
	_, err = t.MergeContacts(t.ctx, ada.Contact.ID, other.Contact.ID, bot.Event{Action: "merge"})
	t.ok(err)
	both := map[string]string{"x": "B", "y": "A", "z": "C"}
	is(ada.Contact.ID, both)
	_, err = t.SplitContact(t.ctx, bot.ContactInbox{Inbox: other.Address.Inbox, SourceID: "d", Contact: ada.Contact.ID}, "alone", bot.Event{Action: "split"})
	t.ok(err)
	is("alone", both)
	_, err = t.EraseContact(t.ctx, "alone", bot.Event{Action: "contact.erase"})
	t.ok(err)
	if _, err := t.Contact(t.ctx, "alone"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("after she was erased: %v", err)
	}
}
