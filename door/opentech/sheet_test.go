package opentech_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/opentech"
	"github.com/cardea-access/cardea/wire"
)

// More traps of vendors/opentech-kinnovis.md 2.

// TestA404OnAVisitorThatIsStillListedTakesNobodyOut: a 404 may also mean that we may not see it (2.4).
func TestA404OnAVisitorThatIsStillListedTakesNobodyOut(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"disable", "enable"} {
		f := newFake(t)
		f.unit(1, "1", "Vacant")
		grant(t, f.system(), edge("unit:1", "ana"), guest("unit:1", "bea"))
		if what == "enable" {
			revoke(t, f.system(), guest("unit:1", "bea"))
		}
		before := f.edges()
		f.refuse(what, 404)
		if what == "disable" {
			f.system().Revoke(t.Context(), []cardea.Edge{guest("unit:1", "bea")})
		} else if _, errs := f.system().Grant(t.Context(), []cardea.Edge{guest("unit:1", "bea")}); errs[0] == nil {
			t.Error("who was not let in again counts as let in")
		}
		is(t, what+" that was not found", f.edges(), before)
		f.before = nil
		f.wrote()
		if what == "disable" {
			revoke(t, f.system(), guest("unit:1", "bea"))
		} else {
			grant(t, f.system(), guest("unit:1", "bea"))
		}
		if !strings.HasSuffix(f.wrote(), "/"+what) {
			t.Errorf("%s was not sent again", what)
		}
	}
}

// TestARefusalThatOnlySoundsLikeItIsNoSuccess: what is so already is a success, what is in use is in the way of it (2.4).
func TestARefusalThatOnlySoundsLikeItIsNoSuccess(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   any
		done   bool
	}{
		{409, nil, true},
		{400, row{"": []string{"The unit is already vacant."}}, true},
		{400, row{"errors": row{"Unit": []string{"It was ALREADY vacated"}}}, true},
		{400, row{"": []string{"The unit is in use by a controller."}}, false},
		{400, row{"": []string{"A duplicate command is queued."}}, false},
		{400, row{"UnitId": []string{"is not valid"}}, false},
		{403, row{"message": "already forbidden"}, false},
	} {
		f := newFake(t)
		f.unit(1, "1", "Vacant")
		grant(t, f.system(), edge("unit:1", "ana"))
		f.wrote()
		f.before = func(r *http.Request) *http.Response {
			if strings.HasSuffix(r.URL.Path, "/vacate") {
				return said(c.status, c.body)
			}
			return nil
		}
		err := f.system().Revoke(t.Context(), []cardea.Edge{edge("unit:1", "ana")})[0]
		if (err == nil) != c.done {
			t.Errorf("%d %v: %v", c.status, c.body, err)
		}
		// Where it was so already, whoever still passes is taken off by themselves; else everything is as it was.
		want := ""
		if !c.done {
			want = "unit:1/p:rnd/person:ana"
		}
		is(t, fmt.Sprint(c.status, c.body), f.edges(), want)
	}
}

// TestTheTokenServicesRefusalSaysWhichCredentialsToCheck: all four are refused with a 400, in OAuth's words or in none (2.2).
func TestTheTokenServicesRefusalSaysWhichCredentialsToCheck(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"error":"invalid_client"}`:                           "client_id and client_secret are refused",
		`{"error":"invalid_grant","error_description":"nope"}`: "api_key and api_secret are refused",
		`{"error":"unsupported_grant_type"}`:                   "api_key, api_secret, client_id and client_secret are refused",
		`{"Message":"Bad Request"}`:                            "api_key, api_secret, client_id and client_secret are refused",
		`<html>Bad Request</html>`:                             "api_key, api_secret, client_id and client_secret are refused",
		``:                                                     "api_key, api_secret, client_id and client_secret are refused",
	} {
		e := opentech.RefusedToken(http.StatusBadRequest, nil, []byte(body))
		if e == nil || e.Class != cardea.Auth || !strings.HasPrefix(e.Text, want) || strings.HasSuffix(e.Text, "()") {
			t.Errorf("%s: %v", body, e)
		}
	}
	for _, status := range []int{http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable} {
		if e := opentech.RefusedToken(status, nil, nil); e != nil {
			t.Errorf("%d is about no credentials: %v", status, e)
		}
	}
}

// known are the routes of 2.6 that were seen in use. Of others only hints exist: a unit by itself, its change, unitvisitorstatus,
// names with a hyphen.
var known = regexp.MustCompile(`^(GET /facilities(/detail|/statuslist|/7)?` +
	`|GET /facilities/7/(units|visitors|timegroups|accessprofiles|smartlockstatus|status|emergency|lockdown|units/\d+/visitors)` +
	`|POST /facilities/7/(units|visitors|units/\d+/(vacate|disable|enable|delete/vacant)|visitors/\d+/(update|disable|enable|remove)))$`)

// TestEveryCallIsOneThatWasSeenInUse goes through what a connector can do: the version stands in the header of each call (2.3), a
// post without a body says what kind it would be, and nothing stands in a query.
func TestEveryCallIsOneThatWasSeenInUse(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	calls, empty := map[string]bool{}, 0
	f.before = func(r *http.Request) *http.Response {
		call := r.Method + " " + r.URL.Path
		calls[call] = true
		if !known.MatchString(call) || r.URL.RawQuery != "" && r.URL.Path != "/facilities/detail" {
			t.Errorf("%s?%s was not seen in use", call, r.URL.RawQuery)
		}
		if got := r.Header.Values("api-version"); !slices.Equal(got, []string{"2.0"}) {
			t.Errorf("%s bears the version %q", call, got)
		}
		if r.Method == http.MethodPost {
			if r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Accept") != "application/json" {
				t.Errorf("%s: %v", call, r.Header)
			}
			if r.ContentLength == 0 {
				empty++
			}
		}
		return nil
	}
	s := f.system(portal)
	both := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea")}
	if _, err := s.Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	grant(t, s, both...)
	grant(t, s, edge("profile:11", "cleo"))
	well(t, s.Lock(t.Context(), both)...)
	well(t, s.Unlock(t.Context(), both)...)
	other := both[0]
	other.Profile, other.TimeGroup = "Ground floor", "Office hours"
	if _, err := s.Reprofile(t.Context(), both[0], other); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Examine(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RenameUnit(t.Context(), "unit:1", "2"); err != nil {
		t.Fatal(err)
	}
	revoke(t, s, edge("profile:11", "cleo"), guest("unit:2", "bea"))
	revoke(t, s, edge("unit:2", "ana"))
	well(t, s.DeleteUnit(t.Context(), "unit:2"))
	read(t, s, cardea.Scope{})
	if len(calls) < 15 || empty < 5 {
		t.Errorf("only %d calls were looked at, %d of them empty posts", len(calls), empty)
	}
}

// TestVisitorsInEveryShapeThatWasSeen: clients disagree on which fields a read has (2.6).
func TestVisitorsInEveryShapeThatWasSeen(t *testing.T) {
	t.Parallel()
	const passes, locked = "unit:1/mail:ana@x.test", "unit:1/mail:ana@x.test (locked out at the gate)"
	for name, c := range map[string]struct {
		change func(v row)
		want   string
	}{
		"whole":                           {func(row) {}, passes},
		"isEnabled is not shown":          {func(v row) { delete(v, "isEnabled") }, passes},
		"neither of the two":              {func(v row) { delete(v, "isEnabled"); delete(v, "isLockedOut") }, passes},
		"isLockedOut alone":               {func(v row) { delete(v, "isEnabled"); v["isLockedOut"] = true }, locked},
		"isEnabled alone":                 {func(v row) { delete(v, "isLockedOut"); v["isEnabled"] = false }, locked},
		"the two disagree":                {func(v row) { v["isLockedOut"] = true }, locked},
		"the code is null":                {func(v row) { v["code"] = nil }, passes},
		"the code is a number":            {func(v row) { v["code"] = 83650417 }, passes},
		"no portal flag":                  {func(v row) { delete(v, "isPortalVisitor") }, passes},
		"first and last name":             {func(v row) { delete(v, "name"); v["firstName"], v["lastName"] = "Ana", "Lima" }, passes},
		"no attributes":                   {func(v row) { v["timeGroupId"], v["accessProfileId"] = nil, 0 }, passes},
		"fields that nobody knows":        {func(v row) { v["zone"], v["extendedData"] = row{}, row{"additionalProp1": "x"} }, passes},
		"an address in capitals, blanks ": {func(v row) { v["email"] = " Ana@X.test" }, passes},
	} {
		f := newFake(t)
		f.unit(1, "1", "Rented")
		c.change(f.visitor(50, 1, "ana@x.test"))
		got := edges(read(t, f.system(), kinds(cardea.KindEdge)))
		is(t, name, got, c.want)
	}
}

// TestAnAnswerThatIsTooLongIsNoWholeListing: lists are not paged, so that a large facility comes in one answer (2.6).
func TestAnAnswerThatIsTooLongIsNoWholeListing(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.visitor(50, 1, "ana@x.test")
	f.before = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/visitors") {
			return raw(200, "["+strings.Repeat(`{"id":50,"unitId":1,"isTenant":true},`, 9<<20/37)+`{"id":51}]`)
		}
		return nil
	}
	grade(t, read(t, f.system(), kinds(cardea.KindEdge)), cardea.KindEdge, cardea.Failed, 0)
}

// TestWhatAControllerSaysOfCodesIsInNoWordOfOurs: an error and an event may repeat what was typed (2.4, 2.7).
func TestWhatAControllerSaysOfCodesIsInNoWordOfOurs(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	for _, body := range []row{
		{"AccessCode": []string{"83650417 is a duplicate"}}, {"errors": row{"$.accessCode": "83650417 is in use"}},
		{"message": "Duplicate access code 83650417"}, {"": []string{"the code 83650417 already exists"}},
	} {
		f.before = func(r *http.Request) *http.Response {
			if r.Method == http.MethodPost {
				return said(400, body)
			}
			return nil
		}
		_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana")})
		if errs[0] == nil || strings.Contains(errs[0].Error(), "83650417") {
			t.Errorf("%v: %v", body, errs[0])
		}
	}
	event := []byte(`{"id":1,"type":{"enum":15},"codeEntered":"83650417","facility":{"id":7}}`)
	if got := string(wire.Redact(event)); strings.Contains(got, "83650417") {
		t.Errorf("an event: %s", got)
	}
}
