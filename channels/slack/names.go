package slack

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	api "github.com/slack-go/slack"

	"huiyin/bot"
	"huiyin/nlp"
)

const (
	namesMost = 10_000
	// nameWait is how long an event waits for the name of its author: Slack wants an answer within three seconds.
	nameWait = time.Second
	nameStay = 24 * time.Hour
)

// names remembers who is behind a user id. Slack's events do not say.
type names struct {
	mu    sync.Mutex
	known map[string]named
	off   bool // the app may not ask
}

type named struct {
	bot.Person
	until time.Time
}

func newNames() *names { return &names{known: map[string]named{}} }

// person is the author of an event, with her name and language where they can be had at once.
func (s *slack) person(ctx context.Context, id string) bot.Person {
	now := s.deps.Now()
	s.names.mu.Lock()
	known, ok := s.names.known[id]
	off := s.names.off
	s.names.mu.Unlock()
	if off || ok && now.Before(known.until) {
		known.SourceID = id
		return known.Person
	}
	ctx, cancel := context.WithTimeout(ctx, nameWait)
	defer cancel()
	found := named{bot.Person{SourceID: id}, now.Add(nameStay)}
	u, err := s.api.GetUserInfoContext(ctx, id)
	var refused api.SlackErrorResponse
	switch {
	case err == nil:
		found.Name = cmp.Or(u.Profile.DisplayName, u.RealName, u.Name)
		found.Email = u.Profile.Email
		found.Lang = language(u.Locale)
	case errors.As(err, &refused):
		s.deps.Log.Warn("slack: names are not shown to agents: add the scope users:read and install the app again", "err", refused.Err)
	default:
		found.until = now.Add(time.Minute)
	}
	s.names.mu.Lock()
	defer s.names.mu.Unlock()
	s.names.off = s.names.off || refused.Err == "missing_scope"
	if len(s.names.known) >= namesMost {
		clear(s.names.known)
	}
	s.names.known[id] = found
	return found.Person
}

// language maps Slack's locale, such as zh-CN.
func language(locale string) nlp.Lang {
	switch l := strings.ToLower(locale); {
	case l == "zh-tw" || l == "zh-hk":
		return nlp.LangHant
	case strings.HasPrefix(l, "zh"):
		return nlp.LangHans
	case strings.HasPrefix(l, "en"):
		return nlp.LangEnglish
	default:
		return ""
	}
}
