package intent

// The three loops in which training and ranking spend their time, four numbers at once (SSE, which every amd64 has). They round
// as their twins in kernel.go do, number by number, so that a model is the same on every machine.

//go:noescape
func addRows(out, a, b, c, d *float32, n int, va, vb, vc, vd float32)

//go:noescape
func dotRows(a, b *float32, n int) float32

//go:noescape
func addRow(out, a *float32, n int, v float32)

func add4(out, a, b, c, d []float32, va, vb, vc, vd float32) {
	if n := len(out); n > 0 {
		addRows(&out[0], &a[:n][0], &b[:n][0], &c[:n][0], &d[:n][0], n, va, vb, vc, vd)
	}
}

func add1(out, a []float32, v float32) {
	n := len(out) &^ 3
	if n > 0 {
		addRow(&out[0], &a[:len(out)][0], n, v)
	}
	plainAdd1(out[n:], a[n:], v)
}

func dot(a, b []float32) float32 {
	n := len(a) &^ 7
	sum := float32(0)
	if n > 0 {
		sum = dotRows(&a[0], &b[:len(a)][0], n)
	}
	return tail(sum, a[n:], b[n:])
}
