package topics

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"

	"huiyin/feedback"
	"huiyin/internal/pack"
	"huiyin/nlp"
)

var (
	_ feedback.Compact  = (*Classifier)(nil)
	_ feedback.Recaller = (*classified)(nil)
)

// recallForm is the form of a reading. It grows whenever AppendReading writes, or a reading means, something else: another way
// to cut words, to tell kinds or to weigh seeds.
const recallForm = 6

// errRecall means that a text is no reading.
var errRecall = errors.New("topics: not a reading")

// Version implements feedback.Compact: the form of a reading, the taxonomy, and the words of which the tokenizer was told (see Words).
func (c *Classifier) Version() string { return c.version }

// Words makes the version depend on what the tokenizer was told besides its dictionary. It is called before the Classifier is used.
func (c *Classifier) Words(fingerprint string) { c.version = versionOf(c.taxonomy, fingerprint) }

func versionOf(t *Taxonomy, words string) string {
	raw, err := json.Marshal([]any{recallForm, words, t, t.examples})
	if err != nil { // texts and numbers only
		panic(err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// AppendReading implements feedback.Compact.
func (c *Classifier) AppendReading(dst []byte, it feedback.Item) []byte {
	var r reading
	c.read(&r, it)
	dst = binary.AppendUvarint(dst, uint64(r.week))
	dst = append(dst, byte(r.trait))
	dst = binary.AppendUvarint(dst, uint64(r.named-settled))
	dst = binary.AppendUvarint(dst, uint64(len(r.hits)))
	for _, h := range r.hits {
		dst = binary.AppendUvarint(dst, uint64(h.topic))
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(h.weight))
	}
	dst = binary.AppendUvarint(dst, uint64(len(r.aspects)))
	for _, a := range r.aspects {
		dst = append(binary.AppendUvarint(dst, uint64(a.group)), byte(a.side+1))
	}
	dst = binary.AppendUvarint(dst, uint64(len(r.tokens)))
	for _, t := range r.tokens {
		mark := uint64(len(t.Text)) << 2
		if t.Stop {
			mark |= 1
		}
		if t.Term != t.Text {
			mark |= 2
		}
		dst = append(binary.AppendUvarint(dst, mark), t.Text...)
		if t.Term != t.Text {
			dst = append(binary.AppendUvarint(dst, uint64(len(t.Term))), t.Term...)
		}
	}
	return dst
}

// Recall implements feedback.Recaller.
func (p *classified) Recall(text string) error {
	in := pack.Reader{Rest: text}
	r := &p.recalled
	r.week, r.trait = int32(in.Upto(math.MaxInt32)), trait(in.Upto(math.MaxUint8))
	r.named = int16(in.Upto(len(p.c.taxonomy.Topics)+1) + settled)
	r.hits, r.aspects, r.tokens = r.hits[:0], r.aspects[:0], r.tokens[:0]
	for range in.Upto(len(in.Rest)) {
		r.hits = append(r.hits, hit{topic: in.Upto(len(p.c.taxonomy.Topics) - 1), weight: in.Float()})
	}
	for range in.Upto(len(in.Rest)) {
		r.aspects = append(r.aspects, judged{uint16(in.Upto(len(p.c.aspects.groups) - 1)), int8(in.Upto(2)) - 1})
	}
	for range in.Upto(len(in.Rest)) {
		mark := in.Upto(math.MaxInt32)
		t := nlp.Token{Text: in.Take(uint64(mark >> 2)), Stop: mark&1 != 0}
		t.Term = t.Text
		if mark&2 != 0 {
			t.Term = in.Text()
		}
		r.tokens = append(r.tokens, t)
	}
	if in.Bad || in.Rest != "" || int(r.trait&traitKind) >= len(kindOf()) {
		return errRecall
	}
	p.keep(r)
	return nil
}

// keep adds the reading of the next message to the pile.
func (p *classified) keep(r *reading) {
	p.add(r)
	p.hits.add(r.hits)
	p.named = append(p.named, r.named)
	p.aspects.add(r.aspects)
}
