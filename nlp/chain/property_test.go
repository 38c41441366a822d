package chain_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/longbridgeapp/opencc"

	"huiyin/data"
	"huiyin/nlp"
	"huiyin/nlp/chain"
)

// everything is a chain for all tests that only read.
var everything = sync.OnceValues(func() (*chain.Chain, error) {
	dir, err := os.MkdirTemp("", "huiyin-chain-test")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // the dictionaries are read once
	return chain.New(chain.Options{Data: data.Files(), UnpackDir: dir, Entities: nlp.EntityOptions{Now: func() time.Time { return time.Date(2026, 7, 15, 14, 30, 0, 0, time.UTC) }, Products: []nlp.Product{{Name: "彩虹杯"}, {Name: "Moka Pot"}}}})
})

func whole(t testing.TB) *chain.Chain {
	t.Helper()
	c, err := everything()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// messages are all texts that the packages below test with: personal data, entities, flags, opinions.
func messages(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, name := range []string{"pii", "pii_other", "entities", "flags"} {
		raw, err := os.ReadFile("../testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var cases []struct{ Text string }
		if err := json.Unmarshal(raw, &cases); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			out = append(out, c.Text)
		}
	}
	file, err := os.Open("../sentiment/testdata/cases.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		out = append(out, row[0])
	}
	if len(out) < 1500 {
		t.Fatalf("only %d texts", len(out))
	}
	return out
}

// broken names what an Analysis promises and does not keep, or is "".
func broken(a nlp.Analysis) string {
	last := 0
	ordered := func(what string, s nlp.Span) string {
		if s.Start < 0 || s.End > len(a.Text) || s.Start >= s.End {
			return fmt.Sprintf("%s at %v of %d bytes", what, s, len(a.Text))
		}
		if !utf8.RuneStart(a.Text[s.Start]) || s.End < len(a.Text) && !utf8.RuneStart(a.Text[s.End]) {
			return fmt.Sprintf("%s at %v is not on rune borders", what, s)
		}
		if s.Start < last {
			return fmt.Sprintf("%s at %v begins before the end of the one before", what, s)
		}
		return ""
	}
	for _, x := range a.Tokens {
		if why := ordered("token "+x.Text, x.Span); why != "" {
			return why
		}
		last = x.Start // the parts of a folded character may share it
	}
	last = 0
	for _, x := range a.Entities {
		if why := ordered("entity "+x.Kind, x.Span); why != "" {
			return why
		}
		if x.Text != a.Text[x.Start:x.End] || x.Value == "" {
			return fmt.Sprintf("entity %+v", x)
		}
		for _, p := range a.PII { // what is personal is nobody's order number
			if x.Start < p.End && p.Start < x.End && x.Kind != nlp.EntityPhone && x.Kind != nlp.EntityEmail && x.Kind != nlp.EntityURL && p.Kind != nlp.PIIAddress {
				return fmt.Sprintf("entity %+v lies in %s", x, p.Kind)
			}
		}
		last = x.End
	}
	last = 0
	for _, x := range a.PII {
		if why := ordered("personal data", x.Span); why != "" {
			return why
		}
		last = x.End
	}
	last = 0
	for _, x := range a.Sentiment.Reasons {
		if why := ordered("reason "+x.Rule, x.Span); why != "" {
			return why
		}
		if x.Text != a.Text[x.Start:x.End] || x.Rule == "" {
			return fmt.Sprintf("reason %+v", x)
		}
	}
	s, sum := a.Sentiment, 0.0
	for _, p := range s.Probs {
		sum += p
	}
	if sum < 0.999 || sum > 1.001 || s.Score < -1 || s.Score > 1 || s.Intensity < 0 || s.Intensity > 1 {
		return fmt.Sprintf("sentiment %+v", s)
	}
	for p, share := range s.Probs {
		if share > s.Probs[s.Polarity]+1e-9 {
			return fmt.Sprintf("%s is likelier than %s: %v", p, s.Polarity, s.Probs)
		}
	}
	return ""
}

// Whatever is said, every part of its analysis lies where it says, on borders of characters.
func TestAnalysesKeepTheirPromises(t *testing.T) {
	c := whole(t)
	for _, text := range messages(t) {
		for _, form := range []string{text, strings.ToUpper(text), "“" + text + "”😀\u200d", text + "\n" + text} {
			a, err := c.Analyze(context.Background(), form)
			if err != nil {
				t.Fatal(err)
			}
			if why := broken(a); why != "" {
				t.Errorf("%q: %s", form, why)
			}
		}
	}
}

// Many goroutines that share one chain get what one alone gets.
func TestAnalysesAreTheSameForEverybody(t *testing.T) {
	c, texts := whole(t), messages(t)
	read := func(text string) string {
		a, err := c.Analyze(context.Background(), text)
		if err != nil {
			t.Error(err)
		}
		raw, err := json.Marshal(a)
		if err != nil {
			t.Error(err)
		}
		return string(raw)
	}
	alone := make([]string, 0, len(texts)/7+1)
	for i := 0; i < len(texts); i += 7 {
		alone = append(alone, read(texts[i]))
	}
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for k := range alone {
				at := (k*5 + worker*31) % len(alone)
				if got := read(texts[at*7]); got != alone[at] {
					t.Errorf("%q: %s, alone %s", texts[at*7], got, alone[at])
					return
				}
			}
		})
	}
	wg.Wait()
}

// In Traditional script the same personal data, entities and flags are found as in Simplified, and the same is felt.
func TestAnalysesOfTraditionalScript(t *testing.T) {
	c := whole(t)
	traditional, err := opencc.New("s2t")
	if err != nil {
		t.Fatal(err)
	}
	summary := func(text string) string {
		a, err := c.Analyze(context.Background(), text)
		if err != nil {
			t.Fatal(err)
		}
		out := fmt.Sprint(a.Flags, a.Sentiment.Polarity, a.Sentiment.Emotions)
		for _, e := range a.Entities {
			if e.Kind != nlp.EntityURL { // kept as it was written
				out += " " + e.Kind + "=" + nlp.Fold(e.Value)
			}
		}
		for _, p := range a.PII {
			out += " " + p.Kind + "=" + nlp.Fold(a.Text[p.Start:p.End])
		}
		return out
	}
	differ, n := 0, 0
	for _, text := range messages(t) {
		other, err := traditional.Convert(text)
		if err != nil {
			t.Fatal(err)
		}
		if other == text {
			continue
		}
		n++
		if a, b := summary(text), summary(other); a != b {
			differ++
			t.Logf("%q: %s\n%q: %s", text, a, other, b)
		}
	}
	if n < 500 || differ*200 > n {
		t.Errorf("%d of %d texts are read otherwise in Traditional script", differ, n)
	}
}

func FuzzAnalyze(f *testing.F) {
	for i, text := range messages(f) {
		if i%40 == 0 {
			f.Add(text)
		}
	}
	f.Add("\xff\x00我的order E-1024，花了1万2 4 u 😡😡[怒]")
	c := whole(f)
	f.Fuzz(func(t *testing.T, text string) {
		a, err := c.Analyze(context.Background(), text)
		if err != nil {
			t.Fatal(err)
		}
		if why := broken(a); why != "" {
			t.Fatalf("%q: %s", text, why)
		}
		again, err := c.Analyze(context.Background(), a.Text)
		if err != nil || fmt.Sprint(again) != fmt.Sprint(a) {
			t.Fatalf("%q: %+v, then %+v, %v", text, a, again, err)
		}
	})
}
