package store_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func heldKeys(rows []store.HeldRow) (out []cardea.OpKey) {
	for _, r := range rows {
		out = append(out, r.Op.Key)
	}
	return out
}

func TestHeldOperationsAreThoseOfTheLastLook(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveChangeset(ctx, "r1", changeset(noon, held("a"), op("x", cardea.VerbAdd), held("b")), nil))
		must(t, w.SaveChangeset(ctx, "r2", changeset(noon+2, held("b"), held("c")), nil))
		rows := ok(w.HeldOperations(ctx, doors, 0))
		same(t, "all", heldKeys(rows), []cardea.OpKey{"a", "b", "c"})
		if rows[1].MadeAt != noon+2 || rows[1].Op.Held == nil {
			t.Errorf("%+v", rows[1])
		}
		same(t, "since the second", heldKeys(ok(w.HeldOperations(ctx, doors, noon+1))), []cardea.OpKey{"b", "c"})
		same(t, "in each", ok(w.HeldIn(ctx, doors, []string{
			changeset(0, held("a"), op("x", cardea.VerbAdd), held("b")).Hash, changeset(0, held("b"), held("c")).Hash, "none",
		})), map[string]map[cardea.OpKey]bool{
			changeset(0, held("a"), op("x", cardea.VerbAdd), held("b")).Hash: {"a": true, "b": true},
			changeset(0, held("b"), held("c")).Hash:                          {"b": true, "c": true},
		})
		must(t, w.SaveChangeset(ctx, "preview", changeset(noon+3, held("c")), nil))
		same(t, "after a preview", heldKeys(ok(w.HeldOperations(ctx, doors, 0))), []cardea.OpKey{"c"})
	})
}

func TestTextThatLooksLikeAHoldIsNone(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		o := op("a", cardea.VerbAdd)
		o.Account = `"held":{"code":"brake"}`
		must(t, w.SaveChangeset(t.Context(), "r1", changeset(noon, o), nil))
		same(t, "held", ok(w.HeldIn(t.Context(), doors, []string{changeset(noon, o).Hash})), map[string]map[cardea.OpKey]bool{})
	})
}

func TestRunsThatPlannedAreTheUnitsOwn(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		for i, r := range []store.Run{
			{ID: "1", Unit: doors, Changeset: "h1"}, {ID: "2", Unit: space}, {ID: "3", Unit: doors}, {ID: "4", Unit: doors, Changeset: "h2"},
		} {
			r.Kind, r.Started = store.WakeKeep, noon+cardea.Instant(i)
			must(t, w.SaveRun(t.Context(), r))
		}
		ids := func(before cardea.Instant, most int) (out []string) {
			for _, r := range ok(w.RunsThatPlanned(t.Context(), doors, before, most)) {
				out = append(out, r.ID)
			}
			return out
		}
		same(t, "all", ids(cardea.Never, 9), []string{"4", "1"})
		same(t, "the newest", ids(cardea.Never, 1), []string{"4"})
		same(t, "before it", ids(noon+3, 9), []string{"1"})
	})
}

func TestOnlyWhatIsHeldAsShownIsReleased(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		moved := held("moved")
		must(t, w.SaveChangeset(ctx, "r1", changeset(noon, held("a"), held("b"), op("free", cardea.VerbAdd), moved), nil))
		shown := []cardea.Operation{held("a"), held("gone"), op("free", cardea.VerbAdd), held("moved")}
		shown[3].Held.Code = cardea.HeldApproval // another guard holds it now
		if n, err := w.ReleaseHeld(ctx, []store.Release{{Door: doors, Ops: shown}}, "olga", noon+1); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		same(t, "approved", ok(w.Approved(ctx, doors)), map[cardea.OpKey]bool{"a": true})
		lines := ok(w.Audit(ctx, 9))
		if len(lines) != 1 || lines[0].Who != "olga" || lines[0].What != "release" || !strings.Contains(string(lines[0].Detail), `"keys":["a"]`) {
			t.Errorf("%+v", lines)
		}
		if dirty := ok(w.Dirty(ctx, doors)); len(dirty) != 1 {
			t.Errorf("%v", dirty)
		} else if _, _, person := dirty[0].Split(); person {
			t.Errorf("%s names somebody", dirty[0])
		}
		wakes := ok(w.Wakes(ctx))
		if len(wakes) != 1 || wakes[0].Unit != doors || wakes[0].Kind != store.WakeKeep || wakes[0].At != noon+1 {
			t.Errorf("%+v", wakes)
		}
		_, err := w.ReleaseHeld(ctx, []store.Release{{Door: doors, Ops: shown[1:]}}, "olga", noon+2)
		wantClass(t, err, cardea.Conflict)
		if lines := ok(w.Audit(ctx, 9)); len(lines) != 1 {
			t.Errorf("%d audit lines", len(lines))
		}
		must(t, w.VerifyAudit(ctx))
	})
}
