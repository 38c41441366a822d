package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/nlp"
)

// How much one entry of a thread holds.
const (
	groupMessages = 10
	groupRunes    = 2000
	titleRunes    = 60
)

// text puts a text together in which what people wrote is only text.
type text struct{ channels.Rich }

func styled(s string) channels.Rich { return channels.Markdown(s) }

func (t *text) add(s string) { t.Text += channels.Clean(s) }

func (t *text) style(style channels.Style, s string) {
	start := len(t.Text)
	t.add(s)
	if len(t.Text) > start {
		t.Spans = append(t.Spans, channels.Span{Start: start, End: len(t.Text), Style: style})
	}
}

// markOf tells versions of what is shown apart.
func markOf(v any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v", v))
	return hex.EncodeToString(sum[:8])
}

// title is a conversation in a line: who, in which tier if in any, and from where.
func (b *board) title(c bot.Conversation) string {
	parts := []string{cut(b.customer(c.Name), titleRunes)}
	rules, _ := b.Verbs.Rules()
	if t, ok := rules.Tier(c.Tier); ok {
		parts = append(parts, t.Title(nlp.Lang(b.lang())))
	}
	return strings.Join(append(parts, cmp.Or(b.names[c.Inbox], string(c.Inbox))), " · ")
}

// customer is what a customer is called, the first of her names that is one. Where it is a number or an address, as messengers
// give them, it is masked as in a text.
func (b *board) customer(names ...string) string {
	for _, name := range names {
		name = strings.Join(strings.Fields(channels.Clean(name)), " ")
		if name == "" {
			continue
		}
		if b.rules.Personal {
			return name
		}
		return nlp.Redact(name)
	}
	return b.say("customer")
}

// status is where a conversation stands, in words.
func (b *board) status(ctx context.Context, c bot.Conversation) string {
	switch {
	case c.Status == bot.StatusAgent && !c.SnoozedUntil.IsZero():
		return b.say("status.snoozed", "name", b.name(ctx, c.Agent), "when", c.SnoozedUntil.In(b.Zone).Format("01-02 15:04"))
	case c.Status == bot.StatusAgent:
		return b.say("status.agent", "name", b.name(ctx, c.Agent))
	default:
		return b.say("status." + string(c.Status))
	}
}

// view is the card of a conversation.
func (b *board) view(ctx context.Context, c bot.Conversation) channels.BoardCard {
	status := b.status(ctx, c)
	var t text
	t.style(channels.Bold, status)
	t.add("\n" + b.title(c))
	if c.Account != "" {
		t.add("\n✓ " + b.say("vouched"))
	}
	if c.Handoff != nil && c.Handoff.Summary != "" {
		t.add("\n\n" + c.Handoff.In(b.lang()))
	}
	if escalated(c) {
		b.attending(&t, c.ID)
		t.add("\n\n")
		t.style(channels.Italic, b.say("hint", "mark", b.rules.Reply))
	}
	body := t.Rich
	if most := b.rules.Text; most > 0 {
		body = body.Split(most, channels.Runes)[0]
	}
	return channels.BoardCard{Title: cut(status+" · "+b.title(c), 2*titleRunes), Body: body, Actions: b.actions(ctx, c)}
}

// actions are what can be done with a conversation now.
func (b *board) actions(ctx context.Context, c bot.Conversation) []channels.BoardAction {
	if !escalated(c) {
		return nil
	}
	act := func(verb, arg string) string {
		return strings.TrimSuffix("desk:"+verb+":"+string(c.ID)+":"+arg, ":")
	}
	var all []channels.BoardAction
	if c.Status == bot.StatusWaiting {
		all = append(all, channels.BoardAction{Title: b.say("action.claim"), Value: act("claim", "")})
	}
	assign := channels.BoardAction{Title: b.say("action.assign")}
	for _, user := range sortedKeys(b.rules.Agents) {
		if a, err := b.agentOf(ctx, user); err == nil && a.ID != c.Agent {
			assign.Options = append(assign.Options, channels.BoardAction{Title: cmp.Or(a.Name, a.Email), Value: act("assign", user)})
		}
	}
	if len(assign.Options) > 0 {
		all = append(all, assign)
	}
	snooze := channels.BoardAction{Title: b.say("action.snooze")}
	for _, after := range []string{"1h", "4h", "24h"} {
		snooze.Options = append(snooze.Options, channels.BoardAction{Title: b.say("snooze." + after), Value: act("snooze", after)})
	}
	return append(all, snooze,
		channels.BoardAction{Title: b.say("action.resolve"), Value: act("resolve", "")},
		channels.BoardAction{Title: b.say("action.return"), Value: act("return", "")})
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// groups cuts messages into entries.
func (b *board) groups(messages []bot.Message) [][]bot.Message {
	var all [][]bot.Message
	size := 0
	for _, m := range messages {
		n := len([]rune(m.Text))
		if last := len(all) - 1; last >= 0 && len(all[last]) < groupMessages && size+n <= groupRunes {
			all[last] = append(all[last], m)
			size += n
			continue
		}
		all, size = append(all, []bot.Message{m}), n
	}
	return all
}

// entry is what the thread says about some messages; empty when that is nothing.
func (b *board) entry(c bot.Conversation, messages []bot.Message) channels.Rich {
	var t text
	for _, m := range messages {
		if b.hidden(m) {
			continue
		}
		if t.Text != "" {
			t.add("\n")
		}
		b.line(&t, c, m)
	}
	if most := b.rules.Text; most > 0 && channels.Runes.Len(t.Text) > most {
		return t.Split(most-50, channels.Runes)[0].Append(b.say("more"))
	}
	return t.Rich
}

// hidden reports whether a message has no place in the thread: what was written there stands there.
func (b *board) hidden(m bot.Message) bool {
	return m.Private && strings.Contains(m.SourceID, b.rules.Home) || m.Delivery == bot.Cancelled
}

func (b *board) line(t *text, c bot.Conversation, m bot.Message) {
	if m.Direction == bot.Activity {
		t.style(channels.Italic, m.In(b.lang()))
		return
	}
	t.style(channels.Bold, b.author(c, m)+":")
	switch {
	case !m.DeletedAt.IsZero():
		t.add(" ")
		t.style(channels.Italic, b.say("deleted"))
		return
	case m.Direction == bot.Incoming:
		t.add(" " + b.customerText(m))
	case m.Author == bot.ByBot:
		t.add(" " + b.botText(m))
	default:
		t.add(" " + channels.Markdown(m.Text).Unformatted())
	}
	t.add(b.fileLines(m))
	if !m.EditedAt.IsZero() {
		t.add(" ")
		t.style(channels.Italic, b.say("edited"))
	}
	if m.Delivery == bot.Failed || m.Delivery == bot.Unknown {
		t.add("\n")
		t.style(channels.Bold, b.say("delivery."+string(m.Delivery)))
	}
}

func (b *board) author(c bot.Conversation, m bot.Message) string {
	switch {
	case m.Direction == bot.Incoming:
		return b.customer(m.AuthorName, c.Name)
	case m.Private:
		return b.say("author.note", "name", cmp.Or(m.AuthorName, m.AuthorID))
	case m.Author == bot.ByAgent:
		return b.say("author.agent", "name", cmp.Or(m.AuthorName, m.AuthorID))
	default:
		return b.say("author.bot")
	}
}

// customerText is what a customer wrote, her personal data masked unless it is to be shown.
func (b *board) customerText(m bot.Message) string {
	if b.rules.Personal {
		return m.Text
	}
	return nlp.MaskIn(m.Text, m.Analysis)
}

// botText is what the bot wrote. It repeats what a customer filled in, so it is masked as her own words are.
func (b *board) botText(m bot.Message) string {
	text := channels.Markdown(m.Text).Unformatted()
	if b.rules.Personal {
		return text
	}
	return nlp.Redact(text)
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// snoozeFor reads for how long a conversation is to be set aside, as in a button's value: 4h.
func snoozeFor(arg string) (time.Duration, bool) {
	d, err := time.ParseDuration(arg)
	return d, err == nil && d > 0
}
