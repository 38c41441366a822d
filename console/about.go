package console

import (
	"cmp"
	"slices"
	"time"

	"huiyin/bot"
)

// promises are the desk's promises at an instant.
type promises struct {
	rules bot.DeskRules
	hours *bot.Hours
	now   time.Time
}

func (s *Console) promises() promises {
	rules, hours := s.Desk.Rules()
	return promises{rules, hours, s.Now()}
}

// of are the promises that run in a conversation, the one due first at the front.
func (p promises) of(c *bot.Conversation) []bot.Clock { return p.rules.Clocks(*c, p.hours, p.now) }

// state is how the worst of the promises stands that run in a conversation; empty: none runs.
func (p promises) state(c *bot.Conversation) bot.ClockState {
	rank := []bot.ClockState{"", bot.InTime, bot.Near, bot.Missed}
	worst := 0
	for _, clock := range p.of(c) {
		worst = max(worst, slices.Index(rank, clock.State))
	}
	return rank[worst]
}

// about is something that conversations are about, to choose from.
type about struct {
	Value string // as bot.View.About
	Name  string
}

// abouts are what a conversation is about, as bot.View.About.
func abouts(c *bot.Conversation) []string {
	var all []string
	if c.Topic != "" {
		all = append(all, "topic:"+c.Topic)
	}
	if c.Intent != "" {
		all = append(all, "intent:"+c.Intent)
	}
	return all
}

// aboutsOf are the topics and the intents of conversations, and the one that is chosen, by their names in a language.
func (s *Console) aboutsOf(list []*bot.Conversation, chosen, lang string) (topics, intents []about) {
	if s.Incidents == nil {
		return nil, nil
	}
	have := map[string]bool{chosen: true}
	for _, c := range list {
		for _, value := range abouts(c) {
			have[value] = true
		}
	}
	named := func(kind string, subjects []Subject) []about {
		var all []about
		for _, subject := range subjects {
			if value := kind + ":" + subject.ID; have[value] {
				all = append(all, about{value, subject.In(lang)})
			}
		}
		slices.SortStableFunc(all, func(a, b about) int { return cmp.Compare(a.Name, b.Name) })
		return all
	}
	return named("topic", s.Incidents.Topics()), named("intent", s.Incidents.Intents())
}
