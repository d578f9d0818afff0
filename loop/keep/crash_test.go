package keep_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// failWrites refuses every write from the nth on.
func failWrites(n int, err error) func(looptest.Call) looptest.Fault {
	seen := 0
	return func(c looptest.Call) looptest.Fault {
		if c.Write {
			seen++
		}
		if c.Write && seen >= n {
			return looptest.Fault{Before: err}
		}
		return looptest.Fault{}
	}
}

var errKilled = errors.New("killed")

// killer is a store that dies at its kth write: nothing more gets through to it, as after a power cut.
type killer struct {
	*store.Workspace

	k, writes int
	after     bool // the fatal write itself gets through
	dead      bool
	kill      func()
}

func (k *killer) write(f func() error) error {
	if k.dead {
		return errKilled
	}
	k.writes++
	if k.writes < k.k || k.k == 0 {
		return f()
	}
	k.dead = true
	defer k.kill()
	if k.after {
		if err := f(); err != nil {
			return err
		}
	}
	return errKilled
}

func (k *killer) Sending(ctx context.Context, op cardea.Operation, door, run string, at cardea.Instant, l *store.Lease) error {
	return k.write(func() error { return k.Workspace.Sending(ctx, op, door, run, at, l) })
}

func (k *killer) Answered(ctx context.Context, door, run string, o store.Outcome, l *store.Lease) error {
	return k.write(func() error { return k.Workspace.Answered(ctx, door, run, o, l) })
}

func (k *killer) Confirmed(ctx context.Context, door string, keys []cardea.OpKey, at cardea.Instant, l *store.Lease) error {
	return k.write(func() error { return k.Workspace.Confirmed(ctx, door, keys, at, l) })
}

func (k *killer) SaveDoorRead(ctx context.Context, c store.DoorChange, l *store.Lease) error {
	return k.write(func() error { return k.Workspace.SaveDoorRead(ctx, c, l) })
}

func (k *killer) SaveChangeset(ctx context.Context, run string, c cardea.Changeset, l *store.Lease) error {
	return k.write(func() error { return k.Workspace.SaveChangeset(ctx, run, c, l) })
}

func (k *killer) SaveInStep(ctx context.Context, door string, at cardea.Instant, m map[cardea.GroupID]int) error {
	return k.write(func() error { return k.Workspace.SaveInStep(ctx, door, at, m) })
}

func (k *killer) SavePolicy(ctx context.Context, door string, p cardea.Policy) error {
	return k.write(func() error { return k.Workspace.SavePolicy(ctx, door, p) })
}

func (k *killer) SaveRun(ctx context.Context, r store.Run) error {
	return k.write(func() error { return k.Workspace.SaveRun(ctx, r) })
}

func (k *killer) SaveIssues(ctx context.Context, source string, is []cardea.Issue, at cardea.Instant) error {
	return k.write(func() error { return k.Workspace.SaveIssues(ctx, source, is, at) })
}

// eventful is a site in step, after which things happened: the next run makes an account, adds, changes times, removes
// somebody who left from a shared group, and cleans.
func eventful(t *testing.T, s *store.Store) *site {
	t.Helper()
	start := now.Add(3 * time.Hour)
	booking := cardea.Booking{ID: "b", Resource: "elephant", Location: "l", Person: "bob", Start: start, End: start + cardea.Hour}
	b := newSite(t, s, append(members("ana", "bob", "cyd", "dan", "eve"), booking)...)
	b.policies()
	b.sync()
	wantMembers(t, b, "General", "ana", "bob", "cyd", "dan", "eve")
	gone := person("ana")
	gone.Status = cardea.Left
	ended := cardea.Agreement{ID: "m-ana", Person: "ana", Plan: "hot", Location: "l", Approved: true,
		Start: cardea.Day{At: now - 240*cardea.Hour, Set: true}, End: cardea.Day{At: now - 48*cardea.Hour, Set: true}}
	b.space.Put(append(members("fay", "gus"), gone, ended)...)
	booking.End = start + 2*cardea.Hour
	b.space.Put(booking)
	b.at = b.at.Add(interval)
	b.read()
	return b
}

// policies makes General shared: only what is in the ledger may go, so that a lost ledger row is a lost revocation.
func (b *site) policies() {
	b.keeper.Policies = map[cardea.GroupID]cardea.Policy{"General": {Group: "General", Mode: cardea.Shared}}
}

// converged checks what must hold after whatever happened and one more run.
func converged(t *testing.T, b *site, what string) {
	t.Helper()
	b.store = b.ws
	b.reset()
	b.policies()
	b.door.Fault(nil)
	b.at = b.at.Add(time.Minute)
	r, err := b.keeper.Run(context.Background(), keep.Options{Sweep: true})
	if err != nil {
		t.Fatalf("%s: the next run failed: %v", what, err)
	}
	want := fmt.Sprint([]string{"bob@x.test", "cyd@x.test", "dan@x.test", "eve@x.test", "fay@x.test", "gus@x.test"})
	if got := fmt.Sprint(b.door.Members("General")); got != want {
		t.Errorf("%s: General holds %v, want %v%s", what, got, want, said(r.Plan.Changeset.Operations))
	}
	if n := b.door.Accounts(); n != 7 {
		t.Errorf("%s: %d accounts for 7 people", what, n)
	}
	e, ok := b.door.Edge("Elephant", "bob@x.test")
	if until := now.Add(3*time.Hour) + 135*cardea.Minute; !ok || e.Window.Until != until {
		t.Errorf("%s: the booking's entry is %+v (%v), want until %v", what, e, ok, until)
	}
	if r.Run.Outcome != keep.InStep {
		t.Errorf("%s: outcome %q (%s)%s", what, r.Run.Outcome, r.Run.Detail, said(r.After.Changeset.Operations))
	}
	for _, state := range []func(context.Context, string) ([]store.OpRow, error){b.ws.InFlight, b.ws.Unconfirmed} {
		rows, err := state(context.Background(), "kisi")
		if err != nil || len(rows) > 0 {
			t.Errorf("%s: left open: %+v, %v", what, rows, err)
		}
	}
	p, err := b.keeper.Plan(context.Background())
	if err != nil || len(p.Changeset.Operations) > 0 {
		t.Errorf("%s: a plan after the run is not empty:%s, %v", what, said(p.Changeset.Operations), err)
	}
}

// TestKilledAtAnyDoorCallANewRunConverges kills the run at each call to the door system, before and after it took
// effect there.
func TestKilledAtAnyDoorCallANewRunConverges(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, after := range []bool{false, true} {
			for k := 1; ; k++ {
				b := eventful(t, s)
				ctx, end := context.WithCancelCause(context.Background())
				cancel := func() { end(store.ErrLeaseLost) } // at once, as when it is killed
				start, hit := len(b.door.Calls()), false
				b.door.Fault(func(c looptest.Call) looptest.Fault {
					if c.N-start < k {
						return looptest.Fault{}
					}
					hit = true
					err := cardea.Errorf(cardea.Retry, "killed")
					if after {
						// It takes effect; the answer never arrives.
						defer cancel()
						return looptest.Fault{After: err}
					}
					cancel()
					return looptest.Fault{Before: err}
				})
				_, err := b.keeper.Run(ctx, keep.Options{Sweep: true})
				cancel()
				if !hit {
					if k < 10 {
						t.Fatalf("the run made only %d calls", k-1)
					}
					break
				}
				if err == nil {
					t.Fatalf("a run that was killed at call %d ended well", k)
				}
				converged(t, b, fmt.Sprintf("killed at door call %d (after: %v)", k, after))
			}
		}
	})
}

// TestKilledAtAnyStoreWriteANewRunConverges kills the run at each write to the store.
func TestKilledAtAnyStoreWriteANewRunConverges(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, after := range []bool{false, true} {
			for k := 1; ; k++ {
				b := eventful(t, s)
				ctx, end := context.WithCancelCause(context.Background())
				cancel := func() { end(store.ErrLeaseLost) } // at once, as when it is killed
				dead := &killer{Workspace: b.ws, k: k, after: after, kill: cancel}
				b.store = dead
				b.reset()
				b.policies()
				_, err := b.keeper.Run(ctx, keep.Options{Sweep: true})
				cancel()
				if !dead.dead {
					if k < 15 {
						t.Fatalf("the run made only %d writes", k-1)
					}
					break
				}
				if err == nil {
					t.Fatalf("a run that was killed at write %d ended well", k)
				}
				converged(t, b, fmt.Sprintf("killed at store write %d (after: %v)", k, after))
			}
		}
	})
}

// TestALostAnswerIsLookedUp loses the answer of each write in turn, once, without killing anything.
func TestALostAnswerIsLookedUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for k := 1; ; k++ {
			b := eventful(t, s)
			hit, seen := false, 0
			b.door.Fault(func(c looptest.Call) looptest.Fault {
				if c.Write {
					seen++
				}
				if !c.Write || seen != k {
					return looptest.Fault{}
				}
				hit = true
				return looptest.Fault{After: cardea.Errorf(cardea.Unknown, "the connection broke")}
			})
			r, err := b.keeper.Run(context.Background(), keep.Options{Sweep: true})
			if err != nil {
				t.Fatal(err)
			}
			if !hit {
				if k < 5 {
					t.Fatalf("the run made only %d writes", k-1)
				}
				break
			}
			if r.Run.Outcome != keep.InStep {
				t.Errorf("lost answer %d: outcome %q (%s)", k, r.Run.Outcome, r.Run.Detail)
			}
			converged(t, b, fmt.Sprintf("answer of write %d lost", k))
		}
	})
}

// TestAYesThatIsNoIsNotBelieved lets the door system answer yes and do nothing.
func TestAYesThatIsNoIsNotBelieved(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := eventful(t, s)
		b.door.Lie(true)
		r, err := b.keeper.Run(context.Background(), keep.Options{Sweep: true})
		if err != nil {
			t.Fatal(err)
		}
		if r.Run.Outcome == keep.InStep || r.Applied.Failed == 0 {
			t.Errorf("outcome %q, %+v", r.Run.Outcome, r.Applied)
		}
		b.door.Lie(false)
		converged(t, b, "after a run that was lied to")
	})
}

// TestAnyTroubleThenOneCleanRunConverges throws random faults at every call of several runs, with requests under way
// beside each other, and then lets one run go well.
func TestAnyTroubleThenOneCleanRunConverges(t *testing.T) {
	t.Parallel()
	faults := []looptest.Fault{
		{Before: cardea.Errorf(cardea.Retry, "503")}, {After: cardea.Errorf(cardea.Retry, "503")},
		{Before: cardea.Errorf(cardea.Unknown, "the connection broke")}, {After: cardea.Errorf(cardea.Unknown, "the connection broke")},
		{Before: cardea.Errorf(cardea.Throttled, "429")}, {Before: cardea.Errorf(cardea.Rejected, "422")},
		{Before: cardea.Errorf(cardea.Auth, "401")},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for seed := range uint64(12) {
			b := eventful(t, s)
			chance := rand.New(rand.NewPCG(seed, 1))
			b.door.Fault(func(looptest.Call) looptest.Fault {
				if chance.IntN(3) > 0 {
					return looptest.Fault{}
				}
				return faults[chance.IntN(len(faults))]
			})
			b.keeper.Parallel = 3
			stopped := 0
			for range 3 {
				if _, err := b.keeper.Run(context.Background(), keep.Options{Sweep: true}); err != nil {
					stopped++
				}
				b.at = b.at.Add(time.Minute)
			}
			converged(t, b, fmt.Sprintf("seed %d, %d of 3 runs stopped", seed, stopped))
		}
	})
}
