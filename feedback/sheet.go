package feedback

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Sheet is what the messages and facts of one hour were read as, in a compact form, so that a digest counts instead of
// reading every message again. It is derived data: without it, a digest reads the hour itself and says the same.
type Sheet struct {
	Hour    time.Time // its beginning, a whole hour since 1970
	Version string    // of the Compact that read it
	Data    string    // of which a digest keeps parts
}

// ErrTouched means that something of a sheet's hour was written while it was read.
var ErrTouched = errors.New("feedback: the hour was written to while it was read")

// SheetStore is a Source that can keep sheets. A sheet is dropped in the same write that adds, changes or erases a
// customer's message or a fact of its hour, or moves its conversation to another contact: one that is there is right.
type SheetStore interface {
	Source
	// Sheets yields the sheets of a version whose hours overlap [from, to), in order of time.
	Sheets(ctx context.Context, version string, from, to time.Time) iter.Seq2[Sheet, error]
	// SheetHours lists the hours that have a sheet of a version, in order of time.
	SheetHours(ctx context.Context, version string) ([]time.Time, error)
	// MarkHour is called before an hour is read; SaveSheet notices what was written since.
	MarkHour(hour time.Time) (mark uint64)
	// SaveSheet keeps a sheet in place of the one of its hour; ErrTouched when the hour was written to since the mark.
	SaveSheet(ctx context.Context, s Sheet, mark uint64) error
	// DropSheets forgets the sheets of hours before an instant.
	DropSheets(ctx context.Context, before time.Time) error
}

// Compact is Topics whose reading of a message can be kept. Its piles implement Recaller.
type Compact interface {
	Topics
	// Version names everything that a reading depends on besides the message: when it differs, readings are made anew.
	Version() string
	// AppendReading reads one message and appends to dst what it shows by itself. It is safe for concurrent use.
	AppendReading(dst []byte, it Item) []byte
}

// Recaller is a Pile that takes messages by their readings.
type Recaller interface {
	Pile
	// Recall adds the next message by what AppendReading made of it; Read must not be used beside it.
	Recall(reading string) error
}

// sheetHour is the hour that an instant lies in.
func sheetHour(t time.Time) time.Time {
	return time.Unix(t.Unix()-((t.Unix()%3600)+3600)%3600, 0).UTC()
}
