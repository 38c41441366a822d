package intent

import (
	"math"
	"testing"
)

// TestKernelsRoundAsTheirTwins: a model must come out the same byte for byte on every machine, so the fast loops have to give what
// the plain ones give, for every length and every offset.
func TestKernelsRoundAsTheirTwins(t *testing.T) {
	r := &rng{state: 3}
	row := func(n int) []float32 {
		a := make([]float32, n)
		for i := range a {
			a[i] = float32(r.next()>>40)/(1<<23) - 1
			if r.below(9) == 0 {
				a[i] *= 1e-30
			}
		}
		return a
	}
	same := func(what string, n int, got, want []float32) {
		t.Helper()
		for i := range want {
			if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
				t.Fatalf("%s of %d numbers: at %d got %v, want %v", what, n, i, got[i], want[i])
			}
		}
	}
	for n := range 70 {
		for offset := range 3 {
			a, b, c, d := row(n + offset)[offset:], row(n+5), row(n), row(n+1)
			out := row(n)
			want := append([]float32(nil), out...)
			add4(out, a, b, c, d, 0.3, -1.7, 2.5e-3, 11)
			plainAdd4(want, a, b, c, d, 0.3, -1.7, 2.5e-3, 11)
			same("add4", n, out, want)
			add1(out, b, -0.77)
			plainAdd1(want, b, -0.77)
			same("add1", n, out, want)
			same("dot", n, []float32{dot(a, b)}, []float32{plainDot(a, b)})
		}
	}
}

// TestKernelsKeepInsideTheirRows: what lies behind the end of out is not written.
func TestKernelsKeepInsideTheirRows(t *testing.T) {
	ones := make([]float32, 40)
	for i := range ones {
		ones[i] = 1
	}
	for n := range 20 {
		out := make([]float32, 40)
		add4(out[:n], ones, ones, ones, ones, 1, 1, 1, 1)
		add1(out[:n], ones, 1)
		for i, x := range out {
			if want := float32(5); i < n && x != want || i >= n && x != 0 {
				t.Fatalf("%d numbers: out[%d] is %v", n, i, x)
			}
		}
	}
}

func TestKernelsRefuseRowsThatAreTooShort(t *testing.T) {
	short, long := make([]float32, 3), make([]float32, 9)
	for name, f := range map[string]func(){
		"add4": func() { add4(long, long, long, short, long, 1, 1, 1, 1) },
		"add1": func() { add1(long, short, 1) },
		"dot":  func() { dot(long, short) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("read behind the end of a row")
				}
			}()
			f()
		})
	}
}

func BenchmarkAdd4(b *testing.B) {
	out, row := make([]float32, 150), make([]float32, 150)
	for b.Loop() {
		add4(out, row, row, row, row, 1, 2, 3, 4)
	}
}

func BenchmarkDot(b *testing.B) {
	x, y := make([]float32, 300), make([]float32, 300)
	for b.Loop() {
		dot(x, y)
	}
}
