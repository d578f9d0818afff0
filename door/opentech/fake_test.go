package opentech_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

type row = map[string]any

// fake is a small facility as vendors/opentech-kinnovis.md describes it, in this process.
type fake struct {
	t  *testing.T
	mu sync.Mutex

	facilities, units, visitors, locks []row
	lists                              map[string][]row // timegroups, accessprofiles
	emergency, lockdown                bool
	health                             row
	lastID                             int
	calls                              []string // writes
	reads                              []string
	sent                               []row // bodies of creates and updates

	hideCodes     bool // reads show no code
	hideExtended  bool // reads show no extendedData
	unitShutsAll  bool // a disabled unit shows its visitors as locked out, and enabling it enables them all
	keepsVacated  bool // visitors stay listed on a unit that was vacated
	says400       bool // "already" is a 400 and not a 409
	moveKeepsUnit bool // an update with another unitId is ignored

	before func(r *http.Request) *http.Response
	after  func(r *http.Request, resp *http.Response) (*http.Response, error)

	memory *memory
	random io.Reader
	clock  time.Time
}

func newFake(t *testing.T) *fake {
	t.Helper()
	return &fake{
		t: t, lastID: 100, memory: newMemory(t), random: rand.NewChaCha8([32]byte{7}),
		clock:      time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC),
		facilities: []row{{"id": 7, "name": "Elm Street", "propertyNumber": "PN-1"}},
		lists: map[string][]row{
			"timegroups":     {{"id": 1, "name": "24 hour"}, {"id": 2, "name": "Office hours"}},
			"accessprofiles": {{"id": 10, "name": "All areas"}, {"id": 11, "name": "Ground floor"}},
		},
		health: row{"gatewayControllerPlatformOverallStatus": "ok", "edgeRouterPlatformOverallStatus": "ok"},
	}
}

func (f *fake) unit(id int, number, status string) row {
	u := row{"id": id, "unitNumber": number, "status": status, "facilityId": 7, "extendedData": row{}}
	f.units = append(f.units, u)
	return u
}

// visitor puts somebody there whom we did not make.
func (f *fake) visitor(id, unit int, email string, more ...row) row {
	v := row{
		"id": id, "unitId": nil, "unitNumber": nil, "name": "Some Body", "isTenant": true, "isPortalVisitor": false,
		"isEnabled": true, "isLockedOut": false, "code": "70" + strconv.Itoa(id), "email": nil, "mobilePhoneNumber": nil,
		"timeGroupId": 1, "timeGroupName": "24 hour", "accessProfileId": 10, "accessProfileName": "All areas",
	}
	if email != "" {
		v["email"] = email
	}
	f.place(v, unit)
	for _, m := range more {
		for k, x := range m {
			v[k] = x
		}
	}
	f.visitors = append(f.visitors, v)
	return v
}

func (f *fake) place(v row, unit int) {
	if unit == 0 {
		return
	}
	v["unitId"] = unit
	for _, u := range f.units {
		if u["id"] == unit {
			v["unitNumber"] = u["unitNumber"]
		}
	}
}

// RoundTrip implements http.RoundTripper.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Header.Get("api-version") != "2.0" || r.Header.Get("Authorization") == "" {
		f.t.Errorf("%s %s: version %q, authorization %q",
			r.Method, r.URL.Path, r.Header.Get("api-version"), r.Header.Get("Authorization"))
	}
	call := strings.TrimPrefix(r.URL.Path, "/facilities/7/")
	if r.Method == http.MethodGet {
		f.reads = append(f.reads, call)
	} else {
		f.calls = append(f.calls, call)
		if r.Header.Get("Content-Type") != "application/json" {
			f.t.Errorf("%s %s: content type %q", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
		}
	}
	if f.before != nil {
		if resp := f.before(r); resp != nil {
			return resp, nil
		}
	}
	resp := f.serve(r, call)
	if f.after != nil {
		return f.after(r, resp)
	}
	return resp, nil
}

func (f *fake) serve(r *http.Request, call string) *http.Response {
	get := r.Method == http.MethodGet
	parts := strings.Split(call, "/")
	switch {
	case r.URL.Path == "/facilities":
		return said(200, f.facilities)
	case r.URL.Path == "/facilities/statuslist":
		return said(200, []row{{"facilityId": 7, "accountName": "Elm Storage"}})
	case r.URL.Path == "/facilities/detail":
		for _, x := range f.facilities {
			if x["propertyNumber"] == r.URL.Query().Get("propertyNumber") {
				return said(200, x)
			}
		}
		return said(404, nil)
	case !strings.HasPrefix(r.URL.Path, "/facilities/7/"):
		return said(404, nil)
	case get && f.lists[call] != nil:
		return said(200, f.lists[call])
	case get && call == "units":
		return said(200, list(f.units))
	case get && call == "visitors":
		return said(200, f.shown(func(row) bool { return true }))
	case get && len(parts) == 3 && parts[2] == "visitors":
		id, _ := strconv.Atoi(parts[1])
		if f.find(f.units, parts[1]) == nil {
			return said(404, nil)
		}
		return said(200, f.shown(func(v row) bool { return fmt.Sprint(v["unitId"]) == strconv.Itoa(id) }))
	case get && call == "smartlockstatus":
		return said(200, list(f.locks))
	case get && call == "status":
		return said(200, f.health)
	case get && call == "emergency":
		return said(200, f.emergency)
	case get && call == "lockdown":
		return said(200, f.lockdown)
	case call == "units":
		return f.addUnit(bodyOf(r))
	case call == "visitors":
		return f.addVisitor(bodyOf(r))
	case parts[0] == "units":
		return f.onUnit(parts)
	case parts[0] == "visitors":
		return f.onVisitor(parts, r)
	}
	return said(404, nil)
}

func (f *fake) shown(fits func(row) bool) []row {
	out := []row{}
	for _, v := range f.visitors {
		if !fits(v) {
			continue
		}
		c := row{}
		for k, x := range v {
			if k == "code" && f.hideCodes {
				x = nil
			}
			if k == "extendedData" && f.hideExtended {
				continue
			}
			c[k] = x
		}
		if u := f.find(f.units, fmt.Sprint(v["unitId"])); u != nil && u["status"] == "Delinquent" && f.unitShutsAll {
			c["isEnabled"], c["isLockedOut"] = false, true
		}
		out = append(out, c)
	}
	return out
}

func (f *fake) find(rows []row, id string) row {
	for _, o := range rows {
		if fmt.Sprint(o["id"]) == id {
			return o
		}
	}
	return nil
}
