package feedback

import (
	"context"
	"slices"
	"strings"
)

// behindRisk finds customers, each with what she wrote last in the period: those at risk, those who wrote; or what one at risk complained
// of, in the period and the two before it.
func (x *corpus) behindRisk(ctx context.Context, p Period, kind, which string) (page, error) {
	list, err := x.atRisk(ctx, p)
	if err != nil {
		return page{}, err
	}
	if kind == behindComplained {
		return x.behindComplaints(p, list, which)
	}
	bought, err := x.worth(ctx, list, p)
	if err != nil {
		return page{}, err
	}
	if !slices.Contains([]string{"all", "high", "others"}, which) || which != "all" && bought == nil || which == "all" && kind == behindWrote {
		return page{}, noNumber(kind + which)
	}
	people := map[string]bool{}
	for _, r := range list {
		people[r.contact] = true
	}
	last := map[string]*row{}
	for r := range x.in(p) {
		if (kind == behindWrote || people[r.contact]) && (which == "all" || bought.isHigh(r.contact) == (which == "high")) && (r.spoken || last[r.contact] == nil) {
			last[r.contact] = r
		}
	}
	out := page{what: Say("digest.behind." + strings.TrimSuffix(kind, "/") + "_" + which), say: "digest.behind.customers"}
	for _, r := range last {
		out.quotes = append(out.quotes, quoteOf(r.item()))
	}
	slices.SortFunc(out.quotes, func(a, b Quote) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// behindComplaints finds what the customer at risk whose last complaint stands in a conversation complained of.
func (x *corpus) behindComplaints(p Period, list []*atRisk, conversation string) (page, error) {
	i := slices.IndexFunc(list, func(r *atRisk) bool { return string(r.link) == conversation })
	if i < 0 {
		return page{}, noNumber(behindComplained + conversation)
	}
	out := page{what: Say("digest.behind.of_customer"), say: "digest.behind.messages"}
	for k, r := range x.said(Period{End: p.End}) {
		if r.contact == list[i].contact && x.about(k).Complaint {
			out.quotes = append(out.quotes, quoteOf(r.item()))
		}
	}
	return out, nil
}
