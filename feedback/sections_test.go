package feedback_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/nlp"
)

// ledger is a source in memory.
type ledger struct {
	messages      []bot.Message
	facts         []bot.Fact
	conversations []bot.Conversation
	broken        error
}

// all yields what happened in [from, to), in order of time.
func all[T any](l ledger, values []T, at func(T) time.Time, from, to time.Time) iter.Seq2[T, error] {
	values = slices.SortedStableFunc(slices.Values(values), func(a, b T) int { return at(a).Compare(at(b)) })
	return func(yield func(T, error) bool) {
		for _, v := range values {
			if t := at(v); !t.Before(from) && t.Before(to) && !yield(v, nil) {
				return
			}
		}
		if l.broken != nil {
			var none T
			yield(none, l.broken)
		}
	}
}

func (l ledger) MessagesBetween(_ context.Context, from, to time.Time) iter.Seq2[bot.Message, error] {
	return all(l, l.messages, func(m bot.Message) time.Time { return m.At }, from, to)
}

func (l ledger) Facts(_ context.Context, from, to time.Time) iter.Seq2[bot.Fact, error] {
	return all(l, l.facts, func(f bot.Fact) time.Time { return f.End }, from, to)
}

func (l ledger) ConversationsBetween(_ context.Context, from, to time.Time) iter.Seq2[bot.Conversation, error] {
	return all(l, l.conversations, func(c bot.Conversation) time.Time { return c.UpdatedAt }, from, to)
}

// byWord assigns a topic to messages that name it; all of them complain.
type byWord []string

func (b byWord) Pile() feedback.Pile { return &wordPile{words: b} }

type wordPile struct {
	words []string
	about []feedback.Assignment
}

func (p *wordPile) Read(items []feedback.Item) func() {
	return func() {
		for _, it := range items {
			var a feedback.Assignment
			if strings.Contains(it.Text, "about nothing") {
				a.Complaint = true
			}
			for _, word := range p.words {
				if strings.Contains(it.Text, word) {
					name := feedback.Text{EN: word, ZH: word}
					a = feedback.Assignment{Topic: word, Name: name, Complaint: true, Group: "delivery", GroupName: feedback.Text{EN: "Delivery", ZH: "配送"}}
				}
			}
			p.about = append(p.about, a)
		}
	}
}

func (p *wordPile) Assign(context.Context) error    { return nil }
func (p *wordPile) About(i int) feedback.Assignment { return p.about[i] }

// say adds n messages on a day of the week (0 is Monday of the reported one), each in its own conversation.
func (l *ledger) say(monday time.Time, day, n int, text string) {
	for i := range n {
		at := monday.AddDate(0, 0, day).Add(time.Duration(9*60+i%600) * time.Minute)
		id := bot.ConversationID(fmt.Sprintf("c%d", len(l.messages)))
		l.messages = append(l.messages, bot.Message{ID: bot.MessageID(id) + "-1", Conversation: id, Direction: bot.Incoming, Lang: nlp.LangEnglish,
			Text: text, At: at, Analysis: &nlp.Analysis{Text: text, Sentiment: nlp.Sentiment{Polarity: nlp.Neutral}}})
		l.conversations = append(l.conversations, bot.Conversation{ID: id, Channel: "webchat", CreatedAt: at, UpdatedAt: at})
	}
}

func week(t testing.TB) feedback.Period {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	p, err := feedback.Week("2026-W46", zone)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func build(t testing.TB, l ledger, words ...string) feedback.Digest {
	t.Helper()
	p := week(t)
	d, err := feedback.Builder{Sections: feedback.Sections(byWord(words), nil), Now: func() time.Time { return p.End.Add(time.Hour) }}.Build(context.Background(), l, p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func block(t testing.TB, d feedback.Digest, name string) feedback.Block {
	t.Helper()
	for _, b := range d.Blocks {
		if b.Section == name {
			return b
		}
	}
	t.Fatalf("no section %s", name)
	return feedback.Block{}
}

func metric(t testing.TB, d feedback.Digest, section, key string) feedback.Metric {
	t.Helper()
	for _, e := range block(t, d, section).Elements {
		if e.Metric != nil && e.Metric.Name.Key == key {
			return *e.Metric
		}
	}
	t.Fatalf("no metric %s in %s", key, section)
	return feedback.Metric{}
}

func headline(t testing.TB, d feedback.Digest) []feedback.Phrase {
	t.Helper()
	var out []feedback.Phrase
	for _, e := range block(t, d, "headline").Elements {
		out = append(out, *e.Sentence)
	}
	if len(out) != 3 {
		t.Fatalf("%d sentences in the headline", len(out))
	}
	return out
}

// Two ordinary weeks: the words of the two topics and everything else, the same every day.
func ordinary(monday time.Time) *ledger {
	l := &ledger{}
	for day := -7; day < 7; day++ {
		l.say(monday, day, 1, "late")
		l.say(monday, day, 1, "tracking")
		l.say(monday, day, 40, "question")
	}
	return l
}

func TestAQuietWeekRaisesNoAlarm(t *testing.T) {
	d := build(t, *ordinary(week(t).Start), "late", "tracking")
	got := headline(t, d)
	if got[0].Key != "digest.headline.no_worse" || got[1].Key != "digest.headline.no_better" {
		t.Errorf("got %v", got)
	}
	for _, b := range d.Blocks {
		for _, e := range b.Elements {
			if e.Metric != nil && e.Metric.Change != nil && e.Metric.Change.Real {
				t.Errorf("%s changed for real", e.Metric.Name.Key)
			}
		}
	}
}

// A crisis of one topic is the first sentence, with its messages and its first day.
func TestACrisisIsTheFirstSentence(t *testing.T) {
	monday := week(t).Start
	l := ordinary(monday)
	for day := 3; day < 7; day++ {
		l.say(monday, day, 12, "late")
	}
	got := headline(t, build(t, *l, "late", "tracking"))[0]
	if got.Key != "digest.topics.worse" || got.Values["topic"] != (feedback.Text{EN: "late", ZH: "late"}) ||
		got.Values["n"] != 7+48 || got.Values["people"] != 7+48 || got.Values["since"] != "2026-11-12" {
		t.Errorf("got %+v", got)
	}
}

// A crisis that shows in two topics of one group is told as one.
func TestACrisisOfAGroupIsOneSentence(t *testing.T) {
	monday := week(t).Start
	l := ordinary(monday)
	for day := 3; day < 7; day++ {
		l.say(monday, day, 12, "late")
		l.say(monday, day, 9, "tracking")
	}
	got := headline(t, build(t, *l, "late", "tracking"))[0]
	if got.Values["topic"] != (feedback.Text{EN: "Delivery", ZH: "配送"}) || got.Values["n"] != 14+48+36 || got.Values["since"] != "2026-11-12" {
		t.Errorf("got %+v", got)
	}
}

func TestWhatWentAwayIsTold(t *testing.T) {
	monday := week(t).Start
	l := ordinary(monday)
	l.say(monday, -3, 60, "late")
	got := headline(t, build(t, *l, "late", "tracking"))
	if got[0].Key != "digest.headline.no_worse" || got[1].Key != "digest.topics.better" || got[1].Values["n"] != 7 {
		t.Errorf("got %+v", got)
	}
}

// fact adds one to a conversation of the reported week.
func (l *ledger) fact(monday time.Time, c, name, label string, value float64) {
	at := monday.AddDate(0, 0, 2).Add(time.Hour)
	l.facts = append(l.facts, bot.Fact{Name: name, Label: label, Value: value, Start: at, End: at, Conversation: bot.ConversationID(c)})
}

// Silence is not success: what was confirmed, assumed, left and handed over is counted apart.
func TestContainmentIsSplitHonestly(t *testing.T) {
	monday := week(t).Start
	l := &ledger{}
	for _, c := range []string{"confirmed", "assumed", "abandoned", "unhelped", "handed"} {
		l.fact(monday, c, bot.FactTurn, "answer", 1)
	}
	for _, c := range []string{"confirmed", "assumed", "unhelped", "handed"} {
		l.fact(monday, c, bot.FactAnswer, "article:returns", 1)
	}
	l.fact(monday, "abandoned", bot.FactFallback, "", 1)
	l.fact(monday, "confirmed", bot.FactHelped, "article:returns", 1)
	l.fact(monday, "unhelped", bot.FactHelped, "article:returns", 0)
	l.fact(monday, "handed", bot.FactHandoff, "asked", 1)
	l.fact(monday, "assumed", bot.FactReopened, "", 60)
	d := build(t, *l)
	for key, want := range map[string]float64{"confirmed": 0.2, "assumed": 0.4, "abandoned": 0.2, "handed_over": 0.2, "came_back": 0.2, "fallback": 0.2} {
		if m := metric(t, d, "bot", "digest.bot."+key); math.Abs(m.Value-want) > 1e-9 || m.N != 5 {
			t.Errorf("%s: %v of %d, want %v of 5", key, m.Value, m.N, want)
		}
	}
}

func TestDeskTimes(t *testing.T) {
	monday := week(t).Start
	l := &ledger{}
	for i, seconds := range []float64{30, 60, 90, 120, 600} {
		c := fmt.Sprint("c", i)
		l.fact(monday, c, bot.FactFirstResponse, "", seconds)
		l.fact(monday, c, bot.FactResolved, "agent", 10*seconds)
		l.fact(monday, c, bot.FactCSAT, "", float64(1+i))
		l.fact(monday, c, bot.FactNPS, "", float64(6+i)) // one detractor, two promoters
	}
	l.fact(monday, "c0", bot.FactReopened, "", 60)
	d := build(t, *l)
	for key, want := range map[string]float64{"first_response": 90, "first_response_90": 408, "resolution": 900, "reopened": 0.2, "csat": 3, "nps": 20} {
		if m := metric(t, d, "desk", "digest.desk."+key); math.Abs(m.Value-want) > 1e-9 || m.N != 5 {
			t.Errorf("%s: %v of %d, want %v of 5", key, m.Value, m.N, want)
		}
	}
}

func TestVolumeAndGaps(t *testing.T) {
	monday := week(t).Start
	l := &ledger{}
	l.say(monday, -2, 3, "earlier")
	l.say(monday, 0, 4, "hello")
	l.say(monday, 6, 2, "Do you ship to Mars? Mail me: li.lei@example.com")
	for i := range l.messages {
		if strings.Contains(l.messages[i].Text, "Mars") {
			l.messages[i].Decision = &bot.Decision{Action: bot.ActFallback}
			l.messages[i].Analysis = nil
		}
	}
	d := build(t, *l)
	if m := metric(t, d, "volume", "digest.volume.messages"); m.Value != 6 || m.Change.Before != 3 {
		t.Errorf("messages %+v", m)
	}
	for _, e := range block(t, d, "volume").Elements {
		if e.Heat != nil && (e.Heat.Counts[0][9] != 4 || e.Heat.Counts[6][9] != 2) {
			t.Errorf("heat %v", e.Heat.Counts)
		}
	}
	rows := block(t, d, "gaps").Elements[0].Table.Rows
	if len(rows) != 1 || !strings.Contains(rows[0][0].Text, "Mars") || strings.Contains(rows[0][0].Text, "li.lei") || *rows[0][1].Number != 2 {
		t.Errorf("gaps %+v", rows)
	}
}

// A week with one harmless message is a digest with three sentences that claim nothing.
func TestAWeekOfOneMessageIsADigest(t *testing.T) {
	var l ledger
	l.say(week(t).Start, 1, 1, "hello")
	d := build(t, l, "late")
	if len(d.Blocks) != 11 || headline(t, d)[2].Key != "digest.headline.no_to_do" {
		t.Errorf("%d blocks, %v", len(d.Blocks), headline(t, d))
	}
}

func TestABrokenSourceIsAnError(t *testing.T) {
	broken := errors.New("disk gone")
	p := week(t)
	_, err := feedback.Builder{Sections: feedback.Sections(byWord{}, nil), Now: time.Now}.Build(context.Background(), ledger{broken: broken}, p)
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
