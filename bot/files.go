package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/semaphore"

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
	// ReadFileAt fills p with the bytes that begin at an offset, and returns how many there were: fewer than len(p) also
	// before the end. io.EOF at the end and behind it, else ErrNotFound.
	ReadFileAt(ctx context.Context, inbox InboxID, thread string, id FileID, p []byte, offset int64) (int, error)
	// SweepFiles deletes files that were taken before an instant and that neither a message names nor an event which is not
	// done or in quarantine.
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
	store  FileStore
	rules  FileRules
	memory *semaphore.Weighted // bytes of files that are being taken
}

const (
	// takenBytes bounds the memory of files that are being taken, together. Each counts with what has come of it, so that a
	// slow one takes little. What is read out for a page comes piece by piece and counts nowhere.
	takenBytes = 256 << 20
	// takenFiles of the largest size fit in any case, in bytes and a half: a buffer grows by being copied.
	takenFiles = 4
	// firstBytes is the memory with which a file begins.
	firstBytes = 16 << 10
	// memoryWait is how long a file waits for memory.
	memoryWait = 10 * time.Second
)

// NewFiles assembles a Files; zero rules are the default ones.
func NewFiles(store FileStore, r FileRules) *Files {
	d := DefaultFileRules()
	fill(&r.File, d.File)
	fill(&r.Thread, d.Thread)
	fill(&r.Total, d.Total)
	return &Files{store: store, rules: r, memory: semaphore.NewWeighted(max(takenBytes, takenFiles*(r.File+1)))}
}

// Most is the largest file that is taken, in bytes.
func (f *Files) Most() int64 { return f.rules.File }

// Take reads a file to its end and keeps it for a thread; a JPEG, a PNG or a WebP without what it tells about where it was
// made (see attach.Strip), any other file as it is. Errors: ErrFileEmpty, ErrFileSize, ErrFileFull; ErrBusy when too many are
// being taken; what reading fails with.
func (f *Files) Take(ctx context.Context, inbox InboxID, thread, name string, from io.Reader) (File, error) {
	data, err := f.gather(ctx, from)
	defer f.memory.Release(int64(cap(data)))
	if err != nil {
		return File{}, fmt.Errorf("bot: read a file: %w", err)
	}
	switch size := int64(len(data)); {
	case size == 0:
		return File{}, ErrFileEmpty
	case size > f.rules.File:
		return File{}, ErrFileSize
	}
	data = attach.Strip(data)
	kind := attach.Sniff(data)
	file := File{
		ID: NewFileID(inbox, thread, data), Name: cleanFileName(name), Type: kind.Type, Size: int64(len(data)),
		Width: kind.Width, Height: kind.Height,
	}
	if err := f.store.PutFile(ctx, inbox, thread, file, data, f.rules); err != nil {
		return File{}, fmt.Errorf("bot: keep a file: %w", err)
	}
	return file, nil
}

// gather reads a file to its end, or one byte further than the largest. The capacity of what it returns, with an error too,
// is held of the memory.
func (f *Files) gather(ctx context.Context, from io.Reader) (data []byte, err error) {
	for {
		if len(data) == cap(data) {
			if int64(len(data)) > f.rules.File {
				return data, nil
			}
			if data, err = f.grow(ctx, data); err != nil {
				return data, err
			}
		}
		n, err := from.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return data, err
		}
	}
}

// grow doubles the capacity of data, as soon as there is memory for that.
func (f *Files) grow(ctx context.Context, data []byte) ([]byte, error) {
	size := min(max(2*int64(cap(data)), firstBytes), f.rules.File+1)
	waiting, cancel := context.WithTimeout(ctx, memoryWait)
	defer cancel()
	if err := f.memory.Acquire(waiting, size); err != nil {
		if ctx.Err() != nil {
			return data, ctx.Err()
		}
		return data, fmt.Errorf("%w: too many files at once", ErrBusy)
	}
	grown := make([]byte, len(data), size)
	copy(grown, data)
	f.memory.Release(int64(cap(data)))
	return grown, nil
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

// Open returns a file, without its name, to be read piece by piece while ctx lasts: no more of it is in memory than is asked
// for at once. ErrNotFound when it is not there.
func (f *Files) Open(ctx context.Context, inbox InboxID, thread string, id FileID) (File, io.ReadSeeker, error) {
	file, err := f.store.File(ctx, inbox, thread, id)
	if err != nil {
		return File{}, nil, err
	}
	return file, io.NewSectionReader(filePieces{ctx, f.store, inbox, thread, id}, 0, file.Size), nil
}

// filePieces reads one file of the store.
type filePieces struct {
	ctx    context.Context // of the one request for which it was opened
	store  FileStore
	inbox  InboxID
	thread string
	id     FileID
}

// ReadAt implements io.ReaderAt.
func (p filePieces) ReadAt(b []byte, offset int64) (n int, err error) {
	for n < len(b) && err == nil {
		var more int
		more, err = p.store.ReadFileAt(p.ctx, p.inbox, p.thread, p.id, b[n:], offset+int64(n))
		n += more
	}
	return n, err
}

// Read returns a file, without its name, and all its bytes, for a platform that wants them at once. ErrNotFound when they
// are not there. How many are in memory is the caller's care: an outbox sends one file of an inbox at a time.
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
