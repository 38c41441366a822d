package sentiment

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"slices"

	"huiyin/nlp"
	wordvec "huiyin/nlp/vectors"
)

// TrainOptions says what Train learns from.
type TrainOptions struct {
	Data      fs.FS // the data folder: lexicon/, vectors/
	Shared    fs.FS // the training corpora: sentiment/, intent/, paraphrase/
	Tokenizer Tokenizer
	Log       *slog.Logger // progress; nil: silent

	vectorWords int // word vectors that are used, the most frequent first; 0: all. Preparing all takes a test too long.
}

const (
	minDocs     = 2  // an n-gram in fewer texts is not learned
	svmRounds   = 20 //
	biasScale   = 0.3
	idfNorm     = 30 // the mean square of an n-gram's value, so that groupNorm yields vectors of about unit length
	maxFeatures = 680000
	tableBits   = 20
)

// A pass is one support vector machine of a head. The margins of a head's passes are added; since all are linear in
// the same n-grams, they make one table of weights. What the numbers are was chosen by cross-validation and by leaving
// whole domains out (docs/measured/sentiment.md).
type pass struct {
	share  float64                // of this pass in the sum
	ratio  float64                // power of the naive Bayes log-count ratio that scales each n-gram
	cost   [langs]float64         // C, times a text's cost
	group  [langs][groups]float64 // weight of each group of n-grams; 0 leaves it out
	dense  [langs]float64         // scale of the rules' findings
	vector float64                // scale of word vectors
}

// passes of each head. For polarity, n-grams alone are best at home, and what the lexicon and the rules see is best in
// domains that the n-grams do not know: trained apart, neither starves the other.
func passes() [heads][]pass {
	return [heads][]pass{
		headPolar: {
			{share: 1, ratio: 0.5, cost: [langs]float64{0.12, 0.25}, group: [langs][groups]float64{{1, 1, 0}, {1, 1, 0.7}}, dense: [langs]float64{0, 1}, vector: 1},
			{share: 0.25, ratio: 0.5, cost: [langs]float64{0.12, 0.12}, group: [langs][groups]float64{{0, 0, 1}, {0, 0, 1}}, dense: [langs]float64{1, 1}, vector: 1},
		},
		headNeutral: {
			{share: 1, ratio: 0.5, cost: [langs]float64{0.25, 0.25}, group: [langs][groups]float64{{1, 1, 1}, {1, 1, 1}}, dense: [langs]float64{1, 1}, vector: 1},
		},
	}
}

// Train learns a model and writes it to w. The same input gives the same bytes on every run.
func Train(ctx context.Context, o TrainOptions, w io.Writer) error {
	m, err := train(ctx, o)
	if err != nil {
		return err
	}
	return m.write(w)
}

// trainer is the state of one training run.
type trainer struct {
	log  *slog.Logger
	all  []*example
	id   map[uint64]int32 // of n-grams
	hash []uint64
	of   []uint8 // the group of each
	idf  []float32
	docs []int32 // texts that hold each
	vec  *vectors
	pass [heads][]pass

	clauses [maxClauses][]int32 // scratch space of clausesOf
}

func train(ctx context.Context, o TrainOptions) (*model, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t, err := newTrainer(o)
	if err != nil {
		return nil, err
	}
	return t.learn(ctx, func(*example) bool { return true })
}

// newTrainer reads everything there is to learn from.
func newTrainer(o TrainOptions) (*trainer, error) {
	t := &trainer{log: o.Log, pass: passes()}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	all, err := readCorpus(o.Shared)
	if err != nil {
		return nil, err
	}
	files, err := readLexicons(o.Data)
	if err != nil {
		return nil, err
	}
	s := newScorer(files, nil, nil)
	folder, err := fs.Sub(o.Data, "vectors")
	if err != nil {
		return nil, fmt.Errorf("sentiment: %w", err)
	}
	table, err := wordvec.Load(folder)
	if err != nil {
		return nil, fmt.Errorf("sentiment: %w", err)
	}
	t.vec = newVectors(table, s.lex, o.vectorWords)
	t.read(s, o.Tokenizer, all)
	t.index()
	t.log.Info("features", "texts", len(t.all), "n-grams", len(t.hash))
	return t, nil
}

// learn trains a model on the examples that are in.
func (t *trainer) learn(ctx context.Context, in func(*example) bool) (*model, error) {
	m := &model{header: header{Version: featureVersion, Bits: tableBits, TrainedOn: map[string]int{}}}
	for _, e := range t.all {
		if in(e) {
			m.TrainedOn[e.set]++
		}
	}
	crossed, err := t.crossFit(ctx, in)
	if err != nil {
		return nil, err
	}
	var weights [heads][]float32
	for h := range heads {
		weights[h] = t.fit(h, in)
		t.log.Info("trained", "head", h)
	}
	blocks := t.fitBlocks(in)
	t.log.Info("trained", "network blocks", netBlocks)
	for h := range heads {
		for l := range langs {
			m.Second[h][l] = t.second(h, l, crossed, in)
		}
	}
	for l := range langs {
		t.shift(m, l, crossed, in)
	}
	t.report(m, crossed, in)
	t.store(m, weights, blocks)
	return m, nil
}

// read extracts the features of all examples.
func (t *trainer) read(s *Scorer, tok Tokenizer, all []*example) {
	sc := s.scratch.Get().(*scratch)
	for _, e := range all {
		r := s.read(sc, nlp.FoldText(e.text), tok.Tokenize(e.text))
		e.r = *r
		e.r.reasons = nil
		e.lang = language(r)
		denseFeatures(r, &e.dense)
		for g, list := range sc.features.group {
			e.grams[g] = make([]gram, len(list))
			for i, f := range list {
				e.grams[g][i] = gram{hash: f.hash, clause: sc.features.clause[f.from]}
			}
		}
		t.all = append(t.all, e)
	}
}

// index numbers the n-grams that are frequent enough.
func (t *trainer) index() {
	docs := make(map[uint64]int32)
	groupOf := make(map[uint64]uint8)
	seen := make(map[uint64]struct{})
	for _, e := range t.all {
		clear(seen)
		for g := range groups {
			for _, n := range e.grams[g] {
				if _, dup := seen[n.hash]; !dup {
					seen[n.hash] = struct{}{}
					docs[n.hash]++
					groupOf[n.hash] = uint8(g)
				}
			}
		}
	}
	for h, n := range docs {
		if n >= minDocs {
			t.hash = append(t.hash, h)
		}
	}
	slices.Sort(t.hash)
	t.id = make(map[uint64]int32, len(t.hash))
	t.idf = make([]float32, len(t.hash))
	t.of = make([]uint8, len(t.hash))
	t.docs = make([]int32, len(t.hash))
	for i, h := range t.hash {
		t.id[h] = int32(i)
		t.idf[i] = float32(math.Log(float64(1+len(t.all))/float64(1+docs[h])) + 1)
		t.of[i] = groupOf[h]
		t.docs[i] = docs[h]
	}
}

// Where the other parameters stand after the n-grams.
func (t *trainer) biasAt(lang int) int  { return len(t.hash) + lang }
func (t *trainer) denseAt(lang int) int { return len(t.hash) + langs + lang*denseCount }
func (t *trainer) vectorAt() int        { return len(t.hash) + langs + langs*denseCount }
func (t *trainer) dim() int             { return t.vectorAt() + t.vec.dim }
