package decide_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

// TestPassGate has Ana with a pass until the 25th, Ben with one used up on the 20th, and a booking of Ben's.
func TestPassGate(t *testing.T) {
	t.Parallel()
	d := small()
	d.Agreements = []cardea.Agreement{agreement("1", "ana", "", "hot"), agreement("2", "ben", "", "hot")}
	d.Passes = []cardea.Pass{
		{ID: "p1", Person: "ana", Type: "day", HalfCount: 4, Until: day("2026-11-25")},
		{ID: "p2", Person: "ben", Type: "day", HalfCount: 2, HalfUsed: 2, UsedOn: at("2026-11-20T10:00:00Z"), Until: day("2026-12-25")},
	}
	s := settings(mapped(cardea.ItemPlans, "hot", "g"))
	s.PassTail = true
	said := func(x *decide.Index) string {
		for _, i := range x.GateIssues(at(midday)) {
			if i.Code == decide.IssueNoPass {
				return i.Text
			}
		}
		return ""
	}
	for _, gate := range []string{"", "off", "report"} {
		s.PassGate = gate
		x := decide.New(d, s)
		wantPeople(t, x, "g", midday, person("ana"), person("ben"))
		if text := said(x); strings.HasPrefix(text, "1 person passes by an agreement and has no valid pass,") != (gate == "report") {
			t.Errorf("gate %q says %q", gate, text)
		}
	}
	two := d
	two.Passes = d.Passes[1:]
	s.PassGate = "report"
	if text := said(decide.New(two, s)); !strings.HasPrefix(text, "2 people pass by their agreements and have no valid pass,") {
		t.Errorf("of two it says %q", text)
	}
	s.PassGate = "on"
	x := decide.New(d, s)
	if text := said(x); text != "" {
		t.Errorf("nobody passes without a pass, and it is said: %s", text)
	}
	wantPeople(t, x, "g", midday, person("ana"))
	wantPeople(t, x, "g", "2026-11-20T23:59:59Z", person("ana"), person("ben")) // it was used that day
	wantPeople(t, x, "g", "2026-11-25T23:59:59Z", person("ana"))
	wantPeople(t, x, "g", "2026-11-26T00:00:00Z")
	wantVerdict(t, x, person("ana"), midday, cardea.RulePlan, "1", cardea.Yes)
	wantVerdict(t, x, person("ben"), midday, cardea.RulePlan, "2", cardea.NoPass)
	was := []cardea.Reason{{
		Integration: s.Integration, Rule: cardea.RulePlan, Record: d.Agreements[1].Key(), Kind: cardea.ItemPlans, Item: "hot",
	}}
	if cause := x.Cause(person("ben"), "g", was, at(midday)); cause != cardea.CauseGate || cause.Positive() {
		t.Errorf("the cause of a pass that is lacking is %q", cause)
	}
	if feeds := x.Feeds("g"); !slices.Contains(feeds, cardea.KindPass) {
		t.Errorf("the group rests on %v", feeds)
	}
}

// TestPassGateSparesBookings: a room that is booked opens for who has no pass.
func TestPassGateSparesBookings(t *testing.T) {
	t.Parallel()
	d := small()
	room := d.Resources[0]
	room.Bookable = true
	d.Resources = []cardea.Resource{room}
	d.Bookings = []cardea.Booking{{
		ID: "b", Resource: room.ID, Person: "ben", Start: at("2026-11-23T11:00:00Z"), End: at("2026-11-23T13:00:00Z"),
	}}
	s := settings(mapped(cardea.ItemBookables, room.ID, "g"))
	s.PassGate = "on"
	wantPeople(t, decide.New(d, s), "g", midday, person("ben"))
}
