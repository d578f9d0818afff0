package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/desk"
)

// TestSaltoKSSiteIsChosenAmongThoseThatTheLoginSees gives the login a second site.
func TestSaltoKSSiteIsChosenAmongThoseThatTheLoginSees(t *testing.T) {
	t.Parallel()
	const paris = `
saltoks:
  sites:
    - id: paris
      site_uid: FR0000000002
      customer_reference: Paris
      users: [{id: olga-fr, user: {first_name: Olga, last_name: Owner, email: olga@x.test}, roles: [site_admin]}]
`
	for site, says := range map[string]string{
		"": "sees 2 sites", "Rome": "no site \"Rome\"", "London": "", "gb0000000001": "", "{id}": "", "00000000-0000-4000-8000-00000000dead": "not found",
	} {
		t.Run("site "+site, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				probe := salto(t, saltoByPassword, onSQLite)
				id, _ := probe.tables("saltoks")["sites"][0]["id"].(string)
				probe.shut()
				connection := strings.Replace(saltoByPassword, "auth: password", `auth: password, site: "`+strings.ReplaceAll(site, "{id}", id)+`"`, 1)
				if site == "" {
					connection = saltoByPassword
				}
				r := salto(t, connection, onSQLite)
				defer r.shut()
				r.patch(paris)
				err := r.app.desk.Connect(t.Context())
				if says == "" {
					if err != nil {
						t.Fatal(err)
					}
					r.saltoInStep("at the site that was chosen", saltoAtNine())
					return
				}
				if err == nil || !strings.Contains(err.Error(), says) {
					t.Fatalf("connected: %v", err)
				}
				if site != "00000000-0000-4000-8000-00000000dead" && (!strings.Contains(err.Error(), id) || !strings.Contains(err.Error(), "Paris")) {
					t.Errorf("the sites are not named: %v", err)
				}
			})
		})
	}
}

// TestSaltoKSTakesNothingAwayWhenItMayNotLook takes the login's role, its seat, its place on the site, and the site's subscription,
// for an hour each: nobody is removed, it is said why, and all goes on when it is mended.
func TestSaltoKSTakesNothingAwayWhenItMayNotLook(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ broken, mended, says string }{
		"the role": {
			`saltoks: {sites: [{id: london, users: [{id: olga, roles: [site_user]}]}]}`,
			`saltoks: {sites: [{id: london, users: [{id: olga, roles: [site_admin]}]}]}`, "Site Admin",
		},
		"the seat": {
			`saltoks: {sites: [{id: london, users: [{id: olga, subscription_state: suspended}]}]}`,
			`saltoks: {sites: [{id: london, users: [{id: olga, subscription_state: subscribed}]}]}`, "and a seat",
		},
		"the place on the site": {
			`saltoks: {sites: [{id: london, users: [{id: olga, delete: true}]}]}`,
			`saltoks: {sites: [{id: london, users: [{id: olga, user: {first_name: Olga, email: olga@x.test}, roles: [site_admin]}]}]}`,
			"taken off",
		},
		"the subscription": {
			`saltoks: {sites: [{id: london, subscription_valid: false}]}`, `saltoks: {sites: [{id: london, subscription_valid: true}]}`,
			"subscription",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := salto(t, saltoByPassword, onSQLite)
				defer r.shut()
				r.sync(desk.InStep)
				n := len(r.vendors.Writes("saltoks"))
				r.patch(c.broken)
				r.patch(`officernd: {passes: [{_id: ps-dina, usedCount: 5}]}`)
				at(t, "2026-11-23T10:20:00Z") // Cleo's booking is over, and Dina's pass used up
				var all []string
				for range 3 {
					result, err := r.app.desk.Sync(t.Context(), nil)
					if err == nil && result.Standing() == desk.InStep {
						t.Errorf("in step: %s", brief(result))
					}
					if err != nil {
						all = append(all, err.Error())
					}
					all = append(all, brief(result))
					time.Sleep(10 * time.Minute)
				}
				if !strings.Contains(strings.Join(all, "\n"), c.says) {
					t.Errorf("nobody is told of %q: %v", c.says, all)
				}
				for _, w := range r.vendors.Writes("saltoks")[n:] {
					if w.Status < 300 || w.Method == http.MethodDelete {
						t.Errorf("done meanwhile: %+v", w)
					}
				}
				for _, g := range r.vendors.Groups("saltoks") {
					if len(g.All) == 0 {
						t.Errorf("nobody is left in %s", g.Name)
					}
				}
				r.patch(c.mended)
				at(t, "2026-11-23T13:00:00Z")
				if _, err := r.app.desk.Sync(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
				time.Sleep(10 * time.Minute)
				r.saltoInStep("mended", map[string][]string{"General access": {"ana@x.test"}, "Office 12": {"eli@x.test"}})
			})
		})
	}
}

// TestSaltoKSGroupThatIsGoneIsNotMadeAgain deletes a group that is mapped: it is an issue, and the other groups go on.
func TestSaltoKSGroupThatIsGoneIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := salto(t, saltoByPassword, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		n := len(r.vendors.Writes("saltoks"))
		r.patch(`
officernd: {passes: [{_id: ps-dina, usedCount: 5}]}
saltoks: {sites: [{id: london, access_groups: [{id: office-12, delete: true}]}]}
`)
		time.Sleep(20 * time.Minute)
		for _, code := range []string{"group-gone", "mapping-target-gone"} {
			result, err := r.try(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(result.Doors[0].Issues, func(i desk.Note) bool { return i.Code == code }) {
				t.Errorf("no issue %s: %s", code, brief(result))
			}
			time.Sleep(10 * time.Minute)
		}
		if got := r.passing("saltoks")["General access"]; len(got) != 1 || got[0] != "ana@x.test" {
			t.Errorf("General access has %v", got)
		}
		if w := r.writesTo("saltoks", n, http.MethodPost, ""); len(w) > 0 {
			t.Errorf("made: %v", w)
		}
	})
}
