package change_test

import (
	"slices"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// gate is a system with units: it holds no times, can lock, and keeps the person on each entry.
func gate() change.Input {
	in := ana()
	in.Limits = cardea.Limits{Locks: true, NamesEdges: true}
	in.Policies["A"] = cardea.Policy{Group: "A", Mode: cardea.Shared, Ours: true}
	in.Groups = []cardea.Group{{ID: "A", Name: "A-1", Unit: cardea.UnitRented}}
	return in
}

// held is ana's entry of unit A, ours.
func inUnit(in change.Input, e cardea.Edge) change.Input {
	in.Edges = []cardea.Edge{e}
	in.Ledger = []cardea.LedgerRow{row("a1", "ana", cardea.Forever, nil)}
	return in
}

func TestLockedRentalShutsTheEntryAndLeavesItThere(t *testing.T) {
	t.Parallel()
	in := inUnit(gate(), edge("a1", cardea.Forever))
	in.Cause = always(cardea.CauseLocked)
	if o := one(t, in); o.Verb != cardea.VerbLock || o.Cause != cardea.CauseLocked || o.Held != nil || o.Was == nil {
		t.Fatalf("%+v", o)
	}
	in.Blind = map[cardea.GroupID]string{"A": "people are incomplete"}
	if o := one(t, in); o.Held != nil {
		t.Fatalf("a lock waits: %+v", o)
	}
	in.Edges[0].Shut = true
	none(t, in)
}

func TestUnlockedRentalOpensTheEntryAgain(t *testing.T) {
	t.Parallel()
	e := edge("a1", cardea.Forever)
	e.Shut = true
	in := inUnit(gate(), e)
	in.Wanted = []cardea.Grant{grant("ana", standing())}
	if o := one(t, in); o.Verb != cardea.VerbUnlock || o.Account != "a1" {
		t.Fatalf("%+v", o)
	}
}

func TestMoveOutTakesALockedEntryAway(t *testing.T) {
	t.Parallel()
	e := edge("a1", cardea.Forever)
	e.Shut = true
	in := inUnit(gate(), e)
	in.Cause = always(cardea.CauseEnded)
	if o := one(t, in); o.Verb != cardea.VerbRemove || o.Cause != cardea.CauseEnded {
		t.Fatalf("%+v", o)
	}
}

func TestEntryGetsTheAttributesOfItsUnit(t *testing.T) {
	t.Parallel()
	e := edge("a1", cardea.Forever)
	e.Profile, e.TimeGroup = "Gate only", "24 hours"
	in := inUnit(gate(), e)
	in.Wanted = []cardea.Grant{grant("ana", standing())}
	in.Attributes = map[cardea.GroupID]cardea.Attributes{"A": {Profile: "gate ONLY"}}
	none(t, in)
	in.Attributes["A"] = cardea.Attributes{Profile: "All areas"}
	if o := one(t, in); o.Verb != cardea.VerbReprofile || o.Profile != "All areas" || o.TimeGroup != "" {
		t.Fatalf("%+v", o)
	}
	in.Edges, in.Ledger = nil, nil
	in.Wanted[0].Reasons = []cardea.Reason{{Rule: cardea.RuleUnit, Guest: true}}
	if o := one(t, in); o.Verb != cardea.VerbAdd || o.Profile != "All areas" || !o.Guest {
		t.Fatalf("%+v", o)
	}
}

func TestUnitsAreMadeFreelyAndRenamedOrDeletedByAPerson(t *testing.T) {
	t.Parallel()
	in := gate()
	in.Mapped = append(in.Mapped, "B")
	in.Groups = append(in.Groups, cardea.Group{ID: "old", Name: "C-1", Unit: cardea.UnitVacant},
		cardea.Group{ID: "gone", Name: "D-1", Unit: cardea.UnitVacant})
	in.Units = []cardea.Unit{
		{Number: "A-1", Group: "A"}, {Number: "B-1", Group: "B"}, {Number: "C-2", Group: "new", Was: "old"},
		{Number: "D-1", Group: "gone", Gone: true}, {Number: "E-1", Group: "never", Gone: true},
	}
	in.Policies["B"] = cardea.Policy{Group: "B", Mode: cardea.Shared, Ours: true}
	in.Wanted = []cardea.Grant{{Person: "rnd/person:ana", Group: "B", Windows: []cardea.Window{standing()}, Reasons: because(cardea.RuleUnit, "r", standing())}}
	cs, _ := change.Plan(in)
	var got []string
	for _, o := range cs.Operations {
		got = append(got, string(o.Verb)+" "+string(o.Group)+" "+string(held(o)))
	}
	want := []string{"add-unit B ", "add B ", "delete-unit gone units", "rename-unit old units"}
	if !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	in.Released = map[cardea.OpKey]bool{}
	for _, o := range cs.Operations {
		in.Released[o.Key] = true
	}
	if cs, _ := change.Plan(in); len(cs.Held()) != 0 {
		t.Fatalf("released and still held: %+v", cs.Held())
	}
}

func TestMoveOutComesBeforeMoveInWhoeverElseMoves(t *testing.T) {
	t.Parallel()
	// Ana moves from A to B, ben from B to A.
	in := gate()
	in.Cause = always(cardea.CauseMoved)
	in.Groups = append(in.Groups, cardea.Group{ID: "B", Name: "B-1", Unit: cardea.UnitRented})
	in.Mapped = append(in.Mapped, "B")
	in.Policies["B"] = cardea.Policy{Group: "B", Mode: cardea.Shared, Ours: true}
	in.Links = append(in.Links, cardea.Link{Person: "rnd/person:ben", Account: "b1"})
	in.Accounts = append(in.Accounts, cardea.Account{ID: "b1"})
	in.Edges = []cardea.Edge{{Group: "A", Account: "a1", Window: cardea.Forever}, {Group: "B", Account: "b1", Window: cardea.Forever}}
	in.Ledger = []cardea.LedgerRow{
		{Group: "A", Account: "a1", Person: "rnd/person:ana", Window: cardea.Forever},
		{Group: "B", Account: "b1", Person: "rnd/person:ben", Window: cardea.Forever},
	}
	in.Wanted = []cardea.Grant{
		{Person: "rnd/person:ben", Group: "A", Windows: []cardea.Window{standing()}, Reasons: because(cardea.RuleUnit, "r", standing())},
		{Person: "rnd/person:ana", Group: "B", Windows: []cardea.Window{standing()}, Reasons: because(cardea.RuleUnit, "s", standing())},
	}
	cs, _ := change.Plan(in)
	var verbs []cardea.Verb
	for _, o := range cs.Operations {
		verbs = append(verbs, o.Verb)
	}
	if want := []cardea.Verb{cardea.VerbRemove, cardea.VerbRemove, cardea.VerbAdd, cardea.VerbAdd}; !slices.Equal(verbs, want) {
		t.Fatalf("%v", verbs)
	}
}
