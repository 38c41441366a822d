package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
)

// MessageID is the id of a message: "<conversation>-<seq>".
func MessageID(id bot.ConversationID, seq uint64) bot.MessageID {
	return bot.MessageID(string(id) + "-" + strconv.FormatUint(seq, 10))
}

// SplitMessageID says where a message is; ok is false when it is no id of ours.
func SplitMessageID(id bot.MessageID) (conversation bot.ConversationID, seq uint64, ok bool) {
	i := strings.LastIndexByte(string(id), '-')
	if i <= 0 {
		return "", 0, false
	}
	conversation = bot.ConversationID(id[:i])
	seq, err := strconv.ParseUint(string(id[i+1:]), 10, 64)
	return conversation, seq, err == nil && MessageID(conversation, seq) == id
}

// Unsent reports whether a message belongs in the outbox.
func Unsent(m bot.Message) bool { return m.Delivery == bot.Queued || m.Delivery == bot.Sending }

// MergeMessage is what is stored when a Change writes a message that exists already. The outbox owns how far an outgoing
// message got, so a Change keeps Delivery, Attempts, Error, SentAt and SourceID as they are stored, with two
// exceptions: it cancels a Queued one, and queues a Failed or Unknown one again. Queueing one that is under way or has
// arrived is a ErrConflict: the caller read it too early.
func MergeMessage(stored, next bot.Message) (bot.Message, error) {
	if stored.Direction != next.Direction {
		return bot.Message{}, fmt.Errorf("%w: message %s is %s, not %s", ErrInvalid, stored.ID, stored.Direction, next.Direction)
	}
	if stored.Delivery == "" && next.Delivery == "" {
		return next, nil // incoming, activity, note
	}
	switch {
	case stored.Delivery == bot.Queued && next.Delivery == bot.Cancelled:
		return next, nil
	case next.Delivery == bot.Queued && (stored.Delivery == bot.Failed || stored.Delivery == bot.Unknown):
		return next, nil
	case next.Delivery == bot.Queued && !Unsent(stored):
		return bot.Message{}, fmt.Errorf("message %s is %s already: %w", stored.ID, stored.Delivery, bot.ErrConflict)
	}
	next.Delivery, next.Attempts, next.Error = stored.Delivery, stored.Attempts, stored.Error
	next.SentAt, next.SourceID = stored.SentAt, stored.SourceID
	return next, nil
}

// BeginSend is the message that an attempt to send leaves in the store. With ErrStale the message returned is to be
// stored too when its Delivery changed: it was cancelled just now.
func BeginSend(m bot.Message, epoch uint64) (bot.Message, error) {
	switch {
	case m.Delivery == bot.Cancelled:
		return m, fmt.Errorf("message %s: %w", m.ID, bot.ErrStale)
	case !Unsent(m):
		return m, fmt.Errorf("message %s is %q, not queued: %w", m.ID, m.Delivery, bot.ErrConflict)
	case m.Author == bot.ByBot && m.Epoch != epoch:
		m.Delivery = bot.Cancelled
		return m, fmt.Errorf("message %s: %w", m.ID, bot.ErrStale)
	}
	m.Delivery = bot.Sending
	m.Attempts++
	return m, nil
}

// EndSend is the message after an attempt. ErrConflict when none was under way.
func EndSend(m bot.Message, r bot.SendResult) (bot.Message, error) {
	if m.Delivery != bot.Sending {
		return m, fmt.Errorf("message %s is %q, not sending: %w", m.ID, m.Delivery, bot.ErrConflict)
	}
	switch r.Delivery {
	case bot.Sent:
		m.SentAt = r.At
	case bot.Queued, bot.Failed, bot.Unknown:
	default:
		return m, fmt.Errorf("%w: message %s: an attempt cannot end as %q", ErrInvalid, m.ID, r.Delivery)
	}
	if r.SourceID != "" {
		if err := CheckID("source id of a message", r.SourceID); err != nil {
			return m, err
		}
		m.SourceID = r.SourceID
	}
	m.Delivery, m.Error = r.Delivery, r.Error
	return m, nil
}

// Undelivered reports whether a message will not arrive by itself: then its UndeliveredFact is written.
func Undelivered(m bot.Message) bool { return m.Delivery == bot.Failed || m.Delivery == bot.Unknown }

// UndeliveredFact says that a message of a conversation was given up at an instant.
func UndeliveredFact(m bot.Message, conv bot.Conversation, at time.Time) bot.Fact {
	return bot.Fact{
		Name: bot.FactUndelivered, Value: 1, Label: string(m.Delivery), Start: m.At, End: at,
		Conversation: m.Conversation, Inbox: m.Inbox, Channel: conv.Channel, Lang: conv.Lang,
	}
}

// Receipt is the message after the platform reported it delivered or read. Changed is false when it knew that already.
// A Failed or Unknown message moves too: now we know that it arrived.
func Receipt(m bot.Message, d bot.Delivery, at time.Time) (after bot.Message, changed bool, err error) {
	rank := map[bot.Delivery]int{bot.Failed: 1, bot.Unknown: 1, bot.Sent: 1, bot.Delivered: 2, bot.Read: 3}
	if d != bot.Delivered && d != bot.Read {
		return m, false, fmt.Errorf("%w: a receipt cannot be %q", ErrInvalid, d)
	}
	if m.Direction != bot.Outgoing {
		return m, false, fmt.Errorf("message %s was not sent by us: %w", m.ID, bot.ErrNotFound)
	}
	if rank[m.Delivery] == 0 || rank[d] <= rank[m.Delivery] {
		return m, false, nil
	}
	if m.SentAt.IsZero() {
		m.SentAt = at
	}
	m.Delivery, m.Error = d, ""
	return m, true, nil
}
