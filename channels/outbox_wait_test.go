package channels_test

import (
	"testing"
	"testing/synctest"
	"time"

	"huiyin/channels"
)

// TestAPlatformThatAsksForYears is asked again after an hour: a wait that makes no sense, such as one in milliseconds where seconds
// are meant, does not silence an inbox until somebody starts the program again.
func TestAPlatformThatAsksForYears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		years := outcome{reason: channels.RateLimited, after: 30_000 * time.Hour}
		p := &platform{script: map[string][]outcome{"*": {years, years, years, years}}}
		box, _ := d.run(d.store, line(p, channels.Limits{}), channels.OutboxOptions{})
		box.Send(d.write("in", "a", "one", "two")...)
		pass(50 * time.Minute)
		if n := len(p.called()); n != 1 {
			t.Errorf("%d calls within the first hour, want 1", n)
		}
		pass(5 * time.Hour)
		equal(t, "the customer sees", p.seen("a"), []string{"one", "two"})
	})
}
