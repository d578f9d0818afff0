package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

// following is a house with a SCIM door whose accounts follow these fields.
func following(t *testing.T, db database, door side, follow ...string) *rig {
	t.Helper()
	r := rigOf(t, "matrix", read(t, worldsDir+"matrix.yaml"), fmt.Sprintf(`
connections:
  space: %s
  door: %s
integrations:
  site: {space: space, door: door, zone: Europe/London, approve: auto, mappings: {plans: {Hot desk: [%q]}}}
`, spaceSide("house").connection, door.connection, door.called("General access")), db, func(f *config.File) {
		f.Integrations["site"].Profile.Follow = follow
	})
	fillHouse(r)
	for _, id := range []string{"ana", "dina", "fay"} {
		r.house(tenant(id, strings.ToUpper(id[:1])+id[1:]+" Doe"),
			cardea.Agreement{ID: "hot-" + id, Person: id, Plan: "hot", Location: "london", Approved: true, Start: date(t, "2026-09-01")})
	}
	return r
}

// moves gives people other addresses.
func (r *rig) moves(to map[string]string) {
	r.t.Helper()
	for id, email := range to {
		p := tenant(id, strings.ToUpper(id[:1])+id[1:]+" Doe")
		p.Email = email
		r.house(p)
	}
}

// catchUp runs until there is nothing to do any more.
func (r *rig) catchUp() desk.Result {
	r.t.Helper()
	var last desk.Result
	for range 8 {
		result, err := r.app.desk.Sync(r.t.Context(), nil)
		if err != nil {
			r.t.Fatal(err)
		}
		if result.Standing() == desk.InStep && len(result.Doors[0].Operations) == 0 {
			return result
		}
		last = result
	}
	r.t.Fatal("it does not come to rest", brief(last))
	return last
}

// TestSwappedAddressesLoseAndDuplicateNobody has two people swap their addresses, in one reading and in two, whether or not
// addresses follow: nobody goes, nobody comes, nobody opens what was the other's.
func TestSwappedAddressesLoseAndDuplicateNobody(t *testing.T) {
	t.Parallel()
	for _, follow := range [][]string{nil, {cardea.FieldEmail}} {
		for _, steps := range [][]map[string]string{
			{{"ana": "dina@x.test", "dina": "ana@x.test"}},
			{{"ana": "dina@x.test"}, {"dina": "ana@x.test"}},
		} {
			t.Run(fmt.Sprintf("follow %d, %d readings", len(follow), len(steps)), func(t *testing.T) {
				eachDatabase(t, func(t *testing.T, db database) {
					bubble(t, morning, func(t *testing.T) {
						r := following(t, db, doorSide("scim"), follow...)
						defer r.shut()
						r.catchUp()
						before, n := r.passing("scim"), len(r.vendors.Writes("scim"))
						for _, step := range steps {
							r.moves(step)
							r.catchUp()
						}
						if now := r.passing("scim"); fmt.Sprint(now) != fmt.Sprint(before) {
							t.Errorf("%v, before it was %v", now, before)
						}
						if sent := r.vendors.Writes("scim")[n:]; len(sent) > 0 {
							t.Errorf("written: %v", sent)
						}
						open, err := r.app.desk.Conflicts(t.Context())
						if err != nil || len(open) != 2 {
							t.Errorf("%d conflicts, want one for each: %+v, %v", len(open), open, err)
						}
					})
				})
			})
		}
	}
}

// TestAChainOfAddressesIsFollowed has three people move up: each address is free only when the one before it has moved on.
func TestAChainOfAddressesIsFollowed(t *testing.T) {
	t.Parallel()
	for _, door := range []side{doorSide("scim"), doorSide("opentech"), doorSide("brivo")} {
		t.Run(door.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := following(t, onSQLite, door, cardea.FieldEmail)
				defer r.shut()
				r.catchUp()
				n := len(r.vendors.Writes(door.name))
				r.moves(map[string]string{"ana": "Dina@X.test", "dina": "fay@x.test", "fay": "new@x.test"})
				r.catchUp()
				got := r.passing(door.name)[door.called("General access")]
				for i := range got {
					got[i] = strings.ToLower(got[i])
				}
				slices.Sort(got)
				if want := []string{"dina@x.test", "fay@x.test", "new@x.test"}; !slices.Equal(got, want) {
					t.Errorf("%v, want %v", got, want)
				}
				for _, w := range r.vendors.Writes(door.name)[n:] {
					if w.Method == http.MethodDelete || w.Method == http.MethodPost && strings.HasSuffix(w.Path, "/Users") {
						t.Errorf("%s %s", w.Method, w.Path)
					}
				}
				if open, err := r.app.desk.Conflicts(t.Context()); err != nil || len(open) != 0 {
					t.Errorf("%+v, %v", open, err)
				}
			})
		})
	}
}

// TestCaseAndIDNAAreNoChange writes one address in other ways: nothing is sent and nobody is asked.
func TestCaseAndIDNAAreNoChange(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := following(t, onSQLite, doorSide("scim"), cardea.FieldEmail)
		defer r.shut()
		r.catchUp()
		r.moves(map[string]string{"ana": "ana@xn--bcher-kva.example"})
		r.catchUp()
		n := len(r.vendors.Writes("scim"))
		r.moves(map[string]string{"ana": " ANA@Bücher.example", "dina": "Dina@X.TEST"})
		r.sync(desk.InStep)
		if sent := r.vendors.Writes("scim")[n:]; len(sent) > 0 {
			t.Errorf("written: %v", sent)
		}
		if open, err := r.app.desk.Conflicts(t.Context()); err != nil || len(open) != 0 {
			t.Errorf("%+v, %v", open, err)
		}
	})
}

// TestANameFollows renames somebody: the account is renamed where names follow, once, and only there.
func TestANameFollows(t *testing.T) {
	t.Parallel()
	for _, door := range doorSides {
		if door.name == "saltoks" {
			continue // a name cannot be changed there once it is made
		}
		t.Run(door.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := following(t, onSQLite, door, cardea.FieldFirst, cardea.FieldLast)
				defer r.shut()
				r.catchUp()
				n := len(r.vendors.Writes(door.name))
				r.house(tenant("ana", "Ana Silva"))
				result := r.catchUp()
				sent := r.vendors.Writes(door.name)[n:]
				if len(sent) != 1 || result.Doors[0].Failed > 0 || len(result.Doors[0].Issues) > 0 {
					t.Errorf("written: %v", sent)
				}
				r.sync(desk.InStep)
				if more := r.vendors.Writes(door.name)[n+len(sent):]; len(more) > 0 {
					t.Errorf("written again: %v", more)
				}
			})
		})
	}
}
