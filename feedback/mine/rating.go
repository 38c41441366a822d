package mine

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// ratingAt is how ratings are written: 4, 4.5, 4/5, 8/10, 4 out of 5, 5 stars, 4星, 五星, 3分.
var ratingAt = regexp.MustCompile(`(?i)^(\d{1,3}(?:\.\d+)?|[一二三四五])(?: ?(?:/|out of) ?(5|10)| ?(stars?|颗星|顆星|星级|星級|星)| ?(?:points?|分))?$`)

// rating is a rating as it is written.
type rating struct {
	value float64
	most  int // 5 or 10, where it says of how many; 0: it does not
}

// readRating reads a rating; false: it is none.
func readRating(text string) (rating, bool) {
	text = tidyTime(text)
	m := ratingAt.FindStringSubmatch(text)
	if m == nil {
		n, err := strconv.ParseFloat(text, 64)
		return rating{value: n}, err == nil && onScale(n)
	}
	r := rating{most: number(m[2])}
	if at := strings.Index("一二三四五", m[1]); at >= 0 {
		r.value = float64(at/len("一") + 1)
	} else {
		r.value, _ = strconv.ParseFloat(m[1], 64) // the pattern lets numbers only through
	}
	if m[3] != "" {
		r.most = 5
	}
	return r, onScale(r.value) && (r.most == 0 || r.value <= float64(r.most))
}

// isRating reports whether a value can be a rating.
func isRating(value string) bool {
	_, ok := readRating(value)
	return ok || isNumber(value)
}

// onScale reports whether a number can be a rating: stars from 1 to 5, or points from 0 to 10.
func onScale(rating float64) bool { return !math.IsNaN(rating) && rating >= 0 && rating <= 10 }

// of5 is a rating from 1 to 5, where ten says that those of the file which do not say it are of 0 to 10; 0: none was given. Of ten,
// those who recommend (9 and 10) are at 5, the passive (7 and 8) at 3 and the detractors at 1: the groups of the net promoter score
// (Reichheld 2003). false: it is more than the scale has.
func (r rating) of5(ten bool) (float64, bool) {
	if r.most == 10 || r.most == 0 && ten {
		switch {
		case r.value >= 9:
			return 5, true
		case r.value >= 7:
			return 3, true
		}
		return 1, true
	}
	return r.value, r.value <= 5
}

// ofTen reports whether the ratings of a column are of 0 to 10: because it asks whom one would recommend, or because one in twenty of
// them at least is above 5: fewer are mistakes.
func ofTen(bare string, sample [][]string, column int) bool {
	for _, word := range strings.Split(bare, "_") {
		if word == "nps" {
			return true
		}
	}
	for _, stars := range []string{"star", "星"} {
		if strings.Contains(bare, stars) {
			return false
		}
	}
	for _, asks := range []string{"recommend", "推荐", "推薦"} {
		if strings.Contains(bare, asks) {
			return true
		}
	}
	all, above := 0, 0
	for _, row := range sample {
		if column >= len(row) {
			continue
		}
		if r, ok := readRating(strings.TrimSpace(row[column])); ok && r.most == 0 {
			all++
			if r.value > 5 {
				above++
			}
		}
	}
	return above > 0 && above*20 >= all
}
