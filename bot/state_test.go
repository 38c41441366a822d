package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"huiyin/bot"
)

// handoffs drives a bot with random acts of two customers, two agents, a slow outbox, the clock and a killer.
type handoffs struct {
	*world
	rt      *rapid.T
	mortal  *mortal
	sent    map[string][]bot.Inbound // by thread: all that the platform delivered, in order
	unacked []bot.Inbound            // the platform will deliver these again
	epochs  map[bot.ConversationID]uint64
	assign  bool // agents who are online are given who waits
	checked int  // messages in the mailbox that were looked at
}

var (
	threads = []string{"ada", "bo"}
	agents  = []bot.Agent{{ID: "lin", Email: "lin@shop.example", Name: "Lin", Role: bot.RoleAgent}, {ID: "max", Email: "max@shop.example", Name: "Max", Role: bot.RoleLead}}
	sayings = []string{"你好", "谢谢", "hello", "退货规则", "return policy", "怎么办", "2", "都不是", "nonsense", "胡说八道", "转人工", "agent please",
		"[broken]", "[panic]", "[noindex]", "我的订单到哪了", "AB123456", "XX000000", "我要退货", "坏了", "跳过", "是的", "不是", "取消", "when do you open",
		"terrible", "我要找律师", "没用", "有用", "ok", "😀", "", "我要投诉"}
)

func newHandoffs(rt *rapid.T) *handoffs {
	h := &handoffs{world: newWorld(rt), rt: rt, sent: map[string][]bot.Inbound{}, epochs: map[bot.ConversationID]uint64{}}
	h.actor = service{}
	for _, a := range agents {
		if err := h.store.SaveAgent(context.Background(), a, bot.Event{}); err != nil {
			rt.Fatal(err)
		}
	}
	h.assign = rapid.Bool().Draw(rt, "assign")
	rules := bot.DeskRules{Assign: h.assign, Capacity: 1, FirstResponse: 5 * time.Minute, NextResponse: time.Minute, Resolution: time.Hour}
	if err := h.store.SaveDeskRules(context.Background(), rules, bot.Event{}); err != nil {
		rt.Fatal(err)
	}
	h.boot(-1, false)
	return h
}

// boot starts a process that will be killed after some writes.
func (h *handoffs) boot(writes int, after bool) {
	h.mortal = &mortal{Store: h.store, left: writes, after: after}
	h.via = h.mortal
	unsent, err := h.store.Unsent(context.Background())
	if err != nil {
		h.rt.Fatal(err)
	}
	h.mail.mu.Lock()
	h.mail.waiting = nil // the outbox's memory died with the process: it reads the store
	h.mail.mu.Unlock()
	h.mail.Send(unsent...)
	h.start()
	h.settle()
	if h.mortal.killed() {
		return
	}
	again := h.unacked
	h.unacked = nil
	for _, e := range again {
		h.hand(e)
	}
}

// hand is the platform delivering an event: once more when it was not acknowledged.
func (h *handoffs) hand(e bot.Inbound) {
	if err := h.Bot.Handle(context.Background(), e); err != nil {
		h.unacked = append(h.unacked, e)
	}
	h.settle()
}

func (h *handoffs) thread() string { return rapid.SampledFrom(threads).Draw(h.rt, "thread") }

// conversation is the current one of a random thread, if there is one.
func (h *handoffs) conversation() (bot.Conversation, bool) {
	c, err := h.store.Current(context.Background(), inbox.ID, h.thread())
	return c, err == nil
}

func (h *handoffs) write(e bot.Inbound) {
	h.event++
	e.Inbox, e.SourceID, e.At = inbox.ID, fmt.Sprintf("e%d", h.event), h.clock.now()
	e.From = bot.Person{SourceID: e.Thread}
	h.sent[e.Thread] = append(h.sent[e.Thread], e)
	h.hand(e)
}

func (h *handoffs) actions() map[string]func(*rapid.T) {
	agent := func() bot.Agent { return rapid.SampledFrom(agents).Draw(h.rt, "agent") }
	ctx := context.Background()
	return map[string]func(*rapid.T){
		"customer writes": func(*rapid.T) {
			h.says(h.thread(), rapid.SampledFrom(sayings).Draw(h.rt, "text"))
		},
		"customer presses": func(*rapid.T) {
			thread := h.thread()
			var values []string
			for _, m := range h.mail.to(thread) {
				for _, b := range m.Buttons {
					values = append(values, b.Value)
				}
			}
			if len(values) > 0 {
				h.write(bot.Inbound{Kind: bot.KindPress, Thread: thread, Press: rapid.SampledFrom(values).Draw(h.rt, "button")})
			}
		},
		"platform repeats": func(*rapid.T) {
			if list := h.sent[h.thread()]; len(list) > 0 {
				h.hand(rapid.SampledFrom(list).Draw(h.rt, "event"))
			}
		},
		"agent claims": func(*rapid.T) {
			if c, ok := h.conversation(); ok {
				_, err := h.Bot.Claim(ctx, c.ID, agent())
				h.allow(err)
			}
		},
		"both agents claim": func(*rapid.T) { h.race() },
		"agent replies": func(*rapid.T) {
			if c, ok := h.conversation(); ok {
				_, err := h.Bot.Reply(ctx, c.ID, agent(), "let me see")
				h.allow(err)
			}
		},
		"agent notes": func(*rapid.T) {
			if c, ok := h.conversation(); ok {
				_, err := h.Bot.Note(ctx, c.ID, agent(), "VIP")
				h.allow(err)
			}
		},
		"agent resolves": func(*rapid.T) {
			if c, ok := h.conversation(); ok {
				_, err := h.Bot.Resolve(ctx, c.ID, agent())
				h.allow(err)
			}
		},
		"agent returns": func(*rapid.T) { h.giveBack(agent()) },
		"agent snoozes": func(*rapid.T) {
			if c, ok := h.conversation(); ok {
				until := rapid.SampledFrom([]time.Duration{-time.Hour, time.Minute, 26 * time.Hour, 200 * 24 * time.Hour}).Draw(h.rt, "until")
				_, err := h.Bot.Snooze(ctx, c.ID, agent(), h.clock.now().Add(until))
				h.allow(err)
			}
		},
		"agent transfers": func(*rapid.T) { h.transfer(agent()) },
		"agent comes or goes": func(*rapid.T) {
			s := rapid.SampledFrom([]bot.Availability{bot.Online, bot.Away, bot.Offline}).Draw(h.rt, "state")
			_, err := h.Bot.SetState(ctx, agent().ID, s)
			h.allow(err)
		},
		"outbox is slow": func(*rapid.T) {
			h.mail.mu.Lock()
			h.mail.held = true
			h.mail.mu.Unlock()
		},
		"outbox catches up": func(*rapid.T) {
			h.mail.mu.Lock()
			h.mail.held = false
			h.mail.mu.Unlock()
			h.mail.flush()
		},
		"time passes": func(*rapid.T) {
			h.clock.add(rapid.SampledFrom([]time.Duration{time.Second, 3 * time.Minute, 6 * time.Minute, 25 * time.Hour, 100 * time.Hour}).Draw(h.rt, "time"))
			h.allow(h.Bot.Tick(ctx))
			h.nobodyIsForgotten()
		},
		"process is killed": func(*rapid.T) {
			h.mortal.mu.Lock()
			h.mortal.left, h.mortal.after = rapid.IntRange(0, 3).Draw(h.rt, "writes"), rapid.Bool().Draw(h.rt, "after")
			h.mortal.mu.Unlock()
		},
		"": func(*rapid.T) { h.invariants() },
	}
}

// allow accepts the errors that an agent may meet.
func (h *handoffs) allow(err error) {
	if err != nil && !errors.Is(err, bot.ErrConflict) && !errors.Is(err, bot.ErrState) && !errors.Is(err, errDead) {
		h.rt.Errorf("unexpected: %v", err)
	}
	h.settle()
}

// race lets both agents claim at the same moment: exactly one gets a conversation that nobody has.
func (h *handoffs) race() {
	c, ok := h.conversation()
	if !ok {
		return
	}
	var wg sync.WaitGroup
	errs := make([]error, len(agents))
	for i, a := range agents {
		wg.Go(func() { _, errs[i] = h.Bot.Claim(context.Background(), c.ID, a) })
	}
	wg.Wait()
	h.settle()
	if h.mortal.killed() {
		return
	}
	won := 0
	for _, err := range errs {
		h.allow(err)
		if err == nil {
			won++
		}
	}
	if won != 1 {
		h.rt.Errorf("%d agents claimed one conversation: %v", won, errs)
	}
}

// giveBack returns a conversation: nothing of its past may lead it to people again.
func (h *handoffs) giveBack(by bot.Agent) {
	c, ok := h.conversation()
	if !ok {
		return
	}
	back, err := h.Bot.Return(context.Background(), c.ID, by)
	h.allow(err)
	if err != nil || h.mortal.killed() {
		return
	}
	if back.Status != bot.StatusBot || back.Handoff != nil || back.Form != nil || back.Slots != nil || back.Failures != 0 || back.Offer != 0 || back.Said != "" {
		h.rt.Errorf("a returned conversation is not clean: %+v", back)
	}
	h.write(bot.Inbound{Kind: bot.KindMessage, Thread: c.Thread, Text: "你好"})
	if now, err := h.store.Current(context.Background(), inbox.ID, c.Thread); !h.mortal.killed() && (err != nil || now.Status != bot.StatusBot) {
		h.rt.Errorf("after its return and a greeting the conversation is %+v (%v)", now, err)
	}
}

// transfer passes a conversation on: to a colleague, who owns it then, or into a queue, in which the customer keeps her place.
func (h *handoffs) transfer(by bot.Agent) {
	c, ok := h.conversation()
	if !ok {
		return
	}
	to := rapid.SampledFrom([]bot.To{{Agent: "lin"}, {Agent: "max"}, {Team: "returns"}, {}}).Draw(h.rt, "to")
	after, err := h.Bot.Transfer(context.Background(), c.ID, by, to)
	h.allow(err)
	switch {
	case err != nil:
	case to.Agent != "" && (after.Status != bot.StatusAgent || after.Agent != to.Agent):
		h.rt.Errorf("transferred to %s, and now %s of %s", to.Agent, after.Status, after.Agent)
	case to.Agent == "" && (after.Status != bot.StatusWaiting || after.Team != to.Team):
		h.rt.Errorf("transferred to team %q, and now %s for %q", to.Team, after.Status, after.Team)
	case to.Agent == "" && !c.OwedSince.IsZero() && (bot.DeskRules{}).Place(after).After(c.OwedSince):
		h.rt.Errorf("she had waited since %v, and now stands at %v", c.OwedSince, (bot.DeskRules{}).Place(after))
	}
}

// says lets a customer write. When that breaks the bot, and nobody but the bot has her, people get her at once. For an answer to a form
// and a word after a rating the index is not asked, so that nothing breaks where it is closed.
func (h *handoffs) says(thread, text string) {
	before, err := h.store.Current(context.Background(), inbox.ID, thread)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		h.rt.Fatal(err)
	}
	h.write(bot.Inbound{Kind: bot.KindMessage, Thread: thread, Text: text})
	ours := err != nil || before.Status == bot.StatusBot || before.Status == bot.StatusResolved
	if h.mortal.killed() || !ours || !slices.Contains([]string{"[broken]", "[panic]", "[noindex]"}, text) {
		return
	}
	if text == "[noindex]" && (before.Form != nil || before.Status == bot.StatusResolved) {
		return
	}
	after, err := h.store.Current(context.Background(), inbox.ID, thread)
	if err != nil || after.Status != bot.StatusWaiting && after.Status != bot.StatusAgent || after.Handoff == nil {
		h.rt.Errorf("%s was written to the bot, and the conversation is %s (%v)", text, after.Status, err)
	}
}

// nobodyIsForgotten holds when time has passed: what was set aside has woken, and nobody waits for an agent who is not
// there.
func (h *handoffs) nobodyIsForgotten() {
	if h.mortal.killed() {
		return
	}
	for _, thread := range threads {
		c, err := h.store.Current(context.Background(), inbox.ID, thread)
		if err != nil || c.Status != bot.StatusAgent {
			continue
		}
		if !c.SnoozedUntil.IsZero() && !c.SnoozedUntil.After(h.clock.now()) {
			h.rt.Errorf("%s is still set aside, until %v", c.ID, c.SnoozedUntil)
		}
		a, err := h.store.Agent(context.Background(), c.Agent)
		if err == nil && a.Gone() && !c.OwedSince.IsZero() && c.SnoozedUntil.IsZero() {
			h.rt.Errorf("%s waits since %v for %s, who is %s", c.ID, c.OwedSince, a.ID, a.State)
		}
	}
	h.nobodyIdles()
}

// nobodyIdles holds when conversations are given out: nobody waits for everybody's answer while an agent is online and has
// nothing.
func (h *handoffs) nobodyIdles() {
	if h.settle(); !h.assign || h.mortal.killed() {
		return
	}
	waiting, err := h.store.Conversations(context.Background(), bot.Filter{Statuses: []bot.Status{bot.StatusWaiting}})
	if err != nil {
		h.rt.Fatal(err)
	}
	for _, a := range agents {
		stored, err := h.store.Agent(context.Background(), a.ID)
		load, errLoad := h.Bot.Load(context.Background(), a.ID)
		if err := errors.Join(err, errLoad); err != nil {
			h.rt.Fatal(err)
		}
		for _, c := range waiting {
			if c.Team == "" && stored.State == bot.Online && load == 0 {
				h.rt.Errorf("%s waits while %s is online and idle", c.ID, a.ID)
			}
		}
	}
}

// invariants hold after every act. A process that was killed is started again first.
func (h *handoffs) invariants() {
	for h.mortal.killed() {
		h.halt()
		h.boot(-1, false)
	}
	h.settle()
	waiting := 0
	for _, thread := range threads {
		c, err := h.store.Current(context.Background(), inbox.ID, thread)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			h.rt.Fatal(err)
		}
		if c.Status == bot.StatusWaiting {
			waiting++
		}
		h.checkOwner(c)
		h.checkMessages(thread, c)
	}
	all, err := h.store.Conversations(context.Background(), bot.Filter{Statuses: []bot.Status{bot.StatusWaiting}})
	if err != nil || len(all) != waiting || h.Bot.Waiting() != waiting {
		h.rt.Errorf("%d wait, %d by the store (%v), %d by the queue", waiting, len(all), err, h.Bot.Waiting())
	}
	h.checkMailbox()
}

func (h *handoffs) checkOwner(c bot.Conversation) {
	if (c.Status == bot.StatusAgent) != (c.Agent != "") && c.Status != bot.StatusResolved {
		h.rt.Errorf("%s with agent %q", c.Status, c.Agent)
	}
	if (c.Status == bot.StatusWaiting) != !c.WaitingSince.IsZero() {
		h.rt.Errorf("%s, waiting since %v", c.Status, c.WaitingSince)
	}
	if c.Status == bot.StatusWaiting && (c.Handoff == nil || c.Handoff.Reason == "" || c.Handoff.Summary == "") {
		h.rt.Errorf("waiting without a reason or a summary: %+v", c.Handoff)
	}
	if c.Status != bot.StatusAgent && !c.SnoozedUntil.IsZero() {
		h.rt.Errorf("%s and set aside", c.Status)
	}
	if owed := c.Status == bot.StatusAgent || c.Status == bot.StatusWaiting; !owed && (!c.OwedSince.IsZero() || c.Team != "") {
		h.rt.Errorf("%s, but owed an answer since %v, team %q", c.Status, c.OwedSince, c.Team)
	}
	if c.Status != bot.StatusBot && c.Form != nil {
		h.rt.Errorf("%s with a form", c.Status)
	}
	if c.Epoch < h.epochs[c.ID] {
		h.rt.Errorf("the epoch fell from %d to %d", h.epochs[c.ID], c.Epoch)
	}
	h.epochs[c.ID] = c.Epoch
}

// checkMessages looks at all conversations of a thread: every event is one message, in order, and none was left alone.
func (h *handoffs) checkMessages(thread string, c bot.Conversation) {
	list, err := h.store.Messages(context.Background(), c.ID, 0, 0)
	if err != nil {
		h.rt.Fatal(err)
	}
	acked := false
	var got []string
	for i, m := range list {
		if m.Seq != uint64(i+1) {
			h.rt.Errorf("message %d has Seq %d", i+1, m.Seq)
		}
		if m.Author == bot.ByBot && m.Epoch == c.Epoch && m.At.Equal(c.WaitingSince) {
			acked = true
		}
		if m.Direction != bot.Incoming {
			continue
		}
		got = append(got, m.SourceID)
		d := m.Decision
		if d == nil {
			h.rt.Fatalf("message %s has no decision", m.ID)
		}
		quiet := d.Action == bot.ActSilent || d.Action == bot.ActIgnore
		spoke := i+1 < len(list) && list[i+1].Direction == bot.Outgoing && list[i+1].Author == bot.ByBot
		if !quiet && !spoke {
			h.rt.Errorf("message %s was decided %s, and nothing was said", m.ID, d.Action)
		}
	}
	if c.Status == bot.StatusWaiting && !acked {
		h.rt.Errorf("a customer waits and was not told")
	}
	var want []string
	for _, e := range h.sent[thread] {
		if !slices.ContainsFunc(h.unacked, func(u bot.Inbound) bool { return u.SourceID == e.SourceID }) {
			want = append(want, e.SourceID)
		}
	}
	if n := len(want) - len(got); n < 0 || !slices.Equal(want[n:], got) && c.CreatedAt.Equal(noon) {
		h.rt.Errorf("%s: events %v became messages %v", thread, want, got)
	}
}

// checkMailbox looks at what really left: no bot message while a person owned the conversation, nothing twice.
func (h *handoffs) checkMailbox() {
	h.mail.mu.Lock()
	defer h.mail.mu.Unlock()
	seen := map[bot.MessageID]bool{}
	for i, m := range h.mail.sent {
		if seen[m.ID] {
			h.rt.Errorf("%s was sent twice", m.ID)
		}
		seen[m.ID] = true
		if i >= h.checked && h.mail.owners[i] == bot.StatusAgent && m.Author == bot.ByBot {
			h.rt.Errorf("the bot spoke to a customer of an agent: %q", m.Text)
		}
	}
	h.checked = len(h.mail.sent)
}

// TestHandoffsUnderAnyInterleaving drives the state machine through random stories, and holds after every act what the
// design promises of it.
func TestHandoffsUnderAnyInterleaving(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		inBubble(t, func() {
			h := newHandoffs(rt)
			defer h.halt()
			rt.Repeat(h.actions())
		})
	})
}

// inBubble runs f in a bubble of its own, and lets its panics, with which rapid ends a story, through.
func inBubble(t *testing.T, f func()) {
	var p any
	synctest.Test(t, func(*testing.T) {
		defer func() { p = recover() }()
		f()
	})
	if p != nil {
		panic(p)
	}
}
