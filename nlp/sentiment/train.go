package sentiment

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
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
// whole domains out (docs/sentiment.md).
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
	vec  *vectors
	pass [heads][]pass
}

func train(ctx context.Context, o TrainOptions) (*model, error) {
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
	t.vec = newVectors(table, s.lex)
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
	var weights [heads][]float32
	var crossed [heads][]margins
	for h := range heads {
		var err error
		if crossed[h], err = t.crossFit(ctx, h, in); err != nil {
			return nil, err
		}
		weights[h] = t.fit(h, in)
		t.log.Info("trained", "head", h)
	}
	for h := range heads {
		for l := range langs {
			m.Second[h][l] = t.second(h, l, crossed, in)
		}
	}
	for l := range langs {
		t.shift(m, l, crossed, in)
	}
	t.store(m, weights)
	return m, nil
}

// read extracts the features of all examples.
func (t *trainer) read(s *Scorer, tok Tokenizer, all []*example) {
	sc := s.scratch.Get().(*scratch)
	for _, e := range all {
		r := s.read(sc, e.text, tok.Tokenize(e.text))
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
	for i, h := range t.hash {
		t.id[h] = int32(i)
		t.idf[i] = float32(math.Log(float64(1+len(t.all))/float64(1+docs[h])) + 1)
		t.of[i] = groupOf[h]
	}
}

// Where the other parameters stand after the n-grams.
func (t *trainer) biasAt(lang int) int  { return len(t.hash) + lang }
func (t *trainer) denseAt(lang int) int { return len(t.hash) + langs + lang*denseCount }
func (t *trainer) vectorAt() int        { return len(t.hash) + langs + langs*denseCount }
func (t *trainer) dim() int             { return t.vectorAt() + t.vec.dim }

// ratios are |log-count ratio| ^ a power of each n-gram between the two sides of a head (Wang, Manning 2012).
func (t *trainer) ratios(head int, power float64, in func(*example) bool) []float32 {
	count := [2][]float64{make([]float64, len(t.hash)), make([]float64, len(t.hash))}
	var total [2]float64
	for _, e := range t.all {
		if e.cost[head] == 0 || !in(e) {
			continue
		}
		side := 0
		if e.sign(head) > 0 {
			side = 1
		}
		total[side] += e.cost[head]
		for g := range groups {
			for _, h := range e.grams[g] {
				if id, ok := t.id[h.hash]; ok {
					count[side][id] += e.cost[head]
				}
			}
		}
	}
	out := make([]float32, len(t.hash))
	for i := range out {
		r := math.Log((count[1][i] + 1) / (total[1] + 1) * (total[0] + 1) / (count[0][i] + 1))
		out[i] = float32(math.Pow(math.Abs(r), power))
	}
	return out
}

// sign is the side of an example in a head's question.
func (e *example) sign(head int) int8 {
	if head == headPolar {
		return e.label
	}
	if e.label == 0 {
		return 1
	}
	return -1
}

// sparse is an example as the support vector machine of one pass sees it.
func (t *trainer) sparse(e *example, p pass, prior []float32) sparse {
	var x sparse
	for g := range groups {
		weight := p.group[e.lang][g]
		if weight == 0 {
			continue
		}
		from := len(x.id)
		for _, h := range e.grams[g] {
			if id, ok := t.id[h.hash]; ok {
				x.id = append(x.id, id)
			}
		}
		slices.Sort(x.id[from:])
		norm := float32(weight * groupNorm(g, len(e.grams[g])) / math.Sqrt(idfNorm))
		to := from
		for k := from; k < len(x.id); {
			n := k
			for n < len(x.id) && x.id[n] == x.id[k] {
				n++
			}
			x.id[to] = x.id[k]
			x.val = append(x.val, float32(n-k)*norm*prior[x.id[k]])
			to, k = to+1, n
		}
		x.id = x.id[:to]
	}
	put := func(at int, v float64) {
		if v != 0 {
			x.id, x.val = append(x.id, int32(at)), append(x.val, float32(v))
		}
	}
	put(t.biasAt(e.lang), biasScale)
	for i, d := range e.dense {
		put(t.denseAt(e.lang)+i, d*p.dense[e.lang])
	}
	if n := len(e.grams[groupVector]); p.vector > 0 && n > 0 {
		sum := make([]float64, t.vec.dim)
		for _, h := range e.grams[groupVector] {
			for k, v := range t.vec.of[h.hash] {
				sum[k] += float64(v)
			}
		}
		norm := p.vector * groupNorm(groupVector, n)
		for k, v := range sum {
			put(t.vectorAt()+k, v*norm)
		}
	}
	return x
}

// fit trains one head on the examples that are in. The weights it returns are for raw counts: what scaled a feature in
// training is folded in.
func (t *trainer) fit(head int, in func(*example) bool) []float32 {
	sum := make([]float32, t.dim())
	for _, p := range t.pass[head] {
		for i, w := range t.fitPass(head, p, in) {
			sum[i] += float32(p.share) * w
		}
	}
	return sum
}

func (t *trainer) fitPass(head int, p pass, in func(*example) bool) []float32 {
	prior := t.ratios(head, p.ratio, in)
	for i := range prior {
		prior[i] *= t.idf[i]
	}
	pr := problem{dim: t.dim()}
	for _, e := range t.all {
		if e.cost[head] == 0 || !in(e) {
			continue
		}
		pr.x = append(pr.x, t.sparse(e, p, prior))
		pr.y = append(pr.y, e.sign(head))
		pr.cost = append(pr.cost, p.cost[e.lang]*e.cost[head])
	}
	w := solveSVM(pr, svmRounds, 1)
	for i := range t.hash {
		// A group may weigh differently in the two languages; few n-grams are common to both.
		g := math.Max(p.group[langZh][t.of[i]], p.group[langEn][t.of[i]])
		w[i] *= prior[i] * float32(g/math.Sqrt(idfNorm))
	}
	for l := range langs {
		w[t.biasAt(l)] *= biasScale
		for i := range denseCount {
			w[t.denseAt(l)+i] *= float32(p.dense[l])
		}
	}
	for i := t.vectorAt(); i < len(w); i++ {
		w[i] *= float32(p.vector)
	}
	return w
}

// apply is what a head with weights from fit says of an example.
func (t *trainer) apply(e *example, w []float32) (margin float64, clauses clauseSums) {
	for g := range groups + 1 {
		sum := 0.0
		norm := groupNorm(g, len(e.grams[g]))
		for _, h := range e.grams[g] {
			v := 0.0
			if g == groupVector {
				for k, x := range t.vec.of[h.hash] {
					v += float64(x) * float64(w[t.vectorAt()+k])
				}
			} else if id, ok := t.id[h.hash]; ok {
				v = float64(w[id])
			}
			sum += v
			clauses.add(int(h.clause), v*norm)
		}
		margin += sum * norm
	}
	margin += float64(w[t.biasAt(e.lang)])
	for i, d := range e.dense {
		margin += d * float64(w[t.denseAt(e.lang)+i])
	}
	return margin, clauses
}

// crossFit gives every example its margin under a model that did not see it.
func (t *trainer) crossFit(ctx context.Context, head int, in func(*example) bool) ([]margins, error) {
	out := make([]margins, len(t.all))
	for fold := range folds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		w := t.fit(head, func(e *example) bool { return e.fold != fold && in(e) })
		for i, e := range t.all {
			if e.fold == fold {
				out[i].of[head], out[i].clauses = t.apply(e, w)
			}
		}
		t.log.Info("cross-fitting", "head", head, "fold", fold+1, "of", folds)
	}
	return out, nil
}

// second fits the logistic model of one head and language.
func (t *trainer) second(head, lang int, crossed [heads][]margins, in func(*example) bool) []float64 {
	var rows [][secondCount]float64
	var y, cost []float64
	for i, e := range t.all {
		if e.second[head] == 0 || e.lang != lang || !in(e) {
			continue
		}
		mg := crossed[headPolar][i]
		mg.of[headNeutral] = crossed[headNeutral][i].of[headNeutral]
		var in [heads][secondCount]float64
		secondFeatures(&mg, &e.r, &in)
		rows = append(rows, in[head])
		if e.sign(head) > 0 {
			y = append(y, 1)
		} else {
			y = append(y, 0)
		}
		cost = append(cost, e.second[head])
	}
	return fitLogistic(rows, y, cost)
}

// shift chooses what is added to the log odds of a language when all three classes compete: the best sum of accuracy
// and macro-F1 on margins of texts that the model did not see. Rare classes gain by it.
func (t *trainer) shift(m *model, lang int, crossed [heads][]margins, in func(*example) bool) {
	const step, reach = 0.1, 6
	var logits [][heads]float64
	var labels []int8
	for i, e := range t.all {
		if e.second[headNeutral] == 0 || e.lang != lang || !in(e) {
			continue
		}
		mg := crossed[headPolar][i]
		mg.of[headNeutral] = crossed[headNeutral][i].of[headNeutral]
		logits, labels = append(logits, m.logits(&mg, &e.r, true)), append(labels, e.label)
	}
	names := map[int8]nlp.Polarity{-1: nlp.Negative, 0: nlp.Neutral, 1: nlp.Positive}
	best := -1.0
	for a := -reach; a <= reach; a++ {
		for b := -reach; b <= reach; b++ {
			confusion := make(map[[2]nlp.Polarity]int)
			add := [heads]float64{float64(a) * step, float64(b) * step}
			for i, x := range logits {
				x[headPolar] += add[headPolar]
				x[headNeutral] += add[headNeutral]
				var v verdict
				v.neg, v.neu, v.pos = probabilities(x, true)
				confusion[[2]nlp.Polarity{names[labels[i]], v.polarity()}]++
			}
			if r := summarise(confusion, true); r.Accuracy+r.MacroF1 > best+1e-9 {
				best = r.Accuracy + r.MacroF1
				for h := range heads {
					m.Shift[h][lang] = add[h]
				}
			}
		}
	}
	t.log.Info("shift", "language", lang, "accuracy plus macro-F1", best)
}

// store packs weights into the model's table.
func (t *trainer) store(m *model, weights [heads][]float32) {
	type row struct {
		hash  uint64
		group int
		w     [heads]float64
	}
	rows := make([]row, 0, len(t.hash))
	for i, h := range t.hash {
		rows = append(rows, row{h, int(t.of[i]), [heads]float64{float64(weights[headPolar][i]), float64(weights[headNeutral][i])}})
	}
	for _, h := range slices.Sorted(maps.Keys(t.vec.of)) {
		r := row{hash: h, group: groupVector}
		for k, v := range t.vec.of[h] {
			for head := range heads {
				r.w[head] += float64(v) * float64(weights[head][t.vectorAt()+k])
			}
		}
		rows = append(rows, r)
	}
	// The scale of a group leaves its largest few weights clipped, so that the many small ones keep their precision.
	for g := range groups + 1 {
		for head := range heads {
			var sizes []float64
			for _, r := range rows {
				if r.group == g {
					sizes = append(sizes, math.Abs(r.w[head]))
				}
			}
			slices.Sort(sizes)
			if len(sizes) > 0 {
				m.Scale[head][g] = math.Max(sizes[len(sizes)-1-len(sizes)/5000], 1e-9)
			}
		}
	}
	size := func(r row) float64 {
		return math.Max(math.Abs(r.w[0])/m.Scale[0][r.group], math.Abs(r.w[1])/m.Scale[1][r.group])
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(size(b), size(a)) })
	m.table = newTable(m.Bits)
	for _, r := range rows[:min(len(rows), maxFeatures)] {
		q := [heads]int8{}
		for head := range heads {
			q[head] = int8(math.Round(math.Max(-127, math.Min(127, r.w[head]/m.Scale[head][r.group]*127))))
		}
		if q == [heads]int8{} {
			continue
		}
		m.table.put(r.hash, q[headPolar], q[headNeutral])
		m.Features++
	}
	for head := range heads {
		for l := range langs {
			m.Bias[head][l] = float64(weights[head][t.biasAt(l)])
			m.Dense[head][l] = make([]float64, denseCount)
			for i := range denseCount {
				m.Dense[head][l][i] = float64(weights[head][t.denseAt(l)+i])
			}
		}
	}
}

// String describes a model for logs.
func (m *model) String() string {
	return fmt.Sprintf("%d n-grams from %d data sets", m.Features, len(m.TrainedOn))
}
