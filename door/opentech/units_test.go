package opentech_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestUnitNumbersAreMatchedTrimmedAndCaseFolded(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, " 12a ", "Vacant")
	s := f.system()
	if g := s.UnitGroup("  12A"); g != "unit:12a" || s.UnitGroup("12 A") == g {
		t.Errorf("groups %q and %q", g, s.UnitGroup("12 A"))
	}
	g, err := s.AddUnit(t.Context(), "12A")
	if err != nil || g.ID != "unit:12a" || g.Name != "12a" || g.Unit != cardea.UnitVacant {
		t.Errorf("%+v, %v", g, err)
	}
	is(t, "writes", f.wrote(), "")
}

func TestUnitsAreMadeVacantAndOnce(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.system()
	for range 2 {
		if g, err := s.AddUnit(t.Context(), " 7B "); err != nil || g.Name != "7B" || g.Unit != cardea.UnitVacant {
			t.Errorf("%+v, %v", g, err)
		}
	}
	if g, err := f.system().AddUnit(t.Context(), "7b"); err != nil || g.ID != "unit:7b" {
		t.Errorf("%+v, %v", g, err)
	}
	is(t, "writes", f.wrote(), "units")
	if n := strings.Count(strings.Join(f.reads, " "), "units"); n != 2 {
		t.Errorf("%d listings for three calls of two processes", n)
	}
}

func TestARefusedUnitNumberIsPassedOnInTheVendorsWords(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	_, err := f.system().AddUnit(t.Context(), "ten letters")
	class(t, err, cardea.Rejected)
	if err == nil || !strings.Contains(err.Error(), "UnitNumber must be at most 9 characters") {
		t.Errorf("%v", err)
	}
	_, err = f.system().AddUnit(t.Context(), "  ")
	class(t, err, cardea.Rejected)
}

func TestAUnitMadeMeanwhileIsASuccess(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.system()
	if _, err := s.AddUnit(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	f.unit(9, "2", "Vacant") // by somebody else, after the units were listed
	if g, err := s.AddUnit(t.Context(), "2"); err != nil || g.ID != "unit:2" {
		t.Errorf("%+v, %v", g, err)
	}
	f.lostAnswer("units")
	f.after = func(r *http.Request, resp *http.Response) (*http.Response, error) {
		if r.Method == http.MethodPost {
			return nil, errors.New("connection reset")
		}
		return resp, nil
	}
	if g, err := s.AddUnit(t.Context(), "3"); err != nil || g.ID != "unit:3" || len(f.units) != 3 {
		t.Errorf("%+v, %v, %d units", g, err, len(f.units))
	}
}

func TestTwoUnitsOfOneNumberAreUnusable(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "12a", "Rented")
	f.unit(2, "12A ", "Vacant")
	f.unit(3, "13", "Vacant")
	f.visitor(50, 1, "ana@x.test")
	s := f.system()
	in := read(t, s, kinds(cardea.KindGroup, cardea.KindEdge))
	groups := in.Collection(cardea.KindGroup)
	if len(groups.Records()) != 1 || len(groups.BadOnes()) == 0 || groups.BadOnes()[0].Who[0].ID != "unit:12a" {
		t.Errorf("%v, bad %v", groups.Records(), groups.BadOnes())
	}
	if g := groups.Evidence().Grade(); g != cardea.Complete {
		t.Errorf("groups are %s (%s)", g, groups.Evidence().Why())
	}
	if bad := in.Collection(cardea.KindEdge).BadOnes(); len(bad) != 1 || bad[0].Who[0].ID != "unit:12a/mail:ana@x.test" {
		t.Errorf("bad edges %v", bad)
	}
	e := edge("unit:12a", "ana")
	e.Account = "mail:ana@x.test"
	_, errs := s.Grant(t.Context(), []cardea.Edge{e})
	class(t, errs[0], cardea.Conflict)
	class(t, s.Revoke(t.Context(), []cardea.Edge{e})[0], cardea.Conflict)
	class(t, s.DeleteUnit(t.Context(), "unit:12a"), cardea.Conflict)
	_, err := s.AddUnit(t.Context(), "12a")
	class(t, err, cardea.Conflict)
	is(t, "writes", f.wrote(), "")
	issues, err := s.Examine(t.Context())
	if err != nil || len(issues) == 0 || issues[0].Code != "duplicate-unit-number" {
		t.Errorf("%v, %v", issues, err)
	}
}

func TestOnlyVacantAndEmptyUnitsAreDeleted(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.unit(2, "2", "Vacant")
	f.unit(3, "3", "Delinquent")
	f.unit(4, "4", "Vacant")
	f.visitor(50, 4, "guest@x.test", row{"isTenant": false})
	s := f.system()
	for _, g := range []cardea.GroupID{"unit:1", "unit:3", "unit:4"} {
		class(t, s.DeleteUnit(t.Context(), g), cardea.Conflict)
	}
	is(t, "writes", f.wrote(), "")
	for range 2 {
		well(t, s.DeleteUnit(t.Context(), "unit:2"))
	}
	is(t, "writes", f.wrote(), "units/2/delete/vacant")
	class(t, s.DeleteUnit(t.Context(), "profile:11"), cardea.Rejected)
	f.before = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/delete/vacant") {
			return raw(200, "false")
		}
		return nil
	}
	f.visitors = nil
	class(t, s.DeleteUnit(t.Context(), "unit:4"), cardea.Conflict)
}

func renameWorld(t *testing.T) *fake {
	t.Helper()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	grant(t, f.system(), edge("unit:1", "ana"), guest("unit:1", "bea"), guest("unit:1", "cid"))
	revoke(t, f.system(), guest("unit:1", "cid"))
	f.visitors = append(f.visitors[1:], f.visitors[0]) // the tenant is listed last
	f.wrote()
	return f
}

// renamed checks that everybody is on the one new unit with the code they had.
func renamed(t *testing.T, f *fake, codes map[any]any, got cardea.Group, err error) {
	t.Helper()
	if err != nil || got.ID != "unit:1b" {
		t.Fatalf("%+v, %v", got, err)
	}
	if len(f.units) != 1 || f.units[0]["unitNumber"] != "1b" || len(f.visitors) != 3 {
		t.Errorf("units %v, %d visitors", f.units, len(f.visitors))
	}
	for _, v := range f.visitors {
		if v["code"] != codes[v["id"]] || v["unitId"] != f.units[0]["id"] {
			t.Errorf("visitor %v has another code or unit", v["id"])
		}
	}
	is(t, "edges", f.edges(), "unit:1b/p:rnd/person:ana; unit:1b/p:rnd/person:bea guest")
	if n := f.memory.count("rename"); n != 0 {
		t.Errorf("%d renames are noted", n)
	}
	if n := f.memory.count("visitor"); n != 3 {
		t.Errorf("%d notes, want 3", n)
	}
	back := grant(t, f.system(), guest("unit:1b", "cid"))
	if codes[f.visitors[1]["id"]] == nil || len(f.visitors) != 3 {
		t.Errorf("%v was made anew", back)
	}
}

func codesOf(f *fake) map[any]any {
	out := map[any]any{}
	for _, v := range f.visitors {
		out[v["id"]] = v["code"]
	}
	return out
}

func TestARenameMovesEverybodyTheTenantLastAndTakesTheOldUnitAway(t *testing.T) {
	t.Parallel()
	f := renameWorld(t)
	codes := codesOf(f)
	g, err := f.system().RenameUnit(t.Context(), "unit:1", "1b")
	is(t, "writes", f.wrote(), "units visitors/102/update visitors/103/update visitors/101/update "+
		"units/1/vacate units/1/delete/vacant")
	renamed(t, f, codes, g, err)
	g, err = f.system().RenameUnit(t.Context(), "unit:1", "1b")
	if err != nil || g.ID != "unit:1b" {
		t.Errorf("a second time: %+v, %v", g, err)
	}
	_, err = f.system().RenameUnit(t.Context(), "unit:8", "8b")
	class(t, err, cardea.NotFound)
}

func TestARenameThatWasCutShortAnywhereIsResumed(t *testing.T) {
	t.Parallel()
	for cut := 1; cut <= 6; cut++ {
		for _, effect := range []bool{true, false} {
			t.Run(fmt.Sprintf("at write %d, which took effect: %v", cut, effect), func(t *testing.T) {
				t.Parallel()
				f := renameWorld(t)
				codes := codesOf(f)
				n := 0
				stop := func(r *http.Request) bool {
					if r.Method == http.MethodPost {
						n++
					}
					return n >= cut // as if the machine had stopped: nothing gets through from here on
				}
				if effect {
					f.after = func(r *http.Request, resp *http.Response) (*http.Response, error) {
						if stop(r) {
							f.before = func(*http.Request) *http.Response { return said(503, nil) }
							return nil, errors.New("connection reset")
						}
						return resp, nil
					}
				} else {
					f.before = func(r *http.Request) *http.Response {
						if stop(r) {
							return said(503, nil)
						}
						return nil
					}
				}
				if _, err := f.system().RenameUnit(t.Context(), "unit:1", "1b"); err == nil {
					t.Fatal("it was cut short and ended well")
				}
				f.before, f.after = nil, nil
				g, err := f.system().RenameUnit(t.Context(), "unit:1", "1b")
				renamed(t, f, codes, g, err)
			})
		}
	}
}

func TestAUnitIsNotVacatedBeforeNobodyIsOnIt(t *testing.T) {
	t.Parallel()
	f := renameWorld(t)
	f.moveKeepsUnit = true
	_, err := f.system().RenameUnit(t.Context(), "unit:1", "1b")
	class(t, err, cardea.Conflict)
	if strings.Contains(f.wrote(), "vacate") || f.status(1) != "Rented" {
		t.Error("the people would have been thrown out")
	}
}

func TestARenameToANumberInUseOrOfALockedUnitIsRefused(t *testing.T) {
	t.Parallel()
	f := renameWorld(t)
	f.unit(2, "2", "Rented")
	_, err := f.system().RenameUnit(t.Context(), "unit:1", "2")
	class(t, err, cardea.Conflict)
	f.units[0]["status"] = "Delinquent"
	_, err = f.system().RenameUnit(t.Context(), "unit:1", "1b")
	class(t, err, cardea.Conflict)
	is(t, "writes", f.wrote(), "")
	f.units[0]["status"] = "Rented"
	if g, err := f.system().RenameUnit(t.Context(), "unit:1", " 1 "); err != nil || g.ID != "unit:1" {
		t.Errorf("%+v, %v", g, err)
	}
}

func TestARenameThatHadBegunIsFinishedBeforeAnother(t *testing.T) {
	t.Parallel()
	f := renameWorld(t)
	codes := codesOf(f)
	f.refuse("update", 503)
	if _, err := f.system().RenameUnit(t.Context(), "unit:1", "1b"); err == nil {
		t.Fatal("it was cut short and ended well")
	}
	f.before = nil
	_, err := f.system().RenameUnit(t.Context(), "unit:1", "1c")
	class(t, err, cardea.Conflict)
	g, err := f.system().RenameUnit(t.Context(), "unit:1", "1b")
	renamed(t, f, codes, g, err)
}
