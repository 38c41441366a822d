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
	In       string `required:"" help:"CSV, JSONL or XLSX with a column of texts; the columns below are used when they are there. What each column is, is guessed and said." placeholder:"F"`
	Out      string `required:"" help:"Folder for digest.{html,md,json}, assignments.csv and topics.csv." placeholder:"DIR"`
	TZ       string `name:"tz" help:"IANA time zone of days, and of times that name none. Default: as configured." placeholder:"Z"`
	AsOf     string `help:"Last day of the reported week. Default: the newest message's." placeholder:"2026-11-15"`
	Taxonomy string `help:"YAML file of topics, or none to find the topics in the messages. Default: the shipped one." placeholder:"F|none"`

	Text     string `help:"Title of the column of texts, or its place from 1. This and the next ones win over guesses." placeholder:"COLUMN"`
	Time     string `help:"Column of times; none: do not use one." placeholder:"COLUMN"`
	Rating   string `help:"Column of ratings, 1 to 5 or 0 to 10; or none." placeholder:"COLUMN"`
	ID       string `name:"id" help:"Column of ids; or none." placeholder:"COLUMN"`
	Contact  string `help:"Column of who wrote; or none." placeholder:"COLUMN"`
	Channel  string `help:"Column of channels; or none." placeholder:"COLUMN"`
	Language string `help:"Column of languages (zh, en); or none." placeholder:"COLUMN"`
	Header   string `help:"Whether the first row is titles: yes or no. Default: guessed." enum:"yes,no," default:"" placeholder:"yes|no"`
	Dates    string `help:"How 03/04/2026 is read: day-first or month-first. Default: guessed." enum:"day-first,month-first," default:"" placeholder:"ORDER"`
}

// Run mines the file and says what was read and what was left out.
func (c *mineCmd) Run(e *env) error {
	cfg, file, err := e.config()
	if err != nil {
		return err
	}
	app := &App{appOptions: appOptions{Config: cfg, File: file, Log: e.quiet(), Now: e.now}}
	err = inTemporary(func(dir string) error { // mining leaves nothing behind but its results; what is unpacked is read once
		app.Data = dir
		return errors.Join(app.loadWords(), app.openNLP())
	})
	if err != nil {
		return err
	}
	defer app.Close()
	o := mine.Options{In: c.In, Out: c.Out, Zone: cfg.location(), Lang: e.lang(cfg), Analyzer: reads(app.NLP), Render: render.New(app.Words), Now: e.now}
	if c.TZ != "" {
		if o.Zone, err = time.LoadLocation(c.TZ); err != nil {
			return wrong(errUsage, "cli.mine.zone", "value", c.TZ)
		}
	}
	if c.AsOf != "" {
		day, err := time.ParseInLocation("2006-01-02", c.AsOf, o.Zone)
		if err != nil {
			return wrong(errUsage, "cli.mine.as_of", "value", c.AsOf)
		}
		o.AsOf = day.AddDate(0, 0, 1)
	}
	if o.Topics, err = c.topics(app); err != nil {
		return err
	}
	o.Columns = map[string]string{"text": c.Text, "time": c.Time, "rating": c.Rating, "id": c.ID, "contact": c.Contact, "channel": c.Channel, "lang": c.Language}
	o.Header, o.Dates = c.Header, c.Dates
	if isTerminal(e.err) {
		o.Progress = func(rows int) { fmt.Fprint(e.err, "\r"+e.say("cli.mine.progress", "n", rows)) }
	}
	o.Ask = e.asks()
	result, err := mine.Run(e.ctx, o)
	if o.Progress != nil && result.Rows >= 1000 {
		fmt.Fprintln(e.err)
	}
	c.report(e, result)
	if err != nil {
		return c.refused(err)
	}
	if result.Outside {
		fmt.Fprintln(e.err, e.say("cli.mine.outside", "period", result.Period, "first", result.First.In(o.Zone).Format(time.DateOnly), "last", result.Last.In(o.Zone).Format(time.DateOnly)))
	}
	if result.Future > 0 {
		fmt.Fprintln(e.err, e.say("cli.mine.future", "n", result.Future))
	}
	if result.Out > 0 {
		fmt.Fprintln(e.err, e.say("cli.mine.period", "period", result.Period, "in", result.In, "out", result.Out))
	}
	fmt.Fprintln(e.err, e.say("cli.mine.done", "n", result.Rows, "used", result.Used, "bad", result.BadRows, "period", periodWords(e, result.Period)))
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
		return nil, wrong(errUsage, "cli.mine.taxonomy", "file", c.Taxonomy, "cause", err)
	}
	return topics.New(t, app.NLP.Tokenizer, app.NLP.Vectors), nil
}
