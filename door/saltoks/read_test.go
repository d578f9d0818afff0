package saltoks_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestReadsAListInEveryFormOfPaging(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		habits func(f *fake)
		grade  cardea.Grade
	}{
		"linked and counted":       {func(f *fake) { f.page = 3 }, cardea.Complete},
		"linked, no count":         {func(f *fake) { f.page, f.noCount = 3, true }, cardea.Complete},
		"one page":                 {func(*fake) {}, cardea.Complete},
		"bare, takes $skip":        {func(f *fake) { f.page, f.bare = 3, true }, cardea.Complete},
		"bare, deaf to $skip":      {func(f *fake) { f.bare, f.deaf = true, true }, cardea.Weak},
		"bare, all in one, honest": {func(f *fake) { f.bare = true }, cardea.Complete},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			for n := 2; n <= 8; n++ {
				f.user(n, fmt.Sprintf("p%d@x.test", n), "P", fmt.Sprint(n), "site_user")
			}
			f.group(1, "Members", 2, 3, 4, 5, 6, 7, 8)
			f.group(2, "Empty")
			c.habits(f)
			in := read(t, f.system(), cardea.Scope{})
			for kind, want := range map[cardea.Kind]int{cardea.KindAccount: 8, cardea.KindGroup: 2, cardea.KindEdge: 7} {
				p := in.Collection(kind)
				if len(p.Records()) != want || p.Evidence().Grade() != c.grade {
					t.Errorf("%d %ss, %s (%s), want %d, %s", len(p.Records()), kind, p.Evidence().Grade(), p.Evidence().Why(), want, c.grade)
				}
			}
		})
	}
}

func TestALinkThatLeadsElsewhereIsNotFollowed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.before = func(r *http.Request) *http.Response {
		if !strings.HasSuffix(r.URL.Path, "/users") {
			return nil
		}
		return answer(200, row{"items": []row{f.users[0]}, "count": nil, "next_page_link": "https://elsewhere.test/v1.2/take?token=1"})
	}
	p := read(t, f.system(), cardea.Scope{Kinds: []cardea.Kind{cardea.KindAccount}}).Collection(cardea.KindAccount)
	if g := p.Evidence().Grade(); g != cardea.Incomplete {
		t.Errorf("%s: a list whose next page could not be read", g)
	}
	if n := f.sent("GET", "/users"); n != 1 || slices.ContainsFunc(f.calls, func(c string) bool { return strings.Contains(c, "take") }) {
		t.Errorf("it was followed: %v", f.calls)
	}
}

func TestAListThatRunsInACircleEnds(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.before = func(r *http.Request) *http.Response {
		if !strings.HasSuffix(r.URL.Path, "/users") {
			return nil
		}
		return answer(200, row{"items": []row{f.users[0]}, "next_page_link": "https://x.test" + r.URL.Path + "?$skip=1"})
	}
	p := read(t, f.system(), cardea.Scope{Kinds: []cardea.Kind{cardea.KindAccount}}).Collection(cardea.KindAccount)
	if g := p.Evidence().Grade(); g != cardea.Incomplete {
		t.Errorf("%s: nobody knows where that list ends", g)
	}
}

func TestARowThatCannotBeReadMakesItsPersonUnsureAndNobodyElse(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "p2@x.test", "P", "Two", "site_user")["blocked"] = "perhaps"
	f.user(3, "p3@x.test", "P", "Three", "site_user")
	p := read(t, f.system(), cardea.Scope{Kinds: []cardea.Kind{cardea.KindAccount}}).Collection(cardea.KindAccount)
	if got := keys(p); !slices.Equal(got, []string{id('u', 1), id('u', 3)}) || p.Evidence().Grade() != cardea.Complete {
		t.Errorf("%v, %s", got, p.Evidence().Grade())
	}
	if b := p.BadOnes(); len(b) != 1 || len(b[0].Who) != 1 || b[0].Who[0].ID != id('u', 2) || strings.Contains(b[0].Raw, "p2@") {
		t.Errorf("%+v", b)
	}
}

func TestTrapTwoUserIDs(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "p2@x.test", "P", "Two", "site_user")
	f.group(1, "Members", 2)
	s := f.system()
	in := read(t, s, cardea.Scope{Keys: []cardea.Key{cardea.Account{ID: account(2)}.Key(), edge(1, 2).Key()}})
	if got := in.Collection(cardea.KindAccount).Records(); len(got) != 1 || got[0].(cardea.Account).ID != account(2) {
		t.Errorf("the account is %+v, want it under its platform id", got)
	}
	if n := f.sent("GET", "/users/"+id('v', 2)); n != 1 {
		t.Errorf("read %d times by the site user's own id", n)
	}
	if n := f.sent("GET", "/users/"+id('u', 2)); n != 0 {
		t.Error("asked for a site user by the platform id")
	}
	if got := in.Collection(cardea.KindEdge).Records(); len(got) != 1 || got[0].(cardea.Edge).Account != account(2) {
		t.Errorf("the edge is %+v", got)
	}
	in = read(t, s, cardea.Scope{Keys: []cardea.Key{{Kind: cardea.KindAccount, ID: id('v', 2)}}})
	if p := in.Collection(cardea.KindAccount); len(p.MissingOnes()) != 1 {
		t.Error("somebody was found by the site user's own id")
	}
}

func TestSomebodyWhoWasTakenOffTheSiteAndPutOnAgainIsRead(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	u := f.user(2, "p2@x.test", "P", "Two", "site_user")
	s := f.system()
	read(t, s, cardea.Scope{})
	u["id"] = id('v', 77)
	p := read(t, s, cardea.Scope{Keys: []cardea.Key{cardea.Account{ID: account(2)}.Key()}}).Collection(cardea.KindAccount)
	if len(p.Records()) != 1 || len(p.MissingOnes()) != 0 {
		t.Errorf("%v, missing %v", p.Records(), p.MissingOnes())
	}
}

func TestTrapSiteIsChosenByItsIDAndFoundByUIDAndName(t *testing.T) {
	t.Parallel()
	for wanted, saying := range map[string]string{
		site: "", "XX0000000001": "", "demo space": "", "": "", "Nowhere": `"Demo Space" (XX0000000001, ` + site,
	} {
		f := newFake(t)
		org, err := f.at(wanted).Describe(t.Context())
		switch {
		case saying == "" && (err != nil || org.ID != site || org.Name != "Demo Space" || org.Who != "api@x.test"):
			t.Errorf("%q: %+v, %v", wanted, org, err)
		case saying != "" && (cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), saying)):
			t.Errorf("%q: %v", wanted, err)
		}
		if n := f.sent("GET", "/sites/XX0000000001"); n > 0 {
			t.Error("the UID stood in a path")
		}
	}
	f := newFake(t)
	f.sites = append(f.sites, row{"id": id('s', 2), "customer_reference": "Other", "site_uid": "XX2"})
	if _, err := f.at("").Describe(t.Context()); cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), `"Other" (XX2`) {
		t.Errorf("of two sites: %v", err)
	}
}

func TestStaffAreTheOwnerTheLoginAdministratorsAndGuests(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.roles = append(f.roles, row{"id": id('r', 4), "customer_reference": "House team", "code": "custom_1", "is_hierarchical": true},
		row{"id": id('r', 5), "customer_reference": "Office mode", "code": "site_remote_office_mode_user", "is_hierarchical": true})
	f.user(2, "member@x.test", "M", "Ember", "site_user", "site_remote_office_mode_user")
	f.user(3, "admin@x.test", "A", "Dmin", "site_user", "site_admin")
	f.user(4, "", "G", "Uest", "site_guest")
	f.user(5, "team@x.test", "T", "Eam", "custom_1")
	f.user(6, "bare@x.test", "B", "Are")
	f.user(9, "owner@x.test", "O", "Wner", "site_user")
	got := map[string]string{}
	for _, r := range read(t, f.system(), cardea.Scope{Kinds: []cardea.Kind{cardea.KindAccount}}).Collection(cardea.KindAccount).Records() {
		a := r.(cardea.Account)
		got[a.Name] = a.Staff
	}
	for name, saying := range map[string]string{
		"Api Account": "behind the connection", "A Dmin": "Site Admin", "G Uest": "guest", "T Eam": "House team", "B Are": "no role", "O Wner": "owner",
	} {
		if !strings.Contains(got[name], saying) {
			t.Errorf("%s: %q", name, got[name])
		}
	}
	if got["M Ember"] != "" {
		t.Errorf("a member is staff: %s", got["M Ember"])
	}
}

func TestSuspendedAndBlockedAccountsAreShut(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "a@x.test", "A", "A", "site_user")["subscription_state"] = "suspended"
	f.user(3, "b@x.test", "B", "B", "site_user")["blocked"] = true
	f.user(4, "c@x.test", "C", "C", "site_user")
	for _, r := range read(t, f.system(), cardea.Scope{Kinds: []cardea.Kind{cardea.KindAccount}}).Collection(cardea.KindAccount).Records() {
		a := r.(cardea.Account)
		if want := a.ID == account(2) || a.ID == account(3); a.Shut != want {
			t.Errorf("%s: shut %t", a.Name, a.Shut)
		}
	}
}

func TestEdgesOfAccountsAreFoundThroughTheirGroups(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "a@x.test", "A", "A", "site_user")
	f.user(3, "b@x.test", "B", "B", "site_user")
	f.group(1, "One", 2, 3)
	f.group(2, "Two", 3)
	f.group(3, "Three", 2)
	s := f.system()
	p := read(t, s, cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Accounts: []cardea.AccountID{account(2)}}).Collection(cardea.KindEdge)
	if got, want := keys(p), []string{edge(1, 2).Key().ID, edge(3, 2).Key().ID}; !slices.Equal(got, want) || p.Evidence().Grade() != cardea.Complete {
		t.Errorf("%v, %s (%s)", got, p.Evidence().Grade(), p.Evidence().Why())
	}
	p = read(t, s, cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{group(2), group(8)}}).Collection(cardea.KindEdge)
	if got := keys(p); !slices.Equal(got, []string{edge(2, 3).Key().ID}) || len(p.MissingOnes()) != 1 || p.Evidence().Grade() != cardea.Complete {
		t.Errorf("%v, missing %v, %s", got, p.MissingOnes(), p.Evidence().Grade())
	}
}
