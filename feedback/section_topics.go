package feedback

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"huiyin/bot"
	"huiyin/nlp"
)

// topicsSection says what customers complained about, and what of it changed.
type topicsSection struct{ topics Topics }

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
	channels, err := channelsOf(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	var items []Item
	for m, err := range src.MessagesBetween(ctx, p.Before().Start, p.End) {
		if err != nil {
			return Block{}, err
		}
		if m.Direction == bot.Incoming && m.Pressed == "" && m.Text != "" {
			items = append(items, Item{ID: string(m.ID), Conversation: m.Conversation, Contact: string(m.Conversation),
				Channel: channels[m.Conversation], Lang: m.Lang, Text: m.Text, At: m.At, Analysis: m.Analysis})
		}
	}
	assigned, err := s.topics.Assign(ctx, items)
	if err != nil {
		return Block{}, err
	}
	return topicsBlock(items, assigned, p), nil
}

// gathered is a topic while it is counted.
type gathered struct {
	Topic
	before    int
	items     []int
	group     string
	groupName Text
}

// topicsBlock counts complaints by topic in the period and in the one before it.
func topicsBlock(items []Item, assigned []Assignment, p Period) Block {
	topics := map[string]*gathered{}
	days, previous := p.Days(), p.Before()
	total, totalBefore, complaints, complaintsBefore := 0, 0, 0, 0
	for i, it := range items {
		a, now := assigned[i], p.Contains(it.At)
		if !now && !previous.Contains(it.At) {
			continue
		}
		if now {
			total++
		} else {
			totalBefore++
		}
		if !a.Complaint {
			continue
		}
		if now {
			complaints++
		} else {
			complaintsBefore++
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
	all := finish(topics, items, total, totalBefore)
	block := Block{Section: "topics", Elements: []Element{
		shareMetric("digest.topics.complaints", -1, complaints, total, complaintsBefore, totalBefore),
	}}
	if !p.Timeless() { // without a week before there is nothing to compare with
		block.Elements = append(block.Elements, changedTables(all)...)
	}
	for i := range all[:min(topicsShown, len(all))] {
		if all[i].Count > 0 {
			block.Elements = append(block.Elements, Element{Topic: &all[i].Topic})
		}
	}
	block.Findings = append(topicFindings(all, days, p), groupFindings(all, items, totalBefore, days, p)...)
	return block
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
				Finding{Kind: ToDo, Weight: extra, Say: Say("digest.topics.to_do", "topic", t.Name, "n", t.Count)})
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
