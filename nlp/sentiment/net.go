package sentiment

import (
	"encoding/binary"
	"math"
)

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

// A netRow is what an n-gram adds to each hidden unit, one byte a unit, biased by rowZero so that eight are added at once.
type netRow [netWidth / 8]uint64

const (
	rowZero  = 128
	evenByte = 0x00ff00ff00ff00ff
	laneMost = 257 // rows that sixteen bits can add up
)

// netRowOf makes a row of steps from -127 to 127.
func netRowOf(steps *[netWidth]int8) netRow {
	var raw [netWidth]byte
	for j, s := range steps {
		raw[j] = byte(int(s) + rowZero)
	}
	return rowOf(raw[:])
}

func rowOf(raw []byte) netRow {
	var r netRow
	for k := range r {
		r[k] = binary.LittleEndian.Uint64(raw[8*k:])
	}
	return r
}

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
	lanes [2 * netWidth / 8]uint64 // even bytes, odd bytes
	inUse int                      // rows in lanes
	sum   [netWidth]int32
	n     int32 // rows
}

func (s *rowSum) add(r *netRow) {
	for k, x := range r {
		s.lanes[2*k] += x & evenByte
		s.lanes[2*k+1] += x >> 8 & evenByte
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
			s.sum[base+2*b] += int32(lane >> (16 * b) & 0xffff)
		}
	}
	s.lanes, s.inUse = [2 * netWidth / 8]uint64{}, 0
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
