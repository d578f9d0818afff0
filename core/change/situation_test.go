package change_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// TestEverySituationOfAnEntryHasAName has one entry in each, and one in step.
func TestEverySituationOfAnEntryHasAName(t *testing.T) {
	t.Parallel()
	type deed func(*change.Input)
	drop := func(in *change.Input) { in.Edges = in.Edges[1:] }
	unowned := func(in *change.Input) { in.Ledger = in.Ledger[1:] }
	unwanted := func(in *change.Input) { in.Wanted = in.Wanted[1:] }
	was := func(in *change.Input) {
		in.Past.Closed = []cardea.LedgerRow{{Group: "A", Account: "a000", EndedAt: noon - hour, Ended: cardea.CauseEnded}}
	}
	mode := func(m cardea.Mode) deed {
		return func(in *change.Input) { in.Policies["A"] = cardea.Policy{Group: "A", Mode: m, Ours: true} }
	}
	for _, c := range []struct {
		name  string
		deeds []deed
		want  cardea.Situation
		does  cardea.Doing
	}{
		{"in step", nil, "", ""},
		{"wanted, never there", []deed{drop, unowned}, cardea.Missing, cardea.Gives},
		{"put there, and gone", []deed{drop}, cardea.TakenOut, cardea.Reverts},
		{"put there for a time that is over, and gone", []deed{drop, func(in *change.Input) {
			in.Ledger[0].Window.Until = noon - hour
		}}, cardea.Missing, cardea.Gives},
		{"never ours, no reason", []deed{unowned, unwanted}, cardea.Stray, cardea.Reverts},
		{"was ours, no reason", []deed{unowned, unwanted, was}, cardea.PutBack, cardea.Reverts},
		{"made by hand, with a reason", []deed{unowned}, cardea.ByHand, cardea.Adopts},
		{"other times than we gave it", []deed{func(in *change.Input) { in.Edges[0].Window.Until = noon + hour }}, cardea.Changed, cardea.Reverts},
		{"its reason ended", []deed{unwanted}, cardea.Leaving, cardea.Reverts},
		{"gone and ended", []deed{drop, unwanted}, "", ""},
		{"shared, never ours", []deed{unowned, unwanted, mode(cardea.Shared)}, cardea.Stray, cardea.Reports},
		{"shared, made by hand", []deed{unowned, mode(cardea.Shared)}, cardea.ByHand, cardea.Reports},
		{"shared, ours taken out", []deed{drop, mode(cardea.Shared)}, cardea.TakenOut, cardea.Reverts},
		{"watched, never ours", []deed{unowned, unwanted, mode(cardea.Watch)}, cardea.Stray, cardea.Reports},
		{"watched, taken out", []deed{drop, mode(cardea.Watch)}, cardea.TakenOut, cardea.Reports},
		{"staff without a reason", []deed{unowned, unwanted, func(in *change.Input) {
			in.Accounts[0].Staff = "owner"
		}}, cardea.Stray, cardea.Reports},
		{"frozen, taken out", []deed{drop, func(in *change.Input) {
			in.Frozen = map[cardea.GroupID]string{"A": "rewired"}
		}}, cardea.TakenOut, cardea.Waits},
		{"the group is gone", []deed{func(in *change.Input) { in.Groups = nil }}, cardea.GroupGone, cardea.Reports},
		{"the group was called otherwise", []deed{func(in *change.Input) {
			in.Past.Called = []cardea.Group{{ID: "A", Name: "Members"}}
		}}, cardea.GroupRenamed, cardea.Reports},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := inStep(20)
			for _, do := range c.deeds {
				do(&in)
			}
			cs, _, got := change.Look(in)
			if c.want == "" {
				if len(got) > 0 {
					t.Fatalf("%+v", got)
				}
				return
			}
			if len(got) != 1 || got[0].Situation != c.want || got[0].Does != c.does {
				t.Fatalf("got %+v, want %s: %s", got, c.want, c.does)
			}
			if plan, _ := change.Plan(in); plan.Hash != cs.Hash {
				t.Error("looking plans something else")
			}
		})
	}
}
