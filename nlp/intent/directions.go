package intent

// The mean vectors of the texts of one trade lie along a few common directions, which say "this is about a bank" of all of
// them. They are taken out, so that what is left tells the texts apart (Arora, Liang, Ma, ICLR 2017; Mu, Viswanath, ICLR 2018).
const (
	commonDirections = 4
	textsADirection  = 50   // so many texts must be there for each direction that is taken out
	directionTexts   = 4000 // enough to find them by
	powerSteps       = 30
)

// mainDirections are the k directions of length one along which the rows vary most, by power iteration on their scatter. Rows
// have dim values.
func mainDirections(rows [][]float32, dim, k int) [][]float32 {
	scatter := make([]float32, dim*dim)
	for _, row := range rows {
		for i, x := range row {
			add1(scatter[i*dim:(i+1)*dim], row, x)
		}
	}
	var out [][]float32
	r := &rng{state: 5}
	for range k {
		v, w := make([]float32, dim), make([]float32, dim)
		for i := range v {
			v[i] = float32(r.below(2001)-1000) / 1000
		}
		for range powerSteps {
			for i := range w {
				w[i] = dot(scatter[i*dim:(i+1)*dim], v)
			}
			v, w = w, v
			takeOut(out, v)
			scaleTo(1, v)
		}
		out = append(out, v)
	}
	return out
}

// takeOut removes from x what lies along the directions.
func takeOut(directions [][]float32, x []float32) {
	for _, d := range directions {
		add1(x, d, -dot(d, x))
	}
}

// learnDirections finds the directions of a corpus whose centre is known.
func (c *corpus) learnDirections() {
	m := c.meaning
	dim, size := m.words.Dim(), m.size()
	var known []int
	for i, ok := range c.found {
		if ok {
			known = append(known, i)
		}
	}
	known = thin(known, directionTexts)
	rows := make([][]float32, len(known))
	for j, i := range known {
		rows[j] = append(rows[j], c.pooled[i*size:i*size+dim]...)
		add1(rows[j], m.center[:dim], -1)
	}
	m.common = mainDirections(rows, dim, min(commonDirections, len(rows)/textsADirection))
}
