package sentiment

import (
	"math/rand/v2"
	"strings"
	"testing"

	"huiyin/data"
	"huiyin/nlp"
)

// nasty are pieces that, repeated, would make a careless rule look at a text again and again.
func nasty() map[string]string {
	return map[string]string{
		"concessions": "虽然", "negators": "不", "contrasts": "但是", "questions": "什么", "question clauses": "什么，", "wishes": "要是就好了",
		"hopes": "希望好", "praise": "好", "denied": "不好，", "asked": "好不好", "sarcasm": "呵呵好", "moods": "悲伤的", "tags": "[怒]", "brackets": "[", "nested": "[[]]",
		"exclaimed": "!", "asked why": "why ", "emoji": "😀", "joined emoji": "👨\u200d👩\u200d", "emoticons": ":)", "quotes": "('", "long word": "a", "drawn": "sooo", "drawn words": "sooo ",
		"not": "not ", "not good": "not good ", "but": "but ", "handles": "@", "urls": "http://", "stars": "f**", "apostrophes": "a'", "mixed": "虽然不good!!!",
		"worried": "不担心", "numbers": "1", "forwarded": "//@",
	}
}

// work is how much was looked at to read a text: bytes, units, entries of the lexicon, n-grams.
func (sc *scratch) work(text string) int {
	n := len(text) + len(sc.reader.units) + sc.reader.steps
	for g := range sc.features.group {
		n += len(sc.features.group[g])
	}
	return n
}

// TestWorkGrowsWithTheText counts instead of timing. Work for a byte may not grow with the length of a text, neither
// below the bound on units nor (TestWorkOnHugeTexts) from 64 KiB to 1 MiB.
func TestWorkGrowsWithTheText(t *testing.T) {
	s, err := lexiconOnly()
	if err != nil {
		t.Fatal(err)
	}
	sc := s.scratch.Get().(*scratch)
	perByte := func(piece string, size int) float64 {
		text := strings.Repeat(piece, size/len(piece)) + "，好" // what looks for the last clause finds it at the end only
		s.read(sc, nlp.FoldText(text), nil)
		return float64(sc.work(text)) / float64(len(text))
	}
	for name, piece := range nasty() {
		small, large := perByte(piece, 2<<10), perByte(piece, 32<<10)
		if large > 1.1*small+1 {
			t.Errorf("%s: work for a byte grows: %.1f at 2 KiB, %.1f at 32 KiB", name, small, large)
		}
		if large > 200 {
			t.Errorf("%s: %.0f steps for a byte", name, large)
		}
	}
}

// lexiconOnly is a scorer that can read but not judge.
func lexiconOnly() (*Scorer, error) {
	files, err := readLexicons(data.Files())
	if err != nil {
		return nil, err
	}
	return newScorer(files, nil, nil), nil
}

// TestWorkOnHugeTexts: beyond the bound on units there is only folding left to do, and one word may still be a megabyte.
func TestWorkOnHugeTexts(t *testing.T) {
	s, err := lexiconOnly()
	if err != nil {
		t.Fatal(err)
	}
	sc := s.scratch.Get().(*scratch)
	for _, name := range []string{"concessions", "negators", "exclaimed", "emoji", "long word", "drawn", "nested", "not", "urls"} {
		perByte := func(size int) float64 {
			piece := nasty()[name]
			text := strings.Repeat(piece, size/len(piece)) + "，好"
			s.read(sc, nlp.FoldText(text), nil)
			return float64(sc.work(text)) / float64(len(text))
		}
		if long, huge := perByte(64<<10), perByte(1<<20); huge > 1.1*long+1 {
			t.Errorf("%s: work for a byte grows: %.1f at 64 KiB, %.1f at 1 MiB", name, long, huge)
		}
	}
}

// TestWorkOnAnyMixture: random sequences of the same pieces, which no one thought of by hand.
func TestWorkOnAnyMixture(t *testing.T) {
	s, err := lexiconOnly()
	if err != nil {
		t.Fatal(err)
	}
	sc := s.scratch.Get().(*scratch)
	var pieces []string
	for _, p := range nasty() {
		pieces = append(pieces, p)
	}
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		few := pieces[:0:0] // few different ones, so that runs are long
		for range 3 {
			few = append(few, pieces[rng.IntN(len(pieces))])
		}
		var b strings.Builder
		for b.Len() < 32<<10 {
			b.WriteString(few[rng.IntN(len(few))])
		}
		long := b.String()
		short := nlp.Clean(long[:2<<10])
		s.read(sc, nlp.FoldText(short), nil)
		small := float64(sc.work(short)) / float64(len(short))
		s.read(sc, nlp.FoldText(long), nil)
		large := float64(sc.work(long)) / float64(len(long))
		if large > 1.3*small+2 {
			t.Errorf("%q: work for a byte grows from %.1f to %.1f", few, small, large)
		}
	}
}

// BenchmarkLength: the time for a byte must stay level.
func BenchmarkLength(b *testing.B) {
	s, err := Load(data.Files())
	if err != nil {
		b.Fatal(err)
	}
	for _, piece := range []string{"虽然不好，但是", "not good but ", "😀", "a"} {
		for _, size := range []int{1 << 10, 16 << 10, 256 << 10, 1 << 20} {
			text := strings.Repeat(piece, size/len(piece))
			b.Run(piece+"/"+sizeName(size), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					s.Score(text, nil, nlp.LangUnknown)
				}
			})
		}
	}
}

func sizeName(n int) string {
	return map[int]string{1 << 10: "1KiB", 16 << 10: "16KiB", 256 << 10: "256KiB", 1 << 20: "1MiB"}[n]
}
