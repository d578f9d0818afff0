package kinnovis

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

func dayOf(s string) cardea.Day {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return cardea.DayAt(d)
}

const inUnit1 = `"unit_id":"unit_1","shared_accesses":["cus_2"]`

// agreed reads one booking.
func agreed(t *testing.T, raw string) cardea.Agreement {
	t.Helper()
	v := newVendor(t)
	v.rows["/bookings"] = []string{raw}
	return first[cardea.Agreement](t, v.only(cardea.KindAgreement))
}

func TestHasAccessFalseLocksTheRentalAndWhomItIsSharedWith(t *testing.T) {
	t.Parallel()
	open := rented("b", "cus_1", inUnit1)
	for name, c := range map[string]struct {
		raw    string
		locked bool
	}{
		"has access":               {open, false},
		"switched off by hand":     {alter(open, `"has_access":true`, `"has_access":false`), true},
		"as a number":              {alter(open, `"has_access":true`, `"has_access":0`), true},
		"auto-lock":                {alter(open, `"has_access":true`, `"has_access":false,"auto_locked":true`), true},
		"auto-lock alone":          {alter(open, `"has_access":true`, `"has_access":true,"auto_locked":true`), true},
		"auto-lock lifted":         {alter(open, `"has_access":true`, `"has_access":true,"auto_locked":false`), false},
		"a word":                   {alter(open, `"active"`, `"auto-locked"`), true},
		"a word that is not known": {alter(open, `"active"`, `"in dunning"`), false},
	} {
		a := agreed(t, c.raw)
		if a.Locked != c.locked || !a.Approved || strings.Join(a.Guests, " ") != "cus_2" || a.End.Set {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestABookingThatDoesNotSayItsAccessIsUnknown(t *testing.T) {
	t.Parallel()
	open := rented("b", "cus_1", inUnit1)
	for name, raw := range map[string]string{
		"absent":           alter(open, `"has_access":true,`, ""),
		"null":             alter(open, `"has_access":true`, `"has_access":null`),
		"a word":           alter(open, `"has_access":true`, `"has_access":"sometimes"`),
		"no customer":      alter(open, `"customer_id":"cus_1"`, `"customer_id":null`),
		"no move-in":       alter(open, `"2026-11-01"`, `null`),
		"a move-in":        alter(open, `"2026-11-01"`, `"1 Nov"`),
		"out before in":    alter(open, `"move_out_date":null`, `"move_out_date":"2026-10-01"`),
		"guests as a word": alter(open, `["cus_2"]`, `"cus_2"`),
	} {
		v := newVendor(t)
		v.rows["/bookings"] = []string{raw}
		p := v.only(cardea.KindAgreement)
		if len(p.Records()) != 0 || len(p.BadOnes()) != 1 || p.BadOnes()[0].Who[0] != key("agreement:b") || grade(p) != cardea.Complete {
			t.Errorf("%s: %+v %+v %s", name, p.Records(), p.BadOnes(), p.Evidence().Why())
		}
		if strings.Contains(p.BadOnes()[0].Raw+p.BadOnes()[0].Why, "@") {
			t.Errorf("%s shows an address: %+v", name, p.BadOnes())
		}
	}
}

func TestDatesDecideUnlessTheStatusSaysThatItIsOver(t *testing.T) {
	t.Parallel()
	open := rented("b", "cus_1", inUnit1)
	out := func(raw, day string) string { return alter(raw, `"move_out_date":null`, `"move_out_date":"`+day+`"`) }
	status := func(raw, word string) string { return alter(raw, `"active"`, `"`+word+`"`) }
	for name, c := range map[string]struct {
		raw      string
		approved bool
		end      cardea.Day
		computed string
	}{
		"runs":                       {open, true, cardea.Day{}, "active"},
		"moves out":                  {out(open, "2026-12-31"), true, dayOf("2026-12-31"), "active"},
		"cancelled for later":        {out(open, "2026-12-31"), true, dayOf("2026-12-31"), "active"},
		"cancelled at once":          {status(out(open, "2026-12-31"), "cancelled"), false, dayOf("2026-12-31"), "cancelled"},
		"ended on its last day":      {status(out(open, "2026-11-23"), "ended"), false, dayOf("2026-11-23"), "ended"},
		"cancelled, and long over":   {status(out(open, "2026-11-20"), "cancelled"), true, dayOf("2026-11-20"), ""},
		"cancelled without a date":   {status(open, "Cancelled"), false, cardea.Day{}, "cancelled"},
		"ended without a date":       {status(open, "ended"), false, cardea.Day{}, "ended"},
		"cancelled before it began":  {status(out(open, "2026-11-01"), "cancelled"), false, dayOf("2026-11-01"), "cancelled"},
		"taken back before it began": {status(out(open, "2026-10-30"), "cancelled"), false, dayOf("2026-10-30"), "cancelled"},
		"not approved yet":           {status(open, "pending"), false, cardea.Day{}, "pending"},
		"an offer":                   {status(open, "offer"), false, cardea.Day{}, "offer"},
		"upcoming, as it says":       {status(open, "upcoming"), true, cardea.Day{}, "not_started"},
		"ended, with a date":         {status(out(open, "2026-11-20"), "ended"), true, dayOf("2026-11-20"), "expired"},
		"an instant at midnight":     {out(open, "2026-12-31T00:00:00.000000Z"), true, dayOf("2026-12-31"), "active"},
	} {
		a := agreed(t, c.raw)
		if over := strings.HasPrefix(c.computed, "cancelled") || c.computed == "ended"; a.Closed != over {
			t.Errorf("%s: closed is %v", name, a.Closed)
		}
		if a.Approved != c.approved || a.End != c.end || a.Computed != c.computed || a.Start != dayOf("2026-11-01") {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestABookingMayBeOfSeveralUnitsAndMoveFromOneToAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ said, want string }{
		"one":      {`"unit_id":"unit_1"`, "unit_1"},
		"in full":  {`"unit":{"id":7,"name":"x"}`, "7"},
		"none yet": {`"unit_id":null`, ""},
		"several":  {`"unit_ids":["unit_1",2]`, "unit_1 2"},
		"in a list": {`"units":["unit_1",{"id":"unit_2"},{"unit_id":"unit_3","id":9}]`,
			"unit_1 unit_2 unit_3"},
		"an empty list": {`"units":[]`, ""},
	} {
		v := newVendor(t)
		v.rows["/bookings"] = []string{rented("b", "cus_1", c.said+`,"shared_accesses":[]`)}
		p := v.only(cardea.KindAssignment)
		var got []string
		for _, rec := range p.Records() {
			a, ok := rec.(cardea.Assignment)
			if !ok || a.Agreement != "b" || a.ID != "b+"+a.Resource {
				t.Errorf("%s: %+v", name, rec)
			}
			got = append(got, a.Resource)
		}
		if strings.Join(got, " ") != c.want || grade(p) != cardea.Complete {
			t.Errorf("%s: %v %s", name, got, p.Evidence().Why())
		}
	}
}

func TestAUnitThatIsSwitchedKeepsItsOwnDates(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.rows["/bookings"] = []string{rented("b", "cus_1", `"shared_accesses":[],"units":[`+
		`{"unit_id":"u1","move_in_date":"2026-11-01","move_out_date":"2026-11-30"},`+
		`{"unit_id":"u2","move_in_date":"2026-12-01","move_out_date":"2026-12-31"},{"unit_id":"u1","move_in_date":"2027-01-01"}]`)}
	p := v.only(cardea.KindAssignment)
	want := []cardea.Assignment{
		{ID: "b+u1", Agreement: "b", Resource: "u1", Start: dayOf("2026-11-01"), End: dayOf("2026-11-30")},
		{ID: "b+u2", Agreement: "b", Resource: "u2", Start: dayOf("2026-12-01"), End: dayOf("2026-12-31")},
		{ID: "b+u1+2", Agreement: "b", Resource: "u1", Start: dayOf("2027-01-01")},
	}
	if len(p.Records()) != len(want) {
		t.Fatalf("%+v", p.Records())
	}
	for i, rec := range p.Records() {
		if rec != cardea.Record(want[i]) {
			t.Errorf("%+v, want %+v", rec, want[i])
		}
	}
}

func TestABookingThatDoesNotSayItsUnitsLeavesThemUnknown(t *testing.T) {
	t.Parallel()
	for name, said := range map[string]string{
		"absent": `"x":1`, "an object without an id": `"units":[{"name":"A-1"}]`, "left before entered": `"units":[{"id":"u1",` +
			`"move_in_date":"2026-12-01","move_out_date":"2026-11-01"}]`, "no list": `"units":"u1"`,
	} {
		v := newVendor(t)
		v.rows["/bookings"] = []string{rented("b", "cus_1", said+`,"shared_accesses":[]`), rented("c", "cus_1", inUnit1)}
		in := v.read(cardea.Scope{})
		p := in.Collection(cardea.KindAssignment)
		if ids(p) != "c+unit_1" || grade(p) != cardea.Incomplete || ids(in.Collection(cardea.KindAgreement)) != "b c" {
			t.Errorf("%s: %s %s", name, ids(p), grade(p))
		}
	}
}

// A unit that is to be checked after a move-out, or is blocked, is neither opened nor shut by that: bookings are.
func TestAUnitsStatusLetsNobodyInAndKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	var was cardea.Resource
	for i, status := range []string{"vacant", "to_check", "blocked", "rented"} {
		v.rows["/units"] = []string{alter(roomOf("unit_1", `"A-1"`), "vacant", status)}
		is := first[cardea.Resource](t, v.only(cardea.KindResource))
		if i > 0 && (is.Name != was.Name || strings.Join(is.Permissions, "") != strings.Join(was.Permissions, "") || !is.Unit) {
			t.Errorf("%s: %+v, was %+v", status, is, was)
		}
		was = is
	}
}

// Whether shared accesses are customers is not known: one without a customer's id gets nothing, and takes nothing from the others.
func TestAShareWithSomebodyWhoIsNoCustomerIsToldAndGivesNothing(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.rows["/bookings"] = []string{alter(rented("b", "cus_1", inUnit1), `["cus_2"]`, `["cus_2",{"email":"x@x.test"}]`)}
	p := v.only(cardea.KindAgreement)
	if len(p.BadOnes()) != 0 || len(p.Records()) != 1 {
		t.Fatalf("%+v %+v", p.Records(), p.BadOnes())
	}
	if a, ok := p.Records()[0].(cardea.Agreement); !ok || !slices.Equal(a.Guests, []string{"cus_2"}) {
		t.Errorf("%+v", p.Records()[0])
	}
	issues, err := v.system().Examine(t.Context())
	if err != nil || !slices.ContainsFunc(issues, func(i cardea.Issue) bool { return i.Code == issueStranger }) {
		t.Errorf("%v %v", issues, err)
	}
}
