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
	// apartRank is how many directions of company a discriminant sees. A cosine sees the first latentRank of them: the others are as
	// much chance as company.
	apartRank = 48
)

// newPlacing learns so many directions of company from some messages.
func newPlacing(c *corpus, docs []int, rank int) placing {
	return placing{c, newLatent(c, evenly(docs, placeSample), docs, rank, 1)}
}

// dim is the length of a place: its company, its meaning, and behind these the leading directions of its company once more, of length
// one among themselves.
func (p placing) dim() int { return p.latent.rank + p.c.dim() + p.lead() }

// lead is how many directions a cosine sees.
func (p placing) lead() int { return min(latentRank, p.latent.rank) }

// where writes the place of a message to dst. All zero: nothing is known of it.
func (p placing) where(doc []uint32, dst []float32) {
	rank, near := p.latent.rank, p.latent.rank+p.c.dim()
	p.latent.where(doc, dst[:rank])
	p.c.where(doc, dst[rank:near])
	copy(dst[near:], dst[:p.lead()])
	if p.lead() < rank {
		normalize(dst[near:])
	}
	scale(dst[near:], company)
}

// cosine is the part of a place that cosines are taken of: meaning and behind it company.
func (p placing) cosine(place []float32) []float32 { return place[p.latent.rank:] }

// apart is the part that a discriminant is of: all company and behind it meaning.
func (p placing) apart(place []float32) []float32 { return place[:p.latent.rank+p.c.dim()] }

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
