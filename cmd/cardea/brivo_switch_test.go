package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// invited is an invitation as Brivo has it.
type invited struct {
	UserID      int64  `json:"userId"`
	ReferenceID string `json:"referenceId"`
	Status      string `json:"status"`
	AccessCode  string `json:"accessCode"`
}

// invitations are those of somebody, oldest first.
func (r *rig) invitations(email string) []invited {
	r.t.Helper()
	var out []invited
	r.records("brivo", "invitations", &out)
	return slices.DeleteFunc(out, func(i invited) bool { return i.ReferenceID != email })
}

// waiting counts invitations of somebody that can be redeemed.
func (r *rig) waiting(email string) int {
	n := 0
	for _, i := range r.invitations(email) {
		if i.Status == "PENDING" {
			n++
		}
	}
	return n
}

// redeem is what the app on somebody's phone does with the newest invitation.
func (r *rig) redeem(email string) {
	r.t.Helper()
	all := r.invitations(email)
	if len(all) == 0 {
		r.t.Fatalf("%s was not invited", email)
	}
	r.control("POST", "brivo/redeem", fmt.Sprintf(`{"email":%q,"code":%q}`, email, all[len(all)-1].AccessCode))
}

// records reads a table of a vendor.
func (r *rig) records(vendor, table string, into any) {
	r.t.Helper()
	var world struct{ Vendors map[string]json.RawMessage }
	if err := json.Unmarshal([]byte(r.control("GET", "world", "")), &world); err != nil {
		r.t.Fatal(err)
	}
	own := map[string]json.RawMessage{}
	if err := json.Unmarshal(world.Vendors[vendor], &own); err != nil {
		r.t.Fatal(err)
	}
	if len(own[table]) == 0 {
		return
	}
	if err := json.Unmarshal(own[table], into); err != nil {
		r.t.Fatal(err)
	}
}

// brivoDays keeps the matrix' house in step at Brivo for a week in which ordinary things happen. Every second run must leave
// nothing to write, nobody has two invitations, and whoever is out has none.
func brivoDays(t *testing.T, door side, switches map[string]string) {
	t.Helper()
	bubble(t, morning, func(t *testing.T) {
		r := pair(t, spaceSide("house"), door, kept(t), commonMappings(door))
		defer func() { r.shut() }()
		if err := r.vendors.SetSwitches(switches); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(door.connection, "redirect_url") {
			r.consent("approve")
		}
		fillHouse(r)
		r.listening("door")
		inStep := func(want map[string][]string) {
			t.Helper()
			now := time.Now().UTC().Format(time.DateTime)
			r.sync(desk.InStep)
			before := len(r.brivoWrites())
			r.sync(desk.InStep)
			if got := r.brivoWrites()[before:]; len(got) > 0 {
				t.Errorf("%s: the second run wrote %v", now, got)
			}
			if diff := cmp.Diff(want, r.passing("brivo")); diff != "" {
				t.Errorf("%s: %s", now, diff)
			}
			for _, who := range []string{"ana", "cleo", "dina", "eli", "zoe"} {
				inside, n := false, r.waiting(who+"@x.test")
				for _, members := range want {
					inside = inside || slices.Contains(members, who+"@x.test")
				}
				if n > 1 || n > 0 && !inside {
					t.Errorf("%s: %s has %d invitations that wait, inside %v", now, who, n, inside)
				}
			}
		}
		inStep(map[string][]string{
			"General access": {"ana@x.test", "dina@x.test"}, "Elephant room": {"cleo@x.test"}, "Office 12": {"eli@x.test"},
		})
		r.redeem("dina@x.test")
		r.patch(`brivo: {users: [{id: 90, firstName: Zoe, lastName: Zorn, emails: [Zoe@x.test], groups: [General access, Elephant room]}]}`)
		at(t, "2026-11-23T10:15:01Z")
		inStep(map[string][]string{"General access": {"ana@x.test", "dina@x.test"}, "Office 12": {"eli@x.test"}})

		at(t, "2026-11-27T11:00:00Z") // invitations live three days
		r.house(
			cardea.Booking{ID: "bk-again", Title: "Interview", Resource: "elephant", Location: "london", Person: "cleo",
				Start: moment(t, "2026-11-27T11:00:00Z"), End: moment(t, "2026-11-27T12:00:00Z"), Zone: "Europe/London"},
			cardea.Agreement{ID: "ms-eli", Person: "eli", Plan: "office", Location: "london", Approved: true, Start: date(t, "2026-06-01"),
				End: date(t, "2026-11-27")},
			cardea.Pass{ID: "ps-dina", Person: "dina", Personal: true, Location: "london", HalfCount: 10, HalfUsed: 2,
				From: date(t, "2026-11-01"), Until: date(t, "2026-11-27")},
		)
		inStep(map[string][]string{
			"General access": {"ana@x.test", "dina@x.test"}, "Elephant room": {"cleo@x.test"}, "Office 12": {"eli@x.test"},
		})
		if n := r.waiting("eli@x.test"); n != 1 {
			t.Errorf("Eli has %d invitations that wait, after the first expired unused: %+v", n, r.invitations("eli@x.test"))
		}
		at(t, "2026-11-28T09:00:00Z")
		inStep(map[string][]string{"General access": {"ana@x.test"}})
		r.house(cardea.Pass{ID: "ps-dina-2", Person: "dina", Personal: true, Location: "london", HalfCount: 10,
			From: date(t, "2026-11-28"), Until: date(t, "2026-12-28")})
		inStep(map[string][]string{"General access": {"ana@x.test", "dina@x.test"}})
		if all := r.invitations("dina@x.test"); len(all) != 1 || all[0].Status != "REDEEMED" {
			t.Errorf("Dina kept her pass and was invited again: %+v", all)
		}
	})
}

// TestEveryBrivoSwitchBothWays plays the same week with every answer that Brivo's sheet leaves open, by a password and by a
// consent.
func TestEveryBrivoSwitchBothWays(t *testing.T) {
	t.Parallel()
	world, err := sandbox.Parse("matrix.yaml", read(t, worldsDir+"matrix.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	vendors, err := sandbox.New(world, sandbox.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	kindest := map[string]string{}
	cases := map[string]map[string]string{"defaults": {}, "all at their kind value": kindest}
	for _, s := range vendors.Switches() {
		if !strings.HasPrefix(s.Name, "brivo.") {
			continue
		}
		if s.Value != s.Values[0] || len(s.Values) < 2 {
			t.Errorf("%s stands at %q of %q: the matrix leaves every switch at its default, and each has two values", s.Name, s.Value, s.Values)
		}
		for _, v := range s.Values[1:] {
			cases[fmt.Sprintf("%s is %s", s.Name, v)] = map[string]string{s.Name: v}
		}
		if !strings.HasPrefix(s.Name, "brivo.hook_") { // faults, and no readings of the sheet
			kindest[s.Name] = s.Values[1]
		}
	}
	if len(cases) < 40 {
		t.Errorf("%d cases: the sandbox' Brivo has 38 switches", len(cases))
	}
	for name, switches := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			door := brivoBy("passes: brivo-app")
			for _, of := range []string{"code_form", "callback", "refresh", "auth_api_key", "token", "values", "kind"} {
				if strings.Contains(name, of) { // what differs at the login itself
					door = brivoByConsent("passes: brivo-app")
				}
			}
			brivoDays(t, door, switches)
		})
	}
}
