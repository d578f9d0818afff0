package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestNexudusPages(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	p := into[nexPage](t, r.get("spaces/coworkers?page=2&size=2"))
	if len(p.Records) != 1 || p.CurrentPage != 2 || p.CurrentPageSize != 2 || p.FirstItem != 3 || p.LastItem != 3 || p.TotalItems != 3 ||
		p.TotalPages != 2 || p.HasNextPage || !p.HasPreviousPage || p.CurrentOrderField != "Id" {
		t.Errorf("%+v", p)
	}
	p = into[nexPage](t, r.get("spaces/coworkers?size=10000"))
	if p.CurrentPageSize != 100 || p.HasNextPage {
		t.Errorf("%+v", p)
	}
	for limit, size := range map[string]int{"1000": 1000, "none": 10000} {
		if p := into[nexPage](t, nexudusUp(t, "max_size", limit).get("spaces/coworkers?size=10000")); p.CurrentPageSize != size {
			t.Errorf("%s: %d", limit, p.CurrentPageSize)
		}
	}
	if p = into[nexPage](t, r.get("spaces/coworkers?size=x&page=9")); p.CurrentPageSize != 25 || len(p.Records) != 0 || p.FirstItem != 0 {
		t.Errorf("%+v", p)
	}
}

func TestNexudusDirIsDocumentedThreeWays(t *testing.T) {
	t.Parallel()
	for way, down := range map[string]string{"0/1": "1", "1/-1": "-1", "names": "descending"} {
		r := nexudusUp(t, "dir", way)
		for _, dir := range []string{"1", "-1", "descending"} {
			want := "Ana Łuč, Ben Brandt, Cleo Cruz"
			if dir == down {
				want = "Cleo Cruz, Ben Brandt, Ana Łuč"
			}
			if got := r.names("spaces/coworkers?orderBy=FullName&dir="+dir, "FullName"); got != want {
				t.Errorf("%s, dir=%s: %s", way, dir, got)
			}
		}
	}
}

func TestNexudusListRowsLoseFields(t *testing.T) {
	t.Parallel()
	for way, value := range map[string]string{"empty": `"Teams":[]`, "null": `"Teams":null`, "absent": ""} {
		r := nexudusUp(t, "list_collections", way)
		list := r.get("spaces/coworkers")
		want(t, list, 200, value, `"TeamNames":null`, `"InvoicingBusinessName":"London"`)
		if (way == "absent") == strings.Contains(list.body, `"Teams":`) {
			t.Errorf("%s: %s", way, list.body)
		}
		ben := r.get("spaces/coworkers/" + r.id("spaces/coworkers", "FullName", "Ben Brandt"))
		want(t, ben, 200, `"Teams":[14`, `"TeamNames":"Acme"`, `"TariffName":"Hot desk"`, `"AccessPincode":null`, `"Active":true`)
		want(t, r.get("spaces/teams"), 200, `"PayingMemberFullName":"Ana Łuč"`)
		one := r.get("spaces/teams/" + r.id("spaces/teams", "Name", "Acme"))
		if m := into[map[string]any](t, one)["TeamMembers"].([]any); len(m) != 2 {
			t.Errorf("members %v", m)
		}
	}
	r := nexudusUp(t, "list_scalars", "present", "separator", ";")
	want(t, r.get("billing/coworkercontracts"), 200, `"FloorPlanDeskNames":"Office 12;Desk 3"`)
	r = nexudusUp(t)
	want(t, r.get("billing/coworkercontracts"), 200, `"FloorPlanDeskNames":null`, `"CoworkerCoworkerType":"Individual"`)
	id := r.id("billing/coworkercontracts", "TariffName", "Private office")
	want(t, r.get("billing/coworkercontracts/"+id), 200, `"FloorPlanDeskNames":"Office 12, Desk 3"`, `"Desks":[14`,
		`"StartDate":"2026-09-01T00:00:00Z"`, `"StartDateLocal":"2026-09-01T01:00:00Z"`)
	desk := into[map[string]any](t, r.get("sys/floorplandesks/"+r.id("sys/floorplandesks", "Name", "Office 12")))
	if desk["CoworkerContractIds"] != id || desk["CoworkerContractFullNames"] != "Ana Łuč" || desk["ItemType"] != 1.0 || desk["Available"] != false {
		t.Errorf("desk %v", desk)
	}
	hook := r.hook(6)
	if got := r.get("sys/webhooks"); strings.Contains(got.body, "Description") {
		t.Errorf("a list tells a webhook's description: %s", got.body)
	}
	want(t, r.get("sys/webhooks/"+hook), 200, `"Description":null`, `"ErrorCount":null`)
}

func TestNexudusBatchIsABareArray(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	ana, ben := r.id("spaces/coworkers", "FullName", "Ana Łuč"), r.id("spaces/coworkers", "FullName", "Ben Brandt")
	rows := into[[]map[string]any](t, r.get(fmt.Sprintf("spaces/coworkers/?id=[%s,%s,7]", ben, ana)))
	if len(rows) != 2 || rows[0]["FullName"] != "Ana Łuč" || rows[1]["TeamNames"] != "Acme" {
		t.Errorf("%v", rows)
	}
	if p := into[nexPage](t, r.get("spaces/coworkers?id=["+ben+"]")); p.TotalItems != 3 { // the slash matters
		t.Errorf("%+v", p)
	}
	want(t, r.get("spaces/coworkers/?id=7"), 400)
	want(t, r.get("spaces/coworkers/7"), 404, "<html>")
	want(t, r.get("spaces/coworkers/x"), 404)
	want(t, r.get("spaces/nothing"), 404)
	want(t, r.get("sys/users"), 501)
	want(t, r.must("GET", "/nexudus/else", "", nil), 404)
}

func TestNexudusFilters(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	ben := r.id("spaces/coworkers", "FullName", "Ben Brandt")
	for query, names := range map[string]string{
		"Coworker_FullName=b":                          "Ben Brandt",
		"Coworker_Active=false":                        "Cleo Cruz",
		"Coworker_InvoicingBusiness_Name=p":            "Cleo Cruz",
		"Id=" + ben:                                    "Ben Brandt",
		"Coworker_CoworkerType=2":                      "Cleo Cruz",
		"Coworker_Nothing=1":                           "Ana Łuč, Ben Brandt, Cleo Cruz",
		"from_Coworker_UpdatedOn=2026-11-23T09:00:00Z": "",
		"Coworker_TariffName=Private+office":           "Ana Łuč",
	} {
		if got := r.names("spaces/coworkers?"+query, "FullName"); got != names {
			t.Errorf("%s: %q, want %q", query, got, names)
		}
	}
	for query, n := range map[string]int{
		"spaces/bookings?Booking_Coworker=" + ben:                                   1,
		"spaces/bookings?Booking_CoworkerId=" + ben:                                 2, // the suffix is not known
		"spaces/bookings?from_Booking_FromTime=2026-11-23T13:00:00Z":                1,
		"spaces/bookings?to_Booking_FromTime=2026-11-23T11:00:00Z":                  1,
		"spaces/bookings?from_Booking_FromTimeLocal=2026-11-23T12:30":               1,
		"billing/coworkertimepasses?CoworkerTimePass_TimePass_Name=day":             2,
		"sys/floorplandesks?FloorPlanDesk_FloorPlan_Business_Name=London":           2,
		"sys/floorplandesks?FloorPlanDesk_Resource_ResourceType_Name=Meeting+room":  1,
		"billing/coworkerinvoices?CoworkerInvoice_Paid=false":                       1,
		"billing/timepasstimeslots?TimePassTimeSlot_DayOfWeek=1":                    1,
		"spaces/cancelledbookings?from_CancelledBooking_FromTime=2026-11-22T00:00Z": 1,
		"spaces/visitors?Visitor_HostApprovalStatus=2":                              0,
	} {
		if p := into[nexPage](t, r.get(query)); p.TotalItems != n {
			t.Errorf("%s: %d, want %d", query, p.TotalItems, n)
		}
	}
	want(t, r.get("spaces/bookings?from_Booking_FromTime=monday"), 400)
	if got := nexudusUp(t, "string_filter", "exact").names("spaces/coworkers?Coworker_FullName=b", "FullName"); got != "" {
		t.Errorf("exact: %s", got)
	}
	// a date without a suffix: summer time shows the difference
	for zone, n := range map[string]int{"location": 1, "utc": 0} {
		s := nexudusUp(t, "filter_zone", zone)
		s.patch("nexudus: {bookings: [{Id: b-ben, FromTime: 2026-07-01T10:00:00Z, ToTime: 2026-07-01T11:00:00Z}]}")
		if p := into[nexPage](t, s.get("spaces/bookings?from_Booking_FromTime=2026-07-01T11:00&to_Booking_FromTime=2026-07-02T00:00")); p.TotalItems != n {
			t.Errorf("%s: %d", zone, p.TotalItems)
		}
	}
}

func TestNexudusShowsABookingWithBothClocks(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	r.patch("nexudus: {bookings: [{Id: b-ben, FromTime: 2026-07-01T10:00:00Z, ToTime: 2026-07-01T11:00:00Z}]}")
	id := r.id("spaces/bookings", "CoworkerFullName", "Ben Brandt")
	want(t, r.get("spaces/bookings/"+id), 200, `"FromTime":"2026-07-01T10:00:00Z"`, `"FromTimeLocal":"2026-07-01T11:00:00Z"`,
		`"VisitorEmail":"vera@g.test"`, `"ResourceResourceTypeName":"Meeting room"`, `"CoworkerTeamNames":"Acme"`)
	want(t, r.get("spaces/bookings"), 200, `"BookingVisitors":[]`, `"CoworkerId":null`)
	s := nexudusUp(t, "local_suffix", "none")
	want(t, s.get("spaces/bookings"), 200, `"FromTimeLocal":"2026-11-23T11:00:00"`)
	want(t, r.get("sys/businesses"), 200, `"CreatedOn":"2026-09-24T09`, `.5515198Z"`) // up to seven digits
}

func TestNexudusKnowsEveryEntity(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	for path := range strings.FieldsSeq(`sys/businesses sys/businesssettings sys/floorplans sys/floorplandesks sys/webhooks
		sys/coworkeraccesscontrolaudits spaces/coworkers spaces/teams spaces/resources spaces/resourcetypes spaces/resourceaccessrules
		spaces/bookings spaces/cancelledbookings spaces/bookingvisitors spaces/bookingnotes spaces/visitors spaces/checkins
		billing/tariffs billing/tarifftimepasses billing/coworkercontracts billing/coworkerinvoices billing/timepasses
		billing/timepasstimeslots billing/coworkertimepasses billing/products billing/producttimepasses`) {
		p := into[nexPage](t, r.get(path))
		for _, one := range p.Records {
			want(t, r.get(fmt.Sprintf("%s/%.0f", path, one["Id"])), 200, `"UniqueId":"`, `"IsNew":false`)
		}
		want(t, r.call("PATCH", path, "{}"), 405)
	}
	for switched, active := range map[string]string{"out": "false", "in": "true"} {
		s := nexudusUp(t, "cancellation_day", switched)
		s.wait(24 * 3600e9) // the day of the cancellation
		list := s.get("billing/coworkercontracts?CoworkerContract_Cancelled=true")
		want(t, list, 200, `"Active":`+active, `"CancellationDate":"2026-11-24T00:00:00Z"`)
	}
	enum := r.get("utils/enums?name=eWebhookAction")
	want(t, enum, 200, `{"Id":61,"Name":"AccessControlUpdate"}`, `{"Id":90,"Name":"CoworkerPaymentMethodUpdate"}`, `{"Id":36,"Name":"CoworkerCheckin"}`)
	want(t, r.get("utils/enums?name=eOther"), 404)
	r.fault("nexudus", `[{"effect":"empty","times":1},{"effect":"truncate","rows":1,"times":1},{"status":409,"times":1},{"times":1}]`)
	if p := into[nexPage](t, r.get("spaces/coworkers")); p.TotalItems != 0 {
		t.Errorf("%+v", p)
	}
	if p := into[nexPage](t, r.get("spaces/coworkers")); p.TotalItems != 3 || len(p.Records) != 1 {
		t.Errorf("%+v", p)
	}
	want(t, r.get("spaces/coworkers"), 409)
	want(t, r.get("spaces/coworkers"), 503, "<html>")
}
