package storetest

import (
	"errors"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

func testReviews(t *tester) {
	log := bot.Event{At: start, Actor: "lea", Action: "review.save"}
	contact := bot.Contact{ID: "contact-c", Name: "Ada", CreatedAt: start}
	c := conversation("c")
	c.LastSeq = 1
	t.ok(t.Save(t.ctx, bot.Change{Conversation: c, Contact: &contact, Messages: []bot.Message{incoming("c", 1, "hi")}}))
	t.begin("d", incoming("d", 1, "hi"))
	of := func(id bot.ConversationID, at time.Time) bot.Review {
		return bot.Review{Conversation: id, Agent: "lin", By: "lea", At: at, Scores: map[string]int{"tone": 2, "correct": 0}, Comment: "She asked twice"}
	}
	first, second := of("c", start), of("d", start.Add(time.Hour))
	t.ok(t.SaveReview(t.ctx, first, log))
	t.ok(t.SaveReview(t.ctx, second, log))
	if err := t.SaveReview(t.ctx, first, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("over what was not read: %v", err)
	}
	if err := t.SaveReview(t.ctx, of("nothing", start), log); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("of no conversation: %v", err)
	}
	herself, tooMuch, nobody := of("d", start), of("d", start), of("d", start)
	herself.By, tooMuch.Scores, nobody.Agent = "lin", map[string]int{"tone": 3}, ""
	for _, bad := range []bot.Review{herself, tooMuch, nobody} {
		if err := t.SaveReview(t.ctx, bad, log); !errors.Is(err, store.ErrInvalid) {
			t.Fatalf("%+v: %v", bad, err)
		}
	}
	first.Version, first.Comment = 1, "She asked once"
	t.ok(t.SaveReview(t.ctx, first, log))
	first.Version, second.Version = 2, 1
	other, its := of("c", start.Add(2*time.Hour)), of("d", start.Add(3*time.Hour))
	other.End, other.Agent = start.Add(time.Minute+time.Nanosecond), "max" // the end that a colleague made
	its.End = start.Add(time.Minute)
	t.ok(t.SaveReview(t.ctx, other, log))
	t.ok(t.SaveReview(t.ctx, its, log))
	if err := t.SaveReview(t.ctx, other, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("another end, over what was not read: %v", err)
	}
	other.Version, its.Version = 1, 1
	all, err := t.Reviews(t.ctx)
	t.ok(err)
	t.equal("reviews", all, []bot.Review{its, other, second, first})
	if _, err := t.EraseContact(t.ctx, "contact-c", log); err != nil {
		t.Fatal(err)
	}
	all, err = t.Reviews(t.ctx)
	t.ok(err)
	t.equal("reviews after one customer was erased", all, []bot.Review{its, second})
}

func testReviewSeed(t *tester) {
	for _, made := range []string{"one", "two"} {
		seed, err := t.ReviewSeed(t.ctx, made)
		t.ok(err)
		t.equal("the seed", seed, "one")
	}
}
