package bot

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
)

// NewMessageID is the name of the message with a Seq in a conversation.
func NewMessageID(c ConversationID, seq uint64) MessageID {
	return MessageID(string(c) + "-" + strconv.FormatUint(seq, 10))
}

// Parts are the conversation and the Seq that a name was made from, or false when NewMessageID did not make it.
func (id MessageID) Parts() (ConversationID, uint64, bool) {
	at := strings.LastIndexByte(string(id), '-')
	if at <= 0 {
		return "", 0, false
	}
	seq, err := strconv.ParseUint(string(id[at+1:]), 10, 64)
	return ConversationID(id[:at]), seq, err == nil && seq > 0
}

// ButtonValue names a button of a message: "<seq>:<index>:<tag>". The tag belongs to the conversation, so that a button
// left over from an earlier conversation of the same thread presses nothing in the present one.
func ButtonValue(c ConversationID, seq uint64, index int) string {
	return strconv.FormatUint(seq, 36) + ":" + strconv.Itoa(index) + ":" + tag(c)
}

// parseButton reads a ButtonValue of this conversation.
func parseButton(c ConversationID, value string) (seq uint64, index int, ok bool) {
	parts := strings.Split(value, ":")
	if len(parts) != 3 || parts[2] != tag(c) {
		return 0, 0, false
	}
	seq, errSeq := strconv.ParseUint(parts[0], 36, 64)
	index, errIndex := strconv.Atoi(parts[1])
	return seq, index, errSeq == nil && errIndex == nil && seq > 0 && index >= 0
}

func tag(c ConversationID) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(c)) // never fails
	return fmt.Sprintf("%04x", h.Sum32()&0xFFFF)
}

// newID names a conversation or a contact: the second of its beginning and 68 random bits, in 20 lower-case letters and
// digits that sort by time. What happens at the same time then lies together in the database, so that one write of many
// changes touches few of its pages, however much is stored.
func newID(now time.Time) string {
	var b [13]byte
	_, _ = rand.Read(b[4:]) // never fails: crypto/rand ends the program instead
	binary.BigEndian.PutUint32(b[:], uint32(now.Unix()))
	return strings.ToLower(base32.HexEncoding.EncodeToString(b[:])[:20])
}

// choose picks one of n alternatives by a name, so that a repeated attempt says the same.
func choose(name string, n int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	return int(h.Sum32() % uint32(n))
}
