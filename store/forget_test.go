package store_test

import (
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// TestForgettingHistoryLeavesWhatIsOpenAndWhatIsNew has an old and a new run, each with an operation that is over and one that is held.
func TestForgettingHistoryLeavesWhatIsOpenAndWhatIsNew(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		later := noon.Add(100 * 24 * time.Hour)
		for at, run := range map[cardea.Instant]string{noon: "old", later: "new"} {
			must(t, w.SaveChangeset(ctx, run, changeset(at, op(run+"-over", cardea.VerbAdd), held(run+"-held")), nil))
			must(t, w.SaveRun(ctx, store.Run{ID: run, Unit: doors, Kind: store.WakeKeep, Started: at, Ended: at + 1}))
		}
		must(t, w.SaveChangeset(ctx, "newest", changeset(later+1), nil)) // what waited of earlier ones is skipped
		must(t, w.Approve(ctx, doors, nil, []cardea.OpKey{"old-over", "old-held"}, "Ada", noon))
		must(t, w.SaveIssues(ctx, "keep", []cardea.Issue{{Code: "a"}}, noon))
		must(t, w.SaveIssues(ctx, "keep", nil, noon+1))
		must(t, w.SaveIssues(ctx, "keep", []cardea.Issue{{Code: "b"}}, noon+2))
		if n := ok(w.ForgetHistory(ctx, doors, noon.Add(time.Hour), nil)); n != 4 { // operation, approval, run, issue
			t.Errorf("%d rows went", n)
		}
		same(t, "the old run", states(ok(w.RunOperations(ctx, "old"))), map[cardea.OpKey]string{"old-held": store.OpHeld})
		same(t, "the new run", states(ok(w.RunOperations(ctx, "new"))),
			map[cardea.OpKey]string{"new-over": store.OpSkipped, "new-held": store.OpHeld})
		same(t, "approved", ok(w.Approved(ctx, doors)), map[cardea.OpKey]bool{"old-held": true})
		runs := ok(w.Runs(ctx, 9))
		if len(runs) != 1 || runs[0].ID != "new" {
			t.Errorf("runs %v", runs)
		}
		if open := ok(w.Issues(ctx)); len(open) != 1 || open[0].Issue.Code != "b" {
			t.Errorf("issues %v", open)
		}
		if n := ok(w.ForgetHistory(ctx, doors, noon.Add(time.Hour), nil)); n != 0 {
			t.Errorf("%d more rows went", n)
		}
		must(t, w.VerifyAudit(ctx))
	})
}

// TestForgettingRecordsKeepsWhatAnotherNames asks for more to go than may.
func TestForgettingRecordsKeepsWhatAnotherNames(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		person := cardea.Person{ID: "ana", Email: "ana@x.test"}
		named, alone := cardea.Agreement{ID: "named", Person: "ana"}, cardea.Agreement{ID: "alone", Person: "ana"}
		assigned := cardea.Assignment{ID: "desk", Agreement: "named"}
		booking := cardea.Booking{ID: "bk", Person: "ana"}
		read(t, w, space, person, named, alone, assigned, booking)
		keys := []cardea.Key{person.Key(), named.Key(), alone.Key(), booking.Key(), {Kind: cardea.KindBooking, ID: "unknown"}}
		if n := ok(w.ForgetFacts(ctx, space, keys, nil)); n != 2 {
			t.Errorf("%d records went", n)
		}
		same(t, "left", ok(w.Directory(ctx, space)), cardea.Directory{
			Connection: space, People: []cardea.Person{person}, Agreements: []cardea.Agreement{named}, Assignments: []cardea.Assignment{assigned},
		})
		if n := ok(w.ForgetFacts(ctx, space, append(keys, assigned.Key()), nil)); n != 2 { // who named it goes first
			t.Errorf("%d more records went", n)
		}
	})
}
