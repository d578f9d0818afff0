package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// TestUndoOpensALockedUnitAndTakesAwayAnEmptyOne has a rental locked and a unit made, undone, and the undo undone.
func TestUndoOpensALockedUnitAndTakesAwayAnEmptyOne(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			ctx := context.Background()
			records := append(site(2), tenant("gil", "Gil Gomez"), tenant("hal", "Hal Hart"), tenant("ida", "Ida Ink"))
			records = append(records, rental(t, "r1", "gil", "u1", "hal")...)
			r := storage(t, db, append(records, rental(t, "r2", "ida", "u2")...))
			defer r.shut()
			r.sync(desk.InStep)
			open := map[string]string{"A-1": "gil@x.test hal@x.test", "A-2": "ida@x.test"}
			shut := map[string]string{"A-1": "", "A-2": "ida@x.test"}
			r.wantUnits("at first", open)
			locked := rental(t, "r1", "gil", "u1", "hal")[0].(cardea.Agreement)
			locked.Locked = true
			r.house(locked, unit(3))
			time.Sleep(time.Minute)
			run := r.sync(desk.InStep).Doors[0].Run
			r.wantUnits("locked", shut)
			if _, there := r.units("opentech")["A-3"]; !there {
				t.Fatal("no unit was made")
			}
			time.Sleep(time.Minute)

			shown := r.undo(run, desk.Pending)
			done := r.applyUndo(run, shown.Hash)
			r.wantUnits("undone", open)
			if _, there := r.units("opentech")["A-3"]; there {
				t.Error("the unit is still there")
			}
			time.Sleep(time.Minute)
			result, err := r.try(ctx)
			if err != nil || result.Standing() != desk.Held {
				t.Errorf("the run after it: %v%s", err, brief(result))
			}
			r.wantUnits("the run after it", open)
			time.Sleep(time.Minute)

			shown = r.undo(done.Run, desk.Pending)
			back := r.applyUndo(done.Run, shown.Hash)
			r.wantUnits("the undo undone", shut)
			if !slices.ContainsFunc(back.Left, func(l desk.Remaining) bool { return strings.Contains(l.Why, "deleted unit") }) {
				t.Errorf("that the unit does not come back is not told: %+v", back.Left)
			}
		})
	})
}
