package desk_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
)

// room is who looks at what, as the test says.
type room struct {
	mu      sync.Mutex
	readers map[bot.ConversationID][]bot.Reader
	news    chan bot.ConversationID
}

func newRoom() *room {
	return &room{readers: map[bot.ConversationID][]bot.Reader{}, news: make(chan bot.ConversationID, 100)}
}

func (r *room) Readers(id bot.ConversationID) []bot.Reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.readers[id]
}

func (r *room) Attended(ctx context.Context) <-chan bot.ConversationID {
	out := make(chan bot.ConversationID)
	go func() {
		defer close(out)
		for {
			select {
			case id := <-r.news:
				select {
				case out <- id:
				case <-ctx.Done():
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (r *room) enter(id bot.ConversationID, who ...bot.Reader) {
	r.mu.Lock()
	r.readers[id] = who
	r.mu.Unlock()
	r.news <- id
}

// TestCardsSayWhoReads: the team's card says who reads and who writes in the console, not of whom only passes by, and no longer
// when they have gone or stopped.
func TestCardsSayWhoReads(t *testing.T) {
	r := newRoom()
	inShopWith(t, func(s *shop) { r.news = make(chan bot.ConversationID, 100); s.attendance = r }, func(s *shop) {
		s.says("转人工")
		slack := s.walls["slack"]
		id := s.conv().ID
		card := func() string {
			slack.mu.Lock()
			defer slack.mu.Unlock()
			return slack.cards[0].Body.Text
		}
		calls := func() int {
			slack.mu.Lock()
			defer slack.mu.Unlock()
			return slack.calls
		}
		before, text := calls(), card()
		r.enter(id, bot.Reader{ID: "lin", Name: "Lin"})
		s.pass(time.Second)
		r.enter(id)
		s.pass(time.Minute)
		if calls() != before || card() != text {
			t.Errorf("somebody passed by: %d calls more, %q", calls()-before, card())
		}
		r.enter(id, bot.Reader{ID: "lin", Name: "Lin"}, bot.Reader{ID: "max", Name: "Max"})
		s.pass(time.Minute)
		if got := card(); !strings.Contains(got, "👀 正在控制台查看：Lin、Max") {
			t.Errorf("the card does not say who reads: %q", got)
		}
		r.enter(id, bot.Reader{ID: "lin", Name: "Lin", Typing: true}, bot.Reader{ID: "max", Name: "Max"})
		s.pass(time.Minute)
		if got := card(); !strings.Contains(got, "✍️ 正在控制台回复：Lin\n👀 正在控制台查看：Max") {
			t.Errorf("the card does not say who writes: %q", got)
		}
		r.mu.Lock()
		r.readers[id] = nil // they have stopped and left, and nobody told
		r.mu.Unlock()
		s.pass(time.Minute)
		if got := card(); got != text {
			t.Errorf("then the card says %q, want %q", got, text)
		}
		if got := calls() - before; got != 3 {
			t.Errorf("%d calls, want 3", got)
		}
	})
}

// TestReadersHoldNothingUp: while hundreds of conversations are looked at again and again, what customers write is in the
// threads at once, and the board is called no more often than it takes.
func TestReadersHoldNothingUp(t *testing.T) {
	r := newRoom()
	inShopWith(t, func(s *shop) { r.news = make(chan bot.ConversationID, 1000); s.attendance = r }, func(s *shop) {
		s.says("转人工")
		id := s.conv().ID
		slack := s.walls["slack"]
		slack.mu.Lock()
		before := slack.calls
		slack.mu.Unlock()
		for i := range 600 { // ten minutes
			r.enter(id, bot.Reader{ID: "lin", Name: fmt.Sprint("Lin", i)})
			s.pass(time.Second)
		}
		slack.mu.Lock()
		shown := slack.calls - before
		slack.mu.Unlock()
		if shown < 50 || shown > 600/6+1 {
			t.Errorf("the card was changed %d times in ten minutes", shown)
		}
		r.enter(id, bot.Reader{ID: "max", Name: "Max"})
		s.event(bot.Inbound{Inbox: "web", Kind: bot.KindMessage, SourceID: "now", Thread: "ada", Text: "在吗", From: bot.Person{SourceID: "ada", Name: "Ada"}})
		if got := slack.said(0); !strings.Contains(got, "在吗") {
			t.Errorf("what the customer wrote is not in the thread: %q", got)
		}
	})
}
