package main

import (
	"context"
	"slices"
	"strings"
	"sync"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// judge tells what a customer gets from the bot, with its intents, where articles are searched for by the searcher given.
// The dialogue is opened when it is asked first, unless the program serves and has it.
func (a *App) judge() kb.Judge {
	reader := &lastRead{Understander: a.NLP, dialogue: func() *bot.Dialogue { return a.dialogue.Current() }}
	return func(ctx context.Context, s *kb.Searcher, q kb.Query) (kb.Outcome, error) {
		if err := a.needDialogue(ctx); err != nil {
			return kb.Outcome{}, err
		}
		messages, err := bot.Foresee(ctx, bot.Config{Store: a.Store, Understander: reader, Retriever: s, Library: s,
			Dialogue: a.dialogue.Current, Words: a.Words, StaffLang: nlp.Lang(a.Config.Lang), Now: a.Now}, q.Text, q.Lang)
		if err != nil {
			return kb.Outcome{}, err
		}
		return foreseen(a.dialogue.Current(), messages), nil
	}
}

// needDialogue opens the dialogue where only articles were opened, as commands for editors do.
func (a *App) needDialogue(ctx context.Context) error {
	a.judging.Lock()
	defer a.judging.Unlock()
	if a.dialogue != nil {
		return nil
	}
	if err := a.loadWords(); err != nil {
		return err
	}
	return a.openDialogue(ctx)
}

// foreseen is what comes of a first message, for an editor.
func foreseen(d *bot.Dialogue, messages []bot.Message) kb.Outcome {
	out := kb.Outcome{Decision: kb.DecideNothing}
	if decision := messages[0].Decision; decision != nil {
		switch decision.Action {
		case bot.ActIntent, bot.ActSmallTalk:
			out.Intent = decision.Detail
			fallthrough
		case bot.ActArticle, bot.ActForm:
			out.Decision = kb.DecideAnswer
		case bot.ActClarify:
			out.Decision = kb.DecideClarify
		case bot.ActHandoff:
			out.Human = true
		}
	}
	var said []string
	for _, m := range messages[1:] {
		if m.Direction != bot.Outgoing {
			continue
		}
		said = append(said, m.Text)
		out.Shown = append(out.Shown, m.Citations...)
		for _, b := range m.Buttons {
			if root, ok := strings.CutPrefix(b.Action, "article:"); ok {
				out.Choices = append(out.Choices, kb.Choice{Title: b.Title, Root: kb.RootID(root)})
			}
			if name, ok := strings.CutPrefix(b.Action, "intent:"); ok {
				out.Choices = append(out.Choices, kb.Choice{Title: b.Title, Intent: name, Root: articleOf(d, name)})
			}
		}
	}
	out.Text = strings.Join(said, "\n\n")
	return out
}

// articleOf is the article that an intent leads to; empty: none.
func articleOf(d *bot.Dialogue, intent string) kb.RootID {
	for _, spec := range d.Intents {
		if spec.Name == intent {
			return spec.Article
		}
	}
	return ""
}

// lastRead understands a text once that is asked of several searchers one after the other, as long as the intents are the same.
type lastRead struct {
	bot.Understander
	dialogue func() *bot.Dialogue // another one after each training
	mu       sync.Mutex
	of       *bot.Dialogue
	last     []analyzed // at most lastReads, the oldest first
}

type analyzed struct {
	text string
	a    nlp.Analysis
}

// lastReads is how many texts may be asked at once, by as many processors, without one of them being understood twice.
const lastReads = 64

// Analyze implements bot.Understander.
func (r *lastRead) Analyze(ctx context.Context, text string) (nlp.Analysis, error) {
	now := r.dialogue()
	if a, ok := r.known(now, text); ok {
		return a, nil
	}
	a, err := r.Understander.Analyze(ctx, text)
	if err == nil {
		r.keep(now, analyzed{text, a})
	}
	return a, err
}

func (r *lastRead) known(now *bot.Dialogue, text string) (nlp.Analysis, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.last, func(x analyzed) bool { return x.text == text })
	if r.of != now || i < 0 {
		return nlp.Analysis{}, false
	}
	return r.last[i].a, true
}

func (r *lastRead) keep(now *bot.Dialogue, x analyzed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of != now {
		r.of, r.last = now, nil
	}
	if len(r.last) == lastReads {
		r.last = slices.Delete(r.last, 0, 1)
	}
	r.last = append(r.last, x)
}
