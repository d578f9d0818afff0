package store_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// TestDecisionsStandUntilTheyAreUndone: what was decided brings the account along for its person, is replaced by the next
// answer to the same question, and is history once it was taken back.
func TestDecisionsStandUntilTheyAreUndone(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		ana := []cardea.Account{{ID: "a", Email: "ana@x.test", Phone: "+44 1"}}
		must(t, w.SaveDoorRead(ctx, store.DoorChange{Door: doors, At: noon, Accounts: ana}, nil))
		one := cardea.Decision{ID: "1", Conflict: "c", Door: doors, Together: true, Person: "rnd/person:ana", Account: "a", By: "olga", At: noon}
		must(t, w.SaveDecisions(ctx, []cardea.Decision{one}, nil))
		d := ok(w.DoorStateOf(ctx, doors, []cardea.PersonID{"rnd/person:ana"}))
		same(t, "decisions", d.Decisions, []cardea.Decision{one})
		same(t, "accounts", d.Accounts, ana)
		same(t, "pairs", d.Pairs(), []cardea.Link{{Person: "rnd/person:ana", Account: "a", How: "decided"}})
		two := one
		two.ID, two.Together, two.At = "2", false, noon+1
		must(t, w.SaveDecisions(ctx, []cardea.Decision{two}, nil))
		same(t, "standing", ok(w.DoorState(ctx, doors)).Decisions, []cardea.Decision{two})
		if n := ok(w.UndoDecisions(ctx, []cardea.Decision{two}, "olga", noon+2, nil)); n != 1 {
			t.Errorf("%d were undone", n)
		}
		if n := ok(w.UndoDecisions(ctx, []cardea.Decision{two}, "olga", noon+3, nil)); n != 0 {
			t.Errorf("%d were undone again", n)
		}
		same(t, "standing", len(ok(w.DoorState(ctx, doors)).Decisions), 0)
		all := ok(w.Decisions(ctx, doors))
		if len(all) != 2 || all[0].UndoneAt != noon+1 || all[1].UndoneAt != noon+2 || all[1].UndoneBy != "olga" {
			t.Errorf("%+v", all)
		}
	})
}
