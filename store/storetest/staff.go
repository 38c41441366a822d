package storetest

import (
	"errors"
	"fmt"
	"time"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/store"
)

func testAgents(t *tester) {
	log := bot.Event{At: start, Actor: "system", Action: "agent.save"}
	mei := bot.Agent{ID: "1", Email: "Mei@Shop.example", Name: "梅", Role: bot.RoleAdmin, PasswordHash: "$argon2id$x", CreatedAt: start}
	bob := bot.Agent{ID: "2", Email: "bob@shop.example", Name: "Bob", Role: bot.RoleAgent, CreatedAt: start}
	t.ok(t.SaveAgent(t.ctx, mei, log))
	t.ok(t.SaveAgent(t.ctx, bob, log))
	all, err := t.Agents(t.ctx)
	t.ok(err)
	t.equal("agents", all, []bot.Agent{bob, mei})
	got, err := t.AgentByEmail(t.ctx, " mei@shop.EXAMPLE ")
	t.ok(err)
	t.equal("by e-mail", got, mei)

	thief := bot.Agent{ID: "3", Email: "MEI@shop.example", Name: "Other"}
	if err := t.SaveAgent(t.ctx, thief, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("a second agent with the same e-mail: %v", err)
	}
	if err := t.SaveAgent(t.ctx, bot.Agent{ID: "4"}, log); !errors.Is(err, store.ErrInvalid) {
		t.Fatalf("no e-mail: %v", err)
	}
	mei.Email, mei.Disabled = "mei.lin@shop.example", true
	t.ok(t.SaveAgent(t.ctx, mei, log))
	if _, err := t.AgentByEmail(t.ctx, "mei@shop.example"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("by the old e-mail: %v", err)
	}
	got, err = t.Agent(t.ctx, "1")
	t.ok(err)
	t.equal("after a change", got, mei)
	t.ok(t.SaveAgent(t.ctx, thief, log)) // the address is free now
	if _, err := t.Agent(t.ctx, "9"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("unknown: %v", err)
	}
	audit, err := t.Audit(t.ctx, 0)
	t.ok(err)
	if len(audit) != 4 {
		t.Fatalf("%d entries in the log", len(audit))
	}

	away := bot.Event{At: start.Add(time.Minute), Actor: "1", Action: "agent.state"}
	got, err = t.SetAgentState(t.ctx, "1", bot.Away, away)
	t.ok(err)
	mei.Name = "林梅"
	t.ok(t.SaveAgent(t.ctx, mei, log)) // by somebody who had read her before
	mei.State, mei.StateAt = bot.Away, away.At
	stored, err := t.Agent(t.ctx, "1")
	t.ok(err)
	t.equal("her state stays when she is saved", stored, mei)
	mei.Name = "梅"
	t.equal("what SetAgentState returns", got, mei)
	if _, err := t.SetAgentState(t.ctx, "9", bot.Away, away); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("the state of nobody: %v", err)
	}
	audit, err = t.Audit(t.ctx, 0)
	t.ok(err)
	if len(audit) != 6 {
		t.Fatalf("%d entries in the log after a change of state", len(audit))
	}
	_, err = t.SetAgentState(t.ctx, "1", bot.Away, away) // no other state: no fact
	t.ok(err)
	back := bot.Event{At: start.Add(3 * time.Minute), Actor: "1", Action: "agent.state"}
	_, err = t.SetAgentState(t.ctx, "1", bot.Online, back)
	t.ok(err)
	var facts []bot.Fact
	for f, err := range t.Facts(t.ctx, start, start.Add(time.Hour)) {
		t.ok(err)
		facts = append(facts, f)
	}
	t.equal("facts of her comings and goings", facts, []bot.Fact{
		{Name: bot.FactPresence, Label: ":away", Agent: "1", Start: away.At, End: away.At},
		{Name: bot.FactPresence, Label: "away:online", Value: 120, Agent: "1", Start: away.At, End: back.At},
	})
}

func testSessions(t *tester) {
	for i := range 4 {
		t.ok(t.SaveSession(t.ctx, bot.Session{Hash: fmt.Sprint("h", i), Agent: bot.AgentID(fmt.Sprint("a", i%2)), CreatedAt: start, SeenAt: start}))
	}
	seen := bot.Session{Hash: "h0", Agent: "a0", CreatedAt: start, SeenAt: start.Add(time.Hour), Once: true}
	t.ok(t.SaveSession(t.ctx, seen))
	got, err := t.Session(t.ctx, "h0")
	t.ok(err)
	t.equal("session", got, seen)
	edited, err := t.EditSession(t.ctx, "h0", func(s *bot.Session) { s.Quiet = true })
	t.ok(err)
	seen.Quiet = true
	t.equal("session as edited", edited, seen)
	got, err = t.Session(t.ctx, "h0")
	t.ok(err)
	t.equal("session", got, seen)
	t.ok(t.DeleteSessions(t.ctx, "a1", "h1"))
	if _, err := t.EditSession(t.ctx, "h1", func(s *bot.Session) { s.Quiet = true }); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("editing one that has ended: %v", err)
	}
	if err := t.DeleteSessions(t.ctx, "a1", "h1"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("deleting one twice: %v", err)
	}
	t.ok(t.DeleteSessions(t.ctx, "a0", ""))
	for hash, want := range map[string]bool{"h0": false, "h1": false, "h2": false, "h3": true, "h": false} {
		_, err := t.Session(t.ctx, hash)
		if want != (err == nil) || err != nil && !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("session %s: %v", hash, err)
		}
	}
}

// testSessionsEnd: logins that have expired go with the next one, so that they do not pile up.
func testSessionsEnd(t *tester) {
	for i := range 40 {
		at := start.Add(time.Duration(i) * time.Hour)
		t.ok(t.SaveSession(t.ctx, bot.Session{Hash: fmt.Sprint("h", i), Agent: "a", CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(2 * time.Hour)}))
	}
	t.ok(t.SaveSession(t.ctx, bot.Session{Hash: "kept", Agent: "a", CreatedAt: start.Add(39 * time.Hour)}))
	for i := range 40 {
		if _, err := t.Session(t.ctx, fmt.Sprint("h", i)); (err == nil) != (i >= 37) || err != nil && !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("session %d: %v", i, err)
		}
	}
	t.ok(t.SaveSession(t.ctx, bot.Session{Hash: "later", Agent: "b", CreatedAt: start.Add(900 * time.Hour), ExpiresAt: start.Add(902 * time.Hour)}))
	for hash, want := range map[string]bool{"h39": false, "kept": true, "later": true} { // one that never expires stays
		if _, err := t.Session(t.ctx, hash); (err == nil) != want {
			t.Errorf("session %s: %v", hash, err)
		}
	}
}

func testAudit(t *tester) {
	for i := range 120 {
		t.ok(t.Record(t.ctx, bot.Event{At: start, Actor: "system", Action: "test", Object: fmt.Sprint(i)}))
	}
	for limit, want := range map[int]int{0: 100, 5: 5, 500: 120} {
		got, err := t.Audit(t.ctx, limit)
		t.ok(err)
		if len(got) != want || got[0].Object != "119" || got[want-1].Object != fmt.Sprint(120-want) {
			t.Fatalf("limit %d: %d entries", limit, len(got))
		}
	}
}

// person fills the store with a customer: two addresses, two conversations, everything that hangs on them.
func (t *tester) person(name string) bot.Contact {
	t.Helper()
	contact := bot.Contact{ID: bot.ContactID("contact-" + name), Name: name, Email: name + "@mail.example", Phone: "138" + name, CreatedAt: start}
	for i, inbox := range []bot.InboxID{"web", "slack"} {
		source := fmt.Sprintf("%s-at-%s", name, inbox)
		events, err := t.Accept(t.ctx, []bot.Inbound{
			event(inbox, "done-"+name, source, "done "+name), event(inbox, "pending-"+name, source, "pending "+name),
			event(inbox, "bad-"+name, source, "bad "+name),
		})
		t.ok(err)
		t.ok(t.Quarantine(t.ctx, events[2].ID, "unreadable"))
		conv := conversation(bot.ConversationID(fmt.Sprint("c", i, "-of-", name)))
		conv.Inbox, conv.Thread, conv.Contact, conv.Name, conv.LastSeq = inbox, "thread-"+source, contact.ID, name, 3
		out := outgoing(conv.ID, 3, "secret of "+name)
		first, second := incoming(conv.ID, 1, "hello from "+name), outgoing(conv.ID, 2, "to "+name)
		first.Inbox, second.Inbox, out.Inbox = inbox, inbox, inbox
		t.ok(t.Save(t.ctx, bot.Change{
			Conversation: conv, Done: []uint64{events[0].ID}, Contact: &contact,
			Address:  &bot.ContactInbox{Inbox: inbox, SourceID: source, Contact: contact.ID},
			Messages: []bot.Message{first, second, out},
			Facts:    []bot.Fact{{Name: bot.FactAnswer, Value: 1, Label: "label " + name, Start: start, End: start.Add(time.Duration(i)), Conversation: conv.ID}},
			Gaps:     []kb.Gap{{ID: "gap-" + string(conv.ID), Question: "ask " + name, Conversation: string(conv.ID), Contact: string(contact.ID), At: start}},
		}))
	}
	_, err := t.BeginSend(t.ctx, bot.MessageID(fmt.Sprintf("c0-of-%s-2", name)))
	t.ok(err)
	_, err = t.EndSend(t.ctx, bot.MessageID(fmt.Sprintf("c0-of-%s-2", name)), bot.SendResult{Delivery: bot.Failed, SourceID: "P-" + name, At: start})
	t.ok(err)
	return contact
}

func testEraseContact(t *tester) {
	lin, wu := t.person("lin"), t.person("wu")
	log := bot.Event{At: start, Actor: "admin", Action: "contact.erase", Object: string(lin.ID)}
	if _, err := t.EraseContact(t.ctx, "nobody", log); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("unknown contact: %v", err)
	}
	n, err := t.EraseContact(t.ctx, lin.ID, log)
	t.ok(err)
	if n != 6 {
		t.Fatalf("%d messages erased, want 6", n)
	}
	for name, c := range map[string]struct {
		contact bot.Contact
		there   bool
	}{"lin": {lin, false}, "wu": {wu, true}} {
		check := func(what string, err error) {
			t.Helper()
			if c.there != (err == nil) || err != nil && !errors.Is(err, bot.ErrNotFound) {
				t.Fatalf("%s of %s: %v", what, name, err)
			}
		}
		_, err := t.Contact(t.ctx, c.contact.ID)
		check("contact", err)
		_, err = t.ContactAt(t.ctx, "slack", name+"-at-slack")
		check("address", err)
		_, err = t.Conversation(t.ctx, bot.ConversationID("c0-of-"+name))
		check("conversation", err)
		_, err = t.Current(t.ctx, "web", "thread-"+name+"-at-web")
		check("thread", err)
		_, err = t.MessageBySource(t.ctx, "web", "in-c0-of-"+name+"-1")
		check("message", err)
		check("receipt", t.Receipt(t.ctx, "web", "P-"+name, bot.Read, start))
		_, err = t.BeginSend(t.ctx, bot.MessageID("c0-of-"+name+"-3"))
		check("BeginSend", err)
		_, err = t.EndSend(t.ctx, bot.MessageID("c0-of-"+name+"-3"), bot.SendResult{Delivery: bot.Sent})
		check("EndSend", err)
		again, err := t.EraseContact(t.ctx, "nobody", log)
		if again != 0 || !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("erasing nobody: %d, %v", again, err)
		}
	}
	t.onlyWu(wu)
	again, err := t.Accept(t.ctx, []bot.Inbound{event("web", "done-lin", "lin", ""), event("web", "pending-lin", "lin", ""), event("slack", "bad-lin", "lin", "")})
	t.ok(err)
	t.equal("repeated events of an erased person", again, []bot.Accepted{})
	audit, err := t.Audit(t.ctx, 0)
	t.ok(err)
	t.equal("audit log", audit, []bot.Event{log})
}

// onlyWu makes sure that no listing knows anybody but wu.
func (t *tester) onlyWu(wu bot.Contact) {
	t.Helper()
	far := start.AddDate(1, 0, 0)
	conversations, err := t.Conversations(t.ctx, bot.Filter{})
	t.ok(err)
	gaps, err := t.Gaps(t.ctx, time.Time{}, far)
	t.ok(err)
	pending, err := t.Recover(t.ctx)
	t.ok(err)
	bad, err := t.Quarantined(t.ctx, 0)
	t.ok(err)
	unsent, err := t.Unsent(t.ctx)
	t.ok(err)
	messages := collect(t, t.MessagesBetween(t.ctx, time.Time{}, far))
	if len(conversations) != 2 || len(gaps) != 2 || len(pending) != 2 || len(bad) != 2 || len(unsent) != 2 || len(messages) != 6 {
		t.Fatalf("left: %d conversations, %d gaps, %d pending, %d quarantined, %d unsent, %d messages",
			len(conversations), len(gaps), len(pending), len(bad), len(unsent), len(messages))
	}
	for _, c := range conversations {
		if c.Contact != wu.ID {
			t.Fatalf("left: %+v", c)
		}
	}
	facts := collect(t, t.Facts(t.ctx, time.Time{}, far))
	if len(facts) != 6 { // they count, without saying what they were about
		t.Fatalf("%d facts", len(facts))
	}
	for _, f := range facts {
		if (f.Label == "") != (f.Conversation == "c0-of-lin" || f.Conversation == "c1-of-lin") {
			t.Fatalf("fact of %s: %q", f.Conversation, f.Label)
		}
	}
	found, err := t.FindContact(t.ctx, "lin")
	t.ok(err)
	t.equal("search", found, []bot.Contact{})
}

// testEraseWhileAnswering: an answer that was being made when its customer was erased does not bring her back.
func testEraseWhileAnswering(t *tester) {
	lin := t.person("lin")
	conv, err := t.Conversation(t.ctx, "c0-of-lin")
	t.ok(err)
	events, err := t.Accept(t.ctx, []bot.Inbound{event("web", "4", "lin-at-web", "still there?")})
	t.ok(err)
	_, err = t.EraseContact(t.ctx, lin.ID, bot.Event{})
	t.ok(err)
	conv.LastSeq++
	fresh := conversation("new")
	fresh.Contact = lin.ID
	for name, c := range map[string]bot.Change{
		"her conversation":        {Conversation: conv, Messages: []bot.Message{incoming(conv.ID, conv.LastSeq, "")}},
		"a new one with her":      {Conversation: fresh, Contact: &lin},
		"a new one of her":        {Conversation: fresh},
		"an event of hers":        {Done: []uint64{events[0].ID}},
		"her under another's row": {Conversation: conversation("other"), Contact: &lin},
	} {
		if err := t.Save(t.ctx, c); !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if _, err := t.Contact(t.ctx, lin.ID); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("contact: %v", err)
	}
}

func testFindContact(t *tester) {
	contacts := []bot.Contact{
		{ID: "1", Name: "林晓梅", Email: "Mei@Mail.example", Phone: "+86 138-0013-8000", SeenAt: start},
		{ID: "2", Name: "Mei Ling", SeenAt: start.Add(time.Hour)},
		{ID: "3", Name: "Bob", Email: "bob@mail.example", SeenAt: start.Add(2 * time.Hour)},
	}
	for i, c := range contacts {
		conv := conversation(bot.ConversationID(fmt.Sprint("c", i)))
		conv.Contact = c.ID
		address := &bot.ContactInbox{Inbox: "slack", SourceID: fmt.Sprint("U00", i), Contact: c.ID}
		t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Contact: &c, Address: address}))
	}
	for query, want := range map[string][]bot.Contact{
		"mei@mail.EXAMPLE": contacts[:1], "8613800138000": contacts[:1], "晓梅": contacts[:1], "MEI": {contacts[1]},
		" bob ": {contacts[2]}, "u001": {contacts[1]}, "U00": {}, "": {}, "  ": {}, "mail.example": {}, "e": {contacts[1]}, "138": {},
	} {
		got, err := t.FindContact(t.ctx, query)
		t.ok(err)
		t.equal(fmt.Sprintf("%q", query), got, want)
	}
}
