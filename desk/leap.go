package desk

import (
	"sync"
	"sync/atomic"
)

// leaps count, by door connection, how often our clock was set ahead since the door system last confirmed it.
type leaps struct {
	mu    sync.Mutex
	doors map[string]*atomic.Int64
}

func (l *leaps) of(door string) *atomic.Int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.doors == nil {
		l.doors = map[string]*atomic.Int64{}
	}
	if l.doors[door] == nil {
		l.doors[door] = &atomic.Int64{}
	}
	return l.doors[door]
}

// leapt has every door system asked for the time before the next write.
func (d *Desk) leapt() {
	d.c.Log.Warn("the clock was set ahead, or this machine stood still: door systems are asked for the time before anything is written")
	for door := range sorted(d.c.Doors) {
		d.leaps.of(door).Add(1)
	}
}
