package sheet

import (
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// zoneOf loads a time zone, nil when there is none of the name. "Local" is none: it depends on the machine.
func zoneOf(name string) *time.Location {
	if name == "" || name == "Local" {
		return nil
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return z
}

// point is a time as a cell says it: an instant, or a date with or without a time of day on some clock.
type point struct {
	at      cardea.Instant // when fixed
	fixed   bool
	date    cardea.Date
	seconds int
	bare    bool // a date without a time of day
}

// on returns the instant on a zone's clocks; of a bare date its first one.
func (p point) on(zone *time.Location) cardea.Instant {
	switch {
	case p.fixed:
		return p.at
	case p.bare:
		return cardea.StartOf(p.date, zone)
	}
	return cardea.WallTime(p.date, p.seconds, zone)
}

// point reads a time; false when the cell is empty or was refused.
func (r *row) point(name string) (point, bool) {
	s := r.text(name)
	if s == "" {
		return point{}, false
	}
	p, why := parsePoint(s)
	if why != "" {
		r.refuse(name, "%q %s", s, why)
	}
	return p, why == ""
}

func parsePoint(s string) (p point, why string) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			if t.Year() < firstYear || t.Year() > lastYear {
				return point{}, "is in no likely year"
			}
			return point{at: cardea.At(t), fixed: true}, ""
		}
	}
	date, clock, timed := cutClock(s)
	d, why := parseDate(date)
	if why != "" {
		return point{}, why + " 09:30"
	}
	if !timed {
		return point{date: d, bare: true}, ""
	}
	for _, layout := range []string{"15:04", "15:04:05", "3:04pm", "3:04:05pm"} {
		t, err := time.Parse(layout, strings.ReplaceAll(strings.ToLower(clock), " ", ""))
		if err == nil {
			h, m, sec := t.Clock()
			return point{date: d, seconds: h*3600 + m*60 + sec}, ""
		}
	}
	return point{}, "is no time: " + mend + " 09:30"
}

// cutClock parts date and time of day at the T or space before the hour.
func cutClock(s string) (date, clock string, ok bool) {
	hour, _, timed := strings.Cut(s, ":")
	at := strings.LastIndexAny(hour, " T")
	if !timed || at < 0 {
		return s, "", false
	}
	return strings.TrimSpace(s[:at]), strings.TrimSpace(s[at+1:]), true
}
