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
	Tier  string            `json:"tier,omitempty"`  // Key of a Tier, by hand; empty, or one that the rules do not have: as her tags say
	Tags  []string          `json:"tags,omitempty"`  // some may lead to a tier: DeskRules.TierOf
	Attrs map[string]string `json:"attrs,omitempty"` // wins over Contact.Attrs of the same name

	Confirmed []string `json:"confirmed,omitempty"` // addresses and numbers that staff know to be hers, as BuyerEmail and BuyerPhone write them
	Apart     bool     `json:"apart,omitempty"`     // staff split her from somebody: she is joined by hand only
}

// Empty reports whether nothing is noted.
func (n Noted) Empty() bool {
	return n.Tier == "" && n.Tags == nil && n.Attrs == nil && n.Confirmed == nil && !n.Apart
}

// Verified are the e-mail addresses and phone numbers that are a contact's for sure, as BuyerEmail and BuyerPhone write them: what
// her platform says, and what staff have confirmed. What she only wrote herself is not among them.
func (c Contact) Verified() []string {
	all := append([]string{BuyerEmail(c.Email), BuyerPhone(c.Phone)}, c.Noted.Confirmed...)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
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
	MostConfirmed    = 10
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

	Confirm string // an address or number to be confirmed, as BuyerEmail and BuyerPhone write it; empty: none
	Doubt   string // one that is confirmed no more
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
	if kind, what, _ := strings.Cut(e.Confirm, ":"); e.Confirm != "" && (what == "" || e.Confirm != BuyerEmail(what) && e.Confirm != BuyerPhone(what)) {
		return e, fmt.Errorf("%w: %s is no e-mail address and no phone number", ErrNoted, kind)
	}
	if e.Confirm != "" {
		return e, noted("address", e.Confirm, MaxAttrValue)
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
	n.Confirmed = slices.DeleteFunc(slices.Clone(n.Confirmed), func(s string) bool { return s == e.Doubt || s == e.Confirm })
	if e.Confirm != "" {
		n.Confirmed = append(n.Confirmed, e.Confirm)
	}
	if len(n.Confirmed) == 0 {
		n.Confirmed = nil
	}
	if len(n.Confirmed) > MostConfirmed {
		return n, fmt.Errorf("%w: at most %d confirmed addresses and numbers", ErrNoted, MostConfirmed)
	}
	if len(n.Tags) > MostContactTags || len(n.Attrs) > MostContactAttrs {
		return n, fmt.Errorf("%w: at most %d tags and %d attributes", ErrNoted, MostContactTags, MostContactAttrs)
	}
	if len(n.Attrs) == 0 {
		n.Attrs = nil
	}
	return n, nil
}
