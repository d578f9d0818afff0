package wire

import (
	"net/http"
	"sync"
	"time"
)

// skewAge is for how long a difference is believed where nothing tells whether our clock was set meanwhile.
const skewAge = 2 * time.Minute

// skew keeps how far the vendor's clock is ahead of ours.
type skew struct {
	mu   sync.Mutex
	seen bool
	is   time.Duration
	ours time.Time // when that was seen
}

// observe takes a Date header. It counts whole seconds, so that its middle is half a second later; it was written
// somewhere between our two readings.
func (s *skew) observe(h http.Header, began, ended time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil || h.Get("Age") != "" || ended.Sub(began) > 10*time.Second {
		return // absent, from a cache, or too slow to say anything
	}
	theirs := date.Add(500 * time.Millisecond)
	ours := began.Add(ended.Sub(began) / 2)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen, s.is, s.ours = true, theirs.Sub(ours), ended
}

// get is what is known of the difference now. Our clock may have been set since the vendor last answered: where nothing tells, it is
// not known, and may be as large as it says.
func (s *skew) get(now time.Time) (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.seen {
		return 0, false
	}
	steady := func(t time.Time) bool { return t != t.Round(0) } // a steady reading tells them apart
	by, known := set(now.Round(0).Sub(s.ours.Round(0)), now.Sub(s.ours), steady(now) && steady(s.ours))
	return s.is - by, known
}

// set is what our clock was set by while so much time went by on it, and so much on a steady one. Without a steady one a long time
// may all be that, and it is not known.
func set(clock, steady time.Duration, both bool) (by time.Duration, known bool) {
	switch {
	case both:
		return clock - steady, true
	case clock.Abs() <= skewAge:
		return 0, true
	}
	return clock, false
}
