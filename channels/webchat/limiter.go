package webchat

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiter allows each key a number of events a minute, in bursts.
type limiter struct {
	perMinute float64
	burst     int
	now       func() time.Time
	mu        sync.Mutex
	keys      map[string]*rate.Limiter
	swept     time.Time
}

// limiterKeys bounds the memory: beyond it, keys that have been idle are forgotten, and if none has, new ones wait.
const limiterKeys = 100_000

// newLimiter allows bursts of up to half a minute's events.
func newLimiter(perMinute int, now func() time.Time) *limiter {
	return &limiter{perMinute: float64(perMinute), burst: max(1, perMinute/2), now: now, keys: map[string]*rate.Limiter{}}
}

// newHourly allows a number of events an hour, in bursts of up to half of them, but no fewer than least.
func newHourly(perHour, least int, now func() time.Time) *limiter {
	return &limiter{perMinute: float64(perHour) / 60, burst: max(perHour/2, least), now: now, keys: map[string]*rate.Limiter{}}
}

// allow takes one event of a key, or says how long to wait.
func (l *limiter) allow(key string) (ok bool, wait time.Duration) { return l.allowN(key, 1) }

// allowN takes n events of a key, or says how long to wait. N must not be larger than a burst.
func (l *limiter) allowN(key string, n int) (ok bool, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.keys[key]
	if k == nil {
		if len(l.keys) >= limiterKeys && l.now().Sub(l.swept) >= time.Second {
			l.forget()
		}
		if len(l.keys) >= limiterKeys {
			return false, time.Minute
		}
		k = rate.NewLimiter(rate.Limit(l.perMinute/60), l.burst)
		l.keys[key] = k
	}
	r := k.ReserveN(l.now(), n)
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
	l.forget()
}

// forget is sweep; the lock is held.
func (l *limiter) forget() {
	l.swept = l.now()
	for key, k := range l.keys {
		if k.TokensAt(l.now()) >= float64(k.Burst()) {
			delete(l.keys, key)
		}
	}
}
