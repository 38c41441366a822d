package feedback

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	days       int // on which she complained
	last       time.Time
	open       bool // nobody has resolved her conversation
	threat     string
	value      *Value // what she bought; nil: nothing that is known
}

// Build implements Section.
func (s riskSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	list, err := x.atRisk(ctx, p)
	if err != nil {
		return Block{}, err
	}
	bought, err := x.worth(ctx, list, p)
	if err != nil {
		return Block{}, err
	}
	wrote := map[string]bool{}
	for r := range x.in(p) {
		wrote[r.contact] = true
	}
	count := Metric{Name: Say("digest.risk.count"), Value: float64(len(list)) / float64(max(1, len(wrote))), Unit: Share, N: len(wrote), Of: OfCustomers, Good: -1, Alone: true} // it looks back three weeks: the week before would have less to look back on
	if len(list) > 0 {
		count.Behind = behindRisk + "all"
	}
	block := Block{Section: "risk", Elements: []Element{{Metric: &count}}}
	mostly := x.mostly(list[:min(riskShown, len(list))], p)
	if bought != nil {
		block.Elements = append(block.Elements, x.tiers(bought, list, wrote)...)
	}
	block.Elements = append(block.Elements, Element{Table: riskTable(list, mostly, bought)})
	if len(list) > 0 {
		high := 0
		for _, r := range list {
			if r.high() {
				high++
			}
		}
		say := Say("digest.risk.to_do", "n", len(list)).behind(behindRisk + "all")
		if high > 0 {
			say = Say("digest.risk.to_do_high", "n", len(list), "high", high).behind(behindRisk + "all")
		}
		block.Findings = []Finding{{Kind: ToDo, Weight: 0.2 * float64(len(list)), Say: say}}
	}
	return block, nil
}

// mostly is what some customers complained about most, by contact; none, when of nothing that is known.
func (x *corpus) mostly(list []*atRisk, p Period) map[string]Text {
	counts, names := map[string]map[string]int{}, map[string]Text{}
	for _, r := range list {
		counts[r.contact] = map[string]int{}
	}
	for i, said := range x.said(Period{End: p.End}) {
		own := counts[said.contact]
		if own == nil {
			continue
		}
		if about := x.about(i); about.Complaint && about.Topic != "" {
			own[about.Topic]++
			names[about.Topic] = about.Name
		}
	}
	out := map[string]Text{}
	for contact, own := range counts {
		if top := byCount(own); len(top) > 0 {
			out[contact] = names[top[0]]
		}
	}
	return out
}

// riskTable lists whom to call first.
func riskTable(list []*atRisk, mostly map[string]Text, bought *bought) *Table {
	table := &Table{Title: Say("digest.risk.table"), Empty: Say("digest.risk.none"), Columns: []Phrase{Say("digest.col.conversation"), Say("digest.col.complaints"),
		Say("digest.col.days"), Say("digest.col.mostly"), Say("digest.col.why")}}
	if bought != nil {
		table.Columns = append(table.Columns, Say("digest.col.value"))
	}
	for _, r := range list[:min(riskShown, len(list))] {
		var about Cell
		if name, known := mostly[r.contact]; known {
			about.Name = &name
		}
		row := []Cell{{Text: string(r.link), Link: r.link}, number(float64(r.complaints), Count).behind(behindComplained + string(r.link)), number(float64(r.days), Count), about, phrase("digest.risk." + r.why())}
		if bought != nil {
			row = append(row, valueCell(r.value))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// valueCell says what a customer bought.
func valueCell(v *Value) Cell {
	if v == nil {
		return phrase("digest.risk.no_orders")
	}
	key := "digest.risk.bought"
	switch {
	case v.High():
		key = "digest.risk.bought_high"
	case v.Recency == 0 || v.Monetary == 0: // too few for fifths
		key = "digest.risk.bought_plain"
	}
	return phrase(key, "n", v.Orders, "sum", Money(v.Cents, v.Currency), "last", v.Last.Format(time.DateOnly), "r", v.Recency, "f", v.Frequency, "m", v.Monetary)
}

// Money is an amount as people read it: 1,234.50 CNY.
func Money(cents int64, currency string) string {
	sign := ""
	if cents < 0 {
		sign, cents = "−", -cents
	}
	whole := strconv.FormatInt(cents/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return strings.TrimSpace(fmt.Sprintf("%s%s.%02d %s", sign, whole, cents%100, currency))
}

// bought is what the week's customers bought.
type bought struct {
	of   map[string]*Value // by contact; of those who were looked up
	all  int               // customers with orders
	high int               // of them, those of high value
}

// isHigh reports whether somebody is of high value.
func (b *bought) isHigh(contact string) bool {
	v := b.of[contact]
	return v != nil && v.High()
}

// worth finds what those who wrote bought, and puts those at risk in the order in which to call them; nil: there are no orders.
func (x *corpus) worth(ctx context.Context, list []*atRisk, p Period) (*bought, error) {
	src, ok := x.src.(OrderSource)
	if !ok {
		return nil, nil
	}
	standing, err := standingAt(ctx, src, p.End, p.Zone)
	if err != nil || standing.Customers == 0 {
		return nil, err
	}
	v := newPurchases(src, standing, yearBefore(p.End, p.Zone))
	b := &bought{of: map[string]*Value{}, all: standing.Customers, high: standing.High}
	var who []string
	ask := func(contact string) {
		if _, known := b.of[contact]; !known {
			b.of[contact] = nil
			who = append(who, contact)
		}
	}
	for _, r := range list {
		ask(r.contact)
	}
	if b.all >= rfmLeast && b.high > 0 { // else nobody is compared: see tiers
		for r := range x.in(p) {
			ask(r.contact)
		}
	}
	found := make([]*Value, len(who))
	err = x.each(ctx, len(who), func(ctx context.Context, i int) (err error) {
		found[i], err = v.of(ctx, who[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, contact := range who {
		b.of[contact] = found[i]
	}
	for _, r := range list {
		r.value = b.of[r.contact]
	}
	slices.SortFunc(list, (*atRisk).first)
	return b, nil
}

// tiers say how many of high value are at risk, against the others who wrote; not of fewer than five.
func (x *corpus) tiers(b *bought, list []*atRisk, wrote map[string]bool) []Element {
	note := Say("digest.risk.method", "n", b.all, "high", b.high, "days", rfmDays)
	if b.all < rfmLeast {
		note = Say("digest.risk.few_orders", "n", b.all, "least", rfmLeast)
		return []Element{{Sentence: &note}}
	}
	var n, risk [2]int // others, high
	place := func(contact string) int {
		if b.isHigh(contact) {
			return 1
		}
		return 0
	}
	for contact := range wrote {
		n[place(contact)]++
	}
	for _, r := range list {
		risk[place(r.contact)]++
	}
	if n[1] < groupLeast || n[0] < groupLeast {
		return []Element{{Sentence: &note}}
	}
	difference := share(risk[1], n[1], risk[0], n[0])
	difference.P = fisher(risk[1], n[1], risk[0], n[0])
	difference.Real = difference.P <= noise
	table := &Table{Title: Say("digest.risk.tiers"), Columns: []Phrase{Say("digest.col.tier"), Say("digest.col.wrote"), Say("digest.col.at_risk"), Say("digest.col.share"), Say("digest.col.against_others")},
		Rows: [][]Cell{
			{phrase("digest.risk.tier_high"), number(float64(n[1]), Count).behind(behindWrote + "high"), number(float64(risk[1]), Count).behind(behindRisk + "high"), ratio(risk[1], n[1]), differs(difference)},
			{phrase("digest.risk.tier_others"), number(float64(n[0]), Count).behind(behindWrote + "others"), number(float64(risk[0]), Count).behind(behindRisk + "others"), ratio(risk[0], n[0]), {Text: "–"}},
		}}
	return []Element{{Sentence: &note}, {Table: table}}
}

// differs says whether two groups differ by more than chance.
func differs(c *Change) Cell {
	if c.Real {
		return phrase("digest.against.real")
	}
	return phrase("digest.against.noise")
}

// why is the strongest reason to be on the list.
func (r *atRisk) why() string {
	switch {
	case r.threat != "":
		return r.threat
	case r.open && r.days > 1:
		return "again_open"
	case r.open:
		return "open"
	}
	return "again"
}

// first orders the list as the to-do says: whoever threatens, then who is of high value, then open and repeated complaints.
func (r *atRisk) first(other *atRisk) int {
	return cmp.Or(before(r.threat != "", other.threat != ""), before(r.high(), other.high()), cmp.Compare(other.weight(), r.weight()),
		r.last.Compare(other.last), cmp.Compare(r.contact, other.contact))
}

// before puts what is so before what is not.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func (r *atRisk) high() bool { return r.value != nil && r.value.High() }

// weight is how much and how long somebody complains, and that nobody has solved it.
func (r *atRisk) weight() int {
	w := r.complaints + 3*r.days
	if r.open {
		w += 5
	}
	return w
}

// atRisk finds the customers who complained within the period, and looks at the two before it too.
func (x *corpus) atRisk(ctx context.Context, p Period) ([]*atRisk, error) {
	all := map[string]*atRisk{}
	for i, said := range x.said(Period{End: p.End}) {
		if !x.about(i).Complaint {
			continue
		}
		r := all[said.contact]
		if r == nil {
			r = &atRisk{contact: said.contact}
			all[said.contact] = r
		}
		r.complaints++
		if at := said.at.In(p.Zone); r.days == 0 || at.YearDay() != r.last.YearDay() || at.Year() != r.last.Year() {
			r.days++
		}
		r.last, r.link = said.at.In(p.Zone), bot.ConversationID(said.conversation)
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
		if p.Contains(r.last) && (r.threat != "" || r.complaints >= riskLeast) {
			list = append(list, r)
		}
	}
	if err := x.findOpen(ctx, list); err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(r *atRisk) bool { return r.threat == "" && !r.open && r.days <= 1 })
	slices.SortFunc(list, (*atRisk).first)
	return list, nil
}

// findOpen looks up whose conversations nobody has resolved.
func (x *corpus) findOpen(ctx context.Context, list []*atRisk) error {
	return x.each(ctx, len(list), func(ctx context.Context, i int) error {
		last, err := x.conversation(ctx, list[i].link)
		list[i].open = last.Status != bot.StatusResolved
		return err
	})
}
