package intent

import (
	"math"
	"slices"

	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// The second opinion is a convolution over the words' vectors (Kim, EMNLP 2014): filters look at one, two and three words in
// a row, the strongest response of each is kept, and a linear layer judges by those. It sees the order of words and learns its
// own vectors, so it errs elsewhere than the linear classifiers do. It needs many examples; see docs/measured/nlp.md.
const (
	netWidths  = 3                               // filters look at 1 … netWidths words
	netFilters = 32                              // of each width
	netHidden  = netWidths * netFilters          // responses that are kept
	netPlaces  = netWidths * (netWidths + 1) / 2 // places of a word in a filter
	netTable   = netPlaces * netFilters          // what one word adds to the filters, by place and filter
	netMembers = 3                               // networks that are averaged
	netShare   = 0.5                             // of the second opinion in the verdict
	netSharp   = 1.3                             // where two opinions are averaged they seem less sure than they are right
	netAsked   = 0.9                             // share of the softmax from which the linear classifiers need no second opinion: docs/measured/nlp.md
	netWorth   = 0.07                            // the linear classifiers must err on so many held-out texts for it to be worth its time
	netFewest  = 60                              // so many examples must an intent have on average
	netLead    = 0.7                             // the most that an intent is ahead or behind by its number of examples: twice or half of the mean
	netScale   = 0.6                             // of the word vectors, whose values are of size 0.55 or so
)

// net is the second opinion of a model.
type net struct {
	vectors *vectors.Vectors
	dim     int       // of a row
	words   hashTable // the words of the examples
	members []member
	lead    []float32 // by intent: how far ahead it starts because it has more examples than others; see leads
}

// member is one network.
type member struct {
	rows   []float32 // dim values for each word
	filter []float32 // dim values for each place and filter: netTable rows
	floor  []float32 // of each hidden unit, before its response is kept
	out    []float32 // for each hidden unit, a weight for each intent
	bias   []float32 // by intent
	table  []float32 // by word: netTable values; worked out of rows and filter
}

// rowSize is the length of a row: that of the vectors, rounded up to a multiple of 8, which the kernels like.
func rowSize(v *vectors.Vectors) int { return (v.Dim() + 7) &^ 7 }

func wordHash(t nlp.Token) uint64 { return hashString(seed(kindWord), t.Text) }

// rowOf writes what the vectors know of a word to row; false is nothing.
func (n *net) rowOf(t nlp.Token, tmp, row []float32, parts *[]int) bool {
	*parts = n.vectors.Parts(t.Text, (*parts)[:0])
	if len(*parts) == 0 {
		*parts = n.vectors.Parts(t.Term, (*parts)[:0])
	}
	clear(row)
	for _, i := range *parts {
		n.vectors.Row(i, tmp)
		add1(row[:len(tmp)], tmp, netScale/float32(len(*parts)))
	}
	return len(*parts) > 0
}

// weigh writes what a word with this row adds to the filters.
func (m *member) weigh(row, table []float32) {
	for k := range table {
		table[k] = dot(row, m.filter[k*len(row):(k+1)*len(row)])
	}
}

// index works the tables out; the rest of the network is there.
func (n *net) index() {
	for i := range n.members {
		m := &n.members[i]
		m.table = make([]float32, n.words.size()*netTable)
		for w := range n.words.size() {
			m.weigh(m.rows[w*n.dim:(w+1)*n.dim], m.table[w*netTable:(w+1)*netTable])
		}
	}
}

// fits checks that the parts of a loaded network belong together, for so many intents, and builds what is not in the file.
func (n *net) fits(v *vectors.Vectors, intents int) bool {
	if v == nil || !n.words.index() {
		return false
	}
	n.vectors, n.dim = v, rowSize(v)
	for _, m := range n.members {
		if len(m.rows) != n.words.size()*n.dim || len(m.filter) != netTable*n.dim || len(m.floor) != netHidden ||
			len(m.out) != netHidden*intents || len(m.bias) != intents {
			return false
		}
	}
	if len(n.lead) != intents || slices.ContainsFunc(n.lead, func(x float32) bool { return max(x, -x) > netLead }) {
		return false
	}
	n.index()
	return true
}

// parts are the arrays of a network that a file keeps.
func (m *member) parts() []*[]float32 {
	return []*[]float32{&m.rows, &m.filter, &m.floor, &m.out, &m.bias}
}

func (e *enc) net(n *net) {
	e.u64s(n.words.hash)
	for i := range n.members {
		for _, p := range n.members[i].parts() {
			e.f32s(*p)
		}
	}
	e.f32s(n.lead)
}

func (d *dec) net() *net {
	n := &net{words: hashTable{hash: d.u64s()}, members: make([]member, netMembers)}
	for i := range n.members {
		for _, p := range n.members[i].parts() {
			*p = d.f32s()
		}
	}
	n.lead = d.f32s()
	return n
}

// respond fills in the strongest response of each filter to a text whose words have these tables, and at which word it began.
func (m *member) respond(words [][]float32, response []float32, at []int32) {
	var sum [netFilters]float32
	for width := 1; width <= netWidths; width++ {
		from := (width - 1) * netFilters
		best, begin, floor := response[from:from+netFilters], at[from:from+netFilters], m.floor[from:from+netFilters]
		for f := range best {
			best[f] = -math.MaxFloat32
		}
		first := width * (width - 1) / 2 * netFilters
		for start := 1 - width; start < len(words); start++ {
			copy(sum[:], floor)
			for o := max(0, -start); o < width && start+o < len(words); o++ {
				add1(sum[:], words[start+o][first+o*netFilters:first+(o+1)*netFilters], 1)
			}
			for f, s := range sum {
				if s > best[f] {
					best[f], begin[f] = s, int32(start)
				}
			}
		}
	}
}

// netScratch is the memory that one reading needs.
type netScratch struct {
	words    [][]float32
	place    []int // by word: its place among the net's words, −1 where it is not there
	row, tmp []float32
	parts    []int
	response [netHidden]float32
	at       [netHidden]int32
	score    []float32
}

// score adds up what the members say of a text: for each intent a number whose exponential is a likelihood.
func (n *net) score(tokens []nlp.Token, s *netScratch) []float32 {
	tokens = tokens[:min(len(tokens), maxTokens)]
	s.place, s.words = s.place[:0], s.words[:0]
	var rows []float32 // of words that training has not seen
	if s.tmp == nil {
		s.tmp = make([]float32, n.vectors.Dim())
	}
	for _, t := range tokens {
		place := -1
		if k, ok := n.words.find(wordHash(t)); ok {
			place = int(k)
		} else {
			row := make([]float32, n.dim)
			if !n.rowOf(t, s.tmp, row, &s.parts) {
				continue
			}
			rows = append(rows, row...)
		}
		s.place = append(s.place, place)
	}
	size := len(n.members[0].bias)
	s.score = slices.Grow(s.score[:0], size)[:size]
	clear(s.score)
	tables := make([]float32, len(rows)/n.dim*netTable)
	for i := range n.members {
		m, fresh := &n.members[i], 0
		s.words = s.words[:0]
		for _, p := range s.place {
			if p >= 0 {
				s.words = append(s.words, m.table[p*netTable:(p+1)*netTable])
				continue
			}
			table := tables[fresh*netTable : (fresh+1)*netTable]
			m.weigh(rows[fresh*n.dim:(fresh+1)*n.dim], table)
			s.words = append(s.words, table)
			fresh++
		}
		m.respond(s.words, s.response[:], s.at[:])
		add1(s.score, m.bias, 1/float32(len(n.members)))
		for k, r := range s.response {
			if r > 0 {
				add1(s.score, m.out[k*size:(k+1)*size], r/float32(len(n.members)))
			}
		}
	}
	return s.score
}

// leads says how far ahead each intent starts because it has more examples than others: the logarithm of their number beside the
// mean. How many examples an editor wrote says little of how often customers ask, so a lead is taken out of the verdict (logit
// adjustment: Menon and others, ICLR 2021, section 4.1).
func (s *set) leads() []float32 {
	lead := make([]float32, len(s.labels))
	all := 0
	for _, c := range s.class[:s.names] {
		if c >= 0 {
			lead[c]++
			all++
		}
	}
	mean := float64(all) / float64(len(lead))
	for c, n := range lead {
		lead[c] = max(-netLead, min(netLead, float32(math.Log(math.Max(float64(n), 0.5)/mean))))
	}
	return lead
}

// blend moves margins towards the second opinion: softmax(temper · margin) of what it leaves is the weighted geometric mean of both,
// without the leads, sharpened.
func blend(margins, second, lead []float32, temper float64) {
	share := float32(netSharp * netShare / temper)
	for c, s := range second {
		margins[c] = float32(netSharp*(1-netShare)*margins[c]) + float32(share*s) - float32(netSharp/float32(temper)*lead[c])
	}
}
