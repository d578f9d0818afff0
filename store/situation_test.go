package store_test

import (
	"fmt"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func stands(group, account string, what cardea.Situation) cardea.Standing {
	return cardea.Standing{Group: cardea.GroupID(group), Account: cardea.AccountID(account), Situation: what, Does: cardea.Reverts}
}

func drifts(t *testing.T, w *store.Workspace) int {
	t.Helper()
	n := 0
	for _, l := range ok(w.Audit(t.Context(), 999)) {
		if l.What == "drift" {
			n++
		}
	}
	return n
}

// TestASituationIsKeptFromItsBeginningToItsEnd finds one for some looks, and again later.
func TestASituationIsKeptFromItsBeginningToItsEnd(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		look := func(at cardea.Instant, now ...cardea.Standing) {
			t.Helper()
			must(t, w.SaveStandings(ctx, store.Found{Door: doors, At: at, Now: now}, nil))
		}
		bob, missing := stands("g1", "bob", cardea.Stray), cardea.Standing{Group: "g1", Person: "rnd/person:1", Situation: cardea.Missing}
		look(noon, bob, missing)
		look(noon+1, bob, missing)
		bob.Does, bob.Held = cardea.Waits, cardea.HeldBrake // told otherwise, and the same
		look(noon+2, missing, bob)
		rows, _, err := w.Standings(ctx, doors)
		must(t, err)
		since := bob
		since.Since, missing.Since = noon, noon
		same(t, "what stands", rows, []store.StandingRow{{Standing: missing, Times: 1}, {Standing: since, Times: 1}})
		look(noon + 3)
		look(noon+3, bob) // at the very same instant
		again := bob
		again.Since = noon + 3
		ended := fmt.Sprintf("SELECT COUNT(*) FROM situation WHERE account = 'bob' AND since = %d AND ended_at = %d AND ended = 'over'", noon, noon+3)
		same(t, "how many of bob's ended", ok(s.Look(ctx, ended)), "1")
		rows, _, err = w.Standings(ctx, doors)
		must(t, err)
		same(t, "what stands again", rows, []store.StandingRow{{Standing: again, Times: 2}})
		if n := drifts(t, w); n != 2 {
			t.Errorf("%d audit lines", n)
		}
	})
}

// TestWhatIsSetRightWithinALookIsAFlip counts what Cardea ended, and not what ended by itself or is no entry.
func TestWhatIsSetRightWithinALookIsAFlip(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		f := store.Found{Door: doors, At: noon, Reverted: func(s cardea.Standing) bool { return s.Account != "cal" }, Passed: []cardea.Standing{
			stands("g1", "ana", cardea.TakenOut), stands("g1", "bob", cardea.Stray), stands("g1", "cal", cardea.Stray),
			stands("g1", "dan", cardea.Changed), {Account: "eva", Situation: cardea.AccountGone},
		}}
		must(t, w.SaveStandings(ctx, f, nil))
		f.At = noon + 5
		must(t, w.SaveStandings(ctx, f, nil))
		flip := func(a string, at cardea.Instant) cardea.Flip {
			return cardea.Flip{Group: "g1", Account: cardea.AccountID(a), At: at}
		}
		all := []cardea.Flip{flip("ana", noon), flip("bob", noon), flip("ana", noon+5), flip("bob", noon+5)}
		same(t, "all", ok(w.DoorPast(ctx, doors, 0)).Flips, all)
		same(t, "since", ok(w.DoorPast(ctx, doors, noon+1)).Flips, all[2:])
		if rows, _, err := w.Standings(ctx, doors); err != nil || len(rows) != 0 {
			t.Errorf("%v stands, %v", rows, err)
		}
	})
}

// TestALookAtAFewEndsOnlyWhatIsTheirs leaves the rest as it was.
func TestALookAtAFewEndsOnlyWhatIsTheirs(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveStandings(ctx, store.Found{Door: doors, At: noon, Now: []cardea.Standing{
			stands("g1", "ana", cardea.Stray), stands("g1", "bob", cardea.Stray), {Group: "g1", Situation: cardea.Contested},
		}}, nil))
		must(t, w.SaveStandings(ctx, store.Found{Door: doors, At: noon + 1, Now: []cardea.Standing{stands("g2", "ana", cardea.Stray)},
			Within: func(s cardea.Standing) bool { return s.Account == "ana" }}, nil))
		rows, _, err := w.Standings(ctx, doors)
		must(t, err)
		var got []string
		for _, r := range rows {
			got = append(got, string(r.Group)+"/"+string(r.Account))
		}
		same(t, "what stands", got, []string{"g1/", "g1/bob", "g2/ana"})
		same(t, "contested", len(ok(w.DoorPast(ctx, doors, 0)).Contested), 1)
	})
}

// TestWhatStandsIsNotKeptAgain has a thousand entries stand, and looks again.
func TestWhatStandsIsNotKeptAgain(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		f := store.Found{Door: doors, At: noon}
		for i := range 1500 {
			f.Now = append(f.Now, stands("g1", fmt.Sprint(i), cardea.Stray))
		}
		must(t, w.SaveStandings(ctx, f, nil))
		f.At++
		must(t, w.SaveStandings(ctx, f, nil))
		if n := drifts(t, w); n != 1 {
			t.Errorf("%d audit lines", n)
		}
		rows, _, err := w.Standings(ctx, doors)
		must(t, err)
		if len(rows) != 1500 || rows[0].Since != noon || rows[0].Times != 1 {
			t.Errorf("%d rows, the first %+v", len(rows), rows[0])
		}
	})
}

// TestNamesAreRememberedWhenTheyAreFirstTold has a linked account and a mapped group be called otherwise later.
func TestNamesAreRememberedWhenTheyAreFirstTold(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		shown := func(n cardea.Instant, name string) {
			t.Helper()
			must(t, w.SaveDoorRead(ctx, store.DoorChange{Door: doors, At: noon + n, AccountsWhole: true, GroupsWhole: true,
				Accounts: []cardea.Account{{ID: "a", Name: name, Email: name + "@x.test"}, {ID: "b", Name: name}},
				Groups:   []cardea.Group{{ID: "g1", Name: name}, {ID: "g2", Name: name}}}, nil))
		}
		shown(0, "Ana")
		must(t, w.Answered(ctx, doors, "r", store.Outcome{Op: op("k", cardea.VerbLink), At: noon,
			Link: &cardea.Link{Person: "rnd/person:1", Account: "a", How: "email"}}, nil))
		look := func() {
			t.Helper()
			must(t, w.SaveStandings(ctx, store.Found{Door: doors, At: noon, Mapped: []cardea.GroupID{"g1"}}, nil))
		}
		look()
		shown(1, "Bea")
		look()
		past := ok(w.DoorPast(ctx, doors, 0))
		same(t, "accounts", past.Renamed, []cardea.Account{{ID: "a", Name: "Ana", Email: "Ana@x.test"}})
		same(t, "groups", past.Called, []cardea.Group{{ID: "g1", Name: "Ana"}})
		must(t, w.SaveIntegration(ctx, store.Integration{Name: "london", Space: space, Door: doors}))
		must(t, w.SaveResolved(ctx, "london", map[string]string{"groups\x00bea": "g1"})) // the file says so too now
		look()
		same(t, "groups", ok(w.DoorPast(ctx, doors, 0)).Called, []cardea.Group(nil))
		shown(2, "Ana")
		same(t, "accounts", ok(w.DoorPast(ctx, doors, 0)).Renamed, []cardea.Account(nil))
	})
}

func TestWhatEndedIsFoundByItsEntry(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		put := op("k", cardea.VerbAdopt)
		put.Group, put.Account = "g1", "a"
		row := cardea.LedgerRow{Group: "g1", Account: "a", Person: "rnd/person:1", PutAt: noon}
		must(t, w.Answered(ctx, doors, "r", store.Outcome{Op: put, At: noon, Ledger: &row}, nil))
		at := []cardea.Edge{{Group: "g1", Account: "a"}, {Group: "g1", Account: "b"}, {Group: "g2", Account: "a"}}
		same(t, "while it is open", len(ok(w.ClosedLedger(ctx, doors, at))), 0)
		gone := op("k2", cardea.VerbForget)
		gone.Group, gone.Account, gone.Cause = "g1", "a", cardea.CauseEnded
		must(t, w.Answered(ctx, doors, "r", store.Outcome{Op: gone, At: noon + 1, CloseLedger: true}, nil))
		row.EndedAt, row.Ended = noon+1, cardea.CauseEnded
		same(t, "when it ended", ok(w.ClosedLedger(ctx, doors, at)), []cardea.LedgerRow{row})
	})
}
