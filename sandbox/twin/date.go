package twin

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// stampForm is how both vendors write instants: UTC, milliseconds, Z.
const stampForm = "2006-01-02T15:04:05.000Z"

var inputForms = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02"}

// Stamp prints an instant as ISO 8601 in UTC with milliseconds.
func Stamp(t time.Time) string { return t.UTC().Format(stampForm) }

// ParseStamp reads an instant: RFC 3339, the same without seconds, or a date (midnight in UTC).
func ParseStamp(s string) (time.Time, error) {
	for _, form := range inputForms {
		if t, err := time.Parse(form, s); err == nil {
			if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
				break
			}
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date (write 2026-11-23 or 2026-11-23T09:00:00Z)", s)
}

// MoveStamp moves a stamp by whole days. A value that is midnight in UTC is a date and stays one; any other keeps its
// wall-clock time in zone, so that a booking at nine stays at nine when the weeks cross a clock change.
func MoveStamp(s string, days int, zone *time.Location) string {
	t, err := ParseStamp(s)
	if err != nil || days == 0 {
		return s
	}
	if t.Truncate(24*time.Hour).Equal(t) || zone == nil {
		return Stamp(t.AddDate(0, 0, days))
	}
	return Stamp(t.In(zone).AddDate(0, 0, days))
}

var untilPart = regexp.MustCompile(`UNTIL=(\d{8})(T\d{6}Z?)?`)

// MoveRule moves the UNTIL of an RRULE by whole days.
func MoveRule(rule string, days int) string {
	if days == 0 {
		return rule
	}
	return untilPart.ReplaceAllStringFunc(rule, func(part string) string {
		m := untilPart.FindStringSubmatch(part)
		d, err := time.Parse("20060102", m[1])
		if err != nil {
			return part
		}
		return "UNTIL=" + d.AddDate(0, 0, days).Format("20060102") + m[2]
	})
}

// Weeks is how many days, a multiple of 7, bring the anchor's week to now's week (weeks begin on Monday, in UTC).
func Weeks(anchor, now time.Time) int {
	return int(monday(now).Sub(monday(anchor)) / (24 * time.Hour))
}

func monday(t time.Time) time.Time {
	t = t.UTC().Truncate(24 * time.Hour)
	return t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
}

// Move moves every date in the values of a record, in place.
func Move(s Shape, values map[string]any, days int, zone *time.Location) {
	if days == 0 {
		return
	}
	for name, v := range values {
		switch f := s[name]; f.Kind {
		case Date, Instant:
			if t, ok := v.(string); ok {
				values[name] = MoveStamp(t, days, zone)
			}
		case Dates, Instants:
			list := As[[]any](v)
			for i := range list {
				if t, ok := list[i].(string); ok {
					list[i] = MoveStamp(t, days, zone)
				}
			}
		case Rule:
			if r, ok := v.(string); ok {
				values[name] = MoveRule(strings.TrimSpace(r), days)
			}
		case Nested:
			if inner, ok := v.(map[string]any); ok {
				Move(f.Fields, inner, days, zone)
			}
		default:
		}
	}
}
