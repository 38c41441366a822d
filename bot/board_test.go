package bot_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"huiyin/bot"
)

// team does what its events say: "note" and "reply" with the words as they are; the first tries may fail, before the verb or
// after it.
type team struct {
	w      *world
	conv   bot.ConversationID
	before []error
	after  []error
	acts   []string
}

func (s *team) Act(ctx context.Context, e bot.Inbound) error {
	s.acts = append(s.acts, e.Text)
	lin := bot.Agent{ID: "lin", Name: "Lin"}
	if err := take(&s.before); err != nil {
		return err
	}
	var err error
	switch e.Press {
	case "reply":
		_, err = s.w.Bot.Reply(ctx, s.conv, lin, e.Text)
	case "note":
		_, err = s.w.Bot.Note(ctx, s.conv, lin, e.Text)
	}
	return errors.Join(err, take(&s.after))
}

func take(errs *[]error) error {
	if len(*errs) == 0 {
		return nil
	}
	err := (*errs)[0]
	*errs = (*errs)[1:]
	return err
}

func staffEvent(id, press, text string) bot.Inbound {
	return bot.Inbound{Inbox: "slack", Kind: bot.KindMessage, SourceID: id, Thread: "C1:1.1", Press: press, Text: text, Staff: true,
		From: bot.Person{SourceID: "U1"}}
}

func TestWhatTheTeamDoesIsDoneOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		s := &team{w: w}
		w.staff = s
		w.start()
		w.says("ada", "转人工")
		s.conv = w.conv("ada").ID
		s.before = []error{errors.New("the store is busy"), nil}
		for range 3 { // as platforms repeat events
			w.deliver(staffEvent("n1", "note", "VIP"))
			w.deliver(staffEvent("r1", "reply", "您好"))
			<-time.After(time.Minute)
			w.settle()
		}
		if want := []string{"VIP", "VIP", "您好"}; !slices.Equal(s.acts, want) {
			t.Errorf("acts %q, want %q", s.acts, want)
		}
		var notes, replies int
		for _, m := range w.messages("ada") {
			switch {
			case m.Private && m.SourceID == "n1":
				notes++
			case m.Author == bot.ByAgent && m.Text == "您好":
				replies++
			}
		}
		if notes != 1 || replies != 1 || w.last("ada").Text != "您好" {
			t.Errorf("%d notes and %d replies are stored, the customer saw %q last", notes, replies, w.last("ada").Text)
		}
		if c := w.conv("ada"); c.Status != bot.StatusAgent || c.Agent != "lin" {
			t.Errorf("%s of %q", c.Status, c.Agent)
		}
	})
}

func TestTheTeamIsNeverACustomer(t *testing.T) {
	for name, staff := range map[string]*team{"without a board": nil, "when its event cannot be handled": {before: slices.Repeat([]error{errors.New("never")}, 50)}} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				if staff != nil {
					staff.w, w.staff = w, staff
				}
				w.start()
				w.deliver(staffEvent("n1", "note", "转人工"))
				for i := range 10 { // others are stored meanwhile
					w.says("ada", "你好")
					<-time.After(time.Duration(i) * time.Second)
				}
				w.settle()
				if c, err := w.store.Current(t.Context(), "slack", "C1:1.1"); !errors.Is(err, bot.ErrNotFound) {
					t.Errorf("the team has a conversation: %+v", c)
				}
				if q, err := w.store.Quarantined(t.Context(), 0); err != nil || len(q) != 1 {
					t.Errorf("in quarantine: %+v, %v", q, err)
				}
			})
		})
	}
}

func TestWhatAnAgentWroteBesideUsTakesOver(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.mail.held = true
		w.start()
		w.says("ada", "你好")
		id := w.conv("ada").ID
		lin, max := bot.Agent{ID: "lin", Name: "Lin"}, bot.Agent{ID: "max", Name: "Max"}
		if _, err := w.Bot.Adopt(t.Context(), id, lin, bot.Written{Text: "您好", SourceID: "C1:1.5", At: noon}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.Adopt(t.Context(), id, max, bot.Written{Text: "我也在", SourceID: "C1:1.6"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.Adopt(t.Context(), id, max, bot.Written{Text: " \n"}); !errors.Is(err, bot.ErrEmpty) {
			t.Errorf("nothing was adopted: %v", err)
		}
		w.mail.flush()
		if sent := w.mail.to("ada"); len(sent) != 0 {
			t.Errorf("sent %+v", sent)
		}
		if c := w.conv("ada"); c.Status != bot.StatusAgent || c.Agent != "lin" {
			t.Errorf("%s of %q", c.Status, c.Agent)
		}
		m, err := w.store.MessageBySource(t.Context(), "web", "C1:1.6")
		if err != nil || m.Delivery != bot.Sent || m.AuthorID != "max" || m.Text != "我也在" {
			t.Errorf("recorded as %+v, %v", m, err)
		}
	})
}
