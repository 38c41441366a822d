package kb

import (
	"fmt"
	"io"
	"strings"
)

// WriteFindings writes what Check found, one finding a line.
func WriteFindings(w io.Writer, findings []Finding) error {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%-11s  %s\n", f.Kind, f.Message)
	}
	if len(findings) == 0 {
		b.WriteString("nothing to mend\n")
	}
	return write(w, b.String())
}

// WriteGapClusters writes clusters of unanswered questions, each with up to five of its questions.
func WriteGapClusters(w io.Writer, clusters []GapCluster) error {
	const shown = 5
	var b strings.Builder
	for i, c := range clusters {
		fmt.Fprintf(&b, "%d. %s  (%d people, %d questions)\n", i+1, c.Question, c.People, len(c.Gaps))
		n := 0
		for _, g := range c.Gaps {
			if g.Question == c.Question {
				continue
			}
			if n++; n > shown {
				break
			}
			fmt.Fprintf(&b, "     %s\n", g.Question)
		}
	}
	if len(clusters) == 0 {
		b.WriteString("no open gaps\n")
	}
	return write(w, b.String())
}

// WriteChanges writes what Replay found, one question a line.
func WriteChanges(w io.Writer, changes []Changed) error {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%-8s %s\n         %s → %s\n", c.Kind, c.Question, outcome(c.Before), outcome(c.After))
	}
	if len(changes) == 0 {
		b.WriteString("every question is answered as before\n")
	}
	return write(w, b.String())
}

// WriteRehearsal writes what an edit would change: golden questions first, then the real ones.
func WriteRehearsal(w io.Writer, r Rehearsal) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d golden questions and %d questions of customers asked again\n", r.Golden, r.Asked)
	for _, group := range []struct {
		name string
		list []GoldenChange
	}{{"broken", r.Broken}, {"weaker", r.Weaker}, {"better", r.Better}} {
		for _, c := range group.list {
			fmt.Fprintf(&b, "golden %s  %s (%s)\n         %s → %s\n", group.name, c.Question, c.Root, c.Before, outcome(c.Answer))
		}
	}
	if err := write(w, b.String()); err != nil {
		return err
	}
	return WriteChanges(w, r.Changed)
}

func outcome(a Answer) string {
	if a.Decision == DecideNothing || len(a.Hits) == 0 {
		return string(DecideNothing)
	}
	return fmt.Sprintf("%s %s", a.Decision, a.Hits[0].Article)
}

func write(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("kb: write: %w", err)
	}
	return nil
}
