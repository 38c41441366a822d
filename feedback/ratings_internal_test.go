package feedback

import (
	"math"
	"testing"
)

// Counted ratings are tested as listed ones are, and Welch's interval is that of his method: for 1, 2, 3, 4, 5 against 3, 4, 4, 5, 5, 5
// the difference is −1.3333, its standard error √(2.5/5+0.6667/6) and ν 5.75 (t 2.473).
func TestRatingsCompared(t *testing.T) {
	a, b := ratings{1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, ratings{3: 1, 4: 2, 5: 3}
	if got, want := rankTestOf(a, b), rankTest([]float64{1, 2, 3, 4, 5}, []float64{3, 4, 4, 5, 5, 5}); math.Abs(got-want) > 1e-12 {
		t.Errorf("counted %v, listed %v", got, want)
	}
	diff, low, high := welch(a, b)
	se := math.Sqrt(2.5/5 + 2.0/3/6)
	freedom := math.Pow(2.5/5+2.0/3/6, 2) / (math.Pow(0.5, 2)/4 + math.Pow(2.0/18, 2)/5)
	if math.Abs(diff+4.0/3) > 1e-9 || math.Abs(high-low-2*student(freedom)*se) > 1e-9 {
		t.Errorf("Welch: %v (%v to %v)", diff, low, high)
	}
	for freedom, want := range map[float64]float64{4: 2.776, 10: 2.228, 30: 2.042, 1e6: 1.960} { // as printed in any table
		if got := student(freedom); math.Abs(got-want) > 0.01*want {
			t.Errorf("Student's t at %v: %v", freedom, got)
		}
	}
}
