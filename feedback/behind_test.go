package feedback_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/nlp"
)

// numbersOf are the numbers of a digest behind which one can look, and how much stands behind each.
func numbersOf(d feedback.Digest) map[string]int {
	out := map[string]int{}
	for _, b := range d.Blocks {
		for _, e := range b.Elements {
			if m := e.Metric; m != nil && m.Behind != "" {
				out[m.Behind] = int(m.Value + 0.5)
				if m.Unit == feedback.Share {
					out[m.Behind] = int(m.Value*float64(m.N) + 0.5)
				}
			}
			if e.Topic != nil && e.Topic.Behind != "" {
				out[e.Topic.Behind] = e.Topic.Count
			}
			if e.Table != nil {
				for _, row := range e.Table.Rows {
					for _, c := range row {
						if c.Behind != "" && c.Number != nil {
							out[c.Behind] = int(*c.Number)
						}
					}
				}
			}
		}
	}
	return out
}

// Behind every number stand exactly as many messages, conversations or votes as it says, and none of another week.
func TestBehindEveryNumber(t *testing.T) {
	p := week(t)
	l := ordinary(p.Start)
	l.say(p.Start, 3, 40, "late again")
	l.say(p.Start, 4, 7, "tracking is stuck")
	for i, m := range l.messages {
		if i%3 == 0 {
			l.messages[i].Analysis = &nlp.Analysis{Text: m.Text, Sentiment: nlp.Sentiment{Polarity: nlp.Negative, Score: -0.8}}
		}
		if p.Contains(m.At) && i%2 == 0 {
			c := string(m.Conversation)
			l.fact(p.Start, c, bot.FactTurn, "", 1)
			switch i % 5 {
			case 0:
				l.fact(p.Start, c, bot.FactHandoff, "asked", 1)
			case 1:
				l.fact(p.Start, c, bot.FactAnswer, "article:a", 1)
				l.fact(p.Start, c, bot.FactHelped, "article:a", 1)
			case 2:
				l.fact(p.Start, c, bot.FactAnswer, "article:a", 1)
				l.fact(p.Start, c, bot.FactHelped, "article:a", 0)
				l.fact(p.Start, c, bot.FactReopened, "", 1)
			}
		}
	}
	topics := byWord{"late", "tracking"}
	b := feedback.Builder{Sections: feedback.Sections(topics, nil), Now: func() time.Time { return p.End }}
	d, err := b.Build(t.Context(), l, p)
	if err != nil {
		t.Fatal(err)
	}
	numbers := numbersOf(d)
	for _, of := range slices.Sorted(maps.Keys(numbers)) {
		page, err := b.Behind(t.Context(), topics, l, p, of)
		if err != nil {
			t.Errorf("%s: %v", of, err)
			continue
		}
		quotes := page.Blocks[0].Elements[len(page.Blocks[0].Elements)-1].Quotes
		if len(quotes) != numbers[of] || numbers[of] == 0 {
			t.Errorf("%s: %d, the digest says %d", of, len(quotes), numbers[of])
		}
		for i, q := range quotes {
			if !p.Contains(q.At) || i > 0 && q.At.After(quotes[i-1].At) {
				t.Errorf("%s: of %s", of, q.At)
			}
		}
	}
	for _, want := range []string{"topic/late", "topic/tracking", "mood/negative", "channel/webchat", "volume/messages", "volume/conversations", "reason/asked",
		"helped/article:a", "nothelped/article:a", "fate/confirmed", "fate/assumed", "fate/handed_over", "fate/abandoned", "fate/came_back"} {
		if numbers[want] == 0 {
			t.Errorf("nothing leads to %s: %v", want, numbers)
		}
	}
	for _, of := range []string{"", "topic", "topic/", "topic/none", "fate/none", "kind/none", "reason/none", "volume", fmt.Sprint("x/", 1)} {
		if page, err := b.Behind(t.Context(), topics, l, p, of); !errors.Is(err, feedback.ErrNumber) {
			t.Errorf("%q: %d blocks, %v", of, len(page.Blocks), err)
		}
	}
}
