package slack

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/channels"
)

// window is how old a request may be, as Slack recommends: older ones may be recorded and played back.
const window = 5 * time.Minute

// Webhook implements channels.WebhookHandler for the request URLs of events and of interactivity alike.
func (s *slack) Webhook(h bot.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := channels.ReadWebhook(w, r)
		if !ok {
			return
		}
		if !s.authentic(r.Header, body) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if challenge, ok := challenge(body); ok {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			_, _ = w.Write([]byte(challenge))
			return
		}
		if s.self.Load() == nil { // our own messages cannot be told from others yet
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		var events []bot.Inbound
		e, err := s.readRequest(r.Context(), r.Header.Get("Content-Type"), body)
		if err != nil {
			s.deps.Log.Warn("slack: an event was not stored, Slack sends it again", "err", err)
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if e != nil {
			events = append(events, *e)
		}
		channels.Accept(w, r, h, events...)
	})
}

// authentic checks Slack's signature over the time and the raw body.
func (s *slack) authentic(header http.Header, body []byte) bool {
	sent := header.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(sent, 10, 64)
	if err != nil || !s.SigningSecret.Set() {
		return false
	}
	if age := s.deps.Now().Sub(time.Unix(seconds, 0)); age > window || age < -window {
		return false
	}
	mac := hmac.New(sha256.New, []byte(s.SigningSecret.Reveal()))
	mac.Write([]byte("v0:" + sent + ":"))
	mac.Write(body)
	return hmac.Equal([]byte("v0="+hex.EncodeToString(mac.Sum(nil))), []byte(header.Get("X-Slack-Signature")))
}

// challenge answers Slack's check of a new request URL.
func challenge(body []byte) (string, bool) {
	var check struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(body, &check) != nil || check.Type != "url_verification" || len(check.Challenge) > 1024 {
		return "", false
	}
	return check.Challenge, true
}

// readRequest maps the body of a request: events are JSON, presses a form with JSON in it.
func (s *slack) readRequest(ctx context.Context, contentType string, body []byte) (*bot.Inbound, error) {
	if strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		form, err := url.ParseQuery(string(body))
		if err != nil || form.Get("payload") == "" {
			return s.unreadable(body), nil
		}
		return s.readAction(ctx, []byte(form.Get("payload"))), nil
	}
	return s.readEvent(ctx, body)
}
