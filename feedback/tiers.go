package feedback

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"huiyin/bot"
	"huiyin/nlp"
)

// TierSource is a Source that knows who is in which tier of customers.
type TierSource interface {
	DeskRules(ctx context.Context) (bot.DeskRules, error)
	Contact(ctx context.Context, id bot.ContactID) (bot.Contact, error)
}

// tier says of the topics that are shown which tiers complained; nothing in a shop without tiers.
func (x *corpus) tier(ctx context.Context, p Period) error {
	src, ok := x.src.(TierSource)
	if !ok {
		return nil
	}
	rules, err := src.DeskRules(ctx)
	if err != nil {
		return fmt.Errorf("feedback: reading tiers: %w", err)
	}
	if len(rules.Tiers) == 0 {
		return nil
	}
	people := map[string]map[string]string{} // topic → who → her tier
	for _, t := range x.counted.shown() {
		if t.People >= groupLeast {
			people[t.ID] = map[string]string{}
		}
	}
	if err := x.findTiers(ctx, src, rules, p, people); err != nil {
		return err
	}
	for _, t := range x.counted.topics {
		if who := people[t.ID]; who != nil {
			count := map[string]int{}
			for _, tier := range who {
				if _, ok := rules.Tier(tier); !ok {
					tier = "" // one that the rules do not have any more
				}
				count[tier]++
			}
			t.Tiers = tierShares(count, rules)
		}
	}
	return nil
}

// findTiers notes the highest tier of everybody who complained about one of the topics in people.
func (x *corpus) findTiers(ctx context.Context, src TierSource, rules bot.DeskRules, p Period, people map[string]map[string]string) error {
	type complaint struct {
		who  map[string]string
		row  *row
		from int // where its contact and conversation stand in ask
	}
	var all []complaint
	var ask []*row
	known := map[[2]string]int{} // contact and conversation → place in ask
	for i, r := range x.said(p) {
		about := x.about(i)
		who := people[about.Topic]
		if !about.Complaint || who == nil {
			continue
		}
		key := [2]string{r.contact, r.conversation}
		from, ok := known[key]
		if !ok {
			from = len(ask)
			known[key], ask = from, append(ask, r)
		}
		all = append(all, complaint{who, r, from})
	}
	tiers := make([]string, len(ask))
	err := x.each(ctx, len(ask), func(ctx context.Context, i int) (err error) {
		tiers[i], err = x.tierOf(ctx, src, rules, ask[i])
		return err
	})
	for _, c := range all {
		c.who[c.row.contact] = rules.Higher(c.who[c.row.contact], tiers[c.from])
	}
	return err
}

// tierOf is the tier of whoever wrote a message; empty: none.
func (x *corpus) tierOf(ctx context.Context, src TierSource, rules bot.DeskRules, r *row) (string, error) {
	c, err := src.Contact(ctx, bot.ContactID(r.contact))
	if errors.Is(err, bot.ErrNotFound) { // a conversation of nobody in particular, or she was erased meanwhile
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("feedback: reading tiers: %w", err)
	}
	conv, err := x.conversation(ctx, bot.ConversationID(r.conversation))
	if err != nil {
		return "", fmt.Errorf("feedback: reading tiers: %w", err)
	}
	return rules.TierOf(c.Noted, conv.Tags...), nil
}

// tierShares are the counts by tier, the highest first and everybody else last. A group of fewer than groupLeast people joins
// everybody else, and as long as these are too few, so that the rest would tell of them, the smallest group does; nil: nothing is
// left to be told apart.
func tierShares(count map[string]int, rules bot.DeskRules) []TierShare {
	var list []TierShare
	others := count[""]
	for _, t := range rules.Tiers {
		switch n := count[t.Key]; {
		case n >= groupLeast:
			list = append(list, TierShare{t.Key, Text{ZH: t.Title(nlp.LangChinese), EN: t.Title(nlp.LangEnglish)}, n})
		default:
			others += n
		}
	}
	for others > 0 && others < groupLeast && len(list) > 0 {
		i := slices.Index(list, slices.MinFunc(list, func(a, b TierShare) int { return cmp.Compare(a.People, b.People) }))
		others += list[i].People
		list = slices.Delete(list, i, i+1)
	}
	if len(list) == 0 {
		return nil
	}
	if others > 0 {
		list = append(list, TierShare{People: others})
	}
	return list
}
