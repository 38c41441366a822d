package channels

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"huiyin/bot"
)

// MaxWebhookBytes is the most that a webhook reads of one request.
const MaxWebhookBytes = 1 << 20

// Traced returns a context for one HTTP call that sends something, and a function that classifies its failure when there
// was no answer: Transient when the request never left (no route, refused, bad certificate), else Ambiguous. The error it
// returns says what happened in general words: those of net/http name the address, and with it, for some platforms, a secret.
func Traced(ctx context.Context) (context.Context, func(err error) *SendError) {
	var wrote atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	return traced, func(err error) *SendError {
		switch {
		case !wrote.Load():
			return &SendError{Reason: Transient, Err: errors.New("the platform cannot be reached")}
		case errors.Is(err, context.DeadlineExceeded):
			return &SendError{Reason: Ambiguous, Err: errors.New("the platform did not answer in time")}
		default:
			return &SendError{Reason: Ambiguous, Err: errors.New("the connection broke before the answer came")}
		}
	}
}

// StatusError classifies an answer that has no meaning but its HTTP status.
func StatusError(status int, header http.Header) *SendError {
	e := &SendError{Reason: Rejected, RetryAfter: RetryAfter(header), Err: errors.New("HTTP status " + strconv.Itoa(status))}
	switch {
	case status == http.StatusTooManyRequests:
		e.Reason = RateLimited
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		e.Reason = Auth
	case status == http.StatusServiceUnavailable:
		e.Reason = Transient
	case status >= 500 || status < 200:
		e.Reason = Ambiguous
	case status < 300:
		e.Reason, e.Err = Ambiguous, errors.New("the answer could not be read")
	}
	return e
}

// RetryAfter reads the header of that name, in seconds; 0 when it is missing or a date.
func RetryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// SameSecret compares a secret with what somebody sent, in a time that does not depend on where they differ. An empty
// secret matches nothing.
func SameSecret(secret, sent string) bool {
	return secret != "" && subtle.ConstantTimeCompare([]byte(secret), []byte(sent)) == 1
}

// ReadWebhook reads the body of a webhook's request. When it is not a POST, too large, or breaks off, it has answered
// already and ok is false.
func ReadWebhook(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxWebhookBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return nil, false
	case err != nil:
		http.Error(w, "the body could not be read", http.StatusBadRequest)
		return nil, false
	}
	return body, true
}

// Accept hands events to h and answers the platform: 200 when they are stored, so that it forgets them, else 503, so that
// it sends them again.
func Accept(w http.ResponseWriter, r *http.Request, h bot.Handler, events ...bot.Inbound) bool {
	if len(events) > 0 {
		if err := h.Handle(r.Context(), events...); err != nil {
			w.Header().Set("Retry-After", "5")
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return false
		}
	}
	w.WriteHeader(http.StatusOK)
	return true
}

// Pause waits for d, and reports false when ctx ends first.
func Pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Backoff is how long to wait before the next try after so many failures in a row: from first, doubling up to most.
func Backoff(failures int, first, most time.Duration) time.Duration {
	return min(first<<min(max(failures-1, 0), 20), most)
}

// Persist repeats a call to a platform, which fails with a *SendError, until it works or ctx ends: then it returns nil. It
// returns ErrAuth when it will never work.
func Persist(ctx context.Context, log *slog.Logger, what string, call func(context.Context) error) error {
	for failures := 1; ; failures++ {
		attempt, cancel := context.WithTimeout(ctx, 30*time.Second)
		err := call(attempt)
		cancel()
		if err == nil || ctx.Err() != nil {
			return nil
		}
		if ReasonOf(err) == Auth {
			return ErrAuth
		}
		wait := max(WaitOf(err), Backoff(failures, time.Second, time.Minute))
		log.Warn("a call to the platform failed: trying again", "call", what, "in", wait, "err", err)
		if !Pause(ctx, wait) {
			return nil
		}
	}
}

// MaxRawBytes is the most that is kept of an event that cannot be read.
const MaxRawBytes = 64 << 10

// Unreadable is the event that stands for an authentic one that the adapter cannot read.
func Unreadable(inbox bot.InboxID, sourceID string, raw []byte, at time.Time) bot.Inbound {
	return bot.Inbound{
		Inbox: inbox, SourceID: sourceID, Kind: bot.KindUnknown, Thread: "unreadable", Raw: raw[:min(len(raw), MaxRawBytes)], At: at,
	}
}
