package bot

import (
	"context"
	"slices"
	"strings"

	"huiyin/kb"
	"huiyin/nlp"
)

const (
	// SuggestFrom is how many messages back a question is looked for.
	SuggestFrom = 30
	// SuggestAt is the confidence from which an article is worth an agent's glance.
	SuggestAt = 0.08
	// suggestMost is how many articles are suggested.
	suggestMost = 3
)

// Suggest finds articles for an agent: for the last of what the customer wrote that any fit. An address that a form asked for, a
// "please" or the wish for a person after the question needs none. Those fit of which the search is as sure as least. The best comes first; none is no error.
func Suggest(ctx context.Context, articles Retriever, messages []Message, lang nlp.Lang, least nlp.Confidence) ([]kb.Hit, error) {
	for _, m := range slices.Backward(messages) {
		if m.Direction != Incoming || m.Pressed != "" || len([]rune(m.Text)) < 2 || OnlyAskedForPerson(m) || gaveDetails(m) {
			continue
		}
		answer, err := articles.Search(ctx, kb.Query{Text: m.Text, Lang: lang.Base(), Limit: suggestMost})
		if err != nil {
			return nil, err
		}
		if hits := slices.DeleteFunc(answer.Hits, func(h kb.Hit) bool { return h.Confidence < least }); len(hits) > 0 {
			return hits, nil
		}
	}
	return nil, nil
}

// Asks reports whether a message puts a question, and whether that says by itself what it is about: "and when?" does not, and
// "hello?" puts none.
func Asks(m Message) (asks, alone bool) {
	text := strings.TrimSpace(nlp.Fold(m.Text))
	if !asksSomething(text) || SaysLittle(m) {
		return false, false
	}
	return true, !leans(text)
}

// SaysLittle reports whether a message says too little to tell what it is about: thanks, a number, "any news?".
func SaysLittle(m Message) bool {
	text := strings.TrimSpace(nlp.Fold(m.Text))
	return IsNoise(m) || tooShort(text) || asksWhetherThere(text)
}

// OnlyAskedForPerson reports whether a message asked for a person: nothing to look up.
func OnlyAskedForPerson(m Message) bool {
	return m.Decision != nil && m.Decision.Action == ActHandoff && m.Decision.Reason == "bot.why.asked"
}

// gaveDetails reports whether a message answered a form with a number or an address, and asked nothing.
func gaveDetails(m Message) bool {
	if m.Decision == nil || m.Decision.Action != ActForm || m.Analysis == nil || asksSomething(strings.TrimSpace(nlp.Fold(m.Text))) {
		return false
	}
	return slices.ContainsFunc(m.Analysis.Entities, func(e nlp.Entity) bool {
		return e.Kind == nlp.EntityOrder || e.Kind == nlp.EntityEmail || e.Kind == nlp.EntityPhone
	})
}
