package sentiment

import "math"

// The network is the second opinion on polarity. A linear model adds n-grams up; the network first asks what each clause
// says as a whole and then compares the clauses: the rows of a clause's n-grams are added, bent, and pooled over the
// clauses by mean, maximum and minimum. It is made of blocks that were trained apart and whose outputs are averaged.
// It is trained for both languages at once; only biases and outputs are kept apart.
const (
	netBlocks = 3
	netUnits  = 8 // hidden units of a block
	netWidth  = netBlocks * netUnits
	netPools  = 3
	netSmooth = 4 // added to the number of n-grams of a clause when it is normed
)

// network holds the parameters of all blocks, unit by unit.
type network struct {
	Bias  [langs][]float32 `json:"bias"`  // of each unit
	Out   [langs][]float32 `json:"out"`   // netPools weights for each unit, the units of a pool together
	Const [langs]float32   `json:"const"` // of the output
	Scale []float32        `json:"scale"` // what a step in a unit's row is worth
	rows  []netRow         // of n-grams, as the table numbers them; row 0 is nobody's
}

// A netRow is what an n-gram adds to each hidden unit, a step from -netSteps to netSteps in four bits, biased by rowZero so
// that four units are added at once. A word holds eight units, the first in its lowest bits.
type netRow [netWidth / 8]uint32

const (
	rowZero  = 8
	evenStep = 0x0f0f0f0f
	laneMost = 255 / (rowZero + netSteps) // rows that eight bits can add up
)

// netRowOf makes a row of steps.
func netRowOf(steps *[netWidth]int8) netRow {
	var r netRow
	for j, s := range steps {
		r[j/8] |= uint32(s+rowZero) << (4 * (j % 8))
	}
	return r
}

// step is what the row adds to unit j.
func (r *netRow) step(j int) int8 { return int8(r[j/8]>>(4*(j%8))&0xf) - rowZero }

// bend is close to tanh (Padé), cheaper, and exactly 1 from 3 on.
func bend(x float32) float32 {
	switch {
	case x >= 3:
		return 1
	case x <= -3:
		return -1
	}
	return x * (27 + x*x) / (27 + 9*x*x)
}

// A rowSum adds rows up.
type rowSum struct {
	lanes [2 * netWidth / 8]uint32 // of each word the even units, the odd units; a byte each
	inUse int                      // rows in lanes
	sum   [netWidth]int32
	n     int32 // rows
}

func (s *rowSum) add(r *netRow) {
	for k, x := range r {
		s.lanes[2*k] += x & evenStep
		s.lanes[2*k+1] += x >> 4 & evenStep
	}
	s.n++
	if s.inUse++; s.inUse == laneMost {
		s.flush()
	}
}

func (s *rowSum) flush() {
	for k, lane := range s.lanes {
		base := k/2*8 + k%2
		for b := range 4 {
			s.sum[base+2*b] += int32(lane >> (8 * b) & 0xff)
		}
	}
	s.lanes, s.inUse = [2 * netWidth / 8]uint32{}, 0
}

// netScratch is what one text needs.
type netScratch struct {
	clauses [maxClauses]rowSum
	top     int         // clauses in use
	slots   []uint32    // of the table, for the n-grams of one group
	queue   []queuedRow // rows to be added when all are known: their reads, too, then overlap
}

// A queuedRow is a row to be added to a clause.
type queuedRow struct {
	row    uint32
	clause uint8
}

func (sc *netScratch) reset() {
	for i := range sc.top {
		sc.clauses[i] = rowSum{}
	}
	sc.top = 0
}

// add gives the row of an n-gram to its clause.
func (sc *netScratch) add(clause int, r *netRow) {
	sc.clauses[clause].add(r)
	sc.top = max(sc.top, clause+1)
}

// opinion is the network's margin of a text: positive for praise.
func (n *network) opinion(sc *netScratch, lang int) float64 {
	var p netPool
	p.begin()
	for c := range sc.top {
		s := &sc.clauses[c]
		if s.n == 0 {
			continue
		}
		s.flush()
		norm := 1 / float32(math.Sqrt(float64(s.n)+netSmooth))
		var unit [netWidth]float32
		for j := range unit {
			unit[j] = bend(n.Bias[lang][j] + float32(s.sum[j]-rowZero*s.n)*n.Scale[j]*norm)
		}
		p.add(&unit, float32(math.Sqrt(float64(s.n)+1)))
	}
	if p.weight == 0 {
		return 0
	}
	z := n.Const[lang]
	out := n.Out[lang]
	for j := range netWidth {
		z += p.mean[j]/p.weight*out[j] + p.most[j]*out[netWidth+j] + p.least[j]*out[2*netWidth+j]
	}
	return float64(z)
}

// netPool pools the hidden units of clauses.
type netPool struct {
	mean, most, least [netWidth]float32 // mean is a sum until it is divided by weight
	weight            float32
}

func (p *netPool) begin() {
	*p = netPool{}
	for j := range netWidth {
		p.most[j], p.least[j] = -1, 1
	}
}

func (p *netPool) add(unit *[netWidth]float32, weight float32) {
	for j, v := range unit {
		p.mean[j] += weight * v
		p.most[j], p.least[j] = max(p.most[j], v), min(p.least[j], v)
	}
	p.weight += weight
}
