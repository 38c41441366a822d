package storetest

import (
	"errors"

	"huiyin/bot"
)

func testCards(t *tester) {
	lin := t.person("lin")
	c := bot.Card{Board: "slack", Conversation: "c0-of-lin", Handoff: start, Ref: "C1:1.2", ID: "C1:1.2", Shown: "a", Seq: 3,
		Entries: []bot.CardEntry{{From: 1, To: 3, ID: "C1:1.3", Mark: "b"}}}
	_, err := t.Card(t.ctx, "slack", c.Conversation)
	t.fails("before it is there", err, bot.ErrNotFound)
	t.ok(t.SaveCard(t.ctx, c))
	other := c
	other.Board, other.Ref = "telegram", "-1/2"
	t.ok(t.SaveCard(t.ctx, other))
	c.Seq, c.Trying = 4, "k"
	t.ok(t.SaveCard(t.ctx, c))
	for _, want := range []bot.Card{c, other} {
		got, err := t.Card(t.ctx, want.Board, want.Conversation)
		t.ok(err)
		t.equal("card", got, want)
	}
	nobody := c
	nobody.Conversation = "nobody"
	t.fails("of no conversation", t.SaveCard(t.ctx, nobody), bot.ErrNotFound)
	nobody = c
	nobody.Board = ""
	if err := t.SaveCard(t.ctx, nobody); err == nil {
		t.Fatal("a card without a board was stored")
	}
	_, err = t.EraseContact(t.ctx, lin.ID, bot.Event{})
	t.ok(err)
	_, err = t.Card(t.ctx, "slack", c.Conversation)
	t.fails("after she was erased", err, bot.ErrNotFound)
	t.fails("saved again", t.SaveCard(t.ctx, c), bot.ErrNotFound)
}

// fails makes sure that an error is the one expected.
func (t *tester) fails(what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s: %v, want %v", what, err, want)
	}
}
