package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// gateWrites lets a cut act on what is written to the gate.
func (c *cut) gateWrites(inner http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if !strings.Contains(r.URL.Path, "/opentech/accesscontrol/") || r.Method == http.MethodGet {
			if c.dead.Load() {
				return nil, errCut
			}
			return inner.RoundTrip(r)
		}
		does, lives := c.step()
		if !does {
			return nil, errCut
		}
		res, err := inner.RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
		if !lives {
			if err == nil {
				err = res.Body.Close()
			}
			return nil, errors.Join(errCut, err)
		}
		return res, err
	})
}

// TestAStorageSiteThatIsKilledConverges kills a run at every write to the gate, before and after it takes effect: a unit is
// made, one is locked, somebody moves out and somebody in, and somebody moves into the new one. What comes up again ends
// in step, and nobody has two visitors on one unit. Where the gate shows neither code nor mark of a visitor whose making was
// cut off, a person is asked instead.
func TestAStorageSiteThatIsKilledConverges(t *testing.T) {
	t.Parallel()
	for _, shows := range []string{"shown", "hidden"} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s after=%v", shows, after), func(t *testing.T) {
				t.Parallel()
				for at := 1; killed(t, shows, at, after); at++ {
					if at > 30 {
						t.Fatal("no run comes to its end")
					}
				}
			})
		}
	}
}

// killed plays one story, killed at a write, and says whether it came so far.
func killed(t *testing.T, shows string, at int, after bool) (reached bool) {
	t.Helper()
	bubble(t, morning, func(t *testing.T) {
		records := append(site(2), tenant("gil", "Gil Gomez"), tenant("hal", "Hal Hart"), tenant("ida", "Ida Ink"),
			tenant("jo", "Jo Jung"), tenant("kim", "Kim Kaya"))
		records = append(records, rental(t, "r1", "gil", "u1", "hal")...)
		records = append(records, rental(t, "r2", "ida", "u2")...)
		r := storage(t, kept(t), records)
		defer func() { r.shut() }()
		if err := r.vendors.SetSwitches(map[string]string{"opentech.visitor_extended_data": shows}); err != nil {
			t.Fatal(err)
		}
		r.sync(desk.InStep)
		r.wantUnits("at first", map[string]string{"A-1": "gil@x.test hal@x.test", "A-2": "ida@x.test"})
		locked := rental(t, "r1", "gil", "u1", "hal")[0].(cardea.Agreement)
		locked.Locked = true
		out := rental(t, "r2", "ida", "u2")[0].(cardea.Agreement)
		out.End = date(t, "2026-11-22")
		changes := append(rental(t, "r3", "jo", "u2"), rental(t, "r4", "kim", "u3")...)
		r.house(append(changes, locked, out, unit(3))...)
		r.shut()

		ctx, cancel := context.WithCancel(context.Background())
		c := &cut{at: at, after: after, cancel: cancel}
		r.set.transport = c.gateWrites(r.vendors.Transport())
		r.open()
		if _, err := r.app.desk.Sync(ctx, nil); err != nil && !c.dead.Load() {
			t.Fatal(err)
		}
		reached = c.dead.Load()
		r.shut()
		cancel()

		r.set.transport = r.vendors.Transport()
		r.open()
		var result desk.Result
		for range 4 {
			time.Sleep(5 * time.Minute)
			var err error
			if result, err = r.app.desk.Sync(context.Background(), nil); err != nil {
				t.Fatal(err)
			}
			if result.Standing() == desk.InStep {
				break
			}
		}
		asked := shows == "hidden" && strings.Contains(brief(result), "by hand")
		if result.Standing() != desk.InStep && !asked {
			t.Errorf("killed at write %d (after %v), %s: %s", at, after, shows, brief(result))
		}
		r.wantUnits(fmt.Sprintf("killed at write %d", at), map[string]string{"A-1": "", "A-2": "jo@x.test", "A-3": "kim@x.test"})
	})
	return reached
}
