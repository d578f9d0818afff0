package store_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestGroupsAreTakenOverGivenBackAndLeft(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := context.Background()
		other := s.In("other")
		furnish(t, other)
		keep := cardea.Keep{Account: "boss@x.test", Note: "staff", Until: cardea.Never}
		take := store.Take{
			Door: doors, Integration: "london", Groups: []cardea.GroupID{"A", "B"}, Keys: []cardea.OpKey{"k"}, Kept: true,
			Keep: map[cardea.GroupID][]cardea.Keep{"A": {keep}}, Who: "ada", At: noon,
		}
		must(t, w.SavePolicy(ctx, doors, cardea.Policy{Group: "A", Mode: cardea.Shared}))
		must(t, w.TakeOver(ctx, take))
		must(t, w.TakeOver(ctx, take)) // no entry stands twice
		want := cardea.Policy{Group: "A", Mode: cardea.Shared, Keep: []cardea.Keep{keep}, Ours: true}
		if d := cmp.Diff(want, ok(w.Policies(ctx, doors))["A"]); d != "" {
			t.Error(d)
		}
		if !ok(w.Approved(ctx, doors))["k"] {
			t.Error("what was shown is not approved")
		}
		must(t, w.GiveBack(ctx, doors, []string{"london"}, "B", "bob", noon+1, nil))
		if d := cmp.Diff(store.Stance{Integration: "london", Groups: []store.GroupStance{
			{Group: "A", State: store.StanceAdopted, Kept: true, Who: "ada", At: noon},
			{Group: "B", State: store.StanceObserved, Who: "bob", At: noon + 1},
		}}, ok(w.Stances(ctx))["london"]); d != "" {
			t.Error(d)
		}
		if ok(w.Policies(ctx, doors))["B"].Ours {
			t.Error("what was given back is ours")
		}

		o := op("put", cardea.VerbAdopt)
		must(t, w.Answered(ctx, doors, "r", store.Outcome{
			Op: o, At: noon, Link: &cardea.Link{Person: "rnd/person:1", Account: "a", How: "email"},
			Ledger: &cardea.LedgerRow{Group: "A", Account: "a", Person: "rnd/person:1", PutAt: noon},
		}, nil))
		left := store.Stance{Integration: "london", State: store.StanceLeaving, How: "remove", Hash: "h", Who: "ada", At: noon + 2}
		must(t, w.Leave(ctx, store.Depart{Stance: left, Door: doors, Groups: []cardea.GroupID{"A"}}, nil))
		if got := ok(w.Stances(ctx))["london"]; got.Hash != "h" || got.Groups[0].State != store.StanceLeaving {
			t.Errorf("under way: %+v", got)
		}
		left.State = store.StanceLeft
		must(t, w.Leave(ctx, store.Depart{
			Stance: left, Door: doors, Close: []cardea.LedgerRow{{Group: "A", Account: "a", Ended: cardea.CauseLeaving}},
			Disown: []cardea.GroupID{"A"}, Forget: []cardea.Link{{Person: "rnd/person:1", Account: "a"}},
		}, nil))
		state := ok(w.DoorState(ctx, doors))
		if len(state.Ledger) != 0 || len(state.Links) != 0 || ok(w.Policies(ctx, doors))["A"].Ours {
			t.Errorf("rows %v, links %v", state.Ledger, state.Links)
		}
		if h := ok(w.LedgerHistory(ctx, doors, "rnd/person:1", "A")); len(h) != 1 || h[0].Ended != cardea.CauseLeaving || h[0].EndedAt != noon+2 {
			t.Errorf("history: %+v", h)
		}
		if got := ok(w.Stances(ctx))["london"]; got.State != store.StanceLeft || len(got.Groups) != 0 {
			t.Errorf("left: %+v", got)
		}
		take.Back = true
		must(t, w.TakeOver(ctx, take))
		if got := ok(w.Stances(ctx))["london"]; got.State != store.StanceBack || len(got.Groups) != 2 {
			t.Errorf("back: %+v", got)
		}
		if n := len(ok(other.Stances(ctx))); n != 0 {
			t.Errorf("another workspace has %d", n)
		}
	})
}
