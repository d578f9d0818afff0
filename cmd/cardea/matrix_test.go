package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

// side is one system of the matrix: its connection in the file, what its groups are called in mappings, and how it is filled.
type side struct {
	name       string
	connection string
	group      func(name string) string
	fill       func(r *rig)
	mappings   func(door side) string // of a space side; nil = commonMappings
	over       string                 // when the booking of the Elephant has ended and was read; "" = at a quarter past ten
}

const origin = "http://127.0.0.1:9090/"

// spaceSides and doorSides are every system that TestMatrix pairs. The world is testdata/worlds/matrix.yaml; house is told the same.
var spaceSides = []side{
	{
		name: "officernd",
		connection: `{system: officernd, base_url: "` + origin + `officernd", org: acme, client_id: cardea, ` +
			`client_secret: sandbox-secret}`,
	},
	{
		name: "nexudus",
		connection: `{system: nexudus, base_url: "` + origin + `nexudus", user: olga@x.test, password: sandbox-password, ` +
			`webhook_secret: matrix-webhook-secret}`,
	},
	{name: "house", connection: `{system: house, name: Acme}`, fill: fillHouse},
	{
		name: "kinnovis", connection: `{system: kinnovis, base_url: "` + origin + `kinnovis", token: sandbox-token, ` +
			`webhook_secret: matrix-webhook-secret}`,
		mappings: unitMappings, over: "2026-11-24T00:15:01Z", // it rents by the day
	},
}

var doorSides = []side{
	{name: "kisi", connection: `{system: kisi, base_url: "` + origin + `kisi", api_key: sandbox-key}`},
	{name: "scim", connection: `{system: scim, base_url: "` + origin + `scim/v2", token: scim-token}`},
	{
		name: "opentech",
		connection: `{system: opentech, auth_url: "` + origin + `opentech/auth", base_url: "` + origin + `opentech/accesscontrol", ` +
			`event_url: "` + origin + `opentech/accessevent", client_id: cardea-app, client_secret: app-secret, ` +
			`api_key: "YWNtZS1rZXk=", api_secret: "YWNtZS1zZWNyZXQ=", facility: N-1, portal_visitors: true}`,
		group: func(name string) string { return "profile:" + name },
	},
	brivoSide,
	{name: "saltoks", connection: saltoByPassword},
}

// spaceSide and doorSide return one of them.
func spaceSide(name string) side { return sideOf(spaceSides, name) }
func doorSide(name string) side  { return sideOf(doorSides, name) }

func sideOf(sides []side, name string) side {
	return sides[slices.IndexFunc(sides, func(s side) bool { return s.name == name })]
}

// matrixKey seals what the tests keep.
const matrixKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

// pair configures one space system with one door system.
func pair(t *testing.T, space, door side, db database, mappings string, edits ...func(*config.File)) *rig {
	t.Helper()
	world := read(t, worldsDir+"matrix.yaml")
	return rigOf(t, "matrix", world, fmt.Sprintf(`
connections:
  space: %s
  door: %s
integrations:
  site:
    space: space
    door: door
    zone: Europe/London
    approve: auto
    mappings:
%s`, space.connection, door.connection, mappings), db, func(f *config.File) {
		for _, edit := range edits {
			edit(f)
		}
	})
}

func (s side) called(group string) string {
	if s.group == nil {
		return group
	}
	return s.group(group)
}

// common maps what every space system states: a plan, an office, a room, passes.
func commonMappings(door side) string {
	return fmt.Sprintf(`
      plans:     {Hot desk: [%q]}
      resources: {London/Office 12: [%q]}
      bookables: {Elephant: [%q]}
      passes:    {"*": [%q]}
`, door.called("General access"), door.called("Office 12"), door.called("Elephant room"), door.called("General access"))
}

// unitMappings opens by the units' access permissions; at OpenTech, where those would be units, by the units' names.
func unitMappings(door side) string {
	if door.group == nil {
		return "      units: {}\n"
	}
	return fmt.Sprintf("      units: {London/Desk 1: [%[1]q], London/Desk 2: [%[1]q], London/Elephant: [%[2]q], London/Office 12: [%[3]q]}\n",
		door.called("General access"), door.called("Elephant room"), door.called("Office 12"))
}

// passing returns who could pass now at a door system, by the name of the group, e-mails sorted.
func (r *rig) passing(door string) map[string][]string {
	out := map[string][]string{}
	for _, g := range r.vendors.Groups(door) {
		if len(g.Members) > 0 {
			out[g.Name] = r.addressed(door, g.Members)
		}
	}
	return out
}

// TestMatrix pairs every space system with every door system: both end with the same people, twice, and the second run writes
// nothing.
func TestMatrix(t *testing.T) {
	t.Parallel()
	for _, space := range spaceSides {
		for _, door := range doorSides {
			t.Run(space.name+"-"+door.name, func(t *testing.T) {
				t.Parallel()
				bubble(t, morning, func(t *testing.T) {
					mappings, over := commonMappings, "2026-11-23T10:15:01Z"
					if space.mappings != nil {
						mappings, over = space.mappings, space.over
					}
					r := pair(t, space, door, onSQLite, mappings(door))
					defer r.shut()
					if space.fill != nil {
						space.fill(r)
					}
					want := map[string][]string{}
					for group, members := range map[string][]string{
						"General access": {"ana@x.test", "dina@x.test"}, "Elephant room": {"cleo@x.test"}, "Office 12": {"eli@x.test"},
					} {
						want[door.called(group)] = members
					}
					for i := range 2 {
						before := len(r.vendors.Writes(door.name))
						r.sync(desk.InStep)
						if diff := cmp.Diff(want, r.passing(door.name)); diff != "" {
							t.Errorf("run %d: %s", i+1, diff)
						}
						if n := len(r.vendors.Writes(door.name)) - before; (n == 0) != (i == 1) {
							t.Errorf("run %d wrote %d times: %v", i+1, n, r.vendors.Writes(door.name)[before:])
						}
					}
					// The booking ends, and with it what it gave.
					at(t, over)
					r.sync(desk.InStep)
					delete(want, door.called("Elephant room"))
					if diff := cmp.Diff(want, r.passing(door.name)); diff != "" {
						t.Errorf("after the booking: %s", diff)
					}
				})
			})
		}
	}
	t.Run("nexudus-acs-kisi", matrixPushed)
}

// fillHouse tells our own space system what matrix.yaml tells the vendors.
func fillHouse(r *rig) {
	r.t.Helper()
	day := func(s string) cardea.Day { return date(r.t, s) }
	r.house(
		cardea.Location{ID: "london", Name: "London", Zone: "Europe/London"},
		cardea.Plan{ID: "hot", Name: "Hot desk"}, cardea.Plan{ID: "office", Name: "Private office"},
		cardea.Resource{ID: "office-12", Name: "Office 12", Location: "london", Assignable: true},
		cardea.Resource{ID: "elephant", Name: "Elephant", Location: "london", Bookable: true},
		tenant("ana", "Ana Almeida"), tenant("ben", "Ben Brandt"), tenant("cleo", "Cleo Cruz"), tenant("dina", "Dina Diaz"),
		tenant("eli", "Eli Engel"), tenant("fay", "Fay Frost"),
		cardea.Agreement{ID: "ms-ana", Person: "ana", Plan: "hot", Location: "london", Approved: true, Start: day("2026-09-01")},
		cardea.Agreement{ID: "ms-ben", Person: "ben", Plan: "hot", Location: "london", Approved: true, Start: day("2026-09-01"),
			End: day("2026-11-20")},
		cardea.Agreement{ID: "ms-eli", Person: "eli", Plan: "office", Location: "london", Approved: true, Start: day("2026-06-01")},
		cardea.Assignment{ID: "as-eli", Agreement: "ms-eli", Resource: "office-12", Start: day("2026-06-01")},
		cardea.Booking{ID: "bk-cleo", Title: "Interview", Resource: "elephant", Location: "london", Person: "cleo",
			Start: moment(r.t, "2026-11-23T09:00:00Z"), End: moment(r.t, "2026-11-23T10:00:00Z"), Zone: "Europe/London"},
		cardea.Pass{ID: "ps-dina", Person: "dina", Personal: true, Location: "london", HalfCount: 10, HalfUsed: 2,
			From: day("2026-11-01"), Until: day("2026-12-31")},
		cardea.Pass{ID: "ps-fay", Person: "fay", Personal: true, Location: "london", HalfCount: 10, HalfUsed: 2,
			From: day("2026-10-01"), Until: day("2026-11-15")},
	)
}

func tenant(id, name string) cardea.Person {
	return cardea.Person{ID: id, Name: name, Email: id + "@x.test", Location: "london", Status: cardea.Present}
}

func date(t *testing.T, s string) cardea.Day {
	t.Helper()
	return cardea.Day{At: moment(t, s+"T00:00:00Z"), Set: true}
}

func moment(t *testing.T, s string) cardea.Instant {
	t.Helper()
	var i cardea.Instant
	if err := i.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return i
}

// house puts records into our own space system, and takes away those that are named KIND:ID.
func (r *rig) house(put ...cardea.Record) {
	r.t.Helper()
	if err := r.app.desk.Connect(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	if err := r.app.desk.SaveHouse(context.Background(), "space", put, nil, "test"); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) units(door string) map[string]string {
	out := map[string]string{}
	for _, g := range r.vendors.Groups(door) {
		if !strings.HasPrefix(g.Name, "profile:") {
			out[g.Name] = strings.Join(g.Members, " ")
		}
	}
	return out
}
