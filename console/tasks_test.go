package console_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
)

func TestTasks(t *testing.T) {
	o := open(t)
	task := feedback.Task{Week: "2026-W46", Topic: "late", Name: feedback.Text{EN: "Late <delivery>", ZH: "配送太慢"}, State: feedback.TaskOpen,
		Found: feedback.Tally{Week: "2026-W46", Count: 81, Of: 1000}, Latest: feedback.Tally{Week: "2026-W47", Count: 9, Of: 1000}}
	if err := o.store.SaveTask(t.Context(), task, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	b := o.as("lead")
	_, body := b.do("GET", "/console/digest", nil)
	for _, want := range []string{"Late &lt;delivery&gt;", "8.1% of messages, 81 complaints", "0.9% in 2026-W47 · fell"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	form := url.Values{"week": {"2026-W46"}, "topic": {"late"}, "version": {"1"}, "owner": {"agent"}, "state": {"done"}, "note": {"A second carrier <b>since Tuesday</b>"}}
	status, body := b.do("POST", "/console/digest/tasks", form)
	if status != 200 || !strings.Contains(body, "A second carrier &lt;b&gt;since Tuesday&lt;/b&gt;") {
		t.Fatalf("%d %s", status, body)
	}
	all, err := o.store.Tasks(t.Context())
	if err != nil || len(all) != 1 || all[0].Owner != "agent" || all[0].State != feedback.TaskDone || !all[0].Closed.Equal(o.now) || all[0].By != "lead" {
		t.Fatalf("%+v, %v", all, err)
	}
	if status, _ := b.do("POST", "/console/digest/tasks", form); status != 409 {
		t.Errorf("from a page that is older: %d", status)
	}
	for name, c := range map[string]struct {
		field, value string
		want         int
	}{"an unknown state": {"state", "later", 422}, "a stranger": {"owner", "nobody", 422}, "no version": {"version", "", 422}, "another task": {"topic", "stock", 404}, "a long note": {"note", strings.Repeat("x", 2001), 422}} {
		wrong := url.Values{}
		for k, v := range form {
			wrong[k] = v
		}
		wrong.Set("version", "2")
		wrong.Set(c.field, c.value)
		if status, _ := b.do("POST", "/console/digest/tasks", wrong); status != c.want {
			t.Errorf("%s: %d", name, status)
		}
	}
	form.Set("version", "2")
	form.Set("state", "doing")
	if status, _ := b.do("POST", "/console/digest/tasks", form); status != 200 {
		t.Fatal(status)
	}
	if all, err = o.store.Tasks(t.Context()); err != nil || !all[0].Closed.IsZero() {
		t.Errorf("opened again: %+v, %v", all, err)
	}
	log, err := o.store.Audit(t.Context(), 10)
	if err != nil || log[0].Action != "task.save" || log[0].Actor != "lead" || strings.Contains(log[0].Detail, "carrier") {
		t.Errorf("the log says %+v, %v", log, err)
	}
	if status, _ := o.as("agent").do("POST", "/console/digest/tasks", form); status != 403 {
		t.Errorf("an agent gets %d", status)
	}
}

// Weeks stand side by side once two digests were made, and every share leads to what it counts.
func TestTrendsOfTheArchive(t *testing.T) {
	o := open(t)
	made := time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)
	for week, count := range map[string]string{"2026-W45": "4", "2026-W46": "81"} {
		digest := `{"name":"` + week + `","blocks":[{"section":"changes","elements":[],"counts":[{"topic":"delivery.late","name":{"zh":"配送太慢","en":"Late <delivery>"},"count":` + count + `,"of":1000}]}]}`
		key := feedback.WeeklyRun + week
		if err := errors.Join(o.store.ClaimRun(t.Context(), key, made, time.Minute), o.store.FinishRun(t.Context(), key, made, []byte(digest))); err != nil {
			t.Fatal(err)
		}
	}
	_, body := o.as("lead").do("GET", "/console/digest", nil)
	for _, want := range []string{"Complaints week by week", "Late &lt;delivery&gt;", `<a href="/console/digest/2026-W46/behind?of=topic%2fdelivery.late">8.1%</a>`, `<a href="/console/digest/2026-W45/behind?of=topic%2fdelivery.late">0.4%</a>`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
}
