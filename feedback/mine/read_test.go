package mine

import (
	"errors"
	"testing"
	"time"
)

func TestGuess(t *testing.T) {
	for name, tc := range map[string]struct {
		header []string
		sample [][]string
		want   string
	}{
		"known names":         {[]string{"id", "text", "created_at"}, [][]string{{"1", "late", "2026-11-05"}}, `id = "id", time = "created_at", text = "text"`},
		"endings in Chinese":  {[]string{"编号", "提交时间", "用户留言", "评分"}, [][]string{{"1", "2026年11月5日", "太慢", "2"}}, `id = "编号", time = "提交时间", text = "用户留言", rating = "评分"`},
		"a question as name":  {[]string{"Ticket #", "Created At (UTC)", "What did the customer say?", "Score 1-10", "Via"}, [][]string{{"T1", "2026/11/05 9:30", "my parcel is late again", "3", "app"}}, `id = "Ticket #", time = "Created At (UTC)", channel = "Via", text = "What did the customer say?", rating = "Score 1-10"`},
		"a time by its value": {[]string{"a", "b"}, [][]string{{"2026-11-05 09:30:00", "late"}, {"2026-11-06 09:30:00", "where is it"}}, `time = "a", text = "b"`},
		"an ending that lies": {[]string{"等待时间", "留言"}, [][]string{{"三天左右", "太慢"}}, `text = "留言"`},
		"a form's time":       {[]string{"Timestamp", "Your feedback"}, [][]string{{"2026/04/03 10:00:00 AM GMT+8", "too late"}, {"2026/04/03 3:00:00 PM GMT+8", "my parcel is late"}}, `time = "Timestamp", text = "Your feedback"`},
		"a time unknown":      {[]string{"Timestamp", "Feedback?"}, [][]string{{"the third of April, in the morning", "too late"}}, `text = "Feedback?"`},
		"a zone unknown":      {[]string{"nr", "what they said"}, [][]string{{"2026/04/03 10:00:00 AM Pacific Daylight Time", "too late"}}, `text = "what they said"`},
		"not next time":       {[]string{"n", "What can we do better next time?"}, [][]string{{"7", "send it sooner"}}, `text = "What can we do better next time?"`},
		"traditional titles":  {[]string{"編號", "時間", "內容"}, [][]string{{"1", "2026年4月3日 下午3:00", "太慢"}}, `id = "編號", time = "時間", text = "內容"`},
		"numbers are no time": {[]string{"order", "what"}, [][]string{{"1700000000", "a longer text"}}, `text = "what"`},
	} {
		g, err := guess(tc.header, tc.sample, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := g.columns.Says(tc.header); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
	if _, err := guess([]string{"a", "b"}, [][]string{{"2026-11-05 09:30:00", "3"}}, nil); !errors.Is(err, ErrInput) {
		t.Errorf("a file of times and numbers: %v", err)
	}
}

func TestWhen(t *testing.T) {
	want := time.Date(2026, 11, 5, 9, 30, 0, 0, time.UTC)
	for _, text := range []string{"2026/11/05 9:30", "2026年11月5日 9:30", "2026年11月5日09:30", "2026-11-05T09:30:00Z", "2026-11-05 17:30:00 +0800",
		"2026/11/05 5:30:00 PM GMT+8", "2026/11/05 下午 5:30:00 [GMT+8]", "2026/11/5 上午9:30", "2026年11月5日 上午9时30分", "2026-11-05 17:30 UTC+08:00", "2026-11-05 09:30:00 UTC",
		"2026.11.05 09:30", "Nov 5 2026 9:30", "Nov 5, 2026 at 9:30 AM", "November 5, 2026 9:30", "5 November 2026 9:30", "5th Nov 2026, 09:30", "Thu, 05 Nov 2026 17:30:00 +0800 (CST)", "11/5/26 9:30 a.m.",
		"2026-11-05T04:00:00.123-05:30", "05.11.2026 09:30", "２０２６年１１月５日　９：３０", "5-Nov-26 9:30"} {
		if got, ok := when(text, time.UTC); !ok || !got.Truncate(time.Minute).Equal(want) {
			t.Errorf("%q is read as %v, %v", text, got, ok)
		}
	}
	for text, want := range map[string]string{"2026-04-03": "2026-04-03 00:00:00", "2026年4月3日": "2026-04-03 00:00:00", "Apr 6 2026": "2026-04-06 00:00:00", "7 April 2026": "2026-04-07 00:00:00", "2026.04.03": "2026-04-03 00:00:00",
		"3/4/26": "2026-03-04 00:00:00", "2026/4/3 12:05 AM": "2026-04-03 00:05:00", "2026/4/3 中午12:05:09": "2026-04-03 12:05:09", "2026/4/3 13:05 PM": "2026-04-03 13:05:00", "Sept. 3 2026 8 PM": "2026-09-03 20:00:00",
		"20261110": "2026-11-10 00:00:00", "202611100830": "2026-11-10 08:30:00", "20261110083005": "2026-11-10 08:30:05", "20261110083005123": "2026-11-10 08:30:05", "1793494800": "2026-11-01 01:00:00",
		"1793494800123": "2026-11-01 01:00:00", "1793494800123456": "2026-11-01 01:00:00", "1793494800123456789": "2026-11-01 01:00:00", "631152000000": "1990-01-01 00:00:00", "46000.5": "2025-12-09 12:00:00",
		"2026-11-10 中午1:30": "2026-11-10 13:30:00", "2026-11-10 中午11:30": "2026-11-10 11:30:00", "2026年11月10日 晚上12:30": "2026-11-11 00:30:00", "2026-12-31 晚上12点": "2027-01-01 00:00:00",
		"2026年11月10日下午3点": "2026-11-10 15:00:00", "2026-11-10 2点半": "2026-11-10 02:30:00", "2026-11-10 下午2点半": "2026-11-10 14:30:00", "2026-11-10 24:00": "2026-11-11 00:00:00", "2026-11-10 24:00:00": "2026-11-11 00:00:00",
		"2026-11-10 晚上9点整": "2026-11-10 21:00:00", "2026-11-10 晚上21:05": "2026-11-10 21:05:00", "2026-11-10 凌晨12:30": "2026-11-10 00:30:00", "2026-11-10 傍晚6时": "2026-11-10 18:00:00"} {
		if got, ok := when(text, time.UTC); !ok || got.Format(time.DateTime) != want {
			t.Errorf("%q is read as %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "三天左右", "2026-13-01", "2026-02-30", "12", "soon", "2026-04-03 25:00", "2026-04-03 10 parcels", "2026-04-03 10:00 EST", "2026-04-03 10:00 GMT+19", "1.2.26", "May be 3 2026", "2026-04/03",
		"2026-04-03 13:00 AM", "5 items 2026", "2026-04-031", "20261310", "20260230083000", "20261110243000", "20261110083", "20261110083000000000", "120000000", "99999999", "1e9", "-46000",
		"1989-12-31", "2101-01-01", "9999-01-01", "2026-11-10 24:01", "2026-11-10 25点", "2026-11-10 10 点", "80000", "Apr 6 2026 the parcel is late"} {
		if got, ok := when(text, time.UTC); ok {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

// FuzzWhen: what is read is a day that the calendar has, whatever the text; a text that begins as a time is told from one that does not.
func FuzzWhen(f *testing.F) {
	for _, s := range []string{"2026/04/03 10:00:00 AM GMT+8", "31/02/2026", "3/4/26 下午3:00", "7 April 2026", "46000.5", "1794700000123", "20261110083000000", "2026-12-31 24:00", "2026-12-31 晚上12点半"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, order := range []dayOrder{dayFirst, monthFirst} {
			at, ok := whenIn(text, time.UTC, order)
			if !ok {
				continue
			}
			if at.Year() < firstYear || at.Year() > lastYear {
				t.Errorf("%q is %v", text, at)
			}
			if _, rest, split := cutDay(tidyTime(text)); split { // 24:00 is in the next day
				if c, _, _ := cutClock(rest); c.hour >= 24 {
					at = at.AddDate(0, 0, -1)
				}
			}
			if d, _, split := cutDay(tidyTime(text)); split && (at.Location() == time.UTC) && (at.Year() != d.year || d.known && (int(at.Month()) != d.one || at.Day() != d.two)) {
				t.Errorf("%q is %v", text, at)
			}
			if !isNumber(text) && !startsAsTime(text) {
				t.Errorf("%q is a time and does not begin as one", text)
			}
		}
	})
}
