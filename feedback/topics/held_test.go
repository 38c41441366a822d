package topics_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestHeldOut measures pairs that were written from the names of the topics alone, before any of the examples. Their totals were
// looked at while a class of small talk and one threshold were chosen; no example was written for one of them. The bounds are what
// was measured, less two points.
func TestHeldOut(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "pairs_fresh.json"))
	if err != nil {
		t.Fatal(err)
	}
	var pairs []struct{ Topic, ZH, EN string }
	if err := json.Unmarshal(raw, &pairs); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, p := range pairs {
		texts = append(texts, p.ZH, p.EN)
	}
	got := assign(t, shipped(t), texts...)
	var about, same, both, right, wrong, idle, guessed int
	for i, p := range pairs {
		zh, en := got[2*i].Topic, got[2*i+1].Topic
		if p.Topic == "" { // small talk: any topic is one too many
			idle += 2
			for _, x := range []string{zh, en} {
				if x != "" {
					guessed++
				}
			}
			continue
		}
		about++
		if zh == en && zh != "" {
			same++
		}
		if zh == p.Topic && en == p.Topic {
			both++
		}
		for _, x := range []string{zh, en} {
			switch x {
			case p.Topic:
				right++
			case "":
			default:
				wrong++
			}
		}
	}
	t.Logf("%d pairs: %d have one topic, %d the one they were written for; of %d messages %d are right, %d wrong, the others have none; of %d about nothing %d have a topic",
		about, same, both, 2*about, right, wrong, idle, guessed)
	if about < 150 || same*100 < 28*about || right*100 < 45*2*about || wrong*100 > 34*2*about || guessed > 8 {
		t.Error("worse than what was measured")
	}
}
