package feedback

import (
	"context"

	"huiyin/bot"
)

// loopSection says what was done about what digests before had found, and what became of the topics.
type loopSection struct {
	*mined
	tasks TaskStore // nil: there are none
}

// Name implements Section.
func (loopSection) Name() string { return "loop" }

// Build implements Section.
func (s loopSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	block := Block{Section: "loop"}
	if s.tasks != nil {
		table, err := s.done(ctx, x, p)
		if err != nil {
			return Block{}, err
		}
		block.Elements = append(block.Elements, Element{Table: table})
	}
	if x.earlier.total > 0 { // else nothing could rise
		block.Elements = append(block.Elements, Element{Table: x.rose(p)})
	}
	return block, nil
}

// done lists the tasks of weeks before that are not over, or were closed since the week before this one began.
func (s loopSection) done(ctx context.Context, x corpus, p Period) (*Table, error) {
	tasks, err := s.tasks.Tasks(ctx)
	if err != nil {
		return nil, err
	}
	now := x.byTopic()
	table := Table{Title: Say("digest.tasks"), Empty: Say("digest.tasks.none"), Columns: []Phrase{Say("digest.col.topic"), Say("digest.col.week"),
		Say("digest.col.owner"), Say("digest.col.state"), Say("digest.col.share_then"), Say("digest.col.this_week"), Say("digest.col.since")}}
	for _, t := range tasks {
		if !t.followed(p) || t.State.Over() && t.Closed.Before(p.Before().Start) {
			continue
		}
		t.Latest = Tally{Week: p.Name(), Of: x.counted.total}
		if n := now[t.Topic]; n != nil {
			t.Latest.Count = n.Count
		}
		name, owner := t.Name, phrase("digest.task.nobody")
		if t.Owner != "" {
			owner = Cell{Text: s.called(ctx, t.Owner)}
		}
		table.Rows = append(table.Rows, []Cell{{Name: &name}, {Text: t.Week}, owner, phrase("digest.task." + string(t.State)),
			ratio(t.Found.Count, t.Found.Of), ratio(t.Latest.Count, t.Latest.Of).behind(behindTopic + t.Topic), phrase("digest.loop." + t.became())})
	}
	return &table, nil
}

// called is an agent's name, where the store of tasks knows agents.
func (s loopSection) called(ctx context.Context, id bot.AgentID) string {
	if staff, ok := s.tasks.(interface {
		Agent(ctx context.Context, id bot.AgentID) (bot.Agent, error)
	}); ok {
		if a, err := staff.Agent(ctx, id); err == nil && a.Name != "" {
			return a.Name
		}
	}
	return string(id)
}

// became says in a word what happened to a task's topic.
func (t Task) became() string {
	switch e := t.Effect(); {
	case e == nil || !e.Real:
		return "same"
	case t.Latest.Share() < e.Before:
		return "better"
	}
	return "worse"
}

// Became says what happened to the task's topic since: better, worse, same, or none when it is too early to say.
func (t Task) Became() string {
	if t.Effect() == nil {
		return "none"
	}
	return t.became()
}

// rose lists the topics that rose in the week before, and what became of them.
func (x *corpus) rose(p Period) *Table {
	now := x.byTopic()
	table := Table{Title: Say("digest.loop.table"), Empty: Say("digest.loop.none"), Columns: []Phrase{Say("digest.col.topic"), Say("digest.col.week_before_last"),
		Say("digest.col.last_week"), Say("digest.col.this_week"), Say("digest.col.since")}}
	for _, t := range x.earlier.topics {
		if t.Change == nil || !t.Change.Real || t.rate() <= t.Change.Before {
			continue
		}
		name, state := t.Name, "digest.loop.same"
		rate := ratio(0, x.counted.total)
		if n := now[t.ID]; n != nil {
			rate = ratio(n.Count, x.counted.total)
			if n.Change != nil && n.Change.Real && n.rate() < n.Change.Before {
				state = "digest.loop.better"
			} else if n.Change != nil && n.Change.Real {
				state = "digest.loop.worse"
			}
		}
		table.Rows = append(table.Rows, []Cell{{Name: &name}, ratio(t.before, t.Change.BeforeN), ratio(t.Count, t.Of), rate.behind(behindTopic + t.ID), phrase(state)})
	}
	return &table
}

func (x *corpus) byTopic() map[string]*gathered {
	now := map[string]*gathered{}
	for _, t := range x.counted.topics {
		now[t.ID] = t
	}
	return now
}
