package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

// TestWhatHappensToANexudusBookingActsAtOnce has the booking's own webhooks alone tell of it: what comes with the one of its end may
// be the row that took its place, with an id of its own. Visitors pass because the operator says so.
func TestWhatHappensToANexudusBookingActsAtOnce(t *testing.T) {
	t.Parallel()
	for _, deleted := range []string{"cancelled", "booking"} {
		t.Run(deleted, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r, stop := nexudusListening(t, map[string]string{"nexudus.hook_deleted": deleted}, func(f *config.File) {
					f.Integrations["site"].Visitors.Text = "account"
				})
				defer stop()
				ear := r.hooks.handler
				r.hooks.handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
					if !strings.Contains(req.URL.Path, "AccessControlUpdate") {
						ear.ServeHTTP(w, req)
					}
				})
				for _, c := range []struct {
					what, patch string
					in          bool
				}{
					{"a visitor is invited", `nexudus: {visitors: [{Id: vera, BusinessId: london, FullName: Vera Vale, Email: vera@x.test, ` +
						`CoworkerId: dina, HostApprovalStatus: 1}], bookings: [{Id: b1, ResourceId: elephant, CoworkerId: dina, ` +
						`FromTime: 2026-11-23T08:00:00Z, ToTime: 2026-11-23T20:00:00Z}], bookingvisitors: [{Id: bv1, BookingId: b1, VisitorId: vera}]}`, true},
					{"it is moved to next week",
						`nexudus: {bookings: [{Id: b1, FromTime: 2026-11-30T08:00:00Z, ToTime: 2026-11-30T20:00:00Z}]}`, false},
					{"it is moved back", `nexudus: {bookings: [{Id: b1, FromTime: 2026-11-23T08:00:00Z, ToTime: 2026-11-23T20:00:00Z}]}`, true},
					{"it is deleted", `nexudus: {bookings: [{Id: b1, delete: true}]}`, false},
				} {
					r.patch(c.patch)
					time.Sleep(30 * time.Second)
					for _, who := range []string{"vera@x.test", "dina@x.test"} {
						if r.passes("Elephant room", who) != c.in {
							t.Errorf("%s: half a minute later the room holds %v", c.what, r.passing("kisi")["Elephant room"])
						}
					}
				}
			})
		})
	}
}

// TestVisitorsOfNexudusPassOnlyWhereTheOperatorSaysSo: no integration of its own gives them a door.
func TestVisitorsOfNexudusPassOnlyWhereTheOperatorSaysSo(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string][]string{
		"": {"cleo@x.test", "dina@x.test"}, "account": {"cleo@x.test", "dina@x.test", "vera@x.test"},
	} {
		t.Run("visitors "+setting, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				door := doorSide("kisi")
				r := pair(t, nexudusSide(t), door, onSQLite, commonMappings(door), func(f *config.File) {
					if setting != "" {
						f.Integrations["site"].Visitors.Text = setting
					}
				})
				defer r.shut()
				r.patch(`nexudus: {visitors: [{Id: vera, BusinessId: london, FullName: Vera, Email: vera@x.test, CoworkerId: dina, HostApprovalStatus: 5},
    {Id: vic, BusinessId: london, FullName: Vic, Email: vic@x.test, CoworkerId: dina, HostApprovalStatus: 3},
    {Id: una, BusinessId: london, FullName: Una, Email: una@x.test, CoworkerId: dina, HostApprovalStatus: 1, ExpectedArrival: 2026-11-23T09:00:00Z}],
  bookings: [{Id: b1, ResourceId: elephant, CoworkerId: dina, FromTime: 2026-11-23T08:00:00Z, ToTime: 2026-11-23T20:00:00Z}],
  bookingvisitors: [{Id: v1, BookingId: b1, VisitorId: vera}, {Id: v2, BookingId: b1, VisitorId: vic}]}`)
				r.sync(desk.InStep)
				if diff := cmp.Diff(want, r.passing(door.name)["Elephant room"]); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// TestAFutureContractOfNexudusOpensAtMidnightWithoutAWord: nothing is announced when it begins, and its zone is one that only the
// operator knows. It is not active before, and Nexudus' night work has it active some time after.
func TestAFutureContractOfNexudusOpensAtMidnightWithoutAWord(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r, stop := nexudusListening(t, map[string]string{"nexudus.hook_delivery": "lost"}, func(f *config.File) {
			f.Integrations["site"].LocationSettings = map[string]*config.LocationSettings{"London": {Zone: config.Name{Text: "America/New_York"}}}
		})
		defer stop()
		r.patch(`nexudus: {coworkercontracts: [{Id: c-fay, CoworkerId: fay, IssuedById: london, TariffId: hot-desk, StartDate: 2026-11-24, ` +
			`BillingDay: 1, Quantity: 1, Active: false}]}`)
		at(t, "2026-11-23T23:00:00Z") // read whole meanwhile
		at(t, "2026-11-24T04:59:58Z")
		if r.passes("General access", "fay@x.test") {
			t.Error("it opened before midnight in New York")
		}
		at(t, "2026-11-24T05:00:05Z")
		if !r.passes("General access", "fay@x.test") {
			t.Errorf("the contract has begun, and General access holds %v", r.passing("kisi")["General access"])
		}
	})
}

// TestNexudusPassGateOfBookings has members need a pass for what they booked too.
func TestNexudusPassGateOfBookings(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		door := doorSide("kisi")
		r := pair(t, nexudusSide(t), door, onSQLite, commonMappings(door), func(f *config.File) {
			f.Integrations["site"].PassGate.Text, f.Integrations["site"].PassGateBookings.Text = "on", "true"
		})
		defer r.shut()
		r.patch(`nexudus: {coworkertimepasses: [{Id: p-ana, ExpireDate: null}], bookings: [{Id: b1, ResourceId: elephant, CoworkerId: dina, ` +
			`FromTime: 2026-11-23T09:00:00Z, ToTime: 2026-11-23T10:00:00Z}]}`)
		r.sync(desk.InStep)
		if diff := cmp.Diff([]string{"dina@x.test"}, r.passing(door.name)["Elephant room"]); diff != "" {
			t.Errorf("Cleo has no pass: %s", diff)
		}
		r.ask("who has none is told so", question{
			who: "cleo@x.test", group: "Elephant room", word: "No", decides: "BOOKING The booking of “Elephant” needs a valid pass",
			sentence: []string{"Cleo Cruz may not pass Elephant room now"}, change: "passgate",
		})
	})
}

// TestASuspendedMemberOfNexudusIsToldAsOne, and not as somebody with a locked membership; their room is shut as well.
func TestASuspendedMemberOfNexudusIsToldAsOne(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		door := doorSide("kisi")
		r := pair(t, nexudusSide(t), door, onSQLite, commonMappings(door))
		defer r.shut()
		r.patch(`nexudus: {coworkers: [{Id: ana, Active: false}, {Id: cleo, Active: false}, {Id: eli, Active: false}],
  teams: [{Id: acme, BusinessId: london, Name: Acme, PayingMemberId: eli, TeamMembers: [eli, fay]}]}`)
		r.sync(desk.InStep)
		if diff := cmp.Diff(map[string][]string{"General access": {"dina@x.test"}}, r.passing(door.name)); diff != "" {
			t.Error(diff)
		}
		for what, q := range map[string]question{
			"a membership": {
				who: "ana@x.test", group: "General access", decides: "PLAN The membership “Hot desk” gives nothing while Ana Almeida is suspended",
				change: "Lift the suspension of Ana Almeida",
			},
			"a booking": {
				who: "cleo@x.test", group: "Elephant room", decides: "BOOKING The booking of “Elephant” gives nothing while Cleo Cruz is suspended",
				change: "Lift the suspension of Cleo Cruz",
			},
			"what somebody else pays": {
				who: "fay@x.test", group: "Office 12", decides: "RESOURCE The membership “Private office” assigned to “Office 12” gives nothing while Eli Engel is suspended", change: "Lift the suspension of Eli Engel",
			},
		} {
			q.word, q.sentence = "No", []string{"may not pass " + q.group + " now"}
			r.ask(what, q)
		}
	})
}

// TestAPushOfOneNexudusLocationLeavesTheOthers: each location is configured by itself and pushes what somebody has there.
func TestAPushOfOneNexudusLocationLeavesTheOthers(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := pushing(t, pushMapping)
		defer r.shut()
		r.begin()
		r.mapped()
		r.sync(desk.InStep)
		i := slices.IndexFunc(r.hooks.sent, func(d delivery) bool { return strings.Contains(string(d.body), "dina@x.test") })
		if i < 0 {
			t.Fatal("Dina was not pushed")
		}
		d := r.hooks.sent[i]
		elsewhere := `{"time":"2026-11-23T09:10:00Z","business":{"id":99},"coworker":{"id":` + r.idIn(d, "coworker") + `},"groups":[],"schedule":[]}`
		at(t, "2026-11-23T09:10:01Z")
		if code := r.hooks.post(delivery{d.path, d.header, []byte(elsewhere)}); code != http.StatusOK {
			t.Fatalf("answered %d", code)
		}
		r.sync(desk.InStep)
		if diff := cmp.Diff(everybody(), r.passing("kisi")); diff != "" {
			t.Errorf("a push of another location took away what London gives: %s", diff)
		}
	})
}
