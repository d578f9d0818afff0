package sandbox_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const storage = `
name: storage
anchor: 2026-11-23
opentech:
  applications: [{id: cardea, secret: app-secret}]
  accounts:
    - {id: 71, key: "a2V5=", secret: "c2VjcmV0=", name: Acme, facilities: [north, south]}
    - {key: "b3RoZXI=", secret: "b3RoZXI=", name: Other, facilities: [away]}
  facilities:
    - id: north
      name: North
      propertyNumber: N-1
      city: Leeds
      lockdown: true
      status: {gatewayStatus: warning, gatewayStatusMessage: slow}
      timegroups: [{id: 31, name: 24 Hour, isDefault: true}, {id: 32, name: Days}]
      accessprofiles: [{id: 41, name: All Access, isDefault: true, pmsIdentifier: ALL}, {id: 42, name: Gate}]
      units:
        - {id: 101, unitNumber: A1}
        - {id: 102, unitNumber: A2}
        - {id: 103, unitNumber: "103"}
        - {id: 104, unitNumber: A4, status: Delinquent}
      visitors:
        - {id: ana, unitNumber: A2, isTenant: true, firstName: Ana, lastName: Li, email: ana@x.test, accessCode: "4711"}
        - {id: 502, unitId: 102, firstName: Bo, lastName: Ek, accessCode: "4712", timeGroupId: Days}
        - {id: 503, unitId: 104, isTenant: true, firstName: Cy, lastName: Om, email: cy@x.test, accessCode: "4713"}
        - {id: 504, isPortalVisitor: true, firstName: Di, lastName: Po, email: di@x.test, accessCode: "4714", accessProfileId: 42}
      devices: [{name: Gate, status: Online}]
      smartlocks:
        - {id: 1, name: L1, unitNumber: A2, batteryLevel: 20, overallStatus: warning}
        - {id: 2, name: L2}
      events:
        - {eventTypeEnum: 18, unitNumber: A2, deviceName: Gate, createdUtc: 2026-11-23T08:00:00Z}
        - {eventTypeEnum: 15, codeEntered: "9999", createdUtc: 2026-11-23T08:30:00Z}
        - {eventTypeEnum: 6, eventCategory: Edge Router Event, createdUtc: 2026-11-22T08:00:00Z}
        - {eventTypeEnum: 18, createdUtc: 2026-01-05T08:00:00Z}
    - {id: 2000, name: South, propertyNumber: S-1}
    - {id: 3000, name: Away, propertyNumber: N-1, units: [{id: 301, unitNumber: A1}]}
`

// otRig is a rig with a token of the first account, and the id that the word north stands for.
type otRig struct {
	*rig

	token string
	north string
}

func otForm() url.Values {
	return url.Values{
		"grant_type": {"password"}, "username": {"a2V5="}, "password": {"c2VjcmV0="}, "client_id": {"cardea"},
		"client_secret": {"app-secret"},
	}
}

func (r *otRig) ask(form url.Values) reply {
	return r.must("POST", "/opentech/auth/auth/token", form.Encode(), header("Content-Type", "application/x-www-form-urlencoded"))
}

// house is the world above; switches are written name, value.
func house(t *testing.T, switches ...string) *otRig {
	t.Helper()
	set := map[string]string{}
	for i := 0; i < len(switches); i += 2 {
		set["opentech."+switches[i]] = switches[i+1]
	}
	r := &otRig{rig: small(t, storage, set)}
	a := r.ask(otForm())
	want(t, a, 200, `"token_type":"Bearer"`, `"resource"`)
	r.token, _ = into[map[string]any](t, a)["access_token"].(string)
	for _, f := range into[[]map[string]any](t, r.get("/facilities")) {
		if f["name"] == "North" {
			r.north = fmt.Sprintf("/facilities/%.0f", f["id"])
		}
	}
	return r
}

func (r *otRig) headers(version string) http.Header {
	return header("Authorization", "Bearer "+r.token, "api-version", version, "Content-Type", "application/json-patch+json")
}

func (r *otRig) get(path string) reply {
	r.t.Helper()
	r.wait(40 * time.Millisecond)
	return r.must("GET", "/opentech/accesscontrol"+path, "", r.headers("2.0"))
}

// post writes below the facility North.
func (r *otRig) post(path, body string) reply {
	r.t.Helper()
	r.wait(40 * time.Millisecond)
	return r.must("POST", "/opentech/accesscontrol"+r.north+path, body, r.headers("2.0"))
}

func (r *otRig) events(version, path string) reply {
	r.t.Helper()
	r.wait(40 * time.Millisecond)
	return r.must("GET", "/opentech/accessevent"+path, "", r.headers(version))
}

// group is who could pass and how many edges there are.
func (r *otRig) group(name string) string {
	for _, g := range r.Groups("opentech") {
		if g.Name == name {
			return fmt.Sprintf("%s /%d", strings.Join(g.Members, " "), len(g.All))
		}
	}
	return "no such group"
}

// visitor is a create body.
func visitor(extra string) string {
	return `{"firstName":"Eve","lastName":"Ray","email":"eve@x.test",` + extra + `}`
}

func (r *otRig) status(unit string) string {
	for _, u := range into[[]map[string]any](r.t, r.get(r.north+"/units")) {
		if u["unitNumber"] == unit {
			return u["status"].(string)
		}
	}
	return "none"
}

func TestOpenTechTokenWantsAllFourCredentials(t *testing.T) {
	t.Parallel()
	r := house(t)
	for field, code := range map[string]string{
		"username": "invalid_grant", "password": "invalid_grant", "client_id": "invalid_client", "client_secret": "invalid_client",
		"grant_type": "unsupported_grant_type",
	} {
		form := otForm()
		form.Set(field, "wrong")
		want(t, r.ask(form), 400, `"error":"`+code+`"`)
		form.Del(field)
		want(t, r.ask(form), 400, `"error":"invalid_request"`)
	}
	form := otForm()
	form.Set("password", "b3RoZXI=") // the secret of another account
	want(t, r.ask(form), 400, "invalid_grant")
	asJSON := header("Content-Type", "application/json")
	want(t, r.must("POST", "/opentech/auth/auth/token", `{"grant_type":"password"}`, asJSON), 400, "invalid_request")
	want(t, r.must("GET", "/opentech/auth/auth/token", "", nil), 405)
	if strings.Count(r.token, ".") != 2 || strings.Contains(r.token, "c2VjcmV0") {
		t.Errorf("token %q", r.token)
	}
	if log := r.Writes("opentech"); len(log) != 0 {
		t.Errorf("token requests are no writes: %+v", log)
	}
}

func TestOpenTechTokenEnds(t *testing.T) {
	t.Parallel()
	for life, c := range map[string]struct {
		says string
		ends time.Duration
	}{
		"seconds": {`"expires_in":3600`, time.Hour}, "minutes": {`"expires_in":60`, time.Hour},
		"short": {`"expires_in":3600`, time.Minute},
	} {
		r := house(t, "token_life", life)
		a := r.ask(otForm())
		want(t, a, 200, c.says)
		r.token = into[map[string]any](t, a)["access_token"].(string)
		r.wait(c.ends - time.Second)
		want(t, r.get("/facilities"), 200)
		r.wait(time.Second)
		want(t, r.get("/facilities"), 401)
	}
	r := house(t)
	want(t, r.must("POST", "/_sandbox/opentech/expire", "", nil), 200)
	want(t, r.get("/facilities"), 401)
	r = house(t)
	r.patch(`opentech: {accounts: [{key: "b3RoZXI=", secret: x, name: Other}]}`) // the grant is gone
	want(t, r.get("/facilities"), 401)
}

func TestOpenTechWantsItsVersion(t *testing.T) {
	t.Parallel()
	r := house(t)
	for _, version := range []string{"", "1.0", "3.0"} {
		want(t, r.must("GET", "/opentech/accesscontrol/facilities", "", r.headers(version)), 400, "ApiVersion")
	}
	combined := "/combinedevents" + r.north
	want(t, r.events("2.0", combined), 400)
	want(t, r.events("3.0", combined), 200)
	want(t, r.events("3.0", "/combinedevents/types"), 400)
	want(t, r.events("2.0", "/combinedevents/types"), 200, `"eventCategoryName":"Edge Router Event"`)
	lenient := house(t, "api_version", "lenient")
	want(t, lenient.must("GET", "/opentech/accesscontrol/facilities", "", lenient.headers("")), 200)
}

func TestOpenTechHoldsItsLimit(t *testing.T) {
	t.Parallel()
	for value, status := range map[string]int{"30/s": 429, "none": 200} {
		r := house(t, "rate_limit", value)
		r.wait(2 * time.Second)
		var last reply
		for range 31 {
			last = r.must("GET", "/opentech/accesscontrol/facilities", "", r.headers("2.0"))
		}
		want(t, last, status)
	}
}

func TestOpenTechShowsTheAccountsFacilitiesOnly(t *testing.T) {
	t.Parallel()
	r := house(t)
	a := r.get("/facilities")
	want(t, a, 200, `{"id":2000,"name":"South","propertyNumber":"S-1"}`)
	if strings.Contains(a.body, "Away") || !strings.HasPrefix(a.body, "[") {
		t.Errorf("facilities %s", a.body)
	}
	want(t, r.get("/facilities/detail?propertyNumber=N-1"), 200, `"name":"North"`, `"city":"Leeds"`)
	want(t, r.get("/facilities/detail?propertyNumber=X"), 404)
	want(t, r.get("/facilities/detail"), 400, `"PropertyNumber":[`)
	for _, path := range []string{"/facilities/3000", "/facilities/3000/units", "/facilities/N-1/units", "/facilities/9"} {
		want(t, r.get(path), 404)
	}
	want(t, r.get("/facilities/2000/units/101/visitors"), 404) // a unit of another facility
	want(t, r.get("/facilities/2000/units"), 200, "[]")
	want(t, r.get("/facilities/2000/timegroups"), 200, "24 Hour")
	want(t, r.get("/facilities/statuslist"), 200, `"gatewayStatus":"warning"`, `"gatewayStatusMessage":"slow"`,
		`"accountName":"Acme"`)
	want(t, r.get(r.north+"/status"), 200, `"gatewayControllerPlatformOverallStatus":"ok"`)
	want(t, r.get(r.north+"/lockdown"), 200, "true")
	want(t, r.get(r.north+"/emergency"), 200, "false")
	want(t, r.get(r.north+"/devices"), 200, `"name":"Gate"`)
	want(t, r.get(r.north+"/smartlockstatus"), 200, `"unitName":"A2"`, `"visitorName":"Ana Li"`, `"unitStatus":"Rented"`)
	want(t, r.get(r.north+"/smartlockstatussummary"), 200, `{"errorCount":0,"okCount":1,"warningCount":1}`)
	want(t, r.get(r.north+"/actiongroups/manual"), 501)
	want(t, r.get(r.north+"/unitvisitorstatus"), 404)
	want(t, r.get(r.north+"/units/102"), 404)
	s := house(t, "unit_visitor_status", "list", "unit_get", "200")
	want(t, s.get(s.north+"/unitvisitorstatus"), 200, `"visitors":[`)
	want(t, s.get(s.north+"/units/102"), 200, `"unitNumber":"A2"`)
}

func TestOpenTechUnitStatusMachine(t *testing.T) {
	t.Parallel()
	r := house(t)
	if a, b := r.status("A2"), r.status("A1"); a != "Rented" || b != "Vacant" {
		t.Fatalf("A2 is %s, A1 is %s", a, b)
	}
	want(t, r.post("/units/101/disable", ""), 400, `"Status":[`)
	want(t, r.post("/units/101/enable", ""), 400, `"Status":[`)
	want(t, r.post("/visitors", visitor(`"isTenant":true,"unitId":101,"accessCode":"5001"`)), 200,
		`"visitor":{`, `"unit":{`, `"status":"Rented"`, `"propertyNumber":"N-1"`)
	if got := r.group("A1"); got != "eve@x.test /1" {
		t.Errorf("A1: %s", got)
	}
	want(t, r.post("/units/101/disable?suppressCommands=true", ""), 200, `"status":"Delinquent"`)
	if got := r.group("A1"); got != " /1" {
		t.Errorf("a Delinquent unit lets in %s", got)
	}
	want(t, r.post("/units/101/enable", "{}"), 200, `"status":"Rented"`)
	want(t, r.post("/units/101/delete/vacant", ""), 200, "false")
	want(t, r.post("/units/102/vacate", ""), 200, `"status":"Vacant"`)
	if got := r.group("A2"); got != " /2" {
		t.Errorf("a vacated unit: %s", got)
	}
	want(t, r.post("/units/102/delete/vacant", ""), 200, "true")
	want(t, r.post("/units/102/vacate", ""), 404)
	want(t, r.get(r.north+"/visitors/502"), 404)
	want(t, r.post("/units/103/update", `{"unitNumber":"104"}`), 404)
	want(t, r.post("/units/103/vacate?suppressCommands=perhaps", ""), 400, "SuppressCommands")
	s := house(t, "delete_rented", "400")
	want(t, s.post("/units/102/delete/vacant", ""), 400, `"Status":[`)
}

func TestOpenTechAlready(t *testing.T) {
	t.Parallel()
	for value, status := range map[string]int{"400": 400, "409": 409, "200": 200} {
		r := house(t, "already", value)
		for _, path := range []string{"/units/104/disable", "/units/102/enable", "/units/101/vacate", "/visitors/502/enable"} {
			a := r.post(path, "")
			want(t, a, status)
			if status != 200 && !strings.Contains(a.body, "already") {
				t.Errorf("%s: %s", path, a.body)
			}
		}
	}
}

func TestOpenTechUnitNumbers(t *testing.T) {
	t.Parallel()
	r := house(t)
	want(t, r.post("/units", `{"unitNumber":"B1","extendedData":{"additionalProp1":"x"},"suppressCommands":true}`), 200,
		`"status":"Vacant"`, `"additionalProp1":"x"`)
	for body, says := range map[string]string{
		`{"unitNumber":" a1 "}`: "in use", `{"unitNumber":"1234567890"}`: "maximum", `{"unitNumber":" "}`: "required", `{}`: "required",
		`{"unitNumber":7}`: "must be", `{"unitNumber":"B2","extendedData":{"a":1}}`: "ExtendedData",
	} {
		want(t, r.post("/units", body), 400, says)
	}
	s := house(t, "unit_twins", "accept", "long_unit_number", "accept")
	want(t, s.post("/units", `{"unitNumber":" a1"}`), 200, `"unitNumber":" a1"`)
	want(t, s.post("/units", `{"unitNumber":"A1"}`), 400, `"UnitNumber":[`)
	want(t, s.post("/units", `{"unitNumber":"1234567890"}`), 200)
}

func TestOpenTechErrorBodies(t *testing.T) {
	t.Parallel()
	for value, says := range map[string]string{
		"list": `{"UnitNumber":["`, "text": `{"UnitNumber":"`, "envelope": `"errors":{"UnitNumber":["`,
	} {
		want(t, house(t, "error_body", value).post("/units", `{"unitNumber":"A1"}`), 400, says)
	}
}

func TestOpenTechContentTypes(t *testing.T) {
	t.Parallel()
	r := house(t)
	path := "/opentech/accesscontrol" + r.north + "/units"
	for kind, status := range map[string]int{
		"application/json": 200, "application/json-patch+json": 200, "application/json; charset=utf-8": 200, "text/plain": 415, "": 415,
	} {
		h := r.headers("2.0")
		h.Set("Content-Type", kind)
		want(t, r.must("POST", path, fmt.Sprintf(`{"unitNumber":"k%d"}`, len(kind)), h), status)
	}
	h := r.headers("2.0")
	h.Del("Content-Type")
	want(t, r.must("POST", path+"/102/disable", "", h), 200)
	want(t, r.post("/units", `[1]`), 400)
	want(t, r.post("/units", `{"unitNumber":"x"} {}`), 400)
	want(t, r.post("/units", ``), 400, "required")
}
