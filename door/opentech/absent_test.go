package opentech_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

// TestANothingFoundForEverythingIsNobodysEnd answers 404 to everything, or to everything below a facility that is no longer
// listed: from the first call on, and from the first write on, when what is on the unit was just listed.
func TestANothingFoundForEverythingIsNobodysEnd(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]cardea.Class{"an outage": cardea.Retry, "no longer ours to see": cardea.Auth} {
		for _, late := range []bool{false, true} {
			f := newFake(t)
			f.unit(1, "1", "Vacant")
			s := f.system(portal)
			es := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea"), edge("profile:10", "cid")}
			grant(t, s, es...)
			before := f.edges()
			away := !late
			f.before = func(r *http.Request) *http.Response {
				if away = away || r.Method == http.MethodPost; !away {
					return nil
				}
				if want == cardea.Auth && r.URL.Path == "/facilities" {
					return said(200, []row{{"id": 8, "name": "Oak Street", "propertyNumber": "PN-2"}})
				}
				return said(404, nil)
			}
			for i := range es {
				away = !late
				err := s.Revoke(t.Context(), es[i:i+1])[0]
				if class(t, err, want); err != nil && late && !strings.Contains(err.Error(), "404") && want == cardea.Retry {
					t.Errorf("%s: %v", name, err)
				}
			}
			away = true
			for what, scope := range map[string]cardea.Scope{
				"an account": {Keys: []cardea.Key{{Kind: cardea.KindAccount, ID: "p:rnd/person:ana"}}},
				"a group":    {Keys: []cardea.Key{{Kind: cardea.KindGroup, ID: "unit:1"}}},
				"an entry":   {Keys: []cardea.Key{{Kind: cardea.KindEdge, ID: "unit:1/p:rnd/person:ana"}}},
				"a group's entries": {
					Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{"unit:1"},
				},
				"all": {},
			} {
				in := cardea.NewIntake(scope, nil)
				if err := s.Read(t.Context(), scope, in); err != nil && want != cardea.Auth {
					t.Errorf("%s, %s: %v", name, what, err)
				}
				for _, p := range in.Collections() {
					if len(p.MissingOnes()) > 0 || p.Evidence().Grade() == cardea.Complete {
						t.Errorf("%s, %s: %d are gone, %s", name, what, len(p.MissingOnes()), p.Evidence().Grade())
					}
				}
			}
			f.before = nil
			is(t, name+": edges", f.edges(), before)
		}
	}
}

// TestAVisitorThatIsGoneIsGoneWhileTheFacilityIsSeen has visitors go between the list and the write.
func TestAVisitorThatIsGoneIsGoneWhileTheFacilityIsSeen(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	s := f.system(portal)
	es := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea"), edge("profile:10", "cid")}
	grant(t, s, es...)
	f.before = func(r *http.Request) *http.Response {
		if r.Method == http.MethodPost {
			return said(404, nil)
		}
		return nil
	}
	revoke(t, s, es[1])
	revoke(t, s, es[2])
}
