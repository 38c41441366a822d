package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// A file has a record in tFiles, and its bytes in pieces in tFileData, under the record's key and the number of the piece. The
// record comes first and says at last that the file is whole, so that other writes go on between the pieces, and what a crash
// left behind is found and swept. In front of a piece is its CRC-32C.
//
// The keys of both tables are: inbox NUL thread NUL file.

// pieceBytes is how much of a file one write takes, so that no other write waits long for it.
const pieceBytes = 256 << 10

// filesKey in tMeta holds how many bytes the records of all files name.
const filesKey = "file_bytes"

func filesOf(inbox bot.InboxID, thread string) []byte { return name(name(nil, inbox), thread) }

func fileKey(inbox bot.InboxID, thread string, id bot.FileID) []byte {
	return append(filesOf(inbox, thread), id...)
}

func pieceKey(file []byte, n int) []byte {
	return number(name(bytes.Clone(file), ""), uint64(n))
}

// PutFile implements bot.FileStore.
func (s *Store) PutFile(ctx context.Context, inbox bot.InboxID, thread string, f bot.File, data []byte, rules bot.FileRules) error {
	if err := store.CheckFile(inbox, thread, f, data); err != nil {
		return err
	}
	key, whole := fileKey(inbox, thread, f.ID), false
	err := s.write(ctx, func(x *txn) (err error) {
		whole, err = x.reserveFile(key, filesOf(inbox, thread), f, rules, s.now())
		return err
	})
	if err != nil || whole {
		return err
	}
	n := 0
	for piece := data; len(piece) > 0; n++ {
		part := piece[:min(len(piece), pieceBytes)]
		piece = piece[len(part):]
		value := append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(part)), castagnoli(part)), part...)
		err := s.write(ctx, func(x *txn) error {
			stored, found, err := record[store.StoredFile](x, tFiles, key)
			switch {
			case err != nil:
				return err
			case !found:
				return fmt.Errorf("file %s was deleted while it was stored: %w", f.ID, bot.ErrNotFound)
			}
			if err := x.put(tFileData, pieceKey(key, n), value); err != nil || len(piece) > 0 {
				return err
			}
			stored.Whole = true
			return x.save(tFiles, key, stored)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// reserveFile makes the record of a file, when there is room for it. It reports whether the file is there already.
func (x *txn) reserveFile(key, lane []byte, f bot.File, rules bot.FileRules, now time.Time) (whole bool, err error) {
	stored, found, err := record[store.StoredFile](x, tFiles, key)
	if err != nil {
		return false, err
	}
	if found {
		stored.At = now
		return stored.Whole, x.save(tFiles, key, stored)
	}
	var of int64
	for _, v := range x.scan(tFiles, lane, nil) {
		var other store.StoredFile
		if err := decode(v, &other); err != nil {
			return false, err
		}
		of += other.Size
	}
	if err := store.CheckRoom(f.Size, of, x.fileBytes(), rules); err != nil {
		return false, err
	}
	return false, errors.Join(x.save(tFiles, key, store.NewStoredFile(f, now)), x.addFileBytes(f.Size))
}

func (x *txn) fileBytes() int64 {
	b := x.get(tMeta, []byte(filesKey))
	if len(b) != 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(b))
}

func (x *txn) addFileBytes(n int64) error {
	return x.put(tMeta, []byte(filesKey), number(nil, uint64(max(0, x.fileBytes()+n))))
}

// File implements bot.FileStore.
func (s *Store) File(ctx context.Context, inbox bot.InboxID, thread string, id bot.FileID) (f bot.File, err error) {
	err = s.view(ctx, func(x *txn) error {
		stored, err := x.file(fileKey(inbox, thread, id), id)
		f = stored.File
		return err
	})
	return f, err
}

// file is the record of a file that is whole.
func (x *txn) file(key []byte, id bot.FileID) (store.StoredFile, error) {
	stored, found, err := record[store.StoredFile](x, tFiles, key)
	if err == nil && (!found || !stored.Whole) {
		err = fmt.Errorf("file %s: %w", id, bot.ErrNotFound)
	}
	return stored, err
}

// FileData implements bot.FileStore.
func (s *Store) FileData(ctx context.Context, inbox bot.InboxID, thread string, id bot.FileID) (data []byte, err error) {
	key := fileKey(inbox, thread, id)
	err = s.view(ctx, func(x *txn) error {
		stored, err := x.file(key, id)
		if err != nil {
			return err
		}
		data, err = x.pieces(key, stored.Size)
		return err
	})
	return data, err
}

// ReadFileAt implements bot.FileStore. It reads no further than one piece goes.
func (s *Store) ReadFileAt(ctx context.Context, inbox bot.InboxID, thread string, id bot.FileID, p []byte, offset int64) (n int, err error) {
	key := fileKey(inbox, thread, id)
	err = s.view(ctx, func(x *txn) error {
		stored, err := x.file(key, id)
		if err != nil {
			return err
		}
		if offset = max(0, offset); offset >= stored.Size {
			return io.EOF
		}
		piece, err := x.piece(key, int(offset/pieceBytes))
		if err != nil {
			return err
		}
		at := offset % pieceBytes
		if want := min(pieceBytes, stored.Size-offset+at); int64(len(piece)) != want {
			return fmt.Errorf("%w: piece %d of a file has %d bytes, not %d", store.ErrCorrupt, offset/pieceBytes, len(piece), want)
		}
		n = copy(p, piece[at:])
		return nil
	})
	return n, err
}

// piece is one piece of a file's bytes; it lies in the database.
func (x *txn) piece(key []byte, n int) ([]byte, error) {
	v := x.get(tFileData, pieceKey(key, n))
	if len(v) <= 4 || binary.BigEndian.Uint32(v) != castagnoli(v[4:]) {
		return nil, fmt.Errorf("%w: piece %d of a file is missing or does not match its checksum", store.ErrCorrupt, n)
	}
	return v[4:], nil
}

// pieces joins the bytes of a file.
func (x *txn) pieces(key []byte, size int64) ([]byte, error) {
	data := make([]byte, 0, size)
	for n := 0; int64(len(data)) < size; n++ {
		piece, err := x.piece(key, n)
		if err != nil {
			return nil, err
		}
		if int64(len(data)+len(piece)) > size {
			return nil, fmt.Errorf("%w: the pieces of a file have more bytes than it", store.ErrCorrupt)
		}
		data = append(data, piece...)
	}
	return data, nil
}

// SweepFiles implements bot.FileStore.
func (s *Store) SweepFiles(ctx context.Context, before time.Time) (swept int, err error) {
	var old [][]byte
	err = s.view(ctx, func(x *txn) error {
		named, err := x.awaited()
		if err != nil {
			return err
		}
		for k, v := range x.scan(tFiles, nil, nil) {
			var f store.StoredFile
			if err := errorOr(decode(v, &f), ctx); err != nil {
				return err
			}
			if f.Refs == 0 && f.At.Before(before) && !named[f.ID] {
				old = append(old, bytes.Clone(k))
			}
		}
		return nil
	})
	for _, key := range old {
		if err != nil {
			break
		}
		gone := false
		err = s.write(ctx, func(x *txn) error {
			f, found, err := record[store.StoredFile](x, tFiles, key)
			if gone = err == nil && found && f.Refs == 0 && f.At.Before(before); !gone {
				return err
			}
			if named, err := x.awaited(); err != nil || named[f.ID] { // by an event that came since
				gone = false
				return err
			}
			return x.eraseFile(key, f)
		})
		if err == nil && gone {
			swept++
		}
	}
	return swept, err
}

// awaited are the files of events that are not done, or that are set aside.
func (x *txn) awaited() (map[bot.FileID]bool, error) {
	named := map[bot.FileID]bool{}
	for _, t := range []table{tPending, tQuarantined} {
		for _, v := range x.scan(t, nil, nil) {
			var a bot.Accepted
			if err := decode(v, &a); err != nil {
				return nil, err
			}
			for _, f := range a.Files {
				named[f.ID] = true
			}
		}
	}
	return named, nil
}

// eraseFile deletes a file with its bytes.
func (x *txn) eraseFile(key []byte, f store.StoredFile) error {
	for _, piece := range x.keys(tFileData, name(bytes.Clone(key), "")) {
		if err := x.delete(tFileData, piece); err != nil {
			return err
		}
	}
	return errors.Join(x.delete(tFiles, key), x.addFileBytes(-f.Size))
}

// checkFiles makes sure that what a message names newly is there.
func (x *txn) checkFiles(before, after bot.Message) error {
	for id, n := range store.FileRefs(before, after) {
		if n < 0 {
			continue
		}
		if _, err := x.file(fileKey(after.Inbox, after.Thread, id), id); err != nil {
			if errors.Is(err, bot.ErrNotFound) {
				return fmt.Errorf("%w: message %s names file %s, which is not there", store.ErrInvalid, after.ID, id)
			}
			return err
		}
	}
	return nil
}

// refile counts how often files are named, and deletes those that nobody names any more.
func (x *txn) refile(before, after bot.Message) error {
	where := after
	if after.Seq == 0 {
		where = before
	}
	for id, n := range store.FileRefs(before, after) {
		key := fileKey(where.Inbox, where.Thread, id)
		f, found, err := record[store.StoredFile](x, tFiles, key)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if f.Refs += n; f.Refs > 0 {
			err = x.save(tFiles, key, f)
		} else {
			err = x.eraseFile(key, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// eraseUnnamed deletes the files of a thread that no message names.
func (x *txn) eraseUnnamed(conv bot.Conversation) error {
	for _, key := range x.keys(tFiles, filesOf(conv.Inbox, conv.Thread)) {
		f, found, err := record[store.StoredFile](x, tFiles, key)
		if err == nil && found && f.Refs == 0 {
			err = x.eraseFile(key, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// files compares files with their bytes, with what messages name, and with the sum of their sizes.
func (v *verifier) files() error {
	pieces, total := 0, int64(0)
	for k, value := range v.x.scan(tFiles, nil, nil) {
		if err := v.step(); err != nil {
			return err
		}
		var f store.StoredFile
		if err := decode(value, &f); err != nil {
			v.report.Problem("table %s, key %x: %v", specOf(tFiles).name, k, err)
			continue
		}
		v.report.Files++
		v.report.FileBytes += f.Size
		total += f.Size
		inbox, rest := cut(k)
		thread, last := cut(rest)
		id := bot.FileID(last)
		have := len(v.x.keys(tFileData, name(bytes.Clone(k), "")))
		pieces += have
		if f.Whole {
			data, err := v.x.pieces(k, f.Size)
			if err == nil {
				err = store.CheckFile(bot.InboxID(inbox), thread, f.File, data)
			}
			if err != nil {
				v.report.Problem("file %s: %v", id, err)
			}
		}
		if f.ID != id || f.Refs != v.named[string(k)] || have > int((f.Size+pieceBytes-1)/pieceBytes) {
			v.report.Problem("file %s: lies under %s, is named %d times and counts %d, has %d pieces", f.ID, id, v.named[string(k)], f.Refs, have)
		}
		delete(v.named, string(k))
	}
	for key := range v.named {
		v.report.Problem("file %x is named by a message and not there", key)
	}
	if n := v.x.bucket(tFileData).Inspect().KeyN; n != pieces {
		v.report.Problem("%d pieces of files are there, the files have %d", n, pieces)
	}
	if stored := v.x.fileBytes(); stored != total {
		v.report.Problem("the files have %d bytes, and count as %d", total, stored)
	}
	return nil
}

// names notes which files a message names.
func (v *verifier) names(m bot.Message) {
	for id, n := range store.FileRefs(bot.Message{}, m) {
		v.named[string(fileKey(m.Inbox, m.Thread, id))] += n
	}
}
