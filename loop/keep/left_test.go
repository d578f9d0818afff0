package keep_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/loop/read"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

const ana = cardea.PersonID("rnd/person:ana")

// calm is a site in step, in whose next hours nothing is due for everyone, and of which Ana is to go.
func calm(t *testing.T, s *store.Store) *site {
	t.Helper()
	b := newSite(t, s, members("ana", "bob", "cyd", "dan", "eve")...)
	b.keeper.SweepEvery = 24 * time.Hour
	b.sync()
	locked := agreement("ana")
	locked.Locked = true
	b.space.Put(locked)
	r := &read.Reader{
		Store: b.ws, System: b.space, Connection: "rnd", Doors: []string{"kisi"}, Interval: interval,
		Lag: 15 * time.Minute, Horizon: 24 * time.Hour, Now: func() time.Time { return b.at.Time() },
	}
	if _, err := r.Look(t.Context(), []cardea.Key{locked.Key()}); err != nil {
		t.Fatal(err)
	}
	return b
}

// wake is the keeper's row being due, for a process that knows nothing of the one before.
func (b *site) wake(what string) cardea.Instant {
	b.t.Helper()
	b.store = b.ws
	b.reset()
	b.keeper.SweepEvery = 24 * time.Hour
	b.door.Fault(nil)
	b.at = b.at.Add(2 * time.Minute)
	lease, err := b.ws.ClaimOne(b.t.Context(), "kisi", store.WakeKeep, "me", b.at, time.Minute)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.ws.ClearDirty(b.t.Context(), lease); err != nil { // the mark was for the run before
		b.t.Fatal(err)
	}
	next, err := b.keeper.Wake(b.t.Context(), lease)
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
	if err := b.s.Release(b.t.Context(), lease, next); err != nil {
		b.t.Fatal(err)
	}
	return next
}

// nothingOpen wants every operation settled.
func (b *site) nothingOpen(what string) {
	b.t.Helper()
	for _, state := range []func(context.Context, string) ([]store.OpRow, error){b.ws.InFlight, b.ws.Unconfirmed} {
		rows, err := state(b.t.Context(), "kisi")
		if err != nil {
			b.t.Fatal(err)
		}
		for _, row := range rows {
			b.t.Errorf("%s: %s of %s is open, and nobody is going to look", what, row.Op.Verb, row.Op.Person)
		}
	}
}

// A run of a few people that is killed is known by no run of everyone: whoever works here next settles what it left open.
func TestWhatAKilledRunOfAFewPeopleLeftIsSettledByTheNextWake(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, after := range []bool{false, true} {
			for k := 1; ; k++ {
				b := calm(t, s)
				ctx, end := context.WithCancelCause(context.Background())
				dead := &killer{Workspace: b.ws, k: k, after: after, kill: func() { end(store.ErrLeaseLost) }}
				b.store = dead
				b.reset()
				b.keeper.SweepEvery = 24 * time.Hour
				_, err := b.keeper.Run(ctx, keep.Options{People: []cardea.PersonID{ana}})
				end(nil)
				if !dead.dead {
					if k < 6 {
						t.Fatalf("the run made only %d writes", k-1)
					}
					break
				}
				if err == nil {
					t.Fatalf("a run that was killed at write %d ended well", k)
				}
				what := fmt.Sprintf("killed at write %d (after: %v)", k, after)
				b.wake(what)
				b.nothingOpen(what)
			}
		}
	})
}

// What could not be read back is read back a minute later, also when nobody was marked again.
func TestWhatARunOfAFewPeopleCouldNotReadBackIsReadBackByTheNextWake(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := calm(t, s)
		wrote := false
		b.door.Fault(func(c looptest.Call) looptest.Fault {
			if wrote = wrote || c.Write; wrote && !c.Write {
				return looptest.Fault{Before: cardea.Errorf(cardea.Retry, "not now")}
			}
			return looptest.Fault{}
		})
		r := b.try(keep.Options{People: []cardea.PersonID{ana}})
		if r.Applied.Open == 0 || r.Next > b.at.Add(2*time.Minute) {
			t.Fatalf("open: %d, next %v, now %v", r.Applied.Open, r.Next, b.at)
		}
		if next := b.wake("not read back"); next <= b.at {
			t.Errorf("wakes at %v, now %v", next, b.at)
		}
		b.nothingOpen("not read back")
	})
}

// What need not show yet is looked at when it has to.
func TestWhatNeedNotShowYetWakesWhenItHasTo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := calm(t, s)
		b.slow(time.Second, 5*time.Minute)
		sent := b.at
		if r := b.run(keep.Options{People: []cardea.PersonID{ana}}); r.Applied.Sent == 0 {
			t.Fatal("nothing was sent")
		}
		b.slow(4*time.Minute, 5*time.Minute)
		calls := len(b.door.Calls())
		if next := b.wake("settling"); next > sent.Add(5*time.Minute) {
			t.Errorf("wakes at %v, and it has to show at %v", next, sent.Add(5*time.Minute))
		}
		if n := len(b.door.Calls()) - calls; n != 0 {
			t.Errorf("the door system was asked %v before it has to show anything", b.door.Calls()[calls:])
		}
		b.at = sent.Add(4 * time.Minute)
		b.wake("settled")
		b.nothingOpen("settled")
	})
}

// A process dies when its request is out and has not taken effect: the next one does not look before it has arrived.
func TestWhatADeadProcessSentIsNotSentAgainWhileItIsOnItsWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := calm(t, storetest.SQLite(t))
		account := accountOf(t, b, "ana")
		began, from := time.Now(), b.at
		clock := func() time.Time { return from.Time().Add(time.Since(began)) }
		b.keeper.Now = clock
		ctx, end := context.WithCancelCause(t.Context())
		b.door.Fault(func(c looptest.Call) looptest.Fault {
			if c.Name != "revoke" {
				return looptest.Fault{}
			}
			time.AfterFunc(3*time.Second, func() { b.door.Take("General", account) })
			end(store.ErrLeaseLost)
			synctest.Wait() // until it is known everywhere
			return looptest.Fault{Before: cardea.Errorf(cardea.Unknown, "killed")}
		})
		if _, err := b.keeper.Run(ctx, keep.Options{People: []cardea.PersonID{ana}}); err == nil {
			t.Fatal("a run that was killed ended well")
		}
		b.door.Fault(nil)
		b.reset()
		b.keeper.Now = clock
		writes := b.door.Writes()
		b.run(keep.Options{People: []cardea.PersonID{ana}})
		if n := b.door.Writes() - writes; n != 0 {
			t.Errorf("%d writes: the removal was on its way already", n)
		}
		if slices.Contains(b.door.Members("General"), "ana@x.test") {
			t.Error("Ana is in")
		}
		b.nothingOpen("landed")
		if waited := time.Since(began); waited > time.Minute {
			t.Errorf("it waited for %s", waited)
		}
	})
}

// A vendor that never shows what was done must not be waited for: the entry is put or taken away again, which changes nothing where it
// took effect.
func TestAVendorThatShowsNothingStopsNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := calm(t, s)
		ctx, end := context.WithCancelCause(context.Background())
		dead := &killer{Workspace: b.ws, k: 3, after: true, kill: func() { end(store.ErrLeaseLost) }}
		b.store = dead
		b.reset()
		if _, err := b.keeper.Run(ctx, keep.Options{People: []cardea.PersonID{ana}}); err == nil {
			t.Fatal("a run that was killed ended well")
		}
		if flying, err := b.ws.InFlight(t.Context(), "kisi"); err != nil || len(flying) != 1 {
			t.Fatalf("under way: %+v, %v", flying, err)
		}
		b.door.Trouble(cardea.KindEdge, cardea.Errorf(cardea.Rejected, "members are not shown"))
		b.store = b.ws
		b.reset()
		b.at = b.at.Add(time.Minute)
		b.try(keep.Options{People: []cardea.PersonID{ana}})
		if slices.Contains(b.door.Members("General"), "ana@x.test") {
			t.Error("Ana is in")
		}
	})
}

func accountOf(t *testing.T, b *site, id string) cardea.AccountID {
	t.Helper()
	e, is := b.door.Edge("General", id+"@x.test")
	if !is {
		t.Fatalf("%s is not in", id)
	}
	return e.Account
}
