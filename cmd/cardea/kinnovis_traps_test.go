package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

// within returns who may open each of the units, of those that somebody may.
func (r *rig) within(units ...string) map[string]string {
	all, out := r.units("opentech"), map[string]string{}
	for _, u := range units {
		if all[u] != "" {
			out[u] = all[u]
		}
	}
	return out
}

// TestHasAccessIsOfOneBooking: switched off it shuts one unit and none of the customer's others; "revoke access for all bookings" is
// the switch of each, and giving one back opens that one.
func TestHasAccessIsOfOneBooking(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := north(t, map[string]string{"kinnovis.move_out_day": "in"}, nil)
		defer func() { r.shut() }()
		r.patch(`kinnovis: {bookings: [{id: book_ana2, customer_id: cus_ana, unit_ids: [unit_a103], move_in_date: 2026-11-20, move_out_date: 2026-11-23}]}`)
		for _, c := range []struct {
			patch string
			want  map[string]string
		}{
			{"", map[string]string{"A-101": "ana@x.test", "A-103": "ana@x.test"}},
			{`kinnovis: {bookings: [{id: book_ana2, has_access: false}]}`, map[string]string{"A-101": "ana@x.test"}},
			{`kinnovis: {bookings: [{id: book_ana, has_access: false}]}`, map[string]string{}},
			{`kinnovis: {bookings: [{id: book_ana2, has_access: true}]}`, map[string]string{"A-103": "ana@x.test"}},
		} {
			if c.patch != "" {
				r.patch(c.patch)
			}
			r.sync(desk.InStep)
			if diff := cmp.Diff(c.want, r.within("A-101", "A-103")); diff != "" {
				t.Errorf("after %q: %s", c.patch, diff)
			}
		}
	})
}

// TestARentalOfKinnovisBeginsAndEndsByItsDatesWithoutAWord: nothing tells of a booking before it starts, and what does may be lost.
func TestARentalOfKinnovisBeginsAndEndsByItsDatesWithoutAWord(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := north(t, map[string]string{"kinnovis.hook_delivery": "lost", "kinnovis.move_out_day": "in"}, func(f *config.File) {
			f.Integrations["north"].Interval.Duration = 12 * time.Hour
		})
		defer func() { r.shut() }()
		r.hooks.handler = r.app.hooks(r.term, &serveCmd{})
		stop := r.serving()
		defer stop()
		r.patch(`kinnovis: {locations: [{id: loc_north, timezone: America/New_York}],
  bookings: [{id: book_fay2, customer_id: cus_fay, unit_ids: [unit_a104], move_in_date: 2026-11-24, move_out_date: 2026-11-24},
    {id: book_eli, move_out_date: 2026-11-23}]}`)
		for _, c := range []struct{ at, who string }{
			{"2026-11-23T23:00:00Z", "eli@x.test"}, {"2026-11-24T04:59:58Z", "eli@x.test"}, {"2026-11-24T05:02:00Z", "fay@x.test"},
			{"2026-11-25T04:59:58Z", "fay@x.test"}, {"2026-11-25T05:02:00Z", ""},
		} {
			at(t, c.at)
			if got := r.units("opentech")["A-104"]; got != c.who {
				t.Errorf("%s: %q may open A-104, want %q", c.at, got, c.who)
			}
		}
	})
}
