package sentiment

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// A packRow is an n-gram or a word with a vector on its way into the table.
type packRow struct {
	hash  uint64
	group int
	id    int // among the n-grams; -1: a word vector
	w     [heads]float64
}

// store packs weights and the network into the model's table.
func (t *trainer) store(m *model, fitted [heads][]float32, blocks [netBlocks]*block) {
	rows := t.packRows(fitted)
	m.scale(rows)
	size := func(r packRow) float64 {
		return math.Max(math.Abs(r.w[0])/m.Scale[0][r.group], math.Abs(r.w[1])/m.Scale[1][r.group])
	}
	slices.SortStableFunc(rows, func(a, b packRow) int { return cmp.Compare(size(b), size(a)) })
	rows = rows[:min(len(rows), maxFeatures)]
	net, steps := t.network(blocks)
	weight, least := t.rowWeights(steps, rows)
	m.Net = net
	m.table = newTable(m.Bits)
	bySlot := make(map[int]netRow)
	for _, r := range rows {
		polar, neutral := m.quantise(r)
		counts := r.id >= 0 && weight[r.id] >= least && steps[r.id] != [netWidth]int8{}
		if polar == 0 && neutral == 0 && !counts {
			continue
		}
		m.Features++
		if slot := m.table.put(r.hash, polar, neutral); counts {
			bySlot[slot] = netRowOf(&steps[r.id])
		}
	}
	m.setRows(bySlot)
	for head := range heads {
		for l := range langs {
			m.Bias[head][l] = float64(fitted[head][t.biasAt(l)])
			m.Dense[head][l] = make([]float64, denseCount)
			for i := range denseCount {
				m.Dense[head][l][i] = float64(fitted[head][t.denseAt(l)+i])
			}
		}
	}
}

// rowWeights are the square sizes of rows times the root of how often their n-grams occur, and the least one that is
// among the netRows largest of the n-grams in the table.
func (t *trainer) rowWeights(steps [][netWidth]int8, rows []packRow) (weight []float64, least float64) {
	weight = make([]float64, len(steps))
	for i := range steps {
		for _, v := range steps[i] {
			weight[i] += float64(v) * float64(v)
		}
		weight[i] *= math.Sqrt(float64(t.docs[i]))
	}
	var sizes []float64
	for _, r := range rows {
		if r.id >= 0 {
			sizes = append(sizes, weight[r.id])
		}
	}
	slices.Sort(sizes)
	if len(sizes) > netRows {
		least = sizes[len(sizes)-netRows]
	}
	return weight, least
}

// packRows lists all n-grams and all words with a vector, in an order that depends on nothing but the data.
func (t *trainer) packRows(fitted [heads][]float32) []packRow {
	rows := make([]packRow, 0, len(t.hash)+len(t.vec.of))
	for i, h := range t.hash {
		rows = append(rows, packRow{h, int(t.of[i]), i, [heads]float64{float64(fitted[headPolar][i]), float64(fitted[headNeutral][i])}})
	}
	for _, h := range slices.Sorted(maps.Keys(t.vec.of)) {
		r := packRow{hash: h, group: groupVector, id: -1}
		for k, v := range t.vec.of[h] {
			for head := range heads {
				r.w[head] += float64(v) * float64(fitted[head][t.vectorAt()+k])
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// scale chooses what a weight of 127 is worth in each group: its largest few weights are clipped, so that the many small
// ones keep their precision.
func (m *model) scale(rows []packRow) {
	for g := range groups + 1 {
		for head := range heads {
			var sizes []float64
			for _, r := range rows {
				if r.group == g {
					sizes = append(sizes, math.Abs(r.w[head]))
				}
			}
			m.Scale[head][g] = math.Max(largest(sizes, 5000), 1e-9)
		}
	}
}

// largest is the largest of sizes, but for one in every few. It sorts sizes.
func largest(sizes []float64, every int) float64 {
	if len(sizes) == 0 {
		return 0
	}
	slices.Sort(sizes)
	return sizes[len(sizes)-1-len(sizes)/every]
}

// quantise rounds the weights of a row for the table.
func (m *model) quantise(r packRow) (polar, neutral int8) {
	q := [heads]int8{}
	for head := range heads {
		q[head] = int8(math.Round(math.Max(-127, math.Min(127, r.w[head]/m.Scale[head][r.group]*127))))
	}
	return q[headPolar], q[headNeutral]
}

// setRows gives slots of the table their rows of the network.
func (m *model) setRows(bySlot map[int]netRow) {
	for slot := range bySlot {
		m.table.mark(slot)
	}
	m.Net.rows = make([]netRow, 1+m.table.number())
	for slot, row := range bySlot {
		m.Net.rows[m.table.row(uint64(slot))] = row
	}
}
