package mem

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// fileKey names a file.
type fileKey struct {
	address // inbox and thread
	file    bot.FileID
}

type file struct {
	store.StoredFile
	data []byte
}

// PutFile implements bot.FileStore.
func (s *Store) PutFile(ctx context.Context, inbox bot.InboxID, thread string, f bot.File, data []byte, rules bot.FileRules) error {
	if err := store.CheckFile(inbox, thread, f, data); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		key := fileKey{address{inbox, thread}, f.ID}
		if stored := s.files[key]; stored != nil {
			stored.At = s.now()
			return nil
		}
		var of, total int64
		for k, other := range s.files {
			if total += other.Size; k.address == key.address {
				of += other.Size
			}
		}
		if err := store.CheckRoom(f.Size, of, total, rules); err != nil {
			return err
		}
		kept := store.NewStoredFile(f, s.now())
		kept.Whole = true
		s.files[key] = &file{kept, bytes.Clone(data)}
		return nil
	})
}

// File implements bot.FileStore.
func (s *Store) File(ctx context.Context, inbox bot.InboxID, thread string, id bot.FileID) (bot.File, error) {
	return get(ctx, s, func() (bot.File, error) {
		f, err := s.file(inbox, thread, id)
		if err != nil {
			return bot.File{}, err
		}
		return f.File, nil
	})
}

// FileData implements bot.FileStore.
func (s *Store) FileData(ctx context.Context, inbox bot.InboxID, thread string, id bot.FileID) ([]byte, error) {
	var data []byte
	err := s.do(ctx, func() error {
		f, err := s.file(inbox, thread, id)
		if err == nil {
			data = bytes.Clone(f.data)
		}
		return err
	})
	return data, err
}

// ReadFileAt implements bot.FileStore.
func (s *Store) ReadFileAt(ctx context.Context, inbox bot.InboxID, thread string, id bot.FileID, p []byte, offset int64) (n int, err error) {
	err = s.do(ctx, func() error {
		f, err := s.file(inbox, thread, id)
		if err != nil {
			return err
		}
		if n = copy(p, f.data[min(max(0, offset), f.Size):]); n == 0 {
			return io.EOF
		}
		return nil
	})
	return n, err
}

func (s *Store) file(inbox bot.InboxID, thread string, id bot.FileID) (*file, error) {
	f := s.files[fileKey{address{inbox, thread}, id}]
	if f == nil {
		return nil, fmt.Errorf("file %s of a thread in %s: %w", id, inbox, bot.ErrNotFound)
	}
	return f, nil
}

// SweepFiles implements bot.FileStore.
func (s *Store) SweepFiles(ctx context.Context, before time.Time) (int, error) {
	had := 0
	err := s.do(ctx, func() error {
		had = len(s.files)
		named := map[bot.FileID]bool{}
		for _, events := range []map[uint64]bot.Accepted{s.pending, s.quarantined} {
			for _, a := range events {
				for _, f := range a.Files {
					named[f.ID] = true
				}
			}
		}
		maps.DeleteFunc(s.files, func(k fileKey, f *file) bool { return f.Refs == 0 && f.At.Before(before) && !named[k.file] })
		had -= len(s.files)
		return nil
	})
	return had, err
}

// checkFiles makes sure that what messages name newly is there.
func (s *Store) checkFiles(before, after bot.Message) error {
	for id, n := range store.FileRefs(before, after) {
		if n > 0 && s.files[fileKey{address{after.Inbox, after.Thread}, id}] == nil {
			return fmt.Errorf("%w: message %s names file %s, which is not there", store.ErrInvalid, after.ID, id)
		}
	}
	return nil
}

// refile counts how often files are named, and deletes those that nobody names any more.
func (s *Store) refile(before, after bot.Message) {
	lane := address{before.Inbox, before.Thread}
	if after.Seq != 0 {
		lane = address{after.Inbox, after.Thread}
	}
	for id, n := range store.FileRefs(before, after) {
		key := fileKey{lane, id}
		if f := s.files[key]; f != nil {
			if f.Refs += n; f.Refs <= 0 {
				delete(s.files, key)
			}
		}
	}
}

// eraseFiles deletes the files of a conversation, and those of its thread that no message names.
func (s *Store) eraseFiles(conv *conversation) {
	for _, m := range conv.messages {
		s.refile(m, bot.Message{})
	}
	maps.DeleteFunc(s.files, func(k fileKey, f *file) bool {
		return k.address == (address{conv.Inbox, conv.Thread}) && f.Refs == 0
	})
}

// verifyFiles compares files with what messages name.
func (s *Store) verifyFiles(r *store.Report) {
	refs := map[fileKey]int{}
	for _, conv := range s.conversations {
		for _, m := range conv.messages {
			for id, n := range store.FileRefs(bot.Message{}, m) {
				refs[fileKey{address{m.Inbox, m.Thread}, id}] += n
			}
		}
	}
	for key, f := range s.files {
		r.Files++
		r.FileBytes += f.Size
		if err := store.CheckFile(key.inbox, key.id, f.File, f.data); err != nil {
			r.Problem("file %s: %v", key.file, err)
		}
		if f.Refs != refs[key] {
			r.Problem("file %s is named %d times, and counts %d", key.file, refs[key], f.Refs)
		}
		delete(refs, key)
	}
	for key := range refs {
		r.Problem("file %s is named and not there", key.file)
	}
}
