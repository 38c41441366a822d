package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"huiyin/internal/locale"
	"huiyin/nlp"
)

// Config is what a Bot is made of. Store, Understander, Retriever, Sender and Words are required.
type Config struct {
	Store        Store
	Understander Understander
	Retriever    Retriever
	Library      Library // nil: intents and buttons cannot lead to articles by name
	Sender       Sender
	// Dialogue gives the dialogue in force; a DialogueSource's Current is one. nil: no intents and no forms.
	Dialogue func() *Dialogue
	Words    *locale.Catalog
	Inboxes  []Inbox
	Files    *Files  // keeps what is attached; nil: files are only named
	Fetcher  Fetcher // gets what is attached from the platforms; nil: only what pages upload is kept
	Staff    Staff   // does what the team asks for in its messaging app; nil: there is none
	// Topic is what a text is about, for incidents and the desk; empty: nothing that is known. nil: they go by intents only.
	Topic func(text string) string
	// TopicGroup is the group that a topic is in, for the skills of agents; empty: none. nil: there are no groups.
	TopicGroup func(topic string) string
	Actor      Actor  // does what forms ask for; nil: every action fails, and people take over
	Hours      *Hours // when people are there; nil: always
	// StaffLang is the language of summaries and entries for agents; LangUnknown: each conversation's own.
	StaffLang nlp.Lang
	Rules     Rules // zero fields are taken from DefaultRules

	Log   *slog.Logger     // nil: nothing is logged
	Now   func() time.Time // nil: time.Now
	NewID func() string    // names of conversations and contacts; nil: random ones that sort by time
}

// Rules are the numbers of the dialogue policy and of its limits.
type Rules struct {
	MaxFailures    int           // turns in a row without help before people take over; the same question failing twice is enough
	FormTries      int           // invalid answers to one question of a form before people take over
	Negative       float64       // a sentiment score at or below it with anger or disappointment, and a failure, calls people
	AckEvery       time.Duration // a waiting customer is told at most this often that she waits
	StaleAfter     time.Duration // a message that is older than this when its turn comes goes to people with an apology
	ReopenWithin   time.Duration // a resolved conversation is reopened within this time; later a new one starts
	SilentAfter    time.Duration // a conversation with the bot is resolved after this much silence
	KeepEvents     time.Duration // how long finished events are remembered, so that repeats are harmless
	TurnTimeout    time.Duration // understanding and searching together, in one turn
	TurnsPerMinute int           // of the bot in one conversation; more is a loop
	MaxAttempts    int           // process starts that find an event unfinished before it goes to quarantine unread
	Workers        int           // conversations handled at the same moment
	Backlog        int           // events that may wait before intake says ErrBusy
	NoRating       bool          // do not ask for a rating when an agent resolves
	NPSEvery       time.Duration // a customer is asked whether she would recommend the shop at most this often; 0: never
	NPSQuiet       time.Duration // not before her conversations have been over for this long
}

// DefaultRules are the values for what is not configured.
func DefaultRules() Rules {
	return Rules{
		MaxFailures: 3, FormTries: 3, Negative: -0.55,
		AckEvery: 5 * time.Minute, StaleAfter: 2 * time.Hour, ReopenWithin: 72 * time.Hour, SilentAfter: 24 * time.Hour,
		KeepEvents: 14 * 24 * time.Hour, TurnTimeout: 5 * time.Second,
		NPSQuiet: 24 * time.Hour, TurnsPerMinute: 20, MaxAttempts: 5, Workers: 256, Backlog: 20000,
	}
}

func (r Rules) withDefaults() Rules {
	d := DefaultRules()
	fill(&r.MaxFailures, d.MaxFailures)
	fill(&r.FormTries, d.FormTries)
	fill(&r.Negative, d.Negative)
	fill(&r.AckEvery, d.AckEvery)
	fill(&r.StaleAfter, d.StaleAfter)
	fill(&r.ReopenWithin, d.ReopenWithin)
	fill(&r.SilentAfter, d.SilentAfter)
	fill(&r.KeepEvents, d.KeepEvents)
	fill(&r.TurnTimeout, d.TurnTimeout)
	fill(&r.TurnsPerMinute, d.TurnsPerMinute)
	fill(&r.MaxAttempts, d.MaxAttempts)
	fill(&r.Workers, d.Workers)
	fill(&r.Backlog, d.Backlog)
	fill(&r.NPSQuiet, d.NPSQuiet)
	return r
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Bot answers customers and passes them on to people. It is a Handler, a Desk and a Feed.
type Bot struct {
	cfg     Config
	rules   Rules
	log     *slog.Logger
	now     func() time.Time
	inboxes map[InboxID]Inbox
	lanes   *lanes
	feed    *feed
	queue   *queue
	desk    atomic.Pointer[deskRules]

	incidents atomic.Pointer[[]Incident]
	trials    atomic.Pointer[map[string]Experiment] // in force, by key of their subject; nil: none are
	trialing  sync.Mutex                            // one change of experiments at a time

	npsUpTo time.Time // conversations that went quiet before it were looked at; of the goroutine that calls Tick

	draining chan struct{} // something to do for the assigner

	receipts   receipts
	impersonal impersonal
	saved      atomic.Uint64 // changes, so far
	running    atomic.Bool
	open       atomic.Bool // intake accepts events
	ready      chan struct{}
	stopping   context.Context // ends when Run does
	stop       context.CancelFunc
}

// New assembles a Bot; Run makes it work.
func New(c Config) (*Bot, error) {
	for name, missing := range map[string]bool{"Store": c.Store == nil, "Understander": c.Understander == nil,
		"Retriever": c.Retriever == nil, "Sender": c.Sender == nil, "Words": c.Words == nil} {
		if missing {
			return nil, fmt.Errorf("bot: Config.%s is required", name)
		}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.NewID == nil {
		c.NewID = func() string { return newID(c.Now()) }
	}
	if c.Dialogue == nil {
		empty := &Dialogue{}
		if err := empty.Check(); err != nil {
			return nil, err
		}
		c.Dialogue = func() *Dialogue { return empty }
	}
	b := &Bot{cfg: c, rules: c.Rules.withDefaults(), log: c.Log, now: c.Now, inboxes: map[InboxID]Inbox{},
		feed: newFeed(), ready: make(chan struct{}), draining: make(chan struct{}, 1)}
	b.queue = newQueue(b.rulesNow)
	for _, in := range c.Inboxes {
		b.inboxes[in.ID] = in
	}
	b.stopping, b.stop = context.WithCancel(context.Background())
	b.lanes = newLanes(b.rules.Workers, b.rules.Backlog, b.work)
	return b, nil
}

// tickEvery is how often Run looks after silent conversations and old events.
const tickEvery = time.Minute

// Run takes up what an earlier process left unfinished, opens intake, and works until ctx ends; then it finishes the
// events in hand and returns nil. It can run once.
func (b *Bot) Run(ctx context.Context) error {
	if !b.running.CompareAndSwap(false, true) {
		return errors.New("bot: Run was called twice")
	}
	defer b.stop()
	if err := b.takeUp(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // stopped while it started
		}
		return err
	}
	b.open.Store(true)
	close(b.ready)
	var wg sync.WaitGroup
	wg.Go(func() { b.retryReceipts(ctx) })
	wg.Go(func() { b.resumeJoins(ctx) })
	wg.Go(func() { b.housekeep(ctx) })
	wg.Go(func() { b.assigner(ctx) })
	b.drain()
	<-ctx.Done()
	b.open.Store(false)
	b.stop()
	b.lanes.stop()
	wg.Wait()
	return nil
}

// takeUp reads what holds from before: the rules of the desk, known incidents, experiments, who waits, and unfinished events.
func (b *Bot) takeUp(ctx context.Context) error {
	if err := b.loadRules(ctx); err != nil {
		return err
	}
	if err := b.loadIncidents(ctx); err != nil {
		return err
	}
	if err := b.loadExperiments(ctx); err != nil {
		return err
	}
	return b.recover(ctx)
}

// Ready is closed once intake is open.
func (b *Bot) Ready() <-chan struct{} { return b.ready }

// Backlog is how many events wait or are being handled.
func (b *Bot) Backlog() int { return b.lanes.backlog() }

// Waiting is how many conversations wait for an agent.
func (b *Bot) Waiting() int { return b.queue.size() }

// Subscribe implements Feed.
func (b *Bot) Subscribe(ctx context.Context) <-chan Notice { return b.feed.Subscribe(ctx) }

func (b *Bot) housekeep(ctx context.Context) {
	every(ctx, tickEvery, func() {
		err := caught(func() error { return b.Tick(ctx) })
		var p *panicError
		if errors.As(err, &p) {
			b.log.Error("bot: housekeeping broke off, the next try is in a minute", "err", err, "stack", string(p.stack))
		} else if err != nil && ctx.Err() == nil {
			b.log.Error("bot: housekeeping failed, the next try is in a minute", "err", err)
		}
	})
}

// every calls f at intervals until ctx ends.
func every(ctx context.Context, d time.Duration, f func()) {
	ticker := time.NewTicker(d)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f()
		}
	}
}

// commit saves a change; when it is durable, the queue, the live views and the outbox hear of it. It returns the
// conversation as stored.
func (b *Bot) commit(ctx context.Context, c Change) (Conversation, error) {
	if err := b.cfg.Store.Save(context.WithoutCancel(ctx), c); err != nil {
		return Conversation{}, err
	}
	b.saved.Add(1)
	if c.Conversation.ID == "" {
		return Conversation{}, nil
	}
	c.Conversation.Version++
	b.queue.update(c.Conversation)
	for _, f := range c.Facts {
		if f.Name == FactClaimed {
			b.queue.claimed(f)
		}
	}
	var queued []Message
	for _, m := range c.Messages {
		if m.Delivery == Queued {
			queued = append(queued, m)
		}
	}
	if len(queued) > 0 {
		b.cfg.Sender.Send(queued...)
	}
	b.feed.publish(Notice{Conversation: c.Conversation, Messages: c.Messages})
	if len(c.Facts) > 0 || len(c.Log) > 0 { // a change of owner leaves one or the other
		b.drain()
	}
	return c.Conversation, nil
}

// inbox is the configured inbox, or a bare one for an inbox that has left the configuration.
func (b *Bot) inbox(id InboxID) Inbox {
	if in, ok := b.inboxes[id]; ok {
		return in
	}
	return Inbox{ID: id, Channel: string(id)}
}
