package sentiment

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"math"
	"testing"
	"testing/fstest"

	"huiyin/data"
)

func TestTableFindsWhatWasPut(t *testing.T) {
	tb := newTable(10)
	slots := make([]int, 700)
	for i := range slots {
		if slots[i] = tb.put(mix(uint64(i)), int8(i%251-125), int8(i%17)); i%3 == 0 {
			tb.mark(slots[i])
		}
	}
	if rows := tb.number(); rows != 234 {
		t.Errorf("%d rows, want 234", rows)
	}
	wrong := 0
	rows := make(map[uint32]bool)
	for i, slot := range slots {
		w := tb.find(mix(uint64(i)))
		if w.polar != int8(i%251-125) || w.neutral != int8(i%17) {
			wrong++ // a fingerprint that two hashes of a run share
			continue
		}
		if own := tb.row(uint64(slot)); w.row != own || (own != 0) != (i%3 == 0) || own != 0 && rows[own] || own > 234 {
			t.Errorf("hash %d has row %d, its slot %d, another has it: %v", i, w.row, own, rows[own])
		}
		rows[w.row] = true
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
	m.setRows(map[int]netRow{
		m.table.put(mix(8), 0, 0):      netRowOf(&[netWidth]int8{netWidth - 1: netSteps}),
		m.table.put(mix(7), 100, -100): netRowOf(&[netWidth]int8{1, -2, 3, -netSteps}),
	})
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
	if w.polar != 100 || w.neutral != -100 || back.Net.rows[w.row] != netRowOf(&[netWidth]int8{1, -2, 3, -netSteps}) {
		t.Errorf("got %+v of %v", w, back.Net.rows)
	}
	if w := back.table.find(mix(8)); back.Net.rows[w.row] != netRowOf(&[netWidth]int8{netWidth - 1: netSteps}) {
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
	body := tinyModel().body()
	read := func(body []byte) error {
		m := model{header: header{Bits: 4}}
		return m.readBody(body)
	}
	for _, mask := range []byte{0x0f, 0xf0} { // either step of the last byte is one that four bits do not stand for
		bad := bytes.Clone(body)
		bad[len(bad)-1] &= mask
		if err := read(bad); err == nil {
			t.Errorf("a step of zero in %#x was read", bad[len(bad)-1])
		}
	}
	full := bytes.Clone(body)
	for i := range 4 << 4 {
		full[i] = 1
	}
	for name, bad := range map[string][]byte{"nothing": nil, "no rows": body[:len(body)-rowBytes], "a byte more": append(bytes.Clone(body), 1), "no free slot": full} {
		if err := read(bad); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if err := read(body); err != nil {
		t.Errorf("as it is: %v", err)
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
		for clause, v := range []float64{0.1, -0.2} {
			c.add(uint8(clause), v)
		}
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

// sealed is a file with the right checksum whose content somebody made up.
func sealed(rest string) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte(modelMagic), crc32.ChecksumIEEE([]byte(rest))), rest...)
}

func FuzzReadModel(f *testing.F) {
	var file bytes.Buffer
	if err := tinyModel().write(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add(sealed("\x02\x00\x00\x00{}"))
	f.Add(sealed("\xff\xff\xff\xff"))
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
