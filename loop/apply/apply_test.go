package apply_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/loop/apply"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
)

func applier(m *memory, d door.System) *apply.Applier {
	return &apply.Applier{
		Store: m, System: d, Door: "kisi", Run: "run", Now: time.Now, Rand: func() float64 { return 1 },
	}
}

// names lists the calls after the first skip ones.
func names(d *looptest.Door, skip int) string {
	var out []string
	for _, c := range d.Calls()[skip:] {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

// nth gives the nth call of a name a fault.
func nth(name string, n int, f looptest.Fault) func(looptest.Call) looptest.Fault {
	seen := 0
	return func(c looptest.Call) looptest.Fault {
		if c.Name != name {
			return looptest.Fault{}
		}
		if seen++; seen != n {
			return looptest.Fault{}
		}
		return f
	}
}

func TestSendingIsKeptBeforeTheRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, m := looptest.NewDoor("G"), newMemory()
		a := d.Put("ana@x.test", cardea.Forever)
		var seen []string
		d.Fault(func(c looptest.Call) looptest.Fault {
			if c.Write {
				seen = slices.Clone(m.log)
			}
			return looptest.Fault{}
		})
		if _, err := applier(m, d).Apply(context.Background(), changeset(add("G", a, cardea.Forever)), stateOf(d)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"sending add G acc001"}, seen); diff != "" {
			t.Errorf("kept when the request went out (-want +got):\n%s", diff)
		}
		if s := m.states()["add G acc001"]; s != store.OpConfirmed {
			t.Errorf("read back, and in state %s", s)
		}
	})
}

func TestAnAccountIsLookedForBeforeItIsMade(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, m := looptest.NewDoor("G"), newMemory()
		there := d.Put("ana@x.test", cardea.Forever)
		rep, err := applier(m, d).Apply(context.Background(), changeset(create("ana")...), store.DoorState{})
		if err != nil {
			t.Fatal(err)
		}
		if d.Accounts() != 1 || len(m.links) != 1 || m.links[0].Account != there || m.links[0].How != "email" {
			t.Errorf("%d accounts, links %+v", d.Accounts(), m.links)
		}
		if rep.Confirmed != 2 {
			t.Errorf("%+v", rep)
		}
	})
}

func TestALostCreateMakesNoSecondAccount(t *testing.T) {
	t.Parallel()
	for _, fault := range []looptest.Fault{
		{After: cardea.Errorf(cardea.Unknown, "the connection broke")}, {Before: cardea.Errorf(cardea.Unknown, "the connection broke")},
		{After: cardea.Errorf(cardea.Retry, "502")}, {After: cardea.Errorf(cardea.Conflict, "409")},
		{Before: cardea.Errorf(cardea.Retry, "502")}, {Before: cardea.Errorf(cardea.Throttled, "429")},
	} {
		synctest.Test(t, func(t *testing.T) {
			d, m := looptest.NewDoor("G"), newMemory()
			d.Fault(nth("create", 1, fault))
			rep, err := applier(m, d).Apply(context.Background(), changeset(create("ana")...), store.DoorState{})
			if err != nil {
				t.Fatal(err)
			}
			if d.Accounts() != 1 || rep.Confirmed != 2 {
				t.Errorf("%+v: %d accounts, %+v", fault, d.Accounts(), rep)
			}
		})
	}
}

func TestWhatNobodyCanTellIsLookedUpByTheNextRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, m := looptest.NewDoor("G"), newMemory()
		d.Fault(func(c looptest.Call) looptest.Fault {
			switch {
			case c.Name == "create":
				return looptest.Fault{After: cardea.Errorf(cardea.Unknown, "the connection broke")}
			case c.Name == "find" && c.N > 1:
				return looptest.Fault{Before: cardea.Errorf(cardea.Retry, "503")}
			}
			return looptest.Fault{}
		})
		rep, err := applier(m, d).Apply(context.Background(), changeset(create("ana")...), store.DoorState{})
		if err != nil {
			t.Fatal(err)
		}
		if rep.Open != 1 || m.states()["create ana"] != store.OpSending {
			t.Fatalf("%+v, %v", rep, m.states())
		}
		if !slices.ContainsFunc(rep.Issues, func(i cardea.Issue) bool { return i.Code == "outcome-unknown" }) {
			t.Errorf("nobody is told: %+v", rep.Issues)
		}
		if _, err := applier(m, d).Recover(context.Background()); cardea.ClassOf(err) != cardea.Retry {
			t.Errorf("the vendor cannot be asked, and %v", err)
		}
		d.Fault(nil)
		if rep, err = applier(m, d).Recover(context.Background()); err != nil || rep.Confirmed != 1 {
			t.Errorf("%v, %+v", err, rep)
		}
		if d.Accounts() != 1 || len(m.links) != 1 {
			t.Errorf("%d accounts, links %v", d.Accounts(), m.links)
		}
	})
}

func TestALostRevocationIsLookedAtBeforeItIsRepeated(t *testing.T) {
	t.Parallel()
	lost := cardea.Errorf(cardea.Unknown, "the connection broke")
	for _, c := range []struct {
		fault looptest.Fault
		calls string
	}{
		{looptest.Fault{Before: lost}, "revoke read revoke read"},
		{looptest.Fault{After: lost}, "revoke read read"},
	} {
		synctest.Test(t, func(t *testing.T) {
			d, m := looptest.NewDoor("G"), newMemory()
			a := d.Put("ana@x.test", cardea.Forever, "G")
			state := stateOf(d)
			before := len(d.Calls())
			d.Fault(nth("revoke", 1, c.fault))
			rep, err := applier(m, d).Apply(context.Background(), changeset(remove("G", a, cardea.CauseEnded)), state)
			if err != nil || rep.Confirmed != 1 || len(d.Members("G")) != 0 {
				t.Errorf("%v, %+v, members %v", err, rep, d.Members("G"))
			}
			if got := names(d, before); got != c.calls {
				t.Errorf("calls: %s, want %s", got, c.calls)
			}
		})
	}
}

func TestAThrottledWriteWaitsAsLongAsTheVendorAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, m := looptest.NewDoor("G"), newMemory()
		a := d.Put("ana@x.test", cardea.Forever)
		d.Fault(nth("grant", 1, looptest.Fault{Before: &cardea.Error{
			Class: cardea.Throttled, Text: "429", After: 42 * time.Second,
		}}))
		start := time.Now()
		if _, err := applier(m, d).Apply(context.Background(), changeset(add("G", a, cardea.Forever)), stateOf(d)); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited != 42*time.Second {
			t.Errorf("waited %v", waited)
		}
		if len(d.Members("G")) != 1 {
			t.Error("it was not tried again")
		}
	})
}

func TestOneRefusalBlocksNobodyElse(t *testing.T) {
	t.Parallel()
	for _, width := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			d, m := looptest.NewDoor("G"), newMemory()
			var ops []cardea.Operation
			for i := range 6 {
				ops = append(ops, add("G", d.Put(fmt.Sprintf("p%d@x.test", i), cardea.Forever), cardea.Forever))
			}
			ops[2].Group = "nowhere"
			d.Fault(nth("grant", 1, looptest.Fault{Before: cardea.Errorf(cardea.Rejected, "422")}))
			a := applier(m, d)
			a.Parallel = width
			rep, err := a.Apply(context.Background(), changeset(ops...), stateOf(d))
			if err != nil {
				t.Fatal(err)
			}
			if rep.Confirmed != 4 || rep.Failed != 2 || len(rep.Issues) != 2 || len(d.Members("G")) != 4 {
				t.Errorf("%+v", rep)
			}
		})
	}
}

func TestAVendorThatIsDownIsLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, m := looptest.NewDoor("G"), newMemory()
		var ops []cardea.Operation
		for i := range 50 {
			ops = append(ops, add("G", d.Put(fmt.Sprintf("p%d@x.test", i), cardea.Forever), cardea.Forever))
		}
		state := stateOf(d)
		d.Fault(func(looptest.Call) looptest.Fault { return looptest.Fault{Before: cardea.Errorf(cardea.Retry, "503")} })
		_, err := applier(m, d).Apply(context.Background(), changeset(ops...), state)
		if cardea.ClassOf(err) != cardea.Retry {
			t.Errorf("got %v", err)
		}
		if n := d.Writes(); n != 20 {
			t.Errorf("%d writes to a vendor that is down", n)
		}
	})
}

func TestAuthStopsTheRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, m := looptest.NewDoor("G"), newMemory()
		ops := []cardea.Operation{
			add("G", d.Put("a@x.test", cardea.Forever), cardea.Forever), add("G", d.Put("b@x.test", cardea.Forever), cardea.Forever),
		}
		d.Fault(nth("grant", 1, looptest.Fault{Before: cardea.Errorf(cardea.Auth, "401")}))
		_, err := applier(m, d).Apply(context.Background(), changeset(ops...), stateOf(d))
		if cardea.ClassOf(err) != cardea.Auth || d.Writes() != 1 {
			t.Errorf("%v after %d writes", err, d.Writes())
		}
	})
}

func TestOperationsThatMovedAreSkipped(t *testing.T) {
	t.Parallel()
	w := cardea.Window{From: cardea.Second, Until: 1 << 60}
	edge := cardea.Edge{Group: "G", Account: "a", Ref: "r1", Window: w}
	moved := edge
	moved.Ref = "r2"
	staff := edge
	staff.Foreign = "a team"
	with := func(op cardea.Operation, was *cardea.Edge) cardea.Operation {
		op.Was = was
		return op
	}
	retime := add("G", "a", cardea.Forever)
	retime.Verb = cardea.VerbRetime
	clean := remove("G", "a", cardea.CauseExpired)
	clean.Verb = cardea.VerbClean
	adopt := add("G", "a", w)
	adopt.Verb = cardea.VerbAdopt
	forget := remove("G", "a", cardea.CauseEnded)
	forget.Verb = cardea.VerbForget
	cases := []struct {
		name  string
		op    cardea.Operation
		edges []cardea.Edge
		skip  bool
	}{
		{"add, nothing there", add("G", "a", w), nil, false},
		{"add, there already", add("G", "a", w), []cardea.Edge{edge}, true},
		{"add, there with other times", add("G", "a", cardea.Forever), []cardea.Edge{edge}, true},
		{"remove as planned", with(remove("G", "a", cardea.CauseEnded), &edge), []cardea.Edge{edge}, false},
		{"remove, gone already", with(remove("G", "a", cardea.CauseEnded), &edge), nil, true},
		{"remove, another entry now", with(remove("G", "a", cardea.CauseEnded), &edge), []cardea.Edge{moved}, true},
		{"remove, not ours to change", with(remove("G", "a", cardea.CauseEnded), &edge), []cardea.Edge{staff}, true},
		{"remove, never seen", remove("G", "a", cardea.CauseUnmapped), nil, false},
		{"retime as planned", with(retime, &edge), []cardea.Edge{edge}, false},
		{"retime, gone", with(retime, &edge), nil, true},
		{"clean, not over", with(clean, &edge), []cardea.Edge{edge}, true},
		{"adopt, gone", with(adopt, &edge), nil, true},
		{"forget, nothing to forget", forget, nil, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d, m := looptest.NewDoor("G"), newMemory()
				state := store.DoorState{Edges: c.edges}
				rep, err := applier(m, d).Apply(context.Background(), changeset(c.op), state)
				if err != nil {
					t.Fatal(err)
				}
				if (rep.Skipped == 1) != c.skip {
					t.Errorf("%+v", rep.Results)
				}
				if c.skip && d.Writes() > 0 {
					t.Errorf("it was skipped and sent: %v", d.Calls())
				}
			})
		})
	}
}

func TestHeldAndFutureOperationsAreNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, m := looptest.NewDoor("G"), newMemory()
		held := add("G", d.Put("a@x.test", cardea.Forever), cardea.Forever)
		held.Held = &cardea.Hold{Code: cardea.HeldBrake, Why: "too many"}
		future := add("G", d.Put("b@x.test", cardea.Forever), cardea.Forever)
		future.Due = cardea.At(time.Now()) + cardea.Hour
		rep, err := applier(m, d).Apply(context.Background(), changeset(held, future), stateOf(d))
		if err != nil || len(rep.Results) != 0 || d.Writes() != 0 {
			t.Errorf("%v, %+v, %d writes", err, rep, d.Writes())
		}
	})
}

func TestEntriesGoInBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, m := looptest.NewDoor("G", "H"), newMemory()
		d.Limit(cardea.Limits{Batch: 3, Timed: true})
		gone := d.Put("z@x.test", cardea.Forever, "G")
		ops := []cardea.Operation{remove("G", gone, cardea.CauseEnded)}
		for i := range 4 {
			a := d.Put(fmt.Sprintf("p%d@x.test", i), cardea.Forever)
			ops = append(ops, add("G", a, cardea.Forever), add("H", a, cardea.Forever))
		}
		state := stateOf(d)
		before := len(d.Calls())
		rep, err := applier(m, d).Apply(context.Background(), changeset(ops...), state)
		if err != nil || rep.Confirmed != 9 {
			t.Fatalf("%v, %+v", err, rep)
		}
		if got := names(d, before); got != "revoke grant grant grant read" {
			t.Errorf("calls: %s", got)
		}
	})
}

func TestAHalfDoneChangeOfTimesIsResumedFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, m := looptest.NewDoor("G"), newMemory()
		old := cardea.Window{From: cardea.Second, Until: 1 << 60}
		a := d.Put("ana@x.test", old, "G")
		state := stateOf(d)
		op := add("G", a, cardea.Window{From: cardea.Second, Until: 1 << 61})
		op.Verb, op.Was = cardea.VerbRetime, &state.Edges[0]
		ctx, cancel := context.WithCancelCause(context.Background())
		d.Fault(func(c looptest.Call) looptest.Fault {
			if c.Name == "retime-put" {
				cancel(store.ErrLeaseLost) // nothing more gets through, as when it is killed
				synctest.Wait()
			}
			return looptest.Fault{}
		})
		if _, err := applier(m, d).Apply(ctx, changeset(op), state); err == nil {
			t.Fatal("it was killed between the two requests and ended well")
		}
		if len(d.Members("G")) != 0 || m.states()[op.Key] != store.OpSending {
			t.Fatalf("members %v, states %v", d.Members("G"), m.states())
		}
		d.Fault(nil)
		before := len(d.Calls())
		rep, err := applier(m, d).Recover(context.Background())
		if err != nil || rep.Confirmed != 1 {
			t.Fatalf("%v, %+v", err, rep)
		}
		if e, ok := d.Edge("G", "ana@x.test"); !ok || e.Window != op.Window {
			t.Errorf("%+v, %v", e, ok)
		}
		if got := names(d, before); !strings.HasPrefix(got, "retime") {
			t.Errorf("something else came first: %s", got)
		}
	})
}

// plain is a door system without times: it has no Retime.
type plain struct{ door.System }

func TestADoorSystemWithoutTimesHoldsOpenEntries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, m := looptest.NewDoor("G"), newMemory()
		d.Limit(cardea.Limits{Batch: 1})
		a := d.Put("ana@x.test", cardea.Forever)
		op := add("G", a, cardea.Window{From: 0, Until: 1 << 60})
		rep, err := applier(m, plain{d}).Apply(context.Background(), changeset(op), stateOf(d))
		if err != nil || rep.Confirmed != 1 {
			t.Fatalf("%v, %+v", err, rep)
		}
		if e, _ := d.Edge("G", "ana@x.test"); e.Window != cardea.Forever {
			t.Errorf("sent %+v", e.Window)
		}
		op.Verb = cardea.VerbRetime
		op.Key = "retime"
		if rep, err = applier(m, plain{d}).Apply(context.Background(), changeset(op), stateOf(d)); err != nil || rep.Failed != 1 {
			t.Errorf("%v, %+v", err, rep)
		}
	})
}

func TestAListingThatIsNotWholeConfirmsNoRemoval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, m := looptest.NewDoor("G"), newMemory()
		a := d.Put("ana@x.test", cardea.Forever, "G")
		state := stateOf(d)
		d.Trouble(cardea.KindEdge, cardea.Errorf(cardea.Retry, "503"))
		rep, err := applier(m, d).Apply(context.Background(), changeset(remove("G", a, cardea.CauseEnded)), state)
		if err != nil {
			t.Fatal(err)
		}
		if rep.Open != 1 || m.states()["remove G "+cardea.OpKey(a)] != store.OpSent {
			t.Errorf("%+v, %v", rep, m.states())
		}
		d.Trouble(cardea.KindEdge, nil)
		if rep, err = applier(m, d).Recover(context.Background()); err != nil || rep.Confirmed != 1 {
			t.Errorf("%v, %+v", err, rep)
		}
	})
}
