package officernd

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestReadsOnlyWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	in, err := v.read(cardea.Scope{Kinds: []cardea.Kind{cardea.KindTeam, cardea.KindFloor}})
	if err != nil || len(in.Collections()) != 2 || v.calls["/members"] != 0 {
		t.Fatalf("%v, %d collections, %v", err, len(in.Collections()), v.log)
	}
}

func TestResourcesTakeTheirTypesWord(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.rows["/resource-types"] = []string{
		row(81, `,"type":"meeting_room","bookingMode":"time","canBook":true`),
		row(82, `,"type":"parking","title":"Parking","bookingMode":"date","canBook":true,"canAssign":true`),
	}
	v.rows["/resources"] = []string{
		row(1, `,"name":"Elephant","type":"meeting_room","parents":[]`),
		row(2, `,"name":"P1","type":"parking","parents":["`+id(5)+`"],"location":"`+id(6)+`","floor":"`+id(7)+`"`),
		row(3, `,"name":"P2","type":"`+id(82)+`"`),
		row(4, `,"name":"Desk","type":"desk_tr"`), // not listed: the vendor's own
		row(5, `,"name":"Thing","type":"mystery"`),
	}
	p := v.only(cardea.KindResource)
	want := []cardea.Record{
		cardea.Resource{ID: id(1), Name: "Elephant", Type: "meeting_room", Bookable: true},
		cardea.Resource{
			ID: id(2), Name: "P1", Type: "parking", Bookable: true, Assignable: true, ByDate: true, Parents: []string{id(5)},
			Location: id(6), Floor: id(7),
		},
		cardea.Resource{ID: id(3), Name: "P2", Type: "parking", Bookable: true, Assignable: true, ByDate: true},
		cardea.Resource{ID: id(4), Name: "Desk", Type: "desk_tr", Assignable: true},
		cardea.Resource{ID: id(5), Name: "Thing", Type: "mystery"},
	}
	for i, rec := range p.Records() {
		if fmt.Sprintf("%+v", rec) != fmt.Sprintf("%+v", want[i]) {
			t.Errorf("%+v\nwant %+v", rec, want[i])
		}
	}
	if grade(p) != cardea.Complete || len(p.Records()) != len(want) {
		t.Errorf("%s, %d", grade(p), len(p.Records()))
	}
}

func TestResourcesAreNotReadWithoutTheirTypes(t *testing.T) {
	t.Parallel()
	for _, types := range []string{
		``, `{"results":[{"_id":"1"}]}`, `{"rangeStart":1,"rangeEnd":2,"results":[` + row(1, ``) + `]}`,
	} {
		v := newVendor(t).empty()
		v.answer("/resource-types", 200, types)
		if p := v.only(cardea.KindResource); grade(p) != cardea.Failed {
			t.Errorf("types %s: %s", types, grade(p))
		}
	}
}

func TestAResourceIsNotReadWhereNoTypesAreListed(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/resources"] = []string{row(1, `,"name":"Desk","type":"desk"`), row(2, `,"name":"P1","type":"parking"`)}
	p := v.only(cardea.KindResource)
	if len(p.Records()) != 1 || len(p.BadOnes()) != 1 || p.BadOnes()[0].Who[0].ID != id(2) {
		t.Errorf("records %+v, refused %+v", p.Records(), p.BadOnes())
	}
}

// seats fills a vendor with three memberships, one of them long over, and two desks.
func seats(t *testing.T) *vendor {
	t.Helper()
	v := newVendor(t).empty()
	hold := `,"status":"approved","company":"` + id(2) + `","startDate":"2026-01-01T00:00:00.000Z"`
	v.rows["/memberships"] = []string{
		row(11, hold), row(12, hold+`,"endDate":"2026-11-20T00:00:00.000Z"`), row(13, hold+`,"endDate":"2026-03-31T00:00:00.000Z"`),
	}
	v.rows["/resource-types"] = nil
	v.rows["/resources"] = []string{
		row(31, `,"type":"desk"`), row(32, `,"type":"desk"`), row(33, `,"type":"mystery"`), row(34, `,"type":"meeting_room"`),
	}
	seat := `,"startDate":"2026-01-01T00:00:00.000Z","resource":"`
	v.rows["/assignments"] = []string{
		row(21, seat+id(31)+`","membership":"`+id(11)+`"`), row(22, seat+id(32)+`","membership":"`+id(12)+`"`),
	}
	return v
}

// onlyFiltered makes the listing of assignments refuse to be asked in bulk.
func onlyFiltered(v *vendor, status int) {
	v.route["/assignments"] = func(r *http.Request) (int, string) {
		q := r.URL.Query()
		if !q.Has("membership") && !q.Has("resource") {
			return status, `{"message":["resource or membership is needed"]}`
		}
		return v.list("/assignments", v.rows["/assignments"], q)
	}
}

func TestAssignmentsAreListedInBulk(t *testing.T) {
	t.Parallel()
	v := seats(t)
	p := v.only(cardea.KindAssignment)
	if grade(p) != cardea.Complete || len(p.Records()) != 2 || len(v.log) != 1 {
		t.Fatalf("%s, %d records, %v", grade(p), len(p.Records()), v.log)
	}
}

func TestAssignmentsFanOutWhereTheBulkListingIsRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 404} {
		v := seats(t)
		onlyFiltered(v, status)
		p := v.only(cardea.KindAssignment)
		if grade(p) != cardea.Complete || len(p.Records()) != 2 {
			t.Errorf("%d: %s, %d records: %s", status, grade(p), len(p.Records()), p.Evidence().Why())
		}
		// Two memberships may still run, three resources may be assigned.
		asked := strings.Join(v.log, "\n")
		if v.calls["/assignments"] != 3 || !strings.Contains(asked, "membership="+id(12)) ||
			strings.Contains(asked, "membership="+id(13)) {
			t.Errorf("%d: %s", status, asked)
		}
	}
}

func TestAssignmentsFanOutOverResourcesWhenTheyAreFewer(t *testing.T) {
	t.Parallel()
	v := seats(t)
	onlyFiltered(v, 400)
	// The room cannot be assigned; of the resource of an unknown type nobody knows.
	v.rows["/resources"] = v.rows["/resources"][2:]
	v.rows["/assignments"] = append(v.rows["/assignments"],
		row(23, `,"startDate":"2026-01-01T00:00:00.000Z","resource":"`+id(33)+`","membership":"`+id(11)+`"`))
	p := v.only(cardea.KindAssignment)
	if grade(p) != cardea.Complete || !slices.Equal(ids(p), []string{id(23)}) || v.calls["/assignments"] != 2 {
		t.Fatalf("%s, %v: %v", grade(p), ids(p), v.log)
	}
}

func TestEmptyBulkListingOfAssignmentsIsNotBelieved(t *testing.T) {
	t.Parallel()
	v := seats(t)
	v.route["/assignments"] = func(r *http.Request) (int, string) {
		if q := r.URL.Query(); q.Has("membership") {
			return v.list("/assignments", v.rows["/assignments"], q)
		}
		return 200, `{"rangeStart":0,"rangeEnd":0,"results":[]}`
	}
	if p := v.only(cardea.KindAssignment); grade(p) != cardea.Complete || len(p.Records()) != 2 {
		t.Fatalf("%s, %d records", grade(p), len(p.Records()))
	}
}

func TestFanOutIsCompleteOnlyIfEveryPartIs(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]string{
		"failed": ``, "short": `{"rangeStart":1,"rangeEnd":1,"results":[]}`,
	} {
		v := seats(t)
		onlyFiltered(v, 400)
		inner := v.route["/assignments"]
		v.route["/assignments"] = func(r *http.Request) (int, string) {
			if r.URL.Query().Get("membership") == id(12) {
				return map[string]int{"failed": 503, "short": 200}[name], part
			}
			return inner(r)
		}
		if p := v.only(cardea.KindAssignment); grade(p) != cardea.Incomplete || len(p.Records()) != 1 {
			t.Errorf("%s: %s, %d records", name, grade(p), len(p.Records()))
		}
	}
}

func TestFanOutRestsOnWholeCollections(t *testing.T) {
	t.Parallel()
	v := seats(t)
	onlyFiltered(v, 400)
	v.answer("/memberships", 503, ``)
	v.answer("/resources", 503, ``)
	in, err := v.read(cardea.Scope{Kinds: []cardea.Kind{cardea.KindResource, cardea.KindAgreement, cardea.KindAssignment}})
	if err != nil || grade(in.Collection(cardea.KindAssignment)) != cardea.Failed {
		t.Fatalf("%v, %s", err, grade(in.Collection(cardea.KindAssignment)))
	}
	if v.calls["/memberships"] != 1 {
		t.Errorf("a collection of this read was read again: %v", v.log)
	}
	// One of the two is enough.
	delete(v.route, "/resources")
	if p := v.only(cardea.KindAssignment); grade(p) != cardea.Complete || len(p.Records()) != 2 {
		t.Errorf("by resource: %s, %d", grade(p), len(p.Records()))
	}
}

func TestFanOutAsksForMembershipsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	v := seats(t)
	onlyFiltered(v, 400)
	v.rows["/memberships"][0] = row(11, `,"company":"?"`)
	if p := v.only(cardea.KindAssignment); grade(p) != cardea.Complete || len(p.Records()) != 2 {
		t.Fatalf("%s, %d records", grade(p), len(p.Records()))
	}
}

func TestBookingsNeedASpan(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	in := cardea.NewIntake(cardea.Scope{}, nil)
	if err := v.system().Read(t.Context(), in.Scope(), in); err != nil {
		t.Fatal(err)
	}
	if p := in.Collection(cardea.KindBooking); grade(p) != cardea.Failed || v.calls["/bookings"] != 0 {
		t.Fatalf("%s, %v", grade(p), v.log)
	}
}

func TestOpenSpanLeavesItsFilterOut(t *testing.T) {
	t.Parallel()
	q, err := windowQuery(cardea.Window{From: cardea.At(noon), Until: cardea.Never})
	if err != nil || len(q) != 1 || q.Get("seriesEnd[$gte]") != "2026-11-20T12:00:00.000Z" {
		t.Fatal(q, err)
	}
}

func TestBookingRowWithoutItsGuestsIsReadById(t *testing.T) {
	t.Parallel()
	bare := `,"resource":"` + id(70) + `","start":"2026-11-20T09:00:00.000Z","end":"2026-11-20T10:00:00.000Z"`
	v := newVendor(t)
	v.rows["/bookings"] = []string{row(1, bare), row(2, bare), row(3, bare+`,"isCancelled":true`), bookingRow(4, ``)}
	v.answer("/bookings/"+id(1), 200, bookingRow(1, `,"visitors":["`+id(6)+`"]`))
	v.answer("/bookings/"+id(2), 503, ``)
	p := v.only(cardea.KindBooking)
	if grade(p) != cardea.Complete || len(p.Records()) != 3 || len(p.BadOnes()) != 1 || v.calls["/bookings/"+id(3)] != 0 {
		t.Fatalf("%s, %d records, bad %v", grade(p), len(p.Records()), p.BadOnes())
	}
	if b, _ := p.Records()[0].(cardea.Booking); !slices.Equal(b.Visitors, []string{id(6)}) {
		t.Errorf("guests %v", b.Visitors)
	}
}

func TestPassUsedTodayCarriesTheCheckIn(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.rows["/passes"] = []string{row(1, `,"count":1,"usedCount":1,"company":"`+id(2)+`"`)}
	v.rows["/checkins"] = []string{
		row(42, `,"pass":"`+id(1)+`","start":"2026-11-20T08:30:00.000Z","end":"2026-11-20T11:00:00.000Z"`),
		row(41, `,"pass":"`+id(1)+`","start":"2026-11-19T08:00:00.000Z","end":"2026-11-20T00:00:00.000Z"`),
		row(43, `,"pass":null,"start":"2026-11-20T11:30:00.000Z"`),
		row(44, `,"pass":"`+id(9)+`","start":"2026-11-20T11:45:00.000Z"`),
	}
	if p := first[cardea.Pass](t, v.only(cardea.KindPass)); p.UsedOn != at("2026-11-20T08:30:00Z") {
		t.Errorf("used on %s", p.UsedOn)
	}
	if want := "/checkins?%24limit=50&start%5B%24gte%5D=2026-11-18T12%3A00%3A00.000Z"; v.log[0] != want {
		t.Errorf("asked %s", v.log[0])
	}
}

func TestPassesAreNotReadWithoutTheCheckIns(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"failed": ``, "short": `{"rangeStart":1,"rangeEnd":2,"results":[]}`, "unreadable": `{"results":["x"]}`,
	} {
		v := newVendor(t)
		v.rows["/passes"] = []string{row(1, `,"count":1,"usedCount":1,"company":"`+id(2)+`"`)}
		v.answer("/checkins", map[bool]int{true: 503, false: 200}[name == "failed"], answer)
		if p := v.only(cardea.KindPass); grade(p) != cardea.Failed || len(p.Records()) != 0 {
			t.Errorf("%s: %s, %d records", name, grade(p), len(p.Records()))
		}
	}
}

func TestUnreadableCheckInMakesItsPassUnsure(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{`,"start":"x"`, ``, `,"start":null`} {
		v := newVendor(t)
		v.rows["/passes"] = []string{row(1, `,"count":1,"company":"`+id(2)+`"`), row(2, `,"count":1,"company":"`+id(2)+`"`)}
		v.rows["/checkins"] = []string{row(41, `,"pass":"`+id(1)+`"`+odd), row(42, `,"start":"x"`)}
		p := v.only(cardea.KindPass)
		if !slices.Equal(ids(p), []string{id(2)}) || len(p.BadOnes()) != 1 || p.BadOnes()[0].Who[0].ID != id(1) {
			t.Errorf("%s: %v, bad %v", odd, ids(p), p.BadOnes())
		}
	}
}

func TestCheckInsAreListedWithoutTheFilterWhereItIsRefused(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.rows["/passes"] = []string{row(1, `,"count":1,"company":"`+id(2)+`"`)}
	rows := []string{row(41, `,"pass":"`+id(1)+`","start":"2026-11-20T08:30:00.000Z"`)}
	v.route["/checkins"] = func(r *http.Request) (int, string) {
		if q := r.URL.Query(); len(q) == 1 {
			return v.list("/checkins", rows, q)
		}
		return 400, `{"message":["property start should not exist"]}`
	}
	if p := first[cardea.Pass](t, v.only(cardea.KindPass)); p.UsedOn != at("2026-11-20T08:30:00Z") {
		t.Errorf("used on %s", p.UsedOn)
	}
}
