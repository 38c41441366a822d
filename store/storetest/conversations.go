package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
	"huiyin/store"
)

func testSave(t *tester) {
	got, err := t.Accept(t.ctx, []bot.Inbound{event("web", "1", "lin", "运费多少"), event("web", "2", "lin", "?")})
	t.ok(err)
	conv := conversation("c")
	conv.LastSeq = 2
	conv.Slots = map[string]bot.Slot{"order": {Value: "A-1", At: start}}
	conv.Handoff = &bot.Handoff{Reason: bot.ReasonAsked, Summary: "asked for a person", At: start}
	in, out := incoming("c", 1, "运费多少"), outgoing("c", 2, "满 99 元包邮")
	in.Analysis = &nlp.Analysis{Text: in.Text, Lang: "zh", Intent: nlp.Intent{Name: "delivery_fee", Confidence: 0.93}}
	in.Decision = &bot.Decision{Action: bot.ActArticle, Step: 6, Reason: "bot.why.kb", Confidence: 0.97}
	out.Citations = []kb.Citation{{Article: "fees.zh", Root: "fees", Revision: 3, Title: "运费"}}
	out.Buttons = []bot.Button{{Title: "有帮助", Value: "2:0", Action: "helped:yes"}}
	fact := bot.Fact{Name: bot.FactAnswer, Value: 1, Label: "article:fees.zh", Start: start, End: start.Add(time.Second), Conversation: "c", Inbox: "web"}
	gap := kb.Gap{ID: "g1", Question: "运费多少", Conversation: "c", Message: "c-1", Kind: kb.GapNotHelpful, At: start}
	contact := bot.Contact{ID: conv.Contact, Name: "林", Lang: "zh", Attrs: map[string]string{"tier": "gold"}, CreatedAt: start}
	address := bot.ContactInbox{Inbox: "web", SourceID: "lin", Contact: conv.Contact}
	log := bot.Event{At: start, Actor: "bot", Action: "conversation.start", Object: "c"}
	t.ok(t.Save(t.ctx, bot.Change{
		Conversation: conv, Done: []uint64{got[0].ID}, Contact: &contact, Address: &address,
		Messages: []bot.Message{out, in}, Facts: []bot.Fact{fact}, Gaps: []kb.Gap{gap}, Log: []bot.Event{log},
	}))

	stored, err := t.Conversation(t.ctx, "c")
	t.ok(err)
	conv.Version = 1
	t.equal("conversation", stored, conv)
	messages, err := t.Messages(t.ctx, "c", 0, 0)
	t.ok(err)
	t.equal("messages", messages, []bot.Message{in, out})
	at, err := t.ContactAt(t.ctx, "web", "lin")
	t.ok(err)
	t.equal("contact", at, contact)
	unsent, err := t.Unsent(t.ctx)
	t.ok(err)
	t.equal("outbox", unsent, []bot.Message{out})
	pending, err := t.Recover(t.ctx)
	t.ok(err)
	got[1].Attempts = 1
	t.equal("pending events", pending, got[1:])
	gaps, err := t.Gaps(t.ctx, start, start.Add(1))
	t.ok(err)
	t.equal("gaps", gaps, []kb.Gap{gap})
	t.equal("facts", collect(t, t.Facts(t.ctx, start, start.Add(time.Hour))), []bot.Fact{fact})
	audit, err := t.Audit(t.ctx, 0)
	t.ok(err)
	t.equal("audit log", audit, []bot.Event{log})

	stored.Status, stored.Epoch = bot.StatusWaiting, 2
	if again := t.next(stored, incoming("c", 3, "人工")); again.Version != 2 || again.LastSeq != 3 || again.Status != bot.StatusWaiting {
		t.Fatalf("after a second change: %+v", again)
	}
	if _, err := t.Conversation(t.ctx, "nobody"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("unknown conversation: %v", err)
	}
}

// nothingOf makes sure that a refused change left nothing behind.
func (t *tester) nothingOf(why string, want bot.Conversation, unsent int) {
	t.Helper()
	if want.ID != "" {
		stored, err := t.Conversation(t.ctx, want.ID)
		t.ok(err)
		t.equal(why+": conversation", stored, want)
		messages, err := t.Messages(t.ctx, want.ID, 0, 0)
		t.ok(err)
		if uint64(len(messages)) != want.LastSeq {
			t.Fatalf("%s: %d messages, want %d", why, len(messages), want.LastSeq)
		}
	}
	outbox, err := t.Unsent(t.ctx)
	t.ok(err)
	facts := collect(t, t.Facts(t.ctx, time.Time{}, start.AddDate(9, 0, 0)))
	gaps, err := t.Gaps(t.ctx, time.Time{}, start.AddDate(9, 0, 0))
	t.ok(err)
	audit, err := t.Audit(t.ctx, 0)
	t.ok(err)
	if len(outbox) != unsent || len(facts)+len(gaps)+len(audit) != 0 {
		t.Fatalf("%s: %d in the outbox, want %d; %d facts, %d gaps, %d in the log", why, len(outbox), unsent, len(facts), len(gaps), len(audit))
	}
}

// full is a change that touches everything.
func full(conv bot.Conversation, done ...uint64) bot.Change {
	conv.LastSeq++
	return bot.Change{
		Conversation: conv, Done: done, Messages: []bot.Message{outgoing(conv.ID, conv.LastSeq, "答")},
		Contact: &bot.Contact{ID: conv.Contact, Name: "Name"},
		Address: &bot.ContactInbox{Inbox: conv.Inbox, SourceID: "source-" + string(conv.Contact), Contact: conv.Contact},
		Facts:   []bot.Fact{{Name: bot.FactTurn, Conversation: conv.ID, End: start}},
		Gaps:    []kb.Gap{{ID: "gap-" + string(conv.ID), Conversation: string(conv.ID), At: start}},
		Log:     []bot.Event{{At: start, Actor: "bot", Action: "test"}},
	}
}

// testSaveKeepsScore saves a contact as she was read before she was asked for a score, and gave one, elsewhere.
func testSaveKeepsScore(t *tester) {
	conv := conversation("c")
	read := bot.Contact{ID: conv.Contact, Name: "林", CreatedAt: start}
	asked := read
	asked.NPS, asked.NPSAt = &bot.Score{Value: 9, At: start.Add(time.Hour)}, start
	t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Contact: &asked}))
	conv.Version++
	read.Name, read.SeenAt = "小林", start.Add(2*time.Hour)
	t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Contact: &read}))
	got, err := t.Contact(t.ctx, conv.Contact)
	t.ok(err)
	want := read
	want.NPS, want.NPSAt = asked.NPS, asked.NPSAt
	t.equal("contact", got, want)
	conv.Version++
	want.NPS, want.NPSAt = &bot.Score{Value: 3, At: start.Add(3 * time.Hour)}, start.Add(3*time.Hour)
	t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Contact: &want}))
	got, err = t.Contact(t.ctx, conv.Contact)
	t.ok(err)
	t.equal("newer score", got, want)
}

func testSaveConflict(t *tester) {
	conv := t.begin("c", outgoing("c", 1, "你好"))
	events, err := t.Accept(t.ctx, []bot.Inbound{event("web", "1", "lin", "a"), event("web", "2", "lin", "b")})
	t.ok(err)
	t.ok(t.Save(t.ctx, bot.Change{Done: []uint64{events[0].ID}}))
	cases := []struct {
		name string
		edit func(*bot.Change)
	}{
		{"an older version", func(c *bot.Change) { c.Conversation.Version-- }},
		{"a version never written", func(c *bot.Change) { c.Conversation.Version++ }},
		{"version of a new conversation", func(c *bot.Change) { *c = full(conversation("d")); c.Conversation.Version = 1 }},
		{"event finished already", func(c *bot.Change) { c.Done = append(c.Done, events[0].ID) }},
		{"event never seen", func(c *bot.Change) { c.Done = append(c.Done, 999) }},
	}
	for _, test := range cases {
		c := full(conv, events[1].ID)
		test.edit(&c)
		if err := t.Save(t.ctx, c); !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("%s: %v", test.name, err)
		}
		t.nothingOf(test.name, conv, 1)
		if _, err := t.Conversation(t.ctx, "d"); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("%s: conversation d: %v", test.name, err)
		}
	}
	if err := t.Save(t.ctx, full(conv, events[1].ID)); err != nil {
		t.Fatalf("a good change after the refused ones: %v", err)
	}
	second := full(conversation("e"))
	second.Address.SourceID = "source-" + string(conv.Contact)
	if err := t.Save(t.ctx, second); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("an address that belongs to another contact: %v", err)
	}
}

func testSaveInvalid(t *tester) {
	sent := outgoing("c", 1, "你好")
	sent.Delivery = bot.Sent
	conv := t.begin("c", sent)
	cases := []struct {
		name string
		edit func(*bot.Change)
	}{
		{"hole", func(c *bot.Change) { c.Messages[0].Seq, c.Conversation.LastSeq = 3, 3 }},
		{"no Seq", func(c *bot.Change) { c.Messages[0].Seq = 0 }},
		{"LastSeq too high", func(c *bot.Change) { c.Conversation.LastSeq++ }},
		{"LastSeq too low", func(c *bot.Change) { c.Conversation.LastSeq-- }},
		{"message twice", func(c *bot.Change) { c.Messages = append(c.Messages, c.Messages[0]) }},
		{"message of another conversation", func(c *bot.Change) { c.Messages[0].Conversation = "d" }},
		{"message without an id", func(c *bot.Change) { c.Messages[0].ID = "" }},
		{"id of an older message to send", func(c *bot.Change) { c.Messages[0].ID = "c-1" }},
		{"incoming message to send", func(c *bot.Change) { c.Messages[0].Direction = bot.Incoming }},
		{"note to send", func(c *bot.Change) { c.Messages[0].Private = true }},
		{"event twice", func(c *bot.Change) { c.Done = []uint64{7, 7} }},
		{"unknown status", func(c *bot.Change) { c.Conversation.Status = "asleep" }},
		{"NUL in an id", func(c *bot.Change) { c.Conversation.Thread = "a\x00b" }},
		{"bytes that are no text in an id", func(c *bot.Change) { c.Conversation.Thread = "a\xff" }},
		{"endless id", func(c *bot.Change) { c.Conversation.Thread = strings.Repeat("x", store.MaxIDBytes+1) }},
		{"address of nobody", func(c *bot.Change) { c.Contact = nil }},
		{"gap of another conversation", func(c *bot.Change) { c.Gaps[0].Conversation = "d" }},
		{"no conversation but messages", func(c *bot.Change) { c.Conversation = bot.Conversation{} }},
	}
	for _, test := range cases {
		c := full(conv)
		test.edit(&c)
		if err := t.Save(t.ctx, c); !errors.Is(err, store.ErrInvalid) {
			t.Fatalf("%s: %v", test.name, err)
		}
		t.nothingOf(test.name, conv, 0)
	}
}

func testSaveWithoutConversation(t *tester) {
	events, err := t.Accept(t.ctx, []bot.Inbound{event("web", "1", "lin", "a")})
	t.ok(err)
	fact := bot.Fact{Name: bot.FactQuarantined, Value: 1, End: start}
	t.ok(t.Save(t.ctx, bot.Change{Done: []uint64{events[0].ID}, Facts: []bot.Fact{fact}, Log: []bot.Event{{Actor: "system"}}}))
	pending, err := t.Recover(t.ctx)
	t.ok(err)
	t.equal("pending", pending, []bot.Accepted{})
	t.equal("facts", collect(t, t.Facts(t.ctx, start, start.Add(1))), []bot.Fact{fact})
}

// testSaveTogether lets many change the same conversation at once: each version is written by exactly one of them.
func testSaveTogether(t *tester) {
	t.begin("c")
	const writers, each = 8, 12
	for _, err := range together(writers, func(i int) error {
		for n := 0; n < each; {
			conv, err := t.Conversation(t.ctx, "c")
			if err != nil {
				return err
			}
			conv.LastSeq++
			m := incoming("c", conv.LastSeq, fmt.Sprint(i))
			err = t.Save(t.ctx, bot.Change{Conversation: conv, Messages: []bot.Message{m}, Facts: []bot.Fact{{Name: "turn", End: start}}})
			switch {
			case err == nil:
				n++
			case !errors.Is(err, bot.ErrConflict):
				return err
			}
		}
		return nil
	}) {
		t.ok(err)
	}
	conv, err := t.Conversation(t.ctx, "c")
	t.ok(err)
	messages, err := t.Messages(t.ctx, "c", 0, 0)
	t.ok(err)
	facts := collect(t, t.Facts(t.ctx, start, start.Add(1)))
	if conv.Version != writers*each+1 || len(messages) != writers*each || len(facts) != writers*each {
		t.Fatalf("version %d, %d messages, %d facts", conv.Version, len(messages), len(facts))
	}
	count := map[string]int{}
	for _, m := range messages {
		count[m.Text]++
	}
	for i := range writers {
		if count[fmt.Sprint(i)] != each {
			t.Fatalf("messages of each writer: %v", count)
		}
	}
}

// testSaveChangedMessages: a change may edit messages, but not undo what the outbox knows.
func testSaveChangedMessages(t *tester) {
	cases := []struct {
		stored, asked, want bot.Delivery
		conflict            bool
	}{
		{bot.Queued, bot.Queued, bot.Queued, false},
		{bot.Queued, bot.Cancelled, bot.Cancelled, false},
		{bot.Sending, bot.Queued, bot.Sending, false},
		{bot.Sending, bot.Cancelled, bot.Sending, false},
		{bot.Sent, bot.Queued, "", true},
		{bot.Sent, bot.Sending, bot.Sent, false},
		{bot.Read, bot.Sent, bot.Read, false},
		{bot.Failed, bot.Queued, bot.Queued, false},
		{bot.Unknown, bot.Queued, bot.Queued, false},
		{bot.Cancelled, bot.Queued, "", true},
	}
	for i, test := range cases {
		name := fmt.Sprintf("%s, asked %s", test.stored, test.asked)
		id := bot.ConversationID(fmt.Sprint("c", i))
		m := outgoing(id, 2, "旧")
		m.Delivery = test.stored
		conv := t.begin(id, incoming(id, 1, "问"), m)
		m.Delivery, m.Text, m.EditedAt = test.asked, "新", start
		in := incoming(id, 1, "改")
		err := t.Save(t.ctx, bot.Change{Conversation: conv, Messages: []bot.Message{m, in}})
		if test.conflict != errors.Is(err, bot.ErrConflict) || !test.conflict && err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := t.Messages(t.ctx, id, 0, 0)
		t.ok(err)
		if test.conflict {
			if got[0].Text != "问" || got[1].Text != "旧" || got[1].Delivery != test.stored {
				t.Fatalf("%s: a refused change left %+v", name, got)
			}
			continue
		}
		if got[0].Text != "改" || got[1].Text != "新" || got[1].Delivery != test.want {
			t.Fatalf("%s: %+v", name, got)
		}
		unsent, err := t.Unsent(t.ctx)
		t.ok(err)
		listed := slices.ContainsFunc(unsent, func(u bot.Message) bool { return u.ID == m.ID })
		if listed != (test.want == bot.Queued || test.want == bot.Sending) {
			t.Fatalf("%s: in the outbox: %v", name, listed)
		}
	}
}

func testMessages(t *tester) {
	const n = 300
	var all []bot.Message
	for seq := uint64(1); seq <= n; seq++ {
		all = append(all, incoming("c", seq, fmt.Sprint(seq)))
	}
	t.begin("b", incoming("b", 1, "before"))
	t.begin("c", all...)
	t.begin("d", incoming("d", 1, "behind"))
	cases := []struct {
		after    uint64
		limit    int
		from, to int
	}{{0, 0, 0, n}, {0, 10, 0, 10}, {255, 3, 255, 258}, {298, 0, 298, n}, {298, 5, 298, n}, {n, 0, n, n}, {1 << 62, 0, n, n}}
	for _, test := range cases {
		got, err := t.Messages(t.ctx, "c", test.after, test.limit)
		t.ok(err)
		t.equal(fmt.Sprintf("after %d, limit %d", test.after, test.limit), got, all[test.from:test.to])
	}
	none, err := t.Messages(t.ctx, "nobody", 0, 0)
	t.ok(err)
	t.equal("of an unknown conversation", none, []bot.Message{})
}

func testCurrent(t *tester) {
	if _, err := t.Current(t.ctx, "web", "here"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("of an empty store: %v", err)
	}
	for i, id := range []bot.ConversationID{"z", "a", "m"} { // created in this order
		c := conversation(id)
		c.Thread, c.CreatedAt = "here", start.Add(time.Duration(i)*time.Minute)
		c.UpdatedAt = start.Add(-time.Duration(i) * time.Minute)
		t.next(c)
		got, err := t.Current(t.ctx, "web", "here")
		t.ok(err)
		if got.ID != id {
			t.Fatalf("after %s began: %s", id, got.ID)
		}
	}
	got, err := t.Conversation(t.ctx, "m")
	t.ok(err)
	got.Status = bot.StatusResolved
	got = t.next(got)
	current, err := t.Current(t.ctx, "web", "here")
	t.ok(err)
	t.equal("resolved", current, got)
	for _, other := range [][2]string{{"slack", "here"}, {"web", "her"}, {"web", "here2"}, {"we", "bhere"}} {
		if _, err := t.Current(t.ctx, bot.InboxID(other[0]), other[1]); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("%s: %v", other, err)
		}
	}
}

func testList(t *tester) {
	statuses := []bot.Status{bot.StatusBot, bot.StatusWaiting, bot.StatusAgent, bot.StatusResolved}
	var all []bot.Conversation
	for i := range 40 {
		c := conversation(bot.ConversationID(fmt.Sprintf("c%02d", i)))
		c.Status, c.UpdatedAt = statuses[i%4], start.Add(time.Duration(i*7%40)*time.Minute)
		c.Contact = bot.ContactID(fmt.Sprint("p", i%3))
		if i%4 >= 2 {
			c.Agent = bot.AgentID(fmt.Sprint("agent", i%5))
		}
		if i%2 == 0 {
			c.Inbox = "slack"
		}
		all = append(all, t.next(c))
	}
	// Move some, so that what was listed under the old state must be gone.
	for i := 0; i < 40; i += 3 {
		c := all[i]
		c.Status, c.Agent, c.UpdatedAt = statuses[(i+1)%4], "agent9", start.Add(time.Duration(100+i)*time.Minute)
		all[i] = t.next(c)
	}
	slices.SortFunc(all, func(a, b bot.Conversation) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	filters := []bot.Filter{
		{}, {Limit: 7}, {Statuses: []bot.Status{bot.StatusWaiting}}, {Statuses: []bot.Status{bot.StatusWaiting, bot.StatusAgent}},
		{Statuses: []bot.Status{bot.StatusBot, bot.StatusBot}}, {Statuses: []bot.Status{"asleep"}},
		{Agent: "agent9"}, {Agent: "agent2", Statuses: []bot.Status{bot.StatusResolved}}, {Agent: "agent"}, {Contact: "p1"},
		{Contact: "p1", Statuses: []bot.Status{bot.StatusBot}, Limit: 2}, {Inbox: "slack"}, {Inbox: "slack", Agent: "agent9", Contact: "p0"},
		{Before: start.Add(30 * time.Minute)}, {Before: start.Add(30 * time.Minute), Limit: 3, Statuses: []bot.Status{bot.StatusBot}},
		{Before: start}, {Contact: "p2", Before: start.Add(110 * time.Minute)}, {Agent: "agent9", Before: start.Add(110 * time.Minute), Limit: 2},
	}
	for _, f := range filters {
		var want []bot.Conversation
		for _, c := range all {
			if store.Matches(f, c) && (f.Limit == 0 || len(want) < f.Limit) {
				want = append(want, c)
			}
		}
		got, err := t.Conversations(t.ctx, f)
		t.ok(err)
		t.equal(fmt.Sprintf("%+v", f), got, want)
	}
	for i := range 80 {
		t.begin(bot.ConversationID(fmt.Sprintf("more%02d", i)))
	}
	got, err := t.Conversations(t.ctx, bot.Filter{})
	t.ok(err)
	if len(got) != 100 {
		t.Fatalf("without a limit: %d", len(got))
	}
}

func testMessageBySource(t *tester) {
	conv := t.begin("c", incoming("c", 1, "原文"), outgoing("c", 2, "答"))
	got, err := t.MessageBySource(t.ctx, "web", "in-c-1")
	t.ok(err)
	t.equal("message", got, incoming("c", 1, "原文"))
	changed := incoming("c", 1, "改过")
	changed.SourceID = "other"
	t.next(conv, changed)
	got, err = t.MessageBySource(t.ctx, "web", "other")
	t.ok(err)
	t.equal("message under its new id", got, changed)
	for _, unknown := range [][2]string{{"web", "in-c-1"}, {"slack", "other"}, {"web", "othe"}, {"web", ""}, {"webother", ""}} {
		if m, err := t.MessageBySource(t.ctx, bot.InboxID(unknown[0]), unknown[1]); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("%q: %+v, %v", unknown, m, err)
		}
	}
}

func testContacts(t *tester) {
	c := full(conversation("c"))
	t.ok(t.Save(t.ctx, c))
	got, err := t.Contact(t.ctx, "contact-c")
	t.ok(err)
	t.equal("contact", got, *c.Contact)
	second := full(conversation("d"))
	second.Conversation.Contact, second.Contact = "contact-c", nil
	second.Address = &bot.ContactInbox{Inbox: "slack", SourceID: "U1", Contact: "contact-c"}
	second.Gaps = nil
	t.ok(t.Save(t.ctx, second))
	at, err := t.ContactAt(t.ctx, "slack", "U1")
	t.ok(err)
	t.equal("contact at a second address", at, *c.Contact)
	if _, err := t.ContactAt(t.ctx, "slack", "source-contact-c"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("unknown address: %v", err)
	}
	if _, err := t.Contact(t.ctx, "nobody"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("unknown contact: %v", err)
	}
}
