package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/nlp"
)

// Tier is a kind of customer whom the desk serves by rules of its own. DeskRules has them, the highest first, and
// says who is in which: DeskRules.TierOf.
type Tier struct {
	Key       string              `json:"key"`                     // for programs: see CleanTier
	Name      map[nlp.Lang]string `json:"name"`                    // by base language; at least one
	HeadStart time.Duration       `json:"head_start_ns,omitempty"` // how much earlier she counts as having come; at most MaxTierStart
	Tags      []string            `json:"tags,omitempty"`          // of customers and conversations that lead to the tier, as CleanTags writes them; see DeskRules.TierOf
	// Promises of the tier; zero: as the rules promise everybody.
	FirstResponse time.Duration `json:"first_response_ns,omitempty"`
	NextResponse  time.Duration `json:"next_response_ns,omitempty"`
	Resolution    time.Duration `json:"resolution_ns,omitempty"`
}

// Bounds of the tiers. Nobody waits longer than MaxTierStart behind customers who came after her and are in a higher tier.
const (
	MostTiers    = 8
	MaxTierStart = 30 * time.Minute
	MaxTierKey   = 32 // characters
	MaxTierName  = 24 // characters
)

// ErrTier means that the tiers of the rules cannot be as they are; the message says why.
var ErrTier = errors.New("bot: tiers that cannot be")

// CleanTier is a tier's key as it is stored: without space around it, in lower case.
func CleanTier(key string) string { return strings.ToLower(strings.TrimSpace(key)) }

// Title is what a tier is called in a language, or in the other one when it has no name in that.
func (t Tier) Title(lang nlp.Lang) string {
	if name := t.Name[lang.Base()]; name != "" {
		return name
	}
	for _, other := range slices.Sorted(maps.Keys(t.Name)) {
		if t.Name[other] != "" {
			return t.Name[other]
		}
	}
	return t.Key
}

// Tier is the tier of that key; false when there is none: then a customer is served as everybody.
func (r DeskRules) Tier(key string) (Tier, bool) {
	if key == "" {
		return Tier{}, false
	}
	if i := slices.IndexFunc(r.Tiers, func(t Tier) bool { return t.Key == key }); i >= 0 {
		return r.Tiers[i], true
	}
	return Tier{}, false
}

// Higher is the higher one of two tiers; one that the rules do not have is lower than all, and none is lower still.
func (r DeskRules) Higher(a, b string) string {
	rank := func(key string) int {
		if i := slices.IndexFunc(r.Tiers, func(t Tier) bool { return t.Key == key }); i >= 0 {
			return i
		}
		if key != "" {
			return len(r.Tiers)
		}
		return len(r.Tiers) + 1
	}
	if rank(b) < rank(a) {
		return b
	}
	return a
}

// TierOf is the tier by which a contact is served: the highest one of what she was put into by hand and of those that her
// tags lead to; in a conversation with tags of its own, theirs count too. Empty: none.
func (r DeskRules) TierOf(n Noted, tags ...string) string {
	for _, t := range r.Tiers { // the highest first
		leads := func(tag string) bool { return slices.Contains(t.Tags, tag) }
		if slices.ContainsFunc(n.Tags, leads) || slices.ContainsFunc(tags, leads) {
			return r.Higher(t.Key, n.Tier)
		}
	}
	return n.Tier
}

// promises are what is promised to a customer of a tier: first response, next response, resolution.
func (r DeskRules) promises(tier string) (first, next, resolution time.Duration) {
	first, next, resolution = r.FirstResponse, r.NextResponse, r.Resolution
	t, _ := r.Tier(tier)
	for _, own := range []struct {
		of *time.Duration
		is time.Duration
	}{{&first, t.FirstResponse}, {&next, t.NextResponse}, {&resolution, t.Resolution}} {
		if own.is > 0 {
			*own.of = own.is
		}
	}
	return first, next, resolution
}

// checkTiers makes sure that the rules' tiers can be told apart, and bounds what they are given.
func (r DeskRules) checkTiers() error {
	if len(r.Tiers) > MostTiers {
		return fmt.Errorf("%w: there are %d, at most %d", ErrTier, len(r.Tiers), MostTiers)
	}
	seen, tagged := map[string]bool{}, map[string]string{}
	for i, t := range r.Tiers {
		if err := t.checkTags(tagged); err != nil {
			return err
		}
		named := 0
		for _, name := range t.Name {
			if utf8.RuneCountInString(name) > MaxTierName {
				return fmt.Errorf("%w: a name has at most %d characters, number %d has more", ErrTier, MaxTierName, i+1)
			}
			named += len(name)
		}
		plain := func(c rune) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' }
		switch {
		case t.Key == "" || len(t.Key) > MaxTierKey || strings.TrimFunc(t.Key, plain) != "":
			return fmt.Errorf("%w: the key of number %d is %q, it takes 1 to %d letters a to z, digits, - or _", ErrTier, i+1, t.Key, MaxTierKey)
		case seen[t.Key]:
			return fmt.Errorf("%w: the key %q is there twice", ErrTier, t.Key)
		case named == 0:
			return fmt.Errorf("%w: %q has no name", ErrTier, t.Key)
		case t.HeadStart < 0 || t.HeadStart > MaxTierStart:
			return fmt.Errorf("%w: %q is %s ahead, at most %s", ErrTier, t.Key, t.HeadStart, MaxTierStart)
		case min(t.FirstResponse, t.NextResponse, t.Resolution) < 0:
			return fmt.Errorf("%w: a promise of %q is negative", ErrTier, t.Key)
		}
		seen[t.Key] = true
	}
	return nil
}

// checkTags makes sure that the tags of a tier are written as tags are stored, and lead to no other one; taken has those of
// the tiers before.
func (t Tier) checkTags(taken map[string]string) error {
	if !slices.Equal(t.Tags, CleanTags(t.Tags)) {
		return fmt.Errorf("%w: %q has tags %q, which are stored as %q", ErrTier, t.Key, t.Tags, CleanTags(t.Tags))
	}
	for _, tag := range t.Tags {
		if other, twice := taken[tag]; twice {
			return fmt.Errorf("%w: the tag %q leads to %q and to %q", ErrTier, tag, other, t.Key)
		}
		taken[tag] = t.Key
	}
	return nil
}

// SetTier implements Tierer.
func (b *Bot) SetTier(ctx context.Context, id ContactID, tier string, log Event) (Contact, error) {
	rules := b.rulesNow()
	tier = CleanTier(tier)
	if _, known := rules.Tier(tier); tier != "" && !known {
		return Contact{}, fmt.Errorf("%w: the rules of the desk have no tier of that key", ErrNoted)
	}
	c, err := b.cfg.Store.NoteContact(ctx, id, NotedEdit{Tier: &tier}, log)
	if err != nil {
		return Contact{}, fmt.Errorf("set the tier of %s: %w", id, err)
	}
	return c, b.Retier(ctx, id)
}

// Retier implements Tierer.
func (b *Bot) Retier(ctx context.Context, id ContactID) error {
	defer b.drain() // the order may be another one now
	const all = 1 << 20
	list, err := b.cfg.Store.Conversations(ctx, Filter{Statuses: []Status{StatusAgent, StatusWaiting}, Contact: id, Limit: all})
	if err != nil {
		return fmt.Errorf("look for the conversations of %s: %w", id, err)
	}
	var failed []error
	for _, c := range list {
		for try := 1; ; try++ {
			_, err = b.keepTier(ctx, c)
			if !errors.Is(err, ErrConflict) || try == deskTries {
				break
			}
			if c, err = b.cfg.Store.Conversation(ctx, c.ID); err != nil {
				break
			}
		}
		if err != nil && !errors.Is(err, ErrNotFound) { // erased meanwhile
			failed = append(failed, fmt.Errorf("tell conversation %s its tier: %w", c.ID, err))
		}
	}
	return errors.Join(failed...)
}

// tierOf is the tier by which a conversation is served; when its contact is not stored yet, only its tags tell.
func (b *Bot) tierOf(ctx context.Context, c Conversation) (string, error) {
	contact, err := b.cfg.Store.Contact(ctx, c.Contact)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("read the tier of %s: %w", c.Contact, err)
	}
	return b.rulesNow().TierOf(contact.Noted, c.Tags...), nil
}

// tiered is a conversation with the tier by which it is served while it is with people, and whether that is another one than
// before. A promise that was near is looked at again, since it may be another one; one that was missed stays missed.
func (b *Bot) tiered(ctx context.Context, c Conversation) (Conversation, bool, error) {
	if c.Status != StatusAgent && c.Status != StatusWaiting || c.Tier == "" && len(b.rulesNow().Tiers) == 0 {
		return c, false, nil
	}
	tier, err := b.tierOf(ctx, c)
	if err != nil || tier == c.Tier {
		return c, false, err
	}
	c.Tier, c.Alarms = tier, maps.Clone(c.Alarms)
	maps.DeleteFunc(c.Alarms, func(_ ClockKind, s ClockState) bool { return s == Near })
	return c, true, nil
}

// keepTier stores a conversation with its tier where that is another one than before, and returns it as it is then.
func (b *Bot) keepTier(ctx context.Context, c Conversation) (Conversation, error) {
	c, changed, err := b.tiered(ctx, c)
	if err != nil || !changed {
		return c, err
	}
	return b.commit(ctx, Change{Conversation: c})
}
