package feedback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
// their customers, and reading them again costs the more the older an experiment is. What was kept and cannot be
// read is counted and kept anew. It returns how many were kept; one that somebody changes at the same time is left for the next
// call, and one that fails does not hold up the others. zone is that of the days.
func KeepFinals(ctx context.Context, s FinalStore, now time.Time, zone *time.Location) (int, error) {
	all, err := s.Experiments(ctx)
	if err != nil {
		return 0, err
	}
	kept := 0
	var errs []error
	for _, e := range all {
		at, over := FinalAt(e)
		if !over || at.After(now) {
			continue
		}
		if _, known := final(e, at); known {
			continue
		}
		switch err := keepFinal(ctx, s, e, at, now, zone); {
		case ctx.Err() != nil:
			return kept, ctx.Err()
		case errors.Is(err, bot.ErrConflict), errors.Is(err, errNeverRan):
		case err != nil:
			errs = append(errs, fmt.Errorf("feedback: keeping what experiment %s showed: %w", e.ID, err))
		default:
			kept++
		}
	}
	return kept, errors.Join(errs...)
}

// errNeverRan says that there is nothing to be counted.
var errNeverRan = errors.New("the experiment never ran")

// keepFinal counts one experiment as it stood at an instant, and keeps what it showed.
func keepFinal(ctx context.Context, s FinalStore, e bot.Experiment, at, now time.Time, zone *time.Location) error {
	e.Result = nil
	results, err := Experiments(ctx, s, []bot.Experiment{e}, at, zone)
	if err != nil {
		return err
	}
	if len(results) == 0 {
		return errNeverRan
	}
	if e.Result, err = results[0].encode(); err != nil {
		return err
	}
	return s.SaveExperiment(ctx, e, bot.Event{At: now, Actor: "system", Action: "experiment.final", Object: e.ID})
}

func (r ExperimentResult) encode() ([]byte, error) {
	f := finalResult{People: r.People, Both: r.Both, Days: r.Days}
	for _, o := range r.Outcomes {
		f.Outcomes = append(f.Outcomes, finalOutcome{o.Goal, o.Arms})
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("writing it down: %w", err)
	}
	return raw, nil
}

// final is what an experiment showed, when that was kept and all of it was known at an instant; false: it has to be counted. Goals
// that came after it was kept are left out, and those that are gone since.
func final(e bot.Experiment, until time.Time) (ExperimentResult, bool) {
	at, over := FinalAt(e)
	if !over || at.After(until) || len(e.Result) == 0 {
		return ExperimentResult{}, false
	}
	var f finalResult
	if err := json.Unmarshal(e.Result, &f); err != nil || len(f.People) != len(e.Arms) {
		return ExperimentResult{}, false
	}
	r := ExperimentResult{Experiment: e, People: f.People, Both: f.Both, Split: trial.Split(f.People...), Days: f.Days}
	decided := false // what the experiment was made for is among them
	for _, goal := range bot.Goals() {
		i := slices.IndexFunc(f.Outcomes, func(o finalOutcome) bool { return o.Goal == goal })
		if i < 0 {
			continue
		}
		arms := f.Outcomes[i].Arms
		if len(arms) != len(e.Arms) {
			return ExperimentResult{}, false
		}
		decided = decided || goal == e.Goal
		r.Outcomes = append(r.Outcomes, ExperimentOutcome{Goal: goal, Arms: arms, Against: against(e, goal, arms)})
	}
	if !decided {
		return ExperimentResult{}, false
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
