package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/hooks"
	"huiyin/kb"
	"huiyin/store"
)

// endpoint makes one that wants these kinds; none: all.
func endpoint(id string, kinds ...hooks.Kind) hooks.Endpoint {
	if len(kinds) == 0 {
		kinds = hooks.Kinds()
	}
	return hooks.Endpoint{ID: id, Name: "shop", URL: "https://shop.example/" + id, Secret: "s-" + id, Kinds: kinds, CreatedAt: start, CreatedBy: "1"}
}

func testEndpoints(t *tester) {
	log := bot.Event{At: start, Actor: "1", Action: "hook.save"}
	late, early := endpoint("a"), endpoint("b")
	late.CreatedAt = start.Add(time.Hour)
	t.ok(t.SaveEndpoint(t.ctx, late, log))
	t.ok(t.SaveEndpoint(t.ctx, early, log))
	if err := t.SaveEndpoint(t.ctx, early, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("over what is stored: %v", err)
	}
	wrong := endpoint("c", "conversation.exploded")
	for _, bad := range []hooks.Endpoint{wrong, {ID: "c"}, {Secret: "s"}} {
		if err := t.SaveEndpoint(t.ctx, bad, log); !errors.Is(err, store.ErrInvalid) {
			t.Fatalf("%+v: %v", bad, err)
		}
	}
	early.Version, early.Names = 1, true
	t.ok(t.SaveEndpoint(t.ctx, early, log))
	early.Version, late.Version = 2, 1
	all, err := t.Endpoints(t.ctx)
	t.ok(err)
	t.equal("endpoints", all, []hooks.Endpoint{early, late})

	state, err := t.EndpointState(t.ctx, "b")
	t.ok(err)
	t.equal("its state", state, hooks.State{Endpoint: "b"})
	state.Attempts, state.Next, state.Failing, state.Idle = 2, start.Add(time.Minute), start, time.Second
	state.Recent = []hooks.Delivery{{ID: "b-1", Kind: hooks.Ping, At: start, Attempt: 1, Status: 500, Error: hooks.FailStatus, Took: time.Second}}
	t.ok(t.SaveEndpointState(t.ctx, state))
	got, err := t.EndpointState(t.ctx, "b")
	t.ok(err)
	t.equal("its state", got, state)

	elsewhere, renamed := early, early
	renamed.Name = "another"
	elsewhere.URL, elsewhere.Version = "https://shop.example/right", 3
	resigned := elsewhere
	resigned.Secret, resigned.Version = "s-new", 4
	fresh := state
	fresh.Attempts, fresh.Next, fresh.Failing, fresh.Idle = 0, time.Time{}, time.Time{}, 0
	for _, c := range []struct {
		what  string
		saved hooks.Endpoint
		want  hooks.State
	}{{"with another name", renamed, state}, {"with another address", elsewhere, fresh}, {"with another secret", resigned, fresh}} {
		t.ok(t.SaveEndpointState(t.ctx, state))
		t.ok(t.SaveEndpoint(t.ctx, c.saved, log))
		got, err := t.EndpointState(t.ctx, "b")
		t.ok(err)
		t.equal("the state of one "+c.what, got, c.want)
	}
	t.ok(t.DeleteEndpoint(t.ctx, "b", log))
	_, errState := t.EndpointState(t.ctx, "b")
	for what, err := range map[string]error{"delete": t.DeleteEndpoint(t.ctx, "b", log), "state": errState, "save the state": t.SaveEndpointState(t.ctx, state)} {
		if !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("%s of one that is gone: %v", what, err)
		}
	}
	audit, err := t.Audit(t.ctx, 0)
	t.ok(err)
	if len(audit) != 7 {
		t.Fatalf("%d entries in the log, want 7", len(audit))
	}
	for n := range hooks.MostEndpoints - 1 {
		t.ok(t.SaveEndpoint(t.ctx, endpoint(fmt.Sprint("n", n)), log))
	}
	if err := t.SaveEndpoint(t.ctx, endpoint("one-more"), log); !errors.Is(err, hooks.ErrMany) {
		t.Fatalf("one too many: %v", err)
	}
}

// tell writes one change of a conversation and what it means.
func (t *tester) tell(c *bot.Conversation, change bot.Change) {
	t.Helper()
	for _, m := range change.Messages {
		c.LastSeq = max(c.LastSeq, m.Seq)
	}
	change.Conversation = *c
	t.ok(t.Save(t.ctx, change))
	c.Version++
}

// queue is what the queue holds, as words.
func (t *tester) queue() string {
	t.Helper()
	events, err := t.HookEvents(t.ctx, 0, 1000)
	t.ok(err)
	var words []string
	for i, e := range events {
		if i > 0 && e.N != events[i-1].N+1 {
			t.Fatalf("event %d stands behind event %d", e.N, events[i-1].N)
		}
		word := string(e.Kind)
		for _, more := range []string{string(e.Message), string(e.Article), e.Incident, e.Week, string(e.Agent), e.Label} {
			if more != "" {
				word += " " + more
			}
		}
		if e.Value != 0 {
			word += fmt.Sprint(" ", e.Value)
		}
		words = append(words, word)
	}
	return strings.Join(words, "\n")
}

func (t *tester) queued(want ...string) {
	t.Helper()
	if got := t.queue(); got != strings.Join(want, "\n") {
		t.Fatalf("the queue has\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// testHookEvents plays a story through the store and looks at what endpoints are told of it.
func testHookEvents(t *tester) {
	c := conversation("c")
	t.tell(&c, bot.Change{Messages: []bot.Message{incoming("c", 1, "hello")}}) // nobody wants to know
	t.queued()
	t.ok(t.SaveEndpoint(t.ctx, endpoint("e"), bot.Event{}))
	t.queued()

	d := conversation("d")
	note := outgoing("d", 3, "a note")
	note.Private, note.Delivery = true, ""
	t.tell(&d, bot.Change{Messages: []bot.Message{outgoing("d", 2, "hi"), incoming("d", 1, "hello"), note}})
	again := incoming("d", 1, "hello, edited")
	t.tell(&d, bot.Change{Messages: []bot.Message{again}}) // no new message
	d.Status, d.Handoff = bot.StatusWaiting, &bot.Handoff{Reason: bot.ReasonAsked, At: start}
	t.tell(&d, bot.Change{})
	d.Status, d.Agent = bot.StatusAgent, "lin"
	t.tell(&d, bot.Change{})
	d.Agent = "wu"
	t.tell(&d, bot.Change{})
	d.Status, d.Agent = bot.StatusWaiting, ""
	t.tell(&d, bot.Change{}) // back in the queue: handed off already
	d.Status, d.Agent = bot.StatusResolved, "wu"
	t.tell(&d, bot.Change{Facts: []bot.Fact{{Name: bot.FactResolved, Label: "agent", End: start, Conversation: "d"}}})
	t.tell(&d, bot.Change{Facts: []bot.Fact{
		{Name: bot.FactCSAT, Value: 4, End: start, Conversation: "d", Agent: "wu"},
		{Name: bot.FactCSATComment, Value: 4, Label: "d-1", End: start, Conversation: "d"},
		{Name: bot.FactNPS, Value: 9, End: start, Conversation: "d"},
	}})
	d.Status, d.Agent = bot.StatusBot, ""
	t.tell(&d, bot.Change{})
	t.queued("conversation.opened", "message.received d-1", "message.sent d-2", "conversation.handed_off asked", "conversation.claimed lin",
		"conversation.claimed wu", "conversation.resolved wu agent", "rating.given wu csat 4", "rating.commented d-1 csat 4", "rating.given nps 9", "conversation.reopened")

	stale := d
	stale.Version = 1
	if err := t.Save(t.ctx, bot.Change{Conversation: stale, Messages: []bot.Message{incoming("d", 4, "?")}}); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("a stale change: %v", err)
	}
	t.hooksOfOthers()
}

// hooksOfOthers looks at events that are not of conversations.
func (t *tester) hooksOfOthers() {
	t.Helper()
	state, err := t.EndpointState(t.ctx, "e")
	t.ok(err)
	state.Done = 11
	t.ok(t.SaveEndpointState(t.ctx, state))
	t.queued()
	article := kb.Article{ID: "fees.en", Root: "fees", Lang: "en", Title: "Fees", Body: "Free above 99.", Status: kb.Draft, UpdatedAt: start}
	saved, err := t.SaveArticles(t.ctx, []kb.Article{article})
	t.ok(err)
	saved[0].Status = kb.Published
	saved, err = t.SaveArticles(t.ctx, saved)
	t.ok(err)
	saved[0].Tags = []string{"money"} // customers read the same
	saved, err = t.SaveArticles(t.ctx, saved)
	t.ok(err)
	saved[0].Body = "Free above 88."
	_, err = t.SaveArticles(t.ctx, saved)
	t.ok(err)

	i := bot.Incident{ID: "i1", Topic: "pay", Since: start, By: "lea"}
	t.ok(t.SaveIncident(t.ctx, i, bot.Event{}))
	i.Version, i.Until = 1, start.Add(time.Hour)
	t.ok(t.SaveIncident(t.ctx, i, bot.Event{}))
	i.Version, i.Lifted = 2, start.Add(time.Minute)
	t.ok(t.SaveIncident(t.ctx, i, bot.Event{}))
	i.Version = 3
	t.ok(t.SaveIncident(t.ctx, i, bot.Event{}))

	for key, digest := range map[string][]byte{"weekly/2026-W46": []byte("{}"), "sent/weekly/2026-W46/mail": nil} {
		t.ok(t.ClaimRun(t.ctx, key, start, time.Minute))
		t.ok(t.FinishRun(t.ctx, key, start, digest))
	}
	t.queued("article.published fees.en", "article.published fees.en", "incident.raised i1 lea", "incident.lifted i1", "digest.ready 2026-W46")
}

// testHookQueue looks at who has taken what, and at what wakes those who wait.
func testHookQueue(t *tester) {
	t.ok(t.SaveEndpoint(t.ctx, endpoint("a", hooks.MessageReceived), bot.Event{}))
	news := t.HookNews()
	c := conversation("c")
	t.tell(&c, bot.Change{})
	select {
	case <-news:
		t.Fatal("woken by what nobody wants")
	default:
	}
	for seq := uint64(1); seq <= 3; seq++ {
		t.tell(&c, bot.Change{Messages: []bot.Message{incoming("c", seq, "hello")}})
	}
	<-news
	t.ok(t.SaveEndpoint(t.ctx, endpoint("b", hooks.ConversationResolved, hooks.MessageReceived), bot.Event{})) // begins behind these
	b, err := t.EndpointState(t.ctx, "b")
	t.ok(err)
	if b.Done != 3 {
		t.Fatalf("it begins behind %d", b.Done)
	}
	t.tell(&c, bot.Change{Messages: []bot.Message{incoming("c", 4, "hello")}})
	page, err := t.HookEvents(t.ctx, 1, 2)
	t.ok(err)
	if len(page) != 2 || page[0].N != 2 || page[1].N != 3 {
		t.Fatalf("a page of %+v", page)
	}
	t.ok(t.SaveEndpointState(t.ctx, hooks.State{Endpoint: "a", Done: 3}))
	t.queued("message.received c-4")
	t.ok(t.SaveEndpointState(t.ctx, hooks.State{Endpoint: "b", Done: 4}))
	t.queued("message.received c-4") // a has not taken it
	all, err := t.Endpoints(t.ctx)
	t.ok(err)
	a := all[0]
	a.Off = hooks.OffHand
	t.ok(t.SaveEndpoint(t.ctx, a, bot.Event{})) // one that is off keeps nothing
	t.queued()
	t.tell(&c, bot.Change{Messages: []bot.Message{incoming("c", 5, "hello")}})
	a.Version, a.Off = a.Version+1, hooks.OffNot
	t.ok(t.SaveEndpoint(t.ctx, a, bot.Event{}))
	state, err := t.EndpointState(t.ctx, "a")
	t.ok(err)
	if state.Done != 5 {
		t.Fatalf("switched on again it stands behind %d", state.Done)
	}
	t.ok(t.DeleteEndpoint(t.ctx, "b", bot.Event{}))
	t.queued()
}

// testHookConflict lets many writers save at once: every change that is stored is told of once, in order, and no other.
func testHookConflict(t *tester) {
	t.ok(t.SaveEndpoint(t.ctx, endpoint("e", hooks.MessageReceived), bot.Event{}))
	c := t.begin("c")
	stored := 0
	for _, err := range together(8, func(i int) error {
		mine := c
		mine.LastSeq = 1
		return t.Save(t.ctx, bot.Change{Conversation: mine, Messages: []bot.Message{incoming("c", 1, fmt.Sprint(i))}})
	}) {
		if err == nil {
			stored++
		} else if !errors.Is(err, bot.ErrConflict) {
			t.Fatal(err)
		}
	}
	if stored != 1 {
		t.Fatalf("%d were stored", stored)
	}
	t.queued("message.received c-1")
}
