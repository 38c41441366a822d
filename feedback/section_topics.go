package feedback

import (
	"context"
	"maps"
	"slices"
)

// topicsSection says what customers complained about.
type topicsSection struct{ *mined }

// Name implements Section.
func (topicsSection) Name() string { return "topics" }

const (
	topicsShown = 10
	// topicsLeast is how many messages make a topic worth doing something about first.
	topicsLeast = 3
)

// Build implements Section.
func (s topicsSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	block := x.counted.topicsBlock()
	all := 0
	for range x.in(p) {
		all++
	}
	if n := x.counted.total; n > 0 && all > n {
		note := Say("digest.topics.basis", "n", n, "all", all, "others", all-n)
		block.Elements = slices.Insert(block.Elements, 1, Element{Sentence: &note})
	}
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
	return x.counted.changesBlock(), nil
}

// topicsBlock says what customers complained about.
func (c *counted) topicsBlock() Block {
	block := Block{Section: "topics", Elements: []Element{shareMetric("digest.topics.complaints", OfMessages, -1, c.complaints, c.total, c.complaintsBefore, c.totalBefore)}}
	look(block.Elements, "digest.topics.complaints", behindKind+string(KindComplaint))
	if rest := c.rest(); rest != nil {
		block.Elements = append(block.Elements, Element{Sentence: rest})
	}
	for _, t := range c.shown() {
		if t.Count > 0 {
			block.Elements = append(block.Elements, Element{Topic: &t.Topic})
		}
	}
	block.Elements = append(block.Elements, c.kindsTable())
	if table := c.aspectsTable(); table != nil {
		note := Say("digest.aspects.note")
		block.Elements = append(block.Elements, Element{Table: table}, Element{Sentence: &note})
	}
	if !c.period.Timeless() && c.complaints > 0 { // without times there are no hours
		block.Elements = append(block.Elements, Element{Heat: &c.heat})
	}
	return block
}

// rest says how many complaints are about no topic that is shown; nil: none.
func (c *counted) rest() *Phrase {
	shown, smaller := 0, 0
	for i, t := range c.topics {
		if i < topicsShown {
			shown += t.Count
		} else {
			smaller += t.Count
		}
	}
	if shown == c.complaints {
		return nil
	}
	say := Say("digest.topics.rest", "all", c.complaints, "shown", shown, "smaller", smaller, "none", c.complaints-shown-smaller)
	return &say
}

// changesBlock says what is new or rising, and what went away.
func (c *counted) changesBlock() Block {
	block := Block{Section: "changes", Findings: c.findings}
	if c.totalBefore > 0 {
		block.Elements = changedTables(c.topics)
		if table := probableTable(c.topics); table != nil {
			block.Elements = slices.Insert(block.Elements, 1, Element{Table: table})
		}
	}
	for _, t := range c.topics {
		rose := t.Change != nil && t.Change.Real && t.rate() > t.Change.Before
		block.Counts = append(block.Counts, TopicCount{t.ID, t.Name, t.Count, c.total, rose})
	}
	return block
}

// kindsTable says how many messages complain, ask, want something done, or praise.
func (c *counted) kindsTable() Element {
	table := Table{Title: Say("digest.kinds"), Empty: Say("digest.empty"), Columns: []Phrase{Say("digest.col.kind"), Say("digest.col.messages"), Say("digest.col.share")}}
	if c.totalBefore > 0 {
		table.Columns = append(table.Columns, Say("digest.col.share_before"), Say("digest.col.change"))
	}
	for _, k := range []Kind{KindComplaint, KindRequest, KindQuestion, KindPraise, KindOther} {
		if n, n0 := c.kinds[k], c.kindsBefore[k]; n > 0 {
			row := []Cell{phrase("digest.kind." + string(k)), number(float64(n), Count).behind(behindKind + string(k)), ratio(n, c.total)}
			if c.totalBefore > 0 {
				row = append(row, ratio(n0, c.totalBefore), verdict(share(n, c.total, n0, c.totalBefore)))
			}
			table.Rows = append(table.Rows, row)
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
func (c *counted) aspectsTable() *Table {
	if len(c.judged) == 0 {
		return nil
	}
	counts := map[string]int{}
	for id, s := range c.judged {
		counts[id] = s.good + s.bad
	}
	table := Table{Title: Say("digest.aspects"), Empty: Say("digest.empty"),
		Columns: []Phrase{Say("digest.col.aspect"), Say("digest.col.judged"), Say("digest.col.praised"), Say("digest.col.complained"), Say("digest.col.share_complained")}}
	for _, id := range byCount(counts) {
		s, n := c.judged[id], counts[id]
		table.Rows = append(table.Rows, []Cell{{Name: &s.name}, number(float64(n), Count).behind(behindAspect + id), number(float64(s.good), Count).behind(behindPraised + id),
			number(float64(s.bad), Count).behind(behindBlamed + id), ratio(s.bad, n)})
	}
	return &table
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
				table.Rows = append(table.Rows, []Cell{{Name: &name}, number(float64(t.Count), Count).behind(behindTopic + t.ID), ratio(t.Count, t.Of), ratio(t.before, t.Change.BeforeN)})
			}
		}
		out = append(out, Element{Table: &table})
	}
	return out
}

// probableTable lists the topics that probably rose; nil: there are none.
func probableTable(all []*gathered) *Table {
	table := Table{Title: Say("digest.topics.probable"), Empty: Say("digest.topics.rose_none"),
		Columns: []Phrase{Say("digest.col.topic"), Say("digest.col.messages"), Say("digest.col.before"), Say("digest.col.share"), Say("digest.col.share_before")}}
	for _, t := range all {
		if t.Change == nil || !t.Change.Probable {
			continue
		}
		of := func(x, n int) Cell {
			return phrase("digest.topics.x_of_n", "x", number(float64(x), Count), "n", number(float64(n), Count))
		}
		table.Rows = append(table.Rows, []Cell{{Name: &t.Name}, of(t.Count, t.Of).behind(behindTopic + t.ID), of(t.before, t.Change.BeforeN), ratio(t.Count, t.Of), ratio(t.before, t.Change.BeforeN)})
	}
	if len(table.Rows) == 0 {
		return nil
	}
	return &table
}

func (t *gathered) rate() float64 { return float64(t.Count) / float64(max(1, t.Of)) }

// topicFindings are the sentences for the head of the digest.
func (c *counted) topicFindings(all []*gathered) []Finding {
	var out []Finding
	for _, t := range all {
		if t.Change == nil || !t.Change.Real {
			continue
		}
		extra := float64(t.Count) - t.Change.Before*float64(t.Of)
		values := []any{"topic", t.Name, "n", t.Count, "people", t.People, "share", number(t.rate(), Share), "before", number(t.Change.Before, Share)}
		if extra > 0 {
			t.Since = c.since(t)
			worse, toDo := "digest.topics.worse", "digest.topics.to_do"
			if t.People == 0 { // nobody knows who wrote
				worse, toDo = worse+"_unnamed", toDo+"_unnamed"
			}
			out = append(out,
				Finding{Kind: Worse, Weight: extra, Say: Say(worse, append(values, "since", t.Since)...).behind(t.Behind)},
				Finding{Kind: ToDo, Weight: extra, Say: Say(toDo, "topic", t.Name, "n", t.Count, "people", t.People, "since", t.Since)})
		} else {
			out = append(out, Finding{Kind: Better, Weight: -extra, Say: Say("digest.topics.better", values...).behind(t.Behind)})
		}
	}
	for _, t := range all {
		if t.Change != nil && t.Change.Probable {
			x := []any{"topic", t.Name, "x", number(float64(t.Count), Count), "n", number(float64(t.Of), Count),
				"x0", number(float64(t.before), Count), "n0", number(float64(t.Change.BeforeN), Count)}
			out = append(out, Finding{Kind: Probable, Weight: float64(t.Count) - t.Change.Before*float64(t.Of), Say: Say("digest.topics.probably_worse", x...)})
			if !slices.ContainsFunc(out, func(f Finding) bool { return f.Kind == ToDo }) {
				out = append(out, Finding{Kind: ToDo, Weight: float64(t.Count) / 2, Say: Say("digest.topics.look", "topic", t.Name, "n", number(float64(t.Count), Count)).behind(t.Behind)})
			}
		}
	}
	if len(out) == 0 && len(all) > 0 && all[0].Count >= topicsLeast {
		out = append(out, Finding{Kind: ToDo, Weight: float64(all[0].Count) / 2, Say: Say("digest.topics.top", "topic", all[0].Name, "n", all[0].Count).behind(all[0].Behind)})
	}
	return out
}

// groupFindings says it of a whole group when several of its topics rose: a crisis shows in many words.
func (c *counted) groupFindings() []Finding {
	groups, rising := map[string]*gathered{}, map[string]int{}
	for _, t := range c.topics {
		if t.group == "" || t.groupName == (Text{}) {
			continue
		}
		g := groups[t.group]
		if g == nil {
			g = &gathered{Topic: Topic{Name: t.groupName, Of: t.Of, Behind: behindGroup + t.group}, hours: make(hourly, len(t.hours)), people: map[uint64]struct{}{}}
			groups[t.group] = g
		}
		g.Count, g.before = g.Count+t.Count, g.before+t.before
		for hour, n := range t.hours {
			g.hours[hour] += n
		}
		maps.Copy(g.people, t.people)
		if t.Change != nil && t.Change.Real && t.rate() > t.Change.Before {
			rising[t.group]++
		}
	}
	var out []Finding
	for _, id := range byCount(rising) {
		g := groups[id]
		g.Change = share(g.Count, g.Of, g.before, c.totalBefore)
		if rising[id] < 2 || g.Change == nil || !g.Change.Real {
			continue
		}
		if c.named {
			g.People = len(g.people)
		}
		if g.Count == 0 {
			g.Behind = ""
		}
		out = append(out, c.topicFindings([]*gathered{g})...)
	}
	return out
}
