package bot

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// TestLaneKeepsTheOrderOfAcceptance: two intakes at once may hand their events over the wrong way round.
func TestLaneKeepsTheOrderOfAcceptance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		var mu sync.Mutex
		var got []uint64
		l := newLanes(1, 10, func(a Accepted) {
			<-gate
			mu.Lock()
			got = append(got, a.ID)
			mu.Unlock()
		})
		for _, id := range []uint64{1, 4, 2, 3} {
			if !l.reserve(1) {
				t.Fatal("no room")
			}
			l.push(Accepted{ID: id, Inbound: Inbound{Inbox: "web", Thread: "ada"}})
			synctest.Wait() // the first one is being handled, the others wait
		}
		close(gate)
		synctest.Wait()
		if want := []uint64{1, 2, 3, 4}; !slices.Equal(got, want) {
			t.Errorf("handled %v", got)
		}
		if n := l.backlog(); n != 0 || len(l.queues) != 0 {
			t.Errorf("%d events and %d lanes are left", n, len(l.queues))
		}
	})
}

func TestLanesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		var mu sync.Mutex
		running, most := 0, 0
		l := newLanes(3, 50, func(Accepted) {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			<-gate
			mu.Lock()
			running--
			mu.Unlock()
		})
		for i := range 50 {
			if !l.reserve(1) {
				t.Fatal("no room")
			}
			l.push(Accepted{ID: uint64(i), Inbound: Inbound{Thread: string(rune('A' + i))}})
		}
		if l.reserve(1) {
			t.Error("there is room for one too many")
		}
		synctest.Wait()
		close(gate)
		synctest.Wait()
		if most != 3 {
			t.Errorf("%d ran at once", most)
		}
		l.stop()
		if l.reserve(1) {
			t.Error("there is room after the end")
		}
	})
}

func TestButtonsBelongToTheirConversation(t *testing.T) {
	for _, seq := range []uint64{1, 35, 36, 123456, 60_000_000} {
		v := ButtonValue("conv1", seq, 7)
		if len(v) > 16 {
			t.Errorf("%q is too long for Telegram and others", v)
		}
		if got, index, ok := parseButton("conv1", v); !ok || got != seq || index != 7 {
			t.Errorf("parseButton(%q) = %d, %d, %v", v, got, index, ok)
		}
		if _, _, ok := parseButton("conv2", v); ok {
			t.Errorf("%q presses a button of another conversation", v)
		}
	}
	for _, v := range []string{"", "1", "1:2", "0:1:" + tag("conv1"), "x:-1:" + tag("conv1"), "1:1:1:" + tag("conv1")} {
		if _, _, ok := parseButton("conv1", v); ok {
			t.Errorf("%q is a button", v)
		}
	}
}
