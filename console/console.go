// Package console is where staff work: waiting and running conversations, live, and the digest. It is server-rendered
// HTML with a little script; everything it does goes through bot.Desk and one table of routes and permissions.
package console

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/internal/locale"
	"huiyin/internal/markdown"
	"huiyin/kb"
	"huiyin/nlp"
)

//go:embed templates assets
var files embed.FS

// Store is what the console reads and writes besides the Desk.
type Store interface {
	bot.StaffStore
	bot.DeskStore
	bot.PeopleStore
	bot.TokenStore
	bot.MacroStore
	bot.ReviewStore
	// Facts returns what happened in [from, to), in order of time.
	Facts(ctx context.Context, from, to time.Time) iter.Seq2[bot.Fact, error]
	Conversation(ctx context.Context, id bot.ConversationID) (bot.Conversation, error)
	Conversations(ctx context.Context, f bot.Filter) ([]bot.Conversation, error)
	Messages(ctx context.Context, id bot.ConversationID, after uint64, limit int) ([]bot.Message, error)
	Contact(ctx context.Context, id bot.ContactID) (bot.Contact, error)
	OrdersOf(ctx context.Context, buyers []string) ([]bot.Order, error)
	FindContact(ctx context.Context, query string) ([]bot.Contact, error)
	Runs(ctx context.Context) ([]feedback.Run, error)
	Run(ctx context.Context, key string) (feedback.Run, error)
	feedback.TaskStore
}

// Desk is what agents do, and what leads decide.
type Desk interface {
	bot.Desk
	bot.Dispatch
	bot.Roster
	bot.Ruler
	bot.Tierer
	bot.MacroRunner
	bot.Reacher
	// ReadFile opens a file of a message, by its place among them; bot.ErrNotFound when there is none.
	ReadFile(ctx context.Context, id bot.MessageID, place int) (bot.File, io.ReadSeeker, error)
	// Inbox is where a customer writes, and what can be sent to her there.
	Inbox(id bot.InboxID) bot.Inbox
	// MostFile is the largest file that is taken, in bytes; 0: none is.
	MostFile() int64
}

// Answers finds what the knowledge base says, to suggest it to agents. kb.Searcher is one.
type Answers interface {
	Search(ctx context.Context, q kb.Query) (kb.Answer, error)
	// Read returns the live article of a root, in the other language with OtherLang set; kb.ErrNotFound when there is none.
	Read(ctx context.Context, root kb.RootID, lang nlp.Lang) (kb.Hit, error)
}

// Digests makes the digest of a week as a page of its own.
type Digests interface {
	// HTML writes the digest of a week such as "2026-W46" in a language. ErrNoWeek when the name is no week.
	HTML(ctx context.Context, week, lang string, out io.Writer) error
	// Behind writes the messages that a number of a week's digest counts. ErrNoWeek also when there is no such number.
	Behind(ctx context.Context, week, of, lang string, out io.Writer) error
	// Week is the name of the week that an instant lies in.
	Week(at time.Time) string
}

// ErrNoWeek means that a text does not name a week.
var ErrNoWeek = errors.New("console: no such week")

// Config is what a console is made of; all of it is needed but where it says what nil means.
type Config struct {
	Store      Store
	Desk       Desk
	Answers    Answers
	Feed       bot.Feed
	Digests    Digests
	Words      *locale.Catalog
	Log        *slog.Logger
	Now        func() time.Time
	Zone       *time.Location
	Random     io.Reader        // cryptographically secure
	Secure     bool             // cookies over https only
	Proxied    bool             // behind a proxy of our own, which says where a request comes from
	Skills     func() []Subject // what agents may be good at: groups of topics; nil: nothing is known
	Precedents Precedents       // earlier answers to suggest; nil: none are
	Seed       string           // secret, and always the same: of the samples of reviews
	Lang       string           // of pages for visitors whose browser does not say

	Knowledge   *Knowledge             // nil: no pages for articles
	Incidents   *Incidents             // nil: no page for them
	Webhooks    *Webhooks              // nil: no page for them
	Experiments *Experiments           // nil: no pages for them
	Channels    func() []ChannelHealth // how every inbox stands with its platform; nil: nothing is known
	Keys        *Keys                  // of the programs that use the HTTP API; nil: its own
}

// Console serves the staff's pages.
type Console struct {
	Config
	pages    map[string]*template.Template
	render   *markdown.Renderer
	throttle *throttle
	hub      *hub
	hashing  chan struct{} // bounds the memory that password hashes take at once
	uses     uses
	results  results
	clusters gapClusters
	plans    plans
}

// New makes a Console.
func New(c Config) (*Console, error) {
	s := &Console{Config: c, render: markdown.New(), throttle: newThrottle(c.Now), hub: newHub(c), hashing: make(chan struct{}, 4), plans: plans{of: map[bot.AgentID]*pendingPlan{}}}
	if s.Keys == nil {
		s.Keys = NewKeys(c.Store, c.Now, c.Random)
	}
	if err := s.parse(); err != nil {
		return nil, err
	}
	return s, nil
}

// parse reads the templates: those that all pages share, and with them each page.
func (s *Console) parse() error {
	s.pages = map[string]*template.Template{}
	pages := []string{"login", "inbox", "conversation", "search", "person", "board", "rules", "canned", "macros", "reviews", "review", "ownreviews", "staff", "tokens", "webhooks", "channels", "audit", "incidents", "digests", "account", "error"}
	shared, err := template.New("layout.html").Funcs(s.funcs()).Funcs(s.kbFuncs()).ParseFS(files,
		"templates/layout.html", "templates/fragments.html", "templates/desk.html", "templates/kbparts.html")
	if err != nil {
		return fmt.Errorf("console: %w", err)
	}
	for _, name := range append(pages, kbPages()...) {
		t, err := shared.Clone() // cheaper by far than reading the shared parts for every page
		if err == nil {
			t, err = t.ParseFS(files, "templates/"+name+".html")
		}
		if err != nil {
			return fmt.Errorf("console: %w", err)
		}
		s.pages[name] = t
	}
	return nil
}

// Handler serves everything below /console/, mounted without stripping that prefix.
func (s *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range slices.Concat(s.routes(), s.kbRoutes(), s.incidentRoutes(), s.webhookRoutes(), s.experimentRoutes()) {
		mux.Handle(r.pattern, s.guard(r))
	}
	cross := http.NewCrossOriginProtection()
	return s.headers(cross.Handler(mux))
}

// headers keeps pages to their own files and out of frames.
func (s *Console) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "+
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
