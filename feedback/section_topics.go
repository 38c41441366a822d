package feedback

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"huiyin/nlp"
)

// topicsSection says what customers complained about.
type topicsSection struct{ *mined }

// Name implements Section.
func (topicsSection) Name() string { return "topics" }

const (
	topicsShown = 10
	// topicsLeast is how many messages make a topic worth doing something about first.
	topicsLeast = 3
	quotesShown = 3
	// quoteLeast and quoteMost are the lengths, in runes, between which a quote says something and is still read.
	quoteLeast, quoteMost = 8, 160
)

// Build implements Section.
func (s topicsSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	_, block := topicsBlocks(x.items, x.assigned, p)
	return block, nil
}

// changesSection says what is new or rising, and what went away.
type changesSection struct{ *mined }

// Name implements Section.
func (changesSection) Name() string { return "changes" }

// Build implements Section.
func (s changesSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	block, _ := topicsBlocks(x.items, x.assigned, p)
	return block, nil
}

// gathered is a topic while it is counted.
type gathered struct {
	Topic
	before    int
	items     []int
	group     string
	groupName Text
}

// counted is the complaints of a period and of the one before it.
type counted struct {
	topics                       []*gathered
	total, totalBefore           int // messages
	complaints, complaintsBefore int
	heat                         Heat
}

// count gathers complaints by topic.
func count(items []Item, assigned []Assignment, p Period) counted {
	topics := map[string]*gathered{}
	days, previous := p.Days(), p.Before()
	c := counted{heat: Heat{Title: Say("digest.topics.heat")}}
	for i, it := range items {
		a, now := assigned[i], p.Contains(it.At)
		if !now && !previous.Contains(it.At) {
			continue
		}
		if now {
			c.total++
		} else {
			c.totalBefore++
		}
		if !a.Complaint {
			continue
		}
		if now {
			c.complaints++
			local := it.At.In(p.Zone)
			c.heat.Counts[(int(local.Weekday())+6)%7][local.Hour()]++
		} else {
			c.complaintsBefore++
		}
		if a.Topic == "" {
			continue
		}
		t := topics[a.Topic]
		if t == nil {
			t = &gathered{group: a.Group, groupName: a.GroupName, Topic: Topic{ID: a.Topic, Name: a.Name, Found: a.Found, Words: a.Words, Daily: make([]int, len(days)),
				Languages: map[nlp.Lang]int{}, Channels: map[string]int{}}}
			topics[a.Topic] = t
		}
		if !now {
			t.before++
			continue
		}
		t.add(it, i, dayIndex(days, it.At))
	}
	c.topics = finish(topics, items, c.total, c.totalBefore)
	return c
}

// topicsBlocks are two parts of a digest: what changed, and what customers complained about.
func topicsBlocks(items []Item, assigned []Assignment, p Period) (changes, topics Block) {
	c := count(items, assigned, p)
	changes.Section, topics.Section = "changes", "topics"
	topics.Elements = []Element{shareMetric("digest.topics.complaints", -1, c.complaints, c.total, c.complaintsBefore, c.totalBefore)}
	for i := range c.topics[:min(topicsShown, len(c.topics))] {
		if c.topics[i].Count > 0 {
			topics.Elements = append(topics.Elements, Element{Topic: &c.topics[i].Topic})
		}
	}
	topics.Elements = append(topics.Elements, kindsTable(items, assigned, p))
	if table := aspectsTable(items, assigned, p); table != nil {
		topics.Elements = append(topics.Elements, Element{Table: table})
	}
	days := p.Days()
	changes.Findings = append(topicFindings(c.topics, days, p), groupFindings(c.topics, items, c.totalBefore, days, p)...)
	if !p.Timeless() { // without a week before there is nothing to compare with, and without times no hours
		changes.Elements = changedTables(c.topics)
		if c.complaints > 0 {
			topics.Elements = append(topics.Elements, Element{Heat: &c.heat})
		}
	}
	return changes, topics
}

// kindsTable says how many messages complain, ask, want something done, or praise.
func kindsTable(items []Item, assigned []Assignment, p Period) Element {
	now, before, n, n0 := map[Kind]int{}, map[Kind]int{}, 0, 0
	previous := p.Before()
	for i, it := range items {
		switch {
		case p.Contains(it.At):
			now[assigned[i].Kind]++
			n++
		case previous.Contains(it.At):
			before[assigned[i].Kind]++
			n0++
		}
	}
	table := Table{Title: Say("digest.kinds"), Empty: Say("digest.empty"),
		Columns: []Phrase{Say("digest.col.kind"), Say("digest.col.messages"), Say("digest.col.share"), Say("digest.col.share_before"), Say("digest.col.change")}}
	for _, k := range []Kind{KindComplaint, KindRequest, KindQuestion, KindPraise, KindOther} {
		if now[k] > 0 {
			table.Rows = append(table.Rows, []Cell{phrase("digest.kind." + string(k)), number(float64(now[k]), Count), number(float64(now[k])/float64(n), Share),
				number(float64(before[k])/float64(max(1, n0)), Share), verdict(share(now[k], n, before[k], n0))})
		}
	}
	return Element{Table: &table}
}

// verdict says whether a change is more than noise.
func verdict(c *Change) Cell {
	switch {
	case c == nil:
		return phrase("digest.change.none")
	case c.Real:
		return phrase("digest.change.is_real")
	}
	return phrase("digest.change.is_noise")
}

// aspectsTable says what was praised and what was complained of, clause by clause; nil: nothing was judged.
func aspectsTable(items []Item, assigned []Assignment, p Period) *Table {
	type sides struct {
		name     Text
		good, no int
	}
	all, counts := map[string]*sides{}, map[string]int{}
	for i, it := range items {
		if !p.Contains(it.At) {
			continue
		}
		for _, a := range assigned[i].Aspects {
			if a.Polarity == nlp.Neutral {
				continue
			}
			if all[a.Group] == nil {
				all[a.Group] = &sides{name: a.Name}
			}
			counts[a.Group]++
			if a.Polarity == nlp.Positive {
				all[a.Group].good++
			} else {
				all[a.Group].no++
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	table := Table{Title: Say("digest.aspects"), Empty: Say("digest.empty"),
		Columns: []Phrase{Say("digest.col.aspect"), Say("digest.col.judged"), Say("digest.col.praised"), Say("digest.col.complained")}}
	for _, id := range byCount(counts) {
		s, n := all[id], float64(counts[id])
		table.Rows = append(table.Rows, []Cell{{Name: &s.name}, number(n, Count), number(float64(s.good)/n, Share), number(float64(s.no)/n, Share)})
	}
	return &table
}

// add counts one complaint.
func (t *gathered) add(it Item, index, day int) {
	t.Count++
	t.items = append(t.items, index)
	if day >= 0 {
		t.Daily[day]++
	}
	t.Languages[it.Lang.Base()]++
	t.Channels[it.Channel]++
	if it.Analysis != nil && it.Analysis.Sentiment.Polarity == nlp.Negative {
		t.Negative++
	}
}

// finish compares, quotes and orders the topics.
func finish(topics map[string]*gathered, items []Item, total, totalBefore int) []*gathered {
	var all []*gathered
	var changes []*Change
	for _, t := range topics {
		people := map[string]bool{}
		for _, i := range t.items {
			people[items[i].Contact] = true
		}
		t.People, t.Of = len(people), total
		t.Change = share(t.Count, total, t.before, totalBefore)
		if t.Change != nil {
			changes = append(changes, t.Change)
		}
		t.Quotes = quotes(t, items)
		all = append(all, t)
	}
	discover(changes)
	slices.SortFunc(all, func(a, b *gathered) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// changedTables lists the topics that really rose, and those that really fell.
func changedTables(all []*gathered) []Element {
	var out []Element
	for _, rose := range []bool{true, false} {
		key := "digest.topics.fell"
		if rose {
			key = "digest.topics.rose"
		}
		table := Table{Title: Say(key), Empty: Say(key + "_none"),
			Columns: []Phrase{Say("digest.col.topic"), Say("digest.col.messages"), Say("digest.col.share"), Say("digest.col.share_before")}}
		for _, t := range all {
			if t.Change != nil && t.Change.Real && (t.rate() > t.Change.Before) == rose {
				name := t.Name
				table.Rows = append(table.Rows, []Cell{{Name: &name}, number(float64(t.Count), Count), number(t.rate(), Share), number(t.Change.Before, Share)})
			}
		}
		out = append(out, Element{Table: &table})
	}
	return out
}

func (t *gathered) rate() float64 { return float64(t.Count) / float64(max(1, t.Of)) }

// topicFindings are the sentences for the head of the digest.
func topicFindings(all []*gathered, days []Period, p Period) []Finding {
	var out []Finding
	for _, t := range all {
		if t.Change == nil || !t.Change.Real {
			continue
		}
		extra := float64(t.Count) - t.Change.Before*float64(t.Of)
		values := []any{"topic", t.Name, "n", t.Count, "people", t.People, "share", number(t.rate(), Share), "before", number(t.Change.Before, Share)}
		if extra > 0 {
			t.Since = since(t.Daily, days, p)
			out = append(out,
				Finding{Kind: Worse, Weight: extra, Say: Say("digest.topics.worse", append(values, "since", t.Since)...)},
				Finding{Kind: ToDo, Weight: extra, Say: Say("digest.topics.to_do", "topic", t.Name, "n", t.Count, "people", t.People, "since", t.Since)})
		} else {
			out = append(out, Finding{Kind: Better, Weight: -extra, Say: Say("digest.topics.better", values...)})
		}
	}
	if len(out) == 0 && len(all) > 0 && all[0].Count >= topicsLeast {
		out = append(out, Finding{Kind: ToDo, Weight: float64(all[0].Count) / 2, Say: Say("digest.topics.top", "topic", all[0].Name, "n", all[0].Count)})
	}
	return out
}

// groupFindings says it of a whole group when several of its topics rose: a crisis shows in many words.
func groupFindings(all []*gathered, items []Item, totalBefore int, days []Period, p Period) []Finding {
	groups, rising := map[string]*gathered{}, map[string]int{}
	for _, t := range all {
		if t.group == "" || t.groupName == (Text{}) {
			continue
		}
		g := groups[t.group]
		if g == nil {
			g = &gathered{Topic: Topic{Name: t.groupName, Of: t.Of, Daily: make([]int, len(t.Daily))}}
			groups[t.group] = g
		}
		g.Count, g.before, g.items = g.Count+t.Count, g.before+t.before, append(g.items, t.items...)
		for d, n := range t.Daily {
			g.Daily[d] += n
		}
		if t.Change != nil && t.Change.Real && t.rate() > t.Change.Before {
			rising[t.group]++
		}
	}
	var out []Finding
	for _, id := range byCount(rising) {
		g := groups[id]
		g.Change = share(g.Count, g.Of, g.before, totalBefore)
		if rising[id] < 2 || g.Change == nil || !g.Change.Real {
			continue
		}
		g.Change.Real = true
		people := map[string]bool{}
		for _, i := range g.items {
			people[items[i].Contact] = true
		}
		g.People = len(people)
		out = append(out, topicFindings([]*gathered{g}, days, p)...)
	}
	return out
}

// since is the day on which a topic rose: the split of the period that makes the counts before and after it likeliest as
// two Poisson rates.
func since(daily []int, days []Period, p Period) string {
	best, at := 0.0, 0
	for cut := range daily {
		left, right := sum(daily[:cut]), sum(daily[cut:])
		gain := -rateLogTest(right, len(daily)-cut, left, cut)
		if rises := cut == 0 || float64(right)/float64(len(daily)-cut) > float64(left)/float64(cut); rises && gain > best {
			best, at = gain, cut
		}
	}
	return days[at].Start.In(p.Zone).Format("2006-01-02")
}

func sum(values []int) int {
	total := 0
	for _, v := range values {
		total += v
	}
	return total
}

// Quotes picks messages that stand for all of them and differ from each other, personal data masked.
func Quotes(items []Item) []Quote {
	t := &gathered{}
	for i := range items {
		t.items = append(t.items, i)
	}
	return quotes(t, items)
}

// quotes picks complaints that are typical of a topic and different from each other.
func quotes(t *gathered, items []Item) []Quote {
	type candidate struct {
		item  int
		fit   float64
		grams map[string]bool
	}
	words := append(slices.Clone(t.Words.ZH), t.Words.EN...)
	var all []candidate
	for _, i := range t.items {
		folded := nlp.Fold(items[i].Text)
		length := len([]rune(folded))
		if length < quoteLeast || length > quoteMost {
			continue
		}
		fit := 0.0
		for _, w := range words {
			if strings.Contains(folded, w) {
				fit++
			}
		}
		if a := items[i].Analysis; a != nil {
			fit -= a.Sentiment.Score
		}
		all = append(all, candidate{i, fit, grams(folded)})
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.fit, a.fit) })
	var out []Quote
	var taken []candidate
	for _, c := range all {
		if len(out) == quotesShown {
			break
		}
		it := items[c.item]
		alike := slices.ContainsFunc(taken, func(o candidate) bool {
			return items[o.item].Contact != "" && items[o.item].Contact == it.Contact || overlap(o.grams, c.grams) > 0.4
		})
		if alike {
			continue
		}
		taken = append(taken, c)
		out = append(out, Quote{Text: masked(it.Text, it.Analysis), Lang: it.Lang, ID: it.ID, Conversation: it.Conversation, Channel: it.Channel, At: it.At})
	}
	return out
}

// grams are the pairs of neighbouring runes of a text.
func grams(s string) map[string]bool {
	runes := []rune(s)
	set := make(map[string]bool, len(runes))
	for i := 0; i+1 < len(runes); i++ {
		set[string(runes[i:i+2])] = true
	}
	return set
}

// overlap is the share of the smaller set that the other has too.
func overlap(a, b map[string]bool) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := 0
	for g := range a {
		if b[g] {
			n++
		}
	}
	return float64(n) / float64(max(1, len(a)))
}
