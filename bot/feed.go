package bot

import (
	"context"
	"sync"
)

// feedBuffer is how many notices a subscriber may fall behind before it is cut off.
const feedBuffer = 256

// feed hands notices to subscribers. A slow one never holds up the others, nor the bot.
type feed struct {
	mu   sync.Mutex
	subs map[chan Notice]struct{}
}

func newFeed() *feed { return &feed{subs: map[chan Notice]struct{}{}} }

// Subscribe implements Feed.
func (f *feed) Subscribe(ctx context.Context) <-chan Notice {
	ch := make(chan Notice, feedBuffer)
	f.mu.Lock()
	f.subs[ch] = struct{}{}
	f.mu.Unlock()
	context.AfterFunc(ctx, func() { f.drop(ch) })
	return ch
}

func (f *feed) drop(ch chan Notice) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.subs[ch]; ok {
		delete(f.subs, ch)
		close(ch)
	}
}

func (f *feed) publish(n Notice) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ch := range f.subs {
		select {
		case ch <- n:
		default:
			delete(f.subs, ch)
			close(ch)
		}
	}
}

// watched reports whether anybody has subscribed.
func (f *feed) watched() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.subs) > 0
}

// Settled tells live views how the delivery of a stored message stands now. While nobody looks on it costs nothing.
func (b *Bot) Settled(m Message) {
	if !b.feed.watched() {
		return
	}
	c, err := b.cfg.Store.Conversation(b.stopping, m.Conversation)
	if err != nil {
		b.log.Warn("bot: a delivery could not be shown", "message", m.ID, "error", err)
		return
	}
	b.feed.publish(Notice{Conversation: c, Messages: []Message{m}})
}
