package render

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"huiyin/feedback"
)

//go:embed digest.html
var page string

//go:embed digest.css
var style string

// html writes one file that stands alone: style and pictures inside, no scripts, nothing to load. Both languages are in
// it, and a pair of links at its head changes between them.
func (v voice) html(out io.Writer, d feedback.Digest) error {
	other := "en"
	if v.lang == "en" {
		other = "zh"
	}
	t, err := template.New("digest").Funcs(template.FuncMap{"dict": dict}).Parse(page)
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	err = t.Execute(out, map[string]any{
		"Style": template.CSS(style), "D": d,
		"Views": []view{{v, true}, {voice{v.Renderer, other, v.zone, v.week}, false}},
	})
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return nil
}

func dict(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m
}

// view is the digest in one language, for the template.
type view struct {
	v     voice
	First bool
}

// Lang is the language as an HTML attribute has it.
func (w view) Lang() string {
	if w.v.lang == "zh" {
		return "zh-CN"
	}
	return "en"
}

// Other names the other language in itself.
func (w view) Other() string { return w.v.word("digest.other_language") }

// Title, Period, Section, Word and Phrase are the digest's words.
func (w view) Title(d feedback.Digest) string       { return w.v.title(d) }
func (w view) Period(d feedback.Digest) string      { return w.v.period(d) }
func (w view) Section(name string) string           { return w.v.section(name) }
func (w view) Word(key string, pairs ...any) string { return w.v.word(key, pairs...) }
func (w view) Phrase(p feedback.Phrase) string      { return w.v.phrase(p) }
func (w view) Cell(c feedback.Cell) string          { return w.v.cell(c) }
func (w view) Name(t feedback.Text) string          { return t.In(w.v.lang) }
func (w view) Bars(c feedback.Chart) template.HTML  { return w.v.bars(c) }
func (w view) Load(l feedback.Load) template.HTML   { return w.v.load(l) }
func (w view) Heat(h feedback.Heat) template.HTML   { return w.v.heat(h) }
func (w view) Spark(values []int) template.HTML     { return spark(values) }
func (w view) Basis(m feedback.Metric) string       { return w.v.basis(m) }
func (w view) Number(m feedback.Metric) string      { return w.v.amount(m) }
func (w view) Percent(x float64) string             { return percent(x) }
func (w view) Verdict(m feedback.Metric) string     { verdict, _ := w.v.change(m); return verdict }
func (w view) ChangeWords(m feedback.Metric) string { _, words := w.v.change(m); return words }
func (w view) Numeric(c feedback.Cell) bool         { return c.Number != nil }

// TopicMetric is a topic as a share of all messages, so that its change is said like any other.
func (w view) TopicMetric(t feedback.Topic) feedback.Metric { return topicMetric(t) }

// Count says how many complained about a topic.
func (w view) Count(t feedback.Topic) string { return w.v.count(t) }

// Compared says how a topic changed; empty: there is nothing to compare it with.
func (w view) Compared(t feedback.Topic) string { _, words := w.v.compared(t); return words }

// Tiers says which tiers of customers complained about a topic.
func (w view) Tiers(t feedback.Topic) string { return w.v.tiers(t) }

// part is a part of a number in words, with the address of what stands behind it, or none.
type part struct{ Text, Link string }

// Languages says in which languages a topic was written about.
func (w view) Languages(t feedback.Topic) []part {
	zh, en := t.Languages["zh"], t.Languages["en"]
	if zh == 0 || en == 0 {
		return nil
	}
	return []part{{w.v.word("digest.topic.in_zh", "n", zh), w.Behind(t.BehindLanguage("zh"))}, {w.v.word("digest.topic.in_en", "n", en), w.Behind(t.BehindLanguage("en"))}}
}

// Channels says through which channels a topic was written about.
func (w view) Channels(t feedback.Topic) (parts []part) {
	for _, name := range channelsOf(t) {
		parts = append(parts, part{w.v.channel(name) + " " + thousands(t.Channels[name]), w.Behind(t.BehindChannel(name))})
	}
	return parts
}

// Counts reports whether a metric's value is what stands behind it; of times and ratings it is what they were measured on.
func (w view) Counts(m feedback.Metric) bool {
	return m.Unit == feedback.Count || m.Unit == feedback.Share
}

// See leads from a sentence to what stands behind it.
func (w view) See(p feedback.Phrase) string { return w.v.word("digest.see", "n", p.Values["n"]) }

// Whence says where a quote is from.
func (w view) Whence(q feedback.Quote) string { return w.v.whence(q) }

// Behind is the address of what stands behind a number, or nothing.
func (w view) Behind(of string) string { return w.v.behind(of) }

// Link is the address of a conversation, or nothing.
func (w view) Link(id any) string {
	if name := fmt.Sprint(id); w.v.Link != nil && name != "" {
		return w.v.Link(name)
	}
	return ""
}
