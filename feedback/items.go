package feedback

import (
	"slices"
	"time"

	"huiyin/nlp"
)

// Everything is the period of a pile of messages without times.
func Everything(zone *time.Location) Period {
	return Period{Start: time.Date(1, 1, 1, 0, 0, 0, 0, zone), End: time.Date(1, 1, 2, 0, 0, 0, 0, zone), Zone: zone}
}

// Timeless reports whether the period is Everything: it has no date to show.
func (p Period) Timeless() bool { return p.Start.In(p.Zone).Year() == 1 }

// FromItems makes the digest of messages that have no conversations behind them: topics, mood and volume. Items without
// a time count as within the period.
func FromItems(items []Item, assigned []Assignment, p Period, now time.Time) Digest {
	items = slices.Clone(items)
	for i := range items {
		if items[i].At.IsZero() {
			items[i].At = p.Start
		}
		if items[i].Contact == "" {
			items[i].Contact = items[i].ID
		}
	}
	d := Digest{Name: p.Name(), Start: p.Start, End: p.End, Zone: p.Zone.String(), Made: now}
	changes, topics := topicsBlocks(items, assigned, p)
	mood := itemsMood(items, p)
	d.Blocks = []Block{headline(append(slices.Clone(changes.Findings), mood.Findings...)), changes, topics, mood, itemsVolume(items, p)}
	return d
}

func itemsMood(items []Item, p Period) Block {
	now, before := map[nlp.Polarity]int{}, map[nlp.Polarity]int{}
	n, n0 := 0, 0
	previous := p.Before()
	for _, it := range items {
		switch {
		case it.Analysis == nil:
		case p.Contains(it.At):
			n++
			now[it.Analysis.Sentiment.Polarity]++
		case previous.Contains(it.At):
			n0++
			before[it.Analysis.Sentiment.Polarity]++
		}
	}
	return Block{Section: "mood", Elements: []Element{
		shareMetric("digest.mood.negative", -1, now[nlp.Negative], n, before[nlp.Negative], n0),
		shareMetric("digest.mood.positive", 1, now[nlp.Positive], n, before[nlp.Positive], n0),
	}}
}

func itemsVolume(items []Item, p Period) Block {
	days := p.Days()
	counts, byDay, total, before := map[string]int{}, make([]float64, len(days)), 0, 0
	previous := p.Before()
	for _, it := range items {
		switch {
		case p.Contains(it.At):
			total++
			if it.Channel != "" {
				counts[it.Channel]++
			}
			byDay[dayIndex(days, it.At)]++
		case previous.Contains(it.At):
			before++
		}
	}
	block := Block{Section: "volume", Elements: []Element{countMetric("digest.volume.messages", 0, total, before)}}
	if len(days) > 1 {
		block.Elements = append(block.Elements, Element{Chart: &Chart{Title: Say("digest.volume.daily"), Unit: Count, Labels: dayLabels(p),
			Series: []Series{{Name: Say("digest.volume.messages"), Values: byDay}}}})
	}
	if len(counts) > 0 {
		table := Table{Title: Say("digest.volume.channels"), Empty: Say("digest.empty"), Columns: []Phrase{Say("digest.col.channel"), Say("digest.col.messages"), Say("digest.col.share")}}
		for _, c := range byCount(counts) {
			table.Rows = append(table.Rows, []Cell{{Text: c}, number(float64(counts[c]), Count), number(float64(counts[c])/float64(max(1, total)), Share)})
		}
		block.Elements = append(block.Elements, Element{Table: &table})
	}
	return block
}
