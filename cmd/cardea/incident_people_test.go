package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox/officernd"
)

// TestIncidentAStatusBlinksInAList has one list show everybody as having left, and every agreement as not approved, while the
// records themselves say otherwise. Nobody goes.
func TestIncidentAStatusBlinksInAList(t *testing.T) {
	t.Parallel()
	for collection, status := range map[string]string{"members": "former", "memberships": "not_approved"} {
		t.Run(collection, func(t *testing.T) {
			t.Parallel()
			bubble(t, quiet, func(t *testing.T) {
				r := tiny(t, onSQLite)
				p := r.tapped()
				defer r.shut()
				r.sync(desk.InStep)
				blinked := 0
				p.reworked(t, list(collection), func(answer any) any {
					for _, row := range answer.(map[string]any)["results"].([]any) {
						row.(map[string]any)["status"] = status
						blinked++
					}
					return answer
				})
				n := r.writes()
				r.sync(desk.InStep)
				if blinked < 20 {
					t.Fatalf("%d blinked", blinked)
				}
				r.wantInside("while it blinks", atNine)
				p.after = nil
				r.untouched("after it", 2, atNine)
				if s := r.sent(n); len(s) > 0 {
					t.Errorf("written: %v", s)
				}
				r.sound("after it")
			})
		})
	}
}

// TestIncidentOwnersAreNoLongerListedAsMembers has the space side leave the owners of companies out of its lists of people, for
// good: a few, so that nothing looks wrong. By id they are there, and they stay.
func TestIncidentOwnersAreNoLongerListedAsMembers(t *testing.T) {
	t.Parallel()
	bubble(t, quiet, func(t *testing.T) {
		r := tiny(t, onSQLite)
		p := r.tapped()
		defer r.shut()
		r.sync(desk.InStep)
		owners := map[string]bool{}
		for _, who := range []string{"ivan", "joe", "abe", "ana"} {
			owners[officernd.ID(who)] = true
		}
		unlisted := 0
		p.reworked(t, func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/members") }, func(answer any) any {
			m := answer.(map[string]any)
			number := func(field string) int64 {
				n, err := m[field].(json.Number).Int64()
				if err != nil {
					t.Error(err)
				}
				return n
			}
			switch rows, listed := m["results"].([]any); {
			case listed:
				left := slices.DeleteFunc(slices.Clone(rows), func(row any) bool { return owners[row.(map[string]any)["_id"].(string)] })
				less := len(rows) - len(left)
				if unlisted = max(unlisted, less); less > 0 {
					m["results"], m["rangeEnd"] = left, number("rangeEnd")-int64(less)
				}
			case m["total"] != nil:
				m["total"] = number("total") - int64(unlisted)
			}
			return m
		})
		n := r.writes()
		r.untouched("with the owners not listed", 3, atNine)
		if unlisted < 4 {
			t.Fatalf("%d were left out", unlisted)
		}
		// One of them really goes.
		at(t, "2026-11-23T09:14:00Z")
		r.patch("officernd: {members: [{_id: abe, delete: true}]}")
		unlisted = 0
		r.settle("when one goes", 2)
		general := slices.DeleteFunc(slices.Clone(atNine["General access"]), func(s string) bool { return s == "abe" })
		r.wantInside("when one goes", with(atNine, map[string][]string{"General access": general}))
		if s := r.sent(n); len(s) != 1 {
			t.Errorf("written: %v", s)
		}
		r.sound("when one goes")
	})
}

// TestIncidentAMembershipIsMadeAnewOnTheSameDay replaces memberships by others, with ids of their own, that begin today: in one
// reading, and with a reading between the end of the one and the beginning of the other.
func TestIncidentAMembershipIsMadeAnewOnTheSameDay(t *testing.T) {
	t.Parallel()
	bubble(t, quiet, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		n, accounts := r.writes(), r.users()
		r.patch(`{officernd: {
			memberships: [
				{_id: ms-ana, delete: true}, {_id: ms-hana, delete: true},
				{_id: again-ana, member: ana, plan: hot-desk, location: london, name: Hot desk, isPersonal: true, startDate: 2026-11-23},
				{_id: again-hana, member: hana, plan: dedicated, location: london, name: Desk, isPersonal: true, startDate: 2026-11-23}],
			assignments: [
				{_id: as-hana, delete: true},
				{_id: as-again, membership: again-hana, resource: desk-12-1, startDate: 2026-11-23}]}}`)
		r.sync(desk.InStep)
		if s := r.sent(n); len(s) > 0 {
			t.Errorf("written: %v", s)
		}
		r.wantInside("made anew", atNine)
		r.sound("made anew")

		r.patch("officernd: {memberships: [{_id: ms-joe, delete: true}]}")
		r.sync(desk.InStep)
		without := slices.DeleteFunc(slices.Clone(atNine["General access"]), func(s string) bool { return s == "joe" })
		r.wantInside("between the two", with(atNine, map[string][]string{"General access": without}))
		r.patch(`{officernd: {memberships: [{_id: again-joe, member: joe, company: globex, plan: hot-desk, location: london,
			name: Hot desk, startDate: 2026-11-23}]}}`)
		r.sync(desk.InStep)
		r.wantInside("back again", atNine)
		r.sound("back again")
		if now := r.users(); !slices.Equal(now, accounts) {
			t.Errorf("the accounts are others: %s", difference(now, accounts))
		}
	})
}

// TestIncidentAPersonInTwoCompanies has Ivan work for two companies, as two records with one address. He has one account, each
// company gives what it gives, and takes only that.
func TestIncidentAPersonInTwoCompanies(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, quiet, func(t *testing.T) {
			r := tiny(t, db)
			defer r.shut()
			r.patch(`{officernd: {
				members: [{_id: ivan-2, name: Ivan Ilic, email: "Ivan@X.test", company: globex, location: london}],
				memberships: [{_id: ms-ivan, company: globex, plan: hot-desk, location: london, name: Hot desk, startDate: 2026-09-01}]}}`)
			r.sync(desk.InStep)
			all := slices.Concat(atNine["General access"], []string{"ivan", "max"}) // everyone at Globex
			both := with(atNine, map[string][]string{"General access": all})
			r.wantInside("in both", both)
			accounts := r.users()
			r.untouched("in both", 1, both)

			r.patch("officernd: {members: [{_id: ivan-2, status: former}]}")
			r.sync(desk.InStep)
			one := with(both, map[string][]string{
				"General access": slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == "ivan" })})
			r.wantInside("out of Globex", one)
			r.patch("officernd: {members: [{_id: ivan-2, status: active}, {_id: ivan, status: former}]}")
			r.sync(desk.InStep)
			other := slices.Clone(both["General access"])
			r.wantInside("out of Initech", with(both, map[string][]string{"General access": other,
				"Office 12": {"hana", "jill", "tess"}, "First floor": {"hana", "jill", "tess"}, "Building": {"gus", "hana", "jill", "tess"}}))
			if now := r.users(); !slices.Equal(now, accounts) {
				t.Errorf("the accounts are others: %s", difference(now, accounts))
			}
			r.sound("out of Initech")
		})
	})
}

// TestIncidentALeaverInATeam has one of three people leave a team whose rental runs on. What the team gave goes, and nobody
// else's; what is the leaver's own stays, and so does the account.
func TestIncidentALeaverInATeam(t *testing.T) {
	t.Parallel()
	for _, door := range doorSides {
		t.Run(door.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := pair(t, spaceSide("house"), door, onSQLite, commonMappings(door))
				defer r.shut()
				fillHouse(r)
				team := func(id string, s cardea.Status) cardea.Person {
					p := tenant(id, "Team "+id)
					p.Team, p.Status = "initech", s
					return p
				}
				own := cardea.Agreement{ID: "ms-lou", Person: "lou", Plan: "hot", Location: "london", Approved: true, Start: date(t, "2026-09-01")}
				r.house(cardea.Team{ID: "initech", Name: "Initech"}, own,
					team("kay", cardea.Present),
					cardea.Agreement{ID: "ms-initech", Team: "initech", Plan: "office", Location: "london", Approved: true, Start: date(t, "2026-06-01")},
					cardea.Assignment{ID: "as-initech", Agreement: "ms-initech", Resource: "office-12", Start: date(t, "2026-06-01")})
				for _, id := range []string{"lou", "mia"} {
					r.sync(desk.InStep)
					r.house(team(id, cardea.Present))
				}
				r.sync(desk.InStep)
				office, general := door.called("Office 12"), door.called("General access")
				want := func(what string, o, g []string) {
					t.Helper()
					in := r.passing(door.name)
					if !slices.Equal(in[office], o) || !slices.Equal(in[general], g) {
						t.Errorf("%s: the office holds %v, General access %v", what, in[office], in[general])
					}
				}
				g := []string{"ana@x.test", "dina@x.test", "lou@x.test"}
				want("at first", []string{"eli@x.test", "kay@x.test", "lou@x.test", "mia@x.test"}, g)
				n := len(r.vendors.Writes(door.name))
				r.house(team("lou", cardea.Left))
				r.sync(desk.InStep)
				want("after Lou left", []string{"eli@x.test", "kay@x.test", "mia@x.test"}, g)
				r.house(team("kay", cardea.Left))
				r.sync(desk.InStep)
				want("after Kay left", []string{"eli@x.test", "mia@x.test"}, g)
				for _, w := range r.vendors.Writes(door.name)[n:] {
					of := strings.ToLower(path.Dir(w.Path))
					if w.Method == http.MethodDelete && strings.Contains(of, "user") && !strings.Contains(of, "group") {
						t.Errorf("an account was deleted: %s", w.Path)
					}
				}
				n = len(r.vendors.Writes(door.name))
				r.sync(desk.InStep)
				if s := r.vendors.Writes(door.name)[n:]; len(s) > 0 {
					t.Errorf("written: %v", s)
				}
			})
		})
	}
}

// TestIncidentAnEventWithTwelveVisitorsIsDeleted has a reception of twelve called off before it began. That is known, and no
// reason to ask anybody: all twelve go at once, the others who are let into the room do not, and no account is deleted.
func TestIncidentAnEventWithTwelveVisitorsIsDeleted(t *testing.T) {
	t.Parallel()
	bubble(t, quiet, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		before, accounts := entries(r, "Elephant room"), r.users()
		var visitors, ids strings.Builder
		for i := range 12 {
			fmt.Fprintf(&visitors, "    - {_id: guest-%02d, name: Guest %02d, email: guest-%02d@event.test, type: preregistration}\n", i, i, i)
			fmt.Fprintf(&ids, "guest-%02d, ", i)
		}
		r.patch("officernd:\n  visitors:\n" + visitors.String() + "  bookings:\n    - {_id: bk-event, title: Reception, member: sam, resource: elephant, " +
			"location: london, timezone: Europe/London, visitors: [" + ids.String() + "], start: 2026-11-23T11:00:00Z, end: 2026-11-23T13:00:00Z}\n")
		r.sync(desk.InStep)
		if n := len(entries(r, "Elephant room")); n != len(before)+12 {
			t.Fatalf("%d entries in the Elephant room, and %d before the event", n, len(before))
		}
		n := r.writes()
		r.patch("officernd: {bookings: [{_id: bk-event, delete: true}]}")
		r.settle("when the event is off", 3)
		if now := entries(r, "Elephant room"); !slices.Equal(now, before) {
			t.Errorf("the Elephant room: %s", difference(now, before))
		}
		if s := r.sent(n); len(s) != len(removals(s)) || len(s) < 12 || len(s) > 13 { // Sam's own may change
			t.Errorf("written: %v", s)
		}
		r.wantInside("when the event is off", atNine)
		if now := r.users(); len(now) != len(accounts)+12 {
			t.Errorf("the accounts: %s", difference(now, accounts))
		}
		r.sound("when the event is off")
		at(t, "2026-11-23T11:30:00Z") // when they would have come
		r.sync(desk.InStep)
		r.wantInside("at half past eleven", map[string][]string{"Elephant room": {}})
	})
}

// entries are the people with an entry in a group, also one that opens later.
func entries(r *rig, group string) []string {
	var out []string
	for _, g := range r.vendors.Groups("kisi") {
		for _, e := range g.All {
			if g.Name == group {
				out = append(out, e.Email+" "+e.From+" "+e.Until)
			}
		}
	}
	slices.Sort(out)
	return out
}
