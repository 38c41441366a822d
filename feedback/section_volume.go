package feedback

import (
	"context"
	"slices"
)

// volumeSection says how much was written, when and where.
type volumeSection struct{ *mined }

// Name implements Section.
func (volumeSection) Name() string { return "volume" }

// Build implements Section.
func (s volumeSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	var heat Heat
	heat.Title, heat.Behind = Say("digest.volume.heat"), behindHour+"messages"
	now, before := map[string]int{}, map[string]int{}
	people, peopleBefore := map[string]bool{}, map[string]bool{}
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	days, total := make([]float64, p.DayCount()), 0
	list := p.Days()
	for r := range x.in(Period{Start: p.Before().Start, End: p.End}) {
		if !p.Contains(r.at) {
			before[r.channel]++
			peopleBefore[r.conversation] = true
			continue
		}
		total++
		now[r.channel]++
		people[r.conversation] = true
		days[dayIndex(list, r.at)]++
		local := r.at.In(p.Zone)
		heat.Counts[(int(local.Weekday())+6)%7][local.Hour()]++
	}
	totalBefore := 0
	for _, n := range before {
		totalBefore += n
	}
	table := Table{Title: Say("digest.volume.channels"), Empty: Say("digest.empty"),
		Columns: []Phrase{Say("digest.col.channel"), Say("digest.col.messages"), Say("digest.col.share")}}
	if totalBefore > 0 {
		table.Columns = append(table.Columns, Say("digest.col.before"))
	}
	for _, c := range byCount(now) {
		row := []Cell{channelCell(c), number(float64(now[c]), Count).behind(behindChannel + c), ratio(now[c], total)}
		if totalBefore > 0 {
			row = append(row, number(float64(before[c]), Count))
		}
		table.Rows = append(table.Rows, row)
	}
	block := Block{Section: "volume", Elements: []Element{
		countMetric("digest.volume.messages", 0, total, totalBefore),
		countMetric("digest.volume.conversations", 0, len(people), len(peopleBefore)),
		{Chart: &Chart{Title: Say("digest.volume.daily"), Unit: Count, Labels: dayLabels(p), Series: []Series{{Name: Say("digest.volume.messages"), Values: days, Behind: behindDay + "messages"}}}},
		{Heat: &heat},
		{Table: &table},
	}}
	look(block.Elements, "digest.volume.messages", behindVolume+"messages")
	look(block.Elements, "digest.volume.conversations", behindVolume+"conversations")
	return block, nil
}

// channelCell names a channel.
func channelCell(name string) Cell { return Cell{Text: name, Channel: name} }

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
