package scim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/scim"
)

// TestFindsThePersonAndNobodyElse asks servers whose filters work, do not work, or are not heeded.
func TestFindsThePersonAndNobodyElse(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]habits{
		"filters":                    {},
		"no filters":                 {noFilter: true},
		"filters not heeded":         {ignoreFilter: true},
		"no filter for externalId":   {refuseFilter: "externalId"},
		"no filter for emails.value": {refuseFilter: "emails.value"},
		"no configuration":           {noConfig: true},
	} {
		f := newFake(t, h)
		f.user("joe", "Joe@X.test")
		f.user("joanne", "joanne@x.test")
		f.user("moved", "old@x.test")["externalId"] = "rnd/person:1"
		f.users = append(f.users, row{"id": "upn", "userName": "upn@corp.test", "emails": []row{{"value": "ana@x.test"}}},
			row{"id": "quo", "userName": `a"b@x.test`}, row{"id": "broken", "userName": "broken@x.test", "active": 5})
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := f.system()
			for _, c := range []struct {
				who  cardea.NewAccount
				want string
			}{
				{cardea.NewAccount{Email: " joe@x.test "}, "joe"},
				{cardea.NewAccount{Email: "JOE@x.test", Person: "rnd/person:9"}, "joe"},
				{cardea.NewAccount{Email: "jo@x.test"}, ""},
				{cardea.NewAccount{Email: "new@x.test", Person: "rnd/person:1"}, "moved"},
				{cardea.NewAccount{Email: "joe@x.test", Person: "rnd/person:1"}, "moved"},
				{cardea.NewAccount{Email: "ana@x.test"}, "upn"},
				{cardea.NewAccount{Email: `a"b@x.test`}, "quo"},
				{cardea.NewAccount{Email: `x" or userName pr or userName eq "`}, ""},
				{cardea.NewAccount{Name: "N joe"}, ""}, // never by name
			} {
				found, err := s.Find(t.Context(), c.who)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, a := range found {
					got = append(got, string(a.ID))
				}
				if strings.Join(got, " ") != c.want {
					t.Errorf("%+v is %v, want %s", c.who, got, c.want)
				}
			}
			if _, err := s.Find(t.Context(), cardea.NewAccount{Email: "broken@x.test"}); cardea.ClassOf(err) != cardea.Retry {
				t.Errorf("a user that cannot be read passed for nobody: %v", err)
			}
		})
	}
}

func TestFindNamesTheAddressThatThePersonGoesBy(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.users = append(f.users, row{"id": "u", "userName": "ana@x.test", "emails": []row{{"value": "a.ant@corp.test", "primary": true}}})
	found, err := f.system().Find(t.Context(), cardea.NewAccount{Email: "ana@x.test"})
	if err != nil || len(found) != 1 || found[0].Email != "ana@x.test" {
		t.Errorf("%+v, %v", found, err)
	}
	found, err = f.system().Find(t.Context(), cardea.NewAccount{Email: "cardea@x.test"})
	if err != nil || len(found) != 1 || found[0].Staff == "" {
		t.Errorf("our own account is staff: %+v, %v", found, err)
	}
}

func TestFindIsNotSureOfAShortList(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.before = func(r *http.Request) *http.Response {
		if r.URL.Query().Has("filter") {
			return said(200, row{"totalResults": 1, "Resources": []row{}})
		}
		return nil
	}
	if found, err := f.system().Find(t.Context(), cardea.NewAccount{Email: "joe@x.test"}); cardea.ClassOf(err) != cardea.Retry {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestAServerWithoutFiltersIsListedOnceAMinute(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{noFilter: true})
	s := f.system()
	for _, email := range []string{"a@x.test", "b@x.test", "c@x.test"} {
		if _, err := s.Find(t.Context(), cardea.NewAccount{Email: email, Person: "rnd/person:1"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := f.count("GET /Users?count=100&startIndex=1"); n != 1 {
		t.Errorf("everybody was listed %d times", n)
	}
	if _, err := s.Create(t.Context(), cardea.NewAccount{Email: "b@x.test"}); err != nil {
		t.Fatal(err)
	}
	if found, err := s.Find(t.Context(), cardea.NewAccount{Email: "b@x.test"}); err != nil || len(found) != 1 {
		t.Errorf("who was just made is not found: %v, %v", found, err)
	}
}

func TestCreatesAUser(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	s := f.system()
	who := cardea.NewAccount{
		Person: "rnd/person:1", Name: "Ana Ant", First: "Ana", Last: "Ant", Email: " ana@x.test ", Phone: "+44 1", Mails: cardea.MailsNever,
	}
	got, err := s.Create(t.Context(), who)
	if want := (cardea.Account{ID: "1001", Name: "Ana Ant", Email: "ana@x.test", Phone: "+44 1", External: "rnd/person:1"}); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	var sent row
	if err := json.Unmarshal([]byte(f.bodies[0]), &sent); err != nil {
		t.Fatal(err)
	}
	want := row{
		"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": "ana@x.test", "externalId": "rnd/person:1",
		"name": row{"givenName": "Ana", "familyName": "Ant"}, "displayName": "Ana Ant", "active": true,
		"emails":       []any{row{"value": "ana@x.test", "type": "work", "primary": true}},
		"phoneNumbers": []any{row{"value": "+44 1", "type": "work"}},
	}
	if d := cmp.Diff(want, sent); d != "" {
		t.Error(d)
	}
	if _, err := s.Create(t.Context(), who); cardea.ClassOf(err) != cardea.Conflict {
		t.Errorf("a userName that is taken: %v", err)
	}
	if _, err := s.Create(t.Context(), cardea.NewAccount{Name: "Bo"}); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("without an address: %v", err)
	}
}

func TestWhatTheServerSaysOfARefusalIsTold(t *testing.T) {
	t.Parallel()
	f := newFake(t, habits{})
	f.before = func(r *http.Request) *http.Response {
		if r.Method == http.MethodPost {
			return said(400, row{"scimType": "invalidValue", "detail": "phoneNumbers of ana@x.test is no number", "status": "400"})
		}
		return nil
	}
	_, err := f.system().Create(t.Context(), cardea.NewAccount{Email: "ana@x.test"})
	if cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), "phoneNumbers") || !strings.Contains(err.Error(), "invalidValue") {
		t.Errorf("got %v", err)
	}
	if strings.Contains(err.Error(), "ana@") || strings.Contains(err.Error(), "t0ken-value") {
		t.Errorf("it tells too much: %v", err)
	}
}

func TestAUserThatWasMadeWithoutABodyIsTakenFromItsAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		location string
		class    cardea.Class
	}{{"https://id.x.test/scim/v2/Users/77", ""}, {"", cardea.Unknown}} {
		f := newFake(t, habits{})
		f.before = func(r *http.Request) *http.Response {
			if r.Method != http.MethodPost {
				return nil
			}
			resp := said(201, nil)
			resp.Header.Set("Location", c.location)
			return resp
		}
		got, err := f.system().Create(t.Context(), cardea.NewAccount{Email: "ana@x.test", Name: "Ana"})
		if cardea.ClassOf(err) != c.class || (err == nil && got.ID != "77") {
			t.Errorf("%q: %+v, %v", c.location, got, err)
		}
	}
}

func TestErrorsHaveTheClassOfWhatTheyMean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		want   cardea.Class
	}{
		{400, `{"scimType":"uniqueness"}`, cardea.Conflict},
		{400, `{"scimType":"invalidFilter","detail":"x"}`, cardea.Rejected},
		{401, ``, cardea.Auth},
		{403, `{}`, cardea.Auth},
		{404, `{"detail":"x"}`, cardea.NotFound},
		{409, `{"scimType":"uniqueness"}`, cardea.Conflict},
		{412, ``, cardea.Conflict},
		{429, ``, cardea.Throttled},
		{500, `<html>`, cardea.Retry},
		{501, ``, cardea.Rejected},
		{503, `[]`, cardea.Retry},
	} {
		if e := scim.Classify(c.status, nil, []byte(c.body)); e == nil || e.Class != c.want {
			t.Errorf("%d %s: %+v, want %s", c.status, c.body, e, c.want)
		}
	}
}
