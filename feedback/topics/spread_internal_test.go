package topics

import (
	"errors"
	"testing"

	"huiyin/internal/guard"
)

// A panic in a part of the work arrives where the work was asked for, and can be recovered there.
func TestSpreadPanics(t *testing.T) {
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, guard.ErrPanic) {
			t.Errorf("recovered %v", err)
		}
	}()
	spread(2000, func(from, _ int) {
		if from == 0 {
			panic("a part that breaks")
		}
	})
	t.Error("the panic was swallowed")
}
