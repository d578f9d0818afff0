package main

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// settable starts Cardea anew with a clock that is set: how far ahead it is, in nanoseconds. It has no steady reading beside it, as
// nothing else makes a clock that is set.
func (r *rig) settable() *atomic.Int64 {
	r.t.Helper()
	var off atomic.Int64
	r.shut()
	r.term.now = func() time.Time { return time.Now().Round(0).Add(time.Duration(off.Load())) }
	r.open()
	return &off
}

// TestAClockThatIsSetAheadAndBackWhileServing puts our clock two hours ahead for a minute and a half. By that clock nothing is
// written, and when it is right again nothing is two hours late. Nobody lists the door meanwhile: what it last answered says
// nothing of the clock that was set since.
func TestAClockThatIsSetAheadAndBackWhileServing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db, set(t, "door_sweep: 24h"))
			defer func() { r.shut() }()
			off := r.settable()
			stop := r.serving()
			defer stop()
			time.Sleep(21 * time.Minute) // at 9:20 a booking is over
			if !r.in("General access", "ana") {
				t.Fatal("Ana is not in")
			}
			r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
			n, inside := r.writes(), r.inside()
			off.Store(int64(2 * time.Hour))
			time.Sleep(90 * time.Second)
			if s := r.sent(n); len(s) > 0 {
				t.Errorf("written by a clock that was two hours ahead: %v", s)
			}
			for group, who := range inside {
				if got := r.inside()[group]; !slices.Equal(got, who) {
					t.Errorf("%s changed from %v to %v", group, who, got)
				}
			}
			off.Store(0)
			time.Sleep(17 * time.Minute)
			if r.in("General access", "ana") {
				t.Errorf("Ana is in long after an interval has gone by: %s", r.term.err)
			}
		})
	})
}

// TestAClockThatIsSetAheadIsAskedAboutBeforeAWrite sets our clock ahead by less than an interval, so that nothing becomes due by it and
// the vendor is asked nothing, and then sends a hook.
func TestAClockThatIsSetAheadIsAskedAboutBeforeAWrite(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t))
		defer func() { r.shut() }()
		off := r.settable()
		r.listening("rnd")
		stop := r.serving()
		defer stop()
		time.Sleep(22 * time.Minute)
		n := r.writes()
		off.Store(int64(4 * time.Minute))
		time.Sleep(3 * time.Second)
		r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
		time.Sleep(20 * time.Second)
		if s := r.sent(n); len(s) > 0 {
			t.Errorf("written by a clock that was four minutes ahead: %v", s)
		}
		off.Store(0)
		time.Sleep(6 * time.Minute) // at the latest when the time has come that ours said before
		if r.in("General access", "ana") {
			t.Errorf("the clock is right again and Ana is in: %s", r.term.err)
		}
	})
}

// TestAClockThatIsSetAheadEndsNothingEarly puts our clock past the end of somebody's access while what the door system last said
// of the time is from before: it is asked again before anything is written.
func TestAClockThatIsSetAheadEndsNothingEarly(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t))
		defer func() { r.shut() }()
		off := r.settable()
		stop := r.serving()
		defer stop()
		time.Sleep(17 * time.Minute)
		n, inside := r.writes(), r.inside()
		off.Store(int64(5 * time.Minute))
		time.Sleep(90 * time.Second)
		if s := r.sent(n); len(s) > 0 {
			t.Errorf("written by a clock that was five minutes ahead: %v", s)
		}
		for group, who := range inside {
			if got := r.inside()[group]; !slices.Equal(got, who) {
				t.Errorf("%s changed from %v to %v", group, who, got)
			}
		}
		off.Store(0)
		time.Sleep(5 * time.Minute)
		if len(r.sent(n)) == 0 {
			t.Error("with the clock set right nothing is written when it is due")
		}
	})
}

// TestTheLastDayEndsWithTheDay serves over both clock changes and a leap day: a last day is 23, 25 or 24 hours long.
func TestTheLastDayEndsWithTheDay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, last, end string }{
		"clocks go forward": {"2027-03-28T00:30:00Z", "2027-03-28", "2027-03-28T23:00:00Z"},
		"clocks go back":    {"2027-10-31T00:30:00Z", "2027-10-31", "2027-11-01T00:00:00Z"},
		"leap day":          {"2028-02-28T23:30:00Z", "2028-02-29", "2028-03-01T00:00:00Z"},
		"no leap day":       {"2027-02-28T12:30:00Z", "2027-02-28", "2027-03-01T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, c.from, func(t *testing.T) {
				r := tiny(t, onSQLite)
				defer func() { r.shut() }()
				r.patch("officernd: {memberships: [{_id: ms-ana, endDate: " + c.last + "}]}")
				stop := r.serving()
				defer stop()
				end, err := time.Parse(time.RFC3339, c.end)
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Until(end) - time.Second)
				if !r.in("General access", "ana") {
					t.Errorf("a second before the end of %s Ana is out: %v", c.last, r.inside())
				}
				time.Sleep(time.Second)
				if r.in("General access", "ana") {
					t.Errorf("%s is over and Ana is in", c.last)
				}
				time.Sleep(2 * time.Minute)
				if _, there := r.edge("General access", "ana@x.test"); there {
					t.Error("Ana's entry was not cleaned away")
				}
			})
		})
	}
}
