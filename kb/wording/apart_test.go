package wording_test

import (
	"bytes"
	"errors"
	"testing"
	"testing/fstest"

	"huiyin/kb/wording"
)

func TestApart(t *testing.T) {
	a := wording.NewApart(map[string]float64{"提前": 0.0294, "时候": -0.0121, "early": 0.02, "的": 0.0001})
	for feature, want := range map[string]float32{"w提前": 0.029, "w时候": -0.012, "wearly": 0.02, "w的": 0, "w没有": 0, "b提前": 0, "c提": 0, "w": 0} {
		if got := a.Of(feature); got != want {
			t.Errorf("%s: %v, want %v", feature, got, want)
		}
	}
	if none := (*wording.Apart)(nil); none.Of("w提前") != 0 {
		t.Error("without weights a word has one")
	}
	var b bytes.Buffer
	if err := a.Write(&b); err != nil {
		t.Fatal(err)
	}
	if want := "early 0.020\n提前 0.029\n时候 -0.012\n"; b.String() != want {
		t.Errorf("written as %q, want %q", b.String(), want)
	}
	again, err := wording.LoadApart(fstest.MapFS{wording.ApartFile: {Data: b.Bytes()}})
	if err != nil || again.Len() != 3 || again.Of("w提前") != a.Of("w提前") {
		t.Errorf("read back: %v, %+v", err, again)
	}
	for _, bad := range []string{"提前\n", "提前 x\n", " 0.1\n", "提前 NaN\n", "提前 7\n", "a 0.1\n\n"} {
		if _, err := wording.LoadApart(fstest.MapFS{wording.ApartFile: {Data: []byte(bad)}}); !errors.Is(err, wording.ErrFormat) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"怎么 如何 一 0.1\n", "如何 怎么 x\n", "b a 0.1\n", "a  0.1\n"} {
		if _, err := wording.LoadApart(fstest.MapFS{wording.ApartFile: {Data: []byte(bad)}}); !errors.Is(err, wording.ErrFormat) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := wording.LoadApart(fstest.MapFS{}); err == nil {
		t.Error("a missing file is none")
	}
}

// TestSwaps: a pair of words weighs the same from either side, and is written and read with the words.
func TestSwaps(t *testing.T) {
	words := wording.NewApart(map[string]float64{"提前": 0.029})
	a := words.With(map[string]float64{wording.SwapKey("怎么", "如何"): -0.02, wording.SwapKey("pay", "early"): 0.01, wording.SwapKey("a", "b"): 0.0001})
	for feature, want := range map[string]wording.Swap{"w怎么": {Word: "如何", Weight: -0.02}, "w如何": {Word: "怎么", Weight: -0.02}, "wearly": {Word: "pay", Weight: 0.01}} {
		if got := a.Swaps(feature); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v", feature, got)
		}
	}
	if none := (*wording.Apart)(nil); len(none.Swaps("wpay"))+len(a.Swaps("bpay"))+len(a.Swaps("w提前"))+len(a.Swaps("wa")) != 0 {
		t.Error("what has no pair stands for something")
	}
	var b, c bytes.Buffer
	if err := a.Write(&b); err != nil {
		t.Fatal(err)
	}
	again, err := wording.LoadApart(fstest.MapFS{wording.ApartFile: {Data: b.Bytes()}})
	if err != nil || again.Fingerprint() != a.Fingerprint() || again.Len() != 3 || len(again.Swaps("wpay")) != 1 {
		t.Errorf("read back: %v, %+v", err, again)
	}
	if err := again.Words().Write(&c); err != nil || c.String() != "提前 0.029\n" || again.Words().Fingerprint() != words.Fingerprint() {
		t.Errorf("without pairs: %v, %q", err, c.String())
	}
}
