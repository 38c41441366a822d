package main

import (
	"bytes"
	"encoding/json"
	"sync/atomic"
	"testing"
)

// TestBenchDesk measures for two seconds while connections break: pages come back, and have everything in the end.
func TestBenchDesk(t *testing.T) {
	var out, errs bytes.Buffer
	e := &env{ctx: t.Context(), flags: &cli{}, lookup: func(string) (string, bool) { return "", false }, out: &out, err: &errs}
	if err := (&benchDesk{Agents: 4, Conversations: 8, Rate: 40, Seconds: 2, Lists: 8, Slow: 1, Cuts: 120, JSON: true}).Run(e); err != nil {
		t.Fatal(err, errs.String())
	}
	var r deskResult
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if r.Missing != 0 || r.Updates+r.MadeGood != 4*r.Messages || r.Messages == 0 || r.Failed != 0 {
		t.Errorf("4 pages had %d + %d updates of %d messages; %d are missing, and %d requests failed", r.Updates, r.MadeGood, r.Messages, r.Missing, r.Failed)
	}
	if r.CutOff == 0 || r.MadeGood == 0 {
		t.Errorf("%d connections broke, and %d updates came afterwards", r.CutOff, r.MadeGood)
	}
	if anon, _ := residentMB(); anon > 0 && (r.PeakAnonMB == 0 || len(r.AnonMB) != len(r.HeapMB)) {
		t.Errorf("memory: %v, at most %v; the heap: %v", r.AnonMB, r.PeakAnonMB, r.HeapMB)
	}
}

// TestAPageKnowsWhatItMisses follows what a page is told, and not told, of two conversations.
func TestAPageKnowsWhatItMisses(t *testing.T) {
	p := newDeskPage(&deskRun{benchDesk: &benchDesk{Agents: 1, Conversations: 2}, sent: make([]atomic.Int64, 2)}, 0)
	p.newest = 9 // of what it shows, nothing is missing
	last := []uint64{4, 3}
	for _, step := range []struct {
		what    string
		do      func()
		missing int
	}{
		{"nothing yet", func() {}, 7},
		{"the first", func() { p.hear([]byte(`{"id":"c0","status":"agent","agent":"a0","last":1,"seqs":[1]}`)) }, 6},
		{"the same again", func() { p.hear([]byte(`{"id":"c0","status":"agent","agent":"a0","last":1,"seqs":[1]}`)) }, 6},
		{"a change without a message", func() { p.hear([]byte(`{"id":"c0","status":"agent","agent":"a0","last":1,"seqs":[]}`)) }, 6},
		{"who reads", func() { p.hear([]byte(`{"id":"c0","who":[{"id":"a0","name":"status","typing":false}]}`)) }, 6},
		{"the fourth: two between were not told", func() { p.hear([]byte(`{"id":"c0","status":"agent","last":4,"seqs":[4]}`)) }, 5},
		{"two at once", func() { p.hear([]byte(`{"id":"c1","status":"agent","last":2,"seqs":[1,2],"alarms":{}}`)) }, 3},
		{"read anew before the last came", func() { p.makeGood([]uint64{4, 2}, 2) }, 1},
		{"read anew after it", func() { p.makeGood([]uint64{4, 3}, 0) }, 0},
	} {
		step.do()
		if got := p.missing(last); got != step.missing {
			t.Errorf("%s: %d are missing, want %d", step.what, got, step.missing)
		}
	}
	if p.told != 4 || p.madeGood != 3 {
		t.Errorf("%d were told and %d made good, want 4 and 3", p.told, p.madeGood)
	}
	if p.newest = 3; p.missing(last) != 1 {
		t.Error("what it was told of and does not show is not missing")
	}
}
