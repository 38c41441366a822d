package console

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/bot"
	"huiyin/hooks"
)

// Webhooks keeps the addresses of other programs and calls them.
type Webhooks struct {
	Store  hooks.Store
	Caller WebhookCaller
}

// WebhookCaller calls endpoints; a hooks.Sender is one.
type WebhookCaller interface {
	// CheckURL makes sure that an address may be an endpoint; hooks.ErrURL.
	CheckURL(address string) error
	// Changed tells that an endpoint was saved or deleted.
	Changed()
	// Test calls an endpoint once with a hooks.Ping, whose delivery has the id.
	Test(ctx context.Context, e hooks.Endpoint, id string) (hooks.Delivery, error)
	// Again sends a delivery of an endpoint's list once more, under the same id; bot.ErrNotFound when it is not there any more,
	// hooks.ErrGone when what it is about is gone.
	Again(ctx context.Context, e hooks.Endpoint, delivery string, by bot.AgentID) (hooks.Delivery, error)
	// Trouble is how many endpoints were switched off without anybody's doing.
	Trouble() int
}

// secretPrefix begins every secret, so that one that leaks can be recognised.
const secretPrefix = "huiyin_hook_"

// maxEndpointName is how long the name of an endpoint may be, in characters.
const maxEndpointName = 60

// webhookRow is an endpoint as the page shows it.
type webhookRow struct {
	hooks.Endpoint
	State  hooks.State
	Waits  time.Time // when it is tried again; zero: nothing waits
	By     string
	Tested *hooks.Delivery
	Gone   bool // what was to be sent again is
}

// webhookPage is what the page shows besides the list.
type webhookPage struct {
	edit   hooks.Endpoint
	wrong  string // a key; empty: nothing is wrong
	secret string // of made, shown once
	made   string
	tested string         // the id of the endpoint that was tried
	test   hooks.Delivery // of a hooks.Ping, or of what was sent again
	gone   bool           // nothing was sent again
}

func (s *Console) webhookRoutes() []route {
	if s.Webhooks == nil {
		return nil
	}
	return []route{
		{"GET /console/webhooks", bot.EditWebhooks, s.webhooksPage},
		{"POST /console/webhooks", bot.EditWebhooks, s.saveWebhook},
		{"POST /console/webhooks/{id}/test", bot.EditWebhooks, s.testWebhook},
		{"POST /console/webhooks/{id}/again", bot.EditWebhooks, s.againWebhook},
		{"POST /console/webhooks/{id}/switch", bot.EditWebhooks, s.switchWebhook},
		{"POST /console/webhooks/{id}/secret", bot.EditWebhooks, s.newWebhookSecret},
		{"POST /console/webhooks/{id}/delete", bot.EditWebhooks, s.deleteWebhook},
	}
}

// webhooksPage lists the endpoints with what became of the last calls.
func (s *Console) webhooksPage(w http.ResponseWriter, r *http.Request, v visit) error {
	p := webhookPage{edit: hooks.Endpoint{Kinds: []hooks.Kind{hooks.ConversationHandedOff, hooks.ConversationResolved, hooks.RatingGiven}}}
	if id := r.URL.Query().Get("edit"); id != "" {
		e, err := s.endpoint(r.Context(), id)
		if err != nil {
			return err
		}
		p.edit = e
	}
	return s.showWebhooks(w, r, v, http.StatusOK, p)
}

func (s *Console) endpoint(ctx context.Context, id string) (hooks.Endpoint, error) {
	all, err := s.Webhooks.Store.Endpoints(ctx)
	if err != nil {
		return hooks.Endpoint{}, err
	}
	at := slices.IndexFunc(all, func(e hooks.Endpoint) bool { return e.ID == id })
	if at < 0 {
		return hooks.Endpoint{}, fmt.Errorf("endpoint: %w", bot.ErrNotFound)
	}
	return all[at], nil
}

func (s *Console) showWebhooks(w http.ResponseWriter, r *http.Request, v visit, status int, p webhookPage) error {
	all, err := s.Webhooks.Store.Endpoints(r.Context())
	if err != nil {
		return err
	}
	names, err := s.hub.names(r.Context())
	if err != nil {
		return err
	}
	var rows []webhookRow
	for _, e := range all {
		row := webhookRow{Endpoint: e, By: names[e.CreatedBy]}
		if row.State, err = s.Webhooks.Store.EndpointState(r.Context(), e.ID); err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		if row.State.Next.After(s.Now()) && e.Off == hooks.OffNot {
			row.Waits = row.State.Next
		}
		if p.tested == e.ID {
			row.Tested, row.Gone = &p.test, p.gone
		}
		rows = append(rows, row)
	}
	return s.show(w, v, status, "webhooks", map[string]any{"All": rows, "Edit": p.edit, "Kinds": hooks.Kinds(), "Wrong": p.wrong,
		"Secret": p.secret, "Made": p.made, "Room": len(all) < hooks.MostEndpoints, "Most": hooks.MostEndpoints,
		"RefusedEvents": hooks.RefusedEvents})
}

// saveWebhook adds an endpoint, whose secret is shown once, or changes one.
func (s *Console) saveWebhook(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	e := hooks.Endpoint{CreatedAt: s.Now(), CreatedBy: v.agent.ID}
	id, action := r.PostFormValue("id"), "hook.create"
	if id != "" {
		var err error
		if e, err = s.endpoint(r.Context(), id); err != nil {
			return err
		}
		action = "hook.change"
		if fmt.Sprint(e.Version) != r.PostFormValue("version") {
			return fmt.Errorf("endpoint: %w", bot.ErrConflict)
		}
	}
	e.Name, e.URL, e.Names = strings.Join(strings.Fields(r.PostFormValue("name")), " "), strings.TrimSpace(r.PostFormValue("url")), r.PostFormValue("names") != ""
	e.Kinds = nil
	for _, k := range hooks.Kinds() {
		if slices.Contains(r.PostForm["kind"], string(k)) {
			e.Kinds = append(e.Kinds, k)
		}
	}
	wrong := ""
	n := utf8.RuneCountInString(e.Name)
	switch {
	case n == 0 || n > maxEndpointName:
		wrong = "hooks.wrong.name"
	case s.Webhooks.Caller.CheckURL(e.URL) != nil:
		wrong = "hooks.wrong.url"
	case len(e.Kinds) == 0:
		wrong = "hooks.wrong.kinds"
	}
	if wrong != "" {
		return s.showWebhooks(w, r, v, http.StatusUnprocessableEntity, webhookPage{edit: e, wrong: wrong})
	}
	p := webhookPage{}
	if id == "" {
		var err error
		if e.ID, e.Secret, err = s.newEndpoint(); err != nil {
			return err
		}
		p.secret, p.made = e.Secret, e.Name
	}
	err := s.Webhooks.Store.SaveEndpoint(r.Context(), e, bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: action, Object: e.ID})
	if errors.Is(err, hooks.ErrMany) {
		return s.showWebhooks(w, r, v, http.StatusUnprocessableEntity, webhookPage{edit: e, wrong: "hooks.wrong.many"})
	}
	if err != nil {
		return err
	}
	s.Webhooks.Caller.Changed()
	if id != "" {
		return doneAt(w, r, "/console/webhooks", nil)
	}
	p.edit.Kinds = e.Kinds
	return s.showWebhooks(w, r, v, http.StatusOK, p)
}

// newEndpoint makes an id and a secret.
func (s *Console) newEndpoint() (id, secret string, err error) {
	raw := make([]byte, 6)
	if _, err := io.ReadFull(s.Random, raw); err != nil {
		return "", "", fmt.Errorf("console: random bytes: %w", err)
	}
	token, err := newToken(s.Random)
	return hex.EncodeToString(raw), secretPrefix + token, err
}

// change does something with an endpoint and saves it.
func (s *Console) changeWebhook(r *http.Request, v visit, action string, change func(*hooks.Endpoint) error) (hooks.Endpoint, error) {
	e, err := s.endpoint(r.Context(), r.PathValue("id"))
	if err != nil {
		return e, err
	}
	if err := change(&e); err != nil {
		return e, err
	}
	err = s.Webhooks.Store.SaveEndpoint(r.Context(), e, bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: action, Object: e.ID})
	if err == nil {
		s.Webhooks.Caller.Changed()
	}
	return e, err
}

// switchWebhook switches an endpoint off, or on again.
func (s *Console) switchWebhook(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	on := r.PostFormValue("on") != ""
	action := "hook.off"
	if on {
		action = "hook.on"
	}
	_, err := s.changeWebhook(r, v, action, func(e *hooks.Endpoint) error {
		e.Off, e.OffAt = hooks.OffNot, time.Time{}
		if !on {
			e.Off, e.OffAt = hooks.OffHand, s.Now()
		}
		return nil
	})
	return doneAt(w, r, "/console/webhooks", err)
}

// newWebhookSecret gives an endpoint another secret and shows it once; the old one signs nothing from then on.
func (s *Console) newWebhookSecret(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := s.changeWebhook(r, v, "hook.secret", func(e *hooks.Endpoint) (err error) {
		_, e.Secret, err = s.newEndpoint()
		return err
	})
	if err != nil {
		return err
	}
	return s.showWebhooks(w, r, v, http.StatusOK, webhookPage{secret: e.Secret, made: e.Name})
}

// testWebhook calls an endpoint and shows what it answered.
func (s *Console) testWebhook(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := s.endpoint(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	id, _, err := s.newEndpoint()
	if err != nil {
		return err
	}
	d, err := s.Webhooks.Caller.Test(r.Context(), e, "test-"+id)
	if err != nil {
		return err
	}
	return s.showWebhooks(w, r, v, http.StatusOK, webhookPage{tested: e.ID, test: d})
}

// againWebhook sends a delivery of an endpoint's list once more and shows what was answered.
func (s *Console) againWebhook(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	e, err := s.endpoint(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	d, err := s.Webhooks.Caller.Again(r.Context(), e, r.PostFormValue("delivery"), v.agent.ID)
	gone := errors.Is(err, hooks.ErrGone)
	if err != nil && !gone {
		return err
	}
	if err := s.Store.Record(r.Context(), bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "hook.again", Object: e.ID, Detail: d.ID + " " + againEnd(d, gone)}); err != nil {
		return err
	}
	return s.showWebhooks(w, r, v, http.StatusOK, webhookPage{tested: e.ID, test: d, gone: gone})
}

// againEnd is what the audit log says of a delivery that was sent again.
func againEnd(d hooks.Delivery, gone bool) string {
	switch {
	case gone:
		return "gone"
	case d.Status == 0:
		return string(d.Error)
	}
	return strconv.Itoa(d.Status)
}

// deleteWebhook removes an endpoint with what it has not taken.
func (s *Console) deleteWebhook(w http.ResponseWriter, r *http.Request, v visit) error {
	id := r.PathValue("id")
	err := s.Webhooks.Store.DeleteEndpoint(r.Context(), id, bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "hook.delete", Object: id})
	if err == nil {
		s.Webhooks.Caller.Changed()
	}
	return doneAt(w, r, "/console/webhooks", err)
}
