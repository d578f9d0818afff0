package main

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// timing counts how long changes took, each once, from when this process began: whenever somebody asks it takes in what was
// confirmed since, so that it tells what any node did.
type timing struct {
	desk          *desk.Desk
	grant, revoke *prometheus.HistogramVec

	mu   sync.Mutex
	seen map[string]cardea.Instant // by door: when the last was confirmed that was counted
}

func newTiming(d *desk.Desk, began cardea.Instant) *timing {
	histogram := func(name, help string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: name, Help: help, Buckets: []float64{1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600},
		}, []string{"door"})
	}
	t := &timing{
		desk: d, seen: map[string]cardea.Instant{},
		grant:  histogram("cardea_time_to_grant_seconds", "From when access was owed until the door system showed it."),
		revoke: histogram("cardea_time_to_revoke_seconds", "From when access was over until the door system showed it gone."),
	}
	for _, door := range d.Doors() {
		t.seen[door] = began
		t.grant.WithLabelValues(door)
		t.revoke.WithLabelValues(door)
	}
	return t
}

// Describe implements prometheus.Collector.
func (t *timing) Describe(ch chan<- *prometheus.Desc) {
	t.grant.Describe(ch)
	t.revoke.Describe(ch)
}

// Collect implements prometheus.Collector. What cannot be read now is taken in the next time.
func (t *timing) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, door := range t.desk.Doors() {
		t.take(ctx, door)
	}
	t.grant.Collect(ch)
	t.revoke.Collect(ch)
}

func (t *timing) take(ctx context.Context, door string) {
	t.mu.Lock()
	after := t.seen[door]
	t.mu.Unlock()
	ms, err := t.desk.Measures(ctx, door, after)
	if err != nil || len(ms) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen[door] != after { // somebody else asked at the same time
		return
	}
	for _, m := range ms {
		h := t.grant
		if m.Revoke {
			h = t.revoke
		}
		h.WithLabelValues(door).Observe(m.Seconds())
		t.seen[door] = max(t.seen[door], m.Confirmed)
	}
}
