package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/store/open"
)

// evalAnswers measures what matters in the end: what a customer gets who asks.
type evalAnswers struct {
	Questions string `required:"" help:"CSV query,lang,root: questions with the article that answers each; without one, nothing does."`
	JSON      bool   `help:"Print one JSON object."`
	Show      bool   `help:"List the questions that were not answered right."`
}

// answersResult is what `huiyin eval answers --json` prints. Each question is the first message of a conversation, and
// counts once.
type answersResult struct {
	Questions  int `json:"questions"`
	Right      int `json:"right"`       // its article was shown
	Wrong      int `json:"wrong"`       // another article was shown
	AskedRight int `json:"asked_right"` // asked back, with its article among the buttons
	AskedWrong int `json:"asked_wrong"` // asked back, without it
	Unanswered int `json:"unanswered"`  // the bot said that it does not know
	NearRight  int `json:"near_right"`  // of these, its article was shown as one of the nearest
	HandedOver int `json:"handed_over"`
	Otherwise  int `json:"otherwise"` // a form, a reply of an intent, small talk

	NoAnswer      int `json:"no_answer"`       // questions that no article answers; they are not counted above
	NoAnswerShown int `json:"no_answer_shown"` // of these, an article was shown all the same

	dialogue *bot.Dialogue // tells which articles buttons for intents lead to
}

// Run asks the whole program, with the configured dialogue and articles, in memory: the database is not touched.
func (c *evalAnswers) Run(e *env) error {
	questions, err := readQuestions(c.Questions)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	cfg, _, err := e.config()
	if err != nil {
		return err
	}
	cfg.Store.DSN = "mem:"
	book := &answerBook{said: map[string]chan []bot.Message{}}
	app, err := newApp(e.ctx, appOptions{
		Config: cfg, File: noFile(), Data: e.flags.Data, Lookup: e.lookup, Log: e.quiet(), Now: e.now,
		Inboxes: []InboxConfig{{ID: "eval", Channel: benchChannel}}, Fake: nowhere{},
		Wrap: func(s open.Store) open.Store { return listening{s, book} },
	})
	if err != nil {
		return err
	}
	defer app.Close()
	var result answersResult
	if err := app.during(e.ctx, func(ctx context.Context) (err error) {
		result, err = c.ask(ctx, e, app, book, questions)
		return err
	}); err != nil {
		return err
	}
	return e.print(c.JSON, result)
}

// ask sends the questions one by one.
func (c *evalAnswers) ask(ctx context.Context, e *env, app *App, book *answerBook, questions []question) (answersResult, error) {
	r := answersResult{dialogue: app.dialogue.Current()}
	for i, q := range questions {
		id := fmt.Sprintf("q%d", i)
		said := book.expect(id)
		err := app.Bot.Handle(ctx, bot.Inbound{Inbox: "eval", SourceID: id, Kind: bot.KindMessage, Thread: id,
			From: bot.Person{SourceID: id}, Text: q.text, At: app.Now()})
		if err != nil {
			return r, err
		}
		select {
		case messages := <-said:
			outcome := r.count(q, messages)
			if c.Show && outcome != "right" {
				fmt.Fprintf(e.out, "%s\t%s\t%s\n", outcome, q.root, q.text)
			}
		case <-ctx.Done():
			return r, ctx.Err()
		}
	}
	return r, nil
}

// count books what was said to a question, and names it.
func (r *answersResult) count(q question, messages []bot.Message) string {
	var action bot.Action
	var shown, offered []string
	for _, m := range messages {
		if m.Decision != nil {
			action = m.Decision.Action
		}
		for _, cited := range m.Citations {
			shown = append(shown, string(cited.Root))
		}
		for _, b := range m.Buttons {
			offered = append(offered, r.articleOf(b))
		}
	}
	if q.root == "" {
		r.NoAnswer++
		if len(shown) > 0 {
			r.NoAnswerShown++
			return "no answer, but " + shown[0]
		}
		return "right"
	}
	r.Questions++
	if action == bot.ActFallback && slices.Contains(offered, q.root) {
		r.NearRight++
	}
	for _, o := range []struct {
		name string
		when bool
		n    *int
	}{
		{"right", slices.Contains(shown, q.root), &r.Right},
		{"wrong", len(shown) > 0, &r.Wrong},
		{"asked right", action == bot.ActClarify && slices.Contains(offered, q.root), &r.AskedRight},
		{"asked wrong", action == bot.ActClarify, &r.AskedWrong},
		{"unanswered", action == bot.ActFallback, &r.Unanswered},
		{"handed over", action == bot.ActHandoff, &r.HandedOver},
	} {
		if o.when {
			*o.n++
			return strings.Join(append([]string{o.name}, shown...), " ")
		}
	}
	r.Otherwise++
	return string(action)
}

// articleOf is the article that a button leads to, itself or by its intent.
func (r *answersResult) articleOf(b bot.Button) string {
	if name, ok := strings.CutPrefix(b.Action, "intent:"); ok {
		return string(articleOf(r.dialogue, name))
	}
	return strings.TrimPrefix(b.Action, "article:")
}

// question is a row of the file.
type question struct{ text, root string }

// readQuestions reads CSV with the columns query and root; others are left alone.
func readQuestions(name string) ([]question, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows := csv.NewReader(f)
	head, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: no header row: %w", name, err)
	}
	head[0] = strings.TrimPrefix(head[0], "\ufeff")
	text, root := slices.Index(head, "query"), slices.Index(head, "root")
	if text < 0 || root < 0 {
		return nil, fmt.Errorf("%s:1: the header needs the columns query and root, it has %s", name, strings.Join(head, ","))
	}
	var all []question
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, question{row[text], row[root]})
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: there is no question in it", name)
	}
	return all, nil
}

// answerBook hands out what was decided and said for each message.
type answerBook struct {
	mu   sync.Mutex
	said map[string]chan []bot.Message
}

func (b *answerBook) expect(id string) <-chan []bot.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.said[id] = make(chan []bot.Message, 1)
	return b.said[id]
}

// listening tells the book what is saved.
type listening struct {
	open.Store
	book *answerBook
}

// Save implements bot.ConversationStore.
func (l listening) Save(ctx context.Context, c bot.Change) error {
	err := l.Store.Save(ctx, c)
	if err != nil || len(c.Messages) == 0 || c.Messages[0].Direction != bot.Incoming {
		return err
	}
	l.book.mu.Lock()
	defer l.book.mu.Unlock()
	if said := l.book.said[c.Messages[0].SourceID]; said != nil {
		delete(l.book.said, c.Messages[0].SourceID)
		said <- c.Messages
	}
	return nil
}

// nowhere is a platform that takes every message and shows it to nobody.
type nowhere struct{}

// Run implements channels.Channel.
func (nowhere) Run(ctx context.Context, _ bot.Handler) error {
	<-ctx.Done()
	return nil
}

// Send implements channels.Channel.
func (nowhere) Send(_ context.Context, m channels.Outgoing) (string, error) { return string(m.ID), nil }
