package feedback_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"huiyin/feedback"
)

// traffic draws hours of messages with a weekly and a daily rhythm and forty topics between 0.1 % and 4 % of messages.
type traffic struct {
	r      *rand.Rand
	perDay float64
	shares []float64
	names  []string
}

func newTraffic(seed uint64, perDay float64) *traffic {
	t := &traffic{r: rand.New(rand.NewPCG(seed, 46)), perDay: perDay}
	for i := range 40 {
		t.shares = append(t.shares, 0.001*math.Pow(40, float64(i)/39))
		t.names = append(t.names, fmt.Sprint("t", i))
	}
	return t
}

// hour adds one hour's messages to a watch; topic triple is three times as frequent as usual.
func (t *traffic) hour(w *feedback.Watch, at time.Time, triple int) {
	rhythm := 1 + 0.8*math.Sin(2*math.Pi*float64(at.Hour()-9)/24)
	if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		rhythm *= 0.6
	}
	mean := t.perDay / 24 * rhythm
	n := int(math.Round(mean + math.Sqrt(mean)*t.r.NormFloat64()))
	upTo := make([]float64, len(t.shares))
	sum := 0.0
	for i, s := range t.shares {
		if i == triple {
			s *= 3
		}
		sum += s
		upTo[i] = sum
	}
	for range max(0, n) {
		topic := ""
		if i := sort.SearchFloat64s(upTo, t.r.Float64()); i < len(upTo) {
			topic = t.names[i]
		}
		w.Add(at.Add(time.Minute), topic)
	}
}

var watchStart = time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)

// Of 200 quiet weeks, each looked at every hour, at most one in twenty raises any alarm.
func TestQuietWeeksRaiseNoAlarm(t *testing.T) {
	for _, perDay := range []float64{300, 900} {
		alarms, weeks := 0, 200
		if testing.Short() {
			weeks = 40
		}
		tr, w, at := newTraffic(7, perDay), feedback.NewWatch(), watchStart
		for week := range 4 + weeks {
			any := false
			for range 7 * 24 {
				tr.hour(w, at, -1)
				if at = at.Add(time.Hour); week >= 4 && len(w.Look(at.Add(-time.Second))) > 0 {
					any = true
				}
			}
			if any {
				alarms++
			}
		}
		t.Logf("%.0f messages a day: %d of %d quiet weeks raise an alarm", perDay, alarms, weeks)
		if float64(alarms) > 0.05*float64(weeks) {
			t.Errorf("%.0f messages a day: %d of %d quiet weeks raise an alarm", perDay, alarms, weeks)
		}
	}
}

// A topic that triples from 1 % of messages is told of within a day.
func TestATripledTopicIsTold(t *testing.T) {
	for _, c := range []struct {
		perDay, least float64
	}{{800, 0.5}, {2000, 0.95}} {
		flagged, tries, hours := 0, 60, 0
		for try := range tries {
			tr, w, at := newTraffic(uint64(100+try), c.perDay), feedback.NewWatch(), watchStart
			one := 25 // the topic whose share is nearest to 1 %
			tr.shares[one] = 0.01
			for range 28 * 24 {
				tr.hour(w, at, -1)
				at = at.Add(time.Hour)
			}
			for h := range 24 {
				tr.hour(w, at, one)
				at = at.Add(time.Hour)
				told := false
				for _, a := range w.Look(at.Add(-time.Second)) {
					told = told || a.Topic == fmt.Sprint("t", one)
				}
				if told {
					flagged++
					hours += h + 1
					break
				}
			}
		}
		t.Logf("%.0f messages a day: %d of %d within the day, after %.1f hours on average", c.perDay, flagged, tries, float64(hours)/float64(max(1, flagged)))
		if float64(flagged) < c.least*float64(tries) {
			t.Errorf("%.0f messages a day: only %d of %d within the day", c.perDay, flagged, tries)
		}
	}
}

// A desk that opened yesterday has no usual share yet; a told topic is not told again at once; a crisis in the first hour
// of a new topic is.
func TestWatchIsCalm(t *testing.T) {
	w := feedback.NewWatch()
	for i := range 150 {
		w.Add(watchStart.Add(time.Duration(i)*time.Minute), "late")
	}
	if got := w.Look(watchStart.Add(3 * time.Hour)); len(got) != 0 {
		t.Errorf("without a past: %+v", got)
	}
	w = feedback.NewWatch()
	for h := range 28 * 24 {
		for range 10 {
			w.Add(watchStart.Add(time.Duration(h)*time.Hour), "")
		}
	}
	now := watchStart.Add(28 * 24 * time.Hour)
	for range 30 {
		w.Add(now, "new")
	}
	got := w.Look(now.Add(5 * time.Minute))
	if len(got) != 1 || got[0].Topic != "new" || got[0].Count != 30 || got[0].Before != 0 {
		t.Fatalf("got %+v", got)
	}
	if again := w.Look(now.Add(time.Hour)); len(again) != 0 {
		t.Errorf("told again: %+v", again)
	}
}
