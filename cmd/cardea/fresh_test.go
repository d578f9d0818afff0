package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

// hourly is a house that is read whole at twenty-one past every hour, with doors that hold no validity. Ana's membership has
// its last day today.
func hourly(t *testing.T, db database, groups string) *rig {
	t.Helper()
	door := doorSide("scim")
	world := read(t, worldsDir+"matrix.yaml")
	r := rigOf(t, "matrix", world, `
connections:
  space: `+spaceSide("officernd").connection+`
  door: `+door.connection+`
integrations:
  site:
    space: space
    door: door
    zone: Europe/London
    approve: auto
    interval: 1h
    door_sweep: 24h
    groups: {`+groups+`}
    mappings:
`+commonMappings(door), db, nil)
	// Nobody else works on the database: looking every second for marks of others would only cost.
	r.shut()
	r.set.poll = time.Minute
	r.open()
	r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-23}]}")
	return r
}

// at the doors of hourly, by the part of the e-mail before the at.
func (r *rig) isIn(group, who string) bool {
	return slices.Contains(r.passing("scim")[group], who+"@x.test")
}

// wantIn says whether somebody should be able to pass now.
func (r *rig) wantIn(group, who string, want bool) {
	r.t.Helper()
	if r.isIn(group, who) != want {
		r.t.Errorf("at %s: %s in %s: %v, want %v", time.Now().UTC().Format(time.DateTime), who, group, !want, want)
	}
}

// TestWhoIsExtendedAtTheLastMinuteStaysIn extends a membership ten minutes before its end, long after the last reading: the
// record is read by id shortly before, so nobody is thrown out. Who is not extended goes at midnight.
func TestWhoIsExtendedAtTheLastMinuteStaysIn(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		for _, extended := range []bool{true, false} {
			bubble(t, "2026-11-23T20:21:00Z", func(t *testing.T) {
				r := hourly(t, database{dsn: db.dsn, schema: db.schema}, "")
				defer r.shut()
				stop := r.serving()
				defer stop()
				at(t, "2026-11-23T23:50:00Z")
				r.wantIn("General access", "ana", true)
				n := len(r.vendors.Writes("scim"))
				if extended {
					r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-30}]}")
				}
				at(t, "2026-11-23T23:59:59Z")
				r.wantIn("General access", "ana", true)
				at(t, "2026-11-24T00:00:05Z")
				r.wantIn("General access", "ana", extended)
				at(t, "2026-11-24T00:30:00Z")
				r.wantIn("General access", "ana", extended)
				if w := len(r.vendors.Writes("scim")) - n; extended && w > 0 {
					t.Errorf("%d writes", w)
				}
			})
			if db.schema != "" {
				return // one story for each database that is kept
			}
		}
	})
}

// TestAnExtensionIsStagedBeforeTheVendorShutsTheDoor has a door system that ends access by itself.
func TestAnExtensionIsStagedBeforeTheVendorShutsTheDoor(t *testing.T) {
	t.Parallel()
	bubble(t, "2026-11-23T20:21:00Z", func(t *testing.T) {
		r := tiny(t, onSQLite, set(t, "{interval: 1h}"))
		defer r.shut()
		stop := r.serving()
		defer stop()
		at(t, "2026-11-23T23:50:00Z")
		if e, _ := r.edge("General access", "cal@x.test"); !strings.HasPrefix(e.Until, "2026-11-24T00:00:00") {
			t.Fatalf("Cal's entry ends %q", e.Until)
		}
		r.patch("officernd: {memberships: [{_id: ms-cal, endDate: 2026-11-30}]}")
		at(t, "2026-11-23T23:59:30Z")
		if e, _ := r.edge("General access", "cal@x.test"); !strings.HasPrefix(e.Until, "2026-12-01T00:00:00") {
			t.Errorf("half a minute before the end Cal's entry ends %q", e.Until)
		}
	})
}

// TestARecordThatCannotBeReadAgainDelaysItsEndByAQuarterOfAnHour breaks the space side just before the end; in one story it
// comes back after ten minutes.
func TestARecordThatCannotBeReadAgainDelaysItsEndByAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	for _, back := range []bool{true, false} {
		name := "stays away"
		if back {
			name = "comes back"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachDatabase(t, func(t *testing.T, db database) {
				bubble(t, "2026-11-23T20:21:00Z", func(t *testing.T) {
					r := hourly(t, db, "")
					defer r.shut()
					stop := r.serving()
					defer stop()
					at(t, "2026-11-23T23:56:00Z")
					r.fault("officernd", sandbox.Fault{Status: 503})
					at(t, "2026-11-24T00:03:00Z")
					r.wantIn("General access", "ana", true)
					if back {
						r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-30}]}")
						r.clear()
					}
					at(t, "2026-11-24T00:14:59Z")
					r.wantIn("General access", "ana", true)
					at(t, "2026-11-24T00:15:10Z")
					r.wantIn("General access", "ana", back)
				})
			})
		})
	}
}
