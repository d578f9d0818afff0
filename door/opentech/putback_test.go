package opentech_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

// refuseMove refuses to move one visitor onto another unit than the first.
func (f *fake) refuseMove(visitor int) {
	f.before = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, fmt.Sprintf("/visitors/%d/update", visitor)) {
			return said(400, row{"UnitId": []string{"The unit is vacant."}})
		}
		return nil
	}
}

// keptAsItWas: everybody is on the old unit with their codes, and nothing of the new one is left.
func keptAsItWas(t *testing.T, f *fake, codes map[any]any) {
	t.Helper()
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana; unit:1/p:rnd/person:bea guest")
	if len(f.units) != 1 || f.units[0]["unitNumber"] != "1" || f.status(1) != "Rented" {
		t.Errorf("units %v", f.units)
	}
	for _, v := range f.visitors {
		if v["code"] != codes[v["id"]] || v["unitId"] != 1 || v["unitNumber"] != "1" {
			t.Errorf("visitor %v has another code or unit", v)
		}
	}
	if n := f.memory.count("rename") + 10*f.memory.count("visitor"); n != 30 {
		t.Errorf("notes: %d, want 3 of visitors and none of renames", n)
	}
}

func TestARenameThatTheVendorRefusesIsTakenBack(t *testing.T) {
	t.Parallel()
	for visitor := 101; visitor <= 102; visitor++ { // the tenant, who goes last, and a guest, who goes first
		f := renameWorld(t)
		codes := codesOf(f)
		f.refuseMove(visitor)
		_, err := f.system().RenameUnit(t.Context(), "unit:1", "1b")
		class(t, err, cardea.Rejected)
		if !strings.Contains(fmt.Sprint(err), "keeps its number") || !strings.Contains(fmt.Sprint(err), "The unit is vacant.") {
			t.Errorf("it does not say why: %v", err)
		}
		keptAsItWas(t, f, codes)
		f.before = nil
		grant(t, f.system(), guest("unit:1", "cid"))
		revoke(t, f.system(), guest("unit:1", "cid"))
		g, err := f.system().RenameUnit(t.Context(), "unit:1", "1b")
		renamed(t, f, codes, g, err)
	}
}

func TestATakingBackThatWasCutShortAnywhereIsResumed(t *testing.T) {
	t.Parallel()
	for cut := 1; cut <= 4; cut++ { // writes after the refusal: two go back, the new unit goes
		f := renameWorld(t)
		codes := codesOf(f)
		n, refused := 0, false
		f.before = func(r *http.Request) *http.Response {
			switch {
			case r.Method != http.MethodPost:
			case !refused && strings.HasSuffix(r.URL.Path, "/visitors/101/update"):
				refused = true
				return said(400, row{"UnitId": []string{"The unit is vacant."}})
			case refused:
				if n++; n >= cut {
					return said(503, nil)
				}
			}
			return nil
		}
		_, err := f.system().RenameUnit(t.Context(), "unit:1", "1b")
		if cut <= 3 {
			class(t, err, cardea.Retry)
		}
		f.before = nil
		if cut <= 3 {
			_, err = f.system().RenameUnit(t.Context(), "unit:1", "1b")
		}
		class(t, err, cardea.Rejected)
		keptAsItWas(t, f, codes)
	}
}

func TestARefusedNumberDoesNotStandInTheWayOfAnother(t *testing.T) {
	t.Parallel()
	f := renameWorld(t)
	codes := codesOf(f)
	_, err := f.system().RenameUnit(t.Context(), "unit:1", "far too long")
	class(t, err, cardea.Rejected)
	keptAsItWas(t, f, codes)
	g, err := f.system().RenameUnit(t.Context(), "unit:1", "1b")
	renamed(t, f, codes, g, err)
}

func TestWhoMovedOutAtTheGateStaysBehindInARename(t *testing.T) {
	t.Parallel()
	f := renameWorld(t)
	f.visitor(77, 1, "old@x.test", row{"isEnabled": false, "isLockedOut": false})
	f.refuseMove(77)
	if g, err := f.system().RenameUnit(t.Context(), "unit:1", "1b"); err != nil || g.ID != "unit:1b" {
		t.Fatalf("%+v, %v", g, err)
	}
	is(t, "edges", f.edges(), "unit:1b/p:rnd/person:ana; unit:1b/p:rnd/person:bea guest")
	f = renameWorld(t)
	f.visitor(77, 1, "shut@x.test", row{"isEnabled": false, "isLockedOut": true})
	f.refuseMove(77)
	_, err := f.system().RenameUnit(t.Context(), "unit:1", "1b")
	class(t, err, cardea.Rejected) // somebody's lock would go with the old unit
}

func TestATenantWhoWentBeforeTheUnitWasVacatedMakesRoom(t *testing.T) {
	t.Parallel()
	for _, mayRemove := range []bool{true, false} {
		f := newFake(t)
		f.unit(1, "1", "Vacant")
		grant(t, f.system(), edge("unit:1", "ana"), guest("unit:1", "bea"))
		revoke(t, f.system(), edge("unit:1", "ana"))
		f.before = func(r *http.Request) *http.Response {
			switch {
			case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/7/visitors") && f.find(f.visitors, "101") != nil:
				return said(400, row{"IsTenant": []string{"The unit has a tenant."}})
			case strings.HasSuffix(r.URL.Path, "/remove") && !mayRemove:
				return said(400, row{"IsTenant": []string{"A tenant cannot be removed; vacate the unit."}})
			}
			return nil
		}
		f.wrote()
		_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "cid")})
		if mayRemove {
			well(t, errs...)
			is(t, "writes", f.wrote(), "visitors visitors/101/remove visitors")
			is(t, "edges", f.edges(), "unit:1/p:rnd/person:bea guest; unit:1/p:rnd/person:cid")
			continue
		}
		class(t, errs[0], cardea.Rejected)
		if !strings.Contains(fmt.Sprint(errs[0]), "visitor 101 moved out and may still count as the tenant") {
			t.Errorf("it does not say what to do: %v", errs[0])
		}
		is(t, "edges", f.edges(), "unit:1/p:rnd/person:bea guest")
	}
}

func TestWhoIsOffOnAVacantUnitMovedOutAlsoWhenItIsLetAgain(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.keepsVacated = true
	f.unit(1, "1", "Vacant")
	f.visitor(50, 1, "old@x.test", row{"isEnabled": false})
	grant(t, f.system(), edge("unit:1", "ana"))
	grant(t, f.system(), edge("unit:1", "ana"))
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana")
	revoke(t, f.system(), edge("unit:1", "ana"))
	is(t, "the unit", f.status(1), "Vacant")
}

func TestAProfileNameSaysWhatItNeeds(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for name, says := range map[string]bool{"profile:All areas": true, " Profile:x": true, "unit:1": false, "All areas": false} {
		if got := f.system().WhyNoGroup(name); strings.HasPrefix(got, "portal_visitors: true is needed") != says || (got == "") == says {
			t.Errorf("%s: %q", name, got)
		}
		if got := f.system(portal).WhyNoGroup(name); got != "" {
			t.Errorf("%s with portal visitors: %q", name, got)
		}
	}
}
