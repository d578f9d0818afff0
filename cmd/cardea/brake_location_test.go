package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

// campus is a place with n groups G00, G01, ... of four people of the plan Staff each, eight hot desks in group Lobby, and
// further groups A0 to A5 for the plan Annex, with four people. By hand somebody may be put in.
func campus(t *testing.T, db database, edit func(*config.File)) *rig {
	t.Helper()
	var members, agreements, groups, users, staff, annex strings.Builder
	add := func(plan, id string) {
		fmt.Fprintf(&members, "    - {_id: %s, name: %s Test, email: %s@x.test, location: london, startDate: 2026-01-05}\n", id, id, id)
		fmt.Fprintf(&agreements, "    - {_id: ms-%s, member: %s, plan: %s, location: london, name: %s, isPersonal: true, type: "+
			"month_to_month, startDate: 2026-09-01, price: 1}\n", id, id, plan, plan)
	}
	for i := range 8 {
		add("hot-desk", fmt.Sprintf("hot%d", i))
	}
	for i := range 4 {
		add("staff", fmt.Sprintf("staff%d", i))
		add("annex", fmt.Sprintf("annex%d", i))
	}
	// Whoever nobody is in shows no members at all, as far as can be told.
	users.WriteString("    - {id: 2, userName: hot0@x.test, displayName: Hot, name: {givenName: Hot, familyName: H}, emails: [hot0@x.test], " +
		"active: true}\n")
	for i := range 3 {
		fmt.Fprintf(&users, "    - {id: %d, userName: hand%d@x.test, displayName: Hand %d, name: {givenName: Hand, familyName: H%d}, "+
			"emails: [hand%d@x.test], active: true}\n", 50+i, i, i, i, i)
	}
	group := func(id int, name string) {
		fmt.Fprintf(&groups, "    - {id: %q, displayName: %s}\n", fmt.Sprint(id), name)
	}
	groups.WriteString("    - {id: \"10\", displayName: Lobby, members: [hot0@x.test]}\n")
	for i := range 12 {
		group(100+i, fmt.Sprintf("G%02d", i))
		fmt.Fprintf(&staff, "G%02d, ", i)
	}
	for i := range 6 {
		group(200+i, fmt.Sprintf("A%d", i))
		fmt.Fprintf(&annex, "A%d, ", i)
	}
	world := `
name: campus
about: One place with many doors.
anchor: 2026-11-23
officernd:
  org: acme
  name: Acme
  clients: [{id: cardea, secret: sandbox-secret, scopes: all}]
  locations: [{_id: london, name: London, timezone: Europe/London, isOpen: true, isPublic: true}]
  plans:
    - {_id: hot-desk, name: Hot desk, type: hotdesk, intervalLength: month, price: 1, forMembers: true}
    - {_id: staff, name: Staff, type: hotdesk, intervalLength: month, price: 1, forMembers: true}
    - {_id: annex, name: Annex, type: hotdesk, intervalLength: month, price: 1, forMembers: true}
  members:
` + members.String() + "  memberships:\n" + agreements.String() + `
scim:
  name: Door control
  tokens: [{secret: scim-token, admin: true, user: olga@x.test}]
  users:
    - {id: 1, userName: olga@x.test, displayName: Olga Owner, name: {givenName: Olga, familyName: Owner}, emails: [olga@x.test], active: true}
` + users.String() + "  groups:\n" + groups.String()
	file := fmt.Sprintf(`
connections:
  space: %s
  door: %s
integrations:
  main:
    space: space
    door: door
    zone: Europe/London
    approve: auto
    mappings: {plans: {Hot desk: [Lobby], Staff: [%s]}}
  annex:
    space: space
    door: door
    zone: Europe/London
    approve: auto
    mappings: {plans: {Annex: [%s]}}
`, spaceSide("officernd").connection, doorSide("scim").connection, staff.String(), annex.String())
	return rigOf(t, "campus", []byte(world), file, db, edit)
}

// TestAMappingThatOpensEveryDoorToAFewWaits maps eight hot desks to each of the twelve groups of a place: no group gains much, and
// yet every door of the house would be open to them.
func TestAMappingThatOpensEveryDoorToAFewWaits(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := campus(t, db, nil)
			r.sync(desk.InStep)
			r.shut()
			plans := r.set.file.Integrations["main"].Mappings.Plans
			plans["Hot desk"].Groups = append(plans["Hot desk"].Groups, plans["Staff"].Groups...)
			r.open()
			defer r.shut()
			n := len(r.vendors.Writes("scim"))
			result := r.sync(desk.Held)
			held := 0
			for _, o := range result.Doors[0].Operations {
				if o.Held == nil || o.Held.Code != cardea.HeldBrake || !strings.Contains(o.Held.Why, "96 entries, beside 80, would be let in at location London") {
					t.Errorf("%s %s %+v", o.Verb, o.GroupName, o.Held)
				}
				held++
			}
			if w := len(r.vendors.Writes("scim")) - n; w > 0 || held != 96 {
				t.Errorf("%d are held and %d were written", held, w)
			}
			if i := r.issues("brake"); len(i) == 0 {
				t.Error("nobody is told")
			}
			if _, err := r.app.desk.Apply(t.Context(), result.Doors[0].Hash, nil, "test"); err != nil {
				t.Fatal(err)
			}
			if got := len(r.passing("scim")["G00"]); got != 12 {
				t.Errorf("released, %d are in G00", got)
			}
		})
	})
}

// TestTwoIntegrationsOfOneDoorAreBrakedApart puts people into the groups of both by hand: twelve entries are half of what the
// annex has, and less than a fifth of all. The annex waits, the other does not.
func TestTwoIntegrationsOfOneDoorAreBrakedApart(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := campus(t, db, func(f *config.File) {
				for _, in := range f.Integrations { // both are at one place: here it has no budget of its own
					none := 0
					in.Brake.Location = &config.Limit{Count: &none, Min: &none}
				}
			})
			defer r.shut()
			r.sync(desk.InStep)
			var hand strings.Builder
			put := func(id int, who ...string) {
				fmt.Fprintf(&hand, "    - {id: %q, members: [%s]}\n", fmt.Sprint(id), strings.Join(who, ", "))
			}
			for i := range 6 {
				put(200+i, "annex0@x.test", "annex1@x.test", "annex2@x.test", "annex3@x.test", "hand0@x.test", "hand1@x.test")
			}
			put(100, "staff0@x.test", "staff1@x.test", "staff2@x.test", "staff3@x.test", "hand2@x.test")
			r.patch("scim:\n  groups:\n" + hand.String())
			result := r.sync(desk.Held)
			held := 0
			for _, o := range result.Doors[0].Operations {
				switch {
				case o.Held == nil:
				case !strings.HasPrefix(o.GroupName, "A") || !strings.Contains(o.Held.Why, "through integration annex"):
					t.Errorf("%s: %s", o.GroupName, o.Held.Why)
				default:
					held++
				}
			}
			if in := r.passing("scim"); held != 12 || len(in["G00"]) != 4 || len(in["A0"]) != 6 {
				t.Errorf("%d are held, %v in G00, %v in A0", held, in["G00"], in["A0"])
			}
		})
	})
}
