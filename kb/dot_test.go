package kb

import (
	"math/rand/v2"
	"testing"
)

// TestDot: however long two rows are and wherever they lie, their product is the sum of the products of their values.
func TestDot(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		for shift := range 3 {
			a, b := make([]int8, n+shift)[shift:], make([]int8, n)
			want := int32(0)
			for i := range n {
				a[i], b[i] = int8(rnd.IntN(256)-128), int8(rnd.IntN(256)-128)
				want += int32(a[i]) * int32(b[i])
			}
			if got, one := dot(a, b), dotOne(a, b); got != want || one != want {
				t.Fatalf("%d values: %d and, one by one, %d, not %d", n, got, one, want)
			}
		}
	}
	for _, n := range []int{100, 256} {
		low := make([]int8, n)
		for i := range low {
			low[i] = -128
		}
		if got := dot(low, low); got != int32(n)<<14 {
			t.Errorf("%d times -128 squared: %d", n, got)
		}
	}
}

func BenchmarkDot(b *testing.B) {
	x, y := make([]int8, 256), make([]int8, 256)
	for b.Loop() {
		dot(x, y)
	}
}

func BenchmarkDotOne(b *testing.B) {
	x, y := make([]int8, 256), make([]int8, 256)
	for b.Loop() {
		dotOne(x, y)
	}
}
