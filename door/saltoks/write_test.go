package saltoks_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
)

var ana = cardea.NewAccount{Person: "rnd/person:1", Name: "Ana Ant", First: "Ana", Last: "Ant", Email: "Ana@x.test"}

func TestTrapAnAddressInvitesAndWithoutMailsItIsLeftOut(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.system()
	a, err := s.Create(t.Context(), ana)
	if err != nil || a.Email != "Ana@x.test" || a.Staff != "" || a.Shut {
		t.Fatalf("%+v, %v", a, err)
	}
	body := f.bodies[len(f.bodies)-1]
	for _, never := range []string{"tag_id", "tag_blocked", "tag_offline_access", "use_pin", "blocked", "override_privacy_mode", "subscription_state"} {
		if _, sent := body[never]; sent {
			t.Errorf("%s was sent", never)
		}
	}
	if roles, _ := body["role_ids"].([]any); len(roles) != 1 || roles[0] != id('r', 1) || body["alias"] != "Ana Ant" {
		t.Errorf("made with %v", body)
	}
	silent := ana
	silent.Email, silent.Mails = "bo@x.test", cardea.MailsNever
	b, err := s.Create(t.Context(), silent)
	if err != nil || b.Email != "bo@x.test" {
		t.Fatalf("%+v, %v", b, err)
	}
	if body := f.bodies[len(f.bodies)-1]; body["alias"] != "Ana Ant <bo@x.test>" {
		t.Errorf("made with %v", body)
	} else if _, sent := body["email"]; sent {
		t.Error("an e-mail field went out although nobody is to be written to")
	}
	if !slices.Equal(f.invited, []string{"Ana@x.test"}) {
		t.Errorf("invited %v", f.invited)
	}
	found, err := f.system().Find(t.Context(), cardea.NewAccount{Email: "BO@x.test"})
	if err != nil || len(found) != 1 || found[0].ID != b.ID || found[0].Email != "bo@x.test" {
		t.Errorf("who was not invited is found as %+v, %v", found, err)
	}
}

func TestAnAliasIsNoAddressUnlessItEndsWithOneAndTheFieldIsEmpty(t *testing.T) {
	t.Parallel()
	for alias, want := range map[string]int{
		"Bo <bo@x.test>": 1, "<bo@x.test>": 1, "Bo bo@x.test": 0, "Bo <bo@x.test> x": 0, "Bo <bo>": 0, "Bo <bo@x.test, al@x.test>": 0, "Bo <@x.test>": 0,
	} {
		f := newFake(t)
		f.user(2, "", "B", "O", "site_user")["alias"] = alias
		f.user(3, "cy@x.test", "C", "Y", "site_user")["alias"] = "Cy <bo@x.test>"
		found, err := f.system().Find(t.Context(), cardea.NewAccount{Email: "bo@x.test"})
		if err != nil || len(found) != want {
			t.Errorf("%s: %+v, %v", alias, found, err)
		}
	}
}

func TestTrapSeatsRunOutSilently(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.seats = 1
	a, err := f.system().Create(t.Context(), ana)
	if err != nil || !a.Shut {
		t.Errorf("an account without a seat is %+v, %v: it must be shut", a, err)
	}
}

func TestFindsByAddressWhateverTheFilterThinksOfLetters(t *testing.T) {
	t.Parallel()
	for name, habit := range map[string]func(f *fake){
		"exact": func(*fake) {}, "folding": func(f *fake) { f.fold = true },
		"refused": func(f *fake) {
			f.before = func(r *http.Request) *http.Response {
				if r.URL.Query().Get("$filter") != "" {
					return f.fail(400, "1102", "no such field")
				}
				return nil
			}
		},
	} {
		f := newFake(t)
		f.user(2, "O'Neil@x.test", "O", "Neil", "site_user")
		f.user(3, "o'neil@x.test.example", "Other", "One", "site_user")
		habit(f)
		found, err := f.system().Find(t.Context(), cardea.NewAccount{Email: " o'neil@X.test"})
		if err != nil || len(found) != 1 || found[0].ID != account(2) {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
}

func TestNobodyIsMadeTwice(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "ana@X.test", "Ana", "Ant", "site_user")
	s := f.system()
	if _, err := s.Create(t.Context(), ana); cardea.ClassOf(err) != cardea.Conflict {
		t.Errorf("somebody who is there: %v", err)
	}
	f.user(3, "bo@x.test", "Bo", "Bee", "site_user") // behind the back of the list that is known
	f.before = func(r *http.Request) *http.Response {
		switch {
		case r.URL.Query().Get("$filter") != "":
			return f.fail(400, "1102", "no such field")
		case r.Method == http.MethodPost:
			return f.fail(400, "1100", "Invalid request")
		}
		return nil
	}
	if _, err := s.Create(t.Context(), cardea.NewAccount{Name: "Bo Bee", Email: "bo@x.test"}); cardea.ClassOf(err) != cardea.Conflict {
		t.Errorf("a refusal of an address that is there: %v", err)
	}
	if len(f.users) != 3 {
		t.Errorf("%d users", len(f.users))
	}
	if _, err := s.Create(t.Context(), cardea.NewAccount{Name: "No Mail"}); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("without an address: %v", err)
	}
}

func TestWhoMayHaveBeenMadeIsLookedForAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		began := time.Now()
		made, showsAt := false, began.Add(11*time.Second)
		var hidden row
		f.before = func(r *http.Request) *http.Response {
			if r.Method == http.MethodPost && !made {
				made = true
				hidden = f.user(2, "ana@x.test", "Ana", "Ant", "site_user")
				f.users = f.users[:1]
				return answer(502, nil)
			}
			if hidden != nil && !time.Now().Before(showsAt) && len(f.users) == 1 {
				f.users = append(f.users, hidden)
			}
			return nil
		}
		s := f.system()
		if _, err := s.Create(t.Context(), ana); cardea.ClassOf(err) != cardea.Unknown {
			t.Fatalf("an answer that was lost: %v", err)
		}
		found, err := s.Find(t.Context(), ana)
		if err != nil || len(found) != 1 || found[0].ID != account(2) {
			t.Errorf("%+v, %v, after %s", found, err, time.Since(began))
		}
	})
}

func TestChangesOfOneGroupTravelTogether(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for n := 2; n <= 4; n++ {
		f.user(n, "", "P", "P", "site_user")
	}
	f.group(1, "One")
	f.group(2, "Two", 4)
	s := f.system()
	refs, errs := s.Grant(t.Context(), []cardea.Edge{edge(1, 2), edge(2, 2), edge(1, 3)})
	for i := range errs {
		if errs[i] != nil || refs[i] == "" {
			t.Errorf("%d: %q, %v", i, refs[i], errs[i])
		}
	}
	if n := f.sent("PATCH", "/users"); n != 2 {
		t.Errorf("%d calls for two groups", n)
	}
	if errs := s.Revoke(t.Context(), []cardea.Edge{edge(1, 2), edge(1, 3), edge(2, 4)}); errs[0] != nil || errs[1] != nil || errs[2] != nil {
		t.Error(errs)
	}
	if len(f.members[id('g', 1)]) != 0 || !slices.Equal(f.members[id('g', 2)], []string{id('u', 2)}) {
		t.Errorf("left are %v", f.members)
	}
	if n := f.sent("DELETE", ""); n != 0 {
		t.Error("something was deleted")
	}
}

func TestAddingAndRemovingTwiceAreSuccessesHoweverStrictSaltoIs(t *testing.T) {
	t.Parallel()
	for _, strict := range []bool{false, true} {
		f := newFake(t)
		f.strict = strict
		f.user(2, "", "P", "P", "site_user")
		f.user(3, "", "Q", "Q", "site_user")
		f.group(1, "One", 2)
		s := f.system()
		_, errs := s.Grant(t.Context(), []cardea.Edge{edge(1, 2), edge(1, 3)})
		if errs[0] != nil || errs[1] != nil {
			t.Errorf("strict %t: %v", strict, errs)
		}
		for range 2 {
			if errs := s.Revoke(t.Context(), []cardea.Edge{edge(1, 2), edge(1, 3), edge(9, 3)}); errs[0] != nil || errs[1] != nil || errs[2] != nil {
				t.Errorf("strict %t: %v", strict, errs)
			}
		}
		if len(f.members[id('g', 1)]) != 0 {
			t.Errorf("left are %v", f.members)
		}
	}
}

func TestTrapSomebodyNewIsUnknownToGroupsForAWhile(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"404/2202", "403/2203"} {
		for _, number := range []bool{false, true} {
			f := newFake(t)
			f.lag, f.lagCode, f.number = time.Minute, code, number
			f.user(2, "", "P", "P", "site_user")
			f.group(1, "One")
			s := f.system()
			a, err := s.Create(t.Context(), ana)
			if err != nil {
				t.Fatal(err)
			}
			es := []cardea.Edge{{Group: group(1), Account: a.ID, Window: cardea.Forever}, edge(1, 2)}
			_, errs := s.Grant(t.Context(), es)
			if cardea.ClassOf(errs[0]) != cardea.Retry || errs[1] != nil {
				t.Errorf("%s: %v", code, errs)
			}
			f.later(61 * time.Second)
			if _, errs := s.Grant(t.Context(), es[:1]); errs[0] != nil {
				t.Errorf("%s, a minute later: %v", code, errs)
			}
		}
	}
}

func TestAPersonOrGroupThatIsGoneIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "", "P", "P", "site_user")
	f.group(1, "One")
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge(1, 66), edge(9, 2), edge(1, 2)})
	if cardea.ClassOf(errs[0]) != cardea.NotFound || cardea.ClassOf(errs[1]) != cardea.NotFound || errs[2] != nil {
		t.Error(errs)
	}
}

func TestARoleThatMayNotIsSaidAndNotTriedAgain(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.lagCode = "403/2203"
	f.group(1, "One")
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge(1, 66)})
	if cardea.ClassOf(errs[0]) != cardea.Rejected || !strings.Contains(errs[0].Error(), "Site Admin") {
		t.Errorf("who may see the group and not change this person: %v", errs)
	}
	f.before = func(*http.Request) *http.Response { return f.fail(403, "2203", "no") }
	if _, errs := f.system().Grant(t.Context(), []cardea.Edge{edge(1, 66)}); cardea.ClassOf(errs[0]) != cardea.Auth {
		t.Errorf("who may not even see the group: %v", errs)
	}
}

func TestWindowsForeignEdgesAndWrongIDsAreRefusedUnsent(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.group(1, "One", 1)
	bad := []cardea.Edge{edge(1, 1), edge(1, 1), edge(1, 1)}
	bad[0].Window = cardea.Window{From: 1, Until: 2}
	bad[1].Foreign = "a guest"
	bad[2].Account = "../locks"
	_, errs := f.system().Grant(t.Context(), bad)
	for i, err := range errs {
		if cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%d: %v", i, err)
		}
	}
	if len(f.calls) != 0 {
		t.Errorf("sent %v", f.calls)
	}
}
