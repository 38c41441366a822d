package feedback

import (
	"context"
	"errors"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"huiyin/internal/guard"
)

// Topics finds what messages are about.
type Topics interface {
	// Pile begins an empty pile.
	Pile() Pile
}

// Pile is messages whose topics are found together. It keeps numbers, never the messages. The same messages in the same
// order give the same topics on every run.
type Pile interface {
	// Read looks at messages one by one; it is safe for concurrent use. The function that it returns adds them to the pile:
	// it is called in the order of the messages, by one goroutine at a time.
	Read(items []Item) (add func())
	// Assign finds the topics of all that was added.
	Assign(ctx context.Context) error
	// About is what the i-th message is about, and whether it is a complaint; after Assign. A message without a topic has an
	// empty Topic. It is safe for concurrent use.
	About(i int) Assignment
}

// pileChunk is how many messages are read together.
const pileChunk = 256

// Assign gives the topics of items, in their order.
func Assign(ctx context.Context, t Topics, items []Item) ([]Assignment, error) {
	pile, err := pileOf(ctx, t, items)
	if err != nil {
		return nil, err
	}
	out := make([]Assignment, len(items))
	for i := range out {
		out[i] = pile.About(i)
	}
	return out, nil
}

// pileOf is a pile of items whose topics are found.
func pileOf(ctx context.Context, t Topics, items []Item) (Pile, error) {
	pile := t.Pile()
	at := 0
	next := func() ([]Item, error) {
		if at == len(items) {
			return nil, io.EOF
		}
		part := items[at:min(at+pileChunk, len(items))]
		at += len(part)
		return part, nil
	}
	read := func(_ context.Context, part []Item) (func(), error) { return pile.Read(part), nil }
	if err := InOrder(ctx, next, read, func(add func()) error { add(); return nil }); err != nil {
		return nil, err
	}
	return pile, pile.Assign(ctx)
}

// InOrder takes what next yields until io.EOF, does the work on every processor, and hands over the results in the order of
// next. Both next and take run on one goroutine each; only a few pieces are held at any time. The first error ends it; a panic in one of
// the three is an error, too (guard.ErrPanic).
func InOrder[In, Out any](ctx context.Context, next func() (In, error), do func(context.Context, In) (Out, error), take func(Out) error) error {
	return inOrder(ctx, runtime.GOMAXPROCS(0), next, do, take)
}

// inOrder is InOrder with so many workers; one does everything by itself, one piece after the other.
func inOrder[In, Out any](ctx context.Context, workers int, next func() (In, error), do func(context.Context, In) (Out, error), take func(Out) error) error {
	if workers == 1 {
		return guard.Func(func() error { return oneByOne(ctx, next, do, take) })()
	}
	g, ctx := errgroup.WithContext(ctx)
	l := line[In, Out]{jobs: make(chan job[In, Out]), order: make(chan (<-chan Out), 2*workers)}
	g.Go(guard.Func(func() error { return l.feed(ctx, next) }))
	for range workers {
		g.Go(guard.Func(func() error { return l.work(ctx, do) }))
	}
	g.Go(guard.Func(func() error { return l.collect(ctx, take) }))
	return g.Wait()
}

// line is an assembly line: pieces go to whoever is free, and their results are taken in the order of the pieces.
type line[In, Out any] struct {
	jobs  chan job[In, Out]
	order chan (<-chan Out) // where the result of each piece will be, in order
}

// job is a piece, and where its result goes; there is room for it.
type job[In, Out any] struct {
	in   In
	done chan<- Out
}

// feed hands out what next yields.
func (l line[In, Out]) feed(ctx context.Context, next func() (In, error)) error {
	defer close(l.jobs)
	defer close(l.order)
	for {
		in, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		done := make(chan Out, 1)
		select {
		case l.order <- done:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case l.jobs <- job[In, Out]{in, done}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// work does one piece after the other.
func (l line[In, Out]) work(ctx context.Context, do func(context.Context, In) (Out, error)) error {
	for j := range l.jobs {
		out, err := do(ctx, j.in)
		if err != nil {
			return err
		}
		j.done <- out
	}
	return nil
}

// collect takes the results in order.
func (l line[In, Out]) collect(ctx context.Context, take func(Out) error) error {
	for done := range l.order {
		select {
		case out := <-done:
			if err := take(out); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// oneByOne is inOrder on one goroutine.
func oneByOne[In, Out any](ctx context.Context, next func() (In, error), do func(context.Context, In) (Out, error), take func(Out) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		in, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		out, err := do(ctx, in)
		if err != nil {
			return err
		}
		if err := take(out); err != nil {
			return err
		}
	}
}
