// Package guard turns panics of goroutines into errors: a panic that nobody recovers in the goroutine in which it happens ends the
// whole program, whatever stands around the place where the goroutine was started.
package guard

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// ErrPanic is what errors.Is finds in the error that a panic became.
var ErrPanic = errors.New("broke off")

// Quiet calls do. When do panics, the error says where, and of what type its value was: not the value, which may hold what
// somebody wrote, since such errors stand in the log.
func Quiet(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: panic (%T)\n%s", ErrPanic, p, debug.Stack())
		}
	}()
	return do()
}

// Func is do for a goroutine, as errgroup.Group.Go takes it: when do panics, the error says with what and where.
func Func(do func() error) func() error {
	return func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%w: panic: %v\n%s", ErrPanic, p, debug.Stack())
			}
		}()
		return do()
	}
}
