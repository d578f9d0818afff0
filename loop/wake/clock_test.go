package wake_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/wake"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// wall is a clock that can be set.
type wall struct {
	mu  sync.Mutex
	off time.Duration
}

func (w *wall) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.off)
}

func (w *wall) jump(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.off += d
}

// hourly works on a unit every so often by the wall clock and notes how long each wait was by one that cannot jump.
func hourly(r wake.Store, w *wall, every time.Duration) (*wake.Loop, func() []time.Duration) {
	var mu sync.Mutex
	var waits []time.Duration
	last := time.Now()
	l, _ := loop(r, func(context.Context, store.Lease) (cardea.Instant, error) {
		mu.Lock()
		defer mu.Unlock()
		waits = append(waits, time.Since(last).Round(time.Second))
		last = time.Now()
		return cardea.At(w.now().Add(every)), nil
	})
	l.Now = w.now
	return l, func() []time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return waits
	}
}

// The clock is put two hours ahead, work is done by it, and it is put right again: nothing may be late by two hours.
func TestAClockThatFallsBackMakesNothingLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, r := &wall{}, newRows()
		l, waits := hourly(r, w, 15*time.Minute)
		r.mark("kisi", now())
		l.Start(t.Context())
		time.Sleep(20 * time.Minute) // at 0 and 15 minutes
		w.jump(2 * time.Hour)
		time.Sleep(time.Minute) // due at once by that clock, and to be woken two hours and a quarter from now
		w.jump(-2 * time.Hour)
		time.Sleep(40 * time.Minute)
		l.Stop()
		for i, d := range waits() {
			if d > 15*time.Minute+2*time.Second {
				t.Errorf("wait %d was %s", i, d)
			}
		}
		if n := len(waits()); n < 5 || n > 7 {
			t.Errorf("it was woken %d times: %v", n, waits())
		}
	})
}

// A clock that jumps ahead makes due what is due by it, once.
func TestAClockThatJumpsAheadWakesOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, r := &wall{}, newRows()
		l, waits := hourly(r, w, 15*time.Minute)
		r.mark("kisi", now())
		l.Start(t.Context())
		time.Sleep(5 * time.Minute)
		w.jump(2 * time.Hour)
		time.Sleep(14 * time.Minute)
		l.Stop()
		if got := waits(); len(got) != 2 || got[1] > 5*time.Minute+2*time.Second {
			t.Errorf("waits %v", got)
		}
	})
}

// A clock that is set back a little, as time services do, stirs nobody up.
func TestASmallStepBackIsNotLookedAt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, r := &wall{}, newRows()
		l, waits := hourly(r, w, 15*time.Minute)
		r.mark("kisi", now())
		l.Start(t.Context())
		time.Sleep(5*time.Minute + time.Second/2)
		w.jump(-time.Second)
		time.Sleep(5 * time.Minute)
		l.Stop()
		if got := waits(); len(got) != 1 {
			t.Errorf("waits %v", got)
		}
	})
}

// A node that died under a lease by a clock that was ahead does not keep its unit from everybody until then.
func TestALeaseByAClockThatWasAheadEnds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ws, at := s.In("default"), now()
		if err := ws.MarkWake(t.Context(), store.Mark{Unit: "kisi", Kind: store.WakeKeep, At: at.Add(2 * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		kinds := []string{store.WakeKeep}
		if got, err := s.Claim(t.Context(), "dead", kinds, at.Add(2*time.Hour), time.Minute, 9); err != nil || len(got) != 1 {
			t.Fatalf("claimed %v, %v", got, err)
		}
		slot, err := ws.Reserve(t.Context(), "kisi", time.Second, at.Add(2*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.LookAgain(t.Context(), kinds, at, time.Minute); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Claim(t.Context(), "me", kinds, at.Add(time.Minute-1), time.Minute, 9); err != nil || len(got) != 0 {
			t.Errorf("claimed %v while it may be worked on, %v", got, err)
		}
		if got, err := s.Claim(t.Context(), "me", kinds, at.Add(time.Minute), time.Minute, 9); err != nil || len(got) != 1 {
			t.Errorf("claimed %v a life later, %v", got, err)
		}
		if next, err := ws.Reserve(t.Context(), "kisi", time.Second, at); err != nil || next > at.Add(time.Second) {
			t.Errorf("the next slot is at %v, now %v, the one before was at %v; %v", next, at, slot, err)
		}
	})
}
