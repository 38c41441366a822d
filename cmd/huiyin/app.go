package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/desk"
	"huiyin/console"
	"huiyin/data"
	"huiyin/feedback"
	"huiyin/feedback/topics"
	"huiyin/hooks"
	"huiyin/internal/config"
	"huiyin/internal/locale"
	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/nlp"
	"huiyin/nlp/chain"
	"huiyin/store/open"
)

// appOptions are what the program's parts are made of.
type appOptions struct {
	Config  Config
	File    *config.File // the file that Config came from
	Data    string       // the data directory
	Lookup  func(string) (string, bool)
	Log     *slog.Logger
	Now     func() time.Time
	TTY     *channels.TTY               // for the terminal channel
	Inboxes []InboxConfig               // in place of the configured ones, when not nil
	Fake    channels.Channel            // serves every inbox, in place of the platforms: for measuring and for the demo
	Wrap    func(open.Store) open.Store // put around the store, for measuring
	MailTLS *tls.Config                 // for the mail server; nil: the system's roots
	Stored  bool                        // the configured folder of articles is left alone: what is stored counts
	Faulty  func(error)                 // hears of mistakes in that folder where stored articles stand in; nil: they are an error
}

// App is the running program as a value: New assembles it and loads what it needs, Run works until ctx ends, Close
// lets go of files.
type App struct {
	appOptions
	Store    open.Store
	Words    *locale.Catalog
	NLP      *chain.Chain
	KB       *kb.Searcher
	words    *words
	Bot      *bot.Bot
	Outbox   *channels.Outbox
	Receiver *channels.Receiver
	webhooks *hooks.Sender    // nil: nobody serves pages, and no program is called
	console  *console.Console // nil: nobody serves pages
	dialogue *bot.DialogueSource
	judging  sync.Mutex // while a judge opens the dialogue
	lines    []line
	files    *bot.Files   // nil: nothing that is attached is taken
	boards   *desk.Bridge // nil: the team works in the console only
	staff    *lateStaff
	metrics  *metrics
	started  time.Time
	topics   feedback.Topics
	alarms   alarms
	broken   chan error // a write whose fate is not known: the program must start again
}

// line is an inbox with its channel.
type line struct {
	inbox   bot.Inbox
	channel channels.Channel
	limits  channels.Limits
}

// newApp opens the store, loads models and dialogue, and joins everything. Nothing runs yet.
func newApp(ctx context.Context, o appOptions) (*App, error) {
	a := &App{appOptions: o, metrics: newMetrics(), started: o.Now(), broken: make(chan error, 1)}
	if err := a.assemble(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// assemble is newApp's list of steps, in the order in which they need one another.
func (a *App) assemble(ctx context.Context) error {
	if err := os.MkdirAll(a.Data, 0o700); err != nil {
		return wrong(nil, "cli.data.none", "cause", err)
	}
	if err := a.loadWords(); err != nil {
		return err
	}
	load, _ := errgroup.WithContext(ctx)
	load.Go(a.openStore)
	load.Go(a.openNLP)
	if err := load.Wait(); err != nil {
		return err
	}
	if err := a.seedKB(ctx); err != nil {
		return err
	}
	if err := a.openWords(ctx); err != nil {
		return err
	}
	load, loadCtx := errgroup.WithContext(ctx)
	load.Go(func() error { return a.openKB(loadCtx) })
	load.Go(func() error { return a.openDialogue(loadCtx) })
	if err := load.Wait(); err != nil {
		return err
	}
	if err := a.openTopics(); err != nil {
		return err
	}
	return a.openBot()
}

func (a *App) openStore() (err error) {
	a.Store, err = open.Open(a.Config.dsn(a.Data), open.Options{Now: a.Now, Log: a.Log, Broken: a.broke})
	if err == nil && a.Wrap != nil {
		a.Store = a.Wrap(a.Store)
	}
	return err
}

// broke ends the program after a write whose fate is not known; at the next start the disk tells.
func (a *App) broke(err error) {
	select {
	case a.broken <- err:
	default:
	}
}

func (a *App) openNLP() (err error) {
	a.NLP, err = chain.New(chain.Options{Data: data.Files(), UnpackDir: filepath.Join(a.Data, "dict")})
	if err != nil {
		return err
	}
	for _, w := range a.Config.NLP.Words {
		a.NLP.Tokenizer.AddWord(w)
	}
	return nil
}

// openKB opens the index of the knowledge base; openWords comes before.
func (a *App) openKB(ctx context.Context) error {
	dir := filepath.Join(a.Data, "index")
	if a.Config.Store.DSN == "mem:" {
		dir = ""
	}
	x := index.New(index.Config{Dir: dir, Fingerprint: codeName(), Words: a.words.Fingerprint, Log: a.Log})
	models, err := kb.LoadModels(data.Files(), a.NLP.Vectors)
	if err != nil {
		return err
	}
	a.KB = kb.NewSearcher(kb.Config{Store: a.Store, Index: x, Tokenizer: a.words.Synonyms, Models: models, Log: a.Log, Now: a.Now,
		Calibrate: a.Config.Bot.Knowledge != ""}) // the shipped borders were set by the sample shop
	return a.KB.Open(ctx)
}

// folderOr is a configured folder, or a shipped one when none is. The error names the key and the folder.
func folderOr(key, folder, shipped string) (fs.FS, error) {
	if folder == "" {
		return fs.Sub(data.Files(), shipped)
	}
	if info, err := os.Stat(folder); err != nil {
		return nil, wrong(errUsage, "cli.folder.none", "key", key, "cause", err)
	} else if !info.IsDir() {
		return nil, wrong(errUsage, "cli.folder.file", "key", key, "folder", folder)
	}
	return os.DirFS(folder), nil
}

// seedKB imports the configured folder, or the sample shop's articles into a knowledge base that has none. With Faulty, stored
// articles stand in for a folder with mistakes.
func (a *App) seedKB(ctx context.Context) error {
	folder := a.Config.Bot.Knowledge
	have, err := a.Store.Version(ctx)
	if err != nil {
		return err
	}
	if folder == "" && have > 0 || folder != "" && a.Stored {
		return nil
	}
	fsys, err := folderOr("bot.knowledge", folder, "shop/kb")
	if err != nil {
		return err
	}
	articles, err := readKnowledge(fsys)
	if err != nil {
		err = wrong(config.ErrInvalid, "cli.kb.folder", "folder", folder, "cause", err)
	}
	if err != nil && a.Faulty != nil {
		stored, errStored := a.Store.Articles(ctx)
		if errStored != nil {
			return errStored
		}
		if len(stored) > 0 {
			a.Stored = true
			a.Faulty(err)
			return nil
		}
	}
	if err != nil {
		return err
	}
	if folder == "" {
		if err := addSampleGolden(articles); err != nil {
			return err
		}
	}
	return importFolder(ctx, a.Store, articles, a.Now())
}

// readKnowledge reads the articles of a folder. Mistakes in its synonyms and words, which are taken over later, are found here
// already, so that all of the folder is taken in or nothing.
func readKnowledge(fsys fs.FS) ([]kb.Article, error) {
	articles, err := kb.ReadFolder(fsys)
	if err != nil {
		return nil, err
	}
	if _, _, err := readWordbook(fsys); err != nil {
		return nil, err
	}
	return articles, nil
}

// addSampleGolden gives the sample shop's articles their golden questions.
func addSampleGolden(articles []kb.Article) error {
	const name = "shop/golden.csv"
	raw, err := fs.ReadFile(data.Files(), name)
	if err != nil {
		return err
	}
	return kb.AddGolden(articles, name, raw)
}

// importArticles saves articles over what is stored, whatever revision that is at, without asking golden questions.
func importArticles(ctx context.Context, store kb.Store, articles []kb.Article, now time.Time, by string) error {
	stored, err := store.Articles(ctx)
	if err != nil {
		return err
	}
	var edited []kb.Article
	for _, row := range kb.PlanOver(stored, articles).Rows {
		if !row.Same {
			row.Article.UpdatedAt, row.Article.UpdatedBy = now, by
			edited = append(edited, row.Article)
		}
	}
	_, err = store.SaveArticles(ctx, edited)
	return err
}

// openDialogue loads the intents and forms, and trains the intent matcher on their examples and on what the articles teach.
func (a *App) openDialogue(ctx context.Context) error {
	fsys, err := folderOr("bot.dialogue", a.Config.Bot.Dialogue, "shop/dialogue")
	if err != nil {
		return err
	}
	a.dialogue, err = bot.NewDialogueSource(ctx, fsys, ".", func(ctx context.Context, d *bot.Dialogue) error {
		articles, err := a.Store.Articles(ctx)
		if err != nil {
			return err
		}
		return a.train(ctx, d.ExamplesWith(articles, a.Now()))
	}, a.Log)
	if err != nil {
		return fmt.Errorf("%w: dialogue: %w", config.ErrInvalid, err)
	}
	return nil
}

// shippedTaxonomy is the list of topics that ships.
const shippedTaxonomy = "taxonomy/retail.yaml"

// openTopics loads the taxonomy of complaints.
func (a *App) openTopics() error {
	taxonomy, err := topics.Load(data.Files(), shippedTaxonomy)
	if err != nil {
		return err
	}
	classifier := topics.New(taxonomy, a.NLP.Tokenizer, a.NLP.Vectors)
	classifier.Words(strings.Join(append([]string{codeName()}, a.Config.NLP.Words...), "\n")) // a new program reads anew
	a.topics = classifier
	return nil
}

// openBot joins channels, outbox and bot.
func (a *App) openBot() error {
	a.openFiles()
	late := &lateBot{}
	inboxes := a.Inboxes
	if inboxes == nil {
		inboxes = a.Config.Inboxes
	}
	var boxes []bot.Inbox
	var lines []channels.Line
	for _, in := range inboxes {
		l, err := a.openChannel(in, late)
		if err != nil {
			return fmt.Errorf("inbox %q: %w", in.ID, err)
		}
		a.lines = append(a.lines, l)
		boxes = append(boxes, l.inbox)
		lines = append(lines, channels.Line{Inbox: l.inbox.ID, Channel: l.channel, Limits: l.limits})
	}
	a.Receiver = channels.NewReceiver(lines, a.Log, a.Now)
	var err error
	a.Outbox, err = channels.NewOutbox(a.Store, lines, channels.OutboxOptions{Log: a.Log, Now: a.Now, Rand: mathrand.Float64, Observer: observers{a}})
	if err != nil {
		return err
	}
	hours, err := a.Config.hours()
	if err != nil {
		return err
	}
	actor, err := a.actor()
	if err != nil {
		return err
	}
	staff := a.openBoards()
	a.Bot, err = bot.New(bot.Config{
		Store: a.Store, Understander: a.NLP, Retriever: a.KB, Library: a.KB, Sender: a.Outbox, Dialogue: a.dialogue.Current,
		Words: a.Words, Topic: a.seeded, TopicGroup: a.groupOf, Inboxes: boxes, Staff: staff, Actor: actor, Files: a.files, Fetcher: fetcher{a}, Hours: hours, StaffLang: nlp.Lang(a.Config.Lang), Log: a.Log, Now: a.Now,
		Rules: bot.Rules{Workers: a.Config.Bot.Workers, Backlog: a.Config.Bot.Backlog, StaleAfter: a.Config.Bot.StaleAfter,
			NPSEvery: a.Config.NPS.every(), NPSQuiet: a.Config.NPS.Quiet},
	})
	if err != nil {
		return err
	}
	late.Feed, late.Accounts = a.Bot, a.Bot
	a.joinBoards(boxes)
	return nil
}

// openChannel makes the channel of one inbox, its settings taken from the file and the environment.
func (a *App) openChannel(in InboxConfig, late *lateBot) (line, error) {
	box := in.inbox()
	if a.Fake != nil {
		return line{inbox: box, channel: a.Fake}, nil
	}
	driver, ok := driverOf(in.Channel)
	if !ok {
		return line{}, wrong(config.ErrInvalid, "cli.config.inbox.channel", "inbox", strconv.Quote(in.ID), "value", strconv.Quote(in.Channel), "all", driverNames())
	}
	box.Window, box.Files = driver.Limits.Window, a.sendable(driver.Limits)
	if in.Window != nil {
		box.Window = *in.Window
	}
	decode := func(into any) error {
		if err := a.File.Decode(in.Settings, into); err != nil {
			return err
		}
		return config.OverrideTable(into, "HUIYIN_INBOX_"+config.EnvName(in.ID), a.Lookup)
	}
	c, err := driver.New(decode, channels.Deps{
		Inbox: box, Log: a.Log.With("inbox", in.ID), Now: a.Now, Client: &http.Client{}, History: a.Store, Feed: late, Accounts: late,
		Files: a.files, TTY: a.TTY, Public: a.Config.HTTP.PublicURL,
	})
	if err != nil && !errors.Is(err, config.ErrInvalid) { // a driver's New only looks at its settings
		err = fmt.Errorf("%w: inbox %q: %w", config.ErrInvalid, in.ID, err)
	}
	return line{inbox: box, channel: c, limits: driver.Limits}, err
}

// observers passes on what happens in the outbox: to the metrics, and to live views.
type observers struct{ a *App }

// Attempted implements channels.Observer.
func (o observers) Attempted(inbox bot.InboxID, reason channels.Reason, took time.Duration) {
	o.a.metrics.Attempted(inbox, reason, took)
}

// Settled implements channels.Observer.
func (o observers) Settled(m bot.Message) {
	o.a.metrics.Settled(m)
	o.a.Bot.Settled(m)
}

// lateBot lets channels know the bot, which is made after them.
type lateBot struct {
	bot.Feed
	bot.Accounts
}

// Run works until ctx ends: the bot first, so that intake is open when the channels begin, and the outbox last.
func (a *App) Run(ctx context.Context, ready func()) error {
	g, ctx := errgroup.WithContext(ctx)
	outboxCtx, stopOutbox := context.WithCancel(context.WithoutCancel(ctx))
	defer stopOutbox()
	g.Go(func() error { return a.Outbox.Run(outboxCtx) })
	g.Go(func() error {
		defer stopOutbox() // what the bot said last still leaves
		return a.Bot.Run(ctx)
	})
	select {
	case <-a.Bot.Ready():
	case <-ctx.Done():
		return g.Wait()
	}
	g.Go(func() error { return a.Receiver.Run(ctx, a.Bot) })
	if a.boards != nil {
		g.Go(func() error { return a.boards.Run(ctx) })
	}
	if a.Config.Bot.Dialogue != "" {
		g.Go(func() error { return a.dialogue.Watch(ctx, reloadEvery) })
	}
	g.Go(func() error { return a.learnWords(ctx) })
	if a.webhooks != nil {
		g.Go(func() error { return a.webhooks.Run(ctx) })
	}
	if a.console != nil {
		g.Go(func() error { return a.console.Run(ctx) })
	}
	g.Go(func() error {
		select {
		case err := <-a.broken:
			return err
		case <-ctx.Done():
			return nil
		}
	})
	if ready != nil {
		ready()
	}
	return g.Wait()
}

// during runs the program until f, which begins when it is ready, has ended. It returns the error of what failed first, or
// of ctx when that ended.
func (a *App) during(ctx context.Context, f func(context.Context) error) error {
	run, stop := context.WithCancel(ctx)
	defer stop()
	g, run := errgroup.WithContext(run)
	ready := make(chan struct{})
	g.Go(func() error { return a.Run(run, func() { close(ready) }) })
	g.Go(func() error {
		defer stop()
		select {
		case <-ready:
			return f(run)
		case <-run.Done():
			return nil
		}
	})
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// reloadEvery is how often the dialogue's files are looked at.
const reloadEvery = 2 * time.Second

// Close lets go of everything, in the reverse order.
func (a *App) Close() error {
	var all []error
	if a.KB != nil {
		all = append(all, a.KB.Close())
	}
	if a.NLP != nil {
		all = append(all, a.NLP.Close())
	}
	if a.Store != nil {
		all = append(all, a.Store.Close())
	}
	return errors.Join(all...)
}

// random is where tokens come from.
var random = rand.Reader
