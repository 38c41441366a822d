package bolt

import (
	"bytes"
	"fmt"
)

// The records whose values the writer keeps are bounded in number, and each in bytes: what is longer is decoded again, which
// is rare. Together they take a few megabytes, 30 at the most.
const (
	maxKnown      = 4096
	maxKnownBytes = 4096
)

// known are values of records that the writer wrote or decoded lately. A message is read twice more soon after it was
// stored (when its sending begins and ends), and a conversation with each of its messages; decoding is most of what that
// costs. A value counts only while the record in the file is still the one it belongs to, byte for byte, so nothing has to
// be taken back when a transaction fails. Only the writer uses it; the values are shared and must not be changed.
type known map[string]knownRecord

type knownRecord struct {
	record []byte
	value  any
}

// note keeps the value of a record. Neither may change afterwards.
func (k known) note(key, record []byte, value any) {
	if k == nil || len(record) > maxKnownBytes {
		return
	}
	if len(k) >= maxKnown {
		for old := range k { // any one
			delete(k, old)
			break
		}
	}
	k[string(key)] = knownRecord{record, value}
}

// recall is record for a conversation or a message, and does not decode what is known.
func recall[T any](x *txn, key []byte) (v T, found bool, err error) {
	b := x.get(tConversations, key)
	if b == nil {
		return v, false, nil
	}
	if k, ok := x.known[string(key)]; ok && bytes.Equal(k.record, b) {
		if v, ok := k.value.(T); ok {
			return v, true, nil
		}
	}
	if err := decode(b, &v); err != nil {
		return v, true, fmt.Errorf("table %s, key %x: %w", specOf(tConversations).name, key, err)
	}
	x.known.note(key, bytes.Clone(b), v)
	return v, true, nil
}
