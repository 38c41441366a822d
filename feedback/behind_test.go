package feedback_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/nlp"
)

// linked are the numbers of a digest behind which one can look, and how much stands behind each.
type linked map[string]int

// numbersOf finds them wherever they can stand.
func numbersOf(d feedback.Digest) linked {
	out := linked{}
	for _, b := range d.Blocks {
		for _, f := range b.Findings {
			out.phrase(f.Say)
		}
		for _, e := range b.Elements {
			switch {
			case e.Sentence != nil:
				out.phrase(*e.Sentence)
			case e.Metric != nil:
				out.metric(*e.Metric)
			case e.Topic != nil:
				out.topic(*e.Topic)
			case e.Table != nil:
				for _, row := range e.Table.Rows {
					for _, c := range row {
						out.cell(c)
					}
				}
			default:
				out.picture(e)
			}
		}
	}
	return out
}

func (out linked) phrase(p feedback.Phrase) {
	if p.Behind == "" {
		return
	}
	switch n := p.Values["n"].(type) {
	case int:
		out[p.Behind] = n
	case feedback.Cell:
		out[p.Behind] = int(*n.Number)
	}
}

func (out linked) metric(m feedback.Metric) {
	switch {
	case m.Behind == "":
	case m.Unit == feedback.Share:
		out[m.Behind] = int(m.Value*float64(m.N) + 0.5)
	case m.Unit == feedback.Count:
		out[m.Behind] = int(m.Value)
	default:
		out[m.Behind] = m.N
	}
}

func (out linked) topic(t feedback.Topic) {
	if t.Behind == "" {
		return
	}
	out[t.Behind] = t.Count
	for lang, n := range t.Languages {
		out[t.BehindLanguage(lang)] = n
	}
	for name, n := range t.Channels {
		out[t.BehindChannel(name)] = n
	}
}

func (out linked) cell(c feedback.Cell) {
	switch {
	case c.Behind == "":
	case c.Number != nil && c.Unit == feedback.Share:
		out[c.Behind] = int(*c.Number*float64(c.N) + 0.5)
	case c.Number != nil:
		out[c.Behind] = int(*c.Number)
	default:
		switch x := c.Phrase.Values["x"].(type) {
		case int:
			out[c.Behind] = x
		case feedback.Cell:
			out[c.Behind] = int(*x.Number)
		}
	}
}

func (out linked) picture(e feedback.Element) {
	add := func(behind, which string, n int) {
		if behind != "" && n > 0 {
			out[behind+"/"+which] = n
		}
	}
	for day := range 7 {
		for hour := range 24 {
			which := fmt.Sprintf("%d-%d", day+1, hour)
			if e.Heat != nil {
				add(e.Heat.Behind, which, e.Heat.Counts[day][hour])
			}
			if e.Load != nil && e.Load.Hours[day][hour] != nil {
				add(e.Load.Behind, which, e.Load.Hours[day][hour].Handed)
			}
		}
	}
	if e.Chart != nil {
		for _, s := range e.Chart.Series {
			for i, label := range e.Chart.Labels {
				add(s.Behind, label, int(s.Values[i]))
			}
		}
	}
}

// checked looks behind every number of a digest.
func checked(t *testing.T, b feedback.Builder, src feedback.Source, p feedback.Period, d feedback.Digest) linked {
	t.Helper()
	all := numbersOf(d)
	for _, of := range slices.Sorted(maps.Keys(all)) {
		page, err := b.Behind(t.Context(), src, p, of)
		if err != nil {
			t.Errorf("%s: %v", of, err)
			continue
		}
		quotes := page.Blocks[0].Elements[len(page.Blocks[0].Elements)-1].Quotes
		if len(quotes) != all[of] || all[of] == 0 {
			t.Errorf("%s: %d, the digest says %d", of, len(quotes), all[of])
		}
		kind, _, _ := strings.Cut(of, "/")
		for i, q := range quotes {
			if !p.Contains(q.At) && kind != "complained" { // that one looks three weeks back
				t.Errorf("%s: of %s", of, q.At)
			}
			if i > 0 && q.Measured == nil && q.At.After(quotes[i-1].At) {
				t.Errorf("%s: %s after %s", of, q.At, quotes[i-1].At)
			}
		}
	}
	return all
}

// Behind every number stand exactly as many messages, conversations or votes as it says, and none of another week.
func TestBehindEveryNumber(t *testing.T) {
	p := week(t)
	l := ordinary(p.Start)
	l.say(p.Start, 3, 40, "late again")
	l.say(p.Start, 4, 30, "tracking is stuck")
	for i, m := range l.messages {
		if i%3 == 0 {
			l.messages[i].Analysis = &nlp.Analysis{Text: m.Text, Sentiment: nlp.Sentiment{Polarity: nlp.Negative, Score: -0.8}}
		}
		if p.Contains(m.At) && i%2 == 0 {
			c := string(m.Conversation)
			l.fact(p.Start, c, bot.FactTurn, "", 1)
			switch i % 5 {
			case 0:
				l.fact(p.Start, c, bot.FactHandoff, "asked", 1)
			case 1:
				l.fact(p.Start, c, bot.FactAnswer, "article:a", 1)
				l.fact(p.Start, c, bot.FactHelped, "article:a", 1)
			case 2:
				l.fact(p.Start, c, bot.FactAnswer, "article:a", 1)
				l.fact(p.Start, c, bot.FactHelped, "article:a", 0)
				l.fact(p.Start, c, bot.FactReopened, "", 1)
			}
		}
	}
	topics := byWord{"late", "tracking"}
	b := feedback.Builder{Sections: feedback.Sections(topics, nil), Now: func() time.Time { return p.End }}
	d, err := b.Build(t.Context(), l, p)
	if err != nil {
		t.Fatal(err)
	}
	numbers := checked(t, b, l, p, d)
	for _, want := range []string{"topic/late", "topic/tracking", "kind/complaint", "mood/negative", "channel/webchat", "volume/messages", "volume/conversations", "reason/asked",
		"helped/article:a", "nothelped/article:a", "fate/confirmed", "fate/assumed", "fate/handed_over", "fate/abandoned", "fate/came_back",
		"day/messages/2026-11-13", "day/negative/2026-11-13", "hour/messages/5-9", "hour/complaints/5-9", "group/delivery", "language/en/late", "through/webchat/late"} {
		if numbers[want] == 0 {
			t.Errorf("nothing leads to %s: %v", want, numbers)
		}
	}
	for _, of := range []string{"", "topic", "topic/", "topic/none", "fate/none", "kind/none", "reason/none", "volume", fmt.Sprint("x/", 1), "day/messages/2026-11-20", "hour/messages/8-1", "hour/messages/1", "hour/none/5-9",
		"desk/none", "queue/handed", "queue/left/5-9", "queue/none/5-9", "queue/taken/2026-11-20T00:00:00Z/2026-11-20T01:00:00Z", "with/rated/none", "risk/none", "wrote/all", "risk/high", "complained/c1", "gap/0", "turns/none", "turns/fallback"} {
		if page, err := b.Behind(t.Context(), l, p, of); !errors.Is(err, feedback.ErrNumber) {
			t.Errorf("%q: %d blocks, %v", of, len(page.Blocks), err)
		}
	}
}

// The same of the desk, of what goes along with unhappiness, of gaps and of customers at risk.
func TestBehindTheDesksNumbers(t *testing.T) {
	p := week(t)
	l := ordinary(p.Start)
	l.presence(p.Start, "lin", bot.Offline, bot.Online, time.Hour)
	l.presence(p.Start.Add(14*time.Hour), "lin", bot.Online, bot.Offline, 14*time.Hour)
	at := p.Start.AddDate(0, 0, 3)
	for i := range 30 { // more than can be taken, in the night without anybody
		l.came(at.Add(time.Duration(9*60+3*i)*time.Minute), time.Duration(i%3)*20*time.Minute)
		l.came(p.Start.Add(time.Duration(9*60+5*i)*time.Minute), time.Duration(5+i)*time.Minute)
	}
	for _, f := range l.facts {
		if f.Name == bot.FactHandoff {
			l.write(f.End.Add(-time.Minute), string(f.Conversation), "a person, please")
		}
	}
	for i := range 40 {
		who := fmt.Sprintf("r%d", i)
		l.write(at.Add(time.Duration(i)*time.Minute), who, []string{"late again", "all is well"}[i%2])
		l.happen(at.Add(2*time.Hour), who, bot.FactCSAT, "", []float64{1, 5, 2, 4, 1, 5, 2, 5, 1, 5, 2, 4, 1, 5, 2, 5, 1, 2, 1, 4}[i%20])
		l.happen(at.Add(2*time.Hour), who, bot.FactNPS, "", float64(i%11))
		l.happen(at.Add(time.Hour), who, bot.FactFirstResponse, "", float64(60*i))
		l.happen(at.Add(3*time.Hour), who, bot.FactResolved, []string{"agent", "bot:assumed"}[i/20], float64(600*i))
		l.happen(at.Add(4*time.Hour), who, bot.FactSLA, "", float64(i%2))
		if i%3 > 0 {
			l.happen(at.Add(5*time.Hour), who, bot.FactReopened, "", float64(60*i))
		}
	}
	for day := range 5 {
		l.write(at.AddDate(0, 0, -day), "angry", "late again")
		l.write(at.Add(time.Duration(day)*time.Minute), fmt.Sprint("asks", day%3), "do you sell kites?")
		l.messages[len(l.messages)-1].Decision = &bot.Decision{Action: bot.ActFallback}
		l.happen(at.Add(time.Duration(day)*time.Minute), fmt.Sprint("asks", day%3), bot.FactTurn, "fallback", 1)
		l.happen(at.Add(time.Duration(day)*time.Minute), fmt.Sprint("asks", day%3), bot.FactFallback, "", 1)
	}
	sortFacts(l)
	topics := byWord{"late", "well"}
	b := feedback.Builder{Sections: feedback.Sections(topics, nil), Now: func() time.Time { return p.End }}
	d, err := b.Build(t.Context(), l, p)
	if err != nil {
		t.Fatal(err)
	}
	all := checked(t, b, l, p, d)
	for _, kind := range []string{"desk/first_response", "desk/waited", "desk/resolution", "desk/reopened", "desk/csat", "desk/nps", "desk/sla", "queue/met", "queue/handed/4-9",
		"queue/handed/2026", "queue/taken/2026", "queue/left/2026", "with/rated/late", "without/rated/late", "gap/", "turns/fallback", "risk/all", "complained/angry"} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(all)), func(of string) bool { return strings.HasPrefix(of, kind) }) {
			t.Errorf("nothing leads to %s", kind)
		}
	}
	if got := metric(t, d, "desk", "digest.desk.resolution"); got.N != 20 {
		t.Errorf("%d resolved by agents, want the 20 of them", got.N)
	}
	if got := metric(t, d, "desk", "digest.desk.reopened"); got.N != 20 || all["desk/reopened"] != 13 {
		t.Errorf("%v reopened of %d, want 13 of 20", all["desk/reopened"], got.N)
	}
}

// write adds one message in a conversation.
func (l *ledger) write(at time.Time, c, text string) {
	id := bot.ConversationID(c)
	l.messages = append(l.messages, bot.Message{ID: bot.MessageID(fmt.Sprintf("%s-%d", c, len(l.messages))), Conversation: id, Direction: bot.Incoming, Lang: nlp.LangEnglish,
		Text: text, At: at, Analysis: &nlp.Analysis{Text: text, Sentiment: nlp.Sentiment{Polarity: nlp.Neutral}}})
	l.conversations = append(l.conversations, bot.Conversation{ID: id, Channel: "webchat", Contact: bot.ContactID(c), CreatedAt: at, UpdatedAt: at})
}

// happen adds a fact.
func (l *ledger) happen(at time.Time, c, name, label string, value float64) {
	l.facts = append(l.facts, bot.Fact{Name: name, Label: label, Value: value, Start: at, End: at, Conversation: bot.ConversationID(c)})
}

// The digest of a file names nothing that cannot be looked up.
func TestNothingStandsBehindAFile(t *testing.T) {
	p := week(t)
	var items []feedback.Item
	for i := range 60 {
		items = append(items, feedback.Item{ID: fmt.Sprint(i), Text: []string{"late again", "fine"}[i%2], Lang: nlp.LangEnglish, Channel: "mail", At: p.Start.AddDate(0, 0, i%14-7).Add(time.Hour), Rating: float64(1 + i%5)})
	}
	d := feedback.FromRows(rowsOf(items, "late"), feedback.Stars, p, p.End)
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), `"behind"`) {
		t.Errorf("%s", raw)
	}
}
