package sentiment

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"huiyin/data"
	"huiyin/nlp"
)

func TestSolveSVMSeparates(t *testing.T) {
	p := problem{dim: 3}
	for i := range 40 {
		y := int8(1)
		if i%2 == 0 {
			y = -1
		}
		p.x = append(p.x, sparse{id: []int32{int32(i % 2), 2}, val: []float32{1, 0.5}})
		p.y = append(p.y, y)
		p.cost = append(p.cost, 1)
	}
	w := solveSVM(p, 30, 1)
	for i := range p.x {
		if m := float64(dot(w, p.x[i])) * float64(p.y[i]); m < 0.9 {
			t.Fatalf("margin %v of text %d", m, i)
		}
	}
	again := solveSVM(p, 30, 1)
	for i := range w {
		if w[i] != again[i] {
			t.Fatal("two runs differ")
		}
	}
}

func TestFitLogisticIsCalibrated(t *testing.T) {
	var rows [][secondCount]float64
	var y, cost []float64
	for i := range 1000 { // 30 % of these, 80 % of those
		var x [secondCount]float64
		x[0], x[secondCount-1] = float64(i%2), 1
		rows = append(rows, x)
		hit := 0.0
		if i%2 == 0 && (i/2)%10 < 3 || i%2 == 1 && (i/2)%10 < 8 {
			hit = 1
		}
		y, cost = append(y, hit), append(cost, 1)
	}
	w := fitLogistic(rows, y, cost)
	low, high := logistic(w[secondCount-1]), logistic(w[0]+w[secondCount-1])
	if math.Abs(low-0.3) > 0.01 || math.Abs(high-0.8) > 0.01 {
		t.Errorf("got %v and %v", low, high)
	}
}

func TestSolveLinear(t *testing.T) {
	x := solveLinear([][]float64{{4, 1}, {1, 3}}, []float64{1, 2})
	if math.Abs(x[0]-1.0/11) > 1e-12 || math.Abs(x[1]-7.0/11) > 1e-12 {
		t.Errorf("got %v", x)
	}
}

// corpora are small training files with the columns of the real ones.
func corpora() fstest.MapFS {
	rows := func(head string, lines ...string) *fstest.MapFile {
		var b strings.Builder
		b.WriteString(head + "\n")
		for i := range 12 { // enough for every fold
			for _, l := range lines {
				b.WriteString(strings.ReplaceAll(l, "#", strings.Repeat("啊", i)+strings.Repeat("a", i)) + "\n")
			}
		}
		return &fstest.MapFile{Data: []byte(b.String())}
	}
	questions := rows("text,label", "how do i reset #,reset", "几点开门#,hours")
	return fstest.MapFS{
		"sentiment/shopping_zh.csv":     rows("text,label,split,lang,category", "很好用啊蓝框#,positive,train,zh,平板", "糟糕透了红框#,negative,train,zh,平板"),
		"sentiment/weibo_zh.csv":        rows("text,label,split,lang,emotion", "开心的一天#,positive,train,zh,happy", "气死我了#,negative,train,zh,angry", "今天星期三#,neutral,train,zh,neutral", "哇#,surprise,train,zh,surprise"),
		"sentiment/airline_en.csv":      rows("text,label,split,lang", "great flight #,positive,train,en", "flight delayed again #,negative,train,en", "flight at noon #,neutral,train,en"),
		"sentiment/amazon_en_rated.csv": rows("text,mean_rating,lang", "blue frobnicator rocks #,2.5,en", "red frobnicator broke #,-2.5,en", "it is a box #,0,en"),
		"sentiment/movie_en_rated.csv":  rows("text,mean_rating,lang", "a moving film #,2,en", "a dull film #,-2,en"),
		"intent/smp2019_zh.csv":         questions, "intent/banking77.csv": questions, "intent/hwu64_10shot.csv": questions, "intent/clinc150_10shot.csv": questions,
		"paraphrase/afqmc_zh.csv": rows("text1,text2,label,lang", "花呗怎么还款#,怎么还花呗,1,zh"),
	}
}

// fields cuts at spaces: training needs no dictionary here.
type fields struct{}

func (fields) Tokenize(string) []nlp.Token { return nil }

// small is training on a few sentences with a few word vectors.
func small() TrainOptions {
	return TrainOptions{Data: data.Files(), Shared: corpora(), Tokenizer: fields{}, vectorWords: 2000}
}

func TestTrainLearnsAndRepeats(t *testing.T) {
	o := small()
	var first, second strings.Builder
	if err := Train(context.Background(), o, &first); err != nil {
		t.Fatal(err)
	}
	if err := Train(context.Background(), o, &second); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Error("the same data must give the same bytes")
	}
	m, err := readModel([]byte(first.String()))
	if err != nil {
		t.Fatal(err)
	}
	files, err := readLexicons(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	s := newScorer(files, nil, m)
	for text, want := range map[string]nlp.Polarity{"蓝框": nlp.Positive, "红框": nlp.Negative} {
		sc := s.scratch.Get().(*scratch)
		if got := s.judge(sc, nlp.FoldText(text), nil, false).polarity(); got != want {
			t.Errorf("%q, which only training can tell: got %s", text, got)
		}
	}
}

func TestTrainStopsWhenCancelled(t *testing.T) {
	tr, err := newTrainer(small())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	seen := 0
	_, err = tr.learn(ctx, func(*example) bool { // in the middle of the first fold
		if seen++; seen == 1000 {
			cancel()
		}
		return true
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("while it learns: %v", err)
	}
	if err := Train(ctx, small(), &strings.Builder{}); !errors.Is(err, context.Canceled) {
		t.Errorf("before it began: %v", err)
	}
}

func TestTrainNamesTheMissingFile(t *testing.T) {
	o := small()
	shared := corpora()
	delete(shared, "sentiment/weibo_zh.csv")
	o.Shared = shared
	err := Train(context.Background(), o, &strings.Builder{})
	if err == nil || !strings.Contains(err.Error(), "weibo_zh.csv") {
		t.Errorf("got %v", err)
	}
}
