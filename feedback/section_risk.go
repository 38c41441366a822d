package feedback

import (
	"cmp"
	"context"
	"slices"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// riskSection lists customers who may leave: they complain again, nothing is solved, or they say so. It shows
// conversations, not names: those are for whoever may open them.
type riskSection struct{ *mined }

// Name implements Section.
func (riskSection) Name() string { return "risk" }

const (
	riskShown = 10
	// riskLeast is how many complaints within three weeks put a customer on the list.
	riskLeast = 3
)

// atRisk is one customer.
type atRisk struct {
	contact    string
	link       bot.ConversationID
	complaints int
	days       map[string]bool
	last       time.Time
	open       bool // nobody has resolved her conversation
	threat     string
	topics     map[string]int
	names      map[string]Text
}

// Build implements Section.
func (s riskSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	table := Table{Title: Say("digest.risk.table"), Empty: Say("digest.risk.none"), Columns: []Phrase{Say("digest.col.conversation"), Say("digest.col.complaints"),
		Say("digest.col.days"), Say("digest.col.mostly"), Say("digest.col.why")}}
	list, err := x.atRisk(ctx, p)
	if err != nil {
		return Block{}, err
	}
	for _, r := range list[:min(riskShown, len(list))] {
		var about Cell
		if top := byCount(r.topics); len(top) > 0 {
			name := r.names[top[0]]
			about.Name = &name
		}
		table.Rows = append(table.Rows, []Cell{{Text: string(r.link), Link: r.link}, number(float64(r.complaints), Count), number(float64(len(r.days)), Count), about, phrase("digest.risk." + r.why())})
	}
	block := Block{Section: "risk", Elements: []Element{{Metric: &Metric{Name: Say("digest.risk.count"), Value: float64(len(list)), Unit: Count, N: len(list), Good: -1}}, {Table: &table}}}
	if len(list) > 0 {
		block.Findings = []Finding{{Kind: ToDo, Weight: 0.2 * float64(len(list)), Say: Say("digest.risk.to_do", "n", len(list))}}
	}
	return block, nil
}

// why is the strongest reason to be on the list.
func (r *atRisk) why() string {
	switch {
	case r.threat != "":
		return r.threat
	case r.open && len(r.days) > 1:
		return "again_open"
	case r.open:
		return "open"
	}
	return "again"
}

// weight orders the list: whoever threatens first, then open and repeated complaints.
func (r *atRisk) weight() int {
	w := r.complaints + 3*len(r.days)
	if r.open {
		w += 5
	}
	if r.threat != "" {
		w += 20
	}
	return w
}

// atRisk finds the customers who complained within the period, and looks at the two before it too.
func (x *corpus) atRisk(ctx context.Context, p Period) ([]*atRisk, error) {
	all := map[string]*atRisk{}
	for i, said := range x.spoken {
		about := x.about(i)
		if !about.Complaint || !said.at.Before(p.End) {
			continue
		}
		r := all[said.contact]
		if r == nil {
			r = &atRisk{contact: said.contact, days: map[string]bool{}, topics: map[string]int{}, names: map[string]Text{}}
			all[said.contact] = r
		}
		r.complaints++
		r.days[said.at.In(p.Zone).Format("2006-01-02")] = true
		r.last, r.link = said.at, bot.ConversationID(said.conversation)
		if t := about.Topic; t != "" {
			r.topics[t]++
			r.names[t] = about.Name
		}
		if p.Contains(said.at) {
			switch {
			case slices.Contains(said.flags, nlp.FlagLegal):
				r.threat = "legal"
			case slices.Contains(said.flags, nlp.FlagChurn) && r.threat == "":
				r.threat = "churn"
			}
		}
	}
	var list []*atRisk
	for _, r := range all {
		if !p.Contains(r.last) || r.threat == "" && r.complaints < riskLeast {
			continue
		}
		last, err := x.conversation(ctx, r.link)
		if err != nil {
			return nil, err
		}
		r.open = last.Status != bot.StatusResolved
		if r.threat != "" || r.open || len(r.days) > 1 {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *atRisk) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), a.last.Compare(b.last), cmp.Compare(a.contact, b.contact))
	})
	return list, nil
}
