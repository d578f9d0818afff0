package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

func TestOpenTechEvents(t *testing.T) {
	t.Parallel()
	r := house(t)
	at := func(h, m int) int64 { return time.Date(2026, 11, 23, h, m, 0, 0, time.UTC).Unix() }
	combined := "/combinedevents" + r.north + "?hideMetadata=true"
	rows := into[[]map[string]any](t, r.events("3.0", combined))
	if len(rows) != 3 || rows[0]["eventTypeEnum"] != 6.0 || rows[1]["unitName"] != "A2" || rows[1]["facilityName"] != "North" {
		t.Errorf("events %v", rows) // the one of January is too old
	}
	for query, n := range map[string]int{
		"&gtq=18": 1, "&gtq=15&gtq=18": 2, "&etq=6": 1, "&gtq=18&etq=6&itq=2&uq=1&vq=1": 2,
		fmt.Sprintf("&minDate=%d", at(8, 0)): 2, fmt.Sprintf("&minDate=%d&maxDate=%d", at(8, 1), at(8, 30)): 1,
	} {
		if got := len(into[[]any](t, r.events("3.0", combined+query))); got != n {
			t.Errorf("%s: %d events, want %d", query, got, n)
		}
	}
	want(t, r.events("3.0", combined+"&minDate=2026-11-23"), 400, "MinDate")
	want(t, r.events("3.0", "/combinedevents"+r.north), 200, `"items":[`, `"metadata":{`)
	want(t, r.events("3.0", combined+"&gtq=34"), 204)
	want(t, r.events("3.0", "/combinedevents/facilities/3000"), 404)
	want(t, r.events("2.0", "/events"+r.north+"?limit=2&offset=2"), 200, `"totalResults":3`, `"pageNumber":2`,
		`"codeEntered":"9999"`)
	want(t, r.events("2.0", "/events"+r.north+"?offset=3"), 204)
	want(t, r.events("2.0", "/events"+r.north+"?limit=101"), 400, "Limit")
	if got := len(into[[]any](t, r.events("3.0", "/gatewayevents/accounts/71"))); got != 2 {
		t.Errorf("%d gateway events", got)
	}
	want(t, r.events("3.0", "/gatewayevents/accounts/72"), 404)
	s := house(t, "empty_events", "200")
	want(t, s.events("3.0", "/combinedevents/facilities/2000?hideMetadata=true"), 200, "[]")
	want(t, s.events("2.0", "/events/facilities/2000"), 200, `"items":[]`)
	// a lock and a device that go off are told
	r.wait(time.Minute)
	r.patch("opentech: {facilities: [{id: north, smartlocks: [{id: 1, isDeviceOffline: true}], " +
		"devices: [{name: Gate, status: Offline}]}]}")
	want(t, r.events("3.0", combined+"&etq=6"), 200, `"deviceName":"L1"`)
	want(t, r.events("3.0", combined+"&gtq=11"), 200, `"deviceName":"Gate"`)
}

func TestOpenTechDropAfterDoesTheWrite(t *testing.T) {
	t.Parallel()
	r := house(t)
	r.fault("opentech", `{"method":"POST","path":"/accesscontrol`+r.north+`/visitors","effect":"drop-after","times":1}`)
	body := visitor(`"isTenant":true,"unitId":101,"accessCode":"5001"`)
	_, err := r.do("POST", "/opentech/accesscontrol"+r.north+"/visitors", body, r.headers("2.0"))
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("error %v", err)
	}
	want(t, r.get(r.north+"/units/101/visitors"), 200, "Eve Ray")
	want(t, r.post("/visitors", body), 400, "AccessCode") // a blind retry
	log := r.Writes("opentech")
	if len(log) != 2 || log[0].Status != 200 || log[1].Status != 400 || log[0].Path != "/accesscontrol"+r.north+"/visitors" {
		t.Errorf("log %+v", log)
	}
	r.fault("opentech", `[{"status":401,"times":1},{"status":409,"times":1},{"path":"/auth","status":400,"times":1}]`)
	want(t, r.get("/facilities"), 401)
	want(t, r.get("/facilities"), 409)
	want(t, r.ask(otForm()), 400, `"error":`)
	r.fault("opentech", `{"effect":"truncate","rows":1,"times":1}`)
	if n := len(into[[]any](t, r.get(r.north+"/units"))); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestOpenTechPatchesByWhatPeopleCallThings(t *testing.T) {
	t.Parallel()
	r := house(t)
	r.patch("opentech: {facilities: [{id: north, units: [{unitNumber: A2, status: Vacant}], " +
		"visitors: [{id: 503, lastName: Omar}]}]}")
	if got := r.group("A2"); got != " /2" {
		t.Errorf("vacated by hand: %s", got)
	}
	want(t, r.get(r.north+"/visitors/503"), 200, "Cy Omar")
	r.patch(`opentech: {facilities: [{propertyNumber: S-1, units: [{unitNumber: Z1}],
  visitors: [{unitNumber: z1, isTenant: true, firstName: Fe, lastName: Wu, email: fe@x.test, accessCode: "1"}]}]}`)
	if got := r.group("Z1"); got != "fe@x.test /1" {
		t.Errorf("Z1: %s", got)
	}
	r.patch("opentech: {facilities: [{name: South, visitors: [{unitNumber: Z1, email: FE@x.test, isEnabled: false}]}]}")
	if got := r.group("Z1"); got != " /1" {
		t.Errorf("Z1 shut: %s", got)
	}
	r.patch("opentech: {facilities: [{name: South, delete: true}]}")
	want(t, r.get("/facilities/2000"), 404)
	const renamed = "facilities: [{id: north, units: [{id: 101, unitNumber: Q}]"
	for name, patch := range map[string]string{
		"nobody":    "opentech: {" + renamed + ", visitors: [{id: 9, delete: true}]}]}",
		"same code": "opentech: {" + renamed + ", visitors: [{id: 504, accessCode: '4713'}]}]}",
		"switch":    "opentech: {switches: {code: perhaps}, " + renamed + "}]}",
		"account":   "opentech: {accounts: [{key: k, secret: s, facilities: [nowhere]}], " + renamed + "}]}",
	} {
		if err := r.Patch([]byte(patch)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if r.status("A1") != "Vacant" {
		t.Error("half a patch was taken")
	}
	world := r.must("GET", "/_sandbox/world", "", nil)
	want(t, world, 200, `"unitNumber": "A1"`, `"Acme"`)
	if strings.Contains(world.body, "c2VjcmV0") || strings.Contains(world.body, "app-secret") {
		t.Error("the world tells a secret")
	}
	if len(r.Writes("opentech")) != 0 {
		t.Error("a patch is no write of a client")
	}
}

func TestOpenTechWorldRefusesNonsense(t *testing.T) {
	t.Parallel()
	const head, site = "anchor: 2026-11-23\nopentech:\n", "  facilities:\n    - name: N\n      "
	for name, c := range map[string]struct{ yaml, says string }{
		"part":        {head + "  sites: []", "opentech has no \"sites\""},
		"application": {head + "  applications: [{id: a}]", "an application has id and secret"},
		"account":     {head + "  accounts: [{key: a}]", "an account needs key and secret"},
		"account key": {head + "  accounts: [{key: a, secret: b, site: c}]", "an account has no \"site\""},
		"facility":    {head + site + "doors: []", "w.yaml:5: a facility has no \"doors\""},
		"field":       {head + site + "units: [{number: A}]", "no field \"number\""},
		"status":      {head + site + "units: [{unitNumber: A, status: rented}]", "is not Vacant, Rented or Delinquent"},
		"no unit":     {head + site + "visitors: [{unitNumber: A, firstName: a, lastName: b}]", `no "A" in units`},
		"homeless":    {head + site + "visitors: [{firstName: a, lastName: b}]", "a tenant or guest has a unit"},
		"code": {
			head + site + "visitors: [{isPortalVisitor: true, firstName: a, lastName: b, accessCode: x}]", "1 to 10 digits",
		},
		"category": {head + site + "events: [{eventTypeEnum: 1, eventCategory: x}]", "eventCategory"},
		"shared": {
			head + "  accounts: [{key: a, secret: b, facilities: [N]}, {key: c, secret: d, facilities: [N]}]\n" + site + "city: C",
			"two accounts",
		},
		"switch": {head + "  switches: {code: x}", "code knows hidden, shown"},
	} {
		w, err := sandbox.Parse("w.yaml", []byte(c.yaml))
		if err == nil {
			_, err = sandbox.New(w, sandbox.Options{Now: monday})
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	r := small(t, "anchor: 2026-11-23\n", nil)
	if err := r.Patch([]byte("opentech: {}")); err == nil {
		t.Error("a patch of a vendor that is not there")
	}
}

func TestOpenTechShiftMovesItsDates(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Parse("storage.yaml", []byte(storage))
	if err != nil {
		t.Fatal(err)
	}
	r := &otRig{rig: &rig{t: t, clock: monday().AddDate(0, 0, 70)}}
	if r.Server, err = sandbox.New(w, sandbox.Options{Now: r.now, Shift: true}); err != nil {
		t.Fatal(err)
	}
	r.client = clientOf(r.Server)
	r.token = into[map[string]any](t, r.ask(otForm()))["access_token"].(string)
	want(t, r.events("3.0", "/gatewayevents/accounts/71"), 200, "2027-02-01T08:00:00.000Z")
}

func TestOpenTechHasNoOtherRoutes(t *testing.T) {
	t.Parallel()
	r := house(t)
	call := func(method, path string) reply {
		r.wait(40 * time.Millisecond)
		return r.must(method, "/opentech"+path, "", r.headers("2.0"))
	}
	site := "/accesscontrol" + r.north
	for path, status := range map[string]int{
		"/portal": 404, "/auth/token": 404, "/accesscontrol": 404, "/accesscontrol/swagger": 404, site + "/nothing": 404,
		site + "/units/102/nothing": 404, site + "/units/x/vacate": 404, site + "/timegroups/31": 404, "/accessevent/nothing": 404,
		"/accessevent/gatewayevents/facilities/71": 404, site + "/visitors/502/vacate": 404,
	} {
		want(t, call("GET", path), status)
	}
	for path, method := range map[string]string{
		"/accesscontrol/facilities": "POST", site: "DELETE", site + "/units": "PUT", site + "/visitors": "DELETE",
		site + "/timegroups": "POST", "/accessevent/combinedevents/types": "POST",
	} {
		want(t, call(method, path), 405)
	}
	r.fault("opentech", `{"effect":"empty","times":1}`)
	want(t, r.get(r.north+"/units"), 200, "[]")
	// a deleted choice leaves the default behind
	r.patch("opentech: {facilities: [{id: north, timegroups: [{id: 32, delete: true}], units: [{id: 104, delete: true}]}]}")
	want(t, r.get(r.north+"/visitors/502"), 200, `"timeGroupId":31`)
	want(t, r.get(r.north+"/visitors/503"), 404)
}
