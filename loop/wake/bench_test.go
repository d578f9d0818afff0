package wake_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/wake"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// BenchmarkWake measures, on both engines, how long it takes from a mark to the work (with the poke that a local mark
// brings) and how late a timer is.
func BenchmarkWake(b *testing.B) {
	engines := []struct {
		name string
		open func(testing.TB) *store.Store
	}{{"postgres", storetest.Postgres}, {"sqlite", storetest.SQLite}}
	for _, e := range engines {
		b.Run("mark/"+e.name, func(b *testing.B) {
			measure(b, e.open(b), 0)
		})
		b.Run("timer/"+e.name, func(b *testing.B) {
			measure(b, e.open(b), 20*time.Millisecond)
		})
	}
}

// measure marks a unit again and again and reports how long after its instant it is worked on.
func measure(b *testing.B, s *store.Store, ahead time.Duration) {
	b.Helper()
	ctx := context.Background()
	ws := s.In("default")
	woken := make(chan cardea.Instant)
	l := &wake.Loop{
		Store: s, Owner: "bench", Now: time.Now,
		Handlers: map[string]wake.Handler{store.WakeKeep: func(context.Context, store.Lease) (cardea.Instant, error) {
			woken <- cardea.At(time.Now())
			return cardea.Never, nil
		}},
	}
	l.Start(ctx)
	defer l.Stop()
	var late []time.Duration
	n := 0
	for b.Loop() {
		n++
		at := cardea.At(time.Now().Add(ahead))
		mark := store.Mark{Unit: fmt.Sprintf("kisi%d", n%8), Kind: store.WakeKeep, At: at}
		if err := ws.MarkWake(ctx, mark); err != nil {
			b.Fatal(err)
		}
		l.Poke()
		late = append(late, time.Duration(<-woken-at)*time.Microsecond)
	}
	slices.Sort(late)
	b.ReportMetric(float64(late[len(late)/2].Microseconds()), "us-late/median")
	b.ReportMetric(float64(late[len(late)*99/100].Microseconds()), "us-late/p99")
}
