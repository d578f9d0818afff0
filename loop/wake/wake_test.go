package wake_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/wake"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// rows are wake rows in memory, as the store keeps them.
type rows struct {
	mu   sync.Mutex
	rows map[string]*row
	fail error
	lost bool // renewals find the lease lost
}

type row struct {
	lease         store.Lease
	due, marked   cardea.Instant
	until         cardea.Instant
	fence         int64
	renewed, held int
}

func newRows() *rows { return &rows{rows: map[string]*row{}} }

func (r *rows) mark(unit string, at cardea.Instant) {
	r.mu.Lock()
	defer r.mu.Unlock()
	x := r.rows[unit]
	if x == nil {
		x = &row{due: cardea.Never, marked: cardea.Never}
		r.rows[unit] = x
	}
	x.due, x.marked = min(x.due, at), min(x.marked, at)
}

func (r *rows) Claim(
	_ context.Context, owner string, kinds []string, now cardea.Instant, life time.Duration, n int,
) ([]store.Lease, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return nil, r.fail
	}
	var out []store.Lease
	for unit, x := range r.rows {
		if len(out) == n || x.due > now || x.until > now {
			continue
		}
		x.fence++
		x.held++
		x.until, x.marked = now.Add(life), cardea.Never
		x.lease = store.Lease{Unit: unit, Kind: kinds[0], Owner: owner, Fence: x.fence, Due: x.due, Until: x.until}
		out = append(out, x.lease)
	}
	return out, nil
}

func (r *rows) Renew(_ context.Context, l store.Lease, until cardea.Instant) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	x := r.rows[l.Unit]
	if r.lost || x.fence != l.Fence || x.until == 0 {
		return cardea.Errorf(cardea.Conflict, "lost")
	}
	x.until = until
	x.renewed++
	return nil
}

func (r *rows) Release(_ context.Context, l store.Lease, next cardea.Instant) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	x := r.rows[l.Unit]
	if x.fence != l.Fence {
		return cardea.Errorf(cardea.Conflict, "lost")
	}
	x.until, x.due = 0, min(next, x.marked)
	return nil
}

func (r *rows) NextWake(context.Context, []string) (cardea.Instant, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := cardea.Never
	for _, x := range r.rows {
		next = min(next, max(x.due, x.until))
	}
	return next, r.fail
}

func (r *rows) LookAgain(_ context.Context, _ []string, now cardea.Instant, life time.Duration) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range r.rows {
		x.due, x.marked, x.until = min(x.due, now), min(x.marked, now), min(x.until, now.Add(life))
	}
	return r.fail
}

// loop makes a loop whose events are collected.
func loop(r wake.Store, h wake.Handler) (*wake.Loop, func() []wake.Event) {
	var mu sync.Mutex
	var events []wake.Event
	l := &wake.Loop{
		Store: r, Owner: "me", Handlers: map[string]wake.Handler{store.WakeKeep: h}, Now: time.Now,
		Rand: func() float64 { return 0 },
		Told: func(e wake.Event) {
			mu.Lock()
			defer mu.Unlock()
			events = append(events, e)
		},
	}
	return l, func() []wake.Event {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(events)
	}
}

func now() cardea.Instant { return cardea.At(time.Now()) }

func TestAUnitIsWokenAtItsInstant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRows()
		start := now()
		var woken []time.Duration
		l, _ := loop(r, func(context.Context, store.Lease) (cardea.Instant, error) {
			woken = append(woken, time.Duration(now()-start)*time.Microsecond)
			if len(woken) == 3 {
				return cardea.Never, nil
			}
			return now().Add(90 * time.Minute), nil
		})
		r.mark("kisi", start.Add(7*time.Second))
		l.Start(t.Context())
		time.Sleep(24 * time.Hour)
		l.Stop()
		want := []time.Duration{7 * time.Second, 7*time.Second + 90*time.Minute, 7*time.Second + 180*time.Minute}
		if d := cmp.Diff(want, woken); d != "" {
			t.Errorf("woken (-want +got):\n%s", d)
		}
	})
}

func TestAMarkDuringTheWorkIsNotLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, runs := newRows(), 0
		l, _ := loop(r, func(context.Context, store.Lease) (cardea.Instant, error) {
			if runs++; runs == 1 {
				r.mark("kisi", now())
			}
			return cardea.Never, nil
		})
		r.mark("kisi", now())
		l.Start(t.Context())
		time.Sleep(time.Minute)
		l.Stop()
		if runs != 2 {
			t.Errorf("%d runs", runs)
		}
	})
}

func TestAPokeEndsTheSleep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRows()
		var late time.Duration
		marked := now()
		l, _ := loop(r, func(context.Context, store.Lease) (cardea.Instant, error) {
			late = time.Duration(now()-marked) * time.Microsecond
			return cardea.Never, nil
		})
		l.Poll = time.Hour
		l.Start(t.Context())
		time.Sleep(time.Minute)
		marked = now()
		r.mark("kisi", marked)
		l.Poke()
		synctest.Wait()
		l.Stop()
		if late != 0 || r.rows["kisi"].held != 1 {
			t.Errorf("%v late, %d runs", late, r.rows["kisi"].held)
		}
	})
}

func TestALeaseIsRenewedWhileTheWorkLasts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRows()
		l, events := loop(r, func(ctx context.Context, _ store.Lease) (cardea.Instant, error) {
			time.Sleep(10 * time.Minute)
			return cardea.Never, ctx.Err()
		})
		l.Life = time.Minute
		r.mark("kisi", now())
		l.Start(t.Context())
		time.Sleep(time.Hour)
		l.Stop()
		if x := r.rows["kisi"]; x.held != 1 || x.renewed < 25 {
			t.Errorf("held %d times, renewed %d times", x.held, x.renewed)
		}
		if es := events(); len(es) != 1 || es[0].Err != nil {
			t.Errorf("%+v", es)
		}
	})
}

func TestALostLeaseEndsTheWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRows()
		l, events := loop(r, func(ctx context.Context, _ store.Lease) (cardea.Instant, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		})
		l.Life = time.Minute
		r.mark("kisi", now())
		r.lost = true
		l.Start(t.Context())
		time.Sleep(21 * time.Second)
		es := events()
		l.Stop()
		if len(es) != 1 || !es[0].Lost {
			t.Errorf("%+v", es)
		}
	})
}

func TestAFailureIsTriedAgainLaterAndLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRows()
		var at []cardea.Instant
		l, events := loop(r, func(context.Context, store.Lease) (cardea.Instant, error) {
			at = append(at, now())
			switch len(at) {
			case 1:
				panic("a nil map")
			case 5:
				return cardea.Never, nil
			case 4:
				return 0, &cardea.Error{Class: cardea.Throttled, Text: "429", After: time.Hour}
			}
			return 0, errors.New("not yet")
		})
		r.mark("kisi", now())
		l.Start(t.Context())
		time.Sleep(3 * time.Hour)
		l.Stop()
		var gaps []time.Duration
		for i := 1; i < len(at); i++ {
			gaps = append(gaps, time.Duration(at[i]-at[i-1])*time.Microsecond)
		}
		if d := cmp.Diff([]time.Duration{time.Second / 2, time.Second, 2 * time.Second, time.Hour}, gaps); d != "" {
			t.Errorf("gaps (-want +got):\n%s", d)
		}
		if es := events(); len(es) != 5 || es[0].Err == nil || es[4].Err != nil {
			t.Errorf("%+v", es)
		}
	})
}

func TestUnitsRunBesideEachOtherButNotTooMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRows()
		var mu sync.Mutex
		running, most, runs := 0, 0, 0
		l, _ := loop(r, func(context.Context, store.Lease) (cardea.Instant, error) {
			mu.Lock()
			running++
			runs++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			running--
			mu.Unlock()
			return cardea.Never, nil
		})
		l.Parallel = 3
		for _, u := range []string{"a", "b", "c", "d", "e", "f", "g"} {
			r.mark(u, now())
		}
		l.Start(t.Context())
		time.Sleep(time.Minute)
		l.Stop()
		if most != 3 || runs != 7 {
			t.Errorf("%d at once, %d runs", most, runs)
		}
	})
}

func TestStopWaitsAndLeavesTheUnitDue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRows()
		finished := false
		l, events := loop(r, func(ctx context.Context, _ store.Lease) (cardea.Instant, error) {
			<-ctx.Done()
			time.Sleep(3 * time.Second) // it winds up
			finished = true
			return 0, ctx.Err()
		})
		r.mark("kisi", now())
		l.Start(t.Context())
		time.Sleep(time.Second)
		l.Stop()
		if !finished {
			t.Error("Stop did not wait")
		}
		if x := r.rows["kisi"]; x.until != 0 || x.due > now() {
			t.Errorf("the next process cannot go on at once: %+v", x)
		}
		if es := events(); len(es) != 1 || es[0].Err != nil {
			t.Errorf("being stopped is no failure: %+v", es)
		}
	})
}

func TestAStoreThatIsDownIsAskedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, runs := newRows(), 0
		l, events := loop(r, func(context.Context, store.Lease) (cardea.Instant, error) {
			runs++
			return cardea.Never, nil
		})
		r.mark("kisi", now())
		r.fail = errors.New("the database is gone")
		l.Start(t.Context())
		time.Sleep(10 * time.Second)
		if n := len(events()); n < 5 || n > 15 {
			t.Errorf("asked %d times in 10 seconds", n)
		}
		r.mu.Lock()
		r.fail = nil
		r.mu.Unlock()
		time.Sleep(2 * time.Second)
		l.Stop()
		if runs != 1 {
			t.Errorf("%d runs", runs)
		}
	})
}

func TestTwoNodesShareTheWork(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ws := s.In("default")
		const units = 20
		for i := range units {
			if err := ws.MarkWake(t.Context(), store.Mark{Unit: string(rune('a' + i)), Kind: store.WakeKeep, At: now()}); err != nil {
				t.Fatal(err)
			}
		}
		var mu sync.Mutex
		runs := map[string]int{}
		done := make(chan struct{}, units)
		var loops []*wake.Loop
		for _, node := range []string{"one", "two"} {
			l, _ := loop(s, func(_ context.Context, lease store.Lease) (cardea.Instant, error) {
				mu.Lock()
				runs[lease.Unit]++
				mu.Unlock()
				done <- struct{}{}
				return cardea.Never, nil
			})
			l.Owner = node
			l.Start(t.Context())
			loops = append(loops, l)
		}
		for range units {
			<-done
		}
		for _, l := range loops {
			l.Stop()
		}
		for unit, n := range runs {
			if n != 1 {
				t.Errorf("%s ran %d times", unit, n)
			}
		}
		if len(runs) != units {
			t.Errorf("%d units ran", len(runs))
		}
	})
}

// deaf is a store that answers no renewal.
type deaf struct{ *rows }

func (d deaf) Renew(ctx context.Context, _ store.Lease, _ cardea.Instant) error {
	<-ctx.Done()
	return ctx.Err()
}

// A node that the database does not answer has lost its lease when its life is over, whatever its clock says.
func TestALeaseThatCannotBeRenewedIsLostInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRows()
		var worked time.Duration
		l, events := loop(deaf{r}, func(ctx context.Context, _ store.Lease) (cardea.Instant, error) {
			began := time.Now()
			<-ctx.Done()
			worked = time.Since(began)
			return 0, ctx.Err()
		})
		start := time.Now()
		l.Now = func() time.Time { return start } // it stands still
		r.mark("kisi", now())
		l.Start(t.Context())
		time.Sleep(2 * time.Minute)
		l.Stop()
		if worked == 0 || worked > time.Minute {
			t.Errorf("it went on for %s under a lease of a minute", worked)
		}
		if es := events(); len(es) == 0 || !es[0].Lost {
			t.Errorf("nobody was told: %+v", es)
		}
	})
}

func TestANodeThatIsNotFitBeginsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, runs := newRows(), 0
		l, _ := loop(r, func(context.Context, store.Lease) (cardea.Instant, error) {
			runs++
			return cardea.Never, nil
		})
		var mu sync.Mutex
		unfit := errors.New("its clock is wrong")
		l.Fit = func(context.Context) error {
			mu.Lock()
			defer mu.Unlock()
			return unfit
		}
		r.mark("kisi", now())
		l.Start(t.Context())
		time.Sleep(10 * time.Second)
		if runs != 0 {
			t.Error("it worked")
		}
		mu.Lock()
		unfit = nil
		mu.Unlock()
		time.Sleep(3 * time.Second)
		l.Stop()
		if runs != 1 {
			t.Errorf("%d runs once it was fit", runs)
		}
	})
}
