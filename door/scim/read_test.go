package scim_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/scim"
	"github.com/cardea-access/cardea/wire"
)

func TestDescribePinsTheTenantByItsBase(t *testing.T) {
	t.Parallel()
	for _, me := range []string{"", "redirect", "none"} {
		got, err := newFake(t, habits{me: me}).system().Describe(t.Context())
		who := "cardea@x.test"
		if me == "none" {
			who = ""
		}
		if err != nil || !strings.HasPrefix(got.ID, "scim-") || got.Name != "id.x.test/scim/v2" || got.Who != who {
			t.Errorf("%q: %+v, %v", me, got, err)
		}
	}
	ids := map[string]bool{}
	for _, base := range []string{"https://id.x.test/scim/v2", "https://ID.x.test:443/scim/v2/", "https://id.x.test/other/v2"} {
		f := newFake(t, habits{})
		client, err := wire.New(wire.Config{Name: "door", Base: "https://id.x.test/scim/v2", Transport: f, Now: now, Auth: scim.Authorize("t0ken-value")})
		if err != nil {
			t.Fatal(err)
		}
		s, err := scim.New(scim.Config{Client: client, Base: base, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ids[got.ID] = true
	}
	if len(ids) != 2 {
		t.Errorf("one base spelled in two ways and another one gave %v", ids)
	}
}

func TestDescribeRefusesCredentialsThatTheConfigurationDoesNotAskFor(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{me: "none"})
	f.before = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/Users") {
			return said(403, row{"detail": "no"})
		}
		return nil
	}
	if _, err := f.system().Describe(t.Context()); cardea.ClassOf(err) != cardea.Auth {
		t.Errorf("got %v", err)
	}
	if _, err := newFake(t, habits{}).with(scim.Authorize("wrong-token"), false).Describe(t.Context()); cardea.ClassOf(err) != cardea.Auth {
		t.Errorf("got %v", err)
	}
}

func TestDescribeOfAnAddressWithoutUsersSaysSo(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.before = func(*http.Request) *http.Response { return said(404, nil) }
	if _, err := f.system().Describe(t.Context()); cardea.ClassOf(err) != cardea.NotFound || !strings.Contains(err.Error(), "base_url") {
		t.Errorf("got %v", err)
	}
}

func TestNameAndPasswordAreTakenToo(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	if _, err := f.with(scim.AuthorizeBasic("cardea", "pa55word"), false).Describe(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNewWantsABase(t *testing.T) {
	t.Parallel()
	client, err := wire.New(wire.Config{Name: "door", Base: base, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []scim.Config{{Now: now, Base: base}, {Client: client, Base: base}, {Client: client, Now: now}} {
		if _, err := scim.New(c); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestPagesOfEveryHabit reads 230 users of servers that page in their own ways.
func TestPagesOfEveryHabit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		habits  habits
		grade   cardea.Grade
		records int
	}{
		{"as the RFC says", habits{}, cardea.Complete, 230},
		{"fewer than asked", habits{pageCap: 30}, cardea.Complete, 230},
		{"fewer than asked, and it says so", habits{maxResults: 23}, cardea.Complete, 230},
		{"more than asked", habits{ignoreCount: true}, cardea.Complete, 230},
		{"startIndex not heeded", habits{ignoreStart: true}, cardea.Incomplete, 100},
		{"the total is the page's", habits{pageTotal: true}, cardea.Incomplete, 230},
		{"startIndex not heeded, and no total", habits{ignoreStart: true, noTotal: true}, cardea.Incomplete, 100},
		{"no total", habits{noTotal: true}, cardea.Weak, 230},
	} {
		f := newFake(t, c.habits)
		for i := 1; i < 230; i++ {
			f.user(fmt.Sprintf("u%d", i), fmt.Sprintf("u%d@x.test", i))
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := read(t, f.system(), kinds(cardea.KindAccount))
			grade(t, in, cardea.KindAccount, c.grade, c.records)
		})
	}
}

func TestAFullLastPageIsLookedBehind(t *testing.T) {
	t.Parallel()
	for n, pages := range map[int]int{1: 2, 99: 2, 100: 2, 101: 2, 200: 3} {
		f := newFake(t, habits{})
		for i := 1; i < n; i++ {
			f.user(fmt.Sprintf("u%d", i), fmt.Sprintf("u%d@x.test", i))
		}
		grade(t, read(t, f.system(), kinds(cardea.KindAccount)), cardea.KindAccount, cardea.Complete, n)
		if got := f.count("GET /Users?"); got != pages {
			t.Errorf("%d users took %d pages, want %d", n, got, pages)
		}
	}
}

// A server that counts the page and sends fewer rows than asked says of its first page that it is everything.
func TestASmallPageThatCountsItselfIsLookedBehind(t *testing.T) {
	t.Parallel()
	for users, want := range map[int]cardea.Grade{8: cardea.Complete, 30: cardea.Complete, 31: cardea.Incomplete, 60: cardea.Incomplete} {
		f := newFake(t, habits{pageTotal: true, pageCap: 30})
		for i := 1; i < users; i++ {
			f.user(fmt.Sprintf("u%d", i), fmt.Sprintf("u%d@x.test", i))
		}
		grade(t, read(t, f.system(), kinds(cardea.KindAccount)), cardea.KindAccount, want, users)
	}
}

// Whoever ignores startIndex sends the same page again: up to one page nothing is wrong with that.
func TestASmallPageThatComesAgainIsTheWholeList(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{ignoreStart: true})
	f.user("u1", "u1@x.test")
	grade(t, read(t, f.system(), kinds(cardea.KindAccount)), cardea.KindAccount, cardea.Complete, 2)
}

func TestBehindTheEndMayBeRefused(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	for i := 1; i < 100; i++ {
		f.user(fmt.Sprintf("u%d", i), "u@x.test")
	}
	f.before = func(r *http.Request) *http.Response {
		if r.URL.Query().Get("startIndex") == "101" {
			return said(400, row{"detail": "startIndex is too large"})
		}
		return nil
	}
	grade(t, read(t, f.system(), kinds(cardea.KindAccount)), cardea.KindAccount, cardea.Complete, 100)
}

func TestATotalThatMovesIsNoWholeList(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	for i := 1; i < 150; i++ {
		f.user(fmt.Sprintf("u%d", i), "u@x.test")
	}
	f.before = func(r *http.Request) *http.Response {
		if r.URL.Query().Get("startIndex") == "101" {
			f.users = slices.Delete(f.users, 5, 6) // everybody behind moves up, and one is never shown
		}
		return nil
	}
	grade(t, read(t, f.system(), kinds(cardea.KindAccount)), cardea.KindAccount, cardea.Incomplete, 149)
}

func TestReadsUsersAsServersWriteThem(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.users = append(f.users,
		row{"id": "a", "userName": "jdoe", "active": "False", "name": row{"givenName": "Jo", "familyName": "Doe"}, "emails": []row{
			{"value": "home@x.test", "type": "home"}, {"value": "Work@x.test", "type": "Work"},
		}},
		row{"ID": "b", "USERNAME": "b@x.test", "externalId": "rnd/person:1", "displayName": "B", "roles": []row{{"value": "ROLE_ADMIN"}}},
		row{"id": 17, "userName": "c", "emails": []string{"c@x.test"}, "userType": "Owner"},
		row{"id": "d", "userName": "d", "entitlements": []row{{"value": "badminton court"}}, "emails": []row{
			{"value": "one@x.test", "type": "work"}, {"value": "two@x.test", "primary": true},
		}},
		row{"id": "e", "active": 7},
		row{"userName": "nobody"},
	)
	in := read(t, f.system(), kinds(cardea.KindAccount))
	want := []cardea.Account{
		{ID: "me", Name: "N me", Email: "cardea@x.test", Staff: "the account behind the connection"},
		{ID: "a", Name: "Jo Doe", Email: "Work@x.test", Shut: true},
		{ID: "b", Name: "B", Email: "b@x.test", External: "rnd/person:1", Staff: "roles ROLE_ADMIN"},
		{ID: "17", Name: "c", Email: "c@x.test", Staff: "userType Owner"},
		{ID: "d", Name: "d", Email: "two@x.test"},
	}
	var got []cardea.Account
	for _, r := range in.Collection(cardea.KindAccount).Records() {
		got = append(got, r.(cardea.Account))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if bad := in.Collection(cardea.KindAccount).BadOnes(); len(bad) != 2 || len(bad[0].Who) != 1 || len(bad[1].Who) != 0 {
		t.Errorf("unreadable: %+v", bad)
	}
	grade(t, in, cardea.KindAccount, cardea.Incomplete, 5) // one of them does not say who it is
}

func TestGroupsAreListedWithoutTheirMembers(t *testing.T) {
	t.Parallel()
	for _, refuses := range []bool{false, true} {
		f := newFake(t, habits{noExclude: refuses})
		f.group("g1", "me")
		f.groups = append(f.groups, row{"id": "g2"})
		in := read(t, f.system(), kinds(cardea.KindGroup))
		grade(t, in, cardea.KindGroup, cardea.Complete, 1)
		if len(in.Collection(cardea.KindGroup).BadOnes()) != 1 || f.count("GET /Groups?") == 0 {
			t.Errorf("%+v, %v", in.Collection(cardea.KindGroup).BadOnes(), f.calls)
		}
	}
}

func TestSingleRecordsAreFoundOrMissing(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.user("a b", "a@x.test")
	f.group("g", "a b")
	in := read(t, f.system(), cardea.Scope{Keys: []cardea.Key{
		{Kind: cardea.KindAccount, ID: "a b"}, {Kind: cardea.KindAccount, ID: "gone"}, {Kind: cardea.KindGroup, ID: "g"},
		{Kind: cardea.KindGroup, ID: "gone"}, {Kind: cardea.KindEdge, ID: "g/a b"}, {Kind: cardea.KindEdge, ID: "g/me"},
	}})
	for k, missing := range map[cardea.Kind]string{cardea.KindAccount: "gone", cardea.KindGroup: "gone", cardea.KindEdge: "g/me"} {
		p := in.Collection(k)
		if len(p.Records()) != 1 || len(p.MissingOnes()) != 1 || p.MissingOnes()[0].ID != missing {
			t.Errorf("%s: %v, missing %v", k, p.Records(), p.MissingOnes())
		}
	}
	if in := read(t, f.system(), cardea.Scope{Kinds: []cardea.Kind{cardea.KindAccount}, Accounts: []cardea.AccountID{"a b"}}); len(
		in.Collection(cardea.KindAccount).Records()) != 1 {
		t.Error("an account that is there was not read")
	}
}

func TestRefusedCredentialsEndTheReading(t *testing.T) {
	t.Parallel()
	s := newFake(t, habits{}).with(scim.Authorize("wrong-token"), false)
	if err := s.Read(t.Context(), cardea.Scope{}, cardea.NewIntake(cardea.Scope{}, nil)); cardea.ClassOf(err) != cardea.Auth {
		t.Errorf("got %v", err)
	}
}

func TestAServerThatIsDownForMeListsNobody(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.before = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/Me") {
			return said(503, nil)
		}
		return nil
	}
	in := read(t, f.system(), kinds(cardea.KindAccount))
	grade(t, in, cardea.KindAccount, cardea.Failed, 0) // else our own account would pass for nobody special
}
