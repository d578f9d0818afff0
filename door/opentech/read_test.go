package opentech_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/opentech"
)

func grade(t *testing.T, in *cardea.Intake, k cardea.Kind, want cardea.Grade, records int) {
	t.Helper()
	e := in.Collection(k).Evidence()
	if e.Grade() != want || e.Records() != records {
		t.Errorf("%s: %d records, %s (%s); want %d, %s", k, e.Records(), e.Grade(), e.Why(), records, want)
	}
}

func TestABareArrayThatClosedIsWholeAndOneThatDidNotIsNothing(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.visitor(50, 1, "ana@x.test")
	in := read(t, f.system(), cardea.Scope{})
	grade(t, in, cardea.KindGroup, cardea.Complete, 1)
	grade(t, in, cardea.KindAccount, cardea.Complete, 1)
	grade(t, in, cardea.KindEdge, cardea.Complete, 1)
	for _, body := range []string{`[{"id":50,"unitId":1`, `[]]`, `null`, `{}`, ``, `[1`, `{"items":[]}`} {
		f.before = func(r *http.Request) *http.Response {
			if strings.HasSuffix(r.URL.Path, "/visitors") {
				return raw(200, body)
			}
			return nil
		}
		in := read(t, f.system(), cardea.Scope{})
		grade(t, in, cardea.KindGroup, cardea.Complete, 1)
		grade(t, in, cardea.KindEdge, cardea.Failed, 0)
	}
	f.before = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/visitors") {
			return raw(204, "")
		}
		return nil
	}
	grade(t, read(t, f.system(), cardea.Scope{}), cardea.KindEdge, cardea.Failed, 0)
}

func TestOneBadVisitorBlocksNobodyElse(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	f.unit(2, "2", "Vacant")
	grant(t, f.system(), edge("unit:1", "ana"), edge("unit:2", "bob"))
	f.visitors[0]["isTenant"] = "perhaps"
	in := read(t, f.system(), kinds(cardea.KindEdge))
	grade(t, in, cardea.KindEdge, cardea.Complete, 1)
	bad := in.Collection(cardea.KindEdge).BadOnes()
	if len(bad) != 1 || len(bad[0].Who) != 1 || bad[0].Who[0].ID != "unit:1/p:rnd/person:ana" {
		t.Fatalf("%+v", bad)
	}
	if code := f.visitors[0]["code"].(string); strings.Contains(bad[0].Raw, code) || strings.Contains(bad[0].Raw, "ana@") {
		t.Errorf("a code or an address is in the report: %s", bad[0].Raw)
	}
	f.visitors = append(f.visitors, row{"name": "nobody"})
	grade(t, read(t, f.system(), kinds(cardea.KindEdge)), cardea.KindEdge, cardea.Incomplete, 1)
}

func TestAUnitInAnUnknownStateIsUnsure(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Reserved")
	f.unit(2, "2", "rented") // the vendor writes it with a capital
	in := read(t, f.system(), kinds(cardea.KindGroup))
	grade(t, in, cardea.KindGroup, cardea.Complete, 0)
	if len(in.Collection(cardea.KindGroup).BadOnes()) != 2 {
		t.Errorf("%v", in.Collection(cardea.KindGroup).BadOnes())
	}
}

func TestEdgesShowAttributesGuestsAndRefs(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.visitor(50, 1, "ana@x.test", row{"isTenant": false})
	got := read(t, f.system(), kinds(cardea.KindEdge)).Collection(cardea.KindEdge).Records()
	want := cardea.Edge{
		Group: "unit:1", Account: "mail:ana@x.test", Ref: "50", Window: cardea.Forever, Guest: true,
		Attributes: cardea.Attributes{Profile: "All areas", TimeGroup: "24 hour"},
	}
	if len(got) != 1 || got[0] != cardea.Record(want) {
		t.Errorf("%+v", got)
	}
}

func TestTwoVisitorsOfOneAccountOnAUnitAreOneEdgeAndGoTogether(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.visitor(51, 1, "ana@x.test", row{"isTenant": false, "isEnabled": false})
	f.visitor(52, 1, "ana@x.test")
	f.visitor(53, 1, "ana@x.test")
	f.visitor(54, 1, "bob@x.test", row{"isTenant": false})
	is(t, "edges", f.edges(), "unit:1/mail:ana@x.test; unit:1/mail:bob@x.test guest")
	e := edge("unit:1", "ana")
	e.Account = "mail:ana@x.test"
	f.visitors[0]["isEnabled"] = true
	revoke(t, f.system(), e)
	is(t, "writes", f.wrote(), "visitors/51/disable visitors/52/disable visitors/53/disable")
	is(t, "edges", f.edges(), "unit:1/mail:bob@x.test guest")
}

func TestScopesReadWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for i, number := range []string{"1", "2", "a/b"} {
		f.unit(i+1, number, "Rented")
	}
	f.visitor(50, 1, "ana@x.test")
	f.visitor(51, 2, "ana@x.test")
	f.visitor(52, 3, "")
	f.visitor(60, 0, "boss@x.test", row{"isTenant": false, "isPortalVisitor": true})
	s := f.system(portal)
	of := func(sc cardea.Scope) string { return edges(read(t, s, sc)) }
	is(t, "by group", of(cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{"unit:2", "unit:9"}}),
		"unit:2/mail:ana@x.test")
	is(t, "by account", of(cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Accounts: []cardea.AccountID{"mail:ana@x.test"}}),
		"unit:1/mail:ana@x.test; unit:2/mail:ana@x.test")
	is(t, "profile", of(cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{"profile:10"}}),
		"profile:10/mail:boss@x.test")
	in := read(t, s, cardea.Scope{Keys: []cardea.Key{
		{Kind: cardea.KindEdge, ID: "unit:a/b/v:52"}, {Kind: cardea.KindEdge, ID: "unit:1/v:99"},
		{Kind: cardea.KindGroup, ID: "unit:1"}, {Kind: cardea.KindGroup, ID: "unit:9"},
		{Kind: cardea.KindAccount, ID: "v:52"}, {Kind: cardea.KindAccount, ID: "v:99"},
	}})
	is(t, "by key", edges(in), "unit:a/b/v:52")
	for _, k := range []cardea.Kind{cardea.KindEdge, cardea.KindGroup, cardea.KindAccount} {
		p := in.Collection(k)
		grade(t, in, k, cardea.Complete, 1)
		if len(p.MissingOnes()) != 1 {
			t.Errorf("%s: missing %v", k, p.MissingOnes())
		}
	}
}

func TestAListingTwiceIsEqual(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	for id := range 30 {
		f.visitor(50+id, 1, "", row{"isTenant": false})
	}
	if one, two := f.edges(), f.edges(); one != two || strings.Count(one, ";") != 29 {
		t.Errorf("%s\n%s", one, two)
	}
}

func TestAFacilityIsItsIDOrItsPropertyNumber(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.facilities = append(f.facilities, row{"id": 8, "name": "Oak Street", "propertyNumber": "9"},
		row{"id": 9, "name": "Ash Street", "propertyNumber": "PN-9"})
	for wanted, id := range map[string]string{"7": "7", "PN-1": "7", "pn-9": "9", "id:9": "9", "8": "8"} {
		org, err := f.system(func(c *opentech.Config) { c.Facility = wanted }).Describe(t.Context())
		if err != nil || org.ID != id {
			t.Errorf("%q is %+v, %v", wanted, org, err)
		}
	}
	org, err := f.system().Describe(t.Context())
	if err != nil || org.Name != "Elm Street" || org.Who != "Elm Storage" {
		t.Errorf("%+v, %v", org, err)
	}
	_, err = f.system(func(c *opentech.Config) { c.Facility = "9" }).Describe(t.Context()) // one's id and another's number
	class(t, err, cardea.Rejected)
	if err == nil || !strings.Contains(err.Error(), "id:8") || !strings.Contains(err.Error(), "id:9") {
		t.Errorf("%v", err)
	}
	for _, wanted := range []string{"77", "id:77", "nowhere"} {
		_, err = f.system(func(c *opentech.Config) { c.Facility = wanted }).Describe(t.Context())
		class(t, err, cardea.NotFound)
		if err == nil || !strings.Contains(err.Error(), "not visible") {
			t.Errorf("%v", err)
		}
	}
}

func TestAFacilityThatIsNotListedIsLookedUpByItsNumber(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.before = func(r *http.Request) *http.Response {
		if r.URL.Path == "/facilities" {
			return raw(200, "[]")
		}
		return nil
	}
	org, err := f.system(func(c *opentech.Config) { c.Facility = "PN-1" }).Describe(t.Context())
	if err != nil || org.ID != "7" {
		t.Errorf("%+v, %v", org, err)
	}
}

func TestAFacilityWeMayNotSeeIsNoRemoval(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	s := f.system()
	grant(t, s, edge("unit:1", "ana"))
	f.before = func(r *http.Request) *http.Response { // the account has withdrawn its grant
		if strings.HasPrefix(r.URL.Path, "/facilities/7/") {
			return said(404, nil)
		}
		return nil
	}
	class(t, s.Revoke(t.Context(), []cardea.Edge{edge("unit:1", "ana")})[0], cardea.NotFound)
	grade(t, read(t, s, kinds(cardea.KindEdge)), cardea.KindEdge, cardea.Failed, 0)
	class(t, s.DeleteUnit(t.Context(), "unit:1"), cardea.NotFound)
}

func TestErrorsByStatus(t *testing.T) {
	t.Parallel()
	for status, want := range map[int][2]cardea.Class{
		401: {cardea.Auth, cardea.Auth}, 403: {cardea.Auth, cardea.Auth}, 404: {cardea.NotFound, cardea.NotFound},
		429: {cardea.Throttled, cardea.Throttled}, 500: {cardea.Retry, cardea.Unknown}, 503: {cardea.Retry, cardea.Unknown},
		400: {cardea.Rejected, cardea.Rejected},
	} {
		f := newFake(t)
		f.unit(1, "1", "Vacant")
		f.before = func(r *http.Request) *http.Response {
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/units") {
				return said(status, nil)
			}
			return nil
		}
		s := f.system()
		in := cardea.NewIntake(kinds(cardea.KindGroup), nil)
		err := s.Read(t.Context(), in.Scope(), in)
		if (err != nil) != (want[0] == cardea.Auth) {
			t.Errorf("%d: reading ends with %v", status, err)
		}
		class(t, in.Collection(cardea.KindGroup).Err(), want[0])
		f.before = func(r *http.Request) *http.Response {
			if r.Method == http.MethodPost {
				return said(status, nil)
			}
			return nil
		}
		_, errs := s.Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana")})
		class(t, errs[0], want[1])
	}
}
