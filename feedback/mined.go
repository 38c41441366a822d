package feedback

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"huiyin/internal/guard"
	"huiyin/kb"
	"huiyin/nlp"
)

// mined reads customers' messages and what they are about, once for all sections of a digest, and once for all digests of the
// same source and period that are made at the same time. Nothing of it stays when the last of them is done.
type mined struct {
	topics Topics

	mu     sync.Mutex
	shared map[window]*flight
}

// itself is the part of sections that reads.
func (m *mined) itself() *mined { return m }

// window is what is read together.
type window struct {
	src        Source
	start, end time.Time // in UTC, so that equal instants are equal
}

// flight is a corpus that is being read, or is in use. Only its readers hold it.
type flight struct {
	readers int // under mined.mu
	done    chan struct{}
	all     corpus // after done
	err     error  // after done
}

// corpus is messages with what they are about, of a period and the two before it, and the facts of that time. It is not changed
// once it is made: several digests may read it at once.
type corpus struct {
	*pool
	spoken  []*row // those in the customers' own words
	pile    Pile
	counted *counted // the period's complaints
	earlier *counted // those of the period before, against the one before that
	now     tally    // the period's facts
	before  tally    // of the period before
}

// once is a source that a Builder reads for all of its sections, until release.
type once struct {
	Source
	now     time.Time // when the digest is made
	log     *slog.Logger
	titled  func(label string) Text
	titles  map[kb.RootID]map[nlp.Lang]string // of articles; nil: not read yet
	holds   map[*mined]corpus
	release []func()
}

// quiet reports whether all that was read says that nothing happened in a period.
func (o *once) quiet(p Period) bool {
	for _, x := range o.holds {
		for range x.in(p) {
			return false
		}
		for range x.happened(p) {
			return false
		}
	}
	return len(o.holds) > 0
}

// of reads the messages of a period.
func (m *mined) of(ctx context.Context, src Source, p Period) (corpus, error) {
	o, ok := src.(*once)
	if !ok {
		return m.read(ctx, src, p, slog.New(slog.DiscardHandler))
	}
	if x, ok := o.holds[m]; ok {
		return x, nil
	}
	x, release, err := m.join(ctx, o, p)
	if err != nil {
		return corpus{}, err
	}
	o.holds[m], o.release = x, append(o.release, release)
	return x, nil
}

// join reads a window, or takes part in what another digest reads or has in use; release lets go of it.
func (m *mined) join(ctx context.Context, o *once, p Period) (x corpus, release func(), err error) {
	if !reflect.ValueOf(o.Source).Comparable() { // nobody can tell whether another reads the same
		x, err = m.read(ctx, o.Source, p, o.log)
		return x, func() {}, err
	}
	key := window{o.Source, p.Start.UTC(), p.End.UTC()}
	for {
		m.mu.Lock()
		f, there := m.shared[key]
		if !there {
			f = &flight{done: make(chan struct{})}
			if m.shared == nil {
				m.shared = map[window]*flight{}
			}
			m.shared[key] = f
		}
		f.readers++
		m.mu.Unlock()
		release = func() { m.leave(key, f) }
		if !there {
			m.fly(ctx, o, p, f)
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			release()
			return corpus{}, nil, ctx.Err()
		}
		if f.err == nil {
			return f.all, release, nil
		}
		release()
		if !there { // another's error may be that nobody waits for that one any more: then it is read again
			return corpus{}, nil, f.err
		}
	}
}

// fly reads what others wait for. They hear of its end also when reading panics, which is an error then: a server goes on after
// that, and the next digest of the week must not wait for this one.
func (m *mined) fly(ctx context.Context, o *once, p Period, f *flight) {
	defer close(f.done)
	f.err = guard.ErrPanic
	f.err = guard.Func(func() (err error) {
		f.all, err = m.read(ctx, o.Source, p, o.log)
		return err
	})()
}

// leave drops a flight that failed, or that nobody reads any more.
func (m *mined) leave(key window, f *flight) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f.readers--
	if m.shared[key] == f && (f.readers == 0 || f.err != nil) {
		delete(m.shared, key)
	}
}

// read reads a period and the two before it.
func (m *mined) read(ctx context.Context, src Source, p Period, log *slog.Logger) (corpus, error) {
	pool, err := gather(ctx, src, m.topics, p.Before().Before().Start, p.End, log)
	if err != nil {
		return corpus{}, err
	}
	x := corpus{pool: pool, spoken: pool.ownWords()}
	var facts errgroup.Group
	facts.Go(guard.Func(func() error {
		x.now, x.before = tallyOf(pool, p), tallyOf(pool, p.Before())
		return nil
	}))
	err = x.assign(ctx, m.topics)
	if err := errors.Join(err, facts.Wait()); err != nil {
		return corpus{}, err
	}
	var count errgroup.Group
	count.Go(guard.Func(func() error { x.counted = x.count(p, true); return nil }))
	count.Go(guard.Func(func() error { x.earlier = x.count(p.Before(), false); return nil })) // only told of by its changes
	if err := count.Wait(); err != nil {
		return corpus{}, err
	}
	return x, x.tier(ctx, p)
}

// assign finds the topics of what was said, by the readings where there are any.
func (x *corpus) assign(ctx context.Context, t Topics) (err error) {
	if !x.recalled {
		items := make([]Item, len(x.spoken))
		for i, r := range x.spoken {
			items[i] = r.item()
		}
		x.pile, err = pileOf(ctx, t, items)
		return err
	}
	compact := t.(Compact) // whoever recalls is one
	pile := compact.Pile().(Recaller)
	var again map[string]string // readings of an hour that was read anew
	for _, r := range x.spoken {
		if pile.Recall(r.reading) == nil {
			continue
		}
		if _, ok := again[r.id]; !ok {
			if again, err = x.readAgain(ctx, compact, r.at); err != nil {
				return err
			}
		}
		reading, ok := again[r.id]
		if !ok { // erased since
			reading = string(compact.AppendReading(nil, r.item()))
		}
		if err := pile.Recall(reading); err != nil {
			return fmt.Errorf("feedback: a message cannot be read: %w", err)
		}
	}
	x.pile = pile
	return pile.Assign(ctx)
}

// about is what the i-th message in the customers' own words is about.
func (x *corpus) about(i int) Assignment { return x.pile.About(i) }

// count counts the complaints of a period, against the one before; quoted says whether some are to be quoted.
func (x *corpus) count(p Period, quoted bool) *counted {
	c := newCounted(p)
	c.quoted = quoted
	for i, r := range x.said(Period{Start: c.previous.Start, End: p.End}) {
		a := x.about(i)
		if a.Complaint && p.Contains(r.at) {
			c.add(r.item(), a)
		} else { // nothing but its time counts
			c.add(Item{At: r.at}, a)
		}
	}
	c.finish()
	return c
}

// said yields the places of the messages of a period.
func (x *corpus) said(p Period) iter.Seq2[int, *row] {
	return func(yield func(int, *row) bool) {
		first, last := span(len(x.spoken), p.Start, p.End, func(i int) time.Time { return x.spoken[i].at })
		for i := first; i < last; i++ {
			if !yield(i, x.spoken[i]) {
				return
			}
		}
	}
}
