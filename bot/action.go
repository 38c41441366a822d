package bot

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/internal/locale"
	"huiyin/internal/secret"
	"huiyin/nlp"
)

// Actor does what a form asks for in the shop's systems. HTTPActor is one.
type Actor interface {
	// Do performs an action once, however often it is called with the same Key, and returns the fields of the answer.
	// ErrAction when it did not succeed.
	Do(ctx context.Context, r ActionRequest) (map[string]string, error)
}

// ActionRequest is one action with the values of its form.
type ActionRequest struct {
	Form   string
	Action ActionSpec
	Values map[string]string
	Lang   nlp.Lang // of the customer: zh or en
	// Key is the same for every try of this action, also after a restart, and for no other action.
	Key string
}

// ErrAction marks an action that did not succeed.
var ErrAction = errors.New("bot: action failed")

// Bounds of an action's HTTP call.
const (
	defaultActionTimeout = 5 * time.Second
	maxAnswerBytes       = 64 << 10
	maxActionRetries     = 5
	signatureWindow      = 5 * time.Minute
)

// Headers of an action's request.
const (
	HeaderTimestamp = "X-Huiyin-Timestamp" // Unix seconds
	HeaderSignature = "X-Huiyin-Signature" // see SignAction
	HeaderForm      = "X-Huiyin-Form"
	HeaderKey       = "Idempotency-Key"
)

// SignAction is the signature of a request: "v1=" and the hexadecimal HMAC-SHA256, with the shared secret, of the
// timestamp header, a full stop and the body.
func SignAction(key secret.Secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(string(key)))
	_, _ = io.WriteString(mac, timestamp+".") // never fails
	_, _ = mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// VerifyAction checks a request as the shop's service should: the signature fits, and it is not older or newer than
// five minutes.
func VerifyAction(key secret.Secret, h http.Header, body []byte, now time.Time) error {
	timestamp := h.Get(HeaderTimestamp)
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: %s is no Unix time", ErrAction, HeaderTimestamp)
	}
	if age := now.Sub(time.Unix(seconds, 0)).Abs(); age > signatureWindow {
		return fmt.Errorf("%w: the request is %s old", ErrAction, age)
	}
	if !hmac.Equal([]byte(SignAction(key, timestamp, body)), []byte(h.Get(HeaderSignature))) {
		return fmt.Errorf("%w: the signature is wrong", ErrAction)
	}
	return nil
}

// HTTPActor performs actions as signed JSON POSTs.
type HTTPActor struct {
	Client  *http.Client // nil: one of its own; redirects are never followed
	Service string       // base URL that "{service}" stands for, no slash at the end
	Secret  secret.Secret
	Now     func() time.Time // nil: time.Now
	Backoff time.Duration    // before the second try, doubling; 0: 300 ms
}

// Do implements Actor. It tries again, as often as the action allows, after a lost connection, a timeout, 429 and 5xx.
func (a *HTTPActor) Do(ctx context.Context, r ActionRequest) (map[string]string, error) {
	body, err := json.Marshal(r.Values)
	if err != nil {
		return nil, fmt.Errorf("%w: encode: %w", ErrAction, err)
	}
	url := strings.ReplaceAll(r.Action.URL, "{service}", a.Service)
	backoff := a.Backoff
	fill(&backoff, 300*time.Millisecond)
	for try := 0; ; try++ {
		answer, again, err := a.once(ctx, url, r, body)
		if err == nil {
			return answer, nil
		}
		if !again || try >= min(r.Action.Retries, maxActionRetries) || ctx.Err() != nil {
			return nil, fmt.Errorf("%w: form %s: %w", ErrAction, r.Form, err)
		}
		timer := time.NewTimer(backoff)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, fmt.Errorf("%w: form %s: %w", ErrAction, r.Form, ctx.Err())
		case <-timer.C:
		}
		backoff *= 2
	}
}

// once tries once, and says whether another try may succeed.
func (a *HTTPActor) once(ctx context.Context, url string, r ActionRequest, body []byte) (answer map[string]string, again bool, err error) {
	timeout := r.Action.Timeout
	fill(&timeout, defaultActionTimeout)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, false, err
	}
	now := time.Now
	if a.Now != nil {
		now = a.Now
	}
	timestamp := strconv.FormatInt(now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Accept-Language", string(r.Lang))
	req.Header.Set(HeaderForm, r.Form)
	req.Header.Set(HeaderKey, r.Key)
	req.Header.Set(HeaderTimestamp, timestamp)
	req.Header.Set(HeaderSignature, SignAction(a.Secret, timestamp, body))
	resp, err := a.client().Do(req)
	if err != nil {
		return nil, true, err
	}
	defer func() { _ = resp.Body.Close() }() // read only: nothing can be lost
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests, fmt.Errorf("the service answered %s", resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes+1))
	if err != nil {
		return nil, true, fmt.Errorf("read the answer: %w", err)
	}
	if len(data) > maxAnswerBytes {
		return nil, false, fmt.Errorf("the answer is longer than %d bytes", maxAnswerBytes)
	}
	answer, err = flatJSON(data)
	return answer, false, err
}

// client is the injected client, or a default, that does not follow redirects: the signature is for one address.
func (a *HTTPActor) client() *http.Client {
	c := http.Client{}
	if a.Client != nil {
		c = *a.Client
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// flatJSON reads a JSON object whose values are strings, numbers, booleans or null.
func flatJSON(data []byte) (map[string]string, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var fields map[string]any
	if err := dec.Decode(&fields); err != nil {
		return nil, fmt.Errorf("the answer is no JSON object: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the answer goes on after its JSON object")
	}
	flat := make(map[string]string, len(fields))
	for name, v := range fields {
		switch v := v.(type) {
		case nil:
			flat[name] = ""
		case string:
			flat[name] = nlp.Clean(v)
		case json.Number:
			flat[name] = v.String()
		case bool:
			flat[name] = strconv.FormatBool(v)
		default:
			return nil, fmt.Errorf("field %q of the answer is a list or an object: only flat values can be shown", name)
		}
	}
	return flat, nil
}

// call is an action that a turn needs done before it can end.
type call struct {
	ActionRequest
	options string // the slot whose options are asked for; empty: the form's own action
}

// outcome is how an action ended.
type outcome struct {
	form   string
	asked  string // the slot whose options were asked for; empty: the form's action was done
	values map[string]string
	answer map[string]string
	err    error
}

// pairsOf are names and plain values for locale.Fill.
func pairsOf(values map[string]string) []any {
	pairs := make([]any, 0, 2*len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		pairs = append(pairs, name, plain(values[name]))
	}
	return pairs
}

// act does a turn's action. The lane waits, but takes no slot from the others meanwhile.
func (b *Bot) act(ctx context.Context, s situation, c *call) {
	b.cfg.Sender.Typing(s.Inbox, s.Thread)
	b.lanes.yield()
	defer b.lanes.acquire()
	o := outcome{form: c.Form, asked: c.options, values: c.Values}
	o.err = caught(func() (err error) {
		o.answer, err = b.cfg.Actor.Do(ctx, c.ActionRequest)
		return err
	})
	switch {
	case o.err == nil || ctx.Err() != nil:
	case c.options != "":
		b.log.Error("bot: the options of a question could not be fetched, any answer is taken", "form", c.Form, "slot", c.options, "event", s.ID, "err", o.err)
	default:
		b.log.Error("bot: a form's action failed, people take over", "form", c.Form, "event", s.ID, "err", o.err)
	}
	s.outcomes[c.Key] = o
}

// finishForm does what the form is for, and tells how it went.
func (t *turn) finishForm(ctx context.Context, form *FormSpec) error {
	var o outcome
	if form.Action.URL != "" {
		key := digest(string(t.job.Inbox), t.job.SourceID, form.Name)
		var done bool
		if o, done = t.job.outcomes[key]; !done {
			if t.b.cfg.Actor == nil {
				o = outcome{form: form.Name, err: fmt.Errorf("%w: no service is configured", ErrAction)}
			} else {
				t.call = &call{ActionRequest{Form: form.Name, Action: form.Action, Values: t.conv.Form.Values, Lang: t.lang, Key: key}, ""}
				return nil
			}
		}
	}
	reply, ok := form.replyTo(o, t.lang, t.conv.Form.Values)
	if !ok {
		t.fact(FactForm, 1, form.Name+":failed")
		t.lead = form.Failed[t.lang]
		t.conv.Form = nil
		return t.handOver(ctx, 8, ReasonError, "form:"+form.Name, "form_failed")
	}
	return t.concluded(ctx, form, reply, o)
}

// concluded says how a form ended, or asks again for the value that turned out wrong.
func (t *turn) concluded(ctx context.Context, form *FormSpec, reply ReplySpec, o outcome) error {
	text := t.fill(form, reply.Text[t.lang], o.answer)
	if reply.Again != "" {
		return t.missed(ctx, form, reply.Again, text)
	}
	t.keepValues(form)
	var buttons []Button
	if s := form.lookUp(); s != nil {
		text, buttons = t.offerOthers(form, t.conv.Form.Values[s.Name], text)
	}
	then := t.conv.Form.Then
	t.conv.Form = nil
	t.fact(FactForm, 1, form.Name+":done")
	t.helped("form:" + form.Name)
	t.conv.Said = form.saidReply(reply)
	t.replyThen(text, then, buttons...)
	return nil
}

// replyTo is the first reply that matches an outcome and whose placeholders all have a value; false when there is none,
// or when the action failed.
func (f *FormSpec) replyTo(o outcome, lang nlp.Lang, values map[string]string) (ReplySpec, bool) {
	if o.err != nil {
		return ReplySpec{}, false
	}
	for _, r := range f.Replies {
		hollow := func(name string) bool {
			_, asked := values[name]
			_, answered := o.answer[name]
			return !asked && !answered
		}
		if r.matches(o.answer) && !slices.ContainsFunc(placeholders(r.Text[lang]), hollow) {
			return r, true
		}
	}
	return ReplySpec{}, false
}

func (r ReplySpec) matches(answer map[string]string) bool {
	for field, want := range r.When {
		if answer[field] != want {
			return false
		}
	}
	return true
}

// afterAction tells the agent what a form did, when the conversation changed hands while it was doing it.
func (t *turn) afterAction() {
	for _, o := range t.job.outcomes {
		form := t.d.form(o.form)
		if form == nil || o.asked != "" {
			continue
		}
		t.entry(func(lang nlp.Lang) string {
			reply, ok := form.replyTo(o, lang, o.values)
			if !ok {
				return t.b.cfg.Words.Text(string(lang), "bot.desk.form_failed", "what", form.Title[lang])
			}
			answer := maps.Clone(o.values)
			maps.Copy(answer, o.answer)
			return t.b.cfg.Words.Text(string(lang), "bot.desk.form_done", "what", form.Title[lang], "answer", locale.Fill(reply.Text[lang], pairsOf(answer)...))
		})
	}
}
