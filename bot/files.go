package bot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"huiyin/internal/attach"
	"huiyin/nlp"
)

// FileID names the bytes of a file within the thread of a customer. It is made from the inbox, the thread and the bytes, so
// that the same file taken twice is kept once, and that it can be guessed by nobody who does not have all three.
type FileID string

// NewFileID makes the name of bytes in a thread.
func NewFileID(inbox InboxID, thread string, data []byte) FileID {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%d:%s%d:%s", len(inbox), inbox, len(thread), thread) // never fails
	h.Write(data)
	return FileID(hex.EncodeToString(h.Sum(nil)[:20]))
}

// File is something attached. While its bytes are with the platform only, ID is empty and URL says where.
type File struct {
	ID     FileID  `json:"id,omitempty"`
	Name   string  `json:"name"` // see attach.CleanName
	Type   string  `json:"type"` // media type: of the bytes where we have them, else as the platform says
	Size   int64   `json:"size"` // bytes
	Width  int     `json:"width,omitempty"`
	Height int     `json:"height,omitempty"`
	URL    string  `json:"url,omitempty"`   // for its channel: nobody else is to open it
	Board  InboxID `json:"board,omitempty"` // the team's app in whose thread it stands already
	Error  string  `json:"error,omitempty"` // why we do not have the bytes: too_large, full, gone, unreachable
}

// Kind is what the bytes are, as attach.Sniff found.
func (f File) Kind() attach.Kind { return attach.Kind{Type: f.Type, Width: f.Width, Height: f.Height} }

// Shown reports whether it is a picture that may be shown inside a page.
func (f File) Shown() bool { return f.ID != "" && f.Kind().Shown() }

// Why the bytes of a file are not with us.
const (
	FileTooLarge    = "too_large"
	FileFull        = "full"
	FileGone        = "gone"
	FileUnreachable = "unreachable"
)

// Errors of taking files.
var (
	// ErrFileEmpty means that a file has no bytes.
	ErrFileEmpty = errors.New("bot: the file is empty")
	// ErrFileSize means that a file is larger than is taken.
	ErrFileSize = errors.New("bot: the file is too large")
	// ErrFileFull means that there is no room for more files, in the conversation or at all.
	ErrFileFull = errors.New("bot: there is no room for more files")
	// ErrNoFiles means that the customer's channel, or this installation, takes no files.
	ErrNoFiles = errors.New("bot: files cannot be sent here")
)

// FileStore keeps the bytes of files. They belong to the thread of a customer: they go with the last message that names
// them, and when she is erased.
type FileStore interface {
	// PutFile keeps bytes under f.ID, which NewFileID made, unless they are there already. ErrFileFull when the files of the
	// thread would be larger than rules allow together, or all files of the store.
	PutFile(ctx context.Context, inbox InboxID, thread string, f File, data []byte, rules FileRules) error
	// File is what is known of bytes that are whole: ID, type, size and dimensions. Else ErrNotFound.
	File(ctx context.Context, inbox InboxID, thread string, id FileID) (File, error)
	// FileData returns the bytes, or ErrNotFound.
	FileData(ctx context.Context, inbox InboxID, thread string, id FileID) ([]byte, error)
	// SweepFiles deletes files that were taken before an instant and that no message names.
	SweepFiles(ctx context.Context, before time.Time) (int, error)
}

// FileRules bound what is kept, in bytes.
type FileRules struct {
	File   int64 // one file
	Thread int64 // all files of one thread
	Total  int64 // all files
}

// DefaultFileRules are the bounds for what is not configured.
func DefaultFileRules() FileRules {
	return FileRules{File: 10 << 20, Thread: 100 << 20, Total: 4 << 30}
}

// MaxFiles is how many files one message may have.
const MaxFiles = 10

// Files takes in what customers and agents attach, and gives it out again.
type Files struct {
	store FileStore
	rules FileRules
	slots chan struct{}
}

const (
	// fileSlots bounds how many files are in memory at once.
	fileSlots = 24
	// slotWait is how long a file waits for its turn.
	slotWait = 10 * time.Second
)

// NewFiles assembles a Files; zero rules are the default ones.
func NewFiles(store FileStore, r FileRules) *Files {
	d := DefaultFileRules()
	fill(&r.File, d.File)
	fill(&r.Thread, d.Thread)
	fill(&r.Total, d.Total)
	return &Files{store: store, rules: r, slots: make(chan struct{}, fileSlots)}
}

// Most is the largest file that is taken, in bytes.
func (f *Files) Most() int64 { return f.rules.File }

// Take reads a file to its end and keeps it for a thread. Errors: ErrFileEmpty, ErrFileSize, ErrFileFull; ErrBusy when too
// many are being taken; what reading fails with.
func (f *Files) Take(ctx context.Context, inbox InboxID, thread, name string, from io.Reader) (File, error) {
	release, err := f.slot(ctx)
	if err != nil {
		return File{}, err
	}
	defer release()
	var data bytes.Buffer
	if _, err := data.ReadFrom(io.LimitReader(from, f.rules.File+1)); err != nil {
		return File{}, fmt.Errorf("bot: read a file: %w", err)
	}
	switch size := int64(data.Len()); {
	case size == 0:
		return File{}, ErrFileEmpty
	case size > f.rules.File:
		return File{}, ErrFileSize
	}
	kind := attach.Sniff(data.Bytes())
	file := File{
		ID: NewFileID(inbox, thread, data.Bytes()), Name: cleanFileName(name), Type: kind.Type, Size: int64(data.Len()),
		Width: kind.Width, Height: kind.Height,
	}
	if err := f.store.PutFile(ctx, inbox, thread, file, data.Bytes(), f.rules); err != nil {
		return File{}, fmt.Errorf("bot: keep a file: %w", err)
	}
	return file, nil
}

// slot waits for a turn.
func (f *Files) slot(ctx context.Context) (release func(), err error) {
	wait := time.NewTimer(slotWait)
	defer wait.Stop()
	select {
	case f.slots <- struct{}{}:
		return func() { <-f.slots }, nil
	case <-wait.C:
		return nil, fmt.Errorf("%w: too many files at once", ErrBusy)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Complete returns files, of which ID and Name are given, as they are kept for a thread. ErrNotFound when one is not there.
func (f *Files) Complete(ctx context.Context, inbox InboxID, thread string, files []File) ([]File, error) {
	if len(files) > MaxFiles {
		return nil, fmt.Errorf("%w: %d files in one message, at most %d", ErrFileFull, len(files), MaxFiles)
	}
	all := make([]File, 0, len(files))
	for _, given := range files {
		kept, err := f.store.File(ctx, inbox, thread, given.ID)
		if err != nil {
			return nil, fmt.Errorf("bot: file %s: %w", given.ID, err)
		}
		kept.Name, kept.Board = cleanFileName(given.Name), given.Board
		all = append(all, kept)
	}
	return all, nil
}

// Read returns a file, without its name, and its bytes. ErrNotFound when they are not there.
func (f *Files) Read(ctx context.Context, inbox InboxID, thread string, id FileID) (File, []byte, error) {
	file, err := f.store.File(ctx, inbox, thread, id)
	if err != nil {
		return File{}, nil, err
	}
	data, err := f.store.FileData(ctx, inbox, thread, id)
	return file, data, err
}

func cleanFileName(name string) string { return attach.CleanName(nlp.Clean(name)) }

// Fetcher gets the bytes of files that a platform keeps. The channels are one.
type Fetcher interface {
	// Fetch opens a file of an event, by its URL. It reads no more than most bytes and one. ErrNotFound when the platform
	// does not have it any more, ErrNoFiles when the channel cannot.
	Fetch(ctx context.Context, inbox InboxID, f File, most int64) (io.ReadCloser, error)
}

// fetchFor is how long the files of one message may take to come; afterwards they come when somebody looks at them.
const fetchFor = 20 * time.Second

// bring gets the files of an event from its platform, and makes sure that those which a page has uploaded are there. What
// cannot be had is named with the reason; the message is answered all the same.
func (b *Bot) bring(ctx context.Context, j *job) {
	if len(j.Files) == 0 || b.cfg.Files == nil || j.brought {
		return
	}
	j.brought = true
	b.lanes.yield()
	defer b.lanes.acquire()
	ctx, cancel := context.WithTimeout(ctx, fetchFor)
	defer cancel()
	for i, f := range j.Files {
		j.Files[i] = b.bringOne(ctx, j.Inbox, j.Inbox, j.Thread, f)
	}
}

// bringOne gets one file, that a channel knows, for a thread.
func (b *Bot) bringOne(ctx context.Context, from, inbox InboxID, thread string, f File) File {
	if f.ID != "" {
		if _, err := b.cfg.Files.store.File(ctx, inbox, thread, f.ID); errors.Is(err, ErrNotFound) {
			f.ID, f.Error = "", FileGone
		}
		return f
	}
	got, err := b.fetch(ctx, from, inbox, thread, f)
	if err != nil {
		f.Error = fileError(err)
		b.log.Warn("bot: a file could not be had from its platform", "inbox", from, "why", f.Error, "err", err)
		return f
	}
	return got
}

func (b *Bot) fetch(ctx context.Context, from, inbox InboxID, thread string, f File) (File, error) {
	switch {
	case f.Size > b.cfg.Files.Most():
		return f, ErrFileSize
	case b.cfg.Fetcher == nil || f.URL == "":
		return f, ErrNoFiles
	}
	body, err := b.cfg.Fetcher.Fetch(ctx, from, f, b.cfg.Files.Most())
	if err != nil {
		return f, err
	}
	defer body.Close()
	return b.cfg.Files.Take(ctx, inbox, thread, f.Name, body)
}

// fileError is the reason for which we do not have a file.
func fileError(err error) string {
	switch {
	case errors.Is(err, ErrFileSize):
		return FileTooLarge
	case errors.Is(err, ErrFileFull):
		return FileFull
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrFileEmpty):
		return FileGone
	}
	return FileUnreachable
}

// cleanFiles makes the files of an event fit to be stored.
func cleanFiles(files []File) []File {
	if len(files) > MaxFiles {
		files = files[:MaxFiles]
	}
	var all []File
	for _, f := range files {
		f.Name, f.Type, f.Error = cleanFileName(f.Name), cut(nlp.Clean(f.Type), maxNameBytes), ""
		f.Size = max(0, f.Size)
		if len(f.URL) > maxURLBytes || len(f.ID) > maxURLBytes {
			f.URL, f.ID = "", ""
		}
		all = append(all, f)
	}
	return all
}

// maxURLBytes is the longest address of a file that is kept.
const maxURLBytes = 2 << 10
