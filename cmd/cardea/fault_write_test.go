package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// busy changes the world so that the next run makes an account, gives, moves and takes away access.
const busy = `
officernd:
  memberships:
    - {_id: ms-dan, startDate: 2026-11-20}
    - {_id: ms-gus, endDate: 2026-11-20}
  members:
    - {_id: jill, status: former}
  bookings:
    - {_id: bk-review, end: 2026-11-23T15:30:00Z}
`

// afterBusy is who can pass when the doors have followed.
var afterBusy = with(atNine, map[string][]string{
	"General access": append([]string{"dan"}, atNine["General access"]...),
	"Building":       {"hana", "ivan", "tess"}, "First floor": {"hana", "ivan", "tess"}, "Office 12": {"hana", "ivan", "tess"},
	"Second floor": {},
})

// TestAWriteThatGoesWrongIsLookedUp has each kind of write go wrong in each way, twice: what took effect is not done
// again, what did not is.
func TestAWriteThatGoesWrongIsLookedUp(t *testing.T) {
	t.Parallel()
	trouble := map[string]sandbox.Fault{
		"answer lost": {Effect: sandbox.EffectDropAfter}, "answer cut": {Effect: sandbox.EffectTruncate},
		"500": {Status: 500}, "503": {Status: 503}, "502": {Status: 502}, "429": {Status: 429, RetryAfter: 7},
	}
	writes := map[string]sandbox.Fault{
		"an account": {Method: "POST", Path: "/users"}, "an entry": {Method: "POST", Path: "/role_assignments"},
		"a removal": {Method: "DELETE", Path: "/role_assignments"},
	}
	for what, w := range writes {
		for effect, f := range trouble {
			f.Method, f.Path, f.Times = w.Method, w.Path, 2
			t.Run(what+"/"+effect, func(t *testing.T) {
				t.Parallel()
				play := func(t *testing.T, db database) {
					bubble(t, "2026-11-23T08:45:00Z", func(t *testing.T) {
						r := tiny(t, db)
						defer r.shut()
						if f.Method == http.MethodPost {
							first := f
							first.Skip = 3
							r.fault("kisi", first)
						}
						r.settle("the first run", 3)
						r.wantInside("the first run", atNine)
						r.sound("the first run")
						r.patch(busy)
						r.clear()
						r.fault("kisi", f)
						r.settle("the run after it", 3)
						r.wantInside("the run after it", afterBusy)
						r.sound("the run after it")
						n := r.writes()
						r.sync(desk.InStep)
						if s := r.sent(n); len(s) > 0 {
							t.Errorf("something was written: %v", s)
						}
					})
				}
				if effect == "answer lost" {
					eachDatabase(t, play)
					return
				}
				play(t, onSQLite)
			})
		}
	}
}

// TestTheVendorIsLeftAloneForAsLongAsItAsks answers 429 with Retry-After to reads and writes of both sides.
func TestTheVendorIsLeftAloneForAsLongAsItAsks(t *testing.T) {
	t.Parallel()
	for what, f := range map[string]sandbox.Fault{
		"officernd": {Method: "GET", Path: "*/memberships?*"}, "kisi": {Method: "GET", Path: "/role_assignments"},
		"kisi/POST": {Method: "POST", Path: "/role_assignments"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			bubble(t, "2026-11-23T08:45:00Z", func(t *testing.T) {
				r := tiny(t, onSQLite)
				p := r.tapped()
				defer r.shut()
				vendor, _, _ := strings.Cut(what, "/")
				var mu sync.Mutex
				var asked time.Time
				p.after = func(_ int, req *http.Request, res *http.Response) (*http.Response, error) {
					mu.Lock()
					defer mu.Unlock()
					if !strings.HasPrefix(req.URL.Path, "/"+vendor+"/") {
						return res, nil
					}
					if res.StatusCode == http.StatusTooManyRequests {
						asked = time.Now()
					} else if wait := time.Since(asked); wait < 30*time.Second && time.Now().After(asked) {
						t.Errorf("%s %s came %s after the vendor asked for 30 s", req.Method, req.URL.Path, wait)
					}
					return res, nil
				}
				f.Status, f.RetryAfter, f.Times = 429, 30, 2
				r.fault(vendor, f)
				r.sync(desk.InStep)
				if asked.IsZero() {
					t.Error("nobody was asked to wait")
				}
				r.wantInside("after it", atNine)
				r.sound("after it")
			})
		})
	}
}

// TestATokenThatExpiresMidRunIsRenewed ends the token before each call of a run in turn, in a night without bookings.
func TestATokenThatExpiresMidRunIsRenewed(t *testing.T) {
	t.Parallel()
	bubble(t, "2026-11-24T01:00:00Z", func(t *testing.T) {
		r := tiny(t, onSQLite)
		p := r.tapped()
		defer r.shut()
		r.sync(desk.InStep)
		n, calls := r.writes(), p.count()
		r.sync(desk.InStep)
		each, expired := p.count()-calls, 0
		for k := 1; k <= each; k++ {
			time.Sleep(2 * time.Minute) // a token that is refused soon after it was given is not at fault
			start := p.count()
			p.before = func(n int, req *http.Request) (*http.Response, error) {
				if n == start+k && strings.HasPrefix(req.URL.Path, "/officernd/api") {
					expired++
					return nil, r.expire()
				}
				return nil, nil
			}
			r.sync(desk.InStep)
		}
		if expired < 15 {
			t.Errorf("only %d tokens ended in %d runs", expired, each)
		}
		if s := r.sent(n); len(s) > 0 {
			t.Errorf("something was written: %v", s)
		}
	})
}

// expire ends every token that OfficeRnD gave.
func (r *rig) expire() error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://sandbox/_sandbox/officernd/expire", http.NoBody)
	if err != nil {
		return err
	}
	res, err := r.vendors.Transport().RoundTrip(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}
