package bot

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Noted is what staff and programs have noted about a contact. What her channels tell of her never changes it.
type Noted struct {
	Tier  string            `json:"tier,omitempty"` // Key of a Tier; empty, or one that the rules do not have: as everybody
	Tags  []string          `json:"tags,omitempty"`
	Attrs map[string]string `json:"attrs,omitempty"` // wins over Contact.Attrs of the same name
}

// AllAttrs are the attributes of a contact: those that her channels tell, and those that were noted, which win.
func (c Contact) AllAttrs() map[string]string {
	all := maps.Clone(c.Attrs)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, c.Noted.Attrs)
	return all
}

// Bounds of what is noted about a contact.
const (
	MostContactTags  = 30
	MostContactAttrs = 50
	MaxContactTag    = 32   // characters
	MaxAttrName      = 64   // characters
	MaxAttrValue     = 1000 // characters
)

// ErrNoted means that something cannot be noted about a contact as it is; the message says why.
var ErrNoted = errors.New("bot: that cannot be noted")

// NotedEdit is a change of what is noted.
type NotedEdit struct {
	Tier   *string           // nil: it stays; see Tierer
	Tags   []string          // nil: they stay
	Set    map[string]string // attributes to be set
	Remove []string          // attributes to be removed, by their names to the letter; those that are not there are no error
}

// Check brings an edit into the form in which it is applied: tags in lower case, each once, in order; names and values without
// space around them. ErrNoted when it breaks a bound.
func (e NotedEdit) Check() (NotedEdit, error) {
	if e.Tags != nil {
		tags := []string{}
		for _, tag := range e.Tags {
			tag = strings.ToLower(strings.Join(strings.Fields(tag), " "))
			if err := noted("tag", tag, MaxContactTag); err != nil {
				return e, err
			}
			tags = append(tags, tag)
		}
		slices.Sort(tags)
		e.Tags = slices.Compact(tags)
	}
	set := map[string]string{}
	for name, value := range e.Set {
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if err := errors.Join(noted("name of an attribute", name, MaxAttrName), noted("value of an attribute", value, MaxAttrValue)); err != nil {
			return e, err
		}
		set[name] = value
	}
	e.Set = set
	for _, name := range e.Remove {
		if err := noted("name of an attribute", name, MaxAttrName); err != nil {
			return e, err
		}
	}
	return e, nil
}

func noted(what, text string, most int) error {
	switch n := utf8.RuneCountInString(text); {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
		return fmt.Errorf("%w: the %s has characters that cannot be shown", ErrNoted, what)
	case n == 0:
		return fmt.Errorf("%w: the %s is empty", ErrNoted, what)
	case n > most:
		return fmt.Errorf("%w: the %s has %d characters, at most %d", ErrNoted, what, n, most)
	}
	return nil
}

// Apply is what is noted after an edit that Check has passed; ErrNoted when that is too much.
func (e NotedEdit) Apply(n Noted) (Noted, error) {
	if e.Tags != nil {
		n.Tags = e.Tags
	}
	if e.Tier != nil {
		n.Tier = *e.Tier
	}
	n.Attrs = maps.Clone(n.Attrs)
	if n.Attrs == nil {
		n.Attrs = map[string]string{}
	}
	for _, name := range e.Remove {
		delete(n.Attrs, name)
	}
	maps.Copy(n.Attrs, e.Set)
	if len(n.Tags) > MostContactTags || len(n.Attrs) > MostContactAttrs {
		return n, fmt.Errorf("%w: at most %d tags and %d attributes", ErrNoted, MostContactTags, MostContactAttrs)
	}
	if len(n.Attrs) == 0 {
		n.Attrs = nil
	}
	return n, nil
}
