package bot_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
)

// A search that panics or never comes back keeps nobody from people: neither in the turn that it breaks nor in the summary of one
// that does not search.
func TestBrokenSearchCallsPeople(t *testing.T) {
	for text, want := range map[string]bot.Handoff{
		"why [damaged]":             {Reason: bot.ReasonError, Detail: "panic"},
		"why [slow]":                {Reason: bot.ReasonError, Detail: "timeout"},
		"my lawyer hears [damaged]": {Reason: bot.ReasonPolicy, Detail: "legal"},
		"my lawyer hears [slow]":    {Reason: bot.ReasonPolicy, Detail: "legal"},
	} {
		t.Run(text, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.start()
				w.deliver(message("m", "ada", text))
				<-time.After(11 * time.Second)
				w.settle()
				if c := w.conv("ada"); c.Status != bot.StatusWaiting || c.Handoff.Reason != want.Reason || c.Handoff.Detail != want.Detail {
					t.Errorf("%s %+v", c.Status, c.Handoff)
				}
				if n := len(w.mail.to("ada")); n != 1 {
					t.Errorf("%d messages went to the customer", n)
				}
				<-time.After(time.Minute) // the search comes back
			})
		})
	}
}

func TestBrokenUnderstandingCallsPeople(t *testing.T) {
	for text, code := range map[string]string{"[broken]": "understanding", "[panic]": "panic", "[noindex]": "search", "[hang]": "timeout"} {
		t.Run(text, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.start()
				w.deliver(message("m", "ada", text))
				<-time.After(11 * time.Second)
				w.settle()
				c := w.conv("ada")
				if c.Status != bot.StatusWaiting || c.Handoff.Reason != bot.ReasonError || c.Handoff.Detail != code {
					t.Errorf("%s %+v", c.Status, c.Handoff)
				}
				if got := w.last("ada").Text; !strings.Contains(got, "我这边出了点问题") {
					t.Errorf("said %q", got)
				}
				if got := w.incoming("ada"); len(got) != 1 || got[0].Text != text {
					t.Errorf("stored %+v", got)
				}
				w.deliver(message("m2", "ada", text)) // and while people own it, nothing happens
				<-time.After(11 * time.Second)
				w.settle()
				if len(w.incoming("ada")) != 2 || len(w.mail.to("ada")) != 1 {
					t.Error("a second one was not taken silently")
				}
				close(w.read.hang)
			})
		})
	}
}

func TestAgentClaimsWhileTheAnswerIsBuilt(t *testing.T) {
	lin := bot.Agent{ID: "lin", Name: "Lin"}
	t.Run("before it is stored", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.read.reached, w.read.proceed = make(chan string, 10), make(chan struct{})
			w.start()
			w.deliver(message("m1", "ada", "你好"))
			if err := w.Bot.Handle(t.Context(), message("m2", "ada", "[gate] 你好")); err != nil {
				t.Fatal(err)
			}
			<-w.read.reached
			if _, err := w.Bot.Claim(t.Context(), w.conv("ada").ID, lin); err != nil {
				t.Fatal(err)
			}
			before := len(w.mail.to("ada"))
			close(w.read.proceed)
			w.settle()
			if n := len(w.mail.to("ada")); n != before {
				t.Errorf("the bot spoke after the claim: %q", w.last("ada").Text)
			}
			if d := w.incoming("ada")[1].Decision; d.Action != bot.ActSilent {
				t.Errorf("decided %+v", d)
			}
		})
	})
	t.Run("before it is sent", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.mail.held = true
			w.start()
			w.deliver(message("m1", "ada", "你好"))
			if _, err := w.Bot.Reply(t.Context(), w.conv("ada").ID, lin, "I am on it"); err != nil {
				t.Fatal(err)
			}
			w.mail.flush()
			if sent := w.mail.to("ada"); len(sent) != 1 || sent[0].Author != bot.ByAgent {
				t.Errorf("sent %+v", sent)
			}
			if m := w.messages("ada")[1]; m.Author != bot.ByBot || m.Delivery != bot.Cancelled {
				t.Errorf("the bot's answer is %s", m.Delivery)
			}
		})
	})
}

func TestAThousandClaims(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		for i := range 1000 {
			thread := fmt.Sprint("c", i)
			w.deliver(message(thread, thread, "转人工"))
			id := w.conv(thread).ID
			errs := make([]error, 2)
			var wg sync.WaitGroup
			for n, name := range []string{"Lin", "Max"} {
				wg.Go(func() { _, errs[n] = w.Bot.Claim(t.Context(), id, bot.Agent{ID: bot.AgentID(name), Name: name}) })
			}
			wg.Wait()
			owner := w.conv(thread).Agent
			if errs[0] == nil == (errs[1] == nil) {
				t.Fatalf("claim %d: %v, %v", i, errs[0], errs[1])
			}
			for _, err := range errs {
				if err != nil && (!errors.Is(err, bot.ErrConflict) || !strings.Contains(err.Error(), string(owner))) {
					t.Fatalf("the loser is not told who was faster: %v", err)
				}
			}
		}
	})
}

func TestTwoBotsTalkingToEachOtherStop(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		text := "你好"
		for i := range 100 {
			w.deliver(message(fmt.Sprint("m", i), "ada", "你好"))
			text = w.last("ada").Text
		}
		c := w.conv("ada")
		if c.Status != bot.StatusWaiting || c.Handoff.Detail != "loop" {
			t.Errorf("%s %+v", c.Status, c.Handoff)
		}
		if n := len(w.mail.to("ada")); n > 21 {
			t.Errorf("the bot spoke %d times, at last %q", n, text)
		}
		if n := len(w.facts(bot.FactHandoff)); n != 1 {
			t.Errorf("%d handoffs", n)
		}
	})
}
