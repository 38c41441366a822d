package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/feedback/render"
)

// demoCmd shows the whole program at work: three weeks of a shop's customers, and the digest of the third.
type demoCmd struct {
	Out string `help:"Folder for the digest and the demo's own data; what an earlier demo left there is replaced." default:"huiyin-demo" placeholder:"DIR" type:"path"`

	store string // where the demo's conversations are kept; empty: in a database in Out
}

// demoWeek is the week of the crisis.
const demoWeek = "2026-W46"

// demoMark tells a folder that a demo made from one that holds somebody's data.
const demoMark = "made-by-huiyin-demo"

// Run plays the three weeks through the bot, its store and its outbox; only the clock and the messaging platforms are
// not real.
func (c *demoCmd) Run(e *env) error {
	if err := c.clear(); err != nil {
		return err
	}
	cfg := defaultConfig()
	if c.store != "" {
		cfg.Store.DSN = c.store
	}
	script, err := loadDemo()
	if err != nil {
		return err
	}
	stage := newDemoStage(script[0].at)
	app, err := newApp(e.ctx, appOptions{
		Config: cfg, File: noFile(), Data: filepath.Join(c.Out, "data"), Lookup: e.lookup, Log: e.quiet(), Now: stage.now,
		Inboxes: []InboxConfig{{ID: "web", Channel: "webchat"}, {ID: "tg", Channel: "telegram"}, {ID: "team", Channel: "slack"}},
		Fake:    stage, Wrap: stage.watch,
	})
	if err != nil {
		return err
	}
	defer app.Close()
	start := time.Now()
	played, err := c.play(e.ctx, app, stage, script)
	if err != nil {
		return err
	}
	if err := c.buys(e.ctx, app, stage, script); err != nil {
		return err
	}
	fmt.Fprintf(e.err, "%d messages of %d customers in three weeks, %d answers, %d handed to people; played in %.0f s\n",
		played.incoming, played.customers, played.answers, played.handoffs, time.Since(start).Seconds())
	return c.digest(e, app, stage)
}

// clear makes the folder, or empties one that an earlier demo made; it touches no other.
func (c *demoCmd) clear() error {
	mark := filepath.Join(c.Out, demoMark)
	if found, err := os.ReadDir(c.Out); err == nil && len(found) > 0 {
		if _, err := os.Stat(mark); err != nil {
			return fmt.Errorf("%w: %s is not empty and no demo made it: choose another folder with --out", errUsage, c.Out)
		}
		if err := os.RemoveAll(c.Out); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return err
	}
	return os.WriteFile(mark, nil, 0o600)
}

// play runs the program and the script against each other.
func (c *demoCmd) play(ctx context.Context, app *App, stage *demoStage, script []demoLine) (demoCount, error) {
	var count demoCount
	err := app.during(ctx, func(ctx context.Context) error {
		p, err := newDemoPlay(ctx, app, stage, script)
		if err != nil {
			return err
		}
		err = p.run(ctx)
		count = p.count
		return err
	})
	return count, err
}

// digest writes the third week's digest as it is read the Monday after, and prints where it is.
func (c *demoCmd) digest(e *env, app *App, stage *demoStage) error {
	period, err := feedback.Week(demoWeek, app.Config.location())
	if err != nil {
		return err
	}
	if err := archiveWeeks(e.ctx, app, period); err != nil {
		return err
	}
	stage.set(period.End.Add(8 * time.Hour))
	d := app.digests()
	digest, err := d.builder.Build(e.ctx, d.source, period)
	if err != nil {
		return err
	}
	lang := e.lang(app.Config)
	for _, f := range []render.Format{render.Markdown, render.JSON, render.CSV, render.XLSX, render.HTML} {
		var out bytes.Buffer
		if err := d.render.Render(&out, digest, f, lang); err != nil {
			return err
		}
		name := filepath.Join(c.Out, "digest."+string(f))
		if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
			return err
		}
		if f == render.HTML {
			fmt.Fprintln(e.out, name)
		}
	}
	return nil
}

// demoWeeks is how many weeks the demo plays.
const demoWeeks = 3

// archiveWeeks makes the digests of the weeks up to one as they would have been made, each on its Monday, so that the console has
// an archive and what rose is a task.
func archiveWeeks(ctx context.Context, app *App, last feedback.Period) error {
	now := app.Now
	defer func() { app.Now = now }()
	for back := demoWeeks - 1; back >= 0; back-- {
		monday := last.End.AddDate(0, 0, -7*back).Add(12 * time.Hour)
		app.Now = func() time.Time { return monday }
		if err := app.dueDigest(ctx); err != nil {
			return err
		}
	}
	return nil
}

// demoAgents are who works at the shop's desk.
func demoAgents() []bot.Agent {
	return []bot.Agent{
		{ID: "agent-xu", Email: "xu@demo.invalid", Name: "小徐", Role: bot.RoleAgent},
		{ID: "agent-maya", Email: "maya@demo.invalid", Name: "Maya", Role: bot.RoleAgent},
		{ID: "agent-chen", Email: "chen@demo.invalid", Name: "陈晨", Role: bot.RoleAgent},
	}
}
