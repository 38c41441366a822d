package feedback

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// A sheet gives back every row and every fact as they were, zones of times, marks and personal data included.
func TestSheet(t *testing.T) {
	at := time.Date(2026, 11, 9, 8, 30, 0, 123_000_000, time.UTC)
	shanghai := time.FixedZone("", 8*3600)
	rows := []row{
		{id: "c1-1", conversation: "c1", contact: "p1", channel: "webchat", lang: "zh", at: at, text: "我的电话 13812345678", spoken: true, fallback: true, analysed: true, same: true,
			polarity: nlp.Negative, score: -0.7, flags: []nlp.Flag{nlp.FlagLegal, nlp.FlagChurn}, pii: []nlp.PII{{Span: nlp.Span{Start: 13, End: 24}, Kind: nlp.PIIPhone}}, reading: "\x00\xff reading"},
		{id: "c1-2", conversation: "c1", contact: "p1", channel: "webchat", at: at.In(shanghai).Add(time.Minute), text: ""},
		{id: "of another form", conversation: "c2", contact: "c2", at: at.Add(-time.Hour), text: "a", analysed: true},
	}
	facts := []bot.Fact{
		{Name: bot.FactHelped, Value: 1, Label: "intent:refund", End: at, Conversation: "c1", Agent: "lin"},
		{Name: bot.FactResolved, Value: 600.5, End: at.Add(time.Hour).In(shanghai)},
	}
	w := newSheetWriter()
	for i := range rows {
		w.row(&rows[i])
	}
	for i := range facts {
		w.fact(&facts[i])
	}
	got, events, err := openSheet(string(w.bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if !got[i].at.Equal(rows[i].at) || got[i].at.Format(time.RFC3339Nano) != rows[i].at.Format(time.RFC3339Nano) {
			t.Errorf("row %d was written at %s, read at %s", i, rows[i].at, got[i].at)
		}
		got[i].at, rows[i].at = time.Time{}, time.Time{}
	}
	if !reflect.DeepEqual(got, rows) {
		t.Errorf("rows\n%+v\nbecame\n%+v", rows, got)
	}
	for i, f := range facts {
		e := events[i]
		if e.name != f.Name || e.value != f.Value || e.label != f.Label || e.conversation != f.Conversation || e.agent != f.Agent || !e.end.Equal(f.End) {
			t.Errorf("fact %+v became %+v", f, e)
		}
	}
}

// Whatever the bytes of a sheet are, it is read or refused as a whole.
func FuzzSheet(f *testing.F) {
	w := newSheetWriter()
	w.row(&row{id: "c-1", conversation: "c", text: "hi", analysed: true, flags: []nlp.Flag{nlp.FlagLegal}, pii: []nlp.PII{{Kind: "email"}}})
	w.fact(&bot.Fact{Name: "n"})
	f.Add(w.bytes())
	f.Add([]byte{sheetForm, 0, 0, 0})
	f.Add([]byte{sheetForm, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, facts, err := openSheet(string(data))
		if err != nil && len(rows)+len(facts) > 0 {
			t.Fatal("parts of a sheet that was refused were kept")
		}
		for i := range rows {
			if a := rows[i].analysis(); a != nil {
				_ = nlp.MaskIn(rows[i].text, a) // no span leads out of the text
			}
		}
	})
}

func TestSheetHour(t *testing.T) {
	zone := time.FixedZone("", 5*3600+45*60)
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 11, 9, 0, 0, 0, 0, zone), "2026-11-08T18:00:00Z"}, // a day in Nepal begins within an hour
		{time.Date(2026, 11, 9, 8, 59, 59, 999, time.UTC), "2026-11-09T08:00:00Z"},
		{time.Date(1969, 12, 31, 23, 30, 0, 0, time.UTC), "1969-12-31T23:00:00Z"},
	} {
		if got := fmt.Sprint(sheetHour(c.at).Format(time.RFC3339)); got != c.want {
			t.Errorf("%s lies in the hour of %s, want %s", c.at, got, c.want)
		}
	}
}
