package kinnovis

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

// TestAShareIsNoCustomerByItsOwnNumber: where ids are numbers a shared access may have one of its own, which is some other customer's
// too, and that customer would be let into a stranger's unit.
func TestAShareIsNoCustomerByItsOwnNumber(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ shares, guests string }{
		"a number beside a name":     {`[{"id":7,"name":"Bo","email":"bo@x.test"}]`, ""},
		"written as a text":          {`[{"id":"7","email":"bo@x.test"}]`, ""},
		"a customer's beside it":     {`[{"id":7,"customer_id":8,"name":"Bo"}]`, "8"},
		"a customer in full":         {`[{"id":7,"customer":{"id":9,"name":"Bo"}}]`, "9"},
		"a reference":                {`[{"id":7}]`, "7"},
		"a number":                   {`[7]`, "7"},
		"a word of its kind":         {`[{"id":"cus_7","name":"Bo"}]`, "cus_7"},
		"the holder, and a stranger": {`[{"customer_id":"cus_1"},{"name":"Bo"}]`, ""},
	} {
		a := agreed(t, rented("b", "cus_1", `"unit_id":"unit_1","shared_accesses":`+c.shares))
		if got := strings.Join(a.Guests, " "); got != c.guests {
			t.Errorf("%s: shared with %q, want %q", name, got, c.guests)
		}
	}
	v := newVendor(t)
	v.rows["/bookings"] = []string{rented("b", "cus_1", `"unit_id":"unit_1","shared_accesses":[{"id":7,"name":"Bo"}]`)}
	issues, err := v.system().Examine(t.Context())
	if err != nil || !slices.ContainsFunc(issues, func(i cardea.Issue) bool { return i.Code == issueStranger }) {
		t.Errorf("nobody is told of it: %v %v", issues, err)
	}
}

// TestPermissionsAreTheWordsThatStandThere: identifiers of another system, with zeros in front, in their own case; what stands between
// commas within one of several is one.
func TestPermissionsAreTheWordsThatStandThere(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		`["0101"," a-1 ","A-1"]`: "0101|a-1|A-1", `["Gate, north"]`: "Gate, north", `"0101"`: "0101", `["",null]`: "", `[1.50]`: "1.50",
	} {
		v := newVendor(t)
		v.rows["/units"] = []string{alter(roomOf("unit_1", ""), "[]", said)}
		if got := strings.Join(first[cardea.Resource](t, v.only(cardea.KindResource)).Permissions, "|"); got != want {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}

// TestACustomerIsCalledByWhatThereIs: a person, a company, or nobody's name at all; without an address they are customers all the same.
func TestACustomerIsCalledByWhatThereIs(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]cardea.Person{
		`{"id":1,"name":"Ana Lopez","company_name":"Acme","email":"a@x.test","phone_number":"+43 1"}`: {Name: "Ana Lopez", Email: "a@x.test", Phone: "+43 1"},
		`{"id":1,"first_name":"Ana","last_name":"Lopez","email":null}`:                                {Name: "Ana Lopez", First: "Ana", Last: "Lopez"},
		`{"id":1,"company_name":"Acme","email":"a@x.test"}`:                                           {Name: "Acme", Email: "a@x.test"},
		`{"id":1,"email":"a@x.test","balance":-90.5}`:                                                 {Name: "a@x.test", Email: "a@x.test"},
		`{"id":1,"email":null}`: {Name: "1"},
	} {
		v := newVendor(t)
		v.rows["/customers"] = []string{raw}
		got := first[cardea.Person](t, v.only(cardea.KindPerson))
		want.ID, want.Status = "1", cardea.Present
		if got.Name != want.Name || got.First != want.First || got.Last != want.Last || got.Email != want.Email || got.Phone != want.Phone ||
			got.Status != want.Status || got.Suspended {
			t.Errorf("%s: %+v", raw, got)
		}
	}
}

// TestDatesInEachFormAreTheSameDay: alone, as midnight in UTC, with digits of a second, and as midnight at the location.
func TestDatesInEachFormAreTheSameDay(t *testing.T) {
	t.Parallel()
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{
		"2026-11-01", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00.000000Z", "2026-11-01 00:00:00", "2026-11-01T00:00:00",
		"2026-10-31T23:00:00Z", "2026-11-01T00:00:00+01:00",
	} {
		a := agreed(t, alter(rented("b", "cus_1", inUnit1), "2026-11-01", said))
		if got := a.Start.In(vienna).String(); got != "2026-11-01" {
			t.Errorf("%s is the %s", said, got)
		}
	}
}

// TestTheStatusOfAUnitIsNoLock: none of the words that comparable systems have shuts anybody out, nor does the unit's type.
func TestTheStatusOfAUnitIsNoLock(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"overlocked", "overlock", "repossessed", "unavailable", "reserved", "maintenance"} {
		v := storage(t)
		v.rows["/units"] = []string{alter(roomOf("unit_1", `"A-1"`), "vacant", status)}
		in := v.read(cardea.Scope{})
		u := first[cardea.Resource](t, in.Collection(cardea.KindResource))
		a, ok := in.Collection(cardea.KindAgreement).Records()[0].(cardea.Agreement)
		if !ok || a.Locked || !u.Unit || u.Name == "" {
			t.Errorf("%s: %+v %+v", status, u, a)
		}
	}
}

// TestARightThatIsMissingLeavesTheOtherCollections, wherever it is missing but at the first.
func TestARightThatIsMissingLeavesTheOtherCollections(t *testing.T) {
	t.Parallel()
	v := storage(t)
	v.answer("/unit-types", http.StatusForbidden, `{"message":"This action is unauthorized."}`)
	in := v.read(cardea.Scope{})
	if p := in.Collection(cardea.KindPlan); grade(p) != cardea.Failed || cardea.ClassOf(p.Err()) != cardea.Auth {
		t.Errorf("%s %v", grade(p), p.Err())
	}
	if p := in.Collection(cardea.KindAgreement); grade(p) != cardea.Complete || len(p.Records()) != 2 {
		t.Errorf("%s %v", grade(p), p.Err())
	}
	v = storage(t)
	for path := range v.rows {
		v.answer(path, http.StatusForbidden, `{}`)
	}
	into := cardea.NewIntake(cardea.Scope{}, nil)
	if err := v.system().Read(context.Background(), cardea.Scope{}, into); cardea.ClassOf(err) != cardea.Auth {
		t.Errorf("a token without any right: %v", err)
	}
}

// TestNothingIsAskedForThatMayBeRefused: pages of a hundred at most, by no filter, and only what decides who passes.
func TestNothingIsAskedForThatMayBeRefused(t *testing.T) {
	t.Parallel()
	v := storage(t)
	var asked []string
	for path, rows := range v.rows {
		v.route[path] = func(r *http.Request) (int, http.Header, string) {
			asked = append(asked, r.URL.RawQuery)
			for name, values := range r.URL.Query() {
				if name != "page" && name != "limit" || len(values) != 1 {
					t.Errorf("%s is asked for by %s", path, name)
				}
			}
			if limit := r.URL.Query().Get("limit"); limit != "100" && limit != "1" {
				t.Errorf("%s: a page of %s", path, limit)
			}
			return 200, nil, v.list(path, rows, r)
		}
	}
	v.read(cardea.Scope{})
	v.read(cardea.Scope{People: []cardea.Key{key("person:cus_2")}})
	if len(asked) < 6 {
		t.Errorf("%v", asked)
	}
	for _, call := range v.calls {
		if !strings.HasPrefix(call, "GET ") || strings.Contains(call, "invoice") {
			t.Errorf("%s was asked for", call)
		}
	}
}

// TestAnEventIsToldFromItsRepetition by the id that the vendor gives it, however it is wrapped and whenever it was signed.
func TestAnEventIsToldFromItsRepetition(t *testing.T) {
	t.Parallel()
	s := newVendor(t).system()
	for i, body := range []string{
		`{"id":"evt_7","type":"access.revoked","data":{"booking_id":51}}`, `{"event":{"id":"evt_7","type":"access.revoked","data":{"booking_id":51}}}`,
	} {
		got, err := s.Verify(t.Context(), header(signed(hush, noon.Add(time.Duration(i)*time.Minute), body)), []byte(body))
		if err != nil || got.Event != "evt_7" || fmt.Sprint(got.Keys) != "[agreement:51]" {
			t.Errorf("%+v %v", got, err)
		}
	}
}
