package feedback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"huiyin/bot"
	"huiyin/feedback/trial"
)

// FinalStore keeps experiments with what they have shown.
type FinalStore interface {
	ExperimentSource
	SaveExperiment(ctx context.Context, e bot.Experiment, log bot.Event) error
}

// finalResult is an ExperimentResult as it is kept: counts, from which the rest follows.
type finalResult struct {
	People   []int           `json:"people"`
	Both     int             `json:"both,omitempty"`
	Outcomes []finalOutcome  `json:"outcomes"`
	Days     []ExperimentDay `json:"days,omitempty"`
}

// finalOutcome is one of the outcomes.
type finalOutcome struct {
	Goal bot.Goal       `json:"goal"`
	Arms []trial.Sample `json:"arms"`
}

// KeepFinals counts the experiments whose outcomes are all known since, and keeps what they showed with them: facts are erased with
// their customers, and reading them again costs the more the older an experiment is. It returns how many were kept; one that
// somebody changes at the same time is left for the next call. zone is that of the days.
func KeepFinals(ctx context.Context, s FinalStore, now time.Time, zone *time.Location) (int, error) {
	all, err := s.Experiments(ctx)
	if err != nil {
		return 0, err
	}
	kept := 0
	for _, e := range all {
		at, over := FinalAt(e)
		if !over || at.After(now) || len(e.Result) > 0 {
			continue
		}
		results, err := Experiments(ctx, s, []bot.Experiment{e}, at, zone)
		if err != nil || len(results) == 0 {
			return kept, err
		}
		if e.Result, err = results[0].encode(); err != nil {
			return kept, err
		}
		err = s.SaveExperiment(ctx, e, bot.Event{At: now, Actor: "system", Action: "experiment.final", Object: e.ID})
		if errors.Is(err, bot.ErrConflict) {
			continue
		}
		if err != nil {
			return kept, fmt.Errorf("feedback: keeping what experiment %s showed: %w", e.ID, err)
		}
		kept++
	}
	return kept, nil
}

func (r ExperimentResult) encode() ([]byte, error) {
	f := finalResult{People: r.People, Both: r.Both, Days: r.Days}
	for _, o := range r.Outcomes {
		f.Outcomes = append(f.Outcomes, finalOutcome{o.Goal, o.Arms})
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("feedback: what experiment %s showed: %w", r.Experiment.ID, err)
	}
	return raw, nil
}

// final is what an experiment showed, when that was kept and all of it was known at an instant; false: it has to be counted.
func final(e bot.Experiment, until time.Time) (ExperimentResult, bool) {
	at, over := FinalAt(e)
	if !over || at.After(until) || len(e.Result) == 0 {
		return ExperimentResult{}, false
	}
	var f finalResult
	if err := json.Unmarshal(e.Result, &f); err != nil || len(f.People) != len(e.Arms) || len(f.Outcomes) != len(bot.Goals()) {
		return ExperimentResult{}, false
	}
	r := ExperimentResult{Experiment: e, People: f.People, Both: f.Both, Split: trial.Split(f.People...), Days: f.Days}
	for i, o := range f.Outcomes {
		if o.Goal != bot.Goals()[i] || len(o.Arms) != len(e.Arms) {
			return ExperimentResult{}, false
		}
		r.Outcomes = append(r.Outcomes, ExperimentOutcome{Goal: o.Goal, Arms: o.Arms, Against: against(e, o.Goal, o.Arms)})
	}
	return r, true
}

// against compares each arm but the first with the first.
func against(e bot.Experiment, goal bot.Goal, arms []trial.Sample) []trial.Difference {
	level := experimentLevel / float64(len(arms)-1)
	if goal != e.Goal {
		level /= float64(len(bot.Goals()) - 1)
	}
	var out []trial.Difference
	for i := 1; i < len(arms); i++ {
		out = append(out, trial.Compare(arms[0], arms[i], level))
	}
	return out
}
