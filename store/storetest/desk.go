package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
	"huiyin/store"
)

func testCanned(t *tester) {
	log := bot.Event{At: start, Actor: "lea", Action: "canned.save"}
	hello := bot.Canned{ID: "1", Key: "hello", Title: "Greeting", Text: map[nlp.Lang]string{"en": "Hi {name}", "zh": "您好，{name}"}, UpdatedAt: start, UpdatedBy: "lea"}
	bye := bot.Canned{ID: "2", Key: "bye", Title: "Goodbye", Text: map[nlp.Lang]string{"en": "Bye"}, UpdatedAt: start}
	t.ok(t.SaveCanned(t.ctx, hello, log))
	t.ok(t.SaveCanned(t.ctx, bye, log))
	all, err := t.Canned(t.ctx)
	t.ok(err)
	t.equal("answers", all, []bot.Canned{bye, hello})

	taken := bot.Canned{ID: "3", Key: "hello", Text: map[nlp.Lang]string{"en": "x"}}
	if err := t.SaveCanned(t.ctx, taken, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("a second answer with the same key: %v", err)
	}
	for _, bad := range []bot.Canned{{ID: "4", Text: hello.Text}, {ID: "4", Key: "two words", Text: hello.Text}, {Key: "x", Text: hello.Text}} {
		if err := t.SaveCanned(t.ctx, bad, log); !errors.Is(err, store.ErrInvalid) {
			t.Fatalf("%+v: %v", bad, err)
		}
	}
	hello.Key, hello.Text = "hi", map[nlp.Lang]string{"en": "Hi!"}
	t.ok(t.SaveCanned(t.ctx, hello, log))
	t.ok(t.SaveCanned(t.ctx, taken, log)) // the key is free now
	bye.Text = map[nlp.Lang]string{"en": " "}
	t.ok(t.SaveCanned(t.ctx, bye, log))
	if err := t.SaveCanned(t.ctx, bye, log); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("removing one twice: %v", err)
	}
	all, err = t.Canned(t.ctx)
	t.ok(err)
	t.equal("answers", all, []bot.Canned{taken, hello})
	audit, err := t.Audit(t.ctx, 0)
	t.ok(err)
	if len(audit) != 5 {
		t.Fatalf("%d entries in the log", len(audit))
	}
}

func testViews(t *tester) {
	none, err := t.Views(t.ctx, "lea")
	t.ok(err)
	if len(none) != 0 {
		t.Fatalf("views that nobody saved: %+v", none)
	}
	vip := bot.View{ID: "1", Name: "VIP", Queue: "all", Channel: "telegram", Lang: "zh", Mood: "bad", Tag: "vip", Team: "Returns", SLA: bot.Near, About: "topic:late"}
	mine := bot.View{ID: "2", Name: "Mine, unhappy", Queue: "mine", Mood: "bad"}
	t.ok(t.SaveView(t.ctx, "lea", vip))
	t.ok(t.SaveView(t.ctx, "lea", mine))
	t.ok(t.SaveView(t.ctx, "max", bot.View{ID: "1", Name: "vip", Queue: "waiting"})) // of another agent: nothing to do with hers
	if err := t.SaveView(t.ctx, "lea", bot.View{ID: "3", Name: "ｖｉｐ", Queue: "all"}); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("a second view of the same name: %v", err)
	}
	if err := t.SaveView(t.ctx, "lea", bot.View{ID: "3"}); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("removing one that is not there: %v", err)
	}
	if err := t.SaveView(t.ctx, "lea", bot.View{Name: "x"}); !errors.Is(err, store.ErrInvalid) {
		t.Fatalf("one without an id: %v", err)
	}
	if err := t.SaveView(t.ctx, "", vip); !errors.Is(err, store.ErrInvalid) {
		t.Fatalf("of no agent: %v", err)
	}
	vip.Name, vip.Tag = "Very important", ""
	t.ok(t.SaveView(t.ctx, "lea", vip))
	all, err := t.Views(t.ctx, "lea")
	t.ok(err)
	t.equal("views", all, []bot.View{vip, mine})
	all[0].Name = "changed outside"
	t.ok(t.SaveView(t.ctx, "lea", bot.View{ID: "1"}))
	all, err = t.Views(t.ctx, "lea")
	t.ok(err)
	t.equal("views after one was removed", all, []bot.View{mine})
	for i := range bot.MostViews - 1 {
		t.ok(t.SaveView(t.ctx, "lea", bot.View{ID: fmt.Sprint("n", i), Name: fmt.Sprint("View ", i), Queue: "all"}))
	}
	if err := t.SaveView(t.ctx, "lea", bot.View{ID: "more", Name: "One more", Queue: "all"}); !errors.Is(err, bot.ErrFull) {
		t.Fatalf("more views than there can be: %v", err)
	}
	t.ok(t.SaveView(t.ctx, "lea", bot.View{ID: "2", Name: "Mine", Queue: "mine"})) // one that is there can still change
}

func testDeskRules(t *tester) {
	log := bot.Event{At: start, Actor: "lea", Action: "rules.save"}
	zero, err := t.DeskRules(t.ctx)
	t.ok(err)
	t.equal("never saved", zero, bot.DeskRules{})
	rules := bot.DeskRules{Tiers: []bot.Tier{{Key: "gold", Name: map[nlp.Lang]string{"zh": "金卡"}, HeadStart: time.Minute}}, Assign: true, Capacity: 5, FirstResponse: 3 * time.Minute, Away: map[nlp.Lang]string{"zh": "下班了"},
		Calendar: &bot.Calendar{Zone: "Asia/Shanghai", Week: [7]string{1: "09:00-18:00"}, Days: "2026-10-01"}, UpdatedAt: start}
	t.ok(t.SaveDeskRules(t.ctx, rules, log))
	got, err := t.DeskRules(t.ctx)
	t.ok(err)
	want := rules
	want.Version = 1
	t.equal("rules", got, want)
	if err := t.SaveDeskRules(t.ctx, rules, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("over what somebody else has saved: %v", err)
	}
	got.Assign = false
	t.ok(t.SaveDeskRules(t.ctx, got, log))
	if got, err = t.DeskRules(t.ctx); err != nil || got.Version != 2 || got.Assign {
		t.Fatalf("%+v %v", got, err)
	}
}

func testSeen(t *tester) {
	t.begin("c", incoming("c", 1, "a"), incoming("c", 2, "b"))
	t.begin("d", incoming("d", 1, "a"))
	t.ok(t.MarkSeen(t.ctx, "lin", "c", 2))
	t.ok(t.MarkSeen(t.ctx, "lin", "c", 1)) // from a page that was open for longer
	t.ok(t.MarkSeen(t.ctx, "max", "d", 1))
	if err := t.MarkSeen(t.ctx, "lin", "nothing", 1); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("of no conversation: %v", err)
	}
	seen, err := t.Seen(t.ctx, "lin", []bot.ConversationID{"c", "d", "nothing"})
	t.ok(err)
	t.equal("seen", seen, map[bot.ConversationID]uint64{"c": 2})
	conv, err := t.Conversation(t.ctx, "c")
	t.ok(err)
	if conv.Version != 1 {
		t.Fatal("looking at a conversation changed it")
	}
}

func testSearchMessages(t *tester) {
	note, gone, act := outgoing("c", 3, "VIP，要退款"), incoming("c", 4, "退款 secret"), incoming("c", 5, "退款")
	note.Private, note.Delivery = true, ""
	gone.DeletedAt = start
	act.Direction = bot.Activity
	t.begin("c", incoming("c", 1, "我要退款，订单 AB123456"), outgoing("c", 2, "What is your Order number?"), note, gone, act)
	late := incoming("d", 1, "Ｗhere is my ORDER？退貨")
	late.At = start.Add(time.Hour)
	t.begin("d", late)
	for query, want := range map[string]string{
		"退款": "c-3 c-1", "order": "d-1 c-2", "ORDER 退货": "d-1", "ab123456": "c-1", "where　order": "d-1", "": "", "  ": "", "退款 order": "", "secret": "",
	} {
		got, err := t.SearchMessages(t.ctx, bot.TextQuery{Text: query})
		t.ok(err)
		if ids := idsOf(got.Messages); ids != want {
			t.Fatalf("%q: found %q, want %q", query, ids, want)
		}
		if !got.Until.IsZero() {
			t.Fatalf("%q: there is nothing more, but it goes on at %v", query, got.Until)
		}
	}
	first, err := t.SearchMessages(t.ctx, bot.TextQuery{Text: "order", Limit: 1})
	t.ok(err)
	rest, err := t.SearchMessages(t.ctx, bot.TextQuery{Text: "order", Limit: 5, Before: first.Until})
	t.ok(err)
	if idsOf(first.Messages) != "d-1" || first.Looked != 1 || idsOf(rest.Messages) != "c-2" {
		t.Fatalf("in two steps: %q after %d, then %q", idsOf(first.Messages), first.Looked, idsOf(rest.Messages))
	}
	bounded, err := t.SearchMessages(t.ctx, bot.TextQuery{Text: "ab123456", Look: 2})
	t.ok(err)
	if len(bounded.Messages) != 0 || bounded.Looked != 2 || bounded.Until.IsZero() {
		t.Fatalf("after two messages: %+v", bounded)
	}
	ctx, cancel := context.WithCancel(t.ctx)
	cancel()
	if _, err := t.SearchMessages(ctx, bot.TextQuery{Text: "order"}); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
}

func idsOf(messages []bot.Message) string {
	text := ""
	for i, m := range messages {
		if i > 0 {
			text += " "
		}
		text += string(m.ID)
	}
	return text
}

func testMergeContacts(t *tester) {
	lin, wu := t.person("lin"), t.person("wu")
	wu.Email, wu.Attrs = "", map[string]string{"tier": "gold"}
	c, err := t.Conversation(t.ctx, "c0-of-wu")
	t.ok(err)
	t.ok(t.Save(t.ctx, bot.Change{Conversation: c, Contact: &wu}))
	log := bot.Event{At: start, Actor: "lea", Action: "contact.merge"}
	for _, pair := range [][2]bot.ContactID{{wu.ID, "nobody"}, {"nobody", wu.ID}} {
		if _, err := t.MergeContacts(t.ctx, pair[0], pair[1], log); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("%v: %v", pair, err)
		}
	}
	if _, err := t.MergeContacts(t.ctx, wu.ID, wu.ID, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("with herself: %v", err)
	}
	moved, err := t.MergeContacts(t.ctx, wu.ID, lin.ID, log)
	t.ok(err)
	one, err := t.Contact(t.ctx, wu.ID)
	t.ok(err)
	if moved != 2 || one.Name != "wu" || one.Email != "lin@mail.example" || one.Attrs["tier"] != "gold" {
		t.Fatalf("%d moved, she is %+v", moved, one)
	}
	if _, err := t.Contact(t.ctx, lin.ID); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("the other one: %v", err)
	}
	list, err := t.Conversations(t.ctx, bot.Filter{Contact: wu.ID})
	t.ok(err)
	addresses, err := t.Addresses(t.ctx, wu.ID)
	t.ok(err)
	if len(list) != 4 || len(addresses) != 4 || addresses[0].Inbox != "slack" {
		t.Fatalf("%d conversations, addresses %+v", len(list), addresses)
	}
	at, err := t.ContactAt(t.ctx, "web", "lin-at-web")
	t.ok(err)
	if at.ID != wu.ID {
		t.Fatalf("her address leads to %s", at.ID)
	}
	erased, err := t.EraseContact(t.ctx, wu.ID, log)
	t.ok(err)
	if erased != 12 {
		t.Fatalf("erased %d messages of the one she is now", erased)
	}
}

func testSplitContact(t *tester) {
	contact := bot.Contact{ID: "p", Name: "Family", CreatedAt: start}
	for i, source := range []string{"mum", "kid", "kid"} {
		c := conversation(bot.ConversationID(fmt.Sprint("c", i)))
		c.Contact, c.Name, c.LastSeq, c.Thread = "p", "Name of "+source, 1, "thread-"+source
		m := incoming(c.ID, 1, "hello")
		m.AuthorID = source
		t.ok(t.Save(t.ctx, bot.Change{Conversation: c, Contact: &contact, Messages: []bot.Message{m},
			Address: &bot.ContactInbox{Inbox: "web", SourceID: source, Contact: "p"}}))
	}
	log := bot.Event{At: start, Actor: "lea", Action: "contact.split"}
	kid := bot.ContactInbox{Inbox: "web", SourceID: "kid", Contact: "p"}
	if _, err := t.SplitContact(t.ctx, bot.ContactInbox{Inbox: "web", SourceID: "dad", Contact: "p"}, "q", log); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("an address that she does not have: %v", err)
	}
	if _, err := t.SplitContact(t.ctx, kid, "p", log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("under a name that is taken: %v", err)
	}
	moved, err := t.SplitContact(t.ctx, kid, "q", log)
	t.ok(err)
	q, err := t.Contact(t.ctx, "q")
	t.ok(err)
	p, err := t.Contact(t.ctx, "p")
	t.ok(err)
	if !p.Noted.Apart || !q.Noted.Apart {
		t.Fatalf("they may be joined by themselves again: %+v, %+v", p.Noted, q.Noted)
	}
	if moved != 2 || q.Name != "Name of kid" || !q.CreatedAt.Equal(start) {
		t.Fatalf("%d moved, and she is %+v", moved, q)
	}
	for id, want := range map[bot.ConversationID]bot.ContactID{"c0": "p", "c1": "q", "c2": "q"} {
		c, err := t.Conversation(t.ctx, id)
		t.ok(err)
		if c.Contact != want {
			t.Fatalf("%s is of %s, want %s", id, c.Contact, want)
		}
	}
	at, err := t.ContactAt(t.ctx, "web", "kid")
	t.ok(err)
	if at.ID != "q" {
		t.Fatalf("her address leads to %s", at.ID)
	}
	kid.Contact = "q"
	if _, err := t.SplitContact(t.ctx, kid, "r", log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("her only address: %v", err)
	}
}

// testSplitAccount: the address of an account takes along what the shop says of it, and what it has signed in for.
func testSplitAccount(t *tester) {
	contact := bot.Contact{ID: "p", Name: "Ann", Account: "7", Email: "ann@mail.example", Phone: "13812345678", CreatedAt: start}
	for i, one := range []struct{ source, account string }{{"begun", "7"}, {"user:7", "7"}, {"begun", ""}, {"begun", "8"}} {
		c := conversation(bot.ConversationID(fmt.Sprint("c", i)))
		c.Contact, c.LastSeq, c.Thread, c.Account = "p", 1, fmt.Sprint("thread", i), one.account
		m := incoming(c.ID, 1, "hello")
		m.AuthorID = one.source
		t.ok(t.Save(t.ctx, bot.Change{Conversation: c, Contact: &contact, Messages: []bot.Message{m},
			Address: &bot.ContactInbox{Inbox: "web", SourceID: one.source, Contact: "p"}}))
	}
	moved, err := t.SplitContact(t.ctx, bot.ContactInbox{Inbox: "web", SourceID: "user:7", Contact: "p"}, "q", bot.Event{Action: "contact.split"})
	t.ok(err)
	p, err := t.Contact(t.ctx, "p")
	t.ok(err)
	q, err := t.Contact(t.ctx, "q")
	t.ok(err)
	if moved != 2 || q.Account != "7" || q.Email != "ann@mail.example" || q.Phone != "13812345678" || p.Account+p.Email+p.Phone != "" || p.Name != "Ann" {
		t.Fatalf("%d moved; she is %+v, and who stays %+v", moved, q, p)
	}
	for id, want := range map[bot.ConversationID]bot.ContactID{"c0": "q", "c1": "q", "c2": "p", "c3": "p"} {
		c, err := t.Conversation(t.ctx, id)
		t.ok(err)
		if c.Contact != want {
			t.Fatalf("%s is of %s, want %s", id, c.Contact, want)
		}
	}
}

// BenchmarkSearch measures a search through a store of n messages; call it with an open, empty store.
func BenchmarkSearch(b *testing.B, s store.Store, n int) {
	texts := []string{"我的订单什么时候到？已经等了三天了", "The zipper broke on the second day, I want my money back", "请问可以开电子发票吗，抬头是公司", "How long does delivery to Shanghai take, please?"}
	const each = 20
	for i := range n / each {
		id := bot.ConversationID(fmt.Sprint("c", i))
		var messages []bot.Message
		for seq := uint64(1); seq <= each; seq++ {
			m := incoming(id, seq, fmt.Sprintf("%s (%d-%d)", texts[(i+int(seq))%len(texts)], i, seq))
			m.At = start.Add(time.Duration(i*each+int(seq)) * time.Second)
			m.Analysis = &nlp.Analysis{Text: m.Text, Lang: "zh", Intent: nlp.Intent{Name: "delivery_time", Confidence: 0.9}}
			m.Decision = &bot.Decision{Action: bot.ActArticle, Step: 6, Reason: "bot.why.found", Confidence: 0.9}
			messages = append(messages, m)
		}
		c := conversation(id)
		c.LastSeq = each
		if err := s.Save(b.Context(), bot.Change{Conversation: c, Messages: messages}); err != nil {
			b.Fatal(err)
		}
	}
	for name, query := range map[string]string{"everywhere": "订单", "rare": "money back (7-2)", "nowhere": "大象 elephant"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.SearchMessages(b.Context(), bot.TextQuery{Text: query, Limit: 50}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// testFactsOf reads what happened in a conversation: in order of time, its own, and nothing once it was erased.
func testFactsOf(t *tester) {
	at := func(name string, d time.Duration) bot.Fact {
		return bot.Fact{Name: name, Value: 1, Label: "x", Conversation: "d", Inbox: "web", Start: start, End: start.Add(d)}
	}
	contact := bot.Contact{ID: "p", Name: "Ada", CreatedAt: start}
	other := at("c", 0)
	other.Conversation = "e"
	t.ok(t.Save(t.ctx, bot.Change{Contact: &contact, Conversation: bot.Conversation{ID: "d", Inbox: "web", Thread: "td", Contact: "p", Status: bot.StatusBot, UpdatedAt: start},
		Facts: []bot.Fact{at("late", time.Hour), at("early", time.Minute)}}))
	t.ok(t.Save(t.ctx, bot.Change{Conversation: bot.Conversation{ID: "e", Inbox: "web", Thread: "te", Status: bot.StatusBot, UpdatedAt: start}, Facts: []bot.Fact{other}}))
	got, err := t.FactsOf(t.ctx, "d")
	t.ok(err)
	t.equal("facts", got, []bot.Fact{at("early", time.Minute), at("late", time.Hour)})
	if _, err := t.EraseContact(t.ctx, "p", bot.Event{}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []bot.ConversationID{"d", "none"} {
		if got, err = t.FactsOf(t.ctx, id); err != nil || len(got) != 0 {
			t.Errorf("of %s: %v, %v", id, got, err)
		}
	}
}
