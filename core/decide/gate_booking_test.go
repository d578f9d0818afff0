package decide_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

// TestPassGateOfBookings has Ana with a pass, Ben without one and Vic, who visits, in one booking: with passgate_bookings members need
// a pass for what is booked too, and visitors do not.
func TestPassGateOfBookings(t *testing.T) {
	t.Parallel()
	d := small()
	d.Bookings = []cardea.Booking{{
		ID: "b", Resource: "elephant", Person: "ben", Members: []string{"ana"}, Visitors: []string{"vic"},
		Start: at("2026-11-23T11:00:00Z"), End: at("2026-11-23T13:00:00Z"),
	}}
	d.Passes = []cardea.Pass{{ID: "p1", Person: "ana", Type: "day", HalfCount: 4, Until: day("2026-11-23")}}
	s := settings(mapped(cardea.ItemBookables, "elephant", "g"))
	s.PassGateBookings = true
	for _, c := range []struct {
		gate   string
		want   []cardea.PersonID
		issues int
	}{
		{"off", []cardea.PersonID{person("ana"), person("ben"), visitor("vic")}, 0},
		{"report", []cardea.PersonID{person("ana"), person("ben"), visitor("vic")}, 1},
		{"on", []cardea.PersonID{person("ana"), visitor("vic")}, 0},
	} {
		s.PassGate = c.gate
		x := decide.New(d, s)
		wantPeople(t, x, "g", midday, c.want...)
		issues := x.GateIssues(at(midday))
		if len(issues) != c.issues {
			t.Errorf("%s: the issues are %v", c.gate, issues)
		}
		if c.issues == 1 && !strings.HasPrefix(issues[0].Text, "1 person passes by an agreement or booking and has no valid pass") {
			t.Errorf("%s: the issue says %q", c.gate, issues[0].Text)
		}
		if feeds := x.Feeds("g"); slices.Contains(feeds, cardea.KindPass) != (c.gate == "on") {
			t.Errorf("%s: the group rests on %v", c.gate, feeds)
		}
	}
	s.PassGate = "on"
	x := decide.New(d, s)
	was := []cardea.Reason{{
		Integration: s.Integration, Rule: cardea.RuleBooking, Record: d.Bookings[0].Key(), Kind: cardea.ItemBookables, Item: "elephant",
	}}
	if cause := x.Cause(person("ben"), "g", was, at(midday)); cause != cardea.CauseGate {
		t.Errorf("the cause of a pass that is lacking is %q", cause)
	}
	for p, want := range map[cardea.PersonID][]string{
		person("ben"): {"gate: no-pass"}, person("ana"): {"gate: yes"}, visitor("vic"): nil,
	} {
		var got []string
		for _, c := range x.Explain(p, "g", at(midday)).Considered {
			for _, step := range c.Steps {
				if step.Asks == "gate" && c.Rule == cardea.RuleBooking {
					got = append(got, "gate: "+string(step.Says))
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: the steps say %v of the gate, want %v", p, got, want)
		}
	}
	// A series that goes on longer than the pass is cut to it.
	d.Bookings[0].RRule = "FREQ=DAILY"
	x = decide.New(d, s)
	wantPeople(t, x, "g", midday, person("ana"), visitor("vic"))
	wantPeople(t, x, "g", "2026-11-24T12:00:00Z", visitor("vic"))
	// Left out, only agreements are asked for passes.
	s.PassGateBookings = false
	wantPeople(t, decide.New(d, s), "g", midday, person("ana"), person("ben"), visitor("vic"))
}

// TestASuspendedPersonIsNamedAndNotTheirMembership: the lock is on the person (RULES.md LOCK, level all), on the payer where a contract
// lets a team in, and on the record where that is locked.
func TestASuspendedPersonIsNamedAndNotTheirMembership(t *testing.T) {
	t.Parallel()
	m := mapped(cardea.ItemResources, "office", "g")
	lock := func(d cardea.Directory, who string) string {
		for _, c := range decide.New(d, settings(m)).Explain(person(who), "g", at(midday)).Considered {
			if last := c.Steps[len(c.Steps)-1]; c.Verdict == cardea.IsLocked && last.Asks == cardea.AskLock && last.Key != nil {
				return last.Key.String()
			}
		}
		return "not locked"
	}
	d := paying()
	d.People[0].Suspended = true
	if got := lock(d, "ana"); got != "person:ana" {
		t.Errorf("who is suspended reads %s", got)
	}
	if got := lock(d, "ben"); got != "not locked" {
		t.Errorf("a colleague of who is suspended reads %s", got)
	}
	d = paying()
	d.People[3].Suspended = true
	for _, who := range []string{"ana", "ben", "dee"} {
		if got := lock(d, who); got != "person:dee" {
			t.Errorf("%s, for whom a suspended member pays, reads %s", who, got)
		}
	}
	d = paying()
	d.Agreements[0].Locked = true
	if got := lock(d, "dee"); !strings.HasPrefix(got, "agreement:") {
		t.Errorf("a locked agreement reads %s", got)
	}
}
