package storetest

import (
	"fmt"
	"time"

	"huiyin/bot"
)

// testContactsVerified: whoever has an address or a number that is verified is found by it, through everything that changes a contact.
func testContactsVerified(t *tester) {
	log := bot.Event{At: start, Actor: "lea"}
	save := func(c bot.Contact) {
		t.Helper()
		conv, err := t.Conversation(t.ctx, bot.ConversationID("c-"+c.ID))
		if err != nil {
			conv = conversation(bot.ConversationID("c-" + c.ID))
		}
		conv.Contact = c.ID
		t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Contact: &c, Address: &bot.ContactInbox{Inbox: "web", SourceID: "at-" + string(c.ID), Contact: c.ID}}))
	}
	found := func(value string, want ...bot.ContactID) {
		t.Helper()
		list, err := t.ContactsVerified(t.ctx, value)
		t.ok(err)
		ids := []bot.ContactID{}
		for _, c := range list {
			ids = append(ids, c.ID)
		}
		t.equal(value, ids, append([]bot.ContactID{}, want...))
	}
	shared := func(want ...string) {
		t.Helper()
		list, err := t.SharedReaches(t.ctx)
		t.ok(err)
		t.equal("shared", append([]string{}, list...), append([]string{}, want...))
	}
	const mail, other, phone = "email:ada@mail.example", "email:ada@work.example", "phone:13812345678"
	ada := bot.Contact{ID: "p", Name: "Ada", Email: "Ada@mail.example", SeenAt: start}
	save(ada)
	found(mail, "p")
	found("email:ada@mail.exampl")
	found("")
	shared()
	ada.Email = "ada@work.example" // her channel tells another one
	save(ada)
	found(mail)
	found(other, "p")
	save(bot.Contact{ID: "q", Name: "Bo", Phone: "+86 138-1234-5678", SeenAt: start.Add(time.Minute)})
	_, err := t.NoteContact(t.ctx, "p", bot.NotedEdit{Confirm: phone}, log)
	t.ok(err)
	found(phone, "q", "p")
	shared(phone)
	_, err = t.NoteContact(t.ctx, "p", bot.NotedEdit{Doubt: phone}, log)
	t.ok(err)
	found(phone, "q")
	shared()
	_, err = t.MergeContacts(t.ctx, "p", "q", log)
	t.ok(err)
	found(phone, "p")
	found(other, "p")
	_, err = t.SplitContact(t.ctx, bot.ContactInbox{Inbox: "web", SourceID: "at-q", Contact: "p"}, "r", log)
	t.ok(err)
	found(phone, "p") // what a channel said without an account stays
	_, err = t.EraseContact(t.ctx, "p", log)
	t.ok(err)
	found(phone)
	found(other)
}

// testThreads: the threads of an account are those of its conversations with its contact, in one inbox.
func testThreads(t *tester) {
	at := func(id bot.ConversationID, thread, account string, contact bot.ContactID, inbox bot.InboxID, minutes int) {
		t.Helper()
		conv := conversation(id)
		conv.Contact, conv.Account, conv.Inbox, conv.Thread = contact, account, inbox, thread
		conv.UpdatedAt = start.Add(time.Duration(minutes) * time.Minute)
		t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Contact: &bot.Contact{ID: contact}}))
	}
	threads := func(account string, limit int, want ...string) {
		t.Helper()
		got, err := t.Threads(t.ctx, "p", "web", account, limit)
		t.ok(err)
		t.equal(fmt.Sprintf("%d threads of %s", limit, account), append([]string{}, got...), append([]string{}, want...))
	}
	at("a", "one", "42", "p", "web", 1)
	at("b", "two", "42", "p", "web", 2)
	at("c", "one", "42", "p", "web", 3) // the same thread, later
	at("d", "hers", "43", "p", "web", 4)
	at("e", "slack", "42", "p", "slack", 5)
	at("f", "other", "42", "q", "web", 6)
	at("g", "none", "", "p", "web", 7)
	threads("42", 10, "one", "two")
	threads("42", 1, "one")
	threads("43", 10, "hers")
	threads("4", 10)
	conv, err := t.Conversation(t.ctx, "b")
	t.ok(err)
	conv.UpdatedAt = start.Add(time.Hour)
	t.ok(t.Save(t.ctx, bot.Change{Conversation: conv}))
	threads("42", 10, "two", "one")
	_, err = t.MergeContacts(t.ctx, "p", "q", bot.Event{})
	t.ok(err)
	threads("42", 10, "two", "other", "one")
	_, err = t.EraseContact(t.ctx, "p", bot.Event{})
	t.ok(err)
	threads("42", 10)
}
