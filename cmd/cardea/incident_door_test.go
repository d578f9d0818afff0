package main

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// besides configures tiny with a second integration of the same door, whose people are in our own space system.
func besides(t *testing.T, db database) *rig {
	t.Helper()
	text := string(read(t, worldsDir+"tiny.cardea.yaml"))
	text = strings.Replace(text, "integrations:\n", `  own: {system: house, name: Acme}
integrations:
  annex:
    enabled: true
    space: own
    door: kisi
    zone: Europe/London
    approve: auto
    mappings: {plans: {Annex: [General access]}}
`, 1)
	r := rigOf(t, "tiny", read(t, worldsDir+"tiny.yaml"), text, db, nil)
	r.annex([]cardea.Record{
		cardea.Location{ID: "annex", Name: "Annex", Zone: "Europe/London"}, cardea.Plan{ID: "annex", Name: "Annex"},
		tenant("pia", "Pia Pohl"), tenant("rolf", "Rolf Rau"),
		cardea.Agreement{ID: "ms-pia", Person: "pia", Plan: "annex", Approved: true, Start: date(t, "2026-09-01")},
		cardea.Agreement{ID: "ms-rolf", Person: "rolf", Plan: "annex", Approved: true, Start: date(t, "2026-09-01")},
	})
	return r
}

func (r *rig) annex(put []cardea.Record, drop ...cardea.Key) {
	r.t.Helper()
	if err := r.app.desk.Connect(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	if err := r.app.desk.SaveHouse(context.Background(), "own", put, drop, "test"); err != nil {
		r.t.Fatal(err)
	}
}

// TestIncidentAGroupIsSharedByTwoIntegrations has one of them unreadable. Nobody goes for absence, neither the people of the one
// that is unknown nor those of the other, nor who was put in by hand; who is new comes.
func TestIncidentAGroupIsSharedByTwoIntegrations(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, quiet, func(t *testing.T) {
			r := besides(t, db)
			defer r.shut()
			r.sync(desk.InStep)
			all := slices.Concat(atNine["General access"], []string{"pia", "rolf"})
			r.wantInside("at first", with(atNine, map[string][]string{"General access": all}))

			r.fault("officernd", sandbox.Fault{Method: "GET", Path: "*/memberships?*", Status: 503})
			r.patch("kisi: {users: [{id: 901, name: Mallory Moss, email: mallory@x.test}], " +
				"role_assignments: [{id: 901, user_id: mallory@x.test, group_id: General access, role_id: group_basic}]}")
			r.annex([]cardea.Record{tenant("sven", "Sven Soll"),
				cardea.Agreement{ID: "ms-sven", Person: "sven", Plan: "annex", Approved: true, Start: date(t, "2026-09-01")}},
				cardea.Key{Kind: cardea.KindAgreement, ID: "ms-pia"})
			n := r.writes()
			for range 2 {
				r.sync(desk.Incomplete)
				r.wantInside("while one is unknown", with(atNine, map[string][]string{
					"General access": append(slices.Clone(all), "mallory", "sven")}))
				time.Sleep(16 * time.Minute)
			}
			if s := removals(r.sent(n)); len(s) > 0 {
				t.Errorf("taken away: %v", s)
			}
			r.clear()
			r.sync(desk.InStep)
			r.wantInside("when both are known", with(atNine, map[string][]string{
				"General access": append(slices.Clone(atNine["General access"]), "rolf", "sven")}))
			r.sound("when both are known")
		})
	})
}

// TestIncidentAGroupIsRenamedAndItsNameGivenToAnother renames a mapped group at the vendor, and makes another of the old name.
// The mapping goes on with the group that it was, also when Cardea is started again; the other one gets nobody.
func TestIncidentAGroupIsRenamedAndItsNameGivenToAnother(t *testing.T) {
	t.Parallel()
	db := kept(t)
	bubble(t, quiet, func(t *testing.T) {
		r := tiny(t, db)
		defer func() { r.shut() }()
		r.sync(desk.InStep)
		r.patch("kisi: {groups: [{id: 11, name: Members}, {id: 31, name: General access, place_id: London}]}")
		want := with(atNine, map[string][]string{"Members": atNine["General access"], "General access": {}})
		n := r.writes()
		r.sync(desk.InStep) // lists the groups, after their names were looked up
		for range 2 {
			result := r.sync(desk.InStep)
			told := false
			for _, i := range result.Doors[0].Issues {
				told = told || i.Code == "renamed" && strings.Contains(i.Text, "Members")
			}
			if !told {
				t.Errorf("the new name is not told: %s", brief(result))
			}
			r.wantInside("renamed", want)
			r.shut()
			r.open()
		}
		if s := r.sent(n); len(s) > 0 {
			t.Errorf("written: %v", s)
		}
		r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}, {_id: ms-dan, startDate: 2026-11-20}]}")
		r.sync(desk.InStep)
		general := slices.DeleteFunc(slices.Clone(atNine["General access"]), func(s string) bool { return s == "ana" })
		r.wantInside("changed since", with(want, map[string][]string{"Members": append(general, "dan")}))
		r.sound("changed since")
	})
}

// TestIncidentTheSeededAdminStays has an administrator in a mapped group from before, as the only one in it, and a member who is
// made one. Neither is ever taken out by itself, and a person is told of both.
func TestIncidentTheSeededAdminStays(t *testing.T) {
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
		r.patch(`{kisi: {role_assignments: [
			{id: 908, assignee_type: User, assignee_id: joe@x.test, applies_to_type: Organization, role_id: organization_administrator}]}}`)
		r.patch(`{officernd: {memberships: [
			{_id: ms-joe, endDate: 2026-11-20}, {_id: ms-initech, endDate: 2026-11-20}, {_id: ms-hana, endDate: 2026-11-20}]}}`)
		result := r.sync(desk.InStep)
		left := with(seeded, map[string][]string{"Office 12": {"stan"}, "First floor": {}, "Building": {"gus"}})
		r.wantInside("when all others are out", left) // Joe is in General access still
		told := 0
		for _, i := range result.Doors[0].Issues {
			if i.Code == "staff-in-group" {
				told++
			}
		}
		if told != 3 { // Olga, Stan, Joe
			t.Errorf("a person is told of %d: %s", told, brief(result))
		}
		r.untouched("later", 1, left)
	})
}

// TestIncidentTheLedgerIsLost has what we know of our own entries be gone, as after a restore. Who has a reason is adopted again,
// without a request to the door system, and what ends later goes as it would have.
func TestIncidentTheLedgerIsLost(t *testing.T) {
	t.Parallel()
	db := kept(t)
	bubble(t, quiet, func(t *testing.T) {
		r := tiny(t, db)
		defer func() { r.shut() }()
		r.sync(desk.InStep)
		r.shut()
		emptied(t, db, "DELETE FROM ledger")
		r.open()
		r.untouched("with the ledger lost", 1, atNine)
		r.sound("with the ledger lost")
		n := r.writes()
		r.patch("officernd: {memberships: [{_id: ms-joe, endDate: 2026-11-20}]}")
		r.sync(desk.InStep)
		general := slices.DeleteFunc(slices.Clone(atNine["General access"]), func(s string) bool { return s == "joe" })
		r.wantInside("when one ends", with(atNine, map[string][]string{"General access": general}))
		if s := r.sent(n); len(s) != 1 {
			t.Errorf("written: %v", s)
		}
		r.sound("when one ends")
	})
}

// TestIncidentTheLedgerIsLostAndSomebodyEnds has what we know of our own entries be gone, as after a restore, while a membership ended and
// somebody was put in by hand. Who has a reason is adopted; nobody else is taken out before a person has looked.
func TestIncidentTheLedgerIsLostAndSomebodyEnds(t *testing.T) {
	t.Parallel()
	db := kept(t)
	bubble(t, quiet, func(t *testing.T) {
		r := tiny(t, db)
		defer func() { r.shut() }()
		r.sync(desk.InStep)
		r.shut()
		emptied(t, db, "DELETE FROM ledger")
		r.open()
		r.patch(byHand)
		r.patch("officernd: {memberships: [{_id: ms-joe, endDate: 2026-11-20}]}")
		n := r.writes()
		r.sync(desk.Held)
		if s := r.sent(n); len(s) > 0 {
			t.Errorf("written: %v", s)
		}
		who := r.inside()["General access"]
		for _, one := range append(slices.Clone(atNine["General access"]), "mallory") {
			if !slices.Contains(who, one) {
				t.Errorf("%s is out", one)
			}
		}
	})
}

// TestIncidentTheLedgerIsLostInASharedGroup is the same where only what is ours may go: then nothing is.
func TestIncidentTheLedgerIsLostInASharedGroup(t *testing.T) {
	t.Parallel()
	db := kept(t)
	bubble(t, quiet, func(t *testing.T) {
		r := tiny(t, db, set(t, `{groups: {General access: {mode: shared}}}`))
		defer func() { r.shut() }()
		r.sync(desk.InStep)
		accounts := r.users()
		r.shut()
		emptied(t, db, "DELETE FROM ledger")
		r.open()
		r.patch("officernd: {memberships: [{_id: ms-joe, endDate: 2026-11-20}]}")
		r.untouched("with the ledger lost", 2, atNine)
		if now := r.users(); !slices.Equal(now, accounts) {
			t.Errorf("the accounts: %s", difference(now, accounts))
		}
		oneEach(t, "with the ledger lost", r.users(), r.vendors.Groups("kisi"), r.vendors.Writes("kisi"))
	})
}

// emptied runs one statement on a database file that nobody has open.
func emptied(t *testing.T, db database, statement string) {
	t.Helper()
	conn, err := sql.Open("sqlite", strings.TrimPrefix(db.dsn, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := conn.ExecContext(t.Context(), statement)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("nothing was lost: %d, %v", n, err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
}
