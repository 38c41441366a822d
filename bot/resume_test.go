package bot_test

import (
	"testing"
	"time"
)

// TestAsideIsForgotten: what was filled into a form that was put aside does not stay in the record after its hour.
func TestAsideIsForgotten(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.actor = service{}
		w.start()
		for _, text := range []string{"i want to return it", "AB123456", "where is my order"} {
			w.says(thread, text)
		}
		c := w.conv(thread)
		if c.Aside == nil {
			t.Fatalf("nothing was put aside: %+v", c.Form)
		}
		w.clock.add(61 * time.Minute)
		w.says(thread, "hello")
		if c := w.conv(thread); c.Aside != nil || !c.AsideAt.IsZero() {
			t.Errorf("after an hour the record has %+v of %s", c.Aside, c.AsideAt)
		}
	})
}
