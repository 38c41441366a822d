package webchat_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"huiyin/channels"
)

// from posts as a visitor from an address, and returns the status.
func from(h http.Handler, address, token, body string) int {
	r := httptest.NewRequest("POST", "/api/messages", strings.NewReader(body))
	r.RemoteAddr = address
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// visitorNumber is the token of one of many visitors.
func visitorNumber(n int) string {
	raw := make([]byte, 32)
	binary.BigEndian.PutUint64(raw, uint64(n)+1)
	return hex.EncodeToString(raw)
}

// TestAnAddressOfIPv6IsANetwork: whoever has one address has 2^64 of them.
func TestAnAddressOfIPv6IsANetwork(t *testing.T) {
	s := open(t, `{"per_minute": 6, "per_minute_ip": 10}`)
	h := s.channel.(channels.WebhookHandler).Webhook(s)
	taken := 0
	for i := range 30 {
		if from(h, fmt.Sprintf("[2001:db8:1:2::%x]:99", i+1), visitorNumber(i), fmt.Sprintf(`{"id":"client-%04d","text":"hi"}`, i)) == http.StatusAccepted {
			taken++
		}
	}
	if taken != 5 {
		t.Errorf("%d messages of one network were taken at once, want 5", taken)
	}
	if got := from(h, "[2001:db8:1:3::1]:99", visitorNumber(99), `{"id":"client-0099","text":"hi"}`); got != http.StatusAccepted {
		t.Errorf("another network: %d", got)
	}
}

// TestManyMadeUpVisitors: what the limits remember is bounded, and whoever comes after a flood is let in as soon as those of
// the flood have been idle.
func TestManyMadeUpVisitors(t *testing.T) {
	s := open(t, `{"per_minute_ip": 100000000}`)
	h := s.channel.(channels.WebhookHandler).Webhook(s)
	for i := range 100_001 {
		from(h, "192.0.2.1:99", visitorNumber(i), "no message")
	}
	s.now = s.now.Add(10 * time.Second)
	if got := from(h, "198.51.100.7:99", visitorNumber(1_000_000), `{"id":"client-0001","text":"hi"}`); got != http.StatusAccepted {
		t.Errorf("a customer after the flood: %d", got)
	}
}
