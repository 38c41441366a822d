package feedback

import (
	"context"
	"slices"

	"huiyin/bot"
	"huiyin/nlp"
)

// gapsSection lists what the bot was asked and had no answer to. What nobody asked, a sigh or a compliment, is no gap.
type gapsSection struct{ *mined }

// Name implements Section.
func (gapsSection) Name() string { return "gaps" }

// gapsShown is how many questions are listed.
const gapsShown = 12

// Build implements Section.
func (s gapsSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	type question struct {
		quote  Quote
		people map[bot.ConversationID]bool
		mood   float64
	}
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	asked := map[string]bool{}
	for i := range x.in(p) {
		asked[x.items[i].ID] = x.assigned[i].Kind == KindQuestion || x.assigned[i].Kind == KindRequest || x.assigned[i].Kind == ""
	}
	var all []*question
	byText := map[string]*question{}
	for m, err := range src.MessagesBetween(ctx, p.Start, p.End) {
		if err != nil {
			return Block{}, err
		}
		if m.Direction != bot.Incoming || m.Decision == nil || m.Decision.Action != bot.ActFallback || !asked[string(m.ID)] {
			continue
		}
		key := nlp.Fold(m.Text)
		q := byText[key]
		if q == nil {
			q = &question{quote: quoteOf(m, ""), people: map[bot.ConversationID]bool{}}
			byText[key], all = q, append(all, q)
		}
		q.people[m.Conversation] = true
		if m.Analysis != nil {
			q.mood += m.Analysis.Sentiment.Score
		}
	}
	slices.SortStableFunc(all, func(a, b *question) int { return len(b.people) - len(a.people) })
	table := Table{Title: Say("digest.gaps.list"), Empty: Say("digest.gaps.none"), Columns: []Phrase{Say("digest.col.question"), Say("digest.col.people")}}
	for _, q := range all[:min(gapsShown, len(all))] {
		table.Rows = append(table.Rows, []Cell{{Text: q.quote.Text, Link: q.quote.Conversation}, number(float64(len(q.people)), Count)})
	}
	block := Block{Section: "gaps", Elements: []Element{{Table: &table}}}
	if len(all) > 0 {
		block.Findings = []Finding{{Kind: ToDo, Weight: 0.5 * float64(len(all)), Say: Say("digest.gaps.to_do", "n", len(all))}}
	}
	return block, nil
}

// quoteOf is a message as it may be shown.
func quoteOf(m bot.Message, channel string) Quote {
	return Quote{Text: nlp.MaskIn(m.Text, m.Analysis), Lang: m.Lang, ID: string(m.ID), Conversation: m.Conversation, Channel: channel, At: m.At}
}
