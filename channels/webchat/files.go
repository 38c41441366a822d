package webchat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"huiyin/bot"
	"huiyin/internal/attach"
)

const (
	// uploadTime is how long an upload may take, and how much longer for each byte: at 32 KiB a second.
	uploadTime  = 30 * time.Second
	uploadBytes = 32 << 10
	// uploadsAtOnce is how many files one address may upload at the same time.
	uploadsAtOnce = 4
	// uploadHour is how many bytes one address may upload in an hour, in bursts of half of them: whoever needs no name to
	// upload must not fill what is there for all.
	uploadHour = 256 << 20
	// readsAtOnce is how many files one address may read at the same time; a browser asks for six.
	readsAtOnce = 64
	// stalled is how long nothing may come of an upload.
	stalled = 15 * time.Second
)

// fileView is a file as pages get it.
type fileView struct {
	ID     bot.FileID `json:"id,omitempty"`
	Name   string     `json:"name"`
	Size   int64      `json:"size"`
	Text   string     `json:"text"`            // the size, for people
	URL    string     `json:"url,omitempty"`   // relative to the page; empty: there is nothing to see
	Shown  bool       `json:"shown,omitempty"` // a picture to show in the page
	Width  int        `json:"width,omitempty"`
	Height int        `json:"height,omitempty"`
}

// filesOf are the files of a message. Whoever has the address of one may see it: it is made of the thread and of the file's
// bytes. That of a person's thread can be worked out from her id, so that only who has the file already can find it there.
func filesOf(thread string, files []bot.File) []fileView {
	var all []fileView
	for _, f := range files {
		v := fileView{ID: f.ID, Name: f.Name, Size: f.Size, Text: attach.Size(f.Size)}
		if f.ID != "" {
			v.URL = "files/" + thread + "/" + string(f.ID) + "/" + url.PathEscape(f.Name)
			v.Shown, v.Width, v.Height = f.Shown(), f.Width, f.Height
		}
		all = append(all, v)
	}
	return all
}

// takes is the largest file that a visitor may send, in bytes; 0: none.
func (c *chat) takes() int64 {
	if c.deps.Files == nil || c.FilesPerMinute == 0 {
		return 0
	}
	return c.deps.Files.Most()
}

// upload keeps a file for a message that follows. Its body is the file, ?name= what it is called. 201 means that it is stored.
func (c *chat) upload(w http.ResponseWriter, r *http.Request, v visit) {
	most := c.takes()
	if most == 0 {
		refuse(w, http.StatusForbidden, "files", "This chat takes no files.")
		return
	}
	if ok, wait := c.uploads.allow(v.thread); !ok {
		tooMany(w, wait, "Too many files at once. Please wait a moment.")
		return
	}
	if ok, wait := c.uploadIPs.allow(v.ip); !ok {
		tooMany(w, wait, "Too many files at once. Please wait a moment.")
		return
	}
	done, ok := c.running.begin(v.ip)
	if !ok {
		tooMany(w, time.Second, "Too many files at once. Please wait a moment.")
		return
	}
	defer done()
	if r.ContentLength > most {
		refuseFile(w, bot.ErrFileSize)
		return
	}
	size := r.ContentLength
	if size < 0 { // it does not say: it may be the largest
		size = most
	}
	if ok, wait := c.uploadBytes.allowN(v.ip, int(size)); !ok {
		tooMany(w, wait, "Too many files for now. Please try again later.")
		return
	}
	body := &upload{Reader: http.MaxBytesReader(w, r.Body, most+1), control: http.NewResponseController(w),
		until: time.Now().Add(uploadTime + time.Duration(most/uploadBytes)*time.Second)}
	f, err := c.deps.Files.Take(r.Context(), c.deps.Inbox.ID, v.in(r.Header.Get(threadHeader)), r.URL.Query().Get("name"), body)
	if err != nil {
		c.deps.Log.Info("webchat: a file was not taken", "err", err)
		refuseFile(w, err)
		return
	}
	answer(w, http.StatusCreated, filesOf(v.in(r.Header.Get(threadHeader)), []bot.File{f})[0])
}

// upload is the body of an upload, which breaks off when nothing comes for a while, or at an instant.
type upload struct {
	io.Reader
	control *http.ResponseController
	until   time.Time
}

// Read implements io.Reader.
func (u *upload) Read(p []byte) (int, error) {
	next := time.Now().Add(stalled)
	if next.After(u.until) {
		next = u.until
	}
	_ = u.control.SetReadDeadline(next) // what cannot set one has none
	return u.Reader.Read(p)
}

func tooMany(w http.ResponseWriter, wait time.Duration, sentence string) {
	w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
	refuse(w, http.StatusTooManyRequests, "rate", sentence)
}

func refuseFile(w http.ResponseWriter, err error) {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large), errors.Is(err, bot.ErrFileSize):
		refuse(w, http.StatusRequestEntityTooLarge, "file_size", "The file is too large.")
	case errors.Is(err, bot.ErrFileEmpty):
		refuse(w, http.StatusUnprocessableEntity, "file_empty", "The file is empty.")
	case errors.Is(err, bot.ErrFileFull):
		refuse(w, http.StatusInsufficientStorage, "file_full", "There is no room for more files.")
	default:
		w.Header().Set("Retry-After", "2")
		refuse(w, http.StatusServiceUnavailable, "busy", "The file could not be taken just now.")
	}
}

// attached completes the files that a page names with a message.
func (c *chat) attached(ctx context.Context, v visit, in posted) ([]bot.File, error) {
	if len(in.Files) == 0 {
		return nil, nil
	}
	if c.takes() == 0 {
		return nil, bot.ErrNoFiles
	}
	var files []bot.File
	for _, f := range in.Files {
		files = append(files, bot.File{ID: f.ID, Name: f.Name})
	}
	return c.deps.Files.Complete(ctx, c.deps.Inbox.ID, v.in(in.In), files)
}

// file shows a file to whoever has its address.
func (c *chat) file(w http.ResponseWriter, r *http.Request) {
	thread := r.PathValue("thread")
	if c.deps.Files == nil || !isThread(thread) || !c.sameOrigin(r) {
		http.NotFound(w, r)
		return
	}
	done, ok := c.reading.begin(c.address(r))
	if !ok {
		tooMany(w, time.Second, "Too many files at once. Please wait a moment.")
		return
	}
	defer done()
	f, data, err := c.deps.Files.Open(r.Context(), c.deps.Inbox.ID, thread, bot.FileID(r.PathValue("id")))
	if errors.Is(err, bot.ErrNotFound) {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		c.deps.Log.Error("webchat: reading a file", "error", err)
		refuse(w, http.StatusServiceUnavailable, "busy", "The chat is busy.")
		return
	}
	attach.Serve(w, r, r.PathValue("name"), f.Kind(), f.Size, data)
}

// atOnce bounds what runs at the same time for each key.
type atOnce struct {
	most int
	mu   sync.Mutex
	runs map[string]int
}

func newAtOnce(most int) *atOnce { return &atOnce{most: most, runs: map[string]int{}} }

// begin counts one more, or reports that there are too many; done ends it.
func (a *atOnce) begin(key string) (done func(), ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.runs[key] >= a.most {
		return nil, false
	}
	a.runs[key]++
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.runs[key]--; a.runs[key] == 0 {
			delete(a.runs, key)
		}
	}, true
}
