package wire_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// five a second are 220 ms apart.
var five = wire.Rate{Calls: 5, Per: time.Second}

const apart = 220 * time.Millisecond

// turns notes who got a slot, in order, and when.
type turns struct {
	mu  sync.Mutex
	who []string
	at  []time.Duration
}

func (u *turns) note(who string, at time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.who, u.at = append(u.who, who), append(u.at, at)
}

func TestRevocationOvertakesWaitingSweeps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := wire.NewBudget("kisi", five, wire.LocalSlots(), time.Now)
		began := time.Now()
		var got turns
		wait := func(who string, u wire.Urgency) {
			if err := b.Wait(wire.WithUrgency(t.Context(), u)); err != nil {
				t.Error(err)
			}
			got.note(who, time.Since(began))
		}
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() { wait("sweep", wire.Urgency{Level: wire.Sweep}) })
		}
		synctest.Wait()
		time.Sleep(10*apart + apart/2)
		for _, w := range []struct {
			who string
			u   wire.Urgency
		}{
			{"rest", wire.Urgency{Level: wire.Rest}},
			{"later", wire.Urgency{Level: wire.Revoke, Deadline: cardea.At(began.Add(time.Hour))}},
			{"sooner", wire.Urgency{Level: wire.Revoke, Deadline: cardea.At(began.Add(time.Minute))}},
			{"some day", wire.Urgency{Level: wire.Revoke}},
			{"block", wire.Urgency{Level: wire.Now}},
		} {
			wg.Go(func() { wait(w.who, w.u) })
		}
		wg.Wait()
		want := []string{"block", "sooner", "later", "some day", "rest"}
		if first := slices.Index(got.who, "block"); first != 11 || !slices.Equal(got.who[first:first+5], want) {
			t.Errorf("slots from %d on went to %v, want 11 and %v", first, got.who[first:first+5], want)
		}
		for i, at := range got.at {
			if at != time.Duration(i)*apart {
				t.Fatalf("slot %d came after %s", i, at)
			}
		}
	})
}

func TestThrottlingPausesTheBudget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		header http.Header
		want   time.Duration
	}{
		{"429 with Retry-After", 429, http.Header{"Retry-After": {"7"}}, 7 * time.Second},
		{"429 without", 429, http.Header{}, time.Second},
		{"503 with Retry-After", 503, http.Header{"Retry-After": {"2"}}, 2 * time.Second},
		{"nothing left", 200, http.Header{
			"X-Ratelimit-Remaining-Read-Minute": {"0"}, "X-Ratelimit-Reset-Read-Minute": {"9"},
		}, 9 * time.Second},
		{"few left", 200, http.Header{"X-Ratelimit-Remaining": {"4"}, "X-Ratelimit-Reset": {"8"}}, 2 * time.Second},
		{"plenty for the day", 200, http.Header{
			"X-Ratelimit-Remaining-Read-Day": {"10"}, "X-Ratelimit-Reset-Read-Day": {"40000"},
		}, apart},
		{"absurd", 429, http.Header{"Retry-After": {"99999999999"}}, time.Hour},
		{"unreadable", 200, http.Header{"Retry-After": {"soon"}, "X-Ratelimit-Remaining": {"x"}}, apart},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := wire.NewBudget("rnd", five, wire.LocalSlots(), time.Now)
				began := time.Now()
				if c.name == "few left" { // seen before the next slot is taken
					b.Observe(c.status, c.header)
				}
				if err := b.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
				b.Observe(c.status, c.header)
				if err := b.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took != c.want {
					t.Errorf("the next slot came after %s, want %s", took, c.want)
				}
			})
		})
	}
}

func TestPauseReachesThoseWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := wire.NewBudget("kisi", five, wire.LocalSlots(), time.Now)
		began := time.Now()
		var got turns
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if err := b.Wait(t.Context()); err != nil {
					t.Error(err)
				}
				got.note("x", time.Since(began))
			})
		}
		synctest.Wait()
		b.Observe(429, http.Header{"Retry-After": {"5"}}) // while the second slot is being waited for
		wg.Wait()
		if want := []time.Duration{0, 5 * time.Second, 5*time.Second + apart}; !slices.Equal(got.at, want) {
			t.Errorf("slots came at %v, want %v", got.at, want)
		}
	})
}

func TestBudgetsOfOneNameShareOneRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slots := wire.LocalSlots()
		began := time.Now()
		var got turns
		var wg sync.WaitGroup
		for _, b := range []*wire.Budget{
			wire.NewBudget("kisi", five, slots, time.Now), wire.NewBudget("kisi", five, slots, time.Now),
		} {
			for range 10 {
				wg.Go(func() {
					if err := b.Wait(t.Context()); err != nil {
						t.Error(err)
					}
					got.note("x", time.Since(began))
				})
			}
		}
		other := wire.NewBudget("rnd", five, slots, time.Now)
		wg.Go(func() {
			if err := other.Wait(t.Context()); err != nil || time.Since(began) != 0 {
				t.Errorf("another budget waited %s: %v", time.Since(began), err)
			}
		})
		wg.Wait()
		slices.Sort(got.at)
		for i, at := range got.at {
			if at != time.Duration(i)*apart {
				t.Fatalf("slots came at %v", got.at)
			}
		}
	})
}

func TestPauseIsSharedThroughTheSlots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slots := wire.LocalSlots()
		a, b := wire.NewBudget("kisi", five, slots, time.Now), wire.NewBudget("kisi", five, slots, time.Now)
		began := time.Now()
		a.Observe(429, http.Header{"Retry-After": {"5"}})
		for _, one := range []*wire.Budget{a, b} {
			if err := one.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 5*time.Second+apart {
			t.Errorf("the other one's slot came after %s", took)
		}
	})
}

func TestLeavingTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := wire.NewBudget("kisi", five, wire.LocalSlots(), time.Now)
		b.Observe(429, http.Header{"Retry-After": {"60"}})
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := b.Wait(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || cardea.ClassOf(err) != cardea.Retry || time.Since(began) != time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		synctest.Wait()
		if err := b.Wait(t.Context()); err != nil || time.Since(began) < time.Minute {
			t.Errorf("the pause was forgotten: %v after %s", err, time.Since(began))
		}
	})
}

type brokenSlots struct{ left int }

// Reserve implements wire.Slots.
func (s *brokenSlots) Reserve(
	_ context.Context, _ string, _ time.Duration, now cardea.Instant,
) (cardea.Instant, error) {
	if s.left--; s.left >= 0 {
		return 0, errors.New("database is gone")
	}
	return now, nil
}

func TestSlotsThatFailStopOneCallEach(t *testing.T) {
	t.Parallel()
	b := wire.NewBudget("kisi", five, &brokenSlots{left: 1}, time.Now)
	if err := b.Wait(t.Context()); cardea.ClassOf(err) != cardea.Retry {
		t.Errorf("got %v", err)
	}
	if err := b.Wait(t.Context()); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestClientPausesItsBudgetWhenThrottled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, _ := script(t, gives(429, ``, "Retry-After", "4"), gives(204, ``))
		w := client(t, v, func(c *wire.Config) { c.Budget = wire.NewBudget("k", five, wire.LocalSlots(), time.Now) })
		began := time.Now()
		del := wire.Call{Class: wire.Write, Method: http.MethodDelete, Path: "/x/1"}
		if _, err := w.Do(t.Context(), del); cardea.ClassOf(err) != cardea.Throttled {
			t.Fatal(err)
		}
		if _, err := w.Do(t.Context(), del); err != nil || time.Since(began) != 4*time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

func TestParsesRates(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]wire.Rate{
		"5/s": {5, time.Second}, "400/m": {400, time.Minute}, " 20000 / h ": {20000, time.Hour}, "100000/d": {100000, 24 * time.Hour},
	} {
		if got, err := wire.ParseRate(s); err != nil || got != want {
			t.Errorf("%q is %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "5", "/s", "0/s", "-1/s", "5/week", "5/s/s", "x/s", "99999999999/s"} {
		if got, err := wire.ParseRate(s); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%q is %v, %v", s, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		r := wire.Rate{
			Calls: rapid.IntRange(1, 1_000_000).Draw(t, "calls"),
			Per:   rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour}).Draw(t, "per"),
		}
		got, err := wire.ParseRate(r.String())
		if err != nil || got != r {
			t.Fatalf("%v became %v, %v", r, got, err)
		}
		if r.Interval()*time.Duration(r.Calls) > r.Per*11/10 {
			t.Fatalf("%v has interval %s", r, r.Interval())
		}
	})
}
