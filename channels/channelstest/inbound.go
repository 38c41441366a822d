package channelstest

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/internal/config"
)

func (s Suite) testSettings(t *testing.T) {
	n := NewNetwork()
	p := s.Start(t, n)
	make := func(decode func(any) error) error {
		d := channels.Deps{Inbox: bot.Inbox{ID: inbox}, Now: time.Now, Client: n.Client(t), Feed: NewIntake(), Public: Public}
		if s.Deps != nil {
			s.Deps(p, &d)
		}
		_, err := s.Driver.New(decode, d)
		return err
	}
	if err := make(Decode(t, p.Settings())); err != nil {
		t.Errorf("good settings: %v", err)
	}
	if err := make(Decode(t, p.Settings()+"\nnobody_knows = 1\n")); err == nil || !strings.Contains(err.Error(), "nobody_knows") {
		t.Errorf("an unknown key: %v", err)
	}
	t.Run("sample", func(t *testing.T) {
		err := make(sample(t, s.Driver))
		if err == nil && len(s.Missing) > 0 {
			t.Fatal("the sample works without secrets")
		}
		for _, want := range s.Missing {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("nothing about %q in: %v", want, err)
			}
		}
		if err != nil && len(strings.Split(err.Error(), "\n")) > len(s.Missing) {
			t.Errorf("the sample lacks more than its secrets: %v", err)
		}
	})
	for _, bad := range s.Bad {
		t.Run(bad.Name, func(t *testing.T) {
			key, _, _ := strings.Cut(bad.TOML, " ")
			var kept []string
			for line := range strings.Lines(p.Settings()) {
				if k, _, _ := strings.Cut(line, " "); k != key {
					kept = append(kept, line)
				}
			}
			err := make(Decode(t, strings.Join(kept, "")+"\n"+bad.TOML+"\n"))
			if err == nil || !strings.Contains(err.Error(), bad.Want) {
				t.Fatalf("err = %v, want %q in it", err, bad.Want)
			}
			for _, secret := range p.Secrets() {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("a secret is in the error: %v", err)
				}
			}
		})
	}
}

// sample reads the table of a sample configuration, as the program does.
func sample(t *testing.T, d channels.Driver) func(any) error {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sample.toml")
	if err := os.WriteFile(name, []byte(d.Sample), 0o600); err != nil {
		t.Fatal(err)
	}
	var file struct {
		Inbox []struct {
			ID       string           `toml:"id"`
			Channel  string           `toml:"channel"`
			Name     string           `toml:"name"`
			Lang     string           `toml:"lang"`
			Settings config.Primitive `toml:"settings"`
		} `toml:"inbox"`
	}
	f, err := config.Load(name, &file)
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Inbox) != 1 || file.Inbox[0].Channel != d.Name {
		t.Fatalf("the sample is not one inbox of channel %q", d.Name)
	}
	return func(into any) error {
		if err := f.Decode(file.Inbox[0].Settings, into); err != nil {
			return err
		}
		return f.Unknown()
	}
}

func (r *Rig) testStops() {
	r.Start()
	r.Stop()
	r.Open()
	r.Start()
	r.Pass(3 * time.Hour)
	r.Stop()
	if events := r.Intake.Events(); len(events) != 0 {
		r.Errorf("events out of nothing: %+v", events)
	}
}

func (r *Rig) testInbound() {
	r.Start()
	before := time.Now()
	texts := []string{marker + " 我的订单在哪里？", "  Where & <why> *now* _x_ ~y~ `z` :smile: 👨‍👩‍👧 " + marker, marker + "\nsecond line"}
	if r.Suite.Without[Multiline] != "" {
		texts = texts[:2]
	}
	for _, text := range texts {
		r.Platform.Say(text)
		r.Pass(time.Second)
	}
	events := r.Intake.Events()
	if len(events) != len(texts) {
		r.Fatalf("%d events, want %d", len(events), len(texts))
	}
	ids := map[string]bool{}
	for i, e := range events {
		ids[e.SourceID] = true
		if e.Kind != bot.KindMessage || e.Inbox != inbox || e.Thread != r.Platform.Thread() || strings.TrimSpace(e.Text) != strings.TrimSpace(texts[i]) {
			r.Errorf("event %d: %+v", i, e)
		}
		if e.From.SourceID == "" || e.At.Before(before.Add(-time.Minute)) || e.At.After(time.Now().Add(time.Minute)) {
			r.Errorf("event %d: from %+v at %v", i, e.From, e.At)
		}
	}
	if len(ids) != len(texts) {
		r.Errorf("the events have not got names of their own: %v", ids)
	}
	if n := r.Platform.Waiting(); n != 0 {
		r.Errorf("%d events are not acknowledged", n)
	}
}

func (r *Rig) testOrder() {
	r.Start()
	if p, ok := r.Platform.(interface{ RetriesOutOfOrder() bool }); !ok || !p.RetriesOutOfOrder() {
		r.Intake.Refuse(nil, nil, bot.ErrBusy, bot.ErrBusy, nil, bot.ErrBusy)
	}
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprint(marker, i))
		r.Platform.Say(want[i])
	}
	r.Pass(time.Hour)
	var got []string
	for _, e := range r.Intake.Events() {
		if !slices.Contains(got, e.Text) {
			got = append(got, e.Text)
		}
	}
	if !slices.Equal(got, want) {
		r.Errorf("order of events:\n%v", got)
	}
}

func (r *Rig) testRepeated() {
	r.needs(Repeating)
	r.Start()
	r.Platform.Say(marker + "once")
	for range 4 {
		r.Pass(time.Second)
		r.Platform.Repeat()
	}
	r.Pass(time.Hour)
	events := r.Intake.Events()
	if len(events) < 2 {
		r.Fatalf("%d events: the platform did not repeat anything", len(events))
	}
	for _, e := range events {
		if e.SourceID != events[0].SourceID {
			r.Errorf("a repetition is named %q, the first %q", e.SourceID, events[0].SourceID)
		}
	}
	if n := r.Platform.Waiting(); n != 0 {
		r.Errorf("%d events are not acknowledged", n)
	}
}

// testRefused: what is not stored is not acknowledged, and comes again.
func (r *Rig) testRefused() {
	r.needs(Repeating)
	r.Start()
	r.Intake.Refuse(bot.ErrBusy, errors.New("disk full"), bot.ErrBusy)
	release := r.Intake.Block()
	r.Platform.Say(marker)
	r.Pass(10 * time.Millisecond)
	if r.Platform.Waiting() != 1 {
		r.Error("acknowledged while the handler was still writing")
	}
	release()
	r.Pass(10 * time.Minute)
	events := r.Intake.Events()
	if len(events) == 0 {
		r.Fatal("the event is lost")
	}
	for _, e := range events {
		if e.SourceID != events[0].SourceID || e.Text != marker {
			r.Errorf("came again as %+v", e)
		}
	}
	r.Pass(time.Hour)
	if n := r.Platform.Waiting(); n != 0 {
		r.Errorf("%d events are not acknowledged", n)
	}
}

// testKilledBeforeAcknowledging: the process dies while it stores an event; the next one gets it again.
func (r *Rig) testKilledBeforeAcknowledging() {
	r.needs(Repeating)
	r.Start()
	release := r.Intake.Block()
	r.Platform.Say(marker + "1")
	r.Pass(10 * time.Millisecond)
	r.Net.Down(host)
	_ = r.stop() // killed: whatever it says
	release()
	r.Platform.Say(marker + "2")
	r.Pass(time.Minute)
	first := len(r.Intake.Events())
	r.Open()
	r.Start()
	r.Pass(time.Hour)
	var texts []string
	for _, e := range r.Intake.Events()[first:] {
		if !slices.Contains(texts, e.Text) {
			texts = append(texts, e.Text)
		}
	}
	slices.Sort(texts) // platforms repeat events in an order of their own
	if want := []string{marker + "1", marker + "2"}; !slices.Equal(texts, want) {
		r.Errorf("after the restart: %v, want %v", texts, want)
	}
}

// testOutage: the platform cannot be reached for a while.
func (r *Rig) testOutage() {
	for _, name := range r.Net.Hosts() {
		r.Net.Down(name)
	}
	r.Start()
	r.Pass(10 * time.Minute)
	for _, name := range r.Net.Hosts() {
		r.Net.Up(name)
	}
	r.Pass(10 * time.Minute)
	r.Platform.Say(marker)
	r.Pass(10 * time.Minute)
	if n := len(r.Intake.Events()); n != 1 {
		r.Errorf("%d events after the outage, want 1", n)
	}
	if lines := strings.Count(r.Logs.String(), "\n"); lines > 100 {
		r.Errorf("%d lines of log about one outage", lines)
	}
}

func (r *Rig) testWebhook() {
	p, ok := r.Platform.(Pusher)
	if !ok {
		r.Skip("events do not come by webhook")
	}
	r.Start()
	for _, tc := range []struct {
		name      string
		method    string
		body      []byte
		authentic bool
		want      int
	}{
		{"forged", http.MethodPost, []byte("{}"), false, http.StatusUnauthorized},
		{"forged and not even JSON", http.MethodPost, []byte("\xff\x00"), false, http.StatusUnauthorized},
		{"not a POST", http.MethodGet, nil, true, http.StatusMethodNotAllowed},
		{"oversized", http.MethodPost, bytes.Repeat([]byte("x"), 3<<20), true, http.StatusRequestEntityTooLarge},
	} {
		if got := p.Push(tc.method, tc.body, tc.authentic); got != tc.want {
			r.Errorf("%s: status %d, want %d", tc.name, got, tc.want)
		}
	}
	if events := r.Intake.Events(); len(events) != 0 {
		r.Fatalf("stored %+v", events)
	}
	for _, body := range []string{"not JSON " + marker, `{"type":"nobody_knows","` + marker + `":1}`} {
		before := len(r.Intake.Events())
		for range 2 {
			if got := p.Push(http.MethodPost, []byte(body), true); got != http.StatusOK {
				r.Errorf("authentic but unreadable: status %d, want 200, or the platform sends it for ever", got)
			}
		}
		events := r.Intake.Events()[before:]
		if len(events) != 2 || events[0].Kind != bot.KindUnknown || string(events[0].Raw) != body || events[0].SourceID != events[1].SourceID {
			r.Errorf("kept as %+v", events)
		}
	}
	r.Intake.Refuse(bot.ErrBusy)
	if got := p.Push(http.MethodPost, []byte(`{"type":"nobody_knows"}`), true); got != http.StatusServiceUnavailable {
		r.Errorf("while the store is busy: status %d, want 503", got)
	}
}
