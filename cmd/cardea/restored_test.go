package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/desk"
)

// TestABackupOfADayBeforeIsCaughtUpWith puts yesterday's database in the place of today's: what was given and taken since is found at
// the door system, nobody is made twice and nobody who has a reason loses anything.
func TestABackupOfADayBeforeIsCaughtUpWith(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		db := kept(t)
		path := strings.TrimPrefix(db.dsn, "sqlite:")
		r := tiny(t, db)
		r.sync(desk.InStep)
		r.shut()
		backup := read(t, path)
		r.open()
		time.Sleep(20 * time.Hour)
		r.patch(`officernd:
  members: [{_id: noa, name: Noa New, email: noa@x.test, location: london, startDate: 2026-01-05}]
  memberships:
    - {_id: ms-noa, member: noa, plan: hot-desk, location: london, name: Hot desk, isPersonal: true, startDate: 2026-09-01}
    - {_id: ms-dan, startDate: 2026-11-20}
    - {_id: ms-ana, endDate: 2026-11-20}`)
		r.sync(desk.InStep)
		want, users := r.inside(), r.users()
		if !slices.Contains(want["General access"], "noa") || slices.Contains(want["General access"], "ana") {
			t.Fatalf("today: %v", want["General access"])
		}
		r.shut()
		if err := os.WriteFile(path, backup, 0o600); err != nil {
			t.Fatal(err)
		}
		n := r.writes()
		r.open()
		defer func() { r.shut() }()
		result, err := r.app.desk.Sync(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for group, who := range want {
			if got := r.inside()[group]; !slices.Equal(got, who) {
				t.Errorf("%s: %v, want %v: %s", group, got, who, brief(result))
			}
		}
		if got := r.users(); !slices.Equal(got, users) {
			t.Errorf("accounts are %v, were %v", got, users)
		}
		if s := r.sent(n); len(s) > 0 {
			t.Errorf("written because of the backup: %v", s)
		}
	})
}
