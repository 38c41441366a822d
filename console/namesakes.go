package console

import (
	"context"
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"huiyin/bot"
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

// typedReaches are the addresses and numbers that customers gave the bot in conversations.
func typedReaches(list ...bot.Conversation) []string {
	var all []string
	for _, c := range list {
		for _, slot := range c.Slots {
			text := strings.Map(func(r rune) rune {
				if strings.ContainsRune(" -()", r) {
					return -1
				}
				return r
			}, slot.Value)
			if phoneNumber.MatchString(text) {
				all = append(all, bot.BuyerPhone(text))
			} else if a, err := mail.ParseAddress(slot.Value); err == nil && a.Name == "" {
				all = append(all, bot.BuyerEmail(a.Address))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

const (
	namesakesShown = 10
	// namesakeLook is how many messages are looked through for others who wrote the same address.
	namesakeLook = 10_000
)

// namesakes are other contacts with an address or number of a contact, verified ones first, and those of hers that she only wrote;
// list are her conversations.
func (s *Console) namesakes(ctx context.Context, me bot.Contact, list []bot.Conversation) (same []namesake, typed []string, err error) {
	verified := me.Verified()
	typed = slices.DeleteFunc(typedReaches(list...), func(value string) bool { return slices.Contains(verified, value) })
	add := func(c bot.Contact, value string, sure bool) {
		i := slices.IndexFunc(same, func(n namesake) bool { return n.ID == c.ID })
		if c.ID != me.ID && i < 0 {
			same = append(same, namesake{c, reachText(value), sure})
		}
	}
	for _, value := range slices.Concat(verified, typed) {
		others, err := s.Store.FindContact(ctx, reachText(value))
		if err != nil {
			return nil, nil, err
		}
		for _, o := range others {
			if slices.Contains(o.Verified(), value) {
				add(o, value, slices.Contains(verified, value))
			}
		}
	}
	for _, value := range slices.Concat(verified, typed) {
		found, err := s.Store.SearchMessages(ctx, bot.TextQuery{Text: reachText(value), Limit: namesakesShown, Look: namesakeLook})
		if err != nil {
			return nil, nil, err
		}
		for _, m := range found.Messages {
			conv, err := s.Store.Conversation(ctx, m.Conversation)
			if err != nil || conv.Contact == "" || !slices.Contains(typedReaches(conv), value) {
				continue // erased a moment ago, or the address of somebody else
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
