package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// errPanic marks an error that was a panic.
var errPanic = errors.New("bot: panic")

// panicError carries where a panic came from, for the log.
type panicError struct {
	value any
	stack []byte
}

// Error implements error. The value is not shown: it may hold a customer's text.
func (e *panicError) Error() string { return fmt.Sprintf("%v (%T)", errPanic, e.value) }

// Unwrap makes errors.Is(err, errPanic) true.
func (e *panicError) Unwrap() error { return errPanic }

// caught turns a panic of f into an error.
func caught(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{value: v, stack: debug.Stack()}
		}
	}()
	return f()
}

// within runs f and waits at most d for it, even when f ignores its context; then f goes on by itself and whatever it
// returns is dropped, so it must share nothing with the caller that it changes. A panic becomes an error.
func within[T any](ctx context.Context, d time.Duration, f func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		if err := caught(func() (err error) { r.value, err = f(ctx); return err }); err != nil {
			r.err = err
		}
		done <- r
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		select { // both at once: prefer the result
		case r := <-done:
			return r.value, r.err
		default:
		}
		var zero T
		return zero, ctx.Err()
	}
}
