package feedback

import "context"

// loopSection says what became of the topics that rose in the week before.
type loopSection struct{ *mined }

// Name implements Section.
func (loopSection) Name() string { return "loop" }

// Build implements Section.
func (s loopSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	now := map[string]*gathered{}
	for _, t := range x.counted.topics {
		now[t.ID] = t
	}
	table := Table{Title: Say("digest.loop.table"), Empty: Say("digest.loop.none"), Columns: []Phrase{Say("digest.col.topic"), Say("digest.col.week_before_last"),
		Say("digest.col.last_week"), Say("digest.col.this_week"), Say("digest.col.since")}}
	for _, t := range x.count(p.Before()).topics {
		if t.Change == nil || !t.Change.Real || t.rate() <= t.Change.Before {
			continue
		}
		name, state := t.Name, "digest.loop.same"
		rate := 0.0
		if n := now[t.ID]; n != nil {
			rate = n.rate()
			if n.Change != nil && n.Change.Real && rate < n.Change.Before {
				state = "digest.loop.better"
			} else if n.Change != nil && n.Change.Real {
				state = "digest.loop.worse"
			}
		}
		table.Rows = append(table.Rows, []Cell{{Name: &name}, number(t.Change.Before, Share), number(t.rate(), Share), number(rate, Share), phrase(state)})
	}
	return Block{Section: "loop", Elements: []Element{{Table: &table}}}, nil
}
