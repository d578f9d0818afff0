package main

import (
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store"
)

// yearAhead plays a machine that starts with a clock that is a year ahead, serves for a while, and is switched off: the process of
// before is gone, in the middle of its work at the doors.
func yearAhead(t *testing.T, db database) *rig {
	t.Helper()
	r := tiny(t, db)
	r.sync(desk.InStep)
	r.shut()
	r.term.now = func() time.Time { return time.Now().AddDate(1, 0, 0) }
	r.open()
	stop := r.serving()
	time.Sleep(20 * time.Minute)
	stop()
	for unit, kind := range map[string]string{"kisi": store.WakeKeep, "rnd": store.WakeRead} {
		_, err := r.app.store.In("default").ClaimOne(t.Context(), unit, kind, "gone", cardea.At(r.term.now()), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
	}
	r.shut()
	r.term.now = time.Now
	return r
}

// TestAClockThatWasAYearAheadBeforeTheStartDelaysNothing: what was planned, leased and handed out by the wrong clock would sleep
// for a year.
func TestAClockThatWasAYearAheadBeforeTheStartDelaysNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		if db == onSQLite {
			db = kept(t)
		}
		bubble(t, morning, func(t *testing.T) {
			r := yearAhead(t, db)
			defer func() { r.shut() }()
			r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
			r.open()
			stop := r.serving()
			defer stop()
			time.Sleep(17 * time.Minute)
			if r.in("General access", "ana") {
				t.Errorf("Ana is in long after an interval has gone by: %s", r.term.err)
			}
		})
	})
}

// TestAClockThatWasAYearAheadDoesNotStopASync: the same for a command.
func TestAClockThatWasAYearAheadDoesNotStopASync(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := yearAhead(t, kept(t))
		defer func() { r.shut() }()
		r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
		r.open()
		began := time.Now()
		r.sync(desk.InStep)
		if r.in("General access", "ana") || time.Since(began) > 5*time.Minute {
			t.Errorf("after %s Ana is in: %v", time.Since(began), r.in("General access", "ana"))
		}
	})
}
