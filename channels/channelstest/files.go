package channelstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/channels"
)

// Filer is a Platform on which files can be exchanged.
type Filer interface {
	// SayFile is the customer sending a file, with a text or without one.
	SayFile(name, mediaType string, data []byte, text string)
}

// ShownFile is a file as the customer gets it; where the platform shows a picture without its name, that is empty.
type ShownFile struct {
	Name string
	Data []byte
}

// foreign is a host that has nothing to do with the platform.
const foreign = "foreign.test"

// Picture makes a small picture.
func Picture() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		panic(err) // cannot be: it is written to memory
	}
	return b.Bytes()
}

// take keeps a file for the platform's thread.
func (r *Rig) take(name string, data []byte) bot.File {
	r.Helper()
	f, err := r.Files.Take(r.Context(), inbox, r.Platform.Thread(), name, bytes.NewReader(data))
	if err != nil {
		r.Fatal(err)
	}
	return f
}

// bytesOf gets the bytes of a file of an event: they are kept already, or with the platform.
func (r *Rig) bytesOf(f bot.File, most int64) ([]byte, error) {
	r.Helper()
	if f.ID != "" {
		_, data, err := r.Files.Read(r.Context(), inbox, r.Platform.Thread(), f.ID)
		return data, err
	}
	body, err := r.Channel.(channels.FileFetcher).Fetch(r.Context(), f, most)
	if err != nil {
		r.errs = append(r.errs, err)
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

// testFileIn follows a picture of the customer.
func (r *Rig) testFileIn() {
	p, ok := r.Platform.(Filer)
	if !ok {
		r.Skip("customers send no files here")
	}
	r.Net.Serve(r.T, foreign, http.HandlerFunc(func(_ http.ResponseWriter, in *http.Request) {
		r.Errorf("a file is asked of a stranger: %s, %v", in.URL, in.Header)
	}))
	r.Start()
	p.SayFile("坏了 <&>.png", "image/png", Picture(), marker)
	r.Pass(time.Second)
	p.SayFile("报告.pdf", "application/pdf", []byte("%PDF-1.7 x"), "")
	r.Pass(time.Minute)
	events := r.Intake.Events()
	if len(events) != 2 || events[0].Text != marker || len(events[0].Files) != 1 || len(events[1].Files) != 1 || events[1].Text != "" {
		r.Fatalf("the files came as %+v", events)
	}
	if n := r.Platform.Waiting(); n != 0 {
		r.Errorf("%d events are not acknowledged", n)
	}
	photo, report := events[0].Files[0], events[1].Files[0]
	if report.Name != "报告.pdf" || report.Size != 10 {
		r.Errorf("%+v", report)
	}
	for f, want := range map[bot.File][]byte{photo: Picture(), report: []byte("%PDF-1.7 x")} {
		if data, err := r.bytesOf(f, 1<<20); err != nil || !bytes.Equal(data, want) {
			r.Errorf("%s: %d bytes, %v", f.Name, len(data), err)
		}
	}
	for _, secret := range r.Platform.Secrets() {
		if strings.Contains(fmt.Sprintf("%+v", events), "/"+secret) || strings.Contains(photo.URL, secret) {
			r.Errorf("a secret is in an event")
		}
	}
	if photo.ID == "" {
		r.fetchBadly(photo)
	}
}

// fetchBadly asks for what cannot be had.
func (r *Rig) fetchBadly(f bot.File) {
	if data, err := r.bytesOf(f, 5); len(data) > 6 || err != nil && !errors.Is(err, bot.ErrFileSize) {
		r.Errorf("of a file that is too large: %d bytes, %v", len(data), err)
	}
	gone := f
	gone.URL += "nope"
	if _, err := r.bytesOf(gone, 1<<20); !errors.Is(err, bot.ErrNotFound) {
		r.Errorf("a file that is gone: %v", err)
	}
	for _, address := range []string{"https://" + foreign + "/x.png", "http://" + foreign + "/x", "file:///etc/passwd", "", "telegram:", "https://"} {
		strange := f
		strange.URL = address
		if data, err := r.bytesOf(strange, 1<<20); err == nil {
			r.Errorf("%q: %d bytes", address, len(data))
		}
	}
}

// testFileOut sends a text with two files, in this order.
func (r *Rig) testFileOut() {
	r.Start()
	files := []bot.File{r.take("看这里.png", Picture()), r.take("说明 <&>.pdf", []byte("%PDF-1.7 y"))}
	m := bot.Message{ID: "c-1", Author: bot.ByAgent, Thread: r.Platform.Thread(), Seq: 1, Text: marker, Files: files, At: time.Now()}
	for _, part := range channels.Prepare(m, 0, r.Suite.Driver.Limits) {
		if _, err := r.send(part); err != nil {
			r.Fatalf("part %d of %d: %v", part.Part, part.Parts, err)
		}
	}
	ledger := r.Platform.Ledger()
	if r.Suite.Driver.Limits.File == 0 {
		if text := strings.Join(Texts(ledger), "\n"); !strings.Contains(text, marker) || !strings.Contains(text, "看这里.png") {
			r.Errorf("where no files can be shown they are named: %q", text)
		}
		return
	}
	if len(ledger) == 0 || ledger[0].Text != marker {
		r.Fatalf("shown: %+v", ledger)
	}
	shown := shownFiles(ledger)
	if len(shown) != 2 || !bytes.Equal(shown[0].Data, Picture()) || string(shown[1].Data) != "%PDF-1.7 y" || shown[1].Name != files[1].Name {
		r.Errorf("shown: %+v", shown)
	}
	if inside := r.Suite.Driver.Limits.FilesInside; inside != (len(ledger[0].Files) == 2) || !inside && len(ledger[0].Files) != 0 {
		r.Errorf("the text is shown with %d files, files inside: %t", len(ledger[0].Files), inside)
	}
	before := len(ledger)
	missing := m
	missing.ID, missing.Seq, missing.Text, missing.Files = "c-2", 2, "", []bot.File{{ID: "0123", Name: "gone.png"}}
	for _, part := range channels.Prepare(missing, 0, r.Suite.Driver.Limits) {
		_, err := r.send(part)
		switch {
		case !r.Suite.Driver.Limits.FilesInside && channels.ReasonOf(err) != channels.Rejected:
			r.Errorf("a file whose bytes are gone: %v", err)
		case r.Suite.Driver.Limits.FilesInside && err != nil: // the customer gets its name; the page asks for the bytes
			r.Errorf("a file whose bytes are gone, inside a message: %v", err)
		}
	}
	ledger = r.Platform.Ledger()[before:]
	if !r.Suite.Driver.Limits.FilesInside {
		if len(ledger) != 0 {
			r.Errorf("of a file whose bytes are gone is shown %+v", ledger)
		}
		return
	}
	if shown := shownFiles(ledger); len(ledger) != 1 || len(shown) != 1 || shown[0].Name != "gone.png" || len(shown[0].Data) != 0 {
		r.Errorf("of a file whose bytes are gone is shown %+v", ledger)
	}
}

func shownFiles(ledger []Shown) []ShownFile {
	var all []ShownFile
	for _, s := range ledger {
		all = append(all, s.Files...)
	}
	return all
}

// testFileFaults plays what goes wrong when a file is sent: nothing is lost or sent twice, and what the platform refuses is
// told.
func (r *Rig) testFileFaults() {
	r.needs(Faulty)
	if r.Suite.Driver.Limits.File == 0 {
		r.Skip("no files are sent here")
	}
	r.Start()
	unclear := r.outgoing("一", "一.pdf")
	refused := r.outgoing("二", "二.pdf")
	after := r.outgoing("三", "三.pdf")
	r.Platform.Fail(
		Fault{}, Fault{Status: 429, RetryAfter: 30 * time.Second}, Fault{Reset: After}, // the file of the first
		Fault{}, Fault{Status: 400, Code: "refused"}, // the file of the second
	)
	stop := r.outbox(r.Store)
	r.Pass(2 * time.Hour)
	stop()
	want := map[bot.MessageID]bot.Delivery{unclear: bot.Sent, refused: bot.Failed, after: bot.Sent}
	if !r.certain() {
		want[unclear] = bot.Unknown
	}
	stored, err := r.Store.Messages(context.Background(), "c", 0, 0)
	if err != nil {
		r.Fatal(err)
	}
	for _, m := range stored {
		if m.Delivery != want[m.ID] {
			r.Errorf("%q is %s %s, want %s", m.Text, m.Delivery, m.Error, want[m.ID])
		}
	}
	ledger := r.Platform.Ledger()
	var names []string
	for _, f := range shownFiles(ledger) {
		names = append(names, f.Name)
	}
	texts := slices.DeleteFunc(Texts(ledger), func(s string) bool { return s == "" })
	if !slices.Equal(names, []string{"一.pdf", "三.pdf"}) || !slices.Equal(texts, []string{"一", "二", "三"}) {
		r.Errorf("shown: %q and %q", texts, names)
	}
}

// outgoing queues an agent's message with a file, in one conversation.
func (r *Rig) outgoing(text, name string) bot.MessageID {
	r.Helper()
	conv, err := r.Store.Conversation(r.Context(), "c")
	if errors.Is(err, bot.ErrNotFound) {
		conv, err = bot.Conversation{ID: "c", Inbox: inbox, Channel: r.Suite.Driver.Name, Thread: r.Platform.Thread(), Contact: "k", Status: bot.StatusAgent, Agent: "lin", Epoch: 1}, nil
	}
	if err != nil {
		r.Fatal(err)
	}
	conv.LastSeq++
	m := bot.Message{ID: bot.NewMessageID("c", conv.LastSeq), Conversation: "c", Seq: conv.LastSeq, Inbox: inbox, Thread: conv.Thread, Direction: bot.Outgoing,
		Author: bot.ByAgent, Text: text, Files: []bot.File{r.take(name, []byte("%PDF-1.7 "+name))}, Epoch: 1, Delivery: bot.Queued, At: time.Now()}
	if err := r.Store.Save(r.Context(), bot.Change{Conversation: conv, Messages: []bot.Message{m}}); err != nil {
		r.Fatal(err)
	}
	return m.ID
}
