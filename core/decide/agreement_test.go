package decide_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

const midday = "2026-11-23T12:00:00Z"

func agreement(id, who, team, plan string) cardea.Agreement {
	return cardea.Agreement{ID: id, Person: who, Team: team, Plan: plan, Location: "lon", Approved: true, Start: day("2026-11-01")}
}

func TestPlanGivesItsGroupsByDate(t *testing.T) {
	t.Parallel()
	d := small()
	a := agreement("1", "ana", "acme", "hot")
	a.End = day("2026-11-30")
	d.Agreements = []cardea.Agreement{a}
	x := decide.New(d, settings(mapped(cardea.ItemPlans, "hot", "g", "h")))
	got := granted(x, "g", span("2026-11-23", "2026-11-24"))
	wantWindows(t, got[person("ana")], span("2026-11-01", "2026-12-01"))
	wantPeople(t, x, "h", "2026-11-30T23:59:59Z", person("ana"))
	wantPeople(t, x, "h", "2026-12-01T00:00:00Z")
	wantVerdict(t, x, person("ana"), "2026-10-31T23:59:59Z", cardea.RulePlan, "1", cardea.NotYet)
	wantVerdict(t, x, person("ana"), "2026-12-01T00:00:00Z", cardea.RulePlan, "1", cardea.Ended)
	wantVerdict(t, x, person("ana"), midday, cardea.RulePlan, "1", cardea.Yes)
}

func TestEndDayIsItsWholeLastDayInTheZone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, location, zone string
		want                 cardea.Window
	}{
		{"the agreement's own location", "nyc", "", span("2026-11-02T05:00:00Z", "2026-12-01T05:00:00Z")},
		{"an operator's zone beats the vendor's", "nyc", "Asia/Beirut", span("2026-11-01T22:00:00Z", "2026-11-30T22:00:00Z")},
		{"no location: the holder's home", "", "", span("2026-11-02T00:00:00Z", "2026-12-01T00:00:00Z")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := small()
			a := agreement("1", "ana", "", "hot")
			a.Location, a.Start, a.End = c.location, day("2026-11-02"), day("2026-11-30")
			d.Agreements = []cardea.Agreement{a}
			s := settings(mapped(cardea.ItemPlans, "hot", "g"))
			s.Zone = "Pacific/Apia" // never reached
			if c.zone != "" {
				s.Sites = map[string]cardea.LocationSettings{"nyc": {Zone: c.zone}}
			}
			wantWindows(t, granted(decide.New(d, s), "g", span("2026-11-23", "2026-11-24"))[person("ana")], c.want)
		})
	}
}

func TestDaysBeginWhereMidnightDoesNotExist(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, start, end, from, until string
	}{
		{"Asia/Beirut", "2026-03-29", "2026-03-29", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"},
		{"America/Asuncion", "2023-10-01", "2023-10-01", "2023-10-01T04:00:00Z", "2023-10-02T03:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-04", "2026-10-04", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z"},
		{"Pacific/Apia", "2011-12-29", "2011-12-30", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"Europe/London", "2026-10-25", "2026-10-25", "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z"},
	} {
		t.Run(c.zone, func(t *testing.T) {
			t.Parallel()
			d := small()
			a := agreement("1", "ana", "", "hot")
			a.Start, a.End = day(c.start), day(c.end)
			d.Agreements = []cardea.Agreement{a}
			s := settings(mapped(cardea.ItemPlans, "hot", "g"))
			s.Sites = map[string]cardea.LocationSettings{"lon": {Zone: c.zone}}
			wantWindows(t, granted(decide.New(d, s), "g", span(c.from, c.until))[person("ana")], span(c.from, c.until))
		})
	}
}

func TestUnapprovedAgreementGivesNothing(t *testing.T) {
	t.Parallel()
	d := small()
	a := agreement("1", "ana", "", "hot")
	a.Approved = false
	d.Agreements = []cardea.Agreement{a}
	x := decide.New(d, settings(mapped(cardea.ItemPlans, "hot", "g")))
	wantPeople(t, x, "g", midday)
	wantVerdict(t, x, person("ana"), midday, cardea.RulePlan, "1", cardea.NotApproved)
}

func TestHolderIsThePersonNamedElseTheTeam(t *testing.T) {
	t.Parallel()
	d := small()
	d.Agreements = []cardea.Agreement{agreement("1", "", "acme", "hot"), agreement("2", "ana", "acme", "night"),
		agreement("3", "cy", "acme", "night")}
	x := decide.New(d, settings(mapped(cardea.ItemPlans, "hot", "g"), mapped(cardea.ItemPlans, "night", "n")))
	wantPeople(t, x, "g", midday, person("ana"), person("ben"))
	wantPeople(t, x, "n", midday, person("ana"), person("cy")) // named: whatever the status
	wantVerdict(t, x, person("cy"), midday, cardea.RulePlan, "1", cardea.HasLeft)
	if got := verdict(x.Explain(person("ben"), "n", at(midday)), cardea.RulePlan, "2"); got != cardea.OtherHolder {
		t.Errorf("a colleague's agreement: got %q", got)
	}
	var codes []string
	for _, i := range x.Issues() {
		codes = append(codes, i.Code+" "+i.Record.ID)
	}
	if len(codes) != 1 || codes[0] != decide.IssueLeftHolder+" 3" {
		t.Errorf("issues: %v", codes)
	}
}

func assigned(resource string, as ...cardea.Assignment) cardea.Directory {
	d := small()
	a := agreement("1", "ana", "acme", "hot")
	d.Agreements = []cardea.Agreement{a}
	d.Assignments = append(as, cardea.Assignment{ID: "x", Agreement: "1", Resource: resource, Start: day("2026-11-10"),
		End: day("2026-11-20")})
	return d
}

func TestResourceGivesItsOwnGroupsAndItsParents(t *testing.T) {
	t.Parallel()
	x := decide.New(assigned("office"), settings(
		mapped(cardea.ItemResources, "desk", "desk"), mapped(cardea.ItemResources, "office", "g"), mapped(cardea.ItemResources,
			"suite", "suite")))
	wantPeople(t, x, "g", "2026-11-15T12:00:00Z", person("ana"))
	wantPeople(t, x, "suite", "2026-11-15T12:00:00Z", person("ana"))
	wantPeople(t, x, "desk", "2026-11-15T12:00:00Z") // never downwards
	got := x.Grants(span("2026-11-15", "2026-11-16"))
	if want := []cardea.Key{{Kind: cardea.KindAssignment, ID: "x"}, {Kind: cardea.KindResource,
		ID: "office"}}; got[0].Reasons[0].Via[0] != want[0] ||
		got[0].Reasons[0].Via[1] != want[1] {
		t.Errorf("via: got %v, want %v", got[0].Reasons[0].Via, want)
	}
}

func TestResourceNeedsAgreementAndAssignment(t *testing.T) {
	t.Parallel()
	d := assigned("desk")
	d.Agreements[0].End = day("2026-11-15")
	x := decide.New(d, settings(mapped(cardea.ItemResources, "suite", "g")))
	wantWindows(t, granted(x, "g", span("2026-11-11", "2026-11-12"))[person("ana")], span("2026-11-10", "2026-11-16"))
	wantVerdict(t, x, person("ana"), "2026-11-16T00:00:00Z", cardea.RuleResource, "1", cardea.Ended)
}

func TestFloorAndLocationComeFromAnAssignmentOnly(t *testing.T) {
	t.Parallel()
	s := settings(mapped(cardea.ItemLocations, "lon", "l"), mapped(cardea.ItemFloors, "f1", "g"))
	x := decide.New(assigned("desk"), s)
	wantPeople(t, x, "g", "2026-11-15T12:00:00Z", person("ana"))
	wantPeople(t, x, "l", "2026-11-15T12:00:00Z", person("ana"))
	wantPeople(t, x, "g", "2026-11-21T00:00:00Z")
	d := small()
	d.Agreements = []cardea.Agreement{agreement("1", "ana", "acme", "hot")}
	bare := decide.New(d, s)
	wantPeople(t, bare, "l", "2026-11-15T12:00:00Z")
	wantVerdict(t, bare, person("ana"), midday, cardea.RuleResource, "1", cardea.NotAssigned)
}

func TestScopeIsTheReasonsLocation(t *testing.T) {
	t.Parallel()
	d := assigned("desk")
	d.Agreements[0].Location = "nyc"
	d.Agreements = append(d.Agreements, agreement("2", "ben", "", "night"))
	d.Agreements[1].Location = ""
	s := settings(mapped(cardea.ItemPlans, "hot", "p"), mapped(cardea.ItemPlans, "night", "n"), mapped(cardea.ItemResources,
		"office", "r"))
	s.Locations = []string{"lon"}
	x := decide.New(d, s)
	wantPeople(t, x, "p", "2026-11-15T12:00:00Z")                // the agreement's location is out
	wantPeople(t, x, "r", "2026-11-15T12:00:00Z", person("ana")) // the desk is in
	wantPeople(t, x, "n", "2026-11-15T12:00:00Z", person("ben")) // no location at all: in, and an issue
	if got := verdict(x.Explain(person("ana"), "p", at(midday)), cardea.RulePlan, "1"); got != cardea.OutOfScope {
		t.Errorf("out of scope: got %q", got)
	}
	if is := x.Issues(); len(is) != 1 || is[0].Code != decide.IssueNoLocation {
		t.Errorf("issues: %v", is)
	}
}

func TestGoneRecordsGrantNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key   cardea.Key
		cause cardea.Cause
		want  cardea.Verdict
	}{
		{cardea.Key{Kind: cardea.KindAgreement, ID: "1"}, cardea.CauseDeleted, cardea.RecordDeleted},
		{cardea.Key{Kind: cardea.KindAssignment, ID: "x"}, cardea.CauseVanished, cardea.RecordMissing},
		{cardea.Key{Kind: cardea.KindResource, ID: "desk"}, cardea.CauseVanished, cardea.RecordMissing},
		{cardea.Key{Kind: cardea.KindPerson, ID: "ana"}, cardea.CauseDeleted, cardea.RecordDeleted},
	} {
		t.Run(c.key.String(), func(t *testing.T) {
			t.Parallel()
			d := assigned("desk")
			s := settings(mapped(cardea.ItemResources, "desk", "g"))
			before := decide.New(d, s).Grants(span("2026-11-15", "2026-11-16"))
			if len(before) != 1 {
				t.Fatalf("before: %v", before)
			}
			d.Gone = []cardea.Gone{{Key: c.key, Cause: c.cause}}
			x := decide.New(d, s)
			wantPeople(t, x, "g", "2026-11-15T12:00:00Z")
			wantVerdict(t, x, person("ana"), "2026-11-15T12:00:00Z", cardea.RuleResource, "1", c.want)
			if got := x.Cause(person("ana"), "g", before[0].Reasons, at("2026-11-15T12:00:00Z")); got != c.cause {
				t.Errorf("cause: got %s, want %s", got, c.cause)
			}
		})
	}
}

func TestAPauseCutsItsDaysOut(t *testing.T) {
	t.Parallel()
	d := small()
	a := agreement("1", "ana", "", "hot")
	a.End, a.PausedFrom, a.PausedUntil = day("2026-12-31"), day("2026-11-25"), day("2026-11-27")
	open := agreement("2", "ben", "", "hot")
	open.PausedFrom = day("2026-11-25")
	d.Agreements = []cardea.Agreement{a, open}
	s := settings(mapped(cardea.ItemPlans, "hot", "g"))
	x := decide.New(d, s)
	got := granted(x, "g", span("2026-11-23", "2026-12-24"))
	wantWindows(t, got[person("ana")], span("2026-11-01", "2026-11-25"), span("2026-11-28", "2027-01-01"))
	wantWindows(t, got[person("ben")], span("2026-11-01", "2026-11-25"))
	wantPeople(t, x, "g", "2026-11-24T23:59:59Z", person("ana"), person("ben"))
	wantPeople(t, x, "g", "2026-11-25T00:00:00Z")
	wantPeople(t, x, "g", "2026-11-28T00:00:00Z", person("ana"))
	wantVerdict(t, x, person("ana"), "2026-11-26T12:00:00Z", cardea.RulePlan, "1", cardea.IsPaused)
	wantVerdict(t, x, person("ana"), "2027-01-02T12:00:00Z", cardea.RulePlan, "1", cardea.Ended)
	if opens := x.Opens(at("2026-11-26")); opens != at("2026-11-28") {
		t.Errorf("it opens again %s", opens)
	}
	was := []cardea.Reason{{Integration: s.Integration, Rule: cardea.RulePlan, Record: a.Key(), Kind: cardea.ItemPlans, Item: "hot"}}
	if cause := x.Cause(person("ana"), "g", was, at("2026-11-26")); cause != cardea.CauseEnded {
		t.Errorf("in a pause the cause is %q", cause)
	}
	s.PausedKeep = true
	wantPeople(t, decide.New(d, s), "g", "2026-11-26T12:00:00Z", person("ana"), person("ben"))
}
