package store_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// rented makes a door with the unit 101, that somebody has, and all that can name it.
func rented(t *testing.T, w *store.Workspace) {
	t.Helper()
	ctx := t.Context()
	a, b := edgeOf("101", "a"), edgeOf("101", "b")
	a.Shut, a.Attributes = true, cardea.Attributes{Profile: "Gate A", TimeGroup: "Day"}
	must(t, w.SaveDoorRead(ctx, store.DoorChange{
		Door: doors, At: noon, Groups: []cardea.Group{{ID: "101", Name: "101", Unit: cardea.UnitRented}, grp("102")},
		Accounts: []cardea.Account{acc("a"), acc("b")}, Edges: []cardea.Edge{a, b, edgeOf("102", "a")},
		EdgesOf: []cardea.GroupID{"101", "102"},
	}, nil))
	ledger(t, w, "101", "a", noon)
	closed(t, w, "101", "a", noon+1)
	ledger(t, w, "101", "a", noon+2)
	ledger(t, w, "102", "a", noon)
	must(t, w.SavePolicy(ctx, doors, cardea.Policy{Group: "101", Mode: cardea.Shared, Ours: true, Keep: []cardea.Keep{}}))
	stray := op("gone", cardea.VerbRemove)
	stray.Group, stray.Cause = "101", cardea.CauseStray
	answer(t, w, store.Outcome{Op: stray})
	must(t, w.Confirmed(ctx, doors, []cardea.OpKey{"gone"}, noon, nil))
	must(t, w.SaveInStep(ctx, doors, noon, map[cardea.GroupID]int{"101": 2, "102": 1}))
	must(t, w.SaveIntegration(ctx, store.Integration{Name: "yard", Space: space, Door: doors}))
	must(t, w.SaveResolved(ctx, "yard", map[string]string{
		"groups\x00Unit 101": "101", "groups\x00Unit 102": "102", "plans\x00Big": "101", "mapping\x00101": "m1", "mapping\x00102": "m2",
	}))
}

// ledger opens a row, closed closes it.
func ledger(t *testing.T, w *store.Workspace, group, account string, at cardea.Instant) {
	t.Helper()
	add := op("add"+group+account, cardea.VerbAdopt)
	add.Group, add.Account = cardea.GroupID(group), cardea.AccountID(account)
	answer(t, w, store.Outcome{Op: add, At: at, Ledger: &cardea.LedgerRow{
		Group: add.Group, Account: add.Account, Person: "rnd/person:" + cardea.PersonID(account), Window: cardea.Forever, PutAt: at,
	}})
}

func closed(t *testing.T, w *store.Workspace, group, account string, at cardea.Instant) {
	t.Helper()
	o := op("forget"+group+account, cardea.VerbForget)
	o.Group, o.Account, o.Cause = cardea.GroupID(group), cardea.AccountID(account), cardea.CauseEnded
	answer(t, w, store.Outcome{Op: o, At: at, CloseLedger: true})
}

func TestAllThatNamesARenamedUnitFollowsIt(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		rented(t, w)
		other := s.In("other")
		furnish(t, other)
		rented(t, other)
		before := picture(other)
		d := ok(w.DoorState(ctx, doors))
		for range 2 { // it may be repeated
			must(t, w.MoveGroup(ctx, doors, "101", "101A", nil))
			for i := range d.Edges {
				if d.Edges[i].Group == "101" {
					d.Edges[i].Group = "101A"
				}
			}
			d.Groups = []cardea.Group{{ID: "101A", Name: "101", Unit: cardea.UnitRented}, grp("102")}
			d.EdgesAt = map[cardea.GroupID]cardea.Instant{"101A": noon, "102": noon}
			d.Ledger[0].Group = "101A"
			same(t, "door state", ok(w.DoorState(ctx, doors)), d)
			h := ok(w.LedgerHistory(ctx, doors, "rnd/person:a", "101A"))
			if len(h) != 2 || h[0].EndedAt != noon+1 || h[1].EndedAt != 0 {
				t.Errorf("history %+v", h)
			}
			same(t, "history of the old id", ok(w.LedgerHistory(ctx, doors, "rnd/person:a", "101")), []cardea.LedgerRow{})
			ps := ok(w.Policies(ctx, doors))
			if len(ps) != 1 || ps["101A"].Mode != cardea.Shared || !ps["101A"].Ours {
				t.Errorf("policies %+v", ps)
			}
			same(t, "removals", ok(w.Removals(ctx, doors, 0)), []store.Removal{{Group: "101A", Account: "a", At: noon}})
			same(t, "in step", ok(w.InStep(ctx, doors, noon)), map[cardea.GroupID]int{"101A": 2, "102": 1})
			same(t, "names", ok(w.Resolved(ctx, "yard")), map[string]string{
				"groups\x00Unit 101": "101A", "groups\x00Unit 102": "102", "plans\x00Big": "101",
				"mapping\x00101A": "m1", "mapping\x00102": "m2",
			})
		}
		for _, r := range ok(w.RunOperations(ctx, "run1")) {
			if r.Op.Group != "101" && r.Op.Group != "102" {
				t.Errorf("the history of operations was changed: %+v", r.Op)
			}
		}
		if after := picture(other); after != before {
			t.Errorf("another workspace changed from\n%s\nto\n%s", before, after)
		}
		must(t, w.VerifyAudit(ctx))
	})
}

func TestWhatTheNewGroupHasStays(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		rented(t, w)
		mine := edgeOf("101A", "a")
		mine.Ref = "new"
		must(t, w.SaveDoorRead(ctx, store.DoorChange{
			Door: doors, At: noon + 9, Groups: []cardea.Group{{ID: "101A", Name: "101A", Unit: cardea.UnitVacant}},
			Edges: []cardea.Edge{mine}, EdgesOf: []cardea.GroupID{"101A"},
		}, nil))
		ledger(t, w, "101A", "a", noon+3) // both have an open row of a, and a closed one
		closed(t, w, "101A", "a", noon+4)
		ledger(t, w, "101A", "a", noon+5)
		ledger(t, w, "101", "b", noon+6) // only the old one has b
		ledger(t, w, "101A", "c", noon+7)
		closed(t, w, "101A", "c", noon+8) // c: open in the old, closed in the new
		ledger(t, w, "101", "c", noon+9)
		must(t, w.SavePolicy(ctx, doors, cardea.Policy{Group: "101A", Mode: cardea.Watch, Keep: []cardea.Keep{}}))
		must(t, w.SaveInStep(ctx, doors, noon, map[cardea.GroupID]int{"101A": 1}))
		must(t, w.SaveInStep(ctx, doors, noon+cardea.Hour, map[cardea.GroupID]int{"101": 5}))
		stray := op("gone too", cardea.VerbRemove)
		stray.Group, stray.Cause = "101A", cardea.CauseStray
		answer(t, w, store.Outcome{Op: stray}) // the same account at the same instant
		must(t, w.SaveResolved(ctx, "yard", map[string]string{"mapping\x00101A": "m3"}))
		for range 2 {
			must(t, w.MoveGroup(ctx, doors, "101", "101A", nil))
			d := ok(w.DoorState(ctx, doors))
			same(t, "groups", d.Groups, []cardea.Group{{ID: "101A", Name: "101A", Unit: cardea.UnitVacant}, grp("102")})
			same(t, "edges", keysOf(d.Edges), []string{"101A/a", "101A/b", "102/a"})
			if d.Edges[0].Ref != "new" || d.EdgesAt["101A"] != noon+9 {
				t.Errorf("edge %+v, read at %v", d.Edges[0], d.EdgesAt["101A"])
			}
			put := map[cardea.AccountID]cardea.Instant{}
			for _, l := range d.Ledger {
				if l.Group == "101A" {
					put[l.Account] = l.PutAt
				}
			}
			same(t, "open rows", put, map[cardea.AccountID]cardea.Instant{"a": noon + 5, "b": noon + 6, "c": noon + 9})
			history := func(person cardea.PersonID) (out []cardea.Instant) {
				for _, l := range ok(w.LedgerHistory(ctx, doors, person, "101A")) {
					out = append(out, l.PutAt)
				}
				return out
			}
			same(t, "history of a", history("rnd/person:a"), []cardea.Instant{noon, noon + 3, noon + 5})
			same(t, "history of c", history("rnd/person:c"), []cardea.Instant{noon + 7, noon + 9})
			if p := ok(w.Policies(ctx, doors)); len(p) != 1 || p["101A"].Mode != cardea.Watch || p["101A"].Ours {
				t.Errorf("policies %+v", p)
			}
			same(t, "removals", ok(w.Removals(ctx, doors, 0)), []store.Removal{{Group: "101A", Account: "a", At: noon}})
			same(t, "in step", ok(w.InStep(ctx, doors, noon)), map[cardea.GroupID]int{"101A": 5, "102": 1})
			same(t, "names", ok(w.Resolved(ctx, "yard")), map[string]string{
				"groups\x00Unit 101": "101A", "groups\x00Unit 102": "102", "plans\x00Big": "101",
				"mapping\x00101A": "m3", "mapping\x00102": "m2",
			})
		}
		// The row that moved can end and come again.
		closed(t, w, "101A", "c", noon+10)
		ledger(t, w, "101A", "c", noon+11)
		if h := ok(w.LedgerHistory(ctx, doors, "rnd/person:c", "101A")); len(h) != 3 || h[2].EndedAt != 0 {
			t.Errorf("history %+v", h)
		}
	})
}

func TestOpenOperationsFollowARenamedUnit(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		at := func(o cardea.Operation, group cardea.GroupID) cardea.Operation {
			o.Group = group
			return o
		}
		was := edgeOf("101", "a")
		sent, flying := at(op("sent", cardea.VerbAdd), "101"), at(op("flying", cardea.VerbRemove), "101")
		flying.Was = &was
		waiting, stuck := at(op("waiting", cardea.VerbAdd), "101"), at(held("stuck"), "101")
		done := at(op("done", cardea.VerbAdd), "101")
		elsewhere := at(op("elsewhere", cardea.VerbAdd), "102")
		rename := unitOp("rename", cardea.VerbRenameUnit)
		must(t, w.SaveChangeset(ctx, "r", changeset(noon, rename, sent, flying, waiting, stuck, done, elsewhere), nil))
		for _, o := range []cardea.Operation{sent, flying, done, rename} {
			must(t, w.Sending(ctx, o, doors, "r", noon, nil))
		}
		for _, o := range []cardea.Operation{sent, done} {
			must(t, w.Answered(ctx, doors, "r", store.Outcome{Op: o, At: noon}, nil))
		}
		must(t, w.Confirmed(ctx, doors, []cardea.OpKey{"done"}, noon, nil))
		must(t, w.MoveGroup(ctx, doors, "101", "101A", nil))
		groups := map[cardea.OpKey]cardea.GroupID{}
		for _, r := range ok(w.RunOperations(ctx, "r")) {
			groups[r.Op.Key] = r.Op.Group
			if r.Op.Key == "flying" && (r.Op.Was.Group != "101A" || r.Op.Was.Ref != was.Ref) {
				t.Errorf("what is to go is %+v", r.Op.Was)
			}
			if r.Op.Key == "rename" {
				same(t, "the rename", r.Op, rename)
			}
		}
		same(t, "groups", groups, map[cardea.OpKey]cardea.GroupID{
			"sent": "101A", "flying": "101A", "waiting": "101A", "stuck": "101A", "done": "101", "elsewhere": "102",
			"rename": rename.Group,
		})
		// The rename itself is answered and confirmed after the move.
		must(t, w.Answered(ctx, doors, "r", store.Outcome{Op: rename, At: noon + 1}, nil))
		must(t, w.Confirmed(ctx, doors, []cardea.OpKey{"rename", "sent"}, noon+2, nil))
		same(t, "states", states(ok(w.RunOperations(ctx, "r"))), map[cardea.OpKey]string{
			"sent": store.OpConfirmed, "flying": store.OpSending, "waiting": store.OpWaiting, "stuck": store.OpHeld,
			"done": store.OpConfirmed, "elsewhere": store.OpWaiting, "rename": store.OpConfirmed,
		})
	})
}

func TestAGroupMovesOnlyWithItsLeaseAndBothIDs(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		rented(t, w)
		before := picture(w)
		l := ok(w.ClaimOne(ctx, doors, store.WakeKeep, "n", noon, life))
		must(t, s.Release(ctx, l, noon))
		wantClass(t, w.MoveGroup(ctx, doors, "101", "101A", &l), cardea.Conflict)
		wantClass(t, w.MoveGroup(ctx, doors, "", "101A", nil), cardea.Rejected)
		wantClass(t, w.MoveGroup(ctx, doors, "101", "", nil), cardea.Rejected)
		must(t, w.MoveGroup(ctx, doors, "101", "101", nil))
		must(t, w.MoveGroup(ctx, space, "101", "101A", nil)) // of another connection
		if after := picture(w); after != before {
			t.Errorf("something moved from\n%s\nto\n%s", before, after)
		}
		l = ok(w.ClaimOne(ctx, doors, store.WakeKeep, "n", noon, life))
		must(t, w.MoveGroup(ctx, doors, "101", "101A", &l))
		if after := picture(w); after == before {
			t.Error("nothing moved")
		}
	})
}
