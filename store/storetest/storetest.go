// Package storetest is the suite that every back end passes: what the contracts of bot, kb and feedback promise.
package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// Opener makes an empty store whose clock is now. The suite closes it.
type Opener func(t *testing.T, now func() time.Time) store.Store

// Run runs the whole suite. Every test ends with a verification of the store.
func Run(t *testing.T, open Opener) {
	tests := []struct {
		name string
		run  func(*tester)
	}{
		{"Accept", testAccept},
		{"AcceptTogether", testAcceptTogether},
		{"Recover", testRecover},
		{"Quarantine", testQuarantine},
		{"Forget", testForget},
		{"Save", testSave},
		{"SaveConflict", testSaveConflict},
		{"SaveKeepsScore", testSaveKeepsScore},
		{"SaveInvalid", testSaveInvalid},
		{"SaveWithoutConversation", testSaveWithoutConversation},
		{"SaveTogether", testSaveTogether},
		{"SaveChangedMessages", testSaveChangedMessages},
		{"Messages", testMessages},
		{"Current", testCurrent},
		{"List", testList},
		{"MessageBySource", testMessageBySource},
		{"Contacts", testContacts},
		{"Send", testSend},
		{"SendStale", testSendStale},
		{"EndSend", testEndSend},
		{"Receipt", testReceipt},
		{"Unsent", testUnsent},
		{"BeginSendTogether", testBeginSendTogether},
		{"Agents", testAgents},
		{"Sessions", testSessions},
		{"SessionsEnd", testSessionsEnd},
		{"Tokens", testTokens},
		{"Audit", testAudit},
		{"Cards", testCards},
		{"EraseContact", testEraseContact},
		{"EraseContactWhileAnswering", testEraseWhileAnswering},
		{"FindContact", testFindContact},
		{"ContactsVerified", testContactsVerified},
		{"Threads", testThreads},
		{"Canned", testCanned},
		{"Views", testViews},
		{"DeskRules", testDeskRules},
		{"Macros", testMacros},
		{"Reviews", testReviews},
		{"ReviewSeed", testReviewSeed},
		{"Noted", testNoted},
		{"Incidents", testIncidents},
		{"Experiments", testExperiments},
		{"Arms", testArms},
		{"ToldOf", testToldOf},
		{"Tasks", testTasks},
		{"Orders", testOrders},
		{"OrdersErased", testOrdersErased},
		{"OrdersOfFormerNames", testOrdersOfFormerNames},
		{"OrdersOfOneInbox", testOrdersOfOneInbox},
		{"OrdersUndoneAfterErasure", testOrdersUndoneAfterErasure},
		{"Endpoints", testEndpoints},
		{"HookEvents", testHookEvents},
		{"HookQueue", testHookQueue},
		{"HookConflict", testHookConflict},
		{"Seen", testSeen},
		{"SearchMessages", testSearchMessages},
		{"MergeContacts", testMergeContacts},
		{"FactsOf", testFactsOf},
		{"SplitContact", testSplitContact},
		{"SplitAccount", testSplitAccount},
		{"Files", testFiles},
		{"FilesNamed", testFilesNamed},
		{"FilesRoom", testFilesRoom},
		{"FilesSwept", testFilesSwept},
		{"FilesErased", testFilesErased},
		{"FilesMerged", testFilesMerged},
		{"FilesTogether", testFilesTogether},
		{"Articles", testArticles},
		{"ArticlesConflict", testArticlesConflict},
		{"Wordbook", testWordbook},
		{"Gaps", testGaps},
		{"Between", testBetween},
		{"Facts", testFacts},
		{"Runs", testRuns},
		{"ClaimRunTogether", testClaimRunTogether},
		{"Copies", testCopies},
		{"Text", testText},
		{"Ended", testEnded},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := &clock{now: start}
			s := open(t, c.Now)
			t.Cleanup(func() {
				CheckSound(t, s)
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
			test.run(&tester{T: t, Store: s, ctx: t.Context(), clock: c})
		})
	}
}

// CheckSound fails the test when a verification of the store finds anything.
func CheckSound(t testing.TB, s store.Store) {
	t.Helper()
	r, err := s.Verify(context.WithoutCancel(t.Context()), nil)
	if err != nil {
		t.Errorf("Verify: %v\n%q", err, r.Problems)
	}
}

// start is when every test begins.
var start = time.Date(2026, 11, 9, 8, 0, 0, 123456789, time.UTC)

// clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return c.now
}

// tester is one test with its store.
type tester struct {
	*testing.T
	store.Store
	ctx   context.Context
	clock *clock
}

// is fails the test at once unless err is nil.
func (t *tester) ok(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// equal compares two values by their JSON, in which they are stored: times of different zones aside, that is all.
func (t *tester) equal(what string, got, want any) {
	t.Helper()
	if g, w := asJSON(got), asJSON(want); g != w {
		t.Fatalf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if s := string(b); s != "null" {
		return s
	}
	return "[]"
}

// event makes a message from a person to an inbox.
func event(inbox bot.InboxID, id, from, text string) bot.Inbound {
	return bot.Inbound{
		Inbox: inbox, SourceID: id, Kind: bot.KindMessage, Thread: "thread-" + from, Text: text, At: start,
		From: bot.Person{SourceID: from, Name: "Name of " + from},
	}
}

// conversation makes a new one, its thread and contact named after it.
func conversation(id bot.ConversationID) bot.Conversation {
	return bot.Conversation{
		ID: id, Inbox: "web", Channel: "webchat", Thread: "thread-" + string(id), Contact: bot.ContactID("contact-" + id),
		Lang: "zh", Status: bot.StatusBot, Epoch: 1, CreatedAt: start, UpdatedAt: start,
	}
}

// messageID is the id under which tests know a message.
func messageID(id bot.ConversationID, seq uint64) bot.MessageID {
	return bot.MessageID(fmt.Sprintf("%s-%d", id, seq))
}

// incoming makes a customer's message.
func incoming(id bot.ConversationID, seq uint64, text string) bot.Message {
	return bot.Message{
		ID: messageID(id, seq), Conversation: id, Seq: seq, Inbox: "web", Thread: "thread-" + string(id),
		Direction: bot.Incoming, Author: bot.ByContact, Text: text, Lang: "zh",
		SourceID: fmt.Sprintf("in-%s-%d", id, seq), At: start.Add(time.Duration(seq) * time.Second),
	}
}

// outgoing makes a queued message of the bot in epoch 1.
func outgoing(id bot.ConversationID, seq uint64, text string) bot.Message {
	m := incoming(id, seq, text)
	m.Direction, m.Author, m.SourceID, m.Epoch, m.Delivery = bot.Outgoing, bot.ByBot, "", 1, bot.Queued
	return m
}

// begin saves a new conversation with messages and returns it as stored.
func (t *tester) begin(id bot.ConversationID, messages ...bot.Message) bot.Conversation {
	t.Helper()
	return t.next(conversation(id), messages...)
}

// next saves a conversation with further messages and returns it as stored.
func (t *tester) next(c bot.Conversation, messages ...bot.Message) bot.Conversation {
	t.Helper()
	for _, m := range messages {
		c.LastSeq = max(c.LastSeq, m.Seq)
	}
	t.ok(t.Save(t.ctx, bot.Change{Conversation: c, Messages: messages}))
	stored, err := t.Conversation(t.ctx, c.ID)
	t.ok(err)
	return stored
}

// together runs f in n goroutines at once and returns their errors.
func together(n int, f func(i int) error) []error {
	errs := make([]error, n)
	begin := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-begin
			errs[i] = f(i)
		})
	}
	close(begin)
	wg.Wait()
	return errs
}
