//go:build !amd64

package intent

func add4(out, a, b, c, d []float32, va, vb, vc, vd float32) {
	plainAdd4(out, a, b, c, d, va, vb, vc, vd)
}

func add1(out, a []float32, v float32) { plainAdd1(out, a, v) }

func dot(a, b []float32) float32 { return plainDot(a, b) }
