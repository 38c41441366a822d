package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"sync"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/store"
)

var _ feedback.SheetStore = (*Store)(nil)

// marks are the hours that are being read for a sheet. Only what is written meanwhile takes one away.
type marks struct {
	mu     sync.Mutex
	last   uint64
	open   map[int64]uint64 // by the Unix seconds of the hour
	writes map[int64]uint64 // to each hour, since the store was opened
}

// begin marks an hour.
func (m *marks) begin(hour int64) uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.open == nil {
		m.open = map[int64]uint64{}
	}
	m.last++
	m.open[hour] = m.last
	return m.last
}

// is reports whether an hour's mark is still there.
func (m *marks) is(hour int64, mark uint64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.open[hour] == mark
}

// end takes an hour's mark away.
func (m *marks) end(hour int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.open, hour)
}

// touch takes the marks of hours away, since they were written to.
func (m *marks) touch(hours ...int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.writes == nil {
		m.writes = map[int64]uint64{}
	}
	for _, hour := range hours {
		delete(m.open, hour)
		m.writes[hour]++
	}
}

const secondsAnHour = 3600

// hourOf is the beginning of the hour that an instant lies in.
func hourOf(t time.Time) time.Time {
	s := int64(nanos(t) / uint64(time.Second))
	return time.Unix(s-s%secondsAnHour, 0).UTC()
}

// touch drops the sheet of the hour that an instant lies in. When the transaction fails, the sheet stays, and at worst one that
// is being made is made again. Marks are taken away twice: now, for a sheet that is kept by the same transaction; and by try when
// readers see the transaction, since an hour that is marked in between is read as it was before.
func (x *txn) touch(t time.Time) error {
	hour := hourOf(t)
	if x.marks != nil {
		x.marks.touch(hour.Unix())
		x.touched = append(x.touched, hour.Unix())
	}
	key := instant(nil, hour)
	if x.get(tSheets, key) == nil {
		return nil
	}
	return x.delete(tSheets, key)
}

// touchMessages drops the sheets that have a message of a conversation.
func (x *txn) touchMessages(id bot.ConversationID) error {
	for _, v := range x.scan(tConversations, messagePrefix(id), nil) {
		var m struct {
			Direction bot.Direction `json:"direction"`
			At        time.Time     `json:"at"`
		}
		if err := decode(v, &m); err != nil {
			return err
		}
		if m.Direction == bot.Incoming {
			if err := x.touch(m.At); err != nil {
				return err
			}
		}
	}
	return nil
}

// A sheet in the file is: one byte naming the encoding, the CRC-32C of the rest (4 bytes, big endian), its version closed by a
// NUL byte, and its data.
const encodingSheet = 2

func encodeSheet(s feedback.Sheet) []byte {
	b := make([]byte, headerBytes, headerBytes+len(s.Version)+1+len(s.Data))
	b[0] = encodingSheet
	b = append(name(b, s.Version), s.Data...)
	binary.BigEndian.PutUint32(b[1:], castagnoli(b[headerBytes:]))
	return b
}

// sheetVersion is the version in a record, and where its data begin; "": it is none.
func sheetVersion(b []byte) (string, int) {
	if len(b) < headerBytes || b[0] != encodingSheet {
		return "", 0
	}
	v, _, ok := bytes.Cut(b[headerBytes:], []byte{0})
	if !ok {
		return "", 0
	}
	return string(v), headerBytes + len(v) + 1
}

// Sheets implements feedback.SheetStore. What does not match its checksum is left out: it is made again.
func (s *Store) Sheets(ctx context.Context, version string, from, to time.Time) iter.Seq2[feedback.Sheet, error] {
	return func(yield func(feedback.Sheet, error) bool) {
		for hour := hourOf(from); hour.Before(to); {
			var found *feedback.Sheet
			err := s.view(ctx, func(x *txn) error {
				for k, b := range x.scan(tSheets, nil, instant(nil, hour)) {
					if len(k) != 8 {
						continue
					}
					hour = time.Unix(0, int64(binary.BigEndian.Uint64(k))).UTC()
					if !hour.Before(to) {
						return nil
					}
					if v, at := sheetVersion(b); v == version && v != "" && binary.BigEndian.Uint32(b[1:]) == castagnoli(b[headerBytes:]) {
						found = &feedback.Sheet{Hour: hour, Version: v, Data: string(b[at:])}
						return nil
					}
				}
				return nil
			})
			if err != nil {
				yield(feedback.Sheet{}, err)
				return
			}
			if found == nil || !yield(*found, nil) {
				return
			}
			hour = hour.Add(time.Hour)
		}
	}
}

// SheetHours implements feedback.SheetStore.
func (s *Store) SheetHours(ctx context.Context, version string) (hours []time.Time, err error) {
	err = s.view(ctx, func(x *txn) error {
		for k, b := range x.scan(tSheets, nil, nil) {
			if v, _ := sheetVersion(b); v == version && len(k) == 8 {
				hours = append(hours, time.Unix(0, int64(binary.BigEndian.Uint64(k))).UTC())
			}
		}
		return nil
	})
	return hours, err
}

// MarkHour implements feedback.SheetStore.
func (s *Store) MarkHour(hour time.Time) uint64 { return s.marks.begin(hour.Unix()) }

// HourWrites grows with everything that is written of an hour's messages and facts while the store is open. Whoever asks before
// reading the hour, and later gets the same number, has read all there is.
func (s *Store) HourWrites(hour time.Time) uint64 {
	s.marks.mu.Lock()
	defer s.marks.mu.Unlock()
	return s.marks.writes[hour.Unix()]
}

// SaveSheet implements feedback.SheetStore.
func (s *Store) SaveSheet(ctx context.Context, sheet feedback.Sheet, mark uint64) error {
	if err := store.CheckID("version of a sheet", sheet.Version); err != nil {
		return err
	}
	if !sheet.Hour.Equal(hourOf(sheet.Hour)) {
		return fmt.Errorf("%w: a sheet of %s, which is no hour", store.ErrInvalid, sheet.Hour)
	}
	value := encodeSheet(sheet)
	defer s.marks.end(sheet.Hour.Unix()) // it has served its purpose
	return s.write(ctx, func(x *txn) error {
		if !s.marks.is(sheet.Hour.Unix(), mark) {
			return feedback.ErrTouched
		}
		return x.put(tSheets, instant(nil, sheet.Hour), value)
	})
}

// DropSheets implements feedback.SheetStore.
func (s *Store) DropSheets(ctx context.Context, before time.Time) error {
	return s.write(ctx, func(x *txn) error {
		for _, key := range x.keys(tSheets, nil) {
			if bytes.Compare(key, instant(nil, before)) >= 0 {
				return nil
			}
			if err := x.delete(tSheets, key); err != nil {
				return err
			}
		}
		return nil
	})
}
