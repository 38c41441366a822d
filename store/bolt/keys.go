package bolt

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"time"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/store"
)

// Keys are made of names, each closed by a NUL byte (no name contains one), and of numbers and times of 8 bytes, big
// endian, so that they sort as they should. Everything of one conversation lies together in tConversations:
//
//	id NUL 'c'               the conversation
//	id NUL 'f' fact key      a fact of it
//	id NUL 'g' gap key       a gap of it
//	id NUL 'k' board         its card on a board of the team
//	id NUL 'm' Seq           a message of it
//	id NUL 's' agent         up to which Seq the agent has seen it
const (
	partConversation = 'c'
	partFact         = 'f'
	partGap          = 'g'
	partCard         = 'k'
	partMessage      = 'm'
	partSeen         = 's'
)

// name appends a name with its end.
func name[S ~string](key []byte, s S) []byte { return append(append(key, s...), 0) }

// keyBytes is what most keys of an index have room in, so that they need not be moved while they are made.
const keyBytes = 64

// newKey begins a key of an index.
func newKey() []byte { return make([]byte, 0, keyBytes) }

// cut splits a name off a key.
func cut(key []byte) (string, []byte) {
	s, rest, _ := bytes.Cut(key, []byte{0})
	return string(s), rest
}

func number(key []byte, n uint64) []byte { return binary.BigEndian.AppendUint64(key, n) }

// instant appends a time. Times before 1970 and after 2262 sort as these.
func instant(key []byte, t time.Time) []byte { return number(key, nanos(t)) }

func nanos(t time.Time) uint64 {
	switch s := t.Unix(); {
	case s < 0:
		return 0
	case s >= math.MaxInt64/int64(time.Second):
		return math.MaxInt64
	}
	return uint64(t.UnixNano())
}

func conversationPrefix(id bot.ConversationID) []byte {
	return name(make([]byte, 0, len(id)+32), id)
}

func conversationKey(id bot.ConversationID) []byte {
	return append(conversationPrefix(id), partConversation)
}

func messagePrefix(id bot.ConversationID) []byte { return append(conversationPrefix(id), partMessage) }

func messageKey(id bot.ConversationID, seq uint64) []byte { return number(messagePrefix(id), seq) }

// messageRef is how an index names a message; it sorts as messageKey does.
func messageRef(key []byte, m bot.Message) []byte { return number(name(key, m.Conversation), m.Seq) }

// messageAt is the key of the message that a reference names.
func messageAt(ref []byte) []byte {
	id, seq := cut(ref)
	return append(messagePrefix(bot.ConversationID(id)), seq...)
}

// conversationIndex is every index entry of a conversation.
func conversationIndex(c bot.Conversation) []entry {
	if c.ID == "" {
		return nil
	}
	rank := byte(store.StatusRank(c.Status))
	all := []entry{
		{tLanes, append(instant(name(name(newKey(), c.Inbox), c.Thread), c.CreatedAt), c.ID...), nil},
		{tByStatus, append(instant(append(newKey(), rank), c.UpdatedAt), c.ID...), nil},
		{tByCreated, append(instant(newKey(), c.CreatedAt), c.ID...), nil},
	}
	if c.Agent != "" {
		all = append(all, entry{tByAgent, append(instant(append(name(newKey(), c.Agent), rank), c.UpdatedAt), c.ID...), nil})
	}
	if c.Contact != "" {
		all = append(all, entry{tByContact, append(name(newKey(), c.Contact), c.ID...), nil})
	}
	return append(all, threadIndex(c)...)
}

// threadIndex is the entry by which the thread of a conversation is found by its account, if it has one.
func threadIndex(c bot.Conversation) []entry {
	if !store.HasAccount(c) {
		return nil
	}
	return []entry{{tThreadsOf, append(instant(threadsPrefix(c.Contact, c.Inbox, c.Account), c.UpdatedAt), c.ID...), []byte(c.Thread)}}
}

// threadsPrefix is what the threads of an account have in common.
func threadsPrefix(id bot.ContactID, inbox bot.InboxID, account string) []byte {
	return name(name(name(newKey(), id), inbox), account)
}

// contactIndex is every index entry of a contact.
func contactIndex(c bot.Contact) []entry {
	var all []entry
	for _, value := range store.Reaches(c) {
		all = append(all, entry{tByReach, append(name(newKey(), value), c.ID...), nil})
	}
	return all
}

// messageIndex is every index entry of a message.
func messageIndex(m bot.Message) []entry {
	if m.Seq == 0 {
		return nil
	}
	all := []entry{{tByTime, messageRef(instant(newKey(), m.At), m), nil}}
	if m.SourceID != "" {
		all = append(all, entry{tBySource, messageRef(name(name(newKey(), m.Inbox), m.SourceID), m), nil})
	}
	if store.Unsent(m) {
		all = append(all, entry{tOutbox, messageRef(newKey(), m), nil})
	}
	return all
}

// gapKey is where a gap is.
func gapKey(g kb.Gap) []byte { return append(instant(nil, g.At), g.ID...) }

// gapIndex is every index entry of a gap.
func gapIndex(g kb.Gap) []entry {
	if g.ID == "" {
		return nil
	}
	key := gapKey(g)
	return []entry{
		{tGapIDs, []byte(g.ID), key},
		{tConversations, append(append(conversationPrefix(bot.ConversationID(g.Conversation)), partGap), key...), nil},
	}
}

// factRef is the entry by which a conversation knows a fact.
func factRef(id bot.ConversationID, key []byte) []byte {
	return append(append(conversationPrefix(id), partFact), key...)
}

func addressKey(inbox bot.InboxID, sourceID string) []byte {
	return append(name(nil, inbox), sourceID...)
}

func addressOfKey(a bot.ContactInbox) []byte {
	return append(name(nil, a.Contact), addressKey(a.Inbox, a.SourceID)...)
}

func revisionKey(id kb.ArticleID, revision int) []byte {
	return number(name(nil, id), uint64(revision))
}

// hashBytes is the length of the hashes that remember events and erased contacts: 128 bits, so that no two are alike.
const hashBytes = 16

// seenHash is how an event is remembered: as a hash, since ids of platforms may name a person and the memory outlives
// her erasure.
func seenHash(e bot.Inbound) []byte {
	sum := sha256.Sum256(addressKey(e.Inbox, e.SourceID))
	return sum[:hashBytes]
}

func contactHash(id bot.ContactID) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:hashBytes]
}
