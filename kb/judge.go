package kb

import (
	"context"
	"slices"

	"huiyin/nlp"
)

// Outcome is what a customer gets who asks something.
type Outcome struct {
	Decision Decision   // DecideAnswer: she is told something; DecideClarify: she is asked what she means; DecideNothing: neither
	Intent   string     // the name of the intent that decided; empty: the articles did
	Human    bool       // she is passed on to people; Decision is DecideNothing then
	Shown    []Citation // the articles that she is told
	Text     string     // what she is told
	Choices  []Choice   // what she may press
}

// Choice is a button that leads to an article, to an intent, or to an intent that shows an article.
type Choice struct {
	Title  string
	Root   RootID
	Intent string
}

// Judge tells what a customer gets who asks q where s answers searches. The bot, which listens to intents as well, is one;
// Alone is another. It may be called by several goroutines and keeps nothing of s.
type Judge func(ctx context.Context, s *Searcher, q Query) (Outcome, error)

// Alone is the Judge that asks the articles and nothing else.
func Alone(ctx context.Context, s *Searcher, q Query) (Outcome, error) {
	q.Limit = offered
	a, err := s.Search(ctx, q)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Decision: a.Decision}
	switch {
	case len(a.Hits) == 0:
		out.Decision = DecideNothing
	case a.Decision == DecideAnswer:
		out.Shown, out.Text = []Citation{a.Hits[0].Citation}, a.Hits[0].Text
	case a.Decision == DecideClarify:
		for _, h := range a.Hits[:min(offered, len(a.Hits))] {
			out.Choices = append(out.Choices, Choice{Title: h.Title, Root: h.Root})
		}
	}
	return out, nil
}

// Beside reports whether a customer gets something else than articles alone would give her: an intent or the dialogue decides.
func (o Outcome) Beside(alone Answer) bool {
	return o.Intent != "" || o.Human || o.Decision != alone.Decision
}

// orAlone is the judge, or Alone where there is none.
func (j Judge) orAlone() Judge {
	if j == nil {
		return Alone
	}
	return j
}

// reach asks a golden question.
func (j Judge) reach(ctx context.Context, s *Searcher, g Golden) (Reach, Outcome, error) {
	out, err := j(ctx, s, Query{Text: g.Question, Lang: g.Lang})
	if err != nil {
		return ReachMissed, out, err
	}
	return out.reaches(g), out, nil
}

// reaches is how near the outcome of a golden question brings the customer to its article, or to the intent that answers
// it as well.
func (o Outcome) reaches(g Golden) Reach {
	known := g.Intent != "" && o.Intent == g.Intent
	switch {
	case o.Decision == DecideAnswer && (known || slices.ContainsFunc(o.Shown, func(c Citation) bool { return c.Root == g.Root })):
		return ReachAnswered
	case o.Decision != DecideNothing && slices.ContainsFunc(o.Choices, func(c Choice) bool { return c.Root == g.Root || c.Intent != "" && c.Intent == g.Intent }):
		return ReachOffered
	}
	return ReachMissed
}

// first is the name of what comes first in an outcome, which differs where another article or intent does; empty: nothing.
func (o Outcome) first() string {
	switch {
	case len(o.Shown) > 0:
		return string(o.Shown[0].Root)
	case o.Intent != "":
		return "intent " + o.Intent
	case len(o.Choices) > 0 && o.Choices[0].Root != "":
		return string(o.Choices[0].Root)
	case len(o.Choices) > 0:
		return "intent " + o.Choices[0].Intent
	}
	return ""
}

// speaks reports whether what is shown is in a language. What shows no article is in the customer's own.
func (o Outcome) speaks(lang nlp.Lang) bool {
	return len(o.Shown) == 0 || o.Shown[0].Lang.Base() == lang.Base()
}
