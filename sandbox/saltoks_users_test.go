package sandbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSaltoksPersonHasTwoIDs(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	want(t, r.get("/v1.2/sites/{s}/users/{users Mia}"), 200, r.ids["people Mia"])
	want(t, r.get("/v1.2/sites/{s}/users/{people Mia}"), 404, `"ErrorCode":"2202"`)
	want(t, r.call("POST", "/v1.2/sites/{s}/access_groups/{access_groups General}/users", `{"user_id":"{users Mia}"}`), 404, `"2202"`)
	want(t, r.call("PATCH", "/v1.2/sites/{s}/access_groups/{access_groups General}/users", `{"add_ids":["{users Mia}"]}`), 404, `"2202"`)
	a := r.call("POST", "/v1.2/sites/{s}/access_groups/{access_groups General}/users", `{"user_id":"{people Mia}"}`)
	want(t, a, 200, `"first_name":"Mia"`, r.ids["people Mia"])
	if got := r.passing("General"); got != "Ana@x.test id:"+r.ids["users Bo"]+" mia@x.test /4" {
		t.Error(got)
	}
	for _, g := range r.Groups("saltoks") {
		for _, e := range g.All {
			if e.Email == "mia@x.test" && (e.Account != r.ids["users Mia"] || e.ID != r.ids["people Mia"] || !e.Enabled) {
				t.Errorf("the edge of Mia: %v", e)
			}
		}
	}
	if r.ids["people Ana"] == "ana-ks" || r.ids["people Ana"][14] != '1' {
		t.Errorf("a platform id of version 1: %s", r.ids["people Ana"])
	}
}

func TestSaltoksCreationInvites(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	a := r.create("Ada", `,"email":"ada@x.test","alias":"A"`)
	want(t, a, 201, `"has_profile":false`, `"is_managed_by_current_site":true`, `"alias":"A"`, `"code":"site_user"`, `"subscription_state":"subscribed"`)
	sent := r.world()["invitations"]
	if len(sent) != 1 || sent[0]["email"] != "ada@x.test" || sent[0]["user_id"] != r.ids["people Ada"] {
		t.Errorf("invitations %v", sent)
	}
	// accepted
	r.patch("saltoks: {sites: [{id: london, users: [{user: {email: ADA@x.test, has_profile: true}}]}]}")
	want(t, r.get("/v1.2/sites/{s}/users/{users Ada}"), 200, `"has_profile":true`, `"is_managed_by_current_site":false`)
	want(t, r.create("Empty", `,"email":""`), 400, `"1101"`)
	want(t, r.create("Twin", `,"email":"MIA@x.test"`), 400, `"1100"`)
	// An account of elsewhere is attached: names are its own, no mail is sent.
	want(t, r.create("Zed", `,"email":"zoe@x.test"`), 201, `"first_name":"Zoé"`, `"is_managed_by_current_site":false`)
	if len(r.world()["invitations"]) != 1 {
		t.Errorf("invitations %v", r.world()["invitations"])
	}
}

func TestSaltoksCreationRefuses(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	role := r.role("site_user")
	for body, code := range map[string]string{
		`{"first_name":"A","last_name":"B"}`:                                         "1100",
		`{"first_name":"A","last_name":"B","role_ids":[]}`:                           "1100",
		`{"first_name":"A","last_name":"B","role_ids":"` + role + `"}`:               "1101",
		`{"first_name":"A","last_name":"B","role_ids":["{people Ana}"]}`:             "1101",
		`{"last_name":"B","role_ids":["` + role + `"]}`:                              "1100",
		`{"first_name":"A","role_ids":["` + role + `"]}`:                             "1100",
		`{"first_name":"A","last_name":"B","role_ids":["` + role + `"],"email":"x"}`: "1101",
		`{"first_name":"A","last_name":"B","role_ids":["` + role + `"],"blocked":1}`: "1101",
		`[]`: "1100",
	} {
		want(t, r.call("POST", "/v1.2/sites/{s}/users", body), 400, `"ErrorCode":"`+code+`"`)
	}
	want(t, r.call("POST", "/v1.2/sites/{s}/users", `{}`, "Content-Type", "text/plain"), 415)
	if got := len(r.page("/v1.2/sites/{s}/users").Items); got != 6 {
		t.Errorf("%d people after refusals", got)
	}
	for _, role := range r.page("/v1.2/sites/{s}/roles").Items {
		if role["code"] == "site_owner" {
			t.Error("the owner's role can be given")
		}
	}
}

func TestSaltoksFullSiteSuspendsSilently(t *testing.T) {
	t.Parallel()
	r := settledTower(t) // 7 seats: Olga, Ana, Bo and Mia have one
	for _, name := range []string{"One", "Two", "Three"} {
		want(t, r.create(name, ""), 201, `"subscription_state":"subscribed"`)
	}
	want(t, r.create("Four", ""), 201, `"subscription_state":"suspended"`)
	want(t, r.call("POST", "/v1.2/sites/{s}/guests", `{"alias":"Gast","expires_at":"2026-11-23T12:00:00Z"}`), 201, `"suspended"`, `"site_guest"`, `"use_pin":false`)
	want(t, r.get("/v1.2/sites/{s}"), 200, `"subscribed_user_amount":7`, `"active_user_amount":7`, `"owner":{`)
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Four}/subscription", `{"state":"subscribed"}`), 204)
	want(t, r.get("/v1.2/sites/{s}/users/{users Four}"), 200, `"suspended"`)
	want(t, r.call("DELETE", "/v1.2/sites/{s}/users/{users One}", ""), 202)
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Four}/subscription", `{"state":"subscribed"}`), 204)
	want(t, r.get("/v1.2/sites/{s}/users/{users Four}"), 200, `"subscribed"`) // the seat was free the same second
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Four}/subscription", `{"subscription_state":"suspended"}`), 400, `"1101"`)
	if err := r.SetSwitches(saltoSwitches("over_seats", "403")); err != nil {
		t.Fatal(err)
	}
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Tag}/subscription", `{"state":"subscribed"}`), 403, `"2212"`)
}

func TestSaltoksSuspendedAndBlockedCannotPass(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	bo := "id:" + r.ids["users Bo"]
	if got := r.passing("General"); got != "Ana@x.test "+bo+" /3" { // Tag is suspended
		t.Error(got)
	}
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Ana}/subscription", `{"state":"suspended"}`), 204)
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Bo}", `{"blocked":true}`), 200, `"blocked":true`)
	if got := r.passing("General"); got != " /3" {
		t.Error(got)
	}
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Bo}", `{"blocked":false}`), 200)
	if got := r.passing("General"); got != bo+" /3" {
		t.Error(got)
	}
	if err := r.SetSwitches(saltoSwitches("credential", "needed")); err != nil {
		t.Fatal(err)
	}
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Bo}", `{"use_pin":false}`), 200)
	if got := r.passing("General"); got != " /3" {
		t.Error(got)
	}
}

func TestSaltoksDeletedUserLingersAndLosesEverything(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	want(t, r.call("DELETE", "/v1.2/sites/{s}/users/{users Ana}", ""), 202)
	want(t, r.call("DELETE", "/v1.2/sites/{s}/users/{users Bo}", ""), 202)
	want(t, r.get("/v1.2/sites/{s}/users/{users Bo}"), 200)
	if got := r.passing("General"); got != " /3" {
		t.Errorf("who is leaving passes: %s", got)
	}
	r.wait(10 * time.Second)
	want(t, r.get("/v1.2/sites/{s}/users/{users Bo}"), 404, `"2202"`)
	if got := r.passing("General"); got != " /1" {
		t.Error(got)
	}
	people := []string{}
	for _, p := range r.world()["people"] {
		people = append(people, fmt.Sprint(p["first_name"]))
	}
	if slices.Contains(people, "Bo") || !slices.Contains(people, "Ana") {
		t.Errorf("a registered account outlives the site, another does not: %v", people)
	}
	want(t, r.call("DELETE", "/v1.2/sites/{s}/users/{users Pod}", ""), 403, `"2220"`)
	// the entries still tell who it was
	want(t, r.get("/v1.1/sites/{s}/entries?$filter=access_by eq 'pin_code'"), 200, `"user_first_name":"Bo"`)
}

func TestSaltoksPatchKeepsWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Tag}", `{"use_pin":true}`), 200, `"roles":[]`, `"alias":"tag"`, `"use_pin":true`)
	want(t, r.get("/v1.2/sites/{s}/users/{users Tag}"), 200, `"code":"site_user"`)
	// Tag has no profile and is the site's to rename, Ana is not.
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Tag}", `{"first_name":"Tig","email":"tig@x.test"}`), 200, "Tig", "tig@x.test")
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Ana}", `{"first_name":"Eve","alias":"E"}`), 200, `"first_name":"Ana"`, `"alias":"E"`)
	if n := len(r.world()["invitations"]); n != 1 {
		t.Errorf("%d invitations after an e-mail changed", n)
	}
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Tag}", `{"email":"mia@x.test"}`), 400)
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Tag}", `{"role_ids":[]}`), 400, `"1101"`)
	if err := r.SetSwitches(saltoSwitches("patch_profile", "403", "patch_roles", "shown")); err != nil {
		t.Fatal(err)
	}
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Ana}", `{"first_name":"Eve"}`), 403, `"2203"`)
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Ana}", `{"role_ids":["`+r.role("site_admin")+`"]}`), 200, `"code":"site_admin"`)
}

func TestSaltoksWhoIsNewIsNotKnownForAMinute(t *testing.T) {
	t.Parallel()
	r := saltoTower(t)
	add := func() reply {
		return r.call("PATCH", "/v1.2/sites/{s}/access_groups/{access_groups General}/users", `{"add_ids":["{people Ada}"]}`)
	}
	want(t, r.create("Ada", ""), 201)
	want(t, add(), 404, `"2202"`)
	want(t, r.call("PUT", "/v1.2/sites/{s}/users/{users Ada}/pin", `{}`), 403, `"2203"`)
	if got := firsts(r.page("/v1.2/sites/{s}/users").Items); !strings.Contains(got, "Ada") {
		t.Errorf("not listed: %s", got)
	}
	r.wait(59 * time.Second)
	want(t, add(), 404, `"2202"`)
	r.wait(time.Second)
	want(t, add(), 204)
	want(t, r.call("PUT", "/v1.2/sites/{s}/users/{users Ada}/pin", `{}`), 200)
	if err := r.SetSwitches(saltoSwitches("new_listed", "late")); err != nil {
		t.Fatal(err)
	}
	want(t, r.create("Bea", ""), 201)
	if got := firsts(r.page("/v1.2/sites/{s}/users").Items); strings.Contains(got, "Bea") || !strings.Contains(got, "Ada") {
		t.Errorf("listed: %s", got)
	}
}

func TestSaltoksCredentialsShow(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	of := func(name string) string {
		for _, c := range r.world()["credentials"] {
			if c["id"] == r.ids["users "+name] {
				return fmt.Sprintf("%v %v %v", c["tag_number"], c["pin"], c["use_pin"])
			}
		}
		return "none"
	}
	if of("Ana") != "0042 <nil> false" || of("Bo") != "<nil> 123456 true" {
		t.Errorf("Ana %s, Bo %s", of("Ana"), of("Bo"))
	}
	first := r.call("PUT", "/v1.2/sites/{s}/users/{users Bo}/pin", `{}`)
	second := r.call("PUT", "/v1.2/sites/{s}/users/{users Bo}/pin", `{"expiry_date":"2026-11-30T00:00:00Z"}`)
	if len(first.body) != 8 || first.body == second.body || first.body[0] != '"' {
		t.Errorf("PINs %s %s", first.body, second.body)
	}
	want(t, r.get("/v1.2/sites/{s}/users/{users Bo}/keys"), 200, `"type":"pin"`, `"expiry_date":"2026-11-30T00:00:00Z"`)
	want(t, r.get("/v1.2/sites/{s}/users/{users Bo}/activated_iqs"), 200, `"items":[]`)
	want(t, r.create("Tina", `,"tag_id":"0099"`), 201, `"tag_number":"0099"`, `"tag_owned_by_this_site":true`)
	if of("Bo") == "<nil> 123456 true" {
		t.Error("a new PIN does not show")
	}
}

func TestSaltoksGuestsEndButKeepTheirSeat(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	a := r.call("POST", "/v1.2/sites/{s}/guests", `{"alias":"Gus","expires_at":"2026-11-23T12:00:00Z"}`)
	want(t, a, 201, `"subscribed"`)
	made := into[map[string]any](t, a)
	p, _ := made["user"].(map[string]any)
	want(t, r.call("POST", "/v1.2/sites/{s}/access_groups/{access_groups General}/users", `{"user_id":"`+fmt.Sprint(p["id"])+`"}`), 200)
	if got := r.passing("General"); !strings.Contains(got, fmt.Sprint(made["id"])) {
		t.Errorf("the guest does not pass: %s", got)
	}
	r.wait(3 * time.Hour)
	r.token = r.login("olga@x.test")
	if got := r.passing("General"); strings.Contains(got, fmt.Sprint(made["id"])) {
		t.Errorf("the guest passes after the end: %s", got)
	}
	want(t, r.get("/v1.2/sites/{s}"), 200, `"active_user_amount":5`)
	want(t, r.call("POST", "/v1.2/sites/{s}/guests", `{"alias":"Gus"}`), 400, `"1101"`)
	if len(r.world()["invitations"]) != 0 {
		t.Error("a guest got mail")
	}
}
