package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

// Marks of what failed in a turn.
var (
	errUnderstand = errors.New("bot: understanding failed")
	errSearch     = errors.New("bot: search failed")
)

// turn is one incoming message and what the bot makes of it, in memory: nothing counts before its Change is saved.
type turn struct {
	b   *Bot
	d   *Dialogue
	job *job
	now time.Time

	conv    Conversation
	contact *Contact      // changed or new
	address *ContactInbox // new
	fresh   bool          // the conversation begins with this turn
	in      Message
	a       nlp.Analysis
	text    string      // folded, trimmed
	lang    nlp.Lang    // to answer in: zh or en
	names   []string    // of people, in what is said: nobody rewrites them
	pressed *press      // the button that this message presses
	notes   []string    // to be said first, in the same message as the answer
	call    *call       // an action to do before the turn can end
	known   *Incident   // what the message is about, when that is a known incident
	lapsed  string      // name of a form that was put aside too long ago to go on with
	lead    string      // what a handoff begins with, instead of its reason's own sentence
	taking  Contact     // who takes part in an experiment, when somebody does
	choice  []kb.RootID // what the customer was asked to choose among before this message, the likeliest

	out   []Message
	facts []Fact
	gaps  []kb.Gap
	log   []Event
}

// newTurn begins a turn on a copy of what the store knows.
func (b *Bot) newTurn(s situation) *turn {
	t := &turn{b: b, d: b.cfg.Dialogue(), job: s.job, now: s.now, conv: s.conv}
	t.conv.Slots, t.conv.BotTurnsMinute = maps.Clone(s.conv.Slots), slices.Clone(s.conv.BotTurnsMinute)
	if s.conv.Form != nil {
		form := *s.conv.Form
		form.Values, form.Offered = maps.Clone(form.Values), maps.Clone(form.Offered)
		t.conv.Form = &form
	}
	if s.conv.Aside != nil {
		aside := *s.conv.Aside
		aside.Values, aside.Offered = maps.Clone(aside.Values), maps.Clone(aside.Offered)
		t.conv.Aside = &aside
	}
	t.lapse()
	in := b.inbox(s.Inbox)
	t.person(s)
	if t.conv.ID == "" || t.outdated() {
		t.begin(in)
	}
	t.in = Message{
		Direction: Incoming, Author: ByContact, AuthorID: s.from(), AuthorName: s.From.Name,
		Text: s.Text, Files: s.Files, SourceID: s.source(), At: s.At,
	}
	t.lang = t.language(nlp.LangUnknown)
	return t
}

// outdated reports whether a resolved conversation lies so far back that a new one begins.
func (t *turn) outdated() bool {
	return t.conv.Status == StatusResolved && t.now.Sub(t.overSince()) > t.b.rules.ReopenWithin
}

// begin starts a conversation.
func (t *turn) begin(in Inbox) {
	contact := t.conv.Contact
	if t.contact != nil {
		contact = t.contact.ID
	}
	t.conv = Conversation{
		ID: ConversationID(t.b.cfg.NewID()), Inbox: in.ID, Channel: in.Channel, Thread: t.job.Thread, Contact: contact,
		Name: t.job.From.Name, Account: cmp.Or(t.job.From.Account, t.conv.Account), Status: StatusBot, Epoch: 1, CreatedAt: t.now, OpenedAt: t.now,
	}
	t.fresh = true
	t.fact(FactStarted, 1, "")
}

// person finds out who writes: a new contact, or the known one with her newest name and address.
func (t *turn) person(s situation) {
	c, from := s.contact, s.From
	switch {
	case c.ID != "":
	case s.conv.ID == "":
		c = Contact{ID: ContactID(t.b.cfg.NewID()), CreatedAt: s.now}
		t.address = &ContactInbox{Inbox: s.Inbox, SourceID: s.from(), Contact: c.ID}
	default:
		return // nothing to change
	}
	c.SeenAt = s.now
	c.tells(from)
	t.contact = &c
	if from.Name != "" {
		t.conv.Name = from.Name
	}
}

func keep[T ~string](field *T, value T) {
	if value != "" {
		*field = value
	}
}

// run understands the message and decides.
func (t *turn) run(ctx context.Context) error {
	if t.job.Kind == KindPress {
		if err := t.findPress(ctx); err != nil {
			return err
		}
	}
	if err := t.understand(ctx); err != nil {
		return err
	}
	if err := t.decide(ctx); err != nil {
		return err
	}
	t.about()
	return nil
}

// about notes what the customer writes about, for those who sort conversations; what is not known changes nothing, since
// "and when?" is about the same. What is said of one that is over (a rating, its reason) is no new matter.
func (t *turn) about() {
	if t.conv.Status == StatusResolved {
		return
	}
	if t.pressed != nil {
		if name, ok := strings.CutPrefix(t.pressed.action, "intent:"); ok && t.d.intent(name) != nil {
			t.conv.Intent = name
		}
		return
	}
	if spec, _ := t.intent(); spec != nil && !spec.SmallTalk && !spec.asks && !t.a.Ambiguous { // asking for a person is no matter
		t.conv.Intent = spec.Name
	}
	if t.b.cfg.Topic != nil && hasWords(t.text) {
		keep(&t.conv.Topic, t.b.cfg.Topic(t.in.Text))
	}
}

// analyze finds out what the text says. A press is understood without.
func (t *turn) analyze(ctx context.Context) error {
	if t.in.Text == "" || t.pressed != nil {
		return nil
	}
	a, err := t.b.cfg.Understander.Analyze(ctx, t.in.Text)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnderstand, err)
	}
	t.d.saidPlainly(&a)
	t.a = a
	stored := a
	stored.Tokens = nil
	t.in.Analysis = &stored
	return nil
}

// understand analyses the text and puts the message into the conversation.
func (t *turn) understand(ctx context.Context) error {
	if err := t.analyze(ctx); err != nil {
		return err
	}
	t.text = strings.TrimSpace(nlp.Fold(t.in.Text))
	t.enter()
	if t.in.Analysis != nil {
		t.conv.MoodTotal += t.a.Sentiment.Score
		t.conv.MoodCount++
	}
	return nil
}

// enter puts the incoming message into the conversation. It is stored even when everything after it fails.
func (t *turn) enter() {
	t.lang = t.language(t.a.Lang)
	t.conv.Lang = t.spoken(t.a.Lang)
	t.in.Lang = t.conv.Lang
	t.conv.CustomerAt = t.now
	t.conv.LastSeq++
	t.place(&t.in)
}

// place gives a message its name and its place at the end of the conversation.
func (t *turn) place(m *Message) {
	m.Conversation, m.Seq, m.Inbox, m.Thread = t.conv.ID, t.conv.LastSeq, t.conv.Inbox, t.conv.Thread
	m.ID = NewMessageID(t.conv.ID, m.Seq)
}

// spoken is the language to remember: of this message, or as before when it shows none.
func (t *turn) spoken(detected nlp.Lang) nlp.Lang {
	same := detected == nlp.LangChinese && t.conv.Lang.Base() == nlp.LangChinese // of characters that both scripts have
	if same || detected.Base() == nlp.LangUnknown || detected.Base() == nlp.LangEnglish && t.stays() {
		if t.conv.Lang != "" {
			return t.conv.Lang
		}
		return t.lang
	}
	return detected
}

// stays reports whether a few Latin letters within a Chinese conversation are no change of language: a loan word, or the
// name or number that a form asked for.
func (t *turn) stays() bool {
	return t.conv.Lang.Base() == nlp.LangChinese && (isLoanword(t.text) || isModel(t.text) || t.conv.Form != nil && len(strings.Fields(t.text)) <= 2)
}

// isModel reports whether a folded text is one Latin word with a digit in it, such as the name of a device: iphone15.
func isModel(text string) bool {
	return len(strings.Fields(text)) == 1 && strings.ContainsAny(text, "0123456789")
}

// language is what to answer in: the message's language; when it shows none, that of the conversation, of the contact's
// app, of the inbox; English at last.
func (t *turn) language(detected nlp.Lang) nlp.Lang {
	if detected.Base() == nlp.LangEnglish && t.stays() {
		return nlp.LangChinese
	}
	for _, l := range []nlp.Lang{detected, t.conv.Lang, t.job.From.Lang, t.b.inbox(t.job.Inbox).Lang} {
		if base := baseOf(l); base != nlp.LangUnknown {
			return base
		}
	}
	return nlp.LangEnglish
}

// traditional reports whether she reads Traditional Chinese: by the script that she writes, else by the language of her app.
func (t *turn) traditional() bool {
	if t.lang != nlp.LangChinese {
		return false
	}
	for _, l := range []nlp.Lang{t.conv.Lang, t.job.From.Lang, t.b.inbox(t.job.Inbox).Lang} {
		if l == nlp.LangHans || l == nlp.LangHant {
			return l == nlp.LangHant
		}
	}
	return false
}

// baseOf is like Lang.Base, and understands the tags that apps send ("zh-CN", "en-US") as well.
func baseOf(l nlp.Lang) nlp.Lang {
	main, _, _ := strings.Cut(strings.ToLower(string(l)), "-")
	return nlp.Lang(main).Base()
}

// change is everything that the turn leads to.
func (t *turn) change() Change {
	t.conv.UpdatedAt = t.now
	t.conv.Preview = preview(t.in.Text, t.a)
	if t.in.Text == "" {
		t.conv.Preview = cutPreview(orFiles("", t.in.Files))
	}
	// Of who waits, staff see what she said, not what she was told.
	if t.conv.Status != StatusWaiting && len(t.out) > 0 && !t.out[len(t.out)-1].Private && t.out[len(t.out)-1].Direction == Outgoing {
		text := shown(t.out[len(t.out)-1].Text)
		if t.forEverybody(text) {
			t.conv.Preview = t.b.impersonal.preview(text)
		} else {
			t.conv.Preview = preview(text, nlp.Analysis{})
		}
	}
	messages := append([]Message{t.in}, t.out...)
	return Change{Conversation: t.conv, Contact: t.contact, Address: t.address, Messages: messages,
		Facts: t.facts, Gaps: t.gaps, Log: t.log}
}

// fact writes down that something happened now.
func (t *turn) fact(name string, value float64, label string) {
	t.facts = append(t.facts, newFact(t.conv, name, value, label, t.now, t.now))
}

func newFact(c Conversation, name string, value float64, label string, start, end time.Time) Fact {
	return Fact{Name: name, Value: value, Label: label, Start: start, End: end,
		Conversation: c.ID, Inbox: c.Inbox, Channel: c.Channel, Lang: c.Lang}
}

// decided notes what the policy made of the message, and why. The first decision of a turn stands.
func (t *turn) decided(step int, action Action, why, detail string) *Decision {
	if t.in.Decision == nil {
		t.in.Decision = &Decision{Action: action, Step: step, Reason: "bot.why." + why, Detail: detail}
		if len(t.a.Ranking) > 0 {
			t.in.Decision.Runners = t.a.Ranking
		}
		if t.known != nil {
			t.in.Decision.Incident = t.known.ID
		}
	}
	return t.in.Decision
}

// say is a sentence of the catalogue in the customer's language.
func (t *turn) say(key string, pairs ...any) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i+1].(string); ok && pairs[i] == "name" {
			t.names = append(t.names, name)
		}
	}
	return t.b.cfg.Words.Text(string(t.lang), "bot."+key, pairs...)
}

// reply says something to the customer, in the script that she reads. Buttons become the offer that a typed number presses.
func (t *turn) reply(text string, buttons ...Button) *Message {
	if !t.traditional() {
		return t.write(text, buttons...)
	}
	buttons = slices.Clone(buttons)
	for i := range buttons {
		buttons[i].Title = nlp.Traditional(buttons[i].Title, t.names...)
	}
	for i := range t.notes {
		t.notes[i] = nlp.Traditional(t.notes[i], t.names...)
	}
	m := t.write(nlp.Traditional(text, t.names...), buttons...)
	m.Lang = nlp.LangHant
	return m
}

// write sends the customer a text as it is.
func (t *turn) write(text string, buttons ...Button) *Message {
	text = strings.Join(append(t.notes, text), "\n\n")
	t.notes = nil
	t.conv.LastSeq++
	m := Message{Direction: Outgoing, Author: ByBot, Text: text, Lang: t.lang, Epoch: t.conv.Epoch, Delivery: Queued, At: t.now}
	t.place(&m)
	m.Buttons = slices.Clone(buttons)
	for i := range m.Buttons {
		m.Buttons[i].Value = ButtonValue(t.conv.ID, m.Seq, i)
	}
	t.conv.Offer = 0
	if len(buttons) > 0 {
		t.conv.Offer = m.Seq
	}
	t.out = append(t.out, m)
	return &t.out[len(t.out)-1]
}

// note says something first, in the same message as the answer.
func (t *turn) note(text string) { t.notes = append(t.notes, text) }

// entry adds an entry for staff to the conversation, in each of their languages.
func (t *turn) entry(say func(lang nlp.Lang) string) {
	t.conv.LastSeq++
	words := inWords(say)
	m := Message{Direction: Activity, Author: BySystem, Text: words[t.b.staffLang(t.conv)], Words: words, At: t.now}
	t.place(&m)
	t.out = append(t.out, m)
}

// entryOf adds a sentence of the catalogue as an entry.
func (t *turn) entryOf(key string, pairs ...any) {
	t.entry(func(lang nlp.Lang) string { return t.b.cfg.Words.Text(string(lang), key, pairs...) })
}

// spoke notes that the bot took a turn, for the loop guard.
func (t *turn) spoke() {
	recent := t.conv.BotTurnsMinute[:0]
	for _, at := range t.conv.BotTurnsMinute {
		if t.now.Unix()-at < 60 {
			recent = append(recent, at)
		}
	}
	t.conv.BotTurnsMinute = append(recent, t.now.Unix())
}

// looping reports whether the bot has taken more turns within a minute than any person reads.
func (t *turn) looping() bool {
	n := 0
	for _, at := range t.conv.BotTurnsMinute {
		if t.now.Unix()-at < 60 {
			n++
		}
	}
	return n >= t.b.rules.TurnsPerMinute
}

// mask is the analysed text without its personal data.
func mask(a nlp.Analysis) string { return nlp.Mask(a.Text, a.PII) }
