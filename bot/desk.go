package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"huiyin/nlp"
)

var (
	_ Handler = (*Bot)(nil)
	_ Desk    = (*Bot)(nil)
	_ Feed    = (*Bot)(nil)

	_ Dispatch = (*Bot)(nil)
	_ Roster   = (*Bot)(nil)
	_ Ruler    = (*Bot)(nil)
	_ Tierer   = (*Bot)(nil)
)

// deskTries is how often an act of an agent is tried against lanes that change the same conversation.
const deskTries = 8

// desk is an act of an agent on a conversation, in memory.
type desk struct {
	*turn
	by     Agent
	detail string // of the act, for the audit log
	shut   bool   // the platform takes no message to the customer: see ErrWindow
}

// onDesk reads a conversation, lets act change it, and saves; when the conversation changed meanwhile, once more.
func (b *Bot) onDesk(ctx context.Context, id ConversationID, by Agent, action string, act func(*desk) error) (*desk, error) {
	for try := 1; ; try++ {
		conv, err := b.cfg.Store.Conversation(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", action, err)
		}
		t := &turn{b: b, d: b.cfg.Dialogue(), job: &job{Accepted: Accepted{Inbound: Inbound{Inbox: conv.Inbox, Thread: conv.Thread}}},
			now: b.now(), conv: conv}
		t.lang = t.language(nlp.LangUnknown)
		d := &desk{turn: t, by: by}
		if err := d.reach(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", action, err)
		}
		if err := act(d); err != nil {
			return nil, fmt.Errorf("%s: %w", action, b.named(ctx, conv, err))
		}
		if t.conv, _, err = b.tiered(ctx, t.conv); err != nil { // tags may have come, or it was with the bot until now
			return nil, fmt.Errorf("%s: %w", action, err)
		}
		t.conv.UpdatedAt = t.now
		for _, m := range t.out {
			if m.Direction == Outgoing && !m.Private {
				t.conv.Preview = cutPreview(orFiles(shown(m.Text), m.Files))
			}
		}
		c := Change{Conversation: t.conv, Contact: t.contact, Messages: t.out, Facts: t.facts,
			Log: append(t.log, Event{At: t.now, Actor: string(by.ID), Action: action, Object: string(id), Detail: d.detail})}
		answers(ctx, &c)
		saved, err := b.commit(ctx, c)
		if errors.Is(err, ErrConflict) && try < deskTries {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", action, err)
		}
		t.conv = saved
		return d, nil
	}
}

// named adds to a conflict who was faster.
func (b *Bot) named(ctx context.Context, conv Conversation, err error) error {
	if !errors.Is(err, ErrConflict) || conv.Agent == "" {
		return err
	}
	who := string(conv.Agent)
	if a, readErr := b.cfg.Store.Agent(ctx, conv.Agent); readErr == nil && a.Name != "" {
		who = a.Name
	}
	return fmt.Errorf("%s has this conversation: %w", who, err)
}

// take makes the agent the owner, with the facts that belong to it.
func (d *desk) take() error {
	before := d.conv
	moved, err := d.conv.claim(d.by.ID)
	if err != nil || !moved {
		return err
	}
	if before.Status == StatusWaiting {
		d.agentFact(FactClaimed, d.now.Sub(before.WaitingSince).Seconds(), "")
	} else {
		d.agentFact(FactClaimed, 0, "")
	}
	if before.Status == StatusResolved {
		d.conv.OpenedAt, d.conv.FirstResponse = d.now, d.now // nobody waits for a first response
		d.agentFact(FactReopened, d.now.Sub(before.ResolvedAt).Seconds(), "")
	}
	d.activity("desk.claimed")
	return nil
}

// mine makes sure that the agent may act on the conversation: it is hers, nobody's, or she leads.
func (d *desk) mine() error {
	if !Can(d.by, Decide, d.conv.Object()) {
		return ErrConflict
	}
	return nil
}

func (d *desk) agentFact(name string, value float64, label string) {
	d.fact(name, value, label)
	d.facts[len(d.facts)-1].Agent = d.by.ID
}

// activity adds an entry about what the agent did.
func (d *desk) activity(key string, pairs ...any) {
	d.entryOf("bot."+key, append(pairs, "name", d.by.Name)...)
}

// Claim implements Desk. The customer is told who is here now.
func (b *Bot) Claim(ctx context.Context, id ConversationID, by Agent) (Conversation, error) {
	d, err := b.onDesk(ctx, id, by, "conversation.claim", func(d *desk) error {
		waited := d.conv.Status == StatusWaiting
		if err := d.take(); err != nil {
			return err
		}
		if waited && by.Name != "" {
			d.tell(d.say("agent_here", "name", by.Name))
		}
		return nil
	})
	if err != nil {
		return Conversation{}, err
	}
	return d.conv, nil
}

// ErrEmpty means that there is no text to send.
var ErrEmpty = errors.New("bot: there is no text to send")

// text makes what an agent typed fit to be stored.
func deskText(text string, files []File) (string, error) {
	text = cutText(strings.TrimSpace(nlp.Clean(text)))
	if text == "" && len(files) == 0 {
		return "", ErrEmpty
	}
	return text, nil
}

// Reply implements Desk. A conversation that another agent owns is not written into: claim it first.
func (b *Bot) Reply(ctx context.Context, id ConversationID, by Agent, text string, files ...File) (Message, error) {
	text, err := deskText(text, files)
	if err != nil {
		return Message{}, err
	}
	return written(b.onDesk(ctx, id, by, "conversation.reply", func(d *desk) error {
		once, err := d.once(ctx, text, false)
		if err != nil {
			return err
		}
		attached, err := d.attached(ctx, files, false)
		if err != nil {
			return err
		}
		m, err := d.replied(text)
		if err != nil {
			return err
		}
		m.Files, m.Once = attached, once
		return nil
	}))
}

// replied takes the conversation over, and writes to the customer.
func (d *desk) replied(text string) (*Message, error) {
	if d.shut {
		return nil, ErrWindow
	}
	if err := d.take(); err != nil {
		return nil, err
	}
	return d.answer(text), nil
}

// answer adds what the agent writes to the customer, with what follows from it.
func (d *desk) answer(text string) *Message {
	m := d.write(text)
	m.Author, m.AuthorID, m.AuthorName = ByAgent, string(d.by.ID), d.by.Name
	d.kept(FirstResponse, NextResponse)
	d.conv.OwedSince, d.conv.SnoozedUntil = time.Time{}, time.Time{}
	if h := d.conv.Handoff; h != nil && d.conv.FirstResponse.IsZero() {
		d.conv.FirstResponse = d.now
		d.agentFact(FactFirstResponse, d.now.Sub(h.At).Seconds(), "")
	}
	return m
}

// Note implements Desk. Everybody may note something in any conversation.
func (b *Bot) Note(ctx context.Context, id ConversationID, by Agent, text string, files ...File) (Message, error) {
	text, err := deskText(text, files)
	if err != nil {
		return Message{}, err
	}
	agents, err := b.cfg.Store.Agents(ctx)
	if err != nil {
		return Message{}, fmt.Errorf("conversation.note: %w", err)
	}
	return written(b.onDesk(ctx, id, by, "conversation.note", func(d *desk) error {
		once, err := d.once(ctx, text, true)
		if err != nil {
			return err
		}
		attached, err := d.attached(ctx, files, true)
		if err != nil {
			return err
		}
		m := d.noted(text, agents)
		m.Files, m.Once = attached, once
		return nil
	}))
}

// noted adds a private note.
func (d *desk) noted(text string, agents []Agent) *Message {
	d.conv.LastSeq++
	m := Message{Direction: Outgoing, Private: true, Author: ByAgent, AuthorID: string(d.by.ID), AuthorName: d.by.Name, Text: text,
		Mentions: Mentioned(text, agents, d.by.ID), At: d.now}
	d.place(&m)
	d.conv.mention(m)
	d.out = append(d.out, m)
	return &d.out[len(d.out)-1]
}

// Resolve implements Desk. A conversation that an agent had is followed by a question for a rating.
func (b *Bot) Resolve(ctx context.Context, id ConversationID, by Agent) (Conversation, error) {
	return b.dispatch(ctx, id, by, "conversation.resolve", func(d *desk) error { return d.resolved() })
}

// resolved closes the conversation.
func (d *desk) resolved() error {
	if err := d.mine(); err != nil {
		return err
	}
	rate := d.conv.Status == StatusAgent && !d.b.rules.NoRating
	d.kept(Resolution)
	if err := d.conv.resolve(d.by.ID, d.now); err != nil {
		return err
	}
	d.agentFact(FactResolved, d.now.Sub(d.conv.OpenedAt).Seconds(), "agent")
	d.activity("desk.resolved")
	if rate {
		d.askRating()
	}
	return nil
}

// askRating asks how satisfied the customer is, from 1 to 5.
func (d *desk) askRating() {
	var buttons []Button
	for _, n := range []string{"1", "2", "3", "4", "5"} {
		buttons = append(buttons, Button{Title: d.say("button.csat_" + n), Action: "csat:" + n})
	}
	d.hears(d.say("csat"), buttons...)
}

// Return implements Desk. The customer is told that the bot is there again.
func (b *Bot) Return(ctx context.Context, id ConversationID, by Agent) (Conversation, error) {
	return b.dispatch(ctx, id, by, "conversation.return", func(d *desk) error { return d.returned() })
}

// returned gives the conversation back to the bot.
func (d *desk) returned() error {
	if err := d.mine(); err != nil {
		return err
	}
	if err := d.conv.giveBack(); err != nil {
		return err
	}
	d.agentFact(FactReturned, 1, "")
	d.activity("desk.returned")
	d.hears(d.say("returned"))
	return nil
}

// Resend implements Desk. ErrState when the message is neither Failed nor Unknown.
func (b *Bot) Resend(ctx context.Context, id MessageID, by Agent) (Message, error) {
	conv, seq, ok := id.Parts()
	if !ok {
		return Message{}, fmt.Errorf("message %q: %w", id, ErrNotFound)
	}
	d, err := b.onDesk(ctx, conv, by, "message.resend", func(d *desk) error {
		m, err := d.message(ctx, seq)
		switch {
		case err != nil:
			return err
		case m.ID != id:
			return ErrNotFound
		case m.Delivery != Failed && m.Delivery != Unknown:
			return fmt.Errorf("resend a message that is %s: %w", m.Delivery, ErrState)
		case d.shut:
			return ErrWindow
		}
		m.Delivery, m.Error, m.Epoch = Queued, "", d.conv.Epoch
		d.out = append(d.out, m)
		return nil
	})
	if err != nil {
		return Message{}, err
	}
	return d.out[0], nil
}
