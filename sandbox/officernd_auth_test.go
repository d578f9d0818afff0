package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestOfficeRnDTokenIsRefusedWhole(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	form := grant("flex.community.members.read")
	if a := r.askToken(form); a.status != 200 || !strings.Contains(a.body, `"expires_in":3599`) {
		t.Fatalf("a good request was refused: %d %s", a.status, a.body)
	}
	r.wait(2 * time.Minute)
	for name, change := range map[string][2]string{
		"bad secret": {"client_secret", "no"}, "no scope": {"scope", ""}, "other grant": {"grant_type", "password"},
		"one scope too many": {"scope", "flex.community.members.read flex.space.plans.read"},
	} {
		form := grant("flex.community.members.read")
		form.Set(change[0], change[1])
		a := r.askToken(form)
		if a.status == 200 || strings.Contains(a.body, "access_token") {
			t.Errorf("%s: a token came: %s", name, a.body)
		}
	}
}

func TestOfficeRnDGrantedScopesAreALimit(t *testing.T) {
	t.Parallel()
	r := small(t, `{anchor: 2026-11-23, officernd: {org: acme, clients: [{id: cardea, secret: sandbox-secret,
  scopes: [flex.community.members.read]}]}}`, nil)
	want(t, r.askToken(grant("flex.community.members.read flex.space.passes.read")), 400, "invalid_scope")
	a := r.askToken(grant("flex.community.members.read"))
	h := header("Authorization", "Bearer "+into[map[string]any](t, a)["access_token"].(string))
	want(t, r.must("GET", "/officernd/api/v2/organizations/acme/members", "", h), 200)
	// a missing scope is 401, as a bad token is
	want(t, r.must("GET", "/officernd/api/v2/organizations/acme/passes", "", h), 401, "Unauthorized access")
	// a foreign organisation is 500
	want(t, r.must("GET", "/officernd/api/v2/organizations/other/members", "", h), 500, "Organization not found")
}

func TestOfficeRnDTokenLivesAnHour(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	want(t, r.rnd("GET", "locations", ""), 200)
	r.wait(time.Hour - time.Second)
	want(t, r.rnd("GET", "locations", ""), 200)
	r.wait(time.Second)
	a := r.rnd("GET", "locations", "")
	want(t, a, 401, `"statusCode":401`, `"error":"Unauthorized"`, `"timestamp":"2026-11-23T10:00:00.000Z"`, `"path":"/api/v2/`)
}

func TestOfficeRnDTokenEndpointTakesFiveAMinute(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	for range 5 {
		want(t, r.askToken(grant("flex.community.members.read")), 200)
	}
	want(t, r.askToken(grant("flex.community.members.read")), 429)
	r.wait(time.Minute) // still within the closed minute
	want(t, r.askToken(grant("flex.community.members.read")), 429)
	r.wait(time.Millisecond)
	want(t, r.askToken(grant("flex.community.members.read")), 200)
}

func TestOfficeRnDReadLimit(t *testing.T) {
	t.Parallel()
	r := tiny(t, map[string]string{"officernd.retry_after": "seconds"})
	first := r.rnd("GET", "plans", "")
	if got := first.header.Get("X-Ratelimit-Remaining-Read-Minute"); got != "399" {
		t.Errorf("remaining %q, want 399", got)
	}
	for range 399 {
		want(t, r.rnd("GET", "plans", ""), 200)
	}
	a := r.rnd("GET", "plans", "")
	want(t, a, 429)
	if a.header.Get("Retry-After") != "60" {
		t.Errorf("Retry-After %q, want 60", a.header.Get("Retry-After"))
	}
	if b := tiny(t, nil); b.rnd("GET", "plans", "").header.Get("Retry-After") != "" {
		t.Error("Retry-After came without a limit")
	}
}

func TestOfficeRnDSpeedRaisesLimits(t *testing.T) {
	t.Parallel()
	r := small(t, `{anchor: 2026-11-23, speed: 3, officernd: {org: acme, clients: [{id: cardea, secret: sandbox-secret}]}}`, nil)
	if got := r.rnd("GET", "plans", "").header.Get("X-Ratelimit-Limit-Read-Minute"); got != "1200" {
		t.Errorf("limit %q, want 1200", got)
	}
}

func TestOfficeRnDStrangePaths(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	want(t, r.rnd("GET", "nothing", ""), 404, "Cannot GET")
	want(t, r.rnd("PATCH", "members/1", ""), 404, "Cannot PATCH")
	want(t, r.rnd("POST", "members", "{}"), http.StatusNotImplemented)
	want(t, r.rnd("GET", "credits", ""), http.StatusNotImplemented)
	want(t, r.rnd("GET", "members/ffffffffffffffffffffffff", ""), 404, "Item with Id (ffffffffffffffffffffffff)")
	h := header("Authorization", "Bearer "+r.token)
	want(t, r.must("GET", "/officernd/api/v1/organizations/acme", "", h), 200,
		`"regionUrl":"http://sandbox/officernd"`, `"name":"Acme"`)
	want(t, r.must("GET", "/officernd/api/v2/organizations/acme/members", "", nil), 401)
}
