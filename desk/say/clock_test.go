package say

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/cardea-access/cardea"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// local is a wall time of 2026 in a zone.
func local(z *time.Location, month time.Month, day, hour, minute int) cardea.Instant {
	return cardea.At(time.Date(2026, month, day, hour, minute, 0, 0, z))
}

func TestWindowsInWords(t *testing.T) {
	t.Parallel()
	london, paulo := zone(t, "Europe/London"), zone(t, "America/Sao_Paulo")
	now := local(london, 11, 22, 9, 37)
	for name, tc := range map[string]struct {
		zone *time.Location
		w    cardea.Window
		want string
	}{
		"open":            {london, cardea.Forever, "without an end"},
		"empty":           {london, cardea.Window{From: now, Until: now}, "at no time"},
		"until a day end": {london, cardea.Window{From: cardea.Always, Until: local(london, 12, 1, 0, 0)}, "until Mon 30 Nov 24:00"},
		"from": {
			london, cardea.Window{From: local(london, 11, 24, 9, 45), Until: cardea.Never},
			"from Tue 24 Nov 09:45 without an end",
		},
		"one day": {
			london, cardea.Window{From: local(london, 11, 24, 9, 45), Until: local(london, 11, 24, 11, 15)},
			"from Tue 24 Nov 09:45 until 11:15",
		},
		"whole day": {
			london, cardea.Window{From: local(london, 11, 24, 0, 0), Until: local(london, 11, 25, 0, 0)},
			"from Tue 24 Nov 00:00 until 24:00",
		},
		"over midnight": {
			london, cardea.Window{From: local(london, 11, 24, 22, 0), Until: local(london, 11, 25, 2, 0)},
			"from Tue 24 Nov 22:00 until Wed 25 Nov 02:00",
		},
		"summer time": {
			london, cardea.Window{From: local(london, 7, 1, 9, 0), Until: local(london, 7, 3, 0, 0)},
			"from Wed 1 Jul 09:00 until Thu 2 Jul 24:00",
		},
		"other year": {
			paulo, cardea.Window{From: local(paulo, 11, 24, 9, 0), Until: cardea.At(time.Date(2027, 2, 1, 0, 0, 0, 0, paulo))},
			"from Tue 24 Nov 09:00 until Sun 31 Jan 2027 24:00",
		},
		"seconds": {
			london, cardea.Window{From: cardea.Always, Until: local(london, 11, 24, 9, 45) + 5*cardea.Second},
			"until Tue 24 Nov 09:45:05",
		},
	} {
		if got := (Clock{Zone: tc.zone, Now: now}).Window(tc.w); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestZonesByTheirTown(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Europe/London": "London", "America/Argentina/Buenos_Aires": "Buenos Aires", "UTC": "UTC", "America/Sao_Paulo": "Sao Paulo",
	} {
		if got := (Clock{Zone: zone(t, name)}).ZoneName(); got != want {
			t.Errorf("%s is called %q, want %q", name, got, want)
		}
	}
	if got := (Clock{}).ZoneName(); got != "UTC" {
		t.Errorf("no zone is called %q", got)
	}
}

func TestLengthsOfTime(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 340 * time.Millisecond: "0.3 s", 8 * time.Second: "8 s",
		31*time.Second + 400*time.Millisecond: "31 s",
		time.Minute:                           "1 min", 812 * time.Second: "13 min 32 s",
		125 * time.Minute: "2 h 5 min", 50 * time.Hour: "2 days 2 h",
	} {
		if got := Took(d); got != want {
			t.Errorf("%v took %q, want %q", d, got, want)
		}
	}
	c := Clock{Now: 1_000_000 * cardea.Second}
	for i, want := range map[cardea.Instant]string{
		0: "never", cardea.Never: "never", c.Now: "just now", c.Now - 6*cardea.Minute: "6 min ago", c.Now + 8*cardea.Minute: "in 8 min",
		c.Now - 40*cardea.Hour: "40 h ago", c.Now - 49*cardea.Hour: "2 days ago",
	} {
		if got := c.Ago(i); got != want {
			t.Errorf("%v is %q, want %q", i, got, want)
		}
	}
}

func TestCountsAndLists(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		0: "0 people", 1: "1 person", 12: "12 people", 1000: "1,000 people", 1234567: "1,234,567 people",
	} {
		if got := N(n, "person", "people"); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	if got := And([]string{"a", "b", "c"}) + And(nil) + And([]string{"x"}); got != "a, b and cx" {
		t.Errorf("lists are joined as %q", got)
	}
}
