package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiyin/data"
)

// TestShippedIntentsAreWhatTrainingGives fails when an example, an article or the trainer changed: run
// "bin/huiyin train" and commit what it wrote.
func TestShippedIntentsAreWhatTrainingGives(t *testing.T) {
	e := &env{ctx: t.Context(), now: clockOf(t).now, flags: &cli{Data: t.TempDir()}, out: &bytes.Buffer{}, err: &bytes.Buffer{}, lookup: noEnvironment}
	var trained bytes.Buffer
	if err := trainShop(e, &trained); err != nil {
		t.Fatal(err)
	}
	shipped, err := data.Files().Open(shippedIntents)
	if err != nil {
		t.Fatal(err)
	}
	defer shipped.Close()
	wantKey, want := unzip(t, &trained)
	key, got := unzip(t, shipped)
	if key != wantKey || !bytes.Equal(got, want) {
		t.Error("the shipped intents are not those of the sample shop as it is: run 'bin/huiyin train'")
	}
}

// unzip returns the key of a model and its bytes.
func unzip(t *testing.T, r io.Reader) (key string, model []byte) {
	t.Helper()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	model, err = io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return z.Comment, model
}

// TestFirstStartReadsTheShippedIntents: an empty directory needs no training, another dictionary does.
func TestFirstStartReadsTheShippedIntents(t *testing.T) {
	for _, tc := range []struct {
		words []string
		want  string
	}{{nil, "intents loaded"}, {[]string{"回声耳机"}, "intents trained"}} {
		var log writer
		cfg := defaultConfig()
		cfg.NLP.Words = tc.words
		app, err := newApp(context.Background(), appOptions{Config: cfg, File: noFile(), Data: t.TempDir(), Lookup: noEnvironment,
			Log: slog.New(slog.NewTextHandler(&log, nil)), Now: clockOf(t).now})
		if err != nil {
			t.Fatal(err)
		}
		if err := app.Close(); err != nil {
			t.Error(err)
		}
		if !strings.Contains(log.String(), tc.want) {
			t.Errorf("with the words %q: no %q in the log:\n%s", tc.words, tc.want, log.String())
		}
	}
}

// A training that fails leaves the model that is there, and nothing beside it.
func TestTrainReplacesAModelOnlyByAWholeOne(t *testing.T) {
	dir := t.TempDir()
	c := trainCmd{Out: dir}
	e := &env{ctx: t.Context(), now: clockOf(t).now, out: &bytes.Buffer{}}
	content := func(text string, err error) func(*env, io.Writer) error {
		return func(_ *env, w io.Writer) error {
			_, failed := io.WriteString(w, text)
			return errors.Join(failed, err)
		}
	}
	if err := c.write(e, "model.bin", content("old", nil)); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no more data")
	if err := c.write(e, "model.bin", content("half of a", broken)); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	check := func(want string) {
		t.Helper()
		if got, err := os.ReadFile(filepath.Join(dir, "model.bin")); err != nil || string(got) != want {
			t.Errorf("the model is %q (%v), want %q", got, err, want)
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
			t.Errorf("the folder has %d files (%v), want the model alone", len(files), err)
		}
	}
	check("old")
	if err := c.write(e, "model.bin", content("new", nil)); err != nil {
		t.Fatal(err)
	}
	check("new")
}
