package feedback

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"huiyin/bot"
	"huiyin/feedback/trial"
)

// ExperimentSource is a Source that knows the experiments that facts are about.
type ExperimentSource interface {
	Source
	// Experiments returns all of them, the newest first.
	Experiments(ctx context.Context) ([]bot.Experiment, error)
	// Conversation returns one, or bot.ErrNotFound.
	Conversation(ctx context.Context, id bot.ConversationID) (bot.Conversation, error)
}

const (
	// experimentLevel is the chance, over all looks at an experiment together, that its goal shows a difference where there is
	// none. The other outcomes share another one of the same size.
	experimentLevel = 0.05
	// leastOfArm is from how many people on the numbers of an arm are shown in a digest: of fewer they would say more about
	// single customers.
	leastOfArm = 5
	// backAfter is how long after she was shown something a customer who asks the same has come back, and not just gone on.
	backAfter = time.Hour
	// bestRating is the best of the ratings, which begin at 1.
	bestRating = 5
)

// knownAfter is how long after somebody was shown a variant an outcome counts, and after which time it is known.
func knownAfter(g bot.Goal) time.Duration {
	switch g {
	case bot.GoalCameBack:
		return 72 * time.Hour
	case bot.GoalCSAT:
		return 7 * 24 * time.Hour
	}
	return 24 * time.Hour
}

// FinalAt is when all outcomes of an experiment are known; false while it has not started or not ended.
func FinalAt(e bot.Experiment) (at time.Time, over bool) {
	if e.Started.IsZero() || e.Ended.IsZero() {
		return time.Time{}, false
	}
	longest := time.Duration(0)
	for _, g := range bot.Goals() {
		longest = max(longest, knownAfter(g))
	}
	return e.Ended.Add(longest), true
}

// ExperimentResult is how an experiment stands. Every customer counts once, by the variant that she was shown first; who was
// shown more than one, because two contacts turned out to be one person, is left out.
type ExperimentResult struct {
	Experiment bot.Experiment
	People     []int // that were shown something, by arm
	Both       int   // who were shown more than one variant
	Split      float64
	Outcomes   []ExperimentOutcome // in the order of bot.Goals; of what was kept, those that were known then
	Days       []ExperimentDay     // of the goal
}

// ExperimentOutcome is one of the outcomes. Outcomes of ratings lie between 0 and 1 as well; see Rating.
type ExperimentOutcome struct {
	Goal    bot.Goal
	Arms    []trial.Sample
	Against []trial.Difference // of each arm but the first, against the first
	Open    int                // people whose time is not over: they do not count yet
}

// ExperimentDay is the mean of the goal by arm among all whose outcome was known at the end of a day.
type ExperimentDay struct {
	Day   time.Time
	Means []float64
	N     []int
}

// Rating is a mean of outcomes of bot.GoalCSAT as customers gave it, from 1 to 5.
func Rating(mean float64) float64 { return 1 + (bestRating-1)*mean }

// Goal is the outcome that decides.
func (r ExperimentResult) Goal() ExperimentOutcome {
	return r.Outcomes[slices.IndexFunc(r.Outcomes, func(o ExperimentOutcome) bool { return o.Goal == r.Experiment.Goal })]
}

// taker is a person in an experiment.
type taker struct {
	arm    int
	at     time.Time
	both   bool
	voted  bool
	rated  bool
	scores map[bot.Goal]float64
}

// experimentTally counts one experiment while facts go by.
type experimentTally struct {
	experiment bot.Experiment
	people     map[bot.ContactID]*taker
	order      []*taker
	first      map[bot.ConversationID]*taker // in which somebody was shown something first
}

// Experiments counts experiments from the facts up to an instant; of one whose outcomes were all known by then, what was kept is
// taken (see KeepFinals). zone is that of the days.
func Experiments(ctx context.Context, src ExperimentSource, list []bot.Experiment, until time.Time, zone *time.Location) ([]ExperimentResult, error) {
	tallies := map[string]*experimentTally{}
	from := until
	for _, e := range list {
		if _, kept := final(e, until); kept {
			continue
		}
		if e.Started.IsZero() || e.Started.After(until) {
			continue
		}
		tallies[e.ID] = &experimentTally{experiment: e, people: map[bot.ContactID]*taker{}, first: map[bot.ConversationID]*taker{}}
		if e.Started.Before(from) {
			from = e.Started
		}
	}
	contacts := map[bot.ConversationID]bot.ContactID{}
	if len(tallies) > 0 {
		for f, err := range src.Facts(ctx, from, until) {
			if err != nil {
				return nil, fmt.Errorf("feedback: reading facts of experiments: %w", err)
			}
			if err := take(ctx, src, tallies, contacts, f); err != nil {
				return nil, err
			}
		}
	}
	var out []ExperimentResult
	for _, e := range list {
		if r, kept := final(e, until); kept {
			out = append(out, r)
		} else if t := tallies[e.ID]; t != nil {
			out = append(out, t.result(until, zone))
		}
	}
	return out, nil
}

// take counts one fact in the experiments that it belongs to.
func take(ctx context.Context, src ExperimentSource, tallies map[string]*experimentTally, contacts map[bot.ConversationID]bot.ContactID, f bot.Fact) error {
	if f.Name != bot.FactVariant {
		for _, t := range tallies {
			if who := t.first[f.Conversation]; who != nil {
				t.outcome(who, f)
			}
		}
		return nil
	}
	v, ok := bot.ParseVariant(f.Label) // not so when its customer was erased
	t := tallies[v.Experiment]
	if !ok || t == nil {
		return nil
	}
	contact, known := contacts[f.Conversation]
	if !known {
		conv, err := src.Conversation(ctx, f.Conversation)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		contact = conv.Contact
		contacts[f.Conversation] = contact
	}
	if contact != "" {
		t.shown(contact, v.Arm, f)
	}
	return nil
}

// shown counts somebody who was shown an arm, or would have been once more.
func (t *experimentTally) shown(who bot.ContactID, arm string, f bot.Fact) {
	at := slices.IndexFunc(t.experiment.Arms, func(a bot.Arm) bool { return a.ID == arm })
	if at < 0 {
		return
	}
	p := t.people[who]
	if p == nil && f.Value == 0 { // she heard it before it was compared, and not this time
		return
	}
	if p == nil {
		p = &taker{arm: at, at: f.End, scores: map[bot.Goal]float64{}}
		t.people[who], t.first[f.Conversation] = p, p
		t.order = append(t.order, p)
		return
	}
	p.both = p.both || p.arm != at
	if after := f.End.Sub(p.at); after >= backAfter && after <= knownAfter(bot.GoalCameBack) {
		p.scores[bot.GoalCameBack] = 1
	}
}

// outcome counts what happened in the conversation in which somebody was shown something first.
func (t *experimentTally) outcome(p *taker, f bot.Fact) {
	after := f.End.Sub(p.at)
	article := t.experiment.Subject.Article
	switch {
	case f.Name == bot.FactHelped && !p.voted && after <= knownAfter(bot.GoalHelped) && (article == "" || f.Label == "article:"+string(article)):
		p.voted = true
		p.scores[bot.GoalHelped] = f.Value
	case f.Name == bot.FactHandoff && after <= knownAfter(bot.GoalHanded):
		p.scores[bot.GoalHanded] = 1
	case f.Name == bot.FactCSAT && !p.rated && after <= knownAfter(bot.GoalCSAT):
		p.rated = true
		p.scores[bot.GoalCSAT] = min(1, max(0, (f.Value-1)/(bestRating-1)))
	}
}

// result is how the experiment stands at an instant.
func (t *experimentTally) result(until time.Time, zone *time.Location) ExperimentResult {
	arms := len(t.experiment.Arms)
	r := ExperimentResult{Experiment: t.experiment, People: make([]int, arms)}
	for _, p := range t.order {
		if p.both {
			r.Both++
			continue
		}
		r.People[p.arm]++
	}
	r.Split = trial.Split(r.People...)
	for _, goal := range bot.Goals() {
		o := ExperimentOutcome{Goal: goal, Arms: make([]trial.Sample, arms)}
		for _, p := range t.order {
			score, happened := p.scores[goal]
			switch {
			case p.both:
			case p.at.Add(knownAfter(goal)).After(until):
				o.Open++
			case happened || goal != bot.GoalCSAT: // who gave no rating has none
				o.Arms[p.arm].Add(score)
			}
		}
		o.Against = against(t.experiment, goal, o.Arms)
		r.Outcomes = append(r.Outcomes, o)
	}
	r.Days = t.days(until, zone)
	return r
}

// days follows the goal from day to day.
func (t *experimentTally) days(until time.Time, zone *time.Location) []ExperimentDay {
	goal := t.experiment.Goal
	arms := make([]trial.Sample, len(t.experiment.Arms))
	var out []ExperimentDay
	for _, p := range t.order { // in order of time
		known := p.at.Add(knownAfter(goal))
		score, happened := p.scores[goal]
		if p.both || known.After(until) || goal == bot.GoalCSAT && !happened {
			continue
		}
		arms[p.arm].Add(score)
		y, m, d := known.In(zone).Date()
		day := time.Date(y, m, d, 0, 0, 0, 0, zone)
		if len(out) == 0 || !out[len(out)-1].Day.Equal(day) {
			out = append(out, ExperimentDay{Day: day})
		}
		last := &out[len(out)-1]
		last.Means, last.N = nil, nil
		for _, s := range arms {
			last.Means, last.N = append(last.Means, s.Mean()), append(last.N, s.N)
		}
	}
	return out
}
