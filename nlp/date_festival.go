package nlp

import "time"

// A festival is a shopping festival or a holiday. Month 0 is Black Friday, the day after the fourth Thursday of November.
type festival struct {
	word       string
	month, day int
}

// festivalAt is the end of the festival that begins at byte i, in either language; 0 when there is none.
func festivalAt(s string, i int) (int, festival) {
	rest := s[i:]
	for _, f := range []festival{
		{"双十一", 11, 11}, {"双11", 11, 11}, {"双十二", 12, 12}, {"双12", 12, 12}, {"光棍节", 11, 11}, {"元旦", 1, 1}, {"情人节", 2, 14}, {"妇女节", 3, 8},
		{"女神节", 3, 8}, {"劳动节", 5, 1}, {"五一", 5, 1}, {"儿童节", 6, 1}, {"六一", 6, 1}, {"国庆", 10, 1}, {"十一假期", 10, 1}, {"万圣节", 10, 31},
		{"平安夜", 12, 24}, {"圣诞", 12, 25}, {"christmas eve", 12, 24}, {"christmas", 12, 25}, {"halloween", 10, 31},
		{"valentine's day", 2, 14}, {"singles' day", 11, 11}, {"singles day", 11, 11}, {"double 11", 11, 11}, {"new year's day", 1, 1},
	} {
		if n := suffixLen(rest, f.word); n > 0 {
			end := i + n
			if alnumAt(s, end) && isAlnum(s[end-1]) {
				continue
			}
			return end + suffixLen(s[end:], "节"), f
		}
	}
	if n := suffixLen(rest, "黑五", "黑色星期五", "black friday"); n > 0 {
		return i + n, festival{}
	}
	return 0, festival{}
}

// of is the festival's day in a year.
func (f festival) of(year int) string {
	if f.month > 0 {
		return calendar(year, f.month, f.day)
	}
	first := time.Date(year, time.November, 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, (int(time.Thursday)-int(first.Weekday())+7)%7+22).Format(isoDay)
}

// festival reads a festival by its bare name: the nearest one.
func (d dates) festival(i int) (int, string) {
	end, f := festivalAt(d.s, i)
	if end == 0 {
		return 0, ""
	}
	best, least := "", time.Duration(1<<63-1)
	for y := d.now.Year() - 1; y <= d.now.Year()+1; y++ {
		value := f.of(y)
		if t, err := time.ParseInLocation(isoDay, value, d.now.Location()); err == nil {
			if gap := t.Add(12 * time.Hour).Sub(d.now).Abs(); gap < least {
				best, least = value, gap
			}
		}
	}
	return end, best
}

// stepped reads "last Christmas", "this Christmas", "next Christmas": the word before the festival at j says which.
func (d dates) stepped(j, step int) (int, string) {
	end, f := festivalAt(d.s, skipSpace(d.s, j))
	if end == 0 {
		return 0, ""
	}
	today, year := d.now.Format(isoDay), d.now.Year()
	switch value := f.of(year); {
	case step < 0 && value >= today:
		year--
	case step > 0 && value <= today:
		year++
	}
	return end, f.of(year)
}
