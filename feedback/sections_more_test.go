package feedback_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/kb"
	"huiyin/nlp"
)

func table(t testing.TB, d feedback.Digest, section, title string) feedback.Table {
	t.Helper()
	for _, e := range block(t, d, section).Elements {
		if e.Table != nil && e.Table.Title.Key == title {
			return *e.Table
		}
	}
	t.Fatalf("no table %s in %s", title, section)
	return feedback.Table{}
}

// Conversations about a topic that end worse than the others are told with effect and interval; a topic that does not
// differ, and one of too few conversations, are not.
func TestDrivers(t *testing.T) {
	monday := week(t).Start
	l := &ledger{}
	l.say(monday, 0, 40, "late")
	l.say(monday, 1, 40, "tracking")
	l.say(monday, 2, 4, "rare")
	for i, m := range l.messages {
		score := 5.0
		if m.Text == "late" && i%4 != 0 || m.Text == "tracking" && i%3 == 0 || m.Text == "rare" {
			score = 1
		}
		l.fact(monday, string(m.Conversation), bot.FactCSAT, "", score)
	}
	rows := table(t, build(t, *l, "late", "tracking", "rare"), "drivers", "digest.drivers.table").Rows
	if len(rows) != 2 || rows[1][0].Name.EN != "late" || rows[0][0].Name.EN != "tracking" {
		t.Fatalf("got %+v", rows)
	}
	say := rows[1][4].Phrase.Values
	diff, low, high := say["diff"].(feedback.Cell).Phrase.Values["n"].(float64), say["low"].(feedback.Cell).Phrase.Values["n"].(float64), say["high"].(feedback.Cell).Phrase.Values["n"].(float64)
	// 30 of 40 against 17 of 44, most of them messages about tracking, which differ for the better.
	if diff != 36.4 || low < 15 || low > 15.5 || high < 53 || high > 53.5 {
		t.Errorf("late: %v (%v to %v)", diff, low, high)
	}
}

// Who complained on several days without an answer, or speaks of leaving, is at risk; one complaint is not enough.
func TestCustomersAtRisk(t *testing.T) {
	monday := week(t).Start
	l := &ledger{}
	add := func(contact string, day int, text string, status bot.Status, flags ...nlp.Flag) {
		at := monday.AddDate(0, 0, day).Add(time.Hour * 10)
		id := bot.ConversationID(fmt.Sprintf("c-%s-%d", contact, day))
		l.messages = append(l.messages, bot.Message{ID: bot.MessageID(id) + "-1", Conversation: id, Direction: bot.Incoming, Text: text, At: at,
			Analysis: &nlp.Analysis{Text: text, Flags: flags}})
		l.conversations = append(l.conversations, bot.Conversation{ID: id, Contact: bot.ContactID(contact), Status: status, CreatedAt: at, UpdatedAt: at})
	}
	add("again", -3, "late", bot.StatusResolved)
	add("again", 1, "late", bot.StatusWaiting)
	add("again", 2, "late", bot.StatusWaiting)
	add("leaves", 3, "late, never again", bot.StatusResolved, nlp.FlagChurn)
	add("once", 4, "late", bot.StatusWaiting)
	add("before", -5, "late", bot.StatusWaiting)
	add("before", -4, "late", bot.StatusWaiting)
	add("before", -3, "late", bot.StatusWaiting)
	add("asks", 5, "question", bot.StatusWaiting, nlp.FlagLegal)
	rows := table(t, build(t, *l, "late"), "risk", "digest.risk.table").Rows
	if len(rows) != 2 || rows[0][0].Link != "c-leaves-3" || rows[0][4].Phrase.Key != "digest.risk.churn" ||
		rows[1][0].Link != "c-again-2" || rows[1][4].Phrase.Key != "digest.risk.again_open" || *rows[1][1].Number != 3 {
		t.Errorf("got %+v", rows)
	}
}

// What rose last week is followed up: it fell.
func TestLastWeeksFindingsAreFollowedUp(t *testing.T) {
	monday := week(t).Start
	l := &ledger{}
	for day := -14; day < 7; day++ {
		l.say(monday, day, 40, "question")
		l.say(monday, day, 1, "late")
		if day >= -7 && day < 0 {
			l.say(monday, day, 9, "late")
		}
	}
	rows := table(t, build(t, *l, "late"), "loop", "digest.loop.table").Rows
	if len(rows) != 1 || rows[0][0].Name.EN != "late" || rows[0][4].Phrase.Key != "digest.loop.better" || *rows[0][2].Number < 0.19 {
		t.Errorf("got %+v", rows)
	}
}

// A desk's promises are counted against all that were made, and a change of waiting or rating is real only when the whole
// distributions differ by more than chance.
func TestDeskChanges(t *testing.T) {
	monday := week(t).Start
	l := &ledger{}
	for i := range 12 {
		c := fmt.Sprint("c", i)
		for _, at := range []time.Time{monday.AddDate(0, 0, -7), monday} {
			slower := 0.0
			if at.Equal(monday) {
				slower = 300
			}
			l.fact(at, c, bot.FactClaimed, "", float64(60+i)+slower)
			l.fact(at, c, bot.FactFirstResponse, "", float64(90+i)) // as before
			l.fact(at, c, bot.FactCSAT, "", float64(3+i%2))
		}
		if i < 8 {
			l.fact(monday, c, bot.FactSLA, "first_reply", float64(i%4/3)) // two of eight
		}
	}
	l.fact(monday.AddDate(0, 0, -7), "c1", bot.FactSLA, "first_reply", 1)
	d := build(t, *l)
	for _, c := range []struct {
		key           string
		value, before float64
		n, beforeN    int
		real          bool
	}{
		{"waited", 365.5, 65.5, 12, 12, true},
		{"first_response", 95.5, 95.5, 12, 12, false},
		{"csat", 3.5, 3.5, 12, 12, false},
		{"sla", 0.25, 1, 8, 1, false},
	} {
		m := metric(t, d, "desk", "digest.desk."+c.key)
		if m.Value != c.value || m.N != c.n || m.Change == nil || m.Change.Before != c.before || m.Change.BeforeN != c.beforeN || m.Change.Real != c.real {
			t.Errorf("%s: %v of %d, %+v; want %v of %d, before %v of %d, real %v", c.key, m.Value, m.N, m.Change, c.value, c.n, c.before, c.beforeN, c.real)
		}
	}
}

// The net promoter score is counted in whole numbers with a sign, not as a rating.
func TestDeskNetScore(t *testing.T) {
	at := week(t).Start.Add(time.Hour)
	l := ledger{}
	for i, score := range []float64{10, 9, 3, 8} {
		l.facts = append(l.facts, bot.Fact{Name: bot.FactNPS, Value: score, Start: at, End: at.Add(time.Duration(i) * time.Minute)})
	}
	if m := metric(t, build(t, l), "desk", "digest.desk.nps"); m.Unit != feedback.Net || m.Value != 25 || m.N != 4 {
		t.Errorf("got %+v, want 25 of 4", m)
	}
}

// library is a ledger that has articles.
type library struct {
	*ledger
	titles map[kb.ArticleID]string
}

func (s library) Article(_ context.Context, id kb.ArticleID) (kb.Article, error) {
	if title, ok := s.titles[id]; ok {
		root, lang, _ := strings.Cut(string(id), ".")
		return kb.Article{ID: id, Title: title, Root: kb.RootID(root), Lang: nlp.Lang(lang)}, nil
	}
	return kb.Article{}, kb.ErrNotFound
}

func (s library) Articles(ctx context.Context) (all []kb.Article, err error) {
	for _, id := range slices.Sorted(maps.Keys(s.titles)) {
		a, err := s.Article(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// An article is named in the reader's language where it has a translation, and which one is meant is said.
func TestArticlesAreNamedInTheReadersLanguage(t *testing.T) {
	p := week(t)
	l := &ledger{}
	for _, label := range []string{"article:back.zh", "article:back.zh", "article:back.zh", "article:back.en", "article:back.en", "article:alone.en"} {
		l.fact(p.Start, "c", bot.FactHelped, label, 1)
	}
	d, err := feedback.Builder{Sections: feedback.Sections(byWord{}, nil), Now: func() time.Time { return p.End }}.Build(t.Context(),
		library{l, map[kb.ArticleID]string{"back.zh": "退货", "back.en": "Returning goods", "alone.en": "Lamps"}}, p)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range table(t, d, "bot", "digest.bot.helped").Rows {
		title, _ := row[0].Phrase.Values["title"].(feedback.Text)
		got = append(got, row[0].Text+" "+row[0].Phrase.Key+" "+title.ZH+"/"+title.EN)
	}
	if !slices.Equal(got, []string{"退货 digest.answer.zh 退货/Returning goods", "Returning goods digest.answer.en 退货/Returning goods", "Lamps digest.answer.en Lamps/Lamps"}) {
		t.Errorf("%q", got)
	}
}

// Articles that helped are named by their titles; one that is gone by its id.
func TestHelpedArticlesAreNamedByTitle(t *testing.T) {
	p := week(t)
	l := &ledger{}
	for _, label := range []string{"article:kb-7.en", "article:kb-7.en", "article:gone", "intent:invoice"} {
		l.fact(p.Start, "c", bot.FactHelped, label, 1)
	}
	d, err := feedback.Builder{Sections: feedback.Sections(byWord{}, nil), Now: func() time.Time { return p.End },
		Titled: func(label string) feedback.Text {
			return map[string]feedback.Text{"intent:invoice": {ZH: "开发票", EN: "An invoice"}}[label]
		}}.Build(t.Context(), library{l, map[kb.ArticleID]string{"kb-7.en": "How to return goods"}}, p)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range table(t, d, "bot", "digest.bot.helped").Rows {
		name := row[0].Text
		if row[0].Name != nil {
			name = row[0].Name.EN
		}
		got = append(got, name)
	}
	if !slices.Equal(got, []string{"How to return goods", "gone", "An invoice"}) {
		t.Errorf("%q", got)
	}
}
