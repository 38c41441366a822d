package feedback

import (
	"context"
	"fmt"
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
		name   string
		people map[bot.ConversationID]bool
	}
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	var all []*question
	byText := map[string]*question{}
	for i, r := range x.said(p) {
		if !isGap(r, x.about(i)) {
			continue
		}
		key := nlp.Fold(r.text)
		q := byText[key]
		if q == nil {
			q = &question{quote: quoteOf(r.item()), name: gapName(r), people: map[bot.ConversationID]bool{}}
			byText[key], all = q, append(all, q)
		}
		q.people[bot.ConversationID(r.conversation)] = true
	}
	slices.SortStableFunc(all, func(a, b *question) int { return len(b.people) - len(a.people) })
	table := Table{Title: Say("digest.gaps.list"), Empty: Say("digest.gaps.none"), Columns: []Phrase{Say("digest.col.question"), Say("digest.col.conversations")}}
	for _, q := range all[:min(gapsShown, len(all))] {
		table.Rows = append(table.Rows, []Cell{{Text: q.quote.Text, Link: q.quote.Conversation}, number(float64(len(q.people)), Count).behind(q.name)})
	}
	block := Block{Section: "gaps", Elements: []Element{{Table: &table}}}
	if len(all) > 0 {
		block.Findings = []Finding{{Kind: ToDo, Weight: 0.5 * float64(len(all)), Say: Say("digest.gaps.to_do", "n", len(all))}}
	}
	return block, nil
}

// isGap reports whether a message asked for something that the bot had no answer to.
func isGap(r *row, a Assignment) bool {
	return r.fallback && (a.Kind == KindQuestion || a.Kind == KindRequest || a.Kind == "")
}

// gapName names a question for Builder.Behind, without its words.
func gapName(r *row) string { return fmt.Sprintf("%s%x", behindGap, hashed(nlp.Fold(r.text))) }
