package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"huiyin/feedback"
	"huiyin/feedback/mine"
	"huiyin/feedback/render"
	"huiyin/feedback/topics"
	"huiyin/nlp"
	"huiyin/nlp/chain"
)

// mineCmd turns a file of feedback into a digest, without a database.
type mineCmd struct {
	In       string `required:"" help:"CSV, JSONL or XLSX with a column text; id, time, channel, contact, lang and rating are used when they are there." placeholder:"F"`
	Out      string `required:"" help:"Folder for digest.{html,md,json}, assignments.csv and topics.csv." placeholder:"DIR"`
	TZ       string `name:"tz" help:"IANA time zone of days, and of times that name none. Default: as configured." placeholder:"Z"`
	AsOf     string `help:"Last day of the reported week. Default: the newest message's." placeholder:"2026-11-15"`
	Taxonomy string `help:"YAML file of topics, or none to find the topics in the messages. Default: the shipped one." placeholder:"F|none"`
}

// Run mines the file and says what was read and what was left out.
func (c *mineCmd) Run(e *env) error {
	cfg, file, err := e.config()
	if err != nil {
		return err
	}
	app := &App{appOptions: appOptions{Config: cfg, File: file, Data: e.flags.Data, Log: e.quiet(), Now: time.Now}}
	if err := errors.Join(app.loadWords(), app.openNLP()); err != nil {
		return err
	}
	defer app.Close()
	o := mine.Options{In: c.In, Out: c.Out, Zone: cfg.location(), Lang: e.lang(cfg), Analyzer: reads(app.NLP), Render: render.New(app.Words), Now: time.Now}
	if c.TZ != "" {
		if o.Zone, err = time.LoadLocation(c.TZ); err != nil {
			return fmt.Errorf("%w: --tz %q is no IANA time zone such as Asia/Shanghai", errUsage, c.TZ)
		}
	}
	if c.AsOf != "" {
		day, err := time.ParseInLocation("2006-01-02", c.AsOf, o.Zone)
		if err != nil {
			return fmt.Errorf("%w: --as-of %q: write a day such as 2026-11-15", errUsage, c.AsOf)
		}
		o.AsOf = day.AddDate(0, 0, 1)
	}
	if o.Topics, err = c.topics(app); err != nil {
		return err
	}
	if isTerminal(e.err) {
		o.Progress = func(rows int) { fmt.Fprintf(e.err, "\r%d rows", rows) }
		defer fmt.Fprintln(e.err)
	}
	result, err := mine.Run(e.ctx, o)
	for _, bad := range result.Bad {
		fmt.Fprintf(e.err, "%s: row %d left out: %s\n", c.In, bad.Row, bad.What)
	}
	if err != nil {
		if errors.Is(err, mine.ErrInput) {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		return err
	}
	fmt.Fprintf(e.err, "columns: %s\n%d rows read, %d used, %d left out; period %s\n", result.Columns, result.Rows, result.Used, result.BadRows, result.Period)
	fmt.Fprintln(e.out, filepath.Join(c.Out, "digest.html"))
	return nil
}

// reads is what mining needs of the chain that reads customers' messages: no intents, no entities, no flags, which cost a
// third of the time.
func reads(c *chain.Chain) *nlp.Pipeline {
	return nlp.NewPipeline(slices.DeleteFunc(c.Components(), func(x nlp.Component) bool {
		return slices.Contains([]string{"intent", "entities", "flags"}, x.Name())
	})...)
}

// topics picks the taxonomy.
func (c *mineCmd) topics(app *App) (feedback.Topics, error) {
	switch c.Taxonomy {
	case "":
		err := app.openTopics()
		return app.topics, err
	case "none":
		return topics.NewFinder(app.NLP.Tokenizer, app.NLP.Vectors), nil
	}
	t, err := topics.Load(os.DirFS(filepath.Dir(c.Taxonomy)), filepath.Base(c.Taxonomy))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return topics.New(t, app.NLP.Tokenizer, app.NLP.Vectors), nil
}
