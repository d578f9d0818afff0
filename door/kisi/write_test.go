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

func TestFuzzySearchFindsNobodyElse(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "joe@x.test", "Joe")
	f.user(3, "joanne@x.test", "Joe Bloggs")
	f.user(4, "Joe.Bloggs@X.test", "J")
	old := f.user(5, "old@y.test", "Mia Mill")
	old["metadata"] = row{"cardea_person": "rnd/person:5"}
	f.users = append(f.users, row{"id": "bad", "email": "joe@z.test", "name": 3}) // another's broken record blocks nobody
	for _, c := range []struct {
		who  cardea.NewAccount
		want []cardea.AccountID
	}{
		{cardea.NewAccount{Email: "joe.bloggs@x.test", Name: "Joe Bloggs"}, []cardea.AccountID{"4"}},
		{cardea.NewAccount{Email: " joe@x.test ", Person: "rnd/person:1"}, []cardea.AccountID{"2"}},
		{cardea.NewAccount{Email: "jo@x.test", Name: "Joe Bloggs", Person: "rnd/person:1"}, nil},
		{cardea.NewAccount{Email: "new@x.test", Name: "Mia Mill", Person: "rnd/person:5"}, []cardea.AccountID{"5"}},
		{cardea.NewAccount{Name: "Joe Bloggs"}, nil}, // never by name
		{cardea.NewAccount{}, nil},
	} {
		found, err := f.system().Find(t.Context(), c.who)
		if err != nil {
			t.Fatal(err)
		}
		var got []cardea.AccountID
		for _, a := range found {
			got = append(got, a.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v is %v, want %v", c.who, got, c.want)
		}
	}
}

func TestFindIsNotSureOfAShortList(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(2, "joe@x.test", "Joe")
	f.spoil("/users", 1, func([]json.RawMessage, http.Header) []json.RawMessage { return []json.RawMessage{} })
	if found, err := f.system().Find(t.Context(), cardea.NewAccount{Email: "joe@x.test"}); cardea.ClassOf(err) != cardea.Retry {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestCreatesUsersWithTheMailSwitchesAsked(t *testing.T) {
	t.Parallel()
	for mails, want := range map[cardea.Mails]row{
		cardea.MailsDefault: {},
		cardea.MailsAlways:  {"send_emails": true},
		cardea.MailsNever:   {"send_emails": false, "confirm": true},
	} {
		f := newFake(t)
		want["email"], want["name"], want["metadata"] = "ana@x.test", "Ana Ant", row{"cardea_person": "rnd/person:1"}
		got, err := f.system().Create(t.Context(), cardea.NewAccount{
			Person: "rnd/person:1", Name: "Ana Ant", Email: "ana@x.test", Phone: "1", Mails: mails,
		})
		if w := (cardea.Account{ID: "1001", Name: "Ana Ant", Email: "ana@x.test", External: "rnd/person:1"}); err != nil || got != w {
			t.Errorf("%s: %+v, %v", mails, got, err)
		}
		if d := cmp.Diff(want, f.sent[0]); d != "" || len(f.writes) != 1 {
			t.Errorf("%s: %s %v", mails, d, f.writes)
		}
	}
}

func TestCreateSaysWhyNot(t *testing.T) {
	t.Parallel()
	ana := cardea.NewAccount{Person: "rnd/person:1", Name: "Ana", Email: "ana@x.test"}
	for _, c := range []struct {
		name  string
		who   cardea.NewAccount
		gives func() *http.Response
		want  cardea.Class
		text  string
	}{
		{"taken, 409", cardea.NewAccount{Name: "O", Email: "OWNER@x.test"}, nil, cardea.Conflict, "User exists (code 000409)"},
		{"taken, 422", ana, func() *http.Response {
			return said(422, row{"errors": row{"email": []string{"has already been taken"}}})
		}, cardea.Conflict, "email has already been taken"},
		{"invalid", ana, func() *http.Response {
			return said(422, row{"errors": row{"email": []string{"is invalid"}, "name": []string{"is missing"}}})
		}, cardea.Rejected, "email is invalid; name is missing"},
		{"forbidden", ana, func() *http.Response { return said(403, row{"code": "fcd8ef", "error": "No"}) }, cardea.Auth, "fcd8ef"},
		{"limited", ana, func() *http.Response { return said(429, nil) }, cardea.Throttled, "429"},
		{"no id", ana, func() *http.Response { return said(200, row{"email": "ana@x.test"}) }, cardea.Unknown, "id"},
		{"wrapped answer", ana, func() *http.Response { return said(200, row{"user": row{"id": 3}}) }, cardea.Unknown, "id"},
		{"no e-mail", cardea.NewAccount{Name: "Ana", Email: "  "}, nil, cardea.Rejected, "e-mail"},
	} {
		f := newFake(t)
		if c.gives != nil {
			f.before = answers("POST", "/users", c.gives)
		}
		got, err := f.system().Create(t.Context(), c.who)
		if cardea.ClassOf(err) != c.want || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %+v, %s, %v", c.name, got, cardea.ClassOf(err), err)
		}
		if len(f.users) != 1 {
			t.Errorf("%s: a user was made", c.name)
		}
	}
}

func TestExternalIDThatDoesNotFitIsLeftOut(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	long := cardea.PersonID(strings.Repeat("x", 501))
	if _, err := f.system().Create(t.Context(), cardea.NewAccount{Person: long, Name: "A", Email: "a@x.test"}); err != nil {
		t.Fatal(err)
	}
	if _, has := f.sent[0]["metadata"]; has {
		t.Errorf("sent %v", f.sent[0])
	}
}

// window is one hour on a November morning.
var window = cardea.Window{From: at("2026-11-23T09:00:00Z"), Until: at("2026-11-23T10:00:00Z")}

func TestGrantsInTheNewFormWithWindowAndMails(t *testing.T) {
	t.Parallel()
	num := func(s string) json.Number { return json.Number(s) }
	for _, c := range []struct {
		name string
		edge cardea.Edge
		want row
	}{
		{"open", cardea.Edge{Window: cardea.Forever}, row{}},
		{"window, default mails", cardea.Edge{Window: window, Mails: cardea.MailsDefault},
			row{"valid_from": "2026-11-23T09:00:00Z", "valid_until": "2026-11-23T10:00:00Z"}},
		{"end only, always", cardea.Edge{Window: cardea.Window{From: cardea.Always, Until: window.Until}, Mails: cardea.MailsAlways},
			row{"valid_until": "2026-11-23T10:00:00Z", "notify": true}},
		{"begin only, never", cardea.Edge{Window: cardea.Window{From: window.From, Until: cardea.Never}, Mails: cardea.MailsNever},
			row{"valid_from": "2026-11-23T09:00:00Z", "notify": false}},
		{"fractions", cardea.Edge{Window: cardea.Window{From: window.From - 1, Until: window.Until + 1}},
			row{"valid_from": "2026-11-23T09:00:00Z", "valid_until": "2026-11-23T10:00:00Z"}},
	} {
		f := newFake(t)
		c.edge.Group, c.edge.Account = "50", "7"
		want := row{
			"applies_to_type": "Group", "applies_to_id": num("50"), "assignee_type": "User", "assignee_id": num("7"),
			"role_id": "group_basic",
		}
		for k, v := range c.want {
			want[k] = v
		}
		refs, errs := f.system().Grant(t.Context(), []cardea.Edge{c.edge})
		if errs[0] != nil || refs[0] != "1001" {
			t.Errorf("%s: %v, %v", c.name, refs, errs)
			continue
		}
		if d := cmp.Diff(want, f.sent[0]); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestRightThatIsThereAlready(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		role  string
		until any
		as    int
		want  cardea.Class
	}{
		{"the same", "group_basic", "2026-11-23T10:00:00.000Z", 409, ""},
		{"the same, told by 422", "group_basic", "2026-11-23T11:00:00+01:00", 422, ""},
		{"another window", "group_basic", nil, 409, cardea.Conflict},
		{"another role", "group_manager", "2026-11-23T10:00:00Z", 409, cardea.Conflict},
	} {
		f := newFake(t)
		f.right(33, 50, "User", 7, c.role, "2026-11-23T09:00:00Z", c.until)
		if c.as == 422 {
			f.before = answers("POST", "/role_assignments", func() *http.Response {
				return said(422, row{"errors": row{"assignee": []string{"has already been taken"}}})
			})
		}
		refs, errs := f.system().Grant(t.Context(), []cardea.Edge{{Group: "50", Account: "7", Window: window}})
		if cardea.ClassOf(errs[0]) != c.want || (c.want == "") != (refs[0] == "33") || len(f.rights) != 1 {
			t.Errorf("%s: %v, %v", c.name, refs, errs)
		}
	}
}

func TestVendorThatKeepsAnotherWindowIsNotBelieved(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.after = func(r *http.Request, resp *http.Response) (*http.Response, error) {
		if r.Method == http.MethodPost {
			f.rights[0]["valid_until"] = nil
			return said(200, f.rights[0]), nil
		}
		return resp, nil
	}
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{{Group: "50", Account: "7", Window: window}})
	if cardea.ClassOf(errs[0]) != cardea.Unknown || !strings.Contains(errs[0].Error(), "until never") {
		t.Errorf("got %v", errs)
	}
}

func TestEdgesThatKisiCannotHoldAreNotSent(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for _, e := range []cardea.Edge{
		{Group: "x", Account: "7", Window: window}, {Group: "50", Account: "Team:7", Window: window},
		{Group: "50", Account: "07", Window: window}, {Group: "50", Account: "-7", Window: window},
		{Group: "50", Account: "7", Window: window, Foreign: "role group_manager"},
		{Group: "50", Account: "7", Window: cardea.Window{From: window.Until, Until: window.From}},
		{Group: "50", Account: "7", Window: cardea.Window{From: window.From + 1, Until: window.From + 2}},
	} {
		if _, errs := f.system().Grant(t.Context(), []cardea.Edge{e}); cardea.ClassOf(errs[0]) != cardea.Rejected {
			t.Errorf("%+v: %v", e, errs)
		}
	}
	if len(f.writes) != 0 {
		t.Errorf("sent %v", f.writes)
	}
}

func TestErrorsStandByPosition(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	refs, errs := f.system().Grant(t.Context(), []cardea.Edge{
		{Group: "50", Account: "x", Window: window}, {Group: "50", Account: "7", Window: window},
	})
	if errs[0] == nil || errs[1] != nil || refs[1] != "1001" {
		t.Errorf("got %v, %v", refs, errs)
	}
}

func TestRevokes(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.right(33, 50, "User", 7, "group_basic", nil, nil)
	f.right(34, 50, "User", 8, "group_basic", nil, nil)
	f.right(35, 50, "User", 9, "group_manager", nil, nil)
	f.right(36, 51, "User", 8, "group_basic", nil, nil)
	errs := f.system().Revoke(t.Context(), []cardea.Edge{
		{Group: "50", Account: "7", Ref: "33"}, // 204 without a body
		{Group: "50", Account: "7", Ref: "33"}, // gone by now: 404
		{Group: "50", Account: "8"},            // looked up
		{Group: "50", Account: "99"},           // nothing there
		{Group: "50", Account: "9"},            // another role
		{Group: "50", Account: "9", Ref: "35", Foreign: "role group_manager"},
		{Group: "50", Account: "9", Ref: "abc"},
	})
	want := []cardea.Class{"", "", "", "", cardea.Conflict, cardea.Rejected, cardea.Rejected}
	for i, err := range errs {
		if cardea.ClassOf(err) != want[i] {
			t.Errorf("%d: %v", i, err)
		}
	}
	gone := []string{"DELETE /role_assignments/33", "DELETE /role_assignments/33", "DELETE /role_assignments/34"}
	if !slices.Equal(f.writes, gone) {
		t.Errorf("wrote %v", f.writes)
	}
	if len(f.rights) != 2 {
		t.Errorf("left %v", f.rights)
	}
}

func TestRetimeCutShortAnywhereEndsWithOneEdge(t *testing.T) {
	t.Parallel()
	was := cardea.Edge{Group: "50", Account: "7", Ref: "33", Window: cardea.Window{From: window.From, Until: cardea.Never}}
	now := cardea.Edge{Group: "50", Account: "7", Window: window, Mails: cardea.MailsAlways}
	lost := errors.New("reset by peer")
	for step := range 5 { // look, delete, create, and nothing more
		for _, effect := range []string{"before it took effect", "after it took effect", "as 503", "as 429"} {
			t.Run(fmt.Sprintf("step %d %s", step, effect), func(t *testing.T) {
				t.Parallel()
				f := newFake(t)
				f.right(33, 50, "User", 7, "group_basic", "2026-11-23T09:00:00Z", nil)
				n := 0
				f.before = func(*http.Request) (*http.Response, error) {
					if n++; n-1 != step {
						return nil, nil
					}
					switch effect {
					case "before it took effect":
						return nil, lost
					case "as 503":
						return said(503, nil), nil
					case "as 429":
						return said(429, nil), nil
					}
					return nil, nil
				}
				f.after = func(_ *http.Request, resp *http.Response) (*http.Response, error) {
					if n-1 == step && effect == "after it took effect" {
						return nil, lost
					}
					return resp, nil
				}
				var ref string
				var err error
				tries := 0
				for ; tries < 3; tries++ {
					if ref, err = f.system().Retime(t.Context(), was, now); err == nil {
						break
					}
				}
				if err != nil || tries > 1 {
					t.Fatalf("%v after %d tries", err, tries)
				}
				// Doing it once more changes nothing.
				before := len(f.writes)
				if again, err := f.system().Retime(t.Context(), was, now); err != nil || again != ref || len(f.writes) != before {
					t.Errorf("again: %s, %v, %v", again, err, f.writes)
				}
				if len(f.rights) != 1 || fmt.Sprint(f.rights[0]["id"]) != ref || f.rights[0]["valid_until"] != "2026-11-23T10:00:00Z" {
					t.Errorf("ended with %v, ref %s", f.rights, ref)
				}
				for _, s := range f.sent {
					if s["notify"] != false {
						t.Errorf("told the person: %v", s)
					}
				}
			})
		}
	}
}

func TestRetimeLeavesAloneWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	was := cardea.Edge{Group: "50", Account: "7", Ref: "33", Window: cardea.Forever}
	now := cardea.Edge{Group: "50", Account: "7", Window: window}
	for _, c := range []struct {
		name     string
		role     string
		ref      int
		until    any
		was, now cardea.Edge
		want     cardea.Class
	}{
		{"another role", "group_manager", 33, nil, was, now, cardea.Conflict},
		{"another's window", "group_basic", 44, "2026-12-01T00:00:00Z", was, now, cardea.Conflict},
		{"another group", "group_basic", 33, nil, was, cardea.Edge{Group: "51", Account: "7", Window: window}, cardea.Rejected},
		{"an empty window", "group_basic", 33, nil, was, cardea.Edge{Group: "50", Account: "7"}, cardea.Rejected},
	} {
		f := newFake(t)
		f.right(c.ref, 50, "User", 7, c.role, nil, c.until)
		_, err := f.system().Retime(t.Context(), c.was, c.now)
		if cardea.ClassOf(err) != c.want || len(f.writes) != 0 {
			t.Errorf("%s: %v, wrote %v", c.name, err, f.writes)
		}
	}
}

func TestRetimeMakesTheEdgeThatIsMissing(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	ref, err := f.system().Retime(t.Context(), cardea.Edge{Group: "50", Account: "7", Ref: "33", Window: cardea.Forever},
		cardea.Edge{Group: "50", Account: "7", Window: window})
	if err != nil || ref != "1001" || len(f.rights) != 1 || len(f.writes) != 1 {
		t.Errorf("%s, %v, wrote %v", ref, err, f.writes)
	}
}
