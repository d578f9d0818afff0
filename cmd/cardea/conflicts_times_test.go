package main

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// TestKeepingApartAsksBeforeItCutsTimesShort has two people of one address with a room each after the other: their account has the
// room for both, and would have it for one. Somebody loses access by that, though no entry goes.
func TestKeepingApartAsksBeforeItCutsTimesShort(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t))
		defer r.shut()
		r.patch(`{officernd: {memberships: [{_id: ms-dora, delete: true}, {_id: ms-dora-2, delete: true}], bookings: [
			{_id: bk-dora, title: One, member: dora, resource: elephant, location: london, timezone: Europe/London,
				start: 2026-11-23T20:45:00Z, end: 2026-11-23T21:30:00Z},
			{_id: bk-dora-2, title: Two, member: dora-2, resource: elephant, location: london, timezone: Europe/London,
				start: 2026-11-23T21:30:00Z, end: 2026-11-23T22:30:00Z}]}}`)
		r.sync(desk.InStep)
		had := entries(r, "Elephant room")
		if !strings.Contains(strings.Join(had, " "), "dora@x.test 2026-11-23T20:35:00.000Z 2026-11-23T22:35:00.000Z") {
			t.Fatalf("the Elephant room: %v", had)
		}
		c := r.conflict(cardea.ConflictSameEmail)
		apart := apartCmd{settling: settling{ID: c.ID}, Person: "Dora Diaz"}
		if code, out, log := r.command(nil, apart.do); code != exitPending || strings.Contains(out, "Decided") {
			t.Errorf("decided without a yes: %d %s%s", code, out, log)
		}
		apart.Yes = true
		if code, out, log := r.command(nil, apart.do); code != exitInStep {
			t.Errorf("%d %s%s", code, out, log)
		}
		r.sync(desk.InStep)
		now := strings.Join(entries(r, "Elephant room"), " ")
		if !strings.Contains(now, "dora@x.test 2026-11-23T20:35:00.000Z 2026-11-23T21:35:00.000Z") {
			t.Errorf("the Elephant room: %v", now)
		}
	})
}
