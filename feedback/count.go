package feedback

import (
	"cmp"
	"maps"
	"slices"

	"huiyin/nlp"
)

// counted is the complaints of a period and of the one before it, message by message; it keeps no messages but the
// candidates for quotes.
type counted struct {
	period, previous             Period
	days                         []Period
	quoted                       bool // messages are kept to be quoted
	named                        bool // it is known who wrote them
	total, totalBefore           int  // messages
	complaints, complaintsBefore int
	hours                        hourly // all messages
	heat                         Heat
	kinds, kindsBefore           map[Kind]int
	judged                       map[string]*sides // by group
	byID                         map[string]*gathered
	topics                       []*gathered // the most frequent first; after finish
	findings                     []Finding   // after finish
}

// gathered is a topic while it is counted.
type gathered struct {
	Topic
	before    int
	hours     hourly
	group     string
	groupName Text
	people    map[uint64]struct{}
	quotes    *quotable
}

// sides are how many praised something and how many complained of it.
type sides struct {
	name      Text
	good, bad int
}

func newCounted(p Period) *counted {
	return &counted{quoted: true, named: true, period: p, previous: p.Before(), days: p.Days(), hours: hoursOf(p), heat: Heat{Title: Say("digest.topics.heat"), Behind: behindHour + "complaints"},
		kinds: map[Kind]int{}, kindsBefore: map[Kind]int{}, judged: map[string]*sides{}, byID: map[string]*gathered{}}
}

// add counts the next message.
func (c *counted) add(it Item, a Assignment) {
	switch {
	case c.period.Contains(it.At):
		c.total++
		c.hours.add(c.period, it.At)
		c.kinds[a.Kind]++
		c.judge(a.Aspects)
	case c.previous.Contains(it.At):
		c.totalBefore++
		c.kindsBefore[a.Kind]++
		if a.Complaint {
			c.complaintsBefore++
			if a.Topic != "" {
				c.topic(a).before++
			}
		}
		return
	default:
		return
	}
	if !a.Complaint {
		return
	}
	c.complaints++
	local := it.At.In(c.period.Zone)
	c.heat.Counts[(int(local.Weekday())+6)%7][local.Hour()]++
	if a.Topic != "" {
		t := c.topic(a)
		t.add(it, dayIndex(c.days, it.At))
		t.hours.add(c.period, it.At)
		if c.quoted {
			t.quotes.add(it, a)
		}
	}
}

// shown are the topics that people read about; after finish has put them in order.
func (c *counted) shown() []*gathered { return c.topics[:min(topicsShown, len(c.topics))] }

func (c *counted) judge(list []Aspect) {
	for _, a := range list {
		if a.Polarity == nlp.Neutral {
			continue
		}
		s := c.judged[a.Group]
		if s == nil {
			s = &sides{name: a.Name}
			c.judged[a.Group] = s
		}
		if a.Polarity == nlp.Positive {
			s.good++
		} else {
			s.bad++
		}
	}
}

func (c *counted) topic(a Assignment) *gathered {
	t := c.byID[a.Topic]
	if t == nil {
		t = &gathered{group: a.Group, groupName: a.GroupName, hours: make(hourly, len(c.hours)), people: map[uint64]struct{}{}, quotes: newQuotable(a.Words),
			Topic: Topic{ID: a.Topic, Behind: behindTopic + a.Topic, Name: a.Name, Found: a.Found, Words: a.Words, Daily: make([]int, len(c.days)), Languages: map[nlp.Lang]int{}, Channels: map[string]int{}}}
		c.byID[a.Topic] = t
	}
	return t
}

// add counts one complaint.
func (t *gathered) add(it Item, day int) {
	t.Count++
	if day >= 0 {
		t.Daily[day]++
	}
	t.Languages[it.Lang.Base()]++
	t.Channels[it.Channel]++
	if it.Analysis != nil && it.Analysis.Sentiment.Polarity == nlp.Negative {
		t.Negative++
	}
	t.people[hashed(it.Contact)] = struct{}{}
}

// told are the counts of a topic's messages by an attribute, groups too small to be told of left out; nil: of several groups fewer
// than two are left.
func told[K comparable](count map[K]int) map[K]int {
	if len(count) < 2 {
		return count
	}
	shown := maps.Clone(count)
	maps.DeleteFunc(shown, func(_ K, n int) bool { return n < groupLeast })
	if len(shown) < 2 {
		return nil
	}
	return shown
}

// hashed stands for a name where only different ones are counted (FNV-1a, 64 bits).
func hashed(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// probableLeast is how many messages a topic needs for a rise that may be noise to be told of.
const probableLeast = 5

// finish compares, quotes and orders the topics, and says what of them matters. Nothing is changed after it.
func (c *counted) finish() {
	var changes []comparison
	for _, t := range c.byID {
		t.People, t.Of = len(t.people), c.total
		t.Change = share(t.Count, c.total, t.before, c.totalBefore)
		if t.Change != nil {
			changes = append(changes, comparison{t.Change, leastFisher(t.Count+t.before, c.total, c.totalBefore), t.Count >= probableLeast && t.rate() > t.Change.Before})
		}
		if t.People < groupLeast {
			t.Languages, t.Channels = nil, nil
		}
		t.Languages, t.Channels = told(t.Languages), told(t.Channels)
		if !c.named {
			t.People = 0
		}
		if t.Count == 0 {
			t.Behind = ""
		}
		c.topics = append(c.topics, t)
	}
	discoverCounts(changes)
	slices.SortFunc(c.topics, func(a, b *gathered) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID))
	})
	for _, t := range c.shown() {
		t.Quotes = t.quotes.pick()
	}
	c.findings = append(c.topicFindings(c.topics), c.groupFindings()...)
}
