package nlp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"huiyin/nlp"
)

// datesAt are the dates of a text as somebody reads them at a moment.
func datesAt(t *testing.T, at time.Time, text string) string {
	t.Helper()
	e, err := nlp.NewEntities(nlp.EntityOptions{Now: func() time.Time { return at }, Zone: at.Location()})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, x := range e.Find(text) {
		if x.Kind == nlp.EntityDate {
			out = append(out, x.Value)
		}
	}
	return strings.Join(out, " ")
}

const isoDay = "2006-01-02"

// clocks are days on which relative dates go wrong: the ends of months and years, a leap day, every day of a week.
func clocks() []time.Time {
	zone := time.FixedZone("CST", 8*3600)
	out := []time.Time{
		time.Date(2026, 1, 31, 9, 0, 0, 0, zone), time.Date(2026, 3, 31, 23, 59, 0, 0, zone), time.Date(2026, 12, 31, 23, 30, 0, 0, zone),
		time.Date(2027, 1, 1, 0, 10, 0, 0, zone), time.Date(2028, 2, 29, 12, 0, 0, 0, zone), time.Date(2026, 10, 31, 1, 0, 0, 0, zone),
	}
	for day := range 7 {
		out = append(out, time.Date(2026, 11, 16+day, 18, 0, 0, 0, zone))
	}
	return out
}

func TestDaysFromNowOnEveryClock(t *testing.T) {
	for _, now := range clocks() {
		for text, days := range map[string]int{
			"今天": 0, "昨天": -1, "前天": -2, "大前天": -3, "明天": 1, "后天": 2, "大后天": 3, "today": 0, "yesterday": -1, "tomorrow": 1,
			"the day before yesterday": -2, "the day after tomorrow": 2, "3天前": -3, "十天前": -10, "45天后": 45, "3 days ago": -3,
			"in 10 days": 10, "two weeks ago": -14, "两周后": 14, "a week ago": -7,
		} {
			want := now.AddDate(0, 0, days).Format(isoDay)
			if got := datesAt(t, now, text); got != want {
				t.Errorf("%s, %s: got %q, want %s", now.Format(time.DateTime), text, got, want)
			}
		}
	}
}

// A weekday with a word for the week lies in that week, which begins on Monday.
func TestWeekdaysOnEveryClock(t *testing.T) {
	names := []string{"一", "二", "三", "四", "五", "六", "日"}
	english := []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	for _, now := range clocks() {
		monday := now.AddDate(0, 0, -(int(now.Weekday())+6)%7)
		for i, name := range names {
			for word, weeks := range map[string]int{"上周": -1, "这周": 0, "本周": 0, "下周": 1, "上个星期": -1, "下星期": 1, "下下周": 2, "上上周": -2} {
				want := monday.AddDate(0, 0, 7*weeks+i).Format(isoDay)
				if got := datesAt(t, now, word+name+"的单"); got != want {
					t.Errorf("%s (%s), %s%s: got %q, want %s", now.Format(isoDay), now.Weekday(), word, name, got, want)
				}
			}
			// "last" is the latest one before today, whatever week that is in.
			last := now.AddDate(0, 0, -1)
			for last.Weekday() != time.Weekday((i+1)%7) {
				last = last.AddDate(0, 0, -1)
			}
			if got := datesAt(t, now, "ordered last "+english[i]); got != last.Format(isoDay) {
				t.Errorf("%s (%s), last %s: got %q, want %s", now.Format(isoDay), now.Weekday(), english[i], got, last.Format(isoDay))
			}
		}
	}
}

func TestMonthsStayWithinTheMonthThatIsMeant(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	for _, c := range []struct {
		now  time.Time
		text string
		want string
	}{
		{time.Date(2026, 1, 31, 9, 0, 0, 0, zone), "一个月后", "2026-02-28"},
		{time.Date(2028, 1, 31, 9, 0, 0, 0, zone), "一个月后", "2028-02-29"},
		{time.Date(2026, 3, 31, 9, 0, 0, 0, zone), "一个月前", "2026-02-28"},
		{time.Date(2026, 5, 31, 9, 0, 0, 0, zone), "in 4 months", "2026-09-30"},
		{time.Date(2026, 12, 31, 9, 0, 0, 0, zone), "2 months ago", "2026-10-31"},
		{time.Date(2028, 2, 29, 9, 0, 0, 0, zone), "一年前", "2027-02-28"},
		{time.Date(2026, 1, 31, 9, 0, 0, 0, zone), "上个月", "2025-12"},
		{time.Date(2026, 12, 31, 9, 0, 0, 0, zone), "下个月", "2027-01"},
		{time.Date(2026, 12, 31, 9, 0, 0, 0, zone), "next month", "2027-01"},
		{time.Date(2026, 1, 1, 9, 0, 0, 0, zone), "last month", "2025-12"},
		{time.Date(2027, 1, 1, 9, 0, 0, 0, zone), "上周的单", "2026-W52"},
		{time.Date(2026, 1, 2, 9, 0, 0, 0, zone), "去年12月30号", "2025-12-30"},
		{time.Date(2026, 3, 1, 9, 0, 0, 0, zone), "2月29号下的单", ""},
		{time.Date(2026, 11, 21, 9, 0, 0, 0, zone), "2月30号", ""},
		{time.Date(2026, 11, 21, 9, 0, 0, 0, zone), "十一月三十一号", ""},
		{time.Date(2026, 11, 21, 9, 0, 0, 0, zone), "13月5号", ""},
		{time.Date(2026, 11, 21, 9, 0, 0, 0, zone), "2026年13月1日", "2026"},
	} {
		if got := datesAt(t, c.now, c.text); got != c.want {
			t.Errorf("%s, %s: got %q, want %q", c.now.Format(isoDay), c.text, got, c.want)
		}
	}
}

// The same words mean the day of the place where they are read, not of the machine's zone.
func TestDaysAreThoseOfTheZone(t *testing.T) {
	moment := time.Date(2026, 11, 21, 17, 30, 0, 0, time.UTC) // the 22nd in Shanghai, the 21st in New York
	for offset, want := range map[int]string{8: "2026-11-22", 0: "2026-11-21", -5: "2026-11-21", 14: "2026-11-22"} {
		at := moment.In(time.FixedZone(fmt.Sprint(offset), offset*3600))
		for _, text := range []string{"今天", "today"} {
			if got := datesAt(t, at, text); got != want {
				t.Errorf("%s at UTC%+d: got %q, want %s", text, offset, got, want)
			}
		}
	}
}
