package intent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

func TestExp32IsTheExponential(t *testing.T) {
	for x := float32(0); x > -80; x -= 0.0137 {
		want := math.Exp(float64(x))
		if got := float64(exp32(x)); math.Abs(got-want) > 4e-7*want {
			t.Fatalf("exp32(%v) = %v, want %v", x, got, want)
		}
	}
	if exp32(0) != 1 || exp32(-1e9) != 0 || exp32(float32(math.Inf(-1))) != 0 {
		t.Error("the ends are not 1 and 0")
	}
}

func testVectors(t testing.TB) *vectors.Vectors {
	t.Helper()
	v, err := vectors.Load(os.DirFS("../../data/vectors"))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// spaced cuts at spaces: all that the texts of these tests need.
type spaced struct{}

func (spaced) Tokenize(text string) []nlp.Token {
	var out []nlp.Token
	for _, w := range strings.Fields(text) {
		out = append(out, nlp.Token{Text: w, Term: w})
	}
	return out
}

// orders are questions whose intent is in the order of their words alone: what moves from where, and which way.
func orders(each int) []nlp.Example {
	r := rand.New(rand.NewPCG(1, 2))
	places := []string{"london", "paris", "berlin", "madrid", "rome", "vienna", "oslo", "dublin"}
	verbs := []string{"move", "send", "bring", "carry"}
	var out []nlp.Example
	for range each {
		a, b, v := places[r.IntN(len(places))], places[r.IntN(len(places))], verbs[r.IntN(len(verbs))]
		out = append(out,
			nlp.Example{Label: "in", Text: fmt.Sprintf("%s it from %s to my home with %s", v, a, b)},
			nlp.Example{Label: "out", Text: fmt.Sprintf("%s it to %s from my home with %s", v, a, b)},
			nlp.Example{Label: "with", Text: fmt.Sprintf("%s it with %s from my home to %s", v, a, b)})
	}
	return out
}

func learn(t testing.TB, examples []nlp.Example, workers int) (*net, *set) {
	t.Helper()
	v := testVectors(t)
	s, err := newSet(t.Context(), spaced{}, examples, Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	n, err := learnNet(t.Context(), s, v, workers)
	if err != nil {
		t.Fatal(err)
	}
	return n, s
}

func TestNetLearnsTheOrderOfWords(t *testing.T) {
	n, s := learn(t, orders(120), 2)
	var sc netScratch
	wrong := 0
	for text, want := range map[string]string{
		"send it from lisbon to my home with athens":    "in", // cities that no example has
		"move it to lisbon from my home with athens":    "out",
		"carry it with lisbon from my home to athens":   "with",
		"bring it to warsaw from my home with budapest": "out",
		"bring it from warsaw to my home with budapest": "in",
	} {
		if got := s.labels[argmax(n.score(spaced{}.Tokenize(text), &sc))]; got != want {
			wrong++
			t.Logf("%q: %s, want %s", text, got, want)
		}
	}
	if wrong > 0 {
		t.Errorf("%d wrong", wrong)
	}
}

func TestNetIsTheSameWhateverTheWorkersAndAfterReading(t *testing.T) {
	one, _ := learn(t, orders(30), 1)
	two, _ := learn(t, orders(30), 2)
	file := func(n *net) []byte { var e enc; e.net(n); return e.buf }
	if !bytes.Equal(file(one), file(two)) {
		t.Fatal("the number of workers changed the network")
	}
	d := dec{buf: file(one)}
	back := d.net()
	if d.failed || len(d.buf) != 0 || !back.fits(one.vectors, 3) {
		t.Fatal("a written network cannot be read")
	}
	var a, b netScratch
	for _, text := range []string{"send it from rome to my home", "xyzzy", "refund", "send lisbon xyzzy to oslo", strings.Repeat("to rome ", 900)} {
		tokens := spaced{}.Tokenize(text)
		if x, y := one.score(tokens, &a), back.score(tokens, &b); !slices.Equal(x, y) {
			t.Errorf("%.30q: %v as trained, %v as read", text, x, y)
		}
	}
	if back.fits(one.vectors, 4) || back.fits(nil, 3) {
		t.Error("a network fits other intents, or no vectors")
	}
	for _, lead := range [][]float32{nil, {0, 0}, {0, 0, 1}, {-1, 0, 0}} {
		if back.lead = lead; back.fits(one.vectors, 3) {
			t.Errorf("a network with leads %v fits", lead)
		}
	}
}

// What was read before leaves nothing in the scratch memory, and words that nobody knows say nothing.
func TestNetScoresEachTextByItself(t *testing.T) {
	n, _ := learn(t, orders(20), 2)
	var used netScratch
	for _, text := range []string{"to my home from athens with lisbon", "it", "qqqq zzzz", "move it to rome"} {
		tokens := spaced{}.Tokenize(text)
		var fresh netScratch
		want := slices.Clone(n.score(tokens, &fresh))
		if got := n.score(tokens, &used); !slices.Equal(got, want) {
			t.Errorf("%q: %v after others, %v alone", text, got, want)
		}
	}
	move := spaced{}.Tokenize("move it to rome")
	with := slices.Insert(slices.Clone(move), 2, spaced{}.Tokenize("qqqqq")...)
	if x, y := slices.Clone(n.score(move, &used)), n.score(with, &used); !slices.Equal(x, y) {
		t.Errorf("an unknown word changed %v to %v", x, y)
	}
}

func TestNetEndsWhenItIsToldTo(t *testing.T) {
	s, err := newSet(t.Context(), spaced{}, orders(20), Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	over, stop := context.WithCancel(t.Context())
	stop()
	if n, err := learnNet(over, s, testVectors(t), 2); !errors.Is(err, context.Canceled) || n != nil {
		t.Errorf("got %v, %v", n, err)
	}
}

// A second opinion is asked for, and there must be vectors, many examples, and work left to do.
func TestWhoGetsASecondOpinion(t *testing.T) {
	v := testVectors(t)
	many, err := newSet(t.Context(), spaced{}, orders(netFewest), Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	few := many.only(func(i int) bool { return i%2 == 0 })
	trial := func(right, wrong int) []held {
		return slices.Concat(slices.Repeat([]held{{class: 1, best: 1}}, right), slices.Repeat([]held{{class: 1, best: 2}}, wrong),
			slices.Repeat([]held{{class: -1, best: 2, outside: true}}, 50)) // what is out of scope is not counted
	}
	asked := Options{SecondOpinion: true, Vectors: v}
	for name, c := range map[string]struct {
		set    *set
		opts   Options
		scores []held
		want   bool
	}{
		"asked for":       {many, asked, trial(90, 10), true},
		"not asked for":   {many, Options{Vectors: v}, trial(90, 10), false},
		"without vectors": {many, Options{SecondOpinion: true}, trial(90, 10), false},
		"few examples":    {few, asked, trial(90, 10), false},
		"nothing to do":   {many, asked, trial(95, 5), false},
		"nothing held":    {many, asked, nil, false},
	} {
		if got := c.set.wantsNet(c.opts, c.scores); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestBlendIsTheSharpenedGeometricMean(t *testing.T) {
	margins, second, lead, temper := []float32{0.3, -0.2, 0.1}, []float32{1, 4, -2}, []float32{0.5, 0, -0.7}, 5.0
	share := func(z []float32, t float64) []float64 {
		e := weigh(z, t, 0, 0)
		out := make([]float64, len(z))
		for i, s := range z {
			out[i] = e.prob * math.Exp(t*(float64(s)-e.top))
		}
		return out
	}
	a, b := share(margins, temper), share(second, 1)
	want, sum := make([]float64, 3), 0.0
	for i := range want {
		want[i] = math.Pow(math.Pow(a[i], 1-netShare)*math.Pow(b[i], netShare)/math.Exp(float64(lead[i])), netSharp)
		sum += want[i]
	}
	blend(margins, second, lead, temper)
	for i, p := range share(margins, temper) {
		if math.Abs(p-want[i]/sum) > 1e-6 {
			t.Errorf("intent %d: %v, want %v", i, p, want[i]/sum)
		}
	}
}

// An intent's lead grows with its examples, up to a bound, whatever the others are called; names of labels and what is out of scope do not count.
func TestLeadsFollowTheNumberOfExamples(t *testing.T) {
	s := &set{labels: []string{"few", "rare", "many", "none"}, names: 203}
	for c, n := range []int{40, 20, 140, 0} {
		s.class = append(s.class, slices.Repeat([]int{c}, n)...)
	}
	s.class = append(s.class, -1, -1, -1, 0, 1, 2, 3)
	got, want := s.leads(), []float32{float32(math.Log(40. / 50)), -netLead, netLead, -netLead}
	for c := range want {
		if math.Abs(float64(got[c]-want[c])) > 1e-6 {
			t.Errorf("%s: %v, want %v", s.labels[c], got[c], want[c])
		}
	}
	even := &set{labels: []string{"a", "b"}, class: []int{0, 1, 1, 0}, names: 4}
	if got := even.leads(); got[0] != 0 || got[1] != 0 {
		t.Errorf("as many examples each, and leads of %v", got)
	}
}

// Where both opinions are undecided, the intent that has half of the examples loses to the one that has a quarter.
func TestALeadIsTakenOutOfTheVerdict(t *testing.T) {
	lead := (&set{labels: []string{"a", "b", "c"}, class: []int{0, 0, 1, 2}, names: 4}).leads()
	margins := []float32{0.201, 0.2, -0.5}
	blend(margins, []float32{1.01, 1, -3}, lead, 5)
	if argmax(margins) != 1 {
		t.Errorf("margins %v", margins)
	}
}

// noisy are orders of which one in six has the label of another: no classifier gets those right.
func noisy(each int) []nlp.Example {
	out := orders(each)
	for i := range out {
		if i%6 == 0 {
			out[i].Label = out[(i+1)%len(out)].Label
		}
	}
	return out
}

// A model with a second opinion is the same whatever the workers, is read as it was written or not at all, and answers as it did.
func TestModelsWithASecondOpinionAreKeptWhole(t *testing.T) {
	v := testVectors(t)
	train := func(workers int, opts Options) *Model {
		t.Helper()
		opts.Workers, opts.Vectors = workers, v
		m, err := Train(t.Context(), spaced{}, noisy(64), opts)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	file := func(m *Model) []byte {
		t.Helper()
		var b bytes.Buffer
		if err := m.Save(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	m, plain := train(1, Options{SecondOpinion: true}), train(2, Options{})
	if m.net == nil || plain.net != nil {
		t.Fatalf("a second opinion: %v; not asked for: %v", m.net != nil, plain.net != nil)
	}
	raw := file(m)
	if !bytes.Equal(raw, file(train(2, Options{SecondOpinion: true}))) {
		t.Fatal("two workers made another model")
	}
	back, err := Load(bytes.NewReader(raw), v, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw, file(back)) {
		t.Error("a model that was read is written otherwise")
	}
	texts := []string{"move it from lisbon to my home with athens", "refund", "xyzzy", "to to to", "carry it to oslo from my home with rome"}
	for _, x := range noisy(8) { // of some of them the linear classifiers are not sure
		texts = append(texts, x.Text)
	}
	apart := 0
	for _, text := range texts {
		tokens := spaced{}.Tokenize(text)
		got, want := back.Rank(tokens), m.Rank(tokens)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: %+v as trained, %+v as read", text, want, got)
		}
		sum := nlp.Confidence(0)
		for i, r := range got.Ranking {
			sum += r.Confidence
			if r.Confidence < 0 || i > 0 && r.Confidence > got.Ranking[i-1].Confidence {
				t.Errorf("%q: ranking %v", text, got.Ranking)
			}
		}
		if sum > got.InScope+1e-6 {
			t.Errorf("%q: confidences of %v, in scope %v", text, sum, got.InScope)
		}
		linear := plain.Rank(tokens)
		if got.InScope != linear.InScope {
			t.Errorf("%q: in scope %v, and %v without a second opinion: it is not asked about that", text, got.InScope, linear.InScope)
		}
		if len(got.Ranking) > 0 && got.Ranking[0].Confidence != linear.Ranking[0].Confidence {
			apart++
		}
	}
	if apart == 0 {
		t.Error("the second opinion changed nothing")
	}
	if _, err := Load(bytes.NewReader(raw), nil, nil); !errors.Is(err, ErrVectors) {
		t.Errorf("without vectors: %v", err)
	}
	body := raw[len(magic)+sha256.Size:]
	for cut := 1; cut < len(body)-len(file(plain)); cut = cut*3 + 1 {
		if m, err := decode(body[:len(body)-cut], v, nil); !errors.Is(err, ErrFormat) || m != nil {
			t.Errorf("without its last %d bytes: %v", cut, err)
		}
	}
}
