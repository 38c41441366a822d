package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"

	"huiyin/nlp"
)

// ErrExperiment means that an experiment is not complete, or cannot be held: two different texts at least are needed, what is
// said today must be one of them, and nothing else about the same may be running.
var ErrExperiment = errors.New("bot: this experiment cannot be held")

// loadExperiments puts running experiments in force, and wordings that were adopted.
func (b *Bot) loadExperiments(ctx context.Context) error {
	all, err := b.cfg.Store.Experiments(ctx)
	if err != nil {
		return fmt.Errorf("bot: read the experiments: %w", err)
	}
	force := map[string]Experiment{}
	for _, e := range all {
		key := e.Subject.key()
		before, taken := force[key]
		switch {
		case e.State() == ExperimentRunning:
			force[key] = e
		case e.Subject.Wording == "" || e.Adopted.IsZero():
		case !taken, before.State() == ExperimentEnded && e.Adopted.After(before.Adopted):
			force[key] = e
		}
	}
	if len(force) == 0 {
		b.trials.Store(nil)
		return nil
	}
	b.trials.Store(&force)
	return nil
}

// inForce is what holds about a subject: a running experiment, or an adopted wording.
func (b *Bot) inForce(key string) (Experiment, bool) {
	all := b.trials.Load()
	if all == nil {
		return Experiment{}, false
	}
	e, ok := (*all)[key]
	return e, ok
}

// vary replaces a text about a subject by that of the customer's arm. It returns the variant when she takes part, else nil:
// then the text stays as it is, and nothing is counted. Within a form, and beside what is said of an incident, nothing varies.
func (t *turn) vary(ctx context.Context, key string, lang nlp.Lang, text *string) *Variant {
	e, ok := t.b.inForce(key)
	if !ok || e.State() != ExperimentRunning || t.conv.Form != nil || t.known != nil || e.Arms[0].Text[lang.Base()] != *text {
		return nil
	}
	who, err := t.whoWrites(ctx)
	if err != nil { // an experiment is no reason to leave somebody without an answer
		t.b.log.Warn("bot: a customer is left out of an experiment", "experiment", e.ID, "err", err)
		return nil
	}
	arm, ok := e.Arm(cmp.Or(who.Arms[e.ID], e.armOf(who.ID)))
	if !ok {
		return nil
	}
	*text, t.taking = arm.Text[lang.Base()], who
	return &Variant{Experiment: e.ID, Arm: arm.ID}
}

// reword is like vary, for what the bot says when it has no answer: one of Wordings, or another text that stays as it is. An
// adopted wording takes its place.
func (t *turn) reword(ctx context.Context, text *string) *Variant {
	if t.b.trials.Load() == nil {
		return nil
	}
	for _, key := range Wordings() {
		if *text != t.say(key) {
			continue
		}
		e, ok := t.b.inForce(wordingKey(key))
		if !ok {
			return nil
		}
		today := e.Arms[0].ID
		if e.State() == ExperimentEnded {
			today = e.Winner
		}
		if arm, ok := e.Arm(today); ok && arm.Text[t.lang] != "" {
			*text = arm.Text[t.lang]
		}
		return t.vary(ctx, wordingKey(key), t.lang, text)
	}
	return nil
}

// whoWrites is the contact of the conversation.
func (t *turn) whoWrites(ctx context.Context) (Contact, error) {
	if t.contact != nil {
		return *t.contact, nil
	}
	return t.b.cfg.Store.Contact(ctx, t.conv.Contact)
}

// varied notes that a variant was said in a message; nil: it would have been, had it not been said just before. Her arm is
// remembered with the person, so that she keeps it when she turns out to be one with somebody else.
func (t *turn) varied(m *Message, v *Variant) {
	if v == nil {
		return
	}
	if m == nil {
		t.fact(FactVariant, 0, v.label())
		return
	}
	m.Variant = v
	t.fact(FactVariant, 1, v.label())
	if t.taking.Arms[v.Experiment] != "" {
		return
	}
	who := t.taking
	who.Arms = maps.Clone(who.Arms)
	if who.Arms == nil {
		who.Arms = map[string]string{}
	}
	who.Arms[v.Experiment] = v.Arm
	t.contact, t.taking = &who, who
}
