package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiyin/nlp"
)

// snoozeMost is how far ahead a conversation can be set aside.
const snoozeMost = 90 * 24 * time.Hour

// Snooze implements Dispatch.
func (b *Bot) Snooze(ctx context.Context, id ConversationID, by Agent, until time.Time) (Conversation, error) {
	return b.dispatch(ctx, id, by, "conversation.snooze", func(d *desk) error { return d.setAside(until) })
}

// setAside sets the conversation aside until an instant; one that is past wakes it.
func (d *desk) setAside(until time.Time) error {
	if !until.After(d.now) {
		if err := d.mine(); err != nil {
			return err
		}
		d.conv.SnoozedUntil = time.Time{}
		return nil
	}
	if until.Sub(d.now) > snoozeMost {
		return fmt.Errorf("set aside for more than %d days: %w", snoozeMost/(24*time.Hour), ErrState)
	}
	if err := d.take(); err != nil {
		return err
	}
	d.conv.SnoozedUntil = until
	d.agentFact(FactSnoozed, until.Sub(d.now).Seconds(), "")
	d.entry(func(lang nlp.Lang) string {
		return d.b.cfg.Words.Text(string(lang), "bot.desk.snoozed", "name", d.by.Name, "when", d.staffWhen(lang, until))
	})
	return nil
}

// Transfer implements Dispatch.
func (b *Bot) Transfer(ctx context.Context, id ConversationID, by Agent, to To) (Conversation, error) {
	colleague, err := b.colleague(ctx, to)
	if err != nil {
		return Conversation{}, fmt.Errorf("conversation.transfer: %w", err)
	}
	return b.dispatch(ctx, id, by, "conversation.transfer", func(d *desk) error { return d.passOn(ctx, to, colleague) })
}

// colleague is the agent to whom a conversation is to be passed on; ErrState when she is not there. Nobody, for a team.
func (b *Bot) colleague(ctx context.Context, to To) (Agent, error) {
	if to.Agent == "" {
		return Agent{}, nil
	}
	a, err := b.cfg.Store.Agent(ctx, to.Agent)
	if err == nil && a.Gone() {
		err = fmt.Errorf("%s is not there: %w", a.Name, ErrState)
	}
	return a, err
}

// passOn gives the conversation to a colleague, or into the queue of a team.
func (d *desk) passOn(ctx context.Context, to To, colleague Agent) error {
	if err := d.mine(); err != nil {
		return err
	}
	if to.Agent != "" {
		return d.handTo(colleague)
	}
	return d.handToTeam(ctx, to.Team)
}

// handTo makes a colleague the owner.
func (d *desk) handTo(colleague Agent) error {
	waited := d.conv.Status == StatusWaiting
	since := d.conv.WaitingSince
	if err := d.conv.transfer(colleague.ID); err != nil {
		return err
	}
	if waited {
		d.fact(FactClaimed, d.now.Sub(since).Seconds(), "")
		d.facts[len(d.facts)-1].Agent = colleague.ID
	}
	d.agentFact(FactTransferred, 1, "agent")
	d.activity("desk.transferred", "to", colleague.Name)
	d.tell(d.say("transferred", "name", colleague.Name))
	return nil
}

// handToTeam puts the conversation into a team's queue.
func (d *desk) handToTeam(ctx context.Context, team TeamID) error {
	if d.conv.Status == StatusWaiting && d.conv.Team == team {
		return fmt.Errorf("it waits for this team already: %w", ErrState)
	}
	d.in.Seq = d.conv.LastSeq + 1 // the summary looks at what is before it
	h := Handoff{Reason: ReasonTransfer, Detail: string(team), At: d.now}
	if d.conv.Handoff == nil {
		h.Words = d.summary(ctx, ReasonTransfer, string(team))
		h.Summary = h.Words[d.b.staffLang(d.conv)]
	}
	if err := d.conv.requeue(team, h); err != nil {
		return err
	}
	d.agentFact(FactTransferred, 1, "team")
	d.entry(func(lang nlp.Lang) string {
		to := string(team)
		if team == "" {
			to = d.b.cfg.Words.Text(string(lang), "bot.desk.everybody")
		}
		return d.b.cfg.Words.Text(string(lang), "bot.desk.transferred", "name", d.by.Name, "to", to)
	})
	d.hears(d.say("requeued.transfer") + d.joint() + d.outlook(ctx))
	return nil
}

// tell says something to the customer that neither the bot nor the agent wrote.
func (d *desk) tell(text string) {
	m := d.hears(text)
	m.Author, m.AuthorID = BySystem, string(d.by.ID)
}

// staffZone is where the staff's clocks are.
func (b *Bot) staffZone() *time.Location {
	if h := b.hours(); h != nil {
		return h.zone()
	}
	return time.UTC
}

// staffWhen is an instant in the language of the staff.
func (d *desk) staffWhen(lang nlp.Lang, at time.Time) string {
	zone := d.b.staffZone()
	t := *d.turn
	t.lang = lang
	return t.when(at, zone)
}

// Tags of a conversation.
const (
	maxTags     = 12
	maxTagRunes = 32
)

// CleanTags makes tags fit to be stored: lower case, one space between words, none twice, at most 12 of at most 32
// characters, in alphabetical order.
func CleanTags(tags []string) []string {
	var clean []string
	for _, tag := range tags {
		tag = strings.ToLower(strings.Join(strings.Fields(nlp.Clean(tag)), " "))
		if r := []rune(tag); len(r) > maxTagRunes {
			tag = strings.TrimSpace(string(r[:maxTagRunes]))
		}
		if tag != "" && !slices.Contains(clean, tag) {
			clean = append(clean, tag)
		}
	}
	slices.Sort(clean)
	return clean[:min(len(clean), maxTags)]
}

// Tag implements Dispatch. Everybody may tag any conversation, as everybody may note.
func (b *Bot) Tag(ctx context.Context, id ConversationID, by Agent, tags []string) (Conversation, error) {
	return b.dispatch(ctx, id, by, "conversation.tag", func(d *desk) error {
		d.conv.Tags = CleanTags(tags)
		return nil
	})
}

// dispatch is onDesk for acts that return the conversation.
func (b *Bot) dispatch(ctx context.Context, id ConversationID, by Agent, action string, act func(*desk) error) (Conversation, error) {
	d, err := b.onDesk(ctx, id, by, action, act)
	if err != nil {
		return Conversation{}, err
	}
	return d.conv, nil
}
