package feedback

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/feedback/trial"
	"huiyin/nlp"
)

// Verdict is what an experiment shows, in a word.
type Verdict string

// The verdicts.
const (
	VerdictSplit  Verdict = "split"  // customers are not divided as they should be: no number of it can be trusted
	VerdictEarly  Verdict = "early"  // too few outcomes are known
	VerdictOpen   Verdict = "open"   // no difference is more than chance, so far
	VerdictBetter Verdict = "better" // an arm is better than what is said today
	VerdictWorse  Verdict = "worse"  // it is worse
)

// Verdict says what the experiment shows, and of which arm (its place among them; 0: of none). Of several the one that is
// furthest ahead is told of. An arm with too few people is never told of, and while there is one nothing but a better arm is.
func (r ExperimentResult) Verdict() (v Verdict, arm int) {
	if r.Split < trial.SplitLevel {
		return VerdictSplit, 0
	}
	goal := r.Goal()
	gain := func(i int) float64 {
		if r.Experiment.Goal.Less() {
			return -goal.Against[i].Value
		}
		return goal.Against[i].Value
	}
	better, worse, leading, early := 0, 0, 0, false
	for i, d := range goal.Against {
		if !d.Enough {
			early = true
			continue
		}
		if leading == 0 || gain(i) > gain(leading-1) {
			leading = i + 1
		}
		switch {
		case d.Real() && gain(i) > 0 && (better == 0 || gain(i) > gain(better-1)):
			better = i + 1
		case d.Real() && gain(i) < 0:
			worse++
		}
	}
	switch {
	case better > 0:
		return VerdictBetter, better
	case early:
		return VerdictEarly, 0
	case worse == len(goal.Against):
		return VerdictWorse, leading
	}
	return VerdictOpen, leading
}

// Say is the verdict in a sentence, with its numbers. It names arms, and nothing that anybody wrote.
func (r ExperimentResult) Say() Phrase {
	verdict, arm := r.Verdict()
	goal := r.Goal()
	switch verdict {
	case VerdictSplit:
		return Say("trial.verdict.split")
	case VerdictEarly:
		return Say("trial.verdict.early", "least", trial.Least)
	}
	d := goal.Against[arm-1]
	low, high := any(scaled(goal.Goal, d.Low)), any(scaled(goal.Goal, d.High))
	if d.High < 0 { // "between 3 and 19 fewer"
		low, high = scaled(goal.Goal, -d.High), scaled(goal.Goal, -d.Low)
	}
	key := "trial.verdict." + string(goal.Goal) + "." + string(verdict)
	if verdict == VerdictOpen {
		key = "trial.verdict.open." + unitOf(goal.Goal)
		low, high = signed(scaled(goal.Goal, d.Low)), signed(scaled(goal.Goal, d.High))
	}
	return Say(key, "arm", r.Experiment.Arms[arm].ID, "base", r.Experiment.Arms[0].ID,
		"y", value(goal.Goal, goal.Arms[arm]), "x", value(goal.Goal, goal.Arms[0]), "low", low, "high", high)
}

// unitOf is how differences of a goal are told.
func unitOf(g bot.Goal) string {
	if g == bot.GoalCSAT {
		return "rating"
	}
	return "share"
}

// scaled is a difference as people read it: in percentage points, or in points of the scale of ratings.
func scaled(g bot.Goal, difference float64) float64 {
	if g == bot.GoalCSAT {
		return math.Round(100*(bestRating-1)*difference) / 100
	}
	return math.Round(1000*difference) / 10
}

// signed is a difference that may lie on either side, as people read it.
func signed(x float64) string {
	return strings.Replace(strconv.FormatFloat(x, 'f', -1, 64), "-", "−", 1)
}

// value is the mean of a goal with its unit.
func value(g bot.Goal, s trial.Sample) Cell {
	if g == bot.GoalCSAT {
		if s.N == 0 {
			return Cell{Text: "–"}
		}
		return number(Rating(s.Mean()), Score)
	}
	return number(s.Mean(), Share)
}

// experimentsTable tells of the experiments that ran in a period, as they stood at its end; nil when there is nothing to tell.
func experimentsTable(ctx context.Context, src Source, p Period) (*Table, error) {
	until := p.End
	if o, ok := src.(*once); ok {
		src = o.Source
		if o.now.Before(until) { // outcomes of the running week are not known before their time
			until = o.now
		}
	}
	known, ok := src.(ExperimentSource)
	if !ok {
		return nil, nil
	}
	all, err := known.Experiments(ctx)
	if err != nil {
		return nil, err
	}
	var ran []bot.Experiment
	for _, e := range all {
		if e.Ended.After(p.End) || e.Ended.Equal(p.End) { // what came later is not of this digest
			e.Ended, e.Winner, e.Adopted = time.Time{}, "", time.Time{}
		}
		if !e.Started.IsZero() && e.Started.Before(p.End) && (e.Ended.IsZero() || !e.Ended.Before(p.Start)) {
			ran = append(ran, e)
		}
	}
	results, err := Experiments(ctx, known, ran, until, p.Zone)
	if err != nil || len(results) == 0 {
		return nil, err
	}
	table := Table{Title: Say("digest.bot.experiments"), Empty: Say("digest.bot.no_experiments"), Columns: []Phrase{Say("digest.col.experiment"), Say("digest.col.arm"),
		Say("digest.col.people"), Say("digest.col.goal"), Say("digest.col.result"), Say("digest.col.verdict")}}
	for _, r := range results {
		table.Rows = append(table.Rows, r.rows()...)
	}
	return &table, nil
}

// rows are one row an arm; the verdict stands in the first.
func (r ExperimentResult) rows() [][]Cell {
	e, goal := r.Experiment, r.Goal()
	state := "trial.state." + string(e.State())
	verdict := Say("trial.digest", "state", Say(state), "verdict", r.Say())
	if e.Winner != "" {
		verdict = Say("trial.digest", "state", Say("trial.state.chosen", "arm", e.Winner), "verdict", r.Say())
	}
	few := false
	for _, s := range goal.Arms {
		few = few || s.N < leastOfArm
	}
	if few {
		verdict = Say("trial.digest", "state", Say(state), "verdict", Say("trial.few", "n", leastOfArm))
	}
	var out [][]Cell
	for i, arm := range e.Arms {
		row := []Cell{{Text: nlp.Redact(e.Name)}, {Text: arm.ID}, {Text: "–"}, phrase("trial.goal." + string(goal.Goal)), {Text: "–"}, {}}
		if !few {
			row[2], row[4] = number(float64(goal.Arms[i].N), Count), value(goal.Goal, goal.Arms[i])
		}
		if i == 0 {
			row[5] = Cell{Phrase: &verdict}
		}
		out = append(out, row)
	}
	return out
}
