package kb_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"huiyin/kb"
	"huiyin/nlp"
	"huiyin/store/mem"
)

// TestTimetable: whatever an editor publishes, schedules, withdraws and archives while the hours go by, customers get at
// every hour what a plain list of the same acts says: the text that was published last and whose time has come.
func TestTimetable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := noon
		store := mem.New(mem.Options{Now: func() time.Time { return now }})
		s := kb.NewSearcher(kb.Config{Store: store, Tokenizer: letters{}, Index: newMemoryIndex(), Now: func() time.Time { return now }})
		if err := s.Open(t.Context()); err != nil {
			rt.Fatal(err)
		}
		<-s.Ready()
		defer s.Close()
		p := kb.NewPublisher(kb.PublisherConfig{Store: store, Searcher: s, Now: func() time.Time { return now }})
		var live, pending kb.Article // what customers may get, and a change that waits for its hour
		text := func(a kb.Article) string {
			if !a.Live(now) {
				return ""
			}
			return a.Body
		}
		for step := range rapid.IntRange(1, 12).Draw(rt, "steps") {
			stored, err := store.Article(t.Context(), "sale.en")
			if err != nil && !errors.Is(err, kb.ErrNotFound) {
				rt.Fatal(err)
			}
			a := stored
			a.ID, a.Root, a.Lang, a.Title, a.Body = "sale.en", "sale", nlp.LangEnglish, "Is there a summer sale?", fmt.Sprintf("Text %d.", step)
			a.From, a.Until, a.Pending = time.Time{}, time.Time{}, nil
			hours := func(label string) time.Time {
				return now.Add(time.Duration(rapid.IntRange(1, 5).Draw(rt, label)) * time.Hour)
			}
			switch act := rapid.SampledFrom([]string{"publish", "schedule", "until", "archive", "wait", "wait"}).Draw(rt, "act"); act {
			case "publish", "until", "archive":
				a.Status = kb.Published
				if act == "until" {
					a.Until = hours("until")
				}
				if act == "archive" {
					a.Status = kb.Archived
				}
				if _, _, err := p.Save(t.Context(), []kb.Article{a}, kb.Signed{}); err != nil {
					rt.Fatal(err)
				}
				live, pending = a, kb.Article{}
			case "schedule":
				a.Status, a.From = kb.Published, hours("from")
				if stored.Live(now) { // what customers get stays until then
					if _, _, err := p.Propose(t.Context(), a, kb.Signed{}); err != nil {
						rt.Fatal(err)
					}
					pending = a
					break
				}
				if _, _, err := p.Save(t.Context(), []kb.Article{a}, kb.Signed{}); err != nil {
					rt.Fatal(err)
				}
				live, pending = a, kb.Article{}
			case "wait":
				now = hours("hours")
				if pending.Status == kb.Published && !now.Before(pending.From) {
					live, pending = pending, kb.Article{}
				}
				if _, err := p.PublishDue(t.Context()); err != nil {
					rt.Fatal(err)
				}
			}
			got := ""
			if found := search(t, s, "Is there a summer sale?", nlp.LangEnglish); len(found.Hits) > 0 {
				got = found.Hits[0].Text
			}
			if want := text(live); got != want {
				rt.Fatalf("step %d at %v: customers get %q, want %q", step, now, got, want)
			}
		}
	})
}
