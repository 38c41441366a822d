package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"huiyin/nlp"
)

// Macro is what agents do with a conversation by one choice: a note, tags, a reply, and what becomes of the conversation
// then, in this order; each of them may be missing. Texts may contain {name}, {agent} and {order}, which the console fills in.
type Macro struct {
	ID        string              `json:"id"`
	Version   uint64              `json:"version"`        // grows by one with every save; 0: never saved
	Name      string              `json:"name"`           // unique, compared after nlp.Fold
	Note      map[nlp.Lang]string `json:"note,omitempty"` // by base language, as Reply; may exist in one only
	Tag       []string            `json:"tag,omitempty"`  // see CleanTags
	Untag     []string            `json:"untag,omitempty"`
	Reply     map[nlp.Lang]string `json:"reply,omitempty"`
	End       MacroEnd            `json:"end,omitempty"`
	Aside     Aside               `json:"aside,omitempty"` // EndSnooze: how long
	To        To                  `json:"to,omitzero"`     // EndTransfer: to whom
	UpdatedAt time.Time           `json:"updated_at"`
	UpdatedBy AgentID             `json:"updated_by"`
}

// MacroEnd is what a macro does with a conversation at last.
type MacroEnd string

// The ends of a macro; EndNone leaves the conversation where it is.
const (
	EndNone     MacroEnd = ""
	EndSnooze   MacroEnd = "snooze"
	EndTransfer MacroEnd = "transfer"
	EndResolve  MacroEnd = "resolve"
	EndReturn   MacroEnd = "return"
)

// Aside is how long a conversation is set aside, in the words of the desk.
type Aside string

// The choices: an hour, three hours, tomorrow at nine in the morning, next Monday at nine.
const (
	AsideHour     Aside = "hour"
	AsideThree    Aside = "three"
	AsideTomorrow Aside = "tomorrow"
	AsideMonday   Aside = "monday"
)

// Asides are all choices, the shortest first.
func Asides() []Aside { return []Aside{AsideHour, AsideThree, AsideTomorrow, AsideMonday} }

// asideMorning is the hour at which a conversation that was set aside until a day comes back.
const asideMorning = 9

// Until is when a conversation comes back that is set aside now, in a time zone; zero for no choice of Asides.
func (a Aside) Until(now time.Time, zone *time.Location) time.Time {
	now = now.In(zone)
	morning := func(days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, asideMorning, 0, 0, 0, zone)
	}
	switch a {
	case AsideHour:
		return now.Add(time.Hour)
	case AsideThree:
		return now.Add(3 * time.Hour)
	case AsideTomorrow:
		return morning(1)
	case AsideMonday:
		return morning((7-int(now.Weekday()))%7 + 1)
	}
	return time.Time{}
}

// Empty reports whether a macro does nothing.
func (m Macro) Empty() bool {
	return len(m.Tag) == 0 && len(m.Untag) == 0 && m.End == EndNone && textless(m.Note) && textless(m.Reply)
}

func textless(texts map[nlp.Lang]string) bool {
	for _, text := range texts {
		if text != "" {
			return false
		}
	}
	return true
}

// MostMacros is how many macros there can be.
const MostMacros = 200

// ErrTaken means that something else has the name already.
var ErrTaken = errors.New("bot: the name is taken")

// MacroStore keeps the macros of the desk.
type MacroStore interface {
	// Macros returns all, by Name.
	Macros(ctx context.Context) ([]Macro, error)
	// SaveMacro adds or replaces one; its Version must be the stored one, else ErrConflict. ErrTaken when another has the
	// Name, ErrFull when there are MostMacros.
	SaveMacro(ctx context.Context, m Macro, log Event) error
	// DeleteMacro removes one, or ErrNotFound.
	DeleteMacro(ctx context.Context, id string, log Event) error
}

// MacroRun is a macro made ready for one conversation: texts chosen and filled in, times reckoned.
type MacroRun struct {
	Macro string // its ID, for the audit log
	Name  string // its Name, for the entry in the conversation
	Note  string
	Tag   []string
	Untag []string
	Reply string
	End   MacroEnd
	Until time.Time // EndSnooze
	To    To        // EndTransfer
}

// MacroRunner does what macros say.
type MacroRunner interface {
	// RunMacro does all of a run, or nothing of it: one change of the conversation, under the guards of each act by itself.
	// Errors are those of Desk and Dispatch; ErrEmpty when the run does nothing. Named by Once, a run that writes something
	// is done once: the conversation is returned as it is then.
	RunMacro(ctx context.Context, id ConversationID, by Agent, run MacroRun) (Conversation, error)
}

var _ MacroRunner = (*Bot)(nil)

// RunMacro implements MacroRunner.
func (b *Bot) RunMacro(ctx context.Context, id ConversationID, by Agent, run MacroRun) (Conversation, error) {
	const action = "conversation.macro"
	note, _ := deskText(run.Note, nil) // without a text there is no such act
	reply, _ := deskText(run.Reply, nil)
	if note == "" && reply == "" && len(run.Tag) == 0 && len(run.Untag) == 0 && run.End == EndNone {
		return Conversation{}, fmt.Errorf("%s: %w", action, ErrEmpty)
	}
	agents, err := b.cfg.Store.Agents(ctx)
	if err != nil {
		return Conversation{}, fmt.Errorf("%s: %w", action, err)
	}
	colleague, err := b.colleague(ctx, run.To)
	if err != nil {
		return Conversation{}, fmt.Errorf("%s: %w", action, err)
	}
	c, err := b.dispatch(ctx, id, by, action, func(d *desk) error {
		once, err := d.once(ctx, cmp.Or(reply, note), reply == "")
		if err != nil {
			return err
		}
		d.detail = run.Macro
		d.activity("desk.macro", "what", run.Name)
		if note != "" {
			if m := d.noted(note, agents); reply == "" {
				m.Once = once
			}
		}
		if len(run.Tag) > 0 || len(run.Untag) > 0 {
			gone := CleanTags(run.Untag)
			kept := slices.DeleteFunc(slices.Clone(d.conv.Tags), func(tag string) bool { return slices.Contains(gone, tag) })
			d.conv.Tags = CleanTags(append(kept, run.Tag...))
		}
		if reply != "" {
			m, err := d.replied(reply)
			if err != nil {
				return err
			}
			m.Once = once
		}
		switch run.End {
		case EndSnooze:
			return d.setAside(run.Until)
		case EndTransfer:
			return d.passOn(ctx, run.To, colleague)
		case EndResolve:
			return d.resolved()
		case EndReturn:
			return d.returned()
		}
		return nil
	})
	if before := (*repeated)(nil); errors.As(err, &before) {
		return b.cfg.Store.Conversation(ctx, id)
	}
	return c, err
}
