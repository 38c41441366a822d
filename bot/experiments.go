package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

// Experiments implements Experimenter.
func (b *Bot) Experiments(ctx context.Context) ([]Experiment, error) {
	return b.cfg.Store.Experiments(ctx)
}

// Today implements Experimenter.
func (b *Bot) Today(ctx context.Context, s Subject) (map[nlp.Lang]string, error) {
	if s.Article == "" {
		return b.saidToday(s.Wording)
	}
	if b.cfg.Library == nil {
		return nil, fmt.Errorf("%w: there are no articles", ErrExperiment)
	}
	hit, err := b.cfg.Library.Read(ctx, s.Root, s.Lang)
	switch {
	case errors.Is(err, kb.ErrNotFound), err == nil && hit.Article != s.Article:
		return nil, fmt.Errorf("%w: customers do not get article %s now", ErrExperiment, s.Article)
	case err != nil:
		return nil, err
	}
	return map[nlp.Lang]string{s.Lang.Base(): hit.Text}, nil
}

func (b *Bot) saidToday(key string) (map[nlp.Lang]string, error) {
	if !slices.Contains(Wordings(), key) {
		return nil, fmt.Errorf("%w: there is no wording %q", ErrExperiment, key)
	}
	out := map[nlp.Lang]string{}
	for _, lang := range (Subject{Wording: key}).Langs() {
		out[lang] = b.cfg.Words.Text(string(lang), "bot."+key)
	}
	e, ok := b.inForce(wordingKey(key))
	if !ok {
		return out, nil
	}
	arm := e.Arms[0]
	if winner, found := e.Arm(e.Winner); found && e.State() == ExperimentEnded {
		arm = winner
	}
	maps.Copy(out, arm.Text)
	return out, nil
}

// Resting implements Experimenter.
func (b *Bot) Resting(ctx context.Context, e Experiment) bool {
	if e.State() != ExperimentRunning {
		return false
	}
	today, err := b.Today(ctx, e.Subject)
	return err != nil || !maps.Equal(today, e.Arms[0].Text)
}

// DraftExperiment implements Experimenter.
func (b *Bot) DraftExperiment(ctx context.Context, by Agent, e Experiment) (Experiment, error) {
	b.trialing.Lock()
	defer b.trialing.Unlock()
	if e.ID == "" {
		e.ID, e.Version, e.Created = b.cfg.NewID(), 0, b.now()
	} else {
		stored, err := b.experimentOf(ctx, e.ID)
		if err != nil {
			return e, err
		}
		if stored.State() != ExperimentDraft {
			return e, fmt.Errorf("experiment %s is no draft: %w", e.ID, ErrState)
		}
		e.Created = stored.Created
	}
	today, err := b.Today(ctx, e.Subject)
	if err != nil {
		return e, err
	}
	if len(e.Arms) == 0 {
		return e, ExperimentError{Flaw: FlawFew}
	}
	e.Arms = slices.Clone(e.Arms)
	e.Arms[0].Text = today
	if err := e.tidy(); err != nil {
		return e, err
	}
	e.By, e.Winner = by.ID, ""
	return b.saveExperiment(ctx, by, e, "experiment.draft")
}

// StartExperiment implements Experimenter.
func (b *Bot) StartExperiment(ctx context.Context, by Agent, id string) (Experiment, error) {
	b.trialing.Lock()
	defer b.trialing.Unlock()
	e, err := b.experimentOf(ctx, id)
	if err != nil {
		return e, err
	}
	if e.State() != ExperimentDraft {
		return e, fmt.Errorf("experiment %s is no draft: %w", id, ErrState)
	}
	if running, ok := b.inForce(e.Subject.key()); ok && running.State() == ExperimentRunning {
		return e, ExperimentError{Flaw: FlawRunning, Other: running.Name}
	}
	e.Started = b.now()
	if b.Resting(ctx, e) {
		return e, ExperimentError{Flaw: FlawToday}
	}
	return b.saveExperiment(ctx, by, e, "experiment.start")
}

// EndExperiment implements Experimenter.
func (b *Bot) EndExperiment(ctx context.Context, by Agent, id, winner string) (Experiment, error) {
	b.trialing.Lock()
	defer b.trialing.Unlock()
	e, err := b.experimentOf(ctx, id)
	if err != nil {
		return e, err
	}
	_, known := e.Arm(winner)
	if e.State() == ExperimentEnded || winner != "" && (!known || e.State() == ExperimentDraft) {
		return e, fmt.Errorf("experiment %s cannot end so: %w", id, ErrState)
	}
	e.Ended, e.Winner = b.now(), winner
	return b.saveExperiment(ctx, by, e, "experiment.end")
}

// AdoptExperiment implements Experimenter.
func (b *Bot) AdoptExperiment(ctx context.Context, by Agent, id string, adopt bool) (Experiment, error) {
	b.trialing.Lock()
	defer b.trialing.Unlock()
	e, err := b.experimentOf(ctx, id)
	if err != nil {
		return e, err
	}
	if e.Winner == "" || e.State() != ExperimentEnded || e.Adopted.IsZero() != adopt {
		return e, fmt.Errorf("experiment %s: %w", id, ErrState)
	}
	if running, ok := b.inForce(e.Subject.key()); ok && e.Subject.Wording != "" && running.State() == ExperimentRunning {
		return e, fmt.Errorf("%w: %s is running about the same", ErrExperiment, running.ID)
	}
	if !adopt {
		e.Adopted = time.Time{}
		return b.saveExperiment(ctx, by, e, "experiment.withdraw")
	}
	e.Adopted = b.now()
	return b.saveExperiment(ctx, by, e, "experiment.adopt")
}

// saveExperiment writes an experiment and puts it in force.
func (b *Bot) saveExperiment(ctx context.Context, by Agent, e Experiment, action string) (Experiment, error) {
	log := Event{At: b.now(), Actor: string(by.ID), Action: action, Object: e.ID, Detail: e.Subject.key()}
	if e.Winner != "" {
		log.Detail += " " + e.Winner
	}
	if err := b.cfg.Store.SaveExperiment(ctx, e, log); err != nil {
		return e, fmt.Errorf("%s: %w", action, err)
	}
	e.Version++
	return e, b.loadExperiments(ctx)
}

func (b *Bot) experimentOf(ctx context.Context, id string) (Experiment, error) {
	all, err := b.cfg.Store.Experiments(ctx)
	if err != nil {
		return Experiment{}, err
	}
	at := slices.IndexFunc(all, func(e Experiment) bool { return e.ID == id })
	if at < 0 {
		return Experiment{}, fmt.Errorf("experiment %q: %w", id, ErrNotFound)
	}
	return all[at], nil
}
