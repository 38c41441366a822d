package store

import (
	"fmt"
	"time"

	"huiyin/bot"
)

// StoredFile is what is kept of a file besides its bytes.
type StoredFile struct {
	bot.File           // ID, type, size and dimensions
	Refs     int       `json:"refs,omitempty"`  // messages that name it, counted as often as they do
	Whole    bool      `json:"whole,omitempty"` // all bytes are there
	At       time.Time `json:"at"`              // when it was last taken
}

// NewStoredFile is a file without bytes.
func NewStoredFile(f bot.File, at time.Time) StoredFile {
	return StoredFile{File: bot.File{ID: f.ID, Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height}, At: at}
}

// CheckFile makes sure that bytes are what their name says.
func CheckFile(inbox bot.InboxID, thread string, f bot.File, data []byte) error {
	if err := CheckID("inbox of a file", string(inbox)); err != nil {
		return err
	}
	if err := CheckID("thread of a file", thread); err != nil {
		return err
	}
	if f.ID != bot.NewFileID(inbox, thread, data) || f.Size != int64(len(data)) || len(data) == 0 {
		return fmt.Errorf("%w: a file of %d bytes is not what it is named after", ErrInvalid, len(data))
	}
	return nil
}

// CheckRoom makes sure that a file fits: of is what the files of its thread have together, total what all have.
func CheckRoom(size, of, total int64, r bot.FileRules) error {
	switch {
	case size > r.File:
		return fmt.Errorf("a file of %d bytes, at most %d: %w", size, r.File, bot.ErrFileSize)
	case of+size > r.Thread:
		return fmt.Errorf("the files of this customer have %d bytes, at most %d: %w", of+size, r.Thread, bot.ErrFileFull)
	case total+size > r.Total:
		return fmt.Errorf("all files have %d bytes, at most %d: %w", total+size, r.Total, bot.ErrFileFull)
	}
	return nil
}

// FileRefs says how a change of a message changes how often it names each file.
func FileRefs(before, after bot.Message) map[bot.FileID]int {
	if len(before.Files) == 0 && len(after.Files) == 0 {
		return nil
	}
	refs := map[bot.FileID]int{}
	for _, f := range before.Files {
		refs[f.ID]--
	}
	for _, f := range after.Files {
		refs[f.ID]++
	}
	delete(refs, "")
	for id, n := range refs {
		if n == 0 {
			delete(refs, id)
		}
	}
	return refs
}
