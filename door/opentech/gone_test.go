package opentech_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestAVisitorOnAUnitThatIsNotListedIsUnsureAsLongAsTheyPass(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.visitor(50, 1, "ana@x.test")
	f.visitor(51, 0, "bob@x.test", row{"unitId": 99, "unitNumber": "9"})
	f.visitor(52, 0, "cid@x.test", row{"unitId": 98, "isEnabled": false})
	in := read(t, f.system(), kinds(cardea.KindEdge))
	grade(t, in, cardea.KindEdge, cardea.Complete, 1)
	if bad := in.Collection(cardea.KindEdge).BadOnes(); len(bad) != 1 || bad[0].Who[0].ID != "unit:9/mail:bob@x.test" {
		t.Errorf("%v", bad)
	}
	delete(f.visitors[1], "unitNumber")
	grade(t, read(t, f.system(), kinds(cardea.KindEdge)), cardea.KindEdge, cardea.Incomplete, 1)
}

func TestAUnitThatWentAwayMeanwhileTakesItsNotesAlong(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	f.unit(2, "2", "Vacant")
	s := f.system()
	grant(t, s, edge("unit:1", "ana"))
	f.before = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/units/1/visitors") { // deleted at the gate between the two listings
			f.units, f.visitors = f.units[1:], nil
			f.before = nil
		}
		return nil
	}
	revoke(t, s, edge("unit:1", "ana"))
	if n := f.memory.count("visitor"); n != 0 {
		t.Errorf("%d notes are left", n)
	}
}

func TestACreateRefusedForSomebodyWhoLivedThereBeforeForgetsNothing(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.keepsVacated = true
	f.unit(1, "1", "Vacant")
	grant(t, f.system(), edge("unit:1", "ana"))
	revoke(t, f.system(), edge("unit:1", "ana"))
	f.before = func(r *http.Request) *http.Response {
		if r.Method == http.MethodPost {
			return said(400, row{"FirstName": []string{"is odd"}})
		}
		return nil
	}
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana")})
	class(t, errs[0], cardea.Rejected)
	f.before = nil
	grant(t, f.system(), edge("unit:1", "bob"))
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:bob")
	if len(f.memory.codes()) != 1 {
		t.Error("the refused code is kept")
	}
}

func TestTheGateLettingSomebodyInAgainIsNoticed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	es := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea")}
	grant(t, f.system(), es...)
	revoke(t, f.system(), es[1])
	f.visitors[1]["isEnabled"], f.visitors[1]["isLockedOut"] = true, false
	grant(t, f.system(), es[1]) // it is wanted, too: what the gate does next is the gate's
	f.visitors[1]["isEnabled"] = false
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana; unit:1/p:rnd/person:bea guest (locked out at the gate)")
}

func TestALostCreateGoesAlongWhenItsUnitIsRenamed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	f.lose(true, "timeout")
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana")})
	class(t, errs[0], cardea.Unknown)
	if _, err := f.system().RenameUnit(t.Context(), "unit:1", "1b"); err != nil {
		t.Fatal(err)
	}
	grant(t, f.system(), edge("unit:1b", "ana"))
	if codes := f.memory.codes(); len(f.visitors) != 1 || len(codes) != 1 || f.visitors[0]["code"] != codes[0] {
		t.Errorf("%d visitors, %d codes", len(f.visitors), len(codes))
	}
}

func TestAttributesOfSomebodyWhoIsNotThereOrLockedAreRefused(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	grant(t, f.system(), edge("unit:1", "ana"))
	want := edge("unit:1", "bob")
	want.TimeGroup = "Office hours"
	_, err := f.system().Reprofile(t.Context(), edge("unit:1", "bob"), want)
	class(t, err, cardea.NotFound)
	f.units[0]["status"] = "Delinquent"
	want = edge("unit:1", "ana")
	want.TimeGroup = "Office hours"
	_, err = f.system().Reprofile(t.Context(), edge("unit:1", "ana"), want)
	class(t, err, cardea.Conflict)
	want = edge("profile:10", "ana")
	grant(t, f.system(portal), want)
	want.Profile = "Ground floor"
	_, err = f.system(portal).Reprofile(t.Context(), edge("profile:10", "ana"), want)
	class(t, err, cardea.Rejected)
}
