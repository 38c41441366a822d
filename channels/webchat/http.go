package webchat

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/bot"
)

const (
	// maxBody is the largest request, in bytes: a long message in JSON escapes.
	maxBody = 64 << 10
	// maxRunes is the longest message, in characters: whatever their script, they fit into what the bot keeps (8 KiB).
	maxRunes = 2000
	// historyPage is how many messages a page gets at once.
	historyPage = 200
	// heartbeat keeps a quiet stream open through proxies.
	heartbeat = 20 * time.Second
	// streamWrite is how long one write to a page may take before the page is given up.
	streamWrite = 10 * time.Second
)

// routes is everything that is served under the inbox's prefix.
func (c *chat) routes(h bot.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.page)
	mux.HandleFunc("GET /widget.js", c.pages.widget)
	mux.HandleFunc("GET /assets/{name}", c.pages.asset)
	mux.HandleFunc("GET /api/history", c.visitor(c.history))
	mux.HandleFunc("GET /api/stream", c.visitor(c.stream))
	mux.HandleFunc("POST /api/files", c.visitor(c.upload))
	mux.HandleFunc("POST /api/identify", c.visitor(c.identify))
	mux.HandleFunc("GET /files/{thread}/{id}/{name}", c.file)
	mux.HandleFunc("POST /api/messages", c.visitor(func(w http.ResponseWriter, r *http.Request, v visit) { c.post(w, r, v, h) }))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "strict-origin-when-cross-origin")
		w.Header().Set("Content-Security-Policy", c.policy())
		mux.ServeHTTP(w, r)
	})
}

// policy lets the page run only its own files, and only the allowed sites show it in a frame.
func (c *chat) policy() string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'self' " + strings.Join(c.Origins, " ")
}

// posted is what a page sends.
type posted struct {
	ID    string `json:"id"` // made up by the page, the same on every retry
	In    string `json:"in"` // which of a person's threads it is for, the same on every retry
	Text  string `json:"text"`
	Press string `json:"press"`
	Name  string `json:"name"`
	Lang  string `json:"lang"`
	Files []struct {
		ID   bot.FileID `json:"id"`
		Name string     `json:"name"`
	} `json:"files"` // that were uploaded before
}

// post takes one message or press. 202 means that it is stored; the same id again is answered the same and stored once.
func (c *chat) post(w http.ResponseWriter, r *http.Request, v visit, h bot.Handler) {
	for _, limit := range []struct {
		l   *limiter
		key string
	}{{c.visitors, v.thread}, {c.ips, v.ip}} {
		if ok, wait := limit.l.allow(limit.key); !ok {
			tooMany(w, wait, "Too many messages at once. They will be sent in a moment.")
			return
		}
	}
	in, err := read(w, r)
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) || errors.Is(err, errTooLong) {
			lang := spoken(in.Lang)
			if lang == "" {
				lang = pageLang(r)
			}
			refuse(w, http.StatusRequestEntityTooLarge, "size", c.pages.word(lang, "too_long"))
			return
		}
		refuse(w, http.StatusBadRequest, "body", err.Error())
		return
	}
	files, err := c.attached(r.Context(), v, in)
	if errors.Is(err, bot.ErrNotFound) || errors.Is(err, bot.ErrNoFiles) { // for good: the page offers to send the text alone
		refuse(w, http.StatusGone, "file_gone", "A file is not there any more. Please choose it again.")
		return
	}
	if err != nil {
		c.deps.Log.Error("webchat: looking for the files of a message", "error", err)
		busy(w)
		return
	}
	thread := v.in(in.In)
	e := bot.Inbound{
		Inbox: c.deps.Inbox.ID, SourceID: thread + ":" + in.ID, Kind: bot.KindMessage, Thread: thread,
		From: v.from(in), Text: in.Text, Files: files, At: c.deps.Now(),
	}
	if in.Press != "" {
		e.Kind, e.Press = bot.KindPress, in.Press
	}
	if err := h.Handle(r.Context(), e); err != nil {
		busy(w)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// busy has the page send its message again in a moment.
func busy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "2")
	refuse(w, http.StatusServiceUnavailable, "busy", "The chat is busy. The message will be sent again.")
}

var errTooLong = errors.New("too long")

// read decodes and checks the body of a post.
func read(w http.ResponseWriter, r *http.Request) (posted, error) {
	var in posted
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	if err := dec.Decode(&in); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return in, err
		}
		return in, errors.New("the body is not the JSON of a message")
	}
	switch {
	case !plainID(in.ID):
		return in, errors.New("id must be 8 to 64 letters, digits or hyphens")
	case utf8.RuneCountInString(in.Text) > maxRunes:
		return in, errTooLong
	case len(in.Press) > 64 || len(in.Name) > 200:
		return in, errors.New("press or name is too long")
	case len(in.Files) > bot.MaxFiles:
		return in, fmt.Errorf("at most %d files go with one message", bot.MaxFiles)
	case in.Press == "" && strings.TrimSpace(in.Text) == "" && len(in.Files) == 0:
		return in, errors.New("the message is empty")
	}
	in.Lang = spoken(in.Lang)
	return in, nil
}

func plainID(id string) bool {
	return len(id) >= 8 && len(id) <= 64 && utf8.ValidString(id) && !strings.ContainsFunc(id, func(r rune) bool {
		return !(r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
}

// clientID is the page's own id within the SourceID of a message that it sent.
func clientID(sourceID string) string {
	_, id, _ := strings.Cut(sourceID, ":")
	return id
}

// answer writes JSON.
func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// refuse answers with a code for the page and a sentence for people.
func refuse(w http.ResponseWriter, status int, code, sentence string) {
	answer(w, status, map[string]string{"code": code, "message": sentence})
}
