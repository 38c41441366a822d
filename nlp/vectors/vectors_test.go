package vectors_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"testing"
	"testing/fstest"

	"huiyin/nlp/vectors"
)

func shipped(t testing.TB) *vectors.Vectors {
	t.Helper()
	v, err := vectors.Load(os.DirFS("../../data/vectors"))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// mean is the mean of a text's parts.
func mean(t testing.TB, v *vectors.Vectors, words ...string) []float64 {
	t.Helper()
	out, row := make([]float64, v.Dim()), make([]float32, v.Dim())
	for _, w := range words {
		parts := v.Parts(w, nil)
		if len(parts) == 0 {
			t.Fatalf("%s is not known", w)
		}
		for _, i := range parts {
			v.Row(i, row)
			for k, x := range row {
				out[k] += float64(x)
			}
		}
	}
	return out
}

func cosine(a, b []float64) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab, aa, bb = ab+a[i]*b[i], aa+a[i]*a[i], bb+b[i]*b[i]
	}
	return ab / math.Sqrt(aa*bb)
}

func TestWordsOfLikeMeaningAreClose(t *testing.T) {
	v := shipped(t)
	for _, c := range []struct{ word, near, far string }{
		{"refund", "reimbursement", "weather"},
		{"parcel", "package", "guitar"},
		{"退款", "refund", "weather"},
		{"发票", "invoice", "music"},
		{"快递", "delivery", "dog"},
		{"天气", "weather", "refund"},
		{"信用卡", "银行", "跑步"},
		{"听音乐", "music", "refund"}, // not in the dictionary: known by its parts
	} {
		near, far := cosine(mean(t, v, c.word), mean(t, v, c.near)), cosine(mean(t, v, c.word), mean(t, v, c.far))
		if near < far+0.1 {
			t.Errorf("%s: %.2f from %s, %.2f from %s", c.word, near, c.near, far, c.far)
		}
	}
}

func TestUnknownWordsHaveNoParts(t *testing.T) {
	v := shipped(t)
	for _, w := range []string{"", "qzxv", "123", "\xff"} {
		if parts := v.Parts(w, nil); len(parts) != 0 {
			t.Errorf("%q: got %v", w, parts)
		}
	}
}

func small(t testing.TB) fstest.MapFS {
	t.Helper()
	var en, zh bytes.Buffer
	if err := vectors.WriteEnglish(&en, []string{"money", "back"}, [][]float32{{1, -2, 0}, {0, 0, 4}}); err != nil {
		t.Fatal(err)
	}
	if err := vectors.WriteChinese(&zh, []string{"钱"}, [][]vectors.Gloss{{{Word: 0, Weight: 255}, {Word: 1, Weight: 3}}}); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{vectors.EnglishFile: {Data: en.Bytes()}, vectors.ChineseFile: {Data: zh.Bytes()}}
}

func TestWriteLoadRoundTrip(t *testing.T) {
	v, err := vectors.Load(small(t))
	if err != nil {
		t.Fatal(err)
	}
	i, ok := v.Lookup("back")
	row := make([]float32, v.Dim())
	v.Row(i, row)
	if !ok || v.Rank(i) != 1 || row[0] != 0 || math.Abs(float64(row[2])-4) > 0.05 {
		t.Errorf("back: %v, rank %d, %v", ok, v.Rank(i), row)
	}
	if c := cosine(mean(t, v, "钱"), mean(t, v, "money")); c < 0.99 {
		t.Errorf("钱 is %.2f from money", c)
	}
}

func TestMissingFile(t *testing.T) {
	if _, err := vectors.Load(fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	files := small(f)
	f.Add(files[vectors.EnglishFile].Data, files[vectors.ChineseFile].Data)
	f.Add([]byte("huiyin-vectors-en-1\n\xff\xff\xff\xff\xff\xff\xff\xff"), []byte{})
	f.Fuzz(func(t *testing.T, en, zh []byte) {
		v, err := vectors.Load(fstest.MapFS{vectors.EnglishFile: {Data: en}, vectors.ChineseFile: {Data: zh}})
		if err != nil {
			return
		}
		row := make([]float32, v.Dim())
		for i := range v.Len() { // every word of a file that loads can be read
			v.Row(i, row)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		shipped(b)
	}
}
