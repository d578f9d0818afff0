package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func acc(id string) cardea.Account {
	return cardea.Account{ID: cardea.AccountID(id), Name: "Name " + id, Email: id + "@X.test"}
}

func edgeOf(group, account string) cardea.Edge {
	return cardea.Edge{
		Group: cardea.GroupID(group), Account: cardea.AccountID(account), Ref: group + account, Window: cardea.Forever,
	}
}

func grp(id string) cardea.Group {
	return cardea.Group{ID: cardea.GroupID(id), Name: "Group " + id, Place: "HQ"}
}

func fullRead(at cardea.Instant) store.DoorChange {
	return store.DoorChange{
		Door: doors, At: at, Groups: []cardea.Group{grp("g1"), grp("g2")}, GroupsWhole: true,
		Accounts: []cardea.Account{
			acc("a"), acc("b"), {ID: "c", Shut: true, Staff: "owner", External: "rnd/person:cy"},
		},
		AccountsWhole: true,
		Edges: []cardea.Edge{
			edgeOf("g1", "a"), edgeOf("g1", "b"),
			{Group: "g2", Account: "a", Window: cardea.Window{From: noon, Until: noon + 1}, Foreign: "a team"},
		},
		EdgesOf: []cardea.GroupID{"g1", "g2"},
	}
}

func TestDoorStateIsWhatWasRead(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		same(t, "before any read", ok(w.DoorState(ctx, doors)), store.DoorState{EdgesAt: map[cardea.GroupID]cardea.Instant{}})
		c := fullRead(noon)
		must(t, w.SaveDoorRead(ctx, c, nil))
		same(t, "state", ok(w.DoorState(ctx, doors)), store.DoorState{
			Groups: c.Groups, Accounts: c.Accounts, Edges: c.Edges, ReadAt: noon,
			EdgesAt: map[cardea.GroupID]cardea.Instant{"g1": noon, "g2": noon},
		})
	})
}

func TestWhatADoorHoldsOnUnitsAndEdgesIsKept(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		g := cardea.Group{ID: "101", Name: "101", Unit: cardea.UnitRented}
		e := edgeOf("101", "a")
		e.Shut, e.Guest, e.Attributes = true, true, cardea.Attributes{Profile: "Gate A", TimeGroup: "Day"}
		plain := edgeOf("101", "b")
		save := func() {
			t.Helper()
			must(t, w.SaveDoorRead(ctx, store.DoorChange{
				Door: doors, Groups: []cardea.Group{g}, Accounts: []cardea.Account{acc("a"), acc("b")}, Edges: []cardea.Edge{e, plain},
			}, nil))
			d := ok(w.DoorState(ctx, doors))
			same(t, "groups", d.Groups, []cardea.Group{g})
			same(t, "edges", d.Edges, []cardea.Edge{e, plain})
			same(t, "groups alone", ok(w.DoorGroups(ctx, doors)).Groups, []cardea.Group{g})
		}
		save()
		g.Unit, e.Shut, e.Profile, plain.TimeGroup = cardea.UnitLocked, false, "Gate B", "Night"
		save()
		g.Unit, e.Guest, e.Attributes = "", false, cardea.Attributes{}
		save()
		read(t, w, space, cardea.Person{ID: "bea", Email: "b@x.test"})
		same(t, "of one person", ok(w.DoorStateOf(ctx, doors, []cardea.PersonID{"rnd/person:bea"})).Edges, []cardea.Edge{plain})
		// Grant's own fields are no part of what is there.
		who := plain
		who.Who, who.Mails = &cardea.NewAccount{Name: "Bea"}, cardea.MailsNever
		must(t, w.SaveDoorRead(ctx, store.DoorChange{Door: doors, Edges: []cardea.Edge{who}}, nil))
		same(t, "edges", ok(w.DoorState(ctx, doors)).Edges, []cardea.Edge{e, plain})
		// An outcome writes them as a read does.
		lock := op("k", cardea.VerbLock)
		lock.Group, lock.Account = "101", "b"
		plain.Shut, plain.Profile = true, "Gate C"
		answer(t, w, store.Outcome{Op: lock, Edge: &plain})
		same(t, "edges after the lock", ok(w.DoorState(ctx, doors)).Edges, []cardea.Edge{e, plain})
	})
}

func TestDoorReadTakesAwayOnlyWhatItReadWhole(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveDoorRead(ctx, fullRead(noon), nil))
		// At the same instant as before: only the order of reads counts.
		must(t, w.SaveDoorRead(ctx, store.DoorChange{
			Door: doors, At: noon, Accounts: []cardea.Account{{ID: "d", Name: "New"}}, Edges: []cardea.Edge{edgeOf("g1", "d")},
		}, nil))
		d := ok(w.DoorState(ctx, doors))
		if len(d.Accounts) != 4 || len(d.Edges) != 4 {
			t.Errorf("a partial read took something away: %v %v", d.Accounts, d.Edges)
		}
		must(t, w.SaveDoorRead(ctx, store.DoorChange{
			Door: doors, At: noon, Edges: []cardea.Edge{edgeOf("g1", "a")}, EdgesOf: []cardea.GroupID{"g1"},
		}, nil))
		same(t, "edges after g1 was read", keysOf(ok(w.DoorState(ctx, doors)).Edges), []string{"g1/a", "g2/a"})
		must(t, w.SaveDoorRead(ctx, store.DoorChange{
			Door: doors, At: noon, Edges: []cardea.Edge{edgeOf("g1", "a")}, AccountsOf: []cardea.AccountID{"a", "b"},
		}, nil))
		same(t, "edges after a and b were read", keysOf(ok(w.DoorState(ctx, doors)).Edges), []string{"g1/a"})
		must(t, w.SaveDoorRead(ctx, store.DoorChange{
			Door: doors, At: noon + 9, Accounts: []cardea.Account{acc("b")}, AccountsWhole: true,
		}, nil))
		d = ok(w.DoorState(ctx, doors))
		same(t, "accounts", d.Accounts, []cardea.Account{acc("b")})
		if len(d.Edges) != 0 || d.ReadAt != noon+9 || d.EdgesAt["g1"] != noon {
			t.Errorf("edges %v, read at %v, g1 at %v", d.Edges, d.ReadAt, d.EdgesAt["g1"])
		}
		must(t, w.SaveDoorRead(ctx, store.DoorChange{Door: doors, Edges: []cardea.Edge{edgeOf("g1", "b"), edgeOf("g2", "b")}}, nil))
		must(t, w.SaveDoorRead(ctx, store.DoorChange{Door: doors, At: noon, Groups: []cardea.Group{grp("g2")}, GroupsWhole: true}, nil))
		d = ok(w.DoorState(ctx, doors))
		same(t, "groups", d.Groups, []cardea.Group{grp("g2")})
		same(t, "edges of the group that stayed", keysOf(d.Edges), []string{"g2/b"})
	})
}

// TestAnEntryThatWasSeenOutlastsItsAccount: the same read's list of accounts lacks whom its groups name.
func TestAnEntryThatWasSeenOutlastsItsAccount(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveDoorRead(ctx, fullRead(noon), nil))
		must(t, w.SaveDoorRead(ctx, store.DoorChange{
			Door: doors, At: noon + 9, Accounts: []cardea.Account{acc("b")}, AccountsWhole: true,
			Edges: []cardea.Edge{edgeOf("g1", "a"), edgeOf("g1", "b")}, EdgesOf: []cardea.GroupID{"g1"},
		}, nil))
		d := ok(w.DoorState(ctx, doors))
		same(t, "accounts", d.Accounts, []cardea.Account{acc("b")})
		same(t, "edges", keysOf(d.Edges), []string{"g1/a", "g1/b"})
	})
}

func keysOf(es []cardea.Edge) []string {
	out := []string{}
	for _, e := range es {
		out = append(out, e.Key().ID)
	}
	return out
}

func TestDoorReadNeedsItsLeaseAndConnection(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		l := ok(w.ClaimOne(ctx, doors, store.WakeKeep, "n", noon, life))
		must(t, w.SaveDoorRead(ctx, store.DoorChange{Door: doors, Groups: []cardea.Group{grp("g1")}}, &l))
		must(t, s.Release(ctx, l, noon))
		wantClass(t, w.SaveDoorRead(ctx, store.DoorChange{Door: doors, Groups: []cardea.Group{grp("g2")}}, &l), cardea.Conflict)
		wantClass(t, w.SaveDoorRead(ctx, store.DoorChange{Door: "nobody", Groups: []cardea.Group{grp("g2")}}, nil), cardea.NotFound)
		same(t, "groups", ok(w.DoorState(ctx, doors)).Groups, []cardea.Group{grp("g1")})
	})
}

func TestDoorStateOfPeopleFindsTheirAccountsEveryWay(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveDoorRead(ctx, fullRead(noon), nil))
		read(t, w, space, cardea.Person{ID: "bea", Email: " B@x.test"}, cardea.Person{ID: "cy"}, cardea.Person{ID: "lin"},
			cardea.Person{ID: "led"})
		answer(t, w, store.Outcome{
			Op:   cardea.Operation{Key: "k1", Verb: cardea.VerbLink, Person: "rnd/person:lin", Account: "a"},
			Link: &cardea.Link{Person: "rnd/person:lin", Account: "a", How: "email"},
		})
		row := cardea.LedgerRow{Group: "g1", Account: "b", Person: "rnd/person:led", Window: cardea.Forever, PutAt: noon}
		answer(t, w, store.Outcome{
			Op: cardea.Operation{Key: "k2", Verb: cardea.VerbAdopt, Group: "g1", Account: "b"}, Ledger: &row,
		})
		for person, want := range map[cardea.PersonID]cardea.AccountID{
			"rnd/person:lin": "a", "rnd/person:cy": "c", "rnd/person:bea": "b", "rnd/person:led": "b",
		} {
			d := ok(w.DoorStateOf(ctx, doors, []cardea.PersonID{person, person}))
			if len(d.Accounts) != 1 || d.Accounts[0].ID != want || len(d.Groups) != 2 || d.ReadAt != noon {
				t.Errorf("%s: %+v", person, d)
			}
		}
		d := ok(w.DoorStateOf(ctx, doors, []cardea.PersonID{"rnd/person:lin", "rnd/person:bea", "rnd/person:nobody", "nonsense"}))
		same(t, "edges", keysOf(d.Edges), []string{"g1/a", "g1/b", "g2/a"})
		place := slices.IndexFunc(d.Accounts, func(a cardea.Account) bool { return a.ID == "a" })
		same(t, "links", d.Links, []cardea.Link{{Person: "rnd/person:lin", Account: "a", How: "email", Nth: int32(place)}})
		if len(d.Ledger) != 1 || d.Ledger[0].Person != "rnd/person:led" {
			t.Errorf("ledger %v", d.Ledger)
		}
		if d := ok(w.DoorStateOf(ctx, doors, nil)); len(d.Accounts) != 0 || len(d.Groups) != 2 {
			t.Errorf("nobody has %+v", d)
		}
	})
}

func answer(tb testing.TB, w *store.Workspace, o store.Outcome) {
	tb.Helper()
	if o.At == 0 {
		o.At = noon
	}
	must(tb, w.Answered(tb.Context(), doors, "run1", o, nil))
}

func TestInStepKeepsTheMostOfEachHour(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveInStep(ctx, doors, noon, map[cardea.GroupID]int{"g1": 5, "g2": 7}))
		must(t, w.SaveInStep(ctx, doors, noon+cardea.Minute, map[cardea.GroupID]int{"g1": 9, "g2": 1}))
		must(t, w.SaveInStep(ctx, doors, noon+2*cardea.Minute, map[cardea.GroupID]int{"g1": 2}))
		must(t, w.SaveInStep(ctx, doors, noon+cardea.Hour, map[cardea.GroupID]int{"g1": 3}))
		same(t, "since noon", ok(w.InStep(ctx, doors, noon)), map[cardea.GroupID]int{"g1": 9, "g2": 7})
		same(t, "since one", ok(w.InStep(ctx, doors, noon+cardea.Hour+cardea.Minute)), map[cardea.GroupID]int{"g1": 3})
		same(t, "since two", ok(w.InStep(ctx, doors, noon+2*cardea.Hour)), map[cardea.GroupID]int{})
	})
}

func TestBigDoorReadsTravelInChunks(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		c := store.DoorChange{
			Door: doors, At: noon, Groups: []cardea.Group{grp("g1")}, EdgesOf: []cardea.GroupID{"g1"}, AccountsWhole: true,
		}
		for i := range 2501 {
			id := fmt.Sprintf("a%d", i)
			c.Accounts, c.Edges = append(c.Accounts, acc(id)), append(c.Edges, edgeOf("g1", id))
		}
		must(t, w.SaveDoorRead(ctx, c, nil))
		c.Accounts, c.Edges = c.Accounts[:2001], c.Edges[:1500]
		must(t, w.SaveDoorRead(ctx, c, nil))
		d := ok(w.DoorState(ctx, doors))
		if len(d.Accounts) != 2001 || len(d.Edges) != 1500 {
			t.Errorf("%d accounts, %d edges", len(d.Accounts), len(d.Edges))
		}
	})
}

// TestStaffStaySoUntilTwoListingsSayOtherwise shows an account without its mark in every way that a row is written.
func TestStaffStaySoUntilTwoListingsSayOtherwise(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		c := fullRead(noon)
		c.StaffAfter = time.Hour
		must(t, w.SaveDoorRead(ctx, c, nil))
		staff := func(what, want string) {
			t.Helper()
			d := ok(w.DoorState(ctx, doors))
			i := slices.IndexFunc(d.Accounts, func(a cardea.Account) bool { return a.ID == "c" })
			if got := d.Accounts[i].Staff; got != want {
				t.Fatalf("%s: staff %q, want %q", what, got, want)
			}
		}
		list := func(after time.Duration, mark string) {
			t.Helper()
			c.At, c.Accounts[2].Staff = noon.Add(after), mark
			must(t, w.SaveDoorRead(ctx, c, nil))
		}
		must(t, w.SaveDoorRead(ctx, store.DoorChange{Door: doors, At: noon.Add(time.Minute), Accounts: []cardea.Account{{ID: "c"}}}, nil))
		staff("read by itself", "owner")
		list(2*time.Hour, "")
		list(2*time.Hour+time.Minute, "")
		staff("listed twice within the hour", "owner")
		list(3*time.Hour, "owner")
		list(4*time.Hour, "")
		staff("listed as staff in between", "owner")
		list(5*time.Hour, "")
		staff("listed twice, an hour apart", "")
		list(6*time.Hour, "manager")
		staff("made staff again", "manager")
	})
}
