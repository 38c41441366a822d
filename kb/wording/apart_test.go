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
	if _, err := wording.LoadApart(fstest.MapFS{}); err == nil {
		t.Error("a missing file is none")
	}
}
