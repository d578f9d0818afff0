package main

import (
	"io"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestIncidentASpaceSystemFindsNothing has a space system answer 404 to every read, in the words that it has for a record that is
// gone: for ten minutes, twice, while hooks say that people's records have changed. Nobody loses anything, neither then nor
// after; whose record is really gone when it answers again is out.
func TestIncidentASpaceSystemFindsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		vendor, door, from, body string
		make                     func(t *testing.T) *rig
		hooked                   []string
		changes, ends            string
		out                      string // of this group or unit, by the end
		wants                    string
	}{
		{
			vendor: "officernd", door: "kisi", from: quiet, body: `{"statusCode":404,"message":"Item with Id (64b0c0ffee) not found"}`,
			make: func(t *testing.T) *rig { t.Helper(); return tiny(t, onSQLite) }, hooked: []string{"rnd"},
			changes: `officernd: {memberships: [{_id: ms-ana, name: Desk ?}, {_id: ms-dora, name: Desk ?}], members: [{_id: ana, phone: "+4470000000?"}]}`,
			ends:    "officernd: {memberships: [{_id: ms-ana, delete: true}]}", out: "General access", wants: "ana@x.test",
		},
		{
			vendor: "nexudus", door: "kisi", from: "2026-11-23T09:01:00Z", body: `{"Message":"No such record"}`,
			make: func(t *testing.T) *rig {
				t.Helper()
				return pair(t, nexudusSide(t), doorSide("kisi"), onSQLite, commonMappings(doorSide("kisi")))
			}, hooked: []string{"space"},
			changes: `nexudus: {coworkers: [{Id: eli, FullName: "Eli ?"}, {Id: ana, FullName: "Ana ?"}], coworkercontracts: [{Id: c-eli, Price: 140?}]}`,
			ends:    "nexudus: {coworkercontracts: [{Id: c-eli, delete: true}]}", out: "Office 12", wants: "eli@x.test",
		},
		{
			vendor: "kinnovis", door: "opentech", from: morning, body: `{"error":"not_found","message":"No such record"}`,
			make:    func(t *testing.T) *rig { t.Helper(); return north(t, nil, nil) },
			changes: `kinnovis: {bookings: [{id: book_ana, move_in_date: 2026-09-0?}], customers: [{id: cus_ana, phone: "+4470000000?"}]}`,
			ends:    "kinnovis: {bookings: [{id: book_ana, has_access: false}]}", out: "A-101", wants: "ana@x.test",
		},
	} {
		t.Run(c.vendor, func(t *testing.T) {
			t.Parallel()
			bubble(t, c.from, func(t *testing.T) {
				r := c.make(t)
				var away atomic.Bool
				var asked atomic.Int64
				tap := r.tapped()
				tap.before = func(_ int, req *http.Request) (*http.Response, error) {
					if !away.Load() || !strings.HasPrefix(req.URL.Path, "/"+c.vendor+"/") || req.Method != http.MethodGet {
						return nil, nil
					}
					asked.Add(1)
					return &http.Response{
						StatusCode: http.StatusNotFound, Status: "404 Not Found", Header: http.Header{"Content-Type": {"application/json"}},
						Body: io.NopCloser(strings.NewReader(c.body)), Request: req, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
					}, nil
				}
				if r.hooks != nil {
					r.hooks.handler = r.app.hooks(r.term, &serveCmd{})
				} else {
					r.listening(c.hooked...)
				}
				stop := r.serving()
				defer func() { stop(); r.shut() }()
				time.Sleep(5 * time.Minute)
				who := func() map[string][]string { return maps.Clone(r.passing(c.door)) }
				before := who()
				if !r.has(c.door, c.out, c.wants) {
					t.Fatalf("at first: %v", before)
				}
				for outage := range 2 {
					away.Store(true)
					for minute := range 10 {
						r.patch(strings.ReplaceAll(c.changes, "?", string(rune('1'+(outage*4+minute)%9))))
						time.Sleep(time.Minute)
						if diff := cmp.Diff(before, who()); diff != "" {
							t.Fatalf("outage %d, minute %d: %s", outage+1, minute+1, diff)
						}
					}
					if n := asked.Swap(0); n == 0 {
						t.Fatal("the outage met no read")
					}
					away.Store(false)
					time.Sleep(16 * time.Minute)
					if diff := cmp.Diff(before, who()); diff != "" {
						t.Fatalf("after outage %d: %s", outage+1, diff)
					}
				}
				r.patch(c.ends)
				time.Sleep(20 * time.Minute)
				if r.has(c.door, c.out, c.wants) {
					t.Errorf("whose record is gone passes: %v", who())
				}
			})
		})
	}
}

// has says whether somebody could pass now, by the name of the group or unit.
func (r *rig) has(door, group, email string) bool {
	for _, m := range r.passing(door)[group] {
		if m == email {
			return true
		}
	}
	return false
}
