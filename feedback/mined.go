package feedback

import (
	"context"
	"iter"
	"sync"
	"time"
)

// mined reads customers' messages and what they are about, once for all sections that ask for the same period.
type mined struct {
	topics Topics

	mu  sync.Mutex
	src Source
	at  time.Time
	all corpus
}

// corpus is messages with what they are about, of a period and the two before it, and the facts of that time.
type corpus struct {
	*pool
	spoken  []*row // those in the customers' own words
	pile    Pile
	counted *counted // the period's complaints
	now     tally    // the period's facts
	before  tally    // of the period before
}

// once is a source that a Builder reads for all of its sections.
type once struct{ Source }

// of reads the messages of a period.
func (m *mined) of(ctx context.Context, src Source, p Period) (corpus, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	shared, again := src.(*once)
	if again && m.src == src && m.at.Equal(p.End) {
		return m.all, nil
	}
	if again {
		src = shared.Source
	}
	pool, err := gather(ctx, src, m.topics, p.Before().Before().Start, p.End)
	if err != nil {
		return corpus{}, err
	}
	x := corpus{pool: pool}
	for i := range pool.rows {
		if pool.rows[i].spoken {
			x.spoken = append(x.spoken, &pool.rows[i])
		}
	}
	if err := x.assign(ctx, m.topics); err != nil {
		return corpus{}, err
	}
	x.counted = x.count(p)
	x.now, x.before = tallyOf(pool, p), tallyOf(pool, p.Before())
	if again {
		m.src, m.at, m.all = shared, p.End, x
	}
	return x, nil
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
	pile := t.Pile().(Recaller) // promised by Compact
	for _, r := range x.spoken {
		if err := pile.Recall(r.reading); err != nil {
			return err
		}
	}
	x.pile = pile
	return pile.Assign(ctx)
}

// about is what the i-th message in the customers' own words is about.
func (x *corpus) about(i int) Assignment { return x.pile.About(i) }

// count counts the complaints of a period, against the one before.
func (x *corpus) count(p Period) *counted {
	c := newCounted(p)
	for i, r := range x.spoken {
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
		for i, r := range x.spoken {
			if p.Contains(r.at) && !yield(i, r) {
				return
			}
		}
	}
}
