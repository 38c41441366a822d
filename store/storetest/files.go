package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// fileRules leave room for what the tests put, unless they say otherwise.
func fileRules() bot.FileRules { return bot.FileRules{File: 2 << 20, Thread: 3 << 20, Total: 4 << 20} }

// bytesOf makes a file's bytes: longer than a store takes at once, and different for each name.
func bytesOf(name string, size int) []byte {
	return bytes.Repeat([]byte(name+"|"), size/(len(name)+1)+1)[:size]
}

// put keeps a file for the thread of a conversation.
func (t *tester) put(id bot.ConversationID, data []byte) bot.File {
	t.Helper()
	f, err := t.tryPut(id, data)
	t.ok(err)
	return f
}

func (t *tester) tryPut(id bot.ConversationID, data []byte) (bot.File, error) {
	thread := "thread-" + string(id)
	f := bot.File{ID: bot.NewFileID("web", thread, data), Name: "photo.png", Type: "image/png", Size: int64(len(data)), Width: 4, Height: 3}
	return f, t.PutFile(t.ctx, "web", thread, f, data, fileRules())
}

// with attaches files to a message.
func with(m bot.Message, files ...bot.File) bot.Message {
	m.Files = files
	return m
}

// there reports whether a file's bytes are there, and are what they should be.
func (t *tester) there(id bot.ConversationID, f bot.File, want []byte) bool {
	t.Helper()
	data, err := t.FileData(t.ctx, "web", "thread-"+string(id), f.ID)
	if errors.Is(err, bot.ErrNotFound) {
		if _, err := t.File(t.ctx, "web", "thread-"+string(id), f.ID); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("the bytes are gone, the record is not: %v", err)
		}
		return false
	}
	t.ok(err)
	if !bytes.Equal(data, want) {
		t.Fatalf("%d bytes, want %d", len(data), len(want))
	}
	t.inPieces("thread-"+string(id), f.ID, want)
	return true
}

// inPieces reads a file in small steps, and from behind its end.
func (t *tester) inPieces(thread string, id bot.FileID, want []byte) {
	t.Helper()
	var got []byte
	for p := make([]byte, 100_000); ; {
		n, err := t.ReadFileAt(t.ctx, "web", thread, id, p, int64(len(got)))
		if got = append(got, p[:n]...); err == io.EOF {
			break
		}
		if t.ok(err); n == 0 {
			t.Fatal("nothing was read, and no error")
		}
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("in pieces: %d bytes, want %d", len(got), len(want))
	}
	for _, offset := range []int64{int64(len(want)), int64(len(want)) + 1<<20} {
		if n, err := t.ReadFileAt(t.ctx, "web", thread, id, make([]byte, 1), offset); n != 0 || err != io.EOF {
			t.Errorf("read %d bytes at %d of %d: %v", n, offset, len(want), err)
		}
	}
	if n, err := t.ReadFileAt(t.ctx, "web", thread+"-of-another", id, make([]byte, 1), 0); n != 0 || !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("read %d bytes of a file that is not there: %v", n, err)
	}
}

func testFiles(t *tester) {
	data := bytesOf("a", 700_000)
	f := t.put("c", data)
	got, err := t.File(t.ctx, "web", "thread-c", f.ID)
	t.ok(err)
	t.equal("file", got, bot.File{ID: f.ID, Type: "image/png", Size: 700_000, Width: 4, Height: 3})
	if !t.there("c", f, data) || t.there("other", f, data) {
		t.Fatal("a file is of its thread alone")
	}
	t.begin("c", with(incoming("c", 1, "坏了"), f), with(incoming("c", 2, "again"), f))
	messages, err := t.Messages(t.ctx, "c", 0, 0)
	t.ok(err)
	t.equal("files of a message", messages[0].Files, []bot.File{f})
	if same := t.put("c", data); same.ID != f.ID {
		t.Fatalf("the same bytes are named %s and %s", f.ID, same.ID)
	}
	r, err := t.Verify(t.ctx, nil)
	t.ok(err)
	if r.Files != 1 || r.FileBytes != 700_000 {
		t.Fatalf("kept twice: %d files, %d bytes", r.Files, r.FileBytes)
	}
	wrong := f
	wrong.Size++
	for name, err := range map[string]error{
		"other bytes":     t.PutFile(t.ctx, "web", "thread-c", f, []byte("b"), fileRules()),
		"another size":    t.PutFile(t.ctx, "web", "thread-c", wrong, data, fileRules()),
		"another thread":  t.PutFile(t.ctx, "web", "thread-d", f, data, fileRules()),
		"nobody's thread": t.PutFile(t.ctx, "web", "", f, data, fileRules()),
	} {
		if !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// testFilesNamed follows a file through the messages that name it: it goes with the last one.
func testFilesNamed(t *tester) {
	data, other := bytesOf("a", 10), bytesOf("b", 300_000)
	f, o := t.put("c", data), t.put("c", other)
	conv := t.begin("c", with(incoming("c", 1, ""), f), with(outgoing("c", 2, ""), f, o))
	deleted := incoming("c", 1, "")
	deleted.DeletedAt = start
	conv = t.next(conv, deleted)
	if !t.there("c", f, data) {
		t.Fatal("a file went that a message still names")
	}
	sent := outgoing("c", 2, "")
	sent.Files = []bot.File{o}
	conv = t.next(conv, sent)
	if t.there("c", f, data) || !t.there("c", o, other) {
		t.Fatal("a file that no message names any more must go, and no other")
	}
	conv.LastSeq++
	for name, m := range map[string]bot.Message{"gone": with(incoming("c", 3, ""), f), "never there": with(incoming("c", 3, ""), bot.File{ID: "no", Name: "x"})} {
		if err := t.Save(t.ctx, bot.Change{Conversation: conv, Messages: []bot.Message{m}}); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("a message names a file that is %s: %v", name, err)
		}
	}
	t.next(conv, with(incoming("c", 3, ""), bot.File{Name: "with the platform.pdf", URL: "telegram:1", Error: bot.FileUnreachable}))
}

func testFilesRoom(t *tester) {
	for _, size := range []int{2<<20 + 1} {
		if _, err := t.tryPut("c", bytesOf("large", size)); !errors.Is(err, bot.ErrFileSize) {
			t.Errorf("a file of %d bytes: %v", size, err)
		}
	}
	t.put("c", bytesOf("1", 2<<20))
	t.put("c", bytesOf("2", 1<<20))
	if _, err := t.tryPut("c", []byte("3")); !errors.Is(err, bot.ErrFileFull) {
		t.Errorf("more than one customer may have: %v", err)
	}
	t.put("c", bytesOf("1", 2<<20)) // is there: takes no room
	t.put("d", bytesOf("4", 1<<20))
	if _, err := t.tryPut("e", []byte("5")); !errors.Is(err, bot.ErrFileFull) {
		t.Errorf("more than all may have: %v", err)
	}
	t.clock.Add(time.Hour)
	if n, err := t.SweepFiles(t.ctx, t.clock.Now()); n != 3 || err != nil {
		t.Fatalf("swept %d, %v", n, err)
	}
	t.put("e", []byte("5"))
}

// testFilesSwept makes sure that only what no message names is swept, and only when it is old.
func testFilesSwept(t *tester) {
	sent, unsent := bytesOf("sent", 10), bytesOf("unsent", 300_000)
	f, u := t.put("c", sent), t.put("c", unsent)
	t.begin("c", with(incoming("c", 1, ""), f))
	if n, err := t.SweepFiles(t.ctx, t.clock.Now()); n != 0 || err != nil {
		t.Fatalf("swept %d that are new, %v", n, err)
	}
	t.clock.Add(time.Hour)
	young := t.put("d", []byte("young"))
	t.put("c", unsent) // taken again: it is about to be sent
	if n, err := t.SweepFiles(t.ctx, t.clock.Now()); n != 0 || err != nil {
		t.Fatalf("swept %d, %v", n, err)
	}
	now := t.clock.Add(time.Hour)
	t.put("d", []byte("young"))
	if n, err := t.SweepFiles(t.ctx, now); n != 1 || err != nil {
		t.Fatalf("swept %d, %v", n, err)
	}
	if !t.there("c", f, sent) || t.there("c", u, unsent) || !t.there("d", young, []byte("young")) {
		t.Error("the wrong files were swept")
	}
	e := event("web", "1", "d", "")
	e.Files = []bot.File{young}
	accepted, err := t.Accept(t.ctx, []bot.Inbound{e})
	t.ok(err)
	if n, err := t.SweepFiles(t.ctx, t.clock.Add(time.Hour)); n != 0 || err != nil || !t.there("d", young, []byte("young")) {
		t.Errorf("swept %d that an event names which is not done: %v", n, err)
	}
	t.ok(t.Quarantine(t.ctx, accepted[0].ID, "unreadable"))
	if n, err := t.SweepFiles(t.ctx, t.clock.Add(time.Hour)); n != 0 || err != nil || !t.there("d", young, []byte("young")) {
		t.Errorf("swept %d that an event in quarantine names: %v", n, err)
	}
}

func testFilesErased(t *tester) {
	mine, hers := bytesOf("mine", 300_000), bytesOf("hers", 10)
	f, unsent, h := t.put("c", mine), t.put("c", []byte("uploaded, never sent")), t.put("d", hers)
	c := conversation("c")
	c.LastSeq = 1
	contact := bot.Contact{ID: c.Contact}
	t.ok(t.Save(t.ctx, bot.Change{Conversation: c, Messages: []bot.Message{with(incoming("c", 1, ""), f)}, Contact: &contact,
		Address: &bot.ContactInbox{Inbox: "web", SourceID: "lin", Contact: c.Contact}}))
	t.begin("d", with(incoming("d", 1, ""), h))
	if _, err := t.EraseContact(t.ctx, c.Contact, bot.Event{At: start, Action: "contact.erase"}); err != nil {
		t.Fatal(err)
	}
	if t.there("c", f, mine) || t.there("c", unsent, nil) || !t.there("d", h, hers) {
		t.Error("her files must go with her, and nobody else's")
	}
}

// testFilesMerged makes sure that files stay with their conversation when its contact is merged into another one.
func testFilesMerged(t *tester) {
	data := bytesOf("a", 300_000)
	f := t.put("c", data)
	for _, id := range []bot.ConversationID{"c", "d"} {
		conv := conversation(id)
		conv.LastSeq = 1
		m := incoming(id, 1, "")
		if id == "c" {
			m.Files = []bot.File{f}
		}
		t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Messages: []bot.Message{m}, Contact: &bot.Contact{ID: conv.Contact},
			Address: &bot.ContactInbox{Inbox: "web", SourceID: string(id), Contact: conv.Contact}}))
	}
	_, err := t.MergeContacts(t.ctx, "contact-d", "contact-c", bot.Event{At: start, Action: "contact.merge"})
	t.ok(err)
	if !t.there("c", f, data) {
		t.Fatal("a file was lost in a merge")
	}
	_, err = t.EraseContact(t.ctx, "contact-d", bot.Event{At: start, Action: "contact.erase"})
	t.ok(err)
	if t.there("c", f, data) {
		t.Fatal("a file outlived the person to whom it was merged")
	}
}

// testFilesTogether stores, names, reads and sweeps files at once: nothing is torn, and what is counted is right.
func testFilesTogether(t *tester) {
	errs := together(8, func(i int) error {
		id := bot.ConversationID(fmt.Sprint("c", i%4))
		data := bytesOf(string(id), 400_000)
		f, err := t.tryPut(id, data)
		if err != nil {
			return err
		}
		if got, err := t.FileData(t.ctx, "web", "thread-"+string(id), f.ID); err != nil || !bytes.Equal(got, data) {
			return fmt.Errorf("%d bytes: %w", len(got), err)
		}
		if _, err := t.SweepFiles(t.ctx, start); err != nil {
			return err
		}
		conv := conversation(id)
		conv.LastSeq = 1
		err = t.Save(t.ctx, bot.Change{Conversation: conv, Messages: []bot.Message{with(incoming(id, 1, ""), f)}})
		if errors.Is(err, bot.ErrConflict) {
			return nil // the other one of two was faster
		}
		return err
	})
	t.ok(errors.Join(errs...))
	r, err := t.Verify(context.WithoutCancel(t.ctx), nil)
	t.ok(err)
	if r.Files != 4 {
		t.Fatalf("%d files", r.Files)
	}
}
