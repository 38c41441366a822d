package topics

// placing says where messages lie: by what their words mean, and by the company that these keep in the pile itself, which knows what
// a trade's words have to do with each other.
type placing struct {
	c      *corpus
	latent *latent
}

const (
	// placeSample is how many messages the company of words is learned from.
	placeSample = 4_000
	// company is what it counts, against what words mean.
	company = 2.0 / 3
)

// newPlacing learns from some messages.
func newPlacing(c *corpus, docs []int) placing {
	return placing{c, newLatent(c, evenly(docs, placeSample), docs)}
}

// dim is the length of a place: its meaning, and behind that its company.
func (p placing) dim() int { return p.c.dim() + p.latent.rank }

// where writes the place of a message to dst. All zero: nothing is known of it.
func (p placing) where(doc []uint32, dst []float32) {
	words := p.c.dim()
	p.c.where(doc, dst[:words])
	p.latent.where(doc, dst[words:])
	scale(dst[words:], company)
}

// of are the places of some messages.
func (p placing) of(sample []int) [][]float32 {
	out := make([][]float32, len(sample))
	flat := make([]float32, len(sample)*p.dim())
	for i, d := range sample {
		out[i] = flat[i*p.dim() : (i+1)*p.dim()]
		p.where(p.c.docs.of(d), out[i])
	}
	return out
}
