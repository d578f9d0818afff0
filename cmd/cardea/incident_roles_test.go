package main

import (
	"slices"
	"testing"
	"time"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// TestIncidentTheListOfRolesIsEmpty has the door system list nobody's role though it says that all is well, for one run: whoever
// has one stays where they are. Who is in truth made an ordinary member goes when a second listing shows it.
func TestIncidentTheListOfRolesIsEmpty(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"the roles alone": "/role_assignments?*applies_to_type=Organization*", "every entry too": "/role_assignments",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, quiet, func(t *testing.T) {
				r := tiny(t, onSQLite)
				defer r.shut()
				r.patch(`{kisi: {
					users: [{id: 903, name: Stan Staff, email: stan@x.test}],
					role_assignments: [
						{id: 906, user_id: stan@x.test, group_id: Office 12, role_id: group_basic},
						{id: 907, assignee_type: User, assignee_id: stan@x.test, applies_to_type: Organization, role_id: organization_administrator}]}}`)
				r.sync(desk.InStep)
				seeded := with(atNine, map[string][]string{"Office 12": append(slices.Clone(atNine["Office 12"]), "stan")})
				r.untouched("at first", 1, seeded)
				r.fault("kisi", sandbox.Fault{Effect: sandbox.EffectEmpty, Method: "GET", Path: path})
				r.untouched("while no roles are listed", 1, seeded)
				r.clear()
				r.untouched("with the roles back", 1, seeded)

				r.patch(`{kisi: {role_assignments: [{id: 907, delete: true}]}}`)
				r.untouched("when it is listed once that he has no role", 1, seeded)
				time.Sleep(time.Minute)
				r.sync(desk.InStep)
				r.wantInside("when it is listed twice", map[string][]string{"Office 12": atNine["Office 12"]})
			})
		})
	}
}
