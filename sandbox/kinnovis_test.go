package sandbox_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

func (r kinRig) ask(form url.Values, more ...string) reply {
	r.t.Helper()
	h := header(append([]string{"Content-Type", "application/x-www-form-urlencoded"}, more...)...)
	return r.must("POST", "/kinnovis/oauth/token", form.Encode(), h)
}

func kinGrant(scope string) url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "client_id": {"cardea"}, "client_secret": {"cs"}, "scope": {scope}}
}

func (r kinRig) bearer() string {
	r.t.Helper()
	a := r.ask(kinGrant(""))
	k := into[struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
	}](r.t, a)
	if a.status != 200 || k.TokenType != "Bearer" || k.ExpiresIn != 7200 {
		r.t.Fatalf("no token: %d %s", a.status, a.body)
	}
	return k.AccessToken
}

func TestKinnovisTakesStaticAndGrantedTokens(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	want(t, r.get("units"), 200, `"units":[`)
	for _, bad := range []string{"", "nobody", "cs"} {
		want(t, r.as(bad, "GET", "v1/units", ""), 401, "<html>")
	}
	want(t, r.must("GET", "/kinnovis/v1/units", "", header("Authorization", "Basic st")), 401)
	first, second := r.bearer(), r.bearer()
	if first == second {
		t.Error("the same token twice")
	}
	want(t, r.as(first, "GET", "v1/units", ""), 200)
	r.wait(2 * time.Hour)
	want(t, r.as(first, "GET", "v1/units", ""), 401)
	third := r.bearer()
	want(t, r.must("POST", "/_sandbox/kinnovis/expire", "", nil), 200)
	want(t, r.as(third, "GET", "v1/units", ""), 401)
	want(t, r.get("units"), 200) // static
	fourth := r.bearer()
	r.patch("kinnovis: {clients: [{id: other, secret: os}], tokens: [{secret: new}]}")
	want(t, r.as(fourth, "GET", "v1/units", ""), 401) // its client is gone
	want(t, r.get("units"), 401)                      // and so is the token
	want(t, r.as("new", "GET", "v1/units", ""), 200)
	if len(r.Writes("kinnovis")) != 0 {
		t.Error("asking for a token is no write")
	}
}

func TestKinnovisTokenRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	for name, c := range map[string]struct {
		field, value string
		status       int
		code         string
	}{
		"client": {"client_id", "other", 401, "invalid_client"},
		"secret": {"client_secret", "no", 401, "invalid_client"},
		"grant":  {"grant_type", "password", 400, "unsupported_grant_type"},
		"scope":  {"scope", "public.unit:read public.nothing:read", 400, "invalid_scope"},
		"beyond": {"scope", "public.customer:read", 400, "invalid_scope"},
	} {
		form := kinGrant("public.unit:read")
		form.Set(c.field, c.value)
		a := r.ask(form)
		if a.status != c.status || a.body != `{"error":"`+c.code+`"}` {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	want(t, r.ask(url.Values{"grant_type": {"client_credentials"}}, "Authorization", "Basic Y2FyZGVhOmNz"), 200, "access_token")
	want(t, r.must("GET", "/kinnovis/oauth/token", "", nil), 405)
	const body = `{"grant_type":"client_credentials","client_id":"cardea","client_secret":"cs"}`
	json := header("Content-Type", "application/json")
	want(t, r.must("POST", "/kinnovis/oauth/token", body, json), 400, "invalid_request")
	s := kinnovisUp(t, "token_body", "json")
	want(t, s.must("POST", "/kinnovis/oauth/token", body, json), 200, "access_token")
	want(t, s.must("POST", "/kinnovis/oauth/token", "[", json), 400, "invalid_request")
	want(t, s.ask(kinGrant("")), 400, "invalid_request")
}

func TestKinnovisHoldsCredentialsToTheirScopes(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	want(t, r.as("few", "GET", "v1/units", ""), 200)
	want(t, r.as("few", "GET", "v1/customers", ""), 403, "unauthorized")
	want(t, r.as("few", "POST", "v1/webhooks", `{"url":"https://c.test/n"}`), 403)
	narrow := into[map[string]any](t, r.ask(kinGrant("public.booking:read")))
	token := fmt.Sprint(narrow["access_token"])
	want(t, r.as(token, "GET", "v1/bookings", ""), 200)
	want(t, r.as(token, "GET", "v1/units", ""), 403) // though its client may
	s := kinnovisUp(t, "scopes", "ignored")
	want(t, s.as("few", "GET", "v1/customers", ""), 200, "Ana Łuč")
}

func TestKinnovisPathsAndMethods(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	for _, path := range []string{
		"v2/units", "units", "v1", "v1/nothing", "v1/unit_types", "v1/units/", "v1/units/unit_0", "v1/units/x/y", "v1/invoices", "",
	} {
		want(t, r.as("st", "GET", path, ""), 404, "<html>")
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		want(t, r.as("st", method, "v1/bookings", "{}"), 405)
		want(t, r.as("st", method, "v1/bookings/"+r.id("bookings", "k-ana"), "{}"), 405)
	}
	if log := r.Writes("kinnovis"); len(log) != 8 || log[0].Path != "/v1/bookings" || log[0].Status != 405 {
		t.Errorf("log %+v", log)
	}
	dated := kinnovisUp(t, "version", "2025-09")
	want(t, dated.get("units"), 404)
	want(t, dated.as("st", "GET", "2025-09/units", ""), 200)
	want(t, kinnovisUp(t, "invoices", "listed").get("invoices"), 200, `"due_date":"2026-11-20"`, `"total":99.5`, `"paid_at":null`, `"void":false`)
}

func TestKinnovisErrorBodies(t *testing.T) {
	t.Parallel()
	for way, body := range map[string]string{
		"message": `{"message":"Not Found."}`, "error": `{"error":{"message":"Not Found.","status":404}}`, "empty": "",
	} {
		if a := kinnovisUp(t, "error_bodies", way).get("nothing"); a.status != 404 || a.body != body {
			t.Errorf("%s: %d %s", way, a.status, a.body)
		}
	}
	a := kinnovisUp(t).get("nothing")
	want(t, a, 404, "<title>404 Not Found</title>")
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("a page is called %s", a.header.Get("Content-Type"))
	}
}

func TestKinnovisLimits(t *testing.T) {
	t.Parallel()
	quick := func(r kinRig, token string) reply {
		return r.must("GET", "/kinnovis/v1/units", "", header("Authorization", "Bearer "+token))
	}
	r := kinnovisUp(t)
	for range 10 {
		want(t, quick(r, "st"), 200)
	}
	a := quick(r, "few") // the account's limit, not the token's
	want(t, a, 429)
	if h := a.header; h.Get("RateLimit-Limit") != "10" || h.Get("RateLimit-Reset") != fmt.Sprint(monday().Unix()+1) || h.Get("Retry-After") != "" {
		t.Errorf("headers %v", h)
	}
	for range 5 { // ten a second pass, sixty a minute do not
		r.wait(1100 * time.Millisecond)
		for range 10 {
			want(t, quick(r, "st"), 200)
		}
	}
	r.wait(1100 * time.Millisecond)
	a = quick(r, "st")
	want(t, a, 429)
	if a.header.Get("RateLimit-Limit") != "60" {
		t.Errorf("headers %v", a.header)
	}
	r.wait(time.Minute)
	want(t, quick(r, "st"), 200)

	s := kinnovisUp(t, "limit_scope", "credential", "throttle_reset", "seconds", "retry_after", "seconds")
	for range 10 {
		want(t, quick(s, "st"), 200)
	}
	a = quick(s, "st")
	want(t, a, 429)
	if a.header.Get("RateLimit-Reset") != "1" || a.header.Get("Retry-After") != "1" {
		t.Errorf("headers %v", a.header)
	}
	want(t, quick(s, "few"), 200)
}

func TestKinnovisFaults(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	r.fault("kinnovis", `[{"effect":"empty","times":1},{"effect":"truncate","rows":1,"times":1},{"status":502,"times":1}]`)
	p := r.page("units")
	if len(p.rows()) != 0 || p.Units == nil || p.Meta.Pagination.Count != 0 || p.Meta.Pagination.Pages != 1 {
		t.Errorf("empty: %+v", p)
	}
	p = r.page("units")
	if len(p.Units) != 1 || p.Meta.Pagination.Count != 5 {
		t.Errorf("truncated: %+v", p)
	}
	want(t, r.get("units"), 502, "<html>")
	r.fault("kinnovis", `{"path":"/oauth/token","status":500,"times":1}`)
	want(t, r.ask(kinGrant("")), 500, `{"error":"server_error"}`)
}
