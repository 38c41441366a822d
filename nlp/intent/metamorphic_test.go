package intent_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/longbridgeapp/opencc"
	"golang.org/x/text/width"

	"huiyin/data"
	"huiyin/nlp"
	"huiyin/nlp/intent"
)

// reader is the sample shop's model as it ships, with the tokenizer that the program uses.
func reader(t *testing.T) func(text string) intent.Result {
	t.Helper()
	tok, err := nlp.NewTokenizer(data.Files(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tok.Close() })
	pinyin, err := nlp.NewPinyin(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := data.Files().Open("models/intent-shop.bin.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	z, err := gzip.NewReader(raw)
	if err != nil {
		t.Fatal(err)
	}
	m, err := intent.Load(z, words(t), pinyin)
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) intent.Result { return m.Rank(tok.Tokenize(text)) }
}

// shopTexts are the questions of the sample shop's test file.
func shopTexts(t *testing.T) []nlp.Example {
	t.Helper()
	raw, err := os.ReadFile("../../data/shop/intents_test.csv")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := intent.ReadCSV(bytes.NewReader(raw), "intents_test.csv")
	if err != nil {
		t.Fatal(err)
	}
	return examples
}

// A question is read the same, to the last digit, however it was typed. Traditional script may choose another word for a thing
// here and there.
func TestQuestionsHoweverTheyAreTyped(t *testing.T) {
	read, texts := reader(t), shopTexts(t)
	traditional, err := opencc.New("s2t")
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []struct {
		name  string
		write func(string) string
		may   int // texts of a hundred that may be read otherwise
	}{
		{"full width", width.Widen.String, 0},
		{"spaces around", func(s string) string { return " \n" + s + "\t\n" }, 0},
		{"zero-width characters", func(s string) string { return "\u200b" + s + "\ufeff" }, 0},
		{"marks repeated at the end", func(s string) string { return s + "！！！？？" }, 0},
		{"upper case", strings.ToUpper, 1},
		{"Traditional", func(s string) string {
			out, err := traditional.Convert(s)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}, 1},
	} {
		differ := 0
		for _, e := range texts {
			a, b := read(e.Text), read(form.write(e.Text))
			if a.Best() != b.Best() || a.InScope != b.InScope {
				differ++
				t.Logf("%s: %q is %s at %v, %q %s at %v", form.name, e.Text, a.Best(), a.InScope, form.write(e.Text), b.Best(), b.InScope)
			}
		}
		if differ > form.may*len(texts)/100 {
			t.Errorf("%s: %d of %d questions are read otherwise", form.name, differ, len(texts))
		}
	}
}

// What the component writes into an Analysis is what the model says, and a cancelled context is told.
func TestComponentWritesWhatTheModelSays(t *testing.T) {
	m := train(t, office(), intent.Options{})
	var c intent.Component
	c.Use(m)
	for _, e := range office() {
		a := nlp.Analysis{Tokens: splitter{}.Tokenize(e.Text)}
		if err := c.Annotate(context.Background(), &a); err != nil {
			t.Fatal(err)
		}
		if r := m.Rank(a.Tokens); a.Intent != r.Intent || len(a.Ranking) != len(r.Ranking) || a.Ambiguous != r.Ambiguous {
			t.Errorf("%q: %+v, the model says %+v", e.Text, a.Intent, r.Intent)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := c.Annotate(ctx, &nlp.Analysis{}); err == nil {
		t.Error("nobody was told that the work was cancelled")
	}
}

// The shop's model tells its questions from what is out of scope as well as docs/measured/nlp.md says, with room for chance.
func TestShopKnowsWhatIsOutOfScope(t *testing.T) {
	read := reader(t)
	in, right, out, caught := 0, 0, 0, 0
	for _, e := range shopTexts(t) {
		r := read(e.Text)
		if e.Label == nlp.IntentNone {
			out++
			if r.Intent.Name == nlp.IntentNone {
				caught++
			}
			continue
		}
		in++
		if r.Intent.Name == e.Label {
			right++
		}
	}
	t.Logf("%d of %d questions are right, %d of %d others are rejected", right, in, caught, out)
	if right*100 < in*85 || caught*100 < out*55 {
		t.Errorf("%d of %d questions are right, %d of %d others are rejected", right, in, caught, out)
	}
}
