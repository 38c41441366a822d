package main

import (
	"errors"
	"net"
	"net/mail"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the binary must know every zone on a machine that has no zoneinfo

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/all"
	"huiyin/hooks"
	"huiyin/internal/config"
	"huiyin/internal/secret"
	"huiyin/nlp"
	"huiyin/store/open"
)

// Config is the whole configuration. Each key's help is the reference in docs/config.md.
type Config struct {
	Lang     string         `toml:"lang" help:"Language of messages and pages while the reader's own is not known: zh or en."`
	Zone     string         `toml:"zone" help:"IANA time zone of business hours, dates in messages and the days of reports."`
	HTTP     HTTPConfig     `toml:"http" help:"The web server."`
	Store    StoreConfig    `toml:"store" help:"Where conversations and articles are kept."`
	Bot      BotConfig      `toml:"bot" help:"What the bot says and does."`
	NLP      NLPConfig      `toml:"nlp" help:"Understanding."`
	Hours    HoursConfig    `toml:"hours" help:"When people are there."`
	Digest   DigestConfig   `toml:"digest" help:"The weekly digest."`
	Files    FilesConfig    `toml:"files" help:"Pictures and files that customers and agents attach. They are kept in the database."`
	Mail     MailConfig     `toml:"mail" help:"The server that e-mails are handed to. It has to offer STARTTLS."`
	NPS      NPSConfig      `toml:"nps" help:"Asking customers whether they would recommend the shop, from 0 to 10."`
	Webhooks WebhooksConfig `toml:"webhooks" help:"Calls to other programs when something happens here. An administrator makes them in the console."`
	Inboxes  []InboxConfig  `toml:"inbox"`
}

// HTTPConfig is the web server.
type HTTPConfig struct {
	Listen    string `toml:"listen" help:"Address and port to listen on. Keep it on the loopback address behind a reverse proxy that does TLS."`
	PublicURL string `toml:"public_url" help:"The https address under which customers and platforms reach this server, without a slash at the end."`
	Secure    bool   `toml:"secure_cookies" help:"Send login cookies over https only. Leave it on wherever public_url is https."`
	Proxied   bool   `toml:"trust_proxy" help:"A reverse proxy of your own stands in front: where a login or a call of the API comes from is the last address in X-Forwarded-For. Without it, all of them share one limit."`
}

// StoreConfig is the database.
type StoreConfig struct {
	DSN string `toml:"dsn" help:"bolt: keeps everything in <data>/huiyin.db; bolt:<path> names the file; mem: forgets everything at the end."`
}

// BotConfig is the dialogue.
type BotConfig struct {
	Dialogue    string        `toml:"dialogue" help:"Folder with the YAML files of intents, forms and small talk. Empty: the sample shop's. Changes take effect while running."`
	Knowledge   string        `toml:"knowledge" help:"Folder with articles (Markdown with front matter) that is imported at the start. Empty: the sample shop's, into an empty knowledge base."`
	ServiceURL  string        `toml:"service_url" help:"Base URL that {service} stands for in the actions of forms. Empty: the demo shop inside the program."`
	ServiceKey  secret.Secret `toml:"service_key" help:"Key that signs the actions of forms (HMAC-SHA256)."`
	ServiceFile string        `toml:"service_key_file" help:"File that holds service_key."`
	Workers     int           `toml:"workers" help:"Conversations that are answered at the same time."`
	Backlog     int           `toml:"backlog" help:"Accepted events that may wait; more are refused, so that the platform sends them again later."`
	StaleAfter  time.Duration `toml:"stale_after" help:"Messages older than this when they reach us are not answered by the bot: one apology, then people."`
}

// NLPConfig is understanding.
type NLPConfig struct {
	Orders []string `toml:"order_patterns" help:"Regular expressions (RE2) of the shop's order numbers."`
	Words  []string `toml:"words" help:"Words that the segmenter must keep whole: products, brands."`
}

// HoursConfig is when people are there.
type HoursConfig struct {
	Open  string   `toml:"open" help:"When agents start, for example 09:00."`
	Close string   `toml:"close" help:"When agents stop, for example 21:00."`
	Days  []string `toml:"days" help:"Days on which agents are there: mon tue wed thu fri sat sun."`
}

// DigestConfig is the weekly digest.
type DigestConfig struct {
	Weekday string   `toml:"weekday" help:"Day on which the digest of the week before is made: mon … sun, in full (monday), or 周一 … 周日. Empty: never by itself."`
	At      string   `toml:"at" help:"Time of that day, in the zone above."`
	Folder  string   `toml:"folder" help:"Folder that every digest is written to as HTML. Empty: <data>/digests."`
	MailTo  []string `toml:"mail_to" help:"E-mail addresses that get every digest, and an alarm when a topic has far more messages than usual."`
	PostTo  []string `toml:"post_to" help:"Channels and chats that get every digest and alarm: the id of an inbox, a colon, and the place, for example slack:C0123ABCD or telegram:-1001234567890."`
}

// NPSConfig is when customers are asked whether they would recommend the shop.
type NPSConfig struct {
	On    bool          `toml:"on" help:"Ask. It is done in business hours, in the customer's language, where her platform takes a message, and never while a person has a conversation of hers."`
	Days  int           `toml:"every_days" help:"One customer is asked at most once in so many days."`
	Quiet time.Duration `toml:"quiet" help:"How long all conversations of hers must have been over before she is asked."`
}

// every is how often a customer is asked at most; 0: never.
func (c NPSConfig) every() time.Duration {
	if !c.On {
		return 0
	}
	return time.Duration(c.Days) * 24 * time.Hour
}

// FilesConfig is what is taken of what people attach.
type FilesConfig struct {
	MaxMB      int `toml:"max_mb" help:"The largest file that is taken, in MB. 0: none are."`
	CustomerMB int `toml:"customer_mb" help:"What all files exchanged with one customer in one inbox may have together, in MB."`
	TotalMB    int `toml:"total_mb" help:"What all files may have together, in MB. The database and each backup grow by as much."`
}

// MailConfig is the server that e-mails are handed to.
type MailConfig struct {
	Server       string        `toml:"server" help:"Host and port, for example smtp.example.com:587."`
	From         string        `toml:"from" help:"Sender, for example Huiyin <huiyin@example.com>."`
	User         string        `toml:"user" help:"Name to sign in with. Empty: without signing in."`
	Password     secret.Secret `toml:"password" help:"Password to sign in with."`
	PasswordFile string        `toml:"password_file" help:"File that holds password."`
}

// InboxConfig is one connection to a platform.
type InboxConfig struct {
	ID       string           `toml:"id"`
	Channel  string           `toml:"channel"`
	Name     string           `toml:"name"`
	Lang     string           `toml:"lang"`
	Window   *time.Duration   `toml:"window"` // nil: as the channel says
	Settings config.Primitive `toml:"settings"`
}

// defaultConfig is what `make run` runs on: the sample shop with a web chat.
func defaultConfig() Config {
	return Config{
		Lang:     "zh",
		Zone:     "Asia/Shanghai",
		HTTP:     HTTPConfig{Listen: "127.0.0.1:8080"},
		Store:    StoreConfig{DSN: "bolt:"},
		Bot:      BotConfig{Workers: 64, Backlog: 20000, StaleAfter: 24 * time.Hour},
		NLP:      NLPConfig{Orders: []string{`HY\d{8}-\d{4}`}},
		Hours:    HoursConfig{Open: "09:00", Close: "21:00", Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}},
		Digest:   DigestConfig{Weekday: "mon", At: "08:00"},
		Files:    FilesConfig{MaxMB: 10, CustomerMB: 100, TotalMB: 4096},
		NPS:      NPSConfig{Days: 90, Quiet: 24 * time.Hour},
		Webhooks: WebhooksConfig{OffAfter: hooks.DefaultOffAfter},
		Inboxes:  []InboxConfig{{ID: "web", Channel: "webchat", Name: "Web"}},
	}
}

// inboxID is what an inbox may be called: it stands in URLs and in the names of environment variables.
var inboxID = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// Check reports everything that is wrong with the values, as errors that are config.ErrInvalid.
func (c Config) Check() error {
	var all []error
	wrong := func(key string, pairs ...any) {
		all = append(all, wrong(config.ErrInvalid, "cli.config."+key, pairs...))
	}
	if err := c.checkLang(); err != nil {
		all = append(all, err)
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		wrong("zone", "value", strconv.Quote(c.Zone))
	}
	if _, _, err := net.SplitHostPort(c.HTTP.Listen); err != nil {
		wrong("listen", "value", strconv.Quote(c.HTTP.Listen))
	}
	if u, err := url.Parse(c.HTTP.PublicURL); c.HTTP.PublicURL != "" && (err != nil || u.Host == "" || strings.HasSuffix(c.HTTP.PublicURL, "/")) {
		wrong("url", "value", strconv.Quote(c.HTTP.PublicURL))
	}
	for _, p := range c.NLP.Orders {
		if _, err := regexp.Compile(p); err != nil {
			wrong("pattern", "value", strconv.Quote(p), "cause", err)
		}
	}
	if c.Bot.Workers < 1 || c.Bot.Backlog < 1 {
		wrong("workers")
	}
	if f := c.Files; f.MaxMB < 0 || f.MaxMB > 512 || f.MaxMB > 0 && (f.CustomerMB < f.MaxMB || f.TotalMB < f.CustomerMB) {
		wrong("files")
	}
	if _, err := c.hours(); err != nil {
		all = append(all, err)
	}
	if err := open.Check(c.dsn("")); err != nil {
		wrong("dsn", "value", strconv.Quote(c.Store.DSN))
	}
	if _, err := c.digestDue(time.Time{}); c.Digest.Weekday != "" && err != nil {
		all = append(all, err)
	}
	if len(c.Digest.MailTo) > 0 && (c.Mail.Server == "" || c.Mail.From == "") {
		wrong("mail")
	}
	for _, address := range c.Digest.MailTo {
		if _, err := mail.ParseAddress(address); err != nil {
			wrong("address", "value", strconv.Quote(address))
		}
	}
	all = append(all, c.checkPosts()...)
	if c.NPS.Days < 1 || c.NPS.Quiet < time.Hour {
		wrong("nps")
	} else if every := time.Duration(c.NPS.Days) * 24 * time.Hour; c.NPS.Quiet >= every {
		wrong("nps.quiet", "quiet", c.NPS.Quiet, "days", c.NPS.Days, "every", every)
	}
	if err := c.Webhooks.check(); err != nil {
		all = append(all, err)
	}
	if err := c.checkInboxes(); err != nil {
		all = append(all, err)
	}
	return errors.Join(all...)
}

func (c Config) checkLang() error {
	if c.Lang == "zh" || c.Lang == "en" {
		return nil
	}
	return wrong(config.ErrInvalid, "cli.config.lang", "value", strconv.Quote(c.Lang))
}

func (c Config) checkInboxes() error {
	var all []error
	seen := map[string]bool{}
	for i, in := range c.Inboxes {
		switch {
		case !inboxID.MatchString(in.ID):
			all = append(all, wrong(config.ErrInvalid, "cli.config.inbox.id", "number", i+1, "value", strconv.Quote(in.ID)))
		case seen[in.ID]:
			all = append(all, wrong(config.ErrInvalid, "cli.config.inbox.twice", "inbox", strconv.Quote(in.ID)))
		}
		seen[in.ID] = true
		if in.Window != nil && *in.Window < 0 {
			all = append(all, wrong(config.ErrInvalid, "cli.config.inbox.window", "inbox", strconv.Quote(in.ID), "value", *in.Window))
		}
		if _, ok := driverOf(in.Channel); !ok {
			all = append(all, wrong(config.ErrInvalid, "cli.config.inbox.channel", "inbox", strconv.Quote(in.ID), "value", strconv.Quote(in.Channel), "all", driverNames()))
		}
	}
	return errors.Join(all...)
}

// inbox is the domain's view of an inbox.
func (in InboxConfig) inbox() bot.Inbox {
	name := in.Name
	if name == "" {
		name = in.ID
	}
	return bot.Inbox{ID: bot.InboxID(in.ID), Channel: in.Channel, Name: name, Lang: nlp.Lang(in.Lang)}
}

// location is the zone, which Check has seen to be valid.
func (c Config) location() *time.Location {
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// dsn is the store's address with the default path filled in.
func (c Config) dsn(dataDir string) string {
	if c.Store.DSN == "bolt:" {
		return "bolt:" + filepath.Join(dataDir, "huiyin.db")
	}
	return c.Store.DSN
}

// driverOf finds a channel's driver by name.
func driverOf(name string) (channels.Driver, bool) {
	for _, d := range all.Drivers() {
		if d.Name == name {
			return d, true
		}
	}
	return channels.Driver{}, false
}

func driverNames() string {
	var names []string
	for _, d := range all.Drivers() {
		names = append(names, d.Name)
	}
	return strings.Join(names, ", ")
}
