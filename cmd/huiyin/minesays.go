package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"huiyin/feedback/mine"
)

// report says how a file was read: what was taken for what, what is not used and why, what was unsure, and which rows are left out.
func (c *mineCmd) report(e *env, r mine.Result) {
	line := func(key string, pairs ...any) { fmt.Fprintln(e.err, e.say(key, pairs...)) }
	if r.Read != "" {
		line("cli.mine.encoding", "name", r.Read)
	}
	for _, t := range r.Taken {
		line("cli.mine.column", "what", e.say("cli.mine.what."+t.Field), "column", columnWords(e, r, t.Title, t.Place), "how", e.say("cli.mine.how."+t.How))
	}
	for _, u := range r.Unused {
		if u.Title == "" && u.Why == mine.UnusedEmpty { // an empty column without a title is nothing that anybody misses
			continue
		}
		line("cli.mine.unused."+string(u.Why), "column", columnWords(e, r, u.Title, u.Place), "what", whatWords(e, u.Field), "flag", fieldFlag(u.Field), "value", flagValue(r, u))
	}
	tellDoubts(e, r.Doubts)
	if r.Unreadable > 0 {
		line("cli.mine.unreadable", "n", r.Unreadable, "row", r.UnreadableRow)
	}
	if r.OfTen {
		line("cli.mine.of_ten")
	}
	if r.Unrated > 0 {
		line("cli.mine.unrated", "n", r.Unrated, "value", strconv.Quote(r.UnratedSample))
	}
	for _, bad := range r.Bad {
		line("cli.mine.row", "file", filepath.Base(c.In), "row", bad.Row, "why", e.say("cli.mine.bad."+string(bad.Why), "value", strconv.Quote(bad.Value)))
	}
	if more := r.BadRows - len(r.Bad); more > 0 {
		line("cli.orders.bad_more", "n", more)
	}
}

// tellDoubts says what was taken where a file leaves something open and nobody was asked, and which flag takes the other.
func tellDoubts(e *env, doubts []mine.Settled) {
	for _, d := range doubts {
		if d.Asked {
			continue
		}
		other := d.Choices[0]
		if d.Took == 0 {
			other = d.Choices[1]
		}
		fmt.Fprintln(e.err, e.say("cli.mine.took."+string(d.Kind), "sample", d.Sample, "took", choiceWords(e, d.Kind, d.Choices[d.Took]), "flag", doubtFlag(d.Kind)+" "+shellWord(other.Value)))
	}
}

// columnWords names a column: by its title, or by its place when the file has no header.
func columnWords(e *env, r mine.Result, title string, place int) string {
	if !r.Headed || title == "" {
		return e.say("cli.mine.place", "n", place)
	}
	return e.say("cli.mine.title", "title", title)
}

func whatWords(e *env, field string) string {
	if field == "" {
		return ""
	}
	return e.say("cli.mine.what." + field)
}

// flagValue is how a flag names a column that is not used.
func flagValue(r mine.Result, u mine.UnusedColumn) string {
	if !r.Headed || u.Title == "" || slices.ContainsFunc(r.Taken, func(t mine.TakenField) bool { return strings.EqualFold(t.Title, u.Title) }) {
		return strconv.Itoa(u.Place)
	}
	return shellWord(u.Title)
}

// fieldFlag is the flag that names the column of a field.
func fieldFlag(field string) string {
	switch field {
	case "":
		return "--text"
	case "lang":
		return "--language"
	}
	return "--" + field
}

func doubtFlag(k mine.DoubtKind) string { return "--" + string(k) }

// shellWord is a word as a shell takes it.
func shellWord(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n'\"\\$`!*?[](){}<>|&;#~", r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// choiceWords says a way to read a file.
func choiceWords(e *env, k mine.DoubtKind, c mine.Choice) string {
	if k == mine.DoubtText {
		return e.say("cli.mine.title", "title", c.Value)
	}
	return e.say("cli.mine.choice."+c.Value, "day", c.Sample)
}

func periodWords(e *env, name string) string {
	if name == "all" {
		return e.say("cli.mine.timeless")
	}
	return name
}

// refused says in the reader's language why a file cannot be mined.
func (c *mineCmd) refused(err error) error {
	var columns *mine.ErrColumns
	switch {
	case errors.As(err, &columns) && columns.Title != "" && columns.Near != "":
		return wrong(errUsage, "cli.mine.no_title_near", "flag", fieldFlag(columns.Missing), "title", columns.Title, "near", columns.Near, "header", titleList(columns.Header))
	case errors.As(err, &columns) && columns.Title != "":
		return wrong(errUsage, "cli.mine.no_title", "flag", fieldFlag(columns.Missing), "title", columns.Title, "header", titleList(columns.Header))
	case errors.As(err, &columns):
		return wrong(errUsage, "cli.mine.no_text", "file", filepath.Base(c.In), "header", titleList(columns.Header))
	}
	return badInput(err)
}

// badInput marks what the caller has to mend: a file that is not there or cannot be read, a folder that cannot be written.
func badInput(err error) error {
	var path *fs.PathError
	switch {
	case errors.Is(err, mine.ErrOutput) && errors.As(err, &path):
		return wrong(errUsage, "cli.mine.out", "cause", path)
	case errors.Is(err, mine.ErrInput) && errors.As(err, &path):
		return fmt.Errorf("%w: %w", errUsage, path)
	case errors.Is(err, mine.ErrInput):
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return err
}

// titlesShown bounds how many titles of a wide file are listed.
const titlesShown = 30

// titleList lists titles with their places.
func titleList(header []string) string {
	var all []string
	for i, h := range header[:min(titlesShown, len(header))] {
		all = append(all, fmt.Sprintf("%d %s", i+1, strings.TrimSpace(h)))
	}
	if len(header) > titlesShown {
		all = append(all, "…")
	}
	return strings.Join(all, ", ")
}

// asks is what settles the doubts of a file: whoever sits at the terminal; nil when nobody does.
func (e *env) asks() func(mine.Doubt) (int, error) {
	if !isTerminal(e.in) || !isTerminal(e.err) {
		return nil
	}
	return newAsker(e).ask
}

// asker asks whoever sits at the terminal.
type asker struct {
	e  *env
	in *bufio.Reader
}

func newAsker(e *env) *asker { return &asker{e, bufio.NewReader(e.in)} }

// ask puts a doubt as a question with numbered answers, the likeliest first; an empty line takes that one. It returns the place of
// the answer, and mine.Unanswered when the input ends.
func (a *asker) ask(d mine.Doubt) (int, error) {
	fmt.Fprintln(a.e.err, a.e.say("cli.mine.ask."+string(d.Kind), "sample", d.Sample))
	for i, c := range d.Choices {
		line := choiceWords(a.e, d.Kind, c)
		if d.Kind == mine.DoubtText && c.Sample != "" {
			line += "  " + c.Sample
		}
		fmt.Fprintf(a.e.err, "  %d  %s\n", i+1, line)
	}
	for {
		fmt.Fprint(a.e.err, a.e.say("cli.mine.ask_number", "n", len(d.Choices)))
		line, err := a.line()
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		line = strings.TrimSpace(line)
		if n, wrong := strconv.Atoi(line); wrong == nil && n >= 1 && n <= len(d.Choices) {
			return n - 1, nil
		}
		if err != nil {
			fmt.Fprintln(a.e.err)
			return mine.Unanswered, nil
		}
		if line == "" {
			return 0, nil
		}
	}
}

// line reads a line, or ends with the program's context: who interrupts a question need not answer it first. The reading goroutine
// stays behind then, as nothing can call a read of a terminal back.
func (a *asker) line() (string, error) {
	type answer struct {
		line string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		line, err := a.in.ReadString('\n')
		got <- answer{line, err}
	}()
	select {
	case <-a.e.ctx.Done():
		fmt.Fprintln(a.e.err)
		return "", a.e.ctx.Err()
	case read := <-got:
		return read.line, read.err
	}
}
