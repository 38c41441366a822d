package feedback

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"huiyin/bot"
	"huiyin/nlp"
)

// ErrNumber means that a name does not say which number of a digest is meant.
var ErrNumber = errors.New("feedback: no such number")

// behindShown is how many messages are shown behind a number, the latest.
const behindShown = 1000

// The numbers of a digest behind which one can look; what follows the stroke says which of them.
const (
	behindTopic     = "topic/"     // the topic's ID
	behindKind      = "kind/"      // a Kind
	behindAspect    = "aspect/"    // the group's ID
	behindMood      = "mood/"      // a polarity
	behindChannel   = "channel/"   // its name
	behindFate      = "fate/"      // see fatesNamed
	behindReason    = "reason/"    // of a handoff
	behindHelped    = "helped/"    // an answer's label
	behindNotHelped = "nothelped/" // an answer's label
	behindVolume    = "volume/"    // messages, conversations
)

// fatesNamed are the fates of a conversation with the bot by the last word of their keys in the catalogue.
func fatesNamed() map[string]func(trace) bool {
	ended := func(m trace, want trace) bool { f := fateOf(m); return f == want }
	return map[string]func(trace) bool{
		"confirmed":   func(m trace) bool { return ended(m, traceHelped) },
		"assumed":     func(m trace) bool { return ended(m, traceAnswered) },
		"abandoned":   func(m trace) bool { return ended(m, traceTurn) },
		"handed_over": func(m trace) bool { return ended(m, traceHanded) },
		"came_back":   cameBack,
	}
}

// Behind is a page of its own, with the messages that a number of a period's digest counts (see Metric.Behind), the latest first, in
// the customers' own words with personal data masked. ErrNumber means that there is no such number.
func (b Builder) Behind(ctx context.Context, topics Topics, src Source, p Period, of string) (Digest, error) {
	log := b.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	x, err := (&mined{topics: topics}).read(ctx, src, p, log)
	if err != nil {
		return Digest{}, err
	}
	name := func(label string) (Cell, error) {
		return answerName(ctx, &once{Source: src, titled: b.Titled}, label)
	}
	what, quotes, err := x.behind(p, of, name)
	if err != nil {
		return Digest{}, err
	}
	now := b.Now()
	conversations := map[bot.ConversationID]bool{}
	for _, q := range quotes {
		conversations[q.Conversation] = true
	}
	say := Say("digest.behind.messages", "what", what, "n", len(quotes), "conversations", len(conversations))
	if strings.HasPrefix(of, behindFate) || of == behindVolume+"conversations" {
		say = Say("digest.behind.conversations", "what", what, "n", len(quotes))
	}
	if kind, _, _ := strings.Cut(of, "/"); slices.Contains([]string{behindReason, behindHelped, behindNotHelped}, kind+"/") {
		say = Say("digest.behind.times", "what", what, "n", len(quotes), "conversations", len(conversations))
	}
	block := Block{Section: "behind", Elements: []Element{{Sentence: &say}}}
	slices.SortStableFunc(quotes, func(a, b Quote) int { return b.At.Compare(a.At) })
	if len(quotes) > behindShown {
		most := Say("digest.behind.most", "n", behindShown)
		block.Elements, quotes = append(block.Elements, Element{Sentence: &most}), quotes[:behindShown]
	}
	block.Elements = append(block.Elements, Element{Quotes: quotes})
	return Digest{Name: p.Name(), Start: p.Start, End: p.End, Zone: p.Zone.String(), Made: now, Partial: now.Before(p.End), Blocks: []Block{block}}, nil
}

// behind finds what a number counts, and says what it is.
func (x *corpus) behind(p Period, of string, named func(label string) (Cell, error)) (what any, quotes []Quote, err error) {
	kind, which, _ := strings.Cut(of, "/")
	switch kind += "/"; kind {
	case behindTopic, behindKind, behindAspect:
		return x.behindWords(p, kind, which)
	case behindMood, behindChannel, behindVolume:
		return x.behindRows(p, kind, which)
	case behindFate:
		return x.behindFates(p, which)
	case behindReason, behindHelped, behindNotHelped:
		return x.behindFacts(p, kind, which, named)
	}
	return nil, nil, fmt.Errorf("%w: %q", ErrNumber, of)
}

// behindWords finds messages by what they are about.
func (x *corpus) behindWords(p Period, kind, which string) (what any, quotes []Quote, err error) {
	if kind == behindKind {
		what = Say("digest.kind." + which)
	}
	for i, r := range x.said(p) {
		a, times := x.about(i), 0
		switch kind {
		case behindTopic:
			if a.Complaint && a.Topic == which {
				what, times = Say("digest.behind.complained", "what", a.Name), 1
			}
		case behindKind:
			if a.Kind == Kind(which) || a.Complaint && Kind(which) == KindComplaint {
				times = 1
			}
		case behindAspect:
			for _, s := range a.Aspects {
				if s.Group == which && s.Polarity != nlp.Neutral {
					what = s.Name
					times++
				}
			}
		}
		for range times {
			quotes = append(quotes, quoteOf(r.item()))
		}
	}
	if len(quotes) == 0 {
		return nil, nil, fmt.Errorf("%w: %q", ErrNumber, kind+which)
	}
	return what, quotes, nil
}

// behindRows finds messages by what they are.
func (x *corpus) behindRows(p Period, kind, which string) (what any, quotes []Quote, err error) {
	switch kind {
	case behindMood:
		what = Say("digest.mood." + which)
	case behindChannel:
		what = Cell{Text: which, Channel: which}
	case behindVolume:
		what = Say("digest.volume." + which)
	}
	if kind == behindVolume && which != "messages" && which != "conversations" {
		return nil, nil, fmt.Errorf("%w: %q", ErrNumber, kind+which)
	}
	first := map[string]bool{}
	for r := range x.in(p) {
		switch {
		case kind == behindMood && (!r.analysed || string(r.polarity) != which), kind == behindChannel && r.channel != which,
			kind == behindVolume && which == "conversations" && first[r.conversation]:
			continue
		}
		first[r.conversation] = true
		quotes = append(quotes, quoteOf(r.item()))
	}
	if len(quotes) == 0 {
		return nil, nil, fmt.Errorf("%w: %q", ErrNumber, kind+which)
	}
	return what, quotes, nil
}

// behindFates finds conversations by what became of them, each with the first message of the period.
func (x *corpus) behindFates(p Period, which string) (what any, quotes []Quote, err error) {
	is := fatesNamed()[which]
	if is == nil {
		return nil, nil, fmt.Errorf("%w: %q", ErrNumber, behindFate+which)
	}
	first := map[bot.ConversationID]*row{}
	for r := range x.in(p) {
		if id := bot.ConversationID(r.conversation); first[id] == nil {
			first[id] = r
		}
	}
	for id, m := range x.now.traces {
		if !is(m) {
			continue
		}
		if r := first[id]; r != nil {
			quotes = append(quotes, quoteOf(r.item()))
		} else {
			quotes = append(quotes, Quote{Conversation: id, ID: string(id)})
		}
	}
	slices.SortFunc(quotes, func(a, b Quote) int { return strings.Compare(a.ID, b.ID) })
	return Say("digest.bot." + which), quotes, nil
}

// behindFacts finds what happened, each with what the customer had written last.
func (x *corpus) behindFacts(p Period, kind, which string, named func(label string) (Cell, error)) (what any, quotes []Quote, err error) {
	switch kind {
	case behindReason:
		what = Say("digest.reason." + which)
	default:
		name, err := named(which)
		if err != nil {
			return nil, nil, err
		}
		key := "digest.behind.helped"
		if kind == behindNotHelped {
			key = "digest.behind.not_helped"
		}
		what = Say(key, "answer", name)
	}
	before := map[bot.ConversationID][]*row{}
	for _, part := range x.parts {
		for i := range part.rows {
			id := bot.ConversationID(part.rows[i].conversation)
			before[id] = append(before[id], &part.rows[i])
		}
	}
	for f := range x.happened(p) {
		if f.label != which || (f.name == bot.FactHandoff) != (kind == behindReason) || f.name != bot.FactHandoff && f.name != bot.FactHelped ||
			kind == behindHelped && f.value <= 0 || kind == behindNotHelped && f.value > 0 {
			continue
		}
		quote := Quote{Conversation: f.conversation, ID: string(f.conversation), At: f.end}
		for _, r := range before[f.conversation] {
			if r.at.After(f.end) {
				break
			}
			if r.spoken || quote.Text == "" {
				quote = quoteOf(r.item())
			}
		}
		quotes = append(quotes, quote)
	}
	if len(quotes) == 0 {
		return nil, nil, fmt.Errorf("%w: %q", ErrNumber, kind+which)
	}
	return what, quotes, nil
}
