package bolt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// Unsent implements bot.OutboxStore.
func (s *Store) Unsent(ctx context.Context) ([]bot.Message, error) {
	var found []bot.Message
	err := s.view(ctx, func(x *txn) error {
		for k := range x.scan(tOutbox, nil, nil) {
			m, err := x.message(k)
			if err != nil {
				return err
			}
			found = append(found, m)
		}
		return nil
	})
	return found, err
}

// sendable finds a message that is or was to be sent.
func (x *txn) sendable(id bot.MessageID) (bot.Message, error) {
	conversation, seq, _ := store.SplitMessageID(id)
	m, found, err := recall[bot.Message](x, messageKey(conversation, seq))
	if err == nil && (!found || m.Delivery == "") {
		err = fmt.Errorf("message %s: %w", id, bot.ErrNotFound)
	}
	return m, err
}

// replaceMessage stores a message in place of an earlier state of it.
func (x *txn) replaceMessage(before, after bot.Message) error {
	value, err := encode(after)
	if err != nil {
		return err
	}
	return errors.Join(x.reindex(messageIndex(before), messageIndex(after)), x.putMessage(after, value))
}

// putMessage writes the record of a message.
func (x *txn) putMessage(m bot.Message, value []byte) error {
	key := messageKey(m.Conversation, m.Seq)
	if m.Direction == bot.Outgoing { // it will be read again
		x.known.note(key, value, m)
	}
	if m.Direction == bot.Incoming {
		if err := x.touch(m.At); err != nil {
			return err
		}
	}
	return x.put(tConversations, key, value)
}

// BeginSend implements bot.OutboxStore.
func (s *Store) BeginSend(ctx context.Context, id bot.MessageID) (bot.Message, error) {
	var begun bot.Message
	err := s.write(ctx, func(x *txn) error {
		m, err := x.sendable(id)
		if err != nil {
			return err
		}
		owner, _, err := recall[bot.Conversation](x, conversationKey(m.Conversation))
		if err != nil {
			return err
		}
		var refused error
		begun, refused = store.BeginSend(m, owner.Epoch)
		if begun.Delivery == m.Delivery && begun.Attempts == m.Attempts {
			return refused
		}
		if err := x.replaceMessage(m, begun); err != nil {
			return err
		}
		if refused != nil {
			return commitAnyway{refused} // cancelled just now
		}
		return nil
	})
	if err != nil {
		return bot.Message{}, err
	}
	return begun, nil
}

// EndSend implements bot.OutboxStore.
func (s *Store) EndSend(ctx context.Context, id bot.MessageID, r bot.SendResult) (bot.Message, error) {
	var ended bot.Message
	err := s.write(ctx, func(x *txn) error {
		m, err := x.sendable(id)
		if err != nil {
			return err
		}
		if ended, err = store.EndSend(m, r); err != nil {
			return err
		}
		var fact error
		if store.Undelivered(ended) {
			fact = x.addUndelivered(ended, r.At)
		}
		return errors.Join(fact, x.replaceMessage(m, ended))
	})
	if err != nil {
		return bot.Message{}, err
	}
	return ended, nil
}

// addUndelivered writes down that a message will not arrive by itself.
func (x *txn) addUndelivered(m bot.Message, at time.Time) error {
	conv, err := x.conversation(string(m.Conversation))
	if err != nil {
		return err
	}
	fact := store.UndeliveredFact(m, conv, at)
	value, err := encode(fact)
	if err != nil {
		return err
	}
	return x.addFact(m.Conversation, fact, value)
}

// Receipt implements bot.OutboxStore.
func (s *Store) Receipt(ctx context.Context, inbox bot.InboxID, sourceID string, d bot.Delivery, at time.Time) error {
	return s.write(ctx, func(x *txn) error {
		m, err := x.bySource(inbox, sourceID)
		if err != nil {
			return err
		}
		after, changed, err := store.Receipt(m, d, at)
		if err != nil || !changed {
			return err
		}
		return x.replaceMessage(m, after)
	})
}
