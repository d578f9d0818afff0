package nexudus

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestBookingsAreAskedForWithRoomForAnyZone(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/spaces/bookings"] = []string{
		booked(1, ""),
		strings.NewReplacer("2026-11-23T13", "2026-11-25T13", "2026-11-23T14", "2026-11-25T14").Replace(booked(2, "")), // over-fetched
	}
	p := v.only(cardea.KindBooking)
	if got := ids(p); !slices.Equal(got, []string{"1"}) || grade(p) != cardea.Complete {
		t.Errorf("%v %s %s", got, grade(p), p.Evidence().Why())
	}
	if log := strings.Join(v.log, "\n"); !strings.Contains(log, "from_Booking_ToTime=2026-11-20T10%3A00%3A00Z") ||
		!strings.Contains(log, "to_Booking_FromTime=2026-11-25T14%3A00%3A00Z") {
		t.Error(log)
	}
}

func TestBookingsNeedASpan(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	in := cardea.NewIntake(cardea.Scope{}, nil)
	if err := v.system().Read(t.Context(), in.Scope(), in); err != nil || grade(in.Collection(cardea.KindBooking)) != cardea.Failed {
		t.Fatal(err)
	}
}

func TestACancelledBookingIsSaidToBeCancelled(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/spaces/bookings"] = []string{booked(1, "")}
	v.rows["/spaces/cancelledbookings"] = []string{booked(900, `,"OriginalBookingId":"2"`), booked(901, `,"OriginalBookingId":"1"`),
		booked(902, `,"OriginalBookingId":"c0ffee"`)}
	p := v.only(cardea.KindBooking)
	if got := ids(p); !slices.Equal(got, []string{"1", "2"}) {
		t.Fatalf("%v", got)
	}
	for _, rec := range p.Records() {
		if b, _ := rec.(cardea.Booking); b.Cancelled != (b.ID == "2") {
			t.Errorf("%+v", b)
		}
	}
	// By its id as well, and one that is nowhere is missing.
	in, err := v.read(cardea.Scope{Keys: []cardea.Key{{Kind: cardea.KindBooking, ID: "2"}, {Kind: cardea.KindBooking, ID: "3"}}})
	k := in.Collection(cardea.KindBooking)
	if b, ok := k.Records()[0].(cardea.Booking); err != nil || !ok || !b.Cancelled || len(k.MissingOnes()) != 1 || k.MissingOnes()[0].ID != "3" {
		t.Errorf("%v %+v", err, k)
	}
}

func TestCancelledRowsAreNoEvidenceOfAnythingElse(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/spaces/bookings"] = []string{booked(1, "")}
	v.answer("/spaces/cancelledbookings", 401, ``)
	if p := v.only(cardea.KindBooking); grade(p) != cardea.Complete || len(p.Records()) != 1 {
		t.Errorf("%s %v", grade(p), p.Err())
	}
}

func TestAnAdministratorsBlockHasNoHost(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/spaces/bookings"] = []string{strings.Replace(booked(1, `,"ResourceName":"Elephant"`), `"CoworkerId":31`, `"CoworkerId":null`, 1)}
	b := first[cardea.Booking](t, v.only(cardea.KindBooking))
	want := cardea.Booking{
		ID: "1", Title: "Elephant", Resource: "70", Start: at("2026-11-23T13:00:00Z"), End: at("2026-11-23T14:00:00Z"),
	}
	if !reflect.DeepEqual(b, want) {
		t.Errorf("%+v", b)
	}
}

func TestGuestsOfABookingAreFoundByTheirRows(t *testing.T) {
	t.Parallel()
	guests := func(list string) string {
		return strings.Replace(booked(1, ""), `"BookingVisitors":[]`, `"BookingVisitors":`+list, 1)
	}
	for name, list := range map[string]string{
		"with ids": `[{"Id":5,"VisitorId":62},{"Id":6,"VisitorId":61}]`, "without": `[{"VisitorFullName":"V"},{"VisitorFullName":"W"}]`,
	} {
		v := newVendor(t).empty()
		v.rows["/spaces/bookings"] = []string{guests(list)}
		v.rows["/spaces/bookingvisitors"] = []string{
			`{"Id":5,"BookingId":1,"VisitorId":62}`, `{"Id":6,"BookingId":1,"VisitorId":61}`, `{"Id":7,"BookingId":2,"VisitorId":63}`,
		}
		if b := first[cardea.Booking](t, v.only(cardea.KindBooking)); !slices.Equal(b.Visitors, []string{"61", "62"}) {
			t.Errorf("%s: %v", name, b.Visitors)
		}
	}
	v := newVendor(t).empty()
	v.rows["/spaces/bookings"] = []string{strings.Replace(booked(1, ""), `,"BookingVisitors":[]`, "", 1)}
	if p := v.only(cardea.KindBooking); len(p.Records()) != 0 || len(p.BadOnes()) != 1 {
		t.Errorf("a booking without its guests was taken: %+v", p.Records())
	}
}

// issued makes an issued pass of type 6.
func issued(id int, rest string) string {
	return fmt.Sprintf(`{"Id":%d,"CoworkerId":31,"BusinessId":1,"TimePassId":6,"TimePassName":"Day","Used":false,"UsedDate":null,`+
		`"RemainingUses":null,"TotalUses":null,"ExpireDate":null%s}`, id, rest)
}

func withTypes(t *testing.T) *vendor {
	t.Helper()
	v := newVendor(t).empty()
	v.rows["/billing/timepasses"] = []string{`{"Id":6,"Name":"Evening"}`, `{"Id":7,"Name":"Broken"}`}
	v.rows["/billing/timepasstimeslots"] = []string{
		`{"Id":1,"TimePassId":6,"DayOfWeek":1,"FromTime":"1900-01-01T18:00:00Z","ToTime":"1900-01-01T22:30:00Z"}`,
		`{"Id":2,"TimePassId":6,"DayOfWeek":1,"FromTime":"0001-01-01T07:00:00","ToTime":"0001-01-01T09:00:00"}`,
		`{"Id":3,"TimePassId":6,"DayOfWeek":0,"FromTime":"2020-05-05T22:00:00Z","ToTime":"2020-05-05T02:00:00Z"}`,
		`{"Id":4,"TimePassId":7,"DayOfWeek":9,"FromTime":"2020-05-05T22:00:00Z","ToTime":"2020-05-05T02:00:00Z"}`,
	}
	return v
}

func TestPassesCarryTheSlotsOfTheirType(t *testing.T) {
	t.Parallel()
	v := withTypes(t)
	v.rows["/billing/coworkertimepasses"] = []string{
		issued(1, ``), issued(2, `,"TimePassId":7`), issued(3, `,"TimePassId":8`),
	}
	p := v.only(cardea.KindPass)
	got := first[cardea.Pass](t, p)
	want, err := cardea.ParseHours(map[string]string{"mon": "07:00-09:00,18:00-22:30", "sun": "22:00-02:00"})
	if err != nil || got.Type != "Evening" || got.Slots == nil || !reflect.DeepEqual(*got.Slots, want) {
		t.Errorf("%+v %v", got, err)
	}
	if len(p.BadOnes()) != 2 {
		t.Errorf("%+v", p.BadOnes())
	}
}

func TestPassesAreNotReadWithoutTheirSlots(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/billing/timepasses", "/billing/timepasstimeslots"} {
		v := withTypes(t)
		v.rows["/billing/coworkertimepasses"] = []string{issued(1, ``)}
		v.answer(path, 503, ``)
		if p := v.only(cardea.KindPass); grade(p) != cardea.Failed {
			t.Errorf("%s: %s", path, grade(p))
		}
	}
}

func TestWhatIsLeftOnAPass(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rest        string
		count, used int64
		usedOn      string
	}{
		"no counters":                          {``, 2, 0, ""},
		"a bank of minutes":                    {`,"RemainingUses":90,"TotalUses":120`, 240, 60, ""},
		"used":                                 {`,"Used":true,"UsedDate":"2026-11-23T08:00:00Z"`, 2, 2, "2026-11-23T08:00:00Z"},
		"used although counters say otherwise": {`,"Used":true,"RemainingUses":3,"TotalUses":5`, 10, 10, ""},
		"nothing left":                         {`,"RemainingUses":0,"TotalUses":5`, 10, 10, ""},
	} {
		v := withTypes(t)
		v.rows["/billing/coworkertimepasses"] = []string{issued(1, c.rest)}
		p := first[cardea.Pass](t, v.only(cardea.KindPass))
		usedOn := ""
		if p.UsedOn != 0 {
			usedOn = p.UsedOn.String()
		}
		if p.HalfCount != c.count || p.HalfUsed != c.used || usedOn != c.usedOn || p.Person != "31" || p.Team != "" {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestReadingAPersonBringsWhatTheirTeamsPayingMemberHolds(t *testing.T) {
	t.Parallel()
	v := withTypes(t)
	v.rows["/spaces/coworkers"] = []string{person(31, ""), strings.Replace(person(32, ""), `"Teams":[]`, `"Teams":[41]`, 1)}
	v.rows["/spaces/teams"] = []string{`{"Id":41,"Name":"Acme","PayingMemberId":31}`}
	v.rows["/billing/coworkercontracts"] = []string{agreed(51, 31, `,"Desks":[8]`), agreed(52, 32, `,"Desks":[]`), agreed(53, 33, `,"Desks":[9]`)}
	v.rows["/spaces/bookings"] = []string{booked(1, ""), strings.Replace(booked(2, ""), `"CoworkerId":31`, `"CoworkerId":32`, 1)}
	v.rows["/billing/coworkertimepasses"] = []string{issued(1, ``), issued(2, `,"CoworkerId":32`)}
	who := cardea.Key{Kind: cardea.KindPerson, ID: "32"}
	want := map[cardea.Kind][]string{
		cardea.KindPerson: {"32"}, cardea.KindTeam: {"41"}, cardea.KindAgreement: {"51", "52"}, cardea.KindAssignment: {"51-8"},
		cardea.KindBooking: {"2"}, cardea.KindPass: {"2"},
	}
	for name, scope := range map[string]cardea.Scope{
		"people": {People: []cardea.Key{who}}, "near": {Keys: []cardea.Key{who}, Near: true},
	} {
		in, err := v.read(scope)
		if err != nil {
			t.Fatal(err)
		}
		for kind, w := range want {
			if p := in.Collection(kind); p == nil || !slices.Equal(ids(p), w) || p.Err() != nil {
				t.Errorf("%s: %s: %+v, want %v", name, kind, p, w)
			}
		}
	}
}

func TestWhatCannotBeReadOfAPersonIsUnknown(t *testing.T) {
	t.Parallel()
	v := withTypes(t)
	v.rows["/spaces/coworkers"] = []string{strings.Replace(person(32, ""), `"Teams":[]`, `"Teams":[41]`, 1)}
	v.rows["/spaces/teams"] = []string{`{"Id":41,"Name":"Acme","PayingMemberId":31}`}
	v.answer("/billing/coworkercontracts", 503, ``)
	in, err := v.read(cardea.Scope{People: []cardea.Key{{Kind: cardea.KindPerson, ID: "32"}}})
	if err != nil || in.Collection(cardea.KindAgreement).Err() == nil || in.Collection(cardea.KindAssignment).Err() == nil {
		t.Fatalf("%v", err)
	}
	if grade(in.Collection(cardea.KindPass)) != cardea.Complete {
		t.Error("the others were not read")
	}
}

func TestAnAssignmentIsJudgedByItsContractsWholeRecord(t *testing.T) {
	t.Parallel()
	v := newVendor(t).empty()
	v.rows["/billing/coworkercontracts"] = []string{agreed(51, 31, `,"Desks":[8]`), agreed(52, 31, ``)}
	key := func(id string) cardea.Key { return cardea.Key{Kind: cardea.KindAssignment, ID: id} }
	in, err := v.read(cardea.Scope{Keys: []cardea.Key{key("51-8"), key("51-9"), key("99-1")}})
	p := in.Collection(cardea.KindAssignment)
	if err != nil || !slices.Equal(ids(p), []string{"51-8"}) || !slices.Equal(p.MissingOnes(), []cardea.Key{key("51-9"), key("99-1")}) {
		t.Errorf("%v %v %v", err, ids(p), p.MissingOnes())
	}
	in, _ = v.read(cardea.Scope{Keys: []cardea.Key{key("52-8")}})
	if p := in.Collection(cardea.KindAssignment); len(p.MissingOnes()) != 0 || p.Err() == nil {
		t.Errorf("a contract that does not say its items lost one: %+v", p)
	}
}

// TestListingsThatOthersRestOnComeWholeOrNotAtAll loses a row of a listing on the way: slots that are not seen would widen what a
// pass gives, guests that are not seen would be turned away.
func TestListingsThatOthersRestOnComeWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	short := func(v *vendor, path string) {
		rows := v.rows[path]
		v.answer(path, 200, fmt.Sprintf(`{"Records":[%s],"CurrentPage":1,"FirstItem":1,"LastItem":%d,"TotalItems":%d,"HasNextPage":false}`,
			strings.Join(rows[1:], ","), len(rows)-1, len(rows)))
	}
	for _, path := range []string{"/billing/timepasses", "/billing/timepasstimeslots"} {
		v := withTypes(t)
		v.rows["/billing/coworkertimepasses"] = []string{issued(1, ``)}
		short(v, path)
		if p := v.only(cardea.KindPass); grade(p) != cardea.Failed || len(p.Records()) > 0 {
			t.Errorf("%s: %s, %+v", path, grade(p), p.Records())
		}
	}
	v := newVendor(t).empty()
	v.rows["/spaces/bookings"] = []string{
		strings.Replace(booked(1, ""), `"BookingVisitors":[]`, `"BookingVisitors":[{"VisitorFullName":"V"},{"VisitorFullName":"W"}]`, 1),
	}
	v.rows["/spaces/bookingvisitors"] = []string{`{"Id":5,"BookingId":1,"VisitorId":62}`, `{"Id":6,"BookingId":1,"VisitorId":61}`}
	short(v, "/spaces/bookingvisitors")
	if p := v.only(cardea.KindBooking); len(p.Records()) != 0 {
		t.Errorf("a booking without one of its guests was taken: %+v", p.Records())
	}
}
