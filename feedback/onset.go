package feedback

import (
	"math"
	"time"
)

// hourly counts messages by the hour of a period.
type hourly []int

func hoursOf(p Period) hourly {
	if p.Timeless() {
		return nil
	}
	return make(hourly, int((p.End.Sub(p.Start)+time.Hour-1)/time.Hour))
}

// add counts a message; without times there are no hours.
func (h hourly) add(p Period, at time.Time) {
	if len(h) > 0 {
		h[int(at.Sub(p.Start)/time.Hour)]++
	}
}

// onset is the likeliest day of a topic's rise, the first being 0. A rise in an hour is as likely as what was said before, from the
// week before on, and what was said since have each their own share of messages about the topic; a day is as likely as its hours
// together, so that a late message does not outweigh the morning after it. Hours in which nobody wrote count for the next one in
// which somebody did: there it showed.
func onset(topic, all hourly, before, allBefore int, day func(hour int) int) int {
	left, leftOf := float64(before), float64(allBefore-before)
	var right, rightOf float64
	for i, n := range topic {
		right, rightOf = right+float64(n), rightOf+float64(all[i]-n)
	}
	gains, best := make([]float64, len(topic)), math.Inf(-1)
	for i, n := range topic {
		gains[i] = math.Inf(-1)
		if rises := right*leftOf >= left*rightOf; rises && right+rightOf > 0 {
			gains[i] = logShare(left, leftOf) + logShare(right, rightOf)
			best = max(best, gains[i])
		}
		left, leftOf = left+float64(n), leftOf+float64(all[i]-n)
		right, rightOf = right-float64(n), rightOf-float64(all[i]-n)
	}
	if math.IsInf(best, -1) {
		return 0
	}
	at, most, likely, quiet := 0, 0.0, map[int]float64{}, 0.0
	for i, gain := range gains {
		if quiet += math.Exp(gain - best); all[i] == 0 {
			continue
		}
		d := day(i)
		if likely[d] += quiet; likely[d] > most {
			at, most = d, likely[d]
		}
		quiet = 0
	}
	return at
}

// logShare is the greatest log likelihood of a count of messages and of that of all others at any share.
func logShare(x, others float64) float64 {
	if x == 0 || others == 0 {
		return 0
	}
	return x*math.Log(x/(x+others)) + others*math.Log(others/(x+others))
}

// since is the day on which a topic rose.
func (c *counted) since(t *gathered) string {
	day := onset(t.hours, c.hours, t.before, c.totalBefore, func(hour int) int {
		return max(0, dayIndex(c.days, c.period.Start.Add(time.Duration(hour)*time.Hour)))
	})
	return c.days[day].Start.In(c.period.Zone).Format("2006-01-02")
}
