package mine

import (
	"strconv"
	"strings"
	"testing"
)

func TestReadRating(t *testing.T) {
	for _, c := range []struct {
		text string
		ten  bool
		want float64
		ok   bool
	}{
		{"5", false, 5, true}, {"4.5", false, 4.5, true}, {"４", false, 4, true}, {"4/5", false, 4, true}, {"4 / 5", true, 4, true}, {"4 out of 5", false, 4, true}, {"5 stars", false, 5, true}, {"1 Star", true, 1, true},
		{"4星", false, 4, true}, {"4 颗星", false, 4, true}, {"五星", false, 5, true}, {"3分", false, 3, true}, {"9/10", false, 5, true}, {"7/10", false, 3, true}, {"0", false, 0, true},
		{"0", true, 1, true}, {"6", true, 1, true}, {"7", true, 3, true}, {"8", true, 3, true}, {"9", true, 5, true}, {"10", true, 5, true},
		{"6", false, 0, false}, {"6/5", false, 0, false}, {"11", true, 0, false}, {"-1", false, 0, false}, {"N/A", false, 0, false}, {"-", false, 0, false}, {"NaN", true, 0, false}, {"Inf", true, 0, false}, {"many", false, 0, false}, {"4/7", false, 0, false},
	} {
		r, ok := readRating(c.text)
		got := 0.0
		if ok {
			got, ok = r.of5(c.ten)
		}
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%q (of ten: %v) is %v, %v", c.text, c.ten, got, ok)
		}
	}
}

func TestScaleOfAColumn(t *testing.T) {
	stars := strings.Repeat("5 4 3 ", 10)
	for _, c := range []struct {
		title, values string
		want          bool
	}{
		{"nps", "4 5 3", true}, {"NPS score", "4", true}, {"推荐指数", "5", true}, {"Would you recommend us?", "3", true}, {"推荐星级", "5", false}, {"score", "0 7 10", true}, {"评分", "5 4", false},
		{"rating", stars, false}, {"rating", stars + "6", false}, {"rating", stars + "6 7", true}, {"rating", "99 5", false}, {"rating", "9/10 5", false},
	} {
		var sample [][]string
		for _, v := range strings.Fields(c.values) {
			sample = append(sample, []string{v})
		}
		if got := ofTen(bareName(c.title), sample, 0); got != c.want {
			t.Errorf("%s with %s: of ten %v", c.title, c.values, got)
		}
	}
}

// FuzzReadRating: whatever is read lies on a scale.
func FuzzReadRating(f *testing.F) {
	for _, s := range []string{"4/5", "五星", "10", "1e1", "NaN", "4 out of 10"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := readRating(text)
		for _, ten := range []bool{false, true} {
			if got, fits := r.of5(ten); ok && fits && !(got >= 0 && got <= 5) {
				t.Errorf("%s is %v", strconv.Quote(text), got)
			}
		}
	})
}
