package desk

import (
	"fmt"
	"testing"

	"huiyin/bot"
	"huiyin/channels"
)

type nothing struct{ channels.Board }

func (nothing) Rules() channels.BoardRules { return channels.BoardRules{} }

// TestWhatABoardKeepsInMindIsBounded closes more conversations than are looked through at the start, one of them twice and one
// that is open in between.
func TestWhatABoardKeepsInMindIsBounded(t *testing.T) {
	b := newBoard(&Bridge{}, "slack", nothing{})
	closed := func(id bot.ConversationID) { b.settle(bot.Conversation{ID: id, Status: bot.StatusResolved}) }
	card := func(id bot.ConversationID, refs ...string) {
		for _, ref := range refs {
			b.knows(bot.Card{Conversation: id, Ref: ref})
		}
	}
	card("open", "open-1", "open-2")
	closed("open")
	b.settle(bot.Conversation{ID: "open", Status: bot.StatusWaiting, Handoff: &bot.Handoff{}})
	card("again", "again-1")
	closed("again")
	for i := range recent + 9 {
		id := bot.ConversationID(fmt.Sprint("c", i))
		card(id, fmt.Sprint(id, "-1"), fmt.Sprint(id, "-2"))
		closed(id)
		if i%100 == 0 {
			closed("again")
		}
		closed("never on this board")
	}
	if len(b.onBoard) != recent+1 || len(b.threads) != 2*recent+1 || len(b.closed) != recent {
		t.Errorf("%d conversations with %d threads are kept in mind, %d of them closed", len(b.onBoard), len(b.threads), len(b.closed))
	}
	for ref, want := range map[string]bot.ConversationID{"open-1": "open", "again-1": "again", "c9-1": "", "c5008-2": "c5008"} {
		if got := b.threads[ref]; got != want {
			t.Errorf("%s is the thread of %q, want %q", ref, got, want)
		}
	}
}

func TestAThreadThatVanishedIsNobodys(t *testing.T) {
	b := newBoard(&Bridge{}, "slack", nothing{})
	card := bot.Card{Conversation: "c", Ref: "1", ID: "1"}
	b.knows(card)
	b.vanished(&card)
	card.Ref = "2"
	b.knows(card)
	if b.threads["1"] != "" || b.threads["2"] != "c" {
		t.Errorf("threads: %v", b.threads)
	}
}
