package sandbox_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

const emptySalto = "anchor: 2026-11-23\nsaltoks:\n  sites:\n    - {id: a, customer_reference: A, "

func TestSaltoksWorldRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ yaml, says string }{
		"key":            {"anchor: 2026-11-23\nsaltoks: {doors: []}", `saltoks has no "doors"`},
		"site key":       {emptySalto + "people: []}", `w.yaml:4: a site has no "people"`},
		"field":          {emptySalto + "users: [{name: x}]}", `there is no field "name"`},
		"client":         {"anchor: 2026-11-23\nsaltoks: {clients: [{secret: a}]}", "a client needs an id"},
		"client key":     {"anchor: 2026-11-23\nsaltoks: {clients: [{id: a, key: b}]}", `a client has no "key"`},
		"login":          {"anchor: 2026-11-23\nsaltoks: {logins: [{username: a}]}", "a login has username, password, and nothing else"},
		"consent":        {"anchor: 2026-11-23\nsaltoks: {consents: [{client: a}]}", "a consent has refresh_token, client, username"},
		"nobody's login": {"anchor: 2026-11-23\nsaltoks: {logins: [{username: a, password: b}]}", `saltoks.logins: there is no "a" in people`},
		"nobody's grant": {"anchor: 2026-11-23\nsaltoks: {consents: [{refresh_token: t, client: c, username: a}]}", `saltoks.consents: there is no "a"`},
		"switch":         {"anchor: 2026-11-23\nsaltoks: {switches: {lag: forever}}", "lag knows 60, 0, 300"},
		"zone":           {emptySalto + "time_zone: Mars}", "time_zone"},
		"no name":        {"anchor: 2026-11-23\nsaltoks: {sites: [{id: a}]}", "customer_reference is missing"},
		"owner":          {emptySalto + "owner: a}", `owner: there is no "a" in people`},
		"no person":      {emptySalto + "users: [{id: a}]}", "saltoks.users: user: is missing"},
		"no first name":  {emptySalto + "users: [{id: a, user: {email: a@x.test}}]}", "first_name is missing"},
		"seat":           {emptySalto + "users: [{user: {first_name: A}, subscription_state: on}]}", `subscription_state "on" is not`},
		"role":           {emptySalto + "users: [{user: {first_name: A}, roles: [king]}]}", `roles: there is no "king" in roles`},
		"role code":      {emptySalto + "roles: [{customer_reference: A}]}", "code is missing"},
		"group":          {emptySalto + "access_groups: [{customer_reference: G, users: [a]}]}", `users: there is no "a" in users`},
		"schedule":       {emptySalto + "access_groups: [{customer_reference: G, time_schedules: [{}]}]}", "at least one day"},
		"schedule word":  {emptySalto + "access_groups: [{customer_reference: G, time_schedules: [never]}]}", `the word "always"`},
		"schedules":      {emptySalto + "access_groups: [{customer_reference: G, time_schedules: always}]}", "must be a list"},
		"two of a name":  {emptySalto + "locks: [{id: l, customer_reference: L}, {id: m, customer_reference: L}], access_groups: [{customer_reference: G, locks: [L]}]}", "fits two records"},
		"mail taken":     {emptySalto + "users: [{id: a, user: {first_name: A, email: a@x.test}}, {id: b, user: {id: q, first_name: B, email: A@x.test}}]}", "has another id already"},
	} {
		w, err := sandbox.Parse("w.yaml", []byte(c.yaml))
		if err == nil {
			_, err = sandbox.New(w, sandbox.Options{Now: monday})
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestSaltoksPatchIsAllOrNothing(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	err := r.Patch([]byte("saltoks: {sites: [{id: london, access_groups: [{id: general, users: []}, {id: hours, users: [nobody]}]}]}"))
	if err == nil || !strings.Contains(err.Error(), `there is no "nobody" in users`) {
		t.Fatal(err)
	}
	if got := r.passing("General"); !strings.HasPrefix(got, "Ana@x.test ") {
		t.Errorf("half a patch: %s", got)
	}
	r.patch("saltoks: {sites: [{customer_reference: London, access_groups: [{customer_reference: General, users: [MIA@x.test]}]}]}")
	if got := r.passing("General"); got != "mia@x.test /1" {
		t.Error(got)
	}
	r.patch("saltoks: {sites: [{id: london, users: [{id: mia, delete: true}], access_groups: [{id: hours, delete: true}]}]}")
	if r.passing("General") != " /0" || r.passing("Hours") != "no such group" {
		t.Errorf("%s, %s", r.passing("General"), r.passing("Hours"))
	}
	for _, bad := range []string{
		"saltoks: {sites: [{id: nowhere, delete: true}]}", "saltoks: {sites: [{id: london, users: [{id: mia, delete: true}]}]}",
		"saltoks: {sites: [{id: london, locks: [{id: l, delete: true}]}]}", "saltoks: {sites: [{id: paris, users: [{id: ana, alias: x}]}]}",
		"saltoks: {logins: [{username: mia@x.tes, password: x}]}", "saltoks: {switches: {lag: x}}",
	} {
		if err := r.Patch([]byte(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	r.patch("saltoks: {sites: [{id: paris, delete: true}], clients: [{id: cardea, secret: other}]}")
	want(t, r.ask(saltoPassword("olga@x.test"), "s3cret"), 400, "invalid_client")
}

// An administrator moves people between sites by hand: one account, two site users.
func TestSaltoksOneAccountOnTwoSites(t *testing.T) {
	t.Parallel()
	r := settledTower(t)
	r.patch("saltoks: {sites: [{id: paris, users: [{user: {email: mia@x.test}}, {user: {email: olga@x.test}, roles: [site_admin]}]}]}")
	p := r.page("/v1.2/sites/{sites Paris}/users?$filter=user/email eq 'mia@x.test'")
	if len(p.Items) != 1 || p.Items[0]["id"] == r.ids["users Mia"] {
		t.Fatalf("in Paris %v", p.Items)
	}
	if who, _ := p.Items[0]["user"].(map[string]any); who["id"] != r.ids["people Mia"] {
		t.Errorf("another account: %v", who)
	}
	want(t, r.get("/v1.2/sites/{sites Paris}/users/{users Mia}"), 404)
	if got := r.page("/v1.2/sites"); len(got.Items) != 2 {
		t.Errorf("sites %v", got.Items)
	}
}

func TestSaltoksStatusesAreSwitches(t *testing.T) {
	t.Parallel()
	r := settledTower(t, "create_status", "200", "delete_status", "204", "delete_lag", "0", "done_status", "200", "duplicate_email", "existing")
	want(t, r.create("Ada", `,"email":"ada@x.test"`), 200)
	first := r.ids["users Ada"]
	want(t, r.create("Ada", `,"email":"ada@x.test"`), 200, first)
	want(t, r.call("PATCH", "/v1.2/sites/{s}/users/{users Ada}/subscription", `{"state":"suspended"}`), 200, `{}`)
	want(t, r.call("DELETE", "/v1.2/sites/{s}/users/{users Ada}", ""), 204)
	want(t, r.get("/v1.2/sites/{s}/users/{users Ada}"), 404)
	want(t, r.create("Ada", `,"email":"ada@x.test"`), 200)
	if r.ids["users Ada"] == first {
		t.Error("made again, the person has the id of before")
	}
}

func TestSaltoksLinksNameHTTPUnlessSwitched(t *testing.T) {
	t.Parallel()
	r := crowded(t, 30)
	next := func() string {
		req := "https://clp.example.test/saltoks/v1.2/sites/" + r.ids["sites London"] + "/users"
		u, err := url.Parse(req)
		if err != nil {
			t.Fatal(err)
		}
		q := r.request("GET", u)
		return *into[saltoPage](t, q).Next
	}
	if got := next(); !strings.HasPrefix(got, "http://clp.example.test/saltoks/v1.2/") {
		t.Error(got)
	}
	if err := r.SetSwitches(saltoSwitches("link_scheme", "same")); err != nil {
		t.Fatal(err)
	}
	if got := next(); !strings.HasPrefix(got, "https://clp.example.test/saltoks/v1.2/") {
		t.Error(got)
	}
}

func TestSaltoksDatesMoveWithTheWorld(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Parse("w.yaml", []byte(`
anchor: 2026-11-23
saltoks:
  sites:
    - id: a
      customer_reference: A
      locks: [{id: l, customer_reference: L}]
      users: [{id: u, user: {first_name: U, email: u@x.test}, expires_at: 2026-11-27T12:00:00Z}]
      access_groups:
        - {id: g, customer_reference: G, users: [u], locks: [l], time_schedules: [{thursday: true, start_date: 2026-11-26T08:00:00, end_date: 2026-11-26T20:00:00}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, clock: time.Date(2027, 6, 24, 6, 59, 59, 0, time.UTC)} // a Thursday, one second to eight in London
	if r.Server, err = sandbox.New(w, sandbox.Options{Now: r.now, Shift: true}); err != nil {
		t.Fatal(err)
	}
	if g := r.Groups("saltoks")[0]; len(g.Members) != 0 || g.All[0].Until != "2027-06-25T11:00:00.000Z" {
		t.Errorf("before: %v", g)
	}
	r.wait(time.Second)
	if g := r.Groups("saltoks")[0]; len(g.Members) != 1 || g.All[0].Email != "u@x.test" || !g.All[0].Enabled {
		t.Errorf("at eight: %v", g)
	}
}

func TestSaltoksMatrixHasTheGroupsOfTheOtherDoors(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Load("../testdata/worlds/matrix.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r := &saltoRig{rig: rigUp(t, w, nil), ids: map[string]string{}}
	r.learn()
	for group, passing := range map[string]string{"General access": "ana@x.test /1", "Elephant room": " /0", "Office 12": " /0"} {
		if got := r.passing(group); got != passing {
			t.Errorf("%s: %s", group, got)
		}
	}
	a := r.ask(byRefresh("sandbox-refresh"), "sandbox-secret")
	want(t, a, 200)
	r.token, _ = into[map[string]any](t, a)["access_token"].(string)
	want(t, r.get("/v1.2/sites/{sites London}/users"), 200, "olga@x.test")
	in := saltoPassword("olga@x.test")
	in.Set("password", "sandbox-password")
	want(t, r.ask(in, "sandbox-secret"), 200)
}
