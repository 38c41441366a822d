package trial_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"huiyin/feedback/trial"
)

const level = 0.05

// run lets people arrive one by one, each in an arm by chance, and looks after every one of them. It returns when the first
// look found a difference (0: none did), and whether every interval of believable size held the truth.
func run(random *rand.Rand, shareA, shareB float64, people int) (found int, held bool) {
	var a, b trial.Sample
	held = true
	for i := 1; i <= people; i++ {
		arm, share := &a, shareA
		if random.IntN(2) == 1 {
			arm, share = &b, shareB
		}
		outcome := 0.0
		if random.Float64() < share {
			outcome = 1
		}
		arm.Add(outcome)
		d := trial.Compare(a, b, level)
		if d.Enough && (d.Low > shareB-shareA || d.High < shareB-shareA) {
			held = false
		}
		if found == 0 && d.Real() {
			found = i
		}
	}
	return found, held
}

// TestFalseAlarms: without a difference, an experiment that is looked at after each person finds one in at most 5 % of
// cases, whatever the share is.
func TestFalseAlarms(t *testing.T) {
	const experiments, people = 600, 3000
	for _, share := range []float64{0.02, 0.1, 0.3, 0.5, 0.9} {
		random := rand.New(rand.NewPCG(1, uint64(share*1000)))
		alarms, misses := 0, 0
		for range experiments {
			found, held := run(random, share, share, people)
			if found > 0 {
				alarms++
			}
			if !held {
				misses++
			}
		}
		t.Logf("share %.2f: %d of %d alarms, %d intervals without the truth", share, alarms, experiments, misses)
		if alarms > experiments*level || misses > experiments*level {
			t.Errorf("share %.2f: %d alarms, %d misses of %d", share, alarms, misses, experiments)
		}
	}
}

// TestDailyChiSquare shows what is avoided: an ordinary test that is looked at as often is wrong far more often.
func TestDailyChiSquare(t *testing.T) {
	const experiments, people = 300, 3000
	random := rand.New(rand.NewPCG(7, 7))
	alarms := 0
	for range experiments {
		var n, yes [2]float64
		for i := range people {
			arm := random.IntN(2)
			n[arm]++
			if random.Float64() < 0.3 {
				yes[arm]++
			}
			pooled := (yes[0] + yes[1]) / (n[0] + n[1])
			z := (yes[1]/n[1] - yes[0]/n[0]) / math.Sqrt(pooled*(1-pooled)*(1/n[0]+1/n[1]))
			if i > 100 && math.Abs(z) > 1.96 {
				alarms++
				break
			}
		}
	}
	t.Logf("%d of %d", alarms, experiments)
	if alarms < experiments/5 {
		t.Errorf("only %d of %d", alarms, experiments)
	}
}

// TestPower: 62 % against 51 % is found by 2,000 people in nearly all experiments, and the interval holds the truth all along.
func TestPower(t *testing.T) {
	const experiments, people = 400, 2000
	random := rand.New(rand.NewPCG(3, 3))
	finds, misses, total := 0, 0, 0
	for range experiments {
		found, held := run(random, 0.51, 0.62, people)
		if found > 0 {
			finds++
			total += found
		}
		if !held {
			misses++
		}
	}
	t.Logf("found by %d of %d, after %d people on average; %d intervals without the truth", finds, experiments, total/max(1, finds), misses)
	if finds < experiments*9/10 || misses > experiments*level {
		t.Errorf("%d found, %d missed", finds, misses)
	}
}

// TestRatings: outcomes between 0 and 1 that are no shares, as ratings are.
func TestRatings(t *testing.T) {
	const experiments, people = 300, 1500
	random := rand.New(rand.NewPCG(5, 5))
	alarms := 0
	for range experiments {
		var arms [2]trial.Sample
		for range people {
			arms[random.IntN(2)].Add(float64(min(4, 2+random.IntN(4))) / 4)
			if trial.Compare(arms[0], arms[1], level).Real() {
				alarms++
				break
			}
		}
	}
	if t.Logf("%d of %d", alarms, experiments); alarms > experiments*level {
		t.Errorf("%d alarms", alarms)
	}
}

func TestSplit(t *testing.T) {
	const experiments, people = 400, 4000
	random := rand.New(rand.NewPCG(9, 9))
	alarms, late := 0, 0
	for range experiments {
		var fair, loaded [3]int
		wrong := false
		for range people {
			fair[random.IntN(3)]++
			if !wrong && trial.Split(fair[:]...) < level {
				wrong = true
			}
			arm := random.IntN(3)
			if arm == 2 && random.IntN(5) == 0 { // a fifth of the third arm is lost
				continue
			}
			loaded[arm]++
		}
		if wrong {
			alarms++
		}
		if trial.Split(loaded[:]...) > trial.SplitLevel {
			late++
		}
	}
	t.Logf("%d of %d fair ones called unfair, %d loaded ones not noticed", alarms, experiments, late)
	if alarms > experiments*level || late > experiments/20 {
		t.Errorf("%d fair ones called unfair, %d loaded ones not noticed", alarms, late)
	}
	if p := trial.Split(7); p != 1 {
		t.Errorf("one arm: %v", p)
	}
}

func TestNeeded(t *testing.T) {
	for _, c := range []struct {
		base, effect float64
		least, most  int
	}{{0.5, 0.1, 300, 1500}, {0.5, 0.05, 1500, 8000}, {0.1, 0.05, 400, 3000}, {0.5, -0.1, 300, 1500}, {0.5, 0, 0, 0}, {0.9, 0.2, 0, 0}} {
		if n := trial.Needed(c.base, c.effect, level); n < c.least || n > c.most {
			t.Errorf("%v%+v: %d", c.base, c.effect, n)
		}
	}
}

// TestCompareProperties: what holds of every pair of samples.
func TestCompareProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) trial.Sample {
			n := rapid.IntRange(0, 5000).Draw(t, name)
			return trial.Shares(rapid.IntRange(0, n).Draw(t, name+" yes"), n)
		}
		a, b := draw("a"), draw("b")
		wide := rapid.Float64Range(0.001, 0.2).Draw(t, "level")
		d := trial.Compare(a, b, wide)
		if math.IsNaN(d.Low) || math.IsNaN(d.High) || d.Low < -1 || d.High > 1 || d.Low > d.Value || d.High < d.Value {
			t.Fatalf("%+v", d)
		}
		if r := trial.Compare(b, a, wide); math.Abs(r.Low+d.High) > 1e-12 || math.Abs(r.High+d.Low) > 1e-12 || r.Chance != d.Chance {
			t.Fatalf("%+v and turned round %+v", d, r)
		}
		if narrow := trial.Compare(a, b, wide/2); narrow.High < d.High-1e-12 || narrow.Low > d.Low+1e-12 {
			t.Fatalf("a stricter interval %+v within %+v", narrow, d)
		}
		if outside := d.Low > 0 || d.High < 0; outside != (d.Chance < wide) && math.Abs(d.Chance-wide) > 1e-9 {
			t.Fatalf("%+v at %v", d, wide)
		}
		if p := trial.Split(a.N, b.N); math.IsNaN(p) || p < 0 || p > 1 {
			t.Fatalf("split %v", p)
		}
	})
}
