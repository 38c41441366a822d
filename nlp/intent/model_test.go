package intent_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"huiyin/nlp"
	"huiyin/nlp/intent"
	"huiyin/nlp/vectors"
)

// office is a larger set made of templates: 30 intents of 12 texts, with words of their own and words in common.
func office() []nlp.Example {
	things := []string{"printer", "badge", "laptop", "desk", "chair", "lamp", "phone", "screen", "keyboard", "mouse", "锁", "窗户", "空调", "电梯", "会议室"}
	frames := [][]string{
		{"my %s is broken", "the %s does not work", "please repair the %s", "%s stopped working today", "%s坏了", "请修一下%s"},
		{"I need a new %s", "can I order a %s", "please buy a %s for me", "how do I get another %s", "我想要一个新的%s", "怎么申请%s"},
	}
	var out []nlp.Example
	for f, forms := range frames {
		for _, thing := range things {
			for i, form := range forms {
				label := fmt.Sprintf("%s_%s", []string{"repair", "order"}[f], thing)
				out = append(out, nlp.Example{Text: fmt.Sprintf(form, thing), Label: label})
				if i%2 == 0 {
					out = append(out, nlp.Example{Text: "hello, " + fmt.Sprintf(form, thing), Label: label})
				}
			}
		}
	}
	return out
}

func saved(t testing.TB, m *intent.Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func words(t testing.TB) *vectors.Vectors {
	t.Helper()
	v, err := vectors.Load(os.DirFS("../../data/vectors"))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTrainingIsTheSameWhateverTheWorkers(t *testing.T) {
	v := words(t)
	one := saved(t, train(t, office(), intent.Options{Workers: 1, Vectors: v}))
	for _, workers := range []int{2, 5} {
		if !bytes.Equal(one, saved(t, train(t, office(), intent.Options{Workers: workers, Vectors: v}))) {
			t.Errorf("%d workers made another model", workers)
		}
	}
}

func TestTrainingIsTheSameWhateverTheOrder(t *testing.T) {
	examples := office()
	a := saved(t, train(t, examples, intent.Options{}))
	slices.Reverse(examples)
	if !bytes.Equal(a, saved(t, train(t, examples, intent.Options{}))) {
		t.Error("the order of the examples changed the model")
	}
}

func TestVectorsKnowWordsThatTheExamplesDoNotHave(t *testing.T) {
	m := train(t, shop(), intent.Options{Vectors: words(t)})
	for text, want := range map[string]string{
		"reimbursement":   "refund",
		"package delayed": "shipping",
		"包裹":              "shipping",
		"receipts":        "invoice",
	} {
		if got := m.Rank(splitter{}.Tokenize(text)).Best(); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestNothingInCommonIsOutOfScope(t *testing.T) {
	m := train(t, shop(), intent.Options{})
	for _, text := range []string{"", "!!!", "zzzz", "ψψψ"} {
		r := m.Rank(splitter{}.Tokenize(text))
		if r.Intent.Name != nlp.IntentNone || r.Ambiguous {
			t.Errorf("%q: got %+v", text, r)
		}
	}
}

func TestOutOfScopeTextsAreToldApart(t *testing.T) {
	m := train(t, office(), intent.Options{Vectors: words(t)})
	lowest := nlp.Confidence(1)
	for _, text := range []string{"the printer is broken", "please buy a lamp", "空调坏了"} {
		r := m.Rank(splitter{}.Tokenize(text))
		lowest = min(lowest, r.InScope)
		if r.Intent.Name == nlp.IntentNone {
			t.Errorf("%q was rejected at %.3f", text, r.InScope)
		}
	}
	for _, text := range []string{"who won the football match yesterday", "明天会下雨吗", "tell me a joke about cats"} {
		if r := m.Rank(splitter{}.Tokenize(text)); r.InScope >= lowest {
			t.Errorf("%q is in scope with %.3f, as much as a text that is (%.3f)", text, r.InScope, lowest)
		}
	}
}

func TestExamplesOfOutOfScopeAreNotAnIntent(t *testing.T) {
	examples := append(office(), nlp.Example{Text: "tell me a joke", Label: nlp.IntentNone}, nlp.Example{Text: "讲个笑话", Label: nlp.IntentNone})
	m := train(t, examples, intent.Options{})
	if slices.Contains(m.Labels(), nlp.IntentNone) {
		t.Error("oos became an intent")
	}
	if r := m.Rank(splitter{}.Tokenize("tell me a joke")); r.Intent.Name != nlp.IntentNone {
		t.Errorf("an example of out of scope was accepted: %+v", r)
	}
}

// Enough examples of what is out of scope speak for others of their kind, also after the model was saved; and they take nothing away
// from texts that are in scope.
func TestExamplesOfOutOfScopeSpeakForOthers(t *testing.T) {
	outside := append(office(), nlp.Example{Text: "tell me a joke", Label: nlp.IntentNone})
	for _, place := range []string{"paris", "london", "the mountains", "my garden", "vienna", "the north"} {
		for _, weather := range []string{"will it snow in ", "how warm is the sea near ", "is there a storm over ", "when does the sun set in "} {
			outside = append(outside, nlp.Example{Text: weather + place, Label: nlp.IntentNone})
		}
	}
	with, without := train(t, outside, intent.Options{}), train(t, office(), intent.Options{})
	loaded, err := intent.Load(bytes.NewReader(saved(t, with)), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(with.Labels(), nlp.IntentNone) {
		t.Error("oos became an intent")
	}
	for _, text := range []string{"will it snow near the lake", "is there a storm in the south", "how warm is vienna"} {
		tokens := splitter{}.Tokenize(text)
		a, b := with.Rank(tokens), without.Rank(tokens)
		if a.InScope >= b.InScope || a.Intent.Name != nlp.IntentNone {
			t.Errorf("%q: in scope with %.3f as %s, without the examples with %.3f", text, a.InScope, a.Intent.Name, b.InScope)
		}
		if c := loaded.Rank(tokens); c.InScope != a.InScope || c.Intent != a.Intent || !slices.Equal(c.Ranking, a.Ranking) {
			t.Errorf("%q: %+v once it is loaded, was %+v", text, c, a)
		}
		if slices.ContainsFunc(a.Ranking, func(i nlp.Intent) bool { return i.Name == nlp.IntentNone }) {
			t.Errorf("%q: out of scope is ranked as an intent: %+v", text, a.Ranking)
		}
	}
	for _, e := range office() {
		if r := with.Rank(splitter{}.Tokenize(e.Text)); r.Intent.Name == nlp.IntentNone {
			t.Errorf("%q, an example of %s, is rejected at %.3f", e.Text, e.Label, r.InScope)
		}
	}
}

func TestCloseRunnerUpIsAmbiguous(t *testing.T) {
	m := train(t, office(), intent.Options{})
	if r := m.Rank(splitter{}.Tokenize("my printer is broken")); r.Ambiguous {
		t.Errorf("a clear text is ambiguous: %+v", r)
	}
	// Half of the words speak for one intent, half for the other.
	r := m.Rank(splitter{}.Tokenize("printer laptop"))
	if len(r.Ranking) < 2 {
		t.Fatalf("got %+v", r)
	}
	clear := m.Rank(splitter{}.Tokenize("my printer is broken")).Ranking
	if r.Ranking[1].Confidence/r.Ranking[0].Confidence <= clear[1].Confidence/clear[0].Confidence {
		t.Errorf("a torn text is no closer than a clear one: %+v, %+v", r.Ranking, clear)
	}
}

func TestRankingIsSortedAndSumsToInScope(t *testing.T) {
	m := train(t, office(), intent.Options{Vectors: words(t)})
	for _, e := range office() {
		r := m.Rank(splitter{}.Tokenize(e.Text))
		sum := nlp.Confidence(0)
		for i, x := range r.Ranking {
			sum += x.Confidence
			if i > 0 && x.Confidence > r.Ranking[i-1].Confidence {
				t.Fatalf("%q: not sorted: %+v", e.Text, r.Ranking)
			}
		}
		if len(r.Ranking) > nlp.RankingSize || sum > r.InScope+1e-9 || r.InScope > 1 {
			t.Fatalf("%q: %+v", e.Text, r)
		}
	}
}

func TestTrainErrors(t *testing.T) {
	none := []nlp.Example{{Text: "a joke", Label: nlp.IntentNone}, {Text: "", Label: "empty"}}
	if _, err := intent.Train(context.Background(), splitter{}, none, intent.Options{}); !errors.Is(err, intent.ErrExamples) {
		t.Errorf("no example in scope: got %v", err)
	}
	if _, err := intent.Train(context.Background(), splitter{}, []nlp.Example{{Text: "a"}}, intent.Options{}); err == nil || !strings.Contains(err.Error(), "no label") {
		t.Errorf("no label: got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := intent.Train(ctx, splitter{}, office(), intent.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestOneExampleIsEnoughToTrain(t *testing.T) {
	m := train(t, []nlp.Example{{Text: "refund", Label: "refund"}}, intent.Options{})
	if got := m.Rank(splitter{}.Tokenize("refund please")).Best(); got != "refund" {
		t.Errorf("got %s", got)
	}
}

func TestModelWantsItsOwnVectors(t *testing.T) {
	v := words(t)
	file := saved(t, train(t, shop(), intent.Options{Vectors: v}))
	if _, err := intent.Load(bytes.NewReader(file), nil, nil); !errors.Is(err, intent.ErrVectors) {
		t.Errorf("without vectors: got %v", err)
	}
	if _, err := intent.Load(bytes.NewReader(file), v, nil); err != nil {
		t.Errorf("with its own: %v", err)
	}
}

func TestComponentExchangesModels(t *testing.T) {
	c := &intent.Component{}
	a := nlp.Analysis{Tokens: splitter{}.Tokenize("I want my money back"), Ambiguous: true}
	annotate := func() {
		t.Helper()
		if err := c.Annotate(context.Background(), &a); err != nil {
			t.Fatal(err)
		}
	}
	if annotate(); a.Intent.Name != nlp.IntentNone || a.Ambiguous {
		t.Errorf("without a model: %+v", a.Intent)
	}
	c.Use(train(t, shop(), intent.Options{}))
	if annotate(); len(a.Ranking) == 0 || a.Ranking[0].Name != "refund" {
		t.Errorf("with a model: %+v", a.Ranking)
	}
	c.Use(nil)
	if annotate(); a.Intent.Name != nlp.IntentNone || a.Ranking != nil {
		t.Errorf("model taken away: %+v", a.Intent)
	}
}

// glued joins the words echo and bud.
type glued struct{ splitter }

func (g glued) Tokenize(text string) []nlp.Token { return join(g.splitter.Tokenize(text)) }

func join(tokens []nlp.Token) []nlp.Token {
	var out []nlp.Token
	for _, t := range tokens {
		if n := len(out); n > 0 && out[n-1].Text == "echo" && t.Text == "bud" {
			out[n-1].Span.End, out[n-1].Text, out[n-1].Term = t.End, "echobud", "echobud"
			continue
		}
		out = append(out, t)
	}
	return out
}

// TestComponentJoins: a text is read as the tokenizer of training would have cut it, and the analysis keeps its tokens.
func TestComponentJoins(t *testing.T) {
	examples := append(shop(), nlp.Example{Text: "pair my echo bud", Label: "pairing"}, nlp.Example{Text: "echo bud pairing", Label: "pairing"},
		nlp.Example{Text: "an echo in the call", Label: "sound"}, nlp.Example{Text: "hear an echo", Label: "sound"})
	m, err := intent.Train(t.Context(), glued{}, examples, intent.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const text = "my echo bud"
	want := m.Rank(glued{}.Tokenize(text))
	if plain := m.Rank(splitter{}.Tokenize(text)); plain.Ranking[0] == want.Ranking[0] {
		t.Fatalf("both ways of cutting are read alike: %+v", want)
	}
	var c intent.Component
	c.UseJoined(m, join)
	a := nlp.Analysis{Tokens: splitter{}.Tokenize(text)}
	if err := c.Annotate(t.Context(), &a); err != nil || a.Ranking[0] != want.Ranking[0] || c.Model() != m {
		t.Errorf("%v, %+v, want %+v", err, a.Ranking, want.Ranking)
	}
	if len(a.Tokens) != 3 || a.Tokens[1].Text != "echo" {
		t.Errorf("the tokens of the analysis are %+v", a.Tokens)
	}
}

func TestReadCSV(t *testing.T) {
	got, err := intent.ReadCSV(strings.NewReader("\ufefftext,label,split,lang\n\"a, b\",x,train,en\n你好,y,,zh\n"), "f.csv")
	if err != nil || len(got) != 2 || got[0].Text != "a, b" || got[1].Label != "y" || got[1].Lang != "zh" {
		t.Fatalf("got %+v, %v", got, err)
	}
	for file, want := range map[string]string{
		"":                       "f.csv: the file is empty",
		"text,intent\na,b\n":     `row 1: no column "label"`,
		"text,label\n":           "no row after the header",
		"text,label\na,x\n ,x\n": "row 3: the text is empty",
		"text,label\na,\n":       "row 2: the label is empty",
		"text,label\n\"a,x\n":    "row 2",
	} {
		if _, err := intent.ReadCSV(strings.NewReader(file), "f.csv"); !errors.Is(err, intent.ErrCSV) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", file, err, want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	m := train(f, shop(), intent.Options{})
	f.Add(saved(f, m))
	f.Add([]byte("huiyin-intent-3\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		m, err := intent.Load(bytes.NewReader(file), nil, nil)
		if err != nil {
			return
		}
		m.Rank(splitter{}.Tokenize("refund"))
	})
}

func FuzzRank(f *testing.F) {
	m := train(f, shop(), intent.Options{Vectors: words(f)})
	for _, s := range []string{"退款 refund", "\xff\x00", strings.Repeat("a", 5000), "我的order还没ship"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, b := m.Rank(splitter{}.Tokenize(text)), m.Rank(splitter{}.Tokenize(text))
		if a.InScope != b.InScope || a.Intent != b.Intent || a.InScope < 0 || a.InScope > 1 {
			t.Errorf("%q: %+v, then %+v", text, a, b)
		}
	})
}

func BenchmarkTrain(b *testing.B) {
	v := words(b)
	for b.Loop() {
		train(b, office(), intent.Options{Vectors: v})
	}
}

func BenchmarkRank(b *testing.B) {
	m := train(b, office(), intent.Options{Vectors: words(b)})
	tokens := splitter{}.Tokenize("could you please repair the lamp in our meeting room today")
	for b.Loop() {
		m.Rank(tokens)
	}
}
