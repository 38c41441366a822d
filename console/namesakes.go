package console

import (
	"context"
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"huiyin/bot"
	"huiyin/nlp"
)

// namesake is another contact who has an e-mail address or a phone number of this one.
type namesake struct {
	bot.Contact
	Reach    string // that both have
	Verified bool   // it is verified for both; else at least one of them only wrote it
}

// identity is an e-mail address or a phone number of a contact.
type identity struct {
	Value string // as bot.BuyerEmail and bot.BuyerPhone write it
	Text  string
	State string // platform, confirmed or typed
}

// reachesOf are a contact's addresses and numbers with those that she only wrote.
func reachesOf(c bot.Contact, typed []string) []identity {
	var all []identity
	for _, value := range c.Verified() {
		state := "platform"
		if slices.Contains(c.Noted.Confirmed, value) {
			state = "confirmed"
		}
		all = append(all, identity{value, reachText(value), state})
	}
	for _, value := range typed {
		all = append(all, identity{value, reachText(value), "typed"})
	}
	return all
}

func reachText(value string) string {
	_, text, _ := strings.Cut(value, ":")
	return text
}

// phoneNumber is a number that is a phone's by its looks: a mobile one of China, or one with its country's prefix.
var phoneNumber = regexp.MustCompile(`^(?:(?:\+|00)[1-9][0-9]{7,14}|1[3-9][0-9]{9})$`)

// reachOf is an address or a number as bot.BuyerEmail and bot.BuyerPhone write it; empty: the text is neither.
func reachOf(text string) string {
	bare := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()", r) {
			return -1
		}
		return r
	}, text)
	if phoneNumber.MatchString(bare) {
		return bot.BuyerPhone(bare)
	}
	if a, err := mail.ParseAddress(text); err == nil && a.Name == "" {
		return bot.BuyerEmail(a.Address)
	}
	return ""
}

// slotReaches are the addresses and numbers that a customer filled into the forms of a conversation.
func slotReaches(c bot.Conversation) (all []string) {
	for _, slot := range c.Slots {
		all = append(all, reachOf(slot.Value))
	}
	return all
}

// saidReaches are the addresses and numbers in what a customer wrote.
func saidReaches(messages ...bot.Message) (all []string) {
	for _, m := range messages {
		if m.Direction != bot.Incoming || m.Analysis == nil || !m.DeletedAt.IsZero() {
			continue
		}
		for _, p := range m.Analysis.PII {
			if p.Kind == nlp.PIIEmail || p.Kind == nlp.PIIPhone {
				all = append(all, reachOf(m.Analysis.Text[p.Start:p.End]))
			}
		}
	}
	return all
}

// typedReaches are the addresses and numbers that a customer gave in her conversations, in forms or in the newest of what she
// wrote; at most typedShown of them.
func (s *Console) typedReaches(ctx context.Context, list []bot.Conversation) ([]string, error) {
	var all []string
	for i, c := range list {
		all = append(all, slotReaches(c)...)
		if i >= typedLook {
			continue
		}
		messages, err := s.Store.Messages(ctx, c.ID, c.LastSeq-min(c.LastSeq, typedMessages), 0)
		if err != nil {
			return nil, err
		}
		all = append(all, saidReaches(messages...)...)
	}
	all = slices.DeleteFunc(all, func(value string) bool { return value == "" })
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(len(all), typedShown)], nil
}

const (
	namesakesShown = 10
	// namesakeLook is how many messages are looked through for others who wrote the same address.
	namesakeLook = 10_000
	// What customers wrote is looked through for addresses and numbers in the newest conversations, and of each in the newest messages.
	typedLook, typedMessages = 10, 100
	typedShown               = 10
)

// namesakes are other contacts with an address or number of a contact, verified ones first, and those of hers that she only wrote;
// list are her conversations.
func (s *Console) namesakes(ctx context.Context, me bot.Contact, list []bot.Conversation) (same []namesake, typed []string, err error) {
	verified := me.Verified()
	if typed, err = s.typedReaches(ctx, list); err != nil {
		return nil, nil, err
	}
	typed = slices.DeleteFunc(typed, func(value string) bool { return slices.Contains(verified, value) })
	add := func(c bot.Contact, value string, sure bool) {
		i := slices.IndexFunc(same, func(n namesake) bool { return n.ID == c.ID })
		if c.ID != me.ID && i < 0 {
			same = append(same, namesake{c, reachText(value), sure})
		}
	}
	for _, value := range slices.Concat(verified, typed) {
		others, err := s.Store.ContactsVerified(ctx, value)
		if err != nil {
			return nil, nil, err
		}
		for _, o := range others {
			add(o, value, slices.Contains(verified, value))
		}
	}
	for _, value := range slices.Concat(verified, typed) {
		found, err := s.Store.SearchMessages(ctx, bot.TextQuery{Text: reachText(value), Limit: namesakesShown, Look: namesakeLook})
		if err != nil {
			return nil, nil, err
		}
		for _, m := range found.Messages {
			conv, err := s.Store.Conversation(ctx, m.Conversation)
			if err != nil || conv.Contact == "" || !slices.Contains(append(slotReaches(conv), saidReaches(m)...), value) {
				continue // erased a moment ago, or somebody else wrote of it
			}
			if o, err := s.Store.Contact(ctx, conv.Contact); err == nil {
				add(o, value, false)
			}
		}
	}
	slices.SortStableFunc(same, func(a, b namesake) int { return sureFirst(b.Verified) - sureFirst(a.Verified) })
	return same[:min(len(same), namesakesShown)], typed, nil
}

func sureFirst(sure bool) int {
	if sure {
		return 1
	}
	return 0
}

// joinVerified joins a contact, for whom an address or number was just confirmed: see bot.JoinVerified.
func (s *Console) joinVerified(ctx context.Context, id bot.ContactID, value string, by bot.AgentID) error {
	joined, err := bot.JoinVerified(ctx, s.Store, id, value, bot.Event{At: s.Now(), Actor: string(by)})
	if err != nil || !joined {
		return err
	}
	return s.moved(ctx, id)
}
