package opentech_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

// both runs a test with visitors that show their unit's state and with visitors that do not.
func both(t *testing.T, test func(t *testing.T, f *fake)) {
	t.Helper()
	for _, all := range []bool{false, true} {
		name := "a locked unit leaves its visitors alone"
		if all {
			name = "a locked unit shows its visitors as locked out"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.unitShutsAll = all
			f.unit(1, "1", "Vacant")
			test(t, f)
		})
	}
}

func TestLockingEverybodyLocksTheUnitAndUnlockingIsTheReverse(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fake) {
		es := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea")}
		grant(t, f.system(), es...)
		f.wrote()
		for range 2 {
			well(t, f.system().Lock(t.Context(), es)...)
		}
		is(t, "writes", f.wrote(), "units/1/disable")
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana shut; unit:1/p:rnd/person:bea shut guest")
		in := read(t, f.system(), kinds(cardea.KindGroup))
		if g := in.Collection(cardea.KindGroup).Records()[0].(cardea.Group); g.Unit != cardea.UnitLocked {
			t.Errorf("the unit is %s", g.Unit)
		}
		for range 2 {
			well(t, f.system().Unlock(t.Context(), es)...)
		}
		is(t, "writes", f.wrote(), "units/1/enable")
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana; unit:1/p:rnd/person:bea guest")
		if n := f.memory.count("unit"); n != 0 {
			t.Errorf("%d notes of units are left", n)
		}
	})
}

func TestLockingOneOfSeveralDisablesTheirVisitorOnly(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fake) {
		refs := grant(t, f.system(), edge("unit:1", "ana"), guest("unit:1", "bea"))
		f.wrote()
		well(t, f.system().Lock(t.Context(), []cardea.Edge{guest("unit:1", "bea")})...)
		is(t, "writes", f.wrote(), "visitors/"+refs[1]+"/disable")
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana; unit:1/p:rnd/person:bea shut guest")
		well(t, f.system().Lock(t.Context(), []cardea.Edge{edge("unit:1", "ana")})...)
		is(t, "status", f.status(1), "Delinquent")
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana shut; unit:1/p:rnd/person:bea shut guest")
		well(t, f.system().Unlock(t.Context(), []cardea.Edge{edge("unit:1", "ana")})...)
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana; unit:1/p:rnd/person:bea shut guest")
		well(t, f.system().Unlock(t.Context(), []cardea.Edge{guest("unit:1", "bea")})...)
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana; unit:1/p:rnd/person:bea guest")
	})
}

func TestUnlockingOneOfALockedUnitKeepsTheOthersShut(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fake) {
		es := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea"), guest("unit:1", "cid")}
		grant(t, f.system(), es...)
		revoke(t, f.system(), es[2])
		well(t, f.system().Lock(t.Context(), es[:2])...)
		is(t, "status", f.status(1), "Delinquent")
		well(t, f.system().Unlock(t.Context(), es[:1])...)
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana; unit:1/p:rnd/person:bea shut guest")
	})
}

func TestWhatTheGateLockedStaysLocked(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fake) {
		es := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea")}
		grant(t, f.system(), es...)
		f.units[0]["status"] = "Delinquent"
		f.wrote()
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana (the unit was locked at the gate); "+
			"unit:1/p:rnd/person:bea guest (the unit was locked at the gate)")
		well(t, f.system().Lock(t.Context(), es)...)
		for _, err := range f.system().Unlock(t.Context(), es) {
			class(t, err, cardea.Conflict)
		}
		_, errs := f.system().Grant(t.Context(), es)
		class(t, errs[0], cardea.Conflict)
		for _, err := range f.system().Revoke(t.Context(), es) {
			class(t, err, cardea.Conflict)
		}
		foreign := es[0]
		foreign.Foreign = "the unit was locked at the gate"
		class(t, f.system().Revoke(t.Context(), []cardea.Edge{foreign})[0], cardea.Rejected)
		is(t, "writes", f.wrote(), "")
	})
}

func TestAVisitorLockedOutAtTheGateIsNotOurs(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fake) {
		es := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea")}
		grant(t, f.system(), es...)
		f.visitors[0]["isEnabled"], f.visitors[0]["isLockedOut"] = false, true
		f.wrote()
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana (locked out at the gate); unit:1/p:rnd/person:bea guest")
		_, errs := f.system().Grant(t.Context(), es[:1])
		class(t, errs[0], cardea.Conflict)
		class(t, f.system().Unlock(t.Context(), es[:1])[0], cardea.Conflict)
		class(t, f.system().Revoke(t.Context(), es[:1])[0], cardea.Conflict)
		is(t, "writes", f.wrote(), "")

		well(t, f.system().Lock(t.Context(), es[1:])...) // the only one who passes
		well(t, f.system().Unlock(t.Context(), es[1:])...)
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana (locked out at the gate); unit:1/p:rnd/person:bea guest")

		revoke(t, f.system(), es[1])
		if f.status(1) == "Vacant" {
			t.Error("a tenant who was only locked out was moved out")
		}
	})
}

func TestALockedRentalThatEndsIsVacated(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fake) {
		es := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea")}
		grant(t, f.system(), es...)
		well(t, f.system().Lock(t.Context(), es)...)
		f.wrote()
		revoke(t, f.system(), es...)
		is(t, "writes", f.wrote(), "units/1/vacate")
		if f.memory.count("unit") != 0 || f.memory.count("visitor") != 0 {
			t.Error("notes are left")
		}
		grant(t, f.system(), edge("unit:1", "dan"))
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:dan")
	})
}

func TestAGuestTakenOffALockedUnitStaysOffWhenItIsUnlocked(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, f *fake) {
		es := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea")}
		grant(t, f.system(), es...)
		well(t, f.system().Lock(t.Context(), es)...)
		revoke(t, f.system(), es[1])
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana shut")
		well(t, f.system().Unlock(t.Context(), es[:1])...)
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana")
	})
}

func TestThatItIsSoAlreadyIsASuccess(t *testing.T) {
	t.Parallel()
	for _, says400 := range []bool{false, true} {
		f := newFake(t)
		f.says400 = says400
		f.unit(1, "1", "Vacant")
		es := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea")}
		grant(t, f.system(), es...)
		f.lostAnswer("disable")
		if err := f.system().Revoke(t.Context(), es[1:])[0]; cardea.ClassOf(err) != cardea.Unknown {
			t.Errorf("a lost answer is %v", err)
		}
		f.after = nil
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana")
		revoke(t, f.system(), es[1:]...)
		f.visitors[1]["isEnabled"], f.visitors[1]["isLockedOut"] = true, false // enabled at the gate: it is there again, and goes again
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana; unit:1/p:rnd/person:bea guest")
		f.visitors[1]["isEnabled"] = false
		well(t, f.system().Lock(t.Context(), es[:1])...)
		f.lostAnswer("enable")
		if err := f.system().Unlock(t.Context(), es[:1])[0]; cardea.ClassOf(err) != cardea.Unknown {
			t.Errorf("a lost answer is %v", err)
		}
		f.after = nil
		well(t, f.system().Unlock(t.Context(), es[:1])...)
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana")
	}
}

func TestARefusedRemovalLeavesTheEdgeAsItIs(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	es := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea")}
	grant(t, f.system(), es...)
	f.refuse("disable", 403)
	class(t, f.system().Revoke(t.Context(), es[1:])[0], cardea.Auth)
	for _, err := range f.system().Lock(t.Context(), es) {
		class(t, err, cardea.Auth)
	}
	f.before = nil
	// Somebody at the gate does what we could not: that is theirs.
	f.visitors[1]["isEnabled"] = false
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana; unit:1/p:rnd/person:bea guest (locked out at the gate)")
	f.units[0]["status"] = "Delinquent"
	if got := f.edges(); !strings.Contains(got, "ana (the unit was locked at the gate)") {
		t.Errorf("edges %s", got)
	}
}
