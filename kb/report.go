package kb

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"huiyin/internal/printable"
)

// Words fills a sentence of a catalogue, in one language, from name, value, …; kb's keys begin with "kb.".
type Words func(key string, pairs ...any) string

// Say is what was found, in a sentence.
func (f Finding) Say(words Words) string {
	reason := f.Reason
	if reason == "" {
		reason = "unreachable"
	}
	pairs := []any{"detail", f.Detail, "a", "", "b", "", "reason", words("kb.web." + reason)}
	for i, id := range f.Articles[:min(2, len(f.Articles))] {
		pairs[3+2*i] = string(id)
	}
	return words("kb.find."+string(f.Kind)+".text", pairs...)
}

// WriteFindings writes what Check found: each kind with what to do, then one finding a line.
func WriteFindings(w io.Writer, words Words, findings []Finding) error {
	var b strings.Builder
	var kinds []FindingKind
	for _, f := range findings {
		if !slices.Contains(kinds, f.Kind) {
			kinds = append(kinds, f.Kind)
		}
	}
	for i, kind := range kinds {
		if i > 0 {
			b.WriteString("\n")
		}
		key := "kb.find." + string(kind)
		fmt.Fprintf(&b, "%s\n%s\n", words(key), words(key+".help"))
		for _, f := range findings {
			if f.Kind != kind {
				continue
			}
			text := f.Say(words)
			if id := joinIDs(f.Articles); len(f.Articles) > 0 && !strings.Contains(text, string(f.Articles[0])) {
				text += "  " + id
			}
			fmt.Fprintf(&b, "  %s\n", printable.Line(text))
		}
	}
	if len(findings) == 0 {
		fmt.Fprintln(&b, words("kb.check.none"))
	}
	return write(w, b.String())
}

// WriteGapClusters writes clusters of unanswered questions, each with up to five of its questions.
func WriteGapClusters(w io.Writer, words Words, clusters []GapCluster) error {
	const shown = 5
	var b strings.Builder
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
			fmt.Fprintf(&b, "  %s (%s)\n     %s → %s\n", printable.Line(c.Question), c.Root, words("kb.reach."+c.Before.String()), outcome(c.Answer, words))
		}
	}
	switch {
	case len(r.Changed) > 0:
		fmt.Fprintln(&b, words("kb.rehearsal.changed", "n", len(r.Changed)))
	case r.Asked > 0 || len(r.Broken)+len(r.Weaker)+len(r.Better) == 0:
		fmt.Fprintln(&b, words("kb.rehearsal.none"))
	}
	for _, c := range r.Changed {
		fmt.Fprintf(&b, "  %s: %s\n     %s → %s\n", words("kb.change."+string(c.Kind)), printable.Line(c.Question), outcome(c.Before, words), outcome(c.After, words))
	}
	return write(w, b.String())
}

// outcome is what a customer gets.
func outcome(a Answer, words Words) string {
	switch {
	case a.Decision == DecideNothing || len(a.Hits) == 0:
		return words("kb.outcome.nothing")
	case a.Decision == DecideClarify:
		return words("kb.outcome.clarify") + " " + string(a.Hits[0].Article)
	}
	return string(a.Hits[0].Article)
}

// write writes text for people, without what a terminal would obey: articles and questions come from outside.
func write(w io.Writer, text string) error {
	if _, err := io.WriteString(w, printable.Text(text)); err != nil {
		return fmt.Errorf("kb: write: %w", err)
	}
	return nil
}
