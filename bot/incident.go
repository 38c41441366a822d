package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiyin/nlp"
)

// Incident is a known problem. While it lasts, whoever asks about it is told so before anything else.
type Incident struct {
	ID      string              `json:"id"`
	Version uint64              `json:"version"`          // grows by one with every save
	Topic   string              `json:"topic,omitempty"`  // messages about this topic (see Config.Topic) …
	Intent  string              `json:"intent,omitempty"` // … or with this intent are meant; one of both is needed
	Text    map[nlp.Lang]string `json:"text"`             // what is said, by base language: Chinese and English
	Since   time.Time           `json:"since"`
	By      AgentID             `json:"by"`
	Until   time.Time           `json:"until,omitzero"`  // when it ends by itself; zero: when it is lifted
	Lifted  time.Time           `json:"lifted,omitzero"` // zero: not yet
	Solved  map[nlp.Lang]string `json:"solved,omitempty"`
}

// Active reports whether customers are told of it at an instant.
func (i Incident) Active(now time.Time) bool {
	return i.Lifted.IsZero() && (i.Until.IsZero() || now.Before(i.Until))
}

// ErrIncident means that an incident is not complete: a text in each language is needed, and a topic or an intent; its end
// must lie ahead.
var ErrIncident = errors.New("bot: this incident is not complete")

// IncidentStore keeps incidents.
type IncidentStore interface {
	// Incidents returns all of them, the newest first.
	Incidents(ctx context.Context) ([]Incident, error)
	// SaveIncident adds or replaces one; its Version must be the stored one (0: it is new), else ErrConflict. The stored
	// Version is one more.
	SaveIncident(ctx context.Context, i Incident, log Event) error
	// ToldOf returns the conversations in which FactIncident was noted of an incident since an instant, each once, in the
	// order of the first time.
	ToldOf(ctx context.Context, incident string, since time.Time) ([]ConversationID, error)
}

// Switch puts answers about known incidents in front of the bot's own.
type Switch interface {
	// Incidents are all incidents, the newest first.
	Incidents(ctx context.Context) ([]Incident, error)
	// Announce begins an incident, or changes one that lasts. ErrIncident when it is not complete, ErrConflict when somebody
	// has changed it meanwhile, ErrState when it was lifted.
	Announce(ctx context.Context, by Agent, i Incident) (Incident, error)
	// Asked says how the people stand who asked about an incident. Nobody is told anything.
	Asked(ctx context.Context, id string) (Askers, error)
	// Lift ends an incident and tells those who asked and can be told, each in her language and once; solved, which may be
	// empty, is said after the standard sentence. Calling it again tells those who could not be told before. ErrNotFound
	// when there is no such incident.
	Lift(ctx context.Context, by Agent, id string, solved map[nlp.Lang]string) (Askers, error)
}

var _ Switch = (*Bot)(nil)

// incidentMark begins the Detail of the Decision of a message that tells of an incident's end.
const incidentMark = "incident:"

// loadIncidents puts the stored incidents in force.
func (b *Bot) loadIncidents(ctx context.Context) error {
	all, err := b.cfg.Store.Incidents(ctx)
	if err != nil {
		return fmt.Errorf("bot: read the incidents: %w", err)
	}
	b.incidents.Store(&all)
	return nil
}

// incident is the newest one that a message is about; nil: none. intent may be empty.
func (b *Bot) incident(text, intent string, now time.Time) *Incident {
	all := b.incidents.Load()
	if all == nil {
		return nil
	}
	topic, known := "", false
	for _, i := range *all {
		if !i.Active(now) {
			continue
		}
		if i.Topic != "" && !known && b.cfg.Topic != nil {
			topic, known = b.cfg.Topic(text), true
		}
		if i.Topic != "" && i.Topic == topic || i.Intent != "" && i.Intent == intent {
			return &i
		}
	}
	return nil
}

// forewarn says what is known of an incident that the message is about, before whatever the bot answers.
func (t *turn) forewarn(spec *IntentSpec) {
	if t.known = t.incidentOf(t.in.Text, spec); t.known != nil {
		t.warn()
	}
}

// incidentOf is the incident that a text with an intent is about, or nil. spec may be nil.
func (t *turn) incidentOf(text string, spec *IntentSpec) *Incident {
	intent := ""
	if spec != nil {
		intent = spec.Name
	}
	return t.b.incident(text, intent, t.now)
}

// warn says what is known, and notes that it was said.
func (t *turn) warn() {
	t.note(t.known.Text[t.lang])
	t.fact(FactIncident, 1, t.known.ID)
}

// onlyKnown answers with the incident alone, when the bot has nothing else to say. That is no failure.
func (t *turn) onlyKnown() {
	t.in.Decision, t.gaps = nil, nil
	t.decided(5, ActIncident, "incident", t.known.ID)
	text := strings.Join(t.notes, "\n\n")
	t.notes = nil
	t.reply(text, Button{Title: t.say("button.human"), Action: "human:asked"})
	t.helped("incident:" + t.known.ID)
}

// Incidents implements Switch.
func (b *Bot) Incidents(ctx context.Context) ([]Incident, error) { return b.cfg.Store.Incidents(ctx) }

// Announce implements Switch.
func (b *Bot) Announce(ctx context.Context, by Agent, i Incident) (Incident, error) {
	now := b.now()
	i.Topic, i.Intent = strings.TrimSpace(i.Topic), strings.TrimSpace(i.Intent)
	i.Text = spokenTexts(i.Text)
	if len(i.Text) != 2 || i.Topic == "" && i.Intent == "" || !i.Until.IsZero() && !i.Until.After(now) {
		return i, ErrIncident
	}
	action := "incident.change"
	if i.ID == "" {
		i.ID, i.Version, i.Since, action = b.cfg.NewID(), 0, now, "incident.announce"
	}
	stored, err := b.incidentOf(ctx, i.ID)
	switch {
	case err == nil && !stored.Lifted.IsZero():
		return i, fmt.Errorf("incident %s was lifted: %w", i.ID, ErrState)
	case err == nil:
		i.Since = stored.Since
	case i.Version > 0 || !errors.Is(err, ErrNotFound):
		return i, err
	}
	i.By, i.Lifted, i.Solved = by.ID, time.Time{}, nil
	return b.saveIncident(ctx, by, i, action)
}

// saveIncident writes an incident and puts it in force.
func (b *Bot) saveIncident(ctx context.Context, by Agent, i Incident, action string) (Incident, error) {
	log := Event{At: b.now(), Actor: string(by.ID), Action: action, Object: i.ID, Detail: cmp.Or(i.Topic, i.Intent)}
	if err := b.cfg.Store.SaveIncident(ctx, i, log); err != nil {
		return i, fmt.Errorf("%s: %w", action, err)
	}
	i.Version++
	return i, b.loadIncidents(ctx)
}

func (b *Bot) incidentOf(ctx context.Context, id string) (Incident, error) {
	all, err := b.cfg.Store.Incidents(ctx)
	if err != nil {
		return Incident{}, err
	}
	at := slices.IndexFunc(all, func(i Incident) bool { return i.ID == id })
	if at < 0 {
		return Incident{}, fmt.Errorf("incident %q: %w", id, ErrNotFound)
	}
	return all[at], nil
}

// spokenTexts are the texts that say something, by base language.
func spokenTexts(texts map[nlp.Lang]string) map[nlp.Lang]string {
	out := map[nlp.Lang]string{}
	for _, lang := range []nlp.Lang{nlp.LangChinese, nlp.LangEnglish} {
		if text := cutText(strings.TrimSpace(nlp.Clean(texts[lang]))); text != "" {
			out[lang] = text
		}
	}
	return out
}

// Asked implements Switch.
func (b *Bot) Asked(ctx context.Context, id string) (Askers, error) {
	i, err := b.incidentOf(ctx, id)
	if err != nil {
		return nil, err
	}
	out := Askers{}
	people, err := b.askedAbout(ctx, i)
	for _, p := range people {
		out[p.stands]++
	}
	return out, err
}

// Lift implements Switch.
func (b *Bot) Lift(ctx context.Context, by Agent, id string, solved map[nlp.Lang]string) (Askers, error) {
	i, err := b.incidentOf(ctx, id)
	if err != nil {
		return nil, err
	}
	if i.Lifted.IsZero() {
		i.Lifted, i.Solved = b.now(), spokenTexts(solved)
		if i, err = b.saveIncident(ctx, by, i, "incident.lift"); err != nil {
			return nil, err
		}
	}
	out := Askers{}
	people, err := b.askedAbout(ctx, i)
	if err != nil {
		return out, err
	}
	for _, p := range people {
		stands := p.stands
		if stands == StandNow {
			if stands, err = b.tellSolved(ctx, by, i, p.conversation); err != nil {
				return out, err
			}
		}
		out[stands]++
	}
	return out, nil
}

// asker is somebody who asked about an incident, by the conversation in which she stands best.
type asker struct {
	conversation ConversationID
	stands       Standing
}

// askedAbout are the people who asked about an incident, in the order in which they did.
func (b *Bot) askedAbout(ctx context.Context, i Incident) ([]asker, error) {
	ids, err := b.cfg.Store.ToldOf(ctx, i.ID, i.Since)
	if err != nil {
		return nil, fmt.Errorf("look for who asked about incident %s: %w", i.ID, err)
	}
	at := map[string]int{}
	var out []asker
	for _, id := range ids {
		conv, err := b.cfg.Store.Conversation(ctx, id)
		stands := StandLeft
		if err == nil {
			stands, err = b.standsIn(ctx, conv, i)
		}
		if err != nil && !errors.Is(err, ErrNotFound) { // erased meanwhile: she has left
			return nil, fmt.Errorf("look at who asked about incident %s: %w", i.ID, err)
		}
		who := cmp.Or(string(conv.Contact), string(id))
		n, known := at[who]
		if !known {
			at[who] = len(out)
			out = append(out, asker{id, stands})
		} else if slices.Index(Standings(), stands) < slices.Index(Standings(), out[n].stands) {
			out[n] = asker{id, stands}
		}
	}
	return out, nil
}

// standsIn is how somebody stands who asked about an incident in a conversation.
func (b *Bot) standsIn(ctx context.Context, conv Conversation, i Incident) (Standing, error) {
	list, err := b.cfg.Store.Messages(ctx, conv.ID, 0, 0)
	if err != nil {
		return "", err
	}
	var asked time.Time
	for _, m := range list {
		switch d := m.Decision; {
		case d == nil:
		case m.Direction == Incoming && d.Incident == i.ID:
			asked = m.At
		case m.Direction == Outgoing && d.Detail == incidentMark+i.ID && m.Delivery != Cancelled:
			return StandHas, nil
		}
	}
	return b.reachable(ctx, conv, asked)
}

// tellSolved tells somebody that an incident is over, unless she stands otherwise by now.
func (b *Bot) tellSolved(ctx context.Context, by Agent, i Incident, id ConversationID) (Standing, error) {
	standing := func(c Conversation) (Standing, error) { return b.standsIn(ctx, c, i) }
	return b.tellIfNow(ctx, id, by, "conversation.incident_over", standing, func(d *desk) error {
		offer := d.conv.Offer
		text := d.say("incident.over")
		if own := i.Solved[d.lang]; own != "" {
			text += "\n\n" + own
		}
		m := d.reply(text + "\n\n" + d.say("incident.write"))
		m.Decision = &Decision{Action: ActFollowUp, Step: 5, Reason: "bot.why.incident_over", Detail: incidentMark + i.ID, Incident: i.ID}
		d.conv.Offer = offer
		return nil
	})
}
