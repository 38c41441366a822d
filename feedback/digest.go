package feedback

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// Digest is a report on a period, in no language and no format.
type Digest struct {
	Name    string    `json:"name"` // of the period, for example "2026-W46"
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
	Zone    string    `json:"zone"`
	Made    time.Time `json:"made"`
	Partial bool      `json:"partial,omitempty"` // made before the period's end
	Quiet   bool      `json:"quiet,omitempty"`   // no customer wrote, and nothing else happened: people are shown that, not ten empty sections
	Blocks  []Block   `json:"blocks"`
}

// Shown are the blocks for people: those that have something to say; of a quiet period the headline and what was done about earlier
// findings.
func (d Digest) Shown() []Block {
	return slices.DeleteFunc(slices.Clone(d.Blocks), func(b Block) bool {
		return len(b.Elements) == 0 || d.Quiet && b.Section != "headline" && b.Section != "loop"
	})
}

// Block is what one section has to say.
type Block struct {
	Section  string    `json:"section"` // the Section's name; its title is the phrase "digest.section.<name>"
	Elements []Element `json:"elements"`
	Findings []Finding `json:"findings,omitempty"` // what of it belongs into the first three sentences
	// Counts are the complaints by topic, of all topics; only in "changes".
	Counts []TopicCount `json:"counts,omitempty"`
}

// TopicCount is how many messages of a period complained about a topic.
type TopicCount struct {
	Topic string `json:"topic"`
	Name  Text   `json:"name"`
	Count int    `json:"count"`
	Of    int    `json:"of"`             // all messages
	Rose  bool   `json:"rose,omitempty"` // against the period before, by more than noise
}

// Finding is something that a lead should know first.
type Finding struct {
	Kind   FindingKind `json:"kind"`
	Weight float64     `json:"weight"` // messages or conversations that it is about; the heaviest of each kind is said
	Say    Phrase      `json:"say"`
}

// FindingKind says which of the three sentences a Finding may become.
type FindingKind string

// The kinds of findings.
const (
	Worse  FindingKind = "worse"
	Better FindingKind = "better"
	ToDo   FindingKind = "to_do"
	// Probable is said in place of what got worse where nothing surely did.
	Probable FindingKind = "probable"
)

// Element is one renderable piece; exactly one of its fields is set.
type Element struct {
	Sentence *Phrase `json:"sentence,omitempty"`
	Metric   *Metric `json:"metric,omitempty"`
	Chart    *Chart  `json:"chart,omitempty"`
	Heat     *Heat   `json:"heat,omitempty"`
	Load     *Load   `json:"load,omitempty"`
	Table    *Table  `json:"table,omitempty"`
	Topic    *Topic  `json:"topic,omitempty"`
	Quotes   []Quote `json:"quotes,omitempty"`
}

// Phrase is a sentence of the catalogues with its values. A value that is a Text or a Phrase is itself put into the
// reader's language.
type Phrase struct {
	Key    string         `json:"key"`
	Values map[string]any `json:"values,omitempty"`
	Behind string         `json:"behind,omitempty"` // as in Metric, of the value "n"
}

// Say makes a Phrase from a key and pairs of name and value.
func Say(key string, pairs ...any) Phrase {
	p := Phrase{Key: key}
	for i := 0; i+1 < len(pairs); i += 2 {
		if p.Values == nil {
			p.Values = map[string]any{}
		}
		p.Values[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return p
}

// Text is a name in both languages. Where one is missing, the other is shown.
type Text struct {
	ZH string `json:"zh,omitempty"`
	EN string `json:"en,omitempty"`
}

// In is the name in a language.
func (t Text) In(lang string) string {
	if nlp.Lang(lang).Base() == nlp.LangChinese && t.ZH != "" || t.EN == "" {
		return t.ZH
	}
	return t.EN
}

// Unit is what a number counts.
type Unit string

// The units.
const (
	Count   Unit = "count"
	Share   Unit = "share" // 0..1, shown as a percentage
	Seconds Unit = "seconds"
	Score   Unit = "score"
	Amount  Unit = "amount" // of what can be had in parts: agents, hours
	Net     Unit = "net"    // a difference of percentages, shown as a whole number with its sign
)

// Counted is what a denominator counts.
type Counted string

// What denominators count.
const (
	OfMessages      Counted = "messages" // in the customers' own words
	OfConversations Counted = "conversations"
	OfTurns         Counted = "turns" // a message to the bot, with what it did
	OfCustomers     Counted = "customers"
	OfResolved      Counted = "resolved" // conversations, each as often as it was resolved
	OfQueued        Counted = "queued"   // conversations, each as often as it came into the queue
	OfHours         Counted = "hours"    // in which anything came into the queue
	OfPromises      Counted = "promises"
	OfRatings       Counted = "ratings"
)

// Metric is a number with what it was measured on, and how it changed.
type Metric struct {
	Name   Phrase  `json:"name"`
	Value  float64 `json:"value"` // null in JSON when nothing was measured: see Measured
	Unit   Unit    `json:"unit"`
	N      int     `json:"n"`            // the denominator of a Share; how many were measured, for Seconds, Score and Net
	Of     Counted `json:"of,omitempty"` // what N counts
	Change *Change `json:"change,omitempty"`
	Good   int     `json:"good,omitempty"`  // 1: more is better, −1: less is better
	Alone  bool    `json:"alone,omitempty"` // never compared with the period before

	// Behind names the number for Builder.Behind, of Seconds, Score and Net what was measured; empty: nobody can look behind it.
	Behind string `json:"behind,omitempty"`
}

// Measured reports whether there was anything to measure: without it Value means nothing. A Count is always known.
func (m Metric) Measured() bool { return m.N > 0 || m.Unit == Count }

// MarshalJSON writes a Value that was not measured as null, and its Change without a probability: 0 would be taken for a result.
func (m Metric) MarshalJSON() ([]byte, error) {
	type plain Metric
	if m.Measured() {
		return json.Marshal(plain(m))
	}
	type earlier struct {
		Before  float64 `json:"before"`
		BeforeN int     `json:"before_n"`
	}
	out := struct {
		plain
		Value  *float64 `json:"value"`
		Change *earlier `json:"change,omitempty"`
	}{plain: plain(m)}
	if c := m.Change; c != nil {
		out.Change = &earlier{c.Before, c.BeforeN}
	}
	return json.Marshal(out)
}

// Change compares a number with the period before.
type Change struct {
	Before  float64 `json:"before"`
	BeforeN int     `json:"before_n"`
	P       float64 `json:"p"`    // probability of a change as large by chance alone
	Real    bool    `json:"real"` // more than noise: see the section that made it for the test and its level
	// Probable says of a topic that it rose, too few being counted to be sure that it is more than noise.
	Probable bool `json:"probable,omitempty"`
}

// Chart is one or more series over the same points.
type Chart struct {
	Title  Phrase   `json:"title"`
	Unit   Unit     `json:"unit"`
	Labels []string `json:"labels"` // dates as 2006-01-02, else plain names
	Series []Series `json:"series"`
}

// Series are values of a Chart, one a label.
type Series struct {
	Name   Phrase    `json:"name"`
	Tone   string    `json:"tone,omitempty"` // good, bad or plain: its colour
	Values []float64 `json:"values"`
	Behind string    `json:"behind,omitempty"` // a stroke and a label behind it name each value, as in Metric
}

// Heat is a table of weekday × hour; Counts[0] is Monday.
type Heat struct {
	Title  Phrase     `json:"title"`
	Counts [7][24]int `json:"counts"`
	Behind string     `json:"behind,omitempty"` // a stroke, the weekday (1: Monday), a dash and the hour behind it name each count, as in Metric
}

// Table is rows under column titles.
type Table struct {
	Title   Phrase   `json:"title"`
	Columns []Phrase `json:"columns"`
	Rows    [][]Cell `json:"rows"`
	Empty   Phrase   `json:"empty"` // said when there are no rows
}

// Cell is a value of a Table: a number with its unit, a phrase, a name, or text (masked already).
type Cell struct {
	Number *float64           `json:"number,omitempty"`
	Unit   Unit               `json:"unit,omitempty"`
	N      int                `json:"n,omitempty"` // the denominator of a Share
	Phrase *Phrase            `json:"phrase,omitempty"`
	Name   *Text              `json:"name,omitempty"`
	Text   string             `json:"text,omitempty"`
	Link   bot.ConversationID `json:"link,omitempty"` // the conversation behind it

	Channel string `json:"channel,omitempty"` // the channel that the text names, which people may call otherwise
	Behind  string `json:"behind,omitempty"`  // as in Metric
}

// Quote is what a customer wrote, word for word but for masked personal data.
type Quote struct {
	Text         string             `json:"text"`
	Lang         nlp.Lang           `json:"lang"`
	ID           string             `json:"id"` // of the message or row
	Conversation bot.ConversationID `json:"conversation,omitempty"`
	Channel      string             `json:"channel,omitempty"`
	At           time.Time          `json:"at,omitzero"`
	Measured     *Cell              `json:"measured,omitempty"` // what stands behind a number of the desk: how long, or the rating
}

// Topic is a theme of many messages in a period.
type Topic struct {
	ID        string           `json:"id"` // stable from run to run
	Name      Text             `json:"name"`
	Found     bool             `json:"found,omitempty"` // found in the data, not in the taxonomy
	Count     int              `json:"count"`           // messages
	People    int              `json:"people"`          // different customers; 0: it is not known who wrote
	Of        int              `json:"of"`              // all messages that have a topic or not: the denominator
	Negative  int              `json:"negative"`        // of Count
	Change    *Change          `json:"change,omitempty"`
	Daily     []int            `json:"daily,omitempty"` // Count by day of the period
	Languages map[nlp.Lang]int `json:"languages,omitempty"`
	Channels  map[string]int   `json:"channels,omitempty"`
	Tiers     []TierShare      `json:"tiers,omitempty"` // of People; absent where groups are too small, and in shops without tiers
	Words     Words            `json:"words"`           // the most telling ones
	Quotes    []Quote          `json:"quotes,omitempty"`
	Since     string           `json:"since,omitempty"` // the day on which it rose, as 2006-01-02

	Behind string `json:"behind,omitempty"` // as in Metric, of Count
}

// BehindLanguage names the topic's messages in a language, as in Metric.
func (t Topic) BehindLanguage(lang nlp.Lang) string {
	if t.Behind == "" {
		return ""
	}
	return behindLanguage + string(lang) + "/" + t.ID
}

// BehindChannel names the topic's messages through a channel, as in Metric.
func (t Topic) BehindChannel(name string) string {
	if t.Behind == "" {
		return ""
	}
	return behindThrough + name + "/" + t.ID
}

// TierShare is how many of the people who complained about a topic are in a tier of customers.
type TierShare struct {
	Key    string `json:"key,omitempty"` // of a bot.Tier; empty: everybody else, in no tier or in one of too few people
	Name   Text   `json:"name,omitzero"`
	People int    `json:"people"`
}

// Words are telling words by language.
type Words struct {
	ZH []string `json:"zh,omitempty"`
	EN []string `json:"en,omitempty"`
}

// Section makes one part of a digest. It reads and counts; it never formats.
type Section interface {
	// Name is its name in code and catalogues: lower case.
	Name() string
	// Build reads from the source what it needs. No data is no error: the block then says so.
	Build(ctx context.Context, src Source, p Period) (Block, error)
}

// behind is the cell with what stands behind it; of nothing, nothing does.
func (c Cell) behind(of string) Cell {
	if c.Number != nil && *c.Number != 0 || c.Phrase != nil && c.Phrase.Values["x"] != nil {
		c.Behind = of
	}
	return c
}

// behind is the phrase with what stands behind its n.
func (p Phrase) behind(of string) Phrase {
	p.Behind = of
	return p
}

// look says of the metric of a name what stands behind it; of nothing, nothing does.
func look(elements []Element, name, of string) {
	for _, e := range elements {
		if m := e.Metric; m != nil && m.Name.Key == name && m.Measured() && (m.Value > 0 || m.Unit != Share && m.Unit != Count) {
			m.Behind = of
		}
	}
}
