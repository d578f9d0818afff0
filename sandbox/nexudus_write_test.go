package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const newcomer = `{"CoworkerType":1,"FullName":"Dan Ö","Gender":1,"Email":"dan@x.test","CountryId":1,"SimpleTimeZoneId":2,"TaxRateType":1,
"Monday":5,"Tuesday":5,"Wednesday":5,"Thursday":5,"Friday":5,"Saturday":5,"Sunday":5,"InvoicingBusinessId":%s,"Odd":1%s}`

func TestNexudusWriteAnswersAnEnvelope(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	r.refused(r.call("POST", "spaces/coworkers", `{"FullName":"Dan"}`), "CoworkerType")
	want(t, r.call("POST", "spaces/coworkers", `[1]`), 400)
	made := r.call("POST", "spaces/coworkers", fmt.Sprintf(newcomer, r.london(), ""))
	want(t, made, 200, `"Status":200`, `"RedirectURL":null`, `"UpdatedBy":"olga@x.test"`)
	id := r.made(made)
	want(t, r.get("spaces/coworkers/"+id), 200, `"FullName":"Dan Ö"`, `"UpdatedBy":"olga@x.test"`, `"Email":"dan@x.test"`)
	want(t, r.call("DELETE", "spaces/coworkers/"+id, ""), 405) // the API has no such delete
	want(t, r.call("POST", "spaces/cancelledbookings", "{}"), 405)
	r.refused(r.call("POST", "spaces/teams", `{"BusinessId":1,"Name":"T"}`), "BusinessId")
	r.refused(r.call("POST", "spaces/teams", `{"BusinessId":"x","Name":5}`), "BusinessId")
	strict := nexudusUp(t, "rule_failure", "400")
	want(t, strict.call("POST", "spaces/coworkers", `{}`), 400, `"WasSuccessful":false`)
	log := r.Writes("nexudus")
	if len(log) != 7 || log[0].Path != "/api/spaces/coworkers" || log[0].Status != 200 {
		t.Errorf("log %+v", log)
	}
}

func TestNexudusPutReplacesTheWholeRecord(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	team, ana := r.id("spaces/teams", "Name", "Acme"), r.id("spaces/coworkers", "FullName", "Ana Łuč")
	dan := r.made(r.call("POST", "spaces/coworkers", fmt.Sprintf(newcomer, r.london(), "")))
	put := func(fields string) map[string]any {
		r.made(r.call("PUT", "spaces/teams", fmt.Sprintf(`{"Id":%s,"BusinessId":%s,"Name":"Acme"%s}`, team, r.london(), fields)))
		return into[map[string]any](t, r.get("spaces/teams/"+team))
	}
	if got := put(`,"AddedTeamMembers":[` + dan + `]`); len(got["TeamMembers"].([]any)) != 3 || got["PayingMemberId"] != nil ||
		got["ShareTimePasses"] != false {
		t.Errorf("added: %v", got)
	}
	want(t, r.get("spaces/coworkers/"+dan), 200, `"TeamNames":"Acme"`)
	if got := put(`,"RemovedTeamMembers":[` + ana + `]`); len(got["TeamMembers"].([]any)) != 2 {
		t.Errorf("removed: %v", got)
	}
	if got := put(""); len(got["TeamMembers"].([]any)) != 0 { // what is left out is cleared
		t.Errorf("left out: %v", got)
	}
	kind := nexudusUp(t, "put_collections", "kept")
	id := kind.id("spaces/teams", "Name", "Acme")
	kind.made(kind.call("PUT", "spaces/teams", fmt.Sprintf(`{"Id":%s,"BusinessId":%s,"Name":"A"}`, id, kind.london())))
	if got := into[map[string]any](t, kind.get("spaces/teams/"+id)); len(got["TeamMembers"].([]any)) != 2 {
		t.Errorf("kept: %v", got)
	}
	want(t, r.call("PUT", "spaces/teams", `{"Name":"x"}`), 404)
	want(t, r.call("PUT", "spaces/teams/"+team, `{"Name":"x"}`), 405)
	// a coworker joins through their own record
	r.made(r.call("PUT", "spaces/coworkers", strings.Replace(fmt.Sprintf(newcomer, r.london(), `,"AddedTeams":[`+team+`]`), "{", `{"Id":`+dan+",", 1)))
	want(t, r.get("spaces/coworkers/"+dan), 200, `"Teams":[`+team+`]`)
	want(t, r.get("spaces/teams/"+team), 200, `"TeamMembers":[`+dan+`]`)
}

func TestNexudusOpensAContractWithTheCoworker(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	id := r.made(r.call("POST", "spaces/coworkers", fmt.Sprintf(newcomer, r.london(),
		`,"TariffId":`+r.id("billing/tariffs", "Name", "Hot desk")+`,"BillingDay":1,"RenewalDate":"2026-12-01"`)))
	want(t, r.get("spaces/coworkers/"+id), 200, `"TariffName":"Hot desk"`, `"BillingDay":1`, `"RenewalDate":"2026-12-01T00:00:00Z"`)
	want(t, r.get("billing/coworkercontracts?CoworkerContract_Coworker="+id), 200, `"TotalItems":1`)
	r.refused(r.call("POST", "spaces/coworkers", fmt.Sprintf(newcomer, r.london(), `,"TariffId":7`)), "TariffId")
	r.refused(r.call("POST", "billing/coworkercontracts", `{"CoworkerId":`+id+`}`), "IssuedById")
}

func TestNexudusPassesAreMintedInNumbers(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	body := func(n int) string {
		return fmt.Sprintf(`{"CoworkerId":%s,"BusinessId":%s,"TimePassId":%s,"CreateMultiple":%d}`,
			r.id("spaces/coworkers", "FullName", "Cleo Cruz"), r.london(), r.id("billing/timepasses", "Name", "Day pass"), n)
	}
	r.made(r.call("POST", "billing/coworkertimepasses", body(3)))
	want(t, r.get("billing/coworkertimepasses?CoworkerTimePass_Coworker_FullName=Cleo"), 200, `"TotalItems":3`, `"TimePassName":"Day pass"`)
	r.refused(r.call("POST", "billing/coworkertimepasses", body(498)), "CreateMultiple")
	r.refused(r.call("POST", "billing/coworkertimepasses", body(0)), "CreateMultiple")
	r.refused(r.call("POST", "billing/timepasstimeslots", fmt.Sprintf(
		`{"TimePassId":%s,"DayOfWeek":7,"FromTime":"a","ToTime":"b"}`, r.id("billing/timepasses", "Name", "Day pass"))), "DayOfWeek")
}

func TestNexudusCancelledBookingDisappears(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	room, ben := r.id("spaces/resources", "Name", "Elephant"), r.id("spaces/coworkers", "FullName", "Ben Brandt")
	body := func(fields string) string {
		return fmt.Sprintf(`{"ResourceId":%s,"Repeats":1,"WhichBookingsToUpdate":1,%s}`, room, fields)
	}
	book := func(fields string) reply { return r.call("POST", "spaces/bookings", body(fields)) }
	r.refused(book(`"FromTime":"2026-11-23T11:30:00Z","ToTime":"2026-11-23T11:45:00Z"`), "ResourceId") // taken
	r.refused(book(`"FromTime":"2026-11-23T19:30:00Z","ToTime":"2026-11-23T19:00:00Z"`), "ToTime")
	r.refused(book(`"FromTime":"2026-11-23T19:30:00Z","ToTime":"2026-11-23T20:00:00Z","RepeatBooking":true`), "RepeatBooking")
	id := r.made(book(`"FromTime":"2026-11-23T19:00:00Z","ToTime":"2026-11-23T20:00:00Z","CoworkerId":` + ben +
		`,"BookingVisitors":[{"VisitorFullName":"Wim","VisitorEmail":"wim@g.test"}]`))
	want(t, r.get("spaces/bookings/"+id), 200, `"VisitorEmail":"wim@g.test"`, `"MinutesToStart":600`)
	want(t, r.get("spaces/visitors"), 200, `"wim@g.test"`)
	r.made(r.call("DELETE", "spaces/bookings/"+id, ""))
	want(t, r.get("spaces/bookings/"+id), 404)
	want(t, r.get("spaces/cancelledbookings"), 200, `"OriginalBookingId":"`+id+`"`, `"CancelledBy":"olga@x.test"`, `"TotalItems":2`)
	r.patch("nexudus: {bookings: [{Id: b-ben, delete: true}]}") // a patch likewise
	want(t, r.get("spaces/cancelledbookings"), 200, `"TotalItems":3`)
	want(t, r.call("DELETE", "spaces/bookings/"+id, ""), 404)
	block := r.made(book(`"FromTime":"2026-11-23T21:00:00Z","ToTime":"2026-11-23T22:00:00Z"`))
	r.refused(r.call("POST", "spaces/bookingvisitors", fmt.Sprintf(`{"BookingId":%s,"VisitorId":%s}`, block,
		r.id("spaces/visitors", "FullName", "Vera"))), "BookingId")
}

func TestNexudusCheckInConsumesAPass(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	ben, ana := r.id("spaces/coworkers", "FullName", "Ben Brandt"), r.id("spaces/coworkers", "FullName", "Ana Łuč")
	in := func(who, at string) reply {
		return r.call("POST", "spaces/checkins", fmt.Sprintf(`{"CoworkerId":%s,"BusinessId":%s,"FromTime":%q}`, who, r.london(), at))
	}
	r.refused(in(ana, "2026-11-23T09:00:00Z"), "CoworkerId") // hers is over
	want(t, r.get("sys/coworkeraccesscontrolaudits"), 200, "no valid pass", `"IsProblem":true`)
	id := r.made(in(ben, "2026-11-23T09:00:00Z"))
	passes := r.get("billing/coworkertimepasses?CoworkerTimePass_Coworker=" + ben)
	want(t, passes, 200, `"Used":true`, `"UsedDate":"2026-11-23T09:00:00Z"`, `"RemainingUses":0`)
	r.made(in(ben, "2026-11-23T15:00:00Z"))                  // the same day: no other pass is needed
	r.refused(in(ben, "2026-11-24T09:00:00Z"), "CoworkerId") // the evening pass has its hours
	r.made(in(ben, "2026-11-30T19:00:00Z"))
	r.made(r.call("PUT", "spaces/checkins", fmt.Sprintf(`{"Id":%s,"CoworkerId":%s,"BusinessId":%s,"FromTime":"2026-11-23T09:00:00Z",
"ToTime":"2026-11-23T10:00:00Z"}`, id, ben, r.london())))
	want(t, r.get("spaces/checkins/"+id), 200, `"ToTime":"2026-11-23T10:00:00Z"`, `"AutoCheckout":false`)
	if got := r.names("spaces/checkins", "FromTime"); got != "2026-11-30T19:00:00Z, 2026-11-23T15:00:00Z, 2026-11-23T09:00:00Z" {
		t.Errorf("newest first: %s", got)
	}
	r.wait(15 * time.Hour) // everyone is out at the cut-off
	want(t, r.get("spaces/checkins"), 200, `"ToTime":"2026-11-24T00:00:00Z"`, `"AutoCheckout":true`)
	other := nexudusUp(t, "checkin_order", "Id")
	if p := into[nexPage](t, other.get("spaces/checkins")); p.CurrentOrderField != "Id" || p.CurrentSortDirection != 0 {
		t.Errorf("%+v", p)
	}
}

func TestNexudusCutOffIsASetting(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	r.patch("nexudus: {businesssettings: [{BusinessId: london, Name: Checkin.DailyCutOffTime, Value: '06:30'}]}")
	r.made(r.call("POST", "spaces/checkins", fmt.Sprintf(`{"CoworkerId":%s,"BusinessId":%s,"FromTime":"2026-11-23T09:00:00Z"}`,
		r.id("spaces/coworkers", "FullName", "Ben Brandt"), r.london())))
	r.wait(20 * time.Hour)
	want(t, r.get("spaces/checkins"), 200, `"ToTime":null`)
	r.wait(2 * time.Hour)
	want(t, r.get("spaces/checkins"), 200, `"ToTime":"2026-11-24T06:30:00Z"`)
}

func TestNexudusPortalChecksInWithoutABearer(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	r.patch("nexudus: {coworkers: [{Id: ben, AccessCardId: '77'}]}")
	post := func(body string) reply {
		r.wait(1010 * time.Millisecond)
		return r.must("POST", "/nexudus/portal/api/public/checkin", body, nil)
	}
	want(t, post(`{"pincode":"9999"}`), 200, `"WasSuccessful":false`)
	want(t, post(`{"accessCardId":"22","doNotCheckIn":true}`), 200, `"WasSuccessful":false`) // ana, without a pass
	want(t, post(`{"accessCardId":"77","doNotCheckIn":true}`), 200, `"WasSuccessful":true`, ` UTC"`, `"SessionTimeOut":`)
	want(t, r.get("spaces/checkins"), 200, `"TotalItems":0`)
	want(t, post(`{"accessCardId":"77"}`), 200, `"WasSuccessful":true`)
	want(t, r.get("spaces/checkins"), 200, `"TotalItems":1`, `"ToTime":null`)
	want(t, post(`{"accessCardId":"77","toggle":true}`), 200, `"WasSuccessful":true`)
	if got := r.get("spaces/checkins"); strings.Contains(got.body, `"ToTime":null`) {
		t.Error("not out")
	}
	want(t, post(`{"email":"ben@x.test","password":"no"}`), 200, `"WasSuccessful":false`)
	// throttled there with 429
	if a := r.must("POST", "/nexudus/portal/en/api/public/checkin", "{}", nil); a.status != 429 || a.header.Get("Retry-After") != "1" {
		t.Errorf("%d", a.status)
	}
	r.wait(time.Second)
	want(t, r.must("GET", "/nexudus/portal/en/profile", "", nil), 404)
}

func TestNexudusCommandsAreFoundByName(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	r.hook(61)
	r.sent()
	want(t, r.get("billing/tariffs/commands"), 200, "[]")
	list := into[[]map[string]any](t, r.get("spaces/coworkers/commands"))
	if len(list) != 1 || list[0]["Name"] != "Update access control" {
		t.Fatalf("%v", list)
	}
	run := func(key, ids string) reply {
		return r.call("POST", "spaces/coworkers/runcommand", fmt.Sprintf(`{"Key":%q,"Ids":[%s],"Parameters":[]}`, key, ids))
	}
	r.refused(run("UPDATE", ""), "Key")
	r.refused(run(list[0]["Key"].(string), "7"), "Ids")
	r.made(run(list[0]["Key"].(string), r.id("spaces/coworkers", "FullName", "Ben Brandt")))
	if got := r.told(); got != "61" {
		t.Errorf("told %s", got)
	}
}
