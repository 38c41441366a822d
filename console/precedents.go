package console

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// Precedents finds earlier questions that ask the same. kb.Precedents is one.
type Precedents interface {
	Put(list ...kb.Precedent)
	Find(ctx context.Context, text string, lang nlp.Lang, n int) []kb.Precedent
}

const (
	// PrecedentsMost is how many resolved conversations answers are suggested from, the newest.
	PrecedentsMost = 2000
	// precedentMessages is how much of a conversation is read for its question and answer.
	precedentMessages = 200
	// precedentsShown is how many are suggested.
	precedentsShown = 2
	// leastAnswer is how long an answer is at least, in characters: "one moment, please" helps nobody else.
	leastAnswer = 20
	// nameParts is how many words of a name are looked for.
	nameParts = 6
	// precedentRunes is how much of an earlier question is shown.
	precedentRunes = 120
)

// pastAnswer is what an agent answered when somebody asked the same.
type pastAnswer struct {
	Conversation bot.ConversationID
	At           time.Time
	Question     string // personal data masked
	Text         string // the answer, for the customer who asks now
}

// exchange is the question of a conversation that an agent answered first, and her longest answer until something else was asked or
// the bot spoke again; ok is false where there is none.
func exchange(messages []bot.Message) (question, answer bot.Message, ok bool) {
	plain := false // the question says by itself what it is about
	for _, m := range messages {
		switch {
		case !m.DeletedAt.IsZero() || m.Private || m.Text == "":
		case m.Direction == bot.Incoming && m.Pressed == "" && !bot.OnlyAskedForPerson(m):
			asks, alone := bot.Asks(m)
			switch {
			case answer.Text != "" && asks:
				return question, answer, true
			case answer.Text == "" && (question.Text == "" || alone || !plain && !bot.SaysLittle(m)):
				question, plain = m, alone
			}
		case m.Direction != bot.Outgoing || m.Delivery == bot.Cancelled:
		case m.Author == bot.ByBot && answer.Text != "":
			return question, answer, true
		case m.Author == bot.ByAgent && question.Text != "" && utf8.RuneCountInString(m.Text) >= leastAnswer && len(m.Text) > len(answer.Text):
			answer = m
		}
	}
	return question, answer, answer.Text != ""
}

// precedent is what is kept in mind of a resolved conversation; without a question and an answer it is forgotten.
func (s *Console) precedent(ctx context.Context, c bot.Conversation) (kb.Precedent, error) {
	p := kb.Precedent{ID: string(c.ID), Lang: c.Lang}
	messages, err := s.Store.Messages(ctx, c.ID, 0, precedentMessages)
	if err != nil {
		return p, err
	}
	if question, _, ok := exchange(messages); ok {
		p.Question = question.Text
	}
	return p, nil
}

// remember gathers what agents answered, and goes on with every conversation that is resolved, until ctx ends. When it falls
// behind or the store cannot be read, it gathers anew.
func (s *Console) remember(ctx context.Context) {
	if s.Precedents == nil {
		return
	}
	for ctx.Err() == nil {
		following, stop := context.WithCancel(ctx)
		err := s.follow(following)
		stop()
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("console: earlier answers cannot be read, trying again", "in", reloadAfter, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(reloadAfter):
		}
	}
}

// follow gathers what agents answered until now, and then takes in every conversation that is resolved.
func (s *Console) follow(ctx context.Context) error {
	notices := s.Feed.Subscribe(ctx) // before reading, so that nothing is missed in between
	if err := s.gather(ctx); err != nil {
		return err
	}
	for n := range notices {
		if n.Conversation.Status != bot.StatusResolved {
			continue
		}
		p, err := s.precedent(ctx, n.Conversation)
		if err != nil {
			return err
		}
		s.Precedents.Put(p)
	}
	return nil
}

// gather reads the newest conversations that are resolved; those that cannot be read are left out.
func (s *Console) gather(ctx context.Context) error {
	list, err := s.Store.Conversations(ctx, bot.Filter{Statuses: []bot.Status{bot.StatusResolved}, Limit: PrecedentsMost})
	if err != nil {
		return err
	}
	var all []kb.Precedent
	var last error
	unread := 0
	for i := range list {
		p, err := s.precedent(ctx, list[len(list)-1-i]) // the oldest first
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			unread, last = unread+1, err
		case p.Question != "":
			all = append(all, p)
		}
	}
	if unread > 0 {
		s.Log.Warn("console: some earlier answers cannot be read and are not suggested", "conversations", unread, "err", last)
	}
	s.Precedents.Put(all...)
	return nil
}

// pastAnswers are answers to earlier questions like the last of what the customer wrote that has any. They are read from the
// store now: what was erased or deleted meanwhile is not suggested.
func (s *Console) pastAnswers(ctx context.Context, c bot.Conversation, messages []bot.Message, me bot.Agent) ([]pastAnswer, error) {
	if s.Precedents == nil {
		return nil, nil
	}
	for i := len(messages) - 1; i >= 0; i-- {
		m := messages[i]
		if m.Direction != bot.Incoming || m.Pressed != "" || m.Text == "" || bot.OnlyAskedForPerson(m) {
			continue
		}
		var out []pastAnswer
		for _, p := range s.Precedents.Find(ctx, m.Text, c.Lang, precedentsShown+1) {
			if bot.ConversationID(p.ID) == c.ID || len(out) == precedentsShown {
				continue
			}
			a, err := s.pastAnswer(ctx, bot.ConversationID(p.ID), c, me)
			switch {
			case err == nil:
				out = append(out, a)
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case !errors.Is(err, bot.ErrNotFound):
				s.Log.Warn("console: an earlier answer cannot be read and is not suggested", "conversation", p.ID, "err", err)
			}
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, nil
}

// pastAnswer reads the answer in an earlier conversation; bot.ErrNotFound when there is none any more.
func (s *Console) pastAnswer(ctx context.Context, id bot.ConversationID, now bot.Conversation, me bot.Agent) (pastAnswer, error) {
	past, err := s.Store.Conversation(ctx, id)
	if err != nil {
		return pastAnswer{}, err
	}
	messages, err := s.Store.Messages(ctx, id, 0, precedentMessages)
	if err != nil {
		return pastAnswer{}, err
	}
	question, answer, ok := exchange(messages)
	if !ok {
		return pastAnswer{}, bot.ErrNotFound
	}
	asked := []rune(strings.Join(strings.Fields(nlp.Redact(question.Text)), " "))
	return pastAnswer{Conversation: id, At: answer.At, Question: string(asked[:min(len(asked), precedentRunes)]),
		Text: fill(blank(answer.Text, past, answer.AuthorName), now, me)}, nil
}

// honorific is what goes with a name, after it in Chinese: the name that takes its place may want another.
var honorific = regexp.MustCompile(`(?i)\b(?:Mr|Mrs|Ms|Miss|Mx|Dr)\b\.? *\{name\}|\{name\}(?:先生|女士|小姐|太太|老师)`)

// blank takes out of an answer whom it was for and who gave it, and puts the variables of canned replies there; what else names a
// person, an order or a parcel is masked.
func blank(text string, past bot.Conversation, agent string) string {
	text = unnumbered(named(text, "", agent, "{agent}"), orderOf(past))
	parts := strings.Fields(past.Name)
	parts = parts[:min(len(parts), nameParts)]
	if len(parts) > 1 {
		text = named(text, "(?i)", past.Name, "{name}")
	}
	for _, part := range parts {
		text = named(text, "", part, "{name}")
		text = regexp.MustCompile(`(?i)\b((?:hi|hello|hey|dear|thanks|thank you|sorry|morning|afternoon|evening)[ ,]+)`+bordered(part)).ReplaceAllString(text, "${1}{name}")
	}
	if family := []rune(past.Name); len(family) > 1 && family[0] >= 0x4e00 {
		text = regexp.MustCompile(string(family[:1])+"(?:"+regexp.QuoteMeta(string(family[1:2]))+")?(先生|女士|小姐|太太|老师)").ReplaceAllLiteralString(text, "{name}")
	}
	return nlp.Redact(honorific.ReplaceAllLiteralString(text, "{name}"))
}

// unnumbered takes the numbers of orders and parcels out of a text; order is the one it is about, if any.
func unnumbered(text, order string) string {
	if order != "" {
		text = strings.ReplaceAll(text, order, "{order}")
	}
	entities, err := nlp.NewEntities(nlp.EntityOptions{})
	if err != nil { // there are no patterns that could be wrong
		return text
	}
	for _, e := range slices.Backward(entities.Find(text)) {
		if e.Kind != nlp.EntityOrder {
			continue
		}
		by := "…"
		if strings.EqualFold(e.Value, order) {
			by = "{order}"
		}
		text = text[:e.Start] + by + text[e.End:]
	}
	return text
}

// named replaces a name; flags are those of an expression.
func named(text, flags, name, by string) string {
	if utf8.RuneCountInString(name) < 2 {
		return text
	}
	return regexp.MustCompile(flags+bordered(name)).ReplaceAllLiteralString(text, by)
}

// bordered is an expression for a name, in Latin letters only where it is a word of its own.
func bordered(name string) string {
	border := func(c byte) string {
		if c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' {
			return `\b`
		}
		return ""
	}
	return border(name[0]) + regexp.QuoteMeta(name) + border(name[len(name)-1])
}
