package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"huiyin/data"
	"huiyin/feedback/mine"
	"huiyin/feedback/render"
)

// benchMine measures how fast a file of feedback becomes a digest.
type benchMine struct {
	Messages int  `help:"Messages in the file: the sample shop's, again and again, each time with other numbers." default:"100000"`
	JSON     bool `help:"Print one JSON object."`
}

// mineResult is what `huiyin bench mine --json` prints. Seconds run from opening the file to the last written result;
// starting the program and loading the dictionaries are not in them.
type mineResult struct {
	Messages  int     `json:"messages"`
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"messages_per_second"`
	PeakRSSMB float64 `json:"peak_rss_mb"`
	BadRows   int     `json:"bad_rows"`
}

// Run writes the file, mines it with the shipped taxonomy, and removes both.
func (c *benchMine) Run(e *env) error {
	return inTemporary(func(dir string) error { return c.run(e, dir) })
}

func (c *benchMine) run(e *env, dir string) error {
	app, err := e.miner(dir, time.Now)
	if err != nil {
		return err
	}
	defer app.Close()
	in := filepath.Join(dir, "messages.csv")
	if err := c.write(in); err != nil {
		return err
	}
	start := time.Now()
	done, err := mine.Run(e.ctx, mine.Options{In: in, Out: filepath.Join(dir, "out"), Zone: app.Config.location(), Lang: "en",
		Analyzer: reads(app.NLP), Topics: app.topics, Render: render.New(app.Words), Now: time.Now})
	if err != nil {
		return err
	}
	seconds := time.Since(start).Seconds()
	return e.print(c.JSON, mineResult{Messages: done.Used, Seconds: seconds, PerSecond: float64(done.Used) / seconds, PeakRSSMB: peakRSS(), BadRows: done.BadRows})
}

// write repeats the sample; the number at the end of each message makes all of them differ.
func (c *benchMine) write(name string) error {
	sample, err := fs.ReadFile(data.Files(), "shop/feedback_sample.csv")
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(sample)).ReadAll()
	if err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	if err := w.Write(rows[0]); err != nil {
		return errors.Join(err, f.Close())
	}
	rows = rows[1:]
	for i := range c.Messages {
		row := append([]string(nil), rows[i%len(rows)]...)
		row[0] = strconv.Itoa(i)
		row[4] = fmt.Sprintf("%s %d", row[4], i)
		if err := w.Write(row); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	w.Flush()
	return errors.Join(w.Error(), f.Close())
}
