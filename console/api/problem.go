package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/kb"
)

// Problem is an error as programs get it (RFC 9457): what is wrong, where, and what to do.
type Problem struct {
	Status int    `json:"status" doc:"The HTTP status."`
	Code   string `json:"code" doc:"What is wrong, for programs; it stays the same."`
	Title  string `json:"title" doc:"What is wrong, for people."`
	Where  string `json:"where,omitempty" doc:"Which field, parameter or header."`
	Advice string `json:"advice,omitempty" doc:"What to do."`
}

// Error implements error.
func (p *Problem) Error() string { return "api: " + p.Code + ": " + p.Title + " " + p.Where }

// problems are the errors that callers can do something about.
func problems() []struct {
	err error
	Problem
} {
	return []struct {
		err error
		Problem
	}{
		{console.ErrKeyThrottled, Problem{429, "throttled", "Too many wrong tokens came from your address.", "Authorization", "Wait a minute, then use a valid token."}},
		{console.ErrKey, Problem{401, "token", "There is no valid token.", "Authorization", "Send \"Authorization: Bearer <token>\" with a token that an administrator made in the console (Settings, API tokens) and that is neither revoked nor expired."}},
		{errForbidden, Problem{403, "forbidden", "The token may not do this.", "Authorization", "Use a token with the scope that the OpenAPI document names, of an agent with the role for it."}},
		{bot.ErrNotFound, Problem{404, "not_found", "It does not exist.", "path", "Check the id; it may have been erased."}},
		{kb.ErrNotFound, Problem{404, "not_found", "There is no such article.", "path", "Check the id."}},
		{bot.ErrState, Problem{409, "state", "That is not possible now.", "path", "Read the conversation again: its status does not allow it."}},
		{bot.ErrConflict, Problem{409, "conflict", "Somebody else was faster.", "path", "Read it again, then decide."}},
		{kb.ErrConflict, Problem{409, "conflict", "Somebody else has saved the article meanwhile.", "revision", "Read the article again and apply the change to its newest revision."}},
		{bot.ErrEmpty, Problem{422, "empty", "There is no text to send.", "text", "Send at least one character that can be seen."}},
		{bot.ErrNoted, Problem{422, "noted", "That cannot be noted: it is empty, too long, or too much.", "body", "The OpenAPI document names the bounds."}},
		{bot.ErrFileEmpty, Problem{422, "file_empty", "The file has no bytes.", "body", "Send its bytes as the body."}},
		{bot.ErrFileSize, Problem{413, "file_size", "The file is larger than this program, or the customer's channel, takes.", "body", "Send a smaller one; files.max_mb of the configuration is the limit."}},
		{bot.ErrFileFull, Problem{507, "file_full", "There is no room for more files, in the conversation or at all.", "", "Ask the operator: files in the configuration."}},
		{bot.ErrNoFiles, Problem{422, "no_files", "Files cannot be sent here: the customer's channel takes none.", "body.files", "Send a text, or a note with the file."}},
		{bot.ErrReused, Problem{422, "key_reused", "This key belongs to another text already.", bot.HeaderKey, "Give every message a key of its own, and repeat a request exactly as it was."}},
		{bot.ErrBusy, Problem{503, "busy", "It cannot be written now.", "", "Send the same request again in a few seconds."}},
	}
}

// explain answers with a Problem; what is not expected goes to the log, without what callers sent.
func (a *API) explain(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // nobody waits for an answer any more
	}
	p := Problem{Status: 500, Code: "internal", Title: "Something went wrong here.", Advice: "Try again later; the program's log says what it was."}
	var own *Problem
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &own):
		p = *own
	case errors.As(err, &large):
		p = Problem{413, "large", "The body is too large.", "body", "Send less at once; the OpenAPI document names the limit."}
	default:
		for _, known := range problems() {
			if errors.Is(err, known.err) {
				p = known.Problem
				break
			}
		}
	}
	switch p.Status {
	case 401:
		w.Header().Set("WWW-Authenticate", `Bearer realm="huiyin"`)
	case 429:
		w.Header().Set("Retry-After", "60")
	case 500:
		a.Log.Error("api", "route", r.Pattern, "error", err)
	}
	_ = write(w, p.Status, "application/problem+json", p)
}

// write sends a value as JSON.
func write(w http.ResponseWriter, status int, kind string, v any) error {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false) // nosniff, and no page ever shows it
	if err := e.Encode(v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = body.WriteTo(w)
	return nil
}
