package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

func (r *rig) leave(how, hash string, want desk.Standing) desk.Leaving {
	r.t.Helper()
	out, err := r.app.desk.Leave(context.Background(), "london", how, hash, "Ada")
	if err != nil {
		r.t.Fatal(err)
	}
	if got := out.Standing(); got != want {
		r.t.Fatalf("standing %d, want %d: %s", got, want, brief(desk.Result{Doors: []desk.DoorRun{out.DoorRun}}))
	}
	return out
}

// afterLondon is who can pass when london has left and annex has not.
var afterLondon = map[string][]string{
	"General access": {"dora", "finn", "olga"}, "Night": {}, "Building": {}, "First floor": {}, "Second floor": {}, "Office 12": {},
	"Elephant room": {}, "Evening": {}, "Day room": {}, "Cleaners": {"cleaner"},
}

// TestLeavingRemovesWhatIsOursThroughItAlone leaves beside another integration of the same group.
func TestLeavingRemovesWhatIsOursThroughItAlone(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db, annex)
			defer r.shut()
			r.sync(desk.InStep)
			r.wantInside("before", atNine)
			users, n := r.users(), r.writes()
			shown := r.leave(desk.LeaveRemove, "", desk.Pending)
			if s := r.sent(n); len(s) > 0 {
				t.Fatalf("showing wrote %v", s)
			}
			if _, err := r.app.desk.Leave(context.Background(), "london", desk.LeaveStop, shown.Hash, "Ada"); cardea.ClassOf(err) != cardea.NotFound {
				t.Errorf("the hash of another way: %v", err)
			}
			if done := r.leave(desk.LeaveRemove, shown.Hash, desk.InStep); !done.Managed || len(done.Shared) == 0 {
				t.Errorf("managed %v, shared %d", done.Managed, len(done.Shared))
			}
			r.wantInside("after leaving", afterLondon)
			if got := r.users(); !slices.Equal(got, users) {
				t.Errorf("accounts: %s", difference(got, users))
			}
			n = r.writes()
			for range 3 {
				time.Sleep(time.Hour)
				said := false
				for _, i := range r.sync(desk.InStep).Doors[0].Issues {
					said = said || i.Code == "integration-left"
				}
				if !said {
					t.Error("nobody says that the file still names it")
				}
			}
			if s := r.sent(n); len(s) > 0 {
				t.Errorf("written after it left: %v", s)
			}
			r.wantInside("hours later", afterLondon)
		})
	})
}

// TestHandingOverWritesNothing closes the ledger, lists everybody, and takes nobody out even where another stays.
func TestHandingOverWritesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			if db == onSQLite {
				db = kept(t)
			}
			r := tiny(t, db, annex)
			defer r.shut()
			r.sync(desk.InStep)
			edges, n := r.edges(), r.writes()
			shown := r.leave(desk.LeaveHandOver, "", desk.Pending)
			path := filepath.Join(t.TempDir(), "london.csv")
			code, out, log := r.command(nil, (&leaveCmd{Integration: "london", HandOver: true, Apply: shown.Hash, CSV: path}).do)
			if code != exitInStep || !strings.Contains(out, "has left") {
				t.Fatalf("exit code %d: %s%s", code, out, log)
			}
			list, err := os.ReadFile(path)
			if err != nil || !strings.Contains(string(list), "Building,13,Hana Hoshi,hana@x.test") {
				t.Errorf("the list: %v\n%s", err, list)
			}
			for range 3 {
				time.Sleep(time.Hour)
				r.sync(desk.Held) // who was london's in General access is nobody's now: that waits for a person
			}
			if s := r.sent(n); len(s) > 0 {
				t.Errorf("written: %v", s)
			}
			if got := r.edges(); !slices.Equal(got, edges) {
				t.Errorf("the edges moved: %s", difference(got, edges))
			}
			for _, l := range r.ours() { // Dora and Finn, whom annex gives it too
				if !strings.HasPrefix(l, "11 ") {
					t.Errorf("still ours: %s", l)
				}
			}
			if n := len(r.ours()); n < 2 || n > 3 {
				t.Errorf("%d rows are annex's", n)
			}
		})
	})
}

// TestStoppedForGoodUntilItIsTakenUpAgain stops, and takes one group up.
func TestStoppedForGoodUntilItIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db)
			defer r.shut()
			r.sync(desk.InStep)
			ours, n := r.ours(), r.writes()
			r.leave(desk.LeaveStop, r.leave(desk.LeaveStop, "", desk.Pending).Hash, desk.InStep)
			r.patch(endsAndStarts)
			for range 3 {
				time.Sleep(time.Hour)
				r.sync(desk.InStep)
			}
			if s := r.sent(n); len(s) > 0 {
				t.Errorf("written: %v", s)
			}
			if got := r.ours(); !slices.Equal(got, ours) {
				t.Errorf("the ledger: %s", difference(got, ours))
			}
			r.take(desk.Takeover{Integration: "london", Groups: []string{"General access"}, Apply: true})
			in := r.inside()
			if slices.Contains(in["General access"], "ana") || !slices.Contains(in["General access"], "dan") {
				t.Errorf("General access %v", in["General access"])
			}
			r.patch("officernd: {memberships: [{_id: ms-hana, endDate: 2026-11-20}]}")
			n = r.writes()
			r.sync(desk.InStep)
			if in := r.inside()["Building"]; !slices.Contains(in, "hana") {
				t.Errorf("Building was not taken up again: %v, %v", in, r.sent(n))
			}
		})
	})
}

// TestLeavingHalfWayGoesOn has the vendor fail in the middle of it: runs leave what remains alone, and the same hash goes on.
func TestLeavingHalfWayGoesOn(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			if db == onSQLite {
				db = kept(t)
			}
			r := tiny(t, db, annex)
			defer func() { r.shut() }()
			r.sync(desk.InStep)
			shown := r.leave(desk.LeaveRemove, "", desk.Pending)
			ctx, cancel := context.WithCancel(context.Background())
			c := &cut{at: 9, cancel: cancel}
			r.shut()
			r.set.transport = c.calls(r.vendors.Transport(), true)
			r.open()
			if _, err := r.app.desk.Leave(ctx, "london", desk.LeaveRemove, shown.Hash, "Ada"); err == nil {
				t.Fatal("it was not killed")
			}
			cancel()
			r.shut()
			r.set.transport = r.vendors.Transport()
			r.open()
			time.Sleep(3 * time.Minute)
			n := r.writes()
			r.sync(desk.Held)
			if s := r.sent(n); len(s) > 0 {
				t.Errorf("a run in between wrote %v", s)
			}
			if _, err := r.app.desk.Leave(context.Background(), "london", desk.LeaveStop, "", "Ada"); cardea.ClassOf(err) != cardea.Rejected {
				t.Errorf("another way half way: %v", err)
			}
			r.leave(desk.LeaveRemove, shown.Hash, desk.InStep)
			r.wantInside("after going on", afterLondon)
			r.sync(desk.InStep)
		})
	})
}

// TestWhatWasNotShownStays adds somebody between the look and the word.
func TestWhatWasNotShownStays(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		shown := r.leave(desk.LeaveRemove, "", desk.Pending)
		r.patch("officernd: {memberships: [{_id: ms-dan, startDate: 2026-11-20}]}")
		r.sync(desk.InStep)
		r.leave(desk.LeaveRemove, shown.Hash, desk.Pending)
		if in := r.inside()["General access"]; !slices.Equal(in, []string{"dan", "olga"}) {
			t.Errorf("General access %v", in)
		}
		r.leave(desk.LeaveRemove, r.leave(desk.LeaveRemove, "", desk.Pending).Hash, desk.InStep)
		if in := r.inside()["General access"]; !slices.Equal(in, []string{"olga"}) {
			t.Errorf("General access %v", in)
		}
		state, err := r.app.store.In("default").DoorState(context.Background(), "kisi")
		if err != nil || len(state.Links)+len(state.Ledger) > 0 {
			t.Errorf("%d links and %d rows are left: %v", len(state.Links), len(state.Ledger), err)
		}
	})
}
