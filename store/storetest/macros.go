package storetest

import (
	"errors"
	"fmt"

	"huiyin/bot"
	"huiyin/nlp"
	"huiyin/store"
)

func testMacros(t *tester) {
	log := bot.Event{At: start, Actor: "lea", Action: "macro.save"}
	refund := bot.Macro{ID: "1", Name: "Refund, then wait", Reply: map[nlp.Lang]string{"en": "On its way, {name}.", "zh": "已退款。"},
		Note: map[nlp.Lang]string{"zh": "已退"}, Tag: []string{"refund"}, Untag: []string{"new"}, End: bot.EndSnooze, Aside: bot.AsideTomorrow, UpdatedAt: start, UpdatedBy: "lea"}
	pass := bot.Macro{ID: "2", Name: "Pass to returns", End: bot.EndTransfer, To: bot.To{Team: "Returns"}, UpdatedAt: start}
	t.ok(t.SaveMacro(t.ctx, refund, log))
	t.ok(t.SaveMacro(t.ctx, pass, log))
	refund.Version, pass.Version = 1, 1
	all, err := t.Macros(t.ctx)
	t.ok(err)
	t.equal("macros", all, []bot.Macro{pass, refund})
	all[0].To.Team = "changed outside"

	for what, c := range map[string]struct {
		m    bot.Macro
		want error
	}{
		"a name that is taken":       {bot.Macro{ID: "3", Name: "ｐａｓｓ to Returns", End: bot.EndResolve}, bot.ErrTaken},
		"over what was not read":     {bot.Macro{ID: "1", Name: "Refund", End: bot.EndResolve}, bot.ErrConflict},
		"of a version there is none": {bot.Macro{ID: "3", Name: "New", Version: 4, End: bot.EndResolve}, bot.ErrConflict},
		"without a name":             {bot.Macro{ID: "3", End: bot.EndResolve}, store.ErrInvalid},
		"without an id":              {bot.Macro{Name: "x", End: bot.EndResolve}, store.ErrInvalid},
		"without an act":             {bot.Macro{ID: "3", Name: "x", Reply: map[nlp.Lang]string{"en": ""}}, store.ErrInvalid},
	} {
		if err := t.SaveMacro(t.ctx, c.m, log); !errors.Is(err, c.want) {
			t.Fatalf("%s: %v", what, err)
		}
	}
	refund.Name, refund.End, refund.Aside = "Refund", bot.EndResolve, ""
	t.ok(t.SaveMacro(t.ctx, refund, log))
	refund.Version = 2
	t.ok(t.DeleteMacro(t.ctx, "2", log))
	if err := t.DeleteMacro(t.ctx, "2", log); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("removing one twice: %v", err)
	}
	all, err = t.Macros(t.ctx)
	t.ok(err)
	t.equal("macros", all, []bot.Macro{refund})
	audit, err := t.Audit(t.ctx, 0)
	t.ok(err)
	if len(audit) != 4 {
		t.Fatalf("%d entries in the log, want three of saving and one of removing", len(audit))
	}
	for i := range bot.MostMacros - 1 {
		t.ok(t.SaveMacro(t.ctx, bot.Macro{ID: fmt.Sprint("n", i), Name: fmt.Sprint("Macro ", i), End: bot.EndResolve}, log))
	}
	if err := t.SaveMacro(t.ctx, bot.Macro{ID: "more", Name: "One more", End: bot.EndResolve}, log); !errors.Is(err, bot.ErrFull) {
		t.Fatalf("more macros than there can be: %v", err)
	}
	t.ok(t.SaveMacro(t.ctx, refund, log)) // one that is there can still change
}
