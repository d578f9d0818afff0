package opentech_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/opentech"
)

func TestATenantMovesInAndOut(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, " 12A", "Vacant")
	s := f.system()
	grant(t, s, edge("unit:12a", "ana"))
	is(t, "edges", f.edges(), "unit:12a/p:rnd/person:ana")
	is(t, "status", f.status(1), "Rented")
	is(t, "writes", f.wrote(), "visitors")
	b := f.sent[0]
	if b["isTenant"] != true || b["firstName"] != "ana" || b["lastName"] != "Lima" || b["email"] != "ana@x.test" ||
		b["extendedData"].(row)["cardea"] != "p:rnd/person:ana" || b["timeGroupId"] != nil || b["accessProfileId"] != nil {
		t.Errorf("sent %v", b)
	}
	grant(t, s, edge("unit:12a", "ana"))
	is(t, "writes of the second grant", f.wrote(), "")
	revoke(t, s, edge("unit:12a", "ana"))
	is(t, "writes", f.wrote(), "units/1/vacate")
	is(t, "edges", f.edges(), "")
	revoke(t, s, edge("unit:12a", "ana"))
	is(t, "writes of the second revocation", f.wrote(), "")
	if n := f.memory.count("visitor"); n != 0 {
		t.Errorf("%d notes are left", n)
	}
}

func TestTheCodeIsASecretOfEightDigitsThatIsNobodyElses(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for i, number := range []string{"1", "2", "3", "4", "5"} {
		f.unit(i+1, number, "Vacant")
	}
	s := f.system()
	var es []cardea.Edge
	for _, number := range []string{"1", "2", "3", "4", "5"} {
		es = append(es, edge("unit:"+number, "p"+number))
	}
	grant(t, s, es...)
	codes := f.memory.codes()
	slices.Sort(codes)
	if len(codes) != 5 || len(slices.Compact(codes)) != 5 {
		t.Fatalf("%d codes", len(codes))
	}
	for _, c := range codes {
		if len(c) != 8 || c[0] == '0' {
			t.Errorf("a code has %d digits and begins with %c", len(c), c[0])
		}
	}
}

func TestAPersonHasAVisitorPerUnit(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	f.unit(2, "2", "Vacant")
	refs := grant(t, f.system(), edge("unit:1", "ana"), edge("unit:2", "ana"))
	if refs[0] == refs[1] || len(f.visitors) != 2 {
		t.Errorf("refs %v, %d visitors", refs, len(f.visitors))
	}
	in := read(t, f.system(), kinds(cardea.KindAccount))
	if got := in.Collection(cardea.KindAccount).Records(); len(got) != 1 || got[0].(cardea.Account).External != "rnd/person:ana" {
		t.Errorf("accounts %v", got)
	}
}

func TestTenantsGoBeforeGuestsAndGuestsAreMarked(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	grant(t, f.system(), guest("unit:1", "bea"), edge("unit:1", "ana"))
	if f.sent[0]["isTenant"] != true || f.sent[1]["isTenant"] != false {
		t.Errorf("sent %v", f.sent)
	}
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana; unit:1/p:rnd/person:bea guest")
}

func TestASecondTenantWaitsForTheFirstToMoveOut(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.visitor(55, 1, "old@x.test")
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana")})
	class(t, errs[0], cardea.Conflict)
	if text := errs[0].Error(); !strings.Contains(text, "55") || strings.Contains(text, "7055") {
		t.Errorf("%s", text)
	}
	grant(t, f.system(), guest("unit:1", "bea"))
	is(t, "edges", f.edges(), "unit:1/mail:old@x.test; unit:1/p:rnd/person:bea guest")
}

func TestAGuestThatGoesIsDisabledAndComesBackByBeingEnabled(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	s := f.system()
	refs := grant(t, s, edge("unit:1", "ana"), guest("unit:1", "bea"))
	f.wrote()
	revoke(t, s, guest("unit:1", "bea"))
	is(t, "writes", f.wrote(), "visitors/"+refs[1]+"/disable")
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana")
	if back := grant(t, f.system(), guest("unit:1", "bea")); back[0] != refs[1] {
		t.Errorf("visitor %s became %s", refs[1], back[0])
	}
	is(t, "writes", f.wrote(), "visitors/"+refs[1]+"/enable")
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana; unit:1/p:rnd/person:bea guest")
}

func TestAUnitIsVacatedWhenTheLastOfItsPeopleGoes(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	s := f.system()
	refs := grant(t, s, edge("unit:1", "ana"), guest("unit:1", "bea"))
	f.wrote()
	revoke(t, s, edge("unit:1", "ana"))
	is(t, "first", f.wrote(), "visitors/"+refs[0]+"/disable")
	is(t, "status", f.status(1), "Rented")
	revoke(t, s, guest("unit:1", "bea"))
	is(t, "last", f.wrote(), "units/1/vacate")
	is(t, "edges", f.edges(), "")
}

func TestVisitorsThatStayListedAfterMovingOutAreNobodys(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.keepsVacated = true
	f.unit(1, "1", "Vacant")
	s := f.system()
	grant(t, s, edge("unit:1", "ana"))
	revoke(t, s, edge("unit:1", "ana"))
	is(t, "edges after moving out", f.edges(), "")
	grant(t, f.system(), edge("unit:1", "bob"))
	is(t, "edges of the next tenant", f.edges(), "unit:1/p:rnd/person:bob")
	revoke(t, f.system(), edge("unit:1", "bob"))
	grant(t, f.system(), edge("unit:1", "ana"))
	is(t, "edges when the first comes back", f.edges(), "unit:1/p:rnd/person:ana")
	if n := len(f.visitors); n != 3 {
		t.Errorf("%d visitors, want one for each rental", n)
	}
}

func TestAnEdgeOfSomebodyAlreadyThereIsASuccess(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.visitor(55, 1, "Ana@X.test ")
	e := edge("unit:1", "ana")
	e.Account = "mail:ana@x.test"
	if refs := grant(t, f.system(), e); refs[0] != "55" {
		t.Errorf("ref %s", refs[0])
	}
	is(t, "writes", f.wrote(), "")
}

func TestPhonesThatTheVendorRefusesAreLeftOut(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	f.unit(2, "2", "Vacant")
	short, long := edge("unit:1", "ana"), edge("unit:2", "bob")
	short.Who.Phone, long.Who.Phone = "12345", "+44 20 7946 0000"
	long.Who.First, long.Who.Last, long.Who.Name = "", "", "Cher"
	grant(t, f.system(), short, long)
	if f.sent[0]["mobilePhoneNumber"] != nil || f.sent[1]["mobilePhoneNumber"] != "+44 20 7946 0000" {
		t.Errorf("sent %v", f.sent)
	}
	if f.sent[1]["firstName"] != "Cher" || f.sent[1]["lastName"] != "-" {
		t.Errorf("sent %v", f.sent[1])
	}
}

func TestAttributesAreSentByIDWithTheConnectionsDefaults(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	f.unit(2, "2", "Vacant")
	s := f.system(func(c *opentech.Config) { c.Profile, c.TimeGroup = "all AREAS", "2" })
	own := edge("unit:2", "bob")
	own.Profile = "Ground floor"
	grant(t, s, edge("unit:1", "ana"), own)
	if f.sent[0]["accessProfileId"] != 10.0 || f.sent[0]["timeGroupId"] != 2.0 || f.sent[1]["accessProfileId"] != 11.0 {
		t.Errorf("sent %v", f.sent)
	}
	odd := edge("unit:1", "ana")
	odd.Profile = "Roof"
	_, err := s.Reprofile(t.Context(), edge("unit:1", "ana"), odd)
	class(t, err, cardea.Rejected)
	if err == nil || !strings.Contains(err.Error(), "Ground floor (11)") {
		t.Errorf("it does not say what there is: %v", err)
	}
	f.wrote()
	odd.Profile = "Ground floor"
	for range 2 {
		if ref, err := s.Reprofile(t.Context(), edge("unit:1", "ana"), odd); err != nil || ref == "" {
			t.Errorf("%q, %v", ref, err)
		}
	}
	if got := f.wrote(); strings.Count(got, "update") != 1 {
		t.Errorf("writes: %s", got)
	}
	if last := f.sent[len(f.sent)-1]; len(last) != 1 || last["accessProfileId"] != 11.0 {
		t.Errorf("more than the attribute was sent: %v", last)
	}
}

func TestAZeroAttributeIsSentAsItIs(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	grant(t, f.system(func(c *opentech.Config) { c.Profile, c.TimeGroup = "0", "0" }), edge("unit:1", "ana"))
	if f.sent[0]["accessProfileId"] != 0.0 || f.sent[0]["timeGroupId"] != 0.0 {
		t.Errorf("sent %v", f.sent[0])
	}
}

func TestProfilesAreGroupsOfPortalVisitors(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.visitor(60, 0, "boss@x.test", row{"isTenant": false, "isPortalVisitor": true, "accessProfileId": 11})
	s := f.system(portal)
	refs := grant(t, s, edge("profile:11", "ana"))
	if b := f.sent[0]; b["isTenant"] != false || b["isPortalVisitor"] != true || b["unitId"] != nil || b["accessProfileId"] != 11.0 {
		t.Errorf("sent %v", b)
	}
	is(t, "edges", f.edges(), "profile:11/mail:boss@x.test; profile:11/p:rnd/person:ana")
	for _, r := range read(t, s, kinds(cardea.KindAccount)).Collection(cardea.KindAccount).Records() {
		if a := r.(cardea.Account); (a.Staff != "") != (a.ID == "mail:boss@x.test") {
			t.Errorf("%s is staff because %q", a.ID, a.Staff)
		}
	}
	f.wrote()
	grant(t, s, edge("profile:11", "ana"))
	is(t, "writes of the second grant", f.wrote(), "")
	boss := edge("profile:11", "boss")
	boss.Account = "mail:boss@x.test"
	revoke(t, s, edge("profile:11", "ana"), boss)
	is(t, "writes", f.wrote(), "visitors/"+refs[0]+"/remove visitors/60/disable")
	is(t, "edges", f.edges(), "")

	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("profile:11", "ana")})
	class(t, errs[0], cardea.Rejected)
	if in := read(t, f.system(), kinds(cardea.KindGroup)); len(in.Collection(cardea.KindGroup).Records()) != 0 {
		t.Error("profiles are groups although portal visitors are off")
	}
}

func TestAnUnknownUnitIsNotFoundForAGrantAndGoneForARevocation(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:9", "ana"), edge("unit:1", "ana")})
	class(t, errs[0], cardea.NotFound)
	if errs[1] != nil {
		t.Errorf("one bad edge stopped another: %v", errs[1])
	}
	revoke(t, f.system(), edge("unit:9", "ana"))
}

func TestARefusalReachesOnlyItsOwnEdge(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	f.unit(2, "2", "Vacant")
	first := true
	f.before = func(r *http.Request) *http.Response {
		if r.Method == http.MethodPost && first {
			first = false
			return said(400, row{"LastName": []string{"is too long"}})
		}
		return nil
	}
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana"), edge("unit:2", "bob")})
	class(t, errs[0], cardea.Rejected)
	if errs[1] != nil || !strings.Contains(errs[0].Error(), "LastName is too long") {
		t.Errorf("%v", errs)
	}
	if n := f.memory.count("visitor"); n != 1 {
		t.Errorf("%d notes: the refused intent stayed", n)
	}
}
