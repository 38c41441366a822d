package mine_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/feedback/mine"
)

// names are the files of a folder.
func names(t testing.TB, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range list {
		out = append(out, f.Name())
	}
	return out
}

// many is a file of so many rows, in both languages, with what a file may hold: old dates, odd signs, personal data.
func many(n int) []byte {
	var b strings.Builder
	b.WriteString("id,time,channel,contact,text\n")
	for i := range n {
		text := []string{"包裹太慢了，请打 13812345678 联系我", "my order is late, mail jo@example.com", "没到 \U0001F621 已经第三天了", "thanks, all fine", "refund please"}[i%5]
		day := []string{"1990-03-04", "2026-11-11", "2026-11-12 08:30", "", "2100-01-02"}[min(i, 1)+i%3]
		fmt.Fprintf(&b, "R%d,%s,web,c%d,\"%s\"\n", i, day, i%17, text)
	}
	return []byte(b.String())
}

// What fails in the middle of the results leaves those of the last run as they were, and nothing of its own.
func TestHalfOfTheResultsIsNone(t *testing.T) {
	o := options(t, file(t, "f.csv", many(20)))
	if _, err := mine.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	before := names(t, o.Out)
	old, err := os.ReadFile(filepath.Join(o.Out, "assignments.csv"))
	if err != nil {
		t.Fatal(err)
	}
	o.In, o.Now = file(t, "g.csv", many(40)), func() time.Time { return time.Date(12026, 11, 16, 8, 0, 0, 0, time.UTC) } // JSON has no such year
	if _, err := mine.Run(t.Context(), o); err == nil {
		t.Fatal("a digest of the year 12026 was written")
	}
	now, err := os.ReadFile(filepath.Join(o.Out, "assignments.csv"))
	if err != nil || !bytes.Equal(now, old) || !slices.Equal(names(t, o.Out), before) {
		t.Errorf("there are %v, %v", names(t, o.Out), err)
	}
}

// What the second look needs lies beside the results while it works, and nowhere afterwards.
func TestOnlyResultsAreLeft(t *testing.T) {
	o := options(t, file(t, "f.csv", many(2000)))
	if _, err := mine.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got := names(t, o.Out); !slices.Equal(got, []string{"assignments.csv", "digest.html", "digest.json", "digest.md", "topics.csv"}) {
		t.Errorf("the folder holds %q", got)
	}
}

// All rows come back from it in their order, whatever they hold, and quotes are masked.
func TestEveryRowComesBack(t *testing.T) {
	const n = 2000
	o := options(t, file(t, "f.csv", many(n)))
	result, err := mine.Run(t.Context(), o)
	if err != nil || result.Used != n {
		t.Fatalf("%d rows, %v", result.Used, err)
	}
	rows := cells(t, filepath.Join(o.Out, "assignments.csv"))[1:]
	if len(rows) != n {
		t.Fatalf("%d rows came back", len(rows))
	}
	want := []string{"delivery.late", "delivery.late", "delivery.late", "", "refund"}
	for i, row := range rows {
		if row[0] != fmt.Sprint("R", i) || row[1] != want[i%5] {
			t.Fatalf("row %d: %q", i, row)
		}
	}
	page, err := os.ReadFile(filepath.Join(o.Out, "digest.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"13812345678", "jo@example.com"} {
		if strings.Contains(string(page), secret) {
			t.Errorf("the digest shows %s", secret)
		}
	}
}

// The same file gives the same results, byte for byte.
func TestTwoRunsAreTheSame(t *testing.T) {
	in := file(t, "f.csv", many(1500))
	var first [][]string
	for range 3 {
		o := options(t, in)
		if _, err := mine.Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		got := append(cells(t, filepath.Join(o.Out, "assignments.csv")), cells(t, filepath.Join(o.Out, "topics.csv"))...)
		if first == nil {
			first = got
		} else if !reflect.DeepEqual(first, got) {
			t.Fatal("two runs differ")
		}
	}
}
