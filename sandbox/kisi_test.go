package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestKisiWantsAKeyAndHeaders(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	accept := []string{"Accept", "application/json"}
	want(t, r.must("GET", "/kisi/users", "", header(accept...)), 401, `"code"`, `"error"`)
	want(t, r.must("GET", "/kisi/users", "", header(append(accept, "Authorization", "Bearer sandbox-key")...)), 401)
	want(t, r.must("GET", "/kisi/users", "", header("Authorization", "KISI-LOGIN sandbox-key")), 406)
	want(t, r.must("GET", "/kisi/organizations/acme/public", "", header(accept...)), 200, `"domain":"acme"`)
	r.wait(2 * time.Second)
	plain := header(append(accept, "Authorization", "KISI-LOGIN sandbox-key")...)
	want(t, r.must("POST", "/kisi/users", `{"user":{"email":"n@x.test"}}`, plain), 400)
	want(t, r.kisi("GET", "/user", ""), 200, `"email":"olga@x.test"`, `"organization":{`)
	want(t, r.kisi("GET", "/nothing", ""), 404, `"code":"000404"`)
	want(t, r.kisi("GET", "/members", ""), 501)
}

// A client compares this with its own clock before it writes.
func TestAnswersCarryTheSandboxDate(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	if got := r.kisi("GET", "/organization", "").header.Get("Date"); got != "Mon, 23 Nov 2026 09:00:00 GMT" {
		t.Errorf("Date %q", got)
	}
}

func TestKisiKeyDiesWithItsRole(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	want(t, r.kisi("GET", "/organization", ""), 200, `"name":"Acme"`)
	r.patch("kisi: {role_assignments: [{id: 1, delete: true}]}")
	want(t, r.kisi("GET", "/organization", ""), 401)
}

func TestKisiTakesFiveASecond(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	h := header("Authorization", "KISI-LOGIN sandbox-key", "Accept", "application/json")
	for range 5 {
		want(t, r.must("GET", "/kisi/roles", "", h), 200, "group_basic")
		r.wait(200 * time.Millisecond)
	}
	a := r.must("GET", "/kisi/roles", "", h) // the sixth, exactly one second after the first
	want(t, a, 429)
	if a.header.Get("Retry-After") != "" {
		t.Error("Retry-After is not documented")
	}
	r.wait(time.Millisecond)
	want(t, r.must("GET", "/kisi/roles", "", h), 200)
}

func TestKisiPages(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	a := r.kisi("GET", "/groups", "")
	if got := a.header.Get("X-Collection-Range"); got != "0-9/10" {
		t.Errorf("range %q", got)
	}
	a = r.kisi("GET", "/users?limit=4&offset=4", "")
	if got := a.header.Get("X-Collection-Range"); got != "4-7/6" { // not clamped
		t.Errorf("range %q", got)
	}
	if rows := into[[]map[string]any](t, a); len(rows) != 2 || rows[0]["resource_type"] != "User" {
		t.Errorf("rows %v", rows)
	}
	a = r.kisi("GET", "/group_links", "")
	if got := a.header.Get("X-Collection-Range"); got != "*/0" || a.body != "[]" {
		t.Errorf("empty: range %q, body %s", got, a.body)
	}
	want(t, r.kisi("GET", "/users?limit=101", ""), 400)
	want(t, r.kisi("GET", "/users?offset=20001", ""), 400)
	want(t, r.kisi("GET", "/users?sort=email", ""), 400)
	c := tiny(t, map[string]string{"kisi.limit_over": "clamp", "kisi.offset_over": "empty", "kisi.empty_range": "digits"})
	if got := c.kisi("GET", "/users?limit=101", "").header.Get("X-Collection-Range"); got != "0-99/6" {
		t.Errorf("clamped range %q", got)
	}
	want(t, c.kisi("GET", "/users?offset=20001", ""), 200, "[]")
	if got := c.kisi("GET", "/guests", "").header.Get("X-Collection-Range"); got != "0-9/0" {
		t.Errorf("empty range %q", got)
	}
}

func TestKisiFiltersUsers(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	for q, rows := range map[string]int{
		"email=ines@x.test": 0, "email=Ines@X.test": 1, "query=ines@x.test": 1, "query=ana": 1, "ids=1,2,99": 2, "group_id=11": 1,
		"user_id=me": 1, "query=ana@x.test": 1 /* her sister's notes */, "unheard_of=1": 6,
	} {
		if got := into[[]any](t, r.kisi("GET", "/users?"+q, "")); len(got) != rows {
			t.Errorf("%s: %d rows, want %d", q, len(got), rows)
		}
	}
	f := tiny(t, map[string]string{"kisi.email_filter": "fold"})
	if got := into[[]any](t, f.kisi("GET", "/users?email=ines@x.test", "")); len(got) != 1 {
		t.Errorf("folded: %d rows", len(got))
	}
}

func TestKisiUserLifecycle(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	a := r.kisi("POST", "/users", `{"user":{"email":"New@x.test","name":"New","send_emails":false,"confirm":true,`+
		`"metadata":{"id":"7"}}}`)
	want(t, a, 200, `"email":"new@x.test"`, `"access_enabled":true`, `"confirmed":true`, `"metadata":{"id":"7"}`)
	if strings.Contains(a.body, "send_emails") {
		t.Error("send_emails is never returned")
	}
	path := fmt.Sprint("/users/", into[map[string]any](t, a)["id"])
	dup := r.kisi("POST", "/users", `{"user":{"email":"NEW@x.test"}}`)
	want(t, dup, 409, `"code"`)
	if strings.Contains(dup.body, strings.TrimPrefix(path, "/users/")) {
		t.Errorf("the duplicate tells whom: %s", dup.body)
	}
	b := r.kisi("PATCH", path, `{"user":{"access_enabled":false}}`)
	want(t, b, 204)
	if b.body != "" {
		t.Errorf("204 with a body: %s", b.body)
	}
	want(t, r.kisi("GET", path, ""), 200, `"access_enabled":false`)
	want(t, r.kisi("PATCH", path, `{"user":{"email":"other@x.test"}}`), 422, `{"errors":{"email":[`)
	want(t, r.kisi("POST", "/users", `{"email":"x@x.test"}`), 400)
	want(t, r.kisi("POST", "/users", `{"user":{"name":"x"}}`), 422, `"email":[`)
	want(t, r.kisi("POST", "/users", `{"user":{"email":"y@x.test","metadata":{"a":{"b":1}}}}`), 422, `"metadata":[`)
	want(t, r.kisi("POST", "/role_assignments", `{"role_assignment":{"user_id":`+strings.TrimPrefix(path, "/users/")+
		`,"group_id":14,"role_id":"group_basic"}}`), 200)
	want(t, r.kisi("DELETE", path, ""), 204)
	want(t, r.kisi("DELETE", path, ""), 404)
	if r.members("First floor") != "" || len(into[[]any](t, r.kisi("GET", "/role_assignments?group_id=14", ""))) != 0 {
		t.Error("the assignments of a deleted user stay")
	}
	s := tiny(t, map[string]string{"kisi.duplicate": "422", "kisi.unknown_fields": "ignore"})
	want(t, s.kisi("POST", "/users", `{"user":{"email":"piet@x.test"}}`), 422, "has already been taken")
	want(t, s.kisi("PATCH", "/users/4", `{"user":{"email":"other@x.test"}}`), 204)
	want(t, s.kisi("GET", "/users/4", ""), 200, `"email":"piet@x.test"`)
}
