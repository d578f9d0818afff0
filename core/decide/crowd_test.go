package decide_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

// paying is the small world in which Dee, who is in no team, pays for Acme, and Ana is in a second team too.
func paying() cardea.Directory {
	d := small()
	d.Teams = append(d.Teams, cardea.Team{ID: "beta", Name: "Beta", Status: cardea.Present})
	d.Teams[0].PayingMember = "dee"
	d.People[0].Teams = []string{"beta"}
	d.Agreements = []cardea.Agreement{
		{ID: "1", Person: "dee", Plan: "hot", Location: "lon", Approved: true, Start: day("2026-01-01")},
	}
	d.Assignments = []cardea.Assignment{{ID: "1-office", Agreement: "1", Resource: "office"}}
	return d
}

func TestThePayingMembersContractLetsTheTeamInByWhatItIsAssignedTo(t *testing.T) {
	t.Parallel()
	ana, ben, cy, dee := person("ana"), person("ben"), person("cy"), person("dee")
	for _, m := range []cardea.Mapping{
		mapped(cardea.ItemResources, "office", "g"), mapped(cardea.ItemFloors, "f1", "g"), mapped(cardea.ItemLocations, "lon", "g"),
	} {
		x := decide.New(paying(), settings(m))
		wantPeople(t, x, "g", midday, ana, ben, dee)
		wantVerdict(t, x, ana, midday, ruleOf(m.Kind), "1", cardea.Yes)
		wantVerdict(t, x, cy, midday, ruleOf(m.Kind), "1", cardea.HasLeft)
	}
	// Its plan grants the person.
	x := decide.New(paying(), settings(mapped(cardea.ItemPlans, "hot", "g")))
	wantPeople(t, x, "g", midday, dee)
}

func ruleOf(k cardea.ItemKind) cardea.Rule {
	switch k {
	case cardea.ItemFloors:
		return cardea.RuleFloor
	case cardea.ItemLocations:
		return cardea.RuleLocation
	}
	return cardea.RuleResource
}

func TestThePayingMemberPaysForEachTeamAndForNobodyTwice(t *testing.T) {
	t.Parallel()
	d := paying()
	d.Teams[1].PayingMember = "dee"
	d.People[3].Team = "beta" // the payer is in one of them too
	x := decide.New(d, settings(mapped(cardea.ItemResources, "office", "g")))
	for _, g := range x.Grants(span("2026-11-23", "2026-11-24")) {
		if len(g.Reasons) != 1 {
			t.Errorf("%s has %d reasons: %+v", g.Person, len(g.Reasons), g.Reasons)
		}
	}
	wantPeople(t, x, "g", midday, person("ana"), person("ben"), person("dee"))
}

func TestATeamThatIsGoneIsPaidForNoMore(t *testing.T) {
	t.Parallel()
	d := paying()
	d.Gone = []cardea.Gone{{Key: d.Teams[0].Key(), Cause: cardea.CauseDeleted}}
	x := decide.New(d, settings(mapped(cardea.ItemResources, "office", "g")))
	wantPeople(t, x, "g", midday, person("dee"))
}

func TestSuspension(t *testing.T) {
	t.Parallel()
	m := mapped(cardea.ItemResources, "office", "g")
	d := paying()
	d.People[0].Suspended = true
	x := decide.New(d, settings(m))
	wantPeople(t, x, "g", midday, person("ben"), person("dee"))
	wantVerdict(t, x, person("ana"), midday, cardea.RuleResource, "1", cardea.IsLocked)
	// The payer's lock drops what their contracts give, for all.
	d = paying()
	d.People[3].Suspended = true
	x = decide.New(d, settings(m))
	wantPeople(t, x, "g", midday)
	wantVerdict(t, x, person("ben"), midday, cardea.RuleResource, "1", cardea.IsLocked)
	was := decide.New(paying(), settings(m)).Grants(span("2026-11-23", "2026-11-24"))
	for _, g := range was {
		if cause := x.Cause(g.Person, "g", g.Reasons, at(midday)); cause != cardea.CauseLocked {
			t.Errorf("%s: %s", g.Person, cause)
		}
	}
	// Bookings and passes are dropped too.
	d = small()
	d.People[1].Suspended = true
	d.Bookings = []cardea.Booking{{
		ID: "b", Resource: "elephant", Person: "ana", Members: []string{"ben"}, Start: at("2026-11-23T11:00:00Z"), End: at("2026-11-23T13:00:00Z"),
	}}
	wantPeople(t, decide.New(d, settings(mapped(cardea.ItemBookables, "elephant", "g"))), "g", midday, person("ana"))
}

func TestPeopleCountInEachOfTheirTeams(t *testing.T) {
	t.Parallel()
	d := paying()
	d.Agreements[0].Person, d.Agreements[0].Team = "", "beta"
	x := decide.New(d, settings(mapped(cardea.ItemPlans, "hot", "g")))
	wantPeople(t, x, "g", midday, person("ana"))
	wantVerdict(t, x, person("ana"), midday, cardea.RulePlan, "1", cardea.Yes)
}

func TestSharedPasses(t *testing.T) {
	t.Parallel()
	d := paying()
	d.Passes = []cardea.Pass{{ID: "p", Person: "ben", Type: "day", Location: "lon", HalfCount: 2}}
	m := mapped(cardea.ItemPasses, "day", "g")
	wantPeople(t, decide.New(d, settings(m)), "g", midday, person("ben"))
	d.Teams[0].SharesPasses = true
	x := decide.New(d, settings(m))
	wantPeople(t, x, "g", midday, person("ana"), person("ben"), person("dee"))
	wantVerdict(t, x, person("ana"), midday, cardea.RuleDayPass, "p", cardea.Yes)
}

func TestSlotsCutWhereTheMappingSaysSo(t *testing.T) {
	t.Parallel()
	d := small()
	d.Passes = []cardea.Pass{
		{ID: "p", Person: "ana", Type: "evening", Location: "lon", HalfCount: 2, Slots: hours(map[string]string{"mon": "18:00-22:00"})},
		{ID: "q", Person: "ben", Type: "evening", Location: "lon", HalfCount: 2, Slots: hours(map[string]string{"mon": "18:00-22:00"})},
		{ID: "r", Person: "dee", Type: "evening", Location: "lon", HalfCount: 2},
	}
	m := mapped(cardea.ItemPasses, "evening", "g")
	wantPeople(t, decide.New(d, settings(m)), "g", midday, person("ana"), person("ben"), person("dee"))
	m.Slots = true
	x := decide.New(d, settings(m))
	wantPeople(t, x, "g", midday, person("dee"))
	wantPeople(t, x, "g", "2026-11-23T18:00:00Z", person("ana"), person("ben"), person("dee"))
	wantPeople(t, x, "g", "2026-11-24T18:00:00Z", person("dee"))
	e := x.Explain(person("ana"), "g", at(midday))
	if e.Open || len(e.Considered) != 1 || e.Considered[0].Verdict != cardea.ByHours ||
		e.Considered[0].Steps[len(e.Considered[0].Steps)-1].Asks != cardea.AskSlots {
		t.Errorf("%+v", e)
	}
	if e.Next == nil || e.Next.From != at("2026-11-23T18:00:00Z") {
		t.Errorf("next %v", e.Next)
	}
}

func TestTheDayOfACancellation(t *testing.T) {
	t.Parallel()
	d := paying()
	d.Agreements[0].End = day("2026-11-23")
	s := settings(mapped(cardea.ItemPlans, "hot", "g"))
	wantPeople(t, decide.New(d, s), "g", midday, person("dee"))
	s.CancellationOut = true
	x := decide.New(d, s)
	wantPeople(t, x, "g", midday)
	wantPeople(t, x, "g", "2026-11-22T23:59:59Z", person("dee"))
	wantVerdict(t, x, person("dee"), midday, cardea.RulePlan, "1", cardea.Ended)
}

func TestAVisitorWhomTheHostRejectedGetsNothing(t *testing.T) {
	t.Parallel()
	d := small()
	d.Bookings = []cardea.Booking{{
		ID: "b", Resource: "elephant", Person: "ana", Visitors: []string{"vic"}, Start: at("2026-11-23T11:00:00Z"), End: at("2026-11-23T13:00:00Z"),
	}}
	s := settings(mapped(cardea.ItemBookables, "elephant", "g"))
	wantPeople(t, decide.New(d, s), "g", midday, person("ana"), visitor("vic"))
	d.People[4].Status = cardea.Left
	x := decide.New(d, s)
	wantPeople(t, x, "g", midday, person("ana"))
	wantVerdict(t, x, visitor("vic"), midday, cardea.RuleBooking, "b", cardea.NotApproved)
}
