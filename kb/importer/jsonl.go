package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

// line is an article as a line of JSON: the keys of the front matter, and body.
type line struct {
	ID        kb.ArticleID `json:"id"`
	Root      kb.RootID    `json:"root"`
	Lang      nlp.Lang     `json:"lang"`
	Title     string       `json:"title"`
	Category  string       `json:"category"`
	Status    kb.Status    `json:"status"`
	Questions []string     `json:"questions"`
	Golden    []string     `json:"golden"`
	Tags      []string     `json:"tags"`
	From      time.Time    `json:"from"`
	Until     time.Time    `json:"until"`
	Summary   string       `json:"summary"`
	Body      string       `json:"body"`
}

// readLines reads one article a line.
func readLines(name, text string) ([]kb.Article, error) {
	var out []kb.Article
	var errs []error
	first := map[kb.ArticleID]int{}
	n := 0
	for row := range strings.SplitSeq(text, "\n") {
		n++
		if row = strings.TrimSpace(row); row == "" {
			continue
		}
		wrong := func(err error) { errs = append(errs, &kb.InputError{File: name, Line: n, Err: err}) }
		d := json.NewDecoder(strings.NewReader(row))
		d.DisallowUnknownFields()
		var l line
		if err := d.Decode(&l); err != nil {
			wrong(jsonFault(err))
			continue
		}
		if d.More() {
			wrong(kb.NewFault("json.more", "more than one JSON object on the line: put each on its own"))
			continue
		}
		if l.Lang == "" && l.ID == "" {
			l.Lang = languageOf(l.Title + "\n" + l.Body)
		}
		if l.ID == "" && l.Title != "" {
			l.ID = kb.NewID(l.Title, l.Lang, func(id kb.ArticleID) bool { return first[id] > 0 })
		}
		a := kb.Normalize(kb.Article{ID: l.ID, Root: l.Root, Lang: l.Lang, Title: l.Title, Category: l.Category, Status: l.Status,
			Questions: l.Questions, Golden: l.Golden, Tags: l.Tags, From: l.From, Until: l.Until, Summary: l.Summary, Body: l.Body})
		if flaws := kb.Flaws(a); len(flaws) > 0 {
			for _, err := range flaws {
				wrong(err)
			}
			continue
		}
		if first[a.ID] > 0 {
			wrong(kb.NewFault("taken", "id “{id}” is already used by {place}", "id", string(a.ID), "place", kb.Verbatim(fmt.Sprintf("%s:%d", name, first[a.ID]))))
			continue
		}
		first[a.ID] = n
		out = append(out, a.Lacking(absent(row)...))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return out, nil
}

// jsonFault is an error of the decoder in words for an editor.
func jsonFault(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) && kind.Field != "" {
		return kb.NewFault("json.kind", "“{key}” cannot be a {kind} here", "key", kind.Field, "kind", kind.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return kb.NewFault("key", "unknown key “{key}”; known are {known}", "key", strings.Trim(name, `"`), "known", kb.Verbatim(strings.Join(kb.Fields(), ", ")))
	}
	return kb.NewFault("json", "the line is no complete JSON object: {cause}", "cause", strings.TrimPrefix(err.Error(), "json: "))
}

// absent are the fields that an object has no key for.
func absent(row string) []string {
	var keys map[string]json.RawMessage
	if json.Unmarshal([]byte(row), &keys) != nil {
		return nil // it was decoded before
	}
	return slices.DeleteFunc(kb.Fields(), func(f string) bool { _, ok := keys[f]; return ok })
}
