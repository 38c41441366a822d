package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/bot"
	"huiyin/data"
	"huiyin/kb"
	"huiyin/nlp"
	"huiyin/nlp/chain"
	"huiyin/nlp/intent"
	"huiyin/nlp/sentiment"
)

// nlpCmd looks into understanding.
type nlpCmd struct {
	Analyze nlpAnalyze `cmd:"" help:"Print the Analysis of every line of a text as JSON."`
}

type nlpAnalyze struct {
	File    string `arg:"" optional:"" default:"-" help:"File with one text a line; - is standard input."`
	Explain bool   `help:"Print a table for people instead of JSON."`
}

// Run analyses with the intents of the configured dialogue.
func (c *nlpAnalyze) Run(e *env) error {
	in, closeIn, err := e.input(c.File)
	if err != nil {
		return err
	}
	defer closeIn()
	texts, err := decoded(in)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, &kb.InputError{File: c.File, Err: err})
	}
	cfg, file, err := e.config()
	if err != nil {
		return err
	}
	cfg.Store.DSN = "mem:" // a running program keeps the database to itself
	app := &App{appOptions: appOptions{Config: cfg, File: file, Data: e.flags.Data, Log: e.quiet(), Now: e.now}}
	defer app.Close()
	if err := errors.Join(app.openStore(), app.openNLP()); err != nil {
		return err
	}
	if err := app.seedKB(e.ctx); err != nil {
		return err
	}
	if err := app.openDialogue(e.ctx); err != nil {
		return err
	}
	return nlp.AnalyzeLines(e.ctx, app.NLP, texts, e.out, c.Explain, nlp.Lang(e.lang(cfg)))
}

// sampled is how much of a text tells whether it is UTF-8, in bytes.
const sampled = 64 << 10

// decoded is a text in UTF-8. What begins as UTF-8 is read as it comes, so that a pipe is answered line by line; everything else
// is read to its end, and decoded as kb.DecodeText says.
func decoded(in io.Reader) (io.Reader, error) {
	r := bufio.NewReaderSize(in, sampled)
	if _, err := r.Peek(1); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head, err := r.Peek(r.Buffered())
	if err != nil {
		return nil, err
	}
	if end := bytes.LastIndexByte(head, '\n'); end > 0 { // the rest may cut a character
		head = head[:end]
	}
	if utf8.Valid(head) && bytes.IndexByte(head, 0) < 0 {
		return r, nil
	}
	raw, err := io.ReadAll(io.LimitReader(r, kb.MaxImportBytes+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > kb.MaxImportBytes {
		return nil, wrong(nil, "cli.nlp.long", "mb", kb.MaxImportBytes>>20)
	}
	text, err := kb.DecodeText(raw, "")
	return strings.NewReader(text), err
}

// input opens a file, or standard input for "-".
func (e *env) input(name string) (io.Reader, func() error, error) {
	if name == "-" || name == "" {
		return e.in, func() error { return nil }, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return f, f.Close, nil
}

// chain loads understanding alone, without the dialogue's intents.
func (e *env) chain() (*chain.Chain, error) {
	return chain.New(chain.Options{Data: data.Files(), UnpackDir: filepath.Join(e.flags.Data, "dict")})
}

// tokenizer loads the dictionaries alone: training the model must not need the model.
func (e *env) tokenizer() (*nlp.Tokenizer, error) {
	return nlp.NewTokenizer(data.Files(), filepath.Join(e.flags.Data, "dict"))
}

// evalCmd measures on labelled data.
type evalCmd struct {
	Intent    evalIntent    `cmd:"" help:"Train on one file, measure on another: accuracy, out of scope, speed."`
	Sentiment evalSentiment `cmd:"" help:"Measure the shipped sentiment model."`
	Retrieval evalRetrieval `cmd:"" help:"Index a corpus and measure how often the right article is found."`
	Answers   evalAnswers   `cmd:"" help:"Ask the whole program questions, and count what customers get."`
}

type evalIntent struct {
	Train  string `required:"" help:"CSV text,label[,split,lang]; label oos is out of scope. Or the folder of a dialogue, whose examples are used."`
	Test   string `required:"" help:"CSV of the same columns."`
	JSON   bool   `help:"Print one JSON object."`
	Report string `help:"Folder to write a report for editors to." placeholder:"DIR"`
}

// Run trains and measures.
func (c *evalIntent) Run(e *env) error {
	train, err := trainingExamples(c.Train)
	if err != nil {
		return err
	}
	test, err := readExamples(c.Test)
	if err != nil {
		return err
	}
	ch, err := e.chain()
	if err != nil {
		return err
	}
	defer ch.Close()
	ev, err := intent.Evaluate(e.ctx, ch.Tokenizer, train, test, ch.IntentOptions(), time.Now)
	if err != nil {
		return err
	}
	if c.Report != "" {
		if err := ev.WriteReport(e.ctx, c.Report, nlp.Lang(e.flags.Lang)); err != nil {
			return err
		}
		fmt.Fprintf(e.err, "report: %s\n", c.Report)
	}
	return e.print(c.JSON, ev.Metrics)
}

// trainingExamples reads a file of examples, or those of a dialogue's intents.
func trainingExamples(name string) ([]nlp.Example, error) {
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return readExamples(name)
	}
	d, err := bot.LoadDialogue(os.DirFS(name), ".")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return d.TrainingExamples(), nil
}

func readExamples(name string) ([]nlp.Example, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	defer f.Close()
	examples, err := intent.ReadCSV(f, name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return examples, nil
}

type evalSentiment struct {
	Test string `required:"" help:"CSV text,label[,split,lang]; labels negative, neutral, positive."`
	JSON bool   `help:"Print one JSON object."`
}

// Run measures the model that ships, untouched.
func (c *evalSentiment) Run(e *env) error {
	f, err := os.Open(c.Test)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	defer f.Close()
	ch, err := e.chain()
	if err != nil {
		return err
	}
	defer ch.Close()
	scorer, err := sentiment.Load(data.Files())
	if err != nil {
		return err
	}
	report, err := sentiment.Evaluation{Scorer: scorer, Tokenizer: ch.Tokenizer, Now: time.Now}.Run(e.ctx, c.Test, f)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	for label, n := range report.Skipped {
		fmt.Fprintf(e.err, "%s: %d rows left out: label %q is not negative, neutral or positive\n", c.Test, n, label)
	}
	return e.print(c.JSON, report)
}

// print writes a result as one JSON line for programs, or indented for people.
func (e *env) print(compact bool, v any) error {
	enc := json.NewEncoder(e.out)
	if !compact {
		enc.SetIndent("", "  ")
	}
	return enc.Encode(v)
}
