package kb

import (
	"context"
	"errors"
	"slices"
	"testing"

	"huiyin/internal/guard"
)

// TestEach: answers come in the order of the questions, whichever was first; an error ends it, and so does a panic.
func TestEach(t *testing.T) {
	list := make([]int, 500)
	for i := range list {
		list[i] = i
	}
	got, err := each(t.Context(), list, func(_ context.Context, n int) (int, error) { return -n, nil })
	if err != nil || len(got) != len(list) || !slices.IsSortedFunc(got, func(a, b int) int { return b - a }) {
		t.Errorf("%v %v", got, err)
	}
	refused := errors.New("refused")
	asked := make(chan int, len(list))
	if _, err := each(t.Context(), list, func(_ context.Context, n int) (int, error) { asked <- n; return 0, refused }); !errors.Is(err, refused) {
		t.Errorf("%v", err)
	}
	if len(asked) == len(list) {
		t.Error("all were asked after an error")
	}
	if _, err := each(t.Context(), list, func(context.Context, int) (int, error) { panic("a judge that breaks") }); !errors.Is(err, guard.ErrPanic) {
		t.Errorf("%v", err)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	if _, err := each(ended, list, func(context.Context, int) (int, error) { return 0, nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
