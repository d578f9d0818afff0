package wire

import (
	"net/http"
	"sync"
	"time"
)

// skew keeps how far the vendor's clock is ahead of ours.
type skew struct {
	mu   sync.Mutex
	seen bool
	is   time.Duration
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
	s.seen, s.is = true, theirs.Sub(ours)
}

func (s *skew) get() (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.is, s.seen
}
