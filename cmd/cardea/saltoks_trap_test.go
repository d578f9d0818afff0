package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// TestSaltoKSManyNewPeopleHoldUpNobodyElse brings eight people at once of whom Salto's groups do not know for five minutes, longer
// than was ever measured: who has to go goes meanwhile, who is known and has a right gets in, and they are in when Salto knows them.
func TestSaltoKSManyNewPeopleHoldUpNobodyElse(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := salto(t, saltoByPassword, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		if err := r.vendors.SetSwitches(map[string]string{"saltoks.lag": "300"}); err != nil {
			t.Fatal(err)
		}
		members, memberships := "", ""
		want := []string{"ana@x.test"}
		for i := range 8 {
			members += fmt.Sprintf("    - {_id: new%d, name: New N%d, email: new%d@x.test, location: london}\n", i, i, i)
			memberships += fmt.Sprintf("    - {_id: ms-new%d, member: new%d, plan: hot-desk, location: london, name: Hot desk, isPersonal: true, "+
				"startDate: 2026-11-01}\n", i, i)
			want = append(want, fmt.Sprintf("new%d@x.test", i))
		}
		r.patch("officernd:\n  members:\n" + members + "  memberships:\n" + memberships + "  passes: [{_id: ps-dina, usedCount: 5}]\n" + `
  bookings:
    - {_id: bk-eli, title: Talk, resource: elephant, location: london, timezone: Europe/London, source: portal, member: eli,
       start: 2026-11-23T10:35:00Z, end: 2026-11-23T12:00:00Z}
`)
		at(t, "2026-11-23T10:20:00Z") // Cleo's booking is over, and Dina's pass used up
		result, err := r.try(t.Context())
		if err != nil {
			t.Error(err)
		}
		got := r.passing("saltoks")
		if !slices.Equal(got["Elephant room"], []string{"eli@x.test"}) || slices.Contains(got["General access"], "dina@x.test") {
			t.Errorf("there pass %v, %s", got, brief(result))
		}
		time.Sleep(6 * time.Minute)
		r.sync(desk.InStep)
		if got := r.addressed("saltoks", r.passing("saltoks")["General access"]); !slices.Equal(got, want) {
			t.Errorf("there pass %v", got)
		}
		if n := len(r.tables("saltoks")["users"]); n != 5+8 {
			t.Errorf("%d users", n)
		}
	})
}

// TestSaltoKSGroupsOfOneNameAreNotChosenBetween has two groups of one name: names need not be unique.
func TestSaltoKSGroupsOfOneNameAreNotChosenBetween(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := salto(t, saltoByPassword, onSQLite)
		defer r.shut()
		r.patch(`saltoks: {sites: [{id: london, access_groups: [{id: twin, customer_reference: General access}]}]}`)
		_, err := r.try(t.Context())
		if err == nil || !strings.Contains(err.Error(), `"General access" fits 2`) {
			t.Fatalf("it was chosen: %v", err)
		}
		n := 0
		for _, g := range r.vendors.Groups("saltoks") {
			if g.Name == "General access" && strings.Contains(err.Error(), g.ID) {
				n++
			}
		}
		if n != 2 || len(r.vendors.Writes("saltoks")) > 0 {
			t.Errorf("%d of two ids are named, %d writes: %v", n, len(r.vendors.Writes("saltoks")), err)
		}
	})
}

// TestSaltoKSAttachesWhoHasAnAccountElsewhere lets somebody come who has an account of another site, under another name: they are
// put on this site without a mail, keep their name, and are not made anew.
func TestSaltoKSAttachesWhoHasAnAccountElsewhere(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := salto(t, saltoByPassword, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		r.patch(`
officernd:
  members: [{_id: gil, name: Gil Gara, email: gil@x.test, location: london}]
  memberships:
    - {_id: ms-gil, member: gil, plan: hot-desk, location: london, name: Hot desk, isPersonal: true, startDate: 2026-11-01}
saltoks:
  sites:
    - id: paris
      customer_reference: Paris
      users: [{id: gil-fr, user: {first_name: Gilles, last_name: Garance, email: Gil@X.test, has_profile: true}}]
`)
		time.Sleep(20 * time.Minute)
		want := saltoAtNine()
		want["General access"] = []string{"Gil@X.test", "ana@x.test", "dina@x.test"}
		r.saltoInStep("with somebody from Paris", want)
		if sent := r.tables("saltoks")["invitations"]; len(sent) > 0 {
			t.Errorf("invited: %v", sent)
		}
		for _, p := range r.tables("saltoks")["people"] {
			if p["email"] == "Gil@X.test" && p["first_name"] != "Gilles" {
				t.Errorf("renamed: %v", p)
			}
		}
	})
}

// TestSaltoKSLoginHostsThatAreAwayEndNoConsent has the login hosts answer 404 on every path for two hours, as was measured once, while
// tokens end: nobody is taken away by it, what is due is done afterwards, and nobody need consent again.
func TestSaltoKSLoginHostsThatAreAwayEndNoConsent(t *testing.T) {
	t.Parallel()
	for name, connection := range map[string]string{"consent": saltoByConsent, "password": saltoByPassword} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := salto(t, connection, onSQLite)
				defer r.shut()
				if connection == saltoByConsent {
					r.consented()
				}
				r.sync(desk.InStep)
				at(t, "2026-11-23T09:55:00Z")
				r.fault("saltoks", sandbox.Fault{Path: "/identity/*", Status: http.StatusNotFound, Times: 10_000})
				r.patch(`officernd: {passes: [{_id: ps-dina, usedCount: 5}]}`)
				n := len(r.vendors.Writes("saltoks"))
				at(t, "2026-11-23T10:20:00Z") // the token has ended, Cleo's booking is over, and Dina's pass used up
				for range 5 {
					result, err := r.app.desk.Sync(t.Context(), nil)
					if err == nil && result.Standing() == desk.InStep {
						t.Errorf("in step: %s", brief(result))
					}
					if said := brief(result) + fmt.Sprint(err); !strings.Contains(said, "outage") || strings.Contains(said, "cardea connect") {
						t.Errorf("it is said that %s", said)
					}
					time.Sleep(20 * time.Minute)
				}
				if w := r.vendors.Writes("saltoks")[n:]; slices.ContainsFunc(w, func(w sandbox.Write) bool {
					return !strings.HasPrefix(w.Path, "/identity/")
				}) {
					t.Errorf("written meanwhile: %v", w)
				}
				r.vendors.ClearFaults("saltoks")
				time.Sleep(10 * time.Minute)
				if _, err := r.app.desk.Sync(t.Context(), nil); err != nil {
					t.Error(err)
				}
				r.saltoInStep("when the hosts are back", map[string][]string{"General access": {"ana@x.test"}, "Office 12": {"eli@x.test"}})
			})
		})
	}
}
