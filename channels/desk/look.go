package desk

import (
	"slices"
	"strings"
	"time"

	"huiyin/bot"
)

const (
	// lookAfter is how long after readers changed a card says so: whoever only passes by is not worth a call.
	lookAfter = 4 * time.Second
	// lookEvery is the least between two cards that are changed for their readers alone. What is said to and by customers
	// comes first, and platforms count changes of a card like messages (Telegram takes 20 a minute in a group).
	lookEvery = 6 * time.Second
	// never is how long to wait when nothing is due.
	never = time.Hour
)

// look is a card that may have to say who reads.
type look struct {
	id  bot.ConversationID
	due time.Time
}

// attended takes note that others than before read or write in a conversation.
func (b *board) attended(id bot.ConversationID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, on := b.onBoard[id]; !on || slices.ContainsFunc(b.looked, func(l look) bool { return l.id == id }) {
		return
	}
	b.looked = append(b.looked, look{id, b.Now().Add(lookAfter)})
	select {
	case b.news <- struct{}{}:
	default:
	}
}

// dueLook takes out the conversation whose readers are to be shown now; where there is none, it says how long that takes. The
// caller holds mu.
func (b *board) dueLook() (bot.ConversationID, time.Duration) {
	if len(b.looked) == 0 {
		return "", never
	}
	now, first := b.Now(), b.looked[0]
	if wait := max(first.due.Sub(now), b.nextLook.Sub(now)); wait > 0 {
		return "", wait
	}
	b.looked = slices.Delete(b.looked, 0, 1)
	b.nextLook = now.Add(lookEvery)
	return first.id, 0
}

// readers are who is seen in the console to look at a conversation.
func (b *board) readers(id bot.ConversationID) []bot.Reader {
	if b.attendance == nil {
		return nil
	}
	return b.attendance.Readers(id)
}

// attending adds to a card who reads and writes in the console.
func (b *board) attending(t *text, id bot.ConversationID) {
	var write, read []string
	for _, r := range b.readers(id) {
		if r.Typing {
			write = append(write, r.Name)
		} else {
			read = append(read, r.Name)
		}
	}
	for _, who := range []struct {
		key   string
		names []string
	}{{"writes", write}, {"reads", read}} {
		if len(who.names) > 0 {
			t.add("\n" + b.say(who.key, "name", strings.Join(who.names, b.say("and"))))
		}
	}
}
