package kb

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"huiyin/internal/printable"
)

// MostUrgent is how many findings an editor is shown first.
const MostUrgent = 10

// What a golden question counts that nobody answers, and one that something else answers.
const goldenMissed, goldenWrong = 2, 3

// urgent is how much harm a finding does, to compare unlike ones; 0: there is nothing to mend. What customers are told
// wrongly weighs most.
func (f Finding) urgent() int {
	switch f.Kind {
	case FindGolden:
		sum := 0
		for _, a := range f.Asked {
			if a.Outcome.Decision == DecideAnswer {
				sum += goldenWrong
			} else {
				sum += goldenMissed
			}
		}
		return sum
	case FindNumbers:
		return 6
	case FindTwoOwners:
		return 4
	case FindLink, FindScheme, FindWebLink, FindBehind:
		return 3
	case FindStolen, FindDuplicate:
		return 2
	case FindTranslation, FindPlainLink, FindUnused:
		return 1
	}
	return 0
}

// Urgent are up to n findings that an editor should look at before the others, the most urgent first.
func Urgent(findings []Finding, n int) []Finding {
	list := slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return f.urgent() == 0 })
	slices.SortStableFunc(list, func(a, b Finding) int { return cmp.Compare(b.urgent(), a.urgent()) })
	return list[:min(n, len(list))]
}

// FindingGroup is the findings of one kind.
type FindingGroup struct {
	Kind FindingKind
	List []Finding
}

// GroupFindings puts findings of one kind together, in the order in which the kinds first come.
func GroupFindings(findings []Finding) []FindingGroup {
	var out []FindingGroup
	for _, f := range findings {
		i := slices.IndexFunc(out, func(g FindingGroup) bool { return g.Kind == f.Kind })
		if i < 0 {
			out = append(out, FindingGroup{Kind: f.Kind})
			i = len(out) - 1
		}
		out[i].List = append(out[i].List, f)
	}
	return out
}

// Questions is how many golden questions a group is about.
func (g FindingGroup) Questions() int {
	n := 0
	for _, f := range g.List {
		n += len(f.Asked)
	}
	return n
}

// Say is what was found, in a sentence.
func (f Finding) Say(words Words) string {
	reason := f.Reason
	if reason == "" {
		reason = "unreachable"
	}
	pairs := []any{"detail", f.Detail, "a", "", "b", "", "reason", words("kb.web." + reason), "n", len(f.Asked), "of", f.Of}
	for i, id := range f.Articles[:min(2, len(f.Articles))] {
		pairs[3+2*i] = string(id)
	}
	return words("kb.find."+string(f.Kind)+".text", pairs...)
}

// askedShown is how many golden questions of a finding the short list shows.
const askedShown = 3

// WriteFindings writes what Check found: what to do first, then how much else there is of each kind.
func WriteFindings(w io.Writer, words Words, findings []Finding) error {
	var b strings.Builder
	urgent := Urgent(findings, MostUrgent)
	if len(urgent) == 0 {
		fmt.Fprintln(&b, words("kb.check.none"))
	} else {
		fmt.Fprintln(&b, words("kb.check.first"))
	}
	for i, f := range urgent {
		fmt.Fprintf(&b, "%2d. %s\n", i+1, words("kb.check.line", "kind", words("kb.find."+string(f.Kind)), "found", finding(f, words)))
		writeAsked(&b, words, f.Asked, askedShown)
	}
	for i, g := range GroupFindings(findings) {
		if i == 0 {
			fmt.Fprintf(&b, "\n%s\n", words("kb.check.kinds"))
		}
		count := words("kb.check.count", "n", len(g.List))
		if n := g.Questions(); n > 0 {
			count = words("kb.check.questions", "questions", n, "n", len(g.List))
		}
		fmt.Fprintf(&b, "  %s\n", words("kb.check.line", "kind", words("kb.find."+string(g.Kind)), "found", count))
	}
	return write(w, b.String())
}

// WriteAllFindings writes all that Check found: each kind with what to do, then one finding a line.
func WriteAllFindings(w io.Writer, words Words, findings []Finding) error {
	var b strings.Builder
	for i, g := range GroupFindings(findings) {
		if i > 0 {
			b.WriteString("\n")
		}
		key := "kb.find." + string(g.Kind)
		fmt.Fprintf(&b, "%s\n%s\n", words(key), words(key+".help"))
		for _, f := range g.List {
			fmt.Fprintf(&b, "  %s\n", finding(f, words))
			writeAsked(&b, words, f.Asked, len(f.Asked))
		}
	}
	if len(findings) == 0 {
		fmt.Fprintln(&b, words("kb.check.none"))
	}
	return write(w, b.String())
}

// finding is a finding on one line, with its articles.
func finding(f Finding, words Words) string {
	text := f.Say(words)
	if id := joinIDs(f.Articles); len(f.Articles) > 0 && !strings.Contains(text, string(f.Articles[0])) {
		text += "  " + id
	}
	return printable.Line(text)
}

// writeAsked writes up to most questions with what customers get who ask them.
func writeAsked(b *strings.Builder, words Words, asked []Asked, most int) {
	for _, a := range asked[:min(most, len(asked))] {
		fmt.Fprintf(b, "      %s\n", printable.Line(words("kb.find.asked", "question", a.Question, "outcome", a.Outcome.Say(words))))
	}
	if n := len(asked) - most; n > 0 {
		fmt.Fprintf(b, "      %s\n", words("kb.check.more", "n", n))
	}
}
