package sentiment

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
)

// The model is linear. Head 0 tells positive from negative, head 1 neutral from the two. Each n-gram has a weight for
// either head in one byte; a second, small logistic model over the two margins and the findings of the rules turns
// them into calibrated probabilities.
const (
	headPolar = iota
	headNeutral
	heads
)

// groupVector is the group of word vectors beside the n-gram groups: a word that no training text holds still has a
// weight, from where its vector lies.
const groupVector = groups

// languages that have their own weights for dense features and their own calibration.
const (
	langZh = iota
	langEn
	langs
)

// ErrModel marks a model file that is damaged or was trained for other features: train it again (make train).
var ErrModel = errors.New("sentiment: model file")

const (
	modelMagic = "HUIYIN-SENTIMENT\n"
	// featureVersion changes with everything that changes features: a model fits one version only.
	featureVersion = 1
	modelFile      = "models/sentiment.bin"
)

// model is what training makes. Its header is stored as JSON before the table.
type model struct {
	header
	table table
}

type header struct {
	Version   int                        `json:"version"`
	TrainedOn map[string]int             `json:"trained_on"` // texts by data set
	Features  int                        `json:"features"`   // n-grams with a weight
	Bits      int                        `json:"bits"`       // the table has 2^Bits slots
	Scale     [heads][groups + 1]float64 `json:"scale"`      // what a weight of 127 is worth
	Bias      [heads][langs]float64      `json:"bias"`
	Dense     [heads][langs][]float64    `json:"dense"`
	Second    [heads][langs][]float64    `json:"second"` // weights of the logistic models, the constant last
	Shift     [heads][langs]float64      `json:"shift"`  // added to the log odds when all three classes compete
}

// table maps hashes of n-grams to weights: open addressing, a 16-bit fingerprint and two signed bytes a slot. A text's
// unknown n-gram is taken for a known one about once in fifty thousand.
type table struct {
	slots []uint32
	shift uint
}

func newTable(bits int) table { return table{slots: make([]uint32, 1<<bits), shift: uint(64 - bits)} }

func fingerprint(h uint64) uint32 { return uint32(h&0xffff) | 1 } // 0 marks an empty slot

// find is the weights of a hash; both are 0 when it is unknown.
func (t *table) find(h uint64) (polar, neutral int8) {
	fp := fingerprint(h)
	mask := uint64(len(t.slots) - 1)
	for i := h >> t.shift; ; i = (i + 1) & mask {
		s := t.slots[i]
		if s == 0 {
			return 0, 0
		}
		if s&0xffff == fp {
			return int8(s >> 16), int8(s >> 24)
		}
	}
}

// put adds a hash. The table must have a free slot.
func (t *table) put(h uint64, polar, neutral int8) {
	mask := uint64(len(t.slots) - 1)
	i := h >> t.shift
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = fingerprint(h) | uint32(uint8(polar))<<16 | uint32(uint8(neutral))<<24
}

// write stores a model: magic, length and JSON of the header, the table compressed.
func (m *model) write(w io.Writer) error {
	head, err := json.Marshal(m.header)
	if err != nil {
		return fmt.Errorf("sentiment: %w", err)
	}
	var b bytes.Buffer
	b.WriteString(modelMagic)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(head))))
	b.Write(head)
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("sentiment: %w", err)
	}
	raw := make([]byte, 4*len(m.table.slots))
	for i, s := range m.table.slots {
		binary.LittleEndian.PutUint32(raw[4*i:], s)
	}
	if _, err := z.Write(raw); err != nil {
		return fmt.Errorf("sentiment: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("sentiment: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// maxTableBits bounds what a damaged header can make us allocate: 64 MB.
const maxTableBits = 24

// readModel reads what write stored. All errors wrap ErrModel.
func readModel(raw []byte) (*model, error) {
	if len(raw) < len(modelMagic)+4 || string(raw[:len(modelMagic)]) != modelMagic {
		return nil, fmt.Errorf("%w: not a sentiment model", ErrModel)
	}
	raw = raw[len(modelMagic):]
	n := int(binary.LittleEndian.Uint32(raw))
	raw = raw[4:]
	if n > len(raw) {
		return nil, fmt.Errorf("%w: the file is cut short", ErrModel)
	}
	m := &model{}
	if err := json.Unmarshal(raw[:n], &m.header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrModel, err)
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(raw[n:]))
	if err != nil {
		return nil, fmt.Errorf("%w: table: %w", ErrModel, err)
	}
	m.table = newTable(m.Bits)
	body := make([]byte, 4*len(m.table.slots))
	if _, err := io.ReadFull(z, body); err != nil {
		return nil, fmt.Errorf("%w: table: %w", ErrModel, err)
	}
	if _, err := z.Read(make([]byte, 1)); !errors.Is(err, io.EOF) { // reads the checksum as well
		return nil, fmt.Errorf("%w: table: data after its end or a wrong checksum", ErrModel)
	}
	full := true
	for i := range m.table.slots {
		m.table.slots[i] = binary.LittleEndian.Uint32(body[4*i:])
		full = full && m.table.slots[i] != 0
	}
	if full {
		return nil, fmt.Errorf("%w: table: no free slot", ErrModel)
	}
	return m, nil
}

func (m *model) check() error {
	if m.Version != featureVersion {
		return fmt.Errorf("%w: trained for features of version %d, this program has %d: run make train", ErrModel, m.Version, featureVersion)
	}
	if m.Bits < 1 || m.Bits > maxTableBits {
		return fmt.Errorf("%w: a table of 2^%d slots", ErrModel, m.Bits)
	}
	for h := range heads {
		for l := range langs {
			if len(m.Dense[h][l]) != denseCount || len(m.Second[h][l]) != secondCount {
				return fmt.Errorf("%w: a header of the wrong shape", ErrModel)
			}
		}
	}
	return nil
}

func loadModel(fsys fs.FS) (*model, error) {
	raw, err := fs.ReadFile(fsys, modelFile)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	return readModel(raw)
}

// pull is an n-gram that moved the verdict, for the reasons.
type pull struct {
	from, to int32
	weight   float64
}

// maxPulls is how many n-grams become reasons.
const maxPulls = 3

// margins are the values of both heads for a text, and the n-grams that pulled hardest between the poles.
type margins struct {
	of      [heads]float64
	clauses clauseSums // of the polar head
	pulls   [maxPulls]pull
}

// clauseSums are the parts of a margin that each clause gives, and how many n-grams it has.
type clauseSums struct {
	sum [maxClauses]float32
	n   [maxClauses]int16
}

func (c *clauseSums) add(clause int, v float64) {
	c.sum[clause] += float32(v)
	if c.n[clause] < math.MaxInt16 {
		c.n[clause]++
	}
}

// opinion is what the clauses say one by one: the mean of their votes, the best, the worst, the first and the last.
// A sum hides "all was fine, but it broke"; these do not.
func (c *clauseSums) opinion() (votes, best, worst, first, last float64) {
	weight, total, seen := 0.0, 0.0, false
	for _, n := range c.n {
		total += float64(n)
	}
	for i, n := range c.n {
		if n == 0 {
			continue
		}
		// As if the clause were the whole text: norms grow with the root of the length.
		v := math.Tanh(float64(c.sum[i]) * math.Sqrt(total/(float64(n)+8)))
		w := math.Sqrt(float64(n))
		votes += v * w
		weight += w
		if !seen {
			first, best, worst, seen = v, v, v, true
		}
		best, worst, last = math.Max(best, v), math.Min(worst, v), v
	}
	if weight > 0 {
		votes /= weight
	}
	return votes, best, worst, first, last
}

// margin computes the linear part of the model.
func (m *model) margin(f *features, r *reading) margins {
	var out margins
	for g := range groups + 1 {
		list := f.group[g]
		if len(list) == 0 {
			continue
		}
		var sum [heads]int64
		norm := groupNorm(g, len(list))
		unit := m.Scale[headPolar][g] / 127 * norm
		for i := range list {
			p, n := m.table.find(list[i].hash)
			sum[headPolar] += int64(p)
			sum[headNeutral] += int64(n)
			out.clauses.add(int(f.clause[list[i].from]), float64(p)*unit)
			if g != groupVector && (p > 24 || p < -24) {
				out.offer(pull{from: list[i].from, to: list[i].to, weight: float64(p) * unit})
			}
		}
		for h := range heads {
			out.of[h] += float64(sum[h]) * m.Scale[h][g] / 127 * norm
		}
	}
	l := language(r)
	var dense [denseCount]float64
	denseFeatures(r, &dense)
	for h := range heads {
		out.of[h] += m.Bias[h][l]
		for i, d := range dense {
			out.of[h] += d * m.Dense[h][l][i]
		}
	}
	return out
}

// offer keeps the strongest pulls, the strongest first.
func (m *margins) offer(p pull) {
	for i := range m.pulls {
		if math.Abs(p.weight) > math.Abs(m.pulls[i].weight) {
			p, m.pulls[i] = m.pulls[i], p
		}
	}
}

// groupNorm makes texts of every length comparable. All n-grams count, known or not, so that a text of which the
// model knows little gets a small margin and the rules decide.
func groupNorm(group, n int) float64 {
	if group == groupVector {
		return 1 / math.Sqrt(float64(n)+2)
	}
	return 1 / math.Sqrt(float64(max(n, 1)))
}

// language says which weights a text gets: those of Chinese as soon as a tenth of its units are Chinese.
func language(r *reading) int {
	if r.han*10 > r.han+r.word || r.han > 0 && r.word == 0 {
		return langZh
	}
	return langEn
}

// logits are the log odds of both heads: of positive against negative, of neutral against the two.
func (m *model) logits(mg *margins, r *reading, neutral bool) [heads]float64 {
	l := language(r)
	var in [heads][secondCount]float64
	secondFeatures(mg, r, &in)
	var logit [heads]float64
	for h := range heads {
		for i, v := range in[h] {
			logit[h] += v * m.Second[h][l][i]
		}
		if neutral {
			logit[h] += m.Shift[h][l]
		}
	}
	plainSpeech(r, &logit)
	logit[headPolar] += customPull * r.custom
	logit[headNeutral] -= customPull * math.Abs(r.custom)
	return logit
}

// probabilities turns log odds into those of negative, neutral and positive. Without neutral a text must take a side.
func probabilities(logit [heads]float64, neutral bool) (neg, neu, pos float64) {
	if neutral {
		neu = logistic(logit[headNeutral])
	}
	pos = logistic(logit[headPolar])
	return (1 - neu) * (1 - pos), neu, (1 - neu) * pos
}

// customPull is what a valence of 1 in an operator's own lexicon adds to the log odds: such a word decides.
const customPull = 2.0

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
