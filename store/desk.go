package store

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// CheckCanned makes sure that an answer can be stored.
func CheckCanned(c bot.Canned) error {
	if err := CheckID("id of the canned answer", c.ID); err != nil {
		return err
	}
	if c.Key == "" || strings.ContainsAny(c.Key, " \t\n\x00/") {
		return fmt.Errorf("%w: key %q of a canned answer", ErrInvalid, c.Key)
	}
	return nil
}

// WithView is an agent's views with one added, replaced or removed, as bot.DeskStore's SaveView promises.
func WithView(all []bot.View, v bot.View) ([]bot.View, error) {
	if err := CheckID("id of the view", v.ID); err != nil {
		return nil, err
	}
	all = slices.Clone(all)
	at := slices.IndexFunc(all, func(other bot.View) bool { return other.ID == v.ID })
	if v.Name == "" {
		if at < 0 {
			return nil, fmt.Errorf("view %s: %w", v.ID, bot.ErrNotFound)
		}
		return slices.Delete(all, at, at+1), nil
	}
	for _, other := range all {
		if other.ID != v.ID && nlp.Fold(other.Name) == nlp.Fold(v.Name) {
			return nil, fmt.Errorf("another view is called %q: %w", v.Name, bot.ErrConflict)
		}
	}
	switch {
	case at >= 0:
		all[at] = v
	case len(all) >= bot.MostViews:
		return nil, fmt.Errorf("%d views: %w", len(all), bot.ErrFull)
	default:
		all = append(all, v)
	}
	return all, nil
}

// NoText reports whether an answer has no text in any language: then it is to be removed.
func NoText(c bot.Canned) bool {
	for _, text := range c.Text {
		if strings.TrimSpace(text) != "" {
			return false
		}
	}
	return true
}

// SortCanned orders answers by key.
func SortCanned(all []bot.Canned) {
	slices.SortFunc(all, func(a, b bot.Canned) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID)) })
}

// SortAddresses orders addresses by inbox and source id.
func SortAddresses(all []bot.ContactInbox) {
	slices.SortFunc(all, func(a, b bot.ContactInbox) int {
		return cmp.Or(cmp.Compare(a.Inbox, b.Inbox), cmp.Compare(a.SourceID, b.SourceID))
	})
}

// Inherit is a contact with what another one knows and it lacks, and with the higher one of their tiers by the rules.
func Inherit(into, from bot.Contact, rules bot.DeskRules) bot.Contact {
	into.Name, into.Lang = cmp.Or(into.Name, from.Name), cmp.Or(into.Lang, from.Lang)
	into.Email, into.Phone = cmp.Or(into.Email, from.Email), cmp.Or(into.Phone, from.Phone)
	into.Account = cmp.Or(into.Account, from.Account)
	attrs := maps.Clone(from.Attrs)
	if attrs == nil {
		attrs = map[string]string{}
	}
	maps.Copy(attrs, into.Attrs)
	if len(attrs) > 0 {
		into.Attrs = attrs
	}
	if from.CreatedAt.Before(into.CreatedAt) {
		into.CreatedAt = from.CreatedAt
	}
	if from.SeenAt.After(into.SeenAt) {
		into.SeenAt = from.SeenAt
	}
	KeepScore(&into, from)
	KeepArms(&into, from)
	KeepFormer(&into, from)
	into.Noted = bothNoted(into.Noted, from.Noted)
	into.Noted.Tier = rules.Higher(into.Noted.Tier, from.Noted.Tier)
	return into
}

// bothNoted is what is noted about two contacts who are one person: where they differ, what is noted about the first. Of more
// than may be noted, what the second one adds is dropped.
func bothNoted(into, from bot.Noted) bot.Noted {
	for _, tag := range from.Tags {
		if len(into.Tags) < bot.MostContactTags && !slices.Contains(into.Tags, tag) {
			into.Tags = append(slices.Clone(into.Tags), tag)
		}
	}
	slices.Sort(into.Tags)
	attrs := maps.Clone(into.Attrs)
	for _, name := range slices.Sorted(maps.Keys(from.Attrs)) {
		if _, has := attrs[name]; !has && len(attrs) < bot.MostContactAttrs {
			if attrs == nil {
				attrs = map[string]string{}
			}
			attrs[name] = from.Attrs[name]
		}
	}
	into.Attrs = attrs
	for _, one := range from.Confirmed {
		if len(into.Confirmed) < bot.MostConfirmed && !slices.Contains(into.Confirmed, one) {
			into.Confirmed = append(slices.Clone(into.Confirmed), one)
		}
	}
	into.Apart = into.Apart || from.Apart
	return into
}

// Search is a running search for messages, fed with the newest message first.
type Search struct {
	words []string
	limit int
	look  int
	found bot.Found
	last  time.Time // At of the newest message that was looked at
}

// NewSearch begins one.
func NewSearch(q bot.TextQuery) *Search {
	s := &Search{words: strings.Fields(nlp.Fold(nlp.Clean(q.Text))), limit: Limit(q.Limit), look: q.Look}
	if s.look <= 0 {
		s.look = bot.DefaultLook
	}
	return s
}

// Empty reports whether nothing is looked for: then nothing is found.
func (s *Search) Empty() bool { return len(s.words) == 0 }

// Full reports whether the search ends before a message of that time. Messages of one instant are looked at together, so
// that none is lost between two searches.
func (s *Search) Full(at time.Time) bool {
	full := (s.found.Looked >= s.look || len(s.found.Messages) >= s.limit) && !at.Equal(s.last)
	if full {
		s.found.Until = s.last
	}
	return full
}

// Look says whether a message is one that is looked for.
func (s *Search) Look(m bot.Message) bool {
	s.found.Looked++
	s.last = m.At
	if m.Direction == bot.Activity || !m.DeletedAt.IsZero() {
		return false
	}
	text := nlp.Fold(m.Text)
	for _, w := range s.words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// Add keeps a message that was looked for.
func (s *Search) Add(m bot.Message) { s.found.Messages = append(s.found.Messages, m) }

// Found is what was found.
func (s *Search) Found() bot.Found { return s.found }

// KeepScore leaves a contact the newer of two scores, and the newer of two times at which she was asked for one. A change of
// a contact begins with a reading of her, and in a thread of hers elsewhere she may have been asked since.
func KeepScore(into *bot.Contact, other bot.Contact) {
	if other.NPSAt.After(into.NPSAt) {
		into.NPSAt = other.NPSAt
	}
	if other.NPS != nil && (into.NPS == nil || other.NPS.At.After(into.NPS.At)) {
		into.NPS = other.NPS
	}
}
