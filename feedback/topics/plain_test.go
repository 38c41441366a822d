package topics_test

import (
	"encoding/csv"
	"os"
	"testing"
)

// TestPlainComplaints: what is complained of in so many words is found, whatever feelings stand beside it and however little else there
// is to learn from. None of the sentences is an example; all were written before any was tried. What is about nothing (the last eight) stays so.
func TestPlainComplaints(t *testing.T) {
	f, err := os.Open("testdata/plain.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, row := range rows[1:] {
		texts = append(texts, row[1])
	}
	missed := 0
	for i, a := range assign(t, shipped(t), texts...) {
		if want := rows[i+1][0]; a.Topic != want {
			missed++
			t.Logf("%q is about %q, want %s", texts[i], a.Topic, want)
		}
	}
	t.Logf("%d of %d are missed", missed, len(texts))
	if missed > 6 {
		t.Error("worse than what was measured")
	}
}
