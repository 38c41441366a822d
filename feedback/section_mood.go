package feedback

import (
	"context"
	"slices"

	"huiyin/nlp"
)

// moodSection says how customers felt, by day.
type moodSection struct{ *mined }

// Name implements Section.
func (moodSection) Name() string { return "mood" }

// Build implements Section.
func (s moodSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	list := p.Days()
	daily := map[nlp.Polarity][]float64{nlp.Negative: make([]float64, len(list)), nlp.Positive: make([]float64, len(list))}
	now, before := map[nlp.Polarity]int{}, map[nlp.Polarity]int{}
	n, n0 := 0, 0
	for r := range x.in(Period{Start: p.Before().Start, End: p.End}) {
		switch {
		case !r.felt():
		case p.Contains(r.at):
			n++
			now[r.polarity]++
			if d := daily[r.polarity]; d != nil {
				d[dayIndex(list, r.at)]++
			}
		default:
			n0++
			before[r.polarity]++
		}
	}
	block := Block{Section: "mood", Elements: []Element{
		shareMetric("digest.mood.negative", OfMessages, -1, now[nlp.Negative], n, before[nlp.Negative], n0),
		shareMetric("digest.mood.positive", OfMessages, 1, now[nlp.Positive], n, before[nlp.Positive], n0),
		{Chart: &Chart{Title: Say("digest.mood.daily"), Unit: Count, Labels: dayLabels(p), Series: []Series{
			{Name: Say("digest.mood.negative"), Tone: "bad", Values: daily[nlp.Negative], Behind: behindDay + string(nlp.Negative)},
			{Name: Say("digest.mood.positive"), Tone: "good", Values: daily[nlp.Positive], Behind: behindDay + string(nlp.Positive)},
		}}},
	}}
	if c := x.counted.complaints; c > now[nlp.Negative] && now[nlp.Negative] > 0 {
		note := Say("digest.mood.note", "complaints", c, "n", now[nlp.Negative])
		block.Elements = slices.Insert(block.Elements, 2, Element{Sentence: &note})
	}
	look(block.Elements, "digest.mood.negative", behindMood+string(nlp.Negative))
	look(block.Elements, "digest.mood.positive", behindMood+string(nlp.Positive))
	change := block.Elements[0].Metric.Change
	if change != nil && change.Real {
		share := block.Elements[0].Metric.Value
		kind, key := Better, "digest.mood.fewer"
		if share > change.Before {
			kind, key = Worse, "digest.mood.more"
		}
		// Moods move because of topics: a topic that explains the change is the better sentence, so this one weighs less.
		block.Findings = append(block.Findings, Finding{Kind: kind, Weight: 0.3 * float64(now[nlp.Negative]),
			Say: Say(key, "share", number(share, Share), "before", number(change.Before, Share))})
	}
	return block, nil
}
