package storetest

import (
	"errors"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/store"
)

func testTasks(t *tester) {
	log := bot.Event{At: start, Actor: "lea", Action: "task.save"}
	late := feedback.Task{Week: "2026-W46", Topic: "delivery.late", Name: feedback.Text{ZH: "配送太慢", EN: "Late delivery"}, State: feedback.TaskOpen, Found: feedback.Tally{Week: "2026-W46", Count: 107, Of: 900}}
	older := feedback.Task{Week: "2026-W45", Topic: "stock", State: feedback.TaskDone, Closed: start}
	second := feedback.Task{Week: "2026-W46", Topic: "app.website", State: feedback.TaskOpen}
	for _, one := range []feedback.Task{late, older, second} {
		t.ok(t.SaveTask(t.ctx, one, bot.Event{})) // nobody did it: nothing is logged
	}
	if err := t.SaveTask(t.ctx, late, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("over what is stored: %v", err)
	}
	for _, bad := range []feedback.Task{{Week: "2026-W46"}, {Topic: "stock"}} {
		if err := t.SaveTask(t.ctx, bad, log); !errors.Is(err, store.ErrInvalid) {
			t.Fatalf("%+v: %v", bad, err)
		}
	}
	late.Version, late.Owner, late.State, late.Note = 1, "lin", feedback.TaskDoing, "asked the carrier"
	late.Latest = feedback.Tally{Week: "2026-W47", Count: 20, Of: 800}
	t.ok(t.SaveTask(t.ctx, late, log))
	late.Version, older.Version, second.Version = 2, 1, 1
	all, err := t.Tasks(t.ctx)
	t.ok(err)
	t.equal("tasks", all, []feedback.Task{second, late, older})
	audit, err := t.Audit(t.ctx, 0)
	t.ok(err)
	if len(audit) != 1 || audit[0].Action != "task.save" {
		t.Fatalf("the log has %+v", audit)
	}
}
