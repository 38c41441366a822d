package bot_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"huiyin/bot"
)

func message(id, thread, text string) bot.Inbound {
	return bot.Inbound{Inbox: inbox.ID, Kind: bot.KindMessage, SourceID: id, Thread: thread, Text: text, From: bot.Person{SourceID: thread}, At: noon}
}

func (w *world) incoming(thread string) []bot.Message {
	w.t.Helper()
	return slices.DeleteFunc(w.messages(thread), func(m bot.Message) bool { return m.Direction != bot.Incoming })
}

func TestOneEventFiftyTimesAtOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if err := w.Bot.Handle(t.Context(), message("m1", "ada", "你好")); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.settle()
		if n := len(w.incoming("ada")); n != 1 {
			t.Errorf("%d messages", n)
		}
		if n := len(w.mail.to("ada")); n != 1 {
			t.Errorf("%d answers", n)
		}
	})
}

func TestOrderWithinAThreadAndAllAnswered(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.rules.TurnsPerMinute = 1000
		w.start()
		const customers, each = 60, 20
		var wg sync.WaitGroup
		for c := range customers {
			wg.Go(func() {
				for i := range each {
					e := message(fmt.Sprintf("%d-%d", c, i), fmt.Sprint("c", c), fmt.Sprintf("你好 %d", i))
					if err := w.Bot.Handle(t.Context(), e); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		w.settle()
		for c := range customers {
			list := w.incoming(fmt.Sprint("c", c))
			if len(list) != each {
				t.Errorf("customer %d: %d messages", c, len(list))
			}
			for i, m := range list {
				if m.Text != fmt.Sprintf("你好 %d", i) {
					t.Errorf("customer %d: message %d is %q", c, i, m.Text)
				}
			}
		}
	})
}

func TestEditsAndDeletions(t *testing.T) {
	edit := func(id, target, text string, at time.Time) bot.Inbound {
		return bot.Inbound{Kind: bot.KindEdit, SourceID: id, Target: target, Thread: "ada", Text: text, At: at}
	}
	for name, tc := range map[string]struct {
		events []bot.Inbound
		want   string // the text in the end
		spoken int    // how often the bot answered
		gone   bool
	}{
		"edit":                 {[]bot.Inbound{message("m", "ada", "你好"), edit("e", "m", "你好啊", noon)}, "你好啊", 1, false},
		"edit comes first":     {[]bot.Inbound{edit("e", "m", "退货规则", noon), message("m", "ada", "退货")}, "退货规则", 1, false},
		"edits out of order":   {[]bot.Inbound{message("m", "ada", "你好"), edit("e2", "m", "second", noon), edit("e1", "m", "first", noon.Add(-time.Minute))}, "second", 1, false},
		"deletion":             {[]bot.Inbound{message("m", "ada", "你好"), {Kind: bot.KindDelete, SourceID: "d", Target: "m", Thread: "ada"}}, "", 1, true},
		"edit after deletion":  {[]bot.Inbound{message("m", "ada", "你好"), {Kind: bot.KindDelete, SourceID: "d", Target: "m", Thread: "ada"}, edit("e", "m", "back", noon)}, "", 1, true},
		"deletion comes first": {[]bot.Inbound{message("m0", "ada", "你好"), {Kind: bot.KindDelete, SourceID: "d", Target: "m", Thread: "ada"}, message("m", "ada", "secret")}, "", 1, true},
		"edit, repeated":       {[]bot.Inbound{message("m", "ada", "你好"), edit("e", "m", "您好", noon), edit("e", "m", "您好", noon)}, "您好", 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.start()
				for _, e := range tc.events {
					w.deliver(e)
				}
				m, err := w.store.MessageBySource(t.Context(), inbox.ID, "m")
				if err != nil {
					t.Fatal(err)
				}
				if m.Text != tc.want || m.DeletedAt.IsZero() == tc.gone {
					t.Errorf("the message is %q, deleted %v", m.Text, m.DeletedAt)
				}
				if n := len(w.mail.to("ada")); n != tc.spoken {
					t.Errorf("the bot spoke %d times", n)
				}
				if left, err := w.store.Recover(t.Context()); err != nil || len(left) != 0 {
					t.Errorf("unfinished: %v, %v", left, err)
				}
			})
		})
	}
	t.Run("deletion in an unknown thread", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.start()
			w.deliver(bot.Inbound{Kind: bot.KindDelete, SourceID: "d", Target: "m", Thread: "ada"})
			if left, err := w.store.Recover(t.Context()); err != nil || len(left) != 0 {
				t.Errorf("unfinished: %v, %v", left, err)
			}
		})
	})
}

func TestIntakeIsClosedWhenItMustBe(t *testing.T) {
	t.Run("before Run, and after it", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.start()
			b := w.Bot
			w.halt()
			if err := b.Handle(t.Context(), message("m", "ada", "hi")); !errors.Is(err, bot.ErrBusy) {
				t.Errorf("after the end: %v", err)
			}
			if err := b.Run(t.Context()); err == nil {
				t.Error("it ran twice")
			}
		})
	})
	t.Run("too much waits", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.rules.Backlog = 3
			w.read.reached, w.read.proceed = make(chan string, 10), make(chan struct{})
			w.start()
			for i := range 3 {
				if err := w.Bot.Handle(t.Context(), message(fmt.Sprint(i), "ada", "[gate]")); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Bot.Handle(t.Context(), message("3", "bo", "hi")); !errors.Is(err, bot.ErrBusy) {
				t.Errorf("with a full backlog: %v", err)
			}
			close(w.read.proceed)
			w.settle()
			if err := w.Bot.Handle(t.Context(), message("3", "bo", "hi")); err != nil {
				t.Errorf("once there is room: %v", err)
			}
			w.settle()
		})
	})
	t.Run("the store cannot write", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.via = &mortal{Store: w.store, left: 0}
			w.start()
			if err := w.Bot.Handle(t.Context(), message("m", "ada", "hi")); !errors.Is(err, bot.ErrBusy) || !errors.Is(err, errDead) {
				t.Errorf("%v", err)
			}
			if n := w.Bot.Backlog(); n != 0 {
				t.Errorf("%d events wait", n)
			}
		})
	})
}

func TestWhatCannotBeReadIsKept(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.deliver(bot.Inbound{Kind: bot.KindUnknown, SourceID: "x", Thread: "ada", Raw: make([]byte, 100<<10)})
		w.deliver(bot.Inbound{Kind: "dance", SourceID: "y", Thread: "ada"})
		list, err := w.store.Quarantined(t.Context(), 10)
		if err != nil || len(list) != 2 {
			t.Fatalf("%v %v", list, err)
		}
		for _, q := range list {
			if len(q.Raw) > 64<<10 {
				t.Errorf("%d raw bytes are kept", len(q.Raw))
			}
		}
		w.deliver(message("m", "ada", "你好"))
		if w.last("ada").Text != "您好！我是小音。" {
			t.Error("the thread is stuck")
		}
	})
}

func TestHostileTexts(t *testing.T) {
	for name, text := range map[string]string{
		"a megabyte":     strings.Repeat("很长的话。", 1<<20/15),
		"invalid":        "你好\xff\xfe\xf0\x28\x8c\x28",
		"NUL":            "hi\x00there",
		"bidi":           "\u202e退货规则\u202c",
		"family":         strings.Repeat("👨‍👩‍👧‍👦", 2000),
		"spaces":         "   \n\t  ",
		"combining":      "e" + strings.Repeat("\u0301", 5000),
		"placeholders":   "{order} {n} {what}",
		"many questions": strings.Repeat("人工?", 3000),
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.start()
				w.deliver(message("m", "ada", text))
				m := w.incoming("ada")[0]
				if len(m.Text) > 8<<10 || !utf8.ValidString(m.Text) || strings.ContainsRune(m.Text, 0) {
					t.Errorf("stored %d bytes", len(m.Text))
				}
				if name == "a megabyte" && !strings.Contains(w.last("ada").Text, "只收到了前面一部分") {
					t.Errorf("she is not told that the text was cut: %q", w.last("ada").Text)
				}
				c := w.conv("ada")
				if !utf8.ValidString(c.Preview) || len(c.Preview) > 2000 {
					t.Errorf("preview %q", c.Preview)
				}
			})
		})
	}
	t.Run("odd envelopes", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.start()
			e := bot.Inbound{Inbox: inbox.ID, Kind: bot.KindMessage, Thread: "t", Text: "你好", At: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)}
			for range 2 { // without an id: the same event has the same one
				if err := w.Bot.Handle(t.Context(), e); err != nil {
					t.Fatal(err)
				}
				w.settle()
			}
			long := message(strings.Repeat("x", 5000), "t", "谢谢你")
			long.Files, long.From.Name = make([]bot.File, 100), strings.Repeat("名", 500)
			w.deliver(long)
			list := w.incoming("t")
			if len(list) != 2 || w.conv("t").Status != bot.StatusBot {
				t.Fatalf("%d messages, %s", len(list), w.conv("t").Status)
			}
			if len(list[1].SourceID) > 1024 || len(list[1].Files) > 20 || len(list[1].AuthorName) > 200 {
				t.Errorf("kept %d bytes of id, %d files", len(list[1].SourceID), len(list[1].Files))
			}
		})
	})
}

func TestPersonalDataStaysOutOfPreviewAndGap(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.deliver(message("m", "ada", "请打 13812345678 给我"))
		w.deliver(message("n", "ada", "还是打 13812345678 吧"))
		if c := w.conv("ada"); c.Status != bot.StatusBot {
			t.Fatalf("two different questions without an answer: %s", c.Status)
		}
		w.deliver(message("o", "ada", "还是打 13812345678 吧！"))
		gaps, err := w.store.Gaps(t.Context(), noon.Add(-time.Hour), noon.Add(time.Hour))
		if err != nil || len(gaps) != 3 {
			t.Fatalf("%v %v", gaps, err)
		}
		c := w.conv("ada")
		for _, text := range []string{gaps[0].Question, gaps[1].Question, c.Preview, c.Handoff.Summary} {
			if strings.Contains(text, "13812345678") {
				t.Errorf("%q shows the number", text)
			}
		}
		for _, part := range []string{"机器人连续没帮上忙", "还是打", "没答上来", "中文"} {
			if !strings.Contains(c.Handoff.Summary, part) {
				t.Errorf("the summary does not say %q:\n%s", part, c.Handoff.Summary)
			}
		}
		for _, part := range []string{"Handed over because: the bot failed to help, repeatedly", "The bot tried: had no answer", "Language: Chinese"} {
			if !strings.Contains(c.Handoff.In("en"), part) {
				t.Errorf("an English colleague does not read %q:\n%s", part, c.Handoff.In("en"))
			}
		}
		if c.Handoff.In("zh") != c.Handoff.Summary {
			t.Errorf("a Chinese colleague reads\n%s", c.Handoff.In("zh"))
		}
	})
}

func TestReceiptsMayComeEarly(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.mail.held = true
		w.start()
		w.deliver(message("m", "ada", "你好"))
		id := w.messages("ada")[1].ID
		w.deliver(bot.Inbound{Kind: bot.KindRead, SourceID: "r", Thread: "ada", Target: "out-" + string(id)})
		w.mail.flush()
		<-time.After(1500 * time.Millisecond)
		synctest.Wait()
		if got := w.messages("ada")[1].Delivery; got != bot.Read {
			t.Errorf("delivery is %s", got)
		}
		w.deliver(bot.Inbound{Kind: bot.KindDelivered, SourceID: "r2", Thread: "ada", Target: "nobody"})
		<-time.After(10 * time.Second)
	})
}
