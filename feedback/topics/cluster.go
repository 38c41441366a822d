package topics

// nearest is the centre nearest to a point, and the cosine between them.
func nearest(p []float32, centres [][]float32) (best int, most float32) {
	most = -2
	for t, c := range centres {
		if d := dot(p, c); d > most {
			best, most = t, d
		}
	}
	return best, most
}

// middles moves each centre to the middle of the points nearest to it (k-means by cosine, Dhillon and Modha 2001).
func middles(points, centres [][]float32) [][]float32 {
	sums := make([][]float32, len(centres))
	for t := range sums {
		sums[t] = make([]float32, len(points[0]))
	}
	for _, p := range points {
		best, _ := nearest(p, centres)
		addTo(sums[best], p, 1)
	}
	for t := range sums {
		if dot(sums[t], sums[t]) == 0 { // nothing is nearest to it: it stays
			copy(sums[t], centres[t])
		}
		normalize(sums[t])
	}
	return sums
}
