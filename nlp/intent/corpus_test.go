package intent

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// trades are examples of n intents, made of words of their own and words in common.
func trades(n, each int) []nlp.Example {
	verbs := []string{"cancel", "change", "find", "pay", "return", "track", "open", "close"}
	things := []string{"order", "parcel", "account", "invoice", "card", "refund", "address", "coupon", "ticket", "gift", "review", "store"}
	var out []nlp.Example
	for c := range n {
		thing, other := things[c%len(things)], things[(c+5)%len(things)]
		for i := range each {
			text := fmt.Sprintf("%s my %s w%d %s", verbs[i%len(verbs)], thing, (i*7+c)%23, verbs[(i/3+c)%len(verbs)])
			if i%5 == 4 {
				text += " and the " + other
			}
			out = append(out, nlp.Example{Text: text, Label: fmt.Sprintf("%s_%d", thing, c)})
		}
	}
	return out
}

func newTestTrainer(t testing.TB, examples []nlp.Example, v *vectors.Vectors) *trainer {
	t.Helper()
	opts := Options{Workers: 2, Vectors: v}.withDefaults()
	s, err := newSet(context.Background(), fields{}, examples, opts)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := newTrainer(context.Background(), s, opts)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestATextIsReadAsItWasLearnt: the vector that training works out once and the one that ranking works out for a new text
// must be the same, number by number.
func TestATextIsReadAsItWasLearnt(t *testing.T) {
	v, err := vectors.Load(subFS(t, "vectors"))
	if err != nil {
		t.Fatal(err)
	}
	tr := newTestTrainer(t, trades(6, 50), v)
	enc := newEncoder(tr.linear.vocab, tr.linear.meaning)
	var learnt, read vector
	for i, tokens := range tr.texts {
		tr.encode(i, nil, &learnt)
		enc.encode(tokens, &read)
		if !slices.Equal(learnt.at, read.at) || !slices.Equal(learnt.val, read.val) || !slices.Equal(learnt.dense, read.dense) || learnt.known != read.known {
			t.Fatalf("%v is learnt as %v and read as %v", tokens, learnt, read)
		}
	}
}

// TestACensusForgets: a fold must see a held-out text as a vocabulary of the other texts would.
func TestACensusForgets(t *testing.T) {
	tr := newTestTrainer(t, []nlp.Example{
		{Text: "cancel my order", Label: "a"}, {Text: "cancel my parcel", Label: "a"}, {Text: "unique words here", Label: "b"}, {Text: "joke about parcels", Label: nlp.IntentNone},
	}, nil)
	left := tr.census.clone()
	at := slices.IndexFunc(tr.texts, func(tokens []nlp.Token) bool { return tokens[0].Text == "unique" })
	left.count(tr.cells[at], tr.class[at], -1)
	var x vector
	tr.encode(at, left, &x)
	if x.known != 0 {
		t.Errorf("%.2f of the words of a text that nobody saw are known", x.known)
	}
	for _, k := range x.at {
		if tr.linear.vocab.block[k] != blockChar {
			t.Errorf("a word of a text that nobody saw is a feature")
		}
	}
	tr.encode(at, nil, &x)
	if x.known != 1 {
		t.Errorf("only %.2f of the words of a text that was learnt are known", x.known)
	}
}

// TestHeldOutTextsAreHeldOut: in the cross-validation no text is scored by classifiers that look at it, and hidden intents are
// never named.
func TestHeldOutTextsAreHeldOut(t *testing.T) {
	tr := newTestTrainer(t, trades(9, 50), nil)
	if err := tr.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	got, err := tr.crossValidate(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.full) != 9*50 {
		t.Errorf("%d of %d texts were scored by models that know every intent", len(got.full), 9*50)
	}
	outside := 0
	for _, h := range got.blind {
		hidden := 0
		for _, s := range h.score {
			if s < -1e5 {
				hidden++
			}
		}
		if hidden != 3 {
			t.Fatalf("%d of 9 intents are hidden", hidden)
		}
		if h.outside {
			outside++
		} else if h.score[h.class] < -1e5 {
			t.Fatal("a text of a hidden intent plays one in scope")
		}
		if h.score[h.best] < -1e5 {
			t.Fatal("a hidden intent was named")
		}
	}
	if outside != 9*50 {
		t.Errorf("%d texts of hidden intents were scored, want each once", outside)
	}
	for _, h := range got.full {
		if h.outside || h.score[h.class] < -1e5 {
			t.Fatal("an intent is hidden from a model that should know all")
		}
	}
}

// TestLookingAtFewTextsChangesLittle: the classifiers agree with those that look at every text.
func TestLookingAtFewTextsChangesLittle(t *testing.T) {
	tr := newTestTrainer(t, trades(12, 50), nil)
	if err := tr.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	few := slices.Clone(tr.linear.sparse)
	rows := 0
	for c := range tr.duals {
		rows += len(tr.duals[c].rows)
		tr.duals[c] = dual{rows: make([]int32, len(tr.x)), alpha: make([]float64, len(tr.x))}
		for i := range tr.x {
			tr.duals[c].rows[i] = int32(i)
		}
	}
	if rows >= 12*len(tr.x) {
		t.Errorf("the classifiers look at every text")
	}
	if err := tr.fit(context.Background(), tr.linear, tr.duals, 3*svmEpochs, 0); err != nil {
		t.Fatal(err)
	}
	var apart, size float64
	for i, w := range tr.linear.sparse {
		apart += math.Abs(float64(w - few[i]))
		size += math.Abs(float64(w))
	}
	if apart > 0.1*size {
		t.Errorf("the weights are %.0f %% apart", 100*apart/size)
	}
}

// TestDualsHoldPlanesUp: a plane that is built anew from its multipliers is the one that learning left, to rounding.
func TestDualsHoldPlanesUp(t *testing.T) {
	tr := newTestTrainer(t, trades(5, 40), nil)
	if err := tr.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	n := len(tr.linear.labels)
	for c := range n {
		p := &tr.planes[0]
		p.build(&tr.duals[c], tr.x, func(i int32) bool { return tr.class[i] == c })
		if math.Abs(p.bias-float64(tr.linear.bias[c])) > 1e-4 {
			t.Errorf("intent %d: bias %v, from the duals %v", c, tr.linear.bias[c], p.bias)
		}
		for k, w := range p.sparse {
			if math.Abs(float64(w-tr.linear.sparse[k*n+c])) > 1e-4 {
				t.Fatalf("intent %d, feature %d: %v, from the duals %v", c, k, tr.linear.sparse[k*n+c], w)
			}
		}
	}
}

func TestRateOfOutOfScope(t *testing.T) {
	in, out := []float64{0.9, 0.8, 0.7, 0.6}, []float64{0.1, 0.65, 0.8}
	// Of the twelve pairs eight are in order, 0.8 and 0.8 counts half: 0.1 beats four, 0.65 three, 0.8 one and a half.
	if got := auroc(in, out); math.Abs(got-8.5/12) > 1e-12 {
		t.Errorf("AUROC %v", got)
	}
	if got := recallAt(in, out, 0.25); math.Abs(got-2.0/3) > 1e-12 {
		t.Errorf("recall %v", got)
	}
	if auroc([]float64{1}, []float64{0}) != 1 || auroc([]float64{0}, []float64{1}) != 0 || auroc([]float64{1}, []float64{1}) != 0.5 {
		t.Error("the ends of AUROC")
	}
}

func TestLoadRefusesPartsThatDoNotBelongTogether(t *testing.T) {
	m, err := Train(context.Background(), fields{}, trades(4, 6), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(m *Model){
		"a label twice":         func(m *Model) { m.linear.labels = []string{"a", "a", "b", "c"} },
		"a label too few":       func(m *Model) { m.linear.labels = m.linear.labels[1:] },
		"a feature twice":       func(m *Model) { m.linear.vocab.hash = slices.Repeat(m.linear.vocab.hash[:1], m.linear.vocab.size()) },
		"a weight too few":      func(m *Model) { m.linear.sparse = m.linear.sparse[1:] },
		"a column too many":     func(m *Model) { m.linear.bias = append(slices.Clone(m.linear.bias), 0) },
		"no bias":               func(m *Model) { m.linear.bias = nil },
		"a weight of no number": func(m *Model) { m.linear.bias = []float32{float32(math.NaN()), 0, 0, 0} },
		"a threshold too many":  func(m *Model) { m.thresholds = append(slices.Clone(m.thresholds), 1) },
		"a word without count":  func(m *Model) { m.speller = &speller{words: []spelling{{text: "x", term: "x"}}} },
	} {
		t.Run(name, func(t *testing.T) {
			l, v := *m.linear, *m.linear.vocab
			bad := &Model{linear: &l, gate: m.gate, temper: m.temper, threshold: m.threshold, thresholds: m.thresholds, speller: m.speller}
			bad.linear.vocab = &v
			spoil(bad)
			var file strings.Builder
			if err := bad.Save(&file); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(strings.NewReader(file.String()), nil, nil); err == nil {
				t.Error("it was loaded")
			}
		})
	}
}
