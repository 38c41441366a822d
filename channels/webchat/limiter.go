package webchat

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiter allows each key a number of events a minute, in bursts of up to half of them.
type limiter struct {
	perMinute int
	now       func() time.Time
	mu        sync.Mutex
	keys      map[string]*rate.Limiter
}

// limiterKeys bounds the memory: beyond it, keys that have been idle are forgotten, and if none has, new ones wait.
const limiterKeys = 100_000

func newLimiter(perMinute int, now func() time.Time) *limiter {
	return &limiter{perMinute: perMinute, now: now, keys: map[string]*rate.Limiter{}}
}

// allow takes one event of a key, or says how long to wait.
func (l *limiter) allow(key string) (ok bool, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.keys[key]
	if k == nil {
		if len(l.keys) >= limiterKeys {
			return false, time.Minute
		}
		k = rate.NewLimiter(rate.Limit(float64(l.perMinute)/60), max(1, l.perMinute/2))
		l.keys[key] = k
	}
	r := k.ReserveN(l.now(), 1)
	if wait = r.DelayFrom(l.now()); wait > 0 {
		r.CancelAt(l.now())
		return false, wait
	}
	return true, 0
}

// sweep forgets the keys whose allowance is whole again.
func (l *limiter) sweep() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, k := range l.keys {
		if k.TokensAt(l.now()) >= float64(k.Burst()) {
			delete(l.keys, key)
		}
	}
}
