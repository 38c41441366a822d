package console

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/bot"
)

// keyPrefix begins every key, so that one that leaks into a repository or a log can be recognised.
const keyPrefix = "huiyin_"

// maxTokenName is how long the name of a token may be, in characters.
const maxTokenName = 60

// tokenTouch is how often the use of a token is noted at most: often enough to see which are in use, seldom enough for
// the disk.
const tokenTouch = time.Hour

// Errors of keys.
var (
	// ErrKey means that a key is unknown, revoked or expired, or that its agent is disabled.
	ErrKey = errors.New("console: no valid API token")
	// ErrKeyThrottled means that too many wrong keys came from the same place within a minute.
	ErrKeyThrottled = errors.New("console: too many wrong API tokens")
	// ErrToken means that a token cannot be made as it is asked for.
	ErrToken = errors.New("console: a token has a name, an agent who is not disabled, and a scope")
)

// KeyStore is what Keys read and write.
type KeyStore interface {
	bot.TokenStore
	Agent(ctx context.Context, id bot.AgentID) (bot.Agent, error)
}

// Keys makes the keys of programs and recognises them. A key is "huiyin_<id of its token>_<secret>".
type Keys struct {
	store    KeyStore
	now      func() time.Time
	random   io.Reader
	throttle *throttle
}

// NewKeys makes a Keys; random is cryptographically secure.
func NewKeys(store KeyStore, now func() time.Time, random io.Reader) *Keys {
	return &Keys{store: store, now: now, random: random, throttle: newThrottle(now)}
}

// Make stores a new token, of which Name, Agent, Scope and ExpiresAt are given, and returns its key, which nobody can
// find out later. ErrToken when something is missing.
func (k *Keys) Make(ctx context.Context, t bot.Token, by bot.AgentID) (key string, made bot.Token, err error) {
	t.Name = strings.Join(strings.Fields(t.Name), " ")
	agent, err := k.store.Agent(ctx, t.Agent)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return "", t, err
	}
	known := err == nil && !agent.Disabled && (t.Scope == bot.ScopeRead || t.Scope == bot.ScopeWrite || t.Scope == bot.ScopePublish)
	if n := utf8.RuneCountInString(t.Name); !known || n == 0 || n > maxTokenName {
		return "", t, ErrToken
	}
	id := make([]byte, 6)
	if _, err := io.ReadFull(k.random, id); err != nil {
		return "", t, fmt.Errorf("console: random bytes: %w", err)
	}
	secret, err := newToken(k.random)
	if err != nil {
		return "", t, err
	}
	t.ID, t.Hash, t.CreatedAt, t.CreatedBy, t.SeenAt = hex.EncodeToString(id), hash(secret), k.now(), by, time.Time{}
	log := bot.Event{At: t.CreatedAt, Actor: string(by), Action: "token.create", Object: t.ID, Detail: string(t.Scope) + " as " + string(t.Agent)}
	if err := k.store.AddToken(ctx, t, log); err != nil {
		return "", t, err
	}
	return keyPrefix + t.ID + "_" + secret, t, nil
}

// Who recognises a key that came from a network address. ErrKey and ErrKeyThrottled refuse it. Wrong secrets of one token
// do not lock out the others that work from the same address, such as that of a proxy.
func (k *Keys) Who(ctx context.Context, key, from string) (bot.Agent, bot.Token, error) {
	id, secret, _ := strings.Cut(strings.TrimPrefix(key, keyPrefix), "_")
	t, err := bot.Token{}, bot.ErrNotFound
	if raw, bad := hex.DecodeString(id); bad == nil && len(raw) == 6 {
		t, err = k.store.Token(ctx, id)
	}
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return bot.Agent{}, t, err
	}
	place := "key " + t.ID + " " + from
	if k.throttle.full(place) {
		return bot.Agent{}, t, ErrKeyThrottled
	}
	right := subtle.ConstantTimeCompare([]byte(hash(secret)), []byte(t.Hash)) == 1 && strings.HasPrefix(key, keyPrefix)
	if !right || !t.ExpiresAt.IsZero() && !k.now().Before(t.ExpiresAt) {
		k.throttle.allow(place)
		return bot.Agent{}, t, ErrKey
	}
	agent, err := k.store.Agent(ctx, t.Agent)
	if errors.Is(err, bot.ErrNotFound) || err == nil && agent.Disabled {
		return bot.Agent{}, t, ErrKey
	}
	if err != nil {
		return bot.Agent{}, t, err
	}
	if now := k.now(); now.Sub(t.SeenAt) >= tokenTouch {
		if err := k.store.TouchToken(ctx, t.ID, now); errors.Is(err, bot.ErrNotFound) {
			return bot.Agent{}, t, ErrKey
		} else if err != nil && !errors.Is(err, bot.ErrBusy) {
			return bot.Agent{}, t, err
		}
	}
	return agent, t, nil
}

// reading are the actions that change nothing.
var reading = [...]bot.StaffAction{bot.ReadInbox, bot.ReadDigest, bot.ReadBoard, bot.ReadAudit, bot.ReadArticles, bot.ReadDrafts}

// Reads reports whether an action changes nothing.
func Reads(a bot.StaffAction) bool { return slices.Contains(reading[:], a) }

// ScopeFor is the least scope of a token that may do something.
func ScopeFor(a bot.StaffAction) bot.Scope {
	switch {
	case Reads(a):
		return bot.ScopeRead
	case a == bot.PublishArticles:
		return bot.ScopePublish
	}
	return bot.ScopeWrite
}

// CanWith reports whether an agent may do something by means of a token of hers: she herself may, and so may the token.
// What no rule allows is denied.
func CanWith(a bot.Agent, t bot.Token, action bot.StaffAction, object bot.Object) bool {
	if t.Agent != a.ID || !bot.Can(a, action, object) {
		return false
	}
	switch ScopeFor(action) {
	case bot.ScopeRead:
		return t.Scope == bot.ScopeRead || t.Scope == bot.ScopeWrite || t.Scope == bot.ScopePublish
	case bot.ScopeWrite:
		return t.Scope == bot.ScopeWrite || t.Scope == bot.ScopePublish
	}
	return t.Scope == bot.ScopePublish
}
