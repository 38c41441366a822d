package intent_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/nlp"
	"huiyin/nlp/intent"
)

// Whatever takes long ends when it is told to, with the reason, and gives nothing half done.
func TestCancelledWorkEnds(t *testing.T) {
	over, stop := context.WithCancel(t.Context())
	stop()
	if m, err := intent.Train(over, splitter{}, office(), intent.Options{}); !errors.Is(err, context.Canceled) || m != nil {
		t.Errorf("train: %v, %v", m, err)
	}
	test := []nlp.Example{{Text: "refund", Label: "refund"}}
	clock := func() time.Time { return time.Unix(0, 0) }
	if e, err := intent.EvaluateModel(over, train(t, shop(), intent.Options{}), splitter{}, test, clock); !errors.Is(err, context.Canceled) || e != nil {
		t.Errorf("evaluate: %v, %v", e, err)
	}

	// The clock is read before and after training: told between training and measuring.
	between, stopBetween := context.WithCancel(t.Context())
	reads := 0
	ticking := func() time.Time {
		if reads++; reads == 2 {
			stopBetween()
		}
		return time.Unix(int64(reads), 0)
	}
	if e, err := intent.Evaluate(between, splitter{}, shop(), test, intent.Options{}, ticking); !errors.Is(err, context.Canceled) || e != nil {
		t.Errorf("between training and measuring: %v, %v", e, err)
	}

	e, err := intent.Evaluate(t.Context(), splitter{}, shop(), test, intent.Options{}, clock)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "report")
	if err := e.WriteReport(over, dir, nlp.LangEnglish); !errors.Is(err, context.Canceled) {
		t.Errorf("report: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a report that was not made left a folder: %v", err)
	}
}

func TestReportSaysWhereItCannotBeWritten(t *testing.T) {
	test := []nlp.Example{{Text: "refund", Label: "refund"}}
	e, err := intent.Evaluate(t.Context(), splitter{}, shop(), test, intent.Options{}, func() time.Time { return time.Unix(0, 0) })
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	taken := t.TempDir()
	if err := os.Mkdir(filepath.Join(taken, intent.ReportFile), 0o700); err != nil {
		t.Fatal(err)
	}
	for dir, named := range map[string]string{file: file, filepath.Join(file, "below"): file, taken: taken} {
		if err := e.WriteReport(t.Context(), dir, nlp.LangEnglish); err == nil || !strings.Contains(err.Error(), named) {
			t.Errorf("%s: got %v", filepath.Base(dir), err)
		}
	}
}
