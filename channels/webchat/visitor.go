package webchat

import (
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/internal/clientip"
	"huiyin/nlp"
)

// threadHeader names, with an upload, which of a person's threads the file is for.
const threadHeader = "Huiyin-Thread"

// visit is who a request speaks for: a visitor, who is whoever holds her browser's token, or a person for whom the shop vouches.
type visit struct {
	thread  string   // the visitor's; of a person, that in which she begins
	threads []string // all that are hers to read, the one that was active last first
	ip      string
	who     bot.Person // with an Account; without: a visitor
	until   time.Time  // when a person's token expires
}

// same reports whether she may read the same threads as another visit.
func (v visit) same(o visit) bool {
	return slices.Equal(slices.Sorted(slices.Values(v.threads)), slices.Sorted(slices.Values(o.threads)))
}

// known reports whether the shop vouches for her.
func (v visit) known() bool { return v.who.Account != "" }

// in is the thread that a request means, when it is hers.
func (v visit) in(thread string) string {
	if slices.Contains(v.threads, thread) {
		return thread
	}
	return v.thread
}

// from is who sends a message. What a page says of a person's name does not count.
func (v visit) from(in posted) bot.Person {
	p := v.who
	if !v.known() {
		p = bot.Person{SourceID: v.thread, Name: in.Name}
	}
	p.Lang = nlp.Lang(in.Lang)
	return p
}

// visitor finds out who asks, and where the request comes from. Requests of other sites are refused: the widget is a frame
// of ours, so that every honest request has our own origin.
func (c *chat) visitor(next func(http.ResponseWriter, *http.Request, visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !c.sameOrigin(r) {
			refuse(w, http.StatusForbidden, "origin", "This address is not allowed to use the chat.")
			return
		}
		if v, ok := c.who(w, r); ok {
			next(w, r, v)
		}
	}
}

// who reads who asks; when it is nobody it has been answered.
func (c *chat) who(w http.ResponseWriter, r *http.Request) (v visit, ok bool) {
	v.ip = c.address(r)
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if bearer && strings.Contains(token, ".") {
		ok = c.person(w, r, token, &v)
	} else {
		ok = c.holder(w, r, token, &v)
	}
	return v, ok
}

// holder lets a visitor in by her browser's token. A thread that has become a person's is closed to it, so that nothing can be
// read with what lies in a browser that she has left.
func (c *chat) holder(w http.ResponseWriter, r *http.Request, token string, v *visit) bool {
	if !isToken(token) {
		refuse(w, http.StatusUnauthorized, "token", "The visitor token is missing or malformed.")
		return false
	}
	v.thread = threadOf(token)
	v.threads = []string{v.thread}
	conv, err := c.deps.History.Current(r.Context(), c.deps.Inbox.ID, v.thread)
	switch {
	case err != nil && !errors.Is(err, bot.ErrNotFound):
		c.deps.Log.Error("webchat: looking for whose a thread is", "error", err)
		busy(w)
		return false
	case err == nil && conv.Account != "":
		refuse(w, http.StatusUnauthorized, "signed_in", "This conversation belongs to somebody who has signed in.")
		return false
	}
	return true
}

func isToken(token string) bool {
	raw, err := hex.DecodeString(token)
	return err == nil && len(raw) == 32
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

// address is where a visitor comes from, as limits count it.
func (c *chat) address(r *http.Request) string { return clientip.Of(r, c.TrustProxy) }
