package channelstest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/desk"
	"huiyin/internal/locale"
	"huiyin/kb"
	"huiyin/nlp"
)

// Office is a Platform in which a team works on a board.
type Office interface {
	Platform
	// Member is the app's user id of somebody: "lin" and "max" are agents, "eve" is not.
	Member(name string) string
	// Cards are the cards on the board, in the order in which they were made; a button of a choice is titled as it shows.
	Cards() []Shown
	// Entries are what was put into the thread of a card besides it, and Whispers what a member was told.
	Entries(card Shown) []Shown
	Whispers(name string) []string
	// Write is a member writing into the thread of a card; it returns the id of the message. Amend edits it.
	Write(name string, card Shown, text string) (message string)
	Amend(name string, card Shown, message, text string)
	// Retract deletes it, and reports whether the platform tells of it.
	Retract(name string, card Shown, message string) bool
	// Trip scripts the next calls that do not send a message: those that change one, or make room for one.
	Trip(faults ...Fault)
	// Public is a customer asking the bot something where others read along, and an agent answering her there; it returns the
	// thread of the customer.
	Public(text string) (thread string)
	Answer(name, text string)
	// Click is a member pressing something under a card, by its title.
	Click(name string, card Shown, title string)
}

// DeskSuite is a board to be tested.
type DeskSuite struct {
	Suite // its Start gives an Office
	Words *locale.Catalog
	// Certain platforms tell whether a call whose answer was lost has worked.
	Certain bool
}

// RunDesk runs the suite of boards: a real bot and bridge, with a customer in another channel.
func RunDesk(t *testing.T, s DeskSuite) {
	for name, test := range map[string]func(*deskRig){
		"card":     (*deskRig).testCard,
		"claim":    (*deskRig).testClaim,
		"race":     (*deskRig).testRace,
		"reply":    (*deskRig).testReply,
		"notes":    (*deskRig).testNotes,
		"amended":  (*deskRig).testAmended,
		"stranger": (*deskRig).testStranger,
		"actions":  (*deskRig).testActions,
		"down":     (*deskRig).testDown,
		"restart":  (*deskRig).testRestart,
		"lost":     (*deskRig).testLost,
		"hiccups":  (*deskRig).testHiccups,
		"again":    (*deskRig).testAgain,
		"native":   (*deskRig).testNative,
		"file":     (*deskRig).testFile,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := s.open(t)
				test(r)
				r.halt()
				r.finish()
			})
		})
	}
}

// deskRig is a bot with a customer on a web page, and the board of its team.
type deskRig struct {
	*Rig
	s        DeskSuite
	office   Office
	store    bot.Store
	bot      *bot.Bot
	customer *customer
	end      func()
	wrote    int
}

func (s DeskSuite) open(t *testing.T) *deskRig {
	r := &deskRig{Rig: s.rig(t), s: s, store: s.Store()}
	r.office = r.Platform.(Office)
	for _, a := range []bot.Agent{{ID: "lin", Email: "lin@shop.example", Name: "Lin", Role: bot.RoleAgent}, {ID: "max", Email: "max@shop.example", Name: "Max", Role: bot.RoleAgent}} {
		if err := r.store.SaveAgent(t.Context(), a, bot.Event{}); err != nil {
			t.Fatal(err)
		}
	}
	r.customer = &customer{store: r.store}
	r.run()
	return r
}

// run starts bot, channel and bridge over what is stored, as a start of the program does.
func (r *deskRig) run() {
	r.Helper()
	late := &lateStaff{}
	inboxes := []bot.Inbox{{ID: "web", Channel: "webchat", Name: "Web"}, {ID: inbox, Channel: r.Suite.Driver.Name, Name: "Test"}}
	b, err := bot.New(bot.Config{Store: r.store, Understander: reader{}, Retriever: reader{}, Sender: r.customer, Words: r.s.Words, Inboxes: inboxes,
		Staff: late, StaffLang: nlp.LangChinese, Now: time.Now})
	if err != nil {
		r.Fatal(err)
	}
	r.bot, r.customer.bot, r.Handler, r.History = b, b, b, r.store
	r.Open()
	bridge := desk.New(desk.Config{
		Boards: map[bot.InboxID]channels.Board{inbox: r.Channel.(channels.DeskHost).Board()}, Inboxes: inboxes, Store: r.store, Verbs: b, Feed: b,
		Words: r.s.Words, Lang: "zh", Zone: time.UTC, Log: r.deps().Log, Now: time.Now,
	})
	late.Staff = bridge
	ctx, cancel := context.WithCancel(r.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = b.Run(ctx) })
	<-b.Ready()
	running.Go(func() { _ = bridge.Run(ctx) })
	r.Start()
	r.end = func() { cancel(); running.Wait() }
	r.Pass(time.Second)
}

func (r *deskRig) halt() {
	r.Stop()
	r.end()
}

type lateStaff struct{ bot.Staff }

// reader understands nothing but phone numbers, and knows no answer: customers ask for people.
type reader struct{}

const phone = "13812345678"

func (reader) Analyze(_ context.Context, text string) (nlp.Analysis, error) {
	a := nlp.Analysis{Text: text, Lang: nlp.LangHans, Intent: nlp.Intent{Name: nlp.IntentNone}}
	if at := strings.Index(text, phone); at >= 0 {
		a.PII = append(a.PII, nlp.PII{Span: nlp.Span{Start: at, End: at + len(phone)}, Kind: "phone"})
	}
	return a, nil
}

func (reader) Search(context.Context, kb.Query) (kb.Answer, error) {
	return kb.Answer{Decision: kb.DecideNothing}, nil
}

// customer gets what is sent to her at once.
type customer struct {
	store bot.Store
	bot   *bot.Bot
	mu    sync.Mutex
	seen  []bot.Message
	fails int // so many of the next messages
}

// Send implements bot.Sender.
func (c *customer) Send(messages ...bot.Message) {
	for _, m := range messages {
		sent, err := c.store.BeginSend(context.Background(), m.ID)
		if err != nil {
			continue
		}
		result := bot.SendResult{Delivery: bot.Sent, SourceID: "web:" + string(m.ID), At: time.Now()}
		c.mu.Lock()
		if c.fails > 0 {
			c.fails--
			result = bot.SendResult{Delivery: bot.Failed, Error: "blocked", At: time.Now()}
		} else {
			c.seen = append(c.seen, sent)
		}
		c.mu.Unlock()
		if m, err := c.store.EndSend(context.Background(), sent.ID, result); err == nil {
			go c.bot.Settled(m)
		}
	}
}

// Typing implements bot.Sender.
func (c *customer) Typing(bot.InboxID, string) {}

// fromPeople are the texts that she got from agents.
func (c *customer) fromPeople() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	texts := []string{}
	for _, m := range c.seen {
		if m.Author == bot.ByAgent {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// says lets a customer write.
func (r *deskRig) says(thread, text string) bot.Conversation {
	r.Helper()
	r.wrote++
	e := bot.Inbound{Inbox: "web", Kind: bot.KindMessage, SourceID: fmt.Sprintf("w%d", r.wrote), Thread: thread, Text: text, At: time.Now(),
		From: bot.Person{SourceID: thread, Name: "Ada " + thread}}
	if err := r.bot.Handle(r.Context(), e); err != nil {
		r.Fatal(err)
	}
	r.Pass(time.Minute)
	return r.conv(thread)
}

func (r *deskRig) conv(thread string) bot.Conversation {
	r.Helper()
	c, err := r.store.Current(r.Context(), "web", thread)
	if err != nil {
		r.Fatal(err)
	}
	return c
}

// asks lets a customer ask for a person, and returns the card that appears.
func (r *deskRig) asks(thread string) Shown {
	r.Helper()
	r.says(thread, "转人工")
	return r.card(-1)
}

// card is one of the cards; -1 is the newest.
func (r *deskRig) card(n int) Shown {
	r.Helper()
	cards := r.office.Cards()
	if n < 0 {
		n += len(cards)
	}
	if n < 0 || n >= len(cards) {
		r.Fatalf("there are %d cards", len(cards))
	}
	return cards[n]
}

func (r *deskRig) click(name string, card Shown, title string) {
	r.Helper()
	r.office.Click(name, card, title)
	r.Pass(time.Minute)
}

func (r *deskRig) write(name string, card Shown, text string) string {
	r.Helper()
	id := r.office.Write(name, card, text)
	r.Pass(time.Minute)
	return id
}

func (r *deskRig) notes(thread string) []string {
	r.Helper()
	messages, err := r.store.Messages(r.Context(), r.conv(thread).ID, 0, 0)
	if err != nil {
		r.Fatal(err)
	}
	texts := []string{}
	for _, m := range messages {
		if m.Private {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func (r *deskRig) want(what string, got, want []string) {
	r.Helper()
	if !slices.Equal(got, want) {
		r.Errorf("%s: %q, want %q", what, got, want)
	}
}

// told makes sure that a member was told something.
func (r *deskRig) told(name, part string) {
	r.Helper()
	all := r.office.Whispers(name)
	if len(all) == 0 || !strings.Contains(all[len(all)-1], part) {
		r.Errorf("%s was told %q, want %q at last", name, all, part)
	}
}
