package kb

import (
	"testing"
)

func TestEditDistance(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"refund", "refund", 0}, {"refnd", "refund", 1}, {"reffund", "refund", 1}, {"refumd", "refund", 1}, {"refudn", "refund", 1},
		{"delivry", "delivery", 1}, {"dleivrey", "delivery", 2}, {"invoice", "voice", 2}, {"cancel", "refund", 3}, {"abcd", "efghijkl", 3},
	} {
		if got := editDistance(tc.a, tc.b, 2); got != tc.want {
			t.Errorf("%s, %s: %d, want %d", tc.a, tc.b, got, tc.want)
		}
		if got := editDistance(tc.b, tc.a, 2); got != tc.want {
			t.Errorf("%s, %s: %d, want %d", tc.b, tc.a, got, tc.want)
		}
	}
}

// FuzzEditDistance: it is symmetric, zero for the same word only, and never below the difference of lengths.
func FuzzEditDistance(f *testing.F) {
	f.Add("refund", "refudn")
	f.Add("a", "")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > longestWord || len(b) > longestWord {
			return
		}
		d := editDistance(a, b, longestWord)
		if d != editDistance(b, a, longestWord) || (d == 0) != (a == b) || d < max(len(a)-len(b), len(b)-len(a)) || d > max(len(a), len(b)) {
			t.Errorf("%q, %q: %d", a, b, d)
		}
		if near := editDistance(a, b, 1); d <= 1 && near != d || d > 1 && near != 2 {
			t.Errorf("%q, %q: %d, but %d with a limit of 1", a, b, d, near)
		}
	})
}
