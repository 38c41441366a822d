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
	}
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	var all []*question
	byText := map[string]*question{}
	for i, r := range x.said(p) {
		if !r.fallback {
			continue
		}
		if kind := x.about(i).Kind; kind != KindQuestion && kind != KindRequest && kind != "" {
			continue
		}
		key := nlp.Fold(r.text)
		q := byText[key]
		if q == nil {
			q = &question{quote: quoteOf(r.item()), people: map[bot.ConversationID]bool{}}
			byText[key], all = q, append(all, q)
		}
		q.people[bot.ConversationID(r.conversation)] = true
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
