package feedback

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// ErrNumber means that a name does not say which number of a digest is meant.
var ErrNumber = errors.New("feedback: no such number")

// behindShown is how many messages are shown behind a number, the latest.
const behindShown = 1000

// The numbers of a digest behind which one can look; what follows the stroke says which of them.
const (
	behindTopic      = "topic/"      // the topic's ID
	behindGroup      = "group/"      // the group's ID: complaints about any of its topics
	behindLanguage   = "language/"   // a language and a topic's ID
	behindThrough    = "through/"    // a channel and a topic's ID
	behindKind       = "kind/"       // a Kind
	behindAspect     = "aspect/"     // the group's ID
	behindPraised    = "praised/"    // the group's ID
	behindBlamed     = "blamed/"     // the group's ID
	behindMood       = "mood/"       // a polarity
	behindChannel    = "channel/"    // its name
	behindVolume     = "volume/"     // messages, conversations
	behindHour       = "hour/"       // complaints or messages, the weekday (1: Monday) and the hour: hour/messages/1-14
	behindDay        = "day/"        // messages or a polarity, and the date: day/negative/2026-11-09
	behindFate       = "fate/"       // see fatesNamed
	behindTurns      = "turns/"      // fallback
	behindReason     = "reason/"     // of a handoff
	behindHelped     = "helped/"     // an answer's label
	behindNotHelped  = "nothelped/"  // an answer's label
	behindGap        = "gap/"        // see gapName
	behindWith       = "with/"       // an outcome and a topic's ID: conversations about it that ended so
	behindWithout    = "without/"    // the same of all others
	behindDesk       = "desk/"       // see deskNumbers
	behindQueue      = "queue/"      // see behindQueued
	behindRisk       = "risk/"       // all, high, others: customers at risk
	behindWrote      = "wrote/"      // high, others: customers who wrote
	behindComplained = "complained/" // a conversation: what the customer at risk whose it is complained of in three weeks
)

// page is what stands behind a number.
type page struct {
	what    any // the number's name
	say     string
	quotes  []Quote
	ordered bool // else the latest come first
}

func noNumber(of string) error { return fmt.Errorf("%w: %q", ErrNumber, of) }

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
func (b Builder) Behind(ctx context.Context, src Source, p Period, of string) (Digest, error) {
	m := b.mined()
	if m == nil {
		return Digest{}, fmt.Errorf("%w: %q", ErrNumber, of)
	}
	shared, release := b.once(src)
	defer release()
	x, err := m.of(ctx, shared, p)
	if err != nil {
		return Digest{}, err
	}
	found, err := x.behind(ctx, p, of, func(label string) (Cell, error) { return answerName(ctx, shared, label) })
	if err == nil && len(found.quotes) == 0 {
		err = noNumber(of)
	}
	if err != nil {
		return Digest{}, err
	}
	return Digest{Name: p.Name(), Start: p.Start, End: p.End, Zone: p.Zone.String(), Made: shared.now, Partial: shared.now.Before(p.End), Blocks: []Block{found.block()}}, nil
}

// block is the page as people read it.
func (f page) block() Block {
	conversations := map[bot.ConversationID]bool{}
	for _, q := range f.quotes {
		conversations[q.Conversation] = true
	}
	say := Say(f.say, "what", f.what, "n", len(f.quotes), "conversations", Say("digest.behind.in", "n", len(conversations)))
	block, quotes := Block{Section: "behind", Elements: []Element{{Sentence: &say}}}, f.quotes
	if !f.ordered {
		slices.SortStableFunc(quotes, func(a, b Quote) int { return b.At.Compare(a.At) })
	}
	if len(quotes) > behindShown {
		key := "digest.behind.most"
		if f.ordered {
			key = "digest.behind.first"
		}
		most := Say(key, "n", behindShown)
		block.Elements, quotes = append(block.Elements, Element{Sentence: &most}), quotes[:behindShown]
	}
	block.Elements = append(block.Elements, Element{Quotes: quotes})
	return block
}

// behind finds what a number counts, and says what it is.
func (x *corpus) behind(ctx context.Context, p Period, of string, named func(label string) (Cell, error)) (page, error) {
	kind, which, _ := strings.Cut(of, "/")
	switch kind += "/"; kind {
	case behindTopic, behindGroup, behindLanguage, behindThrough, behindKind, behindAspect, behindPraised, behindBlamed, behindGap:
		return x.behindWords(p, kind, which)
	case behindMood, behindChannel, behindVolume, behindHour, behindDay:
		return x.behindRows(p, kind, which)
	case behindFate:
		return x.behindFates(p, which)
	case behindReason, behindHelped, behindNotHelped, behindTurns:
		return x.behindFacts(p, kind, which, named)
	case behindWith, behindWithout:
		return x.behindDriver(p, kind, which)
	case behindDesk:
		return x.behindDeskNumber(p, which)
	case behindQueue:
		return x.behindQueued(ctx, p, which)
	case behindRisk, behindWrote, behindComplained:
		return x.behindRisk(ctx, p, kind, which)
	}
	return page{}, noNumber(of)
}

// behindWords finds messages by what they are about.
func (x *corpus) behindWords(p Period, kind, which string) (page, error) {
	out := page{say: "digest.behind.messages"}
	asked := map[string]bool{} // conversations with a question of a gap
	for i, r := range x.said(p) {
		a := x.about(i)
		what, times := x.counts(kind, which, r, a)
		if kind == behindGap && times > 0 {
			if asked[r.conversation] {
				continue
			}
			asked[r.conversation] = true
		}
		for range times {
			out.what, out.quotes = what, append(out.quotes, quoteOf(r.item()))
		}
	}
	if kind == behindGap {
		out.say = "digest.behind.asked"
	}
	return out, nil
}

// counts says how often a message counts for a number of what messages are about, and what the number is.
func (x *corpus) counts(kind, which string, r *row, a Assignment) (what any, times int) {
	once := func(is bool) int {
		if is {
			return 1
		}
		return 0
	}
	complained := func(name Text) Phrase { return Say("digest.behind.complained", "what", name) }
	switch kind {
	case behindTopic:
		return complained(a.Name), once(a.Complaint && a.Topic == which)
	case behindGroup:
		return complained(a.GroupName), once(a.Complaint && a.Group == which)
	case behindLanguage:
		lang, topic, _ := strings.Cut(which, "/")
		return Say("digest.behind.part", "what", complained(a.Name), "part", Say("digest.lang."+lang)), once(a.Complaint && a.Topic == topic && string(r.lang.Base()) == lang)
	case behindThrough:
		channel, topic, _ := strings.Cut(which, "/")
		return Say("digest.behind.part", "what", complained(a.Name), "part", channelCell(channel)), once(a.Complaint && a.Topic == topic && r.channel == channel)
	case behindKind:
		return Say("digest.kind." + which), once(a.Kind == Kind(which) || a.Complaint && Kind(which) == KindComplaint)
	case behindGap:
		return Cell{Text: nlp.MaskIn(r.text, r.analysis())}, once(isGap(r, a) && gapName(r) == behindGap+which)
	}
	for _, s := range a.Aspects {
		key := "digest.behind.judged"
		switch {
		case s.Group != which || s.Polarity == nlp.Neutral, kind == behindPraised && s.Polarity != nlp.Positive, kind == behindBlamed && s.Polarity != nlp.Negative:
			continue
		case kind == behindPraised:
			key = "digest.behind.praised"
		case kind == behindBlamed:
			key = "digest.behind.blamed"
		}
		what = Say(key, "what", s.Name)
		times++
	}
	return what, times
}

// behindRows finds messages by what they are.
func (x *corpus) behindRows(p Period, kind, which string) (page, error) {
	out := page{say: "digest.behind.messages"}
	if kind == behindHour {
		return x.behindHours(p, which)
	}
	in := p
	if kind == behindDay {
		what, date, _ := strings.Cut(which, "/")
		i := slices.IndexFunc(p.Days(), func(d Period) bool { return d.Start.In(p.Zone).Format(time.DateOnly) == date })
		if i < 0 {
			return page{}, noNumber(kind + which)
		}
		in = p.Days()[i]
		if kind, which = behindMood, what; what == "messages" {
			kind = behindVolume
		}
		defer func() { out.what = Say("digest.behind.part", "what", out.what, "part", date) }()
	}
	switch kind {
	case behindMood:
		out.what = Say("digest.mood." + which)
	case behindChannel:
		out.what = channelCell(which)
	case behindVolume:
		out.what = Say("digest.volume." + which)
	}
	if kind == behindVolume && which != "messages" && which != "conversations" {
		return page{}, noNumber(kind + which)
	}
	first := map[string]bool{}
	for r := range x.in(in) {
		switch {
		case kind == behindMood && (!r.felt() || string(r.polarity) != which), kind == behindChannel && r.channel != which,
			kind == behindVolume && which == "conversations" && first[r.conversation]:
			continue
		}
		first[r.conversation] = true
		out.quotes = append(out.quotes, quoteOf(r.item()))
	}
	if kind == behindVolume && which == "conversations" {
		out.say = "digest.behind.conversations"
	}
	return out, nil
}

// behindHours finds messages, or complaints, of an hour of the week.
func (x *corpus) behindHours(p Period, which string) (page, error) {
	kind, when, _ := strings.Cut(which, "/")
	in, err := p.hourOfWeek(when)
	if err != nil {
		return page{}, err
	}
	out := page{say: "digest.behind.messages", what: Say("digest.volume.messages")}
	switch kind {
	case "messages":
		for r := range x.in(p) {
			if in(r.at) {
				out.quotes = append(out.quotes, quoteOf(r.item()))
			}
		}
	case "complaints":
		out.what = Say("digest.topics.complaints")
		for i, r := range x.said(p) {
			if in(r.at) && x.about(i).Complaint {
				out.quotes = append(out.quotes, quoteOf(r.item()))
			}
		}
	}
	day, hour, _ := strings.Cut(when, "-")
	out.what = Say("digest.behind.part", "what", out.what, "part", Say("digest.behind.hour", "day", Say("digest.day."+day), "hour", fmt.Sprintf("%02s:00", hour)))
	return out, nil
}

// hourOfWeek reads the name of an hour of the week, "1-14": Monday, from two o'clock on.
func (p Period) hourOfWeek(name string) (func(time.Time) bool, error) {
	var day, hour int
	if n, err := fmt.Sscanf(name, "%d-%d", &day, &hour); err != nil || n != 2 || fmt.Sprintf("%d-%d", day, hour) != name || day < 1 || day > 7 || hour < 0 || hour > 23 {
		return nil, noNumber(name)
	}
	return func(t time.Time) bool {
		local := t.In(p.Zone)
		return p.Contains(t) && int(local.Weekday()) == day%7 && local.Hour() == hour
	}, nil
}

// behindFates finds conversations by what became of them, each with the first message of the period.
func (x *corpus) behindFates(p Period, which string) (page, error) {
	is := fatesNamed()[which]
	if is == nil {
		return page{}, noNumber(behindFate + which)
	}
	first := x.firstWords(p)
	out := page{what: Say("digest.bot." + which), say: "digest.behind.conversations"}
	for id, m := range x.now.traces {
		if is(m) {
			out.quotes = append(out.quotes, first.of(id))
		}
	}
	slices.SortFunc(out.quotes, func(a, b Quote) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// firstWords are the first message of each conversation of a period.
type firstWords map[bot.ConversationID]*row

func (x *pool) firstWords(p Period) firstWords {
	first := firstWords{}
	for r := range x.in(p) {
		if id := bot.ConversationID(r.conversation); first[id] == nil {
			first[id] = r
		}
	}
	return first
}

// of is how a conversation began in the period; where nothing was written in it, its name.
func (f firstWords) of(id bot.ConversationID) Quote {
	if r := f[id]; r != nil {
		return quoteOf(r.item())
	}
	return Quote{Conversation: id, ID: string(id)}
}

// behindDriver finds the conversations about a topic, or about all others, that ended in a way.
func (x *corpus) behindDriver(p Period, kind, which string) (page, error) {
	outcome, topic, _ := strings.Cut(which, "/")
	o := x.outcomes(p)
	about := o.about[topic]
	if o.measured[outcome] == nil || about == nil {
		return page{}, noNumber(kind + which)
	}
	key := "digest.behind.with"
	if kind == behindWithout {
		key = "digest.behind.without"
	}
	out := page{what: Say(key, "topic", o.names[topic], "outcome", Say("digest.outcome."+outcome)), say: "digest.behind.conversations"}
	first := x.firstWords(p)
	for id := range o.measured[outcome] {
		if o.unhappy[outcome][id] && about[id] == (kind == behindWith) {
			out.quotes = append(out.quotes, first.of(id))
		}
	}
	slices.SortFunc(out.quotes, func(a, b Quote) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}
