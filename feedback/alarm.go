package feedback

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Watch counts what customers write about, hour by hour, and says when a topic has more of it than usual. It holds counts,
// never texts. It is not safe for concurrent use.
type Watch struct {
	hours     map[int64]*hourCount // by hours since 1970
	end       int64                // the newest hour, the last of the day
	day, past hourCount            // the 24 hours up to it, and the four weeks before those
	told      map[string]time.Time // topic → when an alarm was last raised
}

// hourCount is one hour's messages.
type hourCount struct {
	all    int
	topics map[string]int
}

// add counts another's messages, or takes them away.
func (c *hourCount) add(o *hourCount, by int) {
	if o == nil {
		return
	}
	c.all += by * o.all
	for t, n := range o.topics {
		if c.topics[t] += by * n; c.topics[t] == 0 {
			delete(c.topics, t)
		}
	}
}

// Alarm is a topic that has far more messages than usual.
type Alarm struct {
	Topic  string  // its ID
	Count  int     // messages within the last day
	Of     int     // all messages within the last day
	Before float64 // its usual share of messages
	P      float64 // probability of so many by chance alone
}

const (
	// watchDay is the window that is looked at, watchPast what it is compared with.
	watchDay, watchPast = 24, 28 * 24
	// watchLevel is the level of one look over all topics together (Benjamini and Hochberg). A week has 168 looks at windows
	// that overlap; at this level fewer than one quiet week in twenty raises any alarm, as a simulation shows
	// (TestQuietWeeksRaiseNoAlarm).
	watchLevel = 0.001
	// watchLeast is how many messages of a topic within a day may raise an alarm, watchBase how many messages of the past are
	// needed to know what is usual.
	watchLeast, watchBase = 5, 200
	// watchRest is how long a topic that raised an alarm raises no other.
	watchRest = 48 * time.Hour
	// watchRise is by how much a topic has to exceed its usual share, so that what is real but small disturbs nobody.
	watchRise = 1.5
)

// NewWatch makes an empty Watch.
func NewWatch() *Watch {
	return &Watch{hours: map[int64]*hourCount{}, told: map[string]time.Time{}, day: hourCount{topics: map[string]int{}}, past: hourCount{topics: map[string]int{}}}
}

// Add counts a message; topic may be empty. What is older than the four weeks is not counted.
func (w *Watch) Add(at time.Time, topic string) {
	h := at.Unix() / 3600
	w.roll(h)
	into := &w.day
	switch age := w.end - h; {
	case age >= watchDay+watchPast:
		return
	case age >= watchDay:
		into = &w.past
	}
	if w.hours[h] == nil {
		w.hours[h] = &hourCount{topics: map[string]int{}}
	}
	for _, c := range []*hourCount{w.hours[h], into} {
		c.all++
		if topic != "" {
			c.topics[topic]++
		}
	}
}

// roll moves the windows on to an hour; never back.
func (w *Watch) roll(to int64) {
	if len(w.hours) == 0 {
		w.end = max(w.end, to)
	}
	for ; w.end < to; w.end++ {
		leaves, forgotten := w.end+1-watchDay, w.end+1-watchDay-watchPast
		w.day.add(w.hours[leaves], -1)
		w.past.add(w.hours[leaves], 1)
		w.past.add(w.hours[forgotten], -1)
		delete(w.hours, forgotten)
	}
}

// Look compares the 24 hours before now with the four weeks before those: given how many messages there were in both,
// the share of each topic is tested exactly. Weekdays and hours with more messages have more of every topic and raise
// nothing. What a topic of so few messages could never show takes no part.
func (w *Watch) Look(now time.Time) []Alarm {
	w.roll(now.Unix() / 3600)
	x, x0, n, n0 := w.day.topics, w.past.topics, w.day.all, w.past.all
	if n0 < watchBase {
		return nil
	}
	var all []Alarm
	var changes []*Change
	p := float64(n) / float64(n+n0)
	for t, k := range x {
		if float64(k+x0[t])*math.Log(p) > math.Log(watchLevel) { // even if all were of today, chance explains it
			continue
		}
		a := Alarm{Topic: t, Count: k, Of: n, Before: float64(x0[t]) / float64(n0), P: 1}
		total := float64(k + x0[t])
		if float64(k) > total*p+2*math.Sqrt(total*p*(1-p)) { // within two deviations no count is significant: any large P does
			a.P = upperTail(k, k+x0[t], p)
		}
		all = append(all, a)
		changes = append(changes, &Change{P: a.P})
	}
	discoverAt(changes, watchLevel)
	var out []Alarm
	for i, a := range all {
		told, before := w.told[a.Topic]
		big := a.Count >= watchLeast && float64(a.Count) >= watchRise*a.Before*float64(n)
		if changes[i].Real && big && !(before && now.Sub(told) < watchRest) {
			w.told[a.Topic] = now
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b Alarm) int { return cmp.Or(cmp.Compare(a.P, b.P), cmp.Compare(a.Topic, b.Topic)) })
	return out
}

// upperTail is the probability of x or more successes in n tries with probability p.
func upperTail(x, n int, p float64) float64 {
	if x <= 0 {
		return 1
	}
	if p <= 0 || p >= 1 {
		return 1
	}
	sum := 0.0
	for k := x; k <= n; k++ {
		term := math.Exp(logBinomial(k, n, p))
		sum += term
		if float64(k) > float64(n)*p && term < sum*1e-12 {
			break
		}
	}
	return math.Min(1, sum)
}
