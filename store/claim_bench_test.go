package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// BenchmarkClaims measures what a deployment of many sites asks of its wake rows: 100,000 rows, of which all are due or hardly
// any, and nodes that claim, release and look at once. One op is one unit claimed and released.
func BenchmarkClaims(b *testing.B) {
	const sites = 100_000
	engines(b, func(b *testing.B, s *store.Store, w *store.Workspace) {
		ctx := context.Background()
		marks := make([]store.Mark, sites)
		for i := range marks {
			marks[i] = store.Mark{Unit: fmt.Sprintf("site%06d", i), Kind: store.WakeKeep, At: noon + cardea.Instant(i)}
		}
		if err := w.MarkWake(ctx, marks...); err != nil {
			b.Fatal(err)
		}
		if err := s.Tamper(ctx, "ANALYZE"); err != nil { // as a database does by itself that is not a test's
			b.Fatal(err)
		}
		kinds := []string{store.WakeKeep}
		for _, nodes := range []int{1, 3, 8} {
			b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
				var done, short atomic.Int64
				var all sync.WaitGroup
				for n := range nodes {
					all.Go(func() {
						for done.Load() < int64(b.N) {
							ls, err := s.Claim(ctx, fmt.Sprintf("node%d", n), kinds, noon+cardea.Hour, time.Minute, 16)
							if err != nil {
								b.Error(err)
								return
							}
							if len(ls) == 0 {
								short.Add(1)
							}
							for _, l := range ls {
								if err := s.Release(ctx, l, noon+cardea.Instant(sites+done.Add(1))); err != nil {
									b.Error(err)
									return
								}
							}
						}
					})
				}
				all.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "units/s")
				b.ReportMetric(float64(short.Load())/float64(b.N), "empty-claims/unit")
			})
		}
		b.Run("next", func(b *testing.B) {
			for b.Loop() {
				if _, err := s.NextWake(ctx, kinds); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}
