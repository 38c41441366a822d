package bolt

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"huiyin/bot"
)

// The records whose values are kept are bounded in number, and each in bytes: what is longer is decoded again, which is
// rare. Together they take a few megabytes, 30 at the most.
const (
	maxKnown      = 4096
	maxKnownBytes = 4096
)

// known are values of records that the writer wrote or decoded lately. A message is read three times more soon after it
// was stored (when its sending begins and ends, and when the customer answers it), and a conversation with each of its
// messages; decoding is most of what that costs. A value counts only while the record that the transaction sees is the
// one it belongs to, byte for byte, so nothing has to be taken back when a transaction fails, and readers of an older state
// are not misled. Only the writer adds values: a reader could bring back what was erased meanwhile.
type known struct {
	mu      sync.Mutex
	records map[string]knownRecord
}

type knownRecord struct {
	record []byte
	value  any
}

// note keeps the value of a record. Neither may change afterwards.
func (k *known) note(key, record []byte, value any) {
	if len(record) > maxKnownBytes {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.records == nil {
		k.records = map[string]knownRecord{}
	}
	if len(k.records) >= maxKnown {
		for old := range k.records { // any one
			delete(k.records, old)
			break
		}
	}
	k.records[string(key)] = knownRecord{record, value}
}

// forget drops everything.
func (k *known) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.records)
}

// valueOf is the value of a record that stands under a key, if it is known. It is shared and must not be changed.
func valueOf[T any](k *known, key, record []byte) (v T, ok bool) {
	if k == nil {
		return v, false
	}
	k.mu.Lock()
	r, ok := k.records[string(key)]
	k.mu.Unlock()
	if !ok || !bytes.Equal(r.record, record) {
		return v, false
	}
	v, ok = r.value.(T)
	return v, ok
}

// recall is record for a conversation or a message that the writer is about to replace, and does not decode what is
// known. The value is shared and must not be changed.
func recall[T any](x *txn, key []byte) (v T, found bool, err error) {
	b := x.get(tConversations, key)
	if b == nil {
		return v, false, nil
	}
	if v, ok := valueOf[T](x.known, key, b); ok {
		return v, true, nil
	}
	if err := decode(b, &v); err != nil {
		return v, true, fmt.Errorf("table %s, key %x: %w", specOf(tConversations).name, key, err)
	}
	x.known.note(key, bytes.Clone(b), v)
	return v, true, nil
}

// readConversation is record for a conversation, and does not decode what is known.
func (x *txn) readConversation(id bot.ConversationID) (c bot.Conversation, found bool, err error) {
	key := conversationKey(id)
	if c, ok := valueOf[bot.Conversation](x.known, key, x.get(tConversations, key)); ok {
		return ownConversation(c), true, nil
	}
	return record[bot.Conversation](x, tConversations, key)
}

// readMessage decodes the record of a message, unless it is known.
func (x *txn) readMessage(key, record []byte) (m bot.Message, err error) {
	if m, ok := valueOf[bot.Message](x.known, key, record); ok && m.Analysis == nil && m.Decision == nil {
		return ownMessage(m), nil
	}
	err = decode(record, &m)
	return m, err
}

// ownConversation is a copy that shares nothing with the original, its times as they are read from a record.
func ownConversation(c bot.Conversation) bot.Conversation {
	if c.Handoff != nil {
		h := *c.Handoff
		wallTimes(&h.At)
		h.Words = maps.Clone(h.Words)
		c.Handoff = &h
	}
	c.Form, c.Aside = ownForm(c.Form), ownForm(c.Aside)
	c.Slots = maps.Clone(c.Slots)
	for name, slot := range c.Slots {
		wallTimes(&slot.At)
		c.Slots[name] = slot
	}
	c.Tags, c.Mentioned = slices.Clone(c.Tags), maps.Clone(c.Mentioned)
	c.Alarms, c.BotTurnsMinute = maps.Clone(c.Alarms), slices.Clone(c.BotTurnsMinute)
	wallTimes(&c.AsideAt, &c.CreatedAt, &c.OpenedAt, &c.UpdatedAt, &c.CustomerAt, &c.AckAt, &c.WaitingSince, &c.FirstResponse,
		&c.OwedSince, &c.SnoozedUntil, &c.ResolvedAt)
	return c
}

func ownForm(f *bot.FormState) *bot.FormState {
	if f == nil {
		return nil
	}
	own := *f
	own.Values, own.Offered = maps.Clone(f.Values), maps.Clone(f.Offered)
	for slot, o := range own.Offered {
		o.Options = slices.Clone(o.Options)
		own.Offered[slot] = o
	}
	return &own
}

// ownMessage is a copy, without analysis and decision, that shares nothing with the original.
func ownMessage(m bot.Message) bot.Message {
	m.Buttons, m.Files = slices.Clone(m.Buttons), slices.Clone(m.Files)
	m.Mentions, m.Citations = slices.Clone(m.Mentions), slices.Clone(m.Citations)
	m.Words = maps.Clone(m.Words)
	if m.Variant != nil {
		v := *m.Variant
		m.Variant = &v
	}
	wallTimes(&m.SentAt, &m.At, &m.EditedAt, &m.DeletedAt)
	return m
}

// wallTimes takes off the reading of the process's own clock, which no record has.
func wallTimes(times ...*time.Time) {
	for _, t := range times {
		*t = t.Round(0)
	}
}
