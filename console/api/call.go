package api

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/bot"
)

// Limits.
const (
	maxBody      = 64 << 10 // bytes of a request
	maxText      = 1000     // bytes of a text parameter
	maxKey       = 255      // bytes of an Idempotency-Key
	defaultLimit = 50
	maxLimit     = 200
)

// call is one request with who makes it; agent and token are empty on public routes.
type call struct {
	r     *http.Request
	w     http.ResponseWriter // for deadlines
	route route
	agent bot.Agent
	token bot.Token
	query map[string]any // what was given, by the parameter's name
	body  any            // a pointer to the route's body
}

// lang is the language of what the program says to staff: the agent's own, or ours.
func (c *call) lang() string { return string(c.agent.Lang) }

// read takes what the request says, and refuses what the route does not know.
func (c *call) read(w http.ResponseWriter) (err error) {
	if c.query, err = readQuery(c.r.URL.RawQuery, c.route.query); err != nil {
		return err
	}
	if c.route.once && len(c.r.Header.Get(bot.HeaderKey)) > maxKey {
		return &Problem{400, "header", "A header is too long.", bot.HeaderKey, fmt.Sprintf("Give a name of at most %d bytes, such as a UUID.", maxKey)}
	}
	if c.route.body == nil {
		return nil
	}
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return &Problem{http.StatusUnsupportedMediaType, "content_type", "The body is not said to be JSON.", "Content-Type", "Send \"Content-Type: application/json\"."}
	}
	body := reflect.New(reflect.TypeOf(c.route.body))
	if err := readBody(http.MaxBytesReader(w, c.r.Body, int64(cmp.Or(c.route.most, maxBody))), body.Interface()); err != nil {
		return err
	}
	c.body = body.Interface()
	return nil
}

// readBody reads one JSON object into a struct, which names all fields that there are; those without omitempty must be
// there.
func readBody(from io.Reader, into any) error {
	raw, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	var wrong *json.UnmarshalTypeError
	if err := d.Decode(into); errors.As(err, &wrong) {
		return &Problem{400, "type", "A field has a value of the wrong kind.", where(wrong.Field), "It is to be a JSON " + kindOf(wrong.Type) + "."}
	} else if err != nil {
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
			return &Problem{400, "unknown_field", "There is a field that is not known here.", where(cut(strings.Trim(name, `"`))), "Leave it out, or look up its name in the OpenAPI document."}
		}
		return errJSON()
	}
	var given map[string]json.RawMessage
	if json.Unmarshal(raw, &given) != nil || given == nil || !utf8.Valid(raw) {
		return errJSON()
	}
	for f := range fields(reflect.TypeOf(into).Elem()) {
		if _, has := given[f.name]; f.required && !has {
			return &Problem{422, "missing", "A field is missing.", where(f.name), "Send it; the OpenAPI document says what it is."}
		}
	}
	return nil
}

func errJSON() error {
	return &Problem{400, "json", "The body is not one JSON object.", "body", "Send exactly one JSON object in UTF-8."}
}

// where names a field of the body; an empty name is the body itself.
func where(field string) string { return strings.TrimSuffix("body."+field, ".") }

func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	}
	return "number"
}

// param is a query parameter.
type param struct {
	name, doc string
	kind      string   // text, number, instant or cursor
	values    []string // that a text may have; empty: any
	many      bool     // may be given several times
	required  bool
}

// readQuery reads the parameters of an address: numbers as uint64, instants as time.Time, cursors as cursor, texts as
// string, and those that may be given several times as []string.
func readQuery(raw string, known []param) (map[string]any, error) {
	wrong := func(code, title, where, advice string) error { return &Problem{400, code, title, where, advice} }
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, wrong("query", "The parameters cannot be read.", "query", "Escape them as URLs demand.")
	}
	got := map[string]any{}
	for name, list := range values {
		at := slices.IndexFunc(known, func(p param) bool { return p.name == name })
		if at < 0 {
			return nil, wrong("unknown_parameter", "There is a parameter that is not known here.", "query."+cut(name), "Leave it out, or look up its name in the OpenAPI document.")
		}
		p := known[at]
		if len(list) > 1 && !p.many {
			return nil, wrong("repeated", "A parameter is given twice.", "query."+name, "Give it once.")
		}
		for _, text := range list {
			v, ok := p.parse(text)
			if !ok {
				return nil, wrong("parameter", "A parameter has a value that cannot be read.", "query."+name, p.advice())
			}
			if p.many {
				before, _ := got[name].([]string)
				v = append(before, text)
			}
			got[name] = v
		}
	}
	for _, p := range known {
		if _, given := got[p.name]; p.required && !given {
			return nil, wrong("missing", "A parameter is missing.", "query."+p.name, p.advice())
		}
	}
	return got, nil
}

func cut(name string) string {
	name = strings.ToValidUTF8(name, "")
	return name[:min(len(name), 40)]
}

func (p param) parse(text string) (any, bool) {
	switch p.kind {
	case "number":
		n, err := strconv.ParseUint(text, 10, 63)
		return n, err == nil
	case "instant":
		t, err := time.Parse(time.RFC3339, text)
		return t, err == nil && t.Year() > 0
	case "cursor":
		c, err := parseCursor(text)
		return c, err == nil
	}
	ok := text != "" && len(text) <= maxText && utf8.ValidString(text) && !strings.ContainsRune(text, 0)
	return text, ok && (len(p.values) == 0 || slices.Contains(p.values, text))
}

func (p param) advice() string {
	switch {
	case p.kind == "number":
		return "Give a whole number."
	case p.kind == "instant":
		return "Give an instant such as 2026-11-16T12:00:00Z (RFC 3339)."
	case p.kind == "cursor":
		return "Give \"next\" of the page before as it is, or leave it out."
	case len(p.values) > 0:
		return "Give one of: " + strings.Join(p.values, ", ") + "."
	}
	return fmt.Sprintf("Give a text of 1 to %d bytes in UTF-8.", maxText)
}

func (c *call) text(name string) string {
	s, _ := c.query[name].(string)
	return s
}

func (c *call) texts(name string) []string {
	s, _ := c.query[name].([]string)
	return s
}

func (c *call) instant(name string) time.Time {
	t, _ := c.query[name].(time.Time)
	return t
}

func (c *call) number(name string) uint64 {
	n, _ := c.query[name].(uint64)
	return n
}

// limit is how many things a page is to have.
func (c *call) limit() int {
	n, given := c.query["limit"].(uint64)
	if !given {
		return defaultLimit
	}
	return int(min(max(n, 1), maxLimit))
}

// cursor is where a listing goes on: after the thing that was last at an instant and has this id.
type cursor struct {
	at time.Time
	id string
}

var errCursor = errors.New("api: not a cursor")

// String is the cursor for addresses; parseCursor reads it.
func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(c.at.UTC().Format(time.RFC3339Nano) + " " + c.id))
}

func parseCursor(text string) (cursor, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) > maxText {
		return cursor{}, errCursor
	}
	at, id, ok := strings.Cut(string(raw), " ")
	t, err := time.Parse(time.RFC3339Nano, at)
	c := cursor{t, id}
	if err != nil || !ok || id == "" || !utf8.ValidString(id) || c.String() != text { // one way to write each
		return cursor{}, errCursor
	}
	return c, nil
}
