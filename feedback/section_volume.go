package feedback

import (
	"context"
	"slices"

	"huiyin/bot"
)

// volumeSection says how much was written, when and where.
type volumeSection struct{}

// Name implements Section.
func (volumeSection) Name() string { return "volume" }

// Build implements Section.
func (volumeSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	var heat Heat
	heat.Title = Say("digest.volume.heat")
	now, before := map[string]int{}, map[string]int{}
	people, peopleBefore := map[bot.ConversationID]bool{}, map[bot.ConversationID]bool{}
	channels, err := channelsOf(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	days, total := make([]float64, p.DayCount()), 0
	list := p.Days()
	for m, err := range src.MessagesBetween(ctx, p.Before().Start, p.End) {
		switch {
		case err != nil:
			return Block{}, err
		case m.Direction != bot.Incoming:
		case p.Contains(m.At):
			total++
			now[channels[m.Conversation]]++
			people[m.Conversation] = true
			days[dayIndex(list, m.At)]++
			local := m.At.In(p.Zone)
			heat.Counts[(int(local.Weekday())+6)%7][local.Hour()]++
		default:
			before[channels[m.Conversation]]++
			peopleBefore[m.Conversation] = true
		}
	}
	totalBefore := 0
	for _, n := range before {
		totalBefore += n
	}
	table := Table{Title: Say("digest.volume.channels"), Empty: Say("digest.empty"),
		Columns: []Phrase{Say("digest.col.channel"), Say("digest.col.messages"), Say("digest.col.share"), Say("digest.col.before")}}
	for _, c := range byCount(now) {
		table.Rows = append(table.Rows, []Cell{{Text: c}, number(float64(now[c]), Count), number(float64(now[c])/float64(max(1, total)), Share), number(float64(before[c]), Count)})
	}
	return Block{Section: "volume", Elements: []Element{
		countMetric("digest.volume.messages", 0, total, totalBefore),
		countMetric("digest.volume.conversations", 0, len(people), len(peopleBefore)),
		{Chart: &Chart{Title: Say("digest.volume.daily"), Unit: Count, Labels: dayLabels(p), Series: []Series{{Name: Say("digest.volume.messages"), Values: days}}}},
		{Heat: &heat},
		{Table: &table},
	}}, nil
}

// channelsOf is the channel of every conversation in the period and the one before.
func channelsOf(ctx context.Context, src Source, p Period) (map[bot.ConversationID]string, error) {
	all := map[bot.ConversationID]string{}
	for c, err := range src.ConversationsBetween(ctx, p.Before().Start, p.End) {
		if err != nil {
			return nil, err
		}
		all[c.ID] = c.Channel
	}
	return all, nil
}

// byCount lists the keys, the most frequent first; equal ones by name.
func byCount(counts map[string]int) []string {
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		if a < b {
			return -1
		}
		return 1
	})
	return keys
}
