package cardea_test

import (
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

func TestQuietHoursGoByTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	night := &cardea.Quiet{From: 21 * 60, Until: 8 * 60, Zone: london}
	for _, c := range []struct {
		at, change string
		quiet      bool
	}{
		{"2026-11-23T20:59:59Z", "2026-11-23T21:00:00Z", false},
		{"2026-11-23T21:00:00Z", "2026-11-24T08:00:00Z", true},
		{"2026-11-24T07:59:59Z", "2026-11-24T08:00:00Z", true},
		{"2026-11-24T08:00:00Z", "2026-11-24T21:00:00Z", false},
		{"2026-03-28T23:00:00Z", "2026-03-29T07:00:00Z", true}, // the clocks go forward in this night
		{"2026-10-24T23:00:00Z", "2026-10-25T08:00:00Z", true}, // and back in this one
		{"2028-02-29T22:00:00Z", "2028-03-01T08:00:00Z", true},
	} {
		at, _ := time.Parse(time.RFC3339, c.at)
		change, _ := time.Parse(time.RFC3339, c.change)
		quiet, next := night.At(cardea.At(at))
		if quiet != c.quiet || next != cardea.At(change) {
			t.Errorf("%s: quiet %v until %s, want %v until %s", c.at, quiet, next, c.quiet, c.change)
		}
	}
	if quiet, next := (*cardea.Quiet)(nil).At(0); quiet || next != cardea.Never {
		t.Errorf("without any: %v %s", quiet, next)
	}
}
