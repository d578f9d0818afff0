package opentech_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/opentech"
)

func examine(t *testing.T, s *opentech.System) string {
	t.Helper()
	issues, err := s.Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range issues {
		out = append(out, strings.TrimSuffix(i.Code+" "+string(i.Group), " "))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func TestExamineNamesUnitsWithoutAPairedLock(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	f.unit(2, "2", "Vacant")
	f.unit(3, "3", "Vacant")
	f.unit(4, "4A", "Vacant")
	f.locks = []row{
		{"id": 1, "unitId": 1, "unitName": "1", "isDevicePaired": true}, {"id": 2, "unitId": 2, "isDevicePaired": false},
		{"id": 4, "unitId": nil, "unitName": "4a ", "isDevicePaired": true},
	}
	is(t, "issues", examine(t, f.system()), "unit-without-lock unit:2; unit-without-lock unit:3")
	f.locks = nil
	is(t, "without any lock", examine(t, f.system()), "no-smart-locks")
}

func TestExamineSaysWhatTheFacilitySaysOfItself(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.locks = []row{{"id": 1, "unitId": 1, "isDevicePaired": true}}
	f.emergency, f.lockdown = true, true
	f.health["edgeRouterPlatformOverallStatus"] = "warning"
	s := f.system(func(c *opentech.Config) { c.Profile, c.TimeGroup = "Roof", "24 hour" })
	is(t, "issues", examine(t, s), "emergency; facility-status; lockdown; rented-by-nobody unit:1; unknown-default")
	is(t, "writes", f.wrote(), "")
}

func TestExamineGoesOnWhereItMayNotLook(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Rented")
	f.before = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/smartlockstatus") {
			return said(403, nil)
		}
		return nil
	}
	is(t, "issues", examine(t, f.system()), "not-examined; rented-by-nobody unit:1")
	f.before = func(*http.Request) *http.Response { return said(503, nil) }
	_, err := f.system().Examine(t.Context())
	class(t, err, cardea.Retry)
}

func TestRevocationsAtOnceStillVacateTheUnit(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.unit(1, "1", "Vacant")
	s := f.system()
	es := []cardea.Edge{edge("unit:1", "ana")}
	for _, name := range []string{"bea", "cid", "dan"} {
		es = append(es, guest("unit:1", name))
	}
	grant(t, s, es...)
	var wg sync.WaitGroup
	for _, e := range es {
		wg.Go(func() {
			if err := s.Revoke(t.Context(), []cardea.Edge{e})[0]; err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	is(t, "status", f.status(1), "Vacant")
	is(t, "edges", f.edges(), "")
}

func TestWhatIsAssumedIsSaid(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.system()
	for _, a := range s.Assumed() {
		if !strings.HasSuffix(a, ".") {
			t.Errorf("%q is no sentence", a)
		}
	}
	if l := s.Limits(); l.Timed || !l.NamesEdges || l.NeedsEmail || l.Batch < 1 || len(s.Assumed()) == 0 {
		t.Errorf("%+v", l)
	}
}
