package main

import (
	"context"
	"fmt"
	"strings"

	"huiyin/internal/printable"
	"huiyin/kb"
	"huiyin/nlp"
)

type kbSearch struct {
	Question []string `arg:"" help:"The question, in Chinese or English; its words are joined."`
	JSON     bool     `help:"Print one JSON object."`
}

// Run prints the decision and the hits.
func (c *kbSearch) Run(e *env) error {
	text, err := sentence(c.Question)
	if err != nil {
		return err
	}
	return e.withArticles(func(ctx context.Context, app *App) error {
		lang, _ := nlp.DetectLang(text)
		answer, err := app.KB.Search(ctx, kb.Query{Text: text, Lang: lang})
		if err != nil {
			return err
		}
		if c.JSON {
			chat, err := app.chat(ctx, text, answer)
			if err != nil {
				return err
			}
			return e.print(true, foundJSON{answer, chat})
		}
		if err := e.inChat(ctx, app, e.voice(), text, answer); err != nil {
			return err
		}
		e.tell("kb.decision." + string(answer.Decision))
		for _, h := range answer.Hits {
			fmt.Fprintf(e.out, "%3.0f%%  %-34s %s\n", 100*float64(h.Confidence), h.Article, printable.Line(h.Title))
		}
		return nil
	})
}

// foundJSON is what `huiyin kb search --json` prints: what articles alone give and, where an intent or the dialogue decides, what a
// customer gets.
type foundJSON struct {
	kb.Answer
	Chat *chatJSON `json:"chat,omitempty"`
}

// chatJSON is what a customer gets who begins with the question.
type chatJSON struct {
	Decision kb.Decision    `json:"decision"`
	Intent   string         `json:"intent,omitempty"` // the one that decides
	Human    bool           `json:"human,omitempty"`  // she is passed on to people
	Articles []kb.ArticleID `json:"articles"`         // what she is shown
	Choices  []choiceJSON   `json:"choices,omitempty"`
	Text     string         `json:"text,omitempty"`
}

type choiceJSON struct {
	Title  string    `json:"title"`
	Root   kb.RootID `json:"root,omitempty"`
	Intent string    `json:"intent,omitempty"`
}

// chat is what a customer gets who begins with a question; nil where articles alone decide.
func (a *App) chat(ctx context.Context, text string, alone kb.Answer) (*chatJSON, error) {
	lang, _ := nlp.DetectLang(text)
	o, err := a.publisher().Ask(ctx, kb.Query{Text: text, Lang: lang})
	if err != nil || !o.Beside(alone) {
		return nil, err
	}
	out := &chatJSON{Decision: o.Decision, Intent: o.Intent, Human: o.Human, Articles: []kb.ArticleID{}, Text: o.Text}
	for _, c := range o.Shown {
		out.Articles = append(out.Articles, c.Article)
	}
	for _, c := range o.Choices {
		out.Choices = append(out.Choices, choiceJSON(c))
	}
	return out, nil
}

type kbExplain struct {
	Question []string `arg:"" help:"The question, in Chinese or English; its words are joined."`
}

// Run prints every stage of the search for an editor.
func (c *kbExplain) Run(e *env) error {
	text, err := sentence(c.Question)
	if err != nil {
		return err
	}
	return e.withArticles(func(ctx context.Context, app *App) error {
		lang, _ := nlp.DetectLang(text)
		answer, err := app.KB.Search(ctx, kb.Query{Text: text, Lang: lang, Limit: 10, Explain: true})
		if err != nil {
			return err
		}
		voice := nlp.Lang(e.flags.Lang)
		if voice == "" {
			voice = kb.ExplanationLang(text)
		}
		if err := e.inChat(ctx, app, string(voice), text, answer); err != nil {
			return err
		}
		return kb.WriteExplanation(e.out, voice, text, answer)
	})
}

// inChat writes, in a language, what a customer gets who begins with a question, where an intent or the dialogue decides and not
// the articles alone.
func (e *env) inChat(ctx context.Context, app *App, voice, text string, alone kb.Answer) error {
	lang, _ := nlp.DetectLang(text)
	outcome, err := app.publisher().Ask(ctx, kb.Query{Text: text, Lang: lang})
	if err != nil || !outcome.Beside(alone) {
		return err
	}
	words := wordsOf(voice)
	said := outcome.Say(words)
	if outcome.Intent != "" && len(outcome.Shown) > 0 {
		said += " (" + words("kb.outcome.intent", "name", outcome.Intent) + ")"
	}
	fmt.Fprintf(e.out, "%s\n  %s\n", words("kb.test.intent"), printable.Line(said))
	if len(outcome.Shown) == 0 && outcome.Text != "" {
		fmt.Fprintf(e.out, "  %s\n", strings.ReplaceAll(printable.Text(outcome.Text), "\n", "\n  "))
	}
	if outcome.Intent != "" {
		fmt.Fprintln(e.out, words("kb.test.change", "name", outcome.Intent))
	}
	fmt.Fprintf(e.out, "\n%s\n", words("kb.test.alone"))
	return nil
}
