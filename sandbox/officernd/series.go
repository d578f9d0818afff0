package officernd

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// farEnd stands for the end of a recurrence without one (switch open_series_end).
const farEnd = "2099-12-31T00:00:00.000Z"

// maxOccurrences bounds what one series is expanded to.
const maxOccurrences = 5000

// series computes seriesStart and seriesEnd of a booking: its start, and the end of its last occurrence.
func (s state) series(r row) (from, until string) {
	start, end := text(r, "start"), text(r, "end")
	from, until = start, end
	if rule := recurrenceRule(r); rule != "" {
		opt, err := rrule.StrToROption(rule)
		switch {
		case err != nil: // a rule nobody can read: the vendor is assumed to keep the first occurrence's end
		case opt.Count == 0 && opt.Until.IsZero(), opt.Freq > rrule.DAILY:
			until = farEnd
		default:
			if all := s.occurrences(r, time.Time{}, farTime()); len(all) > 0 {
				until = twin.Stamp(all[len(all)-1][1])
			}
		}
	}
	if v := text(r, "seriesStart"); v != "" {
		from = v
	}
	if v := text(r, "seriesEnd"); v != "" {
		until = v
	}
	return from, until
}

func farTime() time.Time { return time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC) }

func text(r row, field string) string {
	v := twin.As[string](r[field])
	return v
}

func recurrenceRule(r row) string {
	rec := twin.As[map[string]any](r["recurrence"])
	return strings.TrimPrefix(strings.TrimSpace(text(rec, "rrule")), "RRULE:")
}

// occurrences returns start and end of every occurrence of a booking that touches [from, until), in order.
func (s state) occurrences(r row, from, until time.Time) [][2]time.Time {
	start, err := twin.ParseStamp(text(r, "start"))
	if err != nil {
		return nil
	}
	end, err := twin.ParseStamp(text(r, "end"))
	if err != nil {
		return nil
	}
	length := end.Sub(start)
	touches := func(t time.Time) bool { return t.Before(until) && t.Add(length).After(from) }
	rule := recurrenceRule(r)
	if rule == "" {
		if touches(start) {
			return [][2]time.Time{{start, end}}
		}
		return nil
	}
	all, err := s.expand(r, rule, start)
	if err != nil {
		return nil
	}
	var out [][2]time.Time
	for _, t := range all {
		if touches(t) {
			out = append(out, [2]time.Time{t.UTC(), t.Add(length).UTC()})
		}
	}
	return out
}

// expand lists the starts of a series in its booking's zone, without the excepted ones.
func (s state) expand(r row, rule string, start time.Time) ([]time.Time, error) {
	opt, err := rrule.StrToROption(rule)
	if err != nil {
		return nil, fmt.Errorf("rrule %q: %w", rule, err)
	}
	if opt.Freq > rrule.DAILY {
		return nil, fmt.Errorf("rrule %q: the sandbox expands DAILY and slower", rule)
	}
	zone := s.zone(r)
	if zone == nil {
		zone = time.UTC
	}
	opt.Dtstart = start.In(zone)
	set, err := rrule.NewRRule(*opt)
	if err != nil {
		return nil, fmt.Errorf("rrule %q: %w", rule, err)
	}
	rec := twin.As[map[string]any](r["recurrence"])
	exdates := twin.As[[]any](rec["exdates"])
	var out []time.Time
	for next := set.Iterator(); len(out) < maxOccurrences; {
		t, more := next()
		if !more {
			break
		}
		if !slices.Contains(exdates, any(twin.Stamp(t))) {
			out = append(out, t)
		}
	}
	return out, nil
}
