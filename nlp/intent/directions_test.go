package intent

import (
	"math"
	"testing"
)

func TestMainDirectionsAreThoseOfTheData(t *testing.T) {
	// Rows vary by 5 along (3,4,0…)/5, by 2 along the third axis, and hardly along the rest.
	r := &rng{state: 9}
	unit := func() float32 { return float32(r.next()>>40)/(1<<23) - 1 }
	const dim = 12
	var rows [][]float32
	for range 500 {
		row := make([]float32, dim)
		for i := range row {
			row[i] = 0.01 * unit()
		}
		a := 5 * unit()
		row[0] += 0.6 * a
		row[1] += 0.8 * a
		row[2] += 2 * unit()
		rows = append(rows, row)
	}
	d := mainDirections(rows, dim, 2)
	if got := math.Abs(float64(0.6*d[0][0] + 0.8*d[0][1])); got < 0.999 {
		t.Errorf("the first direction is %v", d[0])
	}
	if got := math.Abs(float64(d[1][2])); got < 0.999 {
		t.Errorf("the second direction is %v", d[1])
	}
	for _, row := range rows {
		takeOut(d, row)
		if length := dot(row, row); length > 0.01 {
			t.Fatalf("%v is left of a row", row)
		}
	}
}

func TestMainDirectionsOfNothing(t *testing.T) {
	if got := mainDirections(nil, 8, 0); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	for _, d := range mainDirections(make([][]float32, 3), 8, 2) {
		x := []float32{1, 2, 3, 4, 5, 6, 7, 8}
		takeOut([][]float32{d}, x)
		if x[0] != 1 || x[7] != 8 {
			t.Errorf("rows of nothing took %v", x)
		}
	}
}
