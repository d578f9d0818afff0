package keep_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/loop/read"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// listed is a door system whose listing of entries takes long, and tells what was there when it began.
type listed struct {
	*looptest.Door

	takes time.Duration // the first of them
}

func (d *listed) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	err := d.Door.Read(ctx, want, into)
	if err != nil || d.takes == 0 || !want.Wants(cardea.KindEdge) || len(want.Accounts) > 0 {
		return err
	}
	long := time.NewTimer(d.takes)
	defer long.Stop()
	d.takes = 0
	select {
	case <-long.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// listing is a site in the middle of a listing that takes a minute.
type listing struct {
	*site

	clock func() time.Time
	began time.Time
	ended chan error
}

// beginListing claims the row for a run of everyone and lets the listing begin.
func beginListing(t *testing.T) *listing {
	t.Helper()
	b := newSite(t, storetest.SQLite(t), members("ana", "bob", "cyd")...)
	b.sync()
	b.at = b.at.Add(time.Hour)
	l := &listing{site: b, began: time.Now(), ended: make(chan error, 1)}
	from := b.at
	l.clock = func() time.Time { return from.Time().Add(time.Since(l.began)) }
	b.keeper.Now, b.keeper.System = l.clock, &listed{b.door, time.Minute}
	lease, err := b.ws.ClaimOne(t.Context(), "kisi", store.WakeKeep, "me", cardea.At(l.clock()), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, err := b.keeper.Wake(context.Background(), lease)
		l.ended <- err
	}()
	time.Sleep(10 * time.Second)
	if l.over() {
		t.Fatal("nothing was listed")
	}
	return l
}

func (l *listing) over() bool { return len(l.ended) > 0 }

// look has a record that changed read by its id, as a hook does: that marks whom it touches.
func (l *listing) look(rec cardea.Record) {
	l.t.Helper()
	l.space.Put(rec)
	r := &read.Reader{
		Store: l.ws, System: l.space, Connection: "rnd", Doors: []string{"kisi"}, Interval: interval,
		Lag: 15 * time.Minute, Horizon: 24 * time.Hour, Now: l.clock,
	}
	if _, err := r.Look(l.t.Context(), []cardea.Key{rec.Key()}); err != nil {
		l.t.Fatal(err)
	}
}

// runs are those since the listing began.
func (l *listing) runs() int {
	l.t.Helper()
	runs, err := l.ws.RunsOf(l.t.Context(), "kisi", store.WakeKeep, 50)
	if err != nil {
		l.t.Fatal(err)
	}
	n := 0
	for _, r := range runs {
		if r.Started >= l.at {
			n++
		}
	}
	return n
}

func locked(id string) cardea.Agreement {
	a := agreement(id)
	a.Locked = true
	return a
}

// Who is marked while a door is listed does not wait for the listing, and the listing, which is older, does not undo it.
func TestWhoIsMarkedDuringAListingOvertakesIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := beginListing(t)
		writes := l.door.Writes()
		l.look(locked("ana"))
		time.Sleep(2 * time.Second)
		if l.over() || slices.Contains(l.door.Members("General"), "ana@x.test") {
			t.Errorf("the listing is over: %v; in are %v", l.over(), l.door.Members("General"))
		}
		if err := <-l.ended; err != nil {
			t.Fatal(err)
		}
		if n := l.door.Writes() - writes; n != 1 {
			t.Errorf("%d writes for one removal", n)
		}
		if n := l.runs(); n != 2 {
			t.Errorf("%d runs: one of Ana, one of everyone", n)
		}
		state, err := l.ws.DoorState(t.Context(), "kisi")
		if err != nil {
			t.Fatal(err)
		}
		if len(state.Edges) != 2 {
			t.Errorf("the listing brought back what was done since it began: %+v", state.Edges)
		}
	})
}

// A person who comes while the door is listed is in it too, although the listing does not know the account.
func TestWhoComesDuringAListingStaysKnown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := beginListing(t)
		l.space.Put(person("dan"))
		l.look(agreement("dan"))
		l.look(person("dan"))
		time.Sleep(2 * time.Second)
		if l.over() || !slices.Contains(l.door.Members("General"), "dan@x.test") {
			t.Errorf("the listing is over: %v; in are %v", l.over(), l.door.Members("General"))
		}
		if err := <-l.ended; err != nil {
			t.Fatal(err)
		}
		if made := l.door.Made(); len(made) != 4 {
			t.Errorf("%d accounts were made for four people", len(made))
		}
		state, err := l.ws.DoorState(t.Context(), "kisi")
		if err != nil {
			t.Fatal(err)
		}
		if len(state.Edges) != 4 || len(state.Accounts) != 4 {
			t.Errorf("the listing took away what was done since it began: %+v, %+v", state.Edges, state.Accounts)
		}
	})
}

// What may touch anybody is for the run of everyone, which comes right after the listing.
func TestAMarkThatMayTouchAnybodyWaitsForTheListing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := beginListing(t)
		l.look(cardea.Plan{ID: "hot", Name: "Hot desks"})
		time.Sleep(40 * time.Second)
		if n := l.runs(); l.over() || n != 1 {
			t.Errorf("the listing is over: %v; %d runs", l.over(), n)
		}
		if err := <-l.ended; err != nil {
			t.Fatal(err)
		}
	})
}

// When the person's run cannot go on, neither can the listing: it ends at once, and the row is tried again.
func TestAListingEndsWithTheRunThatOvertookIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := beginListing(t)
		l.door.Fault(func(c looptest.Call) looptest.Fault {
			if c.Name == "revoke" {
				return looptest.Fault{Before: cardea.Errorf(cardea.Auth, "the key is no longer good")}
			}
			return looptest.Fault{}
		})
		l.look(locked("ana"))
		err := <-l.ended
		if cardea.ClassOf(err) != cardea.Auth {
			t.Errorf("it ended with %v", err)
		}
		if took := time.Since(l.began); took > 20*time.Second {
			t.Errorf("it ended after %s", took)
		}
	})
}
