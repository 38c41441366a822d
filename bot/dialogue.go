package bot

import (
	"regexp"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

// Text is one sentence in each language; keys are "zh" and "en".
type Text map[nlp.Lang]string

// Texts are alternatives of one sentence in each language; one of them is said.
type Texts map[nlp.Lang][]string

// Dialogue is what the bot can talk about, as written in YAML files.
type Dialogue struct {
	Intents []IntentSpec `yaml:"intents"`
	Forms   []FormSpec   `yaml:"forms"`
	// OutOfScope are examples of what the bot must not take for one of its intents.
	OutOfScope Texts `yaml:"out_of_scope"`
	// OutOfScopeSays are regular expressions (RE2) of whole messages that nothing here answers, whatever article is near.
	OutOfScopeSays Texts `yaml:"out_of_scope_says"`
	// Tells are things that customers tell of whatever there is; the first that fits counts.
	Tells []TellSpec `yaml:"tells"`
	// Instead says which articles stand in for others; the first rule that fits counts.
	Instead []InsteadSpec `yaml:"instead"`

	// Filled by Check.
	byName map[string]*IntentSpec
	forms  map[string]*FormSpec
	places places
	beyond []*regexp.Regexp // of OutOfScopeSays
}

// IntentSpec is one thing that customers want. Exactly one of Reply, Form, Article and Handoff says what follows.
type IntentSpec struct {
	Name      string       `yaml:"name"`  // lower case, digits and underscores
	Title     Text         `yaml:"title"` // for buttons and reports
	Examples  Texts        `yaml:"examples"`
	Says      Texts        `yaml:"says"` // regular expressions (RE2) of whole messages that surely mean it; see saidPlainly
	Reply     Texts        `yaml:"reply"`
	Form      string       `yaml:"form"`
	Article   kb.RootID    `yaml:"article"`
	Handoff   bool         `yaml:"handoff"`
	SmallTalk bool         `yaml:"small_talk"` // greeting, thanks, goodbye …: never a gap, never a failure
	Buttons   []ButtonSpec `yaml:"buttons"`    // shown under Reply
	Threshold float64      `yaml:"threshold"`  // confidence needed; 0: the one that training chose

	says []*regexp.Regexp // of Says
	asks bool             // an intent to hand over whose examples ask for a person
}

// ButtonSpec leads on from a reply.
type ButtonSpec struct {
	Title  Text      `yaml:"title"`
	Intent string    `yaml:"intent"`
	Human  bool      `yaml:"human"`
	Root   kb.RootID `yaml:"article"`
}

// FormSpec asks for some values, one by one, and does something with them.
type FormSpec struct {
	Name    string      `yaml:"name"`
	Title   Text        `yaml:"title"`
	Intro   Text        `yaml:"intro"` // said before the first question; optional
	Slots   []SlotSpec  `yaml:"slots"`
	Confirm Text        `yaml:"confirm"` // asked before the action, with {slot} placeholders; empty: no confirmation
	Action  ActionSpec  `yaml:"action"`
	Replies []ReplySpec `yaml:"replies"` // the first that matches is said
	Failed  Text        `yaml:"failed"`  // the action could not be done; the conversation goes to people
}

// SlotSpec is one value to ask for.
type SlotSpec struct {
	Name     string       `yaml:"name"`
	Ask      Text         `yaml:"ask"`
	Entity   string       `yaml:"entity"`   // fill from an entity of this kind (nlp.Entity*)
	Pattern  string       `yaml:"pattern"`  // the value must match this regular expression (RE2), whole
	Choices  []ChoiceSpec `yaml:"choices"`  // shown as buttons; the answer is one of them
	Options  ActionSpec   `yaml:"options"`  // asked for the choices, with what was filled in before; for a free text
	Invalid  Text         `yaml:"invalid"`  // said when the answer does not fit
	Remember bool         `yaml:"remember"` // offer the value again in later forms
	Optional bool         `yaml:"optional"` // may be skipped
	Help     Text         `yaml:"help"`     // where the value is found, said to who does not know it
	Words    Texts        `yaml:"words"`    // names that customers use for the value, found inside a message; for a free text
	Mend     MendSpec     `yaml:"mend"`     // other spellings of the value
	Instead  []string     `yaml:"instead"`  // kinds of entity that will do in its place (email, phone); the action gets them under their kind

	pattern, part *regexp.Regexp // Pattern: of a whole value, of a part of a text; nil: none
	loose         *regexp.Regexp // Mend.Pattern; nil: none
}

// MendSpec puts a value right that customers write in another way, such as an order number without its hyphen.
type MendSpec struct {
	Pattern string `yaml:"pattern"` // RE2, looked for in the folded (lower-case) text
	Value   string `yaml:"value"`   // what it stands for: $1 is the first group; it must fit the slot's own pattern
}

// ChoiceSpec is one answer to a slot.
type ChoiceSpec struct {
	Value string `yaml:"value"`
	Title Text   `yaml:"title"`
	Words Texts  `yaml:"words"` // how customers say it; found inside a message as well
	Told  string `yaml:"told"`  // name of what is told (see TellSpec) that means this choice; empty: none does
}

// ActionSpec is the HTTP call at the end of a form: a signed JSON POST of the values, answered by a flat JSON object.
type ActionSpec struct {
	URL     string        `yaml:"url"`     // "{service}" stands for the configured base URL of the shop's service
	Timeout time.Duration `yaml:"timeout"` // of one try; 0: 5 s
	Retries int           `yaml:"retries"` // further tries after a failure that may pass; each carries the same idempotency key
}

// ReplySpec maps the action's answer to a sentence.
type ReplySpec struct {
	When map[string]string `yaml:"when"` // fields of the answer that must have these values; empty: always
	Text Text              `yaml:"text"` // with {field} placeholders
	// Again names the slot whose value turned out wrong: the text asks for it again, the value is not remembered, and after
	// the second time a person is offered. Empty: the form ends.
	Again string `yaml:"again"`
	// Next is what customers say to the text, and the intent that they mean by it then: "I haven't got it".
	Next []NextSpec `yaml:"next"`
}

// NextSpec is what a message means right after a form's reply.
type NextSpec struct {
	Says   Texts  `yaml:"says"` // as IntentSpec.Says
	Intent string `yaml:"intent"`

	says []*regexp.Regexp
}
