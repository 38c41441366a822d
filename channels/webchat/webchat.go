// Package webchat is Huiyin's own channel: a chat page, and a widget that any site embeds with one script tag.
//
// A visitor is whoever holds a token: 32 random bytes that her browser made up and keeps. Her thread is a hash of it, so
// that nothing has to be stored for visitors, and knowing a thread (as staff do) does not let one speak as her.
//
// A person is whoever the shop vouches for, with a token that its server signs (see huiyin/internal/identity) and that the page
// holds in memory only. Her thread is the same on every device; the one that she began as a visitor becomes hers too.
package webchat

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/internal/identity"
	"huiyin/internal/secret"
)

//go:embed sample.toml
var sample string

// Driver makes web chats. Sending the same message twice shows it once: pages merge messages by their sequence number.
var Driver = channels.Driver{
	Name:   "webchat",
	Limits: channels.Limits{Keyed: true, File: 1 << 40, FilesInside: true}, // files are kept here: what we take, a page gets
	Sample: sample,
	New:    newChannel,
}

// settings is the channel's table of the configuration.
type settings struct {
	Title   string   `toml:"title"`
	TitleZH string   `toml:"title_zh"`
	Hello   string   `toml:"hello"`
	HelloZH string   `toml:"hello_zh"`
	Accent  string   `toml:"accent"`
	Origins []string `toml:"origins"`
	// PerMinute is how many messages a visitor may send in a minute; PerMinuteIP how many one address may.
	PerMinute   int `toml:"per_minute"`
	PerMinuteIP int `toml:"per_minute_ip"`
	// FilesPerMinute is how many files a visitor may upload in a minute; 0: none. An address may upload ten times as many.
	FilesPerMinute int  `toml:"files_per_minute"`
	TrustProxy     bool `toml:"trust_proxy"`
	// With IdentitySecret the shop's server signs who is signed in there; IdentityOldSecret is taken too while it is replaced.
	IdentitySecret    secret.Secret `toml:"identity_secret"`
	IdentityFile      string        `toml:"identity_secret_file"`
	IdentityOldSecret secret.Secret `toml:"identity_old_secret"`
	IdentityOldFile   string        `toml:"identity_old_secret_file"`
}

func defaults() settings {
	return settings{
		Title: "Echo Goods", TitleZH: "回声商店",
		Hello:   "Hi! Ask me anything about your order, delivery, returns or invoices. I answer day and night, and a person is never far away.",
		HelloZH: "您好！订单、配送、退换货、发票，都可以问我。我全天在线，需要人工时说一声就好。",
		Accent:  "#0b6e5a", PerMinute: 30, PerMinuteIP: 600, FilesPerMinute: 20,
	}
}

func (s settings) check() error {
	var all []error
	for _, o := range s.Origins {
		u, err := url.Parse(o)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || o != u.Scheme+"://"+u.Host {
			all = append(all, fmt.Errorf("webchat: origins: %q is no origin: write https://shop.example, without a path", o))
		}
	}
	if !isColour(s.Accent) {
		all = append(all, fmt.Errorf("webchat: accent: %q is no colour: write #rrggbb", s.Accent))
	}
	if s.PerMinute < 1 || s.PerMinuteIP < 1 {
		all = append(all, errors.New("webchat: per_minute and per_minute_ip must be at least 1"))
	}
	if s.FilesPerMinute < 0 {
		all = append(all, errors.New("webchat: files_per_minute must be 0, for none, or more"))
	}
	return errors.Join(all...)
}

func isColour(s string) bool {
	digits, ok := strings.CutPrefix(s, "#")
	return ok && len(digits) == 6 && strings.Trim(strings.ToLower(digits), "0123456789abcdef") == ""
}

// chat is one web chat.
type chat struct {
	settings
	deps     channels.Deps
	hub      *hub
	visitors *limiter
	ips      *limiter
	pages    *pages

	uploads, uploadIPs *limiter
	uploadBytes        *limiter // of an address
	running, reading   *atOnce

	identities *identity.Verifier // nil: the shop vouches for nobody
	refusals   *limiter           // of lines in the log, for each reason
}

func newChannel(decode func(any) error, d channels.Deps) (channels.Channel, error) {
	s := defaults()
	if err := decode(&s); err != nil {
		return nil, fmt.Errorf("webchat: %w", err)
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	secrets, err := s.secrets()
	if err != nil {
		return nil, err
	}
	if d.History == nil {
		return nil, errors.New("webchat: needs the history of conversations")
	}
	p, err := newPages(s)
	if err != nil {
		return nil, err
	}
	c := &chat{
		settings: s, deps: d, hub: newHub(), pages: p,
		visitors: newLimiter(s.PerMinute, d.Now), ips: newLimiter(s.PerMinuteIP, d.Now),
		uploads: newLimiter(max(1, s.FilesPerMinute), d.Now), uploadIPs: newLimiter(max(1, 10*s.FilesPerMinute), d.Now),
		running: newAtOnce(uploadsAtOnce), reading: newAtOnce(readsAtOnce), refusals: newLimiter(refusalsLogged, d.Now),
	}
	if len(secrets) > 0 {
		c.identities = identity.NewVerifier(string(d.Inbox.ID), d.Now, secrets...)
	}
	c.uploadBytes = newHourly(uploadHour, int(c.takes()), d.Now)
	return c, nil
}

// Run implements channels.Channel: events come over HTTP, so it only keeps the house in order until ctx ends.
func (c *chat) Run(ctx context.Context, _ bot.Handler) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	defer c.hub.close()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			c.visitors.sweep()
			c.ips.sweep()
			c.uploads.sweep()
			c.uploadIPs.sweep()
			c.uploadBytes.sweep()
			c.refusals.sweep()
		}
	}
}

// Send implements channels.Channel. The message is in the store already, where a page that is closed now will find it
// later; pages that are open are told at once.
func (c *chat) Send(_ context.Context, m channels.Outgoing) (string, error) {
	if !isThread(m.Thread) {
		return "", &channels.SendError{Reason: channels.Rejected, Err: errors.New("the thread is none of a web chat")}
	}
	shown := c.outgoing(m)
	c.hub.publish(m.Thread, event{Kind: "message", Message: &shown})
	return string(m.ID), nil
}

// threadOf is the thread of whoever holds a token.
func threadOf(token string) string {
	sum := sha256.Sum256([]byte("huiyin webchat " + token))
	return "v" + hex.EncodeToString(sum[:threadBytes])
}

// threadBytes is how much of the hash names a thread.
const threadBytes = 16

func isThread(thread string) bool {
	digits, ok := strings.CutPrefix(thread, "v")
	raw, err := hex.DecodeString(digits)
	return ok && err == nil && len(raw) == threadBytes
}

// Typing implements channels.Typer.
func (c *chat) Typing(_ context.Context, thread string) error {
	c.hub.publish(thread, event{Kind: "typing"})
	return nil
}

// NativeButtons implements channels.ButtonSender.
func (c *chat) NativeButtons() int { return mostButtons }

const mostButtons = 12

// Webhook implements channels.WebhookHandler.
func (c *chat) Webhook(h bot.Handler) http.Handler { return c.routes(h) }
