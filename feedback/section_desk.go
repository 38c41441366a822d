package feedback

import (
	"context"

	"huiyin/bot"
)

// deskSection says how long people waited, and how it ended.
type deskSection struct{}

// Name implements Section.
func (deskSection) Name() string { return "desk" }

// Build implements Section.
func (deskSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	now, before, err := both(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	rating := Metric{Name: Say("digest.desk.csat"), Value: average(now.values[bot.FactCSAT]), Unit: Score, N: now.count[bot.FactCSAT], Good: 1}
	if n := before.count[bot.FactCSAT]; n > 0 {
		test := rankTest(now.values[bot.FactCSAT], before.values[bot.FactCSAT])
		rating.Change = &Change{Before: average(before.values[bot.FactCSAT]), BeforeN: n, P: test, Real: test <= noise}
	}
	ninety := Metric{Name: Say("digest.desk.first_response_90"), Value: quantile(now.values[bot.FactFirstResponse], 0.9), Unit: Seconds, N: now.count[bot.FactFirstResponse], Good: -1}
	return Block{Section: "desk", Elements: []Element{
		secondsMetric("digest.desk.first_response", now.values[bot.FactFirstResponse], before.values[bot.FactFirstResponse]),
		{Metric: &ninety},
		secondsMetric("digest.desk.waited", now.values[bot.FactClaimed], before.values[bot.FactClaimed]),
		secondsMetric("digest.desk.resolution", now.values[bot.FactResolved], before.values[bot.FactResolved]),
		shareMetric("digest.desk.reopened", -1, now.count[bot.FactReopened], now.count[bot.FactResolved], before.count[bot.FactReopened], before.count[bot.FactResolved]),
		{Metric: &rating},
	}}, nil
}

func average(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
