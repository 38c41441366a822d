package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/bot"
)

// MaxIDBytes bounds every name that becomes part of a key: ids, inboxes, threads, e-mail addresses.
const MaxIDBytes = 4096

// CheckID makes sure that a name can be part of a key.
func CheckID(what, id string) error {
	switch {
	case id == "":
		return fmt.Errorf("%w: no %s", ErrInvalid, what)
	case len(id) > MaxIDBytes:
		return fmt.Errorf("%w: %s of %d bytes, at most %d", ErrInvalid, what, len(id), MaxIDBytes)
	case strings.IndexByte(id, 0) >= 0:
		return fmt.Errorf("%w: %s with a NUL byte", ErrInvalid, what)
	case !utf8.ValidString(id): // JSON would change it
		return fmt.Errorf("%w: %s is not UTF-8", ErrInvalid, what)
	}
	return nil
}

// CheckEvent makes sure that an event can be stored.
func CheckEvent(e bot.Inbound) error {
	if err := CheckID("inbox of an event", string(e.Inbox)); err != nil {
		return err
	}
	return CheckID("source id of an event", e.SourceID)
}

// CheckChange looks for what is wrong with a change by itself, and sorts its messages by Seq. A change without a
// conversation finishes events and writes facts and the log; it has no messages, gaps, contact or address.
func CheckChange(c *bot.Change) error {
	id := c.Conversation.ID
	if id == "" {
		if len(c.Messages) > 0 || len(c.Gaps) > 0 || c.Contact != nil || c.Address != nil || c.Conversation.Version != 0 {
			return fmt.Errorf("%w: a change without a conversation may only finish events, and write facts and the log", ErrInvalid)
		}
		return checkDone(c.Done)
	}
	if err := checkNames(c); err != nil {
		return err
	}
	c.Messages = slices.Clone(c.Messages)
	slices.SortFunc(c.Messages, func(a, b bot.Message) int { return cmp.Compare(a.Seq, b.Seq) })
	for i, m := range c.Messages {
		if err := checkMessage(m, id); err != nil {
			return err
		}
		if i > 0 && c.Messages[i-1].Seq == m.Seq {
			return fmt.Errorf("%w: conversation %s: message %d twice in one change", ErrInvalid, id, m.Seq)
		}
	}
	for _, g := range c.Gaps {
		if err := CheckID("id of a gap", g.ID); err != nil {
			return err
		}
		if g.Conversation != string(id) {
			return fmt.Errorf("%w: gap %s is not of conversation %s", ErrInvalid, g.ID, id)
		}
	}
	return checkDone(c.Done)
}

func checkDone(done []uint64) error {
	sorted := slices.Clone(done)
	slices.Sort(sorted)
	if len(slices.Compact(sorted)) != len(done) {
		return fmt.Errorf("%w: an event is finished twice in one change", ErrInvalid)
	}
	return nil
}

func checkNames(c *bot.Change) error {
	conv := c.Conversation
	if err := CheckID("id of the conversation", string(conv.ID)); err != nil {
		return err
	}
	names := map[string]string{
		"inbox": string(conv.Inbox), "thread": conv.Thread, "agent": string(conv.Agent), "contact": string(conv.Contact),
	}
	for what, name := range names {
		if err := CheckID(what, name); err != nil && name != "" {
			return fmt.Errorf("conversation %s: %w", conv.ID, err)
		}
	}
	if StatusRank(conv.Status) < 0 {
		return fmt.Errorf("%w: conversation %s: status %q", ErrInvalid, conv.ID, conv.Status)
	}
	if c.Contact != nil {
		if err := CheckID("id of the contact", string(c.Contact.ID)); err != nil {
			return err
		}
	}
	if c.Address != nil {
		for what, name := range map[string]string{
			"inbox of the address": string(c.Address.Inbox), "source id of the address": c.Address.SourceID,
			"contact of the address": string(c.Address.Contact),
		} {
			if err := CheckID(what, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkMessage(m bot.Message, id bot.ConversationID) error {
	for what, name := range map[string]string{"inbox": string(m.Inbox), "source id": m.SourceID} {
		if err := CheckID(what, name); err != nil && name != "" {
			return fmt.Errorf("message %s: %w", m.ID, err)
		}
	}
	switch {
	case m.Conversation != id:
		return fmt.Errorf("%w: message %s is of conversation %q, not %s", ErrInvalid, m.ID, m.Conversation, id)
	case m.Seq == 0:
		return fmt.Errorf("%w: message %s has no Seq", ErrInvalid, m.ID)
	case m.ID != MessageID(id, m.Seq):
		return fmt.Errorf("%w: message %d of conversation %s is named %q", ErrInvalid, m.Seq, id, m.ID)
	case m.Delivery != "" && (m.Direction != bot.Outgoing || m.Private):
		return fmt.Errorf("%w: message %s is not one to send, but its delivery is %q", ErrInvalid, m.ID, m.Delivery)
	}
	return nil
}

// CheckSeqs makes sure that the new messages of a change continue the stored sequence without a hole.
func CheckSeqs(lastSeq uint64, c bot.Change) error {
	next := lastSeq
	for _, m := range c.Messages {
		if m.Seq <= lastSeq {
			continue
		}
		if next++; m.Seq != next {
			return fmt.Errorf("%w: conversation %s: message %d after message %d", ErrInvalid, c.Conversation.ID, m.Seq, next-1)
		}
	}
	if c.Conversation.LastSeq != next {
		return fmt.Errorf("%w: conversation %s: LastSeq is %d, its newest message %d", ErrInvalid, c.Conversation.ID, c.Conversation.LastSeq, next)
	}
	return nil
}

// StatusRank numbers the statuses from 0; −1 when it is none.
func StatusRank(s bot.Status) int { return slices.Index(Statuses(), s) }

// Statuses are all statuses of a conversation. Their order is part of the file format.
func Statuses() []bot.Status {
	return []bot.Status{bot.StatusBot, bot.StatusWaiting, bot.StatusAgent, bot.StatusResolved}
}

// DefaultLimit is how many entries a listing returns when the caller does not say.
const DefaultLimit = 100

// Limit is the number of entries to return.
func Limit(asked int) int {
	if asked <= 0 {
		return DefaultLimit
	}
	return asked
}

// Matches reports whether a conversation passes a filter (its Limit aside).
func Matches(f bot.Filter, c bot.Conversation) bool {
	return (len(f.Statuses) == 0 || slices.Contains(f.Statuses, c.Status)) &&
		(f.Agent == "" || f.Agent == c.Agent) &&
		(f.Contact == "" || f.Contact == c.Contact) &&
		(f.Inbox == "" || f.Inbox == c.Inbox) &&
		(f.Before.IsZero() || c.UpdatedAt.Before(f.Before))
}

// MatchesContact reports whether a search finds a contact: by e-mail, phone (digits only), account, what was confirmed or source id as a whole, or
// by a part of the name; all without case.
func MatchesContact(query string, c bot.Contact, addresses []bot.ContactInbox) bool {
	query = strings.TrimSpace(query)
	if query == "" {
		return false
	}
	if strings.EqualFold(query, c.Email) || strings.Contains(strings.ToLower(c.Name), strings.ToLower(query)) {
		return true
	}
	if p := bot.BuyerPhone(query); p != "" && p == bot.BuyerPhone(c.Phone) || c.Account != "" && query == c.Account {
		return true
	}
	if slices.Contains(c.Noted.Confirmed, bot.BuyerEmail(query)) || slices.Contains(c.Noted.Confirmed, bot.BuyerPhone(query)) {
		return true
	}
	return slices.ContainsFunc(addresses, func(a bot.ContactInbox) bool { return strings.EqualFold(query, a.SourceID) })
}

// SortContacts puts those seen last first.
func SortContacts(found []bot.Contact) {
	slices.SortFunc(found, func(a, b bot.Contact) int {
		return cmp.Or(b.SeenAt.Compare(a.SeenAt), cmp.Compare(a.ID, b.ID))
	})
}

// SortAgents orders by name.
func SortAgents(agents []bot.Agent) {
	slices.SortFunc(agents, func(a, b bot.Agent) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

// FoldEmail is the form in which e-mail addresses are compared.
func FoldEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// SessionEnded reports whether a session has expired at an instant; one without an end never does.
func SessionEnded(s bot.Session, at time.Time) bool {
	return !s.ExpiresAt.IsZero() && s.ExpiresAt.Before(at)
}
