package sentiment_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/nlp"
	"huiyin/nlp/sentiment"
)

func evaluate(t *testing.T, csv string) (sentiment.Report, error) {
	t.Helper()
	at := time.Unix(0, 0)
	now := func() time.Time { at = at.Add(time.Second); return at }
	return sentiment.Evaluation{Scorer: shipped().scorer, Tokenizer: shipped().tok, Now: now}.Run(context.Background(), "test.csv", strings.NewReader(csv))
}

func TestEvaluateReport(t *testing.T) {
	rep, err := evaluate(t, "\ufefftext,label,split,lang\n质量太差了,negative,test,zh\n非常满意,positive,test,zh\n质量太差了,positive,test,zh\n请问几点发货？,neutral,test,zh\n")
	if err != nil {
		t.Fatal(err)
	}
	if rep.N != 4 || rep.Accuracy != 0.75 || rep.TextsPerSecond != 4 {
		t.Errorf("got %+v", rep)
	}
	neg := rep.PerClass[nlp.Negative]
	if neg.N != 1 || neg.Precision != 0.5 || neg.Recall != 1 {
		t.Errorf("negative: %+v", neg)
	}
	raw, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(raw, &keys); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(slices.Sorted(maps.Keys(keys)), " "); got != "accuracy macro_f1 n per_class texts_per_second" {
		t.Errorf("keys: %s", got)
	}
}

func TestEvaluateWithoutNeutral(t *testing.T) {
	rep, err := evaluate(t, "text,label\n请问几点发货？,negative\n你们几点上班,positive\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, there := rep.PerClass[nlp.Neutral]; there || rep.N != 2 {
		t.Errorf("the neutral class must be off: %+v", rep)
	}
	given := 0.0
	for _, c := range rep.PerClass {
		given += c.Recall * float64(c.N)
	}
	if given != rep.Accuracy*2 {
		t.Errorf("recalls and accuracy disagree: %+v", rep)
	}
}

func TestEvaluateSkipsOtherLabels(t *testing.T) {
	rep, err := evaluate(t, "label,text\nsurprise,哇\nPositive,太棒了\n")
	if err != nil || rep.N != 1 || rep.Skipped["surprise"] != 1 {
		t.Errorf("got %+v, %v", rep, err)
	}
}

func TestEvaluateErrors(t *testing.T) {
	for name, c := range map[string]struct{ csv, want string }{
		"empty":      {"", "test.csv:1: is empty"},
		"no label":   {"text,rating\n好,5\n", "must name the columns text and label"},
		"short row":  {"text,label\n好,positive\n坏\n", "test.csv:3: has 1 columns"},
		"bad quote":  {"text,label\n\"好,positive\n", "test.csv"},
		"no labels":  {"text,label\n好,5\n", "no row has a label"},
		"stray mark": {"text,label\n好\"x\",positive\n", "line 2"},
	} {
		_, err := evaluate(t, c.csv)
		if !errors.Is(err, sentiment.ErrBadFile) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
