// Package render turns a digest into something that people read or programs take: HTML, Markdown, JSON, CSV and XLSX.
package render

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"huiyin/feedback"
	"huiyin/feedback/schema"
	"huiyin/internal/locale"
)

// Format is what a digest is rendered as.
type Format string

// The formats.
const (
	HTML     Format = "html"
	Markdown Format = "md"
	JSON     Format = "json"
	CSV      Format = "csv"
	XLSX     Format = "xlsx"
)

// ErrFormat means that there is no such format.
var ErrFormat = errors.New("render: unknown format: use html, md, json, csv or xlsx")

// Renderer renders digests in the words of a catalogue. It is safe for concurrent use.
type Renderer struct {
	words *locale.Catalog
	// Link gives the address of a conversation; nil: no links.
	Link func(conversation string) string
	// Week gives the address of a digest's page; nil: no link.
	Week func(name string) string
	// Behind gives the address of what stands behind a number of a digest (see feedback.Metric.Behind); nil: no links.
	Behind func(name, of string) string
	// Incident gives the address at which an incident about a topic is announced; nil: none.
	Incident func(topic string) string
}

// New makes a Renderer.
func New(words *locale.Catalog) *Renderer { return &Renderer{words: words} }

// Render writes a digest in a format and a language (zh or en).
func (r *Renderer) Render(out io.Writer, d feedback.Digest, f Format, lang string) error {
	v := r.voice(lang, d)
	if f != JSON { // programs get the texts as they are
		d = scrubbed(d)
	}
	switch f {
	case HTML:
		return v.html(out, d)
	case Markdown:
		return v.markdown(out, d)
	case JSON:
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(schema.Document{Schema: schema.ID, Digest: d})
	case CSV:
		return v.csv(out, d)
	case XLSX:
		return v.xlsx(out, d)
	}
	return fmt.Errorf("%w: %q", ErrFormat, f)
}

// voice is a renderer that speaks one language.
type voice struct {
	*Renderer
	lang string
	zone *time.Location
	week string // the digest's name
}

// voice speaks a language, by the clock of a digest.
func (r *Renderer) voice(lang string, d feedback.Digest) voice {
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		zone = time.UTC
	}
	return voice{r, lang, zone, d.Name}
}

func (v voice) word(key string, pairs ...any) string {
	for i, p := range pairs {
		if n, whole := p.(int); whole {
			pairs[i] = thousands(n)
		}
	}
	return v.words.Text(v.lang, key, pairs...)
}

// phrase is a phrase in words.
func (v voice) phrase(p feedback.Phrase) string {
	pairs := make([]any, 0, 2*len(p.Values))
	for name, value := range p.Values {
		pairs = append(pairs, name, v.value(value))
	}
	return v.word(p.Key, pairs...)
}

// value is a placeholder's value in words. Digests that were read back from JSON have maps in place of our types.
func (v voice) value(value any) string {
	switch x := value.(type) {
	case feedback.Phrase:
		return v.phrase(x)
	case feedback.Text:
		return x.In(v.lang)
	case feedback.Cell:
		return v.cell(x)
	case map[string]any:
		return v.decoded(x)
	case int:
		return thousands(x)
	case float64: // of a digest that was read back, too
		if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			return thousands(int(x))
		}
	}
	return fmt.Sprint(value)
}

func (v voice) decoded(m map[string]any) string {
	raw, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	switch {
	case m["key"] != nil:
		var p feedback.Phrase
		if json.Unmarshal(raw, &p) == nil {
			return v.phrase(p)
		}
	case m["zh"] != nil || m["en"] != nil:
		var t feedback.Text
		if json.Unmarshal(raw, &t) == nil {
			return t.In(v.lang)
		}
	default:
		var c feedback.Cell
		if json.Unmarshal(raw, &c) == nil {
			return v.cell(c)
		}
	}
	return ""
}

// cell is a cell as people read it.
func (v voice) cell(c feedback.Cell) string {
	switch {
	case c.Number != nil:
		return v.number(*c.Number, c.Unit)
	case c.Phrase != nil:
		return v.phrase(*c.Phrase)
	case c.Name != nil:
		return c.Name.In(v.lang)
	case c.Channel != "":
		return v.channel(c.Channel)
	}
	return c.Text
}

// number is a value with its unit.
func (v voice) number(x float64, u feedback.Unit) string {
	switch u {
	case feedback.Share:
		return percent(x)
	case feedback.Seconds:
		return v.duration(time.Duration(x * float64(time.Second)))
	case feedback.Score:
		return fmt.Sprintf("%.2f", x)
	case feedback.Amount:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0")
	case feedback.Net:
		switch n := math.Round(x); {
		case n > 0:
			return fmt.Sprintf("+%.0f", n)
		case n < 0:
			return fmt.Sprintf("−%.0f", -n)
		}
		return "0"
	}
	return thousands(int(math.Round(x)))
}

// unmeasured reports whether a metric has no value: 0 would be wrong.
func unmeasured(m feedback.Metric) bool { return !m.Measured() }

// amount is a metric's value as people read it.
func (v voice) amount(m feedback.Metric) string {
	if unmeasured(m) {
		return "–"
	}
	return v.number(m.Value, m.Unit)
}

// percent shows small shares more precisely than large ones.
func percent(x float64) string {
	switch p := 100 * x; {
	case p == 0:
		return "0%"
	case math.Abs(p) < 10:
		return fmt.Sprintf("%.1f%%", p)
	default:
		return fmt.Sprintf("%.0f%%", p)
	}
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func (v voice) duration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return v.word("digest.time.seconds", "n", int(d.Seconds()+0.5))
	case d < time.Hour:
		return v.word("digest.time.minutes", "n", int(d.Minutes()+0.5))
	case d < 48*time.Hour:
		return v.word("digest.time.hours", "n", fmt.Sprintf("%.1f", d.Hours()))
	}
	return v.word("digest.time.days", "n", fmt.Sprintf("%.1f", d.Hours()/24))
}

// change says how a metric moved: a verdict that is worse, better, other or noise, and words.
func (v voice) change(m feedback.Metric) (verdict, words string) {
	c := m.Change
	if c == nil && m.Alone {
		return "none", ""
	}
	if c == nil || c.BeforeN == 0 {
		return "none", v.word("digest.change.none")
	}
	if unmeasured(m) {
		return "none", v.word("digest.change.before", "before", v.number(c.Before, m.Unit))
	}
	if c.Probable {
		x := func(share float64, n int) string { return thousands(int(math.Round(share * float64(n)))) }
		return "probable", v.word("digest.change.probable", "x0", x(c.Before, c.BeforeN), "n0", thousands(c.BeforeN), "x", x(m.Value, m.N), "n", thousands(m.N))
	}
	if !c.Real {
		return "noise", v.word("digest.change.noise", "before", v.number(c.Before, m.Unit))
	}
	up := m.Value > c.Before
	key := "digest.change.down"
	if up {
		key = "digest.change.up"
	}
	verdict = "other"
	if m.Good != 0 {
		verdict = "worse"
		if up == (m.Good > 0) {
			verdict = "better"
		}
	}
	return verdict, v.word(key, "before", v.number(c.Before, m.Unit))
}

// basis says what a metric was measured on.
func (v voice) basis(m feedback.Metric) string {
	if unmeasured(m) {
		return v.word("digest.unmeasured")
	}
	switch m.Unit {
	case feedback.Share:
		key := "digest.of"
		if m.Of != "" {
			key += "." + string(m.Of)
		}
		return v.word(key, "x", thousands(int(math.Round(m.Value*float64(m.N)))), "n", thousands(m.N))
	case feedback.Count:
		return ""
	}
	return v.word("digest.measured", "n", thousands(m.N))
}

// period is the digest's period in words.
func (v voice) period(d feedback.Digest) string {
	if d.Name == "all" {
		return v.word("digest.timeless")
	}
	last := d.End.In(v.zone).Add(-time.Second)
	return d.Start.In(v.zone).Format("2006-01-02") + " – " + last.Format("2006-01-02")
}

func (v voice) title(d feedback.Digest) string {
	if d.Name == "all" {
		return v.word("digest.title_all")
	}
	return v.word("digest.title", "name", d.Name)
}

func (v voice) section(name string) string { return v.word("digest.section." + name) }

// day is a date without its year.
func day(label string) string {
	if len(label) == len("2006-01-02") && strings.Count(label, "-") == 2 {
		return label[5:]
	}
	return label
}

func topicMetric(t feedback.Topic) feedback.Metric {
	m := feedback.Metric{Unit: feedback.Share, N: t.Of, Good: -1, Change: t.Change}
	if t.Of > 0 {
		m.Value = float64(t.Count) / float64(t.Of)
	}
	return m
}

// count is how many complained about a topic.
func (v voice) count(t feedback.Topic) string {
	if t.People == 0 {
		return v.word("digest.topic.count_unnamed", "n", t.Count)
	}
	return v.word("digest.topic.count", "n", t.Count, "people", t.People)
}

// languages says how many of a topic's messages are in which language; empty when all are in one.
func (v voice) languages(t feedback.Topic) string {
	zh, en := t.Languages["zh"], t.Languages["en"]
	if zh == 0 || en == 0 {
		return ""
	}
	return v.word("digest.topic.in_zh", "n", zh) + " · " + v.word("digest.topic.in_en", "n", en)
}

// channels says through which channels a topic was written about, the most frequent first; empty when that is not told.
func (v voice) channels(t feedback.Topic) string {
	var parts []string
	for _, name := range channelsOf(t) {
		parts = append(parts, v.channel(name)+" "+thousands(t.Channels[name]))
	}
	return strings.Join(parts, " · ")
}

// channelsOf are the channels through which a topic was written about, the most frequent first.
func channelsOf(t feedback.Topic) []string {
	names := slices.SortedFunc(maps.Keys(t.Channels), func(a, b string) int {
		return cmp.Or(t.Channels[b]-t.Channels[a], strings.Compare(a, b))
	})
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// behind is the address of what stands behind a number, or nothing.
func (v voice) behind(of string) string {
	if v.Behind != nil && of != "" {
		return v.Behind(v.week, of)
	}
	return ""
}

// channel is what people call a channel.
func (v voice) channel(name string) string {
	if key := "console.channel." + name; v.words.Has(key) {
		return v.word(key)
	}
	return name
}

// whence says where a quote is from: when it was written and through which channel, and which row of a file it is.
func (v voice) whence(q feedback.Quote) string {
	var parts []string
	if q.Measured != nil {
		parts = append(parts, v.cell(*q.Measured))
	}
	if q.Conversation == "" || q.At.IsZero() {
		parts = append(parts, q.ID)
	}
	if at := q.At.In(v.zone); at.Year() > 1 {
		parts = append(parts, at.Format("01-02 15:04"))
	}
	if q.Channel != "" {
		parts = append(parts, v.channel(q.Channel))
	}
	return strings.Join(parts, " · ")
}

// compared says how a topic changed; empty when there is nothing to compare it with.
func (v voice) compared(t feedback.Topic) (verdict, words string) {
	if verdict, words = v.change(topicMetric(t)); verdict == "none" {
		return verdict, ""
	}
	return verdict, words
}

// tiers says who of the people behind a topic is in which tier; empty when that is not told.
func (v voice) tiers(t feedback.Topic) string {
	var parts []string
	for _, x := range t.Tiers {
		parts = append(parts, v.word("digest.tier.share", "tier", v.tierName(x), "n", thousands(x.People), "share", percent(float64(x.People)/float64(max(1, t.People)))))
	}
	if len(parts) == 0 {
		return ""
	}
	return v.word("digest.tier.title") + strings.Join(parts, " · ")
}

func (v voice) tierName(x feedback.TierShare) string {
	if x.Key == "" {
		return v.word("digest.tier.others")
	}
	return x.Name.In(v.lang)
}
