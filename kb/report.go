package kb

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"huiyin/internal/printable"
)

// Words fills a sentence of a catalogue, in one language, from name, value, …; kb's keys begin with "kb.".
type Words func(key string, pairs ...any) string

// WriteGapClusters writes clusters of unanswered questions, each with up to five of its questions and those that may ask for the same.
func WriteGapClusters(w io.Writer, words Words, clusters []GapCluster) error {
	const shown = 5
	var b strings.Builder
	at := map[string]int{}
	for i, c := range clusters {
		for _, g := range c.Gaps {
			at[g.ID] = i
		}
	}
	for i, c := range clusters {
		fmt.Fprintf(&b, "%d. %s  (%s · %s)\n", i+1, printable.Line(c.Question), words("kb.gaps.people", "n", c.People), words("kb.gaps.questions", "n", len(c.Gaps)))
		said := []string{c.Question}
		for _, g := range c.Gaps {
			if slices.Contains(said, g.Question) {
				continue
			}
			if said = append(said, g.Question); len(said) > 1+shown {
				break
			}
			fmt.Fprintf(&b, "     %s\n", printable.Line(g.Question))
		}
		for _, id := range c.Near {
			if j, known := at[id]; known && j > i { // every two of them once
				fmt.Fprintf(&b, "     %s\n", words("kb.gaps.maybe.row", "row", j+1, "question", printable.Line(clusters[j].Question)))
			}
		}
	}
	if len(clusters) == 0 {
		fmt.Fprintln(&b, words("kb.gaps.none"))
	}
	return write(w, b.String())
}

// WriteRehearsal writes what an edit would change: golden questions first, then the real ones.
func WriteRehearsal(w io.Writer, words Words, r Rehearsal) error {
	var b strings.Builder
	fmt.Fprintln(&b, words("kb.rehearsal.asked", "golden", r.Golden, "asked", r.Asked))
	for _, group := range []struct {
		key  string
		list []GoldenChange
	}{{"broken", r.Broken}, {"weaker", r.Weaker}, {"better", r.Better}} {
		if len(group.list) > 0 {
			fmt.Fprintln(&b, words("kb.rehearsal."+group.key, "n", len(group.list)))
		}
		for _, c := range group.list {
			fmt.Fprintf(&b, "  %s (%s)\n     %s → %s\n", printable.Line(c.Question), c.Root, words("kb.reach."+c.Before.String()), printable.Line(c.Outcome.Say(words)))
		}
	}
	switch {
	case len(r.Changed) > 0:
		fmt.Fprintln(&b, words("kb.rehearsal.changed", "n", len(r.Changed)))
	case r.Golden+r.Asked == 0:
		fmt.Fprintln(&b, words("kb.rehearsal.nothing"))
	case r.Asked > 0 || len(r.Broken)+len(r.Weaker)+len(r.Better) == 0:
		fmt.Fprintln(&b, words("kb.rehearsal.none"))
	}
	for _, c := range r.Changed {
		fmt.Fprintf(&b, "  %s: %s\n     %s → %s\n", words("kb.change."+string(c.Kind)), printable.Line(c.Question), printable.Line(c.Before.Say(words)), printable.Line(c.After.Say(words)))
	}
	return write(w, b.String())
}

// Say is what a customer gets, in a few words.
func (o Outcome) Say(words Words) string {
	var names []string
	for _, c := range o.Shown {
		names = append(names, string(c.Article))
	}
	switch {
	case o.Human:
		return words("kb.outcome.human")
	case o.Decision == DecideAnswer && len(names) > 0:
		return strings.Join(names, " + ")
	case o.Decision == DecideAnswer && o.Intent != "":
		return words("kb.outcome.intent", "name", o.Intent)
	case o.Decision == DecideAnswer:
		return words("kb.outcome.talk")
	case o.Decision == DecideClarify:
		for _, c := range o.Choices {
			names = append(names, cmp.Or(c.Title, string(c.Root), c.Intent))
		}
		return words("kb.outcome.clarify") + " " + strings.Join(names, " · ")
	}
	return words("kb.outcome.nothing")
}

// write writes text for people, without what a terminal would obey: articles and questions come from outside.
func write(w io.Writer, text string) error {
	if _, err := io.WriteString(w, printable.Text(text)); err != nil {
		return fmt.Errorf("kb: write: %w", err)
	}
	return nil
}
