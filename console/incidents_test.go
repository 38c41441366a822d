package console_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// announce posts an incident about late parcels, and returns it as stored.
func announce(t *testing.T, o *office, b *browser, edit func(url.Values)) (int, string, []bot.Incident) {
	t.Helper()
	form := url.Values{"about": {"topic:delivery.late"}, "zh": {"仓库正在搬家"}, "en": {"The warehouse is <b>moving</b>"}}
	edit(form)
	status, body := b.do("POST", "/console/incidents", form)
	all, err := o.store.Incidents(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return status, body, all
}

func TestAnnounceAndLift(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusBot, "where is my parcel")
	o.talk("c2", "Bo", bot.StatusAgent, "where is my parcel")
	b := o.as("lead")
	status, body, all := announce(t, o, b, func(url.Values) {})
	if status != 200 || len(all) != 1 || all[0].By != "lead" || !strings.Contains(body, "The warehouse is &lt;b&gt;moving&lt;/b&gt;") || !strings.Contains(body, "Late delivery") {
		t.Fatalf("%d, %+v, %s", status, all, body)
	}
	for _, id := range []bot.ConversationID{"c1", "c2"} { // both were told of it
		conv, err := o.store.Conversation(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		list, err := o.store.Messages(t.Context(), id, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		list[0].Decision = &bot.Decision{Action: bot.ActIncident, Incident: all[0].ID}
		fact := bot.Fact{Name: bot.FactIncident, Label: all[0].ID, Start: o.now, End: o.now, Conversation: id}
		if err := o.store.Save(t.Context(), bot.Change{Conversation: conv, Messages: list, Facts: []bot.Fact{fact}}); err != nil {
			t.Fatal(err)
		}
	}
	_, body = b.do("GET", "/console/incidents", nil)
	for _, want := range []string{"2 people asked", "1 can be told when it&#39;s over", "1 with a colleague"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	status, body = b.do("POST", "/console/incidents/"+all[0].ID+"/lift", url.Values{"en": {"It has moved."}})
	if status != 200 || !strings.Contains(body, "One person has been told") || !strings.Contains(body, "No known incidents") {
		t.Errorf("%d %s", status, body)
	}
	for id, told := range map[bot.ConversationID]bool{"c1": true, "c2": false} {
		list, err := o.store.Messages(t.Context(), id, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		last := list[len(list)-1]
		if got := last.Direction == bot.Outgoing && strings.Contains(last.Text, "It has moved."); got != told {
			t.Errorf("%s: %q", id, last.Text)
		}
	}
}

func TestIncidentsThatAreNotTaken(t *testing.T) {
	o := open(t)
	b := o.as("lead")
	for name, edit := range map[string]func(url.Values){
		"one language":   func(f url.Values) { f.Del("zh") },
		"about nothing":  func(f url.Values) { f.Set("about", "") },
		"an end behind":  func(f url.Values) { f.Set("until", "2026-11-20T08:59") },
		"an end unread":  func(f url.Values) { f.Set("until", "tomorrow") },
		"a version":      func(f url.Values) { f.Set("version", "x") },
		"a foreign kind": func(f url.Values) { f.Set("about", "person:ada") },
	} {
		status, body, all := announce(t, o, b, edit)
		if status != 422 || len(all) != 0 || !strings.Contains(body, "write it in both languages") || !strings.Contains(body, "The warehouse is") {
			t.Errorf("%s: %d, %d stored", name, status, len(all))
		}
	}
	if _, body := b.do("GET", "/console/incidents?topic=delivery.late", nil); !strings.Contains(body, `value="topic:delivery.late" selected`) {
		t.Error("an alarm's topic is not chosen")
	}
	if status, _, all := announce(t, o, b, func(f url.Values) { f.Set("until", "2026-11-20T18:00") }); status != 200 || len(all) != 1 || !all[0].Until.Equal(time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)) {
		t.Errorf("%d %+v", status, all)
	}
	if status, _, all := announce(t, o, b, func(f url.Values) { f.Set("id", "gone"); f.Set("version", "1") }); status != 404 || len(all) != 1 {
		t.Errorf("one that is not there: %d", status)
	}
	if status, _ := b.do("POST", "/console/incidents/gone/lift", url.Values{}); status != 404 {
		t.Errorf("lifting one that is not there: %d", status)
	}
	if status, _ := o.as("agent").do("GET", "/console/incidents", nil); status != 403 {
		t.Errorf("an agent gets %d", status)
	}
}
