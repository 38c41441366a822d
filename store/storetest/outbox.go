package storetest

import (
	"errors"
	"fmt"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

func testSend(t *tester) {
	t.begin("c", incoming("c", 1, "问"), outgoing("c", 2, "答"))
	m, err := t.BeginSend(t.ctx, "c-2")
	t.ok(err)
	want := outgoing("c", 2, "答")
	want.Delivery, want.Attempts = bot.Sending, 1
	t.equal("begun", m, want)
	unsent, err := t.Unsent(t.ctx)
	t.ok(err)
	t.equal("under way", unsent, []bot.Message{want})

	m, err = t.EndSend(t.ctx, "c-2", bot.SendResult{Delivery: bot.Queued, Error: "rate_limited", At: start})
	t.ok(err)
	want.Delivery, want.Error = bot.Queued, "rate_limited"
	t.equal("to try again", m, want)
	m, err = t.BeginSend(t.ctx, "c-2")
	t.ok(err)
	if m.Attempts != 2 {
		t.Fatalf("second attempt: %+v", m)
	}
	m, err = t.BeginSend(t.ctx, "c-2") // found as Sending after a restart
	t.ok(err)
	if m.Attempts != 3 {
		t.Fatalf("third attempt: %+v", m)
	}
	m, err = t.EndSend(t.ctx, "c-2", bot.SendResult{Delivery: bot.Sent, SourceID: "P9", At: start.Add(time.Second)})
	t.ok(err)
	want.Delivery, want.Error, want.Attempts, want.SourceID, want.SentAt = bot.Sent, "", 3, "P9", start.Add(time.Second)
	t.equal("sent", m, want)
	unsent, err = t.Unsent(t.ctx)
	t.ok(err)
	t.equal("outbox", unsent, []bot.Message{})
	found, err := t.MessageBySource(t.ctx, "web", "P9")
	t.ok(err)
	t.equal("by its new id", found, want)
	if _, err := t.BeginSend(t.ctx, "c-2"); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("sending it again: %v", err)
	}
	for _, id := range []bot.MessageID{"c-1", "c-3", "nobody"} {
		if _, err := t.BeginSend(t.ctx, id); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("BeginSend %s: %v", id, err)
		}
		if _, err := t.EndSend(t.ctx, id, bot.SendResult{Delivery: bot.Sent}); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("EndSend %s: %v", id, err)
		}
	}
}

// testSendStale: once people own the conversation, the bot's words stay behind; an agent's do not.
func testSendStale(t *tester) {
	agents := outgoing("c", 2, "人工回复")
	agents.Author = bot.ByAgent
	conv := t.begin("c", outgoing("c", 1, "机器人"), agents, outgoing("c", 3, "机器人二"))
	conv.Epoch = 2
	t.next(conv)
	for range 2 {
		if _, err := t.BeginSend(t.ctx, "c-1"); !errors.Is(err, bot.ErrStale) {
			t.Fatalf("an old answer of the bot: %v", err)
		}
	}
	_, err := t.BeginSend(t.ctx, "c-2")
	t.ok(err)
	_, err = t.EndSend(t.ctx, "c-2", bot.SendResult{Delivery: bot.Sent, At: start})
	t.ok(err)
	got, err := t.Messages(t.ctx, "c", 0, 0)
	t.ok(err)
	if got[0].Delivery != bot.Cancelled || got[0].Attempts != 0 || got[1].Delivery != bot.Sent || got[2].Delivery != bot.Queued {
		t.Fatalf("messages: %+v", got)
	}
	unsent, err := t.Unsent(t.ctx)
	t.ok(err)
	t.equal("outbox", unsent, got[2:])
	if _, err := t.EndSend(t.ctx, "c-1", bot.SendResult{Delivery: bot.Sent}); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("EndSend of a cancelled one: %v", err)
	}
}

func testEndSend(t *tester) {
	for i, d := range []bot.Delivery{bot.Failed, bot.Unknown} {
		id := bot.ConversationID(fmt.Sprint("c", i))
		t.begin(id, outgoing(id, 1, "答"))
		if _, err := t.EndSend(t.ctx, messageID(id, 1), bot.SendResult{Delivery: d}); !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("before it began: %v", err)
		}
		_, err := t.BeginSend(t.ctx, messageID(id, 1))
		t.ok(err)
		if _, err := t.EndSend(t.ctx, messageID(id, 1), bot.SendResult{Delivery: bot.Read}); !errors.Is(err, store.ErrInvalid) {
			t.Fatalf("as read: %v", err)
		}
		end := start.Add(time.Duration(i+1) * time.Minute)
		m, err := t.EndSend(t.ctx, messageID(id, 1), bot.SendResult{Delivery: d, Error: "blocked", At: end})
		t.ok(err)
		if m.Delivery != d || m.Error != "blocked" || m.Attempts != 1 {
			t.Fatalf("%s: %+v", d, m)
		}
		t.equal("facts", collect(t, t.Facts(t.ctx, end, end.Add(1))), []bot.Fact{{
			Name: bot.FactUndelivered, Value: 1, Label: string(d), Start: m.At, End: end,
			Conversation: id, Inbox: "web", Channel: "webchat", Lang: "zh",
		}})
	}
	unsent, err := t.Unsent(t.ctx)
	t.ok(err)
	t.equal("outbox", unsent, []bot.Message{})

	conv, err := t.Conversation(t.ctx, "c1") // a person presses "send again"
	t.ok(err)
	again := outgoing("c1", 1, "答")
	t.next(conv, again)
	unsent, err = t.Unsent(t.ctx)
	t.ok(err)
	t.equal("outbox", unsent, []bot.Message{again})
}

func testReceipt(t *tester) {
	t.begin("c", incoming("c", 1, "问"), outgoing("c", 2, "答"))
	_, err := t.BeginSend(t.ctx, "c-2")
	t.ok(err)
	_, err = t.EndSend(t.ctx, "c-2", bot.SendResult{Delivery: bot.Sent, SourceID: "P1", At: start})
	t.ok(err)
	steps := []struct{ receipt, want bot.Delivery }{
		{bot.Delivered, bot.Delivered}, {bot.Delivered, bot.Delivered}, {bot.Read, bot.Read}, {bot.Delivered, bot.Read},
	}
	for _, step := range steps {
		t.ok(t.Receipt(t.ctx, "web", "P1", step.receipt, start.Add(time.Hour)))
		m, err := t.MessageBySource(t.ctx, "web", "P1")
		t.ok(err)
		if m.Delivery != step.want || !m.SentAt.Equal(start) {
			t.Fatalf("after %s: %+v", step.receipt, m)
		}
	}
	for _, source := range []string{"P2", "in-c-1"} { // unknown; the customer's own
		if err := t.Receipt(t.ctx, "web", source, bot.Read, start); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("receipt of %s: %v", source, err)
		}
	}
	if err := t.Receipt(t.ctx, "web", "P1", bot.Queued, start); !errors.Is(err, store.ErrInvalid) {
		t.Fatalf("an impossible receipt: %v", err)
	}

	t.begin("d", outgoing("d", 1, "答")) // a receipt proves that an unclear one arrived
	_, err = t.BeginSend(t.ctx, "d-1")
	t.ok(err)
	_, err = t.EndSend(t.ctx, "d-1", bot.SendResult{Delivery: bot.Unknown, SourceID: "P3", Error: "timeout", At: start})
	t.ok(err)
	t.ok(t.Receipt(t.ctx, "web", "P3", bot.Delivered, start.Add(time.Hour)))
	m, err := t.MessageBySource(t.ctx, "web", "P3")
	t.ok(err)
	if m.Delivery != bot.Delivered || m.Error != "" {
		t.Fatalf("an unclear one that arrived: %+v", m)
	}
}

func testUnsent(t *tester) {
	var want []bot.Message
	for _, id := range []bot.ConversationID{"b", "c", "a"} {
		var messages []bot.Message
		for seq := uint64(1); seq <= 12; seq++ {
			messages = append(messages, outgoing(id, seq, "答"))
		}
		messages[3].Delivery = bot.Sent
		t.begin(id, messages...)
	}
	for _, id := range []bot.ConversationID{"a", "b", "c"} {
		for seq := uint64(1); seq <= 12; seq++ {
			if seq != 4 {
				want = append(want, outgoing(id, seq, "答"))
			}
		}
	}
	got, err := t.Unsent(t.ctx)
	t.ok(err)
	t.equal("outbox", got, want)
}

// testBeginSendTogether: however many try, an attempt ends once.
func testBeginSendTogether(t *tester) {
	t.begin("c", outgoing("c", 1, "答"))
	_, err := t.BeginSend(t.ctx, "c-1")
	t.ok(err)
	won := 0
	for _, err := range together(20, func(i int) error {
		_, err := t.EndSend(t.ctx, "c-1", bot.SendResult{Delivery: bot.Sent, SourceID: fmt.Sprint("P", i), At: start})
		return err
	}) {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, bot.ErrConflict):
			t.Fatal(err)
		}
	}
	if won != 1 {
		t.Fatalf("%d attempts ended", won)
	}
}
