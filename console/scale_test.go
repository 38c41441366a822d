package console

import "testing"

// TestScaleOfTheChart holds all values and ends at 0 and at 100 %.
func TestScaleOfTheChart(t *testing.T) {
	for _, c := range []struct{ low, high, from, to float64 }{
		{0.42, 0.57, 0.4, 0.6}, {0.9, 1, 0.9, 1}, {1, 1, 0.9, 1}, {0, 0, 0, 0.1}, {0.5, 0.5, 0.5, 0.6}, {0, 1, 0, 1},
	} {
		if from, to := scale(c.low, c.high); from != c.from || to != c.to {
			t.Errorf("%v to %v: %v to %v, want %v to %v", c.low, c.high, from, to, c.from, c.to)
		}
	}
}
