package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnswersToGoldenQuestions keeps what customers of the sample shop get from slipping; docs/dialogue.md has the figures
// that were reached.
func TestAnswersToGoldenQuestions(t *testing.T) {
	var out, problems bytes.Buffer
	code := runAt(context.Background(), clockOf(t).now, []string{"--data", t.TempDir(), "eval", "answers", "--questions", "../../data/shop/golden.csv", "--json"},
		strings.NewReader(""), &out, &problems, noEnvironment)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, problems.String())
	}
	var r answersResult
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if r.Questions+r.NoAnswer < 700 || r.Right+r.Wrong+r.AskedRight+r.AskedWrong+r.Unanswered+r.HandedOver+r.Otherwise != r.Questions {
		t.Errorf("not every question is counted once: %+v", r)
	}
	if r.Right < r.Questions*75/100 || r.Wrong > r.Questions*4/100 || r.NoAnswerShown > r.NoAnswer*20/100 {
		t.Errorf("the answers have become worse: %+v", r)
	}
}

func TestQuestionsThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "no header row",
		"text,root\nhow,x\n":     "needs the columns query and root",
		"query,root\n":           "no question",
		"query,root\na\n":        "wrong number of fields",
		"query,root\n\"a,b\nc\n": "quote",
	} {
		name := filepath.Join(t.TempDir(), "q.csv")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, problems bytes.Buffer
		code := runAt(context.Background(), clockOf(t).now, []string{"eval", "answers", "--questions", name}, strings.NewReader(""), &out, &problems, noEnvironment)
		if code != 2 || !strings.Contains(problems.String(), want) || strings.Count(problems.String(), "\n") != 1 {
			t.Errorf("%q: exit %d, %q; want one line with %q", text, code, problems.String(), want)
		}
	}
}

// noEnvironment is that of a terminal which speaks English, and says nothing else.
func noEnvironment(name string) (string, bool) { return "en_US.UTF-8", name == "LANG" }
