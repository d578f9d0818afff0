package wire_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

func TestNoMonthSeesMoreThanItsQuota(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const quota = 2000
		b := wire.NewBudget("door", wire.Rate{Calls: 100, Per: time.Second}, wire.LocalSlots(), time.Now).Monthly(quota)
		var sent []time.Time
		end := time.Now().Add(100 * 24 * time.Hour)
		ctx := wire.WithUrgency(t.Context(), wire.Urgency{Level: wire.Start})
		for time.Now().Before(end) {
			if err := b.Wait(ctx); err != nil {
				if cardea.ClassOf(err) != cardea.Throttled {
					t.Fatal(err)
				}
				time.Sleep(time.Hour)
				continue
			}
			sent = append(sent, time.Now())
		}
		most, from := 0, 0
		for i, at := range sent {
			for at.Sub(sent[from]) >= 31*24*time.Hour {
				from++
			}
			most = max(most, i-from+1)
		}
		if most > quota || len(sent) < quota*2 {
			t.Errorf("%d calls in 31 days, %d in 100, want at most %d", most, len(sent), quota)
		}
	})
}

func TestSweepsAreRefusedFirstAndRevocationsNever(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := wire.NewBudget("door", wire.Rate{Calls: 1000, Per: time.Second}, wire.LocalSlots(), time.Now).Monthly(1000)
		takes := func(level int) int {
			n := 0
			for n < 600 && b.Wait(wire.WithUrgency(t.Context(), wire.Urgency{Level: level})) == nil {
				n++
			}
			return n
		}
		sweeps, rest, starts, revocations := takes(wire.Sweep), takes(wire.Rest), takes(wire.Start), takes(wire.Revoke)
		if sweeps == 0 || rest == 0 || starts == 0 || sweeps+rest+starts > 500 || revocations != 600 {
			t.Errorf("%d sweeps, %d others, %d starts, %d revocations", sweeps, rest, starts, revocations)
		}
	})
}
