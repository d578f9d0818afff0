package store_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestGlancesAgreeWithTheWholePicture(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		if at := ok(w.DoorReadAt(ctx, doors)); at != 0 {
			t.Errorf("never read is %v", at)
		}
		must(t, w.SaveDoorRead(ctx, fullRead(noon), nil))
		all := ok(w.DoorState(ctx, doors))
		same(t, "read at", ok(w.DoorReadAt(ctx, doors)), all.ReadAt)
		same(t, "groups", ok(w.DoorGroups(ctx, doors)), store.DoorState{Groups: all.Groups, ReadAt: all.ReadAt, EdgesAt: all.EdgesAt})
		same(t, "accounts", ok(w.Accounts(ctx, doors, []cardea.AccountID{"b", "none"})), []cardea.Account{acc("b")})
		same(t, "how many accounts", ok(w.CountAccounts(ctx, doors)), 3)

		must(t, w.SaveChangeset(ctx, "r", changeset(noon, op("a", cardea.VerbAdd), op("b", cardea.VerbAdd), held("h")), nil))
		must(t, w.Sending(ctx, op("a", cardea.VerbAdd), doors, "r", noon, nil))
		same(t, "open operations", ok(w.OpenOperations(ctx, doors)),
			map[string]int{store.OpSending: 1, store.OpWaiting: 1, store.OpHeld: 1})

		must(t, w.MarkWake(ctx, store.Mark{Unit: doors, Kind: store.WakeKeep, At: noon}))
		must(t, s.In("other").MarkWake(ctx, store.Mark{Unit: "else", Kind: store.WakeKeep, At: noon}))
		same(t, "wakes", ok(w.Wakes(ctx)), []store.Wake{{Mark: store.Mark{Unit: doors, Kind: store.WakeKeep, At: noon}}})
	})
}

func TestRecordsAreReadWithHowTheyStand(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		read(t, w, space, house()...)
		gone := cardea.Gone{Key: cardea.Key{Kind: cardea.KindPlan, ID: "cold"}, Cause: cardea.CauseDeleted, Since: noon}
		unsure := cardea.Key{Kind: cardea.KindPlan, ID: "hot"}
		must(t, w.SaveRead(ctx, noon, "t", []store.ReadChange{{
			Connection: space, Gone: []cardea.Gone{gone}, Unsure: []cardea.Key{unsure},
		}}, nil, nil))
		same(t, "plans that are there", ok(w.FactsOfKind(ctx, space, cardea.KindPlan)),
			[]cardea.Record{cardea.Plan{ID: "hot", Name: "Hot desk"}})
		same(t, "named records", ok(w.DirectoryAt(ctx, space, []cardea.Key{gone.Key, unsure, {Kind: cardea.KindTeam, ID: "none"}})),
			cardea.Directory{
				Connection: space, Plans: []cardea.Plan{{ID: "cold", Name: "Cold desk"}, {ID: "hot", Name: "Hot desk"}},
				Gone: []cardea.Gone{gone}, Unsure: []cardea.Key{unsure},
			})
	})
}
