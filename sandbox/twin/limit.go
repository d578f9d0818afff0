package twin

import (
	"sync"
	"time"
)

// Limiter refuses the request that would make more than Max within any closed Window: with 5 a second, requests at 0, 200,
// 400, 600, 800 and 1000 ms are one too many. Refused requests do not count. Safe for concurrent use.
type Limiter struct {
	Max    int
	Window time.Duration

	mu   sync.Mutex
	seen map[string][]time.Time // per caller, the accepted requests of the last window
}

// Take asks for one request of a caller at an instant. It returns how many are left, and how long until the oldest counted
// one leaves the window.
func (l *Limiter) Take(caller string, now time.Time) (ok bool, left int, reset time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[string][]time.Time{}
	}
	times := l.seen[caller]
	for len(times) > 0 && now.Sub(times[0]) > l.Window {
		times = times[1:]
	}
	if ok = len(times) < l.Max; ok {
		times = append(times, now)
	}
	l.seen[caller] = times
	reset = l.Window
	if len(times) > 0 {
		reset = l.Window - now.Sub(times[0])
	}
	return ok, l.Max - len(times), reset
}
