// Package api is the public HTTP API, for programs of the shop: conversations and messages, contacts, articles, and
// facts. One table of routes makes the handlers, their permissions and the OpenAPI document, so that they cannot drift
// apart. What it does goes through the same Desk and the same permissions as the console.
package api

import (
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/internal/clientip"
	"huiyin/kb"
)

// Prefix is where the API is mounted.
const Prefix = "/api/v1"

// Store is what the API reads besides the Desk.
type Store interface {
	Agent(ctx context.Context, id bot.AgentID) (bot.Agent, error)
	Conversation(ctx context.Context, id bot.ConversationID) (bot.Conversation, error)
	Conversations(ctx context.Context, f bot.Filter) ([]bot.Conversation, error)
	Messages(ctx context.Context, id bot.ConversationID, after uint64, limit int) ([]bot.Message, error)
	Contact(ctx context.Context, id bot.ContactID) (bot.Contact, error)
	FindContact(ctx context.Context, query string) ([]bot.Contact, error)
	Addresses(ctx context.Context, id bot.ContactID) ([]bot.ContactInbox, error)
	Facts(ctx context.Context, from, to time.Time) iter.Seq2[bot.Fact, error]
	// Articles returns the newest revision of every article; Article one, or kb.ErrNotFound.
	Articles(ctx context.Context) ([]kb.Article, error)
	Article(ctx context.Context, id kb.ArticleID) (kb.Article, error)
	Incidents(ctx context.Context) ([]bot.Incident, error)
	Record(ctx context.Context, e bot.Event) error
	NoteContact(ctx context.Context, id bot.ContactID, e bot.NotedEdit, log bot.Event) (bot.Contact, error)
}

// Knowledge writes articles; a kb.Publisher is one. Errors are those of kb.Publisher.
type Knowledge interface {
	Save(ctx context.Context, edited []kb.Article, s kb.Signed) ([]kb.Article, kb.Rehearsal, error)
	Propose(ctx context.Context, change kb.Article, s kb.Signed) (kb.Article, kb.Rehearsal, error)
}

// Desk is what programs do with conversations.
type Desk interface {
	bot.Desk
	bot.Dispatch
	bot.Tierer
	// Rules are the rules in force, of which the API reads the tiers.
	Rules() (bot.DeskRules, *bot.Hours)
	ReadFile(ctx context.Context, id bot.MessageID, place int) (bot.File, io.ReadSeeker, error)
}

// Config is what an API is made of; all of it is needed.
type Config struct {
	Store Store
	Desk  Desk
	Keys  *console.Keys
	// Knowledge is what drafts go through.
	Knowledge Knowledge
	Health    func() error // nil means that the store can write
	Mask      func(text string) string
	Log       *slog.Logger
	Now       func() time.Time
	Proxied   bool // behind a proxy of our own, which says where a call comes from
}

// API serves the public HTTP API.
type API struct {
	Config
	document []byte
}

// New makes an API.
func New(c Config) (*API, error) {
	a := &API{Config: c}
	var err error
	a.document, err = a.describe()
	return a, err
}

// Handler serves everything below Prefix, mounted without stripping it. Other sites' pages may not call it: no answer
// carries a CORS header, and cookies mean nothing.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	allowed := map[string][]string{}
	for _, r := range a.routes() {
		mux.Handle(r.method+" "+Prefix+r.path, a.guard(r))
		allowed[r.path] = append(allowed[r.path], r.method)
	}
	for path, methods := range allowed {
		mux.Handle(Prefix+path, a.plain(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			return &Problem{Status: http.StatusMethodNotAllowed, Code: "method", Title: "This address does not know the method.", Where: r.Method,
				Advice: "Use " + strings.Join(methods, " or ") + "."}
		}))
	}
	mux.Handle("/", a.plain(func(_ http.ResponseWriter, r *http.Request) error {
		return &Problem{Status: http.StatusNotFound, Code: "no_route", Title: "There is no such address.", Where: "path",
			Advice: "See " + Prefix + "/openapi.json for all addresses."}
	}))
	return mux
}

// plain serves what needs no token.
func (a *API) plain(serve func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers(w)
		if err := serve(w, r); err != nil {
			a.explain(w, r, err)
		}
	})
}

func headers(w http.ResponseWriter) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}

// guard lets a request through to its route when its token may do the route's action.
func (a *API) guard(route route) http.Handler {
	return a.plain(func(w http.ResponseWriter, r *http.Request) error {
		c := &call{r: r, w: w, route: route}
		if !route.public {
			if err := a.admit(c); err != nil {
				return err
			}
		}
		if err := c.read(w); err != nil {
			return err
		}
		if route.stream != nil {
			return route.stream(w, c)
		}
		answer, err := route.serve(c)
		if err != nil {
			return err
		}
		return write(w, route.status, "application/json", answer)
	})
}

// admit finds out who calls, and whether she may.
func (a *API) admit(c *call) error {
	scheme, key, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if key = strings.TrimSpace(key); !strings.EqualFold(scheme, "Bearer") || key == "" {
		return console.ErrKey // nobody has guessed anything
	}
	var err error
	if c.agent, c.token, err = a.Keys.Who(c.r.Context(), key, clientip.Of(c.r, a.Proxied)); err != nil {
		return err
	}
	if !console.CanWith(c.agent, c.token, c.route.action, bot.Object{}) {
		return errForbidden
	}
	return nil
}

var errForbidden = errors.New("api: the token may not do this")
