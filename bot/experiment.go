package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/kb"
	"huiyin/nlp"
)

// Experiment compares ways to say one thing: the short answer of an article, or a wording of the bot. Each customer who gets
// to hear it is in one arm, and stays there over all channels.
type Experiment struct {
	ID      string    `json:"id"`
	Version uint64    `json:"version"` // grows by one with every save
	Name    string    `json:"name"`
	Subject Subject   `json:"subject"`
	Arms    []Arm     `json:"arms"`  // the first is what is said today
	Goal    Goal      `json:"goal"`  // what decides
	Share   float64   `json:"share"` // of customers who take part, 0..1; the others get the first arm, and are not counted
	By      AgentID   `json:"by"`
	Created time.Time `json:"created"`
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	Winner  string    `json:"winner,omitempty"` // ID of the arm that was chosen when it ended; empty: none
	Adopted time.Time `json:"adopted,omitzero"` // since when the winner is what is said; zero: it is not
	// Result is what it showed when all outcomes were known, as package feedback keeps it; empty: that is not so yet.
	Result json.RawMessage `json:"result,omitempty"`
}

// Subject is what an experiment is about: an article in one language, or a wording; one of both.
type Subject struct {
	Article kb.ArticleID `json:"article,omitempty"`
	Root    kb.RootID    `json:"root,omitempty"` // of Article
	Lang    nlp.Lang     `json:"lang,omitempty"` // of Article
	Wording string       `json:"wording,omitempty"`
}

// Langs are the languages in which an arm needs a text.
func (s Subject) Langs() []nlp.Lang {
	if s.Article != "" {
		return []nlp.Lang{s.Lang.Base()}
	}
	return []nlp.Lang{nlp.LangChinese, nlp.LangEnglish}
}

// Same reports whether experiments about both would meet: only one of them may run.
func (s Subject) Same(o Subject) bool { return s.key() == o.key() }

// key is the subject in one string.
func (s Subject) key() string {
	if s.Article != "" {
		return articleKey(s.Article)
	}
	return wordingKey(s.Wording)
}

func articleKey(id kb.ArticleID) string { return "article:" + string(id) }
func wordingKey(key string) string      { return "wording:" + key }

// Arm is one way to say it.
type Arm struct {
	ID   string              `json:"id"`   // A, B, C, D
	Text map[nlp.Lang]string `json:"text"` // by base language; small Markdown
}

// Goal is the outcome that decides an experiment. All outcomes are shown.
type Goal string

// The goals. feedback counts them, and says by when each of them is known.
const (
	GoalHelped   Goal = "helped"    // the customer said that it helped
	GoalHanded   Goal = "handed"    // the conversation went to people
	GoalCameBack Goal = "came_back" // she asked the same again
	GoalCSAT     Goal = "csat"      // how she rated the conversation
)

// Goals are all of them.
func Goals() []Goal { return []Goal{GoalHelped, GoalHanded, GoalCameBack, GoalCSAT} }

// Less reports whether less of a goal is better.
func (g Goal) Less() bool { return g == GoalHanded || g == GoalCameBack }

// ExperimentState says how far an experiment is.
type ExperimentState string

// The states.
const (
	ExperimentDraft   ExperimentState = "draft"
	ExperimentRunning ExperimentState = "running"
	ExperimentEnded   ExperimentState = "ended"
)

// State is how far the experiment is.
func (e Experiment) State() ExperimentState {
	switch {
	case !e.Ended.IsZero():
		return ExperimentEnded
	case !e.Started.IsZero():
		return ExperimentRunning
	}
	return ExperimentDraft
}

// Arm is the arm of an ID.
func (e Experiment) Arm(id string) (Arm, bool) {
	at := slices.IndexFunc(e.Arms, func(a Arm) bool { return a.ID == id })
	if at < 0 {
		return Arm{}, false
	}
	return e.Arms[at], true
}

// Variant is what a customer was shown in an experiment: of a Message, the text that it has.
type Variant struct {
	Experiment string `json:"experiment"`
	Arm        string `json:"arm"`
}

// label is the variant as the Label of FactVariant.
func (v Variant) label() string { return v.Experiment + ":" + v.Arm }

// ParseVariant reads the Label of a FactVariant; ok is false when it is none, for example since its customer was erased.
func ParseVariant(label string) (v Variant, ok bool) {
	at := strings.LastIndexByte(label, ':')
	if at <= 0 || at == len(label)-1 {
		return Variant{}, false
	}
	return Variant{Experiment: label[:at], Arm: label[at+1:]}, true
}

const (
	// MostArms is how many arms an experiment can have: each further one needs more customers until anything is known.
	MostArms = 4
	// LeastShare is the smallest share of customers.
	LeastShare = 0.05
	// maxArmRunes and maxExperimentName are how long texts may be, in characters.
	maxArmRunes       = 2000
	maxExperimentName = 80
)

// Wordings are the sentences of the bot that experiments may be about: what it says when it has no answer. Nothing that a form,
// an incident or a handoff says is among them.
func Wordings() []string { return []string{"fallback", "not_helped", "none", "same_again"} }

// Flaw is what is wrong with an experiment.
type Flaw string

// The flaws.
const (
	FlawForm    Flaw = "form"    // its subject, goal or share is none, or it has too many versions: no page offers that
	FlawName    Flaw = "name"    // it has no name, or a long one
	FlawFew     Flaw = "few"     // there is no second version
	FlawEmpty   Flaw = "empty"   // a version says nothing, in one language at least
	FlawLong    Flaw = "long"    // a version is too long
	FlawSame    Flaw = "same"    // two versions say the same
	FlawRunning Flaw = "running" // another one about the same runs
	FlawToday   Flaw = "today"   // what it compares with is not what is said now
)

// ExperimentError is an ErrExperiment that says why.
type ExperimentError struct {
	Flaw  Flaw
	Arm   string // of the version that is wrong, if one is
	Other string // FlawSame: of the other version; FlawRunning: the name of the other experiment
}

// Error names the flaw.
func (e ExperimentError) Error() string {
	return fmt.Sprintf("%v: %s %s %s", ErrExperiment, e.Flaw, e.Arm, e.Other)
}

// Unwrap makes it an ErrExperiment.
func (ExperimentError) Unwrap() error { return ErrExperiment }

// tidy brings what a person has typed into its stored form; an ExperimentError when it is not complete.
func (e *Experiment) tidy() error {
	e.Name = strings.TrimSpace(nlp.Clean(e.Name))
	article := e.Subject.Article != "" && e.Subject.Root != "" && e.Subject.Wording == "" && e.Subject.Lang.Base() != nlp.LangUnknown
	wording := e.Subject.Article == "" && slices.Contains(Wordings(), e.Subject.Wording)
	switch {
	case !article && !wording, !slices.Contains(Goals(), e.Goal), !(e.Share >= LeastShare && e.Share <= 1), len(e.Arms) > MostArms:
		return ExperimentError{Flaw: FlawForm}
	case e.Name == "", utf8.RuneCountInString(e.Name) > maxExperimentName:
		return ExperimentError{Flaw: FlawName}
	case len(e.Arms) < 2:
		return ExperimentError{Flaw: FlawFew}
	}
	e.Arms = slices.Clone(e.Arms)
	for i, arm := range e.Arms {
		e.Arms[i] = Arm{ID: string(rune('A' + i)), Text: map[nlp.Lang]string{}}
		for _, lang := range e.Subject.Langs() {
			text := arm.Text[lang]
			if i > 0 { // the first is what is said today, to the letter
				text = strings.TrimSpace(nlp.Clean(strings.ReplaceAll(text, "\r\n", "\n")))
			}
			switch {
			case text == "":
				return ExperimentError{Flaw: FlawEmpty, Arm: e.Arms[i].ID}
			case utf8.RuneCountInString(text) > maxArmRunes:
				return ExperimentError{Flaw: FlawLong, Arm: e.Arms[i].ID}
			}
			e.Arms[i].Text[lang] = text
		}
		same := func(b Arm) bool { return maps.Equal(b.Text, e.Arms[i].Text) }
		if other := slices.IndexFunc(e.Arms[:i], same); other >= 0 {
			return ExperimentError{Flaw: FlawSame, Arm: e.Arms[i].ID, Other: e.Arms[other].ID}
		}
	}
	return nil
}

// armOf is the arm that chance gives a person: "" when she does not take part. It depends on nothing but the experiment and
// the person, so that no order of events and no restart changes it.
func (e Experiment) armOf(id ContactID) string {
	sum := digest("experiment", e.ID, string(id)) // hex of 16 bytes, of SHA-256
	part, _ := strconv.ParseUint(sum[:8], 16, 32)
	arm, _ := strconv.ParseUint(sum[8:24], 16, 64)
	if float64(part)/(1<<32) >= e.Share {
		return ""
	}
	return e.Arms[arm%uint64(len(e.Arms))].ID
}

// ExperimentStore keeps experiments.
type ExperimentStore interface {
	// Experiments returns all of them, the newest first.
	Experiments(ctx context.Context) ([]Experiment, error)
	// SaveExperiment adds or replaces one; its Version must be the stored one (0: it is new), else ErrConflict. The stored
	// Version is one more.
	SaveExperiment(ctx context.Context, e Experiment, log Event) error
}

// Experimenter runs experiments. ErrNotFound: there is no such experiment; ErrState: it is not far enough for that, or too
// far; ErrConflict: somebody has changed it meanwhile.
type Experimenter interface {
	// Experiments are all of them, the newest first.
	Experiments(ctx context.Context) ([]Experiment, error)
	// Today is what is said about a subject now, by language: the first arm of an experiment. ErrExperiment when it is nothing
	// that an experiment can be about.
	Today(ctx context.Context, s Subject) (map[nlp.Lang]string, error)
	// DraftExperiment keeps one that is not started; its first arm becomes what is said today. ErrExperiment when it is not
	// complete.
	DraftExperiment(ctx context.Context, by Agent, e Experiment) (Experiment, error)
	// StartExperiment begins it. ErrExperiment when what it compares with is not said any more, or when another one about the
	// same is running.
	StartExperiment(ctx context.Context, by Agent, id string) (Experiment, error)
	// EndExperiment ends it, or throws a draft away; winner is an arm, or empty.
	EndExperiment(ctx context.Context, by Agent, id, winner string) (Experiment, error)
	// AdoptExperiment makes the winner of one that has ended what is said from now on, or takes that back. The winner of an
	// article is only noted: it is said when the article is published with it.
	AdoptExperiment(ctx context.Context, by Agent, id string, adopt bool) (Experiment, error)
	// Resting reports whether a running experiment shows nothing, because its article says something else than its first arm.
	Resting(ctx context.Context, e Experiment) bool
}

var _ Experimenter = (*Bot)(nil)
