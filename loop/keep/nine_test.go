package keep_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/loop/read"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
	"github.com/cardea-access/cardea/wire"
)

// paced is a door system behind a budget: every call waits for its slot, as the real ones do.
type paced struct {
	*looptest.Door

	budget *wire.Budget
}

func (p *paced) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	if err := p.budget.Wait(ctx); err != nil {
		return err
	}
	return p.Door.Read(ctx, want, into)
}

func (p *paced) Grant(ctx context.Context, es []cardea.Edge) ([]string, []error) {
	if err := p.budget.Wait(ctx); err != nil {
		return make([]string, len(es)), []error{err}
	}
	return p.Door.Grant(ctx, es)
}

func (p *paced) Revoke(ctx context.Context, es []cardea.Edge) []error {
	if err := p.budget.Wait(ctx); err != nil {
		return []error{err}
	}
	return p.Door.Revoke(ctx, es)
}

// rush is a house in which a crowd has booked for one hour, all with accounts that are known, and a vendor that takes five
// calls a second. Time is the bubble's.
type rush struct {
	*site

	reader *read.Reader
	start  cardea.Instant // of the bookings
}

// rooms is how many rooms the crowd spreads over; those of the first begin a quarter of an hour before the others.
const rooms = 20

func newRush(t *testing.T, s *store.Store, people int, pace string, timed bool) *rush {
	t.Helper()
	nine := cardea.At(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	var recs []cardea.Record
	mappings := []cardea.Mapping{}
	var groups []string
	for i := range rooms {
		room, group := fmt.Sprintf("room%02d", i), fmt.Sprintf("G%02d", i)
		recs = append(recs, cardea.Resource{ID: room, Name: room, Location: "l", Bookable: true})
		mappings = append(mappings, cardea.Mapping{Kind: cardea.ItemBookables, Item: room, Groups: []cardea.GroupID{cardea.GroupID(group)}})
		groups = append(groups, group)
	}
	for i := range people {
		id := fmt.Sprintf("p%05d", i)
		recs = append(recs, person(id), cardea.Booking{
			ID: "b-" + id, Person: id, Resource: fmt.Sprintf("room%02d", i%rooms), Zone: "Europe/London",
			Start: nine.Add(-bookedEarly(i)), End: nine.Add(time.Hour),
		})
	}
	b := newSite(t, s, recs...)
	b.door = looptest.NewDoor(groups...)
	for i := range people {
		b.door.Put(fmt.Sprintf("p%05d@x.test", i), cardea.Forever)
	}
	l := b.door.Limits()
	l.Timed = timed
	b.door.Limit(l)
	clock := time.Now
	rate, err := wire.ParseRate(pace)
	if err != nil {
		t.Fatal(err)
	}
	system := &paced{b.door, wire.NewBudget("kisi", rate, wire.LocalSlots(), clock)}
	b.reset()
	b.keeper.System, b.keeper.Now, b.keeper.Parallel, b.keeper.Pace = system, clock, 4, rate.Interval()
	b.keeper.SweepEvery = 24 * time.Hour
	b.keeper.Integrations[0].Settings.Mappings = mappings
	return &rush{site: b, start: nine, reader: &read.Reader{
		Store: b.ws, System: b.space, Connection: "rnd", Doors: []string{"kisi"}, Interval: interval,
		Lag: 15 * time.Minute, Horizon: 24 * time.Hour, Now: clock,
	}}
}

// bookedEarly spreads the starts a little: one room begins a quarter of an hour before the others.
func bookedEarly(i int) time.Duration {
	if i%rooms == 0 {
		return 15 * time.Minute
	}
	return 0
}

// run wakes the keeper whenever its row is due, until an instant.
func (r *rush) until(end cardea.Instant) {
	r.t.Helper()
	ctx := context.Background()
	for cardea.At(time.Now()) < end {
		now := cardea.At(time.Now())
		lease, err := r.ws.ClaimOne(ctx, "kisi", store.WakeKeep, "node", now, 24*time.Hour)
		if err != nil {
			r.t.Fatal(err)
		}
		next, err := r.keeper.Wake(ctx, lease)
		if err != nil {
			r.t.Fatal(err)
		}
		if err := r.s.Release(ctx, lease, next); err != nil {
			r.t.Fatal(err)
		}
		if d := min(next, end) - cardea.At(time.Now()); d > 0 {
			time.Sleep(time.Duration(d) * time.Microsecond)
		}
	}
}

// inPlace counts who of the rooms can pass from their start on.
func (r *rush) inPlace(people int) (early, late int) {
	for i := range people {
		if _, there := r.door.Edge(fmt.Sprintf("G%02d", i%rooms), fmt.Sprintf("p%05d@x.test", i)); !there {
			continue
		}
		if bookedEarly(i) > 0 {
			early++
		} else {
			late++
		}
	}
	return early, late
}

func (r *rush) atRisk() int {
	r.t.Helper()
	all, err := r.keeper.Due(context.Background(), 24*time.Hour)
	if err != nil {
		r.t.Fatal(err)
	}
	n := 0
	for _, d := range all {
		if d.State == cardea.DueAtRisk && !d.Ends { // all leave at one instant, too
			n++
		}
	}
	return n
}

// TestNineOClock is ten thousand people who have booked for nine, and a vendor that takes five calls a second. Where windows
// are staged all are in place; where they are not, as many as the limit allows, those who come first before the others, and
// how many will not be is told long before.
func TestNineOClock(t *testing.T) {
	t.Parallel()
	people, crowd, pace := 10_000, 10_000, "5/s"
	if storetest.Raced {
		people, crowd, pace = 500, 460, "30/m"
	}
	t.Run("staged", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)))
			r := newRush(t, storetest.SQLite(t), people, "5/s", true)
			if _, err := r.reader.Full(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.until(r.start - 20*cardea.Minute)
			if early, late := r.inPlace(people); early+late != people {
				t.Errorf("%d of %d are staged", early+late, people)
			}
			if n := r.atRisk(); n != 0 {
				t.Errorf("%d are called at risk", n)
			}
			if c := r.codes(); len(c) > 0 {
				t.Errorf("issues: %v", c)
			}
		})
	})
	t.Run("unstaged", func(t *testing.T) {
		t.Parallel()
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			unstaged(t, storetest.DSN(t), storetest.Schema(t), 460, "30/m")
		})
		t.Run("sqlite", func(t *testing.T) {
			t.Parallel()
			unstaged(t, "sqlite::memory:", "", crowd, pace)
		})
	})
}

func unstaged(t *testing.T, dsn, schema string, people int, pace string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)))
		s, err := store.Open(t.Context(), dsn, store.Options{Key: storetest.Key, Now: time.Now, Schema: schema})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		r := newRush(t, s, people, pace, false)
		if _, err := r.reader.Full(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.until(r.start - 35*cardea.Minute)
		// 500 from 8:30 to 8:45, and the others from 8:45 to 9:00: at 220 ms each there is time for 4,090 of those.
		fits := people/rooms + int(15*time.Minute/r.keeper.Pace)
		foretold := r.atRisk()
		if want := people - fits; foretold < want || foretold > want+60 {
			t.Errorf("%d are told to be at risk before it happens, want %d or a little more", foretold, want)
		}
		if c := r.codes(); len(c) != 1 || c[0] != keep.CodeAtRisk {
			t.Errorf("issues: %v", c)
		}
		r.until(r.start)
		early, late := r.inPlace(people)
		if early != people/rooms {
			t.Errorf("%d of the %d who come first are in", early, people/rooms)
		}
		if slack := fits - early - late; slack > 60 {
			t.Errorf("%d are in at nine, and the limit allowed %d", early+late, fits)
		}
		if said := people - foretold; early+late < said {
			t.Errorf("%d are in at nine; %d were told to be", early+late, said)
		}
	})
}
