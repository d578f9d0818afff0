package main

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

// TestWhatIsOverIsForgotten serves tiny for ten days with as short a memory as can be had: what is left is a week's, everybody who
// should passes, and the ledger and the audit log are whole.
func TestWhatIsOverIsForgotten(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, quiet, func(t *testing.T) {
			r := newRig(t, "tiny", db, func(f *config.File) {
				f.Retain.Records.Duration, f.Retain.History.Duration = desk.KeepLeast, desk.KeepLeast
				for _, in := range f.Integrations {
					in.Interval = config.Duration{Duration: 6 * time.Hour, Set: true}
				}
			})
			defer r.shut()
			r.set.poll = time.Hour
			r.shut()
			r.open()
			ctx := context.Background()
			if err := r.app.desk.Connect(ctx); err != nil {
				t.Fatal(err)
			}
			stop, err := r.app.desk.Start(ctx)
			if err != nil {
				t.Fatal(err)
			}
			ws := r.app.store.In("default")
			time.Sleep(time.Hour)
			first, err := ws.Directory(ctx, "rnd")
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * 24 * time.Hour)
			stop()
			runs, err := ws.Runs(ctx, 1<<20)
			if err != nil || len(runs) == 0 {
				t.Fatal(len(runs), err)
			}
			old := cardea.At(time.Now().Add(-desk.KeepLeast - 30*time.Hour))
			if oldest := runs[len(runs)-1]; oldest.Started < old || runs[0].Started < cardea.At(time.Now().Add(-7*time.Hour)) {
				t.Errorf("the runs left are from %s to %s", oldest.Started, runs[0].Started)
			}
			left, err := ws.Directory(ctx, "rnd")
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range left.Bookings {
				if b.RRule == "" && b.End < old {
					t.Errorf("booking %s ended at %s and is still known", b.ID, b.End)
				}
			}
			if len(left.Bookings) >= len(first.Bookings) || len(left.People) != len(first.People) || len(left.Agreements) != len(first.Agreements) {
				t.Errorf("of %d bookings, %d people and %d agreements there are %d, %d and %d", len(first.Bookings), len(first.People),
					len(first.Agreements), len(left.Bookings), len(left.People), len(left.Agreements))
			}
			if err := ws.VerifyAudit(ctx); err != nil {
				t.Error(err)
			}
			r.sound("after ten days")
		})
	})
}
