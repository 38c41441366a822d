package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	// npsBack is how far back a program that starts looks for conversations after which nobody was asked.
	npsBack = 3 * 24 * time.Hour
	// npsBatch is how many conversations are read at once.
	npsBatch = 200
	// saidNPS in Conversation.Said means that the question stands, and nothing was said since.
	saidNPS = "nps"
	// saidScored is what a conversation remembers after a score, with the score behind it: the next words may say why.
	saidScored = "scored:"
)

// Score is what a customer said last when she was asked whether she would recommend the shop.
type Score struct {
	Value int       `json:"value"` // 0..10
	At    time.Time `json:"at"`
}

// scheduleNPS asks customers whether they would recommend the shop, each at most once in Rules.NPSEvery: when her
// conversation has been over and quiet for Rules.NPSQuiet, in business hours. It looks at each conversation once; what
// becomes due while people are not there waits until they are.
func (b *Bot) scheduleNPS(ctx context.Context, now time.Time) error {
	if b.rules.NPSEvery <= 0 {
		return nil
	}
	if h := b.hours(); h != nil && !h.Open(now) {
		return nil
	}
	upTo := now.Add(-b.rules.NPSQuiet)
	if b.npsUpTo.IsZero() {
		b.npsUpTo = upTo.Add(-npsBack)
	}
	var due []Conversation
	for before := upTo; before.After(b.npsUpTo); {
		page, err := b.cfg.Store.Conversations(ctx, Filter{Statuses: []Status{StatusResolved}, Before: before, Limit: npsBatch})
		if err != nil {
			return fmt.Errorf("look for whom to ask for a score: %w", err)
		}
		for _, c := range page {
			if c.UpdatedAt.Before(b.npsUpTo) {
				page = nil // the rest was looked at before
				break
			}
			due = append(due, c)
			before = c.UpdatedAt
		}
		if len(page) < npsBatch {
			break
		}
	}
	for _, c := range due {
		if err := b.askNPS(ctx, c, now); err != nil && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrNotFound) { // she has just written, or was erased
			return fmt.Errorf("ask for a score in conversation %s: %w", c.ID, err)
		}
	}
	b.npsUpTo = upTo
	return nil
}

// askNPS asks in one conversation, if the customer may be asked now.
func (b *Bot) askNPS(ctx context.Context, conv Conversation, now time.Time) error {
	contact, err := b.cfg.Store.Contact(ctx, conv.Contact)
	if err != nil || !b.mayAskAgain(contact, conv, now) {
		return err
	}
	if may, err := b.mayAskNPS(ctx, conv, now); err != nil || !may {
		return err
	}
	_, err = b.onDesk(ctx, conv.ID, Agent{ID: "system"}, "conversation.nps", func(d *desk) error {
		if d.conv.Version != conv.Version {
			return fmt.Errorf("the conversation goes on: %w", ErrConflict)
		}
		contact, err := b.cfg.Store.Contact(ctx, conv.Contact) // with what changed in other threads of hers
		if err != nil {
			return err
		}
		if !b.mayAskAgain(contact, conv, now) {
			return fmt.Errorf("she has just been asked: %w", ErrConflict)
		}
		contact.NPSAt = now
		var buttons []Button
		for n := range 11 {
			buttons = append(buttons, Button{Title: strconv.Itoa(n), Action: "nps:" + strconv.Itoa(n)})
		}
		m := d.reply(d.say("nps"), buttons...)
		m.Decision = &Decision{Action: ActFollowUp, Step: 6, Reason: "bot.why.nps"}
		d.conv.Said, d.turn.contact = saidNPS, &contact
		return nil
	})
	return err
}

// mayAskAgain reports whether a customer was asked long enough ago, and a matter of hers has ended since: the question itself,
// and what she says to it, are none.
func (b *Bot) mayAskAgain(contact Contact, conv Conversation, now time.Time) bool {
	return now.Sub(contact.NPSAt) >= b.rules.NPSEvery && conv.ResolvedAt.After(contact.NPSAt)
}

// mayAskNPS reports whether a customer may be asked in a conversation: it is her thread's newest, nobody has another one of
// hers, she was quiet everywhere, and the platform takes a message to her.
func (b *Bot) mayAskNPS(ctx context.Context, conv Conversation, now time.Time) (bool, error) {
	if window := b.inbox(conv.Inbox).Window; conv.CustomerAt.IsZero() || window > 0 && now.Sub(conv.CustomerAt) > window-windowMargin {
		return false, nil
	}
	newest, err := b.cfg.Store.Current(ctx, conv.Inbox, conv.Thread)
	if err != nil || newest.ID != conv.ID {
		return false, err
	}
	others, err := b.cfg.Store.Conversations(ctx, Filter{Contact: conv.Contact})
	if err != nil {
		return false, err
	}
	for _, c := range others {
		if c.Status != StatusResolved || c.UpdatedAt.After(now.Add(-b.rules.NPSQuiet)) {
			return false, nil
		}
	}
	return true, nil
}

// npsScore reads a score from 0 to 10 in words: "9", "我给10分", "8/10", "ten".
func npsScore(text string) (int, bool) {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "/10"))
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "−") {
		return 0, false
	}
	plain := bare(text)
	for _, unit := range []string{"分", "points", "point", "outof10"} {
		plain = strings.TrimSuffix(plain, unit)
	}
	for _, verb := range []string{"我给", "给", "打", "评"} {
		plain = strings.TrimPrefix(plain, verb)
	}
	for n, names := range [11]string{"零 〇 zero", "一 one", "二 两 two", "三 three", "四 four", "五 five", "六 six", "七 seven", "八 eight", "九 nine", "十 满 ten"} {
		if plain == strconv.Itoa(n) || words(names)[plain] {
			return n, true
		}
	}
	return 0, false
}

// score notes a score of 0 to 10. Each question can be answered once.
func (t *turn) score(ctx context.Context, p press) error {
	t.decided(4, ActButton, "scored", "")
	if before, err := t.pressedBefore(ctx, p.seq); err != nil || before {
		t.reply(t.say("rated_before"))
		return err
	}
	n, err := strconv.Atoi(strings.TrimPrefix(p.action, "nps:"))
	if err != nil {
		return t.goneButton()
	}
	if t.contact == nil {
		c, err := t.b.cfg.Store.Contact(ctx, t.conv.Contact)
		if err != nil {
			return fmt.Errorf("read the contact: %w", err)
		}
		t.contact = &c
	}
	t.contact.NPS = &Score{n, t.now}
	t.fact(FactNPS, float64(n), "")
	key := "scored"
	if n <= npsDetractor {
		key = "scored_low"
	}
	t.reply(t.say(key) + t.joint() + t.say("rated_why"))
	t.conv.Said = saidScored + strconv.Itoa(n)
	return nil
}

// The borders of the net promoter score (F. Reichheld, "The One Number You Need to Grow", Harvard Business Review, 2003).
const (
	npsDetractor = 6 // at most
	npsPromoter  = 9 // at least
)

// NPS is the net promoter score of scores from 0 to 10: the share of promoters less that of detractors, times 100. 0 of none.
func NPS(scores []float64) float64 {
	if len(scores) == 0 {
		return 0
	}
	net := 0
	for _, s := range scores {
		switch {
		case s >= npsPromoter:
			net++
		case s <= npsDetractor:
			net--
		}
	}
	return 100 * float64(net) / float64(len(scores))
}
