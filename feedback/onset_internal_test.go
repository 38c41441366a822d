package feedback

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestOnset simulates crises that begin at any hour of a week with a rhythm of days, and holds how often the right day is told.
func TestOnset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		aDay, share, times float64
		right              int // of 1,000, at least
	}{
		{100, .02, 6, 780}, {300, .01, 3, 620}, {300, .02, 6, 920}, {900, .01, 3, 800}, {900, .02, 6, 955}, {2000, .01, 3, 910},
	} {
		random := rand.New(rand.NewPCG(1, 2))
		right, near := 0, 0
		const weeks = 1000
		for range weeks {
			from := 6 + random.IntN(150)
			before, allBefore := simulatedWeek(random, c.aDay, c.share, 1, 0)
			topic, all := simulatedWeek(random, c.aDay, c.share, c.times, from)
			switch onset(topic, all, before.total(), allBefore.total(), dayOf) - from/24 {
			case 0:
				right++
			case -1, 1:
				near++
			}
		}
		t.Logf("%.0f a day, %.0f %% times %.0f: of %d weeks %d the right day, %d a day off", c.aDay, c.share*100, c.times, weeks, right, near)
		if right < c.right {
			t.Errorf("the right day %d times, the aim is %d", right, c.right)
		}
	}
}

func dayOf(hour int) int { return hour / 24 }

// simulatedWeek is a week of a topic and of all messages; the topic is so many times as frequent from an hour on.
func simulatedWeek(random *rand.Rand, aDay, share, times float64, from int) (topic, all hourly) {
	for hour := range 7 * 24 {
		n := aDay / 24 * (1 + .8*math.Sin(float64(hour%24-9)*math.Pi/12)) * (1.1 - .2*float64(hour/24/5))
		rate := share
		if hour >= from {
			rate *= times
		}
		x := poissonDraw(random, n*rate)
		topic, all = append(topic, x), append(all, x+poissonDraw(random, n*(1-share)))
	}
	return topic, all
}

func (h hourly) total() int {
	n := 0
	for _, x := range h {
		n += x
	}
	return n
}

func poissonDraw(random *rand.Rand, mean float64) int {
	k, left := 0, math.Exp(-mean)
	for p := random.Float64(); p > left; p *= random.Float64() {
		k++
	}
	return k
}

// TestOnsetOfNothing says the first day where nothing is told apart, and reads weeks of 167 and 169 hours.
func TestOnsetOfNothing(t *testing.T) {
	t.Parallel()
	if at := onset(hourly{3, 3, 3}, hourly{3, 3, 3}, 0, 0, dayOf); at != 0 {
		t.Errorf("every message is about it: day %d", at)
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, hours := range map[string]int{"2026-W13": 167, "2026-W43": 169, "2026-W46": 168} {
		p, err := Week(name, zone)
		if err != nil {
			t.Fatal(err)
		}
		h := hoursOf(p)
		h.add(p, p.End.Add(-time.Nanosecond))
		if len(h) != hours || h[hours-1] != 1 {
			t.Errorf("%s has %d hours, the last one %d messages", name, len(h), h[len(h)-1])
		}
	}
}

// TestOnsetOfAll: from a day on all that is said may be about one thing; that is the day, and not the last one before on which
// something else was said.
func TestOnsetOfAll(t *testing.T) {
	t.Parallel()
	for _, before := range []int{0, 1, 5} {
		topic, all := make(hourly, 7*24), make(hourly, 7*24)
		for day := range 7 {
			for _, hour := range []int{10, 14, 21} {
				all[day*24+hour] = 3
				if day >= 4 {
					topic[day*24+hour] = 3
				}
			}
		}
		if at := onset(topic, all, before, 70, dayOf); at != 4 {
			t.Errorf("%d before: day %d, want 4", before, at)
		}
	}
}
