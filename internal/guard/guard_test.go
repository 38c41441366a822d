package guard_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"huiyin/internal/guard"
)

func breaks() error { panic("a part that breaks") }

// A panic is an error that says where, and nothing of the value.
func TestQuiet(t *testing.T) {
	err := guard.Quiet(breaks)
	if !errors.Is(err, guard.ErrPanic) || strings.Contains(err.Error(), "a part that breaks") || !strings.Contains(err.Error(), "guard_test.breaks") {
		t.Errorf("got %v", err)
	}
	if err := guard.Quiet(func() error { return io.ErrUnexpectedEOF }); err != io.ErrUnexpectedEOF {
		t.Errorf("an error: %v", err)
	}
}

// A panic in a goroutine is an error that says with what and where; what ends otherwise is as without the guard.
func TestFunc(t *testing.T) {
	var g errgroup.Group
	g.Go(guard.Func(breaks))
	err := g.Wait()
	if !errors.Is(err, guard.ErrPanic) || !strings.Contains(err.Error(), "a part that breaks") || !strings.Contains(err.Error(), "guard_test.breaks") {
		t.Errorf("got %v", err)
	}
	if err := guard.Func(func() error { return io.ErrUnexpectedEOF })(); err != io.ErrUnexpectedEOF {
		t.Errorf("an error: %v", err)
	}
	if err := guard.Func(func() error { return nil })(); err != nil {
		t.Errorf("no error: %v", err)
	}
}
