package saltoks_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/saltoks"
)

// nothing answers 404 to everything that passes, with Salto's body or without one.
func nothing(f *fake, body bool, of func(r *http.Request) bool) func(r *http.Request) *http.Response {
	return func(r *http.Request) *http.Response {
		switch {
		case !of(r):
			return nil
		case body:
			return f.fail(404, "2202", "Site not found")
		}
		return answer(404, nil)
	}
}

// TestANothingFoundForEverythingIsNobodysEnd answers 404 to all that is asked of the site: because the login was taken off it,
// and because the host is away. Nobody may be called gone by that, and no removal done.
func TestANothingFoundForEverythingIsNobodysEnd(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]bool{"taken off the site": true, "an outage": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.user(2, "a@x.test", "A", "A", "site_user")
			f.group(1, "One", 2)
			s := f.system()
			read(t, s, cardea.Scope{})
			f.before = nothing(f, body, func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/sites/") })
			for what, want := range map[string]cardea.Scope{
				"an account": {Keys: []cardea.Key{cardea.Account{ID: account(2)}.Key()}},
				"a group":    {Keys: []cardea.Key{cardea.Group{ID: group(1)}.Key()}},
				"an entry":   {Keys: []cardea.Key{edge(1, 2).Key()}},
				"the members of a group": {
					Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{group(1)},
				},
				"the entries of an account": {
					Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{group(1)}, Accounts: []cardea.AccountID{account(2)},
				},
			} {
				in := cardea.NewIntake(want, nil)
				err := s.Read(t.Context(), want, in)
				for _, k := range []cardea.Kind{cardea.KindAccount, cardea.KindGroup, cardea.KindEdge} {
					if p := in.Collection(k); p != nil && (len(p.MissingOnes()) > 0 || p.Evidence().Grade() == cardea.Complete) {
						t.Errorf("%s: %d are missing, %s", what, len(p.MissingOnes()), p.Evidence().Grade())
					}
				}
				if body && (cardea.ClassOf(err) != cardea.Auth || !strings.Contains(err.Error(), "taken off")) {
					t.Errorf("%s: it is said that %v", what, err)
				}
			}
			if err := s.Revoke(t.Context(), []cardea.Edge{edge(1, 2)})[0]; err == nil || cardea.ClassOf(err) == cardea.NotFound {
				t.Errorf("a removal is done, they say: %v", err)
			}
			f.before = nil
			if got := f.members[id('g', 1)]; len(got) != 1 {
				t.Errorf("left are %v", got)
			}
		})
	}
}

// TestARefusedRemovalIsNotDoneWhileTheMembersCannotBeRead answers a removal with "no such thing", and the list of members with
// trouble.
func TestARefusedRemovalIsNotDoneWhileTheMembersCannotBeRead(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "", "A", "A", "site_user")
	f.group(1, "One", 2)
	f.before = func(r *http.Request) *http.Response {
		switch {
		case r.Method == http.MethodPatch:
			return f.fail(404, "2202", "User not found")
		case strings.HasSuffix(r.URL.Path, id('g', 1)+"/users"):
			return answer(503, nil)
		}
		return nil
	}
	if err := f.system().Revoke(t.Context(), []cardea.Edge{edge(1, 2)})[0]; cardea.ClassOf(err) != cardea.Retry {
		t.Errorf("%v", err)
	}
}

// TestWhatIsNotPermittedOfOnePersonStopsNobodyElse refuses a change of one person with 403/2203, which is also what a login
// without its role gets.
func TestWhatIsNotPermittedOfOnePersonStopsNobodyElse(t *testing.T) {
	t.Parallel()
	for _, add := range []bool{true, false} {
		f := newFake(t)
		f.user(2, "", "A", "A", "site_user")
		f.user(3, "", "B", "B", "site_user")
		f.group(1, "One")
		if !add {
			f.members[id('g', 1)] = []string{id('u', 2), id('u', 3)}
		}
		f.touchy = id('u', 2)
		s, es := f.system(), []cardea.Edge{edge(1, 2), edge(1, 3)}
		var errs []error
		if add {
			_, errs = s.Grant(t.Context(), es)
		} else {
			errs = s.Revoke(t.Context(), es)
		}
		if cardea.ClassOf(errs[0]) != cardea.Rejected || errs[1] != nil {
			t.Errorf("put %t: %v", add, errs)
		}
	}
}

// TestASiteThatTakesNoChangesIsAskedOnce refuses a change of many because the site has lapsed, or is not released.
func TestASiteThatTakesNoChangesIsAskedOnce(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"2212", "2210"} {
		f := newFake(t)
		f.group(1, "One")
		f.before = func(r *http.Request) *http.Response {
			if r.Method == http.MethodPatch {
				return f.fail(403, code, "no")
			}
			return nil
		}
		_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge(1, 2), edge(1, 3), edge(1, 4)})
		for _, err := range errs {
			if cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), "site") {
				t.Errorf("%s: %v", code, err)
			}
		}
		if n := f.sent("PATCH", "/users"); n != 1 {
			t.Errorf("%s: %d calls", code, n)
		}
	}
}

// TestAFullPageThatSaysNothingIsNotTheEnd has $top end the answer, names no next page, and counts nothing although it is asked to.
func TestAFullPageThatSaysNothingIsNotTheEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows  int
		deaf  bool
		grade cardea.Grade
	}{
		"more behind it": {250, false, cardea.Complete}, "just one page": {100, false, cardea.Complete}, "deaf to $skip": {100, true, cardea.Weak},
	} {
		f := newFake(t)
		for n := 1; n <= c.rows; n++ {
			f.group(n, "G")
		}
		f.endless, f.noCount, f.deaf = true, true, c.deaf
		p := read(t, f.system(), cardea.Scope{Kinds: []cardea.Kind{cardea.KindGroup}}).Collection(cardea.KindGroup)
		if len(p.Records()) != c.rows || p.Evidence().Grade() != c.grade {
			t.Errorf("%s: %d of %d groups, %s (%s)", name, len(p.Records()), c.rows, p.Evidence().Grade(), p.Evidence().Why())
		}
	}
}

// TestAnAddressThatIsThereAlreadyMayBeAnsweredWithItsOwner creates somebody under the address of an administrator whom neither
// list nor filter showed: who comes back is staff, and not our member.
func TestAnAddressThatIsThereAlreadyMayBeAnsweredWithItsOwner(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	admin := f.user(2, "ana@x.test", "Ana", "Admin", "site_admin")
	f.users = f.users[:1] // not listed yet
	f.before = func(r *http.Request) *http.Response {
		if r.Method == http.MethodPost {
			return answer(200, admin)
		}
		return nil
	}
	made, err := f.system().Create(t.Context(), ana)
	if err != nil || made.ID != account(2) || !strings.Contains(made.Staff, "Site Admin") {
		t.Errorf("%+v, %v", made, err)
	}
}

// TestListsAreAskedForOnlyWhatIsKnown looks at every read of a run: paging as it is documented, no "excluded" (which lists who is
// not in a group), no group by its id, and each path in the version in which it was seen.
func TestListsAreAskedForOnlyWhatIsKnown(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "a@x.test", "A", "A", "site_user")
	f.group(1, "One", 2)
	f.before = func(r *http.Request) *http.Response {
		for name := range r.URL.Query() {
			if !slices.Contains([]string{"$top", "$skip", "$count", "$filter", "$orderby"}, name) {
				t.Errorf("%s asks with %s", r.URL, name)
			}
		}
		old := strings.HasSuffix(r.URL.Path, "/time_schedules") || strings.HasSuffix(r.URL.Path, "/entries")
		if strings.HasPrefix(r.URL.Path, "/v1.1/") != old {
			t.Errorf("%s is of another version", r.URL.Path)
		}
		return nil
	}
	s := f.system()
	in := read(t, s, cardea.Scope{})
	read(t, s, cardea.Scope{Keys: []cardea.Key{cardea.Group{ID: group(1)}.Key(), edge(1, 2).Key(), cardea.Account{ID: account(2)}.Key()}})
	if _, err := s.Examine(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Poll(t.Context(), cardea.At(clock)); err != nil {
		t.Fatal(err)
	}
	if n := f.sent("GET", "/access_groups/"+id('g', 1)); n > 0 {
		t.Error("a group was asked for by its id")
	}
	if len(in.Collection(cardea.KindEdge).Records()) != 1 {
		t.Error("the member was not read")
	}
}

// TestIDsNamesAndTimesAreReadAsTheyAreWritten holds what a strict reader would stumble over.
func TestIDsNamesAndTimesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		bends func(f *fake)
		fails func(in *cardea.Intake) bool
	}{
		{"a GUID of no known version, in capitals", func(f *fake) {
			f.users[0]["id"], f.users[0]["user"].(row)["id"] = "FFFFFFFF-0000-F000-0000-00000000000A", "ABCDEFAB-0000-0000-F000-00000000000B"
		}, func(in *cardea.Intake) bool {
			a := in.Collection(cardea.KindAccount).Records()
			return len(a) != 1 || a[0].Key().ID != "abcdefab-0000-0000-f000-00000000000b"
		}},
		{"a group is named by its customer_reference", func(f *fake) {
			f.group(1, "Members")
			f.groups[0]["name"] = "another"
		}, func(in *cardea.Intake) bool {
			g := in.Collection(cardea.KindGroup).Records()
			return len(g) != 1 || g[0].(cardea.Group).Name != "Members"
		}},
		{"alias and address are null", func(f *fake) {
			u := f.user(2, "", "Bo", "Bee", "site_user")
			u["alias"] = nil
		}, func(in *cardea.Intake) bool {
			return !slices.ContainsFunc(in.Collection(cardea.KindAccount).Records(), func(r cardea.Record) bool {
				return r.(cardea.Account).Name == "Bo Bee" && r.(cardea.Account).Email == ""
			})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			c.bends(f)
			if in := read(t, f.system(), cardea.Scope{}); c.fails(in) {
				t.Errorf("%v, %v", in.Collection(cardea.KindAccount).Records(), in.Collection(cardea.KindGroup).Records())
			}
		})
	}
}

// TestTheLogIsReadInUTC: an entry says its time twice, once without a zone.
func TestTheLogIsReadInUTC(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	e := happened(5, 2, "lock_rejected", "no_access")
	e["local_date_time"] = clock.Add(5*time.Minute + 2*time.Hour).Format("2006-01-02T15:04:05")
	f.entries = [][]row{{e}}
	f.later(10 * time.Minute)
	if _, at, err := f.system().Poll(t.Context(), cardea.At(clock)); err != nil || at != cardea.At(clock.Add(5*time.Minute)) {
		t.Errorf("%s, %v", at, err)
	}
}

// TestABodyOfTheOtherVersionLeavesItsStatusToSpeak: /v2 answers problem+json, a gateway nothing at all.
func TestABodyOfTheOtherVersionLeavesItsStatusToSpeak(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"type":"https://httpstatuses.io/403","title":"Forbidden","status":403,"traceId":"x"}`, ""} {
		f := newFake(t)
		f.before = func(*http.Request) *http.Response {
			resp := answer(403, nil)
			resp.Body = http.NoBody
			if body != "" {
				resp = answer(403, row{"type": "https://httpstatuses.io/403", "title": "Forbidden", "status": 403})
			}
			return resp
		}
		_, err := f.system().Describe(t.Context())
		var e *cardea.Error
		if !errors.As(err, &e) || e.Class != cardea.Auth {
			t.Errorf("%q: %v", body, err)
		}
		if saltoks.Classify(403, nil, []byte(body)) != nil {
			t.Errorf("%q is an error of v1", body)
		}
	}
}
