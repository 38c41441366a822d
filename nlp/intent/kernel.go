package intent

// The conversions to float32 below forbid fused multiply-add, so that every machine rounds alike.

// plainAdd4 adds four rows to out, each times its value; four at once, because that halves the traffic on out.
func plainAdd4(out, a, b, c, d []float32, va, vb, vc, vd float32) {
	a, b, c, d = a[:len(out)], b[:len(out)], c[:len(out)], d[:len(out)]
	for i := range out {
		out[i] += float32(float32(va*a[i])+float32(vb*b[i])) + float32(float32(vc*c[i])+float32(vd*d[i]))
	}
}

// plainAdd1 adds a row times v to out.
func plainAdd1(out, a []float32, v float32) {
	a = a[:len(out)]
	for i := range out {
		out[i] += float32(v * a[i])
	}
}

// plainDot is the inner product, summed in eight lanes that are then added in a fixed order.
func plainDot(a, b []float32) float32 {
	n := len(a) &^ 7
	b = b[:len(a)]
	var lane [8]float32
	for i := 0; i < n; i += 8 {
		x, y := a[i:i+8:i+8], b[i:i+8:i+8]
		for k := range lane {
			lane[k] += float32(x[k] * y[k])
		}
	}
	var half [4]float32
	for k := range half {
		half[k] = lane[k] + lane[k+4]
	}
	return tail(float32(half[0]+half[2])+float32(half[1]+half[3]), a[n:], b[n:])
}

// tail adds what eight lanes left over.
func tail(sum float32, a, b []float32) float32 {
	for i, x := range a {
		sum += float32(x * b[i])
	}
	return sum
}
