package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"huiyin/nlp/intent"
)

// The sample shop's own test file, with the examples of its dialogue: docs/measured/nlp.md has the figures that were reached.
func TestIntentsOfTheShopsDialogue(t *testing.T) {
	var out, problems bytes.Buffer
	code := runAt(context.Background(), clockOf(t).now, []string{"--data", t.TempDir(), "eval", "intent", "--train", "../../data/shop/dialogue", "--test", "../../data/shop/intents_test.csv", "--json"},
		strings.NewReader(""), &out, &problems, noEnvironment)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, problems.String())
	}
	var m intent.Metrics
	if err := json.Unmarshal(out.Bytes(), &m); err != nil {
		t.Fatal(err)
	}
	if m.AUROC == nil || m.Operating.Recall == nil {
		t.Fatalf("nothing out of scope was measured: %s", out.String())
	}
	if m.Accuracy < 0.86 || *m.AUROC < 0.94 || m.Operating.Accuracy < 0.85 || *m.Operating.Recall < 0.55 {
		t.Errorf("intents have become worse: %s", out.String())
	}
}

func TestExamplesFromAFolderThatIsNoDialogue(t *testing.T) {
	var out, problems bytes.Buffer
	code := runAt(context.Background(), clockOf(t).now, []string{"eval", "intent", "--train", t.TempDir(), "--test", "../../data/shop/intents_test.csv"}, strings.NewReader(""), &out, &problems, noEnvironment)
	if code != 2 || strings.Count(problems.String(), "\n") != 1 {
		t.Errorf("exit %d, %q", code, problems.String())
	}
}
