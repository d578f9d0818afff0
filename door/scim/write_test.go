package scim_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/scim"
)

func put(t *testing.T, s *scim.System, es ...cardea.Edge) string {
	t.Helper()
	_, errs := s.Grant(t.Context(), es)
	return class(errs)
}

func take(t *testing.T, s *scim.System, es ...cardea.Edge) string {
	t.Helper()
	return class(s.Revoke(t.Context(), es))
}

func TestSeveralMembersOfAGroupGoInOnePatch(t *testing.T) {
	t.Parallel()
	f := house(t, habits{})
	s := f.system()
	if got := put(t, s, edge("b", "u1"), edge("a", "u3"), edge("b", "u2"), edge("b", "u3"), edge("b", "u1")); got != "ok ok ok ok ok" {
		t.Fatal(got)
	}
	if f.in("a") != "u1 u2 u3" || f.in("b") != "u1 u2 u3" || f.count("PATCH") != 2 {
		t.Errorf("a: %s, b: %s, calls %v", f.in("a"), f.in("b"), f.calls)
	}
	want := `{"Operations":[{"op":"add","path":"members","value":[{"value":"u1"},{"value":"u2"}]}],` +
		`"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}`
	if f.bodies[0] != want {
		t.Errorf("sent %s", f.bodies[0])
	}
	if got := put(t, s, edge("b", "u1")); got != "ok" || f.count("PATCH") != 2 {
		t.Errorf("who was there already: %s, %d writes", got, f.count("PATCH"))
	}
	if got := take(t, s, edge("b", "u1"), edge("b", "me"), edge("gone", "u1")); got != "ok ok ok" || f.in("b") != "u2 u3" {
		t.Errorf("%s, left %s", got, f.in("b"))
	}
	if n := f.count("PATCH"); take(t, s, edge("b", "u1")) != "ok" || f.count("PATCH") != n {
		t.Error("who was gone already was taken out again")
	}
}

func TestAGroupThatIsGoneIsToldFromAUserThatIs(t *testing.T) {
	t.Parallel()
	f := house(t, habits{})
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("gone", "u1"), edge("b", "nobody"), edge("b", "u1")})
	if class(errs) != "notfound notfound ok" || f.in("b") != "u1 u3" {
		t.Fatalf("%v, b holds %s", errs, f.in("b"))
	}
	if !strings.Contains(errs[0].Error(), "no group gone") || !strings.Contains(errs[1].Error(), "user nobody is not") {
		t.Errorf("got %v", errs)
	}
}

func TestARefusalThatIsNotAboutOperationsIsNotSentAgain(t *testing.T) {
	t.Parallel()
	f := house(t, habits{})
	f.before = func(r *http.Request) *http.Response {
		if r.Method == http.MethodPatch {
			return said(400, row{"scimType": "invalidValue", "detail": "the group is full"})
		}
		return nil
	}
	if got := put(t, f.system(), edge("b", "u1")); got != "rejected" || f.count("PATCH") != 1 {
		t.Errorf("%s after %d writes", got, f.count("PATCH"))
	}
}

func TestWhoIsInAlreadyAndRefusedIsASuccess(t *testing.T) {
	t.Parallel()
	f := house(t, habits{conflictWhenIn: true})
	s := f.system()
	f.before = func(r *http.Request) *http.Response {
		if r.Method == http.MethodPatch && len(f.members["b"]) == 1 { // somebody else is faster
			f.members["b"] = append(f.members["b"], row{"value": "u1"})
		}
		return nil
	}
	if got := put(t, s, edge("b", "u1")); got != "ok" || f.in("b") != "u1 u3" {
		t.Errorf("%s, b holds %s", got, f.in("b"))
	}
}

func TestAVersionThatMovedIsReadAgainAndThenGivenUp(t *testing.T) {
	t.Parallel()
	for moved, want := range map[int]string{0: "ok", 2: "ok", 3: "conflict"} {
		f := house(t, habits{etag: true})
		f.wrongMatch = moved
		s := f.system()
		if got := put(t, s, edge("b", "u1")); got != want {
			t.Errorf("moved %d times: %s", moved, got)
		}
		f.wrongMatch = moved
		if got := take(t, s, edge("a", "u1")); got != want {
			t.Errorf("moved %d times: %s", moved, got)
		}
	}
}

func TestWithoutPatchAndVersionsNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	f := house(t, habits{noPatch: true})
	s := f.system()
	_, errs := s.Grant(t.Context(), []cardea.Edge{edge("b", "u1")})
	if class(errs) != "rejected" || !strings.Contains(errs[0].Error(), "overwrite") || len(f.bodies) != 0 {
		t.Errorf("%v, sent %v", errs, f.bodies)
	}
	if got := take(t, s, edge("a", "u1")); got != "rejected" || len(f.bodies) != 0 {
		t.Errorf("%s, sent %v", got, f.bodies)
	}
}

func TestAServerThatHidesWhomItTookGetsNobodyElse(t *testing.T) {
	t.Parallel()
	f := house(t, habits{members: "empty"})
	s := f.system()
	if got := put(t, s, edge("c", "u1"), edge("c", "u2"), edge("c", "u3")); got != "unknown rejected rejected" || f.in("c") != "u1" {
		t.Errorf("%s, c holds %s", got, f.in("c"))
	}
	if got := put(t, s, edge("z1", "u1")); got != "rejected" || f.in("z1") != "" {
		t.Errorf("%s, z1 holds %s", got, f.in("z1"))
	}
	grade(t, read(t, s, edgesOf("c")), cardea.KindEdge, cardea.Failed, 0)
}

// An empty list may be a lie until the server has shown somebody: written back, it would become true.
func TestAnEmptyListThatMayLieIsNotWrittenBack(t *testing.T) {
	t.Parallel()
	for _, members := range []string{"empty", "never"} {
		f := house(t, habits{members: members, noPatch: true, etag: true})
		if got := put(t, f.system(), edge("a", "u3")); got != "rejected" || f.in("a") != "u1 u2" {
			t.Errorf("%s: %s, a holds %s", members, got, f.in("a"))
		}
	}
}

func TestTimesAndForeignEntriesAreRefused(t *testing.T) {
	t.Parallel()
	f := house(t, habits{})
	e := edge("a", "u3")
	e.Window.Until = cardea.At(clock)
	if got := put(t, f.system(), e, cardea.Edge{Group: "a", Account: "Group:x", Window: cardea.Forever, Foreign: "a nested group"},
		edge("a", "")); got != "rejected rejected rejected" || len(f.bodies) != 0 {
		t.Errorf("%s, sent %v", got, f.bodies)
	}
}

func TestReadOnlyModeWritesNothing(t *testing.T) {
	t.Parallel()
	f := house(t, habits{})
	s := f.with(scim.Authorize("t0ken-value"), true)
	if got := put(t, s, edge("b", "u1")) + " " + take(t, s, edge("a", "u1")); got != "rejected rejected" || len(f.bodies) != 0 {
		t.Errorf("%s, sent %v", got, f.bodies)
	}
}

func TestAThrottledWriteIsLeftToTheCaller(t *testing.T) {
	t.Parallel()
	f := house(t, habits{})
	f.before = func(r *http.Request) *http.Response {
		if r.Method != http.MethodPatch {
			return nil
		}
		resp := said(429, row{"detail": "slow down"})
		resp.Header.Set("Retry-After", "7")
		return resp
	}
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("b", "u1"), edge("b", "u2")})
	if class(errs) != "throttled throttled" || f.count("PATCH") != 1 {
		t.Errorf("%v after %d writes", errs, f.count("PATCH"))
	}
}

func TestManyAtOnceOnOneGroupDoNotCross(t *testing.T) {
	t.Parallel()
	f := house(t, habits{etag: true})
	s := f.system()
	var wg sync.WaitGroup
	errs := make([]error, 6)
	for i, who := range []cardea.AccountID{"u1", "u2", "u3", "me", "u1", "u2"} {
		wg.Go(func() {
			_, got := s.Grant(t.Context(), []cardea.Edge{edge("z0", who)})
			errs[i] = got[0]
		})
	}
	wg.Wait()
	if class(errs) != "ok ok ok ok ok ok" || f.in("z0") != "me u1 u2 u3" {
		t.Errorf("%v, z0 holds %s", errs, f.in("z0"))
	}
}
