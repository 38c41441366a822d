package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/feedback"
	"huiyin/feedback/render"
	"huiyin/feedback/schema"
	"huiyin/internal/mail"
	"huiyin/nlp"
	"huiyin/store/open"
)

// digestCmd makes the digest of a week from what is stored.
type digestCmd struct {
	Week     string `help:"ISO week such as 2026-W46. Default: the one before this." placeholder:"WEEK"`
	Format   string `help:"html, md, json, csv or xlsx." enum:"html,md,json,csv,xlsx" default:"html"`
	Schema   bool   `help:"Print the JSON Schema of what --format json writes, and nothing else."`
	TestSend bool   `help:"Send a short note to everybody who gets the digest (digest.mail_to, digest.post_to), and say how each went."`
	Out      string `help:"File to write. Default: digest-<week>.<format>; - is standard output." placeholder:"F"`
}

// Run writes the digest and says where it is.
func (c *digestCmd) Run(e *env) error {
	switch {
	case c.Schema:
		form, err := schema.Digest()
		if err != nil {
			return err
		}
		_, err = e.out.Write(form)
		return err
	case c.TestSend:
		return c.testSend(e)
	}
	if c.Week != "" { // before anything is loaded
		if _, err := feedback.Week(c.Week, time.UTC); err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
	}
	return e.withData(func(cfg Config, s open.Store) error {
		app := &App{appOptions: appOptions{Config: cfg, Data: e.flags.Data, Log: e.quiet(), Now: e.now}, Store: s}
		if err := errors.Join(app.loadWords(), app.openNLP()); err != nil {
			return err
		}
		defer app.NLP.Close()
		if err := app.openTopics(); err != nil {
			return err
		}
		zone := cfg.location()
		period := feedback.WeekOf(e.now(), zone).Before()
		if c.Week != "" {
			var err error
			if period, err = feedback.Week(c.Week, zone); err != nil {
				return fmt.Errorf("%w: %w", errUsage, err)
			}
		}
		d := app.digests()
		digest, err := d.builder.Build(e.ctx, s, period)
		if err != nil {
			return err
		}
		if digest.Quiet {
			if err := quietWeek(e, s, period); err != nil {
				return err
			}
		}
		var out bytes.Buffer
		if err := d.render.Render(&out, digest, render.Format(c.Format), e.lang(cfg)); err != nil {
			return err
		}
		name := c.Out
		if name == "-" {
			_, err := out.WriteTo(e.out)
			return err
		}
		if name == "" {
			name = "digest-" + period.Name() + "." + c.Format
		}
		if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
			return err
		}
		fmt.Fprintln(e.out, name)
		return nil
	})
}

// weeksShown bounds how many weeks are listed.
const weeksShown = 8

// quietWeek says which weeks have messages, when one has none; an error when no week has.
func quietWeek(e *env, s open.Store, period feedback.Period) error {
	weeks, err := weeksWritten(e.ctx, s, period.Zone, e.now().AddDate(1, 0, 0))
	if err != nil {
		return err
	}
	switch n := len(weeks); {
	case n == 0:
		return wrong(nil, "cli.digest.none")
	case n <= weeksShown:
		fmt.Fprintln(e.err, e.say("cli.digest.quiet", "week", period.Name(), "weeks", strings.Join(weeks, ", ")))
	default:
		fmt.Fprintln(e.err, e.say("cli.digest.quiet_all", "week", period.Name(), "n", n, "first", weeks[0], "last", weeks[n-1]))
	}
	return nil
}

// weeksWritten are the names of the weeks up to an instant in which somebody wrote, in order. Of each week the facts are read up to the
// first that says so.
func weeksWritten(ctx context.Context, src feedback.Source, zone *time.Location, to time.Time) ([]string, error) {
	var weeks []string
	for from := (time.Time{}); ; {
		at, err := firstWritten(ctx, src, from, to)
		if err != nil || at.IsZero() {
			return weeks, err
		}
		week := feedback.WeekOf(at, zone)
		weeks, from = append(weeks, week.Name()), week.End
	}
}

// firstWritten is when the first customer wrote in [from, to); zero: nobody did.
func firstWritten(ctx context.Context, src feedback.Source, from, to time.Time) (time.Time, error) {
	for f, err := range src.Facts(ctx, from, to) {
		if err != nil {
			return time.Time{}, err
		}
		if f.Name == bot.FactTurn || f.Name == bot.FactStarted {
			return f.End, nil
		}
	}
	return time.Time{}, nil
}

// digester makes digests from the store; it implements console.Digests.
type digester struct {
	source  feedback.Source
	builder feedback.Builder
	render  *render.Renderer
	zone    *time.Location
}

func (a *App) digests() digester {
	r := render.New(a.Words)
	r.Link = func(id string) string { return a.Config.HTTP.PublicURL + "/console/c/" + id }
	r.Week = func(week string) string { return a.Config.HTTP.PublicURL + "/console/digest/" + week }
	r.Behind = func(week, of string) string {
		return a.Config.HTTP.PublicURL + "/console/digest/" + week + "/behind?of=" + url.QueryEscape(of)
	}
	r.Incident = func(topic string) string {
		return a.Config.HTTP.PublicURL + "/console/incidents?topic=" + url.QueryEscape(topic) + "#form"
	}
	return digester{a.Store, feedback.Builder{Sections: feedback.Sections(a.topics, a.Store), Now: a.Now, Log: a.Log, Titled: a.titled}, r, a.Config.location()}
}

// spoken is the dialogue in force, or that of the files where no bot runs; nil: they cannot be read, which nothing but titles suffers from.
func (a *App) spoken() *bot.Dialogue {
	if a.dialogue != nil {
		return a.dialogue.Current()
	}
	fsys, err := folderOr("bot.dialogue", a.Config.Bot.Dialogue, "shop/dialogue")
	if err != nil {
		return nil
	}
	d, err := bot.LoadDialogue(fsys, ".")
	if err != nil {
		a.Log.Warn("titles of intents cannot be read", "err", err)
		return nil
	}
	return d
}

// titled is the title of an intent or a form, by the label of what the bot answered.
func (a *App) titled(label string) feedback.Text {
	kind, name, _ := strings.Cut(label, ":")
	text := func(t bot.Text) feedback.Text {
		return feedback.Text{ZH: t[nlp.LangChinese], EN: t[nlp.LangEnglish]}
	}
	if kind != "intent" && kind != "form" {
		return feedback.Text{}
	}
	d := a.spoken()
	if d == nil {
		return feedback.Text{}
	}
	switch kind {
	case "intent":
		if i := slices.IndexFunc(d.Intents, func(s bot.IntentSpec) bool { return s.Name == name }); i >= 0 {
			return text(d.Intents[i].Title)
		}
	case "form":
		if i := slices.IndexFunc(d.Forms, func(s bot.FormSpec) bool { return s.Name == name }); i >= 0 {
			return text(d.Forms[i].Title)
		}
	}
	return feedback.Text{}
}

// Week implements console.Digests.
func (d digester) Week(at time.Time) string { return feedback.WeekOf(at, d.zone).Name() }

// HTML implements console.Digests.
func (d digester) HTML(ctx context.Context, week, lang string, out io.Writer) error {
	p, err := feedback.Week(week, d.zone)
	if err != nil {
		return fmt.Errorf("%w: %w", console.ErrNoWeek, err)
	}
	return d.write(ctx, out, p, render.HTML, lang)
}

// Behind implements console.Digests.
func (d digester) Behind(ctx context.Context, week, of, lang string, out io.Writer) error {
	p, err := feedback.Week(week, d.zone)
	if err != nil {
		return fmt.Errorf("%w: %w", console.ErrNoWeek, err)
	}
	page, err := d.builder.Behind(ctx, d.source, p, of)
	if errors.Is(err, feedback.ErrNumber) {
		return fmt.Errorf("%w: %w", console.ErrNoWeek, err)
	}
	if err != nil {
		return err
	}
	return d.render.Render(out, page, render.HTML, lang)
}

func (d digester) write(ctx context.Context, out io.Writer, p feedback.Period, f render.Format, lang string) error {
	digest, err := d.builder.Build(ctx, d.source, p)
	if err != nil {
		return err
	}
	return d.render.Render(out, digest, f, lang)
}

const (
	// claimStale is after how long a claim that was never finished, by a process that died, may be taken over.
	claimStale = 15 * time.Minute
)

// dueDigest makes the digest of last week when its hour has come and nobody has made it.
func (a *App) dueDigest(ctx context.Context) error {
	if a.Config.Digest.Weekday == "" {
		return nil
	}
	now := a.Now()
	due, err := a.Config.digestDue(now)
	if err != nil || now.Before(due) {
		return err
	}
	week := feedback.WeekOf(now, a.Config.location()).Before()
	key := feedback.WeeklyRun + week.Name()
	older, err := a.Store.Conversations(ctx, bot.Filter{Limit: 1, Before: week.End})
	if err != nil || len(older) == 0 { // before the first customer there is nothing to report
		return err
	}
	switch err := a.Store.ClaimRun(ctx, key, now, claimStale); {
	case errors.Is(err, feedback.ErrClaimed):
		return nil
	case err != nil:
		return err
	}
	d := a.digests()
	digest, err := d.builder.Build(ctx, a.Store, week)
	if err != nil {
		return err
	}
	if err := feedback.Follow(ctx, a.Store, digest, week); err != nil {
		return err
	}
	raw, err := a.deliver(ctx, d, digest, week)
	if err != nil {
		return err
	}
	return a.Store.FinishRun(ctx, key, a.Now(), raw)
}

// deliver writes a digest to its folder and sends it to everybody who gets it; it returns the digest as JSON. When one cannot be
// reached, the run stays open and is tried again after claimStale, for that one only.
func (a *App) deliver(ctx context.Context, d digester, digest feedback.Digest, week feedback.Period) ([]byte, error) {
	var html, raw bytes.Buffer
	if err := errors.Join(d.render.Render(&html, digest, render.HTML, a.Config.Lang), d.render.Render(&raw, digest, render.JSON, a.Config.Lang)); err != nil {
		return nil, err
	}
	folder := a.digestFolder()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	name := filepath.Join(folder, "digest-"+week.Name()+".html")
	if err := os.WriteFile(name, html.Bytes(), 0o600); err != nil {
		return nil, err
	}
	a.Log.Info("the weekly digest is made", "file", name)
	subject, text, short, err := d.render.Brief(digest, a.Config.Lang)
	if err != nil {
		return nil, err
	}
	brief, err := d.render.Post(digest, a.Config.Lang)
	if err != nil {
		return nil, err
	}
	err = a.tell(ctx, post{key: feedback.WeeklyRun + week.Name(), at: week.End, text: brief, mail: mail.Message{Subject: subject, Text: text, HTML: short,
		Files: []mail.File{{Name: filepath.Base(name), Type: "text/html; charset=utf-8", Content: html.Bytes()}}}})
	return raw.Bytes(), err
}
