package decide_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
)

// open makes an index in which Ana has an open membership on a plan with the mapping and the site's settings.
func open(m cardea.Mapping, site cardea.LocationSettings) *decide.Index {
	d := small()
	d.Agreements = []cardea.Agreement{agreement("1", "ana", "", "hot")}
	m.Kind, m.Item, m.Groups = cardea.ItemPlans, "hot", []cardea.GroupID{"g"}
	s := settings(m)
	s.Sites = map[string]cardea.LocationSettings{"lon": site}
	return decide.New(d, s)
}

func TestHoursCutOnTheClocksOfTheLocation(t *testing.T) {
	t.Parallel()
	office := hours(map[string]string{"mon-fri": "08:00-20:00"})
	x := open(cardea.Mapping{}, cardea.LocationSettings{Hours: office})
	// Friday before the spring change to Monday after it.
	wantWindows(t, granted(x, "g", span("2027-03-26", "2027-03-29T12:00:00Z"))[person("ana")],
		span("2027-03-26T08:00:00Z", "2027-03-26T20:00:00Z"), span("2027-03-29T07:00:00Z", "2027-03-29T19:00:00Z"))
	wantVerdict(t, x, person("ana"), "2026-11-23T20:00:00Z", cardea.RulePlan, "1", cardea.ByHours)
	e := x.Explain(person("ana"), "g", at("2026-11-28T12:00:00Z"))
	if e.Next == nil || *e.Next != span("2026-11-30T08:00:00Z", "2026-11-30T20:00:00Z") ||
		e.Last == nil || *e.Last != span("2026-11-27T08:00:00Z", "2026-11-27T20:00:00Z") {
		t.Errorf("next %v, last %v", e.Next, e.Last)
	}
	if got := x.Opens(at("2026-11-28T12:00:00Z")); got != at("2026-11-30T08:00:00Z") {
		t.Errorf("opens: %s", got)
	}
	if last := e.Change.Steps[len(e.Change.Steps)-1]; last.Asks != cardea.AskPlaceHours || last.Says != cardea.ByHours {
		t.Errorf("last step: %+v", last)
	}
}

func TestMappingHoursCutBeforeTheLocations(t *testing.T) {
	t.Parallel()
	office := hours(map[string]string{"mon-fri": "08:00-20:00"})
	evening := hours(map[string]string{"mon-sun": "17:00-02:00"})
	x := open(cardea.Mapping{Hours: evening}, cardea.LocationSettings{Hours: office})
	wantWindows(t, granted(x, "g", span("2026-11-23", "2026-11-23T23:00:00Z"))[person("ana")], span("2026-11-23T17:00:00Z",
		"2026-11-23T20:00:00Z"))
	x = open(cardea.Mapping{Hours: evening}, cardea.LocationSettings{})
	wantWindows(t, granted(x, "g", span("2026-11-23T18:00:00Z", "2026-11-23T19:00:00Z"))[person("ana")],
		span("2026-11-23T17:00:00Z", "2026-11-24T02:00:00Z"))
}

func TestAlwaysPassesOverTheLocationsHoursButNotItsClosures(t *testing.T) {
	t.Parallel()
	site := cardea.LocationSettings{Hours: hours(map[string]string{"mon-fri": "08:00-20:00"}),
		Closures: []cardea.Date{date("2026-12-25")}}
	x := open(cardea.Mapping{Always: true}, site)
	wantWindows(t, granted(x, "g", span("2026-12-24", "2026-12-27"))[person("ana")],
		span("2026-11-01", "2026-12-25"), cardea.Window{From: at("2026-12-26"), Until: cardea.Never})
	wantVerdict(t, x, person("ana"), "2026-12-25T12:00:00Z", cardea.RulePlan, "1", cardea.ByHours)
	wantVerdict(t, x, person("ana"), "2026-12-26T03:00:00Z", cardea.RulePlan, "1", cardea.Yes)
}

func TestExtraHoursWidenTheLocationOnThatDateOnly(t *testing.T) {
	t.Parallel()
	site := cardea.LocationSettings{
		Hours: hours(map[string]string{"mon-fri": "08:00-20:00"}),
		Extra: map[cardea.Date][]cardea.Span{date("2026-11-28"): {{From: 10 * 60, Until: 14 * 60}},
			date("2026-11-23"): {{From: 20 * 60, Until: 22 * 60}}},
	}
	x := open(cardea.Mapping{}, site)
	wantWindows(t, granted(x, "g", span("2026-11-28", "2026-11-29"))[person("ana")], span("2026-11-28T10:00:00Z",
		"2026-11-28T14:00:00Z"))
	wantWindows(t, granted(x, "g", span("2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z"))[person("ana")],
		span("2026-11-23T08:00:00Z", "2026-11-23T22:00:00Z"))
	x = open(cardea.Mapping{Hours: hours(map[string]string{"mon-fri": "09:00-17:00"})}, site)
	wantWindows(t, granted(x, "g", span("2026-11-28", "2026-11-29"))[person("ana")]) // never a mapping
}

func TestWholeWeekHoursCutNothing(t *testing.T) {
	t.Parallel()
	x := open(cardea.Mapping{Hours: hours(map[string]string{"mon-sun": "00:00-24:00"})},
		cardea.LocationSettings{Hours: hours(map[string]string{"mon-sun": "06:00-06:00"})})
	wantWindows(t, granted(x, "g", span("2026-11-23", "2026-11-24"))[person("ana")], cardea.Window{From: at("2026-11-01"),
		Until: cardea.Never})
}

func TestHoursWindowsAreWholeHoweverLong(t *testing.T) {
	t.Parallel()
	site := cardea.LocationSettings{
		Hours: hours(map[string]string{"mon-sat": "00:00-24:00"}), // Sundays are closed but for two
		Extra: map[cardea.Date][]cardea.Span{date("2026-11-22"): {{From: 0, Until: 1440}}, date("2026-11-29"): {{From: 0,
			Until: 1440}}},
	}
	x := open(cardea.Mapping{}, site)
	want := span("2026-11-16", "2026-12-06")
	wantWindows(t, granted(x, "g", span("2026-11-16T01:00:00Z", "2026-11-16T02:00:00Z"))[person("ana")], want)
	wantWindows(t, granted(x, "g", span("2026-12-05T01:00:00Z", "2026-12-05T02:00:00Z"))[person("ana")], want)
}

func TestHoursHoldWhereMidnightDoesNotExist(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, from, until string }{
		{"Asia/Beirut", "2026-03-28T22:00:00Z", "2026-03-29T03:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-03T13:30:00Z", "2026-10-03T19:00:00Z"},
	} {
		d := small()
		d.Agreements = []cardea.Agreement{agreement("1", "ana", "", "hot")}
		d.Agreements[0].Start = day("2020-01-01")
		s := settings(cardea.Mapping{
			Kind: cardea.ItemPlans, Item: "hot", Groups: []cardea.GroupID{"g"}, Hours: hours(map[string]string{"mon-sun": "00:00-06:00"}),
		})
		s.Sites = map[string]cardea.LocationSettings{"lon": {Zone: c.zone}}
		x := decide.New(d, s)
		wantWindows(t, granted(x, "g", span(c.from, c.until))[person("ana")], span(c.from, c.until))
	}
}

func TestUnionKeepsEveryReason(t *testing.T) {
	t.Parallel()
	d := small()
	first, second := agreement("1", "ana", "", "hot"), agreement("2", "ana", "", "hot")
	first.End, second.Start = day("2026-11-22"), day("2026-11-23")
	second.End = day("2026-11-30")
	d.Agreements = []cardea.Agreement{first, second}
	b := booking("b")
	b.Start, b.End = at("2026-11-30T23:30:00Z"), at("2026-12-01T02:00:00Z")
	d.Bookings = []cardea.Booking{b}
	x := decide.New(d, settings(mapped(cardea.ItemPlans, "hot", "g"), mapped(cardea.ItemBookables, "elephant", "g")))
	// A booking prolongs the membership, and the second membership goes on where the first ends.
	wantWindows(t, granted(x, "g", span("2026-11-23", "2026-11-24"))[person("ana")], span("2026-11-01", "2026-12-01T02:15:00Z"))
	g := x.Grants(span("2026-11-23", "2026-11-24"))[0]
	if len(g.Reasons) != 3 || g.Reasons[0].Rule != cardea.RuleBooking || g.Reasons[1].Record.ID != "1" ||
		g.Reasons[2].Record.ID != "2" {
		t.Errorf("reasons: %+v", g.Reasons)
	}
}
