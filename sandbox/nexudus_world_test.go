package sandbox_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea/sandbox"
)

func TestNexudusWorldRefusesNonsense(t *testing.T) {
	t.Parallel()
	const head = "anchor: 2026-11-23\nnexudus:\n  businesses: [{Id: b, Name: B}]\n"
	for name, c := range map[string][2]string{
		"part":      {"  members: []", `nexudus has no "members"`},
		"field":     {"  coworkers: [{Fullname: A}]", `the nearest is "FullName"`},
		"user":      {"  users: [{email: a}]", "a user needs email and password"},
		"user key":  {"  users: [{mail: a}]", `not "mail"`},
		"acs":       {"  acs: [{business: b}]", "acs needs business"},
		"acs key":   {"  acs: [{place: b}]", `not "place"`},
		"acs place": {"  acs: [{business: x, groups_url: 'https://g', webhook_url: 'https://p'}]", `no business "x"`},
		"zone":      {"  zones: {b: Nowhere/At}", "is not a time zone"},
		"zone of":   {"  zones: {c: Europe/London}", `no business "c"`},
		"reference": {"  teams: [{Id: t, BusinessId: b, PayingMemberId: zed}]", `PayingMemberId: there is no "zed" in coworkers`},
		"list":      {"  teams: [{Id: t, TeamMembers: [zed]}]", `no "zed"`},
		"teams":     {"  coworkers: [{Id: a, Teams: [zed]}]", `no "zed" in teams`},
		"delete":    {"  teams: [{Id: t, delete: true}]", "no such record"},
		"switch":    {"  switches: {dir: up}", "dir knows"},
		"id":        {"  teams: [{Id: -4}]", "cannot be"},
	} {
		w, err := sandbox.Parse("w.yaml", []byte(head+c[0]))
		if err == nil {
			_, err = sandbox.New(w, sandbox.Options{Now: monday})
		}
		if err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %q", name, err, c[1])
		}
	}
	r := small(t, "anchor: 2026-11-23\n", nil)
	if r.Patch([]byte("nexudus: {}")) == nil || r.PushAccess(t.Context()) == nil {
		t.Error("a vendor that is not there")
	}
}

func TestNexudusPatchIsAllOrNothing(t *testing.T) {
	t.Parallel()
	r := nexudusUp(t)
	for name, patch := range map[string]string{
		"nobody": "{coworkers: [{Id: ben, FullName: X}], teams: [{Id: none, delete: true}]}",
		"switch": "{switches: {dir: up}, coworkers: [{Id: ben, FullName: X}]}",
		"acs":    "{acs: [{business: x, groups_url: 'https://g', webhook_url: 'https://p'}], coworkers: [{Id: ben, FullName: X}]}",
	} {
		if err := r.Patch([]byte("nexudus: " + patch)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if got := r.names("spaces/coworkers", "FullName"); got != "Ana Łuč, Ben Brandt, Cleo Cruz" {
		t.Errorf("half a patch: %s", got)
	}
	r.patch("nexudus: {coworkercontracts: [{Id: k-ben, CancellationDate: null}]}") // null takes away
	want(t, r.get("billing/coworkercontracts?CoworkerContract_Cancelled=true"), 200, `"TotalItems":0`)
	world := r.must("GET", "/_sandbox/world", "", nil)
	want(t, world, 200, `"_as": "k-ben"`)
	for _, secret := range []string{"sécret", `"pw"`, "0471"} {
		if strings.Contains(world.body, secret) {
			t.Errorf("the world tells %s", secret)
		}
	}
}

func TestNexudusShiftMovesItsDates(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Parse("w.yaml", []byte(coworking))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, clock: monday().AddDate(0, 0, 7*30)} // into summer time
	if r.Server, err = sandbox.New(w, sandbox.Options{Now: r.now, Shift: true}); err != nil {
		t.Fatal(err)
	}
	r.client = clientOf(r.Server)
	n := nexRig{r}
	want(t, n.get("spaces/bookings"), 200, `"FromTime":"2027-06-21T10:00:00Z"`, `"FromTimeLocal":"2027-06-21T11:00:00Z"`)
	want(t, n.get("billing/coworkercontracts"), 200, `"CancellationDate":"2027-06-22T00:00:00Z"`)
	slot := n.id("billing/timepasstimeslots", "FromTime", "2000-01-01T18:00:00Z") // a clock, not a date
	if slot == "" {
		t.Error("the slot moved")
	}
}

func TestMatrixHoldsTheNexudusAccount(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Load("../testdata/worlds/matrix.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r := nexRig{rigUp(t, w, nil)}
	a := r.must("GET", "/nexudus/api/spaces/coworkers", "", func() map[string][]string {
		h := basic("olga@x.test")
		h.Set("Authorization", "Basic b2xnYUB4LnRlc3Q6c2FuZGJveC1wYXNzd29yZA==")
		return h
	}())
	want(t, a, 200, `"TotalItems":6`)
}
