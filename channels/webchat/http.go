package webchat

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/bot"
	"huiyin/nlp"
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

// visit is who a request speaks for.
type visit struct {
	thread string
	ip     string
}

// visitor checks the token and where the request comes from. Requests of other sites are refused: the widget is a frame
// of ours, so that every honest request has our own origin.
func (c *chat) visitor(next func(http.ResponseWriter, *http.Request, visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !c.sameOrigin(r) {
			refuse(w, http.StatusForbidden, "origin", "This address is not allowed to use the chat.")
			return
		}
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if raw, err := hex.DecodeString(token); !ok || err != nil || len(raw) != 32 {
			refuse(w, http.StatusUnauthorized, "token", "The visitor token is missing or malformed.")
			return
		}
		next(w, r, visit{thread: threadOf(token), ip: c.address(r)})
	}
}

// sameOrigin accepts requests of our own pages, and those without an origin (scripts and tests that are no browser).
func (c *chat) sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && (u.Host == r.Host || origin == c.deps.Public)
}

// address is the visitor's IP address.
func (c *chat) address(r *http.Request) string {
	if c.TrustProxy {
		hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(hops[len(hops)-1]); net.ParseIP(last) != nil {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// posted is what a page sends.
type posted struct {
	ID    string `json:"id"` // made up by the page, the same on every retry
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
			lang := in.Lang
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
	e := bot.Inbound{
		Inbox: c.deps.Inbox.ID, SourceID: v.thread + ":" + in.ID, Kind: bot.KindMessage, Thread: v.thread,
		From: bot.Person{SourceID: v.thread, Name: in.Name, Lang: nlp.Lang(in.Lang)},
		Text: in.Text, Files: files, At: c.deps.Now(),
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
	if in.Lang != "zh" && in.Lang != "en" {
		in.Lang = ""
	}
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

// history answers with the messages after ?after=, oldest first; the last ones when there are many.
func (c *chat) history(w http.ResponseWriter, r *http.Request, v visit) {
	after, _ := strconv.ParseUint(r.URL.Query().Get("after"), 10, 64)
	views, status, err := c.since(r, v.thread, after)
	if err != nil {
		c.deps.Log.Error("webchat: reading history", "error", err)
		refuse(w, http.StatusServiceUnavailable, "busy", "The chat is busy.")
		return
	}
	answer(w, http.StatusOK, map[string]any{"messages": views, "status": status})
}

func (c *chat) since(r *http.Request, thread string, after uint64) ([]view, bot.Status, error) {
	conv, err := c.deps.History.Current(r.Context(), c.deps.Inbox.ID, thread)
	if errors.Is(err, bot.ErrNotFound) {
		return []view{}, bot.StatusBot, nil
	}
	if err != nil {
		return nil, "", err
	}
	if conv.LastSeq > historyPage && after < conv.LastSeq-historyPage {
		after = conv.LastSeq - historyPage
	}
	messages, err := c.deps.History.Messages(r.Context(), conv.ID, after, historyPage)
	if err != nil {
		return nil, "", err
	}
	views := make([]view, 0, len(messages))
	for _, m := range slices.DeleteFunc(messages, func(m bot.Message) bool { return !visible(m) }) {
		views = append(views, c.view(m))
	}
	return views, conv.Status, nil
}

// stream tells a page what happens, as server-sent events, until it goes away.
func (c *chat) stream(w http.ResponseWriter, r *http.Request, v visit) {
	events, leave := c.hub.subscribe(v.thread)
	defer leave()
	if c.hub.isClosed() {
		w.Header().Set("Retry-After", "2")
		refuse(w, http.StatusServiceUnavailable, "busy", "The chat starts again in a moment.")
		return
	}
	if events == nil {
		refuse(w, http.StatusTooManyRequests, "pages", "The chat is open in too many windows.")
		return
	}
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	line := ": open\n\n"
	for {
		_ = out.SetWriteDeadline(time.Now().Add(streamWrite))
		if _, err := fmt.Fprint(w, line); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			line = ": still here\n\n"
		case e, open := <-events:
			if !open {
				return
			}
			data, err := json.Marshal(e.Message)
			if err != nil {
				return
			}
			line = "event: " + e.Kind + "\ndata: " + string(data) + "\n\n"
		}
	}
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
