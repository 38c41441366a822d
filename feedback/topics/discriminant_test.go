package topics

import (
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"huiyin/feedback/feedbacktest"
)

// sheets are points of two topics that differ a little in the first dimension, and by chance a lot in the others.
func sheets(n, dim int) (points [][]float32, resp []float32) {
	random := rand.New(rand.NewPCG(7, 7))
	resp = make([]float32, 2*n)
	for i := range n {
		p := make([]float32, dim)
		for j := range p {
			p[j] = float32(random.NormFloat64())
		}
		p[0] = 0.3*p[0] + float32(2*(i%2)-1)*0.6
		points = append(points, p)
		resp[2*i+i%2] = 1
	}
	return points, resp
}

// A discriminant leaves out what differs by chance; it knows points that it has not seen.
func TestDiscriminantSeesWhatTells(t *testing.T) {
	points, resp := sheets(600, 20)
	middle, table := spreadOf(points[:300])
	d := newDiscriminant(points[:300], resp, 2, middle, table)
	middles := [][]float32{make([]float32, 20), make([]float32, 20)}
	for i, p := range points[:300] {
		addTo(middles[i%2], p, 1)
	}
	normalize(middles[0])
	normalize(middles[1])
	right, byCosine := 0, 0
	for i, p := range points[300:] {
		row := make([]float32, 2)
		if d.add(p, row); (row[1] > row[0]) == (i%2 == 1) {
			right++
		}
		if near, _ := nearest(p, middles); near == i%2 {
			byCosine++
		}
	}
	if right < 270 || right < byCosine+10 {
		t.Errorf("%d of 300 are right, by cosine %d", right, byCosine)
	}
}

// A topic that no message has, and messages that all lie at one place, give numbers and not nonsense.
func TestDiscriminantOfLittle(t *testing.T) {
	for name, points := range map[string][][]float32{"one place": {{1, 2}, {1, 2}, {1, 2}}, "nowhere": {{0, 0}, {0, 0}, {0, 0}}, "two": {{1, 0}, {0, 1}, {1, 0}}} {
		middle, table := spreadOf(points)
		d := newDiscriminant(points, []float32{1, 0, 0, 0, 1, 0, 1, 0, 0}, 3, middle, table)
		row := make([]float32, 3)
		d.add(points[0], row)
		for _, x := range row {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				t.Errorf("%s: %v", name, row)
			}
		}
		if row[2] >= row[0] {
			t.Errorf("%s: the topic without a message is the likelier one: %v", name, row)
		}
	}
}

func TestSolve(t *testing.T) {
	half := cholesky([][]float64{{4, 2, 1}, {0, 5, 2}, {0, 0, 6}}) // the upper half of a table
	x := solve(half, []float32{7, 9, 9})
	for i, want := range []float32{1, 1, 1} {
		if math.Abs(float64(x[i]-want)) > 1e-5 {
			t.Errorf("x[%d] is %f", i, x[i])
		}
	}
}

// How many processors look at the points changes nothing.
func TestSpreadOfOnAnyNumberOfProcessors(t *testing.T) {
	points, _ := sheets(300, 33)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	_, one := spreadOf(points)
	runtime.GOMAXPROCS(4)
	if _, four := spreadOf(points); !reflect.DeepEqual(one, four) {
		t.Error("one and four differ")
	}
}

// What words are made of tells their topic, where no word of the message was seen before.
func TestCharactersTell(t *testing.T) {
	c := pileOf("学校 门口", "漏水 水管", "学校 校长", "水表 停水", "高校 校区", "热水 水压", "校服", "水价")
	sample, resp := []int{0, 1, 2, 3, 4, 5}, []float32{1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1}
	m := newMixture(c, 2)
	m.signs = newSigns(c, sample)
	places := cosines(c, sample, []int{0, 1, 2, 3, 4, 5, 6, 7})
	m.fit(sample, places[:6], resp, nil, widening())
	for d, want := range map[int]int{6: 0, 7: 1} {
		row := make([]float32, 2)
		m.score(c.docs.of(d), m.signs.of(c.docs.of(d), &room{}), places[d], widening(), row)
		if row[want] <= row[1-want] {
			t.Errorf("message %d: %v", d, row)
		}
	}
}

// A taxonomy with many seeds is read without characters and without a discriminant.
func TestOnlyThinTaxonomiesAreWidenedSo(t *testing.T) {
	w := feedbacktest.Chain(t)
	seeds := strings.Join(strings.Fields("a1 a2 a3 a4 a5 a6 a7"), ", ")
	for seeds, want := range map[string]bool{"parcel": true, seeds: false} {
		list, err := Load(fstest.MapFS{"t.yaml": {Data: []byte("topics:\n  - {id: x, name: {en: X}, seeds: {en: [" + seeds + "]}}\n")}}, "t.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if got := New(list, w.Tokenizer, w.Vectors).thin(); got != want {
			t.Errorf("seeds %s: thin %t, want %t", seeds, got, want)
		}
	}
}
