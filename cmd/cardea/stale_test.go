package main

import (
	"context"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// TestEndsWhileTheSpaceSystemIsDown breaks the space side before a membership ends at midnight, and a booking at a quarter past
// ten: within six hours the end acts, later it waits until the system is back. Bookings end on time.
func TestEndsWhileTheSpaceSystemIsDown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from string // the last good reading was 39 minutes before
		goes bool
	}{"for five hours": {"2026-11-23T19:00:00Z", true}, "for seven hours": {"2026-11-23T17:00:00Z", false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachDatabase(t, func(t *testing.T, db database) {
				bubble(t, "2026-11-23T15:21:00Z", func(t *testing.T) {
					r := hourly(t, db, "")
					defer r.shut()
					stop := r.serving()
					defer stop()
					at(t, c.from)
					r.fault("officernd", sandbox.Fault{Status: 503})
					at(t, "2026-11-24T00:14:00Z")
					r.wantIn("General access", "ana", true)
					at(t, "2026-11-24T00:16:00Z")
					r.wantIn("General access", "ana", !c.goes)
					at(t, "2026-11-24T01:00:00Z")
					r.wantIn("General access", "ana", !c.goes)
					r.wantIn("Office 12", "eli", true)
					r.clear()
					at(t, "2026-11-24T02:22:00Z")
					r.wantIn("General access", "ana", false)
					r.wantIn("Office 12", "eli", true)
				})
			})
		})
	}
}

// TestASilentSpaceSystemIsAnIssueAfterAnHour and no longer when it is back.
func TestASilentSpaceSystemIsAnIssueAfterAnHour(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, "2026-11-23T15:21:00Z", func(t *testing.T) {
			r := hourly(t, db, "")
			defer r.shut()
			stop := r.serving()
			defer stop()
			at(t, "2026-11-23T17:00:00Z") // it was read at 16:21, and is due at 17:21
			r.fault("officernd", sandbox.Fault{Status: 503})
			at(t, "2026-11-23T17:20:00Z")
			if i := r.issues("space-stale"); len(i) > 0 {
				t.Fatalf("before the hour: %+v", i)
			}
			at(t, "2026-11-23T17:22:00Z")
			i := r.issues("space-stale")
			if len(i) != 1 || i[0].Minor || !strings.Contains(i[0].Text, "space was last read whole at 2026-11-23T16:21") {
				t.Fatalf("after the hour: %+v", i)
			}
			r.clear()
			at(t, "2026-11-23T18:22:00Z")
			if i := r.issues("space-stale"); len(i) > 0 {
				t.Fatalf("it is back: %+v", i)
			}
		})
	})
}

// TestWhatExpiresInSilenceGoesThroughTheBrake has two groups that must not outlive the space system's silence by two hours, and
// one that may: of Office 12 the only person goes and comes back, of General access it would be everybody.
func TestWhatExpiresInSilenceGoesThroughTheBrake(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, "2026-11-23T09:21:00Z", func(t *testing.T) {
			r := hourly(t, db, "Office 12: {when_stale: {expire: 2h}}, General access: {when_stale: {expire: 2h}}")
			defer r.shut()
			stop := r.serving()
			defer stop()
			at(t, "2026-11-23T11:00:00Z")
			r.fault("officernd", sandbox.Fault{Status: 503})
			at(t, "2026-11-23T12:20:30Z") // last read at 10:21
			r.wantIn("Office 12", "eli", true)
			at(t, "2026-11-23T12:22:00Z")
			r.wantIn("Office 12", "eli", false)
			r.wantIn("General access", "ana", true)
			r.wantIn("General access", "dina", true)
			n := 0
			for _, h := range waiting(r) {
				n += len(h.Operations)
				for _, o := range h.Operations {
					if o.Cause != cardea.CauseStale || o.Held == nil || o.Held.Code != cardea.HeldBrake {
						t.Errorf("%+v", o)
					}
				}
			}
			if n != 2 {
				t.Errorf("%d are held", n)
			}
			r.clear()
			at(t, "2026-11-23T13:22:00Z")
			r.wantIn("Office 12", "eli", true)
			if h := waiting(r); len(h) > 0 {
				t.Errorf("it is back, and yet: %+v", h)
			}
		})
	})
}

// waiting lists what waits, while Cardea serves.
func waiting(r *rig) []desk.Hold {
	r.t.Helper()
	h, err := r.app.desk.Holds(context.Background(), "")
	if err != nil {
		r.t.Fatal(err)
	}
	return h
}
