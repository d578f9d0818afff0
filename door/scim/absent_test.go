package scim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

// TestANothingFoundForEverythingIsNobodysEnd answers 404 to everything, or to all but the provider's configuration, which may be
// open to everybody.
func TestANothingFoundForEverythingIsNobodysEnd(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]bool{"an outage": false, "all but the configuration": true} {
		f := newFake(t, habits{})
		f.user("a", "a@x.test")
		f.user("b", "b@x.test")
		f.group("g", "a", "b")
		s := f.system()
		if got := edges(read(t, s, cardea.Scope{})); got != "g/a g/b" {
			t.Fatal(got)
		}
		f.before = func(r *http.Request) *http.Response {
			if open && strings.HasSuffix(r.URL.Path, "/ServiceProviderConfig") {
				return nil
			}
			return said(404, row{"detail": "no such resource", "status": "404"})
		}
		for what, scope := range map[string]cardea.Scope{
			"an account":        {Keys: []cardea.Key{{Kind: cardea.KindAccount, ID: "a"}}},
			"a group":           {Keys: []cardea.Key{{Kind: cardea.KindGroup, ID: "g"}}},
			"an entry":          {Keys: []cardea.Key{{Kind: cardea.KindEdge, ID: "g/a"}}},
			"a group's entries": edgesOf("g"),
			"all":               {},
		} {
			for _, p := range read(t, s, scope).Collections() {
				if len(p.MissingOnes()) > 0 || p.Evidence().Grade() == cardea.Complete {
					t.Errorf("%s, %s: %d are gone, %s", name, what, len(p.MissingOnes()), p.Evidence().Grade())
				}
			}
		}
		if got := class(s.Revoke(t.Context(), []cardea.Edge{edge("g", "a")})); got != "retry" {
			t.Errorf("%s: revoked with %s", name, got)
		}
		if _, errs := s.Grant(t.Context(), []cardea.Edge{edge("g", "c")}); class(errs) != "retry" {
			t.Errorf("%s: granted with %v", name, errs)
		}
		if f.before = nil; f.in("g") != "a b" {
			t.Errorf("%s: left %s", name, f.in("g"))
		}
	}
}

// TestTheServerGoingAwayWithARemovalIsNoSuccess has the server go away with the first write.
func TestTheServerGoingAwayWithARemovalIsNoSuccess(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.user("a", "a@x.test")
	f.user("b", "b@x.test")
	f.group("g", "a", "b")
	away := false
	f.before = func(r *http.Request) *http.Response {
		if away = away || r.Method == http.MethodPatch; away {
			return said(404, row{"detail": "no such resource", "status": "404"})
		}
		return nil
	}
	if got := class(f.system().Revoke(t.Context(), []cardea.Edge{edge("g", "a")})); got != "retry" {
		t.Errorf("revoked with %s", got)
	}
}

// TestOneThingThatIsGoneIsGoneWhileUsersAreListed asks for a user and a group that were deleted.
func TestOneThingThatIsGoneIsGoneWhileUsersAreListed(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.user("b", "b@x.test")
	f.group("h", "b")
	s := f.system()
	for what, scope := range map[string]cardea.Scope{
		"an account":        {Keys: []cardea.Key{{Kind: cardea.KindAccount, ID: "a"}}},
		"a group":           {Keys: []cardea.Key{{Kind: cardea.KindGroup, ID: "g"}}},
		"an entry":          {Keys: []cardea.Key{{Kind: cardea.KindEdge, ID: "g/a"}}},
		"a group's entries": edgesOf("g"),
	} {
		for _, p := range read(t, s, scope).Collections() {
			if len(p.MissingOnes()) != 1 || p.Evidence().Grade() != cardea.Complete {
				t.Errorf("%s: %d are gone, %s", what, len(p.MissingOnes()), p.Evidence().Grade())
			}
		}
	}
	if got := class(s.Revoke(t.Context(), []cardea.Edge{edge("g", "a"), edge("h", "a")})); got != "ok ok" {
		t.Errorf("revoked with %s", got)
	}
}
