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
	for _, text := range []string{"2026/11/05 9:30", "2026年11月5日 9:30", "2026年11月5日09:30", "2026-11-05T09:30:00Z", "2026-11-05 17:30:00 +0800"} {
		if got, ok := when(text, time.UTC); !ok || !got.Equal(want) {
			t.Errorf("%q is read as %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "三天左右", "2026-13-01", "12", "soon"} {
		if got, ok := when(text, time.UTC); ok {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
