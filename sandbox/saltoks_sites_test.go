package sandbox_test

import (
	"strings"
	"testing"
)

func TestSaltoksSites(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	p := r.page("/v1.2/sites")
	if len(p.Items) != 1 || p.Items[0]["customer_reference"] != "London" || p.Items[0]["name"] != nil || p.Next != nil || p.Count != nil {
		t.Errorf("sites %v", p)
	}
	want(t, r.get("/v1.1/sites?$filter=site_uid eq 'GB0000000001'"), 200, `"London"`, `"active_iq_amount":1`)
	want(t, r.get("/v1.2/sites/GB0000000001"), 400, `"1100"`)
	want(t, r.get("/v1.2/sites/GB0000000001/users"), 400, `"1100"`)
	want(t, r.get("/v1.2/sites/{sites Paris}"), 404, `"2202"`)
	want(t, r.get("/v1.2/sites/{s}/subscription"), 200, `"user_amount":7`, `"type":"default"`, `"events_streaming"`)
	want(t, r.get("/v1.2/sites/{s}/me"), 200, `"ownership_state":"owner"`, `"member_of_pods":[]`, r.ids["users Olga"])
	want(t, r.get("/v1.2/me"), 200, `"id":"`+r.ids["people Olga"]+`"`)
	want(t, r.get("/v1.2/sites/{s}/roles"), 200, `"site_user"`, `"site_admin"`, `"is_hierarchical":true`)
	want(t, r.get("/v1.2/sites/{s}/locks"), 200, `"Front door"`, `"mac_address":"00:01"`)
	want(t, r.get("/v1.2/sites/{s}/locks/{locks Front door}"), 200, `"battery_level"`)
	want(t, r.get("/v1.2/sites/{s}/iqs/{iqs IQ 1}"), 200, `"data_sync_state":"not_synced"`)
	want(t, r.get("/v1.2/sites/{s}/iqs"), 200, `"online":true`)
	want(t, r.get("/v1.2/sites/{s}/locks/{iqs IQ 1}"), 404, `"2202"`)
	want(t, r.get("/v2/sites/{s}/roles"), 403, `"https://httpstatuses.io/403"`)
	want(t, r.get("/v1.2/sites/{s}/subscriptions"), 404)
	want(t, r.call("PATCH", "/v1.2/sites/{s}/locks/{locks Front door}/locking", `{"locked_state":"unlocked"}`), 501)
	want(t, r.get("/v1/hub/entries"), 501)
	for _, path := range []string{"/me", "/sites", "/sites/{s}/me", "/sites/{s}/roles", "/sites/{s}/locks", "/sites/{s}/subscription"} {
		want(t, r.call("POST", "/v1.2"+path, `{}`), 405)
	}
}

func TestSaltoksOnlyAnAdministratorWithASeatMay(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	r.token = r.login("mia@x.test")
	want(t, r.get("/v1.2/sites/{s}"), 200)
	want(t, r.get("/v1.2/sites/{s}/me"), 200, `"ownership_state":"none"`)
	for _, path := range []string{"users", "access_groups", "locks"} {
		want(t, r.get("/v1.2/sites/{s}/"+path), 403, `"ErrorCode":"2203"`)
	}
	r.token = r.login("olga@x.test")
	r.patch("saltoks: {sites: [{id: london, users: [{id: olga, subscription_state: suspended}]}]}")
	want(t, r.get("/v1.2/sites/{s}/users"), 403, `"2203"`)
	want(t, r.get("/v1.2/sites/{s}/me"), 200, `"suspended"`)
	r.patch("saltoks: {sites: [{id: london, users: [{id: olga, delete: true}]}]}")
	if got := r.page("/v1.2/sites"); len(got.Items) != 0 {
		t.Errorf("sites without us: %v", got.Items)
	}
	want(t, r.get("/v1.2/sites/{s}/users"), 404, `"2202"`)
}

func TestSaltoksLapsedSiteTakesNoWrites(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	r.patch("saltoks: {sites: [{id: london, subscription_valid: false}]}")
	want(t, r.get("/v1.2/sites/{s}/users/{users Ana}"), 200, `"suspended"`)
	want(t, r.create("Ada", ""), 403, `"2212"`)
	want(t, r.call("PATCH", "/v1.2/sites/{s}/access_groups/{access_groups General}/users", `{"remove_ids":["{people Ana}"]}`), 403, `"2212"`)
	if got := r.passing("General"); got != " /3" {
		t.Error(got)
	}
	r.patch("saltoks: {sites: [{id: london, subscription_valid: true, installation_state: new}]}")
	want(t, r.get("/v1.2/sites/{s}/users"), 400, `"2210"`)
}

func TestSaltoksErrorsCanBeNumbers(t *testing.T) {
	t.Parallel()
	r := saltoTower(t, "error_code", "number")
	want(t, r.get("/v1.2/sites/{sites Paris}"), 404, `{"ErrorCode":2202,"Message":"Site not found"}`)
	r.fault("saltoks", `{"path":"/v1.2/me","status":500,"times":1}`)
	want(t, r.get("/v1.2/me"), 500, `"ErrorCode":2201`)
}

func TestSaltoksFaults(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	r.fault("saltoks", `[{"effect":"empty","times":1},{"effect":"truncate","rows":1,"times":1},{"status":429,"retry_after":7,"times":1},
		{"status":401,"times":1},{"status":403,"times":1},{"status":503,"times":1}]`)
	if got := r.page("/v1.2/sites/{s}/users"); len(got.Items) != 0 {
		t.Errorf("empty: %v", got)
	}
	if got := r.page("/v1.2/sites/{s}/users?$count=true"); len(got.Items) != 1 || *got.Count != 6 {
		t.Errorf("one row of 6: %v", got)
	}
	a := r.get("/v1.2/me")
	want(t, a, 429)
	if a.header.Get("Retry-After") != "7" {
		t.Error(a.header)
	}
	if a := r.get("/v1.2/me"); a.status != 401 || a.body != "" {
		t.Errorf("%d %q", a.status, a.body)
	}
	want(t, r.get("/v1.2/me"), 403, `"ErrorCode":"2203"`)
	want(t, r.get("/v1.2/me"), 503)
	if err := r.Fault("saltoks", saltoFault("/identity/connect/token", 400)); err != nil {
		t.Fatal(err)
	}
	want(t, r.ask(saltoPassword("olga@x.test"), "s3cret"), 400, `"error":"invalid_request"`)
	if err := r.SetSwitches(saltoSwitches("lists", "bare")); err != nil {
		t.Fatal(err)
	}
	r.fault("saltoks", `[{"effect":"empty","times":1},{"effect":"truncate","rows":1,"times":1}]`)
	if got := len(into[[]any](t, r.get("/v1.2/sites/{s}/users"))); got != 0 {
		t.Errorf("%d rows", got)
	}
	if got := len(into[[]any](t, r.get("/v1.2/sites/{s}/users"))); got != 1 {
		t.Errorf("%d rows", got)
	}
}

func TestSaltoksLimitIsOffUntilAsked(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	for range 40 {
		want(t, r.get("/v1.2/me"), 200)
	}
	r = saltoTower(t, "rate_limit", "30/s")
	for range 30 {
		want(t, r.get("/v1.2/me"), 200)
	}
	a := r.get("/v1.2/me")
	want(t, a, 429)
	if a.header.Get("Retry-After") != "1" {
		t.Error(a.header)
	}
}

func TestSaltoksWritesAreLogged(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	want(t, r.call("DELETE", "/v1.2/sites/{s}/access_groups/{access_groups Bare}", ""), 204)
	log := r.Writes("saltoks")
	if len(log) != 1 || log[0].Status != 204 || !strings.HasPrefix(log[0].Path, "/v1.2/sites/") {
		t.Errorf("log %v", log)
	}
}
