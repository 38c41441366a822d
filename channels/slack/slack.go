// Package slack connects an inbox to a Slack app, by Socket Mode or by the Events API over HTTP.
package slack

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	api "github.com/slack-go/slack"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/internal/secret"
)

//go:embed sample.toml
var sample string

// authCheck is how often we look whether the token still works: Slack does not tell an app over HTTP that it does not.
const authCheck = 10 * time.Minute

// Driver makes Slack channels. Slack takes about one message a second and channel, and several hundred a minute in all.
// Longer texts than the limit are allowed, but blocks are refused somewhere beyond 13,000 characters.
var Driver = channels.Driver{
	Name:   "slack",
	Limits: channels.Limits{Text: 3000, Unit: channels.Runes, PerThread: time.Second, Global: 5, File: mostBytes},
	Sample: sample,
	New:    newChannel,
}

// settings is the channel's table of the configuration.
type settings struct {
	Mode          string        `toml:"mode"` // socket or http
	BotToken      secret.Secret `toml:"bot_token"`
	BotTokenFile  string        `toml:"bot_token_file"`
	AppToken      secret.Secret `toml:"app_token"`
	AppTokenFile  string        `toml:"app_token_file"`
	SigningSecret secret.Secret `toml:"signing_secret"`
	SigningFile   string        `toml:"signing_secret_file"`
	APIURL        string        `toml:"api_url"`

	DeskChannel  string   `toml:"desk_channel"` // where the team works; empty: nowhere
	DeskAgents   []string `toml:"desk_agents"`  // user id=e-mail address
	DeskReply    string   `toml:"desk_reply"`
	DeskLang     string   `toml:"desk_lang"` // zh or en; empty: the program's
	DeskPersonal bool     `toml:"desk_personal_data"`
	agents       map[string]string
}

func (s *settings) check() error {
	var all []error
	want := func(into *secret.Secret, file, prefix, hint string) {
		var err error
		if *into, err = secret.OrFile(*into, file); err != nil {
			all = append(all, err)
		} else if !into.Set() || !strings.HasPrefix(into.Reveal(), prefix) || strings.ContainsAny(into.Reveal(), " \t\r\n") {
			all = append(all, errors.New(hint))
		}
	}
	want(&s.BotToken, s.BotTokenFile, "xoxb-", "bot_token: it begins with xoxb- and stands under OAuth & Permissions of your app")
	switch s.Mode {
	case "socket":
		want(&s.AppToken, s.AppTokenFile, "xapp-", "app_token: it begins with xapp-; make one with the scope connections:write under Basic Information, App-Level Tokens")
	case "http":
		want(&s.SigningSecret, s.SigningFile, "", "signing_secret: it stands under Basic Information, App Credentials")
	default:
		all = append(all, fmt.Errorf(`mode: %q is neither "socket" nor "http"`, s.Mode))
	}
	if u, err := url.Parse(s.APIURL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || !strings.HasSuffix(s.APIURL, "/") {
		all = append(all, fmt.Errorf("api_url: %q is no address: write https://slack.com/api/, with a slash at the end", s.APIURL))
	}
	if s.DeskChannel != "" {
		if !isChannel(s.DeskChannel) {
			all = append(all, fmt.Errorf("desk_channel: %q is no id of a channel: it begins with C or G and stands at the end of the channel's details", s.DeskChannel))
		}
		var err error
		if s.agents, err = (channels.BoardSettings{Agents: s.DeskAgents, Reply: s.DeskReply, Lang: s.DeskLang}).Check(isUser); err != nil {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

// slack is one app in one workspace.
type slack struct {
	settings
	deps    channels.Deps
	api     *api.Client
	self    atomic.Pointer[api.AuthTestResponse] // nil until Slack said who we are
	names   *names
	threads *threads
}

func newChannel(decode func(any) error, d channels.Deps) (channels.Channel, error) {
	s := settings{Mode: "socket", APIURL: "https://slack.com/api/", DeskReply: channels.ReplyMark}
	if err := decode(&s); err != nil {
		return nil, fmt.Errorf("slack: %w", err)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("slack: %w", err)
	}
	c := api.New(s.BotToken.Reveal(), api.OptionAPIURL(s.APIURL), api.OptionAppLevelToken(s.AppToken.Reveal()),
		api.OptionHTTPClient(d.Client), api.OptionLog(log.New(io.Discard, "", 0)))
	return &slack{settings: s, deps: d, api: c, names: newNames(), threads: newThreads()}, nil
}

// Run implements channels.Channel.
func (s *slack) Run(ctx context.Context, h bot.Handler) error {
	if err := s.whoAmI(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	if s.Mode == "socket" {
		return s.runSockets(ctx, h)
	}
	for channels.Pause(ctx, authCheck) {
		if err := s.whoAmI(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *slack) whoAmI(ctx context.Context) error {
	err := channels.Persist(ctx, s.deps.Log, "auth.test", func(ctx context.Context) error {
		ctx, failed := channels.Traced(ctx)
		me, err := s.api.AuthTestContext(ctx)
		if err != nil {
			return classify(err, failed)
		}
		s.self.Store(me)
		return nil
	})
	if err != nil {
		return fmt.Errorf("slack: %w: check bot_token, and that the app is installed in the workspace", err)
	}
	return nil
}
