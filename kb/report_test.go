package kb_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

// full is a writer that fails.
type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

// TestReports: what the command line prints, whole.
func TestReports(t *testing.T) {
	answer := func(d kb.Decision, id kb.ArticleID) kb.Answer {
		return kb.Answer{Decision: d, Hits: []kb.Hit{{Citation: kb.Citation{Article: id}}}}
	}
	many := kb.GapCluster{Question: "q0", People: 2}
	for _, q := range []string{"q0", "q1", "q2", "q3", "q4", "q5", "q6"} {
		many.Gaps = append(many.Gaps, kb.Gap{Question: q})
	}
	changed := []kb.Changed{{Kind: "worse", Question: "退货", Before: answer(kb.DecideAnswer, "a.zh"), After: answer(kb.DecideNothing, "b.zh")}}
	for name, tc := range map[string]struct {
		write func(w *strings.Builder) error
		want  string
	}{
		"no findings": {func(w *strings.Builder) error { return kb.WriteFindings(w, nil) }, "nothing to mend\n"},
		"findings": {func(w *strings.Builder) error {
			return kb.WriteFindings(w, []kb.Finding{{Kind: "duplicate", Message: "a.en and b.en"}})
		}, "duplicate    a.en and b.en\n"},
		"no gaps": {func(w *strings.Builder) error { return kb.WriteGapClusters(w, nil) }, "no open gaps\n"},
		"gaps": {func(w *strings.Builder) error { return kb.WriteGapClusters(w, []kb.GapCluster{many}) },
			"1. q0  (2 people, 7 questions)\n     q1\n     q2\n     q3\n     q4\n     q5\n"},
		"no changes": {func(w *strings.Builder) error { return kb.WriteChanges(w, nil) }, "every question is answered as before\n"},
		"changes":    {func(w *strings.Builder) error { return kb.WriteChanges(w, changed) }, "worse    退货\n         answer a.zh → nothing\n"},
		"rehearsal": {func(w *strings.Builder) error {
			return kb.WriteRehearsal(w, kb.Rehearsal{Golden: 9, Asked: 4, Changed: changed,
				Broken: []kb.GoldenChange{{Golden: kb.Golden{Question: "how?", Root: "a"}, Answer: answer(kb.DecideClarify, "c.en")}}})
		}, "9 golden questions and 4 questions of customers asked again\ngolden broken  how? (a)\n         " + kb.Reach(0).String() +
			" → clarify c.en\nworse    退货\n         answer a.zh → nothing\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := tc.write(&b); err != nil || b.String() != tc.want {
				t.Errorf("%v:\n%q, want\n%q", err, b.String(), tc.want)
			}
		})
	}
	broken := errors.New("the pipe is closed")
	for _, err := range []error{kb.WriteFindings(full{broken}, nil), kb.WriteGapClusters(full{broken}, nil), kb.WriteChanges(full{broken}, nil), kb.WriteRehearsal(full{broken}, kb.Rehearsal{})} {
		if !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	}
}

// TestScheduleBorders: an article is shown from its first instant on, and not at its last; the searches follow the clock.
func TestScheduleBorders(t *testing.T) {
	a := article("sale.en", "Is there a summer sale?", "Yes, half price.")
	a.From, a.Until = noon, noon.Add(time.Hour)
	for _, tc := range []struct {
		name   string
		status kb.Status
		at     time.Time
		want   bool
	}{
		{"a nanosecond before", kb.Published, noon.Add(-1), false},
		{"the first instant", kb.Published, noon, true},
		{"the first instant, elsewhere", kb.Published, noon.In(time.FixedZone("", 8*3600)), true},
		{"the last nanosecond", kb.Published, noon.Add(time.Hour - 1), true},
		{"the end", kb.Published, noon.Add(time.Hour), false},
		{"a draft", kb.Draft, noon, false},
		{"in review", kb.Review, noon, false},
		{"archived", kb.Archived, noon, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := a
			b.Status = tc.status
			if b.Live(tc.at) != tc.want {
				t.Errorf("live: %v", !tc.want)
			}
			s := kb.NewSearcher(kb.Config{Store: kb.Fixed{b}, Tokenizer: letters{}, Index: newMemoryIndex(), Now: func() time.Time { return tc.at }})
			if err := s.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			<-s.Ready()
			defer s.Close()
			if found := search(t, s, "Is there a summer sale?", nlp.LangEnglish); (len(found.Hits) > 0) != tc.want {
				t.Errorf("found: %+v", found.Hits)
			}
		})
	}
}
