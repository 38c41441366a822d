package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	tg "github.com/go-telegram/bot"

	"huiyin/bot"
	"huiyin/channels"
)

const (
	// pollSeconds is how long Telegram keeps a poll open; its own limit is 50.
	pollSeconds    = 50
	maxAnswerBytes = 16 << 20 // Telegram cuts its answers near 4 MB
	conflictsMost  = 5        // in a row, then Run gives up: somebody has to look
	webhookCheck   = 10 * time.Minute
)

// poll fetches updates. The library's own poller confirms updates before they are handled; this one asks for the next
// only when the handler has stored those it got. The offset is not kept anywhere: Telegram sends again what was not
// confirmed, and intake drops what it knows.
func (t *telegram) poll(ctx context.Context, h bot.Handler) error {
	var offset int64
	failures, conflicts := 0, 0
	for ctx.Err() == nil {
		updates, se := t.getUpdates(ctx, offset)
		if ctx.Err() != nil {
			return nil
		}
		if se == nil {
			failures, conflicts = 0, 0
			// An empty answer to a poll with an offset has confirmed everything. After a quiet week Telegram may go on with
			// lower numbers; a poll without an offset gets those too.
			offset = 0
			if len(updates) > 0 {
				offset = t.take(ctx, h, updates)
			}
			if len(updates) > 0 && offset == 0 { // without a number nothing can be confirmed: the same would come at once
				channels.Pause(ctx, time.Minute)
			}
			continue
		}
		failures++
		switch se.Reason {
		case channels.Auth:
			return fmt.Errorf("telegram: %w: check the token with @BotFather", channels.ErrAuth)
		case conflict:
			if conflicts++; conflicts >= conflictsMost {
				return fmt.Errorf("telegram: %w: each bot can be polled from one place only; stop the other one, or give this inbox its own bot", channels.ErrSecondInstance)
			}
		}
		wait := max(channels.WaitOf(se), channels.Backoff(failures, time.Second, time.Minute))
		t.deps.Log.Warn("telegram: polling failed, trying again", "reason", se.Reason, "err", se.Err, "in", wait)
		channels.Pause(ctx, wait)
	}
	return nil
}

// take hands updates over until they are stored, and returns the offset that confirms them; 0 when ctx ended before.
func (t *telegram) take(ctx context.Context, h bot.Handler, updates []json.RawMessage) int64 {
	var events []bot.Inbound
	var presses []string
	var last int64
	for _, raw := range updates {
		u := t.read(raw)
		last = max(last, u.id)
		if u.event != nil {
			events = append(events, *u.event)
		}
		if u.press != "" {
			presses = append(presses, u.press)
		}
	}
	for failures := 1; len(events) > 0; failures++ {
		err := h.Handle(ctx, events...)
		if err == nil {
			break
		}
		t.deps.Log.Warn("telegram: events were not stored, trying again", "events", len(events), "err", err)
		if !channels.Pause(ctx, channels.Backoff(failures, 100*time.Millisecond, 10*time.Second)) {
			return 0
		}
	}
	for _, id := range presses {
		t.stopSpinner(ctx, id)
	}
	if last == 0 {
		return 0
	}
	return last + 1
}

// getUpdates makes one poll. The library offers no call for it.
func (t *telegram) getUpdates(ctx context.Context, offset int64) ([]json.RawMessage, *channels.SendError) {
	ctx, cancel := context.WithTimeout(ctx, (pollSeconds+15)*time.Second)
	defer cancel()
	query := map[string]any{"timeout": pollSeconds, "allowed_updates": allowedUpdates()}
	if offset > 0 {
		query["offset"] = offset
	}
	body, err := json.Marshal(query)
	if err != nil {
		return nil, &channels.SendError{Reason: channels.Rejected, Err: err}
	}
	ctx, failed := channels.Traced(ctx)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.APIURL+"/bot"+t.Token.Reveal()+"/getUpdates", bytes.NewReader(body))
	if err != nil {
		return nil, failed(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := t.deps.Client.Do(r)
	if err != nil {
		return nil, failed(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes))
	if err != nil {
		return nil, failed(err)
	}
	var answer struct {
		OK          bool              `json:"ok"`
		Result      []json.RawMessage `json:"result"`
		Description string            `json:"description"`
		Code        int               `json:"error_code"`
		Parameters  struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, channels.StatusError(resp.StatusCode, resp.Header)
	}
	if !answer.OK {
		se := byCode(answer.Code, answer.Description)
		se.RetryAfter = time.Duration(answer.Parameters.RetryAfter) * time.Second
		return nil, se
	}
	return answer.Result, nil
}

// keepWebhook tells Telegram where to send updates, and looks now and then whether it still knows.
func (t *telegram) keepWebhook(ctx context.Context) error {
	address := t.deps.Public + "/channels/" + string(t.deps.Inbox.ID) + "/"
	for ctx.Err() == nil {
		current := ""
		if err := t.persist(ctx, "getWebhookInfo", func(ctx context.Context) error {
			info, err := t.api.GetWebhookInfo(ctx)
			if err == nil {
				current = info.URL
				if info.LastErrorMessage != "" {
					t.deps.Log.Warn("telegram: the webhook had trouble", "says", info.LastErrorMessage,
						"at", time.Unix(int64(info.LastErrorDate), 0), "pending", info.PendingUpdateCount)
				}
			}
			return err
		}); err != nil || ctx.Err() != nil {
			return err
		}
		if current != address || !t.registered.Load() {
			if err := t.persist(ctx, "setWebhook", func(ctx context.Context) error {
				_, err := t.api.SetWebhook(ctx, &tg.SetWebhookParams{
					URL: address, SecretToken: t.WebhookSecret.Reveal(), AllowedUpdates: allowedUpdates(), MaxConnections: 40,
				})
				return err
			}); err != nil || ctx.Err() != nil {
				return err
			}
			t.registered.Store(true)
		}
		channels.Pause(ctx, webhookCheck)
	}
	return nil
}

// Webhook implements channels.WebhookHandler. In contrast to the library's handler it refuses a wrong secret, reads a
// bounded body, and answers only when the event is stored.
func (t *telegram) Webhook(h bot.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !channels.SameSecret(t.WebhookSecret.Reveal(), r.Header.Get("X-Telegram-Bot-Api-Secret-Token")) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		body, ok := channels.ReadWebhook(w, r)
		if !ok {
			return
		}
		if t.self.Load() == nil { // who is mentioned in a group cannot be told yet
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		u := t.read(body)
		var events []bot.Inbound
		if u.event != nil {
			events = append(events, *u.event)
		}
		if channels.Accept(w, r, h, events...) && u.press != "" {
			t.stopSpinner(context.WithoutCancel(r.Context()), u.press)
		}
	})
}
