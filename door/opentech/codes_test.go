package opentech_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

func TestACodeIsShownOnceAndAnotherCanBeHad(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.hideCodes = true
	f.unit(1, "1", "Vacant")
	grant(t, f.system(), edge("unit:1", "ana"))
	list, err := f.system().Codes(t.Context())
	if err != nil || len(list) != 1 || list[0].ShownAt != 0 || list[0].Account != account("ana") || list[0].Group != "unit:1" {
		t.Fatalf("%+v, %v", list, err)
	}
	show := func() (string, error) { return f.system().Show(t.Context(), account("ana"), "unit:1") }
	first, err := show()
	if err != nil || first != f.visitors[0]["code"] {
		t.Fatal("another code was shown")
	}
	_, err = show()
	class(t, err, cardea.Conflict)
	if err == nil || !strings.Contains(err.Error(), "2026-11-20T09:00:00Z") || !strings.Contains(err.Error(), "renew") ||
		strings.Contains(err.Error(), first) {
		t.Errorf("%v", err)
	}
	if list, err = f.system().Codes(t.Context()); err != nil || list[0].ShownAt != cardea.At(f.clock) {
		t.Errorf("%+v, %v", list, err)
	}
	f.clock = f.clock.Add(time.Hour)
	well(t, f.system().Renew(t.Context(), account("ana"), "unit:1"))
	second, err := show()
	if err != nil || second == first || second != f.visitors[0]["code"] {
		t.Errorf("the new code is not the visitor's: %v", err)
	}
	if in := f.sent[len(f.sent)-1]; len(in) != 1 {
		t.Errorf("more than the code was changed: %d fields", len(in))
	}
}

func TestCodesWeDidNotIssueAreNeitherShownNorChanged(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	grant(t, f.system(), edge("unit:1", "ana"), guest("unit:1", "bea"))
	f.visitor(50, 1, "zoe@x.test", row{"isTenant": false})
	revoke(t, f.system(), guest("unit:1", "bea"))
	zoe := guest("unit:1", "zoe")
	zoe.Account = "mail:zoe@x.test"
	revoke(t, f.system(), zoe) // now there is a note of them
	f.wrote()
	for _, a := range []cardea.AccountID{"mail:zoe@x.test", account("bea"), account("dan")} {
		_, err := f.system().Show(t.Context(), a, "unit:1")
		class(t, err, cardea.NotFound)
		class(t, f.system().Renew(t.Context(), a, "unit:1"), cardea.NotFound)
	}
	is(t, "writes", f.wrote(), "")
	if list, err := f.system().Codes(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestARenewalOfWhichNobodyKnowsIsSentAgain(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	grant(t, f.system(), edge("unit:1", "ana"))
	f.lostAnswer("update")
	class(t, f.system().Renew(t.Context(), account("ana"), "unit:1"), cardea.Unknown)
	f.after = nil
	if len(f.memory.codes()) != 2 {
		t.Error("one of the two codes that may hold is not remembered")
	}
	_, err := f.system().Show(t.Context(), account("ana"), "unit:1")
	class(t, err, cardea.Conflict)
	delete(f.visitors[0], "extendedData")
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana")
	well(t, f.system().Renew(t.Context(), account("ana"), "unit:1"))
	code, err := f.system().Show(t.Context(), account("ana"), "unit:1")
	if err != nil || code != f.visitors[0]["code"] || len(f.memory.codes()) != 1 {
		t.Errorf("%d codes are kept, %v", len(f.memory.codes()), err)
	}
}

func TestARefusedRenewalLeavesTheOldCode(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	grant(t, f.system(), edge("unit:1", "ana"))
	n := 0
	f.before = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/update") {
			if n++; n == 1 {
				return said(400, row{"AccessCode": []string{"duplicate"}})
			}
			return said(400, row{"AccessCode": []string{"must be even"}})
		}
		return nil
	}
	if err := f.system().Renew(t.Context(), account("ana"), "unit:1"); err == nil {
		t.Error("it was refused twice and ended well")
	}
	if code, err := f.system().Show(t.Context(), account("ana"), "unit:1"); err != nil || code != f.visitors[0]["code"] {
		t.Errorf("the old code is lost: %v", err)
	}
}

func TestNoCodeIsInAnyError(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	f.unit(2, "2", "Vacant")
	grant(t, f.system(), edge("unit:2", "bob"))
	var seen []string
	f.before = func(r *http.Request) *http.Response {
		if r.Method != http.MethodPost {
			return nil
		}
		code, ok := bodyOf(r)["accessCode"].(string)
		if !ok {
			return nil
		}
		seen = append(seen, code)
		// Whatever the vendor puts the code into.
		bodies := []any{
			row{"accessCode": code}, row{"errors": row{"Whatever": []string{"not " + code}}}, row{"title": "bad " + code}, "no " + code,
			row{"AccessCode": row{"value": code}}, []string{code},
		}
		return said(400, bodies[len(seen)%len(bodies)])
	}
	for range 8 {
		_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana")})
		err := f.system().Renew(t.Context(), account("bob"), "unit:2")
		for _, e := range append(errs, err) {
			if e == nil {
				t.Fatal("it was refused and ended well")
			}
			for _, c := range append(seen, f.memory.codes()...) {
				if strings.Contains(e.Error(), c) {
					t.Errorf("a code stands in %q", e)
				}
			}
		}
	}
	if len(seen) < 16 {
		t.Errorf("%d codes were tried", len(seen))
	}
}
