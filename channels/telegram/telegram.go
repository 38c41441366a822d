// Package telegram connects an inbox to a Telegram bot, by long polling or by webhook.
package telegram

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/internal/secret"
)

//go:embed sample.toml
var sample string

// Driver makes Telegram channels. The limits are those of the Bot API: 4096 UTF-16 units after the formatting is read,
// about one message a second to one chat, 30 a second in all. A message sent twice is shown twice.
var Driver = channels.Driver{
	Name:   "telegram",
	Limits: channels.Limits{Text: 4096, Unit: channels.UTF16, PerThread: time.Second, Global: 30, File: mostBytes},
	Sample: sample,
	New:    newChannel,
}

// settings is the channel's table of the configuration.
type settings struct {
	Token         secret.Secret `toml:"token"`
	TokenFile     string        `toml:"token_file"`
	Mode          string        `toml:"mode"` // polling or webhook
	WebhookSecret secret.Secret `toml:"webhook_secret"`
	WebhookFile   string        `toml:"webhook_secret_file"`
	APIURL        string        `toml:"api_url"`
	Groups        string        `toml:"groups"` // mention: when addressed; off

	DeskChat     string   `toml:"desk_chat"`   // number of the group where the team works; empty: nowhere
	DeskAgents   []string `toml:"desk_agents"` // user id=e-mail address
	DeskReply    string   `toml:"desk_reply"`
	DeskLang     string   `toml:"desk_lang"` // zh or en; empty: the program's
	DeskPersonal bool     `toml:"desk_personal_data"`
	agents       map[string]string
	desk         int64 // DeskChat
}

var (
	tokenShape  = regexp.MustCompile(`^[0-9]{3,20}:[A-Za-z0-9_-]{20,100}$`)
	secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{16,256}$`)
)

func (s *settings) check(public string) error {
	var all []error
	var err error
	if s.Token, err = secret.OrFile(s.Token, s.TokenFile); err != nil {
		all = append(all, err)
	} else if !tokenShape.MatchString(s.Token.Reveal()) {
		all = append(all, errors.New("token: set it to what @BotFather gave you, for example 123456:ABC-DEF…"))
	}
	if u, err := url.Parse(s.APIURL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.HasSuffix(s.APIURL, "/") {
		all = append(all, fmt.Errorf("api_url: %q is no address: write https://api.telegram.org, without a slash at the end", s.APIURL))
	}
	if s.Groups != "mention" && s.Groups != "off" {
		all = append(all, fmt.Errorf(`groups: %q is neither "mention" nor "off"`, s.Groups))
	}
	if s.DeskChat != "" {
		if s.desk, err = strconv.ParseInt(s.DeskChat, 10, 64); err != nil || s.desk >= 0 {
			all = append(all, fmt.Errorf("desk_chat: %q is no number of a group: it begins with -100", s.DeskChat))
		}
		if s.agents, err = (channels.BoardSettings{Agents: s.DeskAgents, Reply: s.DeskReply, Lang: s.DeskLang}).Check(isUser); err != nil {
			all = append(all, err)
		}
	}
	switch s.Mode {
	case "polling":
	case "webhook":
		if s.WebhookSecret, err = secret.OrFile(s.WebhookSecret, s.WebhookFile); err != nil {
			all = append(all, err)
		} else if !secretShape.MatchString(s.WebhookSecret.Reveal()) {
			all = append(all, errors.New("webhook_secret: choose 16 to 256 letters, digits, _ or -, for example with `openssl rand -hex 32`"))
		}
		if !strings.HasPrefix(public, "https://") {
			all = append(all, errors.New(`mode: a webhook needs the public address of this server to begin with https://; without one, use mode = "polling"`))
		}
	default:
		all = append(all, fmt.Errorf(`mode: %q is neither "polling" nor "webhook"`, s.Mode))
	}
	return errors.Join(all...)
}

// telegram is one bot.
type telegram struct {
	settings
	deps       channels.Deps
	api        *tg.Bot
	self       atomic.Pointer[models.User] // nil until Telegram said who we are
	busy       chan struct{}               // bounds the answers to pressed buttons
	registered atomic.Bool                 // Telegram knows our webhook and its secret

	mu    sync.Mutex
	reply map[string]int // thread in a group → the message to reply to
}

func newChannel(decode func(any) error, d channels.Deps) (channels.Channel, error) {
	s := settings{Mode: "polling", APIURL: "https://api.telegram.org", Groups: "mention", DeskReply: channels.ReplyMark}
	if err := decode(&s); err != nil {
		return nil, fmt.Errorf("telegram: %w", err)
	}
	if err := s.check(d.Public); err != nil {
		return nil, fmt.Errorf("telegram: %w", err)
	}
	t := &telegram{settings: s, deps: d, busy: make(chan struct{}, 16), reply: map[string]int{}}
	api, err := tg.New(s.Token.Reveal(), tg.WithSkipGetMe(), tg.WithServerURL(s.APIURL),
		tg.WithHTTPClient(0, statusClient{d.Client}), tg.WithErrorsHandler(func(error) {}))
	if err != nil {
		return nil, errors.New("telegram: the library refuses the token")
	}
	t.api = api
	return t, nil
}

// Run implements channels.Channel.
func (t *telegram) Run(ctx context.Context, h bot.Handler) error {
	if err := t.persist(ctx, "getMe", func(ctx context.Context) error {
		me, err := t.api.GetMe(ctx)
		if err == nil {
			t.self.Store(me)
		}
		return err
	}); err != nil || ctx.Err() != nil {
		return err
	}
	if t.Mode == "webhook" {
		return t.keepWebhook(ctx)
	}
	if err := t.persist(ctx, "deleteWebhook", func(ctx context.Context) error {
		_, err := t.api.DeleteWebhook(ctx, &tg.DeleteWebhookParams{})
		return err
	}); err != nil || ctx.Err() != nil {
		return err
	}
	return t.poll(ctx, h)
}

// persist repeats a call until it works, ctx ends, or it is clear that it never will.
func (t *telegram) persist(ctx context.Context, what string, call func(context.Context) error) error {
	err := channels.Persist(ctx, t.deps.Log, what, func(ctx context.Context) error {
		ctx, status := withStatus(ctx)
		if err := call(ctx); err != nil {
			return classify(err, *status, nil)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("telegram: %w: check the token with @BotFather", err)
	}
	return nil
}

// statusClient notes the HTTP status of an answer in the context, since the library does not tell it, and cuts answers
// that are too long.
type statusClient struct{ client *http.Client }

type statusKey struct{}

func withStatus(ctx context.Context) (context.Context, *int) {
	status := new(int)
	return context.WithValue(ctx, statusKey{}, status), status
}

// Do implements the library's HttpClient.
func (c statusClient) Do(r *http.Request) (*http.Response, error) {
	resp, err := c.client.Do(r)
	if err != nil {
		return nil, err
	}
	if status, ok := r.Context().Value(statusKey{}).(*int); ok {
		*status = resp.StatusCode
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswerBytes), resp.Body}
	return resp, nil
}
