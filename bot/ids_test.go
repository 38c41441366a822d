package bot

import (
	"strings"
	"testing"
	"time"
)

// TestNewIDSortsByTime: names of a later second come later, none comes twice, and all can stand in a key, an address and
// the name of a message.
func TestNewIDSortsByTime(t *testing.T) {
	now := time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	seen, last := map[string]bool{}, ""
	for range 50 {
		highest := last
		for range 50 {
			id := newID(now)
			if len(id) != 20 || strings.Trim(id, "0123456789abcdefghijklmnopqrstuv") != "" {
				t.Fatalf("%q", id)
			}
			if seen[id] || id <= last {
				t.Fatalf("%q after %q, or twice", id, last)
			}
			seen[id], highest = true, max(highest, id)
			if c, seq, ok := NewMessageID(ConversationID(id), 7).Parts(); !ok || string(c) != id || seq != 7 {
				t.Fatalf("message of %q: %q %d %v", id, c, seq, ok)
			}
		}
		last, now = highest, now.Add(time.Second)
	}
}
