package kisi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
)

func TestDescribesTheOrganisation(t *testing.T) {
	t.Parallel()
	got, err := newFake(t).system().Describe(t.Context())
	if want := (cardea.Organisation{ID: "9", Name: "House", Who: "owner@x.test"}); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestDescribeRefusesAHostThatIsNotKisi(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.before = answers("GET", "/organization", func() *http.Response { return said(200, row{"hello": "world"}) })
	if _, err := f.system().Describe(t.Context()); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("got %v", err)
	}
}

func TestReadsUsersByPagesWhoseRangeIsNotClamped(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for i := 2; i <= 250; i++ {
		f.user(i, fmt.Sprintf("u%d@x.test", i), "U")
	}
	in := f.read(kinds(cardea.KindAccount))
	grade(t, in, cardea.KindAccount, cardea.Complete, 250)
	var pages []string
	for _, r := range f.reads {
		if strings.HasPrefix(r, "GET /users?") {
			pages = append(pages, strings.TrimPrefix(r, "GET /users?"))
		}
	}
	if want := []string{"limit=100&offset=0", "limit=100&offset=100", "limit=100&offset=200"}; !slices.Equal(pages, want) {
		t.Errorf("asked %v", pages)
	}
}

func TestNoRowsAreACompleteAnswer(t *testing.T) {
	t.Parallel()
	in := newFake(t).read(kinds(cardea.KindGroup, cardea.KindEdge))
	grade(t, in, cardea.KindGroup, cardea.Complete, 0)
	grade(t, in, cardea.KindEdge, cardea.Complete, 0)
}

func TestAskedLimitAboveTheCapIsFollowed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for i := range 120 {
		f.group(i+1, "G")
	}
	f.before = func(r *http.Request) (*http.Response, error) {
		q := r.URL.Query()
		q.Set("limit", "50") // as a vendor that lowered its cap
		r.URL.RawQuery = q.Encode()
		return nil, nil
	}
	grade(t, f.read(kinds(cardea.KindGroup)), cardea.KindGroup, cardea.Complete, 120)
}

// spoil changes the nth answer of a list.
func (f *fake) spoil(path string, nth int, change func(rows []json.RawMessage, h http.Header) []json.RawMessage) {
	n := 0
	f.after = func(r *http.Request, resp *http.Response) (*http.Response, error) {
		if r.URL.Path != path {
			return resp, nil
		}
		if n++; n != nth {
			return resp, nil
		}
		var rows []json.RawMessage
		if err := json.NewDecoder(resp.Body).Decode(&rows); err != nil {
			return nil, err
		}
		out := said(200, change(rows, resp.Header))
		out.Header = resp.Header
		return out, nil
	}
}

func TestEvidenceOfPages(t *testing.T) {
	t.Parallel()
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	for _, c := range []struct {
		name    string
		nth     int
		change  func(rows []json.RawMessage, h http.Header) []json.RawMessage
		grade   cardea.Grade
		records int
		bad     int
	}{
		{"as it is", 0, nil, cardea.Complete, 300, 0},
		{"a page shorter than its range", 1, func(rows []json.RawMessage, _ http.Header) []json.RawMessage {
			return rows[:200]
		}, cardea.Incomplete, 250, 0},
		{"an empty page", 2, func([]json.RawMessage, http.Header) []json.RawMessage { return []json.RawMessage{} },
			cardea.Incomplete, 250, 0},
		{"a range that names no rows though there are", 2, func(_ []json.RawMessage, h http.Header) []json.RawMessage {
			h.Set("X-Collection-Range", "*/300")
			return []json.RawMessage{}
		}, cardea.Incomplete, 250, 0},
		{"another total on the second page", 2, func(rows []json.RawMessage, h http.Header) []json.RawMessage {
			h.Set("X-Collection-Range", "250-499/299")
			return rows[:49]
		}, cardea.Incomplete, 299, 0},
		{"a row that came before", 2, func(rows []json.RawMessage, _ http.Header) []json.RawMessage {
			rows[0] = raw(`{"id":1,"name":"G"}`)
			return rows
		}, cardea.Incomplete, 299, 0},
		{"no range at all", 2, func(rows []json.RawMessage, h http.Header) []json.RawMessage {
			h.Del("X-Collection-Range")
			return rows
		}, cardea.Complete, 300, 0},
		{"a range that cannot be read", 2, func(rows []json.RawMessage, h http.Header) []json.RawMessage {
			h.Set("X-Collection-Range", "250-/300")
			return rows
		}, cardea.Incomplete, 300, 0},
		{"a range of another page", 2, func(rows []json.RawMessage, h http.Header) []json.RawMessage {
			h.Set("X-Collection-Range", "200-249/300")
			return rows
		}, cardea.Incomplete, 300, 0},
		{"a row with text as its id", 1, func(rows []json.RawMessage, _ http.Header) []json.RawMessage {
			rows[7] = raw(`{"id":"8","name":"G"}`)
			return rows
		}, cardea.Incomplete, 299, 1},
		{"a named row that cannot be read", 1, func(rows []json.RawMessage, _ http.Header) []json.RawMessage {
			rows[7] = raw(`{"id":8,"name":7}`)
			return rows
		}, cardea.Complete, 299, 1},
		{"a row that is no object", 1, func(rows []json.RawMessage, _ http.Header) []json.RawMessage {
			rows[7] = raw(`null`)
			return rows
		}, cardea.Incomplete, 299, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			for i := range 300 {
				f.group(i+1, "G")
			}
			f.spoil("/groups", c.nth, c.change)
			in := f.read(kinds(cardea.KindGroup))
			grade(t, in, cardea.KindGroup, c.grade, c.records)
			if got := len(in.Collection(cardea.KindGroup).BadOnes()); got != c.bad {
				t.Errorf("%d bad rows", got)
			}
		})
	}
}

func TestListsWithoutAnyRangeAreWeak(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for i := range 300 {
		f.group(i+1, "G")
	}
	f.right(5, 7, "User", 1, "group_basic", nil, nil)
	f.after = func(_ *http.Request, resp *http.Response) (*http.Response, error) {
		resp.Header.Del("X-Collection-Range")
		return resp, nil
	}
	in := f.read(kinds(cardea.KindGroup, cardea.KindEdge))
	grade(t, in, cardea.KindGroup, cardea.Weak, 300)
	grade(t, in, cardea.KindEdge, cardea.Weak, 1)
}

func TestNullIsNoList(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.before = answers("GET", "/groups", func() *http.Response { return said(200, json.RawMessage("null")) })
	grade(t, f.read(kinds(cardea.KindGroup)), cardea.KindGroup, cardea.Failed, 0)
}

func TestTruncatedAnswerStopsOnlyItsCollection(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.right(5, 7, "User", 1, "group_basic", nil, nil)
	f.before = answers("GET", "/groups", func() *http.Response {
		resp := said(200, nil)
		resp.Body = http.NoBody
		return resp
	})
	in := f.read(kinds(cardea.KindGroup, cardea.KindEdge))
	grade(t, in, cardea.KindGroup, cardea.Failed, 0)
	grade(t, in, cardea.KindEdge, cardea.Complete, 1)
}

func TestUsersBeyondTheCeilingAreNotTakenForGone(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for i := 2; i <= 20101; i++ {
		f.users = append(f.users, row{"id": i, "email": "", "name": "U", "access_enabled": true, "scim_access_enabled": true})
	}
	in := f.read(kinds(cardea.KindAccount))
	grade(t, in, cardea.KindAccount, cardea.Incomplete, 20100)
	if why := in.Collection(cardea.KindAccount).Evidence().Why(); !strings.Contains(why, "ceiling") {
		t.Errorf("it says %q", why)
	}
}

func TestRefusedCredentialsEndTheRead(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.before = func(*http.Request) (*http.Response, error) {
		return said(401, row{"code": "afc496", "error": "access denied"}), nil
	}
	scope := kinds(cardea.KindGroup, cardea.KindAccount, cardea.KindEdge)
	in := cardea.NewIntake(scope, nil)
	err := f.system().Read(t.Context(), scope, in)
	if cardea.ClassOf(err) != cardea.Auth || !strings.Contains(err.Error(), "access denied (code afc496)") {
		t.Errorf("got %v", err)
	}
	grade(t, in, cardea.KindEdge, cardea.Failed, 0)
}

func TestOneForbiddenListDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.before = answers("GET", "/groups", func() *http.Response { return said(403, row{"code": "fcd8ef", "error": "no"}) })
	in := f.read(kinds(cardea.KindGroup, cardea.KindEdge))
	grade(t, in, cardea.KindGroup, cardea.Failed, 0)
	grade(t, in, cardea.KindEdge, cardea.Complete, 0)
}

func accounts(in *cardea.Intake) map[string]cardea.Account {
	out := map[string]cardea.Account{}
	for _, r := range in.Collection(cardea.KindAccount).Records() {
		if a, ok := r.(cardea.Account); ok {
			out[string(a.ID)] = a
		}
	}
	return out
}

func TestAccountsAreShutUnlessBothSwitchesAreOn(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "a@x.test", "A")["access_enabled"] = false
	f.user(3, "b@x.test", "B")["scim_access_enabled"] = false
	u := f.user(4, "c@x.test", "C")
	u["metadata"] = row{"cardea_person": "rnd/person:42", "floor": 3}
	delete(u, "scim_access_enabled")
	got := accounts(f.read(kinds(cardea.KindAccount)))
	if !got["2"].Shut || !got["3"].Shut || got["4"].Shut || got["1"].Shut {
		t.Errorf("got %+v", got)
	}
	if want := (cardea.Account{ID: "4", Name: "C", Email: "c@x.test", External: "rnd/person:42"}); got["4"] != want {
		t.Errorf("got %+v", got["4"])
	}
}

// withStaff has one of each kind of staff, and user 7 who is nobody special.
func withStaff(t *testing.T) *fake {
	t.Helper()
	f := newFake(t)
	for i := 2; i <= 7; i++ {
		f.user(i, fmt.Sprintf("u%d@x.test", i), "U")
	}
	on := func(id int, what string, who string, holder int, role string) {
		f.rights = append(f.rights, row{
			"id": id, "role_id": role, "applies_to_type": what, "applies_to_id": 9, "assignee_type": who, "assignee_id": holder,
		})
	}
	on(100, "Organization", "User", 2, "organization_administrator")
	on(101, "Place", "User", 3, "place_observer")
	f.right(102, 50, "User", 4, "group_manager", nil, nil)
	on(103, "Organization", "Team", 70, "observer")
	f.members = append(f.members, row{"id": 1, "team_id": 70, "member_type": "User", "member_id": 5},
		row{"id": 2, "team_id": 71, "member_type": "User", "member_id": 7})
	f.right(104, 50, "User", 7, "group_basic", nil, nil)
	return f
}

func TestStaffIsRecognised(t *testing.T) {
	t.Parallel()
	f := withStaff(t)
	got := map[string]string{}
	for id, a := range accounts(f.read(kinds(cardea.KindAccount))) {
		got[id] = a.Staff
	}
	want := map[string]string{
		"1": "the account behind the connection", "2": "holds organization_administrator in the organisation",
		"3": "holds place_observer at a place", "4": "holds group_manager in a group",
		"5": "holds observer in the organisation through a team", "6": "", "7": "",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	// The same for one account alone, and for one that is looked up.
	one := accounts(f.read(cardea.Scope{Kinds: []cardea.Kind{cardea.KindAccount}, Accounts: []cardea.AccountID{"2"}}))
	if len(one) != 1 || one["2"].Staff == "" {
		t.Errorf("alone: %+v", one)
	}
	found, err := f.system().Find(t.Context(), cardea.NewAccount{Email: "u3@x.test"})
	if err != nil || len(found) != 1 || found[0].Staff == "" {
		t.Errorf("looked up: %+v, %v", found, err)
	}
}

func TestAccountsAreNotReadWithoutTheStaff(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*fake){
		"refused": func(f *fake) {
			f.before = answers("GET", "/role_assignments", func() *http.Response { return said(503, nil) })
		},
		"short": func(f *fake) {
			f.spoil("/role_assignments", 3, func([]json.RawMessage, http.Header) []json.RawMessage { return []json.RawMessage{} })
		},
		"unreadable": func(f *fake) {
			f.spoil("/role_assignments", 3, func(rows []json.RawMessage, _ http.Header) []json.RawMessage {
				rows[0] = json.RawMessage(`{"id":100,"role_id":"owner","applies_to_type":"Organization","assignee_type":"User"}`)
				return rows
			})
		},
		"without the key's own user": func(f *fake) {
			f.before = answers("GET", "/user", func() *http.Response { return said(200, row{}) })
		},
	} {
		f := withStaff(t)
		spoil(f)
		in := f.read(kinds(cardea.KindAccount))
		t.Log(name, in.Collection(cardea.KindAccount).Evidence().Why())
		grade(t, in, cardea.KindAccount, cardea.Failed, 0)
	}
}

func TestSingleRecordsByID(t *testing.T) {
	t.Parallel()
	f := withStaff(t)
	f.group(50, "First floor")["place"] = row{"id": 3, "name": "London"}
	in := f.read(cardea.Scope{Keys: []cardea.Key{
		{Kind: cardea.KindAccount, ID: "7"}, {Kind: cardea.KindAccount, ID: "77"}, {Kind: cardea.KindAccount, ID: "x"},
		{Kind: cardea.KindGroup, ID: "50"}, {Kind: cardea.KindGroup, ID: "51"},
		{Kind: cardea.KindEdge, ID: "50/7"}, {Kind: cardea.KindEdge, ID: "50/6"},
	}})
	for k, want := range map[cardea.Kind]struct{ have, miss, bad int }{
		cardea.KindAccount: {1, 1, 1}, cardea.KindGroup: {1, 1, 0}, cardea.KindEdge: {1, 1, 0},
	} {
		p := in.Collection(k)
		if len(p.Records()) != want.have || len(p.MissingOnes()) != want.miss || len(p.BadOnes()) != want.bad ||
			p.Evidence().Grade() != cardea.Complete {
			t.Errorf("%s: %v, missing %v, bad %v, %s", k, p.Records(), p.MissingOnes(), p.BadOnes(), p.Evidence().Why())
		}
	}
	if got := in.Collection(cardea.KindGroup).Records()[0]; got != (cardea.Group{ID: "50", Name: "First floor", Place: "London"}) {
		t.Errorf("got %+v", got)
	}
}

func TestBrokenLineEndsACollectionAsIncomplete(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for i := range 300 {
		f.group(i+1, "G")
	}
	f.before = func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("offset") == "250" {
			return nil, errors.New("reset by peer")
		}
		return nil, nil
	}
	grade(t, f.read(kinds(cardea.KindGroup)), cardea.KindGroup, cardea.Incomplete, 250)
}
