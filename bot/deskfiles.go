package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"huiyin/internal/attach"
	"huiyin/nlp"
)

// Attach implements Desk.
func (b *Bot) Attach(ctx context.Context, id ConversationID, name string, from io.Reader) (File, error) {
	if b.cfg.Files == nil {
		return File{}, ErrNoFiles
	}
	conv, err := b.cfg.Store.Conversation(ctx, id)
	if err != nil {
		return File{}, fmt.Errorf("attach: %w", err)
	}
	return b.cfg.Files.Take(ctx, conv.Inbox, conv.Thread, name, from)
}

// MostFile is the largest file that is taken, in bytes; 0: none is.
func (b *Bot) MostFile() int64 {
	if b.cfg.Files == nil {
		return 0
	}
	return b.cfg.Files.Most()
}

// Inbox returns a configured mailbox; for one that has left the configuration, only its name.
func (b *Bot) Inbox(id InboxID) Inbox { return b.inbox(id) }

// attached completes the files that an agent names, and makes sure that the customer's channel takes them.
func (d *desk) attached(ctx context.Context, files []File, private bool) ([]File, error) {
	if len(files) == 0 {
		return nil, nil
	}
	if d.b.cfg.Files == nil {
		return nil, ErrNoFiles
	}
	complete, err := d.b.cfg.Files.Complete(ctx, d.conv.Inbox, d.conv.Thread, files)
	if err != nil || private {
		return complete, err
	}
	most := d.b.inbox(d.conv.Inbox).Files
	for _, f := range complete {
		switch {
		case most == 0:
			return nil, ErrNoFiles
		case f.Size > most:
			return nil, fmt.Errorf("%w: %d bytes, this channel takes %d", ErrFileSize, f.Size, most)
		}
	}
	return complete, nil
}

// ReadFile opens a file of a message, by its place, to be read while ctx lasts. What is still with the platform is fetched
// now, and kept. ErrNotFound when there is no such file any more.
func (b *Bot) ReadFile(ctx context.Context, id MessageID, place int) (File, io.ReadSeeker, error) {
	m, err := b.fileMessage(ctx, id)
	if err != nil {
		return File{}, nil, err
	}
	if b.cfg.Files == nil || place < 0 || place >= len(m.Files) {
		return File{}, nil, fmt.Errorf("file %d of message %s: %w", place, id, ErrNotFound)
	}
	f := m.Files[place]
	if f.ID == "" {
		if f, err = b.fetchLate(ctx, m, place); err != nil {
			return f, nil, err
		}
	}
	_, data, err := b.cfg.Files.Open(ctx, m.Inbox, m.Thread, f.ID)
	return f, data, err
}

func (b *Bot) fileMessage(ctx context.Context, id MessageID) (Message, error) {
	conv, seq, ok := id.Parts()
	if !ok {
		return Message{}, fmt.Errorf("message %q: %w", id, ErrNotFound)
	}
	found, err := b.cfg.Store.Messages(ctx, conv, seq-1, 1)
	if err == nil && (len(found) == 0 || found[0].ID != id) {
		err = fmt.Errorf("message %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return Message{}, err
	}
	return found[0], nil
}

// fetchLate gets a file that could not be had when its message came, and notes in the message where it is now.
func (b *Bot) fetchLate(ctx context.Context, m Message, place int) (File, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchFor)
	defer cancel()
	f, err := b.fetch(ctx, m.Inbox, m.Inbox, m.Thread, m.Files[place])
	if err != nil {
		return f, fmt.Errorf("fetch a file: %w", err)
	}
	for range deskTries {
		conv, err := b.cfg.Store.Conversation(ctx, m.Conversation)
		if err != nil {
			return f, err
		}
		now, err := b.fileMessage(ctx, m.ID)
		if err != nil || place >= len(now.Files) {
			return f, errors.Join(err, ErrNotFound)
		}
		now.Files[place] = f
		_, err = b.commit(ctx, Change{Conversation: conv, Messages: []Message{now}})
		if !errors.Is(err, ErrConflict) {
			return f, err
		}
	}
	return f, ErrConflict
}

// Bring gets files of an event of the team into the thread of a conversation, to be sent or noted there. What cannot be had
// keeps its reason.
func (b *Bot) Bring(ctx context.Context, id ConversationID, from InboxID, files []File) ([]File, error) {
	conv, err := b.cfg.Store.Conversation(ctx, id)
	if err != nil || b.cfg.Files == nil {
		return files, err
	}
	ctx, cancel := context.WithTimeout(ctx, fetchFor)
	defer cancel()
	all := make([]File, 0, len(files))
	for _, f := range files {
		all = append(all, b.bringOne(ctx, from, conv.Inbox, conv.Thread, f))
	}
	return all, nil
}

// orFiles is a text, or in place of an empty one the names of what is attached, personal data masked.
func orFiles(text string, files []File) string {
	if strings.TrimSpace(text) != "" || len(files) == 0 {
		return text
	}
	var names []string
	for _, f := range files {
		names = append(names, f.MaskedName())
	}
	return "📎 " + strings.Join(names, ", ")
}

// MaskedName is the name of a file with the personal data in it masked: it is text as any other.
func (f File) MaskedName() string {
	ext := path.Ext(f.Name)
	words := strings.NewReplacer("_", " ", "-", " ").Replace(strings.TrimSuffix(f.Name, ext)) // in which numbers are found
	if masked := nlp.Redact(words); masked != words {
		return masked + ext
	}
	return f.Name
}

// gotFiles says what became of files that came without a word.
func (t *turn) gotFiles() string {
	for _, f := range t.in.Files {
		switch f.Error {
		case FileTooLarge:
			return t.say("file.too_large", "limit", attach.Size(t.b.MostFile()))
		case FileGone, FileFull:
			return t.say("file.lost")
		}
	}
	return t.say("file")
}
