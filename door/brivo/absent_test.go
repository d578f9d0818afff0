package brivo_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/brivo"
)

// scopes are the reads in which something can be said to be gone: of user 7 and groups 1 and 2.
var scopes = map[string]cardea.Scope{
	"an account":           {Keys: []cardea.Key{{Kind: cardea.KindAccount, ID: "7"}}},
	"a group":              {Keys: []cardea.Key{{Kind: cardea.KindGroup, ID: "1"}}},
	"an entry":             {Keys: []cardea.Key{{Kind: cardea.KindEdge, ID: "1/7"}}},
	"a group's entries":    {Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{"1", "2"}},
	"an account's entries": {Kinds: []cardea.Kind{cardea.KindEdge}, Accounts: []cardea.AccountID{"7"}},
	"all":                  {},
}

// says reads and returns how many records are said to be gone, and which collections are said to be whole.
func says(t *testing.T, s *brivo.System, want cardea.Scope) (missing int, whole []cardea.Kind) {
	t.Helper()
	in := cardea.NewIntake(want, nil)
	if err := s.Read(t.Context(), want, in); err != nil {
		t.Error(err)
	}
	for _, p := range in.Collections() {
		missing += len(p.MissingOnes())
		if p.Evidence().Grade() == cardea.Complete {
			whole = append(whole, p.Kind())
		}
	}
	return missing, whole
}

// TestANothingFoundForEverythingIsNobodysEnd answers every call with 404, as a host does that is away.
func TestANothingFoundForEverythingIsNobodysEnd(t *testing.T) {
	t.Parallel()
	f, m, s := passing(t, brivo.PassesBrivoApp, brivo.PassesRemove)
	f.group(1, "One", 7)
	f.group(2, "Two", 7)
	must(t, settle(t, s, runs))
	f.read(s, cardea.Scope{}) // it knows who is staff, and goes on to the rest
	pass := states(t, s)
	f.before = func(*http.Request) (*http.Response, error) { return said(404, notFound), nil }
	for what, want := range scopes {
		if missing, whole := says(t, s, want); missing > 0 || len(whole) > 0 {
			t.Errorf("%s: %d are gone, whole are %v", what, missing, whole)
		}
	}
	es := []cardea.Edge{edge("1", "7"), edge("2", "7")}
	for n := range 2 { // one alone, and both in one call
		for i, err := range s.Revoke(t.Context(), es[:n+1]) {
			if cardea.ClassOf(err) != cardea.Retry || !strings.Contains(err.Error(), "base_url") {
				t.Errorf("removal %d of %d: %v", i+1, n+1, err)
			}
		}
	}
	if _, errs := s.Grant(t.Context(), es[:1]); cardea.ClassOf(errs[0]) != cardea.Retry {
		t.Errorf("granted with %v", errs)
	}
	if err := settle(t, s, ended); cardea.ClassOf(err) != cardea.Retry || states(t, s) != pass {
		t.Errorf("withdrawn with %v, left %q", err, states(t, s))
	}
	if err := s.Uninstall(t.Context()); cardea.ClassOf(err) != cardea.Retry {
		t.Errorf("the hook is taken away with %v", err)
	}
	f.before = nil
	if got := fmt.Sprint(f.members); got != "map[1:[7] 2:[7]]" || m == nil {
		t.Errorf("left %s", got)
	}
}

// TestOneThingThatIsGoneIsGoneWhileTheAdministratorIsSeen deletes a user and a group.
func TestOneThingThatIsGoneIsGoneWhileTheAdministratorIsSeen(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.group(2, "Two")
	s := f.system()
	for what, want := range map[string]int{
		"an account": 1, "a group": 1, "an entry": 1, "a group's entries": 1, "an account's entries": 0,
	} {
		if missing, whole := says(t, s, scopes[what]); missing != want || len(whole) != 1 {
			t.Errorf("%s: %d are gone, whole are %v", what, missing, whole)
		}
	}
	for i, err := range s.Revoke(t.Context(), []cardea.Edge{edge("1", "7"), edge("2", "7")}) {
		if err != nil {
			t.Errorf("removal %d: %v", i+1, err)
		}
	}
	if _, errs := s.Grant(t.Context(), []cardea.Edge{edge("1", "7")}); cardea.ClassOf(errs[0]) != cardea.NotFound {
		t.Errorf("granted with %v", errs)
	}
}

// TestAGroupThatTheAdministratorMayNoLongerSeeIsNotGone hides a group from an administrator to whom it is still listed: the group
// itself and who is in it are answered with 404, as if it were deleted. Two such groups cost one reading of the list.
func TestAGroupThatTheAdministratorMayNoLongerSeeIsNotGone(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "a@x.test", "A", "B")
	f.group(1, "One", 7)
	f.group(2, "Two", 7)
	s := f.system()
	f.before = func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.Path, "/groups/") {
			return said(404, row{"code": 404, "message": "Unknown Group"}), nil
		}
		return nil, nil
	}
	for _, what := range []string{"a group", "a group's entries", "all"} {
		in := cardea.NewIntake(scopes[what], nil)
		if err := s.Read(t.Context(), scopes[what], in); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		p := in.Collection(cardea.KindEdge)
		if p == nil {
			p = in.Collection(cardea.KindGroup)
		}
		if e := p.Evidence(); e.Grade() == cardea.Complete || len(p.MissingOnes()) > 0 || !strings.Contains(e.Why(), "right to see") {
			t.Errorf("%s: %d are gone, %s, %s", what, len(p.MissingOnes()), e.Grade(), e.Why())
		}
	}
	f.groups, f.calls = nil, nil // neither is listed now: both are gone
	if missing, whole := says(t, s, scopes["a group's entries"]); missing != 2 || len(whole) != 1 {
		t.Errorf("%d are gone, whole are %v", missing, whole)
	}
	lists := slices.DeleteFunc(slices.Clone(f.calls), func(c string) bool { return c != "GET /groups" })
	if len(lists) != 1 {
		t.Errorf("the list of groups was read %d times: %v", len(lists), f.calls)
	}
}

// TestAGroupThatIsWithheldHidesNoOther lets the administrator see one group of two: of the other nothing is known, and nothing is
// changed in it, whatever Brivo's words for that are.
func TestAGroupThatIsWithheldHidesNoOther(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 404} {
		f := newFake(t)
		f.user(7, "a@x.test", "A", "B")
		f.group(1, "One", 7)
		f.group(2, "Two", 7)
		s := f.system()
		f.before = func(r *http.Request) (*http.Response, error) {
			if strings.Contains(r.URL.Path+"/", "/groups/2/") || r.Method == http.MethodPost {
				return said(status, row{"code": status, "message": "Access to the requested resource was denied"}), nil
			}
			return nil, nil
		}
		in := cardea.NewIntake(scopes["a group's entries"], nil)
		if err := s.Read(t.Context(), in.Scope(), in); err != nil {
			t.Fatal(status, err)
		}
		p := in.Collection(cardea.KindEdge)
		hidden := p.Withheld()
		if len(p.Records()) != 1 || len(hidden) != 1 || !strings.Contains(hidden["2"], "right to see") || len(p.MissingOnes()) > 0 ||
			p.Evidence().Grade() == cardea.Complete {
			t.Errorf("%d: %d came, hidden is %v, gone %v, %s", status, len(p.Records()), hidden, p.MissingOnes(), p.Evidence().Grade())
		}
		errs := s.Revoke(t.Context(), []cardea.Edge{edge("1", "7"), edge("2", "7")})
		if errs[0] != nil || cardea.ClassOf(errs[1]) != cardea.Rejected || fmt.Sprint(f.members) != "map[1:[] 2:[7]]" {
			t.Errorf("%d: removed with %v, left %v", status, errs, f.members)
		}
		f.before = nil
		if errs := s.Revoke(t.Context(), []cardea.Edge{edge("2", "7")}); errs[0] != nil {
			t.Errorf("%d: with the right restored: %v", status, errs)
		}
	}
}

// TestAForbiddenChangeIsAboutItsEntryAlone has Brivo forbid the change of one user in a group that is seen. A senior administrator may
// change the others; an assistant may change none, and so many refusals are nobody's own either.
func TestAForbiddenChangeIsAboutItsEntryAlone(t *testing.T) {
	t.Parallel()
	for kind, c := range map[string]struct {
		users int
		want  map[cardea.Class]int
	}{
		"SENIOR":    {users: 3, want: map[cardea.Class]int{cardea.Rejected: 1, "": 2}},
		"ASSISTANT": {users: 3, want: map[cardea.Class]int{cardea.Auth: 1, "": 2}},
		"MASTER":    {users: 40, want: map[cardea.Class]int{cardea.Rejected: 10, cardea.Auth: 30}},
	} {
		for _, add := range []bool{false, true} {
			f := newFake(t)
			f.admins[0]["identityType"] = kind
			f.group(1, "One")
			var es []cardea.Edge
			for i := range c.users {
				f.user(100+i, fmt.Sprintf("p%d@x.test", i), "P", "Q")
				if !add {
					f.members[1] = append(f.members[1], 100+i)
				}
				es = append(es, edge("1", fmt.Sprint(100+i)))
			}
			f.before = func(r *http.Request) (*http.Response, error) {
				if r.Method != http.MethodGet && (kind == "MASTER" || strings.HasSuffix(r.URL.Path, "/users/100")) {
					return said(403, row{"code": 403, "message": "You are not allowed to perform that action"}), nil
				}
				return nil, nil
			}
			s, got := f.system(), map[cardea.Class]int{}
			errs := s.Revoke
			if add {
				errs = func(ctx context.Context, es []cardea.Edge) []error { _, errs := s.Grant(ctx, es); return errs }
			}
			for _, err := range errs(t.Context(), es) {
				got[cardea.ClassOf(err)]++
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%s, adding %v: %v, want %v", kind, add, got, c.want)
			}
		}
	}
}

// TestAUserWhomTheAdministratorMayNotSeeHidesNoOther asks what two users are in.
func TestAUserWhomTheAdministratorMayNotSeeHidesNoOther(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "a@x.test", "A", "B")
	f.user(8, "b@x.test", "A", "B")
	f.group(1, "One", 7, 8)
	f.before = func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.Path, "/users/7/") {
			return said(403, row{"code": 403, "message": "Access to the requested resource was denied"}), nil
		}
		return nil, nil
	}
	s := f.system()
	in := cardea.NewIntake(cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Accounts: []cardea.AccountID{"7", "8"}}, nil)
	if err := s.Read(t.Context(), in.Scope(), in); err != nil {
		t.Fatal(err)
	}
	p := in.Collection(cardea.KindEdge)
	if len(p.Records()) != 1 || p.Evidence().Grade() != cardea.Incomplete {
		t.Errorf("%+v, %s", p.Records(), p.Evidence().Grade())
	}
}
