package brivo_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/brivo"
)

func TestReadsMoreThanTheDefaultPageOfTwenty(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var members []int
	for i := range 119 {
		f.user(100+i, fmt.Sprintf("p%d@x.test", i), "P", fmt.Sprint(i))
		members = append(members, 100+i)
	}
	for i := range 21 {
		f.group(10+i, fmt.Sprint("G", i))
	}
	f.members[10] = members
	in := f.read(f.system(), cardea.Scope{})
	grade(t, in, cardea.KindAccount, cardea.Complete, 119)
	grade(t, in, cardea.KindGroup, cardea.Complete, 21)
	grade(t, in, cardea.KindEdge, cardea.Complete, 119)
}

func TestAListThatMovesUnderThePagingIsNotComplete(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for i := range 150 {
		f.user(100+i, "", "P", fmt.Sprint(i))
	}
	f.after = func(r *http.Request, resp *http.Response) (*http.Response, error) {
		if r.URL.Path == "/v1/api/users" && r.URL.Query().Get("offset") == "0" {
			f.users = slices.Insert(f.users, 0, row{"id": 7, "firstName": "New", "lastName": "One", "created": "2026-02-03T09:14:07Z"})
		}
		return resp, nil
	}
	in := f.read(f.system(), kinds(cardea.KindAccount))
	if e := in.Collection(cardea.KindAccount).Evidence(); e.Grade() == cardea.Complete {
		t.Errorf("%d records are called complete although one came twice and one not at all", e.Records())
	}
}

func TestShortRowsOfAListAreReadByID(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "ana@x.test", "Ana", "Silva")
	f.user(8, "", "No", "Mail")
	f.short = true
	s := f.system()
	for range 2 {
		if a := accounts(f.read(s, kinds(cardea.KindAccount)))["7"]; a.Email != "ana@x.test" {
			t.Fatalf("the address is %q: a row of a list does not show what is not in it", a.Email)
		}
	}
	if n := count(f.calls, "GET /users/7"); n != 1 {
		t.Errorf("the user was read %d times for two lists", n)
	}
}

func TestBrokenRowsAreBadAndNotACrash(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.users = []row{{"id": "x"}, {"id": 5, "firstName": row{}}, {"id": 6, "firstName": "Ok", "lastName": "Ok", "created": "x"}}
	f.groups = []row{{"id": 1}, {"id": 2, "name": "G"}}
	in := f.read(f.system(), kinds(cardea.KindAccount, cardea.KindGroup))
	if a := in.Collection(cardea.KindAccount); len(a.BadOnes()) != 2 || len(a.Records()) != 1 || a.Evidence().Grade() != cardea.Incomplete {
		t.Errorf("%d bad, %d good, %s", len(a.BadOnes()), len(a.Records()), a.Evidence().Grade())
	}
	if g := in.Collection(cardea.KindGroup); len(g.BadOnes()) != 1 || len(g.Records()) != 1 {
		t.Errorf("%d bad, %d good groups", len(g.BadOnes()), len(g.Records()))
	}
}

func TestSuspendedUsersAreShutAndStayIt(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "ana@x.test", "Ana", "Silva")["suspended"] = true
	f.group(1, "G")
	s := f.system()
	if !accounts(f.read(s, kinds(cardea.KindAccount)))["7"].Shut {
		t.Error("a suspended user passes")
	}
	if _, errs := s.Grant(t.Context(), []cardea.Edge{edge("1", "7")}); errs[0] != nil || f.users[0]["suspended"] != true {
		t.Errorf("granted with %v, suspended %v", errs[0], f.users[0]["suspended"])
	}
}

func TestAdministratorsAreStaffByTheirAddress(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "ADMIN@x.test", "A", "B")
	f.user(8, "boss@x.test", "Boss", "Two")
	f.user(9, "ana@x.test", "Ana", "Silva")
	f.admins = append(f.admins, row{"id": 2, "email": "boss@x.test", "identityType": "MASTER"})
	got := accounts(f.read(f.system(), kinds(cardea.KindAccount)))
	if got["7"].Staff == "" || got["8"].Staff == "" || got["9"].Staff != "" {
		t.Errorf("staff: %q, %q, %q", got["7"].Staff, got["8"].Staff, got["9"].Staff)
	}
	f.before = func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/administrators") {
			return said(403, row{"code": 403, "message": "This functionality is unavailable for this admin"}), nil
		}
		return nil, nil
	}
	s := f.system()
	if got := accounts(f.read(s, kinds(cardea.KindAccount))); got["7"].Staff == "" || len(got) != 3 {
		t.Errorf("an administrator who may not list the others: %v", got)
	}
	f.before = func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/administrators") {
			return said(503, nil), nil
		}
		return nil, nil
	}
	grade(t, f.read(f.system(), kinds(cardea.KindAccount)), cardea.KindAccount, cardea.Failed, 0)
}

func TestGatewayAnswersInHTMLAreToldApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		resp   *http.Response
		class  cardea.Class
		after  time.Duration
		saying string
	}{
		{"no key", html(403, "Developer Inactive", nil), cardea.Auth, 0, "API key"},
		{"qps by body", html(403, "Developer Over Qps", nil), cardea.Throttled, time.Second, "one second"},
		{"rate by body", html(403, "Developer Over Rate", nil), cardea.Throttled, time.Hour, "quota"},
		{"qps by header", html(403, "no", http.Header{"X-Mashery-Error-Code": {"ERR_403_DEVELOPER_OVER_QPS"}, "Retry-After": {"3"}}),
			cardea.Throttled, 3 * time.Second, "one second"},
		{"rate by header", html(429, "no", http.Header{"X-Mashery-Error-Code": {"ERR_403_DEVELOPER_OVER_RATE"}, "Retry-After": {"90000"}}),
			cardea.Throttled, 25 * time.Hour, "quota"},
		{"596", html(596, "596 Service Not Found", nil), cardea.Rejected, 0, "base_url"},
		{"permission", said(403, row{"code": 403, "message": "Over Qps of nothing"}), cardea.Auth, 0, "may not do this"},
		{"spring", said(403, row{"error": "access_denied", "error_description": "Access is denied"}), cardea.Auth, 0, "Access is denied"},
		{"a proxy", html(502, "Bad Gateway", nil), cardea.Retry, 0, "no JSON"},
		{"precondition", said(412, row{"code": 412, "message": "no passes left"}), cardea.Rejected, 0, "no passes left"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.before = func(*http.Request) (*http.Response, error) { return c.resp, nil }
			_, err := f.system().Describe(t.Context())
			var e *cardea.Error
			if !errors.As(err, &e) || e.Class != c.class || e.After != c.after || !strings.Contains(err.Error(), c.saying) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestDescribePinsTheAccount(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	seen := f.system()
	org, err := seen.Describe(t.Context())
	if err != nil || org.ID != "99" || org.Was != "administrator:1" || org.Name != "House" || org.Who != "acme1357" {
		t.Errorf("%+v, %v", org, err)
	}
	f.before = func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/accounts") {
			return said(403, row{"code": 403, "message": "no"}), nil
		}
		return nil, nil
	}
	if org, err = f.system().Describe(t.Context()); err != nil || org.ID != "administrator:1" || org.Was != "" {
		t.Errorf("%+v, %v", org, err)
	}
	if org, err = seen.Describe(t.Context()); err != nil || org.ID != "99" || org.Name != "House" {
		t.Errorf("whom it was shown before: %+v, %v", org, err)
	}
	f.admins[0]["id"] = 2
	if org, err = seen.Describe(t.Context()); err != nil || org.ID != "administrator:2" {
		t.Errorf("another administrator: %+v, %v", org, err)
	}
	f.before = func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/accounts") {
			return html(403, "Developer Over Rate", nil), nil
		}
		return nil, nil
	}
	if org, err = f.system().Describe(t.Context()); err == nil {
		t.Errorf("pinned %q although the account could not be asked for", org.ID)
	}
}

func TestFindsByExternalIDAndElseByAddress(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.system()
	who := cardea.NewAccount{Person: "rnd/person:66f1", First: "Ana", Last: "Silva", Email: "ana@x.test", Phone: "+1"}
	made, err := s.Create(t.Context(), who)
	if err != nil || made.External != "rnd/person:66f1" || made.Email != "ana@x.test" {
		t.Fatalf("made %+v, %v", made, err)
	}
	if external := fmt.Sprint(f.sent[0]["externalId"]); external != "rnd~2Fperson~3A66f1" {
		t.Errorf("the externalId %q stands in a path and is escaped there", external)
	}
	found, err := s.Find(t.Context(), who)
	if err != nil || len(found) != 1 || found[0].ID != made.ID {
		t.Errorf("found %v, %v", found, err)
	}
	if n := count(f.calls, "GET /users"); n != 0 {
		t.Errorf("all users were listed %d times for somebody with an externalId", n)
	}
	f.user(8, "Bob@x.test", "Bob", "B")["emails"] = []row{{"address": "old@x.test"}, {"address": "Bob@x.test"}}
	for range 3 {
		found, err = s.Find(t.Context(), cardea.NewAccount{Person: "rnd/person:2", Email: "bob@X.test"})
		if err != nil || len(found) != 1 || found[0].ID != "8" || found[0].Email != "Bob@x.test" {
			t.Errorf("found %v, %v", found, err)
		}
	}
	if n := count(f.calls, "GET /users"); n != 1 {
		t.Errorf("all users were listed %d times within a quarter of an hour", n)
	}
	f.users = f.users[:1]
	if found, err = s.Find(t.Context(), cardea.NewAccount{Person: "rnd/person:2", Email: "bob@x.test"}); err != nil || len(found) != 0 {
		t.Errorf("somebody who is gone was found: %v, %v", found, err)
	}
}

func TestATakenExternalIDIsAConflict(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.system()
	who := cardea.NewAccount{Person: "p1", First: "Ana", Last: "Silva"}
	if _, err := s.Create(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(t.Context(), who); cardea.ClassOf(err) != cardea.Conflict {
		t.Errorf("got %v", err)
	}
	if len(f.users) != 1 {
		t.Errorf("%d users", len(f.users))
	}
}

func TestSeveralGroupsOfOneUserGoInOneCall(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "a@x.test", "A", "A")
	f.user(8, "b@x.test", "B", "B")
	f.group(1, "G1", 7)
	f.group(2, "G2")
	f.group(3, "G3")
	s := f.system()
	es := []cardea.Edge{edge("2", "7"), edge("2", "8"), edge("3", "7"), edge("1", "7")}
	refs, errs := s.Grant(t.Context(), es)
	for i := range es {
		if errs[i] != nil || refs[i] == "" {
			t.Errorf("%v: %q, %v", es[i].Key(), refs[i], errs[i])
		}
	}
	if want := []string{"POST /users/7/groups", "PUT /groups/2/users/8"}; !slices.Equal(f.writes(), want) {
		t.Errorf("sent %v, want %v", f.writes(), want)
	}
	for i, err := range s.Revoke(t.Context(), es) {
		if err != nil {
			t.Errorf("%v: %v", es[i].Key(), err)
		}
	}
	if len(f.in(7))+len(f.in(8)) != 0 || len(f.writes()) != 4 {
		t.Errorf("left %v and %v after %v", f.in(7), f.in(8), f.writes())
	}
	for i, err := range s.Revoke(t.Context(), es) {
		if err != nil {
			t.Errorf("%v, taken away again: %v", es[i].Key(), err)
		}
	}
}

func TestOneGroupThatIsGoneStopsNoOther(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "a@x.test", "A", "A")
	f.group(1, "G1")
	f.group(2, "G2")
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("1", "7"), edge("999", "7"), edge("2", "7")})
	if errs[0] != nil || errs[2] != nil || cardea.ClassOf(errs[1]) != cardea.NotFound || len(f.in(7)) != 2 {
		t.Errorf("%v, in %v", errs, f.in(7))
	}
}

func TestTheSeventeenthGroupIsExplained(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "a@x.test", "A", "A")
	for i := range 18 {
		f.group(1+i, fmt.Sprint("G", i))
		if i < 14 {
			f.members[1+i] = []int{7}
		}
	}
	f.hidden[7] = 1
	s := f.system()
	_, errs := s.Grant(t.Context(), []cardea.Edge{edge("15", "7"), edge("16", "7")})
	if errs[0] != nil || cardea.ClassOf(errs[1]) != cardea.Rejected || !strings.Contains(errs[1].Error(), "does not see") {
		t.Errorf("with a hidden group: %v", errs)
	}
	f.hidden[7] = 0
	_, errs = f.system().Grant(t.Context(), []cardea.Edge{edge("16", "7"), edge("17", "7")})
	if errs[0] != nil || cardea.ClassOf(errs[1]) != cardea.Rejected || !strings.Contains(errs[1].Error(), "16 groups") {
		t.Errorf("got %v", errs)
	}
}

func TestAWindowIsRefusedBecauseMembershipsHaveNoDates(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	e := edge("1", "7")
	e.Window.Until = cardea.At(clock)
	if _, errs := f.system().Grant(t.Context(), []cardea.Edge{e}); cardea.ClassOf(errs[0]) != cardea.Rejected || len(f.calls) != 0 {
		t.Errorf("%v after %v", errs[0], f.calls)
	}
}

func TestAnAnswerThatDoesNotShowTheGroupIsUnknown(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "a@x.test", "A", "A")
	f.group(1, "G1")
	f.group(2, "G2")
	f.before = func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost {
			return said(200, row{"data": []row{{"id": 1}}, "count": 1}), nil
		}
		return nil, nil
	}
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("1", "7"), edge("2", "7")})
	if errs[0] != nil || cardea.ClassOf(errs[1]) != cardea.Unknown {
		t.Errorf("got %v", errs)
	}
}

func TestAChangedAddressLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "", "Ana", "Silva")["emails"] = []row{{"address": "ana@x.test", "type": "Home"}, {"address": "second@x.test", "type": "Work"}}
	err := f.system().Rewrite(t.Context(), "7", cardea.NewAccount{First: "Anna", Email: "new@x.test"}, []string{cardea.FieldEmail, cardea.FieldFirst})
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(f.sent[0]["emails"])
	if got != "[map[address:new@x.test type:Home] map[address:second@x.test type:Work]]" || f.users[0]["firstName"] != "Anna" {
		t.Errorf("sent %s, first name %v", got, f.users[0]["firstName"])
	}
	if want := []string{"PATCH /users/7"}; !slices.Equal(f.writes(), want) {
		t.Errorf("sent %v: PUT would erase what it does not name", f.writes())
	}
}

func TestExamineNamesGroupsWithSchedulesOfTheirOwn(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.group(1, "Always")
	f.group(2, "Office hours")
	f.group(3, "Nothing")
	f.doors[1] = []row{{"accessPoint": row{"id": 5, "name": "Lobby"}, "schedule": row{"id": 1, "name": "Always Access"}}}
	f.doors[2] = []row{{"accessPoint": row{"id": 5, "name": "Lobby"}, "schedule": row{"id": 2, "name": "Mon-Fri"}}}
	issues, err := f.system().Examine(t.Context())
	got := map[string]string{}
	for _, i := range issues {
		got[string(i.Group)] += i.Code
	}
	if err != nil || got["1"] != "" || got["2"] != "group-own-times" || got["3"] != "group-opens-nothing" {
		t.Errorf("%v, %v", issues, err)
	}
}

func TestAnAddressAsLoginIsCaughtAndExplained(t *testing.T) {
	t.Parallel()
	if err := brivo.Login("joe@example.test"); cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), "Administrator ID") {
		t.Errorf("got %v", err)
	}
	if err := brivo.Login("acme1357"); err != nil {
		t.Error(err)
	}
}

func TestRegionsAreHostsAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]string{
		{"", "", "https://auth.brivo.com", "https://api.brivo.com/v1/api"},
		{"", "eu", "https://auth.eu.brivo.com", "https://api.eu.brivo.com/v1/api"},
		{"http://127.0.0.1:9090/brivo/", "eu", "http://127.0.0.1:9090/brivo/auth", "http://127.0.0.1:9090/brivo/api/v1/api"},
	} {
		if h, err := brivo.HostsOf(c[0], c[1]); err != nil || h.Auth != c[2] || h.API != c[3] {
			t.Errorf("%v: %+v, %v", c[:2], h, err)
		}
	}
	for _, c := range [][2]string{{"", "uk"}, {"ftp://x", ""}, {"https://u:p@x", ""}} {
		if _, err := brivo.HostsOf(c[0], c[1]); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func count(calls []string, call string) int {
	n := 0
	for _, c := range calls {
		if c == call {
			n++
		}
	}
	return n
}
