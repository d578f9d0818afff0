package kisi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

// TestARightThatIsNotWhatItWasIsNotTakenAway: the entry was read as plain, and then somebody made a manager of its user, which
// leaves the id as it is; or the id is that of another entry.
func TestARightThatIsNotWhatItWasIsNotTakenAway(t *testing.T) {
	t.Parallel()
	ours := cardea.Edge{Group: "50", Account: "7", Ref: "33"}
	for _, c := range []struct {
		name  string
		right func(f *fake)
		want  cardea.Class
		left  int
	}{
		{"as it was", func(f *fake) { f.right(33, 50, "User", 7, "group_basic", nil, nil) }, "", 0},
		{"with other times", func(f *fake) { f.right(33, 50, "User", 7, "group_basic", nil, "2026-12-01T00:00:00Z") }, "", 0},
		{"a manager now", func(f *fake) { f.right(33, 50, "User", 7, "group_manager", nil, nil) }, cardea.Conflict, 1},
		{"a team's", func(f *fake) { f.right(33, 50, "Team", 7, "group_basic", nil, nil) }, cardea.Conflict, 1},
		{"another user's", func(f *fake) { f.right(33, 50, "User", 8, "group_basic", nil, nil) }, cardea.Conflict, 1},
		{"of another group", func(f *fake) { f.right(33, 51, "User", 7, "group_basic", nil, nil) }, cardea.Conflict, 1},
		{"unreadable", func(f *fake) { f.right(33, 50, "User", 7, "group_basic", nil, "tomorrow") }, cardea.Retry, 1},
		{"not there", func(*fake) {}, "", 0},
	} {
		f := newFake(t)
		c.right(f)
		if err := f.system().Revoke(t.Context(), []cardea.Edge{ours})[0]; cardea.ClassOf(err) != c.want || len(f.rights) != c.left {
			t.Errorf("%s: %v, left %v", c.name, err, f.rights)
		}
	}
}

// TestARightThatDoesNotShowIsTakenAwayAllTheSame: what cannot be seen may be there.
func TestARightThatDoesNotShowIsTakenAwayAllTheSame(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.right(33, 50, "User", 7, "group_basic", nil, nil)
	f.before = answers("GET", "/role_assignments/33", func() *http.Response { return said(404, row{"code": "000404", "error": "Not found"}) })
	if err := f.system().Revoke(t.Context(), []cardea.Edge{{Group: "50", Account: "7", Ref: "33"}})[0]; err != nil || len(f.rights) != 0 {
		t.Errorf("%v, left %v", err, f.rights)
	}
}

// TestWhatIsForbiddenOfOneEntryStopsNoOther: nobody may change who stands higher, and a role may reach one place alone. Only when the
// key's user manages nothing any more is it the key that is at fault.
func TestWhatIsForbiddenOfOneEntryStopsNoOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		on    string // what the key's user holds; "" = nothing that manages
		admin bool
		body  any
		want  cardea.Class
	}{
		{"an administrator's key", "Organization", true, row{"code": "fcd8ef", "error": "Access denied"}, cardea.Rejected},
		{"a place administrator's key, and no words", "Place", true, nil, cardea.Rejected},
		{"a key without rights", "", false, row{"code": "fcd8ef", "error": "Access denied"}, cardea.Auth},
	} {
		f := newFake(t)
		if c.admin {
			f.rights = append(f.rights, row{
				"id": 1, "role_id": "administrator", "applies_to_type": c.on, "applies_to_id": 9, "assignee_type": "User", "assignee_id": 1,
			})
		}
		f.right(33, 50, "User", 7, "group_basic", nil, nil)
		f.right(34, 51, "User", 7, "group_basic", nil, nil)
		f.before = func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodDelete && strings.HasSuffix(r.URL.Path, "/33") || r.Method == http.MethodPost {
				return said(403, c.body), nil
			}
			return nil, nil
		}
		s := f.system()
		errs := s.Revoke(t.Context(), []cardea.Edge{{Group: "50", Account: "7", Ref: "33"}, {Group: "51", Account: "7", Ref: "34"}, {Group: "50", Account: "7"}})
		_, put := s.Grant(t.Context(), []cardea.Edge{{Group: "50", Account: "8", Window: window}})
		if cardea.ClassOf(errs[0]) != c.want || errs[1] != nil || cardea.ClassOf(errs[2]) != c.want || cardea.ClassOf(put[0]) != c.want {
			t.Errorf("%s: %v, %v", c.name, errs, put)
		}
	}
}

// TestAKeyThatDiedIsNoForbiddenEntry: a key dies with its user, with 401.
func TestAKeyThatDiedIsNoForbiddenEntry(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.before = func(*http.Request) (*http.Response, error) {
		return said(401, row{"code": "afc496", "error": "access denied"}), nil
	}
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{{Group: "50", Account: "8", Window: window}})
	if cardea.ClassOf(errs[0]) != cardea.Auth || len(f.reads) != 0 {
		t.Errorf("%v, asked %v", errs, f.reads)
	}
}

// caps are the largest pages, by list.
var caps = map[string]int{"/users": 100, "/groups": 250, "/role_assignments": 250, "/team_memberships": 250, "/locks": 250, "/group_links": 250}

// TestOnlyWhatIsNotDeprecatedIsAsked looks at every call of all that the connector does: neither members nor shares, no older filter, an
// id only beside its type, and no page or offset above what is allowed.
func TestOnlyWhatIsNotDeprecatedIsAsked(t *testing.T) {
	t.Parallel()
	f := withStaff(t)
	f.plainGroup(50, "First floor")
	f.premises(nil, nil)
	s := f.system()
	in := f.read(kinds(cardea.KindGroup, cardea.KindAccount, cardea.KindEdge))
	if len(in.Collection(cardea.KindEdge).Records()) == 0 {
		t.Error("nothing was read")
	}
	f.read(cardea.Scope{Keys: []cardea.Key{{Kind: cardea.KindAccount, ID: "7"}, {Kind: cardea.KindGroup, ID: "50"}, {Kind: cardea.KindEdge, ID: "50/7"}}})
	f.read(cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{"50"}})
	if _, err := s.Find(t.Context(), cardea.NewAccount{Email: "nobody@x.test", Name: "No Body", Person: "rnd/person:9"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Examine(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, errs := s.Grant(t.Context(), []cardea.Edge{{Group: "50", Account: "6", Window: window}}); errs[0] != nil {
		t.Fatal(errs)
	}
	if errs := s.Revoke(t.Context(), []cardea.Edge{{Group: "50", Account: "6"}}); errs[0] != nil {
		t.Fatal(errs)
	}
	for _, call := range append(slices.Clone(f.reads), f.writes...) {
		_, address, _ := strings.Cut(call, " ")
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		for _, old := range []string{"user_id", "group_id", "place_id", "scope"} {
			if q.Has(old) && u.Path != "/group_links" {
				t.Errorf("%s: an older filter", call)
			}
		}
		for _, what := range []string{"assignee", "applies_to"} {
			if q.Has(what+"_id") && !q.Has(what+"_type") {
				t.Errorf("%s: an id without its type", call)
			}
		}
		if strings.HasPrefix(u.Path, "/members") || strings.HasPrefix(u.Path, "/shares") {
			t.Errorf("%s is deprecated", call)
		}
		if limit, err := strconv.Atoi(q.Get("limit")); err == nil && limit > caps[u.Path] {
			t.Errorf("%s: the largest page has %d rows", call, caps[u.Path])
		}
	}
}

// TestAnAddressCannotBeChanged: the vendor takes the name and nothing else, and would answer 204 to the rest.
func TestAnAddressCannotBeChanged(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.system()
	if slices.Contains(s.Limits().Profile, cardea.FieldEmail) || slices.Contains(s.Limits().Profile, cardea.FieldPhone) {
		t.Errorf("it is said that %v can", s.Limits().Profile)
	}
	for _, field := range []string{cardea.FieldEmail, cardea.FieldPhone} {
		err := s.Rewrite(t.Context(), "1", cardea.NewAccount{Name: "Ana", Email: "new@x.test"}, []string{cardea.FieldFirst, field})
		if cardea.ClassOf(err) != cardea.Rejected || len(f.writes) != 0 {
			t.Errorf("%s: %v, wrote %v", field, err, f.writes)
		}
	}
}

// TestUsersAreReadHoweverLittleTheySay: metadata is empty, null or absent, and holds numbers and switches too.
func TestUsersAreReadHoweverLittleTheySay(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "a@x.test", "A")["metadata"] = nil
	delete(f.user(3, "b@x.test", "B"), "metadata")
	f.user(4, "c@x.test", "C")["metadata"] = row{"cardea_person": 7, "vip": true, "floor": nil}
	f.user(5, "d@x.test", "D")["later"] = row{"a": []int{1}} // a field that came with an update
	got := accounts(f.read(kinds(cardea.KindAccount)))
	for id, mail := range map[string]string{"2": "a@x.test", "3": "b@x.test", "4": "c@x.test", "5": "d@x.test"} {
		if want := (cardea.Account{ID: cardea.AccountID(id), Name: strings.ToUpper(mail[:1]), Email: mail}); got[id] != want {
			t.Errorf("%s is %+v", id, got[id])
		}
	}
}

// TestAnAddressIsAskedForAsItIs: signs that mean something in a query.
func TestAnAddressIsAskedForAsItIs(t *testing.T) {
	t.Parallel()
	for i, mail := range []string{"ana+door@x.test", "o'neil&co@x.test", "a%20b@x.test"} {
		f := newFake(t)
		f.user(2, mail, "Ana")
		found, err := f.system().Find(t.Context(), cardea.NewAccount{Email: mail})
		if err != nil || len(found) != 1 || len(f.reads) == 0 || !strings.Contains(f.reads[0], "email="+url.QueryEscape(mail)) {
			t.Errorf("%d: %+v, %v, asked %v", i, found, err, f.reads)
		}
	}
}

// TestAWindowOfThePastIsFollowedByTheNext: what is over stays listed, and is in the way of the next one.
func TestAWindowOfThePastIsFollowedByTheNext(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.right(33, 50, "User", 7, "group_basic", "2026-11-01T09:00:00Z", "2026-11-01T10:00:00Z")
	over := edges(f.read(cardea.Scope{Keys: []cardea.Key{{Kind: cardea.KindEdge, ID: "50/7"}}}))
	if len(over) != 1 || over[0].Window.Until != at("2026-11-01T10:00:00Z") {
		t.Fatalf("%+v", over)
	}
	next := cardea.Edge{Group: "50", Account: "7", Window: window}
	if _, errs := f.system().Grant(t.Context(), []cardea.Edge{next}); cardea.ClassOf(errs[0]) != cardea.Conflict {
		t.Errorf("put beside what is over: %v", errs)
	}
	ref, err := f.system().Retime(t.Context(), over[0], next)
	if err != nil || len(f.rights) != 1 || fmt.Sprint(f.rights[0]["id"]) != ref || f.rights[0]["valid_until"] != "2026-11-23T10:00:00Z" {
		t.Errorf("%s, %v, %v", ref, err, f.rights)
	}
}

// TestANothingFoundForEverythingIsNobodysEnd answers every call with 404, as a path that is not known is answered.
func TestANothingFoundForEverythingIsNobodysEnd(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "a@x.test", "A")
	f.group(50, "First floor")
	f.right(33, 50, "User", 7, "group_basic", nil, nil)
	s := f.system()
	f.before = func(*http.Request) (*http.Response, error) {
		return said(404, row{"code": "000404", "error": "Not found"}), nil
	}
	for what, want := range map[string]cardea.Scope{
		"an account":            {Keys: []cardea.Key{{Kind: cardea.KindAccount, ID: "7"}}},
		"a group":               {Keys: []cardea.Key{{Kind: cardea.KindGroup, ID: "50"}}},
		"an entry":              {Keys: []cardea.Key{{Kind: cardea.KindEdge, ID: "50/7"}}},
		"a group's entries":     {Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{"50"}},
		"an account's entries":  {Kinds: []cardea.Kind{cardea.KindEdge}, Accounts: []cardea.AccountID{"7"}},
		"all groups and rights": kinds(cardea.KindGroup, cardea.KindEdge),
	} {
		in := cardea.NewIntake(want, nil)
		if err := s.Read(t.Context(), want, in); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		for _, k := range []cardea.Kind{cardea.KindAccount, cardea.KindGroup, cardea.KindEdge} {
			if p := in.Collection(k); p != nil && (len(p.MissingOnes()) > 0 || p.Evidence().Grade() == cardea.Complete) {
				t.Errorf("%s: %d are missing, %s", what, len(p.MissingOnes()), p.Evidence().Grade())
			}
		}
	}
	if err := s.Revoke(t.Context(), []cardea.Edge{{Group: "50", Account: "7", Ref: "33"}})[0]; cardea.ClassOf(err) != cardea.Retry {
		t.Errorf("a removal is done, they say: %v", err)
	}
	f.before = nil
	if len(f.rights) != 1 {
		t.Errorf("left %v", f.rights)
	}
}
