package wording_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"huiyin/kb/wording"
	"huiyin/nlp"
)

// tokens cuts at spaces; a word of Han characters is one token.
func tokens(text string) []nlp.Token {
	var out []nlp.Token
	at := 0
	for _, w := range strings.Fields(text) {
		at += strings.Index(text[at:], w)
		out = append(out, nlp.Token{Span: nlp.Span{Start: at, End: at + len(w)}, Text: w, Term: w})
		at += len(w)
	}
	return out
}

func TestFeatures(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"退货", "w退货 c退 c货 b退货"},
		{"退货 退货", "w退货 c退 c货 b退货"}, // no pair across a gap
		{"ab", "wab p<ab pab> p<ab>"},
		{"ab退", "wab退 c退"},
	} {
		if got := strings.Join(wording.Features(tokens(tc.in)), " "); got != tc.want {
			t.Errorf("%q: %s, want %s", tc.in, got, tc.want)
		}
	}
	joined := []nlp.Token{{Span: nlp.Span{Start: 0, End: 3}, Text: "退", Term: "退"}, {Span: nlp.Span{Start: 3, End: 6}, Text: "货", Term: "货"}}
	if !slices.Contains(wording.Features(joined), "b退货") {
		t.Error("no pair across a word border")
	}
}

// examples are questions about a few things, each asked with “please” in some of the wordings.
func examples() []wording.Example {
	var out []wording.Example
	for i, pair := range [][2]string{
		{"refund money", "give back cash"}, {"parcel lost", "package missing"}, {"change address", "move house"},
		{"cancel order", "stop purchase"}, {"broken screen", "cracked display"}, {"gift card", "present voucher"},
		{"delivery fee", "shipping cost"}, {"forgot password", "lost login"},
	} {
		for range 4 {
			out = append(out, wording.Example{A: wording.Features(tokens("please " + pair[0])), B: wording.Features(tokens(pair[1])), Group: i, Source: 1,
				Not: [][]string{wording.Features(tokens("please help"))}})
		}
	}
	return out
}

func train(t *testing.T) *wording.Model {
	t.Helper()
	m, err := wording.Train(t.Context(), examples(), wording.Settings{Dim: 16, Epochs: 30, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func cosine(m *wording.Model, a, b string) float64 {
	x, y := m.Vector(wording.Features(tokens(a))), m.Vector(wording.Features(tokens(b)))
	sum := 0.0
	for i := range x {
		sum += float64(x[i] * y[i])
	}
	return sum
}

func TestTrain(t *testing.T) {
	m := train(t)
	same, other := cosine(m, "refund money", "give back cash"), cosine(m, "refund money", "package missing")
	if same < other+0.3 {
		t.Errorf("the same meaning is at %.2f, another at %.2f", same, other)
	}
	if please, refund := m.Factor("wplease"), m.Factor("wrefund"); please >= refund {
		t.Errorf("please tells %.2f, refund %.2f", please, refund)
	}
	if m.Factor("wzebra") != 1 || m.Known("wzebra") {
		t.Error("an unknown feature has a factor")
	}
	if _, err := wording.Train(t.Context(), nil, wording.Settings{}); err == nil {
		t.Error("training on nothing must fail")
	}
}

func TestTrainIsRepeatable(t *testing.T) {
	var a, b bytes.Buffer
	if err := errors.Join(train(t).Write(&a), train(t).Write(&b)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same examples gave two models")
	}
}

func load(raw []byte) (*wording.Model, error) {
	return wording.Load(fstest.MapFS{wording.File: {Data: raw}})
}

func TestWriteAndLoad(t *testing.T) {
	m := train(t)
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	n, err := load(b.Bytes())
	if err != nil || n.Len() != m.Len() || n.Dim() != m.Dim() {
		t.Fatalf("read back %v, %v", n, err)
	}
	if x, y := cosine(m, "parcel lost", "package missing"), cosine(n, "parcel lost", "package missing"); x != y {
		t.Errorf("cosine %v before, %v after", x, y)
	}
	for cut := range b.Len() {
		if _, err := load(b.Bytes()[:cut]); !errors.Is(err, wording.ErrFormat) {
			t.Fatalf("cut to %d bytes: %v", cut, err)
		}
	}
	if _, err := wording.Load(fstest.MapFS{}); err == nil {
		t.Error("a missing file is no error")
	}
}

// FuzzLoad: whatever the bytes, a model that loads can be used.
func FuzzLoad(f *testing.F) {
	m, err := wording.Train(f.Context(), examples(), wording.Settings{Dim: 2, Epochs: 1})
	if err != nil {
		f.Fatal(err)
	}
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := load(raw)
		if err != nil {
			return
		}
		if v := m.Vector([]string{"wrefund"}); len(v) != m.Dim() {
			t.Fatalf("%d values in %d dimensions", len(v), m.Dim())
		}
	})
}

// TestJoin: of two models each script keeps what was learned for it, and models that do not fit are refused.
func TestJoin(t *testing.T) {
	learn := func(seed uint64, dim int, pairs ...string) *wording.Model {
		t.Helper()
		var all []wording.Example
		for i := 0; i < len(pairs); i += 2 {
			for range 3 {
				all = append(all, wording.Example{A: wording.Features(tokens(pairs[i])), B: wording.Features(tokens(pairs[i+1])), Group: i, Source: 1})
			}
		}
		m, err := wording.Train(t.Context(), all, wording.Settings{Dim: dim, Epochs: 3, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	han := learn(1, 16, "退款 app", "退钱 app", "丢件 vip", "丢了 vip")
	other := learn(2, 16, "refund app", "退款 money", "lost parcel", "missing parcel")
	m, err := wording.Join(han, other)
	if err != nil {
		t.Fatal(err)
	}
	for feature, from := range map[string]*wording.Model{"w退款": han, "c丢": han, "wvip": han, "wapp": other, "wrefund": other, "p<ap": other} {
		if got, want := m.Vector([]string{feature}), from.Vector([]string{feature}); !slices.Equal(got, want) || m.Factor(feature) != from.Factor(feature) {
			t.Errorf("%s: %v, want %v", feature, got, want)
		}
	}
	if m.Known("w不明") {
		t.Error("knows what neither knew")
	}
	if _, err := wording.Join(han, learn(3, 8, "a b", "c d", "e f", "g h")); err == nil {
		t.Error("models of 16 and 8 dimensions were joined")
	}
}
