package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiyin/kb"
)

// Follower tells customers that there is an answer now to what they asked in vain.
type Follower interface {
	// Askers says how the people stand who asked these gaps. Nobody is told anything.
	Askers(ctx context.Context, root kb.RootID, gaps []kb.Gap) (Askers, error)
	// Follow sends the live article of a root to those of them who can be told, each in her language and at most once, and
	// says how all of them stood. kb.ErrNotFound when no article of that root is live. After another error some may have
	// been told; calling it again tells the others.
	Follow(ctx context.Context, by Agent, root kb.RootID, gaps []kb.Gap) (Askers, error)
}

var _ Follower = (*Bot)(nil)

// Standing is whether somebody who asked in vain can be told that there is an answer now, and if not, why.
type Standing string

// The standings. Of somebody who asked in several conversations the first one that fits counts.
const (
	StandHas      Standing = "has"      // she was told, or got the article by herself
	StandAnswered Standing = "answered" // a person has answered her since
	StandPerson   Standing = "person"   // a person has the conversation, or she waits for one
	StandBusy     Standing = "busy"     // she is filling in a form
	StandNow      Standing = "now"      // she can be told
	StandWindow   Standing = "window"   // the platform takes no message to her any more: see Inbox.Window
	StandLeft     Standing = "left"     // she asked too long ago, or her conversation is over for good
)

// Standings are all of them, in their order.
func Standings() []Standing {
	return []Standing{StandHas, StandAnswered, StandPerson, StandBusy, StandNow, StandWindow, StandLeft}
}

// Askers counts people by how they stand; those who could be told have been told when Follow returns.
type Askers map[Standing]int

const (
	// followWithin is how long after her question somebody is still glad of an answer.
	followWithin = 7 * 24 * time.Hour
	// windowMargin is kept to the end of a platform's window, since a message may wait in the outbox.
	windowMargin = 10 * time.Minute
	// followQuoted is how much of her question she is reminded of, in characters.
	followQuoted = 80
)

// errNotNow ends a follow-up without anything being written.
var errNotNow = errors.New("bot: cannot be told now")

// Askers implements Follower.
func (b *Bot) Askers(ctx context.Context, root kb.RootID, gaps []kb.Gap) (Askers, error) {
	out := Askers{}
	for _, person := range byPerson(gaps) {
		stands, _, err := b.standsOf(ctx, root, person)
		if err != nil {
			return out, err
		}
		out[stands]++
	}
	return out, nil
}

// Follow implements Follower.
func (b *Bot) Follow(ctx context.Context, by Agent, root kb.RootID, gaps []kb.Gap) (Askers, error) {
	out := Askers{}
	if b.cfg.Library == nil {
		return out, fmt.Errorf("conversation.follow: article %q: %w", root, kb.ErrNotFound)
	}
	for _, person := range byPerson(gaps) {
		stands, gap, err := b.standsOf(ctx, root, person)
		if err == nil && stands == StandNow {
			stands, err = b.follow(ctx, by, root, gap)
		}
		if err != nil {
			return out, err
		}
		out[stands]++
	}
	return out, nil
}

// byPerson groups gaps by who asked, each person's newest question of each conversation first.
func byPerson(gaps []kb.Gap) [][]kb.Gap {
	sorted := slices.Clone(gaps)
	slices.SortStableFunc(sorted, func(a, b kb.Gap) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	at, seen := map[string]int{}, map[string]bool{}
	var out [][]kb.Gap
	for _, g := range sorted {
		if seen[g.Conversation] {
			continue
		}
		seen[g.Conversation] = true
		who := cmp.Or(g.Contact, g.Conversation)
		i, ok := at[who]
		if !ok {
			i = len(out)
			at[who], out = i, append(out, nil)
		}
		out[i] = append(out[i], g)
	}
	return out
}

// standsOf is how a person stands, and the gap that it was found by.
func (b *Bot) standsOf(ctx context.Context, root kb.RootID, gaps []kb.Gap) (Standing, kb.Gap, error) {
	best, at := len(Standings()), 0
	for i, g := range gaps {
		conv, err := b.cfg.Store.Conversation(ctx, ConversationID(g.Conversation))
		stands := StandLeft
		if err == nil {
			stands, err = b.stands(ctx, conv, root, g)
		}
		if err != nil && !errors.Is(err, ErrNotFound) { // erased meanwhile: she has left
			return "", g, fmt.Errorf("look at who asked: %w", err)
		}
		if rank := slices.Index(Standings(), stands); rank < best {
			best, at = rank, i
		}
	}
	return Standings()[best], gaps[at], nil
}

// stands is how somebody stands who asked a gap in a conversation.
func (b *Bot) stands(ctx context.Context, conv Conversation, root kb.RootID, g kb.Gap) (Standing, error) {
	since, err := b.since(ctx, conv.ID, root, g)
	if since != "" || err != nil {
		return since, err
	}
	return b.reachable(ctx, conv, g.At)
}

// reachable is how somebody stands who asked at an instant and got nothing since: whether the bot may write to her.
func (b *Bot) reachable(ctx context.Context, conv Conversation, asked time.Time) (Standing, error) {
	newest, err := b.cfg.Store.Current(ctx, conv.Inbox, conv.Thread)
	if err != nil {
		return "", err
	}
	now, window := b.now(), b.inbox(conv.Inbox).Window
	switch {
	case conv.Status == StatusWaiting || conv.Status == StatusAgent:
		return StandPerson, nil
	case newest.ID != conv.ID, now.Sub(asked) > followWithin, conv.Status == StatusResolved && now.Sub(conv.ResolvedAt) > b.rules.ReopenWithin:
		return StandLeft, nil
	case window > 0 && now.Sub(conv.CustomerAt) > window-windowMargin:
		return StandWindow, nil
	case conv.Form != nil:
		return StandBusy, nil
	}
	return StandNow, nil
}

// since looks at what somebody got after her question: the article, or a person's answer; empty: neither.
func (b *Bot) since(ctx context.Context, id ConversationID, root kb.RootID, g kb.Gap) (Standing, error) {
	_, seq, ok := MessageID(g.Message).Parts()
	if !ok {
		return StandLeft, nil
	}
	list, err := b.cfg.Store.Messages(ctx, id, seq, 0)
	if err != nil {
		return "", err
	}
	answered := Standing("")
	for _, m := range list {
		switch {
		case m.Direction != Outgoing || m.Private || m.Delivery == Cancelled:
		case slices.ContainsFunc(m.Citations, func(c kb.Citation) bool { return c.Root == root }):
			return StandHas, nil
		case m.Author == ByAgent:
			answered = StandAnswered
		}
	}
	return answered, nil
}

// follow tells somebody, unless she stands otherwise by now.
func (b *Bot) follow(ctx context.Context, by Agent, root kb.RootID, g kb.Gap) (Standing, error) {
	standing := func(c Conversation) (Standing, error) { return b.stands(ctx, c, root, g) }
	return b.tellIfNow(ctx, ConversationID(g.Conversation), by, "conversation.follow", standing, func(d *desk) error {
		hit, err := b.cfg.Library.Read(ctx, root, d.lang)
		if err != nil {
			return err
		}
		d.followUp(g, hit)
		return nil
	})
}

// tellIfNow writes to somebody who is waiting to hear of something, unless she stands otherwise by now; it returns how. One
// who was erased meanwhile has left.
func (b *Bot) tellIfNow(ctx context.Context, id ConversationID, by Agent, action string,
	standing func(Conversation) (Standing, error), tell func(*desk) error) (Standing, error) {
	stands := StandNow
	_, err := b.onDesk(ctx, id, by, action, func(d *desk) (err error) {
		if stands, err = standing(d.conv); err != nil {
			return err
		}
		if stands != StandNow {
			return errNotNow
		}
		return tell(d)
	})
	switch {
	case errors.Is(err, errNotNow):
		return stands, nil
	case errors.Is(err, ErrNotFound):
		return StandLeft, nil
	}
	return stands, err
}

// followUp says that there is an answer now. A conversation that is over stays so: no buttons, since what is typed there is
// a rating or begins anew.
func (d *desk) followUp(g kb.Gap, hit kb.Hit) {
	key := "follow.unanswered"
	if g.Kind == kb.GapNotHelpful {
		key = "follow.not_helpful"
	}
	parts := []string{d.say(key, "question", firstRunes(strings.Join(strings.Fields(g.Question), " "), followQuoted))}
	if hit.OtherLang {
		parts = append(parts, d.say("other_lang"))
	}
	parts = append(parts, hit.Text, d.say("source", "title", hit.Title))
	label, offer := "article:"+string(hit.Article), d.conv.Offer
	var buttons []Button
	if d.conv.Status == StatusResolved {
		parts = append(parts, d.say("follow.end"))
	} else {
		parts = append(parts, d.say("did_that_help"))
		buttons = helpButtons(d.turn)
		d.conv.Said = label + "#" + digest(hit.Text)[:8]
	}
	m := d.reply(strings.Join(parts, "\n\n"), buttons...)
	m.Citations = []kb.Citation{hit.Citation}
	m.Decision = &Decision{Action: ActFollowUp, Step: 6, Reason: "bot.why.gap_closed", Detail: g.Message}
	d.helped(label)
	if d.conv.Status == StatusResolved {
		d.conv.Offer = offer
	}
}

// helpButtons ask whether an answer helped.
func helpButtons(t *turn) []Button {
	return []Button{{Title: t.say("button.helped"), Action: "helped:yes"}, {Title: t.say("button.not_helped"), Action: "helped:no"}}
}
