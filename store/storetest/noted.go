package storetest

import (
	"errors"

	"huiyin/bot"
)

// testNoted notes things about people, while their channels tell other things of them.
func testNoted(t *tester) {
	log := bot.Event{At: start, Actor: "lea", Action: "contact.note", Object: "p"}
	edit := func(id bot.ContactID, e bot.NotedEdit) bot.Contact {
		t.Helper()
		e, err := e.Check()
		t.ok(err)
		c, err := t.NoteContact(t.ctx, id, e, log)
		t.ok(err)
		return c
	}
	ada := bot.Contact{ID: "p", Name: "Ada", Attrs: map[string]string{"username": "@ada"}, CreatedAt: start}
	conv := conversation("c")
	conv.Contact = "p"
	t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Contact: &ada}))
	if _, err := t.NoteContact(t.ctx, "nobody", bot.NotedEdit{}, log); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("about nobody: %v", err)
	}
	edit("p", bot.NotedEdit{Tags: []string{" VIP ", "wholesale", "vip"}, Set: map[string]string{"tier": "gold", "username": "ada!"}})
	got := edit("p", bot.NotedEdit{Set: map[string]string{"since": "2019"}, Remove: []string{"tier", "none"}})
	want := bot.Noted{Tags: []string{"vip", "wholesale"}, Attrs: map[string]string{"username": "ada!", "since": "2019"}}
	t.equal("what is noted", got.Noted, want)
	ada.Name, ada.Noted = "Ada L.", bot.Noted{Tags: []string{"forged"}, Tier: "forged"} // a turn that has read her before
	stored, err := t.Conversation(t.ctx, "c")
	t.ok(err)
	t.ok(t.Save(t.ctx, bot.Change{Conversation: stored, Contact: &ada}))
	got, err = t.Contact(t.ctx, "p")
	t.ok(err)
	t.equal("what is noted after her channel told something", got.Noted, want)
	t.equal("her attributes", got.AllAttrs(), map[string]string{"username": "ada!", "since": "2019"})
	bo := bot.Contact{ID: "q", Name: "Bo", CreatedAt: start, Noted: bot.Noted{Tier: "forged"}}
	other := conversation("d")
	other.Contact = "q"
	t.ok(t.Save(t.ctx, bot.Change{Conversation: other, Contact: &bo}))
	if got, err = t.Contact(t.ctx, "q"); err != nil || got.Noted.Tier != "" {
		t.Fatalf("noted by a new contact: %+v, %v", got, err)
	}
	edit("q", bot.NotedEdit{Tags: []string{"late", "vip"}, Set: map[string]string{"since": "2024", "city": "上海"}})
	silver, gold := "silver", "gold"
	t.ok(t.SaveDeskRules(t.ctx, bot.DeskRules{Tiers: []bot.Tier{{Key: gold}, {Key: silver}}}, log))
	edit("p", bot.NotedEdit{Tier: &silver})
	edit("q", bot.NotedEdit{Tier: &gold})
	_, err = t.MergeContacts(t.ctx, "p", "q", log)
	t.ok(err)
	got, err = t.Contact(t.ctx, "p")
	t.ok(err)
	t.equal("one person", got.Noted, bot.Noted{Tier: gold, Tags: []string{"late", "vip", "wholesale"}, Attrs: map[string]string{"username": "ada!", "since": "2019", "city": "上海"}})
	edit("p", bot.NotedEdit{Confirm: "phone:13812345678"})
	got = edit("p", bot.NotedEdit{Confirm: "email:ada@shop.example"})
	t.equal("what is confirmed", got.Noted.Confirmed, []string{"phone:13812345678", "email:ada@shop.example"})
	for _, query := range []string{"+86 138 1234 5678", " ADA@shop.example"} {
		if found, err := t.FindContact(t.ctx, query); err != nil || len(found) != 1 || found[0].ID != "p" {
			t.Fatalf("%s finds %+v, %v", query, found, err)
		}
	}
	cai := bot.Contact{ID: "r", Name: "Cai", Phone: "+86 139-8765-4321", Account: "shop-7", CreatedAt: start}
	third := conversation("e")
	third.Contact = "r"
	t.ok(t.Save(t.ctx, bot.Change{Conversation: third, Contact: &cai}))
	for _, query := range []string{"13987654321", "shop-7"} { // however a number is written, and by her account
		if found, err := t.FindContact(t.ctx, query); err != nil || len(found) != 1 || found[0].ID != "r" || found[0].Account != "shop-7" {
			t.Fatalf("%s finds %+v, %v", query, found, err)
		}
	}
	got = edit("p", bot.NotedEdit{Doubt: "phone:13812345678"})
	t.equal("what is confirmed still", got.Noted.Confirmed, []string{"email:ada@shop.example"})
	got = edit("p", bot.NotedEdit{Tags: []string{}, Remove: []string{"username", "since", "city"}})
	t.equal("nothing", got.Noted.Attrs, map[string]string(nil))
	many := bot.NotedEdit{Set: map[string]string{}}
	for i := range bot.MostContactAttrs + 1 {
		many.Set[string(rune('一'+i))] = "x"
	}
	if _, err := t.NoteContact(t.ctx, "p", many, log); !errors.Is(err, bot.ErrNoted) {
		t.Fatalf("too much: %v", err)
	}
	audit, err := t.Audit(t.ctx, 1)
	t.ok(err)
	t.equal("the audit log", audit[0].Action, "contact.note")
}
