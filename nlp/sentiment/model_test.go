package sentiment

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"testing"
	"testing/fstest"

	"huiyin/data"
)

func TestTableFindsWhatWasPut(t *testing.T) {
	tb := newTable(10)
	for i := range uint64(700) {
		tb.put(mix(i), weights{polar: int8(i%251 - 125), neutral: int8(i % 17), row: uint32(i)})
	}
	wrong := 0
	for i := range uint64(700) {
		if w := tb.find(mix(i)); w != (weights{polar: int8(i%251 - 125), neutral: int8(i % 17), row: uint32(i)}) {
			wrong++ // a fingerprint that two hashes of a run share
		}
	}
	if wrong > 7 {
		t.Errorf("%d of 700 hashes have another's weights", wrong)
	}
	known := 0
	for i := range uint64(10000) {
		if tb.find(mix(i+1e6)) != (weights{}) {
			known++
		}
	}
	if known > 10 {
		t.Errorf("%d of 10000 unknown hashes are taken for known ones", known)
	}
}

func tinyModel() *model {
	m := &model{header: header{Version: featureVersion, Bits: 4, Features: 1}, table: newTable(4)}
	for h := range heads {
		for l := range langs {
			m.Dense[h][l] = make([]float64, denseCount)
			m.Second[h][l] = make([]float64, secondCount)
		}
	}
	m.Net.Scale = make([]float32, netWidth)
	for l := range langs {
		m.Net.Bias[l], m.Net.Out[l] = make([]float32, netWidth), make([]float32, netPools*netWidth)
	}
	m.Net.rows = []netRow{{}, netRowOf(&[netWidth]int8{1, -2, 3, -31}), netRowOf(&[netWidth]int8{netWidth - 1: 31})}
	m.table.put(mix(8), weights{row: 2})
	m.table.put(mix(7), weights{polar: 100, neutral: -100, row: 1})
	return m
}

func TestModelSurvivesTheFile(t *testing.T) {
	var file bytes.Buffer
	if err := tinyModel().write(&file); err != nil {
		t.Fatal(err)
	}
	back, err := readModel(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	w := back.table.find(mix(7))
	if w.polar != 100 || w.neutral != -100 || back.Net.rows[w.row] != netRowOf(&[netWidth]int8{1, -2, 3, -31}) {
		t.Errorf("got %+v of %v", w, back.Net.rows)
	}
	if w := back.table.find(mix(8)); back.Net.rows[w.row] != netRowOf(&[netWidth]int8{netWidth - 1: 31}) {
		t.Errorf("got %+v of %v", w, back.Net.rows)
	}
	var again bytes.Buffer
	if err := back.write(&again); err != nil || !bytes.Equal(file.Bytes(), again.Bytes()) {
		t.Errorf("the same model must give the same bytes: %v", err)
	}
}

func TestDamagedModelsAreRefused(t *testing.T) {
	var file bytes.Buffer
	if err := tinyModel().write(&file); err != nil {
		t.Fatal(err)
	}
	good := file.Bytes()
	for n := range good {
		if _, err := readModel(good[:n]); !errors.Is(err, ErrModel) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		if m, err := readModel(bad); err != nil && !errors.Is(err, ErrModel) {
			t.Fatalf("byte %d: %v", i, err)
		} else if err == nil {
			m.table.find(12345) // must end
		}
	}
	old := tinyModel()
	old.Version = featureVersion + 1
	file.Reset()
	if err := old.write(&file); err != nil {
		t.Fatal(err)
	}
	if _, err := readModel(file.Bytes()); !errors.Is(err, ErrModel) {
		t.Errorf("a model for other features: %v", err)
	}
}

func TestLoadNamesWhatIsMissing(t *testing.T) {
	if _, err := Load(fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no lexicon: %v", err)
	}
	without := fstest.MapFS{}
	for _, name := range lexiconFiles {
		without[name] = &fstest.MapFile{Data: []byte("words: {1: [x]}\n")}
	}
	if _, err := Load(without); !errors.Is(err, ErrModel) {
		t.Errorf("no model: %v", err)
	}
}

// All other tests load what ships; how long that takes is for this to say.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(data.Files()); err != nil {
			b.Fatal(err)
		}
	}
}

func TestOpinionOfClauses(t *testing.T) {
	var c clauseSums
	for range 10 {
		c.add(0, 0.1)
	}
	for range 10 {
		c.add(1, -0.2)
	}
	votes, best, worst, first, last := c.opinion()
	if !(best > 0 && worst < 0 && first == best && last == worst && votes < 0 && votes > worst) {
		t.Errorf("votes %v best %v worst %v first %v last %v", votes, best, worst, first, last)
	}
	var none clauseSums
	if v, _, _, _, _ := none.opinion(); v != 0 || math.IsNaN(v) {
		t.Errorf("no clause: %v", v)
	}
}

func FuzzReadModel(f *testing.F) {
	var file bytes.Buffer
	if err := tinyModel().write(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte(modelMagic + "\x02\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := readModel(raw)
		if err != nil {
			if !errors.Is(err, ErrModel) {
				t.Fatal(err)
			}
			return
		}
		m.table.find(1)
		m.table.find(math.MaxUint64)
	})
}
