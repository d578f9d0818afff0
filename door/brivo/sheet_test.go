package brivo_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/brivo"
)

// answering has one kind of request answered by something else.
func (f *fake) answering(method, tail string, answer func() *http.Response) {
	f.before = func(r *http.Request) (*http.Response, error) {
		if r.Method == method && strings.HasSuffix(r.URL.Path, tail) {
			return answer(), nil
		}
		return nil, nil
	}
}

func TestFieldsThatAreLeftOutAreEmptyAndNoFlaw(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.users = []row{{"id": 7, "created": "2026-02-03T09:14:07Z"}, {"id": 8, "firstName": "Ana", "lastName": "Silva", "created": "x"}}
	f.group(1, "Nobody in it")
	in := f.read(f.system(), cardea.Scope{})
	grade(t, in, cardea.KindAccount, cardea.Complete, 2)
	grade(t, in, cardea.KindEdge, cardea.Complete, 0) // an empty list is a whole answer
	got := accounts(in)
	if a := got["7"]; a.Shut || a.Name+a.Email+a.External+a.Phone+a.Staff != "" {
		t.Errorf("of nothing became %+v", a)
	}
	if got["8"].Name != "Ana Silva" {
		t.Errorf("%+v", got["8"])
	}
}

// TestWhatLooksLikeAnAddressOrAnEndIsNone: clients read a top-level email, which is not there; and effectiveTo is of the PIN.
func TestWhatLooksLikeAnAddressOrAnEndIsNone(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	u := f.user(7, "right@x.test", "Ana", "Silva")
	u["email"], u["pin"], u["effectiveFrom"], u["effectiveTo"] = "wrong@x.test", "1234", "2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z"
	u["identityType"], u["emails"] = "Visitor", []row{{"id": 4, "address": "right@x.test", "type": "home"}}
	f.group(1, "G", 7)
	in := f.read(f.system(), cardea.Scope{})
	if a := accounts(in)["7"]; a.Email != "right@x.test" || a.Shut {
		t.Errorf("%+v", a)
	}
	for _, r := range in.Collection(cardea.KindEdge).Records() {
		if e, ok := r.(cardea.Edge); !ok || e.Window != cardea.Forever || e.Shut {
			t.Errorf("%+v", r)
		}
	}
}

func TestTimesOfEveryShapeAreRead(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-11-23T09:00:00Z":          end,
		"2026-11-23T09:00:00.120Z":      end.Add(120 * time.Millisecond),
		"2026-11-23T10:00:00+01:00":     end,
		"2026-11-23T10:00:00.000+0100":  end,
		"2026-11-23":                    end.Add(-9 * time.Hour),
		"2026-11-23T04:00:00.500-05:00": end.Add(500 * time.Millisecond),
	} {
		f, _, s := passing(t, brivo.PassesBrivoApp, "")
		f.answering("POST", "/digital-invitations", func() *http.Response {
			return said(200, row{"id": 1, "credentialId": 2, "accessCode": "q7Zt2bLm", "status": "PENDING", "created": text, "expiration": text})
		})
		must(t, settle(t, s, runs))
		issued, _, err := s.Passes(t.Context())
		if err != nil || len(issued) != 1 || issued[0].Expires != cardea.At(want) {
			t.Errorf("%s: %+v, %v", text, issued, err)
		}
	}
}

// TestNoListIsFiltered: eq means "contains", filters on addresses are not documented, and one that is unknown may be ignored.
// The one that is used is the status of invitations.
func TestNoListIsFiltered(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "ana@x.test", "Ana", "Silva")
	f.group(1, "G", 7)
	f.before = func(r *http.Request) (*http.Response, error) {
		if q := r.URL.Query(); q.Has("filter") {
			t.Errorf("%s asks for %q", r.URL.Path, q.Get("filter"))
		}
		if q := r.URL.RawQuery; strings.HasSuffix(r.URL.Path, "/users/7/groups") && q != "" {
			t.Errorf("a list without pages is asked for %q", q)
		}
		return nil, nil
	}
	s := f.system()
	f.read(s, cardea.Scope{})
	f.read(s, cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Accounts: []cardea.AccountID{"7"}})
	for _, p := range []cardea.NewAccount{{Person: "p1", Email: "ana@x.test"}, {Email: "nobody@x.test"}} {
		if _, err := f.system().Find(t.Context(), p); err != nil {
			t.Error(err)
		}
	}
	f, _, s = passing(t, brivo.PassesBrivoApp, "")
	f.before = func(r *http.Request) (*http.Response, error) {
		lists := r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/digital-invitations")
		if lists && r.URL.RawQuery != "filter=status__eq%3Aall&offset=0&pageSize=100" {
			t.Errorf("asked for %q: without a status only those come that are pending", r.URL.RawQuery)
		}
		return nil, nil
	}
	must(t, settle(t, s, runs))
}

// TestALookupThatFailsIsNotNobody: whoever takes an error for "there is no such user" makes a second one.
func TestALookupThatFailsIsNotNobody(t *testing.T) {
	t.Parallel()
	who := cardea.NewAccount{Person: "p1", Email: "ana@x.test"}
	for _, c := range []struct {
		name, tail string
		answer     func() *http.Response
	}{
		{"by externalId, down", "/external", func() *http.Response { return said(503, row{"code": 503, "message": "later"}) }},
		{"by externalId, bad", "/external", func() *http.Response { return said(400, row{"code": 400, "message": "Invalid criteria provided"}) }},
		{"by externalId, a page of a gateway", "/external", func() *http.Response { return html(596, "596 Service Not Found", nil) }},
		{"by address, down", "/users", func() *http.Response { return said(503, nil) }},
		{"by address, short", "/users", func() *http.Response { return said(200, row{"data": []row{}, "count": 4}) }},
		{"by address, no list", "/users", func() *http.Response { return said(200, row{"message": "ok"}) }},
		{"by address, another filter than ours", "/users", func() *http.Response {
			return said(400, row{"code": 400, "message": "Invalid filter format"})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.answering("GET", c.tail, c.answer)
			if found, err := f.system().Find(t.Context(), who); err == nil {
				t.Errorf("found %v", found)
			}
		})
	}
}

func TestNobodyIsFoundByName(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "", "Ana", "Silva")
	f.user(8, "other@x.test", "Ana", "Silva")
	for _, email := range []string{"ana@x.test", ""} {
		found, err := f.system().Find(t.Context(), cardea.NewAccount{Person: "p1", First: "Ana", Last: "Silva", Name: "Ana Silva", Email: email})
		if err != nil || len(found) != 0 {
			t.Errorf("%q: %v, %v", email, found, err)
		}
	}
}

// TestTextsOfErrorsDecideNothing: the reference and the recordings have two for most.
func TestTextsOfErrorsDecideNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"User not found", "Requested user not found", "Group not found", "Unknown Group", "Digital invitation not found", "Developer Over Qps",
		"No credential could be retrieved for credential id: 5", "",
	} {
		f, _, s := passing(t, brivo.PassesBrivoApp, "")
		must(t, settle(t, s, runs))
		f.group(1, "G", 7)
		f.group(2, "G2", 7)
		f.before = func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodDelete || strings.Contains(r.URL.Path, "/external") {
				return said(404, row{"code": 404, "message": text}), nil
			}
			return nil, nil
		}
		if errs := s.Revoke(t.Context(), []cardea.Edge{edge("1", "7")}); errs[0] != nil {
			t.Errorf("%q: revoked with %v", text, errs[0])
		}
		if found, err := s.Find(t.Context(), cardea.NewAccount{Person: "p1"}); err != nil || len(found) != 0 {
			t.Errorf("%q: found %v, %v", text, found, err)
		}
		if err := settle(t, s, ended); err != nil || states(t, s) != "" {
			t.Errorf("%q: withdrawn with %v, left %q", text, err, states(t, s))
		}
		f.before = func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/whoami") {
				return nil, nil
			}
			return said(404, row{"code": 404, "message": text}), nil
		}
		if _, errs := s.Grant(t.Context(), []cardea.Edge{edge("1", "7")}); cardea.ClassOf(errs[0]) != cardea.NotFound {
			t.Errorf("%q: granted with %v", text, errs[0])
		}
	}
}

// TestEveryAnswerOfTheTwoHundredsIsASuccess: 200 is documented where 201 was recorded, and the other way round; a 204 has no body.
func TestEveryAnswerOfTheTwoHundredsIsASuccess(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 204} {
		f, _, s := passing(t, brivo.PassesBrivoApp, brivo.PassesRemove)
		f.group(1, "G")
		f.after = func(r *http.Request, resp *http.Response) (*http.Response, error) {
			if r.Method != http.MethodGet && resp.StatusCode < 300 && (status != 204 || r.Method != http.MethodPost) {
				resp.StatusCode = status
				if status == 204 {
					resp.Body = http.NoBody
				}
			}
			return resp, nil
		}
		made, err := s.Create(t.Context(), cardea.NewAccount{Person: "p9", First: "Bo", Last: "B"})
		if err != nil || made.ID == "" {
			t.Errorf("%d: made %+v, %v", status, made, err)
		}
		if _, errs := s.Grant(t.Context(), []cardea.Edge{edge("1", "7")}); errs[0] != nil {
			t.Errorf("%d: %v", status, errs[0])
		}
		if errs := s.Revoke(t.Context(), []cardea.Edge{edge("1", "7")}); errs[0] != nil {
			t.Errorf("%d: %v", status, errs[0])
		}
		must(t, settle(t, s, runs))
		must(t, settle(t, s, ended))
		if f.invitations[7][0]["status"] != "CANCELLED" {
			t.Errorf("%d: %v", status, f.invitations[7])
		}
	}
}

func TestATakenExternalIDIsAConflictWhateverTheStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 409, 412} {
		f := newFake(t)
		s := f.system()
		who := cardea.NewAccount{Person: "p1", First: "Ana", Last: "Silva"}
		if _, err := s.Create(t.Context(), who); err != nil {
			t.Fatal(err)
		}
		f.answering("POST", "/users", func() *http.Response { return said(status, row{"code": status, "message": "no"}) })
		if _, err := s.Create(t.Context(), who); cardea.ClassOf(err) != cardea.Conflict {
			t.Errorf("%d: %v", status, err)
		}
		other := who
		other.Person = "p2" // refused for another reason
		if _, err := s.Create(t.Context(), other); status != 409 && cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%d of somebody who is not there: %v", status, err)
		}
	}
}

// TestAUserIsSentWithWhatIsDocumentedAlone: suspended and customFields are no inputs, a PIN and its dates are not ours, and what a
// person lacks is left out rather than sent empty.
func TestAUserIsSentWithWhatIsDocumentedAlone(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.system()
	for _, who := range []cardea.NewAccount{
		{Person: "p1", First: "Ana", Last: "Silva", Name: "Ana Silva", Email: "ana@x.test", Phone: "+44 1"},
		{Person: "p2", Name: "Cher"},
	} {
		if _, err := s.Create(t.Context(), who); err != nil {
			t.Fatal(err)
		}
	}
	var keys []string
	for _, body := range f.sent {
		for k := range body {
			if k != "id" && k != "created" && k != "suspended" { // the fake adds these to what it keeps
				keys = append(keys, k)
			}
		}
	}
	slices.Sort(keys)
	want := []string{"emails", "externalId", "externalId", "firstName", "firstName", "lastName", "lastName", "phoneNumbers"}
	if !slices.Equal(keys, want) || f.sent[1]["lastName"] != "-" || f.sent[1]["firstName"] != "Cher" {
		t.Errorf("sent %v", f.sent)
	}
}

func TestNoFieldOfAUserIsCleared(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "ana@x.test", "Ana", "Silva")
	for _, field := range []string{cardea.FieldEmail, cardea.FieldPhone, cardea.FieldFirst, cardea.FieldLast} {
		err := f.system().Rewrite(t.Context(), "7", cardea.NewAccount{}, []string{field})
		if cardea.ClassOf(err) != cardea.Rejected || len(f.writes()) != 0 {
			t.Errorf("%s: %v after %v", field, err, f.writes())
		}
	}
}

// TestWhatIsSoAlreadyIsASuccess: what Brivo says of it is not stated.
func TestWhatIsSoAlreadyIsASuccess(t *testing.T) {
	t.Parallel()
	for _, status := range []int{204, 400, 409, 412} {
		f := newFake(t)
		f.user(7, "a@x.test", "A", "A")
		f.group(1, "G", 7)
		f.answering("PUT", "/groups/1/users/7", func() *http.Response { return said(status, row{"code": status, "message": "already"}) })
		if refs, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("1", "7")}); errs[0] != nil || refs[0] == "" {
			t.Errorf("%d: %q, %v", status, refs, errs[0])
		}
	}
	for _, status := range []int{204, 404} {
		f := newFake(t)
		f.user(7, "a@x.test", "A", "A")
		f.group(1, "G")
		f.answering("DELETE", "/groups/1/users/7", func() *http.Response { return said(status, row{"code": status, "message": "no"}) })
		if errs := f.system().Revoke(t.Context(), []cardea.Edge{edge("1", "7")}); errs[0] != nil {
			t.Errorf("%d: %v", status, errs[0])
		}
	}
}

// TestAGroupThatIsLinkedElsewhereIsSaidToBeRefused: a 400 has other reasons than the sixteen, and none of them is a success.
func TestAGroupThatIsLinkedElsewhereIsSaidToBeRefused(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.user(7, "a@x.test", "A", "A")
	f.group(1, "G")
	f.answering("PUT", "/groups/1/users/7", func() *http.Response {
		return said(400, row{"code": 400, "message": "The credentials are in a linked group"})
	})
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("1", "7")})
	if cardea.ClassOf(errs[0]) != cardea.Rejected || !strings.Contains(errs[0].Error(), "linked group") {
		t.Errorf("got %v", errs[0])
	}
}

// TestMembershipIsReadByGroup: a call for each user would be ten times the calls.
func TestMembershipIsReadByGroup(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var members []int
	for i := range 250 {
		f.user(100+i, "", "P", fmt.Sprint(i))
		members = append(members, 100+i)
	}
	f.group(1, "Big", members...)
	f.group(2, "Small", 100)
	f.group(3, "Empty")
	in := f.read(f.system(), cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{"1", "2", "3"}})
	grade(t, in, cardea.KindEdge, cardea.Complete, 251)
	if len(f.calls) != 5 {
		t.Errorf("%d calls for five pages: %v", len(f.calls), f.calls)
	}
}
