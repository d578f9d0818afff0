package opentech_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/opentech"
)

// lose spoils the answer of the first create: after it took effect, or before it reached the vendor's database.
func (f *fake) lose(made bool, how string) {
	lost := false
	hit := func(r *http.Request) bool {
		return !lost && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/visitors")
	}
	spoil := func() (*http.Response, error) {
		lost = true
		switch how {
		case "503":
			return said(503, nil), nil
		case "500":
			return said(500, nil), nil
		case "unreadable":
			return raw(200, "{}"), nil
		}
		return nil, errors.New("connection reset")
	}
	if made {
		f.after = func(r *http.Request, resp *http.Response) (*http.Response, error) {
			if hit(r) {
				return spoil()
			}
			return resp, nil
		}
		return
	}
	f.before = func(r *http.Request) *http.Response {
		if hit(r) {
			lost = true
			return said(502, nil)
		}
		return nil
	}
}

func TestALostCreateIsAdoptedByMarkOrCode(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"timeout", "500", "503", "unreadable"} {
		for _, hidden := range []string{"nothing", "codes", "marks"} {
			t.Run(how+", hides "+hidden, func(t *testing.T) {
				t.Parallel()
				f := newFake(t)
				f.hideCodes, f.hideExtended = hidden == "codes", hidden == "marks"
				f.unit(1, "1", "Vacant")
				f.lose(true, how)
				_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana")})
				class(t, errs[0], cardea.Unknown)
				is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana")
				grant(t, f.system(), edge("unit:1", "ana"))
				if len(f.visitors) != 1 || len(f.sent) != 1 {
					t.Errorf("%d visitors after %d creates", len(f.visitors), len(f.sent))
				}
				if codes := f.memory.codes(); len(codes) != 1 || f.visitors[0]["code"] != codes[0] {
					t.Error("the kept code is not the visitor's")
				}
				if code, err := f.system().Show(t.Context(), account("ana"), "unit:1"); err != nil || code != f.visitors[0]["code"] {
					t.Errorf("the code cannot be shown: %v", err)
				}
			})
		}
	}
}

func TestACreateThatNeverArrivedIsMadeWithTheCodeThatWasMeant(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	f.lose(false, "")
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana")})
	class(t, errs[0], cardea.Unknown)
	codes := f.memory.codes()
	if len(codes) != 1 || len(f.visitors) != 0 {
		t.Fatalf("%d codes, %d visitors", len(codes), len(f.visitors))
	}
	grant(t, f.system(), edge("unit:1", "ana"))
	if len(f.visitors) != 1 || f.visitors[0]["code"] != codes[0] {
		t.Error("another code was used")
	}
}

func TestNobodyCanTellALostCreateWhenCodesAndMarksAreHidden(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.hideCodes, f.hideExtended = true, true
	f.unit(1, "1", "Vacant")
	f.lose(true, "timeout")
	e := edge("unit:1", "ana")
	e.Who.Email = ""
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{e})
	class(t, errs[0], cardea.Unknown)
	for range 2 {
		_, errs = f.system().Grant(t.Context(), []cardea.Edge{e})
		class(t, errs[0], cardea.Conflict)
	}
	if errs[0] == nil || !strings.Contains(errs[0].Error(), "visitor 101") || len(f.visitors) != 1 {
		t.Errorf("%v, %d visitors", errs[0], len(f.visitors))
	}
	if _, err := f.system().Show(t.Context(), account("ana"), "unit:1"); cardea.ClassOf(err) != cardea.Conflict {
		t.Errorf("a code that may not hold was shown: %v", err)
	}
	f.visitors = nil // a person looked and removed it
	f.units[0]["status"] = "Vacant"
	grant(t, f.system(), e)
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana")
}

func TestWhoWasThereBeforeIsNotTakenForALostCreate(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.hideCodes, f.hideExtended = true, true
	f.unit(1, "1", "Rented")
	f.visitor(50, 1, "")
	f.lose(false, "")
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{guest("unit:1", "bea")})
	class(t, errs[0], cardea.Unknown)
	grant(t, f.system(), guest("unit:1", "bea"))
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:bea guest; unit:1/v:50")
}

func TestADuplicateCodeIsReplacedOnce(t *testing.T) {
	t.Parallel()
	for _, times := range []int{1, 2} {
		f := newFake(t)
		f.unit(1, "1", "Vacant")
		refused := []string{}
		f.before = func(r *http.Request) *http.Response {
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/visitors") && len(refused) < times {
				code := bodyOf(r)["accessCode"].(string)
				refused = append(refused, code)
				return said(400, row{"AccessCode": []string{"The access code " + code + " is in use"}})
			}
			return nil
		}
		_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana")})
		if times == 1 {
			well(t, errs...)
			if codes := f.memory.codes(); len(codes) != 1 || slices.Contains(refused, codes[0]) {
				t.Errorf("the refused code is kept")
			}
			continue
		}
		if errs[0] == nil || refused[0] == refused[1] {
			t.Fatalf("%v, %v", errs[0], refused)
		}
		for _, c := range refused {
			if strings.Contains(errs[0].Error(), c) {
				t.Errorf("a code stands in an error: %v", errs[0])
			}
		}
		if len(f.visitors) != 0 {
			t.Errorf("%d visitors", len(f.visitors))
		}
	}
}

func TestACodeThatSomebodyHasIsNotDrawn(t *testing.T) {
	t.Parallel()
	free := newFake(t)
	free.unit(1, "1", "Vacant")
	grant(t, free.system(), edge("unit:1", "ana"))
	taken := free.memory.codes()[0]

	f := newFake(t) // draws the same
	f.unit(1, "1", "Vacant")
	f.visitor(50, 0, "z@x.test", row{"code": taken, "isTenant": false})
	grant(t, f.system(), edge("unit:1", "ana"))
	if f.memory.codes()[0] == taken {
		t.Error("two people would have one code")
	}
}

func TestACreateRefusedAs409IsLookedAt(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	n := 0
	f.after = func(r *http.Request, resp *http.Response) (*http.Response, error) {
		if r.Method == http.MethodPost {
			if n++; n == 1 {
				return said(409, nil), nil
			}
		}
		return resp, nil
	}
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana")})
	class(t, errs[0], cardea.Conflict)
	grant(t, f.system(), edge("unit:1", "ana"))
	if len(f.visitors) != 1 {
		t.Errorf("%d visitors", len(f.visitors))
	}
}

func TestWithoutItsMemoryNothingIsReadOrWritten(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.visitor(50, 1, "ana@x.test")
	f.memory.fail = cardea.Errorf(cardea.Retry, "the database is gone")
	in := read(t, f.system(), kinds(cardea.KindEdge))
	if g := in.Collection(cardea.KindEdge).Evidence().Grade(); g != cardea.Failed {
		t.Errorf("the reading is %s", g)
	}
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{guest("unit:1", "bea")})
	class(t, errs[0], cardea.Retry)
	e := edge("unit:1", "ana")
	e.Account = "mail:ana@x.test"
	class(t, f.system().Revoke(t.Context(), []cardea.Edge{e})[0], cardea.Retry)
	is(t, "writes", f.wrote(), "")
}

func TestAnAccountIsFoundBeforeItHasAVisitor(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.system()
	if found, err := s.Find(t.Context(), *person("ana")); err != nil || len(found) != 0 {
		t.Fatalf("%v, %v", found, err)
	}
	made, err := s.Create(t.Context(), *person("ana"))
	if err != nil || made.ID != account("ana") || made.External != "rnd/person:ana" {
		t.Fatalf("%+v, %v", made, err)
	}
	again, err := f.system().Create(t.Context(), *person("ana"))
	if err != nil || again != made {
		t.Errorf("%+v, %v", again, err)
	}
	for _, one := range []*opentech.System{s, f.system()} {
		if found, err := one.Find(t.Context(), *person("ana")); err != nil || len(found) != 1 || found[0] != made {
			t.Errorf("%v, %v", found, err)
		}
	}
	in := read(t, f.system(), kinds(cardea.KindAccount))
	if got := in.Collection(cardea.KindAccount).Records(); len(got) != 1 || got[0] != cardea.Record(made) {
		t.Errorf("%v", got)
	}
	byMail := cardea.NewAccount{Email: "ANA@x.test"}
	for _, one := range []*opentech.System{s, f.system()} { // the first has listed the visitors before
		if found, err := one.Find(t.Context(), byMail); err != nil || len(found) != 1 || found[0] != made {
			t.Errorf("by address: %v, %v", found, err)
		}
	}
	is(t, "writes", f.wrote(), "")
}

func TestAPersonIsFoundByAddressWhateverItsCase(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.visitor(50, 1, " Ana@X.Test")
	found, err := f.system().Find(t.Context(), *person("ana"))
	if err != nil || len(found) != 1 || found[0].ID != "mail:ana@x.test" {
		t.Errorf("%v, %v", found, err)
	}
}

func TestWhoseAVisitorIs(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	f.unit(2, "2", "Vacant")
	s := f.system()
	if _, err := s.Create(t.Context(), *person("ana")); err != nil {
		t.Fatal(err)
	}
	grant(t, s, edge("unit:1", "ana"))
	f.visitors[0]["email"] = "other@x.test" // our note of the visitor outweighs the address
	delete(f.visitors[0], "extendedData")
	f.visitor(60, 2, "ana@x.test")                                                 // an account of ours bears the address
	f.visitor(61, 2, "zoe@x.test", row{"extendedData": row{"cardea": "p:r/v:2"}})  // our mark outweighs the address
	f.visitor(62, 2, "zoe@x.test", row{"extendedData": row{"cardea": "whatever"}}) // which is no mark of ours
	f.visitor(63, 2, "")
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana; unit:2/mail:zoe@x.test; unit:2/p:r/v:2; "+
		"unit:2/p:rnd/person:ana; unit:2/v:63")
}
