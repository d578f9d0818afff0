package decide_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

// rented is ana's rental of unit A-12 from 10 to 20 November, which lets ben in too. The unit stands in London.
func rented() cardea.Directory {
	d := small()
	a := agreement("1", "ana", "", "hot")
	a.Guests = []string{"ben"}
	d.Agreements = []cardea.Agreement{a}
	d.Resources = append(d.Resources, cardea.Resource{ID: "a12", Name: "A-12", Location: "lon", Unit: true})
	d.Assignments = []cardea.Assignment{{ID: "x", Agreement: "1", Resource: "a12", Start: day("2026-11-10"), End: day("2026-11-20")}}
	return d
}

func unitMapped() cardea.Settings { return settings(mapped(cardea.ItemUnits, "a12", "g")) }

func TestUnitOpensForItsTenantAndGuestsFromMoveInToMoveOut(t *testing.T) {
	t.Parallel()
	x := decide.New(rented(), unitMapped())
	for when, in := range map[string][]cardea.PersonID{
		"2026-11-09T23:59:59Z": nil,
		"2026-11-10T00:00:00Z": {person("ana"), person("ben")},
		"2026-11-20T23:59:59Z": {person("ana"), person("ben")},
		"2026-11-21T00:00:00Z": nil,
	} {
		wantPeople(t, x, "g", when, in...)
	}
	for _, g := range x.Grants(span("2026-11-11", "2026-11-12")) {
		if r := g.Reasons[0]; r.Rule != cardea.RuleUnit || r.Item != "a12" || r.Guest != (g.Person == person("ben")) {
			t.Errorf("%s: %+v", g.Person, r)
		}
	}
	wantVerdict(t, x, person("ben"), "2026-11-21T00:00:00Z", cardea.RuleUnit, "1", cardea.Ended)
	wantVerdict(t, x, person("ana"), "2026-11-11T00:00:00Z", cardea.RuleUnit, "1", cardea.Yes)
}

func TestGuestsOfARentalGetTheUnitAlone(t *testing.T) {
	t.Parallel()
	s := settings(mapped(cardea.ItemUnits, "a12", "g"), mapped(cardea.ItemPlans, "hot", "plan"),
		mapped(cardea.ItemLocations, "lon", "gate"))
	x := decide.New(rented(), s)
	wantPeople(t, x, "g", "2026-11-11T00:00:00Z", person("ana"), person("ben"))
	wantPeople(t, x, "plan", "2026-11-11T00:00:00Z", person("ana"))
	wantPeople(t, x, "gate", "2026-11-11T00:00:00Z", person("ana"))
}

func TestLockedRentalGivesNothingAndSaysSo(t *testing.T) {
	t.Parallel()
	d := rented()
	open := decide.New(d, unitMapped())
	was := map[cardea.PersonID][]cardea.Reason{}
	for _, g := range open.Grants(span("2026-11-11", "2026-11-12")) {
		was[g.Person] = g.Reasons
	}
	locked := rented()
	locked.Agreements[0].Locked = true
	x := decide.New(locked, unitMapped())
	wantPeople(t, x, "g", "2026-11-11T00:00:00Z")
	for _, p := range []cardea.PersonID{person("ana"), person("ben")} {
		wantVerdict(t, x, p, "2026-11-11T00:00:00Z", cardea.RuleUnit, "1", cardea.IsLocked)
		wantVerdict(t, x, p, "2026-11-21T00:00:00Z", cardea.RuleUnit, "1", cardea.Ended)
		if got := x.Cause(p, "g", was[p], at("2026-11-11T00:00:00Z")); got != cardea.CauseLocked {
			t.Errorf("%s: cause %s", p, got)
		}
		if got := x.Cause(p, "g", was[p], at("2026-11-21T00:00:00Z")); got != cardea.CauseEnded {
			t.Errorf("%s after the end: cause %s", p, got)
		}
	}
}

func TestLockLeavesWhatAnotherRentalGives(t *testing.T) {
	t.Parallel()
	d := rented()
	d.Agreements[0].Locked = true
	second := agreement("2", "ben", "", "hot")
	d.Agreements = append(d.Agreements, second)
	d.Assignments = append(d.Assignments, cardea.Assignment{ID: "y", Agreement: "2", Resource: "a12", Start: day("2026-11-10")})
	x := decide.New(d, unitMapped())
	wantPeople(t, x, "g", "2026-11-11T00:00:00Z", person("ben"))
}

func TestWhoIsNoGuestAnyMoreWasTakenOff(t *testing.T) {
	t.Parallel()
	before := decide.New(rented(), unitMapped()).Grants(span("2026-11-11", "2026-11-12"))
	d := rented()
	d.Agreements[0].Guests = nil
	x := decide.New(d, unitMapped())
	for _, g := range before {
		if g.Person == person("ben") {
			if got := x.Cause(g.Person, "g", g.Reasons, at("2026-11-11T12:00:00Z")); got != cardea.CauseMoved {
				t.Errorf("cause %s", got)
			}
		}
	}
	wantPeople(t, x, "g", "2026-11-11T12:00:00Z", person("ana"))
}
