package storetest

import (
	"errors"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

func testTokens(t *tester) {
	log := bot.Event{At: start, Actor: "1", Action: "token.create"}
	shop := bot.Token{ID: "b", Hash: "h1", Name: "网店", Agent: "1", Scope: bot.ScopeWrite, CreatedAt: start, CreatedBy: "1", ExpiresAt: start.Add(time.Hour)}
	report := bot.Token{ID: "a", Hash: "h2", Name: "report", Agent: "2", Scope: bot.ScopeRead, CreatedAt: start, CreatedBy: "1"}
	for _, token := range []bot.Token{shop, report} {
		t.ok(t.AddToken(t.ctx, token, log))
	}
	if err := t.AddToken(t.ctx, bot.Token{ID: "b", Hash: "h3", Agent: "9"}, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("a second token of an id: %v", err)
	}
	for _, bad := range []bot.Token{{Hash: "h", Agent: "1"}, {ID: "c", Agent: "1"}, {ID: "c", Hash: "h"}} {
		if err := t.AddToken(t.ctx, bad, log); !errors.Is(err, store.ErrInvalid) {
			t.Fatalf("%+v: %v", bad, err)
		}
	}
	all, err := t.Tokens(t.ctx)
	t.ok(err)
	t.equal("tokens", all, []bot.Token{report, shop})

	t.ok(t.TouchToken(t.ctx, "b", start.Add(time.Minute)))
	t.ok(t.TouchToken(t.ctx, "b", start)) // an earlier use that is noted later
	shop.SeenAt = start.Add(time.Minute)
	got, err := t.Token(t.ctx, "b")
	t.ok(err)
	t.equal("after its use", got, shop)

	t.ok(t.DeleteToken(t.ctx, "b", log))
	_, errToken := t.Token(t.ctx, "b")
	for what, err := range map[string]error{"read": errToken, "touch": t.TouchToken(t.ctx, "b", start), "delete": t.DeleteToken(t.ctx, "b", log)} {
		if !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("%s a deleted token: %v", what, err)
		}
	}
	audit, err := t.Audit(t.ctx, 0)
	t.ok(err)
	if len(audit) != 3 {
		t.Fatalf("%d entries in the log, want two of adding and one of deleting", len(audit))
	}
}
