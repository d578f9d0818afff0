package opentech_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

// Traps of vendors/opentech-kinnovis.md that no other test is named for.

func TestTokensThatLiveOtherwiseThanTheySayAreReplaced(t *testing.T) {
	t.Parallel()
	for _, lasts := range []string{"seconds", "minutes", "short"} {
		live(t, map[string]string{"token_life": lasts}, func(l *life) {
			l.add("S-1")
			for i := range 6 {
				e := guest("unit:s-1", fmt.Sprint("p", i))
				e.Guest = i > 0
				grant(l.t, l.s, e)
				time.Sleep(10 * time.Minute)
			}
			is(l.t, lasts+": who is in", l.passes("S-1"), "p0@x.test p1@x.test p2@x.test p3@x.test p4@x.test p5@x.test")
		})
	}
}

func TestARemovedVisitorThatStaysListedIsNobodys(t *testing.T) {
	t.Parallel()
	live(t, map[string]string{"removed_visitors": "listed"}, (*life).byProfile)
}

func TestAMoveOutThatIsNotFoundIsNoSuccessWhileTheUnitIsListed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	grant(t, f.system(), edge("unit:1", "ana"))
	f.refuse("vacate", 404)
	class(t, f.system().Revoke(t.Context(), []cardea.Edge{edge("unit:1", "ana")})[0], cardea.NotFound)
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana")
	f.before = nil
	revoke(t, f.system(), edge("unit:1", "ana"))
	is(t, "edges", f.edges(), "")
}

func TestACreateAnsweredWith503IsLookedForBeforeItIsMadeAgain(t *testing.T) {
	t.Parallel()
	for _, made := range []bool{true, false} {
		f := newFake(t)
		f.unit(1, "1", "Vacant")
		said503 := func(r *http.Request) bool {
			return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/visitors")
		}
		if made {
			f.after = func(r *http.Request, resp *http.Response) (*http.Response, error) {
				if said503(r) {
					return said(503, nil), nil
				}
				return resp, nil
			}
		} else {
			f.before = func(r *http.Request) *http.Response {
				if said503(r) {
					return said(503, nil)
				}
				return nil
			}
		}
		_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana")})
		class(t, errs[0], cardea.Unknown)
		is(t, "one write", f.wrote(), "visitors")
		f.before, f.after = nil, nil
		grant(t, f.system(), edge("unit:1", "ana"))
		is(t, "writes after looking", f.wrote(), map[bool]string{true: "", false: "visitors"}[made])
		is(t, "visitors", fmt.Sprint(len(f.visitors)), "1")
	}
}

// suppressCommands would delay the push to the controller until another command comes (2.5).
func TestCommandsAreNeverSuppressed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.before = func(r *http.Request) *http.Response {
		if r.Method == http.MethodPost && r.URL.RawQuery != "" {
			t.Errorf("%s has the query %s", r.URL.Path, r.URL.RawQuery)
		}
		return nil
	}
	s := f.system()
	if _, err := s.AddUnit(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	grant(t, s, edge("unit:1", "ana"), guest("unit:1", "bea"))
	both := []cardea.Edge{edge("unit:1", "ana"), guest("unit:1", "bea")}
	well(t, s.Lock(t.Context(), both)...)
	well(t, s.Unlock(t.Context(), both)...)
	if _, err := s.RenameUnit(t.Context(), "unit:1", "2"); err != nil {
		t.Fatal(err)
	}
	revoke(t, s, edge("unit:2", "ana"))
	for _, body := range f.sent {
		if _, sent := body["suppressCommands"]; sent {
			t.Errorf("sent %v", body)
		}
	}
	if len(f.sent) < 4 {
		t.Errorf("only %d bodies were looked at", len(f.sent))
	}
}

// A list may hold a code as a JSON number, with any leading zero lost (2.6).
func TestACodeThatIsShownAsANumberIsNobodyElses(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	f.lose(true, "timeout")
	f.hideExtended = true
	_, errs := f.system().Grant(t.Context(), []cardea.Edge{edge("unit:1", "ana")})
	class(t, errs[0], cardea.Unknown)
	f.before, f.after = nil, nil
	n := 0
	if _, err := fmt.Sscan(fmt.Sprint(f.visitors[0]["code"]), &n); err != nil || n == 0 {
		t.Fatalf("code %v", f.visitors[0]["code"])
	}
	f.visitors[0]["code"], f.visitors[0]["email"] = n, nil
	grant(t, f.system(), edge("unit:1", "ana"))
	is(t, "edges", f.edges(), "unit:1/p:rnd/person:ana")
	is(t, "visitors", fmt.Sprint(len(f.visitors)), "1")
}
