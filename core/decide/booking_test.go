package decide_test

import (
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

func booking(id string) cardea.Booking {
	return cardea.Booking{
		ID: id, Resource: "elephant", Location: "lon", Person: "ana", Team: "acme", Members: []string{"ben"}, Visitors: []string{"vic"},
		Start: at("2026-11-23T10:00:00Z"), End: at("2026-11-23T11:00:00Z"),
	}
}

func booked(bs ...cardea.Booking) cardea.Directory {
	d := small()
	d.Bookings = bs
	return d
}

func TestBookingLetsHostAndInvitedIn(t *testing.T) {
	t.Parallel()
	x := decide.New(booked(booking("1")), settings(
		mapped(cardea.ItemFloors, "f1", "floor"), mapped(cardea.ItemResources, "elephant", "res"), mapped(cardea.ItemBookables,
			"elephant", "g")))
	want := span("2026-11-23T09:45:00Z", "2026-11-23T11:15:00Z")
	got := granted(x, "g", span("2026-11-23", "2026-11-24"))
	for _, p := range []cardea.PersonID{person("ana"), person("ben"), visitor("vic")} {
		wantWindows(t, got[p], want)
	}
	if len(got) != 3 {
		t.Errorf("let in: %v", got)
	}
	for _, g := range x.Grants(span("2026-11-23", "2026-11-24")) {
		if g.Group != "g" {
			t.Errorf("a booking gave %s", g.Group)
		}
		if g.Reasons[0].Due[0] != at("2026-11-23T10:00:00Z") {
			t.Errorf("due: %v", g.Reasons[0].Due)
		}
	}
	wantPeople(t, x, "g", "2026-11-23T11:14:59Z", person("ana"), person("ben"), visitor("vic"))
	wantPeople(t, x, "g", "2026-11-23T11:15:00Z")
}

func TestBookingOptions(t *testing.T) {
	t.Parallel()
	short := 5 * time.Minute
	for _, c := range []struct {
		name    string
		change  func(b *cardea.Booking, s *cardea.Settings)
		want    []cardea.PersonID
		who     cardea.PersonID
		verdict cardea.Verdict
	}{
		{"cancelled", func(b *cardea.Booking, _ *cardea.Settings) { b.Cancelled = true }, nil, person("ana"), cardea.WasCancelled},
		{"tentative", func(b *cardea.Booking, _ *cardea.Settings) { b.Tentative = true }, nil, person("ana"), cardea.IsTentative},
		{"visitors off", func(_ *cardea.Booking, s *cardea.Settings) { s.Visitors = false },
			[]cardea.PersonID{person("ana"), person("ben")}, visitor("vic"), cardea.VisitorsOff},
		{"a team without a person lets the invited in only", func(b *cardea.Booking, _ *cardea.Settings) { b.Person = "" },
			[]cardea.PersonID{person("ben"), visitor("vic")}, person("ana"), cardea.NoPerson},
		{"team bookings", func(b *cardea.Booking, s *cardea.Settings) { b.Person, s.TeamBooking = "", true },
			[]cardea.PersonID{person("ana"), person("ben"), visitor("vic")}, person("cy"), cardea.HasLeft},
		{"neither team nor person", func(b *cardea.Booking, _ *cardea.Settings) { b.Person, b.Team, b.Members = "", "", nil },
			[]cardea.PersonID{visitor("vic")}, visitor("vic"), cardea.Yes},
		{"shorter lead", func(_ *cardea.Booking, s *cardea.Settings) { s.Mappings[0].Lead = &short }, nil, person("ana"),
			cardea.NotYet},
		{"refused recurrence", func(b *cardea.Booking, _ *cardea.Settings) { b.RRule = "FREQ=MINUTELY" }, nil, person("ana"),
			cardea.BadRecurrence},
		{"unknown room", func(b *cardea.Booking, s *cardea.Settings) { b.Resource, s.Mappings[0].Item = "lion", "lion" },
			nil, person("ana"), cardea.Dangling},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, s := booking("1"), settings(mapped(cardea.ItemBookables, "elephant", "g"))
			c.change(&b, &s)
			x := decide.New(booked(b), s)
			wantPeople(t, x, "g", "2026-11-23T09:50:00Z", c.want...)
			wantVerdict(t, x, c.who, "2026-11-23T09:50:00Z", cardea.RuleBooking, "1", c.verdict)
		})
	}
}

func TestRecurringBookingKeepsLocalTimeAcrossTheClockChange(t *testing.T) {
	t.Parallel()
	b := booking("1")
	b.Start, b.End, b.RRule = at("2026-10-24T08:00:00Z"), at("2026-10-24T09:00:00Z"), "FREQ=DAILY"
	b.Except = []cardea.Instant{at("2026-10-26T09:00:00Z")}
	x := decide.New(booked(b), settings(mapped(cardea.ItemBookables, "elephant", "g")))
	wantWindows(t, granted(x, "g", span("2026-10-24", "2026-10-28"))[person("ana")],
		span("2026-10-24T07:45:00Z", "2026-10-24T09:15:00Z"), span("2026-10-25T08:45:00Z", "2026-10-25T10:15:00Z"),
		span("2026-10-27T08:45:00Z", "2026-10-27T10:15:00Z"))
	e := x.Explain(person("ana"), "g", at("2026-10-26T12:00:00Z"))
	if e.Open || e.Next == nil || *e.Next != span("2026-10-27T08:45:00Z", "2026-10-27T10:15:00Z") ||
		e.Last == nil || *e.Last != span("2026-10-25T08:45:00Z", "2026-10-25T10:15:00Z") {
		t.Errorf("open %v, next %v, last %v", e.Open, e.Next, e.Last)
	}
	if got := x.Opens(at("2026-10-26T12:00:00Z")); got != at("2026-10-27T08:45:00Z") {
		t.Errorf("opens: %s", got)
	}
}

func TestOccurrenceLastsAsLongAsTheFirst(t *testing.T) {
	t.Parallel()
	b := booking("1") // 00:30 to 03:30 local; on 29 March clocks skip an hour inside it
	b.Start, b.End, b.RRule = at("2026-03-28T00:30:00Z"), at("2026-03-28T03:30:00Z"), "FREQ=DAILY"
	s := settings(mapped(cardea.ItemBookables, "elephant", "g"))
	s.Lead, s.Lag = 0, 0
	x := decide.New(booked(b), s)
	wantWindows(t, granted(x, "g", span("2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"))[person("ana")],
		span("2026-03-29T00:30:00Z", "2026-03-29T03:30:00Z"))
}

func TestBackToBackBookingsOverlapUnlessTrimmed(t *testing.T) {
	t.Parallel()
	before, after := booking("0"), booking("2")
	before.Person, before.Members, before.Visitors = "ben", nil, nil
	before.Start, before.End = at("2026-11-23T09:00:00Z"), at("2026-11-23T09:50:00Z")
	after.Person, after.Members, after.Visitors = "dee", nil, nil
	after.Start, after.End, after.RRule = at("2026-11-09T11:00:00Z"), at("2026-11-09T12:00:00Z"), "FREQ=WEEKLY"
	one := booking("1")
	one.Members = nil
	s := settings(mapped(cardea.ItemBookables, "elephant", "g"))
	x := decide.New(booked(before, one, after), s)
	wantWindows(t, granted(x, "g", span("2026-11-23", "2026-11-24"))[person("ana")], span("2026-11-23T09:45:00Z",
		"2026-11-23T11:15:00Z"))
	s.Mappings[0].Trim = true
	x = decide.New(booked(before, one, after), s)
	wantWindows(t, granted(x, "g", span("2026-11-23", "2026-11-24"))[person("ana")], span("2026-11-23T09:50:00Z",
		"2026-11-23T11:00:00Z"))
	wantWindows(t, granted(x, "g", span("2026-11-23", "2026-11-24"))[person("ben")], span("2026-11-23T08:45:00Z",
		"2026-11-23T10:00:00Z"))
	after.Cancelled = true
	x = decide.New(booked(before, one, after), s)
	wantWindows(t, granted(x, "g", span("2026-11-23", "2026-11-24"))[person("ana")], span("2026-11-23T09:50:00Z",
		"2026-11-23T11:15:00Z"))
}

func TestDateModeBookingIsWholeDaysWithoutLeadOrLag(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, start, end string }{
		{"UTC dates, half-open", "2026-11-23T00:00:00Z", "2026-11-25T00:00:00Z"},
		{"UTC dates, to the last second", "2026-11-23T00:00:00Z", "2026-11-24T23:59:59Z"},
		{"local dates", "2026-11-23T05:00:00Z", "2026-11-25T05:00:00Z"},
		{"some hours of it", "2026-11-23T15:00:00Z", "2026-11-24T20:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := booking("1")
			b.Resource, b.Location, b.Start, b.End = "hall", "nyc", at(c.start), at(c.end)
			x := decide.New(booked(b), settings(mapped(cardea.ItemBookables, "hall", "g")))
			wantWindows(t, granted(x, "g", span("2026-11-23", "2026-11-24"))[person("ana")], span("2026-11-23T05:00:00Z",
				"2026-11-25T05:00:00Z"))
		})
	}
}
