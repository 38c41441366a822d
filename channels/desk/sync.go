package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/internal/guard"
)

const (
	// history is how many messages before a handoff stand in the thread.
	history = 6
	// entriesKept is how many entries of a thread follow edits and failed deliveries.
	entriesKept = 20
	// lostMost is how often a card that vanished is made anew.
	lostMost = 3

	backoffFirst = time.Second
	backoffMost  = 5 * time.Minute
	callMost     = 30 * time.Second
)

// board is one board with what has to be done on it.
type board struct {
	*Bridge
	inbox bot.InboxID
	where channels.Board
	rules channels.BoardRules

	mu      sync.Mutex
	threads map[string]bot.ConversationID   // Ref → the conversation
	onBoard map[bot.ConversationID][]string // have a card → its Refs, which are in threads
	closed  []bot.ConversationID            // of onBoard those that are nobody's business now, the newest last
	retries map[bot.ConversationID]*retry   // could not be read or written down
	waits   map[bot.ConversationID]bool     // in queue
	queue   []bot.ConversationID
	news    chan struct{}
	last    time.Time // of the newest call

	looked   []look    // whose readers changed, in the order in which they are due
	nextLook time.Time // the earliest for one of these
}

// retry is when a conversation is tried again that the store did not give, or did not take.
type retry struct {
	failures int
	timer    *time.Timer // nil: it is in queue
}

func newBoard(b *Bridge, inbox bot.InboxID, where channels.Board) *board {
	return &board{
		Bridge: b, inbox: inbox, where: where, rules: where.Rules(), threads: map[string]bot.ConversationID{},
		onBoard: map[bot.ConversationID][]string{}, retries: map[bot.ConversationID]*retry{}, waits: map[bot.ConversationID]bool{}, news: make(chan struct{}, 1),
	}
}

// escalated reports whether a conversation is the team's business.
func escalated(c bot.Conversation) bool {
	return c.Handoff != nil && (c.Status == bot.StatusWaiting || c.Status == bot.StatusAgent)
}

// notice takes note that a conversation changed.
func (b *board) notice(c bot.Conversation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, on := b.onBoard[c.ID]; on || escalated(c) {
		b.enqueue(c.ID)
	}
}

// enqueue puts a conversation into the queue, once. The caller holds mu.
func (b *board) enqueue(id bot.ConversationID) {
	if b.waits[id] {
		return
	}
	b.waits[id] = true
	b.queue = append(b.queue, id)
	select {
	case b.news <- struct{}{}:
	default:
	}
}

// knows takes note of a card.
func (b *board) knows(c bot.Card) {
	b.mu.Lock()
	defer b.mu.Unlock()
	refs := b.onBoard[c.Conversation]
	if c.Ref != "" && !slices.Contains(refs, c.Ref) {
		refs = append(refs, c.Ref)
		b.threads[c.Ref] = c.Conversation
	}
	b.onBoard[c.Conversation] = refs
}

// settle takes note of whether a conversation that has a card is closed. Of those only the newest are kept in mind, as many as
// are looked through at the start: on cards of older ones nothing can be done any more.
func (b *board) settle(c bot.Conversation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if at := slices.Index(b.closed, c.ID); at >= 0 {
		b.closed = slices.Delete(b.closed, at, at+1)
	}
	if _, on := b.onBoard[c.ID]; !on || escalated(c) {
		return
	}
	b.closed = append(b.closed, c.ID)
	if len(b.closed) > recent {
		b.forget(b.closed[0])
		b.closed = slices.Delete(b.closed, 0, 1)
	}
}

// forget drops what is kept in mind of a conversation. The caller holds mu.
func (b *board) forget(id bot.ConversationID) {
	for _, ref := range b.onBoard[id] {
		delete(b.threads, ref)
	}
	delete(b.onBoard, id)
}

// next takes a conversation out of the queue.
func (b *board) next(ctx context.Context) (bot.ConversationID, bool) {
	for {
		b.mu.Lock()
		if len(b.queue) > 0 {
			id := b.queue[0]
			b.queue = b.queue[1:]
			delete(b.waits, id)
			b.mu.Unlock()
			return id, true
		}
		id, wait := b.dueLook()
		b.mu.Unlock()
		if id != "" {
			return id, true
		}
		timer := time.NewTimer(wait)
		select {
		case <-b.news:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return "", false
		}
		timer.Stop()
	}
}

// run brings one conversation after the other up to date. A failure of the platform holds up the whole board; one of the
// store only the conversation that it is about.
func (b *board) run(ctx context.Context) {
	for failures := 0; ; {
		id, ok := b.next(ctx)
		if !ok {
			return
		}
		err := guard.Quiet(func() error { return b.sync(ctx, id) })
		if err == nil || ctx.Err() != nil {
			failures = 0
			b.done(id)
			continue
		}
		var platform *channels.SendError
		if !errors.As(err, &platform) {
			b.later(id, err)
			continue
		}
		failures++
		wait := max(channels.WaitOf(err), channels.Backoff(failures, backoffFirst, backoffMost))
		b.Log.Warn("desk: a conversation could not be shown to the team, trying again", "board", b.inbox, "conversation", id, "in", wait, "err", err)
		b.mu.Lock()
		if !b.waits[id] {
			b.waits[id] = true
			b.queue = append([]bot.ConversationID{id}, b.queue...)
		}
		b.mu.Unlock()
		channels.Pause(ctx, wait)
	}
}

// later puts a conversation back into the queue after a while.
func (b *board) later(id bot.ConversationID, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.retries[id]
	if r == nil {
		r = &retry{}
		b.retries[id] = r
	}
	r.failures++
	wait := channels.Backoff(r.failures, backoffFirst, backoffMost)
	b.Log.Error("desk: a conversation cannot be read or written down, trying it again later", "board", b.inbox, "conversation", id, "in", wait, "err", err)
	if r.timer != nil { // news made it be tried before its time
		return
	}
	r.timer = time.AfterFunc(wait, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		r.timer = nil
		b.enqueue(id)
	})
}

// done takes note that a conversation is up to date.
func (b *board) done(id bot.ConversationID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r := b.retries[id]; r != nil {
		if r.timer != nil {
			r.timer.Stop()
		}
		delete(b.retries, id)
	}
}

// sync makes the board say what the store says about a conversation.
func (b *board) sync(ctx context.Context, id bot.ConversationID) error {
	conv, err := b.Store.Conversation(ctx, id)
	if errors.Is(err, bot.ErrNotFound) {
		b.settle(bot.Conversation{ID: id}) // erased; its threads stay known for a while: who writes there is told
		return nil
	}
	if err != nil {
		return err
	}
	card, err := b.Store.Card(ctx, b.inbox, id)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	if errors.Is(err, bot.ErrNotFound) {
		if !escalated(conv) {
			return nil
		}
		card = bot.Card{Board: b.inbox, Conversation: id, Seq: conv.LastSeq - min(conv.LastSeq, history)}
		card.FileSeq = card.Seq
	}
	if escalated(conv) && !card.Handoff.Equal(conv.Handoff.At) {
		if err := b.begin(ctx, conv, &card); err != nil {
			return err
		}
	}
	if card.Lost > lostMost {
		b.settle(conv)
		return nil
	}
	if err := b.show(ctx, conv, &card); err != nil {
		return err
	}
	if err := b.mirror(ctx, conv, &card); err != nil {
		return err
	}
	if escalated(conv) && slices.ContainsFunc(b.readers(id), func(r bot.Reader) bool { return r.Typing }) {
		b.attended(id) // nobody tells when she stops
	}
	b.settle(conv)
	return nil
}

// begin starts a card for another handoff; the one before says that it is over.
func (b *board) begin(ctx context.Context, conv bot.Conversation, card *bot.Card) error {
	if card.ID != "" && card.Handoff.Before(conv.Handoff.At) {
		old := channels.BoardCard{Ref: card.Ref, ID: card.ID, Title: b.title(conv), Body: styled(b.say("continued"))}
		if _, err := b.call(ctx, func(ctx context.Context) (channels.BoardCard, error) { return b.where.Show(ctx, old) }); err != nil && !gone(err) {
			return err
		}
	}
	card.Handoff, card.ID, card.Shown, card.Lost = conv.Handoff.At, "", "", 0
	if !b.rules.OneThread {
		card.Ref, card.Entries = "", nil
	}
	return b.Store.SaveCard(ctx, *card)
}

// call makes a call to the platform when it is time for one.
func (b *board) call(ctx context.Context, do func(context.Context) (channels.BoardCard, error)) (channels.BoardCard, error) {
	if wait := b.last.Add(b.rules.Every).Sub(b.Now()); wait > 0 && !channels.Pause(ctx, wait) {
		return channels.BoardCard{}, ctx.Err()
	}
	b.last = b.Now()
	attempt, cancel := context.WithTimeout(ctx, callMost)
	defer cancel()
	c, err := do(attempt)
	var classified *channels.SendError
	if err != nil && !errors.As(err, &classified) {
		err = &channels.SendError{Reason: channels.ReasonOf(err), Err: err} // so that it counts as the platform's
	}
	return c, err
}

// gone reports whether what a call was about is not there any more, or never will be.
func gone(err error) bool {
	switch channels.ReasonOf(err) {
	case channels.Rejected, channels.Blocked, channels.Moved, channels.Unformatted:
		return true
	}
	return false
}

// trying notes that a call is under way whose effect may be there although its answer is lost. It returns whether there
// was one already.
func (b *board) trying(ctx context.Context, card *bot.Card, key string) (again bool, err error) {
	if card.Trying == key {
		return true, nil
	}
	card.Trying = key
	return false, b.Store.SaveCard(ctx, *card)
}

// show makes or changes the card.
func (b *board) show(ctx context.Context, conv bot.Conversation, card *bot.Card) error {
	view := b.view(ctx, conv)
	mark := markOf(view)
	view.Ref, view.ID, view.At = card.Ref, card.ID, card.Handoff
	if card.ID != "" && mark == card.Shown {
		b.knows(*card)
		return nil
	}
	view.Key = fmt.Sprintf("%s:%d", conv.ID, card.Handoff.UnixNano())
	if card.ID == "" {
		var err error
		if view.Again, err = b.trying(ctx, card, view.Key); err != nil {
			return err
		}
	}
	shown, err := b.call(ctx, func(ctx context.Context) (channels.BoardCard, error) { return b.where.Show(ctx, view) })
	switch {
	case err == nil:
		card.Ref, card.ID, card.Shown, card.Trying = shown.Ref, shown.ID, mark, ""
	case gone(err):
		b.Log.Warn("desk: a card has vanished", "board", b.inbox, "conversation", conv.ID, "err", err)
		b.vanished(card)
	case shown.Ref != "": // a part of the work was done
		card.Ref, card.ID = shown.Ref, shown.ID
	}
	if saveErr := b.Store.SaveCard(ctx, *card); saveErr != nil {
		return saveErr
	}
	b.knows(*card)
	if err != nil && card.Lost > lostMost {
		b.Log.Error("desk: a conversation is not shown to the team any more: it is in the console", "board", b.inbox, "conversation", conv.ID)
		return nil
	}
	return err
}

// vanished forgets where a card was, so that it is made anew.
func (b *board) vanished(card *bot.Card) {
	b.mu.Lock()
	delete(b.threads, card.Ref)
	b.onBoard[card.Conversation] = slices.DeleteFunc(b.onBoard[card.Conversation], func(ref string) bool { return ref == card.Ref })
	b.mu.Unlock()
	card.Ref, card.ID, card.Shown, card.Trying, card.Entries = "", "", "", "", nil
	card.Lost++
}

// mirror makes the thread say what was said: changed entries first, then new ones.
func (b *board) mirror(ctx context.Context, conv bot.Conversation, card *bot.Card) error {
	from := card.Seq
	if len(card.Entries) > 0 {
		from = min(from, card.Entries[0].From-1)
	}
	messages, err := b.Store.Messages(ctx, conv.ID, from, 0)
	if err != nil {
		return err
	}
	for i := range card.Entries {
		e := &card.Entries[i]
		body := b.entry(conv, between(messages, e.From, e.To))
		if mark := markOf(body); mark != e.Mark && body.Text != "" {
			if _, err := b.put(ctx, card, channels.BoardEntry{ID: e.ID, Body: body}); err != nil && !gone(err) {
				return err
			}
			e.Mark = mark // also of one that somebody deleted: it stays deleted
			if err := b.Store.SaveCard(ctx, *card); err != nil {
				return err
			}
		}
	}
	if err := b.pass(ctx, card, messages); err != nil {
		return err
	}
	for _, group := range b.groups(b.due(conv, card, messages)) {
		if err := b.add(ctx, conv, card, group); err != nil {
			return err
		}
		if err := b.pass(ctx, card, messages); err != nil {
			return err
		}
	}
	if !escalated(conv) && card.Seq < conv.LastSeq { // what it says to the bot is not the team's business
		card.Seq, card.FileSeq, card.FileN = conv.LastSeq, conv.LastSeq, 0
		return b.Store.SaveCard(ctx, *card)
	}
	return nil
}

// due are the messages that are not in the thread and belong there.
func (b *board) due(conv bot.Conversation, card *bot.Card, messages []bot.Message) []bot.Message {
	var due []bot.Message
	for _, m := range messages {
		late := !escalated(conv) && (conv.Status != bot.StatusResolved || m.At.After(conv.ResolvedAt))
		if m.Seq > card.Seq && !late {
			due = append(due, m)
		}
	}
	return due
}

// add puts a new entry into the thread.
func (b *board) add(ctx context.Context, conv bot.Conversation, card *bot.Card, group []bot.Message) error {
	from, to := group[0].Seq, group[len(group)-1].Seq
	body := b.entry(conv, group)
	if body.Text != "" {
		e := channels.BoardEntry{Key: fmt.Sprintf("%s:%d", conv.ID, from), Body: body, At: group[0].At}
		var err error
		if e.Again, err = b.trying(ctx, card, e.Key); err != nil {
			return err
		}
		id, err := b.put(ctx, card, e)
		switch {
		case err == nil:
			card.Entries = append(card.Entries, bot.CardEntry{From: from, To: to, ID: id, Mark: markOf(body)})
			card.Entries = card.Entries[max(0, len(card.Entries)-entriesKept):]
		case gone(err):
			b.Log.Warn("desk: the thread of a card has vanished", "board", b.inbox, "conversation", conv.ID, "err", err)
			b.vanished(card)
			return errors.Join(b.Store.SaveCard(ctx, *card), err)
		default:
			return err
		}
	}
	card.Seq, card.Trying = to, ""
	return b.Store.SaveCard(ctx, *card)
}

func (b *board) put(ctx context.Context, card *bot.Card, e channels.BoardEntry) (id string, err error) {
	c, err := b.call(ctx, func(ctx context.Context) (channels.BoardCard, error) {
		id, err := b.where.Put(ctx, card.Ref, e)
		return channels.BoardCard{ID: id}, err
	})
	return c.ID, err
}

func between(messages []bot.Message, from, to uint64) []bot.Message {
	var part []bot.Message
	for _, m := range messages {
		if m.Seq >= from && m.Seq <= to {
			part = append(part, m)
		}
	}
	return part
}
