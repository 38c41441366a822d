package feedback

import (
	"iter"
	"slices"
	"strings"
	"time"

	"huiyin/nlp"
)

// Everything is the period of a pile of messages without times.
func Everything(zone *time.Location) Period {
	return Period{Start: time.Date(1, 1, 1, 0, 0, 0, 0, zone), End: time.Date(1, 1, 2, 0, 0, 0, 0, zone), Zone: zone}
}

// Timeless reports whether the period is Everything: it has no date to show.
func (p Period) Timeless() bool { return p.Start.In(p.Zone).Year() == 1 }

// namedLeast is the share of rows that say who wrote them from which customers are counted: each of the others counts as one more.
const namedLeast = 0.95

// FromRows makes the digest of messages that have no conversations behind them: topics, ratings, mood and volume. Rows without a
// time count as within the period. It keeps counts and candidates for quotes, not the rows.
func FromRows(rows iter.Seq2[Item, Assignment], scale Scale, p Period, now time.Time) Digest {
	c, mood, volume, rated := newCounted(p), newRowMood(), newRowVolume(p), newRowRatings(scale)
	named := 0 // rows of the period that say who wrote them
	for it, a := range rows {
		if it.At.IsZero() {
			it.At = p.Start
		}
		if it.Contact == "" {
			it.Contact = it.ID
		} else if p.Contains(it.At) {
			named++
		}
		c.add(it, a)
		switch {
		case p.Contains(it.At):
			mood.now.add(it)
			volume.add(it)
			rated.add(it, a)
		case c.previous.Contains(it.At):
			mood.before.add(it)
			volume.before++
			rated.before.add(it.Rating)
		}
	}
	c.named = c.total > 0 && float64(named) >= namedLeast*float64(c.total)
	c.finish()
	d := Digest{Name: p.Name(), Start: p.Start, End: p.End, Zone: p.Zone.String(), Made: now}
	changes, feeling := c.changesBlock(), mood.block()
	first := headline(append(slices.Clone(changes.Findings), feeling.Findings...))
	c.introduce(first)
	d.Blocks = []Block{first, changes, c.topicsBlock(), rated.block(), feeling, volume.block()}
	d.unlink()
	return d
}

// introduce says what messages are about where the head of a digest would say that nothing got worse or better although nothing can
// be compared.
func (c *counted) introduce(first Block) {
	if c.total == 0 || c.totalBefore > 0 {
		return
	}
	complaints, praise := c.picture()
	for i, kind := range []FindingKind{Worse, Better} {
		if e := &first.Elements[i]; e.Sentence.Key == noFinding(kind) {
			*e = []Element{complaints, praise}[i]
		}
	}
}

// picture is what messages say with which nothing can be compared, in the place of what got worse and what got better.
func (c *counted) picture() (complaints, praise Element) {
	why := "digest.headline.no_week_before"
	if c.period.Timeless() {
		why = "digest.headline.no_times"
	}
	part := func(n int) Cell { return number(float64(n)/float64(c.total), Share) }
	count := func(n int) Cell { return number(float64(n), Count) }
	values := []any{"why", Say(why), "complaints", count(c.complaints), "total", count(c.total), "share", part(c.complaints)}
	worst := Say("digest.headline.no_topics", values...)
	if most := c.most(); most != (Text{}) {
		worst = Say("digest.headline.complaints", append(values, "topics", most)...)
	}
	n := c.kinds[KindPraise]
	best := Say("digest.headline.praise", "praise", count(n), "share", part(n))
	good := map[string]int{}
	for id, s := range c.judged {
		if s.good > 0 {
			good[id] = s.good
		}
	}
	if len(good) > 0 {
		most := byCount(good)[0]
		best = Say("digest.headline.praise_of", "praise", count(n), "share", part(n), "aspect", c.judged[most].name, "times", count(good[most]))
	}
	return Element{Sentence: &worst}, Element{Sentence: &best}
}

// most names the three topics that are complained about most; empty: none is.
func (c *counted) most() (names Text) {
	var zh, en []string
	for _, t := range c.topics[:min(3, len(c.topics))] {
		if t.Count > 0 {
			zh, en = append(zh, "“"+t.Name.In(string(nlp.LangChinese))+"”"), append(en, "“"+t.Name.In(string(nlp.LangEnglish))+"”")
		}
	}
	return Text{ZH: strings.Join(zh, ""), EN: strings.Join(en, ", ")}
}

// moods counts how messages feel.
type moods struct {
	n        int
	polarity map[nlp.Polarity]int
}

func (m *moods) add(it Item) {
	if it.Analysis != nil {
		m.n++
		m.polarity[it.Analysis.Sentiment.Polarity]++
	}
}

// rowMood is the mood of rows, of a period and of the one before.
type rowMood struct{ now, before moods }

func newRowMood() *rowMood {
	return &rowMood{moods{polarity: map[nlp.Polarity]int{}}, moods{polarity: map[nlp.Polarity]int{}}}
}

func (m *rowMood) block() Block {
	return Block{Section: "mood", Elements: []Element{
		shareMetric("digest.mood.negative", OfMessages, -1, m.now.polarity[nlp.Negative], m.now.n, m.before.polarity[nlp.Negative], m.before.n),
		shareMetric("digest.mood.positive", OfMessages, 1, m.now.polarity[nlp.Positive], m.now.n, m.before.polarity[nlp.Positive], m.before.n),
	}}
}

// rowVolume is how many rows there were, by day and by channel.
type rowVolume struct {
	period        Period
	days          []Period
	channels      map[string]int
	daily         []float64
	total, before int
}

func newRowVolume(p Period) *rowVolume {
	days := p.Days()
	return &rowVolume{period: p, days: days, channels: map[string]int{}, daily: make([]float64, len(days))}
}

func (v *rowVolume) add(it Item) {
	v.total++
	if it.Channel != "" {
		v.channels[it.Channel]++
	}
	v.daily[dayIndex(v.days, it.At)]++
}

func (v *rowVolume) block() Block {
	block := Block{Section: "volume", Elements: []Element{countMetric("digest.volume.messages", 0, v.total, v.before)}}
	if len(v.days) > 1 {
		block.Elements = append(block.Elements, Element{Chart: &Chart{Title: Say("digest.volume.daily"), Unit: Count, Labels: dayLabels(v.period),
			Series: []Series{{Name: Say("digest.volume.messages"), Values: v.daily}}}})
	}
	if len(v.channels) > 0 {
		table := Table{Title: Say("digest.volume.channels"), Empty: Say("digest.empty"), Columns: []Phrase{Say("digest.col.channel"), Say("digest.col.messages"), Say("digest.col.share")}}
		for _, c := range byCount(v.channels) {
			table.Rows = append(table.Rows, []Cell{channelCell(c), number(float64(v.channels[c]), Count), ratio(v.channels[c], v.total)})
		}
		block.Elements = append(block.Elements, Element{Table: &table})
	}
	return block
}
